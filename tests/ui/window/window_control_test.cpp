// Steering the choreographer as a person does it: select, remake, pin, take, undo, by mouse and keys.
#include "ui/window_fixture.h"

#include "support/testing.h"
#include "timeline/timeline_view.h"

#include <QAbstractButton>
#include <QPushButton>

using namespace choreia;
using namespace choreia::ui;
using namespace choreia::ui::testing;

class WindowControlTest : public QObject, protected SongWindow {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { prepare(); }
    void cleanup() { window_.reset(); }

    void aPartIsSelectedRemadeAndUndone() {
        load(quickGenerator());
        auto& document = window_->document();
        auto& remake = button("remakeButton");
        QVERIFY(!remake.isVisible());
        const auto before = document.hash();
        selectPart();
        QVERIFY(document.selection());
        QVERIFY(remake.isVisible());
        QVERIFY2(remake.text().startsWith("Remake bar"), qPrintable(remake.text()));
        QTest::mouseClick(&remake, Qt::LeftButton);
        QTRY_VERIFY(!document.generator().busy());
        QVERIFY(document.hash() != before);
        QTest::keyClick(window_.get(), Qt::Key_R, Qt::ControlModifier);
        QTRY_VERIFY(!document.generator().busy());
        QCOMPARE(document.undoStack().count(), 3);
        for (int i = 0; i < 2; ++i) QTest::keyClick(window_.get(), Qt::Key_Z, Qt::ControlModifier);
        QCOMPARE(document.hash(), before);
        QTest::keyClick(window_.get(), Qt::Key_Escape);
        QVERIFY(!document.selection());
        QVERIFY(!remake.isVisible());
    }

    void escCancelsTheRemakeFirst() {
        load(quickGenerator());
        window_->document().setGenerator(stubbornGenerator(std::chrono::milliseconds(10)));
        const auto before = window_->document().hash();
        selectPart();
        QTest::keyClick(window_.get(), Qt::Key_R, Qt::ControlModifier);
        QVERIFY(window_->document().generator().busy());
        QTest::keyClick(window_.get(), Qt::Key_Escape);
        QVERIFY(!window_->document().generator().busy());
        QVERIFY(window_->document().selection());
        QTRY_COMPARE(window_->document().generator().threads(), std::size_t(0));
        QCOMPARE(window_->document().hash(), before);
    }

    void posesArePinnedAndRemovedByKey() {
        load(quickGenerator());
        auto& document = window_->document();
        const auto before = document.hash();
        window_->player().seek(3);
        QTest::keyClick(window_.get(), Qt::Key_K);
        QCOMPARE(document.dance()->dance.keys.size(), std::size_t(1));
        QTest::keyClick(window_.get(), Qt::Key_Delete);
        QVERIFY(document.dance()->dance.keys.empty());
        QTest::keyClick(window_.get(), Qt::Key_K, Qt::ShiftModifier);
        QVERIFY(document.state().opening);
        QVERIFY(button("openingButton").isVisible());
        QTest::mouseClick(&button("openingButton"), Qt::LeftButton);
        QVERIFY(!document.state().opening);
        while (document.undoStack().index() > 1) QTest::keyClick(window_.get(), Qt::Key_Z, Qt::ControlModifier);
        QCOMPARE(document.hash(), before);
    }

    void aTakeIsChosenByClick() {
        load(quickGenerator());
        auto& document = window_->document();
        const auto before = document.hash();
        QTest::mouseClick(&button("takesButton"), Qt::LeftButton);
        QTRY_COMPARE(document.takes().size(), std::size_t(3));
        QCOMPARE(document.hash(), before);
        auto& second = button("takeButton2");
        QTRY_VERIFY(second.isVisible());
        QTest::mouseClick(&second, Qt::LeftButton);
        QCOMPARE(document.currentTake(), 1);
        QVERIFY(second.isChecked());
        QTest::keyClick(window_.get(), Qt::Key_Z, Qt::ControlModifier);
        QCOMPARE(document.hash(), before);
        QVERIFY(!second.isChecked());
        QTest::mouseClick(&button("likeButton"), Qt::LeftButton);
        QTRY_VERIFY(!document.generator().busy());
        QCOMPARE(document.undoStack().undoText(), QStringLiteral("More like this"));
    }

private:
    void load(Generator generator) {
        window_ = showWindow(std::move(generator));
        QVERIFY(openAndWait(window_->document(), song_));
        QVERIFY(generateAndWait(window_->document()));
    }
    [[nodiscard]] QAbstractButton& button(const char* name) const {
        auto* found = window_->findChild<QAbstractButton*>(QString::fromLatin1(name));
        if (!found) qFatal("the window has no %s", name);
        return *found;
    }
    /// Along the bar numbers, from 2 s to 5 s.
    void selectPart() {
        auto& view = *window_->findChild<TimelineView*>();
        const auto at = [&](double seconds) { return QPoint(static_cast<int>(std::lround(view.axis().x(seconds))), 34); };
        QTest::mousePress(&view, Qt::LeftButton, Qt::NoModifier, at(2));
        for (const double to : {3.0, 4.0, 5.0}) QTest::mouseMove(&view, at(to));
        QTest::mouseRelease(&view, Qt::LeftButton, Qt::NoModifier, at(5));
    }
};

CHOREIA_TEST(WindowControlTest)
#include "window_control_test.moc"
