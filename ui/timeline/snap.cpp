// Marks are few: the nearest is looked for among all of them.
#include "timeline/snap.h"

#include "timeline/timecode.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>

namespace choreia::ui {

namespace {

constexpr double kSame = 1e-6;  // seconds

QString words(const char* text) { return QCoreApplication::translate("Snap", text); }

QString labelOf(const SnapMark& mark) {
    switch (mark.kind) {
    case SnapMark::Kind::Key: return words("key");
    case SnapMark::Kind::Cut: return words("cut");
    case SnapMark::Kind::Marker: return words("marker %1").arg(mark.name);
    case SnapMark::Kind::Playhead: return words("playhead");
    }
    return {};
}

Snapped atBeat(const SnapTargets& targets, double seconds) {
    const auto& beats = targets.grid.beats;
    if (beats.empty()) return {seconds};
    const double to = snappedToBeat(targets.grid, targets.duration, seconds);
    const auto beat = std::lower_bound(beats.begin(), beats.end(), to - kSame);
    if (beat != beats.end() && *beat < to + kSame) return {to, words("beat %1").arg(barBeatText(targets.grid, to))};
    return {to, to < kSame ? words("start") : words("end")};
}

std::int64_t frameAt(const SnapTargets& targets, double seconds) {
    const auto last = static_cast<std::int64_t>(std::floor(targets.duration * targets.fps + kSame));
    return std::clamp<std::int64_t>(std::llround(seconds * targets.fps), 0, std::max<std::int64_t>(0, last));
}

}  // namespace

Snapped snapped(const SnapTargets& targets, double seconds) {
    if (targets.mode == SnapMode::Nothing) return {seconds};
    if (targets.mode == SnapMode::Frames) {
        const auto frame = frameAt(targets, seconds);
        return {static_cast<double>(frame) / targets.fps, words("frame %1").arg(frame)};
    }
    const SnapMark* nearest = nullptr;
    for (const SnapMark& mark : targets.marks)
        if (const double away = std::abs(mark.seconds - seconds); away <= targets.reach && (!nearest || away < std::abs(nearest->seconds - seconds))) nearest = &mark;
    return nearest ? Snapped{nearest->seconds, labelOf(*nearest)} : atBeat(targets, seconds);
}

TimeRange snappedRange(const SnapTargets& targets, double a, double b) {
    const double from = std::min(a, b), to = std::max(a, b);
    const TimeRange range{snapped(targets, from).seconds, snapped(targets, to).seconds};
    if (range.seconds() > kSame || targets.mode == SnapMode::Nothing) return range;
    if (targets.mode == SnapMode::Marks) return snappedRange(targets.grid, targets.duration, from, to);
    const double frame = 1 / targets.fps;
    return range.to + frame <= targets.duration + kSame ? TimeRange{range.from, range.to + frame} : TimeRange{range.from - frame, range.to};
}

}  // namespace choreia::ui
