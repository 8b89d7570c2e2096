/// The main window: menus over a stage, panels in docks round it, and the files that go in and out.
#pragma once

#include "document/autosave.h"
#include "document/document.h"
#include "generate/generate_panel.h"
#include "playback/player.h"
#include "seeing/pose_finder.h"
#include "training/training_dialog.h"

#include <QMainWindow>
#include <QPointer>

#include <array>
#include <optional>

class QAction;
class QMenu;
class QSettings;

namespace choreia::ui {

class DancerView;
class ExportDialog;
class Inspector;
class PoseShelf;
class StagePanel;
class TimelineView;
class TopBar;
class TransportBar;

/// What the window needs from outside; tests put their own in.
struct WindowServices {
    Generator generator = engineGenerator();
    GeneratePanel::Catalog catalog;
    Player::Sound sound = Player::Sound::WhereThereIsADevice;
    TrainingServices training = installedTraining();
    std::function<Result<seeing::PoseFinder>()> finder = &seeing::PoseFinder::installed;  ///< who finds the dancer of a video
    bool remember = true;  ///< recent files, window places and theme, kept between sessions
    QString recoveryFolder;  ///< where unsaved work is kept against a crash; empty: nowhere
    QString posesFile;       ///< where the kept poses lie; empty: they are not kept
};
/// The engine's own: models from the models folder.
[[nodiscard]] WindowServices engineServices();

class MainWindow final : public QMainWindow {
    Q_OBJECT

public:
    explicit MainWindow(WindowServices services, QWidget* parent = nullptr);
    ~MainWindow() override;

    [[nodiscard]] Document& document() { return document_; }
    [[nodiscard]] Player& player() { return player_; }
    [[nodiscard]] QStringList recentFiles() const;
    /// Opens without asking about unsaved work.
    void openFile(const QString& path);
    /// The text of the message on show, "" where there is none.
    [[nodiscard]] QString noticeText() const;

public Q_SLOTS:
    void open();
    void save();
    void saveAs();
    void exportDance();
    void trainModel();
    void importVideo();

protected:
    void closeEvent(QCloseEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;
    /// The 3D stage is a window of its own: what is dropped on it is meant for this one.
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    // main_window.cpp
    void buildPanels();
    void shareRoom();
    void documentChanged(const Change& change);
    void positionChanged(double seconds);
    // window_actions.cpp
    void buildActions();
    void buildFileMenu();
    void buildEditMenu();
    void buildViewMenu();
    void buildDanceMenu();
    void buildCameraViews(QMenu* menu);  // window_cameras.cpp
    void buildScrubbing(QMenu* menu);
    // window_options.cpp
    struct Choice {
        QString name, text, tip;  ///< name: of the action without "Action", and what is kept in the settings
    };
    /// Of several one: chosen at once as the last session left it (else the standard one), and kept under `key` from then on.
    std::vector<QAction*> addChoices(QMenu* menu, const QString& key, const std::vector<Choice>& choices, std::size_t standard, std::function<void(std::size_t)> choose);
    void buildSnapMenu(QMenu* menu);
    void buildStageSizes(QMenu* menu);
    void buildHeldPoses(QMenu* menu);
    void buildTrainMenu();
    // window_control.cpp
    void buildControlActions(QMenu* menu);
    void openOpening();
    void openDance();
    void buildPoseActions(QMenu* menu);
    void buildPoseTools(QMenu* menu);
    void buildMovementActions(QMenu* menu);
    void buildStyleMenu(QMenu* menu);
    void copy();
    void moveByBar(int direction);
    /// Of the blocks that meet nearest to the playhead: 1 half a beat longer, -1 shorter, 0 a beat or two, or none.
    void crossFade(int longer);
    void paste(bool mirror);
    void pasteBetween();
    void stepKey(int direction);
    /// The pose at the playhead, where there is a dance.
    [[nodiscard]] std::optional<motion::Pose> poseNow() const;
    void buildHelpMenu();
    void refreshActions();
    void stepFrame(int direction);
    void setTheme(int theme);
    void showShortcuts();
    QAction* add(QMenu* menu, const QString& text, const QString& name, const QKeySequence& keys, std::function<void()> run);
    // window_files.cpp
    void openAsking(const QString& path);
    /// Asks where there is unsaved work; next runs unless the person says no.
    void leaveProject(std::function<void()> next);
    void remember(const QString& path);
    void refreshRecent();
    [[nodiscard]] QString proposedPath() const;
    /// Asks what is to become of work that an earlier session left, one after another.
    void offerLeftWork();
    // window_dancers.cpp
    void buildDancerActions(QMenu* menu);
    void refreshDancers();
    // window_places.cpp
    void buildPlaceActions(QMenu* menu);
    // window_poses.cpp
    void makePoses();
    void tabPoses(class QDockWidget* inspector, class QDockWidget* poses);
    void tabsMoved();
    void buildShelfActions(QMenu* menu);
    /// A pose dragged over the 3D stage is laid at the playhead; true where the event was about one.
    bool poseOverStage(QEvent* event);
    // window_training.cpp
    /// The project dances with this set from now on; "": with the installed weights.
    void useWeights(const QString& folder, const QString& title);
    void followWeights(bool opened);
    /// Where a training is at work: asks whether it goes on; next runs unless the person stays.
    void leaveTraining(std::function<void()> next);

    WindowServices services_;
    Document document_;
    std::unique_ptr<Autosave> autosave_;
    Player player_;
    TopBar* top_ = nullptr;
    StagePanel* stage_ = nullptr;
    GeneratePanel* generate_ = nullptr;
    DancerView* dancer_ = nullptr;
    Inspector* inspector_ = nullptr;
    PoseShelf* poses_ = nullptr;
    TransportBar* transport_ = nullptr;
    TimelineView* timeline_ = nullptr;
    QMenu* recent_ = nullptr;
    std::vector<class QDockWidget*> docks_;
    class QDockWidget *inspectorDock_ = nullptr, *posesDock_ = nullptr;
    std::vector<QAction*> needSong_, needDance_, needCopied_;
    // What was copied last: a pose, or movement.
    std::optional<motion::Pose> copiedPose_;
    motion::JointSet copiedJoints_;  ///< of the pose
    std::optional<choreo::Movement> copiedMovement_;
    QAction *cancel_ = nullptr, *copy_ = nullptr;
    std::vector<QAction*> dancers_, needDancers_, needStageRoom_;  ///< one for each number; those that want several; those that want room for one more
    std::vector<QAction*> needSelection_;
    std::vector<std::pair<QAction*, std::function<bool()>>> needThere_;  ///< and when there is what they are about
    bool closing_ = false, trainingAsked_ = false;
    QPointer<TrainingDialog> training_;
    static constexpr std::size_t kCameraViews = 4;
    std::array<std::optional<io::Camera>, kCameraViews> cameraViews_;
    std::filesystem::path weights_;  ///< that the panel shows; empty: the installed ones
};

}  // namespace choreia::ui
