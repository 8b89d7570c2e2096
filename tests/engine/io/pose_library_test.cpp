// Kept poses: everything comes back to the bit, the saved specimen of version 1 stays readable, nothing else is taken for a library, and those that ship stand.
#include "io/pose_library.h"

#include "core/atomic_file.h"
#include "core/random.h"
#include "motion/kinematics.h"
#include "motion/rotation.h"
#include "support/testing.h"

#include <QTemporaryDir>

#include <limits>
#include <set>

using namespace choreia;
using motion::kJoints;
using motion::Quat;
using motion::Vec3;

namespace {

Quat anyTurn(Random& random) {
    const auto draw = [&] { return static_cast<float>(random.uniform(-2, 2)); };
    return motion::expMap(Vec3(draw(), draw(), draw())).normalized();
}

/// What tests/data/formats/poses_v1.json holds; never to be changed.
io::PoseLibrary specimen() {
    io::PoseLibrary library;
    motion::Pose pose;
    pose.rotations.fill(Quat::Identity());
    pose.root = Vec3(0, 0.9375f, 0);
    library.poses.push_back({"Straight", pose});
    pose.rotations[motion::LeftShoulder] = Quat(0.6f, 0, 0, 0.8f);
    pose.rotations[motion::RightKnee] = Quat(0.96f, 0.28f, 0, 0);
    pose.root.y() = 0.5f;
    library.poses.push_back({"Übung \"2\"", pose});
    return library;
}

bool same(const io::PoseLibrary& a, const io::PoseLibrary& b) {
    return std::equal(a.poses.begin(), a.poses.end(), b.poses.begin(), b.poses.end(), [](const io::NamedPose& x, const io::NamedPose& y) {
        return x.name == y.name && x.pose.root == y.pose.root &&
               std::equal(x.pose.rotations.begin(), x.pose.rotations.end(), y.pose.rotations.begin(), [](const Quat& q, const Quat& r) { return q.coeffs() == r.coeffs(); });
    });
}

std::string changed(const std::string& from, const std::string& to, const io::PoseLibrary& library = specimen()) {
    std::string text = io::toJson(library);
    const auto at = text.find(from);
    if (at == std::string::npos) qFatal("the text does not hold what is to be changed: %s", from.c_str());
    return text.replace(at, from.size(), to);
}

/// Half the angle of the cone about rest, rad, that reach.cpp lets a joint have.
float limitOf(int joint) {
    using namespace motion;
    switch (joint) {
    case Spine1: case Spine2: case Spine3: return 0.6f;
    case Neck: case Head: return 0.9f;
    case LeftCollar: case RightCollar: return 0.5f;
    case LeftWrist: case RightWrist: return 1.4f;
    case LeftAnkle: case RightAnkle: return 1.1f;
    case LeftHip: case RightHip: return 2.2f;
    case LeftKnee: case RightKnee: case LeftElbow: case RightElbow: return 2.62f;
    default: return 3.15f;
    }
}

}  // namespace

class PoseLibraryTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void everythingComesBackToTheBit() {
        Random random(7);
        io::PoseLibrary library = io::starterPoses();
        for (int i = 0; i < 20; ++i) {
            io::NamedPose pose{"Pose " + std::to_string(i), {}};
            pose.pose.root = Vec3(0, static_cast<float>(random.uniform(0.1, 1.6)), 0);
            for (auto& q : pose.pose.rotations) q = anyTurn(random);
            library.poses.push_back(pose);
        }
        const std::filesystem::path path = folder_.filePath(QStringLiteral("poses.json")).toStdString();
        QVERIFY(io::writePoseLibrary(path, library).ok());
        const auto read = io::readPoseLibrary(path);
        QVERIFY2(read.ok(), read.ok() ? "" : read.error().line().c_str());
        QVERIFY(same(*read, library));
        QVERIFY(same(*io::parsePoseLibrary(io::toJson({}), "x"), {}));
    }

    void theSpecimenStaysReadable() {
        const auto read = io::readPoseLibrary(CHOREIA_SOURCE_DIR "/tests/data/formats/poses_v1.json");
        QVERIFY2(read.ok(), read.ok() ? "" : read.error().line().c_str());
        QVERIFY(same(*read, specimen()));
    }

    void figuresTypedByHandAreTaken() {
        // Three digits are no unit quaternion to the bit: it is made one.
        const auto read = io::parsePoseLibrary(changed("[0.6, 0, 0, 0.8]", "[0.707, 0, 0, 0.707]"), "x");
        QVERIFY(read.ok());
        QVERIFY(std::abs(read->poses[1].pose.rotations[motion::LeftShoulder].norm() - 1) < 1e-6f);
    }

    void nothingElseIsTaken_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("says");
        const auto row = [](const char* name, const std::string& text, const char* says) { QTest::newRow(name) << QString::fromStdString(text) << QString::fromUtf8(says); };
        row("empty", "", "expected JSON, found an empty file");
        row("not json", "BVH", "expected JSON");
        row("cut short", io::toJson(specimen()).substr(0, 400), "expected JSON");
        row("a list", "[1, 2]", "found no kind");
        row("other kind", changed("choreia-poses", "choreia-songs"), "found \"choreia-songs\"");
        row("newer", changed("\"version\": 1", "\"version\": 2"), "expected version 1 or older, found version 2");
        row("no version", changed("\"version\": 1", "\"edition\": 1"), "version");
        row("no poses", changed("\"poses\"", "\"places\""), "expected a list of poses");
        row("no name", changed("\"name\": \"Straight\"", "\"name\": 3"), "pose 1 has no name");
        row("no height", changed("pelvis_height_m", "pelvis"), "expected pelvis_height_m");
        row("height null", changed("0.9375", "null"), "expected a finite number, found null");
        row("too large a number", changed("0.9375", "1e300"), "expected a finite number");
        row("beyond a number", changed("0.9375", "1e999"), "expected JSON");
        row("a joint too few", changed("\"pelvis\": [1, 0, 0, 0],", ""), "expected 24 joints, found 23");
        row("another joint", changed("\"left_hip\"", "\"tail\""), "expected a joint 'left_hip'");
        row("three numbers", changed("[0.6, 0, 0, 0.8]", "[0.6, 0, 0.8]"), "expected four numbers");
        row("a word", changed("[0.6, 0, 0, 0.8]", "[0.6, 0, 0, \"x\"]"), "left_shoulder cannot be used (expected a finite number");
        row("not unit", changed("[0.6, 0, 0, 0.8]", "[0.6, 0, 0, 0.9]"), "expected a unit quaternion");
        row("all zero", changed("[0.6, 0, 0, 0.8]", "[0, 0, 0, 0]"), "expected a unit quaternion");
    }
    void nothingElseIsTaken() {
        QFETCH(QString, text);
        QFETCH(QString, says);
        const auto read = io::parsePoseLibrary(text.toStdString(), "poses.json");
        QVERIFY(!read.ok());
        QCOMPARE(read.error().kind, ErrorKind::BadInput);
        const QString line = QString::fromStdString(read.error().line());
        QVERIFY2(line.startsWith(QStringLiteral("poses.json: ")) && line.contains(says), qPrintable(line));
    }

    void aMissingFileSaysSo() {
        const auto read = io::readPoseLibrary(folder_.filePath(QStringLiteral("nowhere.json")).toStdString());
        QVERIFY(!read.ok());
        QVERIFY(read.error().line().find("nowhere.json") != std::string::npos);
    }

    void whatCouldNotBeReadAgainIsNotWritten() {
        const std::filesystem::path path = folder_.filePath(QStringLiteral("kept.json")).toStdString();
        QVERIFY(io::writePoseLibrary(path, specimen()).ok());
        io::PoseLibrary broken = specimen();
        broken.poses[1].pose.rotations[3].x() = std::numeric_limits<float>::quiet_NaN();
        QVERIFY(!io::writePoseLibrary(path, broken).ok());
        QVERIFY(same(*io::readPoseLibrary(path), specimen()));  // what stood there stays
        QVERIFY(!io::writePoseLibrary(folder_.filePath(QStringLiteral("no/such/poses.json")).toStdString(), specimen()).ok());
    }

    void aPoseLosesItsPlaceAndItsFacing() {
        motion::Pose pose = io::starterPoses().poses[5].pose;
        const motion::Pose before = pose;
        pose.root += Vec3(1.5f, 0, -2);
        pose.rotations[motion::Pelvis] = motion::yawRotation(2.1f) * pose.rotations[motion::Pelvis];
        const io::NamedPose kept = io::namedPose("here", pose);
        QCOMPARE(kept.pose.root.x(), 0.0f);
        QCOMPARE(kept.pose.root.z(), 0.0f);
        std::array<Vec3, kJoints> is, was;
        motion::forwardKinematics(motion::Skeleton::body(), kept.pose.root, kept.pose.rotations, is);
        motion::forwardKinematics(motion::Skeleton::body(), Vec3(0, before.root.y(), 0), before.rotations, was);
        for (std::size_t j = 0; j < is.size(); ++j) QVERIFY((is[j] - was[j]).norm() < 1e-4f);
    }

    void thePosesThatShipStand() {
        const auto library = io::starterPoses();
        QVERIFY(library.poses.size() >= 12);
        std::set<std::string> names;
        const float floorOfToes = motion::Skeleton::body().offset(motion::Pelvis).y() + motion::Skeleton::body().offset(motion::LeftHip).y() +
                                  motion::Skeleton::body().offset(motion::LeftKnee).y() + motion::Skeleton::body().offset(motion::LeftAnkle).y() +
                                  motion::Skeleton::body().offset(motion::LeftFoot).y();
        for (const auto& [name, pose] : library.poses) {
            QVERIFY2(names.insert(name).second, name.c_str());
            std::array<Vec3, kJoints> at;
            motion::forwardKinematics(motion::Skeleton::body(), pose.root, pose.rotations, at);
            QVERIFY2(std::abs(motion::heading(at)) < 1e-3f, name.c_str());
            QVERIFY2(pose.root.x() == 0 && pose.root.z() == 0, name.c_str());
            const float left = at[motion::LeftFoot].y(), right = at[motion::RightFoot].y();
            QVERIFY2(std::abs(std::min(left, right) - floorOfToes) < 0.01f, name.c_str());
            for (std::size_t j = 0; j < kJoints; ++j) {
                QVERIFY2(at[j].y() > 0.015f, name.c_str());  // nothing under the floor
                const float turn = motion::logMap(pose.rotations[j]).norm();
                QVERIFY2(std::abs(pose.rotations[j].norm() - 1) < 1e-5f && turn <= limitOf(static_cast<int>(j)), (name + " " + motion::Skeleton::body().names()[j]).c_str());
            }
            // The weight is over what stands: the pelvis's, roughly, between or near the feet on the floor.
            Vec3 low(1e9f, 0, 1e9f), high(-1e9f, 0, -1e9f);
            for (const int foot : {motion::LeftFoot, motion::RightFoot, motion::LeftAnkle, motion::RightAnkle}) {
                if (at[static_cast<std::size_t>(foot)].y() > 0.2f) continue;
                low = low.cwiseMin(at[static_cast<std::size_t>(foot)]);
                high = high.cwiseMax(at[static_cast<std::size_t>(foot)]);
            }
            const Vec3 chest = (at[motion::Pelvis] + at[motion::Spine3]) / 2.0f;
            QVERIFY2(chest.x() > low.x() - 0.15f && chest.x() < high.x() + 0.15f && chest.z() > low.z() - 0.15f && chest.z() < high.z() + 0.15f, name.c_str());
        }
        // Knees and elbows are hinges.
        for (const auto& [name, pose] : library.poses)
            for (const auto& [joint, axis] : {std::pair{motion::LeftKnee, 0}, {motion::RightKnee, 0}, {motion::LeftElbow, 1}, {motion::RightElbow, 1}}) {
                const Vec3 turn = motion::logMap(pose.rotations[static_cast<std::size_t>(joint)]);
                QVERIFY2(turn.norm() - std::abs(turn[axis]) < 0.02f, name.c_str());
            }
    }

private:
    QTemporaryDir folder_;
};

CHOREIA_TEST(PoseLibraryTest)
#include "pose_library_test.moc"
