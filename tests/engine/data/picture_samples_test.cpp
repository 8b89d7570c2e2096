// Pictures with landmarks: where a square's points lie, what its pixels are, and the three layouts, written here and read back.
#include "data/picture_samples.h"

#include "io/hdf5.h"
#include "io/png.h"
#include "motion/landmarks.h"
#include "support/testing.h"

#include <QDir>
#include <QTemporaryDir>
#include <hdf5.h>

#include <cmath>

using namespace choreia;

namespace {

/// Every pixel tells where it is: red x, green y, blue 77.
std::vector<std::uint8_t> map(int width, int height, int channels) {
    std::vector<std::uint8_t> out;
    for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x) {
            out.insert(out.end(), {static_cast<std::uint8_t>(x), static_cast<std::uint8_t>(y), 77});
            if (channels == 4) out.push_back(255);
        }
    return out;
}

std::vector<std::uint8_t> cut(const data::CutSquare& square, int side, int width = 60, int height = 40) {
    std::vector<std::uint8_t> out(3 * static_cast<std::size_t>(side * side));
    const auto rgb = map(width, height, 3);
    data::cutPlanes(rgb, width, height, square, side, out);
    return out;
}

}  // namespace

class PictureSamplesTest : public QObject {
    Q_OBJECT

    /// Our writer has no lists of texts: others write them.
    static void addTexts(const std::string& path, const char* name, const std::vector<std::string>& texts) {
        std::string flat;
        for (const auto& text : texts) flat += text + std::string(16 - text.size(), '\0');
        const hid_t file = H5Fopen(path.c_str(), H5F_ACC_RDWR, H5P_DEFAULT), type = H5Tcopy(H5T_C_S1);
        H5Tset_size(type, 16);
        const hsize_t count = texts.size();
        const hid_t space = H5Screate_simple(1, &count, nullptr), set = H5Dcreate2(file, name, type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
        QVERIFY(H5Dwrite(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, flat.data()) >= 0);
        H5Dclose(set);
        H5Sclose(space);
        H5Tclose(type);
        H5Fclose(file);
    }

    /// A folder of 14-joint pictures; the joint j of picture i lies at (5 + 3 j, 10 + j + i), the last picture is for validation.
    static void writeJoints(const QTemporaryDir& folder, std::vector<std::string> names, bool broken = false) {
        QVERIFY(QDir(folder.path()).mkdir("images"));
        const std::vector<std::string> joints = {"right_ankle",    "right_knee", "right_hip",  "left_hip", "left_knee", "left_ankle", "right_wrist", "right_elbow",
                                                 "right_shoulder", "left_shoulder", "left_elbow", "left_wrist", "neck",      "head_top"};
        std::vector<float> values;
        for (std::size_t i = 0; i < names.size(); ++i) {
            QVERIFY(io::writePng(folder.filePath(QString::fromStdString("images/" + names[i])).toStdString(), 60, 40, map(60, 40, 4)).ok());
            for (std::size_t j = 0; j < 14; ++j)
                values.insert(values.end(), {static_cast<float>(5 + 3 * j), static_cast<float>(10 + j + i), j == 6 ? 0.0f : 1.0f});
        }
        if (broken) values[0] = std::nanf("");
        auto file = io::H5Writer::create(folder.filePath("joints.h5").toStdString());
        QVERIFY(file.ok());
        QVERIFY(file->writeFloats("joints", {names.size(), 14, 3}, values.data()).ok());
        std::vector<std::int64_t> split(names.size(), 0);
        split.back() = 1;
        QVERIFY(file->writeIntegers("split", {split.size()}, split.data()).ok());
        QVERIFY(file->textListAttribute("/", "joint_names", joints).ok());
        QVERIFY(file->close().ok());
        addTexts(folder.filePath("joints.h5").toStdString(), "image_files", names);
    }

private Q_SLOTS:
    void pointsGoThereAndBack() {
        for (const bool mirrored : {false, true})
            for (const float angle : {0.0f, 0.4f, -2.0f}) {
                const data::CutSquare square{31, 17, 24, angle, mirrored};
                const auto in = square.toSquare(40, 9), back = square.toPicture(in[0], in[1]);
                QVERIFY(std::abs(back[0] - 40) < 1e-4f && std::abs(back[1] - 9) < 1e-4f);
                const auto middle = square.toSquare(31, 17);
                QVERIFY(std::abs(middle[0] - 0.5f) < 1e-6f && std::abs(middle[1] - 0.5f) < 1e-6f);
            }
        // A quarter turn clockwise brings what lay above the middle to its right.
        const auto up = data::CutSquare{31, 17, 20, 1.5707963f, false}.toSquare(31, 7);
        QVERIFY(std::abs(up[0] - 1.0f) < 1e-4f && std::abs(up[1] - 0.5f) < 1e-4f);
    }

    void pixelsAreWhereTheirPointsAre() {
        const auto plain = cut({30, 20, 16, 0, false}, 16), mirrored = cut({30, 20, 16, 0, true}, 16);
        for (std::size_t v = 0; v < 16; ++v)
            for (std::size_t u = 0; u < 16; ++u) {
                QCOMPARE(plain[v * 16 + u], static_cast<std::uint8_t>(22 + u));
                QCOMPARE(plain[256 + v * 16 + u], static_cast<std::uint8_t>(12 + v));
                QCOMPARE(plain[512 + v * 16 + u], std::uint8_t{77});
                QCOMPARE(mirrored[v * 16 + u], static_cast<std::uint8_t>(37 - u));
            }
        // Turned: the pixel's value is the place that toPicture states for its middle, within rounding.
        const data::CutSquare turned{30, 20, 20, 0.6f, true};
        const auto pixels = cut(turned, 20);
        for (std::size_t v = 0; v < 20; ++v)
            for (std::size_t u = 0; u < 20; ++u) {
                const auto place = turned.toPicture((static_cast<float>(u) + 0.5f) / 20, (static_cast<float>(v) + 0.5f) / 20);
                QVERIFY(std::abs(static_cast<float>(pixels[v * 20 + u]) - (place[0] - 0.5f)) < 0.6f);
                QVERIFY(std::abs(static_cast<float>(pixels[400 + v * 20 + u]) - (place[1] - 0.5f)) < 0.6f);
            }
    }

    void aLargeSquareIsAveragedAndTheEdgeGoesOn() {
        // 40 pixels to 10: the mean of four columns each, 10.. of them at 11.5 and so on.
        const auto small = cut({30, 20, 40, 0, false}, 10);
        for (std::size_t u = 0; u < 10; ++u) QVERIFY(std::abs(static_cast<int>(small[u]) - static_cast<int>(10 + 4 * u + 2)) <= 1);
        const auto outside = cut({-50, -50, 10, 0, false}, 10);
        QCOMPARE(outside[0], std::uint8_t{0});
        QCOMPARE(outside[100], std::uint8_t{0});
        const auto beyond = cut({200, 200, 10, 0, false}, 10);
        QCOMPARE(beyond[0], std::uint8_t{59});
        QCOMPARE(beyond[100], std::uint8_t{39});
    }

    void fourteenJointsBecomeTheLandmarksTheyAre() {
        const QTemporaryDir folder;
        writeJoints(folder, {"a.png", "b.png", "c.png"});
        const auto samples = data::loadPictureSamples({folder.path().toStdString()});
        QVERIFY2(samples.ok(), samples.ok() ? "" : samples.error().line().c_str());
        QCOMPARE(samples->size(), std::size_t{3});
        const auto& sample = (*samples)[1];
        QVERIFY(sample.width == 60 && sample.height == 40 && !sample.validation && (*samples)[2].validation && !sample.depthKnown);
        QCOMPARE(static_cast<int>(sample.rgb[3 * (7 * 60 + 13)]), 13);
        int known = 0;
        for (const auto k : sample.known) known += k;
        QCOMPARE(known, 11);  // 14 without neck, head top and the wrist that is not known
        QVERIFY(!sample.known[motion::Nose] && !sample.known[motion::RightWristMark] && sample.known[motion::LeftWristMark]);
        QCOMPARE(sample.landmarks[3 * motion::RightAnkleMark], 5.0f);
        QCOMPARE(sample.landmarks[3 * motion::RightAnkleMark + 1], 11.0f);
        QCOMPARE(sample.landmarks[3 * motion::LeftShoulderMark], 32.0f);
        // The head counts for the person's square: x from 5 to 44.
        QVERIFY(std::abs(sample.person.side - 39) < 1e-4f && std::abs(sample.person.x - 24.5f) < 1e-4f);
    }

    void theSeedsLayout() {
        const QTemporaryDir folder;
        const auto path = folder.filePath("seed.h5").toStdString();
        auto file = io::H5Writer::create(path);
        QVERIFY(file.ok());
        std::vector<float> marks;
        std::vector<std::uint8_t> frames;
        for (int i = 0; i < 8; ++i) {
            for (int k = 0; k < 33; ++k) marks.insert(marks.end(), {0.1f + 0.02f * static_cast<float>(k), 0.2f + 0.01f * static_cast<float>(k + i)});
            const auto one = map(60, 40, 3);
            frames.insert(frames.end(), one.begin(), one.end());
        }
        QVERIFY(file->writeBytes("Dance/frames", {8, 40, 60, 3}, frames.data()).ok());
        QVERIFY(file->writeFloats("Dance/pose_landmark_sequences", {8, 33, 2}, marks.data()).ok());
        QVERIFY(file->close().ok());
        const auto samples = data::loadPictureSamples({path});
        QVERIFY2(samples.ok(), samples.ok() ? "" : samples.error().line().c_str());
        QCOMPARE(samples->size(), std::size_t{8});
        QVERIFY(!(*samples)[6].validation && (*samples)[7].validation);
        QVERIFY(std::abs((*samples)[3].landmarks[3 * 10] - 0.3f * 60) < 1e-3f && std::abs((*samples)[3].landmarks[3 * 10 + 1] - 0.33f * 40) < 1e-3f);
    }

    void whatCannotBeUsedIsNamed() {
        const QTemporaryDir folder;
        const auto empty = data::loadPictureSamples({folder.path().toStdString()});
        QVERIFY(!empty.ok() && empty.error().line().find("no pictures") != std::string::npos);
        writeJoints(folder, {"a.png", "b.png"}, true);
        const auto broken = data::loadPictureSamples({folder.path().toStdString()});
        QVERIFY(!broken.ok() && broken.error().line().find("not finite") != std::string::npos);
        QVERIFY(QFile::remove(folder.filePath("images/a.png")));
        const auto missing = data::loadPictureSamples({folder.path().toStdString()});
        QVERIFY(!missing.ok() && missing.error().line().find("a.png") != std::string::npos);
    }
};

CHOREIA_TEST(PictureSamplesTest)
#include "picture_samples_test.moc"
