/// The middle of the window: messages, the 3D viewport fed from the dance at the playhead, and a line of figures under it.
#pragma once

#include "document/document.h"
#include "document/pose_tools.h"
#include "playback/player.h"

#include <QWidget>

#include <optional>
#include <set>
#include <span>
#include <vector>

class QLabel;

namespace choreia::ui {

class NoticeBar;
class Viewport;

class StagePanel final : public QWidget {
    Q_OBJECT

public:
    StagePanel(Document& document, Player& player, QWidget* parent = nullptr);

    void showTime(double seconds);
    /// A pose or the dancer is in hand, and not yet the dance's.
    [[nodiscard]] bool shaping() const { return shaped_.has_value() || placing_.has_value(); }
    /// A joint that stays where it is while others are taken, or no longer.
    void toggleHeld(int joint);
    /// All of them are held, or, where all are, none of them any longer.
    void toggleHeld(const motion::JointSet& joints);
    /// The pose at the playhead as a tool makes it of the chosen joints: in hand until keepShaped() or letGo().
    void drawTool(PoseTool tool, double amount);
    /// What is in hand becomes the dance's: one undo entry.
    void keepShaped();
    [[nodiscard]] const std::set<int>& held() const { return held_; }
    /// What is in hand is let go: the dance stays as it is.
    void letGo();
    void setGhosts(bool on);
    void setTrail(bool on);
    [[nodiscard]] NoticeBar& notice() { return *notice_; }
    [[nodiscard]] Viewport& viewport() { return *viewport_; }

Q_SIGNALS:
    /// A pose or the dancer was taken in hand or let go.
    void shapingChanged();
    /// What is in hand now, as often as it changes; nothing: it was let go or has become the dance's.
    void inHand(const std::optional<motion::Pose>& pose, const std::optional<motion::StagePlace>& place);

private:
    void buildShaping();
    /// The pose that the drag began with; taken in hand at its first call.
    [[nodiscard]] bool takePose(int joint);
    void showShaped();
    void documentChanged(const Change& change);
    void showPose();
    // stage_dancers.cpp: where everybody stands
    void buildDancers();
    void showOthers();
    void keepPlace();
    [[nodiscard]] motion::StagePlace placeNow() const;
    void ontoStage(std::span<motion::Vec3> positions, std::span<motion::Quat> rotations) const;
    void showGhosts();
    void showTrail();
    void showRest();
    void showFooter();
    [[nodiscard]] std::size_t frameAt(double seconds) const;
    [[nodiscard]] static std::size_t frameOf(const DanceSnapshot& dance, double seconds);

    Document& document_;
    Player& player_;
    NoticeBar* notice_;
    Viewport* viewport_;
    QLabel *frame_, *hint_;
    double seconds_ = 0;
    std::ptrdiff_t ghostBeat_ = -2;  ///< beat the ghosts stand for; -2: none shown
    bool ghosts_ = true, trail_ = true;
    std::optional<motion::Pose> shaped_;  ///< in hand
    motion::Pose taken_;
    std::optional<motion::StagePlace> placing_;  ///< of the chosen dancer, in hand
    DanceId shown_;                              ///< whom the stage showed as the chosen one
    QString shapedText_;  ///< of the undo entry
    QString toolText_;    ///< how far the tool in hand is drawn; empty: it is a joint that is in hand
    std::set<int> held_;
};

}  // namespace choreia::ui
