// A dance that has turned its back comes round again; one that faces the front, and a spin, stay as they are.
#include "choreo/facing.h"

#include "motion/pose_features.h"
#include "support/testing.h"

#include <cmath>
#include <functional>
#include <numbers>

using namespace choreia;

namespace {

constexpr double kPi = std::numbers::pi;

/// A body that turns as told (radians by seconds) and walks where it faces, half a metre a second.
motion::Clip turning(double seconds, const std::function<double(double)>& heading) {
    motion::Clip clip;
    clip.fps = 60;
    const auto frames = static_cast<std::size_t>(60 * seconds);
    motion::Vec3 root(0, 0.9f, 0);
    for (std::size_t f = 0; f < frames; ++f) {
        const auto angle = static_cast<float>(heading(static_cast<double>(f) / 60));
        clip.root.push_back(root);
        root += motion::Vec3(std::sin(angle), 0, std::cos(angle)) * (0.5f / 60);
        for (int j = 0; j < motion::kJoints; ++j)
            clip.rotations.push_back(j == motion::Pelvis ? motion::Quat(Eigen::AngleAxisf(angle, motion::Vec3::UnitY())) : motion::Quat::Identity());
    }
    return clip;
}

double headingAt(const motion::Clip& clip, std::size_t frame) { return static_cast<double>(motion::headingOf(clip.pose(frame)[motion::Pelvis])); }

choreo::ContactScores inTheAir(const motion::Clip& clip) { return choreo::ContactScores(clip.frames(), {0, 0, 0, 0}); }

}  // namespace

class FacingTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aTurnedBackComesRound() {
        motion::Clip clip = turning(60, [](double t) { return kPi * 0.95 / (1 + std::exp(-(t - 15))); });
        QVERIFY(choreo::facingAway(clip) > 0.7);
        choreo::faceAudience(clip, inTheAir(clip));
        QVERIFY2(choreo::facingAway(clip) < 0.15, qPrintable(QString::number(choreo::facingAway(clip))));
        QVERIFY(std::abs(headingAt(clip, 55 * 60)) < 1.2);
        // Slowly, and it still walks where it faces.
        for (std::size_t f = 1; f < clip.frames(); ++f) {
            QVERIFY(std::abs(std::remainder(headingAt(clip, f) - headingAt(clip, f - 1), 2 * kPi)) * 60 < 1.5);
            const motion::Vec3 step = clip.root[f] - clip.root[f - 1];
            QVERIFY(std::abs(static_cast<double>(step.norm()) * 60 - 0.5) < 1e-3);
            QVERIFY(std::abs(std::remainder(std::atan2(static_cast<double>(step.x()), static_cast<double>(step.z())) - headingAt(clip, f), 2 * kPi)) < 0.1);
        }
    }

    // A pose at the end is shown to the audience; what is danced before its last five seconds stays.
    void aPoseIsTurnedToTheAudience() {
        for (const double away : {kPi * 0.8, -2.0, 0.4}) {
            const motion::Clip before = turning(20, [&](double) { return away; });
            motion::Clip clip = before;
            choreo::faceFrom(clip, inTheAir(clip), 17);
            QVERIFY2(std::abs(headingAt(clip, 17 * 60)) < 0.75, qPrintable(QString::number(headingAt(clip, 17 * 60))));
            QVERIFY2(std::abs(headingAt(clip, 20 * 60 - 1)) < 0.75, qPrintable(QString::number(headingAt(clip, 20 * 60 - 1))));
            for (std::size_t f = 0; f < 11 * 60; ++f) QVERIFY(std::abs(headingAt(clip, f) - away) < 0.02 && (clip.root[f] - before.root[f]).norm() < 0.05f);
            for (std::size_t f = 1; f < clip.frames(); ++f) QVERIFY(std::abs(std::remainder(headingAt(clip, f) - headingAt(clip, f - 1), 2 * kPi)) * 60 < 1.2);
        }
        motion::Clip clip = turning(20, [](double) { return 2.0; });
        choreo::faceFrom(clip, inTheAir(clip), 25);
        QVERIFY(std::abs(headingAt(clip, 1199) - 2.0) < 1e-4);
    }

    void theFrontStaysTheFront() {
        const motion::Clip before = turning(20, [](double t) { return 0.5 * std::sin(t); });
        motion::Clip clip = before;
        choreo::faceAudience(clip, inTheAir(clip));
        for (std::size_t f = 0; f < clip.frames(); ++f) QVERIFY((clip.root[f] - before.root[f]).norm() == 0.0f && clip.pose(f)[0].coeffs() == before.pose(f)[0].coeffs());
    }

    void aSpinIsKept() {
        // Three quick turns in mid-dance.
        const motion::Clip before = turning(20, [](double t) { return 6 * kPi * std::clamp((t - 9) / 2.4, 0.0, 1.0); });
        motion::Clip clip = before;
        choreo::faceAudience(clip, inTheAir(clip));
        double turned = 0;
        for (std::size_t f = 1; f < clip.frames(); ++f) turned += std::remainder(headingAt(clip, f) - headingAt(clip, f - 1), 2 * kPi);
        QVERIFY2(std::abs(turned - 6 * kPi) < 0.4, qPrintable(QString::number(turned)));
    }

    void standingFeetHoldItBack() {
        const auto course = [](double t) { return kPi * 0.8 / (1 + std::exp(-(t - 10))); };
        motion::Clip light = turning(40, course), standing = light;
        choreo::faceAudience(light, inTheAir(light));
        choreo::ContactScores half = inTheAir(standing);
        for (std::size_t f = 0; f < half.size(); ++f)
            if (f / 30 % 2 == 0) half[f] = {1, 1, 1, 1};
        choreo::faceAudience(standing, half);
        const motion::Clip before = turning(40, course);
        double planted = 0, airborne = 0;
        for (std::size_t f = 1; f < standing.frames(); ++f) {
            const double added = std::abs(std::remainder(headingAt(standing, f) - headingAt(standing, f - 1) - headingAt(before, f) + headingAt(before, f - 1), 2 * kPi));
            (half[f][0] > 0 ? planted : airborne) += added;
        }
        QVERIFY2(planted < 0.7 * airborne, qPrintable(QString("%1 %2").arg(planted).arg(airborne)));
    }
};

CHOREIA_TEST(FacingTest)
#include "facing_test.moc"
