/// Points in time and on the frame grid as types: adding two positions does not compile, adding a length does.
#pragma once

#include <cmath>
#include <compare>
#include <cstdint>

namespace choreia {

/// A position in time, in seconds from the start of the song (or clip, where said so).
struct Seconds {
    double value = 0;
    auto operator<=>(const Seconds&) const = default;
};
/// A position on a frame grid.
struct FrameIndex {
    std::int64_t value = 0;
    auto operator<=>(const FrameIndex&) const = default;
};
/// A length of time in seconds.
struct Duration {
    double seconds = 0;
    auto operator<=>(const Duration&) const = default;
};

constexpr Seconds operator+(Seconds a, Duration d) { return {a.value + d.seconds}; }
constexpr Seconds operator-(Seconds a, Duration d) { return {a.value - d.seconds}; }
constexpr Duration operator-(Seconds a, Seconds b) { return {a.value - b.value}; }

inline FrameIndex nearestFrame(Seconds t, double fps) { return {static_cast<std::int64_t>(std::llround(t.value * fps))}; }
constexpr Seconds timeOf(FrameIndex f, double fps) { return {static_cast<double>(f.value) / fps}; }

/// The product's motion rate, and the analysis table's row rate, frames a second.
inline constexpr double kMotionFps = 60.0;

}  // namespace choreia
