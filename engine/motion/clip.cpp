// Reading a motion at other times: cubic paths through root positions and sign-aligned quaternions.
#include "motion/clip.h"

#include "motion/rotation.h"

#include <algorithm>
#include <cmath>

namespace choreia::motion {

namespace {
/// Catmull-Rom weights of the four samples around a point at u in [0, 1] between the middle two.
std::array<float, 4> catmullRom(float u) {
    const float u2 = u * u, u3 = u2 * u;
    return {0.5f * (-u + 2 * u2 - u3), 0.5f * (2 - 5 * u2 + 3 * u3), 0.5f * (u + 4 * u2 - 3 * u3), 0.5f * (-u2 + u3)};
}
} // namespace

Clip sampleAt(const Clip& clip, std::span<const double> times, double fps) {
    Clip out;
    out.fps = fps;
    if (clip.frames() == 0) return out;
    out.root.reserve(times.size());
    out.rotations.reserve(times.size() * kJoints);
    const auto last = static_cast<std::ptrdiff_t>(clip.frames()) - 1;
    for (const double time : times) {
        const double position = std::clamp(time * clip.fps, 0.0, static_cast<double>(last));
        const auto base = std::min(static_cast<std::ptrdiff_t>(position), std::max<std::ptrdiff_t>(0, last - 1));
        const auto w = catmullRom(static_cast<float>(position - static_cast<double>(base)));
        std::array<std::size_t, 4> at{};
        for (std::ptrdiff_t k = 0; k < 4; ++k) {
            at[static_cast<std::size_t>(k)] = static_cast<std::size_t>(std::clamp<std::ptrdiff_t>(base + k - 1, 0, last));
        }
        Vec3 root = Vec3::Zero();
        for (std::size_t k = 0; k < 4; ++k) root += w[k] * clip.root[at[k]];
        out.root.push_back(root);
        for (std::size_t j = 0; j < kJoints; ++j) {
            const Quat& reference = clip.rotations[at[1] * kJoints + j];
            Eigen::Vector4f sum = Eigen::Vector4f::Zero();
            for (std::size_t k = 0; k < 4; ++k) {
                const Quat& q = clip.rotations[at[k] * kJoints + j];
                sum += (q.dot(reference) < 0 ? -w[k] : w[k]) * q.coeffs();
            }
            Quat q;
            q.coeffs() = sum.normalized();
            out.rotations.push_back(q);
        }
    }
    makeSignsContinuous(out.rotations, kJoints);
    return out;
}

Clip resample(const Clip& clip, double fps) {
    if (clip.frames() == 0 || fps == clip.fps) {
        Clip out = clip;
        out.fps = fps;
        return out;
    }
    const auto count = static_cast<std::size_t>(std::llround(static_cast<double>(clip.frames() - 1) * fps / clip.fps)) + 1;
    std::vector<double> times(count);
    for (std::size_t i = 0; i < count; ++i) times[i] = static_cast<double>(i) / fps;
    return sampleAt(clip, times, fps);
}

Clip mirror(const Clip& clip) {
    Clip out = clip;
    for (auto& p : out.root) p.x() = -p.x();
    for (std::size_t f = 0; f < clip.frames(); ++f) {
        const auto from = clip.pose(f);
        const auto to = out.pose(f);
        for (int j = 0; j < kJoints; ++j) {
            const Quat& q = from[static_cast<std::size_t>(mirrored(j))];
            to[static_cast<std::size_t>(j)] = Quat(q.w(), q.x(), -q.y(), -q.z());
        }
    }
    return out;
}

Clip slice(const Clip& clip, std::size_t first, std::size_t count) {
    first = std::min(first, clip.frames());
    count = std::min(count, clip.frames() - first);
    Clip out;
    out.fps = clip.fps;
    const auto at = static_cast<std::ptrdiff_t>(first), n = static_cast<std::ptrdiff_t>(count);
    out.root.assign(clip.root.begin() + at, clip.root.begin() + at + n);
    out.rotations.assign(clip.rotations.begin() + at * kJoints, clip.rotations.begin() + (at + n) * kJoints);
    return out;
}

} // namespace choreia::motion
