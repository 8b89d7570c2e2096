// The slider that springs back, by mouse and keys: what it announces, when it lets go, and that nothing follows once it is dropped.
#include "inspector/pose_slider.h"

#include "support/testing.h"

#include <QMouseEvent>
#include <QSignalSpy>

#include <memory>

using namespace choreia::ui;

class PoseSliderTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init() {
        slider_ = std::make_unique<PoseSlider>("slider", "Relax", "Relaxes");
        slider_->resize(216, 28);  // a percent is a pixel
        slider_->show();
        QVERIFY(QTest::qWaitForWindowExposed(slider_.get()));
        drawn_ = std::make_unique<QSignalSpy>(slider_.get(), &PoseSlider::drawn);
        letGo_ = std::make_unique<QSignalSpy>(slider_.get(), &PoseSlider::letGo);
    }

    void aDragIsDrawnAndLetGoOnce() {
        QTest::mousePress(slider_.get(), Qt::LeftButton, {}, {110, 14});  // a little off the middle: the handle does not jump
        QCOMPARE(drawn_->count(), 0);
        move(140);
        QCOMPARE(last(), 0.3);
        move(500);
        QCOMPARE(last(), 1.0);
        move(60);
        QCOMPARE(last(), -0.5);
        QCOMPARE(letGo_->count(), 0);
        QTest::mouseRelease(slider_.get(), Qt::LeftButton, {}, {60, 14});
        QCOMPARE(letGo_->count(), 1);
        QCOMPARE(slider_->value(), 0);
        QCOMPARE(drawn_->count(), 3);  // springing back says nothing
    }

    void theMiddleCountsOnceItWasLeft() {
        QTest::mouseClick(slider_.get(), Qt::LeftButton, {}, {108, 14});
        QCOMPARE(drawn_->count() + letGo_->count(), 0);
        QTest::mousePress(slider_.get(), Qt::LeftButton, {}, {108, 14});
        move(130);
        move(108);
        QCOMPARE(last(), 0.0);
        QTest::mouseRelease(slider_.get(), Qt::LeftButton, {}, {108, 14});
        QCOMPARE(letGo_->count(), 1);
    }

    void aPressBesideTheHandleTakesItThere() {
        QTest::mouseClick(slider_.get(), Qt::LeftButton, {}, {178, 14});
        QCOMPARE(last(), 0.7);
        QCOMPARE(letGo_->count(), 1);
    }

    void aNarrowOneIsDrawnAsFinely() {
        slider_->setFixedWidth(56);
        QTest::mousePress(slider_.get(), Qt::LeftButton, {}, {28, 14});
        move(28 + 7);
        QCOMPARE(last(), 0.1);
        move(28 + 70);  // beside it
        QCOMPARE(last(), 1.0);
        QTest::mouseRelease(slider_.get(), Qt::LeftButton, {}, {98, 14});
        QCOMPARE(letGo_->count(), 1);
    }

    void onceDroppedNothingFollows() {
        QTest::mousePress(slider_.get(), Qt::LeftButton, {}, {108, 14});
        move(150);
        slider_->drop();
        QCOMPARE(slider_->value(), 0);
        move(180);
        QTest::mouseRelease(slider_.get(), Qt::LeftButton, {}, {180, 14});
        QCOMPARE(drawn_->count(), 1);
        QCOMPARE(letGo_->count(), 0);
        QCOMPARE(slider_->value(), 0);
    }

    void keysDrawAndEnterLetsGo() {
        slider_->activateWindow();
        slider_->setFocus(Qt::TabFocusReason);
        QTRY_VERIFY(slider_->hasFocus());
        QTest::keyClick(slider_.get(), Qt::Key_Right);
        QTest::keyClick(slider_.get(), Qt::Key_PageUp);
        QCOMPARE(last(), 0.3);
        QCOMPARE(letGo_->count(), 0);
        QTest::keyClick(slider_.get(), Qt::Key_Return);
        QCOMPARE(letGo_->count(), 1);
        QCOMPARE(slider_->value(), 0);
        QTest::keyClick(slider_.get(), Qt::Key_Left);
        QCOMPARE(last(), -0.05);
        slider_->clearFocus();
        QCOMPARE(letGo_->count(), 2);
    }

    void aValueFromOutsideCountsAtOnce() {
        slider_->clearFocus();  // some platforms give it to whatever is shown
        slider_->setValue(40);
        QCOMPARE(last(), 0.4);
        QCOMPARE(letGo_->count(), 1);
        QCOMPARE(slider_->value(), 0);
    }

private:
    void move(int x) {
        const QPointF at(x, 14);
        QMouseEvent event(QEvent::MouseMove, at, slider_->mapToGlobal(at), Qt::NoButton, Qt::LeftButton, {});
        QCoreApplication::sendEvent(slider_.get(), &event);
    }
    [[nodiscard]] double last() const { return drawn_->isEmpty() ? -9 : drawn_->last()[0].toDouble(); }

    std::unique_ptr<PoseSlider> slider_;
    std::unique_ptr<QSignalSpy> drawn_, letGo_;
};

CHOREIA_TEST(PoseSliderTest)
#include "pose_slider_test.moc"
