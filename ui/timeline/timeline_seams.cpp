// Cross-fades of blocks, drawn with the mouse at the foot of the dance lane: from where two blocks meet outwards, or by the ends of one that is there.
#include "timeline/timeline_view.h"

#include "choreo/seams.h"
#include "document/time_range.h"

#include <algorithm>
#include <cmath>

namespace choreia::ui {

namespace {
constexpr double kFadeReach = 7;  // pixels
constexpr double kFadeStill = 4;  // pixels that a hand may shake
}  // namespace

std::optional<std::pair<double, int>> TimelineView::crossFadeAt(const QPointF& point) const {
    const QRectF lane = danceArea();
    if (!scene_.dance || point.y() < lane.bottom() - fadeStrip(lane)) return {};
    std::optional<std::pair<double, int>> found;
    double nearest = kFadeReach + 1e-9;
    for (const io::Block& block : scene_.dance->dance.blocks) {
        if (!choreo::isSeam(scene_.dance->dance, block.start)) continue;
        const io::Seam* seam = choreo::seamAt(scene_.dance->dance, block.start);
        const double half = seam ? 0.5 * seam->fade : 0;
        for (const int side : {-1, 1})
            if (const double away = std::abs(axis_.x(block.start + side * half) - point.x()); away <= nearest) {
                nearest = away;
                found = {block.start, half * axis_.pixelsPerSecond() < 3 ? 0 : side};
            }
    }
    return found;
}

bool TimelineView::takeCrossFade(const QPointF& point) {
    const auto fade = crossFadeAt(point);
    if (!fade) return false;
    const io::Seam* seam = choreo::seamAt(scene_.dance->dance, fade->first);
    drag_ = Drag::CrossFade;
    scene_.fadeInHand = TimelineScene::Fade{fade->first, seam ? seam->fade : 0};
    setCursor(Qt::SizeHorCursor);
    contentsChanged();
    return true;
}

void TimelineView::dragCrossFade(double seconds, bool free) {
    if (!moved_ && std::abs(axis_.x(seconds) - pressX_) <= kFadeStill) return;
    moved_ = true;
    // Its length goes by half beats, or its ends by frames; drawn back to the seam it is none.
    const double at = scene_.fadeInHand->at, wanted = 2 * std::abs(seconds - at);
    const double step = snapMode_ == SnapMode::Frames ? 2 / scene_.dance->dance.clip.fps : 0.5 * beatAt(document_.state().grid, at);
    const double length = free || snapMode_ == SnapMode::Nothing ? wanted : std::round(wanted / step) * step;
    scene_.fadeInHand->seconds = length < choreo::kShortestFade ? 0 : std::min(length, choreo::longestFade(scene_.dance->dance, at));
    contentsChanged();
}

void TimelineView::dropCrossFade() {
    const auto fade = std::exchange(scene_.fadeInHand, {});
    drag_ = Drag::None;
    if (fade && moved_) {
        player_.pause();
        document_.requestCrossFade(fade->at, fade->seconds);
    } else if (fade) {
        player_.seek(fade->at);
    }
    contentsChanged();
}

}  // namespace choreia::ui
