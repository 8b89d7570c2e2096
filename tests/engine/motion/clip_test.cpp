// Rotations, resampling, mirroring and contacts against closed forms.
#include "core/random.h"
#include "motion/clip.h"
#include "motion/contacts.h"
#include "motion/kinematics.h"
#include "motion/rotation.h"
#include "support/testing.h"

#include <cmath>

using namespace choreia;
using namespace choreia::motion;

namespace {

/// Root on a circle, every joint swinging at its own rate.
Clip swinging(double fps, double seconds) {
    Clip clip;
    clip.fps = fps;
    const auto frames = static_cast<int>(seconds * fps) + 1;
    for (int f = 0; f < frames; ++f) {
        const double t = f / fps;
        clip.root.emplace_back(static_cast<float>(std::sin(t)), 0.95f, static_cast<float>(std::cos(t)));
        for (int j = 0; j < kJoints; ++j) {
            const auto angle = static_cast<float>(0.5 * std::sin(2 * t + j));
            clip.rotations.push_back(expMap(Vec3(angle, 0.3f * angle, j % 2 ? -angle : angle)));
        }
    }
    return clip;
}

} // namespace

class ClipTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void sixNumbersMakeTheSameRotation() {
        Random random(1);
        for (int k = 0; k < 200; ++k) {
            const Quat q = expMap(Vec3(static_cast<float>(random.normal()), static_cast<float>(random.normal()),
                                       static_cast<float>(random.normal())) *
                                  2);
            const Rot6 six = toRot6(q);
            QVERIFY(fromRot6(six).angularDistance(q) < 1e-3f);
            // Scaling the columns and leaning the second towards the first changes nothing (Gram-Schmidt).
            Rot6 leaned = six;
            for (std::size_t c = 0; c < 3; ++c) {
                leaned[c] = six[c] * 3;
                leaned[c + 3] = six[c + 3] * 0.5f + six[c] * 0.7f;
            }
            QVERIFY(fromRot6(leaned).angularDistance(q) < 1e-3f);
        }
        const Rot6 nothing{};
        QVERIFY(std::abs(fromRot6(nothing).norm() - 1) < 1e-6f);
    }

    void logarithmUndoesExponential() {
        for (const float angle : {0.0f, 1e-4f, 0.5f, 3.0f}) {
            const Vec3 v = Vec3(1, -2, 0.5f).normalized() * angle;
            QVERIFY((logMap(expMap(v)) - v).norm() < 1e-4f);
        }
        const Quat quarter = expMap(Vec3(0, static_cast<float>(M_PI / 2), 0));
        QVERIFY((quarter * Vec3::UnitZ() - Vec3::UnitX()).norm() < 1e-6f);
    }

    void headingFollowsTheHips() {
        const Skeleton& body = Skeleton::body();
        for (const float yaw : {-2.5f, -0.3f, 0.0f, 1.2f, 3.0f}) {
            std::vector<Quat> pose(kJoints, Quat::Identity());
            pose[Pelvis] = yawRotation(yaw);
            std::vector<Vec3> at(kJoints);
            forwardKinematics(body, Vec3(3, 1, -2), pose, at);
            QVERIFY(std::abs(std::remainder(heading(at) - yaw, static_cast<float>(2 * M_PI))) < 1e-4f);
        }
    }

    void signsBecomeContinuous() {
        std::vector<Quat> track;
        for (int f = 0; f < 40; ++f) {
            Quat q = expMap(Vec3(0, 0.2f * static_cast<float>(f), 0));
            if (f % 3 == 0) q.coeffs() = -q.coeffs();
            track.push_back(q);
        }
        makeSignsContinuous(track, 1);
        for (std::size_t f = 1; f < track.size(); ++f) QVERIFY(track[f].dot(track[f - 1]) > 0.9f);
    }

    void resamplingFollowsTheCurve() {
        const Clip coarse = swinging(25, 4), fine = resample(coarse, 60), exact = swinging(60, 4);
        QVERIFY(std::abs(static_cast<double>(fine.frames()) - static_cast<double>(exact.frames())) <= 1);
        QVERIFY(std::abs(fine.seconds() - coarse.seconds()) < 0.05);
        // Away from the ends, where a cubic has both neighbours.
        for (std::size_t f = 6; f + 6 < fine.frames(); ++f) {
            QVERIFY((fine.root[f] - exact.root[f]).norm() < 1e-3f);
            for (std::size_t j = 0; j < kJoints; ++j) QVERIFY(fine.pose(f)[j].angularDistance(exact.pose(f)[j]) < 5e-3f);
        }
        const std::vector<double> times = {-1.0, 0.0, 99.0};
        const Clip clamped = sampleAt(coarse, times, 60);
        QVERIFY((clamped.root[0] - coarse.root.front()).norm() < 1e-6f);
        QVERIFY((clamped.root[2] - coarse.root.back()).norm() < 1e-5f);
    }

    void mirrorReflectsPositions() {
        const Clip clip = swinging(30, 1), other = mirror(clip);
        const auto& body = Skeleton::body();
        const Positions a = jointPositions(body, clip), b = jointPositions(body, other);
        for (std::size_t f = 0; f < a.frames(); ++f) {
            for (std::size_t j = 0; j < kJoints; ++j) {
                const Vec3 p = a.at(f, static_cast<std::size_t>(mirrored(static_cast<int>(j))));
                QVERIFY((b.at(f, j) - Vec3(-p.x(), p.y(), p.z())).norm() < 1e-4f);
            }
        }
        const Clip twice = mirror(other);
        for (std::size_t i = 0; i < clip.rotations.size(); ++i)
            QVERIFY(twice.rotations[i].coeffs() == clip.rotations[i].coeffs());
    }

    void sliceKeepsFrames() {
        const Clip clip = swinging(30, 2), part = slice(clip, 10, 20);
        QCOMPARE(part.frames(), std::size_t{20});
        QVERIFY(part.root[0] == clip.root[10]);
        QVERIFY(part.pose(19)[5].coeffs() == clip.pose(29)[5].coeffs());
        QCOMPARE(slice(clip, 55, 100).frames(), clip.frames() - 55);
    }

    void walkHasAlternatingContacts() {
        // Feet that stand half a second and swing half a second in turn, the toe first down.
        Positions walk;
        walk.fps = 60;
        const int frames = 240;
        walk.values.assign(static_cast<std::size_t>(frames) * kJoints, Vec3(0, 1, 0));
        const auto stands = [](int f, bool left) { return ((f / 30) % 2 == 0) == left; };
        for (int f = 0; f < frames; ++f) {
            for (const bool left : {true, false}) {
                const float phase = static_cast<float>(f % 30) / 30.0f;
                const float step = static_cast<float>(f / 30);
                const bool down = stands(f, left);
                const float lift = down ? 0.0f : 0.2f * std::sin(static_cast<float>(M_PI) * phase);
                const float forward = down ? step : step + phase;
                walk.at(static_cast<std::size_t>(f), left ? LeftAnkle : RightAnkle) = Vec3(0, 0.08f + lift, forward);
                walk.at(static_cast<std::size_t>(f), left ? LeftFoot : RightFoot) = Vec3(0, 0.02f + lift, forward + 0.13f);
            }
        }
        const auto contacts = detectContacts(walk);
        int wrong = 0, counted = 0;
        for (int f = 0; f < frames; ++f) {
            const int within = f % 30;
            if (within < 3 || within > 26) continue; // the change of feet itself
            for (std::size_t k = 0; k < 4; ++k) {
                ++counted;
                wrong += contacts[static_cast<std::size_t>(f)][k] != stands(f, k < 2);
            }
        }
        QVERIFY(counted > 500);
        QCOMPARE(wrong, 0);
    }

    void flickerOfContactIsClosed() {
        Positions still;
        still.fps = 30;
        still.values.assign(60 * kJoints, Vec3(0, 0.065f, 0));
        still.at(30, LeftFoot) = Vec3(0, 0.072f, 0); // just above the bound, for one frame
        const auto contacts = detectContacts(still);
        for (const auto& frame : contacts) QVERIFY(frame[1]);
    }
};

CHOREIA_TEST(ClipTest)
#include "clip_test.moc"
