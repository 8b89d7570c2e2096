// A clip as a film: length, cancelling, refusals, progress; the old file survives whatever goes wrong.
#include "io/media.h"
#include "render/video.h"
#include "support/testing.h"

#include <QTemporaryDir>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <numbers>

using namespace choreia;
using namespace choreia::motion;
namespace fs = std::filesystem;

namespace {

Clip waving(double seconds) {
    Clip clip;
    const auto frames = static_cast<std::size_t>(std::lround(seconds * clip.fps));
    for (std::size_t f = 0; f < frames; ++f) {
        std::vector<Quat> pose(kJoints, Quat::Identity());
        pose[LeftShoulder] = Quat(Eigen::AngleAxisf(0.8f * std::sin(0.1f * static_cast<float>(f)), Vec3::UnitZ()));
        clip.root.emplace_back(0, 0.95f, 0);
        clip.rotations.insert(clip.rotations.end(), pose.begin(), pose.end());
    }
    return clip;
}

class Recorder final : public Progress {
public:
    std::function<void(double)> heard = [](double) {};
    double last = -1;
    bool falls = false;
    void report(std::string_view, double fraction, double) override {
        falls |= fraction < last;
        last = fraction;
        heard(fraction);
    }
};

}  // namespace

class ExportVideoTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() {
        folder_ = std::make_unique<QTemporaryDir>();
        QVERIFY(folder_->isValid());
    }

    void filmIsAsLongAsTheClip_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<double>("fps");
        QTest::newRow("mp4 30") << "f.mp4" << 30.0;
        QTest::newRow("mp4 60") << "f.mp4" << 60.0;
        QTest::newRow("webm 24") << "f.webm" << 24.0;
    }
    void filmIsAsLongAsTheClip() {
        QFETCH(QString, name);
        QFETCH(double, fps);
        const Clip clip = waving(2.5);
        audio::Pcm sound{22050, 1, {}};
        for (int i = 0; i < 22050 * 4; ++i) sound.samples.push_back(static_cast<float>(0.4 * std::sin(2 * std::numbers::pi * 500 * i / 22050)));
        render::VideoRequest request;
        request.clip = &clip;
        request.sound = &sound;
        request.width = 320;
        request.height = 180;
        request.fps = fps;
        Recorder progress;
        const auto report = render::exportVideo(at(name), request, {}, progress);
        QVERIFY2(report.ok(), report.ok() ? "" : report.error().line().c_str());
        QCOMPARE(report->frames, static_cast<std::size_t>(std::lround(2.5 * fps)));
        QVERIFY(report->encoderSeconds > 0 && report->encoderSeconds <= report->totalSeconds);
        QVERIFY(!progress.falls);
        QCOMPARE(progress.last, 1.0);
        // The song is cut to the dance.
        NoProgress silent;
        const auto song = io::decodeSong(at(name), {}, silent);
        QVERIFY2(song.ok(), song.ok() ? "" : song.error().line().c_str());
        QVERIFY2(std::fabs(song->playback.seconds() - 2.5) < 0.05, qPrintable(QString::number(song->playback.seconds())));
        QCOMPARE(entries(), 1);
    }

    void theLongestDanceDecides() {
        const Clip shorter = waving(1), longer = waving(2);
        render::VideoRequest request;
        request.clip = &shorter;
        request.others = {&longer};
        request.width = 320;
        request.height = 180;
        NoProgress silent;
        const auto report = render::exportVideo(at("two.mp4"), request, {}, silent);
        QVERIFY2(report.ok(), report.ok() ? "" : report.error().line().c_str());
        QCOMPARE(report->frames, std::size_t(60));
        const Clip empty;
        request.others = {&empty};
        QVERIFY(!render::exportVideo(at("none.mp4"), request, {}, silent).ok());
    }

    void cancellingKeepsTheOldFile() {
        std::ofstream(at("f.mp4")) << "the film before";
        const Clip clip = waving(60);
        render::VideoRequest request;
        request.clip = &clip;
        request.width = 320;
        request.height = 180;
        std::stop_source source;
        Recorder progress;
        progress.heard = [&](double fraction) {
            if (fraction > 0.01) source.request_stop();
        };
        const auto report = render::exportVideo(at("f.mp4"), request, source.get_token(), progress);
        QVERIFY(!report.ok());
        QCOMPARE(report.error().exitStatus(), 130);
        QVERIFY(progress.last < 0.9);
        std::ifstream in(at("f.mp4"));
        QCOMPARE(std::string((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>()), std::string("the film before"));
        QCOMPARE(entries(), 1);
    }

    void stoppedBeforeItStarts() {
        const Clip clip = waving(1);
        render::VideoRequest request;
        request.clip = &clip;
        std::stop_source source;
        source.request_stop();
        NoProgress progress;
        const auto report = render::exportVideo(at("f.mp4"), request, source.get_token(), progress);
        QVERIFY(!report.ok());
        QCOMPARE(report.error().exitStatus(), 130);
        QCOMPARE(entries(), 0);
    }

    void refusals() {
        const Clip clip = waving(0.5);
        NoProgress progress;
        const auto status = [&](const char* name, int width, const Clip* what) {
            render::VideoRequest request;
            request.clip = what;
            request.width = width;
            request.height = 90;
            const auto report = render::exportVideo(at(name), request, {}, progress);
            return report.ok() ? 0 : report.error().exitStatus();
        };
        const Clip none;
        QCOMPARE(status("f.avi", 160, &clip), 2);
        QCOMPARE(status("f", 160, &clip), 2);
        QCOMPARE(status("f.mp4", 161, &clip), 2);
        QCOMPARE(status("f.mp4", 160, &none), 1);
        QCOMPARE(status("f.mp4", 160, nullptr), 1);
        QCOMPARE(status("missing/f.mp4", 160, &clip), 1);
        fs::create_directory(at("folder.mp4"));
        QCOMPARE(status("folder.mp4", 160, &clip), 1);
        QCOMPARE(entries(), 1);
        QCOMPARE(status("f.mp4", 160, &clip), 0);
    }

private:
    [[nodiscard]] fs::path at(const QString& name) const { return fs::path(folder_->path().toStdString()) / name.toStdString(); }
    [[nodiscard]] int entries() const {
        int count = 0;
        for (const auto& entry : fs::directory_iterator(folder_->path().toStdString())) count += entry.exists() ? 1 : 0;
        return count;
    }
    std::unique_ptr<QTemporaryDir> folder_;
};

CHOREIA_TEST(ExportVideoTest)
#include "export_video_test.moc"
