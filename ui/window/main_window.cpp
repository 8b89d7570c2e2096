// The window's parts, and how they follow document and player.
#include "window/main_window.h"

#include "dancer/dancer_view.h"
#include "inspector/inspector.h"
#include "poses/pose_shelf.h"
#include "style/theme.h"
#include "timeline/timeline_view.h"
#include "timeline/transport_bar.h"
#include "viewport/viewport.h"
#include "window/notice_bar.h"
#include "window/stage_panel.h"
#include "window/top_bar.h"

#include <QAction>
#include <QDockWidget>
#include <QGuiApplication>
#include <QScreen>
#include <QSettings>
#include <QTimer>
#include <QVBoxLayout>
#include <QWindow>

namespace choreia::ui {

WindowServices engineServices() {
    WindowServices services;
    services.catalog = []() -> Result<std::vector<choreo::ModelInfo>> {
        CHOREIA_ASSIGN(const auto folder, choreo::findModels());
        return choreo::listModels(folder);
    };
    services.recoveryFolder = Autosave::installedFolder();
    services.posesFile = PoseShelf::installedFile();
    return services;
}

MainWindow::MainWindow(WindowServices services, QWidget* parent)
    : QMainWindow(parent), services_(std::move(services)), document_(services_.generator), player_(services_.sound) {
    setObjectName(QStringLiteral("MainWindow"));
    setWindowTitle(tr("Choreia"));
    setAcceptDrops(true);
    setDockNestingEnabled(true);
    buildPanels();
    buildActions();
    connect(&document_, &Document::changed, this, &MainWindow::documentChanged);
    connect(&player_, &Player::positionChanged, this, &MainWindow::positionChanged);
    connect(&document_, &Document::opened, this, &MainWindow::remember);
    connect(&document_, &Document::saved, this, &MainWindow::remember);
    if (const QScreen* screen = QGuiApplication::primaryScreen()) {
        player_.setFrameRate(screen->refreshRate());
        const QSize room = screen->availableGeometry().size();
        resize(QSize(1600, 1000).boundedTo(room));
    }
    shareRoom();
    if (services_.remember) {
        const QSettings settings;
        restoreGeometry(settings.value(QStringLiteral("window/geometry")).toByteArray());
        restoreState(settings.value(QStringLiteral("window/state")).toByteArray(), 2);
        dancer_->setLook(settings.value(QStringLiteral("dancer/look"), 0).toInt());
    }
    documentChanged({Aspect::Everything, {}});
    if (!services_.recoveryFolder.isEmpty()) {
        autosave_ = std::make_unique<Autosave>(document_, services_.recoveryFolder);
        QTimer::singleShot(0, this, &MainWindow::offerLeftWork);  // over the window, once there is one
    }
}

MainWindow::~MainWindow() {
    document_.disconnect(this);
    player_.disconnect(this);
    // The parts refer to document and player, which are members and would die before Qt deletes the children.
    qDeleteAll(findChildren<QWidget*>(QString(), Qt::FindDirectChildrenOnly));
}

void MainWindow::buildPanels() {
    top_ = new TopBar(document_, this);
    setMenuWidget(top_);
    stage_ = new StagePanel(document_, player_, this);
    setCentralWidget(stage_);
    if (QWindow* picture = stage_->viewport().stageWindow()) picture->installEventFilter(this);
    generate_ = new GeneratePanel(document_, services_.catalog, this);
    dancer_ = new DancerView(document_, this);
    connect(dancer_, &DancerView::refused, this, [this](const QString& why) {
        Message message;
        message.title = tr("This dancer cannot be drawn.");
        message.advice = why;
        stage_->notice().show(message);
    });
    connect(stage_, &StagePanel::inHand, dancer_, &DancerView::showInHand);
    inspector_ = new Inspector(document_, this);
    connect(stage_, &StagePanel::inHand, inspector_, &Inspector::showInHand);
    connect(inspector_, &Inspector::toolDrawn, stage_, &StagePanel::drawTool);
    connect(inspector_, &Inspector::toolLetGo, stage_, &StagePanel::keepShaped);
    connect(stage_, &StagePanel::shapingChanged, inspector_, [this] {
        if (!stage_->shaping()) inspector_->dropTools();
    });
    makePoses();
    auto* bottom = new QWidget(this);
    auto* column = new QVBoxLayout(bottom);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    transport_ = new TransportBar(document_, player_, bottom);
    timeline_ = new TimelineView(document_, player_, bottom);
    column->addWidget(transport_);
    column->addWidget(timeline_, 1);

    // The timeline goes under everything, as wide as the window.
    setCorner(Qt::BottomLeftCorner, Qt::BottomDockWidgetArea);
    setCorner(Qt::BottomRightCorner, Qt::BottomDockWidgetArea);
    const auto dock = [this](QWidget* widget, const QString& title, const char* name, Qt::DockWidgetArea area) {
        auto* made = new QDockWidget(title, this);
        made->setObjectName(QString::fromLatin1(name));
        made->setWidget(widget);
        made->setTitleBarWidget(new QWidget(made));  // no title until panels are unlocked: View > Move panels
        addDockWidget(area, made);
        docks_.push_back(made);
        return made;
    };
    dock(generate_, tr("Dance"), "DanceDock", Qt::LeftDockWidgetArea);
    auto* right = dock(dancer_, tr("Dancer"), "DancerDock", Qt::RightDockWidgetArea);
    auto* under = dock(inspector_, tr("Inspector"), "InspectorDock", Qt::RightDockWidgetArea);
    dock(bottom, tr("Timeline"), "TimelineDock", Qt::BottomDockWidgetArea);
    splitDockWidget(right, under, Qt::Vertical);
    tabPoses(under, dock(poses_, tr("Poses"), "PosesDock", Qt::RightDockWidgetArea));
}

void MainWindow::shareRoom() {
    // Dance, dancer, inspector, timeline, in the order they were made (the poses come last): the picture's shares of the window.
    resizeDocks({docks_[0], docks_[1]}, {272, width() * 34 / 100}, Qt::Horizontal);
    resizeDocks({docks_[1], docks_[2]}, {height() * 38 / 100, 190}, Qt::Vertical);
    resizeDocks({docks_[3]}, {height() * 38 / 100}, Qt::Vertical);
}

QString MainWindow::noticeText() const { return stage_->notice().isVisible() ? stage_->notice().text() : QString(); }

void MainWindow::documentChanged(const Change& change) {
    const DocumentState& state = document_.state();
    if (change.aspect == Aspect::Everything || change.aspect == Aspect::Song) {
        const double at = change.aspect == Aspect::Everything ? document_.view().playhead : player_.position();
        player_.setSong(document_.song() ? document_.song()->playback : nullptr, state.duration);
        player_.setBeats(state.grid.beats, state.grid.downbeats);
        player_.seek(at);
    }
    if (change.aspect == Aspect::Everything || change.aspect == Aspect::Settings) followWeights(change.aspect == Aspect::Everything);
    if (change.aspect == Aspect::Grid) player_.setBeats(state.grid.beats, state.grid.downbeats);
    setWindowTitle(tr("%1[*] - Choreia").arg(document_.title()));
    setWindowModified(document_.dirty());
    refreshActions();
}

void MainWindow::positionChanged(double seconds) {
    document_.setPlayhead(seconds);
    stage_->showTime(seconds);
    dancer_->showTime(seconds);
    inspector_->showTime(seconds);
}

}  // namespace choreia::ui
