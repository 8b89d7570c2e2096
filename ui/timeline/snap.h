/// What a moment jumps to when it is dragged or edited at: beats and what a person set beside them, or whole frames. Values and pure functions, no widgets.
#pragma once

#include "audio/analysis.h"
#include "document/time_range.h"

#include <QString>

#include <vector>

namespace choreia::ui {

enum class SnapMode { Marks, Frames, Nothing };  ///< Marks: beats, key poses, cuts, markers and the playhead

/// A moment beside the beats.
struct SnapMark {
    enum class Kind { Key, Cut, Marker, Playhead };
    double seconds = 0;
    Kind kind = Kind::Key;
    QString name{};  ///< of a marker
};

struct SnapTargets {
    SnapMode mode = SnapMode::Marks;
    audio::BeatGrid grid{};
    double duration = 0;  ///< the song's, seconds
    double fps = 60;      ///< the dance's frames a second
    double reach = 0;     ///< seconds within which a mark wins over the beats
    std::vector<SnapMark> marks{};  ///< in any order; never what is being dragged itself
};

/// Where it went.
struct Snapped {
    double seconds = 0;
    QString label{};  ///< what is there: "beat 12.3", "key", "marker Refrain", "frame 1490"; empty where it jumped to nothing
};

/// The nearest mark within reach, else the nearest beat (the song's start and end count as beats); or the nearest frame within the song; or the moment itself.
[[nodiscard]] Snapped snapped(const SnapTargets& targets, double seconds);
/// Both ends as of snapped(), at least one beat (in Frames one frame) long where there is room; a and b in any order.
[[nodiscard]] TimeRange snappedRange(const SnapTargets& targets, double a, double b);

}  // namespace choreia::ui
