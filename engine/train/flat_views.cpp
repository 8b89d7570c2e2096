// A pinhole camera before forward kinematics of two bodies: the person's makes the picture, ours the answer.
#include "train/flat_views.h"

#include "motion/kinematics.h"
#include "motion/landmarks.h"
#include "motion/rotation.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace choreia::train {

namespace {

using motion::kLandmarks;
using motion::Quat;
using motion::Vec3;
using Marks = std::array<Vec3, kLandmarks>;

float normal(Random& random, double spread) { return static_cast<float>(spread * random.normal()); }
float between(Random& random, double low, double high) { return static_cast<float>(random.uniform(low, high)); }

// A person: our body with other proportions, and landmarks elsewhere on head, hands and feet.
class Person {
public:
    Person() : skeleton_(motion::Skeleton::body()), sites_(motion::landmarkSites()) {}

    explicit Person(Random& random) : Person() {
        const auto factor = [&](double spread) { return std::exp(normal(random, spread)); };
        const float legs = factor(0.07), shanks = factor(0.04), trunk = factor(0.07), arms = factor(0.07), forearms = factor(0.05), head = factor(0.1), hands = factor(0.12), feet = factor(0.1),
                    shoulders = factor(0.08), hips = factor(0.1);
        std::vector<Vec3> offsets(skeleton_.offsets().begin(), skeleton_.offsets().end());
        const auto scale = [&](std::initializer_list<int> joints, float by) {
            for (const int j : joints) offsets[static_cast<std::size_t>(j)] *= by;
        };
        using namespace motion;
        scale({LeftHip, RightHip}, hips);
        scale({LeftKnee, RightKnee}, legs);
        scale({LeftAnkle, RightAnkle}, legs * shanks);
        scale({LeftFoot, RightFoot}, feet);
        scale({Spine1, Spine2, Spine3, Neck, LeftCollar, RightCollar}, trunk);
        scale({Head}, head);
        scale({LeftShoulder, RightShoulder}, shoulders);
        scale({LeftElbow, RightElbow}, arms);
        scale({LeftWrist, RightWrist}, arms * forearms);
        scale({LeftHand, RightHand}, hands);
        skeleton_ = skeleton_.withOffsets(std::move(offsets));
        for (auto& site : sites_) site.offset *= site.joint == Head ? head : site.joint == LeftWrist || site.joint == RightWrist ? hands : feet;
    }

    /// At the origin.
    [[nodiscard]] Marks marks(std::span<const Quat> pose) const {
        std::array<Vec3, motion::kJoints> joints;
        std::array<Quat, motion::kJoints> world;
        motion::forwardKinematics(skeleton_, Vec3::Zero(), pose, joints, world);
        Marks out;
        for (std::size_t i = 0; i < kLandmarks; ++i) out[i] = joints[static_cast<std::size_t>(sites_[i].joint)] + world[static_cast<std::size_t>(sites_[i].joint)] * sites_[i].offset;
        return out;
    }

    /// Of trunk, thigh and shank at rest: what the scale of a picture is read from.
    [[nodiscard]] float length() const {
        const std::vector<Quat> rest(motion::kJoints, Quat::Identity());
        const Marks at = marks(rest);
        using namespace motion;
        return 0.9f * (0.5f * (at[LeftShoulderMark] + at[RightShoulderMark]) - 0.5f * (at[LeftHipMark] + at[RightHipMark])).norm() + (at[LeftKneeMark] - at[LeftHipMark]).norm() +
               (at[LeftAnkleMark] - at[LeftKneeMark]).norm();
    }

private:
    motion::Skeleton skeleton_;
    std::array<motion::LandmarkSite, kLandmarks> sites_;
};

Vec3 hipsOf(const Marks& marks) { return 0.5f * (marks[motion::LeftHipMark] + marks[motion::RightHipMark]); }

// How much more than shoulders and hips a landmark wavers.
float wavering(std::size_t landmark) {
    using namespace motion;
    if (landmark < LeftShoulderMark) return 0.7f;
    if (landmark >= LeftPinky && landmark <= RightThumb) return 1.6f;
    if (landmark >= LeftHeel) return 1.5f;
    if (landmark == LeftWristMark || landmark == RightWristMark || landmark == LeftAnkleMark || landmark == RightAnkleMark) return 1.3f;
    return 1;
}

constexpr std::array<std::array<int, 6>, 2> kLeftLimbs = {{{motion::LeftElbowMark, motion::LeftWristMark, motion::LeftPinky, motion::LeftIndex, motion::LeftThumb, motion::LeftThumb},
                                                           {motion::LeftKneeMark, motion::LeftAnkleMark, motion::LeftHeel, motion::LeftToe, motion::LeftToe, motion::LeftToe}}};

void waver(Table& flat, double metres, Random& random) {
    for (std::size_t i = 0; i < kLandmarks; ++i)
        for (std::size_t axis = 0; axis < 2; ++axis) {
            const double spread = metres * wavering(i), keep = random.uniform(0.3, 0.95), share = std::sqrt(1 - keep * keep);
            const float off = normal(random, 0.5 * spread);
            double slow = random.normal();
            for (std::size_t f = 0; f < flat.rows; ++f) {
                flat.at(f, 2 * i + axis) += off + static_cast<float>(spread * 0.85 * slow);
                slow = keep * slow + share * random.normal();
            }
        }
}

// Limbs read for the other one or somewhere else, a third of a second long or so.
void slip(Table& flat, double metres, Random& random) {
    const double expected = std::min(2.0, 30 * metres) * static_cast<double>(flat.rows) / 64;
    for (double left = expected; left > 0; left -= 1) {
        if (random.uniform() > left) break;
        const auto& limb = kLeftLimbs[random.below(2)];
        const bool right = random.uniform() < 0.5, exchange = random.uniform() < 0.4;
        const auto first = random.below(flat.rows), count = 2 + random.below(14);
        const float x = normal(random, 0.12), y = normal(random, 0.12);
        for (std::size_t f = first; f < std::min<std::size_t>(flat.rows, first + count); ++f)
            for (std::size_t k = 0; k < limb.size(); ++k) {
                if (k > 0 && limb[k] == limb[k - 1]) continue;
                const auto here = static_cast<std::size_t>(right ? motion::mirroredLandmark(limb[k]) : limb[k]), other = static_cast<std::size_t>(motion::mirroredLandmark(static_cast<int>(here)));
                if (exchange) {
                    std::swap(flat.at(f, 2 * here), flat.at(f, 2 * other));
                    std::swap(flat.at(f, 2 * here + 1), flat.at(f, 2 * other + 1));
                } else {
                    flat.at(f, 2 * here) += x;
                    flat.at(f, 2 * here + 1) += y;
                }
            }
    }
}

}  // namespace

FlatView flatView(const motion::Clip& clip, const ViewSetting& setting, Random& random) {
    static const Person ours;
    const Person person = setting.any ? Person(random) : ours;
    const std::size_t frames = clip.frames();
    Vec3 middle = Vec3::Zero();
    for (const Vec3& root : clip.root) middle += root / static_cast<float>(std::max<std::size_t>(1, frames));
    // Bodies of one size: only proportions differ. What the picture's scale is read from is known to some hundredths.
    const float size = ours.length() / person.length();
    const float distance = setting.any ? std::exp(between(random, std::log(2.2), std::log(9.0))) : 100.0f;
    const float height = setting.any ? between(random, 0.2, 2.4) : middle.y(), roll = setting.any ? normal(random, 0.05) : 0.0f;
    const float yaw = between(random, -3.14159265, 3.14159265), known = setting.any ? std::exp(0.02f + normal(random, 0.06)) : 1.0f;
    const Vec3 camera = Vec3(middle.x() + distance * std::sin(yaw), height, middle.z() + distance * std::cos(yaw));
    Vec3 aim = middle;
    if (setting.any) aim += Vec3(normal(random, 0.3), normal(random, 0.15), normal(random, 0.3));
    const Vec3 back = (camera - aim).normalized(), side = Vec3::UnitY().cross(back).normalized(), up = back.cross(side);

    FlatView view{Table(frames, 2 * kLandmarks), Table(frames, 3 * kLandmarks)};
    for (std::size_t f = 0; f < frames; ++f) {
        const Marks seen = person.marks(clip.pose(f)), wanted = ours.marks(clip.pose(f));
        const auto flatOf = [&](const Vec3& point) -> Eigen::Vector2f {
            const Vec3 from = clip.root[f] + size * point - camera;
            const float scale = known * distance / std::max(0.3f, -from.dot(back));
            const float x = from.dot(side) * scale, y = from.dot(up) * scale;
            return {std::cos(roll) * x - std::sin(roll) * y, std::sin(roll) * x + std::cos(roll) * y};
        };
        const Eigen::Vector2f centre = 0.5f * (flatOf(seen[motion::LeftHipMark]) + flatOf(seen[motion::RightHipMark]));
        Vec3 level = camera - clip.root[f];
        level.y() = 0;
        const Vec3 z = level.normalized(), x = Vec3::UnitY().cross(z), hips = hipsOf(wanted);
        for (std::size_t i = 0; i < kLandmarks; ++i) {
            const Eigen::Vector2f at = flatOf(seen[i]) - centre;
            view.flat.at(f, 2 * i) = at.x();
            view.flat.at(f, 2 * i + 1) = at.y();
            const Vec3 there = wanted[i] - hips;
            view.space.at(f, 3 * i) = there.dot(x);
            view.space.at(f, 3 * i + 1) = there.y();
            view.space.at(f, 3 * i + 2) = there.dot(z);
        }
    }
    const double noise = setting.noise >= 0 ? setting.noise : random.uniform() < 0.15 ? 0.0 : std::exp(random.uniform(std::log(0.005), std::log(0.07)));
    if (noise > 0) {
        slip(view.flat, noise, random);
        waver(view.flat, noise, random);
        for (std::size_t f = 0; f < frames; ++f)  // about the hips that are seen, not those that are
            for (std::size_t axis = 0; axis < 2; ++axis) {
                const float hips = 0.5f * (view.flat.at(f, 2 * motion::LeftHipMark + axis) + view.flat.at(f, 2 * motion::RightHipMark + axis));
                for (std::size_t i = 0; i < kLandmarks; ++i) view.flat.at(f, 2 * i + axis) -= hips;
            }
    }
    return view;
}

}  // namespace choreia::train
