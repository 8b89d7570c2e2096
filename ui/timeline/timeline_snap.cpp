// What dragged things jump to, gathered from the document, and the line that shows where they jumped.
#include "timeline/timeline_view.h"

#include "core/units.h"

#include <algorithm>
#include <cmath>

namespace choreia::ui {

namespace {

constexpr double kSnapReach = 8;     // pixels from a mark within which it wins over the beats
constexpr double kOnMark = 0.05;     // s within which the playhead counts as on a mark
constexpr double kSameMoment = 1e-6;  // s

}  // namespace

SnapTargets TimelineView::snapTargets(std::initializer_list<double> about) const {
    const DocumentState& state = document_.state();
    SnapTargets targets;
    targets.mode = snapMode_;
    targets.duration = state.duration;
    targets.fps = scene_.dance ? scene_.dance->dance.clip.fps : kMotionFps;
    targets.reach = kSnapReach / axis_.pixelsPerSecond();
    if (snapMode_ != SnapMode::Marks) return targets;
    targets.grid = state.grid;
    // Movement in hand takes what lies in it along. Of the kind that is dragged there are no marks: no key comes to lie on a key, no marker on a marker.
    const auto& chosen = document_.selection();
    const TimeRange* part = drag_ == Drag::Movement && chosen ? &*chosen : nullptr;
    const auto stays = [&](double seconds) { return !part || seconds < part->from - kSameMoment || seconds > part->to - kSameMoment; };
    // Marks are in order of time: those within reach of a moment lie together.
    const double reach = targets.reach + kSameMoment;
    const auto gather = [&](const auto& marks, auto timeOf, auto add) {
        for (const double moment : about)
            for (auto mark = std::lower_bound(marks.begin(), marks.end(), moment - reach, [&](const auto& m, double time) { return timeOf(m) < time; }); mark != marks.end() && timeOf(*mark) <= moment + reach; ++mark) add(*mark);
    };
    if (scene_.dance && drag_ != Drag::Keys)
        gather(scene_.dance->dance.keys, [](const io::KeyPose& key) { return key.time; }, [&](const io::KeyPose& key) {
            if (stays(key.time)) targets.marks.push_back({key.time, SnapMark::Kind::Key});
        });
    if (scene_.dance && drag_ != Drag::Trim)
        gather(scene_.dance->dance.blocks, [](const io::Block& block) { return block.start; }, [&](const io::Block& block) {
            if (block.start > kSameMoment && stays(block.start)) targets.marks.push_back({block.start, SnapMark::Kind::Cut});
        });
    if (drag_ != Drag::Marker)
        gather(state.markers, [](const io::Marker& marker) { return marker.time; }, [&](const io::Marker& marker) { targets.marks.push_back({marker.time, SnapMark::Kind::Marker, QString::fromStdString(marker.name)}); });
    return targets;
}

SnapTargets TimelineView::dragTargets(std::initializer_list<double> about) const {
    SnapTargets targets = snapTargets(about);
    if (snapMode_ != SnapMode::Marks || player_.playing()) return targets;
    const double now = player_.position();
    std::optional<double> own;
    if (drag_ == Drag::Keys) own = pressedKey_;
    else if (drag_ == Drag::Marker) own = scene_.chosenMarker;
    else if (drag_ == Drag::Trim) own = scene_.trim->first;
    else if (drag_ == Drag::Range) own = dragStart_;
    // Where the press itself set the playhead it marks the place that is left.
    const bool left = drag_ != Drag::None && std::abs(now - playheadAtPress_) > kSameMoment;
    if (!left && !(own && std::abs(*own - now) < kSameMoment)) targets.marks.push_back({now, SnapMark::Kind::Playhead});
    return targets;
}

Snapped TimelineView::dragged(double wanted, bool free) const { return free ? Snapped{wanted} : snapped(dragTargets({wanted}), wanted); }

void TimelineView::showSnap(const Snapped& to, double landed) {
    // Where something stands in the way it did not go there.
    snapShown_ = to.label.isEmpty() || std::abs(to.seconds - landed) > kSameMoment ? std::nullopt : std::optional(to);
    update();
}

void TimelineView::setSnapMode(SnapMode mode) {
    snapMode_ = mode;
    snapShown_.reset();
    update();
}

double TimelineView::snappedMoment(double seconds) const {
    SnapTargets targets = snapTargets({seconds});
    targets.reach = std::min(targets.reach, kOnMark);
    return snapped(targets, seconds).seconds;
}

void TimelineView::paintPlaceLabel(QPainter& painter, double x, const QString& text) const {
    const auto& colors = style::colors();
    constexpr int kWidest = 220;
    painter.setFont(style::mono(12));
    const QString shown = painter.fontMetrics().elidedText(text, Qt::ElideRight, kWidest);
    const double wide = painter.fontMetrics().horizontalAdvance(shown) + 16;
    const QRectF label(x + 6 + wide > width() ? x - 6 - wide : x + 6, laneAreas()[1].top() + 4, wide, 20);
    painter.setPen(QPen(colors.line, 1));
    painter.setBrush(colors.raised);
    painter.drawRoundedRect(label, 10, 10);
    painter.setPen(colors.gold);
    painter.drawText(label, Qt::AlignCenter, shown);
}

void TimelineView::paintSnap(QPainter& painter) const {
    if (!snapShown_) return;
    const double x = axis_.x(snapShown_->seconds), top = laneAreas()[1].top();
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setClipRect(QRectF(kHeader, 0, width() - kHeader, height()));
    painter.fillRect(QRectF(std::round(x), top, 1, height() - top), style::colors().gold);
    paintPlaceLabel(painter, x, snapShown_->label);
    painter.restore();
}

}  // namespace choreia::ui
