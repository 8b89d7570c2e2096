// The bar of beats in the window: buttons, menu, lock and tapping, by mouse and key.
#include "ui/window_fixture.h"

#include "io/media.h"
#include "support/testing.h"

#include <QAction>
#include <QApplication>
#include <QLabel>
#include <QMenu>
#include <QPushButton>
#include <QTimer>

#include <cmath>

using namespace choreia;
using namespace choreia::ui;
using namespace choreia::ui::testing;

class WindowBeatsTest : public QObject, protected SongWindow {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { prepare(); }
    void init() { window_ = showWindow(quickGenerator()); }
    void cleanup() { window_.reset(); }
    void beatButtonsAreUndoneByKey();
    void theBeatMenuMends();
    void lockDisablesTheBeatButtons();
    void aSongWithoutABeatOffersTapping();
};

void WindowBeatsTest::beatButtonsAreUndoneByKey() {
    QVERIFY(openAndWait(window_->document(), song_));
    const auto before = window_->document().hash();
    const auto beats = window_->document().state().grid.beats.size();
    QTest::mouseClick(&childOf<QPushButton>(*window_, "doubleTempoButton"), Qt::LeftButton);
    QVERIFY(window_->document().state().grid.beats.size() > beats + beats / 2);
    QTest::mouseClick(&childOf<QPushButton>(*window_, "halfBeatButton"), Qt::LeftButton);
    QTest::mouseClick(&childOf<QPushButton>(*window_, "halfTempoButton"), Qt::LeftButton);
    window_->player().seek(1.6);
    QTest::mouseClick(&childOf<QPushButton>(*window_, "setOneButton"), Qt::LeftButton);
    QVERIFY(window_->document().hash() != before);
    const int entries = window_->document().undoStack().count();
    QVERIFY(entries >= 3);
    for (int i = 0; i < entries; ++i) QTest::keyClick(window_.get(), Qt::Key_Z, Qt::ControlModifier);
    QTRY_COMPARE(window_->document().hash(), before);
}

void WindowBeatsTest::theBeatMenuMends() {
    QVERIFY(openAndWait(window_->document(), song_));
    const auto before = window_->document().hash();
    const auto grid = window_->document().state().grid;
    // The open menu has an event loop of its own: what the person does in it is told beforehand.
    const auto choose = [&](const char* name) {
        bool clicked = false;
        QTimer::singleShot(300, window_.get(), [&] {
            auto* menu = qobject_cast<QMenu*>(QApplication::activePopupWidget());
            if (!menu) return;
            if (auto* action = menu->findChild<QAction*>(QString::fromLatin1(name))) {
                QTest::mouseClick(menu, Qt::LeftButton, Qt::NoModifier, menu->actionGeometry(action).center());
                clicked = true;
            }
            menu->close();
        });
        QTest::mouseClick(&childOf<QPushButton>(*window_, "moreBeatsButton"), Qt::LeftButton);
        return clicked;
    };
    QVERIFY(choose("fourThirdsAction"));
    QVERIFY(std::abs(window_->document().state().grid.tempoBpm / grid.tempoBpm - 4.0 / 3) < 0.03);
    QVERIFY(choose("threeQuartersAction"));
    QVERIFY(std::abs(window_->document().state().grid.tempoBpm / grid.tempoBpm - 1) < 0.03);
    const auto count = window_->document().state().grid.beats.size();
    window_->player().seek(window_->document().state().grid.beats[3]);
    QVERIFY(choose("removeBeatAction"));
    QCOMPARE(window_->document().state().grid.beats.size(), count - 1);
    QVERIFY(choose("insertBeatAction"));
    QCOMPARE(window_->document().state().grid.beats.size(), count);
    const double second = window_->document().state().grid.beats[1];
    QVERIFY(choose("beatsLaterAction"));
    QVERIFY(std::abs(window_->document().state().grid.beats[1] - second - 0.01) < 1e-6);
    while (window_->document().undoStack().canUndo()) QTest::keyClick(window_.get(), Qt::Key_Z, Qt::ControlModifier);
    QTRY_COMPARE(window_->document().hash(), before);
}

void WindowBeatsTest::lockDisablesTheBeatButtons() {
    QVERIFY(openAndWait(window_->document(), song_));
    auto& lock = childOf<QPushButton>(*window_, "lockButton");
    QTest::mouseClick(&lock, Qt::LeftButton);
    QVERIFY(window_->document().state().grid.locked);
    QVERIFY(!childOf<QPushButton>(*window_, "doubleTempoButton").isEnabled());
    QTest::mouseClick(&lock, Qt::LeftButton);
    QVERIFY(!window_->document().state().grid.locked);
    QVERIFY(childOf<QPushButton>(*window_, "doubleTempoButton").isEnabled());
}

void WindowBeatsTest::aSongWithoutABeatOffersTapping() {
    const QString path = folder_.filePath(QStringLiteral("quiet.wav"));
    audio::Pcm silence{audio::kPlaybackRate, 2, std::vector<float>(static_cast<std::size_t>(audio::kPlaybackRate) * 2 * 12, 0.0f)};
    QVERIFY(io::writeSound(path.toStdString(), silence).ok());
    QVERIFY(openAndWait(window_->document(), path));
    QVERIFY(window_->document().state().grid.beats.empty());
    QVERIFY(childOf<QLabel>(*window_, "tempoLabel").isVisible());
    QVERIFY(childOf<QLabel>(*window_, "tempoLabel").text().contains("No beat"));
    QVERIFY(!childOf<QPushButton>(*window_, "doubleTempoButton").isVisible());
    auto& tap = childOf<QPushButton>(*window_, "tapButton");
    QCOMPARE(tap.property("kind").toString(), QStringLiteral("primary"));
    for (int i = 0; i < 5; ++i) {  // tapped at 120 a minute; the playhead stands where the tap is
        window_->player().seek(2 + 0.5 * i);
        QTest::mouseClick(&tap, Qt::LeftButton);
    }
    const auto& grid = window_->document().state().grid;
    QVERIFY(grid.beats.size() > 20);
    QVERIFY2(std::abs(grid.tempoBpm - 120) < 2, qPrintable(QString::number(grid.tempoBpm)));
    QVERIFY(childOf<QLabel>(*window_, "tempoLabel").text().contains("BPM"));
    QVERIFY(childOf<QPushButton>(*window_, "doubleTempoButton").isVisible());
    QCOMPARE(tap.property("kind").toString(), QStringLiteral("pill"));
    QTest::keyClick(window_.get(), Qt::Key_Z, Qt::ControlModifier);
    QVERIFY(window_->document().state().grid.beats.empty());
}

CHOREIA_TEST(WindowBeatsTest)
#include "window_beats_test.moc"
