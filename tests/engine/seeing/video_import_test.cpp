// Landmarks of a film into a training file. The network here has chance weights: made sure of itself it finds somebody everywhere, made unsure nobody.
#include "seeing/video_import.h"

#include "io/hdf5.h"
#include "io/media.h"
#include "motion/landmarks.h"
#include "support/testing.h"
#include "support/tiny_se_vit.h"

#include <QTemporaryDir>

#include <cmath>

using namespace choreia;

class VideoImportTest : public QObject {
    Q_OBJECT

    static seeing::PoseFinder finder(const QTemporaryDir& folder, double sureness) {
        auto loaded = seeing::PoseFinder::load(choreia::testing::writeTinySeVit(folder, sureness));
        if (!loaded.ok()) qFatal("%s", loaded.error().line().c_str());
        return *loaded;
    }

    static std::string film(const QTemporaryDir& folder, int pictures, bool sound) {
        const auto path = folder.filePath("dance one.mp4").toStdString();
        io::VideoFormat format;
        format.width = 96, format.height = 128, format.fps = 30;
        audio::Pcm pcm{48000, 2, {}};
        for (int i = 0; i < 2 * 1600 * pictures; ++i) pcm.samples.push_back(0.3f * std::sin(static_cast<float>(i) * 0.02f));
        auto writer = io::VideoWriter::open(path, format, sound ? &pcm : nullptr);
        if (!writer.ok()) qFatal("no film");
        for (int i = 0; i < pictures; ++i) {
            std::vector<std::uint8_t> rgba(96 * 128 * 4, 255);
            for (std::size_t p = 0; p < rgba.size(); ++p)
                if (p % 4 != 3) rgba[p] = static_cast<std::uint8_t>((p / 4 % 96) * 2 + static_cast<std::size_t>(i));
            if (!(*writer)->addPicture(rgba).ok()) qFatal("no picture");
        }
        if (!(*writer)->finish().ok()) qFatal("no end");
        return path;
    }

private Q_SLOTS:
    void aFilmBecomesAGroupOfTheSeedsLayout() {
        const QTemporaryDir folder;
        seeing::VideoImportRequest request;
        request.watch.video = film(folder, 45, true);
        request.output = folder.filePath("out.h5").toStdString();
        request.side = 64;
        int previews = 0;
        request.watch.preview = [&](const io::RgbPicture& picture, const seeing::FoundPose* pose, double) { previews += picture.width == 96 && pose; };
        NoProgress progress;
        const auto report = seeing::importVideo(request, finder(folder, 400), {}, progress);
        QVERIFY2(report.ok(), report.ok() ? "" : report.error().line().c_str());
        QVERIFY2(report->pictures + report->leftOut == 15 && report->pictures >= 8, qPrintable(QString::number(report->pictures)));
        QVERIFY(report->sound && std::abs(report->seconds - 1.5) < 0.05 && report->confidence >= seeing::kConfident);
        QCOMPARE(previews, static_cast<int>(report->pictures));
        const auto file = io::H5Reader::open(request.output);
        QVERIFY(file.ok());
        const auto n = static_cast<std::uint64_t>(report->pictures);
        QVERIFY((*file->shape("dance one/frames") == std::vector<std::uint64_t>{n, 64, 64, 3}));
        QVERIFY((*file->shape("dance one/pose_landmark_sequences") == std::vector<std::uint64_t>{n, 33, 2}));
        QVERIFY((*file->shape("dance one/audio_mfcc_sequences") == std::vector<std::uint64_t>{45, 13}));
        const auto times = file->readDoubles("dance one/frame_times_s");
        QVERIFY(times.ok() && std::is_sorted(times->begin(), times->end()));
        // What reads training pictures reads it.
        const auto samples = data::loadPictureSamples({request.output});
        QVERIFY2(samples.ok(), samples.ok() ? "" : samples.error().line().c_str());
        QCOMPARE(samples->size(), report->pictures);
    }

    void onlyTheRegionIsLookedAt() {
        const QTemporaryDir folder;
        seeing::WatchRequest request;
        request.video = film(folder, 30, false);
        const auto look = finder(folder, 400);
        NoProgress progress;
        request.region = {0.5, 0.25, 0.5, 0.5};
        const auto part = seeing::watchDance(request, look, {}, progress);
        QVERIFY2(part.ok(), part.ok() ? "" : part.error().line().c_str());
        // As if the film were only that part: the same places, from its corner on. The pictures are 96 x 128.
        std::vector<std::optional<seeing::FoundPose>> cut;
        Stage stage(progress, "");
        int picture = 0;
        QVERIFY(io::readVideo(request.video, 640, [&](const io::RgbPicture& whole, double) {
            if (picture++ % 3) return true;
            io::RgbPicture out{48, 64, {}};
            for (int y = 32; y < 96; ++y) out.rgb.insert(out.rgb.end(), whole.rgb.begin() + 3 * (y * 96 + 48), whole.rgb.begin() + 3 * (y * 96 + 96));
            const auto* before = !cut.empty() && cut.back() ? &*cut.back() : nullptr;
            cut.push_back(*look.find(out, before));
            return true;
        }, {}, stage).ok());
        std::size_t seen = 0;
        for (const auto& pose : cut) {
            if (!pose) continue;
            const auto& same = part->seen.at(seen++).pose;
            QVERIFY(std::abs(same.square.x - pose->square.x - 48) < 1e-3f && std::abs(same.square.y - pose->square.y - 32) < 1e-3f);
        }
        QCOMPARE(part->seen.size(), seen);
        for (const auto& region : {seeing::PictureRegion{-0.1, 0, 1, 1}, seeing::PictureRegion{0.5, 0, 0.6, 1}, seeing::PictureRegion{0, 0, 0, 1}, seeing::PictureRegion{0, 0, std::nan(""), 1}}) {
            request.region = region;
            const auto refused = seeing::watchDance(request, look, {}, progress);
            QVERIFY(!refused.ok() && refused.error().exitStatus() == 2);
        }
    }

    void nobodyAndTooShortAreSaidInOneLine() {
        const QTemporaryDir folder;
        seeing::VideoImportRequest request;
        request.output = folder.filePath("out.h5").toStdString();
        NoProgress progress;
        request.watch.video = film(folder, 2, false);
        const auto two = seeing::importVideo(request, finder(folder, 400), {}, progress);
        QVERIFY(!two.ok() && two.error().exitStatus() == 3);
        QVERIFY2(two.error().line().find("too short") != std::string::npos, two.error().line().c_str());
        request.watch.video = film(folder, 30, false);
        const auto nobody = seeing::importVideo(request, finder(folder, 0.01), {}, progress);
        QVERIFY(!nobody.ok() && nobody.error().exitStatus() == 3);
        QVERIFY2(nobody.error().line().find("nobody") != std::string::npos, nobody.error().line().c_str());
        std::stop_source stop;
        stop.request_stop();
        const auto stopped = seeing::importVideo(request, finder(folder, 400), stop.get_token(), progress);
        QVERIFY(!stopped.ok() && stopped.error().exitStatus() == 130);
        QVERIFY(!std::filesystem::exists(request.output));
    }

    void theFilterKeepsWhatIsStillAndIsNotLate() {
        std::vector<double> times, still(60, 0.4), shaking, step;
        for (int i = 0; i < 60; ++i) {
            times.push_back(i / 30.0);
            shaking.push_back(0.4 + (i % 2 ? 0.01 : -0.01));
            step.push_back(i < 30 ? 0.0 : 1.0);
        }
        seeing::smoothOneEuro(still, times, 1.5, 6);
        for (const double v : still) QVERIFY(std::abs(v - 0.4) < 1e-12);
        seeing::smoothOneEuro(shaking, times, 1.5, 6);
        for (std::size_t i = 5; i < 55; ++i) QVERIFY(std::abs(shaking[i] - 0.4) < 0.004);
        // Forwards and backwards: the middle of the step stays where it was.
        seeing::smoothOneEuro(step, times, 1.5, 6);
        for (std::size_t i = 0; i < 30; ++i) QVERIFY(std::abs(step[i] + step[59 - i] - 1) < 1e-9);
        QVERIFY(step[20] < 0.1 && step[39] > 0.9);
    }

    void otherWeightsAreRefused() {
        const QTemporaryDir folder;
        const auto path = folder.filePath("other.safetensors").toStdString();
        torch::nn::Linear linear(2, 2);
        QVERIFY(io::writeSafetensors(path, nn::toTable(*linear, "beats", nlohmann::json::object(), false)).ok());
        const auto loaded = seeing::PoseFinder::load(path);
        QVERIFY(!loaded.ok() && loaded.error().exitStatus() == 3);
        QVERIFY2(loaded.error().line().find("se-vit") != std::string::npos, loaded.error().line().c_str());
    }
};

CHOREIA_TEST(VideoImportTest)
#include "video_import_test.moc"
