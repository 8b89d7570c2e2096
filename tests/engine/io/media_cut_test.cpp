// Hand-made containers, whole and cut.
#include "io/media_cut.h"

#include "support/testing.h"

#include <QFile>
#include <QTemporaryDir>

using namespace choreia;

namespace {

/// One Ogg page of 200 bytes of body; flags as in RFC 3533.
QByteArray page(char flags) {
    QByteArray bytes("OggS");
    bytes.append('\0').append(flags).append(QByteArray(20, '\x01')).append('\x01').append(static_cast<char>(200)).append(QByteArray(200, 'x'));
    return bytes;
}

QByteArray wav(quint32 stated, int body) {
    QByteArray bytes("RIFF");
    for (int i = 0; i < 4; ++i) bytes.append(static_cast<char>(stated >> (8 * i)));
    return bytes.append("WAVE").append(QByteArray(body, 'd'));
}

}  // namespace

class MediaCutTest : public QObject {
    Q_OBJECT
    QTemporaryDir folder_;

private Q_SLOTS:
    void theContainerTells_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<bool>("cut");
        QTest::newRow("ogg whole") << page(2) + page(0) + page(4) << false;
        QTest::newRow("ogg without its last page") << page(2) + page(0) << true;
        QTest::newRow("ogg within its last page") << (page(2) + page(4)).chopped(50) << true;
        QTest::newRow("ogg within a page's head") << page(2) + page(4).left(10) << true;
        QTest::newRow("wav whole") << wav(104, 100) << false;
        QTest::newRow("wav cut") << wav(1004, 100) << true;
        QTest::newRow("wav without its last padding") << wav(105, 100) << false;
        QTest::newRow("wav streamed") << wav(0xffffffffu, 100) << false;
        QTest::newRow("another kind") << QByteArray("fLaC and more") << false;
        QTest::newRow("next to nothing") << QByteArray("Ri") << false;
    }
    void theContainerTells() {
        QFETCH(QByteArray, bytes);
        QFETCH(bool, cut);
        QFile file(folder_.filePath("sound"));
        QVERIFY(file.open(QIODevice::WriteOnly));
        QCOMPARE(file.write(bytes), bytes.size());
        file.close();
        QCOMPARE(io::av::isCutShort(file.fileName().toStdString()), cut);
    }
};

CHOREIA_TEST(MediaCutTest)
#include "media_cut_test.moc"
