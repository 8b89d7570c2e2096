// Slow and fast play as a person asks for it: by key, by the transport's menu, and that it can be seen.
#include "ui/window_fixture.h"

#include "style/theme.h"
#include "support/testing.h"
#include "timeline/timeline_view.h"
#include "window/shortcut_page.h"

#include <QAction>
#include <QLabel>
#include <QMenu>
#include <QPushButton>

using namespace choreia;
using namespace choreia::ui;
using namespace choreia::ui::testing;

class WindowSpeedTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() {
        style::apply(*qApp, style::Theme::Dark);
        song_ = makeSong(folder_);
        window_ = showWindow(quickGenerator());
        QVERIFY(!button().isEnabled());  // nothing to play yet
        QVERIFY(openAndWait(window_->document(), song_));
        QVERIFY(button().isEnabled());
    }
    void init() { window_->player().setSpeed(1); }
    void cleanupTestCase() { window_.reset(); }

    void bracketsAndBackslashSetTheSpeed() {
        auto* view = window_->findChild<TimelineView*>();
        QVERIFY(view);
        const Player& player = window_->player();
        view->setFocus();
        QTest::keyClick(view, Qt::Key_BracketLeft);
        QCOMPARE(player.speed(), 0.75);
        QTest::keyClick(view, Qt::Key_BracketLeft);
        QCOMPARE(player.speed(), 0.5);
        QTest::keyClick(view, Qt::Key_BracketRight);
        QCOMPARE(player.speed(), 0.75);
        QTest::keyClick(view, Qt::Key_Backslash);
        QCOMPARE(player.speed(), 1.0);
        QTest::keyClick(view, Qt::Key_BracketRight);
        QCOMPARE(player.speed(), 1.25);
        QVERIFY(!window_->document().dirty());  // how it is heard is no part of the dance
    }

    void theButtonShowsAndSetsTheSpeed() {
        Player& player = window_->player();
        QCOMPARE(button().text(), QString("1×"));
        QVERIFY(button().accessibleName().contains("speed", Qt::CaseInsensitive));
        const int width = button().width();
        QMenu* menu = button().menu();
        QVERIFY(menu);
        QCOMPARE(menu->actions().size(), qsizetype(Player::kSpeeds.size()));
        const auto action = [&](const char* name) { return menu->findChild<QAction*>(QString::fromLatin1(name)); };
        QVERIFY(action("speed100Action")->isChecked());
        action("speed50Action")->trigger();
        QCOMPARE(player.speed(), 0.5);
        QCOMPARE(button().text(), QString("0.5×"));
        QVERIFY(action("speed50Action")->isChecked() && !action("speed100Action")->isChecked());
        action("speed50Action")->trigger();  // the same again is no way to have none
        QVERIFY(action("speed50Action")->isChecked());
        player.setSpeed(0.65);
        QCOMPARE(button().text(), QString("0.65×"));
        for (const auto* other : menu->actions()) QVERIFY(!other->isChecked());
        player.setSpeed(0.25);
        QTest::qWait(20);
        QCOMPARE(button().width(), width);  // what stands beside it stays
    }

    void anotherSpeedThanOneIsColoured() {
        QVERIFY(!teal());
        window_->player().setSpeed(0.5);
        QVERIFY(teal());
        window_->player().setSpeed(1);
        QVERIFY(!teal());
    }

    void shortcutsAreOnTheirPage() {
        const ShortcutPage page(window_->actions());
        QStringList keys;
        for (const auto* label : page.findChildren<QLabel*>()) keys << label->text();
        for (const char* key : {"[", "]", "\\"}) QVERIFY2(keys.contains(QString::fromLatin1(key)), key);
    }

    void scrubbingCanBeMadeSilent() {
        auto* audible = window_->findChild<QAction*>("scrubbingAction");
        QVERIFY(audible && audible->isCheckable() && audible->isChecked());
        QVERIFY(window_->player().scrubbing());
        audible->trigger();
        QVERIFY(!window_->player().scrubbing());
        audible->trigger();
        QVERIFY(window_->player().scrubbing());
    }

private:
    QPushButton& button() { return *window_->findChild<QPushButton*>("speedButton"); }
    bool teal() {
        QTest::qWait(20);
        const QImage picture = button().grab().toImage();
        const QColor wanted = style::colors().teal;
        int near = 0;
        for (int y = 0; y < picture.height(); ++y)
            for (int x = 0; x < picture.width(); ++x) {
                const QColor c = picture.pixelColor(x, y);
                near += std::abs(c.red() - wanted.red()) + std::abs(c.green() - wanted.green()) + std::abs(c.blue() - wanted.blue()) < 40;
            }
        return near > 20;
    }

    QTemporaryDir folder_;
    QString song_;
    std::unique_ptr<MainWindow> window_;
};

CHOREIA_TEST(WindowSpeedTest)
#include "window_speed_test.moc"
