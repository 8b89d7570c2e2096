// The floor by numbers: lines a metre apart, the stage's edge where its size says, and the label in the picture.
#include "choreo/foot_cleanup.h"
#include "motion/kinematics.h"
#include "support/testing.h"
#include "viewport/stage_edge.h"
#include "viewport/viewport.h"

#include <QApplication>
#include <QScreen>
#include <QWindow>

#include <cmath>
#include <numbers>
#include <set>

using namespace choreia;
using namespace choreia::motion;
using namespace choreia::ui;

class StageEdgeTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void theStandardOneHoldsWhatIsMade() {
        // Walks off in each direction are brought back as those of made dances are: none leaves the stage, and it is not larger than they need.
        float farthest = 0;
        for (const double way : {0.0, 0.8, 1.6, 2.4, 3.1, 4.0, 5.5}) {
            Clip clip;
            const auto length = static_cast<std::size_t>(30 * clip.fps);
            for (std::size_t f = 0; f < length; ++f) {
                const auto gone = static_cast<float>(0.3 * static_cast<double>(f) / clip.fps);
                clip.root.push_back(Skeleton::body().offset(Pelvis) + gone * Vec3(static_cast<float>(std::cos(way)), 0, static_cast<float>(std::sin(way))));
                clip.rotations.insert(clip.rotations.end(), kJoints, Quat::Identity());
            }
            QVERIFY(clip.root.back().norm() > 8);
            for (const Vec3& root : choreo::cleanFeet(clip, std::vector<std::array<float, 4>>(length, {0, 0, 0, 0})).clip.root) {
                QVERIFY2(std::abs(root.x()) <= 0.5f * static_cast<float>(kStandardStage.width) && std::abs(root.z()) <= 0.5f * static_cast<float>(kStandardStage.depth), qPrintable(QString("%1 %2").arg(static_cast<double>(root.x())).arg(static_cast<double>(root.z()))));
                farthest = std::max(farthest, std::hypot(root.x(), root.z()));
            }
        }
        QVERIFY2(farthest > 0.5f * static_cast<float>(kStandardStage.width) - 1, qPrintable(QString::number(static_cast<double>(farthest))));
        Viewport view;
        QCOMPARE(view.stageSize(), kStandardStage);
    }

    void theEdgeLiesOnLinesOfTheGrid() {
        for (const StageSize& size : kStageSizes)
            for (const int side : {size.width, size.depth}) QCOMPARE(std::fmod(0.5f * static_cast<float>(side), kFloorGrid), 0.0f);
    }

    void theLabelBeginsOnTheFarEdgeAndInThePicture() {
        const QSizeF view(900, 600);
        for (const StageSize& size : kStageSizes)
            for (const double yaw : {0.0, 0.5, 1.4, 2.0, 3.1, -0.9, -2.4, 6.6})
                for (const double pitch : {0.12, 0.5, 1.2, 1.57}) {
                    io::Camera value;
                    value.yaw = yaw, value.pitch = pitch, value.distance = 9, value.target = Vec3(0, 0.9f, 0);
                    OrbitCamera camera;
                    camera.set(value);
                    const Vec3 at = stageLabelPlace(camera, view, size);
                    const auto offX = std::abs(std::abs(at.x()) - 0.5f * static_cast<float>(size.width)), offZ = std::abs(std::abs(at.z()) - 0.5f * static_cast<float>(size.depth));
                    QVERIFY(at.y() == 0 && std::min(offX, offZ) < 1e-4f);
                    // Behind the middle as the camera sees it.
                    QVERIFY(camera.depth(at) > camera.depth(Vec3::Zero()) - 1e-3f);
                    const auto shown = camera.project(at, view);
                    const double length = static_cast<double>(stageLabelLength(size) * kStageLabelPixels);
                    if (pitch > 1 && size.width > 6) continue;  // from above a large stage is larger than the picture
                    QVERIFY2(shown && shown->x() >= 0 && shown->x() + length <= view.width() && shown->y() >= 10, qPrintable(QString("%1 x %2, yaw %3, pitch %4").arg(size.width).arg(size.depth).arg(yaw).arg(pitch)));
                }
    }

    void theLabelIsAsLongAsItsSigns() {
        for (const StageSize& size : kStageSizes) {
            const auto strip = stageLabel(size);
            constexpr std::size_t kVertex = 14;  // position, previous, next, tint, side
            QVERIFY(!strip.empty() && strip.size() % (8 * kVertex) == 0);  // four points of two vertices a stroke
            float least = 1, most = 0;
            for (std::size_t v = 0; v < strip.size(); v += kVertex) {
                least = std::min(least, strip[v]);
                most = std::max(most, strip[v]);
                QVERIFY(strip[v + 1] > -0.1f && strip[v + 1] < 1.1f && strip[v + 2] == 0);
            }
            QVERIFY(std::abs(least) < 0.1f && std::abs(most - stageLabelLength(size)) < 0.1f);
        }
        QVERIFY(stageLabelLength({12, 8}) > stageLabelLength({8, 6}));
    }

    void theGridsLinesAreAMetreApart() {
        if (QGuiApplication::platformName() == QLatin1String("offscreen")) QSKIP("the 3D view needs a display");
        Shown stage(5.2);
        stage.view.setStageSize({12, 8});  // out of the way
        QTRY_VERIFY_WITH_TIMEOUT(stage.brightness(Vec3(1, 0, 1.5f)) > stage.brightness(Vec3(1.5f, 0, 1.5f)) + 12, 15000);
        const QImage shown = stage.grab();
        for (const bool alongX : {true, false}) {
            // Along half a metre beside a line, only crossings stand out: at whole metres, and nowhere else.
            std::vector<double> lines;
            double ground = 0;
            for (int i = -140; i <= 140; ++i) {
                const float at = 0.01f * static_cast<float>(i);
                const Vec3 p = alongX ? Vec3(at, 0, 1.5f) : Vec3(1.5f, 0, at);
                ground = Shown::level(shown, stage.view.project(alongX ? Vec3(0.5f, 0, 1.5f) : Vec3(1.5f, 0, 0.5f)));
                if (Shown::level(shown, stage.view.project(p)) > ground + 14) lines.push_back(static_cast<double>(at));
            }
            QVERIFY(!lines.empty());
            std::set<long> metres;
            for (const double at : lines) {
                QVERIFY2(std::abs(at - std::round(at)) < 0.025, qPrintable(QString::number(at)));
                metres.insert(std::lround(at));
            }
            QCOMPARE(metres, (std::set<long>{-1, 0, 1}));
        }
    }

    void theEdgeLiesWhereTheSizeSays() {
        if (QGuiApplication::platformName() == QLatin1String("offscreen")) QSKIP("the 3D view needs a display");
        Shown stage(16);
        for (const StageSize& size : kStageSizes) {
            stage.view.setStageSize(size);
            QCOMPARE(stage.view.stageSize(), size);
            const float x = 0.5f * static_cast<float>(size.width), z = 0.5f * static_cast<float>(size.depth);
            // Brighter than any line of the grid.
            constexpr double kEdgeLevel = 110;
            QTRY_VERIFY_WITH_TIMEOUT(stage.brightness(Vec3(x, 0, 0.5f)) > kEdgeLevel, 15000);
            const QImage shown = stage.grab();
            const auto level = [&](float px, float pz) { return Shown::level(shown, stage.view.project(Vec3(px, 0, pz))); };
            for (const float side : {-1.0f, 1.0f}) {
                QVERIFY(level(side * x, 0.5f) > kEdgeLevel && level(0.5f, side * z) > kEdgeLevel);
                QVERIFY(level(side * x, side * z) > kEdgeLevel);                       // the corner
                QVERIFY(level(side * (x + 0.5f), side * z) < kEdgeLevel - 20);         // and no line beyond it
                QVERIFY(level(side * x, side * (z + 0.5f)) < kEdgeLevel - 20);
                QVERIFY(level(side * (x - 1), side * (z - 0.5f)) < kEdgeLevel - 20);   // within there is the grid alone
            }
        }
    }

    void theLabelIsSeen() {
        if (QGuiApplication::platformName() == QLatin1String("offscreen")) QSKIP("the 3D view needs a display");
        Shown stage(16);
        stage.view.setStageSize({6, 6});
        QTRY_VERIFY_WITH_TIMEOUT(stage.brightness(Vec3(3, 0, 0.5f)) > 110, 15000);
        OrbitCamera camera;
        camera.set(stage.view.camera());
        const QSizeF size(stage.view.stageWindow()->size());
        const QPointF begin = stage.view.project(stageLabelPlace(camera, size, {6, 6}));
        const QImage shown = stage.grab();
        int ink = 0;
        for (int dx = 0; dx < static_cast<int>(stageLabelLength({6, 6}) * kStageLabelPixels); ++dx)
            for (int dy = 5; dy < 19; ++dy) ink += Shown::level(shown, begin + QPointF(dx, -dy)) > 150;
        QVERIFY2(ink > 60, qPrintable(QString::number(ink)));
    }

private:
    /// Seen from straight above, the dancer far beside the picture.
    struct Shown {
        Viewport view;
        explicit Shown(double distance) {
            Viewport::prepareApplication();
            view.resize(900, 760);
            view.setSkeleton(Skeleton::body());
            std::vector<Vec3> positions(kJoints);
            std::vector<Quat> rotations(kJoints);
            const std::vector<Quat> local(kJoints, Quat::Identity());
            forwardKinematics(Skeleton::body(), Skeleton::body().offset(Pelvis), local, positions, rotations);
            view.setPose(positions, rotations, {});
            io::Camera camera;
            camera.yaw = 0, camera.pitch = std::numbers::pi / 2, camera.distance = distance, camera.target = Vec3::Zero();
            view.setCamera(camera);
            view.move(0, 0);
            view.show();
            if (!QTest::qWaitForWindowExposed(&view)) qFatal("the stage is not shown");
        }
        [[nodiscard]] QImage grab() const {
            const QPoint corner = view.stageWindow()->mapToGlobal(QPoint(0, 0));
            return view.screen()->grabWindow(0, corner.x(), corner.y(), view.stageWindow()->width(), view.stageWindow()->height()).toImage();
        }
        [[nodiscard]] double brightness(const Vec3& place) const { return level(grab(), view.project(place)); }
        /// The brightest of the four pixels about a point.
        static double level(const QImage& image, QPointF at) {
            int most = 0;
            for (const double dx : {-0.5, 0.5})
                for (const double dy : {-0.5, 0.5}) {
                    const QPoint p(static_cast<int>(std::floor(at.x() + dx)), static_cast<int>(std::floor(at.y() + dy)));
                    if (image.rect().contains(p)) most = std::max(most, qGray(image.pixel(p)));
                }
            return most;
        }
    };
};

CHOREIA_TEST(StageEdgeTest)
#include "stage_edge_test.moc"
