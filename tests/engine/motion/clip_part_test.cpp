// Parts of a dance by the clock: which frames they are.
#include "motion/clip_part.h"

#include "support/testing.h"

#include <QtTest>

using namespace choreia;

namespace {

// Frame f stands f centimetres to the left.
motion::Clip counted(std::size_t frames, double fps) {
    motion::Clip clip;
    clip.fps = fps;
    for (std::size_t f = 0; f < frames; ++f) clip.root.push_back(motion::Vec3(0.01f * static_cast<float>(f), 0.9f, 0));
    clip.rotations.assign(frames * motion::kJoints, motion::Quat::Identity());
    return clip;
}

}  // namespace

class ClipPartTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void theFramesBetween_data() {
        QTest::addColumn<double>("from");
        QTest::addColumn<double>("to");
        QTest::addColumn<int>("first");
        QTest::addColumn<int>("count");
        QTest::newRow("in the middle") << 1.0 << 2.5 << 60 << 90;
        QTest::newRow("rounded to frames") << 1.009 << 1.026 << 61 << 1;
        QTest::newRow("from before the beginning") << -3.0 << 0.5 << 0 << 30;
        QTest::newRow("to beyond the end") << 3.5 << 1e12 << 210 << 30;
        QTest::newRow("after the end: the pose it ends in") << 9.0 << 12.0 << 239 << 1;
        QTest::newRow("nothing: one frame") << 2.0 << 2.0 << 120 << 1;
    }
    void theFramesBetween() {
        QFETCH(double, from);
        QFETCH(double, to);
        QFETCH(int, first);
        QFETCH(int, count);
        const auto part = motion::between(counted(240, 60), from, to);
        QCOMPARE(part.frames(), static_cast<std::size_t>(count));
        QCOMPARE(part.fps, 60.0);
        QCOMPARE(part.root.front().x(), 0.01f * static_cast<float>(first));
        QCOMPARE(part.rotations.size(), static_cast<std::size_t>(count) * motion::kJoints);
    }
    void ofNothingNothing() { QCOMPARE(motion::between(counted(0, 60), 0, 1).frames(), std::size_t(0)); }
};

CHOREIA_TEST(ClipPartTest)
#include "clip_part_test.moc"
