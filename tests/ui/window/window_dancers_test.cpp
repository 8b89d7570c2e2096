// Several dancers in the whole window: added, chosen, moved, named and removed by keys and mouse.
#include "ui/window_fixture.h"

#include "dancer/dancer_view.h"
#include "motion/formation.h"
#include "motion/kinematics.h"
#include "style/dancer_color.h"
#include "support/testing.h"
#include "viewport/floor_ring.h"

#include <QAction>
#include <QDoubleSpinBox>
#include <QLineEdit>
#include <QScreen>
#include <QWindow>

using namespace choreia;
using namespace choreia::ui;
using namespace choreia::ui::testing;

class WindowDancersTest : public QObject, protected DancedStage {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { prepare(); }
    void init() { openStage(); }
    void cleanup() { window_.reset(); }

    void dancersComeAndAreChosenByKeys() {
        const auto before = document().hash();
        QVERIFY(!action("nextDancerAction")->isEnabled());
        QVERIFY(!action("dancer2Action")->isEnabled());
        key(Qt::Key_D, Qt::ControlModifier | Qt::ShiftModifier);
        action("addMirroredAction")->trigger();
        action("addCanonAction")->trigger();
        QCOMPARE(document().state().dances.size(), std::size_t(4));
        QCOMPARE(document().dancerIndex(), std::size_t(3));
        key(Qt::Key_2);
        QCOMPARE(document().dancerIndex(), std::size_t(1));
        QVERIFY(action("dancer2Action")->isChecked());
        key(Qt::Key_Tab, Qt::ControlModifier);
        QCOMPARE(document().dancerIndex(), std::size_t(2));
        key(Qt::Key_Tab, Qt::ControlModifier | Qt::ShiftModifier);
        key(Qt::Key_Tab, Qt::ControlModifier | Qt::ShiftModifier);
        QCOMPARE(document().dancerIndex(), std::size_t(0));
        key(Qt::Key_8);  // nobody
        QCOMPARE(document().dancerIndex(), std::size_t(0));
        for (int i = 0; i < 6; ++i) key(Qt::Key_D, Qt::ControlModifier | Qt::ShiftModifier);
        QCOMPARE(document().state().dances.size(), motion::kMostDancers);
        QVERIFY(!action("addDancerAction")->isEnabled());
        while (document().state().dances.size() > 1) key(Qt::Key_Z, Qt::ControlModifier);
        QCOMPARE(document().hash(), before);
    }

    void theDancerViewShowsEverybodyOrTheChosenOne() {
        auto* view = window_->findChild<DancerView*>("DancerView");
        QVERIFY(view);
        auto* together = view->findChild<QAction*>("everybodyAction");
        QVERIFY(together && together->isChecked() && !together->isEnabled());
        const QImage alone = drawnPicture(*view);
        QVERIFY(!alone.isNull());
        key(Qt::Key_D, Qt::ControlModifier | Qt::ShiftModifier);
        QVERIFY(together->isEnabled());
        // Both, so smaller: the picture is another one.
        const QImage both = drawnPicture(*view);
        QVERIFY(!both.isNull() && both != alone);
        // The second dances as the first does: alone in the picture they look alike.
        together->trigger();
        QVERIFY(drawnPicture(*view) == alone);
        together->trigger();
        QVERIFY(drawnPicture(*view) == both);
        key(Qt::Key_Z, Qt::ControlModifier);
        QVERIFY(drawnPicture(*view) == alone);
        QVERIFY(!together->isEnabled());
    }

    void aClickOnAFigureChoosesIt() {
        key(Qt::Key_D, Qt::ControlModifier | Qt::ShiftModifier);
        key(Qt::Key_1);
        showAll();
        // The other one is to be seen: not the stage's dark.
        const motion::Vec3 thigh = (other(1, motion::LeftHip) + other(1, motion::LeftKnee)) / 2;
        const QPoint there = stage_->project(thigh).toPoint();
        QTRY_VERIFY_WITH_TIMEOUT(pixel(there).lightness() > 25 && pixel(there).lightness() != pixel(there + QPoint(0, -stage_->height() / 3)).lightness(), 15000);
        const auto before = document().hash();
        QTest::mouseClick(stage_->stageWindow(), Qt::LeftButton, {}, there);
        QCOMPARE(document().dancerIndex(), std::size_t(1));
        QCOMPARE(document().hash(), before);
        // From then on its joints are those that are taken.
        const auto lead = document().state().dances[0].snapshot;
        const QPoint hand = stage_->project(other(1, motion::LeftWrist)).toPoint();
        const auto camera = stage_->camera();
        dragOnStage(*stage_, hand, hand + QPoint(-20, -40));
        stage_->setCamera(camera);  // it has followed the pelvis
        QCOMPARE(document().undoStack().undoText(), QString("Shape left_wrist"));
        QCOMPARE(document().state().dances[0].snapshot, lead);
        const double off = QLineF(stage_->project(other(1, motion::LeftWrist)), hand + QPoint(-20, -40)).length();
        QVERIFY2(off < 6, qPrintable(QString("the hand is %1 pixels from where the pointer let it go").arg(off)));
    }

    void theRingOnTheFloorMovesAndTurns() {
        key(Qt::Key_D, Qt::ControlModifier | Qt::ShiftModifier);
        showAll();
        const auto before = document().hash();
        const int entries = document().undoStack().count();
        const motion::StagePlace was = document().dance()->dance.place;
        const motion::Vec3 pelvis = other(1, motion::Pelvis);
        const auto onRing = [&](float angle, float radius) { return motion::Vec3(pelvis.x() + radius * std::sin(angle), 0, pelvis.z() + radius * std::cos(angle)); };
        // To the right and nearer.
        const motion::Vec3 taken = onRing(0.9f, kRingRadius), to = taken + motion::Vec3(0.4f, 0, 0.5f);
        dragOnStage(*stage_, at(taken), at(to));
        QCOMPARE(document().undoStack().count(), entries + 1);
        QCOMPARE(document().undoStack().undoText(), QString("Move Dancer 2"));
        const motion::StagePlace now = document().dance()->dance.place;
        QVERIFY2(std::abs(now.x - was.x - 0.4f) < 0.04f && std::abs(now.z - was.z - 0.5f) < 0.07f,  // a pixel is some centimetres
                  qPrintable(QString("%1 %2").arg(static_cast<double>(now.x)).arg(static_cast<double>(now.z))));
        document().undoStack().undo();
        QCOMPARE(document().hash(), before);
        // Esc leaves it.
        QWindow* window = stage_->stageWindow();
        QTest::mousePress(window, Qt::LeftButton, {}, at(taken));
        for (int i = 1; i <= 5; ++i) QTest::mouseMove(window, at(taken) + QPoint(9 * i, 3 * i));
        QTRY_VERIFY(action("cancelAction")->isEnabled());
        key(Qt::Key_Escape);
        QTest::mouseMove(window, at(taken) + QPoint(80, 40));
        QTest::mouseRelease(window, Qt::LeftButton, {}, at(taken) + QPoint(80, 40));
        QTest::qWait(30);
        QCOMPARE(document().hash(), before);
        // The arrowhead turns about where the dancer stands.
        dragOnStage(*stage_, at(onRing(0, 0.58f)), at(onRing(0.9f, 0.58f)));
        QVERIFY2(std::abs(document().dance()->dance.place.turn - 0.9f) < 0.12f, qPrintable(QString::number(static_cast<double>(document().dance()->dance.place.turn))));
        QVERIFY((other(1, motion::Pelvis) - pelvis).norm() < 1e-3f);
        document().undoStack().undo();
        QCOMPARE(document().hash(), before);
    }

    void whoeverStandsInFormationIsToldSo() {
        key(Qt::Key_D, Qt::ControlModifier | Qt::ShiftModifier);
        action("formationAction")->trigger();
        QCOMPARE(document().undoStack().undoText(), QString("Into formation"));
        QVERIFY(!window_->noticeText().contains("formation"));
        const auto before = document().hash();
        action("formationAction")->trigger();
        QVERIFY2(window_->noticeText().contains("in formation already"), qPrintable(window_->noticeText()));
        QCOMPARE(document().hash(), before);
    }

    void theDancerViewFollowsTheRing() {
        auto* view = window_->findChild<DancerView*>("DancerView");
        key(Qt::Key_D, Qt::ControlModifier | Qt::ShiftModifier);
        showAll();
        const QImage both = drawnPicture(*view);
        QVERIFY(!both.isNull());
        const motion::Vec3 pelvis = other(1, motion::Pelvis);
        const QPoint taken = at(motion::Vec3(pelvis.x() + kRingRadius * std::sin(0.9f), 0, pelvis.z() + kRingRadius * std::cos(0.9f)));
        QWindow* stage = stage_->stageWindow();
        QTest::mousePress(stage, Qt::LeftButton, {}, taken);
        for (int i = 1; i <= 5; ++i) {
            const QPointF to(taken + QPoint(9 * i, 3 * i));
            QMouseEvent move(QEvent::MouseMove, to, stage->mapToGlobal(to), Qt::NoButton, Qt::LeftButton, {});
            QCoreApplication::sendEvent(stage, &move);
        }
        QVERIFY(drawnPicture(*view) != both);
        auto* right = window_->findChild<QDoubleSpinBox*>("placeXBox");  // the inspector's figure, too
        QVERIFY2(right && right->value() > static_cast<double>(document().dance()->dance.place.x) + 0.1, qPrintable(QString::number(right->value())));
        key(Qt::Key_Escape);
        QVERIFY(std::abs(right->value() - static_cast<double>(document().dance()->dance.place.x)) < 0.006);
        QVERIFY(drawnPicture(*view) == both);
        QTest::mouseRelease(stage, Qt::LeftButton, {}, taken + QPoint(45, 15));
    }

    void placeAndNameAreTyped() {
        key(Qt::Key_D, Qt::ControlModifier | Qt::ShiftModifier);
        const auto before = document().hash();
        const auto type = [&](const char* name, const QString& text) {
            auto* box = window_->findChild<QDoubleSpinBox*>(QString::fromLatin1(name));
            QVERIFY2(box && box->isEnabled(), name);
            box->setFocus();
            box->selectAll();
            QTest::keyClicks(box, text);
            QTest::keyClick(box, Qt::Key_Return);
        };
        type("placeXBox", "-2.5");
        type("placeTurnBox", "90");
        QCOMPARE(document().dance()->dance.place.x, -2.5f);
        QVERIFY(std::abs(document().dance()->dance.place.turn - 1.5707963f) < 1e-5f);
        QCOMPARE(document().dance()->dance.place.z, 0.0f);
        key(Qt::Key_F2);
        auto* name = window_->findChild<QLineEdit*>("dancerName");
        QVERIFY(name);
        QTRY_VERIFY(name->hasFocus());
        QTest::keyClicks(name, "Kim & Li 2");  // a figure in a name chooses nobody
        QTest::keyClick(name, Qt::Key_Return);
        QCOMPARE(document().dance()->dance.name, std::string("Kim & Li 2"));
        QCOMPARE(document().dancerIndex(), std::size_t(1));
        QVERIFY(!name->hasFocus());
        QCOMPARE(action("dancer2Action")->text(), QString("Kim && Li 2"));
        for (int i = 0; i < 3; ++i) key(Qt::Key_Z, Qt::ControlModifier);
        QCOMPARE(document().hash(), before);
    }

    void oneIsGeneratedOneGoesAllFormUp() {
        const auto before = document().hash();
        action("generateDancerAction")->trigger();
        QTRY_VERIFY_WITH_TIMEOUT(document().state().dances.size() == 2 && !document().generator().busy(), 30000);
        QVERIFY(document().dance()->positions.values != document().state().dances[0].snapshot->positions.values);
        action("formationAction")->trigger();
        const auto places = motion::formation(2);
        QCOMPARE(document().dance()->dance.place.x, places[1].x);
        key(Qt::Key_Delete, Qt::ShiftModifier);
        QCOMPARE(document().state().dances.size(), std::size_t(1));
        QVERIFY(!action("removeDancerAction")->isEnabled());
        while (document().undoStack().index() > 1) key(Qt::Key_Z, Qt::ControlModifier);
        QCOMPARE(document().hash(), before);
    }

    void theCameraStaysWhenAnotherOneIsChosen() {
        key(Qt::Key_D, Qt::ControlModifier | Qt::ShiftModifier);
        showAll();
        const motion::Vec3 target = stage_->camera().target;
        key(Qt::Key_1);
        QVERIFY((stage_->camera().target - target).norm() < 1e-4f);
        window_->player().seek(4.5);  // and goes along with the one who is chosen
        const auto lead = document().dance();
        const motion::Vec3 went = lead->positions.at(270, motion::Pelvis) - lead->positions.at(240, motion::Pelvis);
        QVERIFY((stage_->camera().target - target - motion::Vec3(went.x(), 0, went.z())).norm() < 1e-3f);
    }

private:
    QAction* action(const char* name) {
        auto* found = window_->findChild<QAction*>(QString::fromLatin1(name));
        if (!found) qFatal("the window has no %s", name);
        return found;
    }
    void key(Qt::Key which, Qt::KeyboardModifiers with = {}) { QTest::keyClick(window_.get(), which, with); }
    void showAll() {
        io::Camera camera;
        camera.yaw = 0.1;
        camera.pitch = 0.35;
        camera.distance = 7;
        camera.target = motion::Vec3(-0.9f, 0.9f, 0);
        stage_->setCamera(camera);
    }
    /// A dancer's joint on the stage at the playhead (4 s).
    motion::Vec3 other(std::size_t dancer, int joint) {
        const auto& snapshot = *document().state().dances[dancer].snapshot;
        return motion::onStage(snapshot.dance.place, snapshot.positions.at(240, static_cast<std::size_t>(joint)));
    }
    QPoint at(const motion::Vec3& point) { return stage_->project(point).toPoint(); }
    QColor pixel(QPoint place) {
        const QPoint global = stage_->stageWindow()->mapToGlobal(place);
        return window_->screen()->grabWindow(0, global.x(), global.y(), 1, 1).toImage().pixelColor(0, 0);
    }
};

CHOREIA_TEST(WindowDancersTest)
#include "window_dancers_test.moc"
