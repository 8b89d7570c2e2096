// Breakdown and relax on a dance whose arm is known by a formula: what they make, what they leave, how it is undone and refused.
#include "ui/ui_fixtures.h"

#include "document/pose_tools.h"
#include "motion/kinematics.h"
#include "support/testing.h"

using namespace choreia;
using namespace choreia::ui;
using namespace choreia::ui::testing;
using motion::JointSet;

namespace {

constexpr std::size_t kArm = motion::RightShoulder;

/// Turn of the arm that the fixture's dance swings about Z, radians.
double swing(const motion::Quat& q) { return 2 * std::atan2(static_cast<double>(q.z()), static_cast<double>(q.w())); }

io::Dance danceOfSeconds(double seconds) {
    io::Dance dance;
    dance.clip.root.resize(static_cast<std::size_t>(seconds * 60));
    return dance;
}

}  // namespace

class PoseToolsTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { song_ = makeSong(folder_); }
    void init() { document_ = documentWithDance(song_); }

    void theNeighboursAreBeatsAndKeyPoses() {
        io::Dance dance = danceOfSeconds(8);
        audio::BeatGrid grid;
        grid.beats = {1, 1.5, 2, 2.5};
        const auto around = [&](double at) {
            const PosesAround found = posesAround(dance, grid, at);
            return std::pair(found.before, found.after);
        };
        QCOMPARE(around(1.7), std::pair(1.5, 2.0));
        QCOMPARE(around(1.5), std::pair(1.0, 2.0));  // not the pose itself
        QCOMPARE(around(1.51), std::pair(1.0, 2.0));
        QCOMPARE(around(0.5), std::pair(0.0, 1.0));  // where there is none, the dance's end
        QCOMPARE(around(3), std::pair(2.5, 479 / 60.0));
        io::KeyPose key;
        key.time = 1.8;
        dance.keys.push_back(key);
        QCOMPARE(around(1.7), std::pair(1.5, 1.8));
        QCOMPARE(around(1.8), std::pair(1.5, 2.0));
        QCOMPARE(around(1.9), std::pair(1.8, 2.0));
        QCOMPARE(posesAround(dance, {}, 0).before, 0.0);
    }

    void aBreakdownLiesBetweenItsNeighbours() {
        const auto before = document_->hash();
        const auto old = document_->dance();
        const double at = 3.2;
        const PosesAround around = posesAround(old->dance, document_->state().grid, at);
        QVERIFY(around.after - around.before > 0.3 && around.after - around.before < 0.7);
        const auto armAt = [&](double seconds) { return swing(old->dance.clip.pose(static_cast<std::size_t>(std::lround(seconds * 60)))[kArm]); };
        const double a = armAt(around.before), b = armAt(around.after);
        QVERIFY(std::abs(a - b) > 0.1);
        for (const double place : {-1.0, -0.4, 0.0, 1.0}) {
            const auto pose = poseByTool(*document_, at, PoseTool::Breakdown, place);
            QVERIFY(pose);
            QVERIFY2(std::abs(swing(pose->rotations[kArm]) - (a + (b - a) * (1 + place) / 2)) < 1e-4, qPrintable(QString::number(swing(pose->rotations[kArm]))));
            QCOMPARE(pose->root, old->dance.clip.root[192]);
        }
        QVERIFY(applyPoseTool(*document_, at, PoseTool::Breakdown, 0));
        QCOMPARE(document_->undoStack().undoText(), QString("Breakdown"));
        const auto now = document_->dance();
        QVERIFY(std::abs(swing(now->dance.clip.pose(192)[kArm]) - (a + b) / 2) < 1e-4);
        QCOMPARE(now->dance.keys.size(), std::size_t(1));  // held, as every pose that is shaped
        for (std::size_t f = 0; f < now->dance.clip.frames(); ++f) {
            QCOMPARE(now->dance.clip.root[f], old->dance.clip.root[f]);
            if (f + 25 < 192 || f > 192 + 25) QCOMPARE(now->dance.clip.pose(f)[kArm].coeffs(), old->dance.clip.pose(f)[kArm].coeffs());  // beyond the blend of 0.4 s
        }
        document_->undoStack().undo();
        QCOMPARE(document_->hash(), before);
    }

    void relaxingGoesToTheMeanAndBeyond() {
        const auto& clip = document_->dance()->dance.clip;
        // The largest swing: there the mean is well inside.
        std::size_t peak = 60;
        for (std::size_t f = 60; f < 420; ++f)
            if (std::abs(swing(clip.pose(f)[kArm])) > std::abs(swing(clip.pose(peak)[kArm]))) peak = f;
        double sine = 0, cosine = 0;
        for (std::size_t f = peak - 15; f <= peak + 15; ++f) {
            sine += std::sin(swing(clip.pose(f)[kArm]) / 2);
            cosine += std::cos(swing(clip.pose(f)[kArm]) / 2);
        }
        const double now = swing(clip.pose(peak)[kArm]), mean = 2 * std::atan2(sine, cosine), at = static_cast<double>(peak) / 60;
        QVERIFY(std::abs(now - mean) > 0.2);
        for (const double amount : {1.0, 0.5, -0.5, -1.0}) {
            const auto pose = poseByTool(*document_, at, PoseTool::Relax, amount);
            QVERIFY(std::abs(swing(pose->rotations[kArm]) - (mean + (now - mean) * (1 - amount))) < 1e-4);
        }
        QVERIFY(applyPoseTool(*document_, at, PoseTool::Relax, -0.5));
        QCOMPARE(document_->undoStack().undoText(), QString("Exaggerate pose"));
        QVERIFY(applyPoseTool(*document_, at, PoseTool::Relax, 0.5));
        QCOMPARE(document_->undoStack().undoText(), QString("Relax pose"));
    }

    void atTheDancesEndsItGoesToTheMeanOfTheSideThatThereIs() {
        const motion::Clip clip = document_->dance()->dance.clip;
        const std::size_t last = clip.frames() - 1;
        for (const auto& [frame, from] : {std::pair<std::size_t, std::size_t>{0, 0}, {last, last - 15}}) {
            double sine = 0, cosine = 0;
            for (std::size_t f = from; f <= from + 15; ++f) {
                sine += std::sin(swing(clip.pose(f)[kArm]) / 2);
                cosine += std::cos(swing(clip.pose(f)[kArm]) / 2);
            }
            const double now = swing(clip.pose(frame)[kArm]), mean = 2 * std::atan2(sine, cosine), at = frame == 0 ? 0 : document_->state().duration;
            QVERIFY(std::abs(now - mean) > 0.02);
            QVERIFY(applyPoseTool(*document_, at, PoseTool::Relax, 0.5));
            QVERIFY(std::abs(swing(document_->dance()->dance.clip.pose(frame)[kArm]) - (now + mean) / 2) < 1e-4);
            document_->undoStack().undo();
        }
    }

    void onlyTheChosenJointsGoAlong() {
        const auto old = document_->dance();
        document_->selectJoints(JointSet().set(motion::LeftShoulder).set(motion::LeftElbow));
        QVERIFY(!applyPoseTool(*document_, 3.2, PoseTool::Breakdown, 0));  // that arm hangs still: nothing to do, no entry
        QCOMPARE(document_->undoStack().count(), 1);
        document_->selectJoints(JointSet().set(kArm));
        QVERIFY(applyPoseTool(*document_, 3.2, PoseTool::Breakdown, 0));
        const auto pose = document_->dance()->dance.clip.pose(192), was = old->dance.clip.pose(192);
        for (std::size_t j = 0; j < motion::kJoints; ++j) QVERIFY(j == kArm || pose[j].coeffs() == was[j].coeffs());
        QVERIFY(pose[kArm].angularDistance(was[kArm]) > 1e-3f);
    }

    void aStandingFootStays() {
        // A leg that swings, declared to stand throughout.
        io::Dance dance = document_->dance()->dance;
        for (std::size_t f = 0; f < dance.clip.frames(); ++f) {
            const auto swung = static_cast<float>(0.4 * std::sin(0.1 * static_cast<double>(f)));
            dance.clip.pose(f)[motion::LeftHip] = Eigen::AngleAxisf(-0.4f + swung, motion::Vec3::UnitX());
            dance.clip.pose(f)[motion::LeftKnee] = Eigen::AngleAxisf(0.8f, motion::Vec3::UnitX());
        }
        auto snapshot = std::make_shared<DanceSnapshot>(*makeSnapshot(dance));
        for (const bool stands : {false, true}) {
            snapshot->dance.contacts.assign(snapshot->dance.clip.frames(), {stands, stands, false, false});
            QVERIFY(document_->requestDance(document_->danceId(), std::make_shared<const DanceSnapshot>(*snapshot), "Leg"));
            const auto pose = poseByTool(*document_, 3.2, PoseTool::Breakdown, 1);
            std::array<motion::Vec3, motion::kJoints> places;
            motion::forwardKinematics(motion::Skeleton::body(), pose->root, pose->rotations, places);
            const float off = (places[motion::LeftAnkle] - snapshot->positions.at(192, motion::LeftAnkle)).norm();
            QVERIFY2(stands ? off < 2e-3f : off > 0.02f, qPrintable(QString::number(static_cast<double>(off))));
        }
    }

    void chosenJointsAreNoEdit() {
        const auto before = document_->hash();
        QSignalSpy changed(document_.get(), &Document::changed);
        const JointSet two = JointSet().set(motion::Head).set(motion::Neck);
        document_->selectJoints(two, motion::Head);
        document_->selectJoints(two);
        QCOMPARE(changed.count(), 1);
        QCOMPARE(document_->joint(), int(motion::Head));
        QVERIFY(document_->joints() == two);
        QCOMPARE(document_->hash(), before);
        QCOMPARE(document_->undoStack().count(), 1);
        QVERIFY(openAndWait(*document_, song_));  // another project: nothing is chosen
        QVERIFY(document_->joints().none());
    }

    void withoutADanceItSaysSo() {
        Document empty(quickGenerator());
        QSignalSpy message(&empty, &Document::message);
        QVERIFY(!poseByTool(empty, 1, PoseTool::Relax, 1));
        QVERIFY(!applyPoseTool(empty, 1, PoseTool::Breakdown, 0));
        QCOMPARE(message.count(), 1);
        QCOMPARE(empty.undoStack().count(), 0);
    }

private:
    QTemporaryDir folder_;
    QString song_;
    std::unique_ptr<Document> document_;
};

CHOREIA_TEST(PoseToolsTest)
#include "pose_tools_test.moc"
