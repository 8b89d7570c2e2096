// Whole dances changed as values: where every frame goes is said by hand.
#include "document/dance_edits.h"
#include "ui/ui_fixtures.h"

#include "motion/kinematics.h"
#include "support/testing.h"

using namespace choreia;
using namespace choreia::ui;
using namespace choreia::ui::testing;

namespace {

/// Both feet slide over the floor at 0.3 m/s, which nobody would do who stands.
std::shared_ptr<const DanceSnapshot> sliding() {
    io::Dance dance = makeDance(4, 1);
    for (std::size_t f = 0; f < dance.clip.frames(); ++f) {
        dance.clip.root[f] = motion::Skeleton::body().offset(0) + motion::Vec3(0.3f * static_cast<float>(f) / 60, -0.02f, 0);
    }
    dance.contacts.assign(dance.clip.frames(), {false, false, false, false});
    return makeSnapshot(std::move(dance));
}

float slides(const DanceSnapshot& dance, std::size_t from, std::size_t to, int joint) {
    float way = 0;
    for (std::size_t f = from; f + 1 < to; ++f) {
        const motion::Vec3 step = dance.positions.at(f + 1, static_cast<std::size_t>(joint)) - dance.positions.at(f, static_cast<std::size_t>(joint));
        way += std::hypot(step.x(), step.z());
    }
    return way;
}

}  // namespace

class DanceEditsTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void mirroredTwiceIsTheSame() {
        auto snapshot = makeSnapshot(makeDance(2, 3));
        io::Dance dance = snapshot->dance;
        dance.keys.push_back({0.5, true, dance.clip.root[30], {dance.clip.pose(30).begin(), dance.clip.pose(30).end()}});
        const io::Dance once = mirroredDance(dance), twice = mirroredDance(once);
        QVERIFY(once.clip.pose(20)[motion::LeftShoulder].angularDistance(dance.clip.pose(20)[motion::LeftShoulder]) > 0.1f);
        for (std::size_t i = 0; i < dance.clip.rotations.size(); ++i) QVERIFY(twice.clip.rotations[i].angularDistance(dance.clip.rotations[i]) < 1e-3f);
        for (std::size_t f = 0; f < once.contacts.size(); ++f) QCOMPARE(once.contacts[f][0], dance.contacts[f][2]);
        QCOMPARE(once.keys[0].root, once.clip.root[30]);
    }

    void inCanonEverythingComesLater() {
        io::Dance dance = makeDance(4, 5);
        dance.blocks = {{0, "a"}, {1, "b"}, {3.5, "c"}};
        for (const double t : {0.5, 3.4}) {
            const auto frame = static_cast<std::size_t>(std::lround(t * 60));
            dance.keys.push_back({t, true, dance.clip.root[frame], {dance.clip.pose(frame).begin(), dance.clip.pose(frame).end()}});
        }
        const io::Dance later = delayedDance(dance, 1);
        QCOMPARE(later.clip.frames(), dance.clip.frames());
        for (const std::size_t f : {0u, 30u, 59u}) QVERIFY((later.clip.root[f] - dance.clip.root[0]).norm() < 1e-6f);  // waits in the first pose
        for (const std::size_t f : {60u, 100u, 239u}) QVERIFY((later.clip.root[f] - dance.clip.root[f - 60]).norm() < 1e-5f);
        QCOMPARE(later.keys.size(), std::size_t(1));  // the other one is beyond the end
        QCOMPARE(later.keys[0].time, 1.5);
        QVERIFY(later.keys[0].rotations[motion::RightShoulder].coeffs() == later.clip.pose(90)[motion::RightShoulder].coeffs());
        QCOMPARE(later.blocks, (std::vector<io::Block>{{0, "a"}, {2, "b"}}));
        QCOMPARE(later.tokens.times.front(), 1.0);
        QVERIFY(later.tokens.times.back() < 4 && later.tokens.times.size() == later.tokens.upper.size() && later.tokens.upper.size() == later.tokens.lower.size());
        QCOMPARE(later.tokens.upper[3], dance.tokens.upper[3]);
    }

    void inCanonItsFramesAreTheSameToTheBit() {
        const io::Dance dance = makeDance(4, 5), later = delayedDance(dance, 1.0066);  // 60.4 frames
        for (std::size_t f = 0; f < later.clip.frames(); ++f) {
            const std::size_t from = f < 60 ? 0 : f - 60;
            QCOMPARE(later.clip.root[f], dance.clip.root[from]);
            QVERIFY(later.clip.pose(f)[motion::RightShoulder].coeffs() == dance.clip.pose(from)[motion::RightShoulder].coeffs());
        }
        QCOMPARE(later.tokens.times.front(), 1.0);
        QCOMPARE(delayedDance(dance, 9).clip.root[239], dance.clip.root[0]);  // later than its own end
    }

    void inCanonTheFeetStandAsTheyWereMarked() {
        io::Dance dance = sliding()->dance;  // along the floor, and nowhere marked as standing
        for (std::size_t f = 100; f < 120; ++f) dance.contacts[f][2] = true;
        const io::Dance later = delayedDance(dance, 1);
        for (std::size_t f = 0; f < later.contacts.size(); ++f) {
            const bool waits = f < 60;  // both feet on the floor
            QCOMPARE(later.contacts[f][0], waits);
            QCOMPARE(later.contacts[f][2], waits || (f >= 160 && f < 180));
        }
        dance.contacts.assign(dance.clip.frames(), {true, true, true, true});
        for (auto& root : dance.clip.root) root.y() += 0.5f;  // nobody stands there, but a person said so
        QCOMPARE(delayedDance(dance, 1).contacts, dance.contacts);
        QCOMPARE(delayedDance(dance, 0).contacts, dance.contacts);
        dance.contacts.resize(7);
        QVERIFY(delayedDance(dance, 1).contacts.empty());
    }

    void standsAreRunsOfHeelOrBall() {
        std::vector<std::array<bool, 4>> contacts(10, {false, false, false, false});
        for (const std::size_t f : {2u, 3u}) contacts[f][0] = true;
        contacts[4][1] = true;
        contacts[8][2] = true;
        QCOMPARE(standsOf(contacts, 0), (std::vector<Stand>{{2, 5}}));
        QCOMPARE(standsOf(contacts, 1), (std::vector<Stand>{{8, 9}}));
    }

    void aPlantedFootStandsStill() {
        const auto before = sliding();
        const std::size_t from = 90, to = 132;
        const auto after = withFoot(*before, 0, {from / 60.0, to / 60.0}, true);
        for (std::size_t f = 0; f < before->dance.clip.frames(); ++f) {
            const bool inside = f >= from && f < to;
            QCOMPARE(after->dance.contacts[f][0], inside);
            QCOMPARE(after->dance.contacts[f][2], false);
            if (f + 20 < from || f >= to + 20) {
                QCOMPARE(after->dance.clip.root[f], before->dance.clip.root[f]);
                QCOMPARE(after->positions.at(f, motion::LeftAnkle), before->positions.at(f, motion::LeftAnkle));
            }
        }
        const float slid = slides(*before, from + 6, to - 6, motion::LeftFoot), stands = slides(*after, from + 6, to - 6, motion::LeftFoot);
        QVERIFY2(stands < 0.25f * slid, qPrintable(QString("%1 m of %2 m are left").arg(static_cast<double>(stands)).arg(static_cast<double>(slid))));
        // What is derived is of the motion.
        const auto fresh = motion::jointPositions(motion::Skeleton::body(), after->dance.clip);
        for (std::size_t i = 0; i < fresh.values.size(); ++i) QVERIFY((fresh.values[i] - after->positions.values[i]).norm() < 1e-5f);
    }

    void aFreedFootIsLiftedOnItsWay() {
        const auto planted = withFoot(*sliding(), 1, {0, 4}, true);  // the other foot carries
        const auto down = withFoot(*planted, 0, {1, 3}, true), up = withFoot(*down, 0, {1, 3}, false);
        for (std::size_t f = 60; f < 180; ++f) QVERIFY(!up->dance.contacts[f][0] && !up->dance.contacts[f][1] && up->dance.contacts[f][2]);
        QCOMPARE(withFoot(*up, 0, {2, 2}, true)->dance.contacts, up->dance.contacts);  // no frame, no change
    }

    void keyPosesGoWithTheFoot() {
        auto now = std::make_shared<DanceSnapshot>(*sliding());
        now->dance.keys.push_back({1.75, true, now->dance.clip.root[105], {now->dance.clip.pose(105).begin(), now->dance.clip.pose(105).end()}});
        const auto after = withFoot(*now, 0, {1.5, 2.2}, true);
        const auto pose = after->dance.clip.pose(105);
        QVERIFY(std::ranges::equal(pose, after->dance.keys[0].rotations, [](auto& a, auto& b) { return a.coeffs() == b.coeffs(); }));
    }
};

CHOREIA_TEST(DanceEditsTest)
#include "dance_edits_test.moc"
