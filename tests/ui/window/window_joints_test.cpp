// Several joints chosen in the whole window, and what it is for: poses copied and pasted of them alone, held, drawn by the sliders and keys; all undone.
#include "ui/window_fixture.h"

#include "document/pose_tools.h"
#include "inspector/pose_slider.h"
#include "support/testing.h"

#include <QAction>
#include <QLabel>
#include <QWindow>

using namespace choreia;
using namespace choreia::ui;
using namespace choreia::ui::testing;
using motion::JointSet;

class WindowJointsTest : public QObject, protected DancedStage {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { prepare(); }
    void init() {
        openStage();
        entries_ = document().undoStack().count();
        hash_ = document().hash();
    }
    void cleanup() { window_.reset(); }

    void clicksAndBoxesChooseAndEscClears() {
        ctrlClick(motion::LeftElbow);
        QVERIFY(document().joints()[motion::LeftElbow]);
        ctrlClick(motion::RightKnee);
        QVERIFY(document().joints()[motion::RightKnee]);
        QCOMPARE(document().joint(), int(motion::RightKnee));
        const auto count = document().joints().count();
        QCOMPARE(childOf<QLabel>(*window_, "chosenJoints").text(), QString("%1 joints").arg(count));
        QVERIFY(says(QString("%1 joints chosen").arg(count)));
        QTest::keyClick(window_.get(), Qt::Key_Escape);
        QVERIFY(document().joints().none());
        QCOMPARE(childOf<QLabel>(*window_, "chosenJoints").text(), QString("all"));
        QVERIFY(!says("joints chosen"));
        const QSize size = stage_->stageWindow()->size();
        dragOnStage(*stage_, {4, 4}, {size.width() - 4, size.height() - 4}, Qt::ControlModifier);
        QVERIFY(document().joints().all());
        QTest::mouseClick(stage_->stageWindow(), Qt::LeftButton, {}, {8, 60});  // the floor
        QVERIFY(document().joints().none());
        QCOMPARE(document().undoStack().count(), entries_);
        QCOMPARE(document().hash(), hash_);
    }

    void escLeavesABox() {
        document().selectJoints(JointSet().set(motion::Head));
        QWindow* stage = stage_->stageWindow();
        QTest::mousePress(stage, Qt::LeftButton, Qt::ControlModifier, {6, 6});
        QMouseEvent move(QEvent::MouseMove, QPointF(300, 300), stage->mapToGlobal(QPointF(300, 300)), Qt::NoButton, Qt::LeftButton, Qt::ControlModifier);
        QCoreApplication::sendEvent(stage, &move);
        QVERIFY(stage_->drawsBox());
        QTest::keyClick(window_.get(), Qt::Key_Escape);
        QVERIFY(!stage_->drawsBox());
        QTest::mouseRelease(stage, Qt::LeftButton, Qt::ControlModifier, {300, 300});
        QVERIFY(document().joints() == JointSet().set(motion::Head));
        QTest::keyClick(window_.get(), Qt::Key_Escape);
        QVERIFY(document().joints().none());
    }

    void onlyChosenJointsAreCopiedAndPasted() {
        const JointSet two = JointSet().set(motion::RightShoulder).set(motion::RightElbow);
        document().selectJoints(two);
        QVERIFY(childOf<QAction>(*window_, "copyPoseAction").text().contains("2 joints"));
        const auto [copied, was] = copiedAndPasted();
        QVERIFY(onlyFrom(was, copied, two));
        QCOMPARE(document().undoStack().count(), entries_ + 1);
        QTest::keyClick(window_.get(), Qt::Key_Z, Qt::ControlModifier);
        QCOMPARE(document().hash(), hash_);
        // Mirrored, to the other arm.
        QTest::keyClick(window_.get(), Qt::Key_V, Qt::ControlModifier | Qt::ShiftModifier);
        const auto now = motion::poseAt(clip(), 375);
        const motion::Quat& right = copied.rotations[motion::RightShoulder];
        QVERIFY(now.rotations[motion::LeftShoulder].angularDistance(motion::Quat(right.w(), right.x(), -right.y(), -right.z())) < 5e-3f);
        QVERIFY(now.rotations[motion::RightShoulder].coeffs() == was.rotations[motion::RightShoulder].coeffs());
        QTest::keyClick(window_.get(), Qt::Key_Z, Qt::ControlModifier);
        // Of a whole pose only those chosen at the paste; of others nothing, and a word.
        window_->player().seek(4);
        QTest::keyClick(window_.get(), Qt::Key_C, Qt::ControlModifier);
        window_->player().seek(6.25);
        document().selectJoints(two);
        QTest::keyClick(window_.get(), Qt::Key_V, Qt::ControlModifier);
        QVERIFY(onlyFrom(was, copied, two));
        QTest::keyClick(window_.get(), Qt::Key_Z, Qt::ControlModifier);
        QTest::keyClick(window_.get(), Qt::Key_C, Qt::ControlModifier);
        document().selectJoints(JointSet().set(motion::LeftHip).set(motion::LeftKnee));
        QTest::keyClick(window_.get(), Qt::Key_V, Qt::ControlModifier);
        QVERIFY2(window_->noticeText().contains("None of the chosen joints was copied"), qPrintable(window_->noticeText()));
        QCOMPARE(document().hash(), hash_);
    }

    void oneJointAloneIsCopiedAlone() {
        const JointSet one = JointSet().set(motion::RightShoulder);
        document().selectJoints(one);
        QVERIFY(childOf<QAction>(*window_, "copyPoseAction").text().contains("1 joint"));
        const auto [copied, was] = copiedAndPasted();
        QVERIFY(onlyFrom(was, copied, one));
        QCOMPARE(document().undoStack().undoText(), QString("Paste pose, 1 joint"));
        QTest::keyClick(window_.get(), Qt::Key_Z, Qt::ControlModifier);
        // And of all that was copied, pasted alone.
        window_->player().seek(4);
        QTest::keyClick(window_.get(), Qt::Key_C, Qt::ControlModifier);
        window_->player().seek(6.25);
        document().selectJoints(one);
        QTest::keyClick(window_.get(), Qt::Key_V, Qt::ControlModifier);
        QVERIFY(onlyFrom(was, copied, one));
        QTest::keyClick(window_.get(), Qt::Key_Z, Qt::ControlModifier);
        QCOMPARE(document().hash(), hash_);
    }

    void hHoldsAllThatAreChosen() {
        document().selectJoints(JointSet().set(motion::LeftWrist).set(motion::RightWrist));
        QTest::keyClick(window_.get(), Qt::Key_H);
        document().selectJoints({});
        const auto old = document().dance();
        dragOnStage(*stage_, mark(motion::Pelvis), mark(motion::Pelvis) + QPoint(0, 30));
        const auto now = document().dance();
        QVERIFY(document().hash() != hash_);
        for (const std::size_t hand : {motion::LeftWrist, motion::RightWrist}) {
            const float off = (now->positions.at(240, hand) - old->positions.at(240, hand)).norm();
            QVERIFY2(off < 0.01f, qPrintable(QString::number(static_cast<double>(off))));
        }
        document().undoStack().undo();
        document().selectJoints(JointSet().set(motion::LeftWrist).set(motion::RightWrist));
        QTest::keyClick(window_.get(), Qt::Key_H);  // none any longer
        document().selectJoints({});
        dragOnStage(*stage_, mark(motion::Pelvis), mark(motion::Pelvis) + QPoint(0, 30));
        QVERIFY((document().dance()->positions.at(240, motion::LeftWrist) - old->positions.at(240, motion::LeftWrist)).norm() > 0.03f);
    }

    void aSliderDrawsLiveAndIsOneEntry() {
        window_->player().seek(3.2);
        auto& slider = childOf<PoseSlider>(*window_, "betweenSlider");
        QVERIFY(slider.isEnabled());
        const auto expected = poseByTool(document(), 3.2, PoseTool::Breakdown, 0.5);
        const int half = (slider.width() / 2 - 8) / 2;
        const QPoint middle = slider.rect().center();
        QTest::mousePress(&slider, Qt::LeftButton, {}, middle);
        for (int i = 1; i <= 5; ++i) moveTo(slider, middle + QPoint(i * half / 5, 0));
        slider.setValue(50);  // whatever a pixel is
        QVERIFY(says("Breakdown +50 %: release to keep it"));
        QCOMPARE(document().hash(), hash_);  // nothing yet
        QVERIFY(childOf<QAction>(*window_, "cancelAction").isEnabled());
        QTest::mouseRelease(&slider, Qt::LeftButton, {}, middle + QPoint(half, 0));
        QCOMPARE(document().undoStack().count(), entries_ + 1);
        QCOMPARE(document().undoStack().undoText(), QString("Breakdown"));
        const auto now = motion::poseAt(clip(), 192);
        for (std::size_t j = 0; j < motion::kJoints; ++j) QVERIFY(now.rotations[j].coeffs() == expected->rotations[j].coeffs());
        QCOMPARE(slider.value(), 0);
        QTest::keyClick(window_.get(), Qt::Key_Z, Qt::ControlModifier);
        QCOMPARE(document().hash(), hash_);
    }

    void escRollsASliderBack() {
        auto& slider = childOf<PoseSlider>(*window_, "relaxSlider");
        const QPoint middle = slider.rect().center();
        QTest::mousePress(&slider, Qt::LeftButton, {}, middle);
        moveTo(slider, middle + QPoint(30, 0));
        QVERIFY(says("release to keep it"));
        QTest::keyClick(window_.get(), Qt::Key_Escape);
        QCOMPARE(slider.value(), 0);
        QVERIFY(!says("release to keep it"));
        moveTo(slider, middle + QPoint(40, 0));
        QTest::mouseRelease(&slider, Qt::LeftButton, {}, middle + QPoint(40, 0));
        QCOMPARE(document().undoStack().count(), entries_);
        QCOMPARE(document().hash(), hash_);
    }

    void keysDoTheSame() {
        window_->player().seek(3.2);
        const std::tuple<Qt::Key, Qt::KeyboardModifier, PoseTool, double, QString> keys[] = {
            {Qt::Key_I, Qt::NoModifier, PoseTool::Breakdown, 0, "Breakdown"},
            {Qt::Key_Comma, Qt::ControlModifier, PoseTool::Breakdown, -0.5, "Breakdown"},
            {Qt::Key_Period, Qt::ControlModifier, PoseTool::Breakdown, 0.5, "Breakdown"},
            {Qt::Key_R, Qt::NoModifier, PoseTool::Relax, 0.5, "Relax pose"},
            {Qt::Key_R, Qt::ShiftModifier, PoseTool::Relax, -0.5, "Exaggerate pose"}};
        for (const auto& [key, modifier, tool, amount, text] : keys) {
            const auto expected = poseByTool(document(), 3.2, tool, amount);
            QTest::keyClick(window_.get(), key, modifier);
            QCOMPARE(document().undoStack().count(), entries_ + 1);
            QCOMPARE(document().undoStack().undoText(), text);
            const auto now = motion::poseAt(clip(), 192);
            for (std::size_t j = 0; j < motion::kJoints; ++j) QVERIFY(now.rotations[j].coeffs() == expected->rotations[j].coeffs());
            document().undoStack().undo();
            QCOMPARE(document().hash(), hash_);
        }
    }

private:
    /// The chosen joints of frame 240, pasted by the keys at frame 375: the pose they came from, and the one that was there.
    std::pair<motion::Pose, motion::Pose> copiedAndPasted() {
        QTest::keyClick(window_.get(), Qt::Key_C, Qt::ControlModifier);
        const auto copied = motion::poseAt(clip(), 240);
        QTest::keyClick(window_.get(), Qt::Key_Escape);
        window_->player().seek(6.25);
        const auto was = motion::poseAt(clip(), 375);
        QTest::keyClick(window_.get(), Qt::Key_V, Qt::ControlModifier);
        return {copied, was};
    }
    const motion::Clip& clip() { return document().dance()->dance.clip; }
    QPoint mark(int joint) { return stage_->project(document().dance()->positions.at(240, static_cast<std::size_t>(joint))).toPoint(); }
    void ctrlClick(int joint) { QTest::mouseClick(stage_->stageWindow(), Qt::LeftButton, Qt::ControlModifier, mark(joint)); }
    /// Whether a line of text in the window has these words.
    bool says(const QString& words) {
        const auto labels = window_->findChildren<QLabel*>();
        return std::any_of(labels.begin(), labels.end(), [&](const QLabel* label) { return label->isVisible() && label->text().contains(words); });
    }
    /// The pose at 6.25 s is as it was, but for these joints.
    bool onlyFrom(const motion::Pose& was, const motion::Pose& copied, const JointSet& joints) {
        const auto now = motion::poseAt(clip(), 375);
        bool good = now.root == was.root;
        for (std::size_t j = 0; j < motion::kJoints; ++j) good = good && now.rotations[j].coeffs() == (joints[j] ? copied : was).rotations[j].coeffs();
        return good;
    }
    static void moveTo(QWidget& widget, QPointF at) {
        QMouseEvent move(QEvent::MouseMove, at, widget.mapToGlobal(at), Qt::NoButton, Qt::LeftButton, {});
        QCoreApplication::sendEvent(&widget, &move);
    }

    int entries_ = 0;
    std::uint64_t hash_ = 0;
};

CHOREIA_TEST(WindowJointsTest)
#include "window_joints_test.moc"
