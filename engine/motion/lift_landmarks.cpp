// A bone of length L that looks d long leads sqrt(L^2 - d^2) towards the viewer or away: the rules below say which.
#include "motion/lift_landmarks.h"

#include "core/smoothing.h"
#include "motion/fit.h"
#include "motion/landmarks.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace choreia::motion {

namespace {

// Distances between landmarks of our body at rest.
class Lengths {
public:
    Lengths() {
        const std::vector<Quat> rest(kJoints, Quat::Identity());
        landmarkPositions(Skeleton::body().offset(Pelvis), rest, points_);
    }
    [[nodiscard]] float between(int a, int b) const { return (at(a) - at(b)).norm(); }
    [[nodiscard]] float between(const Vec3& a, const Vec3& b) const { return (a - b).norm(); }
    [[nodiscard]] const Vec3& at(int i) const { return points_[static_cast<std::size_t>(i)]; }
    [[nodiscard]] Vec3 middle(int a, int b) const { return 0.5f * (at(a) + at(b)); }

private:
    std::array<Vec3, kLandmarks> points_;
};

struct Flat {
    std::vector<Vec3> points;  ///< [frames * 33], z = 0
    [[nodiscard]] const Vec3& at(std::size_t f, int i) const { return points[f * kLandmarks + static_cast<std::size_t>(i)]; }
    Vec3& at(std::size_t f, int i) { return points[f * kLandmarks + static_cast<std::size_t>(i)]; }
    [[nodiscard]] Vec3 middle(std::size_t f, int a, int b) const { return 0.5f * (at(f, a) + at(f, b)); }
};

float flatLength(const Vec3& d) { return std::hypot(d.x(), d.y()); }

// Depth that a bone gains; a bone seen longer than it is lies flat.
float gain(float length, const Vec3& d) {
    const float seen = flatLength(d);
    return std::sqrt(std::max(0.0f, length * length - seen * seen));
}

// Metres a unit of the picture: trunk and limbs at their longest (the 95th of 100). What is foreshortened throughout looks short, never long: of the
// nine the second that looks longest.
float scaleOf(const Flat& flat, std::size_t frames, const Lengths& body) {
    std::vector<float> scales;
    const auto add = [&](float length, const auto& seenAt) {
        std::vector<float> seen(frames);
        for (std::size_t f = 0; f < frames; ++f) seen[f] = seenAt(f);
        const auto k = static_cast<std::ptrdiff_t>(0.95 * static_cast<double>(frames - 1));
        std::nth_element(seen.begin(), seen.begin() + k, seen.end());
        if (seen[static_cast<std::size_t>(k)] > 1e-6f) scales.push_back(length / seen[static_cast<std::size_t>(k)]);
    };
    add((body.middle(LeftShoulderMark, RightShoulderMark) - body.middle(LeftHipMark, RightHipMark)).norm(),
        [&](std::size_t f) { return flatLength(flat.middle(f, LeftShoulderMark, RightShoulderMark) - flat.middle(f, LeftHipMark, RightHipMark)); });
    for (const auto& [a, b] : {std::pair{LeftHipMark, LeftKneeMark}, std::pair{RightHipMark, RightKneeMark}, std::pair{LeftKneeMark, LeftAnkleMark}, std::pair{RightKneeMark, RightAnkleMark},
                             std::pair{LeftShoulderMark, LeftElbowMark}, std::pair{RightShoulderMark, RightElbowMark}, std::pair{LeftElbowMark, LeftWristMark}, std::pair{RightElbowMark, RightWristMark}})
        add(body.between(a, b), [&, a = a, b = b](std::size_t f) { return flatLength(flat.at(f, a) - flat.at(f, b)); });
    if (scales.empty()) return 1.0f;
    std::sort(scales.begin(), scales.end());
    return scales[std::min<std::size_t>(1, scales.size() - 1)];
}

// A line across the body (hips, shoulders) turned out of the picture: towards the side that the toes or the nose point to.
void turnLine(Flat& flat, std::size_t f, int left, int right, float length, float pointing) {
    const float depth = gain(0.97f * length, flat.at(f, left) - flat.at(f, right)) * std::tanh(pointing / 0.03f);
    flat.at(f, left).z() -= 0.5f * depth;
    flat.at(f, right).z() += 0.5f * depth;
}

struct Limb {
    int root, middle, end;
    bool leg;
};

// What a way of bending costs, square metres. Legs: the knee in front of the line from hip to ankle, thighs rather forwards, shanks rather back.
// Arms: forearms and elbows rather forwards, hands not behind the back.
float unlikely(const Limb& limb, const Vec3& root, const Vec3& middle, const Vec3& end, float first, float second) {
    if (limb.leg) {
        const Vec3 line = end - root;
        const float share = std::clamp((middle - root).dot(line) / std::max(1e-6f, line.squaredNorm()), 0.0f, 1.0f);
        const float bend = middle.z() - (root.z() + share * line.z());
        const float wrong = std::min(0.0f, bend);
        return 30 * wrong * wrong + (first < 0 ? 0.5f * first * first : 0.0f) + (second > 0 ? 0.25f * second * second : 0.0f);
    }
    const float behind = std::min(0.0f, end.z() - root.z() + 0.1f);
    return (second < 0 ? second * second : 0.0f) + (first < 0 ? 0.3f * first * first : 0.0f) + 2 * behind * behind;
}

void liftLimb(Flat& flat, std::size_t frames, const Limb& limb, const Lengths& body) {
    constexpr float kSteady = 4;  // weight of staying near, against the rules above
    struct Way {
        Vec3 middle, end;
        float cost;
        int before;
    };
    const float upper = body.between(limb.root, limb.middle), lower = body.between(limb.middle, limb.end);
    std::vector<std::array<Way, 4>> ways(frames);
    for (std::size_t f = 0; f < frames; ++f) {
        const Vec3 root = flat.at(f, limb.root);
        const float one = gain(upper, flat.at(f, limb.middle) - root), two = gain(lower, flat.at(f, limb.end) - flat.at(f, limb.middle));
        for (int w = 0; w < 4; ++w) {
            auto& way = ways[f][static_cast<std::size_t>(w)];
            const float first = w & 1 ? -one : one, second = w & 2 ? -two : two;
            way.middle = flat.at(f, limb.middle);
            way.end = flat.at(f, limb.end);
            way.middle.z() = root.z() + first;
            way.end.z() = way.middle.z() + second;
            way.cost = unlikely(limb, root, way.middle, way.end, first, second);
            way.before = -1;
            if (f == 0) continue;
            float best = std::numeric_limits<float>::max();
            for (int b = 0; b < 4; ++b) {
                const auto& last = ways[f - 1][static_cast<std::size_t>(b)];
                const float a = way.middle.z() - last.middle.z(), c = way.end.z() - last.end.z();
                const float cost = last.cost + kSteady * (a * a + c * c);
                if (cost < best) {
                    best = cost;
                    way.before = b;
                }
            }
            way.cost += best;
        }
    }
    int way = 0;
    for (int w = 1; w < 4; ++w)
        if (ways.back()[static_cast<std::size_t>(w)].cost < ways.back()[static_cast<std::size_t>(way)].cost) way = w;
    for (std::size_t f = frames; f-- > 0;) {
        const auto& chosen = ways[f][static_cast<std::size_t>(way)];
        flat.at(f, limb.middle).z() = chosen.middle.z();
        flat.at(f, limb.end).z() = chosen.end.z();
        way = chosen.before;
    }
}

void smoothDepth(Flat& flat, std::size_t frames, double sigma) {
    std::vector<double> depth(frames);
    for (int i = 0; i < kLandmarks; ++i) {
        for (std::size_t f = 0; f < frames; ++f) depth[f] = static_cast<double>(flat.at(f, i).z());
        const auto smooth = gaussianSmoothed(depth, sigma);
        for (std::size_t f = 0; f < frames; ++f) flat.at(f, i).z() = static_cast<float>(smooth[f]);
    }
}

// A point that hangs on another and lies before it (sign 1) or behind it.
void hang(Flat& flat, std::size_t f, int point, const Vec3& from, float length, float sign) {
    flat.at(f, point).z() = from.z() + sign * gain(length, flat.at(f, point) - from);
}

}  // namespace

Positions liftedLandmarks(const Table& flatTable, double fps, double metres) {
    const std::size_t frames = flatTable.rows;
    const Lengths body;
    Flat flat;
    for (std::size_t f = 0; f < frames; ++f)
        for (std::size_t i = 0; i < kLandmarks; ++i) flat.points.emplace_back(flatTable.at(f, 2 * i) - 0.5f, 1.0f - flatTable.at(f, 2 * i + 1), 0.0f);
    if (frames > 0) {
        const float scale = metres > 0 ? static_cast<float>(metres) : scaleOf(flat, frames, body);
        for (auto& p : flat.points) p *= scale;
    }
    // The spine bends and the collar bones lift: a trunk a tenth too short has not leant yet
    // (on mocap the shoulders' depth is 4 cm off, against 15 with the full length).
    const float trunk = 0.9f * (body.middle(LeftShoulderMark, RightShoulderMark) - body.middle(LeftHipMark, RightHipMark)).norm();
    const Vec3 ears = body.middle(LeftEar, RightEar);
    const float neck = 0.95f * (ears - body.middle(LeftShoulderMark, RightShoulderMark)).norm();
    for (std::size_t f = 0; f < frames; ++f) {
        const float toes = 0.5f * (flat.at(f, LeftToe).x() - flat.at(f, LeftHeel).x() + flat.at(f, RightToe).x() - flat.at(f, RightHeel).x());
        const float nose = flat.at(f, Nose).x() - flat.middle(f, LeftEar, RightEar).x();
        turnLine(flat, f, LeftHipMark, RightHipMark, body.between(LeftHipMark, RightHipMark), toes);
        turnLine(flat, f, LeftShoulderMark, RightShoulderMark, body.between(LeftShoulderMark, RightShoulderMark), nose);
        const float lean = gain(trunk, flat.middle(f, LeftShoulderMark, RightShoulderMark) - flat.middle(f, LeftHipMark, RightHipMark));
        for (const int shoulder : {LeftShoulderMark, RightShoulderMark}) flat.at(f, shoulder).z() += lean;
    }
    for (const Limb& limb : {Limb{LeftHipMark, LeftKneeMark, LeftAnkleMark, true}, Limb{RightHipMark, RightKneeMark, RightAnkleMark, true},
                             Limb{LeftShoulderMark, LeftElbowMark, LeftWristMark, false}, Limb{RightShoulderMark, RightElbowMark, RightWristMark, false}})
        liftLimb(flat, frames, limb, body);
    for (std::size_t f = 0; f < frames; ++f) {
        for (const auto& [wrist, elbow, points] : {std::tuple{LeftWristMark, LeftElbowMark, std::array{LeftPinky, LeftIndex, LeftThumb}},
                                                   std::tuple{RightWristMark, RightElbowMark, std::array{RightPinky, RightIndex, RightThumb}}})
            for (const int point : points) hang(flat, f, point, flat.at(f, wrist), body.between(wrist, point), flat.at(f, wrist).z() < flat.at(f, elbow).z() ? -1.0f : 1.0f);
        for (const auto& [ankle, heel, toe] : {std::tuple{LeftAnkleMark, LeftHeel, LeftToe}, std::tuple{RightAnkleMark, RightHeel, RightToe}}) {
            hang(flat, f, toe, flat.at(f, ankle), body.between(ankle, toe), 1);
            hang(flat, f, heel, flat.at(f, ankle), body.between(ankle, heel), -1);
        }
        const Vec3 shoulders = flat.middle(f, LeftShoulderMark, RightShoulderMark);
        Vec3 head = flat.middle(f, LeftEar, RightEar);
        head.z() = shoulders.z() + gain(neck, head - shoulders);
        for (int i = 0; i <= 10; ++i) {
            const bool ear = i == LeftEar || i == RightEar;
            const float depth = gain((body.at(i) - ears).norm(), flat.at(f, i) - head);
            const float turned = std::tanh((flat.at(f, Nose).x() - head.x()) / 0.03f);
            flat.at(f, i).z() = head.z() + (!ear ? depth : i == LeftEar ? -depth * turned : depth * turned);
        }
    }
    if (frames > 2) smoothDepth(flat, frames, std::max(0.5, fps / 20.0));
    Positions out;
    out.fps = fps;
    out.joints = kLandmarks;
    out.values = std::move(flat.points);
    return out;
}

Result<Clip> liftLandmarks(const Table& flat, double fps, double metres, const std::string& where, std::stop_token stop, Progress& progress) {
    if (flat.columns != 2 * kLandmarks) return badInput(where, "not landmarks", std::to_string(2 * kLandmarks) + " numbers a frame", std::to_string(flat.columns));
    if (flat.rows < 2) return badInput(where, "too few frames of landmarks", "2 or more", std::to_string(flat.rows));
    for (const float value : flat.values)
        if (!std::isfinite(value)) return badInput(where, "landmarks that are not finite");
    CHOREIA_ASSIGN(auto fitted, fitToBody(landmarkNames(), liftedLandmarks(flat, fps, metres), where, stop, progress));
    return std::move(fitted.clip);
}

}  // namespace choreia::motion
