// Cross-fades by keyboard in the whole window: laid in, blended, longer, shorter, taken back, undone.
#include "ui/window_fixture.h"

#include "style/theme.h"
#include "support/testing.h"
#include "timeline/timeline_view.h"

#include <QAction>

using namespace choreia;
using namespace choreia::ui;
using namespace choreia::ui::testing;

class WindowSeamsTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() {
        style::apply(*qApp, style::Theme::Dark);
        song_ = makeSong(folder_);
    }
    void xBlendsTheBlocksAtThePlayhead() {
        const auto window = showWindow(quickGenerator());
        Document& document = window->document();
        QVERIFY(openAndWait(document, song_));
        QVERIFY(generateAndWait(document));
        auto& view = childOf<TimelineView>(*window, "TimelineView");
        view.setFocus();
        QTest::keyClick(&view, Qt::Key_X);  // one block: a message, and nothing changes
        QVERIFY(!window->noticeText().isEmpty());
        document.select(TimeRange{1, 3});
        QTest::keyClick(&view, Qt::Key_C, Qt::ControlModifier);
        window->player().seek(4);
        QTest::keyClick(&view, Qt::Key_V, Qt::ControlModifier);
        QCOMPARE(document.undoStack().undoText(), QString("Paste movement"));
        const auto laid = document.hash();
        const double at = document.cutNear(4)->at;
        window->player().seek(at + 0.2);
        QTest::keyClick(&view, Qt::Key_X);
        QCOMPARE(document.undoStack().undoText(), QString("Cross-fade"));
        const double fade = document.cutNear(at)->fade, beat = fade / 2;  // at 120 a minute two beats
        QVERIFY2(std::abs(fade - 1) < 0.05, qPrintable(QString::number(fade)));
        QTest::keyClick(&view, Qt::Key_X, Qt::ShiftModifier);
        QVERIFY(std::abs(document.cutNear(at)->fade - fade - beat / 2) < 0.02);
        QTest::keyClick(&view, Qt::Key_X, Qt::ControlModifier | Qt::ShiftModifier);
        QVERIFY(std::abs(document.cutNear(at)->fade - fade) < 0.02);
        const auto faded = document.hash();
        QTest::keyClick(&view, Qt::Key_X);
        QCOMPARE(document.cutNear(at)->fade, 0.0);
        QCOMPARE(document.hash(), laid);
        QTest::keyClick(&view, Qt::Key_Z, Qt::ControlModifier);
        QCOMPARE(document.hash(), faded);
        for (int i = 0; i < 3; ++i) QTest::keyClick(&view, Qt::Key_Z, Qt::ControlModifier);
        QCOMPARE(document.hash(), laid);
        auto* action = window->findChild<QAction*>("crossFadeAction");
        QVERIFY(action && action->isEnabled());
    }

private:
    QTemporaryDir folder_;
    QString song_;
};

CHOREIA_TEST(WindowSeamsTest)
#include "window_seams_test.moc"
