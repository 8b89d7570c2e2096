// Pictures read back as they were written; what is none is refused.
#include "io/picture_file.h"

#include "io/png.h"
#include "support/testing.h"

#include <QTemporaryDir>

#include <fstream>
#include <vector>

using namespace choreia;

class PictureFileTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aPngComesBack() {
        QTemporaryDir folder;
        constexpr int kWidth = 7, kHeight = 5;  // odd, so that a row's padding would show
        std::vector<std::uint8_t> rgba;
        for (int i = 0; i < kWidth * kHeight; ++i)
            for (const int v : {7 * i, 255 - 5 * i, 3 * i + 1, 255}) rgba.push_back(static_cast<std::uint8_t>(v));
        const auto path = folder.filePath("a.png").toStdString();
        QVERIFY(io::writePng(path, kWidth, kHeight, rgba).ok());
        const auto picture = io::readPicture(path);
        QVERIFY2(picture.ok(), picture.ok() ? "" : picture.error().line().c_str());
        QCOMPARE(picture->width, kWidth);
        QCOMPARE(picture->height, kHeight);
        QCOMPARE(picture->rgb.size(), std::size_t{3 * kWidth * kHeight});
        for (std::size_t i = 0; i < kWidth * kHeight; ++i)
            for (std::size_t c = 0; c < 3; ++c) QCOMPARE(picture->rgb[3 * i + c], rgba[4 * i + c]);
    }

    void whatIsNoPictureIsRefused() {
        QTemporaryDir folder;
        const auto path = folder.filePath("a.jpg").toStdString();
        QVERIFY(!io::readPicture(path).ok());
        std::ofstream(path) << "";
        QVERIFY(!io::readPicture(path).ok());
        std::ofstream(path) << "this is text and no picture at all, however long it goes on";
        const auto result = io::readPicture(path);
        QVERIFY(!result.ok() && result.error().kind == ErrorKind::BadInput);
        QVERIFY(!io::readPicture(folder.path().toStdString()).ok());
    }
};

CHOREIA_TEST(PictureFileTest)
#include "picture_file_test.moc"
