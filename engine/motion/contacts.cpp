// Height and speed thresholds, then runs and gaps of under a tenth of a second removed.
#include "motion/contacts.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace choreia::motion {

namespace {
/// Turns runs of `value` shorter than `least` frames into the other value; runs at the clip's ends stay.
void removeShortRuns(std::vector<std::array<bool, 4>>& contacts, std::size_t k, bool value, std::size_t least) {
    const std::size_t n = contacts.size();
    for (std::size_t f = 0; f < n;) {
        if (contacts[f][k] != value) {
            ++f;
            continue;
        }
        std::size_t end = f;
        while (end < n && contacts[end][k] == value) ++end;
        if (end - f < least && f > 0 && end < n) {
            for (std::size_t i = f; i < end; ++i) contacts[i][k] = !value;
        }
        f = end;
    }
}
} // namespace

std::vector<std::array<bool, 4>> detectContacts(const Positions& positions) {
    constexpr float kAnkleHeight = 0.12f, kToeHeight = 0.07f, kSpeed = 0.35f;
    const std::size_t n = positions.frames();
    std::vector<std::array<bool, 4>> contacts(n, {false, false, false, false});
    if (n == 0) return contacts;
    for (std::size_t k = 0; k < 4; ++k) {
        const auto joint = static_cast<std::size_t>(kContactJoints[k]);
        const float height = joint == LeftAnkle || joint == RightAnkle ? kAnkleHeight : kToeHeight;
        for (std::size_t f = 0; f < n; ++f) {
            const std::size_t before = f > 0 ? f - 1 : f, after = std::min(f + 1, n - 1);
            const float speed = after == before ? 0.0f
                                                : (positions.at(after, joint) - positions.at(before, joint)).norm() *
                                                      static_cast<float>(positions.fps) / static_cast<float>(after - before);
            contacts[f][k] = positions.at(f, joint).y() < height && speed < kSpeed;
        }
        const auto least = static_cast<std::size_t>(std::max(1.0, std::round(3.0 * positions.fps / 30.0)));
        removeShortRuns(contacts, k, false, least);
        removeShortRuns(contacts, k, true, least);
    }
    return contacts;
}

} // namespace choreia::motion
