// Markers and written places by the window's own shortcuts.
#include "ui/window_fixture.h"

#include "support/testing.h"
#include "timeline/place_field.h"
#include "timeline/timeline_view.h"
#include "window/shortcut_page.h"

#include <QLabel>

using namespace choreia;
using namespace choreia::ui;
using namespace choreia::ui::testing;

class WindowPlacesTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init() {
        window_ = showWindow(quickGenerator());
        QVERIFY(QTest::qWaitForWindowActive(window_.get()));
    }
    void cleanup() { window_.reset(); }

    void keysSetNameAndFindMarkers() {
        QVERIFY(openAndWait(window_->document(), makeSong(folder_)));
        auto& view = childOf<TimelineView>(*window_, "TimelineView");
        view.setFocus();
        for (const double at : {2.0, 5.0}) {
            window_->player().seek(at);
            QTest::keyClick(window_.get(), Qt::Key_M);
        }
        const auto& markers = window_->document().state().markers;
        QCOMPARE(markers.size(), std::size_t{2});
        QTest::keyClick(&view, Qt::Key_Return);
        auto& field = childOf<QLineEdit>(*window_, "markerName");
        QVERIFY(field.isVisible());
        QTest::keyClicks(&field, "Solo m");  // letters that are shortcuts elsewhere
        QTest::keyClick(&field, Qt::Key_Return);
        QCOMPARE(markers.size(), std::size_t{2});
        QCOMPARE(markers[1].name, std::string("Solo m"));
        QTest::keyClick(window_.get(), Qt::Key_M, Qt::AltModifier | Qt::ShiftModifier);
        QCOMPARE(window_->player().position(), 2.0);
        QTest::keyClick(window_.get(), Qt::Key_M, Qt::ShiftModifier);
        QCOMPARE(window_->player().position(), 5.0);
        QTest::keyClick(window_.get(), Qt::Key_Delete);  // without a dance, too
        QCOMPARE(markers.size(), std::size_t{1});
        QTest::keyClick(window_.get(), Qt::Key_Z, Qt::ControlModifier);
        QCOMPARE(markers.size(), std::size_t{2});
        window_->document().undoStack().setClean();
    }

    void shortcutsOpenTheFields() {
        QVERIFY(openAndWait(window_->document(), makeSong(folder_)));
        QTest::keyClick(window_.get(), Qt::Key_J, Qt::ControlModifier);
        auto& time = childOf<PlaceField>(*window_, "timeField");
        QVERIFY(time.writing() && time.hasFocus());
        QTest::keyClicks(&time, "0:04.5");
        QTest::keyClick(&time, Qt::Key_Return);
        QCOMPARE(window_->player().position(), 4.5);
        QTest::keyClick(window_.get(), Qt::Key_J, Qt::ControlModifier | Qt::ShiftModifier);
        auto& bar = childOf<PlaceField>(*window_, "barField");
        QVERIFY(bar.writing());
        QTest::keyClicks(&bar, "2");
        QTest::keyClick(&bar, Qt::Key_Escape);  // the field's, not the menu's
        QVERIFY(!bar.writing());
        QCOMPARE(window_->player().position(), 4.5);
    }

    void thePageOfShortcutsNamesThem() {
        ShortcutPage page(window_->actions());
        QStringList words;
        for (const auto* label : page.findChildren<QLabel*>()) words << label->text();
        for (const char* text : {"Set a marker", "Next marker", "Previous marker", "Go to a time", "Go to a bar", "Choose key poses", "Move a marker, rename it"}) QVERIFY2(words.contains(QLatin1String(text)), text);
        // No key means two things.
        QMap<QString, int> keys;
        for (const auto* action : window_->actions())
            for (const auto& key : action->shortcuts()) ++keys[key.toString()];
        for (auto it = keys.cbegin(); it != keys.cend(); ++it) QVERIFY2(it.value() == 1, qPrintable(it.key()));
    }

private:
    QTemporaryDir folder_;
    std::unique_ptr<MainWindow> window_;
};

CHOREIA_TEST(WindowPlacesTest)
#include "window_places_test.moc"
