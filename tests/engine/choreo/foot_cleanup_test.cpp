// Feet put right on a walk whose footfalls are known: slid, floated, jumped and led off the stage on purpose.
#include "choreo/foot_cleanup.h"

#include "choreo/foot_contacts.h"
#include "core/random.h"
#include "eval/metrics.h"
#include "motion/contacts.h"
#include "motion/kinematics.h"
#include "support/testing.h"

using namespace choreia;
using motion::Vec3;

namespace {
const motion::Skeleton& body() { return motion::Skeleton::body(); }

constexpr std::size_t kStep = 42; // frames from one footfall to the next: 0.7 s

/// Which foot stands at frame f of the walk: each stands for 42 frames while the other swings, and both for the first and last 6
/// of these.
bool stands(std::size_t f, int side) {
    const std::size_t phase = f % (2 * kStep);
    const bool own = side == 0 ? phase < kStep : phase >= kStep;
    const std::size_t within = f % kStep;
    return own || within < 6 || within >= kStep - 6;
}

/// A walk along +z at `speed` m/s with flat feet: while the other foot stands, a foot swings (12 cm high) to its next place. The
/// feet are where they shall be by construction.
motion::Clip walk(std::size_t frames, double speed, double swingHeight = .12) {
    motion::Clip clip;
    clip.root.resize(frames);
    clip.rotations.assign(frames * motion::kJoints, motion::Quat::Identity());
    const double stride = speed * static_cast<double>(2 * kStep) / 60;
    for (std::size_t f = 0; f < frames; ++f) {
        clip.root[f] = Vec3(0, .92f, static_cast<float>(speed * static_cast<double>(f) / 60));
        for (int side = 0; side < 2; ++side) {
            // Cycle of this foot: swing from 6 to 36 frames after the other foot came down.
            const std::size_t shifted = f + (side == 0 ? kStep : 0);
            const auto cycle = static_cast<double>(shifted / (2 * kStep)), phase = static_cast<double>(shifted % (2 * kStep));
            const double swing = std::clamp((phase - 6) / static_cast<double>(kStep - 12), 0.0, 1.0);
            const double eased = swing * swing * swing * (10 + swing * (6 * swing - 15));
            const double offset = side == 0 ? -stride / 2 : 0;
            const double z = stride * (cycle + eased) + offset - stride / 4;
            const double lift = swingHeight * 64 * std::pow(swing * (1 - swing), 3);
            const Vec3 ankle(side == 0 ? .085f : -.085f, static_cast<float>(.072 + lift), static_cast<float>(z));
            motion::solveTwoBone(body(), clip.root[f], clip.pose(f), side == 0 ? motion::LeftHip : motion::RightHip,
                                 side == 0 ? motion::LeftKnee : motion::RightKnee,
                                 side == 0 ? motion::LeftAnkle : motion::RightAnkle, ankle);
        }
    }
    return clip;
}

/// The root led astray by a slow random drift of about `drift` m/s and lifted and sunk by about 3 cm, as generated dances are.
motion::Clip astray(motion::Clip clip, double drift, std::uint64_t seed) {
    Random random(seed);
    double vx = 0, vz = 0, x = 0, z = 0, y = 0, target = 0;
    for (auto& root : clip.root) {
        vx += -vx / 60 + drift * std::sqrt(2.0 / 60) * random.normal();
        vz += -vz / 60 + drift * std::sqrt(2.0 / 60) * random.normal();
        target += -target / 120 + .03 * std::sqrt(2.0 / 120) * random.normal();
        y += .05 * (target - y);
        x += vx / 60;
        z += vz / 60;
        root += Vec3(static_cast<float>(x), static_cast<float>(y), static_cast<float>(z));
    }
    return clip;
}

motion::Positions positionsOf(const motion::Clip& clip) { return motion::jointPositions(body(), clip); }

double flatSpeed(const motion::Positions& p, std::size_t f, int joint) {
    const Vec3 step = p.at(f + 1, static_cast<std::size_t>(joint)) - p.at(f, static_cast<std::size_t>(joint));
    return 60 * std::hypot(static_cast<double>(step.x()), static_cast<double>(step.z()));
}

/// Highest mean speed of a foot over one of its stands in the middle of the walk, border frames left out.
double worstStandingSpeed(const motion::Positions& p) {
    double worst = 0;
    for (int side = 0; side < 2; ++side) {
        double sum = 0;
        int count = 0;
        for (std::size_t f = 0; f + 1 < p.frames(); ++f) {
            const bool inside = f >= 6 && stands(f - 6, side) && stands(f, side) && stands(f + 6, side);
            if (inside) {
                sum += flatSpeed(p, f, side == 0 ? motion::LeftFoot : motion::RightFoot);
                ++count;
            } else {
                if (count > 10) worst = std::max(worst, sum / count);
                sum = count = 0;
            }
        }
    }
    return worst;
}

double largestAcceleration(const motion::Positions& p) {
    double largest = 0;
    for (std::size_t f = 0; f + 2 < p.frames(); ++f) {
        for (std::size_t j = 0; j < 24; ++j)
            largest = std::max(largest, static_cast<double>((p.at(f + 2, j) - 2 * p.at(f + 1, j) + p.at(f, j)).norm()) * 3600);
    }
    return largest;
}

double largestStep(const motion::Positions& p) {
    double largest = 0;
    for (std::size_t f = 0; f + 1 < p.frames(); ++f) {
        for (std::size_t j = 0; j < 24; ++j)
            largest = std::max(largest, static_cast<double>((p.at(f + 1, j) - p.at(f, j)).norm()));
    }
    return largest;
}
} // namespace

class FootCleanupTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void theWalkOfTheseTestsIsClean() {
        const auto p = positionsOf(walk(600, .5));
        QVERIFY(worstStandingSpeed(p) < .002);
    }

    void aCleanWalkIsLeftAlone() {
        const auto before = walk(600, .3);
        const auto after = choreo::cleanFeet(before, {}, 50);
        const auto p = positionsOf(before), q = positionsOf(after.clip);
        double mean = 0;
        for (std::size_t i = 0; i < p.values.size(); ++i)
            mean += static_cast<double>((p.values[i] - q.values[i]).norm()) / static_cast<double>(p.values.size());
        QVERIFY2(mean < .02, qPrintable(QString::number(mean)));
        QVERIFY(worstStandingSpeed(q) < .02);
    }

    void heelsStayUp() {
        // On the balls of both feet, heels four centimetres over where they stand flat, swaying a little.
        motion::Clip clip;
        clip.fps = 60;
        const std::array<double, 4> rest = choreo::restHeights();
        const double raised = rest[0] + .04;
        for (std::size_t f = 0; f < 240; ++f) {
            clip.root.emplace_back(.01f * static_cast<float>(std::sin(.05 * static_cast<double>(f))), .93f, 0.0f);
            clip.rotations.resize(clip.frames() * motion::kJoints, motion::Quat::Identity());
            const auto pose = clip.pose(f);
            for (const auto& [hip, knee, ankle, toe, x] : {std::tuple(motion::LeftHip, motion::LeftKnee, motion::LeftAnkle, motion::LeftFoot, .085f), std::tuple(motion::RightHip, motion::RightKnee, motion::RightAnkle, motion::RightFoot, -.085f)}) {
                motion::solveTwoBone(body(), clip.root[f], pose, hip, knee, ankle, Vec3(x, static_cast<float>(raised), 0));
                // The foot is turned down until its ball is where it stands.
                std::array<Vec3, motion::kJoints> joints;
                std::array<motion::Quat, motion::kJoints> world;
                motion::forwardKinematics(body(), clip.root[f], pose, joints, world);
                const Vec3 foot = joints[static_cast<std::size_t>(toe)] - joints[static_cast<std::size_t>(ankle)];
                const double length = static_cast<double>(foot.norm()), fall = rest[1] - raised;
                const Vec3 down(0, static_cast<float>(fall), static_cast<float>(std::sqrt(length * length - fall * fall)));
                const auto a = static_cast<std::size_t>(ankle), k = static_cast<std::size_t>(knee);
                pose[a] = (world[k].conjugate() * motion::Quat::FromTwoVectors(foot, down) * world[a]).normalized();
            }
        }
        const std::vector<std::array<float, 4>> hint(clip.frames(), {1, 1, 1, 1});
        const auto q = positionsOf(choreo::cleanFeet(clip, hint).clip);
        for (std::size_t f = 30; f < 210; ++f) {
            const auto height = [&](int joint) { return static_cast<double>(q.at(f, static_cast<std::size_t>(joint)).y()); };
            QVERIFY2(std::abs(height(motion::LeftAnkle) - raised) < .012 && std::abs(height(motion::RightAnkle) - raised) < .012, qPrintable(QString("%1 %2").arg(height(motion::LeftAnkle)).arg(raised)));
            QVERIFY2(std::abs(height(motion::LeftFoot) - rest[1]) < .006, qPrintable(QString::number(height(motion::LeftFoot))));
        }
    }

    void slidingFeetStand_data() {
        QTest::addColumn<double>("drift");
        QTest::newRow("0.1 m/s") << .1;
        QTest::newRow("0.25 m/s") << .25;
        QTest::newRow("0.3 m/s") << .3;
    }
    void slidingFeetStand() {
        QFETCH(double, drift);
        const auto truth = walk(1200, .4);
        const auto bad = astray(truth, drift, 3);
        const auto cleaned = choreo::cleanFeet(bad, {}, 50);
        const auto p = positionsOf(bad), q = positionsOf(cleaned.clip);
        QVERIFY(worstStandingSpeed(p) > .1);
        QVERIFY2(worstStandingSpeed(q) < .04, qPrintable(QString::number(worstStandingSpeed(q))));
        const auto before = eval::plausibility(p), after = eval::plausibility(q);
        QVERIFY2(after.lowestFootSpeed <= .05, qPrintable(QString::number(after.lowestFootSpeed)));
        // What is left is the walk's own: a flat foot that takes off is low and already moves.
        QVERIFY(after.footSkatingRatio <= eval::plausibility(positionsOf(truth)).footSkatingRatio + .03);
        QVERIFY(after.footSkatingRatio < before.footSkatingRatio);
        // The path of the root is the walk's own again: 0.4 m/s along z, none along x, whatever the drift had added.
        const Vec3 travelled = cleaned.clip.root[1100] - cleaned.clip.root[100];
        QVERIFY2(std::abs(static_cast<double>(travelled.z()) - .4 * 1000 / 60) < .35,
                 qPrintable(QString::number(static_cast<double>(travelled.z()))));
        QVERIFY(std::abs(travelled.x()) < .35f);
        // Standing feet stand on the floor, whatever the root's height had been.
        for (std::size_t f = 30; f < 1170; ++f) {
            for (std::size_t k = 0; k < 4; ++k) {
                const auto joint = static_cast<std::size_t>(motion::kContactJoints[k]);
                if (f % kStep > 14 && f % kStep < 28 && stands(f, static_cast<int>(k / 2))) {
                    QVERIFY(std::abs(q.at(f, joint).y() - (k % 2 == 0 ? .08f : .02f)) < .012f);
                }
            }
        }
        QVERIFY(largestStep(q) < .35);
        QVERIFY2(largestAcceleration(q) < 1.5 * largestAcceleration(p) + 10,
                 qPrintable(QString("%1 from %2").arg(largestAcceleration(q)).arg(largestAcceleration(p))));
    }

    void contactsAreThoseOfTheWalk() {
        const auto cleaned = choreo::cleanFeet(astray(walk(900, .4), .2, 5), {}, 50);
        std::size_t right = 0, asked = 0;
        for (std::size_t f = 20; f < 880; ++f) {
            for (int side = 0; side < 2; ++side) {
                // Five frames about a footfall or lift-off are anybody's guess.
                if (stands(f - 5, side) != stands(f, side) || stands(f + 5, side) != stands(f, side)) continue;
                ++asked;
                const auto& c = cleaned.contacts[f];
                right += (c[static_cast<std::size_t>(2 * side)] || c[static_cast<std::size_t>(2 * side + 1)]) == stands(f, side)
                             ? 1u
                             : 0u;
            }
        }
        QVERIFY2(static_cast<double>(right) > .93 * static_cast<double>(asked),
                 qPrintable(QString("%1 of %2").arg(right).arg(asked)));
    }

    void theDecodersWordCounts() {
        // A foot that glides at 0.6 m/s is not standing by its looks; the hint says it is.
        motion::Clip clip = walk(300, 0.0);
        for (std::size_t f = 0; f < clip.frames(); ++f) clip.root[f].x() += static_cast<float>(.6 * static_cast<double>(f) / 60);
        const std::vector<std::array<float, 4>> standing(300, {1, 1, 1, 1}), moving(300, {0, 0, 0, 0});
        const auto held = choreo::cleanFeet(clip, standing, 50), free = choreo::cleanFeet(clip, moving, 50);
        QVERIFY(std::abs(held.clip.root[280].x() - held.clip.root[20].x()) < .1f);
        QVERIFY(std::abs(free.clip.root[280].x() - free.clip.root[20].x()) > 1.5f);
    }

    void jumpsKeepTheirHeight() {
        // Standing, then 0.5 s in the air, 0.3 m high, then standing; all 3 cm too high.
        motion::Clip clip = walk(300, 0.0);
        for (std::size_t f = 0; f < 300; ++f) {
            for (auto& q : clip.pose(f)) q = motion::Quat::Identity();
            const double air = std::clamp((static_cast<double>(f) - 130) / 30, 0.0, 1.0);
            clip.root[f] = Vec3(0, static_cast<float>(.94 + .03 + .3 * 4 * air * (1 - air)), 0);
        }
        const auto cleaned = choreo::cleanFeet(clip, {});
        const auto q = positionsOf(cleaned.clip);
        QVERIFY(std::abs((cleaned.clip.root[145].y() - cleaned.clip.root[60].y()) - .3f) < .025f);
        QVERIFY(q.at(145, motion::LeftFoot).y() > .27f);
        QVERIFY(std::abs(q.at(60, motion::LeftFoot).y() - .02f) < .006f);
        QVERIFY(!cleaned.contacts[145][0] && !cleaned.contacts[145][1]);
        QVERIFY(cleaned.contacts[60][0] && cleaned.contacts[60][1] && cleaned.contacts[250][2]);
    }

    void feetDoNotSinkIntoTheFloor() {
        motion::Clip clip = walk(600, .4);
        for (std::size_t f = 0; f < clip.frames(); ++f) clip.root[f].y() -= .05f * std::sin(static_cast<float>(f) * .05f) + .03f;
        const auto q = positionsOf(choreo::cleanFeet(clip, {}, 50).clip);
        for (std::size_t f = 0; f < q.frames(); ++f) {
            for (const int toe : {motion::LeftFoot, motion::RightFoot})
                QVERIFY(q.at(f, static_cast<std::size_t>(toe)).y() > -.01f);
            for (const int ankle : {motion::LeftAnkle, motion::RightAnkle})
                QVERIFY(q.at(f, static_cast<std::size_t>(ankle)).y() > .05f);
        }
    }

    void aFootThatIsDraggedIsLifted() {
        const auto dragged = walk(600, .45, .005);
        const auto cleaned = choreo::cleanFeet(dragged, {});
        const auto before = positionsOf(dragged), after = positionsOf(cleaned.clip);
        int swings = 0;
        for (std::size_t f = 2 * kStep; f < 500; ++f)
            for (int side = 0; side < 2; ++side) {
                const auto ankle = static_cast<std::size_t>(side == 0 ? motion::LeftAnkle : motion::RightAnkle);
                if (f % kStep == kStep / 2 && !stands(f, side)) {  // halfway to its next place
                    ++swings;
                    QVERIFY2(after.at(f, ankle).y() > before.at(f, ankle).y() + .02f && after.at(f, ankle).y() < before.at(f, ankle).y() + .06f, qPrintable(QString("%1: %2").arg(f).arg(after.at(f, ankle).y())));
                }
                if (stands(f, side) && f % kStep == kStep / 2) QVERIFY(std::abs(after.at(f, ankle).y() - .072f) < .012f);
            }
        QVERIFY(swings > 8);
        QVERIFY(eval::plausibility(after).footSkatingRatio < 0.5 * eval::plausibility(before).footSkatingRatio);
        QVERIFY(largestAcceleration(after) < 1.5 * largestAcceleration(positionsOf(walk(600, .45))));
    }

    void aFootThatPassesTheVerticalDoesNotFlip() {
        // The right leg hangs with its ankle at 11 cm, and the foot swings from 50 degrees down to 130 and back: its toe would
        // reach the floor and sink.
        motion::Clip clip = walk(180, 0.0);
        for (std::size_t f = 0; f < 180; ++f) {
            const auto pose = clip.pose(f);
            for (auto& q : pose) q = motion::Quat::Identity();
            clip.root[f] = Vec3(0, .95f, 0);
            motion::solveTwoBone(body(), clip.root[f], pose, motion::RightHip, motion::RightKnee, motion::RightAnkle,
                                 Vec3(-.085f, .11f, 0));
            const double down = (90 - 40 * std::cos(static_cast<double>(f) / 180 * 6.283185307179586)) * 3.14159265 / 180;
            const motion::Quat turn(Eigen::AngleAxisf(static_cast<float>(down) - .43f, Vec3::UnitX()));
            pose[motion::RightAnkle] = turn * pose[motion::RightAnkle];
        }
        const auto p = positionsOf(clip), q = positionsOf(choreo::cleanFeet(clip, {}).clip);
        QVERIFY(p.at(90, motion::RightFoot).y() < .0f || p.at(45, motion::RightFoot).y() < .0f);
        for (std::size_t f = 0; f < 180; ++f) QVERIFY(q.at(f, motion::RightFoot).y() > -.002f);
        QVERIFY(largestStep(q) < .03);
        QVERIFY2(largestAcceleration(q) < 40, qPrintable(QString::number(largestAcceleration(q))));
    }

    void theDancerStaysOnTheStage() {
        // 16 m in one direction.
        const auto cleaned = choreo::cleanFeet(walk(2400, .4), {}, 2.0);
        const auto q = positionsOf(cleaned.clip);
        for (const Vec3& root : cleaned.clip.root)
            QVERIFY2(std::hypot(root.x(), root.z()) < 2.3f, qPrintable(QString::number(std::hypot(root.x(), root.z()))));
        QVERIFY(eval::plausibility(q).lowestFootSpeed < .05);
        QVERIFY(worstStandingSpeed(q) < .1);
        QVERIFY(largestStep(q) < .35);
    }

    void theSameEveryTimeAndSound() {
        const auto bad = astray(walk(500, .4), .2, 9);
        const auto a = choreo::cleanFeet(bad, {}), b = choreo::cleanFeet(bad, {});
        QCOMPARE(a.clip.frames(), bad.frames());
        QCOMPARE(a.contacts.size(), bad.frames());
        QCOMPARE(a.clip.fps, bad.fps);
        for (std::size_t f = 0; f < bad.frames(); ++f) QVERIFY(a.clip.root[f] == b.clip.root[f]);
        for (std::size_t i = 0; i < bad.rotations.size(); ++i) {
            QVERIFY(a.clip.rotations[i].coeffs() == b.clip.rotations[i].coeffs());
            QVERIFY(std::abs(a.clip.rotations[i].norm() - 1) < 1e-4f);
        }
        // The upper body turns as it did.
        for (std::size_t f = 0; f < bad.frames(); ++f)
            QVERIFY(a.clip.pose(f)[motion::LeftShoulder].angularDistance(bad.pose(f)[motion::LeftShoulder]) < 1e-3f);
    }

    void shortClipsPassThrough() {
        for (const std::size_t frames : {0u, 1u, 2u, 7u, 8u, 15u}) {
            const auto cleaned = choreo::cleanFeet(walk(frames, .3), {});
            QCOMPARE(cleaned.clip.frames(), frames);
            QCOMPARE(cleaned.contacts.size(), frames);
            for (const Vec3& root : cleaned.clip.root) QVERIFY(root.allFinite());
        }
    }
};

class FootContactsTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void restHeightsAreTheBodys() {
        const auto rest = choreo::restHeights();
        QVERIFY(std::abs(rest[0] - .072) < 1e-6 && std::abs(rest[1] - .02) < 1e-6);
        QCOMPARE(rest[0], rest[2]);
    }

    void runsNeedMoreToStartThanToGoOn() {
        choreo::ContactScores scores(100, {0, 0, 0, 0});
        for (std::size_t f = 0; f < 100; ++f) {
            scores[f][0] = f >= 20 && f < 40 ? .9 : (f >= 40 && f < 60 ? .45 : 0); // begins clearly, lingers
            scores[f][1] = .45;                                                    // never begins
            scores[f][2] = f >= 30 && f < 33 ? 0 : .9;                             // a gap of 3 frames
            scores[f][3] = f >= 30 && f < 33 ? .9 : 0;                             // a run of 3 frames
        }
        const auto runs = choreo::contactRuns(scores);
        for (std::size_t f = 0; f < 100; ++f) {
            QCOMPARE(runs[f][0], f >= 20 && f < 60);
            QCOMPARE(runs[f][1], false);
            QCOMPARE(runs[f][2], true);
            QCOMPARE(runs[f][3], false);
        }
    }
};

CHOREIA_TEST(FootCleanupTest)
CHOREIA_TEST(FootContactsTest)
#include "foot_cleanup_test.moc"
