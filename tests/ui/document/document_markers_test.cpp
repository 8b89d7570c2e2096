// Markers as commands: in order of time, refused where they cannot be, undone to the hash, kept in the file.
#include "ui/ui_fixtures.h"

#include "support/testing.h"

using namespace choreia;
using namespace choreia::ui;
using namespace choreia::ui::testing;

class DocumentMarkersTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init() {
        document_ = std::make_unique<Document>(quickGenerator());
        QVERIFY(openAndWait(*document_, makeSong(folder_)));
    }
    void cleanup() { document_.reset(); }

    void theyAreKeptInOrderAndNamedInTurn() {
        QSignalSpy changes(document_.get(), &Document::changed);
        for (const double at : {5.0, 1.0, 99.0, -3.0}) QVERIFY(document_->requestMarker(at));
        QCOMPARE(changes.count(), 4 + 1);  // and the unsaved mark
        const auto& markers = document_->state().markers;
        QVERIFY(markers == (std::vector<io::Marker>{{0, "Marker 4"}, {1, "Marker 2"}, {5, "Marker 1"}, {document_->state().duration, "Marker 3"}}));
        QVERIFY(document_->requestRemoveMarker(1));
        QVERIFY(document_->requestMarker(2));
        QCOMPARE(markers[1].name, std::string("Marker 2"));  // the first number that is free
        QVERIFY(document_->dirty());
    }

    void eachEditIsUndoneAndEveryStateHasItsHash() {
        std::vector<std::uint64_t> hashes{document_->hash()};
        const auto done = [&](bool taken) {
            QVERIFY(taken);
            QVERIFY(std::find(hashes.begin(), hashes.end(), document_->hash()) == hashes.end());
            hashes.push_back(document_->hash());
        };
        done(document_->requestMarker(2));
        done(document_->requestRenameMarker(2, QStringLiteral("  Refrain,\n the first ")));
        QCOMPARE(document_->state().markers[0].name, std::string("Refrain, the first"));
        done(document_->requestMarker(4));
        done(document_->requestMoveMarker(2, 6));
        QCOMPARE(document_->state().markers[1].name, std::string("Refrain, the first"));
        done(document_->requestRemoveMarker(4));
        for (std::size_t i = hashes.size() - 1; i-- > 0;) {
            document_->undoStack().undo();
            QCOMPARE(document_->hash(), hashes[i]);
        }
        for (std::size_t i = 1; i < hashes.size(); ++i) {
            document_->undoStack().redo();
            QCOMPARE(document_->hash(), hashes[i]);
        }
    }

    void whatIsRefusedChangesNothing() {
        QVERIFY(document_->requestMarker(2));
        QVERIFY(document_->requestMarker(4));
        const auto before = document_->hash();
        const int entries = document_->undoStack().count();
        QSignalSpy said(document_.get(), &Document::message);
        QVERIFY(!document_->requestMarker(2.01));
        QVERIFY(!document_->requestMoveMarker(2, 4.005));
        QCOMPARE(said.count(), 2);
        QVERIFY(!document_->requestMoveMarker(2, 2));
        QVERIFY(!document_->requestMoveMarker(3, 5));
        QVERIFY(!document_->requestRemoveMarker(3));
        QVERIFY(!document_->requestRenameMarker(3, QStringLiteral("A")));
        QVERIFY(!document_->requestRenameMarker(2, QStringLiteral("  ")));
        QVERIFY(!document_->requestRenameMarker(2, QStringLiteral("Marker 1")));
        QCOMPARE(document_->hash(), before);
        QCOMPARE(document_->undoStack().count(), entries);
        Document empty(quickGenerator());
        QSignalSpy there(&empty, &Document::message);
        QVERIFY(!empty.requestMarker(1));
        QCOMPARE(there.count(), 1);
    }

    void theFileKeepsThemAndAnotherSongHasNone() {
        QVERIFY(document_->requestMarker(2.125));
        QVERIFY(document_->requestRenameMarker(2.125, QString::fromUtf8("Übergang \u2192 \u30b5\u30d3")));
        QVERIFY(document_->requestMarker(6));
        const QString file = folder_.filePath(QStringLiteral("marked.choreia"));
        QVERIFY(document_->saveNow(file).ok());
        Document again(quickGenerator());
        QVERIFY(openAndWait(again, file));
        QCOMPARE(again.hash(), document_->hash());
        QVERIFY(again.state().markers == document_->state().markers);
        QVERIFY(openAndWait(again, makeSong(folder_, QStringLiteral("other.wav"))));
        QVERIFY(again.state().markers.empty());
    }

private:
    QTemporaryDir folder_;
    std::unique_ptr<Document> document_;
};

CHOREIA_TEST(DocumentMarkersTest)
#include "document_markers_test.moc"
