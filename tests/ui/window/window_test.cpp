// The window as a person uses it: keys, mouse, drops, buttons.
#include "ui/window_fixture.h"

#include "dancer/dancer_view.h"
#include "style/theme.h"
#include "support/testing.h"
#include "timeline/timeline_view.h"
#include "window/main_window.h"

#include <QAction>
#include <QApplication>
#include <QDockWidget>
#include <QDropEvent>
#include <QLabel>
#include <QLineEdit>
#include <QMessageBox>
#include <QMimeData>
#include <QProgressBar>
#include <QPushButton>
#include <QSlider>

#include <cmath>

using namespace choreia;
using namespace choreia::ui;
using namespace choreia::ui::testing;

namespace {

WindowServices services(Generator generator) {
    WindowServices made;
    made.generator = std::move(generator);
    made.catalog = []() -> Result<std::vector<choreo::ModelInfo>> {
        choreo::ModelInfo model;
        model.kind = "gcn-mhw";
        model.parameters = 3'200'000;
        model.styles = {"waltz", "street_dance"};
        return std::vector<choreo::ModelInfo>{model};
    };
    made.sound = Player::Sound::Never;
    made.remember = false;
    return made;
}

void drop(QWidget& widget, const QString& path) {
    QMimeData data;
    data.setUrls({QUrl::fromLocalFile(path)});
    const QPoint middle = widget.rect().center();
    QDragEnterEvent enter(middle, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(&widget, &enter);
    QVERIFY(enter.isAccepted());
    QDropEvent event(middle, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(&widget, &event);
}

}  // namespace

class WindowTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup() { window_.reset(); }
    void everyPartHasItsName();
    void aDroppedSongIsHeard();
    void spaceTogglesPlaying();
    void dragOnTheTimelineScrubs();
    void generateShowsADance();
    void cancelIsQuickAndDropsTheResult();
    void workLeftByACrashIsOffered();
    void windowStaysAliveWhileItGenerates();
    void aBadDropTellsAndChangesNothing();
    void stylesComeFromTheCatalog();
    void seedIsTypedAndShuffled();
    void theDancersRoomIsChosen();
    void heldPosesAreChosen();
    void nothingIsClipped();
    void lightThemeRepaints();

private:
    void load(Generator generator);

    QTemporaryDir folder_;
    QString song_;
    std::unique_ptr<MainWindow> window_;
};

void WindowTest::initTestCase() {
    style::apply(*qApp, style::Theme::Dark);
    song_ = makeSong(folder_);
}

void WindowTest::init() { load(quickGenerator()); }

void WindowTest::load(Generator generator) {
    window_ = std::make_unique<MainWindow>(services(std::move(generator)));
    window_->resize(1500, 940);
    window_->show();
    window_->activateWindow();
    QVERIFY(QTest::qWaitForWindowExposed(window_.get()));
}

void WindowTest::everyPartHasItsName() {
    QCOMPARE(window_->objectName(), QString("MainWindow"));
    for (const char* name : {"TimelineView", "Viewport", "DancerView", "Inspector", "GeneratePanel", "generateButton", "cancelButton", "progressBar",
                             "playButton", "BeatBar"})
        QVERIFY2(window_->findChild<QWidget*>(QString::fromLatin1(name)), name);
    for (const char* name : {"undoAction", "redoAction", "saveAction", "openAction"})
        QVERIFY2(window_->findChild<QAction*>(QString::fromLatin1(name)), name);
    QVERIFY(!childOf<QPushButton>(*window_, "generateButton").isEnabled());  // there is no song yet
}

void WindowTest::workLeftByACrashIsOffered() {
    const QTemporaryDir recovery;
    std::uint64_t hash = 0;
    {
        Document crashed(quickGenerator());
        QVERIFY(openAndWait(crashed, song_));
        QVERIFY(generateAndWait(crashed));
        QVERIFY(crashed.saveNow(recovery.filePath("gone.choreia")).ok());
        hash = crashed.hash();
        QFile note(recovery.filePath("gone.json"));
        QVERIFY(note.open(QIODevice::WriteOnly));
        note.write(R"({"project": "", "title": "Crashed.choreia"})");
    }
    window_.reset();
    auto given = services(quickGenerator());
    given.recoveryFolder = recovery.path();
    window_ = std::make_unique<MainWindow>(given);
    window_->show();
    QVERIFY(QTest::qWaitForWindowExposed(window_.get()));
    QTRY_VERIFY(window_->findChild<QMessageBox*>("recoveryBox"));
    auto* box = window_->findChild<QMessageBox*>("recoveryBox");
    QVERIFY(box->text().contains("Crashed.choreia"));
    QTRY_VERIFY(box->isVisible());
    for (QAbstractButton* button : box->buttons())
        if (box->buttonRole(button) == QMessageBox::AcceptRole) QTest::mouseClick(button, Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(window_->document().dance(), 20000);
    QCOMPARE(window_->document().hash(), hash);
    QVERIFY(window_->document().dirty());
    QVERIFY(window_->document().path().isEmpty());  // a first save asks for a name
    QVERIFY(window_->isWindowModified());
    QTRY_VERIFY(!QFile::exists(recovery.filePath("gone.choreia")));  // this session holds it now
}

void WindowTest::aDroppedSongIsHeard() {
    drop(*window_, song_);
    QTRY_VERIFY_WITH_TIMEOUT(window_->document().song(), 60000);
    QVERIFY(childOf<QPushButton>(*window_, "generateButton").isEnabled());
    QVERIFY(window_->player().duration() > 7.9);
    QVERIFY(childOf<QLabel>(*window_, "tempoLabel").text().contains("BPM"));
    QVERIFY(window_->windowTitle().contains("song.choreia"));
    QCOMPARE(window_->noticeText(), QString());
}

void WindowTest::spaceTogglesPlaying() {
    QVERIFY(openAndWait(window_->document(), song_));
    auto& view = childOf<TimelineView>(*window_, "TimelineView");
    view.setFocus();
    QTest::keyClick(&view, Qt::Key_Space);
    QTRY_VERIFY(window_->player().playing());
    QTRY_VERIFY(window_->player().position() > 0.05);
    QTest::keyClick(&view, Qt::Key_Space);
    QTRY_VERIFY(!window_->player().playing());
    QTest::mouseClick(&childOf<QAbstractButton>(*window_, "playButton"), Qt::LeftButton);
    QVERIFY(window_->player().playing());
    QTest::mouseClick(&childOf<QAbstractButton>(*window_, "playButton"), Qt::LeftButton);
    QVERIFY(!window_->player().playing());
}

void WindowTest::dragOnTheTimelineScrubs() {
    QVERIFY(openAndWait(window_->document(), song_));
    auto& view = childOf<TimelineView>(*window_, "TimelineView");
    QTest::mousePress(&view, Qt::LeftButton, Qt::NoModifier, {400, 80});
    QTest::mouseMove(&view, {800, 80});
    QTest::mouseRelease(&view, Qt::LeftButton, Qt::NoModifier, {800, 80});
    QVERIFY(std::abs(window_->player().position() - view.axis().seconds(800)) < 1e-9);
    QCOMPARE(window_->document().view().playhead, window_->player().position());
    QVERIFY(!window_->document().dirty());
}

void WindowTest::generateShowsADance() {
    QVERIFY(openAndWait(window_->document(), song_));
    QTest::mouseClick(&childOf<QPushButton>(*window_, "generateButton"), Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(window_->document().dance(), 30000);
    QVERIFY(window_->document().dirty());
    QVERIFY(childOf<QAction>(*window_, "saveAction").isEnabled());
    auto& dancer = childOf<DancerView>(*window_, "DancerView");
    const QImage first = drawnPicture(dancer);
    QVERIFY(!first.isNull());
    window_->player().seek(3.1);
    QVERIFY(drawnPicture(dancer) != first);
    QTest::keyClick(window_.get(), Qt::Key_Z, Qt::ControlModifier);
    QTRY_VERIFY(!window_->document().dance());
}

void WindowTest::cancelIsQuickAndDropsTheResult() {
    load(stubbornGenerator(std::chrono::milliseconds(400)));
    QVERIFY(openAndWait(window_->document(), song_));
    const auto before = window_->document().hash();
    QTest::mouseClick(&childOf<QPushButton>(*window_, "generateButton"), Qt::LeftButton);
    auto& cancel = childOf<QPushButton>(*window_, "cancelButton");
    QTRY_VERIFY(cancel.isVisible());
    auto& bar = childOf<QProgressBar>(*window_, "progressBar");
    QTRY_VERIFY(bar.value() >= 0);
    QTest::mouseClick(&cancel, Qt::LeftButton);
    // Free in the same turn of the event loop, long before the worker's next look at its token.
    QVERIFY(!window_->document().generator().busy());
    QVERIFY(childOf<QPushButton>(*window_, "generateButton").isEnabled());
    QVERIFY(!cancel.isVisible());
    QTRY_COMPARE(window_->document().generator().threads(), std::size_t(0));
    QCOMPARE(window_->document().hash(), before);
    QCOMPARE(window_->noticeText(), QString());
}

void WindowTest::windowStaysAliveWhileItGenerates() {
    load(stubbornGenerator(std::chrono::milliseconds(10)));
    QVERIFY(openAndWait(window_->document(), song_));
    window_->document().generate();
    auto& view = childOf<TimelineView>(*window_, "TimelineView");
    QTest::mouseClick(&view, Qt::LeftButton, Qt::NoModifier, {700, 80});
    QVERIFY(std::abs(window_->player().position() - view.axis().seconds(700)) < 1e-9);
    window_->player().play();
    const double from = window_->player().position();
    QTRY_VERIFY(window_->player().position() > from + 0.1);
    QVERIFY(window_->document().generator().busy());
    QTest::keyClick(window_.get(), Qt::Key_Escape);
    QTRY_VERIFY(!window_->document().generator().busy());
}

void WindowTest::aBadDropTellsAndChangesNothing() {
    QVERIFY(openAndWait(window_->document(), song_));
    const auto before = window_->document().hash();
    const QString bad = folder_.filePath("notes.mp3");
    QFile file(bad);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(QByteArray("no music here\n").repeated(300));
    file.close();
    drop(*window_, bad);
    QTRY_VERIFY_WITH_TIMEOUT(!window_->noticeText().isEmpty(), 30000);
    QVERIFY2(window_->noticeText().contains("notes.mp3"), qPrintable(window_->noticeText()));
    QVERIFY(window_->noticeText().contains("unchanged"));
    QCOMPARE(window_->document().hash(), before);
    QVERIFY(window_->document().song());
}

void WindowTest::stylesComeFromTheCatalog() {
    QTRY_VERIFY(window_->findChild<QPushButton*>("style_street_dance"));
    auto& chip = childOf<QPushButton>(*window_, "style_street_dance");
    QCOMPARE(chip.text(), QString("Street dance"));
    QTest::mouseClick(&chip, Qt::LeftButton);
    QCOMPARE(window_->document().state().settings.style, std::string("street_dance"));
    window_->document().undoStack().undo();
    QCOMPARE(window_->document().state().settings.style, std::string("auto"));
    QVERIFY(childOf<QPushButton>(*window_, "style_auto").isChecked());
}

void WindowTest::seedIsTypedAndShuffled() {
    auto& seed = childOf<QLineEdit>(*window_, "seedEdit");
    seed.setFocus();
    seed.selectAll();
    QTest::keyClicks(&seed, "20261");
    QTest::keyClick(&seed, Qt::Key_Return);
    QCOMPARE(window_->document().state().settings.seed, std::uint64_t(20261));
    QTest::mouseClick(&childOf<QPushButton>(*window_, "shuffleButton"), Qt::LeftButton);
    QCOMPARE(seed.text(), QString::number(window_->document().state().settings.seed));
}

void WindowTest::theDancersRoomIsChosen() {
    auto& slider = *childOf<QWidget>(*window_, "roomSlider").findChild<QSlider*>();
    const auto room = [&] { return window_->document().state().settings.stage; };
    slider.setFocus();
    QCOMPARE(room(), 0.0);
    for (int k = 0; k < 3; ++k) QTest::keyClick(&slider, Qt::Key_Right);
    QCOMPARE(room(), 2.0);
    QTest::keyClick(&slider, Qt::Key_Home);
    QCOMPARE(room(), 0.0);
    QTest::keyClick(&slider, Qt::Key_End);
    QCOMPARE(room(), 8.0);
    window_->document().undoStack().undo();
    QCOMPARE(room(), 0.0);
}

void WindowTest::heldPosesAreChosen() {
    for (const auto& [name, setting] : {std::pair{"firstPoseAction", &io::GenerateSettings::firstPose}, std::pair{"finalPoseAction", &io::GenerateSettings::finalPose}}) {
        auto* action = window_->findChild<QAction*>(name);
        const auto chosen = [this, setting] { return window_->document().state().settings.*setting; };
        QVERIFY(action && action->isChecked());
        action->trigger();
        QVERIFY(!chosen());
        window_->document().undoStack().undo();
        QVERIFY(chosen() && action->isChecked());
    }
}

void WindowTest::nothingIsClipped() {
    QVERIFY(openAndWait(window_->document(), song_));
    QVERIFY(generateAndWait(window_->document()));
    // A panel behind another one's tab is laid out where it is not seen: each is looked at when it is in front.
    const auto behind = [](const QWidget* widget) {
        while (widget && !qobject_cast<const QDockWidget*>(widget)) widget = widget->parentWidget();
        return widget && widget->visibleRegion().isEmpty();
    };
    for (const auto& [size, front] : {std::pair{QSize(1600, 1000), "InspectorDock"}, {QSize(1280, 800), "InspectorDock"}, {QSize(1280, 800), "PosesDock"}}) {
        window_->resize(size);
        childOf<QDockWidget>(*window_, front).raise();
        QTest::qWait(50);
        QVERIFY(!behind(&childOf<QDockWidget>(*window_, front)));
        for (const auto* button : window_->findChildren<QPushButton*>()) {
            if (!button->isVisible() || behind(button)) continue;
            const int room = button->width(), wanted = button->minimumSizeHint().width();
            QVERIFY2(wanted <= room, qPrintable(QStringLiteral("%1: wants %2, has %3").arg(button->text()).arg(wanted).arg(room)));
            const QRect inside(button->mapTo(window_.get(), QPoint(0, 0)), button->size());
            QVERIFY2(window_->rect().contains(inside), qPrintable(button->text()));
        }
        for (const auto* label : window_->findChildren<QLabel*>()) {
            if (!label->isVisible() || behind(label) || label->wordWrap() || label->text().isEmpty() || label->textFormat() == Qt::RichText) continue;
            QVERIFY2(label->fontMetrics().horizontalAdvance(label->text()) <= label->width() + 1, qPrintable(label->text()));
        }
    }
}

void WindowTest::lightThemeRepaints() {
    auto& view = childOf<TimelineView>(*window_, "TimelineView");
    const QColor dark = view.grab().toImage().pixelColor(20, view.height() - 10);
    style::apply(*qApp, style::Theme::Light);
    QCoreApplication::processEvents();
    const QColor light = view.grab().toImage().pixelColor(20, view.height() - 10);
    style::apply(*qApp, style::Theme::Dark);
    QVERIFY(dark.lightness() < 80);
    QVERIFY(light.lightness() > 180);
}

CHOREIA_TEST(WindowTest)
#include "window_test.moc"
