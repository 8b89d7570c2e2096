// Sound in and out: round trips of tones, bad files, damage, cancellation.
#include "core/random.h"
#include "io/media.h"
#include "support/testing.h"

#include <QTemporaryDir>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <numbers>

using namespace choreia;
namespace fs = std::filesystem;

namespace {

audio::Pcm tone(double frequency, double seconds, int rate, int channels, double level = 0.5) {
    audio::Pcm pcm{rate, channels, {}};
    const auto frames = static_cast<std::size_t>(std::lround(seconds * rate));
    for (std::size_t i = 0; i < frames; ++i) {
        const double phase = 2 * std::numbers::pi * frequency * static_cast<double>(i) / rate;
        for (int c = 0; c < channels; ++c) pcm.samples.push_back(static_cast<float>(level * std::sin(phase)));
    }
    return pcm;
}

/// Least-squares amplitude of a sine of one frequency in channel 0, over the inner part of the sound.
double amplitudeAt(const audio::Pcm& pcm, double frequency) {
    const std::size_t skip = pcm.frames() / 10;
    double s = 0, c = 0, n = 0;
    for (std::size_t i = skip; i + skip < pcm.frames(); ++i, ++n) {
        const double phase = 2 * std::numbers::pi * frequency * static_cast<double>(i) / pcm.rate;
        const double x = pcm.samples[i * static_cast<std::size_t>(pcm.channels)];
        s += x * std::sin(phase), c += x * std::cos(phase);
    }
    return 2 * std::hypot(s, c) / n;
}

/// Seconds of the first sample louder than level.
double onset(const audio::Pcm& pcm, float level) {
    for (std::size_t i = 0; i < pcm.samples.size(); ++i) {
        if (std::fabs(pcm.samples[i]) > level) return static_cast<double>(i / static_cast<std::size_t>(pcm.channels)) / pcm.rate;
    }
    return -1;
}

std::string bytesOf(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}
void put(const fs::path& path, const std::string& bytes) { std::ofstream(path, std::ios::binary) << bytes; }

}  // namespace

class MediaTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() {
        folder_ = std::make_unique<QTemporaryDir>();
        QVERIFY(folder_->isValid());
    }

    void toneSurvives_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<int>("rate");
        QTest::addColumn<int>("channels");
        for (const char* extension : {"wav", "ogg", "opus"}) {
            for (const int rate : {8000, 22050, 44100, 48000, 96000}) {
                if (QString(extension) == "ogg" && rate < 22050) continue;  // Vorbis has no modes for stereo that slow at our bit rate
                for (const int channels : {1, 2}) {
                    QTest::addRow("%s %d Hz %d ch", extension, rate, channels) << QStringLiteral("t.%1").arg(extension) << rate << channels;
                }
            }
        }
    }
    void toneSurvives() {
        QFETCH(QString, name);
        QFETCH(int, rate);
        QFETCH(int, channels);
        const fs::path path = at(name.toStdString());
        const auto written = io::writeSound(path, tone(440, 2.5, rate, channels));
        QVERIFY2(written.ok(), written.ok() ? "" : written.error().line().c_str());
        NoProgress progress;
        const auto song = io::decodeSong(path, {}, progress);
        QVERIFY2(song.ok(), song.ok() ? "" : song.error().line().c_str());
        QCOMPARE(song->playback.rate, 48000);
        QCOMPARE(song->playback.channels, 2);
        QCOMPARE(song->analysis.rate, 22050);
        QCOMPARE(song->analysis.channels, 1);
        QVERIFY(std::fabs(song->playback.seconds() - 2.5) < 0.002);
        QVERIFY(std::fabs(song->analysis.seconds() - 2.5) < 0.002);
        // The level stays for one channel and for two, and no other frequency takes its place.
        for (const audio::Pcm* pcm : {&song->playback, &song->analysis}) {
            QVERIFY2(std::fabs(amplitudeAt(*pcm, 440) - 0.5) < 0.02, qPrintable(QString::number(amplitudeAt(*pcm, 440))));
            QVERIFY(amplitudeAt(*pcm, 880) < 0.01);
        }
    }

    void startIsExact_data() {
        QTest::addColumn<QString>("name");
        for (const char* name : {"t.wav", "t.ogg", "t.opus"}) QTest::newRow(name) << QString(name);
    }
    // A burst that starts at 1 s must start at 1 s again: priming and padding are taken off.
    void startIsExact() {
        QFETCH(QString, name);
        audio::Pcm pcm = tone(1000, 2.0, 48000, 2);
        std::fill_n(pcm.samples.begin(), 2 * 48000, 0.0f);
        QVERIFY(io::writeSound(at(name.toStdString()), pcm).ok());
        NoProgress progress;
        const auto song = io::decodeSong(at(name.toStdString()), {}, progress);
        QVERIFY(song.ok());
        QVERIFY2(std::fabs(onset(song->playback, 0.2f) - 1.0) < 0.003, qPrintable(QString::number(onset(song->playback, 0.2f))));
        QVERIFY(std::fabs(onset(song->analysis, 0.2f) - 1.0) < 0.003);
    }

    void streamGivesTheSameSound() {
        QVERIFY(io::writeSound(at("t.wav"), tone(330, 3.3, 44100, 2)).ok());
        NoProgress progress;
        const auto song = io::decodeSong(at("t.wav"), {}, progress);
        QVERIFY(song.ok());
        std::vector<float> streamed;
        std::size_t largest = 0;
        const auto result = io::streamMono(at("t.wav"), 22050, [&](std::span<const float> block) {
            largest = std::max(largest, block.size());
            streamed.insert(streamed.end(), block.begin(), block.end());
            return true;
        }, {}, progress);
        QVERIFY(result.ok());
        QVERIFY(largest <= 22050);
        QCOMPARE(streamed.size(), song->analysis.samples.size());
        QVERIFY(streamed == song->analysis.samples);
    }

    void sinkMayStop() {
        QVERIFY(io::writeSound(at("t.wav"), tone(330, 5, 44100, 1)).ok());
        NoProgress progress;
        int blocks = 0;
        const auto result = io::streamMono(at("t.wav"), 22050, [&](std::span<const float>) { return ++blocks < 2; }, {}, progress);
        QVERIFY(!result.ok());
        QCOMPARE(static_cast<int>(result.error().kind), static_cast<int>(ErrorKind::Cancelled));
        QCOMPARE(blocks, 2);
    }

    void stopTokenCancels() {
        QVERIFY(io::writeSound(at("t.wav"), tone(330, 5, 44100, 1)).ok());
        std::stop_source source;
        source.request_stop();
        NoProgress progress;
        const auto song = io::decodeSong(at("t.wav"), source.get_token(), progress);
        QVERIFY(!song.ok());
        QCOMPARE(song.error().exitStatus(), 130);
    }

    void badFilesAreRefused() {
        std::string noise;
        Random random(7);
        for (int i = 0; i < 200000; ++i) noise += static_cast<char>(random.below(256));
        put(at("noise.ogg"), noise);
        put(at("noise.mp3"), noise);
        put(at("noise"), noise);
        put(at("empty.mp3"), "");
        std::string prose;
        for (int i = 0; i < 300; ++i) prose += "Line " + std::to_string(i) + " of a story that is no song at all.\n";
        put(at("text.mp3"), prose);
        put(at("short.mp3"), "hello");
        fs::create_directory(at("folder.mp3"));
        QVERIFY(io::writeSound(at("whole.ogg"), tone(440, 20, 44100, 2)).ok());
        put(at("cut.ogg"), bytesOf(at("whole.ogg")).substr(0, 3000));
        QVERIFY(io::writeSound(at("whole.wav"), tone(440, 20, 44100, 2)).ok());
        put(at("cut.wav"), bytesOf(at("whole.wav")).substr(0, 10000));  // 0.06 s of sound
        NoProgress progress;
        for (const char* name : {"missing.mp3", "noise.ogg", "noise.mp3", "noise", "empty.mp3", "text.mp3", "short.mp3", "folder.mp3", "cut.ogg", "cut.wav"}) {
            const auto song = io::decodeSong(at(name), {}, progress);
            QVERIFY2(!song.ok(), name);
            QCOMPARE(song.error().exitStatus(), 3);
            QVERIFY2(song.error().line().find('\n') == std::string::npos && song.error().line().find(name) != std::string::npos, song.error().line().c_str());
            QVERIFY2(!io::streamMono(at(name), 22050, [](std::span<const float>) { return true; }, {}, progress).ok(), name);
        }
    }

    void shortAndSilentSoundDecodes() {
        NoProgress progress;
        QVERIFY(io::writeSound(at("short.wav"), tone(440, 0.3, 44100, 1)).ok());
        const auto brief = io::decodeSong(at("short.wav"), {}, progress);
        QVERIFY(brief.ok());
        QVERIFY(std::fabs(brief->playback.seconds() - 0.3) < 0.001);
        QVERIFY(io::writeSound(at("silent.ogg"), tone(440, 3, 44100, 2, 0.0)).ok());
        const auto silent = io::decodeSong(at("silent.ogg"), {}, progress);
        QVERIFY(silent.ok());
        QVERIFY(std::all_of(silent->analysis.samples.begin(), silent->analysis.samples.end(), [](float x) { return std::fabs(x) < 1e-4f; }));
    }

    void damageInTheMiddleKeepsTheRest() {
        QVERIFY(io::writeSound(at("t.ogg"), tone(440, 20, 44100, 2)).ok());
        std::string bytes = bytesOf(at("t.ogg"));
        Random random(3);
        for (std::size_t i = bytes.size() / 2; i < bytes.size() / 2 + 6000; ++i) bytes[i] = static_cast<char>(random.below(256));
        put(at("t.ogg"), bytes);
        NoProgress progress;
        const auto song = io::decodeSong(at("t.ogg"), {}, progress);
        QVERIFY(song.ok());
        QVERIFY2(song->playback.seconds() > 14 && song->playback.seconds() <= 20.01, qPrintable(QString::number(song->playback.seconds())));
    }

    void notANumberBecomesSilence() {
        // A WAV of floats with a NaN and an infinity in it, written by hand.
        std::string data;
        for (int i = 0; i < 44100; ++i) {
            const float value = i == 20000 ? std::numeric_limits<float>::quiet_NaN() : i == 21000 ? std::numeric_limits<float>::infinity() : 0.1f;
            data.append(reinterpret_cast<const char*>(&value), 4);
        }
        const auto number = [](std::uint32_t value, std::size_t count) { return std::string(reinterpret_cast<const char*>(&value), count); };
        put(at("t.wav"), "RIFF" + number(static_cast<std::uint32_t>(36 + data.size()), 4) + "WAVEfmt " + number(16, 4) + number(3, 2) + number(1, 2) +
                             number(44100, 4) + number(44100 * 4, 4) + number(4, 2) + number(32, 2) + "data" + number(static_cast<std::uint32_t>(data.size()), 4) + data);
        NoProgress progress;
        const auto song = io::decodeSong(at("t.wav"), {}, progress);
        QVERIFY(song.ok());
        QVERIFY(std::all_of(song->playback.samples.begin(), song->playback.samples.end(), [](float x) { return std::isfinite(x); }));
    }

    void hashIsFnv() {
        // Known answers of FNV-1a, 64 bits.
        put(at("a"), "a");
        put(at("foobar"), "foobar");
        put(at("none"), "");
        QCOMPARE(io::fileHash(at("a")).value(), std::string("af63dc4c8601ec8c"));
        QCOMPARE(io::fileHash(at("foobar")).value(), std::string("85944171f73967e8"));
        QCOMPARE(io::fileHash(at("none")).value(), std::string("cbf29ce484222325"));
        QCOMPARE(io::fileHash(at("missing")).error().exitStatus(), 3);
        QCOMPARE(io::fileHash(folder_->path().toStdString()).error().exitStatus(), 3);
    }

    void unknownSoundFormatIsUsage() {
        const auto result = io::writeSound(at("t.xyz"), tone(440, 1, 44100, 1));
        QVERIFY(!result.ok());
        QCOMPARE(result.error().exitStatus(), 2);
        QVERIFY(!fs::exists(at("t.xyz")));
    }

private:
    [[nodiscard]] fs::path at(const std::string& name) const { return fs::path(folder_->path().toStdString()) / name; }
    std::unique_ptr<QTemporaryDir> folder_;
};

CHOREIA_TEST(MediaTest)
#include "media_test.moc"
