/// An even clock from an uneven one: sound devices report their progress in steps; pictures need it continuous.
#pragma once

#include <algorithm>
#include <cmath>
#include <optional>

namespace choreia::ui {

/// Follows `device` seconds along the steady `wall` clock: the offset between both is low-passed, and taken over at once when it is far off.
class SmoothClock {
public:
    void reset() {
        offset_.reset();
        last_ = 0;
    }
    /// Seconds played by now; never falls within one run.
    double update(double device, double wall) {
        const double offset = device - wall;
        if (!offset_ || std::abs(offset - *offset_) > kJump)
            offset_ = offset;
        else
            *offset_ += kGain * (offset - *offset_);
        last_ = std::max(last_, wall + *offset_);
        return last_;
    }

private:
    static constexpr double kJump = 0.06;  ///< seconds; more than a device's step, less than what an eye forgives
    static constexpr double kGain = 0.05;  ///< a frame: settles in a third of a second at 60 frames a second
    std::optional<double> offset_;
    double last_ = 0;
};

}  // namespace choreia::ui
