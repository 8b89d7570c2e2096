// Shows the stage with a posed body, and writes what the screen shows to a PNG: for looking at it, not run by ctest.
//   viewport_demo OUT.png [--preset front|side|top] [--yaw RADIANS] [--pitch RADIANS] [--distance METRES] [--select JOINT] [--tpose] [--dance SECONDS] [--plain]
// With --dance it moves the body for so long and prints what a pose and a frame cost.
#include "motion/kinematics.h"
#include "viewport/viewport.h"

#include <QApplication>
#include <QElapsedTimer>
#include <QScreen>
#include <QTimer>
#include <QWindow>

#include <cmath>
#include <cstdio>
#include <ctime>

using namespace choreia;
using namespace choreia::motion;

namespace {

struct Pose {
    std::vector<Vec3> positions = std::vector<Vec3>(kJoints);
    std::vector<Quat> rotations = std::vector<Quat>(kJoints);
};

/// A dancer's pose at a time in seconds, arms up and one knee bent; both feet near the floor.
Pose poseAt(double seconds, bool rest) {
    const auto t = static_cast<float>(seconds);
    std::vector<Quat> local(kJoints, Quat::Identity());
    const auto turn = [&](int joint, float x, float y, float z) {
        local[static_cast<std::size_t>(joint)] = Quat(Eigen::AngleAxisf(y, Vec3::UnitY()) * Eigen::AngleAxisf(x, Vec3::UnitX()) *
                                                      Eigen::AngleAxisf(z, Vec3::UnitZ()));
    };
    Vec3 root(0, Skeleton::body().offset(Pelvis).y(), 0);
    if (!rest) {
        const float s = std::sin(3.0f * t), c = std::cos(3.0f * t);
        root = Vec3(0.20f * std::sin(1.5f * t), 0.905f + 0.02f * c, 0.05f * c);
        turn(Pelvis, 0.03f, 0.25f * s, 0.08f + 0.04f * s);
        turn(Spine1, 0.05f, 0.10f * s, -0.06f);
        turn(Spine2, 0.02f, 0.08f * s, -0.05f);
        turn(Spine3, -0.06f, 0.08f * s, -0.04f);
        turn(Neck, 0, 0.1f, 0.06f);
        turn(Head, -0.05f, 0.25f * s + 0.2f, 0.03f);
        turn(LeftShoulder, 0, -0.35f + 0.4f * s, 0.42f + 0.3f * c);
        turn(LeftElbow, 0, -0.75f, 0.25f * c);
        turn(RightShoulder, 0, 0.15f, -0.75f - 0.25f * s);
        turn(RightElbow, 0, 0.30f, -0.35f);
        turn(LeftHip, -0.75f - 0.1f * s, 0.25f, 0.35f);
        turn(LeftKnee, 0.95f + 0.15f * s, 0, 0);
        turn(LeftAnkle, -0.15f, 0, -0.25f);
        turn(RightHip, -0.05f, -0.2f, -0.42f);
        turn(RightKnee, 0.12f, 0, 0);
        turn(RightAnkle, -0.05f, 0, 0.25f);
    }
    Pose pose;
    forwardKinematics(Skeleton::body(), root, local, pose.positions, pose.rotations);
    float low = 10;
    for (const Vec3& p : pose.positions) low = std::min(low, p.y());
    for (Vec3& p : pose.positions) p.y() += 0.02f - low;
    return pose;
}

}  // namespace

int main(int argc, char** argv) {
    ui::Viewport::prepareApplication();
    QApplication application(argc, argv);
    const QStringList arguments = QApplication::arguments();
    if (arguments.size() < 2) return 2;
    const auto option = [&](const char* name, const QString& otherwise) {
        const auto at = arguments.indexOf(QLatin1String(name));
        return at >= 0 && at + 1 < arguments.size() ? arguments[at + 1] : otherwise;
    };
    ui::Viewport viewport;
    viewport.resize(900, 745);
    viewport.setSkeleton(Skeleton::body());
    const bool rest = arguments.contains(QLatin1String("--tpose"));
    const auto show = [&](double seconds) {
        const Pose pose = poseAt(seconds, rest);
        viewport.setPose(pose.positions, pose.rotations, {false, pose.positions[LeftFoot].y() < 0.06f, true, true});
        return pose;
    };
    show(0);
    io::Camera camera = viewport.camera();
    camera.yaw = option("--yaw", QStringLiteral("0.35")).toDouble();
    camera.pitch = option("--pitch", QStringLiteral("0.12")).toDouble();
    camera.distance = option("--distance", QStringLiteral("4.2")).toDouble();
    camera.target = Vec3(0, 0.88f, 0);
    viewport.setCamera(camera);
    if (!arguments.contains(QLatin1String("--plain"))) {
        const int joint = option("--select", QString::number(LeftWrist)).toInt();
        viewport.setSelectedJoint(joint);
        const auto shifted = [&](double seconds, float x) {
            std::vector<Vec3> p = poseAt(seconds, rest).positions;
            for (Vec3& v : p) v.x() += x;
            return p;
        };
        viewport.setGhosts({shifted(-0.35, -0.45f), shifted(-0.7, -0.85f)}, {shifted(0.35, 0.45f), shifted(0.7, 0.85f)});
        std::vector<Vec3> path, beats;
        for (int i = -45; i <= 45; ++i) {
            path.push_back(poseAt(i / 40.0, rest).positions[static_cast<std::size_t>(std::max(0, joint))] + Vec3(0.010f * static_cast<float>(i), 0, 0));
            if (i % 15 == 0) beats.push_back(path.back());
        }
        viewport.setTrail(joint, path, beats);
    }
    viewport.move(0, 0);
    viewport.show();
    const QString preset = option("--preset", {});
    if (preset == QLatin1String("front")) viewport.setPreset(ui::Viewport::Preset::Front);
    if (preset == QLatin1String("side")) viewport.setPreset(ui::Viewport::Preset::Side);
    if (preset == QLatin1String("top")) viewport.setPreset(ui::Viewport::Preset::Top);

    const double dance = option("--dance", QStringLiteral("0")).toDouble();
    QElapsedTimer clock;
    clock.start();
    qint64 spent = 0, poses = 0;
    QTimer beat;
    QObject::connect(&beat, &QTimer::timeout, [&] {
        const Pose pose = poseAt(static_cast<double>(clock.elapsed()) / 1000, rest);
        QElapsedTimer cost;
        cost.start();
        viewport.setPose(pose.positions, pose.rotations, {false, true, true, true});
        spent += cost.nsecsElapsed();
        ++poses;
    });
    std::clock_t started = 0;
    if (dance > 0) {
        QTimer::singleShot(1500, [&] {  // shaders are ready by then
            started = std::clock();
            beat.start(8);
        });
        QTimer::singleShot(static_cast<int>(1500 + dance * 1000), &beat, &QTimer::stop);
    }
    QTimer::singleShot(static_cast<int>(1800 + dance * 1000), [&] {
        if (poses > 0) {
            const auto n = static_cast<double>(poses);
            std::printf("setPose: %.1f us; %.1f frames a second, %.1f ms of processor time a frame (all threads)\n", static_cast<double>(spent) / 1000 / n,
                        n / dance, 1000 * static_cast<double>(std::clock() - started) / CLOCKS_PER_SEC / n);
        }
        viewport.screen()->grabWindow(0, 0, 0, viewport.width(), viewport.height()).save(arguments[1]);
        QApplication::quit();
    });
    return QApplication::exec();
}
