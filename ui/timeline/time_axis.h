/// Seconds to pixels and back: the visible part of the song, and how zoom and pan move it.
#pragma once

#include <algorithm>

namespace choreia::ui {

/// Pure arithmetic; x in pixels of the widget.
struct TimeAxis {
    double start = 0, end = 1;   ///< visible seconds
    double left = 0, width = 1;  ///< pixels
    double limit = 1;            ///< the song's length, seconds

    static constexpr double kShortest = 0.25;  ///< seconds visible at the closest zoom

    [[nodiscard]] double pixelsPerSecond() const { return width / (end - start); }
    [[nodiscard]] double x(double seconds) const { return left + (seconds - start) * pixelsPerSecond(); }
    [[nodiscard]] double seconds(double x) const { return start + (x - left) / pixelsPerSecond(); }
    [[nodiscard]] double span() const { return end - start; }

    void show(double from, double to) {
        const double length = std::clamp(to - from, std::min(kShortest, longest()), longest());
        start = std::clamp(from, 0.0, longest() - length);
        end = start + length;
    }
    void fit() { show(0, longest()); }
    /// factor > 1 shows more. What lies under x stays under x (as far as the song's ends allow).
    void zoom(double atX, double factor) {
        const double anchor = seconds(atX), share = (atX - left) / width;
        const double length = std::clamp(span() * factor, std::min(kShortest, longest()), longest());
        show(anchor - share * length, anchor - share * length + length);
    }
    void pan(double deltaSeconds) {
        const double length = span();
        start = std::clamp(start + deltaSeconds, 0.0, longest() - length);
        end = start + length;
    }

private:
    [[nodiscard]] double longest() const { return std::max(limit, 1e-3); }
};

}  // namespace choreia::ui
