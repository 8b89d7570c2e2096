// A dance that leads off its stage is turned back, as far and as fast from moment to moment as it was; one that stays is left alone.
#include "choreo/facing.h"
#include "choreo/stage_path.h"
#include "motion/pose_features.h"
#include "support/testing.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numbers>

using namespace choreia;

namespace {

constexpr double kPi = std::numbers::pi;

/// A body that goes so many metres a second where it faces (radians by seconds) but for `aside` radians.
motion::Clip going(double seconds, double speed, const std::function<double(double)>& heading, double aside = 0) {
    motion::Clip clip;
    clip.fps = 60;
    motion::Vec3 root(0, 0.9f, 0);
    for (std::size_t f = 0; f < static_cast<std::size_t>(60 * seconds); ++f) {
        const double angle = heading(static_cast<double>(f) / 60);
        clip.root.push_back(root);
        root += motion::Vec3(static_cast<float>(std::sin(angle + aside)), 0, static_cast<float>(std::cos(angle + aside))) * static_cast<float>(speed / 60);
        for (int j = 0; j < motion::kJoints; ++j)
            clip.rotations.push_back(j == motion::Pelvis ? motion::Quat(Eigen::AngleAxisf(static_cast<float>(angle), motion::Vec3::UnitY())) : motion::Quat::Identity());
    }
    return clip;
}

choreo::ContactScores inTheAir(const motion::Clip& clip) { return choreo::ContactScores(clip.frames(), {0, 0, 0, 0}); }

double furthest(const motion::Clip& clip) {
    double most = 0;
    for (const auto& root : clip.root) most = std::max(most, std::hypot(static_cast<double>(root.x()), static_cast<double>(root.z())));
    return most;
}

double headingAt(const motion::Clip& clip, std::size_t f) { return static_cast<double>(motion::headingOf(clip.pose(f)[motion::Pelvis])); }

bool same(const motion::Clip& a, const motion::Clip& b) {
    return a.root == b.root && std::equal(a.rotations.begin(), a.rotations.end(), b.rotations.begin(), b.rotations.end(), [](const auto& x, const auto& y) { return x.coeffs() == y.coeffs(); });
}

}  // namespace

class StagePathTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aWayStraightOffIsTurnedBack() {
        const motion::Clip before = going(180, 0.6, [](double) { return 0.7; });  // 108 m
        motion::Clip clip = before;
        choreo::keepToStage(clip, inTheAir(clip), 3, 0.5);
        QVERIFY2(furthest(clip) <= 3, qPrintable(QString::number(furthest(clip))));
        for (std::size_t f = 1; f < clip.frames(); ++f) {
            // As far a frame as before (turns within a frame cost a hair), the way it faces, and slowly turned.
            const motion::Vec3 step = clip.root[f] - clip.root[f - 1];
            QVERIFY(std::abs(static_cast<double>(step.norm()) * 60 - 0.6) < 1e-3);
            QVERIFY(std::abs(std::remainder(std::atan2(static_cast<double>(step.x()), static_cast<double>(step.z())) - headingAt(clip, f), 2 * kPi)) < 0.05);
            QVERIFY(std::abs(std::remainder(headingAt(clip, f) - headingAt(clip, f - 1), 2 * kPi)) * 60 < 45 * kPi / 180);
        }
        // Over a second, 40 degrees at most.
        for (std::size_t f = 60; f < clip.frames(); ++f) {
            double turned = 0;
            for (std::size_t k = f - 59; k <= f; ++k) turned += std::remainder(headingAt(clip, k) - headingAt(clip, k - 1), 2 * kPi);
            QVERIFY2(std::abs(turned) < 41 * kPi / 180, qPrintable(QString::number(turned)));
        }
    }

    void whoStaysIsLeftAlone() {
        const motion::Clip before = going(60, 0.6, [](double t) { return t * 0.6; });  // round and round, a metre from the middle
        motion::Clip clip = before;
        choreo::keepToStage(clip, inTheAir(clip), 3, 0.2);
        QVERIFY(furthest(before) < 0.85 * 3);
        QVERIFY(same(clip, before));
        // One that leaves late is turned back in time.
        motion::Clip late = going(60, 0.6, [](double t) { return t < 40 ? t * 0.6 : 24.0; });
        const motion::Clip was = late;
        choreo::keepToStage(late, inTheAir(late), 3, 0.5);
        QVERIFY2(furthest(was) > 8 && furthest(late) <= 3, qPrintable(QString::number(furthest(late))));
    }

    void whoAlwaysFacesTheAudienceKeepsFacingIt() {
        // Sideways, always further: nothing but a turned back keeps it on the stage.
        const auto sideways = [](double aside) { return going(60, 0.5, [](double t) { return 0.2 * std::sin(t); }, aside); };
        motion::Clip shy = sideways(kPi / 2), round = shy;
        choreo::keepToStage(shy, inTheAir(shy), 2, 0.05);
        choreo::keepToStage(round, inTheAir(round), 2, 0.5);
        QVERIFY2(furthest(round) <= 2, qPrintable(QString::number(furthest(round))));
        QVERIFY2(choreo::facingAway(shy) < 0.3 * choreo::facingAway(round), qPrintable(QStringLiteral("%1, %2").arg(choreo::facingAway(shy)).arg(choreo::facingAway(round))));
    }

    void itTurnsRatherWhileNoFootStands() {
        const motion::Clip before = going(60, 0.6, [](double) { return 0.0; });
        motion::Clip clip = before;
        auto contacts = inTheAir(clip);
        for (std::size_t f = 0; f < contacts.size(); ++f)
            if (f / 30 % 2 == 0) contacts[f] = {1, 1, 1, 1};  // half a second each
        choreo::keepToStage(clip, contacts, 2.5, 0.5);
        QVERIFY(furthest(clip) <= 2.5);
        double standing = 0, moving = 0;
        for (std::size_t f = 1; f < clip.frames(); ++f) (contacts[f][0] > 0 ? standing : moving) += std::abs(std::remainder(headingAt(clip, f) - headingAt(clip, f - 1), 2 * kPi));
        QVERIFY2(moving > 1.3 * standing && standing > 0, qPrintable(QStringLiteral("%1, %2").arg(moving).arg(standing)));
    }

    void whatIsTooShortOrWithoutContactsStays() {
        motion::Clip clip = going(0.1, 100, [](double) { return 0.0; });
        const motion::Clip was = clip;
        choreo::keepToStage(clip, inTheAir(clip), 2, 0);
        QVERIFY(same(clip, was));
        motion::Clip far = going(10, 1, [](double) { return 0.0; });
        const motion::Clip before = far;
        choreo::keepToStage(far, {}, 2, 0);
        QVERIFY(same(far, before));
    }
};

CHOREIA_TEST(StagePathTest)
#include "stage_path_test.moc"
