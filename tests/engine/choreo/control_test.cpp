// What a person holds on to, with the shipped weights: an opening, pinned poses, a part made anew, a dance like another. Judged by forward kinematics and
// quaternions alone.
#include "choreo/choreographer.h"
#include "choreo/control.h"
#include "motion/kinematics.h"
#include "motion/rotation.h"
#include "some_song.h"
#include "support/testing.h"

#include <algorithm>
#include <cmath>
#include <numbers>

using namespace choreia;
using testing::someSong;
using motion::Clip;

namespace {

constexpr double kDegree = 57.29577951308232;

const choreo::Choreographer& choreographer() {
    static const auto loaded = choreo::Choreographer::load(CHOREIA_SOURCE_DIR "/models", "default", choreo::Device::Cpu);
    if (!loaded.ok()) qFatal("%s", loaded.error().line().c_str());
    return **loaded;
}

io::GenerateSettings plain(std::uint64_t seed) {
    io::GenerateSettings settings;
    settings.seed = seed;
    settings.guidance = 0;  // half the time
    return settings;
}

choreo::Generated dance(const audio::Analysis& song, const io::GenerateSettings& settings, const choreo::Constraints& constraints = {}) {
    NoProgress quiet;
    auto made = choreographer().generate(song, settings, {}, quiet, constraints);
    if (!made.ok()) qFatal("%s", made.error().line().c_str());
    return std::move(made).value();
}

bool sameFrame(const Clip& a, const Clip& b, std::size_t f) {
    if ((a.root[f].array() != b.root[f].array()).any()) return false;
    for (std::size_t j = 0; j < motion::kJoints; ++j)
        if (a.pose(f)[j].coeffs() != b.pose(f)[j].coeffs()) return false;
    return true;
}
bool sameClip(const Clip& a, const Clip& b) {
    if (a.frames() != b.frames()) return false;
    for (std::size_t f = 0; f < a.frames(); ++f)
        if (!sameFrame(a, b, f)) return false;
    return true;
}

/// Largest angle between joints, degrees; the pelvis without its heading.
double angleBetween(std::span<const motion::Quat> a, std::span<const motion::Quat> b) {
    const auto upright = [](const motion::Quat& pelvis) {
        const float twist = 2 * std::atan2(pelvis.y(), pelvis.w());
        return motion::Quat(Eigen::AngleAxisf(-twist, motion::Vec3::UnitY()) * pelvis);
    };
    double most = upright(a[0]).angularDistance(upright(b[0]));
    for (std::size_t j = 1; j < motion::kJoints; ++j) most = std::max(most, static_cast<double>(a[j].angularDistance(b[j])));
    return most * kDegree;
}

/// Largest joint acceleration at each inner frame, m/s^2.
std::vector<double> accelerations(const Clip& clip) {
    const auto p = motion::jointPositions(motion::Skeleton::body(), clip);
    std::vector<double> out(clip.frames(), 0.0);
    for (std::size_t f = 1; f + 1 < clip.frames(); ++f)
        for (std::size_t j = 0; j < motion::kJoints; ++j)
            out[f] = std::max(out[f], static_cast<double>((p.at(f + 1, j) - 2 * p.at(f, j) + p.at(f - 1, j)).norm()) * clip.fps * clip.fps);
    return out;
}

double share(std::vector<double> values, double quantile) {
    std::sort(values.begin(), values.end());
    return values[static_cast<std::size_t>(quantile * static_cast<double>(values.size() - 1))];
}

double meanDistance(const Clip& a, const Clip& b) {
    double sum = 0;
    for (std::size_t f = 0; f < a.frames(); ++f)
        sum += choreo::poseDistance(choreo::bodyPositions(a.pose(f), a.root[f].y()), choreo::bodyPositions(b.pose(f), b.root[f].y()));
    return sum / static_cast<double>(a.frames());
}

}  // namespace

class ControlTest : public QObject {
    Q_OBJECT

    audio::Analysis song_ = someSong(16);
    choreo::Generated first_, other_;

private Q_SLOTS:
    void initTestCase() {
        first_ = dance(song_, plain(1));
        other_ = dance(song_, plain(2));
    }

    void pinsAreMet() {
        choreo::Constraints constraints;
        for (const auto& [time, second] : {std::pair(4.25, 3.1), std::pair(4.6, 9.7), std::pair(11.0, 6.0)})
            constraints.pins.push_back(choreo::pinFrom(other_.dance.clip, second, time));
        const auto made = dance(song_, plain(1), constraints);
        const Clip& clip = made.dance.clip;
        QCOMPARE(made.pinDistances.size(), std::size_t{3});
        for (const auto& pin : constraints.pins) {
            const auto frame = static_cast<std::size_t>(std::llround(pin.time * 60));
            const double angle = angleBetween(clip.pose(frame), pin.rotations);
            QVERIFY2(angle < 0.5, qPrintable(QString::number(angle)));
            QVERIFY(std::abs(clip.root[frame].y() - pin.height) < 1e-3f);
        }
        // Two poses of another dance a third of a second apart, a quarter turn between them.
        const auto acceleration = accelerations(clip);
        const double most = 3 * share(accelerations(first_.dance.clip), .99) + 20;
        for (std::size_t f = 225; f < 320; ++f) QVERIFY2(acceleration[f] < most, qPrintable(QString("%1: %2 of %3").arg(f).arg(acceleration[f]).arg(most)));
        QVERIFY(sameClip(clip, dance(song_, plain(1), constraints).dance.clip));
    }

    // A straight leg is pinned where the knee is deep: beside it, where the knee is nearly straight already, it does not bend to the front.
    void noKneeBendsForward() {
        Clip clip;
        clip.fps = 60;
        for (int f = 0; f < 120; ++f) {
            const float bend = 0.6f + 0.55f * std::cos(2 * std::numbers::pi_v<float> * static_cast<float>(f - 60) / 40);
            clip.root.emplace_back(0, 0.9f, 0);
            for (int j = 0; j < motion::kJoints; ++j)
                clip.rotations.push_back(j == motion::LeftKnee || j == motion::RightKnee ? motion::Quat(Eigen::AngleAxisf(bend, motion::Vec3::UnitX())) : motion::Quat::Identity());
        }
        const Clip was = clip;
        Clip straight = motion::slice(clip, 0, 1);
        for (auto& q : straight.rotations) q = motion::Quat::Identity();
        const std::vector<choreo::PinnedPose> pins = {choreo::pinFrom(straight, 0, 1)};
        choreo::meetPins(clip, pins, false, false);
        double least = 10;
        for (std::size_t f = 0; f < clip.frames(); ++f) least = std::min(least, 2.0 * std::atan2(static_cast<double>(clip.pose(f)[motion::LeftKnee].x()), static_cast<double>(clip.pose(f)[motion::LeftKnee].w())));
        QVERIFY2(least * kDegree > -6, qPrintable(QString::number(least * kDegree)));
        QVERIFY(angleBetween(clip.pose(60), straight.pose(0)) < 0.1);
        QVERIFY(sameFrame(clip, was, 0) && sameFrame(clip, was, 119));
    }

    void aPinFadesToBothSides() {
        Clip clip = first_.dance.clip;
        std::vector<choreo::PinnedPose> pins = {choreo::pinFrom(other_.dance.clip, 2, 5)};
        choreo::meetPins(clip, pins, false, false);
        QVERIFY(angleBetween(clip.pose(300), pins[0].rotations) < 0.1);
        for (std::size_t f = 0; f < clip.frames(); ++f)
            if (f < 276 || f > 324) QVERIFY(sameFrame(clip, first_.dance.clip, f));
        pins[0].weight = 0;
        clip = first_.dance.clip;
        choreo::meetPins(clip, pins, false, false);
        QVERIFY(angleBetween(clip.pose(300), first_.dance.clip.pose(300)) < 0.1);
    }

    void theDanceOpensFromTheOpening() {
        for (const std::size_t frames : {std::size_t{1}, std::size_t{200}}) {
            choreo::Constraints constraints;
            constraints.opening = motion::slice(other_.dance.clip, 420, frames);
            for (const bool mirrored : {false, true}) {
                auto settings = plain(1);
                settings.mirror = mirrored;
                const auto made = dance(song_, settings, constraints);
                const auto last = constraints.opening->pose(frames - 1);
                for (std::size_t j = 0; j < motion::kJoints; ++j) QVERIFY(last[j].angularDistance(made.dance.clip.pose(0)[j]) * kDegree < 0.5);
                QVERIFY(std::abs(made.dance.clip.root[0].y() - constraints.opening->root[frames - 1].y()) < 1e-3f);
                QVERIFY(meanDistance(motion::slice(made.dance.clip, 480, 480), motion::slice(first_.dance.clip, 480, 480)) > 0.01);
            }
        }
    }

    void aPartIsMadeAnewBetweenWhatIsKept() {
        NoProgress quiet;
        for (const auto& [from, to] : {std::pair(4.25, 10.25), std::pair(6.0, 6.5), std::pair(0.0, 3.0), std::pair(12.3, 16.0)}) {
            const auto made = choreographer().remake(song_, first_.dance, from, to, plain(5), {}, {}, quiet);
            QVERIFY2(made.ok(), made.ok() ? "" : made.error().line().c_str());
            const Clip &clip = made->dance.clip, &was = first_.dance.clip;
            QCOMPARE(clip.frames(), was.frames());
            for (std::size_t f = 0; f < clip.frames(); ++f) {
                const double time = static_cast<double>(f) / 60;
                if (time < from || time > to) {
                    QVERIFY(sameFrame(clip, was, f));
                    QVERIFY(made->dance.contacts[f] == first_.dance.contacts[f]);
                }
            }
            if (to - from > 1) QVERIFY(meanDistance(clip, was) * clip.seconds() / (to - from) > 0.02);
            const auto acceleration = accelerations(clip);
            const double usual = share(accelerations(was), .99);
            for (const double join : {from, to})
                for (double f = join * 60 - 3; f <= join * 60 + 3; ++f)
                    if (f > 1 && f + 1 < static_cast<double>(clip.frames()))
                        QVERIFY2(acceleration[static_cast<std::size_t>(f)] < 2.5 * usual,
                                 qPrintable(QString("%1 s: %2 over %3").arg(f / 60).arg(acceleration[static_cast<std::size_t>(f)]).arg(usual)));
            const auto again = choreographer().remake(song_, first_.dance, from, to, plain(5), {}, {}, quiet);
            QVERIFY(again.ok() && sameClip(again->dance.clip, clip));
            for (std::size_t i = 0; i < made->dance.tokens.times.size(); ++i)
                if (const double time = made->dance.tokens.times[i]; time + .2 < from || time > to) QCOMPARE(made->dance.tokens.lower[i], first_.dance.tokens.lower[i]);
        }
        const auto one = choreographer().remake(song_, first_.dance, 4, 8, plain(5), {}, {}, quiet), two = choreographer().remake(song_, first_.dance, 4, 8, plain(6), {}, {}, quiet);
        QVERIFY(one.ok() && two.ok() && !sameClip(one->dance.clip, two->dance.clip));
    }

    // The last pose is held, also by who makes the end anew; without it the dance goes on.
    void theDanceEndsInAPose() {
        NoProgress quiet;
        const auto stirs = [](const Clip& clip) {
            const auto p = motion::jointPositions(motion::Skeleton::body(), clip);
            double sum = 0;
            const std::size_t last = 24;  // frames
            for (std::size_t f = clip.frames() - last; f + 1 < clip.frames(); ++f)
                for (std::size_t j = 0; j < motion::kJoints; ++j) sum += static_cast<double>((p.at(f + 1, j) - p.at(f, j)).norm()) * 60;
            return sum / static_cast<double>((last - 1) * motion::kJoints);
        };
        auto settings = plain(1);
        settings.finalPose = false;
        const double goesOn = stirs(dance(song_, settings).dance.clip), rests = stirs(first_.dance.clip);
        QVERIFY2(rests < 0.1 && rests < 0.4 * goesOn, qPrintable(QString("%1 of %2").arg(rests).arg(goesOn)));
        const auto made = choreographer().remake(song_, first_.dance, 12, 16, plain(6), {}, {}, quiet);
        QVERIFY(made.ok());
        QVERIFY2(stirs(made->dance.clip) < 0.1, qPrintable(QString::number(stirs(made->dance.clip))));
    }

    // What is made anew stays where the dance was asked to stay, in the middle and at the end.
    void aPartKeepsToTheStage() {
        NoProgress quiet;
        auto settings = plain(3);
        settings.stage = 0.5;
        const auto narrow = dance(song_, settings);
        const auto furthest = [](const Clip& clip) {
            double most = 0;
            for (const auto& root : clip.root) most = std::max(most, std::hypot(static_cast<double>(root.x()), static_cast<double>(root.z())));
            return most;
        };
        double freely = 0;
        for (const std::uint64_t seed : {4, 5, 6})
            for (const auto& [from, to] : {std::pair(2.0, 14.0), std::pair(1.0, 16.0)}) {
                const auto made = choreographer().remake(song_, narrow.dance, from, to, plain(seed), {}, {}, quiet);
                QVERIFY2(made.ok(), made.ok() ? "" : made.error().line().c_str());
                QVERIFY2(furthest(made->dance.clip) < 0.7, qPrintable(QString::number(furthest(made->dance.clip))));
                auto wide = narrow.dance;
                wide.settings.stage = 0;
                const auto other = choreographer().remake(song_, wide, from, to, plain(seed), {}, {}, quiet);
                QVERIFY(other.ok());
                freely = std::max(freely, furthest(other->dance.clip));
            }
        QVERIFY2(freely > 0.9, qPrintable(QString::number(freely)));
    }

    void aPinInsideAPartIsMet() {
        NoProgress quiet;
        choreo::Constraints constraints;
        constraints.pins = {choreo::pinFrom(other_.dance.clip, 5, 7.25)};
        const auto made = choreographer().remake(song_, first_.dance, 5, 9, plain(5), constraints, {}, quiet);
        QVERIFY2(made.ok(), made.ok() ? "" : made.error().line().c_str());
        QVERIFY(angleBetween(made->dance.clip.pose(435), constraints.pins[0].rotations) < 0.5);
        constraints.pins[0].time = 9.5;
        QVERIFY(!choreographer().remake(song_, first_.dance, 5, 9, plain(5), constraints, {}, quiet).ok());
    }

    void closenessBringsTheDanceNearer() {
        NoProgress quiet;
        std::vector<double> distances;
        for (const double closeness : {0.0, 1.0}) {
            const auto made = choreographer().likeThis(song_, first_.dance, plain(1), closeness, {}, quiet);
            QVERIFY2(made.ok(), made.ok() ? "" : made.error().line().c_str());
            distances.push_back(meanDistance(made->dance.clip, first_.dance.clip));
        }
        QVERIFY2(distances[1] < 0.6 * distances[0], qPrintable(QString("%1 %2").arg(distances[0]).arg(distances[1])));
    }

    void pinsTwoFramesApartAreTwo() {
        for (int frame = 2; frame < 600; ++frame) {
            choreo::Constraints constraints;
            for (const int each : {frame, frame + 2}) constraints.pins.push_back(choreo::pinFrom(other_.dance.clip, 5, each / 60.0));
            QVERIFY2(choreo::orderedPins(constraints, 0, 12).ok(), qPrintable(QString::number(frame)));
            constraints.pins[1].time = (frame + 1) / 60.0;
            QVERIFY(!choreo::orderedPins(constraints, 0, 12).ok());
        }
    }

    void whatCannotBeIsRefused() {
        NoProgress quiet;
        const auto& c = choreographer();
        for (const auto& [from, to] : {std::pair(5.0, 4.0), std::pair(5.0, 5.3), std::pair(-1.0, 4.0), std::pair(20.0, 22.0), std::pair(10.0, 30.0), std::pair(5.0, std::nan(""))})
            QCOMPARE(c.remake(song_, first_.dance, from, to, plain(1), {}, {}, quiet).error().exitStatus(), 2);
        choreo::Constraints constraints;
        constraints.pins = {choreo::pinFrom(other_.dance.clip, 5, 17)};
        QCOMPARE(c.generate(song_, plain(1), {}, quiet, constraints).error().exitStatus(), 2);
        constraints.pins[0].time = 3;
        constraints.pins.push_back(constraints.pins[0]);
        QCOMPARE(c.generate(song_, plain(1), {}, quiet, constraints).error().exitStatus(), 2);
        constraints.pins.clear();
        constraints.opening = Clip{};
        QCOMPARE(c.generate(song_, plain(1), {}, quiet, constraints).error().exitStatus(), 3);
        QCOMPARE(c.likeThis(song_, first_.dance, plain(1), 1.5, {}, quiet).error().exitStatus(), 2);
        std::stop_source source;
        source.request_stop();
        QCOMPARE(c.remake(song_, first_.dance, 4, 8, plain(1), {}, source.get_token(), quiet).error().exitStatus(), 130);
        QCOMPARE(c.likeThis(song_, first_.dance, plain(1), 1, source.get_token(), quiet).error().exitStatus(), 130);
    }
};

CHOREIA_TEST(ControlTest)
#include "control_test.moc"
