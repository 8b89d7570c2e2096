// The mannequin's mesh: size, symmetry and volume of a human body; ghosts dressed from positions alone.
#include "motion/kinematics.h"
#include "support/testing.h"
#include "viewport/ghost_pose.h"
#include "viewport/mannequin_mesh.h"

#include <cmath>

using namespace choreia::motion;
using namespace choreia::ui;

namespace {

Vec3 placeOf(const MannequinVertex& v) { return Vec3(v.position); }

/// By the divergence theorem: positive where triangles are counter-clockwise from outside.
double signedVolume(const MannequinMesh& mesh) {
    double sum = 0;
    for (std::size_t i = 0; i < mesh.indices.size(); i += 3) {
        const Vec3 a = placeOf(mesh.vertices[mesh.indices[i]]), b = placeOf(mesh.vertices[mesh.indices[i + 1]]), c = placeOf(mesh.vertices[mesh.indices[i + 2]]);
        sum += static_cast<double>(a.dot(b.cross(c))) / 6;
    }
    return sum;
}

}  // namespace

class MannequinMeshTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void hasTheSizeOfTheBody() {
        const MannequinMesh mesh = buildMannequin(Skeleton::body(), 24);
        Vec3 low = Vec3::Constant(10), high = Vec3::Constant(-10);
        for (const auto& v : mesh.vertices) {
            low = low.cwiseMin(placeOf(v));
            high = high.cwiseMax(placeOf(v));
        }
        const float pelvis = Skeleton::body().offset(Pelvis).y();
        QVERIFY2(std::abs(low.y() + pelvis) < 0.012f, qPrintable(QString::number(static_cast<double>(low.y() + pelvis))));
        QVERIFY2(std::abs(high.y() + pelvis - 1.70f) < 0.015f, qPrintable(QString::number(static_cast<double>(high.y() + pelvis))));
        QVERIFY(std::abs(high.x() + low.x()) < 1e-3f);  // the same on both sides
        QVERIFY(high.x() > 0.75f && high.x() < 0.95f);  // arm span about the height
    }
    void hasTheVolumeOfABody() {
        // An adult of 1.70 m fills 55 to 85 litres; pieces overlap at joints, which counts twice.
        for (const int segments : {12, 24}) {
            const double litres = signedVolume(buildMannequin(Skeleton::body(), segments)) * 1000;
            QVERIFY2(litres > 50 && litres < 90, qPrintable(QString::number(litres)));
        }
    }
    void bindsEveryPointToJoints() {
        const MannequinMesh mesh = buildMannequin(Skeleton::body(), 12);
        std::array<int, kJoints> bound{};
        for (const auto& v : mesh.vertices) {
            QVERIFY(v.joint >= 0 && v.joint < kJoints && v.second >= 0 && v.second < kJoints && v.weight >= 0 && v.weight <= 1);
            QVERIFY(std::abs(Vec3(v.normal).norm() - 1) < 1e-3f);
            ++bound[static_cast<std::size_t>(v.weight > 0.5f ? v.second : v.joint)];
        }
        for (int j = 0; j < kJoints; ++j) QVERIFY2(bound[static_cast<std::size_t>(j)] > 0, Skeleton::body().names()[static_cast<std::size_t>(j)].c_str());
    }
    void followsAnotherBodysProportions() {
        std::vector<Vec3> offsets(Skeleton::body().offsets().begin(), Skeleton::body().offsets().end());
        for (Vec3& o : offsets) o *= 1.5f;
        const double ratio = signedVolume(buildMannequin(Skeleton::body().withOffsets(offsets), 24)) / signedVolume(buildMannequin(Skeleton::body(), 24));
        QVERIFY2(std::abs(ratio - 1.5 * 1.5 * 1.5) < 0.15, qPrintable(QString::number(ratio)));
    }
    void dressesAGhostFromPositions() {
        std::vector<Quat> local(kJoints, Quat::Identity()), world(kJoints);
        std::vector<Vec3> positions(kJoints);
        for (int j = 0; j < kJoints; ++j) {
            const auto a = static_cast<float>(j);
            local[static_cast<std::size_t>(j)] = Quat(Eigen::AngleAxisf(0.5f * std::sin(1.7f * a), Vec3(std::cos(a), std::sin(a), 0.3f).normalized()));
        }
        forwardKinematics(Skeleton::body(), Vec3(1, 0.9f, -2), local, positions, world);
        std::vector<Quat> dressed(kJoints);
        rotationsFromPositions(Skeleton::body(), positions, dressed);
        // Every limb's bone must point where the positions say.
        for (const auto& [joint, child] : {std::pair{LeftHip, LeftKnee}, {LeftKnee, LeftAnkle}, {RightShoulder, RightElbow}, {RightElbow, RightWrist},
                                          {Neck, Head}, {Spine1, Spine2}, {Pelvis, Spine1}, {Spine3, Neck}, {LeftAnkle, LeftFoot}}) {
            const Vec3 bone = positions[child] - positions[joint];
            QVERIFY2((dressed[joint] * Skeleton::body().offset(child) - bone).norm() < 1e-3f, Skeleton::body().names()[joint].c_str());
        }
        // The pelvis has three known directions: its rotation is found whole.
        QVERIFY(dressed[Pelvis].angularDistance(world[Pelvis]) < 1e-3f);
        QVERIFY(dressed[Spine3].angularDistance(world[Spine3]) < 0.02f);
    }
};
CHOREIA_TEST(MannequinMeshTest)
#include "mannequin_mesh_test.moc"
