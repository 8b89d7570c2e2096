// The figures in the transport bar, written into with real keys.
#include "ui/ui_fixtures.h"

#include "style/theme.h"
#include "support/testing.h"
#include "timeline/place_field.h"
#include "timeline/transport_bar.h"

#include <QAbstractButton>
#include <QToolTip>

using namespace choreia;
using namespace choreia::ui;
using namespace choreia::ui::testing;

class PlaceFieldTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() {
        style::apply(*qApp, style::Theme::Dark);
        song_ = makeSong(folder_);
    }
    void init() {
        document_ = std::make_unique<Document>(quickGenerator());
        player_ = std::make_unique<Player>(Player::Sound::Never);
        bar_ = std::make_unique<TransportBar>(*document_, *player_);
        bar_->resize(1200, 44);
        bar_->show();
        bar_->activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(bar_.get()));
        time_ = bar_->findChild<PlaceField*>(QStringLiteral("timeField"));
        beat_ = bar_->findChild<PlaceField*>(QStringLiteral("barField"));
        QVERIFY(time_ && beat_);
    }
    void cleanup() {
        bar_.reset();
        player_.reset();
        document_.reset();
    }

    void withoutASongThereIsNowhereToGo() {
        QVERIFY(!time_->isEnabled() && !beat_->isEnabled());
        bar_->writeTime();
        QVERIFY(!time_->writing());
    }

    void enterGoesToTheTime() {
        load();
        QTest::mouseClick(time_, Qt::LeftButton);
        QVERIFY(time_->writing());
        QTest::keyClicks(time_, "0:03.25");
        QTest::keyClick(time_, Qt::Key_Return);
        QCOMPARE(player_->position(), 3.25);
        QVERIFY(!time_->writing() && !time_->hasFocus());
        QCOMPARE(time_->text(), QString("0:03.250"));
        bar_->writeTime();
        QTest::keyClicks(time_, "6,5");
        QTest::keyClick(time_, Qt::Key_Enter);
        QCOMPARE(player_->position(), 6.5);
        QCOMPARE(document_->undoStack().count(), 0);  // going somewhere is no edit
    }

    void enterGoesToBarAndBeat() {
        load();
        const auto& grid = document_->state().grid;
        QVERIFY(grid.downbeats.size() > 2);
        bar_->writeBar();
        QTest::keyClicks(beat_, "2.3");
        QTest::keyClick(beat_, Qt::Key_Return);
        const auto line = std::find(grid.beats.begin(), grid.beats.end(), grid.downbeats[1]);
        QCOMPARE(player_->position(), line[2]);
        QCOMPARE(beat_->text(), QString("2.3"));
    }

    void escGivesUpAndSoDoesLeaving() {
        load();
        player_->seek(2);
        bar_->writeTime();
        QTest::keyClicks(time_, "7");
        QTest::keyClick(time_, Qt::Key_Escape);
        QVERIFY(!time_->writing());
        QCOMPARE(player_->position(), 2.0);
        QCOMPARE(time_->text(), QString("0:02.000"));
        bar_->writeTime();
        QTest::keyClicks(time_, "7");
        bar_->writeBar();
        QVERIFY(!time_->writing() && beat_->writing());
        QCOMPARE(time_->text(), QString("0:02.000"));
        QCOMPARE(player_->position(), 2.0);
    }

    void whoHadTheKeysHasThemAgain() {
        load();
        QWidget* play = bar_->findChild<QAbstractButton*>();
        QVERIFY(play);
        play->setFocusPolicy(Qt::StrongFocus);
        for (const auto key : {Qt::Key_Return, Qt::Key_Escape})
            for (const bool byClick : {false, true}) {
                play->setFocus();
                QVERIFY(play->hasFocus());
                if (byClick) QTest::mouseClick(time_, Qt::LeftButton);
                else bar_->writeTime();
                QVERIFY(time_->writing() && time_->hasFocus());
                bar_->writeBar();  // on from one field to the other
                QVERIFY(beat_->writing());
                QTest::keyClicks(beat_, "2.1");
                QTest::keyClick(beat_, key);
                QVERIFY(!beat_->writing() && play->hasFocus());
                bar_->writeTime();
                QTest::keyClicks(time_, "3");
                QTest::keyClick(time_, key);
                QVERIFY(!time_->writing() && play->hasFocus());
            }
        bar_->writeTime();  // left by a click, the focus is where the click was
        auto* other = new QLineEdit(bar_.get());
        other->show();
        QTest::mouseClick(other, Qt::LeftButton);
        QVERIFY(!time_->writing() && other->hasFocus());
    }

    void nonsenseIsRefusedWithAHint() {
        load();
        player_->seek(2);
        for (const char* text : {"soon", "1:99", "99"}) {
            bar_->writeTime();
            QTest::keyClicks(time_, text);
            QTest::keyClick(time_, Qt::Key_Return);
            QVERIFY2(time_->writing(), text);  // it stays open
            QVERIFY(!time_->refusal().isEmpty());
            QVERIFY(QTest::qWaitFor([] { return QToolTip::isVisible(); }, 2000));
            QCOMPARE(QToolTip::text(), time_->refusal());
            QCOMPARE(time_->accessibleDescription(), time_->refusal());
            QCOMPARE(player_->position(), 2.0);
        }
        // Written on, it is no longer refused, and Enter takes it.
        QTest::keyClick(time_, Qt::Key_Backspace);
        QVERIFY(time_->refusal().isEmpty());
        QTest::keyClicks(time_, "4");
        QTest::keyClick(time_, Qt::Key_Return);
        QCOMPARE(player_->position(), 4.0);
        bar_->writeBar();
        QTest::keyClicks(beat_, "900.1");
        QTest::keyClick(beat_, Qt::Key_Return);
        QVERIFY(beat_->writing() && beat_->refusal().contains(QLatin1String("bars")));
        QCOMPARE(player_->position(), 4.0);
    }

    void playingDoesNotWriteIntoTheField() {
        load();
        bar_->writeTime();
        QTest::keyClicks(time_, "1");
        player_->seek(5);
        QCOMPARE(time_->text(), QString("1"));
        QTest::keyClick(time_, Qt::Key_Escape);
        QCOMPARE(time_->text(), QString("0:05.000"));
    }

private:
    void load() {
        QVERIFY(openAndWait(*document_, song_));
        player_->setSong(nullptr, document_->state().duration);
        player_->seek(0);
        QVERIFY(time_->isEnabled() && beat_->isEnabled());
    }

    QTemporaryDir folder_;
    QString song_;
    std::unique_ptr<Document> document_;
    std::unique_ptr<Player> player_;
    std::unique_ptr<TransportBar> bar_;
    PlaceField *time_ = nullptr, *beat_ = nullptr;
};

CHOREIA_TEST(PlaceFieldTest)
#include "place_field_test.moc"
