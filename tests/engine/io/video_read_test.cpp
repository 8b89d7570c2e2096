// Films written by our own writer, read back picture by picture.
#include "io/video_read.h"

#include "io/media.h"
#include "support/testing.h"

#include <QFile>
#include <QTemporaryDir>

#include <cmath>
#include <fstream>

using namespace choreia;

class VideoReadTest : public QObject {
    Q_OBJECT

    static void film(const std::string& path, int pictures, double fps, const audio::Pcm* sound = nullptr) {
        io::VideoFormat format;
        format.width = 96, format.height = 64, format.fps = fps;
        auto writer = io::VideoWriter::open(path, format, sound);
        QVERIFY2(writer.ok(), writer.ok() ? "" : writer.error().line().c_str());
        for (int i = 0; i < pictures; ++i) {
            std::vector<std::uint8_t> rgba(96 * 64 * 4, 255);
            // The left half tells the number, the right half is dark.
            for (std::size_t p = 0; p < 96 * 64; ++p)
                for (std::size_t k = 0; k < 3; ++k) rgba[4 * p + k] = p % 96 < 48 ? static_cast<std::uint8_t>(40 + 10 * i) : std::uint8_t{16};
            QVERIFY((*writer)->addPicture(rgba).ok());
        }
        QVERIFY((*writer)->finish().ok());
    }

    struct Taken {
        std::vector<double> times;
        std::vector<int> left, right;
        int width = 0, height = 0;
    };
    static Result<io::VideoFacts> take(const std::string& path, int mostSide, Taken& out, std::size_t most = 1000, std::stop_token stop = {}) {
        NoProgress progress;
        Stage stage(progress, "reading");
        return io::readVideo(
            path, mostSide,
            [&](const io::RgbPicture& picture, double time) {
                out.width = picture.width, out.height = picture.height;
                out.times.push_back(time);
                const auto row = static_cast<std::size_t>(picture.height / 2) * static_cast<std::size_t>(picture.width);
                out.left.push_back(picture.rgb[3 * (row + static_cast<std::size_t>(picture.width / 4))]);
                out.right.push_back(picture.rgb[3 * (row + static_cast<std::size_t>(3 * picture.width / 4))]);
                return out.times.size() < most;
            },
            stop, stage);
    }

private Q_SLOTS:
    void everyPictureInOrder() {
        const QTemporaryDir folder;
        const auto path = folder.filePath("f.mp4").toStdString();
        film(path, 20, 25);
        Taken taken;
        const auto facts = take(path, 1000, taken);
        QVERIFY2(facts.ok(), facts.ok() ? "" : facts.error().line().c_str());
        QCOMPARE(facts->pictures, std::size_t{20});
        QVERIFY(std::abs(facts->seconds - 0.8) < 0.01 && std::abs(facts->fps - 25) < 0.5 && !facts->hasSound && facts->faults == 0);
        QVERIFY(taken.width == 96 && taken.height == 64);
        for (std::size_t i = 0; i < 20; ++i) {
            QVERIFY(std::abs(taken.times[i] - static_cast<double>(i) / 25) < 1e-3);
            QVERIFY2(std::abs(taken.left[i] - (40 + 10 * static_cast<int>(i))) < 8, qPrintable(QString::number(taken.left[i])));
            QVERIFY(std::abs(taken.right[i] - 16) < 10);
        }
    }

    void largePicturesAreReduced() {
        const QTemporaryDir folder;
        const auto path = folder.filePath("f.webm").toStdString();
        io::VideoFormat format;
        format.width = 96, format.height = 64, format.fps = 30, format.codec = io::VideoCodec::Vp9Opus;
        auto writer = io::VideoWriter::open(path, format, nullptr);
        QVERIFY(writer.ok());
        for (int i = 0; i < 3; ++i) QVERIFY((*writer)->addPicture(std::vector<std::uint8_t>(96 * 64 * 4, 90)).ok());
        QVERIFY((*writer)->finish().ok());
        Taken taken;
        QVERIFY(take(path, 48, taken).ok());
        QVERIFY(taken.width == 48 && taken.height == 32 && taken.times.size() == 3);
    }

    void theReaderStopsWhereToldTo() {
        const QTemporaryDir folder;
        const auto path = folder.filePath("f.mp4").toStdString();
        film(path, 10, 30);
        Taken taken;
        QVERIFY(take(path, 1000, taken, 4).ok());
        QCOMPARE(taken.times.size(), std::size_t{4});
        std::stop_source stop;
        stop.request_stop();
        const auto stopped = take(path, 1000, taken, 1000, stop.get_token());
        QVERIFY(!stopped.ok() && stopped.error().exitStatus() == 130);
    }

    void whatIsNoVideoIsRefused() {
        const QTemporaryDir folder;
        Taken taken;
        const auto text = folder.filePath("f.mp4").toStdString(), wav = folder.filePath("f.wav").toStdString();
        std::ofstream(text) << "this is text, and no film at all";
        QVERIFY(io::writeSound(wav, {22050, 1, std::vector<float>(22050, 0.1f)}).ok());
        for (const auto& [path, word] : {std::pair{text, "no video"}, std::pair{wav, "no moving pictures"}, std::pair{folder.filePath("none.mp4").toStdString(), "none.mp4"}}) {
            const auto facts = take(path, 1000, taken);
            QVERIFY(!facts.ok());
            QCOMPARE(facts.error().exitStatus(), 3);
            QVERIFY2(facts.error().line().find(word) != std::string::npos, facts.error().line().c_str());
        }
    }

    void damageInTheMiddleIsPassedOver() {
        const QTemporaryDir folder;
        const auto path = folder.filePath("f.mp4").toStdString();
        film(path, 30, 30);
        QFile file(QString::fromStdString(path));
        QVERIFY(file.open(QIODevice::ReadWrite));
        const qint64 size = file.size();
        QVERIFY(file.seek(size * 6 / 10));
        file.write(QByteArray(static_cast<int>(size / 10), '\x5a'));
        file.close();
        Taken taken;
        const auto facts = take(path, 1000, taken);
        QVERIFY2(facts.ok(), facts.ok() ? "" : facts.error().line().c_str());
        QVERIFY(facts->pictures >= 5 && facts->pictures <= 30);
    }
};

CHOREIA_TEST(VideoReadTest)
#include "video_read_test.moc"
