// The checks against published vectors, and the bytes read back by a decoder written from the format's description.
#include "support/testing.h"
#include "train/event_file.h"

#include <QFile>
#include <QTemporaryDir>

#include <cstring>

using namespace choreia;

namespace {

// One field after the other; fails on a wire type that an event does not have.
struct Field {
    std::uint64_t number = 0, varint = 0;
    QByteArray bytes;
};

std::uint64_t takeVarint(const QByteArray& from, qsizetype& at) {
    std::uint64_t value = 0;
    for (int shift = 0;; shift += 7) {
        const auto byte = static_cast<unsigned char>(from.at(at++));
        value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
        if (!(byte & 0x80)) return value;
    }
}

QList<Field> fields(const QByteArray& message) {
    QList<Field> all;
    for (qsizetype at = 0; at < message.size();) {
        const auto key = takeVarint(message, at);
        Field field;
        field.number = key >> 3;
        switch (key & 7) {
        case 0: field.varint = takeVarint(message, at); break;
        case 1: field.bytes = message.mid(at, 8), at += 8; break;
        case 5: field.bytes = message.mid(at, 4), at += 4; break;
        case 2: {
            const auto length = static_cast<qsizetype>(takeVarint(message, at));
            field.bytes = message.mid(at, length);
            at += length;
            break;
        }
        default: qFatal("wire type %d", static_cast<int>(key & 7));
        }
        all.append(field);
    }
    return all;
}

template <class T>
T as(const QByteArray& bytes) {
    T value{};
    std::memcpy(&value, bytes.data(), sizeof value);
    return value;
}

}  // namespace

class EventFileTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void crcOfThePublishedVectors() {
        // RFC 3720, B.4, and the check value of CRC-32C.
        std::string rising;
        for (char c = 0; c < 32; ++c) rising.push_back(c);
        QCOMPARE(train::crc32c(std::string(32, '\0')), 0x8a9136aau);
        QCOMPARE(train::crc32c(std::string(32, '\xff')), 0x62a8ab43u);
        QCOMPARE(train::crc32c(rising), 0x46dd794eu);
        QCOMPARE(train::crc32c("123456789"), 0xe3069283u);
    }

    void recordsDecodeToWhatWasWritten() {
        QTemporaryDir folder;
        auto file = train::EventFile::create(folder.path().toStdString(), "line", 1700000000.5);
        QVERIFY(file.ok());
        QVERIFY(file->add(1700000001.25, 300, {{"losses/total", 0.5}, {"lr", -2.0}}).ok());
        auto second = train::EventFile::create(folder.path().toStdString(), "line", 1700000000.5);
        QVERIFY(second.ok());
        QVERIFY(second->path() != file->path());

        QFile in(QString::fromStdString(file->path().string()));
        QVERIFY(in.open(QIODevice::ReadOnly));
        const QByteArray all = in.readAll();
        QList<QByteArray> events;
        for (qsizetype at = 0; at < all.size();) {
            const QByteArray head = all.mid(at, 8);
            const auto length = static_cast<qsizetype>(as<std::uint64_t>(head));
            QCOMPARE(as<std::uint32_t>(all.mid(at + 8, 4)), train::maskedCrc(head.toStdString()));
            const QByteArray event = all.mid(at + 12, length);
            QCOMPARE(event.size(), length);
            QCOMPARE(as<std::uint32_t>(all.mid(at + 12 + length, 4)), train::maskedCrc(event.toStdString()));
            events.append(event);
            at += 16 + length;
        }
        QCOMPARE(events.size(), 2);
        const auto version = fields(events[0]);
        QCOMPARE(as<double>(version[0].bytes), 1700000000.5);
        QCOMPARE(version[1].number, 3u);
        QCOMPARE(version[1].bytes, QByteArray("brain.Event:2"));
        const auto event = fields(events[1]);
        QCOMPARE(as<double>(event[0].bytes), 1700000001.25);
        QCOMPARE(event[1].number, 2u);
        QCOMPARE(event[1].varint, 300u);
        QCOMPARE(event[2].number, 5u);
        const auto values = fields(event[2].bytes);
        QCOMPARE(values.size(), 2);
        const auto loss = fields(values[0].bytes), rate = fields(values[1].bytes);
        QCOMPARE(loss[0].bytes, QByteArray("losses/total"));
        QCOMPARE(loss[1].number, 2u);
        QCOMPARE(as<float>(loss[1].bytes), 0.5f);
        QCOMPARE(rate[0].bytes, QByteArray("lr"));
        QCOMPARE(as<float>(rate[1].bytes), -2.0f);
    }

    void aFolderThatIsNotThereIsAnError() {
        QVERIFY(!train::EventFile::create("/no/such/folder", "line", 0).ok());
    }
};

CHOREIA_TEST(EventFileTest)
#include "event_file_test.moc"
