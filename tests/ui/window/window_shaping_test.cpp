// Poses shaped by hand in the whole window: joints dragged on the stage, angles typed, poses copied, all undone.
#include "ui/window_fixture.h"

#include "dancer/dancer_view.h"
#include "inspector/pose_slider.h"
#include "support/testing.h"

#include <QAction>
#include <QDoubleSpinBox>
#include <QLineEdit>
#include <QWindow>

using namespace choreia;
using namespace choreia::ui;
using namespace choreia::ui::testing;

class WindowShapingTest : public QObject, protected DancedStage {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { prepare(); }

    void init() { openStage(); }
    void cleanup() { window_.reset(); }

    void aHandIsDraggedAndUndone() {
        const auto before = document().hash();
        const auto old = document().dance();
        const QPoint from = mark(motion::LeftWrist), to = from + QPoint(-30, -60);
        const auto camera = stage_->camera();
        drag(from, to, {});
        stage_->setCamera(camera);  // it has followed the pelvis
        QCOMPARE(document().undoStack().undoText(), QString("Shape left_wrist"));
        QCOMPARE(document().joint(), int(motion::LeftWrist));
        const auto now = document().dance();
        QVERIFY((at(*now, motion::LeftWrist) - at(*old, motion::LeftWrist)).norm() > 0.1f);
        const double off = QLineF(stage_->project(at(*now, motion::LeftWrist)), to).length();
        QVERIFY2(off < 4, qPrintable(QString("the hand is %1 pixels from where the pointer let it go").arg(off)));
        for (const int ankle : {motion::LeftAnkle, motion::RightAnkle}) QVERIFY((at(*now, ankle) - at(*old, ankle)).norm() < 0.015f);  // its legs are straight
        QCOMPARE(now->dance.keys.size(), std::size_t(1));
        QCOMPARE(now->dance.keys[0].time, 4.0);
        QVERIFY(now->dance.keys[0].pinned);
        // The derived values are those of the motion.
        const auto fresh = makeSnapshot(now->dance);
        for (std::size_t i = 0; i < fresh->positions.values.size(); ++i) QVERIFY((fresh->positions.values[i] - now->positions.values[i]).norm() < 1e-5f);
        const auto after = document().hash();
        QTest::keyClick(window_.get(), Qt::Key_Z, Qt::ControlModifier);
        QCOMPARE(document().hash(), before);
        QTest::keyClick(window_.get(), Qt::Key_Y, Qt::ControlModifier);
        QCOMPARE(document().hash(), after);
        // Generated anew, the dance passes through it.
        auto settings = document().state().settings;
        settings.seed = 99;
        document().requestSettings(settings, "Seed");
        QVERIFY(generateAndWait(document()));
        const auto pose = document().dance()->dance.clip.pose(240);
        QVERIFY(std::ranges::equal(pose, now->dance.keys[0].rotations, [](auto& a, auto& b) { return a.coeffs() == b.coeffs(); }));
    }

    void whatIsInHandStaysWhileOtherThingsChange() {
        QWindow* stage = stage_->stageWindow();
        const QPoint from = mark(motion::RightWrist);
        const auto pull = [&](int i) {
            const QPointF at(from + QPoint(5 * i, -8 * i));
            QMouseEvent move(QEvent::MouseMove, at, stage->mapToGlobal(at), Qt::NoButton, Qt::LeftButton, {});
            QCoreApplication::sendEvent(stage, &move);
        };
        document().select(TimeRange{1, 2});
        QTest::mousePress(stage, Qt::LeftButton, {}, from);
        for (int i = 1; i <= 3; ++i) pull(i);
        QVERIFY(window_->findChild<QAction*>("cancelAction")->isEnabled());
        QVERIFY(document().requestMarker(1));
        document().makeTakes(5);
        document().remakeSelection(6);
        QCOMPARE(document().waiting().size(), std::size_t(1));
        document().clearWaiting();
        pull(4);
        QTRY_VERIFY_WITH_TIMEOUT(!document().generator().busy() && document().takes().size() == 3, 30000);
        QTest::mouseRelease(stage, Qt::LeftButton, {}, from + QPoint(20, -32));
        QCOMPARE(document().undoStack().undoText(), QString("Shape right_wrist"));
    }

    void theInspectorShowsWhereThePlayheadWentWhileItWasHidden() {
        document().selectJoint(motion::RightShoulder);
        auto& box = childOf<QDoubleSpinBox>(*window_, "swingBox");
        window_->player().seek(4.2);
        QTRY_VERIFY(box.isVisible());
        const double there = box.value();
        window_->player().seek(4);
        QTRY_VERIFY(std::abs(box.value() - there) > 1);
        QWidget* dock = childOf<QWidget>(*window_, "Inspector").parentWidget();
        dock->hide();
        QVERIFY(!box.isVisible());
        window_->player().seek(4.2);
        QTest::qWait(50);
        dock->show();
        QTRY_VERIFY(box.isVisible());
        QCOMPARE(box.value(), there);
    }

    void escLetsGo() {
        const auto before = document().hash();
        const int entries = document().undoStack().count();
        QWindow* stage = stage_->stageWindow();
        const QPoint from = mark(motion::RightWrist);
        QTest::mousePress(stage, Qt::LeftButton, {}, from);
        for (int i = 1; i <= 5; ++i) QTest::mouseMove(stage, from + QPoint(5 * i, -8 * i));
        QTRY_VERIFY(window_->findChild<QAction*>("cancelAction")->isEnabled());
        QTest::keyClick(window_.get(), Qt::Key_Escape);
        QTest::mouseMove(stage, from + QPoint(60, -90));
        QTest::mouseRelease(stage, Qt::LeftButton, {}, from + QPoint(60, -90));
        QTest::qWait(30);
        QCOMPARE(document().undoStack().count(), entries);
        QCOMPARE(document().hash(), before);
    }

    void theDancerViewFollowsWhatIsInHand() {
        auto& dancer = childOf<DancerView>(*window_, "DancerView");
        // Where the arm that swings is far out, its neighbours and the mean of the motion are other poses.
        const motion::Clip& clip = document().dance()->dance.clip;
        const auto out = [&](std::size_t f) { return std::abs(clip.pose(f)[motion::RightShoulder].z()); };
        std::size_t peak = 210;
        for (std::size_t f = 210; f < 270; ++f)
            if (out(f) > out(peak)) peak = f;
        window_->player().seek(static_cast<double>(peak) / 60);
        const QImage danced = drawnPicture(dancer);
        QVERIFY(!danced.isNull());
        const auto hash = document().hash();
        for (const char* name : {"betweenSlider", "relaxSlider"}) {
            auto& slider = childOf<PoseSlider>(*window_, name);
            const QPoint middle = slider.rect().center();
            QTest::mousePress(&slider, Qt::LeftButton, {}, middle);
            QImage before = danced;
            for (const int dx : {-25, 25}) {  // live, and back again
                const QPointF at(middle + QPoint(dx, 0));
                QMouseEvent move(QEvent::MouseMove, at, slider.mapToGlobal(at), Qt::NoButton, Qt::LeftButton, {});
                QCoreApplication::sendEvent(&slider, &move);
                const QImage held = drawnPicture(dancer);
                QVERIFY2(!held.isNull() && held != before && held != danced, name);
                before = held;
            }
            QTest::keyClick(window_.get(), Qt::Key_Escape);
            QVERIFY2(drawnPicture(dancer) == danced, name);
            QTest::mouseRelease(&slider, Qt::LeftButton, {}, middle);
        }
        // A joint on the stage, by the same way; what is kept looks as what was in hand.
        const auto apart = [](const QImage& a, const QImage& b) {  // mean difference of the pixels
            double sum = 0;
            for (int y = 0; y < a.height(); ++y)
                for (int x = 0; x < a.width(); ++x) sum += std::abs(qGray(a.pixel(x, y)) - qGray(b.pixel(x, y)));
            return sum / (a.width() * a.height());
        };
        QWindow* stage = stage_->stageWindow();
        for (const bool kept : {false, true}) {
            const QPoint from = stage_->project(document().dance()->positions.at(peak, motion::LeftWrist)).toPoint();
            QTest::mousePress(stage, Qt::LeftButton, {}, from);
            for (int i = 1; i <= 5; ++i) {
                const QPointF at(from + QPoint(-6 * i, -12 * i));
                QMouseEvent move(QEvent::MouseMove, at, stage->mapToGlobal(at), Qt::NoButton, Qt::LeftButton, {});
                QCoreApplication::sendEvent(stage, &move);
            }
            const QImage held = drawnPicture(dancer);
            QVERIFY(!held.isNull() && held != danced);
            QCOMPARE(document().hash(), hash);
            if (!kept) QTest::keyClick(window_.get(), Qt::Key_Escape);
            QTest::mouseRelease(stage, Qt::LeftButton, {}, from + QPoint(-30, -60));
            if (kept) QVERIFY(document().hash() != hash);
            const QImage now = drawnPicture(dancer);
            QVERIFY(!now.isNull());
            // Of the dance that is another one now the camera may frame a little more or less.
            if (kept) QVERIFY2(apart(now, held) < 0.2 * apart(danced, held), qPrintable(QString("%1 of %2").arg(apart(now, held)).arg(apart(danced, held))));
            else QVERIFY(now == danced);
        }
        document().undoStack().undo();
        QVERIFY(drawnPicture(dancer) == danced);
    }

    void theInspectorFollowsWhatIsInHand() {
        document().selectJoint(motion::RightShoulder);
        auto& slider = childOf<PoseSlider>(*window_, "betweenSlider");
        const std::array boxes{&childOf<QDoubleSpinBox>(*window_, "bendBox"), &childOf<QDoubleSpinBox>(*window_, "twistBox"), &childOf<QDoubleSpinBox>(*window_, "swingBox")};
        const auto angles = [&] { return std::array{boxes[0]->value(), boxes[1]->value(), boxes[2]->value()}; };
        window_->player().seek(3.2);
        const auto danced = angles();
        const QPoint middle = slider.rect().center();
        QTest::mousePress(&slider, Qt::LeftButton, {}, middle);
        const QPointF at(middle + QPoint(25, 0));
        QMouseEvent move(QEvent::MouseMove, at, slider.mapToGlobal(at), Qt::NoButton, Qt::LeftButton, {});
        QCoreApplication::sendEvent(&slider, &move);
        const auto held = angles();
        QVERIFY(std::abs(held[0] - danced[0]) + std::abs(held[1] - danced[1]) + std::abs(held[2] - danced[2]) > 1);
        QTest::keyClick(window_.get(), Qt::Key_Escape);
        QCOMPARE(angles(), danced);
        QTest::mouseRelease(&slider, Qt::LeftButton, {}, middle);
        QCOMPARE(document().undoStack().count(), 1);
    }

    void theDancerViewShowsWhatChangedWhileItWasHidden() {
        auto& dancer = childOf<DancerView>(*window_, "DancerView");
        const QImage danced = drawnPicture(dancer);
        QVERIFY(!danced.isNull());
        dancer.hide();
        window_->player().seek(4.3);
        QVERIFY(drawnPicture(dancer) == danced);  // nothing is drawn for nobody
        dancer.show();
        QVERIFY(drawnPicture(dancer) != danced);
    }

    void draggingBesideTheBodyTurnsTheCamera() {
        const auto before = document().hash();
        const auto yaw = stage_->camera().yaw;
        drag({20, 40}, {80, 60}, {});
        QVERIFY(stage_->camera().yaw != yaw);
        drag(mark(motion::LeftWrist), mark(motion::LeftWrist) + QPoint(50, 0), Qt::AltModifier);
        QCOMPARE(document().hash(), before);
    }

    void withCtrlAJointIsTurned() {
        const auto old = document().dance();
        const QPoint from = mark(motion::LeftShoulder);
        drag(from, from + QPoint(40, 0), Qt::ControlModifier);
        const auto now = document().dance();
        QCOMPARE(document().undoStack().undoText(), QString("Shape left_shoulder"));
        QVERIFY((at(*now, motion::LeftShoulder) - at(*old, motion::LeftShoulder)).norm() < 1e-4f);
        QVERIFY(std::abs(old->dance.clip.pose(240)[motion::LeftShoulder].angularDistance(now->dance.clip.pose(240)[motion::LeftShoulder]) - 0.4f) < 0.02f);
    }

    void anglesAreTyped() {
        const auto before = document().hash();
        document().selectJoint(motion::LeftElbow);
        auto* box = window_->findChild<QDoubleSpinBox*>("swingBox");
        QVERIFY(box && box->isEnabled());
        box->setFocus();
        box->selectAll();
        QTest::keyClicks(box, "35");
        QTest::keyClick(box, Qt::Key_Return);
        QVERIFY(document().hash() != before);
        QCOMPARE(document().undoStack().undoText(), QString("Turn left_elbow"));
        QCOMPARE(box->value(), 35.0);
        window_->player().seek(6);  // beyond the blend the motion is as it was
        QTRY_VERIFY(std::abs(box->value()) < 0.1);
        document().undoStack().undo();
        QCOMPARE(document().hash(), before);
    }

    void theBlendReachesAsFarAsItSays() {
        auto* box = window_->findChild<QDoubleSpinBox*>("falloffBox");
        QVERIFY(box);
        box->setValue(1.0);
        const auto old = document().dance();
        drag(mark(motion::LeftWrist), mark(motion::LeftWrist) + QPoint(0, -50), {});
        const auto now = document().dance();
        const auto moved = [&](std::size_t frame) { return (now->positions.at(frame, motion::LeftWrist) - old->positions.at(frame, motion::LeftWrist)).norm(); };
        QVERIFY(moved(240 + 40) > 0.005f && moved(240 - 40) > 0.005f);
        QCOMPARE(moved(240 + 62), 0.0f);
        QCOMPARE(moved(240 - 62), 0.0f);
    }

    void aPoseIsCopiedAndPasted() {
        const auto before = document().hash();
        QVERIFY(!window_->findChild<QAction*>("pastePoseAction")->isEnabled());
        QTest::keyClick(window_.get(), Qt::Key_C, Qt::ControlModifier);
        const auto copied = motion::poseAt(document().dance()->dance.clip, 240);
        window_->player().seek(6.25);
        QTest::keyClick(window_.get(), Qt::Key_V, Qt::ControlModifier);
        auto pose = document().dance()->dance.clip.pose(375);
        QVERIFY(pose[motion::RightShoulder].angularDistance(copied.rotations[motion::RightShoulder]) < 5e-3f);
        QTest::keyClick(window_.get(), Qt::Key_Z, Qt::ControlModifier);
        QTest::keyClick(window_.get(), Qt::Key_V, Qt::ControlModifier | Qt::ShiftModifier);
        pose = document().dance()->dance.clip.pose(375);
        const motion::Quat& right = copied.rotations[motion::RightShoulder];
        QVERIFY(pose[motion::LeftShoulder].angularDistance(motion::Quat(right.w(), right.x(), -right.y(), -right.z())) < 5e-3f);
        QTest::keyClick(window_.get(), Qt::Key_Z, Qt::ControlModifier);
        QCOMPARE(document().hash(), before);
    }

    void aHeldHandStaysWhileTheBodySinks() {
        const auto old = document().dance();
        const auto sink = [&](bool held) {
            drag(mark(motion::Pelvis), mark(motion::Pelvis) + QPoint(0, 40), {});
            const auto now = document().dance();
            const float hand = (at(*now, motion::LeftWrist) - at(*old, motion::LeftWrist)).norm(), pelvis = at(*old, motion::Pelvis).y() - at(*now, motion::Pelvis).y();
            QVERIFY2(pelvis > 0.05f, qPrintable(QString::number(static_cast<double>(pelvis))));
            QVERIFY2(held ? hand < 0.01f : hand > 0.04f, qPrintable(QString::number(static_cast<double>(hand))));
            document().undoStack().undo();
        };
        sink(false);
        document().selectJoint(motion::LeftWrist);
        QTest::keyClick(window_.get(), Qt::Key_H);
        sink(true);
        // Alt and a click let it go.
        QTest::mouseClick(stage_->stageWindow(), Qt::LeftButton, Qt::AltModifier, mark(motion::LeftWrist));
        sink(false);
    }

    void aPartIsSmoothedTheDanceMirroredAndKeysStepped() {
        const auto before = document().hash();
        QVERIFY(!window_->findChild<QAction*>("smoothAction")->isEnabled());
        document().requestPin(3);
        document().requestPin(5);
        document().select(TimeRange{2, 6});
        const auto old = document().dance();
        QTest::keyClick(window_.get(), Qt::Key_E, Qt::ControlModifier | Qt::ShiftModifier);
        QCOMPARE(document().undoStack().undoText(), QString("Smooth"));
        const auto calm = document().dance();
        QVERIFY((calm->positions.at(240, motion::RightWrist) - old->positions.at(240, motion::RightWrist)).norm() > 1e-4f);
        QCOMPARE(calm->positions.at(100, motion::RightWrist), old->positions.at(100, motion::RightWrist));
        const auto pose = calm->dance.clip.pose(180);
        QVERIFY(std::ranges::equal(pose, calm->dance.keys[0].rotations, [](auto& a, auto& b) { return a.coeffs() == b.coeffs(); }));
        window_->findChild<QAction*>("mirrorDanceAction")->trigger();
        const auto mirror = document().dance();
        for (const std::size_t f : {0u, 240u, 400u}) {
            const motion::Vec3 a = calm->positions.at(f, motion::LeftWrist), b = mirror->positions.at(f, motion::RightWrist);
            QVERIFY((motion::Vec3(-a.x(), a.y(), a.z()) - b).norm() < 1e-4f);
            QCOMPARE(calm->dance.contacts[f][0], mirror->dance.contacts[f][2]);
        }
        window_->player().seek(4);
        QTest::keyClick(window_.get(), Qt::Key_Right, Qt::AltModifier);
        QCOMPARE(window_->player().position(), 5.0);
        QTest::keyClick(window_.get(), Qt::Key_Right, Qt::AltModifier);  // none behind it
        QCOMPARE(window_->player().position(), 5.0);
        QTest::keyClick(window_.get(), Qt::Key_Left, Qt::AltModifier);
        QCOMPARE(window_->player().position(), 3.0);
        while (document().undoStack().index() > 1) document().undoStack().undo();
        QCOMPARE(document().hash(), before);
    }

private:
    static motion::Vec3 at(const DanceSnapshot& dance, int joint) { return dance.positions.at(240, static_cast<std::size_t>(joint)); }
    QPoint mark(int joint) { return stage_->project(at(*document().dance(), joint)).toPoint(); }
    void drag(QPoint from, QPoint to, Qt::KeyboardModifiers keys) { dragOnStage(*stage_, from, to, keys); }
};

CHOREIA_TEST(WindowShapingTest)
#include "window_shaping_test.moc"
