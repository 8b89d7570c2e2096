// Markers by real mouse and key events: set, moved, named, gone to, taken away, and seen in both themes.
#include "ui/timeline/timeline_fixture.h"

#include "document/time_range.h"
#include "support/testing.h"
#include "timeline/marker_flags.h"

#include <QHelpEvent>
#include <QLineEdit>
#include <QToolTip>

using namespace choreia;
using namespace choreia::ui;
using namespace choreia::ui::testing;

class TimelineMarkersTest : public QObject, protected ShownTimeline {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { prepare(); }
    void init() {
        openSong(340);
        view_->activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(view_.get()));
        flags_ = static_cast<int>(view_->laneOf(Lane::Grip::Song).top()) + 10;
        QVERIFY(document_->requestMarker(2));
        QVERIFY(document_->requestMarker(5));
        before_ = document_->hash();
        entries_ = document_->undoStack().count();
    }
    void cleanup() {
        close();
        style::apply(*qApp, style::Theme::Dark);
    }

    void oneIsSetAtThePlayheadAndInHand() {
        player_->seek(3.3);
        view_->setMarker();
        QCOMPARE(names(), QStringList({"Marker 1", "Marker 3", "Marker 2"}));
        QCOMPARE(markers()[1].time, 3.3);
        QCOMPARE(*view_->chosenMarker(), 3.3);
        QCOMPARE(document_->undoStack().undoText(), QString("Set marker"));
        view_->setMarker();  // no second one in its place
        QCOMPARE(markers().size(), std::size_t{3});
        for (const auto key : {Qt::ControlModifier, Qt::ShiftModifier, Qt::AltModifier}) {  // other keys, which are the window's
            QTest::keyClick(view_.get(), Qt::Key_Delete, key);
            QTest::keyClick(view_.get(), Qt::Key_Return, key);
        }
        QCOMPARE(markers().size(), std::size_t{3});
        QVERIFY(!view_->findChild<QLineEdit*>(QStringLiteral("markerName")));
        QTest::keyClick(view_.get(), Qt::Key_Delete);
        QCOMPARE(document_->undoStack().undoText(), QString("Remove marker"));
        QCOMPARE(document_->hash(), before_);
        QVERIFY(!view_->chosenMarker());
    }

    void aFlagIsSeenInBothThemes() {
        for (const auto theme : {style::Theme::Dark, style::Theme::Light}) {
            style::apply(*qApp, theme);
            const QColor ground = style::colors().text, words = style::colors().background;
            const QImage shown = view_->grab().toImage();
            int flag = 0, name = 0, beside = 0;
            for (int dx = 3; dx < 70; ++dx)
                for (int dy = -5; dy <= 5; ++dy) {
                    flag += near(shown.pixelColor(x(2) + dx, flags_ + dy), ground);
                    name += near(shown.pixelColor(x(2) + dx, flags_ + dy), words);
                    beside += near(shown.pixelColor(x(3.2) + dx, flags_ + dy), ground);
                }
            QVERIFY2(flag > 250 && name > 15, qPrintable(QString("%1 %2").arg(flag).arg(name)));  // a pennant, with its name written on it
            QVERIFY2(beside < 20, qPrintable(QString::number(beside)));
            // Its pole goes down the lane.
            const int foot = static_cast<int>(view_->laneOf(Lane::Grip::Song).bottom()) - 3;
            QVERIFY(near(shown.pixelColor(x(2), foot), ground, 130) || near(shown.pixelColor(x(2) - 1, foot), ground, 130));
        }
    }

    void aDragGoesToABeatAsOneEntry() {
        press(2.1);
        QCOMPARE(*view_->chosenMarker(), 2.0);
        QCOMPARE(player_->position(), 2.0);
        for (const double to : {2.5, 3.0, 3.45}) move(to);
        QCOMPARE(document_->hash(), before_);
        release(3.45);
        QCOMPARE(document_->undoStack().count(), entries_ + 1);
        QCOMPARE(document_->undoStack().undoText(), QString("Move marker"));
        const double wanted = 2 + view_->axis().seconds(x(3.45)) - view_->axis().seconds(x(2.1));
        QCOMPARE(markers()[0].time, snappedToBeat(document_->state().grid, kSongSeconds, wanted));
        QCOMPARE(*view_->chosenMarker(), markers()[0].time);
        document_->undoStack().undo();
        QCOMPARE(document_->hash(), before_);
        drag(2.1, 3.45, Qt::ShiftModifier);  // beside the beats
        QVERIFY(std::abs(markers()[0].time - wanted) < 1e-9);
        document_->undoStack().undo();
        drag(5.1, 0.6);  // past another: they are in order
        QCOMPARE(names(), QStringList({"Marker 2", "Marker 1"}));
        QVERIFY(markers()[0].time < markers()[1].time);
        document_->undoStack().undo();
        press(2.1);
        move(4);
        QTest::keyClick(view_.get(), Qt::Key_Escape);
        release(4);
        QCOMPARE(document_->hash(), before_);
        drag(5.1, 2.1, Qt::AltModifier);  // not onto another
        QCOMPARE(document_->hash(), before_);
        QCOMPARE(document_->undoStack().count(), entries_ + 1);  // what could be done again is kept
    }

    void aDoubleClickOrEnterNamesIt() {
        doubleClick(2.1);
        QLineEdit* field = view_->findChild<QLineEdit*>(QStringLiteral("markerName"));
        QVERIFY(field && field->isVisible() && field->hasFocus());
        QCOMPARE(field->text(), QString("Marker 1"));
        QTest::keyClicks(field, "Chorus");
        QTest::keyClick(field, Qt::Key_Return);
        QVERIFY(!field->isVisible() && view_->hasFocus());
        QCOMPARE(names(), QStringList({"Chorus", "Marker 2"}));
        QCOMPARE(document_->undoStack().count(), entries_ + 1);
        QCOMPARE(document_->undoStack().undoText(), QString("Rename marker"));
        QTest::keyClick(view_.get(), Qt::Key_Return);  // it is in hand still
        QVERIFY(field->isVisible());
        QTest::keyClicks(field, "Bridge");
        QTest::keyClick(field, Qt::Key_Escape);
        QVERIFY(!field->isVisible());
        QCOMPARE(names(), QStringList({"Chorus", "Marker 2"}));
        QTest::keyClick(view_.get(), Qt::Key_Enter);
        field->clear();
        QTest::keyClick(field, Qt::Key_Return);  // no name is no name
        QCOMPARE(names(), QStringList({"Chorus", "Marker 2"}));
        document_->undoStack().undo();
        QCOMPARE(document_->hash(), before_);
        // None in hand: the one at the playhead.
        QTest::keyClick(view_.get(), Qt::Key_Escape);
        player_->seek(3);
        QVERIFY(!view_->chosenMarker() && !view_->renameMarker());
        player_->seek(5);
        QVERIFY(view_->renameMarker() && field->isVisible());
        QCOMPARE(field->text(), QString("Marker 2"));
        QTest::keyClick(field, Qt::Key_Escape);
        // Gone while it is named: the field goes too.
        doubleClick(5.1);
        QVERIFY(field->isVisible());
        document_->undoStack().undo();
        QVERIFY(!field->isVisible());
        QCOMPARE(names(), QStringList({"Marker 1"}));
    }

    void nextAndPreviousAreGoneTo() {
        player_->seek(0);
        view_->stepMarker(1);
        QCOMPARE(player_->position(), 2.0);
        QCOMPARE(*view_->chosenMarker(), 2.0);
        view_->stepMarker(1);
        view_->stepMarker(1);  // there is none
        QCOMPARE(player_->position(), 5.0);
        view_->stepMarker(-1);
        QCOMPARE(player_->position(), 2.0);
        for (int i = 0; i < 8; ++i) view_->zoom(0.6);
        view_->stepMarker(1);  // beyond what is seen: it comes into view
        QVERIFY(view_->axis().start < 5 && view_->axis().end > 5);
        QCOMPARE(document_->hash(), before_);
    }

    void flagsGiveWayToTheNext() {
        QVERIFY(document_->requestMarker(2.3));
        QVERIFY(document_->requestMarker(2.35));
        TimelineScene scene;
        scene.state = &document_->state();
        const QRectF lane = view_->laneOf(Lane::Grip::Song);
        scene.chosenMarker = 2.3;
        const auto place = [&](std::size_t i) { return markers()[i].time + (std::abs(markers()[i].time - 2.3) < 1e-9 ? scene.markerShift : 0.0); };
        std::vector<double> alone;  // each as wide as its name wants
        for (std::size_t i = 0; i < markers().size(); ++i) {
            DocumentState one;
            one.markers = {markers()[i]};
            TimelineScene by;
            by.state = &one;
            alone.push_back(markerFlag(lane, view_->axis(), by, 0).width());
        }
        // The one in hand passes the others, which give way to it wherever it is.
        for (const double shift : {0.0, -0.25, -0.35, -2.0, 0.03, 0.05, 0.1, 2.5, 2.8}) {
            scene.markerShift = shift;
            for (std::size_t i = 0; i < markers().size(); ++i) {
                double wide = alone[i];
                for (std::size_t other = 0; other < markers().size(); ++other)
                    if (const double room = view_->axis().x(place(other)) - view_->axis().x(place(i)); other != i && room > 0) wide = std::min(wide, room - 2);
                const QRectF flag = markerFlag(lane, view_->axis(), scene, i);
                QCOMPARE(flag.left(), view_->axis().x(place(i)));
                QVERIFY2(std::abs(flag.width() - std::max(10.0, wide)) < 1e-9, qPrintable(QString("%1 at %2: %3, not %4").arg(i).arg(shift).arg(flag.width()).arg(wide)));
                const auto [from, to] = flagReach(view_->axis(), scene, i);
                QVERIFY(from <= flag.left() && to >= flag.right() - 1e-9);
            }
        }
    }

    void aTipSaysWhatItIs() {
        QVERIFY(document_->requestRenameMarker(2, QStringLiteral("a <b> c")));
        const QPoint on(x(2.05), flags_);
        QHelpEvent ask(QEvent::ToolTip, on, view_->mapToGlobal(on));
        QCoreApplication::sendEvent(view_.get(), &ask);
        QVERIFY2(QToolTip::text().contains(QLatin1String("a &lt;b&gt; c")) && QToolTip::text().contains(QLatin1String("0:02.000")), qPrintable(QToolTip::text()));
    }

    void besideAFlagTheSongIsScrubbed() {
        const int low = static_cast<int>(view_->laneOf(Lane::Grip::Song).bottom()) - 8;
        QTest::mouseClick(view_.get(), Qt::LeftButton, {}, {x(2.1), flags_});
        QVERIFY(view_->chosenMarker());
        QTest::mouseClick(view_.get(), Qt::LeftButton, {}, {x(2.1), low});
        QVERIFY(!view_->chosenMarker());
        QVERIFY(std::abs(player_->position() - view_->axis().seconds(x(2.1))) < 1e-9);
        QCOMPARE(document_->hash(), before_);
    }

private:
    [[nodiscard]] const std::vector<io::Marker>& markers() const { return document_->state().markers; }
    [[nodiscard]] QStringList names() const {
        QStringList all;
        for (const auto& marker : markers()) all << QString::fromStdString(marker.name);
        return all;
    }
    static bool near(const QColor& a, const QColor& b, int most = 40) { return std::abs(a.red() - b.red()) + std::abs(a.green() - b.green()) + std::abs(a.blue() - b.blue()) < most; }
    void press(double at, Qt::KeyboardModifiers keys = {}) { ShownTimeline::press(at, flags_, keys); }
    void move(double at, Qt::KeyboardModifiers keys = {}) { ShownTimeline::move(at, flags_, keys); }
    void release(double at, Qt::KeyboardModifiers keys = {}) { ShownTimeline::release(at, flags_, keys); }
    void drag(double from, double to, Qt::KeyboardModifiers keys = {}) { ShownTimeline::drag(from, to, flags_, keys); }
    void doubleClick(double at) {
        press(at);
        release(at);
        send(QEvent::MouseButtonDblClick, at, flags_, Qt::LeftButton, Qt::LeftButton, {});
        release(at);
    }

    int flags_ = 0, entries_ = 0;
    std::uint64_t before_ = 0;
};

CHOREIA_TEST(TimelineMarkersTest)
#include "timeline_markers_test.moc"
