// The drawn dancer: it stands where its joints project to, is the same each time, throws a shadow, and stays in the camera's frame.
#include "motion/kinematics.h"
#include "render/mannequin.h"
#include "support/testing.h"

#include <cmath>
#include <set>
#include <thread>

using namespace choreia;
using namespace choreia::motion;

namespace {

struct Pose {
    std::vector<Vec3> positions = std::vector<Vec3>(kJoints);
    std::vector<Quat> world = std::vector<Quat>(kJoints);
};

Pose posed(float lift = 0, Vec3 root = Vec3(0, 0.95f, 0)) {
    std::vector<Quat> rotations(kJoints, Quat::Identity());
    rotations[LeftShoulder] = Quat(Eigen::AngleAxisf(0.7f, Vec3::UnitZ()));
    rotations[RightShoulder] = Quat(Eigen::AngleAxisf(0.9f, Vec3::UnitZ()));
    rotations[RightElbow] = Quat(Eigen::AngleAxisf(0.9f, Vec3::UnitY()));
    rotations[LeftHip] = Quat(Eigen::AngleAxisf(-0.5f, Vec3::UnitX()));
    rotations[LeftKnee] = Quat(Eigen::AngleAxisf(0.8f, Vec3::UnitX()));
    Pose pose;
    forwardKinematics(Skeleton::body(), root + Vec3(0, lift, 0), rotations, pose.positions, pose.world);
    return pose;
}

/// Column and row of a world point, from the view alone: a pinhole camera without roll.
std::pair<double, double> pixelOf(const Vec3& point, const render::View& view, int width, int height) {
    const Eigen::Vector3d eye = view.eye.cast<double>(), ahead = (view.target - view.eye).cast<double>().normalized();
    const Eigen::Vector3d right = ahead.cross(Eigen::Vector3d::UnitY()).normalized(), up = right.cross(ahead);
    const Eigen::Vector3d v = point.cast<double>() - eye;
    const double scale = 0.5 * height / std::tan(0.5 * static_cast<double>(view.fieldOfView)) / v.dot(ahead);
    return {0.5 * width + v.dot(right) * scale, 0.5 * height - v.dot(up) * scale};
}

int difference(const render::Picture& a, const render::Picture& b, int x, int y) {
    const std::size_t i = 4 * (static_cast<std::size_t>(y) * static_cast<std::size_t>(a.width) + static_cast<std::size_t>(x));
    int sum = 0;
    for (std::size_t c = 0; c < 3; ++c) sum += std::abs(a.rgba[i + c] - b.rgba[i + c]);
    return sum;
}
int brightness(const render::Picture& p, int x, int y) {
    const std::size_t i = 4 * (static_cast<std::size_t>(y) * static_cast<std::size_t>(p.width) + static_cast<std::size_t>(x));
    return p.rgba[i] + p.rgba[i + 1] + p.rgba[i + 2];
}

/// The stage without the dancer, who stands far behind the camera.
render::Picture empty(const render::MannequinRenderer& renderer, const render::View& view) {
    render::Picture picture;
    const Pose away = posed(0, Vec3(0, 0.95f, 30));
    renderer.draw(away.positions, away.world, view, picture);
    return picture;
}

}  // namespace

class MannequinTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void coversItsJoints_data() {
        QTest::addColumn<int>("width");
        QTest::addColumn<int>("height");
        QTest::addColumn<bool>("turned");
        QTest::newRow("1280x720") << 1280 << 720 << false;
        QTest::newRow("odd size, off middle") << 333 << 411 << true;
        QTest::newRow("small") << 96 << 54 << false;
    }
    void coversItsJoints() {
        QFETCH(int, width);
        QFETCH(int, height);
        QFETCH(bool, turned);
        render::View view;
        if (turned) view.eye = Vec3(2.5f, 1.9f, 4.4f);
        const render::MannequinRenderer renderer(width, height);
        const render::Picture stage = empty(renderer, view);
        const Pose pose = posed();
        for (const bool guessed : {false, true}) {
            render::Picture picture;
            guessed ? renderer.draw(pose.positions, view, picture) : renderer.draw(pose.positions, pose.world, view, picture);
            QCOMPARE(picture.width, width);
            QCOMPARE(picture.height, height);
            QCOMPARE(picture.rgba.size(), static_cast<std::size_t>(width * height) * 4);
            for (int joint = 0; joint < kJoints; ++joint) {
                const auto [x, y] = pixelOf(pose.positions[static_cast<std::size_t>(joint)], view, width, height);
                QVERIFY2(difference(picture, stage, static_cast<int>(x), static_cast<int>(y)) > 30, qPrintable(QString("joint %1").arg(joint)));
            }
        }
    }

    // Nothing of the figure lies further from its bones than any part of a body is thick.
    void paintsOnlyNearTheBones() {
        render::View view;
        const render::MannequinRenderer renderer(640, 360);
        const render::Picture stage = empty(renderer, view);
        const Pose pose = posed(3.0f);  // high above its shadow
        view.eye.y() += 3.0f, view.target.y() += 3.0f;
        render::Picture picture, bare = empty(renderer, view);
        renderer.draw(pose.positions, pose.world, view, picture);
        const double metre = 0.5 * 360 / std::tan(0.5 * static_cast<double>(view.fieldOfView)) / 4.0;
        int painted = 0;
        for (int y = 0; y < 360; ++y) {
            for (int x = 0; x < 640; ++x) {
                if (difference(picture, bare, x, y) < 12) continue;
                ++painted;
                double nearest = 1e9;
                for (int joint = 1; joint < kJoints; ++joint) {
                    const auto [ax, ay] = pixelOf(pose.positions[static_cast<std::size_t>(joint)], view, 640, 360);
                    const auto [bx, by] = pixelOf(pose.positions[static_cast<std::size_t>(Skeleton::body().parent(joint))], view, 640, 360);
                    const double dx = bx - ax, dy = by - ay;
                    const double h = std::clamp(((x - ax) * dx + (y - ay) * dy) / std::max(dx * dx + dy * dy, 1e-9), 0.0, 1.0);
                    nearest = std::min(nearest, std::hypot(x - ax - h * dx, y - ay - h * dy));
                }
                QVERIFY2(nearest < 0.21 * metre, qPrintable(QString("%1 %2: %3 px").arg(x).arg(y).arg(nearest)));
            }
        }
        // A standing person fills some 0.5 to 0.9 square metres of a picture taken from the front.
        QVERIFY2(painted > 0.35 * metre * metre && painted < 1.0 * metre * metre, qPrintable(QString::number(painted / metre / metre)));
    }

    void samePoseSamePicture() {
        const Pose pose = posed();
        const render::View view;
        const render::MannequinRenderer renderer(320, 180);
        render::Picture first;
        renderer.draw(pose.positions, pose.world, view, first);
        std::vector<render::Picture> others(4);
        {
            std::vector<std::jthread> threads;
            for (auto& other : others) {
                threads.emplace_back([&] {
                    render::View elsewhere;
                    elsewhere.eye.x() = 1;
                    renderer.draw(pose.positions, pose.world, elsewhere, other);  // what was drawn before leaves no trace
                    renderer.draw(pose.positions, pose.world, view, other);
                });
            }
        }
        for (const auto& other : others) QVERIFY(other.rgba == first.rgba);
    }

    void opaqueAndNotFlat() {
        const Pose pose = posed();
        render::Picture picture;
        render::MannequinRenderer(320, 180).draw(pose.positions, pose.world, {}, picture);
        std::set<std::uint32_t> colours;
        for (std::size_t i = 0; i < picture.rgba.size(); i += 4) {
            QCOMPARE(static_cast<int>(picture.rgba[i + 3]), 255);
            colours.insert(picture.rgba[i] | static_cast<std::uint32_t>(picture.rgba[i + 1] << 8) | static_cast<std::uint32_t>(picture.rgba[i + 2] << 16));
        }
        QVERIFY(colours.size() > 2000);
    }

    void shadowIsDarkerThanTheFloor() {
        const render::View view;
        const render::MannequinRenderer renderer(640, 360);
        const render::Picture stage = empty(renderer, view);
        // Standing, the floor right under the feet is dark; the higher the jump, the less.
        const auto shade = [&](float lift) {
            const Pose pose = posed(lift);
            render::Picture picture;
            renderer.draw(pose.positions, pose.world, view, picture);
            // Beside the right foot, on the side away from the lamp (which stands to the left, at -X).
            const Vec3& toe = pose.positions[RightFoot];
            const auto [x, y] = pixelOf(Vec3(toe.x() + 0.075f, 0, toe.z() - 0.05f), view, 640, 360);
            return static_cast<double>(brightness(picture, static_cast<int>(x), static_cast<int>(y))) / brightness(stage, static_cast<int>(x), static_cast<int>(y));
        };
        const double standing = shade(0), jumping = shade(0.5f);
        QVERIFY2(standing < 0.7, qPrintable(QString::number(standing)));
        QVERIFY2(jumping > standing + 0.1, qPrintable(QString::number(jumping)));
        // Far from the dancer nothing changes.
        const Pose pose = posed();
        render::Picture picture;
        renderer.draw(pose.positions, pose.world, view, picture);
        for (const int x : {5, 100, 540, 634}) QCOMPARE(difference(picture, stage, x, 355), 0);
    }

    void smallPartsHideBehindLargeOnes() {
        // Seen from behind, the front of the chest is not seen: the same pixel shows the back, equally covered but differently lit.
        const Pose pose = posed();
        const render::MannequinRenderer renderer(640, 360);
        render::View front, back;
        back.eye.z() = -front.eye.z();
        render::Picture a, b;
        renderer.draw(pose.positions, pose.world, front, a);
        renderer.draw(pose.positions, pose.world, back, b);
        const auto [x, y] = pixelOf(pose.positions[Head] + Vec3(0, 0.04f, 0.08f), front, 640, 360);
        // The face is lighter than the hair on the back of the head.
        QVERIFY(brightness(a, static_cast<int>(x), static_cast<int>(y)) > brightness(b, 639 - static_cast<int>(x), static_cast<int>(y)) + 100);
    }

    void oddBodiesAreSurvived() {
        const render::MannequinRenderer renderer(160, 90);
        render::Picture picture;
        std::vector<Vec3> all(kJoints, Vec3(0, 1, 0));  // every joint in one place
        renderer.draw(all, {}, picture);
        QCOMPARE(picture.rgba.size(), std::size_t(160 * 90 * 4));
        render::View inside;
        inside.eye = Vec3(0, 1, 0.01f);  // the camera in the body
        renderer.draw(all, inside, picture);
        render::View under;
        under.eye.y() = -1;
        renderer.draw(posed().positions, under, picture);
        render::View above;
        above.eye = Vec3(0, 5, 0), above.target = Vec3(0, 0, 0);
        renderer.draw(posed().positions, above, picture);
        QCOMPARE(picture.rgba.size(), std::size_t(160 * 90 * 4));
    }

    void cameraKeepsTheBodyInFrame() {
        // Wide poses, a jump, and a walk of six metres.
        Positions positions;
        positions.fps = 30;
        for (int f = 0; f < 600; ++f) {
            const float t = static_cast<float>(f) / 30;
            const float jump = f > 200 && f < 215 ? 0.5f : 0.0f;
            const Pose pose = posed(jump, Vec3(3 * std::sin(0.5f * t), 0.95f, std::cos(0.3f * t)));
            positions.values.insert(positions.values.end(), pose.positions.begin(), pose.positions.end());
        }
        for (const double aspect : {16.0 / 9, 1.0, 9.0 / 16}) {
            const auto views = render::followCamera(positions, aspect);
            QCOMPARE(views.size(), std::size_t(600));
            const int height = 1000, width = static_cast<int>(1000 * aspect);
            for (std::size_t f = 0; f < 600; ++f) {
                for (const Vec3& joint : positions.frame(f)) {
                    const auto [x, y] = pixelOf(joint, views[f], width, height);
                    QVERIFY2(x > 0 && x < width && y > 0 && y < height, qPrintable(QString("frame %1: %2 %3").arg(f).arg(x).arg(y)));
                }
                // Head room: the crown is some 17 cm above the joint.
                const auto [x, y] = pixelOf(positions.at(f, Head) + Vec3(0, 0.17f, 0), views[f], width, height);
                QVERIFY(y > 0);
                if (f > 0) QVERIFY2((views[f].eye - views[f - 1].eye).norm() * 30 < 2.5f, "the camera leaps");
            }
        }
    }

    void cameraRestsWhereTheDancerDoes() {
        Positions positions;
        positions.fps = 30;
        for (int f = 0; f < 300; ++f) {
            const Pose pose = posed(0, Vec3(0.15f * std::sin(0.2f * static_cast<float>(f)), 0.95f, 0));
            positions.values.insert(positions.values.end(), pose.positions.begin(), pose.positions.end());
        }
        const auto views = render::followCamera(positions, 16.0 / 9);
        for (const auto& view : views) QVERIFY((view.eye - views[0].eye).norm() < 0.01f);
        QVERIFY(render::followCamera({}, 1.5).empty());
    }
};

CHOREIA_TEST(MannequinTest)
#include "mannequin_test.moc"
