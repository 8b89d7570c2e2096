// Pictures with landmarks: both layouts, the square around the person, what is refused.
#include "data/dancer_pictures.h"

#include "io/hdf5.h"
#include "io/png.h"
#include "support/testing.h"

#include <QTemporaryDir>

#include <cmath>
#include <limits>
#include <vector>

using namespace choreia;

namespace {

constexpr int kWidth = 96, kHeight = 64;

/// A person of landmarks around (x, y) in pixels, 40 high; the picture is grey with a red dot of 5x5 pixels on the nose, which lies at the box's top.
std::vector<float> poseAt(float x, float y) {
    std::vector<float> pose;
    for (int i = 0; i < 33; ++i) {
        pose.push_back((x + (i % 2 ? 6.0f : -6.0f) * static_cast<float>(i % 5) / 4) / kWidth);
        pose.push_back((y - 20 + 40.0f * static_cast<float>(i) / 32) / kHeight);
    }
    pose[0] = x / kWidth;
    return pose;
}

std::vector<std::uint8_t> pictureAt(float x, float y, int channels) {
    std::vector<std::uint8_t> picture(static_cast<std::size_t>(kWidth * kHeight * channels), 128);
    for (int dy = -2; dy <= 2; ++dy)
        for (int dx = -2; dx <= 2; ++dx) {
            const auto at = static_cast<std::size_t>(((static_cast<int>(y) - 20 + dy) * kWidth + static_cast<int>(x) + dx) * channels);
            picture[at] = 255, picture[at + 1] = picture[at + 2] = 0;
        }
    return picture;
}

/// Where the red dot is in a square picture, 0..1.
std::pair<double, double> dotIn(const data::DancerPicture& picture, int side) {
    double x = 0, y = 0, sum = 0;
    for (int v = 0; v < side; ++v)
        for (int u = 0; u < side; ++u) {
            const auto at = static_cast<std::size_t>(3 * (v * side + u));
            const double red = std::max(0, picture.rgb[at] - picture.rgb[at + 1]);
            x += red * (u + 0.5), y += red * (v + 0.5), sum += red;
        }
    return {x / sum / side, y / sum / side};
}

std::string seedFile(const QTemporaryDir& folder, const std::vector<float>& poses, std::uint64_t count) {
    const auto path = folder.filePath("seed.h5").toStdString();
    auto writer = io::H5Writer::create(path);
    std::vector<std::uint8_t> frames;
    for (std::uint64_t i = 0; i < count; ++i) {
        const auto picture = pictureAt(30 + 2 * static_cast<float>(i), 32, 3);
        frames.insert(frames.end(), picture.begin(), picture.end());
    }
    if (!writer.ok() || !writer->writeBytes("one/frames", {count, kHeight, kWidth, 3}, frames.data()).ok() ||
        !writer->writeFloats("one/pose_landmark_sequences", {poses.size() / 66, 33, 2}, poses.data()).ok() || !writer->close().ok())
        return {};
    return path;
}

}  // namespace

class DancerPicturesTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void theSeedsLayoutIsCutAroundThePerson() {
        QTemporaryDir folder;
        std::vector<float> poses;
        for (int i = 0; i < 16; ++i) {
            const auto pose = poseAt(30 + 2 * static_cast<float>(i), 32);
            poses.insert(poses.end(), pose.begin(), pose.end());
        }
        const auto loaded = data::loadDancerPictures({seedFile(folder, poses, 16)}, 48);
        QVERIFY2(loaded.ok(), loaded.ok() ? "" : loaded.error().line().c_str());
        QCOMPARE(loaded->size(), std::size_t{16});
        for (std::size_t i = 0; i < 16; ++i) {
            const auto& picture = (*loaded)[i];
            QCOMPARE(picture.rgb.size(), std::size_t{48 * 48 * 3});
            QCOMPARE(picture.validation, i >= 14);
            QCOMPARE(picture.follows, i != 0 && i != 14);
            // The dot moves with its landmark; half a pixel of the source is 1 % of the square.
            const auto [x, y] = dotIn(picture, 48);
            QVERIFY2(std::abs(x - static_cast<double>(picture.landmarks[0])) < 0.015 && std::abs(y - static_cast<double>(picture.landmarks[1])) < 0.015,
                     qPrintable(QString("%1 %2").arg(x).arg(y)));
            // 40 pixels of height, with the margin of 1.3.
            QVERIFY(std::abs(static_cast<double>(picture.landmarks[3 * 32 + 1] - picture.landmarks[1]) - 1 / 1.3) < 0.01);
        }
    }

    void whatIsUnusableIsRefusedByName() {
        QTemporaryDir folder;
        auto pose = poseAt(40, 32);
        auto result = data::loadDancerPictures({seedFile(folder, pose, 2)}, 48);
        QVERIFY(!result.ok() && result.error().kind == ErrorKind::BadInput && result.error().line().find("one") != std::string::npos);
        pose[7] = std::numeric_limits<float>::quiet_NaN();
        result = data::loadDancerPictures({seedFile(folder, pose, 1)}, 48);
        QVERIFY(!result.ok() && result.error().line().find("not finite") != std::string::npos);
        result = data::loadDancerPictures({seedFile(folder, std::vector<float>(66, 0.5f), 1)}, 48);
        QVERIFY(!result.ok() && result.error().line().find("no person") != std::string::npos);
        result = data::loadDancerPictures({folder.path().toStdString()}, 48);
        QVERIFY(!result.ok() && result.error().line().find("landmarks.h5") != std::string::npos);
        QVERIFY(!data::loadDancerPictures({folder.filePath("none.h5").toStdString()}, 48).ok());
    }
};

CHOREIA_TEST(DancerPicturesTest)
#include "dancer_pictures_test.moc"
