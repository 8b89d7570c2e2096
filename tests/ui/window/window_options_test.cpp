// View > Snap to and View > Stage size by menu and key, and what is kept of them between sessions.
#include "ui/window_fixture.h"

#include "style/theme.h"
#include "support/testing.h"
#include "timeline/timeline_view.h"

#include <QAction>
#include <QMenu>
#include <QSettings>

using namespace choreia;
using namespace choreia::ui;
using namespace choreia::ui::testing;

class WindowOptionsTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() {
        style::apply(*qApp, style::Theme::Dark);
        song_ = makeSong(folder_);
    }

    void theSnapIsChosenAndSteppedThrough() {
        const auto window = showWindow(quickGenerator());
        auto& timeline = childOf<TimelineView>(*window, "TimelineView");
        QCOMPARE(timeline.snapMode(), SnapMode::Marks);
        QCOMPARE(checked(*window, "snapMenu"), QString("snapMarksAction"));
        childOf<QAction>(*window, "snapNothingAction").trigger();
        QCOMPARE(timeline.snapMode(), SnapMode::Nothing);
        QCOMPARE(checked(*window, "snapMenu"), QString("snapNothingAction"));
        window->activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(window.get()));
        for (const auto& [mode, name] : {std::pair{SnapMode::Marks, "Beats, keys and markers"}, std::pair{SnapMode::Frames, "Frames"}, std::pair{SnapMode::Nothing, "Nothing"}}) {
            QTest::keyClick(window.get(), Qt::Key_N);
            QCOMPARE(timeline.snapMode(), mode);
            QVERIFY2(window->noticeText().contains(QLatin1String(name)), qPrintable(window->noticeText()));
        }
        for (const char* name : {"snapMarksAction", "snapFramesAction", "snapNothingAction", "nextSnapAction"}) QVERIFY(!childOf<QAction>(*window, name).statusTip().isEmpty());
    }

    void editsAtThePlayheadGoByIt() {
        const auto window = showWindow(quickGenerator());
        auto& document = window->document();
        QVERIFY(openAndWait(document, song_));
        QVERIFY(generateAndWait(document));
        const auto split = [&](double at) {
            window->player().seek(at);
            childOf<QAction>(*window, "splitAction").trigger();
            const auto& blocks = document.dance()->dance.blocks;
            const double made = blocks.size() == 2 ? blocks[1].start : -1;
            document.undoStack().undo();
            return made;
        };
        QCOMPARE(split(3.22), snappedToBeat(document.state().grid, kSongSeconds, 3.22));
        QVERIFY(document.requestMarker(3.2));
        QCOMPARE(split(3.22), 3.2);
        childOf<QAction>(*window, "snapFramesAction").trigger();
        QVERIFY(std::abs(split(3.212) - 193 / 60.0) < 1e-9);
        childOf<QAction>(*window, "snapNothingAction").trigger();
        QVERIFY(std::abs(split(3.212) - 3.212) < 1e-9);
    }

    void theStageSizeIsAMarkAndNoEdit() {
        const auto window = showWindow(quickGenerator());
        auto& stage = childOf<Viewport>(*window, "Viewport");
        const auto before = window->document().hash();
        QCOMPARE(stage.stageSize(), kStandardStage);
        QCOMPARE(checked(*window, "stageSizeMenu"), QString("stage4x4Action"));
        for (const StageSize& size : kStageSizes) {
            auto& action = childOf<QAction>(*window, qPrintable(QStringLiteral("stage%1x%2Action").arg(size.width).arg(size.depth)));
            QCOMPARE(action.text(), QString::fromUtf8("%1 \u00d7 %2 m").arg(size.width).arg(size.depth));
            QVERIFY(!action.statusTip().isEmpty());
            action.trigger();
            QCOMPARE(stage.stageSize(), size);
        }
        QCOMPARE(window->document().hash(), before);
        QVERIFY(!window->document().undoStack().canUndo() && !window->document().dirty());
    }

    void theyAreKept() {
        QTemporaryDir settings;
        QSettings::setDefaultFormat(QSettings::IniFormat);
        QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, settings.path());
        const QString organization = QCoreApplication::organizationName();
        QCoreApplication::setOrganizationName(QStringLiteral("choreia-options-test"));
        const auto open = [] {
            WindowServices services;
            services.generator = quickGenerator();
            services.catalog = [] { return std::vector<choreo::ModelInfo>(); };
            services.sound = Player::Sound::Never;
            return std::make_unique<MainWindow>(std::move(services));
        };
        auto window = open();
        QCOMPARE(childOf<TimelineView>(*window, "TimelineView").snapMode(), SnapMode::Marks);
        childOf<QAction>(*window, "snapFramesAction").trigger();
        childOf<QAction>(*window, "stage8x6Action").trigger();
        window = open();
        QCOMPARE(childOf<TimelineView>(*window, "TimelineView").snapMode(), SnapMode::Frames);
        QCOMPARE(childOf<Viewport>(*window, "Viewport").stageSize(), (StageSize{8, 6}));
        QCOMPARE(checked(*window, "snapMenu"), QString("snapFramesAction"));
        QCOMPARE(checked(*window, "stageSizeMenu"), QString("stage8x6Action"));
        // What is no size (of another version, say) is the standard one.
        QSettings().setValue(QStringLiteral("stage/size"), QStringLiteral("stage3x5"));
        window = open();
        QCOMPARE(childOf<Viewport>(*window, "Viewport").stageSize(), kStandardStage);
        window.reset();
        QCoreApplication::setOrganizationName(organization);
        QSettings::setDefaultFormat(QSettings::NativeFormat);
    }

private:
    static QString checked(QWidget& window, const char* menu) {
        QString name;
        for (const QAction* action : childOf<QMenu>(window, menu).actions())
            if (action->isChecked()) name += action->objectName();
        return name;
    }

    QTemporaryDir folder_;
    QString song_;
};

CHOREIA_TEST(WindowOptionsTest)
#include "window_options_test.moc"
