// Peaks by parabola, then a smoothing that trusts strong peaks more than weak ones.
#include "audio/beat_refine.h"

#include "audio/beat_spectrum.h"

#include <algorithm>
#include <cmath>

namespace choreia::audio {

std::vector<double> refineBeats(const std::vector<std::size_t>& rows, const Table& activations) {
    const std::size_t n = rows.size(), last = activations.rows - 1;
    const auto at = [&](std::size_t r) { return static_cast<double>(activations.at(r, 0)); };
    std::vector<double> target(n), weight(n);
    for (std::size_t i = 0; i < n; ++i) {
        std::size_t peak = std::min(rows[i], last);
        for (std::size_t r = rows[i] > 1 ? rows[i] - 2 : 0; r <= std::min(rows[i] + 2, last); ++r)
            if (at(r) > at(peak)) peak = r;
        double shift = 0;
        if (peak > 0 && peak < last) {
            const double a = at(peak - 1), b = at(peak), c = at(peak + 1), curve = a - 2 * b + c;
            if (b >= a && b >= c && curve < -1e-9) shift = 0.5 * (a - c) / curve;
        }
        target[i] = static_cast<double>(peak) + std::clamp(shift, -0.5, 0.5);
        weight[i] = 0.02 + std::max(0.0, at(peak));
    }
    if (n < 3) {
        for (double& v : target) v /= kBeatRate;
        return target;
    }
    // A pentadiagonal symmetric system, solved by an LDL' factorisation of band width two.
    constexpr double kStiffness = 0.5;
    std::vector<double> d(n), e(n), f(n), x(n);
    for (std::size_t i = 0; i < n; ++i) d[i] = weight[i];
    for (std::size_t i = 0; i + 2 < n; ++i) {
        // A change of tempo or a pause is not to be smoothed away.
        const double before = target[i + 1] - target[i], after = target[i + 2] - target[i + 1];
        const double k = std::abs(after - before) < 0.1 * std::min(before, after) ? kStiffness : 0.0;
        d[i] += k;
        d[i + 1] += 4 * k;
        d[i + 2] += k;
        e[i] += -2 * k;
        e[i + 1] += -2 * k;
        f[i] += k;
    }
    for (std::size_t i = 0; i < n; ++i) x[i] = weight[i] * target[i];
    for (std::size_t i = 0; i < n; ++i) {
        if (i + 1 < n) {
            const double l = e[i] / d[i];
            d[i + 1] -= l * e[i];
            if (i + 2 < n) e[i + 1] -= l * f[i];
            x[i + 1] -= l * x[i];
        }
        if (i + 2 < n) {
            const double l = f[i] / d[i];
            d[i + 2] -= l * f[i];
            x[i + 2] -= l * x[i];
        }
    }
    for (std::size_t i = n; i-- > 0;) {
        if (i + 1 < n) x[i] -= e[i] * x[i + 1];
        if (i + 2 < n) x[i] -= f[i] * x[i + 2];
        x[i] /= d[i];
    }
    for (double& v : x) v /= kBeatRate;
    return x;
}

} // namespace choreia::audio
