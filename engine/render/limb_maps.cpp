// Only the rectangle around each mark is visited; the Gaussian comes from a table.
#include "render/limb_maps.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <utility>

namespace choreia::render {

using namespace motion;

namespace {

/// A point of the pose: a landmark, or the middle of two.
struct Site {
    int a, b;
};
constexpr Site at(int landmark) { return {landmark, landmark}; }
constexpr Site kNeck{LeftShoulderMark, RightShoulderMark}, kPelvisMiddle{LeftHipMark, RightHipMark};

constexpr std::array<std::pair<Site, Site>, kLimbMaps> kLimbs = {{
    {at(LeftShoulderMark), at(RightShoulderMark)}, {at(LeftHipMark), at(RightHipMark)},
    {at(LeftShoulderMark), at(LeftHipMark)},       {at(RightShoulderMark), at(RightHipMark)},
    {at(LeftShoulderMark), at(LeftElbowMark)},     {at(RightShoulderMark), at(RightElbowMark)},
    {at(LeftElbowMark), at(LeftWristMark)},        {at(RightElbowMark), at(RightWristMark)},
    {at(LeftWristMark), at(LeftIndex)},            {at(RightWristMark), at(RightIndex)},
    {at(LeftHipMark), at(LeftKneeMark)},           {at(RightHipMark), at(RightKneeMark)},
    {at(LeftKneeMark), at(LeftAnkleMark)},         {at(RightKneeMark), at(RightAnkleMark)},
    {at(LeftAnkleMark), at(LeftToe)},              {at(RightAnkleMark), at(RightToe)},
    {kNeck, at(Nose)},                             {at(LeftEar), at(RightEar)},
}};
constexpr std::array<std::pair<Site, Site>, 6> kTurnLimbs = {{
    {at(LeftWristMark), at(LeftThumb)}, {at(RightWristMark), at(RightThumb)}, {at(LeftWristMark), at(LeftPinky)}, {at(RightWristMark), at(RightPinky)},
    {at(LeftAnkleMark), at(LeftHeel)},  {at(RightAnkleMark), at(RightHeel)},
}};
constexpr Site kHead{LeftEar, RightEar};
constexpr std::array<int, kJointMaps> kJoints15 = {Nose,        LeftShoulderMark, RightShoulderMark, LeftElbowMark, RightElbowMark, LeftWristMark, RightWristMark, LeftHipMark,
                                                   RightHipMark, LeftKneeMark,     RightKneeMark,     LeftAnkleMark, RightAnkleMark, LeftToe,       RightToe};

struct Point {
    float x, y, depth;
    [[nodiscard]] bool known() const { return std::isfinite(x) && std::isfinite(y) && std::isfinite(depth); }
};

Point pointAt(std::span<const float> landmarks, Site site, float scale) {
    const float* a = landmarks.data() + 3 * static_cast<std::size_t>(site.a);
    const float* b = landmarks.data() + 3 * static_cast<std::size_t>(site.b);
    return {0.5f * (a[0] + b[0]) * scale, 0.5f * (a[1] + b[1]) * scale, 0.5f * (a[2] + b[2])};
}

/// exp(-d) by table for d in 0..kReach; a mark ends there.
constexpr float kReach = 6.0f;  // of half squared distances over sigma squared: 3.46 sigma
constexpr int kSteps = 768;
const std::array<float, kSteps + 2>& falloff() {
    static const std::array<float, kSteps + 2> table = [] {
        std::array<float, kSteps + 2> t{};
        for (int i = 0; i <= kSteps; ++i) t[static_cast<std::size_t>(i)] = std::exp(-kReach * static_cast<float>(i) / kSteps) - std::exp(-kReach);
        return t;
    }();
    return table;
}

/// Calls visit(index, share along the segment, squared distance) for the pixels within reach of the segment; pixel centres lie at halves.
template <typename Visit>
void alongSegment(const Point& a, const Point& b, float reach, int size, const Visit& visit) {
    const auto first = [&](float low) { return std::clamp(static_cast<int>(std::floor(std::clamp(low, -1e6f, 1e6f) - reach)), 0, size); };
    const auto last = [&](float high) { return std::clamp(static_cast<int>(std::ceil(std::clamp(high, -1e6f, 1e6f) + reach)), 0, size); };
    const float dx = b.x - a.x, dy = b.y - a.y, square = dx * dx + dy * dy, inverse = square > 1e-9f ? 1.0f / square : 0.0f, limit = reach * reach;
    const int x0 = first(std::min(a.x, b.x)), x1 = last(std::max(a.x, b.x));
    for (int y = first(std::min(a.y, b.y)); y < last(std::max(a.y, b.y)); ++y) {
        const float py = static_cast<float>(y) + 0.5f - a.y;
        for (int x = x0; x < x1; ++x) {
            const float px = static_cast<float>(x) + 0.5f - a.x;
            const float share = std::clamp((px * dx + py * dy) * inverse, 0.0f, 1.0f);
            const float ex = px - share * dx, ey = py - share * dy, distance = ex * ex + ey * ey;
            if (distance < limit) visit(static_cast<std::size_t>(y) * static_cast<std::size_t>(size) + static_cast<std::size_t>(x), share, distance);
        }
    }
}

void mark(const Point& a, const Point& b, float sigma, int size, float* out) {
    if (!a.known() || !b.known()) return;
    const auto& table = falloff();
    const float toTable = kSteps / (kReach * 2 * sigma * sigma), near = brightnessOfDepth(a.depth), far = brightnessOfDepth(b.depth) - near;
    alongSegment(a, b, std::sqrt(2 * kReach) * sigma, size, [&](std::size_t i, float share, float distance) {
        const float value = table[std::min<std::size_t>(kSteps, static_cast<std::size_t>(distance * toTable))] * (near + share * far);
        out[i] = std::max(out[i], value);
    });
}

/// A thick line that says one number.
void fill(const Point& a, const Point& b, float radius, float value, int size, float* out) {
    if (!a.known() || !b.known() || !std::isfinite(value)) return;
    alongSegment(a, b, radius + 1.0f, size, [&](std::size_t i, float, float distance) { out[i] = std::max(out[i], value * std::clamp(radius + 1.0f - std::sqrt(distance), 0.0f, 1.0f)); });
}

/// Which way head and chest face: to the right, down and away from the camera, of length 1, or nothing. Landmarks' depths are metres; height: of the person, as bodyHeight.
std::array<float, 3> unit(float x, float y, float z) {
    const float length = std::sqrt(x * x + y * y + z * z);
    return length > 1e-6f ? std::array<float, 3>{x / length, y / length, z / length} : std::array<float, 3>{};
}
constexpr float kMetresTall = 1.7f;
std::array<float, 3> facing(std::span<const float> landmarks, float height) {
    const float scale = height / kMetresTall;
    const Point nose = pointAt(landmarks, at(Nose), 1), ears = pointAt(landmarks, kHead, 1);
    return unit(nose.x - ears.x, nose.y - ears.y, scale * (nose.depth - ears.depth));
}
std::array<float, 3> chestFacing(std::span<const float> landmarks, float height) {
    const float scale = height / kMetresTall;
    const Point l = pointAt(landmarks, at(LeftShoulderMark), 1), r = pointAt(landmarks, at(RightShoulderMark), 1), neck = pointAt(landmarks, kNeck, 1), pelvis = pointAt(landmarks, kPelvisMiddle, 1);
    const float ax = l.x - r.x, ay = l.y - r.y, az = scale * (l.depth - r.depth), bx = neck.x - pelvis.x, by = neck.y - pelvis.y, bz = scale * (neck.depth - pelvis.depth);
    return unit(ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx);
}

void drawTurnMaps(std::span<const float> landmarks, int size, float sigma, float* channel) {
    const auto plane = static_cast<std::size_t>(size) * static_cast<std::size_t>(size);
    const auto scale = static_cast<float>(size);
    for (const auto& [a, b] : kTurnLimbs) {
        mark(pointAt(landmarks, a, scale), pointAt(landmarks, b, scale), sigma, size, channel);
        channel += plane;
    }
    const float height = bodyHeight(landmarks);
    for (const bool head : {true, false}) {
        const auto way = head ? facing(landmarks, height) : chestFacing(landmarks, height);
        const Point a = pointAt(landmarks, head ? kHead : kNeck, scale), b = head ? a : pointAt(landmarks, kPelvisMiddle, scale);
        for (const float part : way) {
            fill(a, b, (head ? 0.075f : 0.065f) * height * scale, 0.55f + 0.45f * part, size, channel);
            channel += plane;
        }
    }
}

void thicken(const Point& a, const Point& b, float radius, int size, std::span<float> out) {
    if (!a.known() || !b.known()) return;
    constexpr float kSoft = 2.0f;
    alongSegment(a, b, radius + kSoft, size, [&](std::size_t i, float, float distance) {
        out[i] = std::max(out[i], std::clamp((radius + kSoft - std::sqrt(distance)) / kSoft, 0.0f, 1.0f));
    });
}

}  // namespace

float brightnessOfDepth(float metres) { return 0.65f - 0.35f * std::tanh(2.0f * metres); }

float markSigma(int size) { return std::max(1.2f, static_cast<float>(size) / 64.0f); }

float bodyHeight(std::span<const float> landmarks) {
    assert(landmarks.size() >= kPoseNumbers);
    const auto length = [&](Site a, Site b) {
        const Point p = pointAt(landmarks, a, 1), q = pointAt(landmarks, b, 1);
        return p.known() && q.known() ? std::hypot(p.x - q.x, p.y - q.y) : 0.0f;
    };
    float height = length(kNeck, kPelvisMiddle) / 0.30f;
    for (const int side : {0, 1}) {
        height = std::max(height, length(at(LeftHipMark + side), at(LeftKneeMark + side)) / 0.23f);
        height = std::max(height, length(at(LeftKneeMark + side), at(LeftAnkleMark + side)) / 0.235f);
        height = std::max(height, length(at(LeftShoulderMark + side), at(LeftElbowMark + side)) / 0.155f);
        height = std::max(height, length(at(LeftElbowMark + side), at(LeftWristMark + side)) / 0.145f);
    }
    return height;
}

void drawPoseMaps(std::span<const float> landmarks, int size, std::span<float> out, float sigma) {
    const auto plane = static_cast<std::size_t>(size) * static_cast<std::size_t>(size);
    assert(landmarks.size() >= kPoseNumbers && out.size() >= plane * kPoseMaps);
    std::fill(out.begin(), out.end(), 0.0f);
    const auto scale = static_cast<float>(size);
    float* channel = out.data();
    for (const auto& [a, b] : kLimbs) {
        mark(pointAt(landmarks, a, scale), pointAt(landmarks, b, scale), sigma, size, channel);
        channel += plane;
    }
    for (const int joint : kJoints15) {
        const Point p = pointAt(landmarks, at(joint), scale);
        mark(p, p, sigma, size, channel);
        channel += plane;
    }
    if (out.size() >= plane * kAllMaps) drawTurnMaps(landmarks, size, sigma, channel);
}

PictureSquare personSquare(std::span<const float> landmarks) {
    assert(landmarks.size() >= kPoseNumbers);
    constexpr float kMargin = 0.11f, kShadow = 0.5f, kLeast = 0.8f;  // of the person's height
    const float height = bodyHeight(landmarks);
    float left = 1e9f, right = -1e9f, top = 1e9f, bottom = -1e9f;
    for (int i = 0; i < kLandmarks; ++i) {
        const Point p = pointAt(landmarks, at(i), 1);
        if (!p.known()) continue;
        const float reach = i >= LeftAnkleMark ? kShadow : kMargin;
        left = std::min(left, p.x - reach * height), right = std::max(right, p.x + kMargin * height);
        top = std::min(top, p.y - kMargin * height), bottom = std::max(bottom, p.y + kMargin * height);
    }
    const float side = std::max({right - left, bottom - top, kLeast * height});
    if (left > right || !(side > 1e-4f)) return {};
    return {0.5f * (left + right - side), 0.5f * (top + bottom - side), side};
}

void intoSquare(const PictureSquare& square, std::span<float> landmarks) {
    assert(landmarks.size() >= kPoseNumbers);
    for (std::size_t i = 0; i < kPoseNumbers; i += 3) {
        landmarks[i] = (landmarks[i] - square.left) / square.side;
        landmarks[i + 1] = (landmarks[i + 1] - square.top) / square.side;
    }
}

void drawHeadMask(std::span<const float> landmarks, int size, std::span<float> out) {
    assert(landmarks.size() >= kPoseNumbers && out.size() >= static_cast<std::size_t>(size) * static_cast<std::size_t>(size));
    std::fill(out.begin(), out.end(), 0.0f);
    const Point ears = pointAt(landmarks, kHead, static_cast<float>(size));
    thicken(ears, ears, 0.095f * bodyHeight(landmarks) * static_cast<float>(size), size, out);
}

void drawBodyMask(std::span<const float> landmarks, int size, std::span<float> out) {
    assert(landmarks.size() >= kPoseNumbers && out.size() >= static_cast<std::size_t>(size) * static_cast<std::size_t>(size));
    std::fill(out.begin(), out.end(), 0.0f);
    const auto scale = static_cast<float>(size);
    const float height = bodyHeight(landmarks) * scale;
    const auto limb = [&](Site a, Site b, float share) { thicken(pointAt(landmarks, a, scale), pointAt(landmarks, b, scale), share * height, size, out); };
    for (const auto& [a, b] : kLimbs) limb(a, b, 0.045f);
    limb(kNeck, kPelvisMiddle, 0.09f);
    // The skull's middle lies between the ears; its crown stands out above.
    limb({LeftEar, RightEar}, {LeftEar, RightEar}, 0.085f);
    for (const int side : {0, 1}) {
        limb(at(LeftShoulderMark + side), at(LeftHipMark + side), 0.055f);
        limb(at(LeftHipMark + side), at(LeftKneeMark + side), 0.06f);
    }
}

void mirrorPose(std::span<float> landmarks) {
    assert(landmarks.size() >= kPoseNumbers);
    const auto place = [&](int i) { return landmarks.data() + 3 * static_cast<std::size_t>(i); };
    for (int i = 0; i < kLandmarks; ++i) place(i)[0] = 1.0f - place(i)[0];
    for (int i = 0; i < kLandmarks; ++i)
        if (const int other = mirroredLandmark(i); other > i) std::swap_ranges(place(i), place(i) + 3, place(other));
}

}  // namespace choreia::render
