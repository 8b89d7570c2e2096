// The loop's region drawn with the mouse: with Shift anew, or by an end of it; its ends jump to beats and marks, and Esc takes back what was.
#include "timeline/timeline_view.h"

#include "document/time_range.h"

#include <algorithm>
#include <cmath>

namespace choreia::ui {

namespace {
constexpr double kLoopReach = 5;       // pixels round an end
constexpr double kLoopStill = 4;       // pixels that a hand may shake
constexpr double kShortestLoop = 0.06;  // s: the player takes none that is shorter
}  // namespace

std::optional<std::pair<double, double>> TimelineView::loopEdgeAt(const QPointF& point) const {
    const LoopRegion& loop = player_.loop();
    // All of the song has no ends to take: at its beginning the playhead is looked for.
    if (!loop.active() || loop.end - loop.begin > document_.state().duration - 1e-6 || point.y() < laneAreas()[1].top()) return {};
    std::optional<std::pair<double, double>> found;
    double nearest = kLoopReach + 1e-9;
    for (const auto& [end, other] : {std::pair{loop.begin, loop.end}, std::pair{loop.end, loop.begin}})
        if (const double away = std::abs(axis_.x(end) - point.x()); away <= nearest) {
            nearest = away;
            found = {end, other};
        }
    return found;
}

bool TimelineView::takeLoop(const QPointF& point, Qt::KeyboardModifiers keys) {
    const auto edge = loopEdgeAt(point);
    shiftDraws_ = keys & Qt::ShiftModifier;
    if (!edge && !shiftDraws_) return false;
    drag_ = Drag::Loop;
    dragStart_ = axis_.seconds(point.x());
    loopFixed_ = edge ? std::optional(edge->second) : std::nullopt;
    loopBefore_ = player_.loop();
    loopedBefore_ = player_.looping();
    setCursor(Qt::SizeHorCursor);
    return true;
}

void TimelineView::dragLoop(double seconds, Qt::KeyboardModifiers keys) {
    if (!(keys & Qt::ShiftModifier)) shiftDraws_ = false;
    if (!moved_ && std::abs(axis_.x(seconds) - pressX_) <= kLoopStill) return;
    moved_ = true;
    const bool free = keys & Qt::AltModifier || (keys & Qt::ShiftModifier && !shiftDraws_);
    const Snapped end = dragged(seconds, free);
    TimeRange region{std::min(dragStart_, end.seconds), std::max(dragStart_, end.seconds)};
    if (loopFixed_) region = {std::min(*loopFixed_, end.seconds), std::max(*loopFixed_, end.seconds)};
    else if (!free) region = snappedRange(dragTargets({dragStart_, seconds}), dragStart_, seconds);
    if (region.seconds() < kShortestLoop) return;  // stays as it was drawn last
    player_.setLoop({region.from, region.to});
    showSnap(end, seconds < loopFixed_.value_or(dragStart_) ? region.from : region.to);
}

void TimelineView::dropLoop() {
    drag_ = Drag::None;
    const bool edge = std::exchange(loopFixed_, {}).has_value();
    if (moved_ && !edge) player_.setLooping(true);
    else if (!moved_ && (!edge || shiftDraws_)) player_.setLoop({});  // Shift-click takes the region away
    else if (!moved_) player_.seek(std::clamp(dragStart_, 0.0, document_.state().duration));
}

void TimelineView::letGoOfLoop() {
    player_.setLoop(loopBefore_);
    player_.setLooping(loopedBefore_);
    loopFixed_.reset();
    drag_ = Drag::None;
    unsetCursor();
}

}  // namespace choreia::ui
