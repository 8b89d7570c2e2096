// Building, describing, checking and loading training files, on fixtures made here.
#include "audio/synth.h"
#include "core/atomic_file.h"
#include "data/dataset.h"
#include "data/sources.h"
#include "io/hdf5.h"
#include "io/media.h"
#include "io/motion_files.h"
#include "motion/beat_match.h"
#include "motion/kinematics.h"
#include "motion/rotation.h"
#include "support/testing.h"

#include <QTemporaryDir>

#include <cmath>
#include <limits>

using namespace choreia;
namespace fs = std::filesystem;

namespace {

/// A sway that rests every `period` seconds, on our body.
motion::Clip sway(double seconds, double period, double fps) {
    motion::Clip clip;
    clip.fps = fps;
    for (int f = 0; f < static_cast<int>(seconds * fps); ++f) {
        const double t = f / fps;
        const auto swing = static_cast<float>(std::cos(M_PI * t / period));
        clip.root.emplace_back(0.2f * swing, 0.94f + 0.03f * swing, 0.05f * static_cast<float>(std::sin(t)));
        std::vector<motion::Quat> pose(motion::kJoints, motion::Quat::Identity());
        pose[motion::LeftShoulder] = motion::expMap({0, 0, -0.9f + 0.4f * swing});
        pose[motion::RightShoulder] = motion::expMap({0, 0, 0.9f + 0.4f * swing});
        pose[motion::LeftElbow] = motion::expMap({0, -0.8f, 0});
        pose[motion::RightElbow] = motion::expMap({0, 0.8f, 0});
        pose[motion::LeftHip] = pose[motion::RightHip] = motion::expMap({-0.15f, 0, -0.1f * swing});
        pose[motion::LeftKnee] = pose[motion::RightKnee] = motion::expMap({0.3f, 0, 0});
        pose[motion::LeftAnkle] = pose[motion::RightAnkle] = motion::expMap({-0.15f, 0, 0.1f * swing});
        clip.rotations.insert(clip.rotations.end(), pose.begin(), pose.end());
    }
    return clip;
}

/// A file as the project's paired data has it: positions of the 24 joints, genre, licence, and a song beside it where `song` is
/// not empty.
void writePaired(const fs::path& path, const motion::Clip& clip, const std::string& licence, const std::string& song,
                 double offset, const std::vector<double>& beats) {
    auto file = io::H5Writer::create(path);
    QVERIFY(file.ok());
    std::vector<float> values;
    for (const auto& p : motion::jointPositions(motion::Skeleton::body(), clip).values)
        values.insert(values.end(), {p.x(), p.y(), p.z()});
    QVERIFY(file->writeFloats("positions", {clip.frames(), motion::kJoints, 3}, values.data()).ok());
    QVERIFY(file->numberAttribute("/", "fps", clip.fps).ok());
    QVERIFY(file->textListAttribute("/", "joint_names", motion::Skeleton::body().names()).ok());
    QVERIFY(file->textAttribute("/", "genre", "waltz").ok());
    QVERIFY(file->textAttribute("/", "licence", licence).ok());
    if (!song.empty()) {
        QVERIFY(file->textAttribute("/", "music_file", song).ok());
        QVERIFY(file->numberAttribute("/", "music_offset_s", offset).ok());
        QVERIFY(file->numberAttribute("/", "tempo_bpm", 100).ok());
        QVERIFY(file->numberAttribute("/", "beats_per_bar", 4).ok());
        QVERIFY(file->writeDoubles("beat_times_s", beats).ok());
    }
    QVERIFY(file->close().ok());
}

/// One sound group, for the checker's tests to spoil.
struct Spoiled {
    std::vector<float> positions, rotations, root;
    std::string set = "train";
    std::vector<double> beats = {0.1, 0.6};
    std::uint64_t frames = 0;

    Spoiled() {
        const auto clip = sway(1, 0.5, 60);
        frames = clip.frames();
        for (const auto& p : motion::jointPositions(motion::Skeleton::body(), clip).values)
            positions.insert(positions.end(), {p.x(), p.y(), p.z()});
        for (const auto& q : clip.rotations) rotations.insert(rotations.end(), {q.w(), q.x(), q.y(), q.z()});
        for (const auto& p : clip.root) root.insert(root.end(), {p.x(), p.y(), p.z()});
    }
    void write(const fs::path& path) const {
        auto file = io::H5Writer::create(path);
        QVERIFY(file.ok());
        for (const std::string name : {"sound", "suspect"}) {
            const Spoiled whole;
            const Spoiled& from = name == "sound" ? whole : *this;
            QVERIFY(file->writeFloats(name + "/positions", {from.positions.size() / 72, 24, 3}, from.positions.data()).ok());
            QVERIFY(
                file->writeFloats(name + "/local_rotations", {from.rotations.size() / 96, 24, 4}, from.rotations.data()).ok());
            QVERIFY(file->writeFloats(name + "/root_position", {from.root.size() / 3, 3}, from.root.data()).ok());
            QVERIFY(file->writeDoubles(name + "/beats_s", from.beats).ok());
            QVERIFY(file->numberAttribute(name, "fps", 60).ok());
            QVERIFY(file->textAttribute(name, "set", from.set).ok());
        }
        QVERIFY(file->close().ok());
    }
};

} // namespace

class DatasetTest : public QObject {
    Q_OBJECT
    QTemporaryDir folder_;
    fs::path at(const char* name) const { return fs::path(folder_.path().toStdString()) / name; }

private Q_SLOTS:
    void pairedMotionKeepsItsTime() {
        const fs::path from = at("paired");
        fs::create_directories(from);
        audio::SynthSettings settings;
        settings.tempoBpm = 100;
        settings.seconds = 20;
        const auto song = audio::synthesize(settings);
        QVERIFY(io::writeSound(from / "song.wav", song.pcm).ok());
        // Motion second 0 is song second 2.
        std::vector<double> beats;
        for (const double b : song.grid.beats) beats.push_back(b - 2.0);
        const auto clip = sway(12, 0.66, 25);
        writePaired(from / "one.h5", clip, "none stated", "song.wav", 2.0, beats);
        writePaired(from / "two.h5", clip, "CC BY 4.0", "song.wav", 2.0, beats);
        QVERIFY(writeFile(from / "splits.json", R"({"train": ["one"], "val": ["two"]})").ok());

        data::BuildRequest request;
        request.from = {from};
        request.output = at("paired.h5");
        NoProgress quiet;
        const auto report = data::buildDataset(request, {}, quiet);
        QVERIFY2(report.ok(), report.ok() ? "" : report.error().line().c_str());
        QCOMPARE(report->clips, std::size_t{4});
        QVERIFY(report->meanFitCm < 1.0);
        QVERIFY2(report->warnings.empty(), report->warnings.empty() ? "" : report->warnings.front().c_str());

        const auto faults = data::checkDataset(request.output);
        QVERIFY(faults.ok());
        QVERIFY2(faults->faults.empty(), faults->faults.empty() ? "" : faults->faults.front().c_str());
        QVERIFY(faults->doubts.empty());
        const auto clips = data::loadClips({request.output});
        QVERIFY(clips.ok());
        QCOMPARE(clips->size(), std::size_t{4});
        for (const auto& c : *clips) {
            QCOMPARE(c.clip.fps, 60.0);
            QVERIFY(std::abs(c.clip.seconds() - 12) < 0.1);
            QCOMPARE(c.musicFeatures.rows, c.clip.frames());
            QCOMPARE(c.style, std::string("waltz"));
            const bool two = c.name.rfind("two", 0) == 0;
            QCOMPARE(c.validation, two);
            QVERIFY(!c.publishable); // the licence is of the motion, not of the song
            // The beats of the file, cut to the motion: a beat each 0.6 s, on the columns' phase 0.
            QVERIFY(c.beats.size() >= 18 && c.beats.size() <= 21);
            for (const double b : c.beats) {
                const double expected = std::remainder(b - beats.front(), 0.6);
                QVERIFY(std::abs(expected) < 0.01);
                const auto row = static_cast<std::size_t>(std::llround(b * 60));
                if (row < c.musicFeatures.rows) QVERIFY(c.musicFeatures.at(row, audio::columns::kBeatPhaseCos) > 0.95f);
            }
        }
        // The sound under frame 0 is the sound 2 s into the song: the song's own analysis says the same.
        NoProgress none;
        const auto heard = audio::analyze(song.pcm, "song", {}, none);
        QVERIFY(heard.ok());
        double difference = 0, size = 0;
        const auto& first = *std::find_if(clips->begin(), clips->end(), [](const auto& c) { return c.name == "one"; });
        for (std::size_t f = 0; f < 300; ++f) {
            for (std::size_t k = 0; k < audio::columns::kMelBands; ++k) {
                difference += std::abs(static_cast<double>(first.musicFeatures.at(f, k) - heard->features.at(f + 120, k)));
                size += 1;
            }
        }
        QVERIFY2(difference / size < 0.5, qPrintable(QString::number(difference / size)));
    }

    void warpedMotionRestsOnTheBeat() {
        const auto clips = data::loadClips({at("paired.h5")});
        QVERIFY(clips.ok());
        const auto score = [](const data::TrainingClip& clip) {
            const auto beats = motion::motionBeats(motion::jointPositions(motion::Skeleton::body(), clip.clip));
            double sum = 0;
            for (const double b : clip.beats) {
                double nearest = 10;
                for (const double m : beats.times) nearest = std::min(nearest, std::abs(m - b) * 60);
                sum += std::exp(-nearest * nearest / 18);
            }
            return sum / static_cast<double>(clip.beats.size());
        };
        double raw = -1, warped = -1;
        for (const auto& c : *clips) {
            if (c.name == "one") raw = score(c);
            if (c.name == "one~beat") warped = score(c);
        }
        QVERIFY(raw >= 0);
        QVERIFY2(warped > raw + 0.2, qPrintable(QString("%1 %2").arg(raw).arg(warped)));
    }

    void silentMotionGetsMusicOnItsBeat() {
        const fs::path from = at("silent");
        fs::create_directories(from);
        QVERIFY(io::writeClip(from / "sway_01_02.bvh", sway(14, 0.6, 60)).ok());
        data::BuildRequest request;
        request.from = {from};
        request.output = at("silent.h5");
        request.songsPerTake = 2;
        NoProgress quiet;
        const auto report = data::buildDataset(request, {}, quiet);
        QVERIFY2(report.ok(), report.ok() ? "" : report.error().line().c_str());
        QCOMPARE(report->clips, std::size_t{2});
        const auto clips = data::loadClips({request.output});
        QVERIFY(clips.ok());
        QCOMPARE(clips->front().name, std::string("sway_01_02~1"));
        for (const auto& c : *clips) {
            QVERIFY(c.beats.size() > 12);
            QVERIFY(c.musicFeatures.rows == c.clip.frames());
            // The sway rests every 0.6 s, so the music laid under it has 100 beats a minute.
            const double period = (c.beats.back() - c.beats.front()) / static_cast<double>(c.beats.size() - 1);
            QVERIFY2(std::abs(period - 0.6) < 0.03, qPrintable(QString::number(period)));
            QVERIFY(!c.publishable);
        }
        // The same request gives the same file's numbers.
        request.output = at("again.h5");
        QVERIFY(data::buildDataset(request, {}, quiet).ok());
        const auto again = data::loadClips({request.output});
        QVERIFY(again.ok());
        QVERIFY(again->front().beats == clips->front().beats);
        QVERIFY(again->front().musicFeatures.values == clips->front().musicFeatures.values);
    }

    void publishableOnlyLeavesTheRestOut() {
        data::BuildRequest request;
        request.from = {at("paired")};
        request.output = at("free.h5");
        request.publishable = true;
        request.motionOnly = true;
        NoProgress quiet;
        const auto report = data::buildDataset(request, {}, quiet);
        QVERIFY(report.ok());
        QCOMPARE(report->clips, std::size_t{1});
        const auto clips = data::loadClips({request.output});
        QVERIFY(clips.ok());
        QCOMPARE(clips->front().name, std::string("two"));
        QVERIFY(clips->front().publishable);
        QCOMPARE(clips->front().musicFeatures.rows, std::size_t{0});
    }

    void partnersStayTogether() {
        int held = 0;
        for (int take = 1; take <= 200; ++take) {
            const std::string number = (take < 10 ? "0" : "") + std::to_string(take);
            const bool one = data::heldOut("salsa_060_" + number, "salsa");
            QCOMPARE(data::heldOut("salsa_061_" + number, "salsa"), one);
            held += one;
        }
        QVERIFY(held > 10 && held < 45);
    }

    void describeSaysWhatIsThere() {
        const auto text = data::describeDataset(at("paired.h5"));
        QVERIFY(text.ok());
        for (const char* part : {"4 groups", "set train: 2 clips", "set val: 2 clips", "style waltz", "music_features"}) {
            QVERIFY2(text->find(part) != std::string::npos, part);
        }
    }

    void checkNamesTheFault() {
        const auto faultsOf = [this](const Spoiled& spoiled) {
            spoiled.write(at("spoiled.h5"));
            auto faults = data::checkDataset(at("spoiled.h5"));
            return faults.ok() ? faults->faults : std::vector<std::string>{"unreadable"};
        };
        QVERIFY(faultsOf({}).empty());
        const auto oneAbout = [&](const Spoiled& spoiled, const std::string& text) {
            const auto faults = faultsOf(spoiled);
            const bool found =
                faults.size() == 1 && faults[0].rfind("suspect: ", 0) == 0 && faults[0].find(text) != std::string::npos;
            if (!found) qWarning("%s", faults.empty() ? "no fault" : faults[0].c_str());
            return found;
        };
        Spoiled holes;
        holes.root[3 * 17] = std::numeric_limits<float>::quiet_NaN();
        QVERIFY(oneAbout(holes, "root_position is not finite at index 17"));
        Spoiled large;
        large.rotations[4 * (24 * 5 + 3)] += 1;
        QVERIFY(oneAbout(large, "frame 5, joint 3"));
        Spoiled moved;
        moved.positions[3 * (24 * 9 + 20)] += 0.1f;
        QVERIFY(oneAbout(moved, "disagree at frame 9, joint 20"));
        Spoiled set;
        set.set = "test";
        QVERIFY(oneAbout(set, "attribute set"));
        Spoiled falling;
        falling.beats = {0.5, 0.4};
        QVERIFY(oneAbout(falling, "beats_s does not rise at index 1"));
        Spoiled shorter;
        shorter.root.resize(shorter.root.size() - 3);
        QVERIFY(oneAbout(shorter, "differ in frames"));
    }

    void olderSamplesAreReadAsTheyAre() {
        auto file = io::H5Writer::create(at("older.h5"));
        QVERIFY(file.ok());
        const std::vector<float> mfcc(149 * 13, 0.5f);
        std::vector<float> pose(10 * 33 * 2, 0.5f);
        const std::vector<std::uint8_t> frames(2 * 4 * 6 * 3, 7);
        for (const std::string name : {"sample_0", "sample_1"}) {
            if (name == "sample_1") pose[66 * 4 + 1] = 300;
            QVERIFY(file->writeFloats(name + "/audio_mfcc_sequences", {149, 13}, mfcc.data()).ok());
            QVERIFY(file->writeFloats(name + "/pose_landmark_sequences", {10, 33, 2}, pose.data()).ok());
            QVERIFY(file->writeBytes(name + "/frames", {2, 4, 6, 3}, frames.data()).ok());
        }
        QVERIFY(file->close().ok());
        const auto text = data::describeDataset(at("older.h5"));
        QVERIFY(text.ok());
        QVERIFY(text->find("samples of music, landmarks and pictures: 2") != std::string::npos);
        const auto faults = data::checkDataset(at("older.h5"));
        QVERIFY(faults.ok());
        QCOMPARE(faults->faults.size(), std::size_t{1});
        QVERIFY(faults->faults.front().find("sample_1: pose_landmark_sequences") == 0);
        QVERIFY(faults->faults.front().find("index 4") != std::string::npos);
    }

    void badFilesAreRefused() {
        NoProgress quiet;
        QVERIFY(!data::loadClips({at("missing.h5")}).ok());
        auto bytes = readFile(at("paired.h5"));
        QVERIFY(bytes.ok());
        QVERIFY(writeFile(at("cut.h5"), bytes->substr(0, bytes->size() / 3)).ok());
        QVERIFY(!data::loadClips({at("cut.h5")}).ok());
        QVERIFY(!data::checkDataset(at("cut.h5")).ok());
        QVERIFY(!data::loadClips({at("older.h5")}).ok());
        data::BuildRequest request;
        request.output = at("never.h5");
        request.from = {at("nowhere")};
        const auto missing = data::buildDataset(request, {}, quiet);
        QVERIFY(!missing.ok() && missing.error().kind == ErrorKind::BadInput);
        fs::create_directories(at("empty"));
        request.from = {at("empty")};
        QVERIFY(!data::buildDataset(request, {}, quiet).ok());
        QVERIFY(!fs::exists(at("never.h5")));
        std::stop_source stop;
        stop.request_stop();
        request.from = {at("paired")};
        const auto stopped = data::buildDataset(request, stop.get_token(), quiet);
        QVERIFY(!stopped.ok() && stopped.error().kind == ErrorKind::Cancelled);
        QVERIFY(!fs::exists(at("never.h5")));
    }

    void aDamagedSourceIsAWarning() {
        const fs::path from = at("mixed");
        fs::create_directories(from);
        QVERIFY(io::writeClip(from / "good_01.bvh", sway(5, 0.6, 30)).ok());
        QVERIFY(writeFile(from / "bad_01.bvh", "HIERARCHY nonsense").ok());
        QVERIFY(io::writeClip(from / "slow_01.bvh", sway(5, 2.4, 30)).ok());  // as if its frames came four times as slowly
        data::BuildRequest request;
        request.from = {from};
        request.output = at("mixed.h5");
        request.motionOnly = true;
        NoProgress quiet;
        const auto report = data::buildDataset(request, {}, quiet);
        QVERIFY(report.ok());
        QCOMPARE(report->clips, std::size_t{2});
        QCOMPARE(report->warnings.size(), std::size_t{2});
        QVERIFY(report->warnings[0].find("bad_01.bvh") != std::string::npos);
        QVERIFY(report->warnings[1].find("slow_01.bvh: moves more slowly than dancers do") != std::string::npos);
        const auto check = data::checkDataset(request.output);
        QVERIFY(check.ok() && check->faults.empty());
        QCOMPARE(check->doubts.size(), std::size_t{1});
        QVERIFY(check->doubts[0].find("slow_01") != std::string::npos);
    }
};

CHOREIA_TEST(DatasetTest)
#include "dataset_test.moc"
