// The sheet: as many cells as codes, figures where bodies are, and a PNG that another decoder reads back to the same pixels.
#include "core/atomic_file.h"
#include "io/png.h"
#include "motion/kinematics.h"
#include "render/code_sheet.h"
#include "support/testing.h"

#include <QTemporaryDir>
#include <QtEndian>


using namespace choreia;

class CodeSheetTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void drawsEveryFigure() {
        motion::Clip clip;
        clip.root = {motion::Vec3(0, 0.95f, 0)};
        clip.rotations.assign(motion::kJoints, motion::Quat::Identity());
        const auto positions = motion::jointPositions(motion::Skeleton::body(), clip);
        render::SheetFigure figure;
        figure.pose.assign(positions.values.begin(), positions.values.end());
        figure.number = "12";
        figure.note = "3.4%";
        const auto bright = [](const render::Picture& p) {
            std::size_t count = 0;
            for (std::size_t i = 0; i < p.rgba.size(); i += 4) count += p.rgba[i] > 120 || p.rgba[i + 1] > 120;
            return count;
        };
        const auto one = render::drawCodeSheet({{"", {figure}}}), many = render::drawCodeSheet({{"", std::vector<render::SheetFigure>(20, figure)}});
        QCOMPARE(one.width, many.width);
        QVERIFY(many.height > one.height);
        QVERIFY(bright(one) > 200);
        QCOMPARE(bright(many), 20 * bright(one));
    }

    void aPngThatOthersRead() {
        QTemporaryDir folder;
        const auto path = folder.filePath("a.png").toStdString();
        std::vector<std::uint8_t> rgba;
        for (int y = 0; y < 5; ++y)
            for (int x = 0; x < 7; ++x) rgba.insert(rgba.end(), {static_cast<std::uint8_t>(x * 36), static_cast<std::uint8_t>(y * 50), static_cast<std::uint8_t>(x * y), 255});
        QVERIFY(io::writePng(path, 7, 5, rgba).ok());
        const auto bytes = readFile(path);
        QVERIFY(bytes.ok());
        // Decoded here by the standard's own words, with Qt's inflate: chunks, then rows less their left neighbours.
        QByteArray file(bytes->data(), static_cast<qsizetype>(bytes->size())), packed;
        QVERIFY(file.startsWith(QByteArray("\x89PNG\r\n\x1a\n", 8)));
        for (qsizetype at = 8; at + 12 <= file.size();) {
            const auto length = qFromBigEndian<quint32>(file.constData() + at);
            const auto type = file.mid(at + 4, 4);
            if (type == "IHDR") {
                QCOMPARE(qFromBigEndian<quint32>(file.constData() + at + 8), 7u);
                QCOMPARE(qFromBigEndian<quint32>(file.constData() + at + 12), 5u);
            }
            if (type == "IDAT") packed += file.mid(at + 8, static_cast<qsizetype>(length));
            at += 12 + static_cast<qsizetype>(length);
        }
        QByteArray size(4, '\0');
        qToBigEndian<quint32>(5 * 22, size.data());
        const QByteArray rows = qUncompress(size + packed);
        QCOMPARE(rows.size(), qsizetype{5 * 22});
        for (int y = 0; y < 5; ++y) {
            QCOMPARE(rows[y * 22], char{1});
            std::uint8_t left[3] = {};
            for (int x = 0; x < 7; ++x)
                for (int c = 0; c < 3; ++c) {
                    left[c] = static_cast<std::uint8_t>(left[c] + static_cast<std::uint8_t>(rows[y * 22 + 1 + x * 3 + c]));
                    QCOMPARE(left[c], rgba[static_cast<std::size_t>((y * 7 + x) * 4 + c)]);
                }
        }
        QVERIFY(!io::writePng(folder.filePath("no/such/a.png").toStdString(), 7, 5, rgba).ok());
    }
};

CHOREIA_TEST(CodeSheetTest)
#include "code_sheet_test.moc"
