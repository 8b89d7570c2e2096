// Markers and written places by the window's own shortcuts.
#include "ui/window_fixture.h"

#include "support/testing.h"
#include "timeline/place_field.h"
#include "timeline/timeline_view.h"
#include "window/shortcut_page.h"

#include <QAction>
#include <QApplication>
#include <QLabel>
#include <QLineEdit>

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
        QVERIFY(!view.hasFocus());
        for (const double at : {2.0, 5.0}) {
            window_->player().seek(at);
            QTest::keyClick(window_.get(), Qt::Key_M);
        }
        const auto& markers = window_->document().state().markers;
        QCOMPARE(markers.size(), std::size_t{2});
        QVERIFY(view.hasFocus());
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Return);
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

    void aNameIsLeftForAnotherField() {
        Document& document = window_->document();
        QVERIFY(openAndWait(document, makeSong(folder_)));
        QVERIFY(generateAndWait(document));
        QTest::keyClick(window_.get(), Qt::Key_M);
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Return);
        auto& field = childOf<QLineEdit>(*window_, "markerName");
        QVERIFY(field.isVisible() && field.hasFocus());
        QTest::keyClicks(&field, "Solo");
        auto& name = childOf<QLineEdit>(*window_, "dancerName");
        QTest::mouseClick(&name, Qt::LeftButton);
        QVERIFY(!field.isVisible());
        QCOMPARE(document.state().markers[0].name, std::string("Solo"));
        QVERIFY(name.hasFocus());
        name.selectAll();
        QTest::keyClicks(QApplication::focusWidget(), "Mim");
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Return);
        QCOMPARE(document.dance()->dance.name, std::string("Mim"));
        document.undoStack().setClean();
    }

    void whatHasNothingToDoIsOff() {
        Document& document = window_->document();
        const auto on = [&](const char* name) { return childOf<QAction>(*window_, name).isEnabled(); };
        for (const char* name : {"toEndAction", "nextBeatAction", "nextFrameAction", "goToTimeAction", "setMarkerAction", "removeKeyAction"}) QVERIFY2(!on(name), name);
        QVERIFY(openAndWait(document, makeSong(folder_)));
        for (const char* name : {"toEndAction", "nextBeatAction", "nextFrameAction", "goToTimeAction", "setMarkerAction", "removeKeyAction"}) QVERIFY2(on(name), name);
        for (const char* name : {"nextMarkerAction", "previousMarkerAction", "renameMarkerAction", "nextKeyAction", "previousKeyAction", "openingClearAction", "partOfTake1Action"}) QVERIFY2(!on(name), name);
        QTest::keyClick(window_.get(), Qt::Key_M);
        for (const char* name : {"nextMarkerAction", "previousMarkerAction", "renameMarkerAction"}) QVERIFY2(on(name), name);
        QTest::keyClick(window_.get(), Qt::Key_Delete);  // the marker, which is in hand
        QVERIFY(document.state().markers.empty());
        QVERIFY(!on("nextMarkerAction"));
        QVERIFY(window_->noticeText().isEmpty());
        QTest::keyClick(window_.get(), Qt::Key_Delete);  // nothing is left
        QVERIFY2(window_->noticeText().startsWith("Nothing to remove is in hand."), qPrintable(window_->noticeText()));
        QVERIFY(generateAndWait(document));
        QVERIFY(!on("nextKeyAction"));
        QVERIFY(document.requestPin(2));
        QVERIFY(on("nextKeyAction") && on("previousKeyAction"));
        QVERIFY(document.requestOpeningFromPose(3));
        QVERIFY(on("openingClearAction"));
        childOf<QAction>(*window_, "openingClearAction").trigger();
        QVERIFY(!on("openingClearAction"));
        document.select(TimeRange{2, 4});
        QVERIFY(!on("partOfTake1Action"));
        document.makeTakes(5);
        QTRY_VERIFY_WITH_TIMEOUT(!document.generator().busy() && document.takes().size() == 3, 30000);
        QVERIFY(on("partOfTake1Action") && on("partOfTake3Action"));
        document.select({});
        QVERIFY(!on("partOfTake1Action"));
        document.undoStack().setClean();
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

    void aShortcutIsFoundByItsWords() {
        ShortcutPage page(window_->actions());
        page.show();
        const auto labelled = [&](const QString& text) -> const QLabel* {
            for (const auto* label : page.findChildren<QLabel*>())
                if (label->text() == text) return label;
            return nullptr;
        };
        for (const char* text : {"FILE", "EDIT", "VIEW", "DANCE", "WITH THE MOUSE", "Save", "Set a marker"}) QVERIFY2(labelled(QLatin1String(text)) && labelled(QLatin1String(text))->isVisible(), text);
        auto& find = childOf<QLineEdit>(page, "findShortcut");
        QTest::keyClicks(&find, "set a mark");
        QVERIFY(labelled(QStringLiteral("Set a marker"))->isVisible());
        for (const char* text : {"FILE", "Save", "WITH THE MOUSE"}) QVERIFY2(!labelled(QLatin1String(text))->isVisible(), text);
        find.clear();
        QVERIFY(labelled(QStringLiteral("Save"))->isVisible());
    }

private:
    QTemporaryDir folder_;
    std::unique_ptr<MainWindow> window_;
};

CHOREIA_TEST(WindowPlacesTest)
#include "window_places_test.moc"
