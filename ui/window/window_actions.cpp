// Menus and shortcuts.
#include "window/main_window.h"

#include "core/units.h"
#include "style/theme.h"
#include "timeline/timeline_view.h"
#include "viewport/viewport.h"
#include "window/shortcut_page.h"
#include "window/stage_panel.h"
#include "window/top_bar.h"

#include <QAction>
#include <QActionGroup>
#include <QApplication>
#include <QDockWidget>
#include <QMenu>
#include <QMenuBar>
#include <QMessageBox>
#include <QSettings>

#include <cmath>

namespace choreia::ui {

QAction* MainWindow::add(QMenu* menu, const QString& text, const QString& name, const QKeySequence& keys, std::function<void()> run) {
    QAction* action = menu->addAction(text);
    action->setObjectName(name);
    if (!keys.isEmpty()) action->setShortcut(keys);
    if (run) connect(action, &QAction::triggered, this, [run = std::move(run)] { run(); });
    addAction(action);
    return action;
}

void MainWindow::buildActions() {
    buildFileMenu();
    buildEditMenu();
    buildViewMenu();
    buildDanceMenu();
    buildTrainMenu();
    buildHelpMenu();
    connect(stage_, &StagePanel::shapingChanged, this, &MainWindow::refreshActions);
    connect(top_, &TopBar::exportClicked, this, &MainWindow::exportDance);
    connect(top_, &TopBar::trainClicked, this, &MainWindow::trainModel);
    for (auto* jobs : {&document_.generator(), &document_.loader()}) {
        connect(jobs, &JobRunner::started, this, &MainWindow::refreshActions);
        connect(jobs, &JobRunner::finished, this, &MainWindow::refreshActions);
    }
}

void MainWindow::buildFileMenu() {
    QMenu* menu = top_->menus().addMenu(tr("&File"));
    add(menu, tr("&Open ..."), QStringLiteral("openAction"), QKeySequence::Open, [this] { open(); });
    recent_ = menu->addMenu(tr("Open &recent"));
    refreshRecent();
    menu->addSeparator();
    needSong_.push_back(add(menu, tr("&Save"), QStringLiteral("saveAction"), QKeySequence::Save, [this] { save(); }));
    needSong_.push_back(add(menu, tr("Save &as ..."), QStringLiteral("saveAsAction"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_S), [this] { saveAs(); }));
    menu->addSeparator();
    needDance_.push_back(add(menu, tr("&Export ..."), QStringLiteral("exportAction"), QKeySequence(Qt::CTRL | Qt::Key_E), [this] { exportDance(); }));
    menu->addSeparator();
    add(menu, tr("&Quit"), QStringLiteral("quitAction"), QKeySequence::Quit, [this] { close(); });
}

void MainWindow::buildEditMenu() {
    QMenu* menu = top_->menus().addMenu(tr("&Edit"));
    QUndoStack& stack = document_.undoStack();
    QAction* undo = stack.createUndoAction(this, tr("Undo"));
    undo->setObjectName(QStringLiteral("undoAction"));
    undo->setShortcut(QKeySequence::Undo);
    QAction* redo = stack.createRedoAction(this, tr("Redo"));
    redo->setObjectName(QStringLiteral("redoAction"));
    redo->setShortcuts({QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_Z), QKeySequence(Qt::CTRL | Qt::Key_Y)});
    menu->addActions({undo, redo});
    addActions({undo, redo});
    menu->addSeparator();
    buildPoseActions(menu);
    menu->addSeparator();
    buildMovementActions(menu);
}

void MainWindow::buildViewMenu() {
    QMenu* menu = top_->menus().addMenu(tr("&View"));
    add(menu, tr("Zoom in"), QStringLiteral("zoomInAction"), QKeySequence::ZoomIn, [this] { timeline_->zoom(0.7); });
    add(menu, tr("Zoom out"), QStringLiteral("zoomOutAction"), QKeySequence::ZoomOut, [this] { timeline_->zoom(1 / 0.7); });
    add(menu, tr("Whole song"), QStringLiteral("fitAction"), QKeySequence(Qt::CTRL | Qt::Key_0), [this] { timeline_->fit(); });
    QAction* follow = add(menu, tr("Follow the playhead"), QStringLiteral("followAction"), {}, {});
    follow->setCheckable(true);
    follow->setChecked(true);
    connect(follow, &QAction::toggled, timeline_, &TimelineView::setFollowing);
    static const QString spectrogramKey = QStringLiteral("timeline/spectrogram");
    QAction* spectrogram = add(menu, tr("Spectrogram in the song lane"), QStringLiteral("spectrogramAction"), QKeySequence(Qt::SHIFT | Qt::Key_S), {});
    spectrogram->setCheckable(true);
    connect(spectrogram, &QAction::toggled, this, [this](bool on) {
        timeline_->setSpectrogram(on);
        if (services_.remember) QSettings().setValue(spectrogramKey, on);
    });
    spectrogram->setChecked(services_.remember && QSettings().value(spectrogramKey, false).toBool());
    buildSnapMenu(menu);
    menu->addSeparator();
    QMenu* camera = menu->addMenu(tr("&Camera"));
    const std::tuple<QString, Viewport::Preset, Qt::Key> presets[] = {{tr("Perspective"), Viewport::Preset::Perspective, Qt::Key_1},
                                                                      {tr("Front"), Viewport::Preset::Front, Qt::Key_2},
                                                                      {tr("Side"), Viewport::Preset::Side, Qt::Key_3},
                                                                      {tr("Top"), Viewport::Preset::Top, Qt::Key_4}};
    for (const auto& [text, preset, key] : presets)
        add(camera, text, QString(), QKeySequence(Qt::CTRL | key), [this, preset = preset] { stage_->viewport().setPreset(preset); });
    add(camera, tr("Frame the selection"), QStringLiteral("frameAction"), QKeySequence(Qt::Key_F), [this] { stage_->viewport().frameSelected(); });
    buildCameraViews(camera);
    QAction* ghosts = add(menu, tr("Ghosts of the beats before and after"), QStringLiteral("ghostsAction"), QKeySequence(Qt::Key_G), {});
    ghosts->setCheckable(true);
    ghosts->setChecked(true);
    connect(ghosts, &QAction::toggled, stage_, &StagePanel::setGhosts);
    QAction* trail = add(menu, tr("Trail of the chosen joint"), QStringLiteral("trailAction"), QKeySequence(Qt::Key_T), {});
    trail->setCheckable(true);
    trail->setChecked(true);
    connect(trail, &QAction::toggled, stage_, &StagePanel::setTrail);
    buildStageSizes(menu);
    menu->addSeparator();
    for (auto* dock : docks_) menu->addAction(dock->toggleViewAction());
    QAction* move = add(menu, tr("Move panels"), QStringLiteral("movePanelsAction"), {}, {});
    move->setCheckable(true);
    connect(move, &QAction::toggled, this, [this](bool on) {
        for (auto* dock : docks_) {
            delete dock->titleBarWidget();
            dock->setTitleBarWidget(on ? nullptr : new QWidget(dock));
        }
    });
    menu->addSeparator();
    auto* themes = new QActionGroup(this);
    for (const auto& [text, theme] : {std::pair{tr("Dark"), style::Theme::Dark}, std::pair{tr("Light"), style::Theme::Light}}) {
        QAction* action = add(menu, text, QString(), {}, [this, theme = theme] { setTheme(static_cast<int>(theme)); });
        action->setCheckable(true);
        action->setChecked(style::theme() == theme);
        themes->addAction(action);
    }
}

void MainWindow::buildDanceMenu() {
    QMenu* menu = top_->menus().addMenu(tr("&Dance"));
    needSong_.push_back(add(menu, tr("&Generate"), QStringLiteral("generateAction"), QKeySequence(Qt::CTRL | Qt::Key_G), [this] { document_.generate(); }));
    needSong_.push_back(add(menu, tr("Generate with a new &seed"), QStringLiteral("generateNewAction"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_G), [this] {
        generate_->shuffleSeed();
        document_.generate();
    }));
    cancel_ = add(menu, tr("&Cancel"), QStringLiteral("cancelAction"), QKeySequence(Qt::Key_Escape), [this] {
        if (stage_->viewport().drawsBox()) stage_->viewport().dropJoint();
        else if (stage_->shaping()) stage_->letGo();
        else if (document_.generator().busy()) document_.generator().cancel();
        else if (document_.joints().any()) document_.selectJoints({});
        else timeline_->letGo();
    });
    menu->addSeparator();
    buildDancerActions(menu);
    menu->addSeparator();
    buildControlActions(menu);
    menu->addSeparator();
    needSong_.push_back(add(menu, tr("Play or pause"), QStringLiteral("playAction"), QKeySequence(Qt::Key_Space), [this] { player_.toggle(); }));
    needSong_.push_back(add(menu, tr("Loop"), QStringLiteral("loopAction"), QKeySequence(Qt::Key_L), [this] { player_.setLooping(!player_.looping()); }));
    needSong_.push_back(add(menu, tr("Play slower"), QStringLiteral("slowerAction"), QKeySequence(Qt::Key_BracketLeft), [this] { player_.stepSpeed(-1); }));
    needSong_.push_back(add(menu, tr("Play faster"), QStringLiteral("fasterAction"), QKeySequence(Qt::Key_BracketRight), [this] { player_.stepSpeed(1); }));
    needSong_.push_back(add(menu, tr("Play as it was recorded"), QStringLiteral("normalSpeedAction"), QKeySequence(Qt::Key_Backslash), [this] { player_.setSpeed(1); }));
    buildScrubbing(menu);
    buildPlaceActions(menu);
}

void MainWindow::buildScrubbing(QMenu* menu) {
    static const QString key = QStringLiteral("playback/scrubbing");
    QAction* audible = add(menu, tr("Hear the song while scrubbing"), QStringLiteral("scrubbingAction"), {}, {});
    audible->setCheckable(true);
    audible->setChecked(!services_.remember || QSettings().value(key, true).toBool());
    player_.setScrubbing(audible->isChecked());
    connect(timeline_, &TimelineView::scrubbed, &player_, &Player::scrub);
    connect(audible, &QAction::toggled, this, [this](bool on) {
        player_.setScrubbing(on);
        if (services_.remember) QSettings().setValue(key, on);
    });
}

void MainWindow::buildTrainMenu() {
    QMenu* menu = top_->menus().addMenu(tr("&Train"));
    add(menu, tr("&Train a model ..."), QStringLiteral("trainAction"), QKeySequence(Qt::CTRL | Qt::Key_T), [this] { trainModel(); });
    add(menu, tr("Import a dance &video ..."), QStringLiteral("importVideoAction"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_I), [this] { importVideo(); });
    add(menu, tr("Dance with the &installed weights"), QStringLiteral("installedWeightsAction"), {}, [this] { useWeights({}, {}); });
}

void MainWindow::buildHelpMenu() {
    QMenu* menu = top_->menus().addMenu(tr("&Help"));
    add(menu, tr("Keyboard shortcuts"), QStringLiteral("shortcutsAction"), QKeySequence(Qt::Key_F1), [this] { showShortcuts(); });
    add(menu, tr("About Choreia"), QStringLiteral("aboutAction"), {}, [this] {
        auto* box = new QMessageBox(QMessageBox::NoIcon, tr("About Choreia"),
                                    tr("<b>Choreia</b><br>A song goes in, a dance comes out, a person shapes it.<br><br>"
                                       "Free software: GPL-3.0-or-later."),
                                    QMessageBox::Close, this);
        box->setAttribute(Qt::WA_DeleteOnClose);
        box->open();
    });
}

void MainWindow::refreshActions() {
    for (auto* action : needSong_) action->setEnabled(document_.hasSong());
    for (auto* action : needDance_) action->setEnabled(document_.dance() != nullptr);
    if (cancel_) cancel_->setEnabled(document_.generator().busy() || document_.selection() || document_.joints().any() || stage_->shaping() || stage_->viewport().drawsBox());
    for (auto* action : needCopied_) action->setEnabled(document_.dance() && (copiedPose_ || copiedMovement_));
    for (auto* action : needSelection_) action->setEnabled(document_.dance() && document_.selection());
    for (const auto& [action, there] : needThere_) action->setEnabled(there());
    refreshDancers();
    const auto joints = document_.joints().count();
    if (copy_) copy_->setText(document_.selection() ? tr("&Copy the selected movement") : joints > 1 ? tr("&Copy the pose of %1 joints").arg(joints) : joints == 1 ? tr("&Copy the pose of 1 joint") : tr("&Copy the pose"));
}

void MainWindow::stepFrame(int direction) {
    player_.pause();
    player_.seek((std::round(player_.position() * kMotionFps) + direction) / kMotionFps);
}

void MainWindow::setTheme(int theme) {
    style::apply(*qApp, static_cast<style::Theme>(theme));
    if (services_.remember) QSettings().setValue(QStringLiteral("window/theme"), theme);
    documentChanged({Aspect::Name, {}});
}

void MainWindow::showShortcuts() {
    auto* page = new ShortcutPage(actions(), this);
    page->setAttribute(Qt::WA_DeleteOnClose);
    page->show();
}

}  // namespace choreia::ui
