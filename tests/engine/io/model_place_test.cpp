// Kind and folder to text and back, and a folder that is not there any more.
#include "io/model_place.h"
#include "support/testing.h"

#include <QFile>
#include <QTemporaryDir>

using namespace choreia;

class ModelPlaceTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void textAndBack() {
        QCOMPARE(io::modelPlace("gcn-mhw"), (io::ModelPlace{"gcn-mhw", {}}));  // as projects of before have it
        QCOMPARE(io::modelPlace("gcn-mhw").text(), std::string("gcn-mhw"));
        const io::ModelPlace own{"gcn-mhw", "/home/mika@work/runs/a b/set"};
        QCOMPARE(own.text(), std::string("gcn-mhw@/home/mika@work/runs/a b/set"));
        QCOMPARE(io::modelPlace(own.text()), own);
        QCOMPARE(io::modelPlace("lstm-vae@"), (io::ModelPlace{"lstm-vae", {}}));
        QVERIFY(io::modelPlace("gcn-mhw@runs/mine").weights.is_absolute());
    }

    void weightsThatAreGoneAreNamed() {
        QTemporaryDir folder;
        const io::ModelPlace place{"gcn-mhw", folder.path().toStdString()};
        const auto gone = io::weightsFolder(place);
        QVERIFY(!gone.ok() && gone.error().kind == ErrorKind::BadInput);
        QCOMPARE(gone.error().where, folder.path().toStdString());
        QFile file(folder.filePath("default.gcn-mhw.safetensors"));
        QVERIFY(file.open(QIODevice::WriteOnly));
        const auto there = io::weightsFolder(place);
        QVERIFY(there.ok() && *there == place.weights);
        QVERIFY(!io::weightsFolder(place, "other").ok());
    }
};

CHOREIA_TEST(ModelPlaceTest)
#include "model_place_test.moc"
