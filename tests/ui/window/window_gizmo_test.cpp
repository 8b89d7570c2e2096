// The gizmo of the chosen joint by real mouse events: lit under the pointer, rings turn, arrows draw, one entry each, Esc leaves it.
#include "ui/window_fixture.h"

#include "motion/kinematics.h"
#include "support/testing.h"
#include "viewport/gizmo.h"

#include <QAction>
#include <QScreen>
#include <QWindow>

using namespace choreia;
using namespace choreia::ui;
using namespace choreia::ui::testing;
using motion::Quat;
using motion::Vec3;

class WindowGizmoTest : public QObject, protected DancedStage {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { prepare(); }
    void init() {
        openStage();
        document().requestPlace({0.3f, -0.2f, 0.4f});  // turned: what is dragged is of the stage, not of the dance
        document().selectJoint(motion::LeftElbow);
    }
    void cleanup() { window_.reset(); }

    void aRingTurnsTheJointAboutItsAxis() {
        const auto before = document().hash();
        const int entries = document().undoStack().count();
        int turned = 0;
        for (int part = 0; part < 3; ++part) {
            const Gizmo g = gizmo();
            const Vec3 axis = axisOf(g, part), across = axis.unitOrthogonal();
            if (std::abs(axis.dot((camera().eye() - g.center).normalized())) < 0.3f) continue;  // seen from its edge: gizmo_test has it
            const auto at = [&](float angle) { return stage_->project(g.center + Eigen::AngleAxisf(angle, axis) * across * g.radius).toPoint(); };
            // Where no other ring crosses it.
            float begin = 0;
            while (begin < 6.2f && pickGizmo(camera(), QSizeF(stage_->stageWindow()->size()), g, at(begin)) != part) begin += 0.1f;
            QVERIFY2(begin < 6.2f, qPrintable(QString("ring %1 is nowhere to be taken").arg(part)));
            ++turned;
            const Quat old = world(motion::LeftElbow);
            dragOnStage(*stage_, at(begin), at(begin + 0.5f));
            QCOMPARE(document().undoStack().count(), entries + 1);
            QCOMPARE(document().undoStack().undoText(), QString("Shape left_elbow"));
            const Eigen::AngleAxisf turn(world(motion::LeftElbow) * old.conjugate());
            QVERIFY2(std::abs(turn.angle() - 0.5f) < 0.06f && turn.axis().dot(axis) > 0.99f,
                     qPrintable(QString("ring %1: %2 about an axis %3 off").arg(part).arg(static_cast<double>(turn.angle())).arg(static_cast<double>(turn.axis().dot(axis)))));
            document().undoStack().undo();
            QCOMPARE(document().hash(), before);
        }
        QVERIFY(turned > 0);
    }

    void anArrowDrawsTheJointAlong() {
        const auto before = document().hash();
        const Gizmo g = gizmo();
        const auto at = [&](float way) { return stage_->project(g.center + Vec3(0, g.radius * 1.6f + way, 0)).toPoint(); };
        dragOnStage(*stage_, at(0), at(0.12f));
        QCOMPARE(document().undoStack().undoText(), QString("Shape left_elbow"));
        const Vec3 went = place(motion::LeftElbow) - g.center;
        QVERIFY2((went - Vec3(0, 0.12f, 0)).norm() < 0.02f, qPrintable(QString("%1 %2 %3").arg(static_cast<double>(went.x())).arg(static_cast<double>(went.y())).arg(static_cast<double>(went.z()))));
        document().undoStack().undo();
        QCOMPARE(document().hash(), before);
    }

    void escLeavesIt() {
        const auto before = document().hash();
        const Gizmo g = gizmo();
        const QPoint from = stage_->project(g.center + Vec3(0, g.radius * 1.6f, 0)).toPoint();
        QWindow* stage = stage_->stageWindow();
        QTest::mousePress(stage, Qt::LeftButton, {}, from);
        for (int i = 1; i <= 5; ++i) QTest::mouseMove(stage, from + QPoint(0, -8 * i));
        QTRY_VERIFY(window_->findChild<QAction*>("cancelAction")->isEnabled());
        QTest::keyClick(window_.get(), Qt::Key_Escape);
        QTest::mouseRelease(stage, Qt::LeftButton, {}, from + QPoint(0, -60));
        QCOMPARE(document().hash(), before);
    }

    void aPartLightsUpUnderThePointer() {
        const Gizmo g = gizmo();
        const QPoint tip = stage_->project(g.center + Vec3(0, g.radius * 1.6f, 0)).toPoint();
        QWindow* stage = stage_->stageWindow();
        const auto lit = [&] {  // the brightest of a few pixels: the line is thin
            QColor best(Qt::black);
            const QPoint global = stage->mapToGlobal(tip - QPoint(4, 0));
            const QImage row = window_->screen()->grabWindow(0, global.x(), global.y(), 9, 1).toImage();
            for (int x = 0; x < row.width(); ++x)
                if (row.pixelColor(x, 0).red() > best.red()) best = row.pixelColor(x, 0);
            return best;
        };
        QTRY_VERIFY_WITH_TIMEOUT(lit().green() > 150 && lit().red() < 160, 15000);  // Y is green
        QMouseEvent move(QEvent::MouseMove, tip, stage->mapToGlobal(tip), Qt::NoButton, Qt::NoButton, {});
        QCoreApplication::sendEvent(stage, &move);
        QTRY_VERIFY_WITH_TIMEOUT(lit().red() > 220 && lit().green() > 200, 5000);
        QMouseEvent away(QEvent::MouseMove, QPointF(8, 8), stage->mapToGlobal(QPointF(8, 8)), Qt::NoButton, Qt::NoButton, {});
        QCoreApplication::sendEvent(stage, &away);
        QTRY_VERIFY_WITH_TIMEOUT(lit().red() < 160, 5000);
    }

private:
    OrbitCamera camera() {
        OrbitCamera made;
        made.set(stage_->camera());
        return made;
    }
    /// On the stage, at the playhead (4 s).
    Quat world(int joint) { return motion::turnOf(document().dance()->dance.place) * pose().second[static_cast<std::size_t>(joint)]; }
    Vec3 place(int joint) { return motion::onStage(document().dance()->dance.place, pose().first[static_cast<std::size_t>(joint)]); }
    std::pair<std::vector<Vec3>, std::vector<Quat>> pose() {
        const auto& clip = document().dance()->dance.clip;
        std::pair<std::vector<Vec3>, std::vector<Quat>> out{std::vector<Vec3>(motion::kJoints), std::vector<Quat>(motion::kJoints)};
        motion::forwardKinematics(motion::Skeleton::body(), clip.root[240], clip.pose(240), out.first, out.second);
        return out;
    }
    Gizmo gizmo() { return gizmoAt(camera(), QSizeF(stage_->stageWindow()->size()), place(motion::LeftElbow), world(motion::LeftElbow)); }
};

CHOREIA_TEST(WindowGizmoTest)
#include "window_gizmo_test.moc"
