// Standing feet come to y = 0 even where the capture's floor slopes; jumps stay jumps.
#include "motion/fit.h"
#include "motion/kinematics.h"
#include "support/testing.h"

#include <cmath>

using namespace choreia;
using namespace choreia::motion;

namespace {

/// Our body at rest, carried along `height(frame)` above its standing height, metres; it walks slowly along z.
Clip carried(std::size_t frames, const std::function<float(std::size_t)>& height) {
    Clip clip;
    clip.fps = 60;
    for (std::size_t f = 0; f < frames; ++f) {
        clip.root.push_back(Skeleton::body().offset(Pelvis) + Vec3(0, height(f), 0.001f * static_cast<float>(f)));
        for (int j = 0; j < kJoints; ++j) clip.rotations.push_back(Quat::Identity());
    }
    return clip;
}

}  // namespace

class FloorTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aSlopingFloorIsFollowed() {
        auto clip = carried(600, [](std::size_t f) { return 0.08f * static_cast<float>(f) / 600.0f; });
        settleOnFloor(clip);
        for (std::size_t f = 0; f < 600; ++f) {
            const float off = clip.root[f].y() - Skeleton::body().offset(Pelvis).y();
            QVERIFY2(std::abs(off) < 0.006f, qPrintable(QString("frame %1: %2 m").arg(f).arg(static_cast<double>(off))));
        }
    }

    void aJumpKeepsItsHeight() {
        // A parabola of 0.4 s, 0.2 m high, with standing before and after.
        const auto jump = [](std::size_t f) {
            const double t = (static_cast<double>(f) - 300) / 60.0;
            return std::abs(t) < 0.2 ? static_cast<float>(0.2 * (1 - t * t / 0.04)) : 0.0f;
        };
        auto clip = carried(600, jump);
        settleOnFloor(clip);
        const float rest = Skeleton::body().offset(Pelvis).y();
        QVERIFY2(std::abs(clip.root[300].y() - rest - 0.2f) < 0.02f, qPrintable(QString::number(static_cast<double>(clip.root[300].y() - rest))));
        QVERIFY(std::abs(clip.root[100].y() - rest) < 0.002f);
        QVERIFY(std::abs(clip.root[0].x()) < 1e-6f && std::abs(clip.root[0].z()) < 1e-6f);
    }
};

CHOREIA_TEST(FloorTest)
#include "floor_test.moc"
