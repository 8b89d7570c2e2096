// Places by rotation matrices written out, and by kinematics.
#include "motion/stage_place.h"

#include "motion/kinematics.h"
#include "support/testing.h"

#include <algorithm>
#include <cmath>

using namespace choreia;
using namespace choreia::motion;

class StagePlaceTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void turnsFirstThenMoves() {
        const StagePlace place{2, -3, 0.7f};
        const Vec3 own(0.4f, 1.1f, -0.25f), stage = onStage(place, own);
        const float c = std::cos(0.7f), s = std::sin(0.7f);
        QVERIFY((stage - Vec3(c * 0.4f + s * -0.25f + 2, 1.1f, -s * 0.4f + c * -0.25f - 3)).norm() < 1e-5f);
        QVERIFY((offStage(place, stage) - own).norm() < 1e-5f);
        // Positive from +Z towards +X.
        QVERIFY((onStage({0, 0, 1.5707963f}, Vec3::UnitZ()) - Vec3::UnitX()).norm() < 1e-5f);
    }

    void aPlacedClipIsDancedThere() {
        Clip clip;
        for (int f = 0; f < 5; ++f) {
            std::vector<Quat> pose(kJoints, Quat::Identity());
            pose[Pelvis] = Quat(Eigen::AngleAxisf(0.2f * static_cast<float>(f), Vec3::UnitX()));
            pose[LeftElbow] = Quat(Eigen::AngleAxisf(0.5f, Vec3::UnitZ()));
            clip.root.emplace_back(0.1f * static_cast<float>(f), 0.9f, 0.3f);
            clip.rotations.insert(clip.rotations.end(), pose.begin(), pose.end());
        }
        const StagePlace place{-1.5f, 0.8f, -2.1f};
        const Positions own = jointPositions(Skeleton::body(), clip), there = jointPositions(Skeleton::body(), onStage(place, clip));
        for (std::size_t i = 0; i < own.values.size(); ++i) QVERIFY((there.values[i] - onStage(place, own.values[i])).norm() < 1e-5f);
        const Clip same = onStage(StagePlace{}, clip);  // at home nothing is touched
        QCOMPARE(same.root, clip.root);
        for (std::size_t i = 0; i < same.rotations.size(); ++i) QVERIFY(same.rotations[i].coeffs() == clip.rotations[i].coeffs());
    }

    void severalStandTogether() {
        const auto path = [](std::size_t frames, float from) {
            Positions positions{60, 2, {}};
            for (std::size_t f = 0; f < frames; ++f)
                for (int joint = 0; joint < 2; ++joint) positions.values.emplace_back(from + static_cast<float>(f), static_cast<float>(joint), 0.5f);
            return positions;
        };
        const Positions longer = path(5, 0), shorter = path(3, 10);
        const StagePlace place{1, -2, 1.5707963f};
        const std::vector<Standing> stand{{&longer}, {&shorter, place}};
        const Positions all = together(stand);
        QCOMPARE(all.joints, std::size_t{4});
        QCOMPARE(all.frames(), std::size_t{5});
        for (std::size_t f = 0; f < 5; ++f)
            for (std::size_t joint = 0; joint < 2; ++joint) {
                QCOMPARE(all.at(f, joint), longer.at(f, joint));
                // A quarter turn takes +X to -Z; the shorter one ends in its third frame.
                const float along = 10 + static_cast<float>(std::min<std::size_t>(f, 2));
                QVERIFY((all.at(f, 2 + joint) - Vec3(0.5f + 1, static_cast<float>(joint), -along - 2)).norm() < 1e-4f);
            }
    }
};

CHOREIA_TEST(StagePlaceTest)
#include "stage_place_test.moc"
