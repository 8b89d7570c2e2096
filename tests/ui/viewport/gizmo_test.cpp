// Gizmo and floor ring by projecting points that are known and asking for them back.
#include "viewport/floor_ring.h"
#include "viewport/gizmo.h"

#include "support/testing.h"

#include <cmath>
#include <numbers>

using namespace choreia;
using namespace choreia::motion;
using namespace choreia::ui;

namespace {

const QSizeF kGizmoView(800, 600);

OrbitCamera orbitingAt(double yaw, double pitch, double distance) {
    io::Camera value;
    value.yaw = yaw;
    value.pitch = pitch;
    value.distance = distance;
    value.target = Vec3(0, 1, 0);
    OrbitCamera camera;
    camera.set(value);
    return camera;
}

}  // namespace

class GizmoTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aRayGoesThroughWhatIsSeenThere() {
        const OrbitCamera camera = orbitingAt(0.7, 0.3, 4);
        for (const Vec3& point : {Vec3(0.4f, 1.6f, 0.3f), Vec3(-1, 0.2f, 0.5f), Vec3(0, 1, -2)}) {
            const Ray ray = camera.ray(*camera.project(point, kGizmoView), kGizmoView);
            QVERIFY(std::abs(ray.direction.norm() - 1) < 1e-5f);
            const Vec3 to = point - ray.from;
            QVERIFY((to - ray.direction * to.dot(ray.direction)).norm() < 2e-3f);
        }
        const Vec3 floor(0.8f, 0, -0.4f);
        QVERIFY((*camera.onFloor(*camera.project(floor, kGizmoView), kGizmoView) - floor).norm() < 2e-3f);
        QVERIFY(!camera.onFloor({400, 0}, kGizmoView));  // the sky
    }

    void itHasTheSameSizeOnTheScreenEverywhere() {
        for (const double distance : {1.5, 4.0, 12.0}) {
            const OrbitCamera camera = orbitingAt(0, 0, distance);
            const Gizmo gizmo = gizmoAt(camera, kGizmoView, Vec3(0, 1, 0), Quat::Identity());
            const QPointF middle = *camera.project(gizmo.center, kGizmoView), side = *camera.project(gizmo.center + Vec3(gizmo.radius, 0, 0), kGizmoView);
            QVERIFY2(std::abs(side.x() - middle.x() - static_cast<double>(kGizmoPixels)) < 0.5, qPrintable(QString::number(side.x() - middle.x())));
        }
    }

    void partsAreFoundWhereTheyAreSeen() {
        const OrbitCamera camera = orbitingAt(0.6, 0.4, 4);
        const Quat frame(Eigen::AngleAxisf(0.5f, Vec3(1, 2, 0).normalized()));
        const Gizmo gizmo = gizmoAt(camera, kGizmoView, Vec3(0.2f, 1.2f, 0), frame);
        for (int axis = 0; axis < 3; ++axis) {
            const QPointF tip = *camera.project(gizmo.center + Vec3::Unit(axis) * gizmo.radius * 1.9f, kGizmoView);
            QCOMPARE(pickGizmo(camera, kGizmoView, gizmo, tip), kFirstArrow + axis);
            // The ring's point in front that is seen farthest from the other rings.
            const auto pointsOf = [&](int ring) {
                std::vector<Vec3> points;
                const Vec3 own = frame * Vec3::Unit(ring), across = own.unitOrthogonal();
                for (int step = 0; step < 72; ++step) points.push_back(gizmo.center + gizmo.radius * (Eigen::AngleAxisf(static_cast<float>(step) * std::numbers::pi_v<float> / 36, own) * across));
                return points;
            };
            QPointF clearest;
            double room = 0;
            for (const Vec3& point : pointsOf(axis)) {
                if ((point - gizmo.center).dot(camera.eye() - gizmo.center) < 0) continue;
                const QPointF seen = *camera.project(point, kGizmoView);
                double least = 1e9;
                for (int other = 0; other < 3; ++other)
                    for (const Vec3& q : other == axis ? std::vector<Vec3>{} : pointsOf(other)) least = std::min(least, std::hypot(camera.project(q, kGizmoView)->x() - seen.x(), camera.project(q, kGizmoView)->y() - seen.y()));
                if (least > room) room = least, clearest = seen;
            }
            QVERIFY(room > 8);
            QCOMPARE(pickGizmo(camera, kGizmoView, gizmo, clearest), axis);
        }
        QCOMPARE(pickGizmo(camera, kGizmoView, gizmo, *camera.project(gizmo.center, kGizmoView) + QPointF(0, 130)), kNoPart);
    }

    void aRingTurnsAsFarAsThePointerGoesRound() {
        const OrbitCamera camera = orbitingAt(0.5, 0.45, 4);
        const Gizmo gizmo = gizmoAt(camera, kGizmoView, Vec3(0, 1.1f, 0.1f), Quat(Eigen::AngleAxisf(0.4f, Vec3::UnitY())));
        for (const int part : {1, 2}) {
            const Vec3 axis = axisOf(gizmo, part), across = axis.unitOrthogonal();
            const auto at = [&](float angle) { return *camera.project(gizmo.center + Eigen::AngleAxisf(angle, axis) * across * gizmo.radius, kGizmoView); };
            for (const float angle : {0.3f, -0.8f, 2.0f}) {
                const double turned = ringAngle(camera, kGizmoView, gizmo, part, at(0.2f), at(0.2f + angle));
                QVERIFY2(std::abs(turned - static_cast<double>(angle)) < 0.02, qPrintable(QString("%1 instead of %2").arg(turned).arg(static_cast<double>(angle))));
            }
        }
    }

    void aRingSeenFromItsEdgeIsDrawnAlong() {
        const OrbitCamera camera = orbitingAt(0, 0, 4);
        const Gizmo gizmo = gizmoAt(camera, kGizmoView, Vec3(0, 1, 0), Quat::Identity());
        const QPointF middle = *camera.project(gizmo.center, kGizmoView);
        // About Y, seen level from the front: to the right is a positive turn, by the radius about a radian.
        const double turned = ringAngle(camera, kGizmoView, gizmo, 1, middle, middle + QPointF(20, 0));
        QVERIFY2(std::abs(turned - 20.0 / static_cast<double>(kGizmoPixels)) < 0.05, qPrintable(QString::number(turned)));
        QVERIFY(ringAngle(camera, kGizmoView, gizmo, 0, middle, middle + QPointF(0, 20)) > 0.3);  // about X: downwards
    }

    void anArrowIsDrawnAlongItsAxis() {
        const OrbitCamera camera = orbitingAt(0.6, 0.4, 4);
        const Gizmo gizmo = gizmoAt(camera, kGizmoView, Vec3(0.1f, 1.3f, -0.2f), Quat::Identity());
        for (int axis = 0; axis < 3; ++axis) {
            const auto at = [&](float way) { return *camera.project(gizmo.center + Vec3::Unit(axis) * way, kGizmoView); };
            const double way = arrowWay(camera, kGizmoView, gizmo, kFirstArrow + axis, at(0.1f), at(0.45f));
            QVERIFY2(std::abs(way - 0.35) < 2e-3, qPrintable(QString::number(way)));
        }
    }

    void theFloorRingMovesAndTurns() {
        const OrbitCamera camera = orbitingAt(0.5, 0.5, 6);
        const FloorRing ring{1.0f, -0.5f, 0.9f};
        const auto at = [&](float angle, float radius) { return *camera.project(Vec3(ring.x + radius * std::sin(angle), 0, ring.z + radius * std::cos(angle)), kGizmoView); };
        QCOMPARE(pickRing(camera, kGizmoView, ring, at(2.5f, kRingRadius)), RingPart::Ring);
        QCOMPARE(pickRing(camera, kGizmoView, ring, at(0.9f, 0.58f)), RingPart::Knob);
        QCOMPARE(pickRing(camera, kGizmoView, ring, at(2.5f, 1.2f)), RingPart::None);
        const QPointF from = *camera.project(Vec3(1, 0, 0), kGizmoView), to = *camera.project(Vec3(1.7f, 0, -0.9f), kGizmoView);
        QVERIFY((*ringWay(camera, kGizmoView, from, to) - Vec3(0.7f, 0, -0.9f)).norm() < 3e-3f);
        QVERIFY(std::abs(*ringTurn(camera, kGizmoView, ring, at(0.9f, 0.58f), at(0.9f + 1.2f, 0.58f)) - 1.2f) < 5e-3f);
        const OrbitCamera level = orbitingAt(0.5, 0.1, 6);
        QVERIFY(!ringWay(level, kGizmoView, *level.project(Vec3(1, 0, 0), kGizmoView), {400, 0}));  // the sky
    }
};

CHOREIA_TEST(GizmoTest)
#include "gizmo_test.moc"
