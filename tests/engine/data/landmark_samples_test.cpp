// The second seed's file, written here as its README says, read as it is.
#include "audio/analysis.h"
#include "data/landmark_samples.h"
#include "io/hdf5.h"
#include "motion/landmarks.h"
#include "support/testing.h"

#include <QTemporaryDir>

#include <cmath>

using namespace choreia;

class LandmarkSamplesTest : public QObject {
    Q_OBJECT

    static void write(const std::string& path, bool moving, std::uint64_t width, bool broken = false) {
        auto file = io::H5Writer::create(path);
        QVERIFY(file.ok());
        for (int g = 1; g <= 9; ++g) {
            const std::string at = "Dataset" + std::to_string(g) + "/";
            std::vector<float> mfcc(149 * 13), pose;
            for (std::size_t i = 0; i < mfcc.size(); ++i) mfcc[i] = std::sin(static_cast<float>(i * static_cast<std::size_t>(g))) * 40 - 100;
            const std::size_t steps = moving ? 75 : 1;
            for (std::size_t s = 0; s < steps; ++s)
                for (std::size_t k = 0; k < 66; ++k) pose.push_back(static_cast<float>(k) / 100 + (moving ? static_cast<float>(s) / 1000 : 0.0f));
            QVERIFY(file->writeFloats(at + "audio_mfcc_sequences", {149, 13}, mfcc.data()).ok());
            if (broken) pose.resize(64 * steps);
            const std::uint64_t points = broken ? 32 : 33;
            QVERIFY(file->writeFloats(at + "pose_landmark_sequences", moving ? std::vector<std::uint64_t>{steps, points, 2} : std::vector<std::uint64_t>{points, 2}, pose.data()).ok());
            if (width > 0) {
                const std::vector<std::uint8_t> picture(64 * width * 3, 7);
                QVERIFY(file->writeBytes(at + "frames", {64, width, 3}, picture.data()).ok());
            }
        }
        QVERIFY(file->close().ok());
    }

private Q_SLOTS:
    void onePoseASample() {
        QTemporaryDir folder;
        const auto path = folder.filePath("seed.h5").toStdString();
        write(path, false, 36);
        const auto samples = data::loadLandmarkSamples({path});
        QVERIFY2(samples.ok(), samples.ok() ? "" : samples.error().line().c_str());
        QCOMPARE(samples->size(), std::size_t{9});
        const auto& sample = samples->front();
        QCOMPARE(sample.mfcc.rows, std::size_t{149});
        QCOMPARE(sample.mfcc.columns, std::size_t{13});
        QCOMPARE(sample.landmarks.rows, std::size_t{149});
        QCOMPARE(sample.landmarks.columns, std::size_t{66});
        // The pose is held; x is in picture heights about the middle (36 wide, 64 high), y as it is.
        for (const std::size_t r : {std::size_t{0}, std::size_t{148}}) {
            QVERIFY(std::abs(sample.landmarks.at(r, 10) - (0.5f + (0.10f - 0.5f) * 36 / 64)) < 1e-5f);
            QVERIFY(std::abs(sample.landmarks.at(r, 11) - 0.11f) < 1e-6f);
        }
        double mean = 0, square = 0;
        for (std::size_t r = 0; r < 149; ++r) mean += sample.mfcc.at(r, 4) / 149.0;
        for (std::size_t r = 0; r < 149; ++r) square += std::pow(sample.mfcc.at(r, 4) - mean, 2) / 149.0;
        QVERIFY(std::abs(mean) < 1e-4 && std::abs(square - 1) < 1e-3);
        int held = 0;
        for (const auto& s : *samples) held += s.validation;
        QCOMPARE(held, 1);
    }

    void sequencesAreBroughtToTheMusicsSteps() {
        QTemporaryDir folder;
        const auto path = folder.filePath("seed.h5").toStdString();
        write(path, true, 0);
        const auto samples = data::loadLandmarkSamples({path});
        QVERIFY(samples.ok());
        const auto& table = samples->front().landmarks;
        QCOMPARE(table.rows, std::size_t{149});
        // A straight line stays one: row 74 is the middle of 0..74 steps.
        QVERIFY(std::abs(table.at(74, 1) - (0.01f + 0.037f)) < 1e-5f);
        QVERIFY(std::abs(table.at(0, 0) - (0.5f - 0.5f * 360 / 640)) < 1e-5f);
    }

    void refusesByGroup() {
        QTemporaryDir folder;
        const auto path = folder.filePath("broken.h5").toStdString();
        write(path, true, 0, true);
        const auto samples = data::loadLandmarkSamples({path});
        QVERIFY(!samples.ok());
        QVERIFY2(samples.error().line().find("Dataset1") != std::string::npos, samples.error().line().c_str());
    }

    void mfccOfAnAnalysis() {
        Table features(600, audio::columns::kCount);
        for (std::size_t r = 0; r < 600; ++r) features.at(r, audio::columns::kMfcc + 2) = static_cast<float>(r);
        const Table mfcc = data::sampleMfcc(features, 300);
        QCOMPARE(mfcc.rows, std::size_t{300});
        // A ramp of 60 rows a second is a ramp of 30 steps, mean 0 and spread 1.
        const double deviation = std::sqrt((300.0 * 300.0 - 1) / 12.0);
        QVERIFY(std::abs(mfcc.at(0, 2) + 149.5 / deviation) < 1e-3);
        QVERIFY(std::abs(mfcc.at(299, 2) - 149.5 / deviation) < 1e-3);
        QVERIFY(std::abs(mfcc.at(5, 3)) < 1e-6f);
    }
};

CHOREIA_TEST(LandmarkSamplesTest)
#include "landmark_samples_test.moc"
