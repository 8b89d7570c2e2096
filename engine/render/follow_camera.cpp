// A calm camera: it stands still while the dancer stays about the middle, glides after one who leaves it, and stands back as far as the widest poses
// need. A camera at rest is kinder to the eye, and a film of it takes half the work.
#include "motion/rotation.h"
#include "render/mannequin.h"

#include <algorithm>
#include <cmath>
#include <deque>

namespace choreia::render {

using motion::Vec3;

namespace {

constexpr float kField = 0.6f;       // vertical, radians
constexpr float kEyeHeight = 1.25f;  // metres; a little above the middle, so that the floor reads as a floor
constexpr float kNearest = 3.6f, kMargin = 1.08f;
constexpr float kSlack = 0.35f, kSpare = 0.5f;  // metres
constexpr float kHead = 0.24f, kSide = 0.16f, kFoot = 0.10f;  // what stands out beyond the joints

/// Largest value in a window of 2 * half + 1 frames about each frame.
std::vector<float> slidingMaximum(const std::vector<float>& values, std::size_t half) {
    std::vector<float> result(values.size());
    std::deque<std::size_t> best;
    for (std::size_t i = 0, next = 0; i < values.size(); ++i) {
        for (; next < values.size() && next <= i + half; ++next) {
            while (!best.empty() && values[best.back()] <= values[next]) best.pop_back();
            best.push_back(next);
        }
        while (best.front() + half < i) best.pop_front();
        result[i] = values[best.front()];
    }
    return result;
}

}  // namespace

std::vector<View> followCamera(const motion::Positions& positions, double aspect) {
    const std::size_t frames = positions.frames();
    std::vector<View> views(frames);
    if (frames == 0) return views;
    const double fps = positions.fps > 0 ? positions.fps : 60.0;

    // Where to look: the middle of the body over the floor, smoothed over about a second and a half; the height stays.
    std::vector<Vec3> path(frames);
    for (std::size_t f = 0; f < frames; ++f) {
        const auto joints = positions.frame(f);
        float x0 = 1e9f, x1 = -1e9f, z0 = 1e9f, z1 = -1e9f;
        for (const Vec3& joint : joints) {
            x0 = std::min(x0, joint.x()), x1 = std::max(x1, joint.x());
            z0 = std::min(z0, joint.z()), z1 = std::max(z1, joint.z());
        }
        Vec3 root = Vec3::Zero();  // the middle of all dancers'
        const std::size_t dancers = std::max<std::size_t>(1, joints.size() / motion::kJoints);
        for (std::size_t k = 0; k < dancers; ++k) root += joints[k * motion::kJoints] / static_cast<float>(dancers);
        path[f] = Vec3(0.5f * root.x() + 0.25f * (x0 + x1), 0.93f, 0.5f * root.z() + 0.25f * (z0 + z1));
    }
    // A slack leash: only what goes beyond it pulls the camera.
    motion::smoothPath(path, 0.4 * fps);
    Vec3 held = path[0];
    for (const Vec3& point : path) held += point;
    held /= static_cast<float>(frames + 1);
    for (Vec3& point : path) {
        const Vec3 pull = point - held;
        if (pull.norm() > kSlack) held += pull * (1 - kSlack / pull.norm());
        point = held;
    }
    motion::smoothPath(path, 0.75 * fps);

    // How far to stand back: every joint, with head room, must lie inside the picture's pyramid. The eye stands straight before (+Z) the middle.
    const float vertical = std::tan(0.5f * kField), level = vertical * static_cast<float>(std::max(aspect, 0.2));
    std::vector<float> distance(frames, kNearest);
    for (std::size_t f = 0; f < frames; ++f) {
        for (const Vec3& joint : positions.frame(f)) {
            const Vec3 v = joint - path[f];
            const float rise = std::max(v.y() + kHead, -v.y() + kFoot);
            // The pitch is slight: the picture's height is taken as upright.
            distance[f] = std::max({distance[f], v.z() + kMargin * (std::fabs(v.x()) + kSide) / level, v.z() + kMargin * rise / vertical});
        }
    }
    // The distance, too, changes only where it must: outwards at once, inwards when half a metre is to spare.
    const std::vector<float> widest = slidingMaximum(distance, static_cast<std::size_t>(4 * fps));
    std::vector<Vec3> back(frames);
    float stand = widest[0] + 0.5f * kSpare;
    for (std::size_t f = 0; f < frames; ++f) {
        stand = std::clamp(stand, widest[f], widest[f] + kSpare);
        back[f] = Vec3(stand, 0, 0);
    }
    // Narrower than the window, so that the smoothed distance hardly falls below what any frame needs.
    motion::smoothPath(back, 1.0 * fps);

    for (std::size_t f = 0; f < frames; ++f) {
        views[f].fieldOfView = kField;
        views[f].target = path[f];
        views[f].eye = path[f] + Vec3(0, kEyeHeight - path[f].y(), std::max(back[f].x(), distance[f]));
    }
    return views;
}

}  // namespace choreia::render
