// Bodies that nobody danced: what is changed, what stays, and that the positions are those of the rotations.
#include "motion/pose_features.h"
#include "support/testing.h"
#include "train/pose_variety.h"
#include "train/tasks.h"


#include <cmath>

using namespace choreia;
namespace pose = motion::pose;

namespace {

motion::Clip swaying(float pace) {
    motion::Clip clip;
    clip.fps = motion::kPoseFps;
    for (int f = 0; f < 64; ++f) {
        const float t = pace * static_cast<float>(f) / 30.0f;
        clip.root.emplace_back(0.1f * std::sin(t), 0.93f, 0.0f);
        for (int j = 0; j < motion::kJoints; ++j) clip.rotations.emplace_back(Eigen::AngleAxisf(0.4f * std::sin(t + static_cast<float>(j)), motion::Vec3(1, 0.2f, 0.1f).normalized()));
    }
    return clip;
}

torch::Tensor rowsOf(float pace) { return train::toTensor(motion::poseFeatures(swaying(pace))); }

float apart(const torch::Tensor& a, const torch::Tensor& b, std::size_t first, std::size_t count) {
    return (a - b).narrow(1, static_cast<std::int64_t>(first), static_cast<std::int64_t>(count)).abs().max().item<float>();
}

}  // namespace

class PoseVarietyTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void positionsAreThoseOfTheRotations() {
        const auto rows = rowsOf(2);
        auto restored = rows.clone().unsqueeze(0);
        restored.narrow(2, static_cast<std::int64_t>(pose::kPositions), 72).zero_();
        train::restorePositions(restored);
        QVERIFY(apart(rows, restored[0], 0, pose::kCount) < 1e-4f);
    }
    void theOtherTrunkAndArmsOverTheseLegs() {
        const auto own = rowsOf(2), other = rowsOf(3);
        auto mixed = own.clone();
        train::mixBodies(mixed, other);
        QCOMPARE(apart(mixed, own, 0, pose::kUpperRotations), 0.0f);
        QCOMPARE(apart(mixed, other, pose::kUpperRotations, 90), 0.0f);
        QVERIFY(apart(mixed, own, pose::kUpperRotations, 90) > 0.05f);
    }
    void anotherBearingStandsWhereTheDanceStood() {
        const auto own = rowsOf(2);
        auto held = own.clone();
        Random random(9);
        train::anotherBearing(held, random);
        QCOMPARE(apart(held, own, pose::kContacts, 4), 0.0f);
        QVERIFY(apart(held, own, pose::kUpperRotations, 90) > 0.1f);
        QVERIFY(apart(held, own, pose::kLowerRotations, 6 * motion::kLowerJoints.size()) > 0.005f);
        // Every frame is turned alike: how far a joint turns from one frame to the next is as it was.
        const auto steps = [](const torch::Tensor& rows) {
            const auto column = rows.narrow(1, static_cast<std::int64_t>(pose::kUpperRotations), 3);
            return (column.narrow(0, 1, rows.size(0) - 1) * column.narrow(0, 0, rows.size(0) - 1)).sum(1);
        };
        QVERIFY((steps(held) - steps(own)).abs().max().item<float>() < 1e-5f);
        auto whole = held.unsqueeze(0);
        train::restorePositions(whole);
        for (const int foot : {motion::LeftAnkle, motion::RightAnkle}) QVERIFY(apart(whole[0], own, pose::kPositions + 3 * static_cast<std::size_t>(foot), 3) < 0.15f);
    }
    void turnsKeepLegsAndLengths() {
        const auto own = rowsOf(2);
        auto turned = own.clone();
        Random random(5);
        train::turnJoints(turned, false, random);
        QCOMPARE(apart(turned, own, 0, pose::kUpperRotations), 0.0f);
        QVERIFY(apart(turned, own, pose::kUpperRotations, 90) > 0.1f);
        const auto column = turned.narrow(1, static_cast<std::int64_t>(pose::kUpperRotations), 3).norm(2, 1);
        QVERIFY((column - 1).abs().max().item<float>() < 1e-4f);
        // Slow: no frame is more than a little away from the one before, beyond what was danced.
        const auto step = [](const torch::Tensor& rows) { return (rows.narrow(0, 1, 63) - rows.narrow(0, 0, 63)).narrow(1, static_cast<std::int64_t>(pose::kUpperRotations), 90).abs().max().item<float>(); };
        QVERIFY2(step(turned) < step(own) + 0.12f, qPrintable(QString::number(step(turned))));
    }
    void turnedLegsStandNowhereAndThePelvisStays() {
        auto own = rowsOf(2);
        own.narrow(1, static_cast<std::int64_t>(pose::kContacts), 4).fill_(1.0);
        auto turned = own.clone();
        Random random(6);
        train::turnJoints(turned, true, random);
        QCOMPARE(apart(turned, own, 0, pose::kLowerRotations + 6), 0.0f);
        QVERIFY(apart(turned, own, pose::kLowerRotations + 6, 48) > 0.05f);
        QCOMPARE(turned.narrow(1, static_cast<std::int64_t>(pose::kContacts), 4).abs().max().item<float>(), 0.0f);
    }
    void theSameChanceTheSameBody() {
        auto a = rowsOf(2), b = rowsOf(2);
        Random first(9), second(9);
        train::turnJoints(a, true, first);
        train::turnJoints(b, true, second);
        QVERIFY(torch::equal(a, b));
    }
};

CHOREIA_TEST(PoseVarietyTest)
#include "pose_variety_test.moc"
