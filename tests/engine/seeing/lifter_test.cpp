// The shipped lifting network on a dance seen by a camera that looks down, against the rules; and what is no such network.
#include "core/atomic_file.h"
#include "io/models_folder.h"
#include "io/safetensors.h"
#include "motion/kinematics.h"
#include "motion/landmarks.h"
#include "motion/lift_landmarks.h"
#include "motion/rotation.h"
#include "nn/lift_net.h"
#include "nn/weights.h"
#include "seeing/lifter.h"
#include "support/testing.h"

#include <QTemporaryDir>

#include <cmath>

using namespace choreia;

namespace {

using motion::Vec3;

/// Steps, bows and turns to the side, arms swinging; 30 frames a second.
motion::Clip stepping(std::size_t frames) {
    motion::Clip clip;
    clip.fps = 30;
    const auto about = [](double angle, const Vec3& axis) { return motion::Quat(Eigen::AngleAxisf(static_cast<float>(angle), axis)); };
    for (std::size_t f = 0; f < frames; ++f) {
        const double t = static_cast<double>(f) / 30, step = std::sin(2 * M_PI * t);
        std::vector<motion::Quat> pose(motion::kJoints, motion::Quat::Identity());
        pose[motion::Pelvis] = about(0.5 * std::sin(0.8 * t), Vec3::UnitY());
        pose[motion::Spine1] = about(0.25 + 0.2 * std::sin(1.1 * t), Vec3::UnitX());
        pose[motion::LeftShoulder] = about(-1.1 + 0.3 * step, Vec3::UnitZ());
        pose[motion::RightShoulder] = about(1.1 + 0.3 * step, Vec3::UnitZ());
        pose[motion::LeftElbow] = about(-0.9 - 0.3 * step, Vec3::UnitY());
        pose[motion::RightElbow] = about(0.9 - 0.3 * step, Vec3::UnitY());
        for (const auto& [hip, knee, sign] : {std::tuple{motion::LeftHip, motion::LeftKnee, 1.0}, std::tuple{motion::RightHip, motion::RightKnee, -1.0}}) {
            const double lifted = std::max(0.0, sign * step);
            pose[hip] = about(-0.7 * lifted, Vec3::UnitX());
            pose[knee] = about(1.0 * lifted, Vec3::UnitX());
        }
        clip.root.push_back(motion::Skeleton::body().offset(motion::Pelvis));
        clip.rotations.insert(clip.rotations.end(), pose.begin(), pose.end());
    }
    return clip;
}

std::vector<Vec3> marksAt(const motion::Clip& clip, std::size_t f) {
    std::vector<Vec3> marks(motion::kLandmarks);
    motion::landmarkPositions(clip.root[f], clip.pose(f), marks);
    return marks;
}

/// As a camera 4 m before the dancer and 2 m up sees it that looks at the hips: picture heights, of which one is 2.4 m in the dancer's plane.
Table seenFromAbove(const motion::Clip& clip) {
    const Vec3 eye(0, 2.2f, 4), aim(0, 0.95f, 0), back = (eye - aim).normalized(), side = Vec3::UnitY().cross(back).normalized(), up = back.cross(side);
    const float distance = (eye - aim).norm();
    Table flat(clip.frames(), 2 * motion::kLandmarks);
    for (std::size_t f = 0; f < clip.frames(); ++f) {
        const auto marks = marksAt(clip, f);
        for (std::size_t i = 0; i < motion::kLandmarks; ++i) {
            const Vec3 from = marks[i] - eye;
            const float scale = distance / -from.dot(back) / 2.4f;
            flat.at(f, 2 * i) = 0.5f + scale * from.dot(side);
            flat.at(f, 2 * i + 1) = 0.5f - scale * from.dot(up);
        }
    }
    return flat;
}

/// Mean distance of limbs' landmarks about the middle of the hips, cm.
double errorAboutHips(const motion::Positions& lifted, const motion::Clip& clip) {
    double sum = 0;
    for (std::size_t f = 0; f < clip.frames(); ++f) {
        const auto marks = marksAt(clip, f);
        const Vec3 there = 0.5f * (marks[motion::LeftHipMark] + marks[motion::RightHipMark]), here = 0.5f * (lifted.at(f, motion::LeftHipMark) + lifted.at(f, motion::RightHipMark));
        for (std::size_t i = motion::LeftShoulderMark; i <= motion::RightAnkleMark; ++i)
            if (i < motion::LeftPinky || i > motion::RightThumb) sum += static_cast<double>(((lifted.at(f, i) - here) - (marks[i] - there)).norm());
    }
    return 100 * sum / (12 * static_cast<double>(clip.frames()));
}

Result<seeing::Lifter> shipped() {
    const auto folder = io::findModels();
    if (!folder.ok()) return folder.error();
    return seeing::Lifter::load(*folder / seeing::Lifter::kInstalled);
}

}  // namespace

class LifterTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aCameraThatLooksDownDoesNotMakeTheDancerLean() {
        const auto lifter = shipped();
        QVERIFY2(lifter.ok(), lifter.ok() ? "" : lifter.error().line().c_str());
        const auto clip = stepping(150);
        const Table flat = seenFromAbove(clip);
        const auto lifted = lifter->lift(flat, std::vector<double>(150, 2.4));
        QVERIFY(lifted.ok());
        QCOMPARE(lifted->frames(), std::size_t{150});
        QCOMPARE(lifted->joints, static_cast<std::size_t>(motion::kLandmarks));
        const double error = errorAboutHips(*lifted, clip), rules = errorAboutHips(motion::liftedLandmarks(flat, 30, 2.4), clip);
        qInfo("%.1f cm, by rules %.1f cm", error, rules);
        QVERIFY2(error < 10 && error < 0.7 * rules, qPrintable(QString("%1 cm, by rules %2 cm").arg(error).arg(rules)));
    }

    void theHipsGoWhereTheyGoInThePicture() {
        const auto lifter = shipped();
        QVERIFY(lifter.ok());
        Table flat = seenFromAbove(stepping(60));
        const auto before = lifter->lift(flat, std::vector<double>(60, 2.4));
        for (std::size_t k = 0; k < flat.values.size(); k += 2) flat.values[k] += 0.25f;
        const auto after = lifter->lift(flat, std::vector<double>(60, 2.4));
        QVERIFY(before.ok() && after.ok());
        for (std::size_t k = 0; k < before->values.size(); ++k) QVERIFY((after->values[k] - before->values[k] - Vec3(0.6f, 0, 0)).norm() < 1e-3f);
    }

    void whatIsNoLiftingNetworkIsSaidInOneLine() {
        QTemporaryDir folder;
        const auto at = [&](const char* name) { return std::filesystem::path(folder.filePath(name).toStdString()); };
        QVERIFY(!seeing::Lifter::load(at("none.safetensors")).ok());
        QVERIFY(writeFile(at("noise.safetensors"), "not weights at all").ok());
        QVERIFY(!seeing::Lifter::load(at("noise.safetensors")).ok());
        nn::LiftNetConfig small;
        small.landmarks = 5;
        small.width = 8;
        nn::LiftNet net(small);
        QVERIFY(io::writeSafetensors(at("small.safetensors"), nn::toTable(*net, "lift", small.toJson(), false)).ok());
        const auto other = seeing::Lifter::load(at("small.safetensors"));
        QVERIFY(!other.ok());
        QVERIFY2(other.error().line().find("lifts other landmarks") != std::string::npos, other.error().line().c_str());
        QVERIFY(io::writeSafetensors(at("kind.safetensors"), nn::toTable(*net, "se-vit", small.toJson(), false)).ok());
        QVERIFY(!seeing::Lifter::load(at("kind.safetensors")).ok());
    }
};

CHOREIA_TEST(LifterTest)
#include "lifter_test.moc"
