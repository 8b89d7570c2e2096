/// A part of a dance laid anew between what is kept before and after it. Internal to the room.
#pragma once

#include "choreo/control.h"
#include "core/result.h"
#include "core/units.h"
#include "io/project.h"
#include "motion/clip.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <vector>

namespace choreia::choreo {

/// The part as frames of the dance: the kept frame before it (or the first) and the kept frame after it (or the last).
struct Part {
    std::size_t first, last;
    bool joinsBefore, joinsAfter;
    [[nodiscard]] std::size_t frames() const { return last - first + 1; }
    [[nodiscard]] double start() const { return static_cast<double>(first) / kMotionFps; }
    /// Seconds over which a join is bent: at most half the part.
    [[nodiscard]] double bend() const { return std::min(0.5, 0.5 * static_cast<double>(frames() - 1) / kMotionFps); }
};
/// Error (Usage): under half a second, outside the dance; (BadInput) another rate than 60 frames a second.
Result<Part> partOf(const io::Dance& dance, double from, double to);

/// Frame `here` of the clip is brought to where frame `there` of another stands, and turned to its heading.
void standAs(motion::Clip& clip, std::size_t here, const motion::Clip& other, std::size_t there);
/// Turns and shifts the clip so that it stands where the part begins (or, at the song's beginning, where it ends).
void standAt(motion::Clip& inside, const motion::Clip& dance, const Part& part);
/// Both ends of the part meet what is kept, in pose, place and speed.
void meetKept(motion::Clip& inside, const motion::Clip& dance, const Part& part);

struct Settled {
    motion::Clip clip;
    std::vector<std::array<bool, 4>> contacts;
    std::vector<double> pinDistances;  ///< as meetPins
};
/// The clip brought between what is kept: path and turn spread over it, ends met, pins met, feet planted where they stand. inside: the part's frames, standing
/// at it; pins: seconds from the part's start; stage: metres that it may go from the middle, further only as far as what is kept does.
Settled settle(motion::Clip inside, const motion::Clip& dance, const Part& part, std::span<const PinnedPose> pins, double stage);
/// The stage that a dance was made for, as settle takes it, where its style is not asked.
[[nodiscard]] double stageOf(const io::GenerateSettings& settings);
/// The same met and put above the floor once more (after a warp), and written into the dance. The kept frames at both ends are left alone.
void layInto(io::Dance& dance, const Part& part, motion::Clip inside, std::span<const std::array<bool, 4>> contacts, std::span<const PinnedPose> pins);

}  // namespace choreia::choreo
