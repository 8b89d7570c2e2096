// Poses dropped: on the timeline they land on beats, on the 3D stage at the playhead; songs still go to the window.
#include "ui/window_fixture.h"

#include "document/laid_pose.h"
#include "document/time_range.h"
#include "io/pose_library.h"
#include "poses/pose_model.h"
#include "poses/pose_shelf.h"
#include "poses/pose_view.h"
#include "style/theme.h"
#include "support/testing.h"
#include "timeline/timeline_view.h"

#include <QAction>
#include <QDockWidget>
#include <QDropEvent>
#include <QLineEdit>
#include <QMimeData>

using namespace choreia;
using namespace choreia::ui;
using namespace choreia::ui::testing;

class PoseDropTest : public QObject, protected SongWindow {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { prepare(); }
    void init() {
        openDance();
        view_ = window_->findChild<TimelineView*>();
        pose_.reset(mimeOf(io::starterPoses().poses[5]));
    }
    void cleanup() { window_.reset(); }

    void aPoseLandsOnTheBeat() {
        const auto before = document().hash();
        const int entries = document().undoStack().count();
        QVERIFY(drop(*view_, *pose_, at(3.1)));
        QCOMPARE(document().undoStack().count(), entries + 1);
        const auto& keys = document().dance()->dance.keys;
        QCOMPARE(keys.size(), std::size_t{1});
        QVERIFY(keys[0].pinned);
        const double beat = snappedToBeat(document().state().grid, kSongSeconds, 3.1);
        const auto& beats = document().state().grid.beats;
        QVERIFY(std::find(beats.begin(), beats.end(), beat) != beats.end());
        QCOMPARE(keys[0].time, std::round(beat * 60) / 60);  // the frame of the beat
        QVERIFY(std::abs(window_->player().position() - beat) < 1e-6);
        document().undoStack().undo();
        QCOMPARE(document().hash(), before);
    }

    void shiftAndAltLandBesideTheBeats() {
        for (const auto key : {Qt::ShiftModifier, Qt::AltModifier}) {
            QVERIFY(drop(*view_, *pose_, at(3.13), key));
            const double there = view_->axis().seconds(at(3.13).x());
            QVERIFY(std::abs(document().dance()->dance.keys[0].time - there) <= 0.5 / 60 + 1e-9);
            document().undoStack().undo();
        }
    }

    void whereItWouldLandIsShown() {
        const double beat = snappedToBeat(document().state().grid, kSongSeconds, 5.1);
        const int x = static_cast<int>(std::lround(view_->axis().x(beat)));
        const auto gold = [&] {
            const QImage shown = view_->grab().toImage();
            int count = 0;
            for (int y = 0; y < shown.height(); ++y) {
                const QColor c = shown.pixelColor(x, y), want = style::colors().gold;
                count += std::abs(c.red() - want.red()) + std::abs(c.green() - want.green()) + std::abs(c.blue() - want.blue()) < 60;
            }
            return count;
        };
        const auto before = document().hash();
        const int bare = gold();
        QVERIFY(hover(*view_, *pose_, at(5.1)));
        QVERIFY(gold() > bare + view_->height() / 2);
        QCOMPARE(document().hash(), before);
        QDragLeaveEvent leave;
        QCoreApplication::sendEvent(view_, &leave);
        QCOMPARE(gold(), bare);
    }

    void overTheNamesOrWithoutADanceItIsRefused() {
        const auto before = document().hash();
        QVERIFY(!drop(*view_, *pose_, QPoint(40, 100)));
        QMimeData rubbish;
        rubbish.setData(QString::fromLatin1(kPoseMime), "rubbish");
        QVERIFY(!drop(*view_, rubbish, at(3)));
        QCOMPARE(document().hash(), before);
        QVERIFY(document().requestRemoveDance(document().danceId()));
        QVERIFY(!hover(*view_, *pose_, at(3)));
    }

    void aSongOnTheTimelineIsTheWindows() {
        QMimeData song;
        song.setUrls({QUrl::fromLocalFile(song_)});
        QDragEnterEvent enter(at(3), Qt::CopyAction, &song, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(view_, &enter);
        QVERIFY(enter.isAccepted());
        // The window holds it now, and not the timeline.
        QDropEvent let(at(3), Qt::CopyAction, &song, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(window_.get(), &let);
        QVERIFY(let.isAccepted());
        QVERIFY(QTest::qWaitFor([&] { return !document().loader().busy() && (!document().dance() || window_->findChild<QDialog*>()); }, 30000));
    }

    void onTheStageItLandsAtThePlayhead() {
        window_->player().seek(4);
        QWindow* stage = window_->findChild<Viewport*>()->stageWindow();
        QVERIFY(stage);
        QDragEnterEvent enter({50, 50}, Qt::CopyAction, pose_.get(), Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(stage, &enter);
        QVERIFY(enter.isAccepted());
        QDropEvent let({50, 50}, Qt::CopyAction, pose_.get(), Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(stage, &let);
        QCOMPARE(document().dance()->dance.keys.size(), std::size_t{1});
        QCOMPARE(document().dance()->dance.keys[0].time, 4.0);
    }

    void theShelfIsATabBesideTheInspector() {
        auto* dock = window_->findChild<QDockWidget*>(QStringLiteral("PosesDock"));
        auto* shelf = window_->findChild<PoseShelf*>();
        QVERIFY(dock && shelf);
        const auto seen = [&] { return shelf->isVisible() && !shelf->visibleRegion().isEmpty(); };
        QVERIFY(!seen());
        auto* action = window_->findChild<QAction*>(QStringLiteral("posesAction"));
        action->trigger();
        QVERIFY(QTest::qWaitFor(seen, 5000));
        action->trigger();
        QVERIFY(QTest::qWaitFor([&] { return !seen(); }, 5000));
        dock->hide();
        action->trigger();
        QVERIFY(QTest::qWaitFor(seen, 5000));
    }

    void keepAndDeleteInTheWindow() {
        auto* shelf = window_->findChild<PoseShelf*>();
        window_->player().seek(2);
        QVERIFY(document().requestPin(2));
        const int count = shelf->poses().rowCount();
        window_->findChild<QAction*>(QStringLiteral("keepPoseAction"))->trigger();
        QCOMPARE(shelf->poses().rowCount(), count + 1);
        QVERIFY(QTest::qWaitFor([&] { return !shelf->visibleRegion().isEmpty(); }, 5000));
        auto* editor = shelf->findChild<QLineEdit*>(QStringLiteral("poseName"));
        QVERIFY(editor);
        const auto before = document().hash();
        QTest::keyClicks(editor, QStringLiteral("Push, jab"));  // keys that the window has uses for
        QTest::keyClick(editor, Qt::Key_Return);
        QTRY_COMPARE(shelf->poses().pose(count).name, std::string("Push, jab"));
        QCOMPARE(document().hash(), before);
        // Delete on the shelf is the shelf's: the key pose under the playhead stays.
        shelf->view().setFocus();
        QTest::keyClick(&shelf->view(), Qt::Key_Delete);
        QCOMPARE(shelf->poses().rowCount(), count);
        QCOMPARE(document().dance()->dance.keys.size(), std::size_t{1});
    }

private:
    [[nodiscard]] QPoint at(double seconds) const { return {static_cast<int>(std::lround(view_->axis().x(seconds))), view_->height() / 2}; }
    static bool hover(QWidget& on, const QMimeData& data, QPoint where, Qt::KeyboardModifiers keys = {}) {
        QDragEnterEvent enter(where, Qt::CopyAction, &data, Qt::LeftButton, keys);
        QCoreApplication::sendEvent(&on, &enter);
        if (!enter.isAccepted()) return false;
        QDragMoveEvent move(where, Qt::CopyAction, &data, Qt::LeftButton, keys);
        QCoreApplication::sendEvent(&on, &move);
        return move.isAccepted();
    }
    static bool drop(QWidget& on, const QMimeData& data, QPoint where, Qt::KeyboardModifiers keys = {}) {
        hover(on, data, where, keys);
        QDropEvent let(where, Qt::CopyAction, &data, Qt::LeftButton, keys);
        QCoreApplication::sendEvent(&on, &let);
        return let.isAccepted();
    }

    TimelineView* view_ = nullptr;
    std::unique_ptr<QMimeData> pose_;
};

CHOREIA_TEST(PoseDropTest)
#include "pose_drop_test.moc"
