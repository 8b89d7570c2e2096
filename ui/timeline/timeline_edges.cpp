// Dancers chosen by their lanes; beginnings of blocks, ends of a pose's fade and stands of feet taken with the mouse. Each changes the document once, and Esc rolls back.
#include "timeline/timeline_view.h"

#include "choreo/seams.h"
#include "document/dance_edits.h"

#include <QMouseEvent>

#include <algorithm>
#include <cmath>

namespace choreia::ui {

namespace {
constexpr double kEdgeReach = 5;   // pixels
constexpr double kHandShakes = 4;  // pixels
constexpr double kShortestStand = 2.0 / 60;  // s
}  // namespace

void TimelineView::rebuildLanes() {
    const std::size_t dances = document_.state().dances.size(), chosen = document_.dancerIndex();
    if (dances == dances_ && (chosen == chosenDance_ || dances < 2)) return;
    dances_ = dances;
    chosenDance_ = chosen;
    // The song's stay: they know what was worked out of the song.
    auto lanes = makeLanes(dances, chosen);
    for (std::size_t i = 0; i < kSongLanes; ++i) std::swap(lanes[i], lanes_[i]);
    lanes_ = std::move(lanes);
}

QRectF TimelineView::danceArea() const {
    const auto areas = laneAreas();
    const std::size_t chosen = document_.state().dances.size() < 2 ? 0 : document_.dancerIndex();
    for (std::size_t i = 0; i < areas.size(); ++i)
        if (lanes_[i]->dancer() == chosen) return areas[i];
    return {};
}

std::optional<std::size_t> TimelineView::dancerAt(const QPointF& point) const {
    const auto areas = laneAreas();
    for (std::size_t i = 0; i < areas.size(); ++i)
        if (point.y() >= areas[i].top() && point.y() < areas[i].bottom()) return lanes_[i]->dancer();
    return {};
}

bool TimelineView::chooseAt(const QPointF& point) {
    const auto dancer = dancerAt(point);
    const auto& dances = document_.state().dances;
    if (!dancer || *dancer >= dances.size() || *dancer == document_.dancerIndex()) return false;
    document_.choose(dances[*dancer].id);
    return true;
}

std::optional<double> TimelineView::blockEdgeAt(const QPointF& point) const {
    if (!scene_.dance) return {};
    // Where the part that is chosen ends on a block's edge too, the names' strip takes the block and the rest the part.
    const bool names = point.y() < danceArea().top() + kBlockNames;
    const auto& part = document_.selection();
    const auto near = [&](double seconds) { return std::abs(axis_.x(seconds) - point.x()) <= kEdgeReach; };
    if (!names && part && (near(part->from) || near(part->to))) return {};
    std::optional<double> found;
    double nearest = kEdgeReach + 1e-9;
    for (const io::Block& block : scene_.dance->dance.blocks)
        if (const double away = std::abs(axis_.x(block.start) - point.x()); block.start > 1e-6 && away <= nearest) {
            nearest = away;
            found = block.start;
        }
    return found;
}

bool TimelineView::takeTrim(const QPointF& point) {
    const auto edge = blockEdgeAt(point);
    if (!edge) return false;
    drag_ = Drag::Trim;
    scene_.trim = std::pair{*edge, *edge};
    setCursor(Qt::SplitHCursor);
    return true;
}

void TimelineView::dragTrim(double seconds, bool free) {
    if (!moved_ && std::abs(axis_.x(seconds) - pressX_) <= kHandShakes) return;
    moved_ = true;
    const Snapped to = dragged(seconds, free);
    const auto [low, high] = choreo::trimRoom(scene_.dance->dance, scene_.trim->first);  // between its neighbours, as far as the movements are known
    scene_.trim->second = std::clamp(to.seconds, low, std::max(low, std::min(high, document_.state().duration - 0.1)));
    showSnap(to, scene_.trim->second);
    contentsChanged();
}

void TimelineView::dropTrim() {
    const auto trim = std::exchange(scene_.trim, {});
    drag_ = Drag::None;
    if (trim && moved_) document_.requestTrim(trim->first, trim->second);
    contentsChanged();
}

int TimelineView::fadeEndAt(const QPointF& point) const {
    const auto key = scene_.onlyKey();
    if (!key || !scene_.dance) return 0;
    const double x = axis_.x(*key), half = fadeWidth(axis_, scene_.falloff);
    for (const int side : {-1, 1})
        if (std::abs(x + side * half - point.x()) <= kEdgeReach) return side;
    return 0;
}

bool TimelineView::takeFalloff(const QPointF& point) {
    fadeEnd_ = fadeEndAt(point);
    if (fadeEnd_ == 0) return false;
    drag_ = Drag::Falloff;
    dragStart_ = axis_.seconds(point.x());
    falloffBefore_ = document_.falloff();
    setCursor(Qt::SizeHorCursor);
    return true;
}

void TimelineView::dragFalloff(double seconds) { document_.setFalloff(falloffBefore_ + fadeEnd_ * (seconds - dragStart_)); }

std::optional<std::pair<double, double>> TimelineView::footEdgeAt(const QPointF& point) const {
    if (!scene_.dance) return {};
    const double fps = scene_.dance->dance.clip.fps;
    std::optional<std::pair<double, double>> found;
    double nearest = kEdgeReach + 1e-9;
    for (const Stand& stand : standsOf(scene_.dance->dance.contacts, footAt(areaOf(Lane::Grip::Feet), point.y()))) {
        const double begin = static_cast<double>(stand.begin) / fps, end = static_cast<double>(stand.end) / fps;
        // A bar too short for two handles and a middle has none: it is only clicked away.
        if (axis_.x(end) - axis_.x(begin) < 3 * kEdgeReach) continue;
        for (const auto& [edge, other] : {std::pair{begin, end}, std::pair{end, begin}})
            if (const double away = std::abs(axis_.x(edge) - point.x()); away <= nearest) {
                nearest = away;
                found = {edge, other};
            }
    }
    return found;
}

bool TimelineView::takeFoot(const QPointF& point) {
    if (!scene_.dance || scene_.dance->dance.contacts.empty()) return false;
    const int foot = footAt(areaOf(Lane::Grip::Feet), point.y());
    const double fps = scene_.dance->dance.clip.fps, at = axis_.seconds(point.x());
    footEdge_ = footEdgeAt(point);
    bool stands = true;
    double from = at, to = at;
    if (!footEdge_)
        for (const Stand& stand : standsOf(scene_.dance->dance.contacts, foot))
            if (at >= static_cast<double>(stand.begin) / fps && at < static_cast<double>(stand.end) / fps) {
                stands = false;
                from = static_cast<double>(stand.begin) / fps;
                to = static_cast<double>(stand.end) / fps;
            }
    drag_ = Drag::Foot;
    dragStart_ = at;
    scene_.footInHand = TimelineScene::Foot{foot, from, to, stands};
    setCursor(Qt::SizeHorCursor);
    return true;
}

void TimelineView::dragFoot(double seconds, bool free) {
    if (!moved_ && std::abs(axis_.x(seconds) - pressX_) <= kHandShakes) return;
    moved_ = true;
    auto& part = *scene_.footInHand;
    const Snapped end = dragged(seconds, free);
    if (footEdge_) {
        // Drawn outwards the stand grows, inwards it shrinks, but not to nothing.
        const auto& [edge, other] = *footEdge_;
        const double to = other > edge ? std::min(end.seconds, other - kShortestStand) : std::max(end.seconds, other + kShortestStand);
        part.stands = other > edge ? to < edge : to > edge;
        part.from = std::min(edge, to);
        part.to = std::max(edge, to);
        showSnap(end, to);
    } else {
        const TimeRange range = free ? TimeRange{std::min(dragStart_, seconds), std::max(dragStart_, seconds)} : snappedRange(dragTargets({dragStart_, seconds}), dragStart_, seconds);
        part.from = range.from;
        part.to = range.to;
        showSnap(end, seconds < dragStart_ ? part.from : part.to);
    }
    contentsChanged();
}

void TimelineView::dropFoot() {
    const auto part = std::exchange(scene_.footInHand, {});
    drag_ = Drag::None;
    const bool edge = std::exchange(footEdge_, {}).has_value();
    contentsChanged();
    if (!part) return;
    player_.pause();
    // A click on a stand frees it; beside one it is no part, and sets the playhead.
    if (moved_ || (!edge && !part->stands)) document_.requestFoot(part->foot, {part->from, part->to}, part->stands);
    else player_.seek(std::clamp(dragStart_, 0.0, document_.state().duration));
}

void TimelineView::letGoOfEdge() {
    if (drag_ == Drag::Falloff) document_.setFalloff(falloffBefore_);
    scene_.trim.reset();
    scene_.fadeInHand.reset();
    scene_.footInHand.reset();
    footEdge_.reset();
    drag_ = Drag::None;
    unsetCursor();
}

void TimelineView::showCursor(const QPointF& point) {
    Qt::CursorShape shape = Qt::ArrowCursor;
    if (point.x() < kHeader) {
        if (document_.state().dances.size() > 1 && dancerAt(point)) shape = Qt::PointingHandCursor;
    } else {
        switch (gripAt(point)) {
        case Lane::Grip::Song:
            if (markerUnder(point)) shape = Qt::PointingHandCursor;
            else if (loopEdgeAt(point)) shape = Qt::SizeHorCursor;
            break;
        case Lane::Grip::Playhead:
            if (loopEdgeAt(point)) shape = Qt::SizeHorCursor;
            break;
        case Lane::Grip::Dance:
            if (dancerAt(point) != document_.dancerIndex()) shape = document_.dance() ? Qt::PointingHandCursor : Qt::ArrowCursor;
            else if (crossFadeAt(point)) shape = Qt::SizeHorCursor;
            else if (blockEdgeAt(point)) shape = Qt::SplitHCursor;
            break;
        case Lane::Grip::Key:
            if (fadeEndAt(point) != 0) shape = Qt::SizeHorCursor;
            break;
        case Lane::Grip::Feet:
            if (footEdgeAt(point)) shape = Qt::SizeHorCursor;
            break;
        default: break;
        }
    }
    if (shape == Qt::ArrowCursor) unsetCursor();
    else if (cursor().shape() != shape) setCursor(shape);
}

}  // namespace choreia::ui
