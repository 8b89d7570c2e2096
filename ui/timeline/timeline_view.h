/// The timeline: lanes along one time axis, the playhead, scrubbing, zoom and pan.
#pragma once

#include "document/document.h"
#include "playback/player.h"
#include "timeline/lane.h"
#include "timeline/snap.h"

#include <QPixmap>
#include <QWidget>

#include <initializer_list>
#include <memory>
#include <vector>

namespace choreia::ui {

/// Everything but the playhead is painted once into a picture and reused until the view or the contents change.
class TimelineView final : public QWidget {
    Q_OBJECT

public:
    static constexpr int kHeader = 150;  ///< pixels of the lanes' names
    /// Shift or Alt: what is dragged does not jump to anything.
    [[nodiscard]] static bool suspendsSnap(Qt::KeyboardModifiers keys) { return keys & (Qt::ShiftModifier | Qt::AltModifier); }

    TimelineView(Document& document, Player& player, QWidget* parent = nullptr);

    [[nodiscard]] const TimeAxis& axis() const { return axis_; }
    /// Where a lane lies that is taken hold of so; of several the first.
    [[nodiscard]] QRectF laneOf(Lane::Grip grip) const { return areaOf(grip); }
    void fit();
    /// Around the playhead where it is visible, else the middle; factor > 1 shows more.
    void zoom(double factor);
    void setFollowing(bool follow) { following_ = follow; }
    /// The song lane shows its frequencies in place of the waveform.
    void setSpectrogram(bool on);
    /// What dragged things jump to.
    void setSnapMode(SnapMode mode);
    [[nodiscard]] SnapMode snapMode() const { return snapMode_; }
    /// Where a moment jumps that is edited at, the playhead's for one; a mark counts where it is right there, however little of the song is seen.
    [[nodiscard]] double snappedMoment(double seconds) const;
    /// What is being dragged lies there now, and why; nothing where it lies free.
    [[nodiscard]] const std::optional<Snapped>& snapShown() const { return snapShown_; }
    /// Removes what is in hand: key poses, a marker, a point of energy; else the key pose at the playhead. False where there is none, and while something is dragged.
    bool removeChosen();
    [[nodiscard]] const std::vector<double>& chosenKeys() const { return scene_.chosenKeys; }
    [[nodiscard]] const std::optional<double>& chosenMarker() const { return scene_.chosenMarker; }
    /// A marker at the playhead; it is in hand then, so that Enter names it.
    void setMarker();
    /// Opens a field over the name of the marker in hand, else of the one at the playhead; false where there is none.
    bool renameMarker();
    /// To the next marker, or the one before, which is in hand then.
    void stepMarker(int direction);
    /// Esc: a drag is rolled back, else the selection goes.
    void letGo();
    [[nodiscard]] QSize sizeHint() const override { return {1200, 340}; }
    [[nodiscard]] QSize minimumSizeHint() const override { return {480, 180}; }

Q_SIGNALS:
    void visibleChanged(double start, double end);
    void scrubbed(double seconds);

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void changeEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    // timeline_drop.cpp: poses dragged here from the shelf
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dragMoveEvent(QDragMoveEvent* event) override;
    void dragLeaveEvent(QDragLeaveEvent* event) override;
    void dropEvent(QDropEvent* event) override;
    bool event(QEvent* event) override;

private:
    enum class Drag { None, Scrub, Loop, Pan, Range, Movement, Keys, Band, Marker, Energy, Trim, Falloff, Foot, CrossFade };

    void documentChanged(const Change& change);
    void playheadMoved(double seconds);
    void contentsChanged();
    void viewMoved();
    void render();
    void paintHeader(QPainter& painter, const Lane& lane, const QRectF& area) const;
    void paintDancer(QPainter& painter, std::size_t dancer, const QRectF& area) const;
    void paintBeats(QPainter& painter) const;
    void paintLoop(QPainter& painter) const;
    void paintSelection(QPainter& painter) const;
    void paintEmpty(QPainter& painter) const;
    void paintPoseLanding(QPainter& painter) const;  // timeline_drop.cpp
    // timeline_snap.cpp: what dragged things jump to
    /// With the marks within reach of these moments, and no others.
    [[nodiscard]] SnapTargets snapTargets(std::initializer_list<double> about) const;
    /// With the playhead, where it is not what is dragged.
    [[nodiscard]] SnapTargets dragTargets(std::initializer_list<double> about) const;
    /// free: it stays where it is.
    [[nodiscard]] Snapped dragged(double wanted, bool free) const;
    /// landed: seconds where it is in the end.
    void showSnap(const Snapped& to, double landed);
    void paintSnap(QPainter& painter) const;
    /// x: pixels of the line that it stands beside.
    void paintPlaceLabel(QPainter& painter, double x, const QString& text) const;
    // timeline_hold.cpp: parts taken hold of with the mouse
    [[nodiscard]] Lane::Grip gripAt(const QPointF& point) const;
    void takeRange(const QPointF& point, Qt::KeyboardModifiers keys);
    void dragRange(double seconds, bool free);
    void dragMovement(double seconds, Qt::KeyboardModifiers keys);
    void dropMovement();
    bool showTip(class QHelpEvent* event);
    bool showNameTip(class QHelpEvent* event);
    // timeline_keys.cpp: key poses, one or several
    /// more: to those in hand. Beside every diamond it is the beginning of a rubber band.
    bool takeKeys(double x, bool more);
    void dragKeys(double seconds, bool free);
    void dropKeys();
    void dragBand(double seconds);
    void dropBand();
    void letGoOfKeys();
    void chooseNothing();
    void forgetWhatIsGone();
    // timeline_markers.cpp: named moments of the song
    [[nodiscard]] std::optional<double> markerUnder(const QPointF& point) const;
    bool takeMarker(const QPointF& point);
    void dragMarker(double seconds, bool free);
    void dropMarker();
    void letGoOfMarker();
    bool renameMarker(std::optional<double> marker);
    void closeMarkerName(bool keep);
    void placeMarkerName();
    // timeline_edges.cpp: blocks, fades and stands taken by their edges; dancers chosen
    void rebuildLanes();
    [[nodiscard]] std::optional<std::size_t> dancerAt(const QPointF& point) const;
    /// Whether the press chose another dancer.
    bool chooseAt(const QPointF& point);
    [[nodiscard]] std::optional<double> blockEdgeAt(const QPointF& point) const;
    [[nodiscard]] int fadeEndAt(const QPointF& point) const;  ///< -1 or 1, or 0 for none
    /// The edge of a stand that is taken there, and the stand's other end; nothing where the press is beside every edge.
    [[nodiscard]] std::optional<std::pair<double, double>> footEdgeAt(const QPointF& point) const;
    bool takeTrim(const QPointF& point);
    void dragTrim(double seconds, bool free);
    void dropTrim();
    // timeline_seams.cpp: cross-fades drawn at the foot of the dance lane
    /// The seam whose fade is taken there: where it is, and the side of it (-1, 1; 0 for its middle).
    [[nodiscard]] std::optional<std::pair<double, int>> crossFadeAt(const QPointF& point) const;
    bool takeCrossFade(const QPointF& point);
    void dragCrossFade(double seconds, bool free);
    void dropCrossFade();
    bool takeFalloff(const QPointF& point);
    void dragFalloff(double seconds);
    bool takeFoot(const QPointF& point);
    void dragFoot(double seconds, bool free);
    void dropFoot();
    /// Rolls back what this file has in hand.
    void letGoOfEdge();
    void showCursor(const QPointF& point);
    /// The lane of the chosen dancer.
    [[nodiscard]] QRectF danceArea() const;
    // timeline_loop.cpp: the region that is played over and over
    /// The end of it that is taken there, and its other end; nothing where the press is beside both.
    [[nodiscard]] std::optional<std::pair<double, double>> loopEdgeAt(const QPointF& point) const;
    /// By an end of what is there, or, with Shift, anew.
    bool takeLoop(const QPointF& point, Qt::KeyboardModifiers keys);
    void dragLoop(double seconds, Qt::KeyboardModifiers keys);
    void dropLoop();
    void letGoOfLoop();
    // timeline_course.cpp: the line of energy
    [[nodiscard]] QRectF areaOf(Lane::Grip grip) const;
    [[nodiscard]] std::optional<std::size_t> energyPointAt(const QPointF& point) const;
    /// The point in hand is known by its place in the line: of another line it is not.
    void forgetEnergy(const Change& change);
    void takeEnergy(const QPointF& point, Qt::KeyboardModifiers keys);
    void dragEnergy(const QPointF& point, Qt::KeyboardModifiers keys);
    void dropEnergy();
    bool removeEnergy(std::optional<std::size_t> point);
    [[nodiscard]] std::vector<QRectF> laneAreas() const;
    void dragTo(const QPointF& point, Qt::KeyboardModifiers keys);

    Document& document_;
    Player& player_;
    std::vector<std::unique_ptr<Lane>> lanes_;
    TimelineScene scene_;
    TimeAxis axis_;
    QPixmap base_, played_;
    SnapMode snapMode_ = SnapMode::Marks;
    std::optional<Snapped> snapShown_;
    double playheadAtPress_ = 0;  ///< seconds
    bool stale_ = true, following_ = true, wasPlaying_ = false;
    Drag drag_ = Drag::None;
    Qt::MouseButton button_ = Qt::NoButton;  ///< that is held since the press; the others do nothing meanwhile
    std::vector<io::EnergyPoint> energyCourse_;  ///< as it was last seen in the document
    double dragStart_ = 0;  ///< seconds under the cursor when the drag began
    double lastX_ = 0, pressX_ = 0, pressY_ = 0;
    bool pressChose_ = false;  ///< the press chose another dancer: what lies under the pointer is another lane now
    bool moved_ = false;     ///< since the drag began, by more than a shaking hand
    bool fixedStart_ = false;  ///< the other end of a selection whose edge is dragged: not snapped again
    std::optional<TimeRange> selectionBefore_;
    double pressedKey_ = 0;          ///< time of the diamond that was pressed: the one that goes to a beat
    bool pressedAgain_ = false;      ///< and whether it was in hand before
    bool more_ = false;              ///< the press adds to what is in hand
    std::vector<double> keysBefore_;  ///< in hand before the press
    class TypedField* markerName_ = nullptr;
    std::optional<double> named_;  ///< time of the marker whose name is written
    std::optional<TimeRange> landing_;  ///< where the movement in hand would go
    std::size_t dances_ = 0, chosenDance_ = 0;  ///< what the lanes were made for
    LoopRegion loopBefore_;
    bool loopedBefore_ = false;
    std::optional<double> loopFixed_;  ///< the other end of a loop whose end is in hand; nothing where it is drawn anew
    bool shiftDraws_ = false;          ///< Shift is held since the press and means the loop: it does not suspend the snap
    double falloffBefore_ = 0;
    int fadeEnd_ = 0;
    std::optional<std::pair<double, double>> footEdge_;  ///< of a stand in hand: the edge and the other end
    bool copies_ = false;               ///< and whether it would stay where it is, too
    std::optional<double> poseLanding_;  ///< seconds where a pose that hangs over the lanes would be laid
    QString poseLandsOn_;                ///< what is there
};

}  // namespace choreia::ui
