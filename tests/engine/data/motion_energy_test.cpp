// Speeds of motions that are known, and the wishes made of songs.
#include "data/motion_energy.h"

#include "motion/clip.h"
#include "motion/kinematics.h"
#include "motion/pose_features.h"
#include "motion/skeleton.h"
#include "support/testing.h"

#include <algorithm>
#include <cmath>
#include <numbers>

using namespace choreia;
using namespace choreia::data;

class MotionEnergyTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void speedIsThatOfTheJointsInTheWorld() {
        // Walking along a circle and turning with it, one arm swinging: all three terms of the speed.
        motion::Clip clip;
        clip.fps = 30;
        for (int f = 0; f < 150; ++f) {
            const auto t = static_cast<float>(f) / 30;
            clip.root.emplace_back(2 * std::sin(0.6f * t), 0.95f, 2 * std::cos(0.6f * t));
            for (std::size_t j = 0; j < motion::kJoints; ++j) {
                motion::Quat q = motion::Quat::Identity();
                if (j == motion::Pelvis) q = motion::Quat(Eigen::AngleAxisf(0.6f * t, motion::Vec3::UnitY()));
                if (j == motion::LeftShoulder) q = motion::Quat(Eigen::AngleAxisf(std::sin(3 * t), motion::Vec3::UnitX()));
                clip.rotations.push_back(q);
            }
        }
        const auto speeds = motionEnergy(motion::poseFeatures(clip));
        QCOMPARE(speeds.size(), std::size_t{37});
        const auto p = motion::jointPositions(motion::Skeleton::body(), clip);
        double sum = 0;
        std::size_t count = 0;
        for (std::size_t f = 4 * (18 - 7); f < 4 * (18 + 8); ++f, ++count)
            for (std::size_t j = 0; j < motion::kJoints; ++j) sum += static_cast<double>((p.at(f, j) - p.at(f - 1, j)).norm()) * 30 / motion::kJoints;
        const double wanted = sum / static_cast<double>(count);
        QVERIFY2(std::abs(speeds[18] - wanted) < 0.02 * wanted, qPrintable(QStringLiteral("%1 for %2").arg(speeds[18]).arg(wanted)));
    }

    void ranksCountWhatIsBelow() {
        const std::vector<float> known{1, 2, 2, 3};
        const std::vector<float> asked{0, 1, 2, 9};
        const auto ranks = ranksAmong(asked, known);
        QCOMPARE(ranks[0], 0.0f);
        QCOMPARE(ranks[1], 0.125f);
        QCOMPARE(ranks[2], 0.5f);
        QCOMPARE(ranks[3], 1.0f);
        QCOMPARE(ranksAmong(asked, {})[0], 0.5f);
    }

    void loudPartsWishForMoreAndSilenceForNone() {
        std::vector<float> song(200, 0.3f);
        for (std::size_t i = 80; i < 120; ++i) song[i] = 1;
        for (std::size_t i = 150; i < 200; ++i) song[i] = 0;
        const auto wish = energyWish(song, 0), lively = energyWish(song, 0.5), calm = energyWish(song, -0.5);
        QVERIFY(wish[100] > wish[40]);
        QCOMPARE(wish[180], 0.0f);
        QVERIFY(lively[40] > wish[40] && wish[40] > calm[40]);
        for (const float w : wish) QVERIFY(w >= 0 && w <= 1);
        const Table steps = withWish(Table(200, 3, 1.0f), wish);
        QCOMPARE(steps.columns, 3 + kControlColumns);
        QCOMPARE(steps.at(100, 3), wish[100]);
        QCOMPARE(steps.at(100, 4), 1.0f);
    }

    // A minute of loudness is asked for less strongly than a burst of it, and both halves by as much; the mean stays.
    void whatLastsIsAskedForLess() {
        constexpr std::size_t kSteps = 800;
        std::vector<float> halves(kSteps, 0.3f), bursts(kSteps, 0.3f);
        for (std::size_t i = 0; i < kSteps; ++i) {
            if (i >= kSteps / 2) halves[i] = 1;
            if (i / 16 % 2 == 1) bursts[i] = 1;
        }
        const double power = 1 / 0.64;
        const auto ranks = [&](const std::vector<float>& song) {
            auto wish = energyWish(song, 0);
            for (float& w : wish) w = std::pow(w, static_cast<float>(power));
            return wish;
        };
        const auto lasting = ranks(halves), brief = ranks(bursts);
        // Ranks of two levels, half and half: a quarter and three quarters.
        QVERIFY2(std::abs(lasting[600] - (0.5f + 0.6f * 0.25f)) < 0.01f, qPrintable(QString::number(static_cast<double>(lasting[600]))));
        QVERIFY2(std::abs(lasting[200] - (0.5f - 0.6f * 0.25f)) < 0.01f, qPrintable(QString::number(static_cast<double>(lasting[200]))));
        const auto [low, high] = std::minmax_element(brief.begin() + 200, brief.begin() + 600);
        QVERIFY2(*high - *low > 0.45f, qPrintable(QString::number(static_cast<double>(*high - *low))));
    }
};

CHOREIA_TEST(MotionEnergyTest)
#include "motion_energy_test.moc"
