// A whole sitting, by mouse and keys alone: a song is dropped, danced, its tempo doubled, poses pinned, four bars remade, a pose mirrored, a hand dragged; all of it
// undone and redone, saved, opened again, exported.
#include "ui/window_fixture.h"

#include "export/export_dialog.h"
#include "support/testing.h"
#include "timeline/timeline_view.h"

#include <QAbstractButton>
#include <QDropEvent>
#include <QFileDialog>
#include <QLabel>
#include <QLineEdit>
#include <QMimeData>
#include <QTimer>

using namespace choreia;
using namespace choreia::ui;
using namespace choreia::ui::testing;

class WindowSessionTest : public QObject, protected SongWindow {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { prepare(); }

    void aSittingIsUndoneRedoneSavedOpenedAndExported() {
        window_ = showWindow(quickGenerator());
        drop(song_);
        QTRY_VERIFY_WITH_TIMEOUT(document().song(), 60000);
        const auto start = document().hash();

        key(Qt::Key_G, Qt::ControlModifier);
        QTRY_VERIFY_WITH_TIMEOUT(document().dance() && !document().generator().busy(), 60000);
        const auto beats = document().state().grid.beats.size();
        click("doubleTempoButton");
        QVERIFY(document().state().grid.beats.size() > beats + beats / 2);
        for (const double moment : {2.0, 5.5}) {
            seekByMouse(moment);
            key(Qt::Key_K);
        }
        QCOMPARE(document().dance()->dance.keys.size(), std::size_t(2));
        selectByMouse(2.5, 4.5);  // four bars of the doubled beats
        QVERIFY(document().selection());
        const auto danced = document().dance();
        key(Qt::Key_R, Qt::ControlModifier);
        QTRY_VERIFY(!document().generator().busy());
        QVERIFY(document().dance() != danced);
        key(Qt::Key_Escape);
        seekByMouse(3.5);
        key(Qt::Key_M, Qt::ControlModifier | Qt::ShiftModifier);
        QCOMPARE(document().undoStack().undoText(), QString("Mirror pose"));
        seekByMouse(6.5);
        dragHand();
        QVERIFY(document().undoStack().undoText().startsWith("Shape"));
        const auto end = document().hash();
        const int entries = document().undoStack().count();
        QCOMPARE(entries, 7);  // generate, double, two pins, remake, mirror, drag

        for (int i = 0; i < entries; ++i) key(Qt::Key_Z, Qt::ControlModifier);
        QVERIFY(!document().undoStack().canUndo());
        QCOMPARE(document().hash(), start);
        for (int i = 0; i < entries; ++i) key(Qt::Key_Z, Qt::ControlModifier | Qt::ShiftModifier);
        QCOMPARE(document().hash(), end);

        const QString file = folder_.filePath("sitting.choreia");
        answerWith(file);
        key(Qt::Key_S, Qt::ControlModifier);
        QTRY_VERIFY(!document().dirty());
        QCOMPARE(document().path(), file);

        window_ = showWindow(quickGenerator());
        drop(file);
        QTRY_VERIFY_WITH_TIMEOUT(document().dance() && document().song(), 60000);
        QCOMPARE(document().hash(), end);

        key(Qt::Key_E, Qt::ControlModifier);
        QTRY_VERIFY(window_->findChild<ExportDialog*>());
        auto* dialog = window_->findChild<ExportDialog*>();
        auto* path = dialog->findChild<QLineEdit*>("pathEdit");
        QVERIFY(path);
        const QString motion = folder_.filePath("sitting.bvh");
        path->selectAll();
        QTest::keyClicks(path, motion);
        QTest::mouseClick(dialog->findChild<QAbstractButton*>("exportButton"), Qt::LeftButton);
        QTRY_VERIFY2_WITH_TIMEOUT(QFile::exists(motion), qPrintable(path->text() + " : " + dialog->findChild<QLabel*>("exportStage")->text()), 30000);
    }

private:
    void drop(const QString& path) {
        QMimeData data;
        data.setUrls({QUrl::fromLocalFile(path)});
        QDragEnterEvent enter(window_->rect().center(), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(window_.get(), &enter);
        QVERIFY(enter.isAccepted());
        QDropEvent dropped(window_->rect().center(), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(window_.get(), &dropped);
    }
    TimelineView& timeline() { return *window_->findChild<TimelineView*>(); }
    void key(Qt::Key which, Qt::KeyboardModifiers with = {}) { QTest::keyClick(window_.get(), which, with); }
    void click(const char* name) {
        auto* button = window_->findChild<QAbstractButton*>(QString::fromLatin1(name));
        QVERIFY2(button, name);
        QTest::mouseClick(button, Qt::LeftButton);
    }
    QPoint placeOf(double seconds, int y) { return {static_cast<int>(std::lround(timeline().axis().x(seconds))), y}; }
    void seekByMouse(double seconds) {
        QTest::mouseClick(&timeline(), Qt::LeftButton, Qt::NoModifier, placeOf(seconds, timeline().height() / 4));
        QVERIFY2(std::abs(window_->player().position() - seconds) < 0.05, qPrintable(QString::number(window_->player().position())));
    }
    /// Along the bar numbers.
    void selectByMouse(double from, double to) {
        QTest::mousePress(&timeline(), Qt::LeftButton, Qt::NoModifier, placeOf(from, 34));
        for (int i = 1; i <= 3; ++i) QTest::mouseMove(&timeline(), placeOf(from + (to - from) * i / 3, 34));
        QTest::mouseRelease(&timeline(), Qt::LeftButton, Qt::NoModifier, placeOf(to, 34));
    }
    void dragHand() {
        auto* view = window_->findChild<Viewport*>("Viewport");
        QVERIFY(view);
        const auto frame = static_cast<std::size_t>(std::lround(window_->player().position() * 60));
        const QPoint from = view->project(document().dance()->positions.at(frame, motion::LeftWrist)).toPoint();
        dragOnStage(*view, from, from + QPoint(-20, -40));
    }
    /// Types a path into the next file dialog and accepts it.
    static void answerWith(const QString& path) {
        QTimer::singleShot(300, [path] {
            auto* dialog = qobject_cast<QFileDialog*>(QApplication::activeModalWidget());
            if (!dialog) return;
            dialog->findChild<QLineEdit*>("fileNameEdit")->setText(path);
            QTest::keyClick(dialog->findChild<QLineEdit*>("fileNameEdit"), Qt::Key_Return);
        });
    }
};

CHOREIA_TEST(WindowSessionTest)
#include "window_session_test.moc"
