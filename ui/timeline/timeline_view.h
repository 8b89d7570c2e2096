/// The timeline: lanes along one time axis, the playhead, scrubbing, zoom and pan.
#pragma once

#include "document/document.h"
#include "playback/player.h"
#include "timeline/lane.h"

#include <QPixmap>
#include <QWidget>

#include <memory>
#include <vector>

namespace choreia::ui {

/// Everything but the playhead is painted once into a picture and reused until the view or the contents change.
class TimelineView final : public QWidget {
    Q_OBJECT

public:
    static constexpr int kHeader = 150;  ///< pixels of the lanes' names
    /// Shift or Alt: what is dragged does not jump to the beats.
    [[nodiscard]] static bool suspendsSnap(Qt::KeyboardModifiers keys) { return keys & (Qt::ShiftModifier | Qt::AltModifier); }

    TimelineView(Document& document, Player& player, QWidget* parent = nullptr);

    [[nodiscard]] const TimeAxis& axis() const { return axis_; }
    void fit();
    /// Around the playhead where it is visible, else the middle; factor > 1 shows more.
    void zoom(double factor);
    void setFollowing(bool follow) { following_ = follow; }
    /// Removes the key pose in hand, else the one at the playhead; false where there is none.
    bool removeKey();
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
    enum class Drag { None, Scrub, Loop, Pan, Range, Movement, Key, Energy };

    void documentChanged(const Change& change);
    void playheadMoved(double seconds);
    void contentsChanged();
    void viewMoved();
    void render();
    void paintHeader(QPainter& painter, const Lane& lane, const QRectF& area) const;
    void paintBeats(QPainter& painter) const;
    void paintLoop(QPainter& painter) const;
    void paintSelection(QPainter& painter) const;
    void paintEmpty(QPainter& painter) const;
    void paintPoseLanding(QPainter& painter) const;  // timeline_drop.cpp
    // timeline_hold.cpp: parts and key poses taken hold of with the mouse
    [[nodiscard]] Lane::Grip gripAt(const QPointF& point) const;
    void takeRange(double x, bool free);
    bool takeKey(double x);
    void dragRange(double seconds, bool free);
    void dragMovement(double seconds, Qt::KeyboardModifiers keys);
    void dropMovement();
    void dragKey(double seconds, bool free);
    void dropKey();
    // timeline_course.cpp: the line of energy
    [[nodiscard]] QRectF areaOf(Lane::Grip grip) const;
    [[nodiscard]] std::optional<std::size_t> energyPointAt(const QPointF& point) const;
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
    bool stale_ = true, following_ = true, wasPlaying_ = false;
    Drag drag_ = Drag::None;
    double dragStart_ = 0;  ///< seconds under the cursor when the drag began
    double lastX_ = 0, pressX_ = 0, pressY_ = 0;
    bool moved_ = false;     ///< since the drag began, by more than a shaking hand
    bool fixedStart_ = false;  ///< the other end of a selection whose edge is dragged: not snapped again
    std::optional<TimeRange> selectionBefore_;
    std::optional<TimeRange> landing_;  ///< where the movement in hand would go
    bool copies_ = false;               ///< and whether it would stay where it is, too
    std::optional<double> poseLanding_;  ///< seconds where a pose that hangs over the lanes would be laid
};

}  // namespace choreia::ui
