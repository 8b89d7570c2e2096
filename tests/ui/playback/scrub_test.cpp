// Grains of scrubbing, sample by sample against the song under a Hann window.
#include "playback/pcm_source.h"
#include "playback/player.h"
#include "playback/scrub_source.h"

#include "support/testing.h"

#include <cmath>
#include <numbers>
#include <random>

using namespace choreia;
using namespace choreia::ui;

namespace {

constexpr int kScrubRate = 10000;
constexpr int kGrainFrames = 700;  // 70 ms

std::shared_ptr<audio::Pcm> noiseSong(double seconds) {
    auto pcm = std::make_shared<audio::Pcm>();
    pcm->rate = kScrubRate;
    pcm->channels = 2;
    std::mt19937 random(11);
    std::uniform_real_distribution<float> noise(-0.9f, 0.9f);
    for (int i = 0; i < 2 * static_cast<int>(seconds * kScrubRate); ++i) pcm->samples.push_back(noise(random));
    return pcm;
}

/// The next frames as interleaved 16 bits.
std::vector<qint16> take(ScrubSource& source, int frames) {
    if (!source.isOpen()) source.open(QIODevice::ReadOnly | QIODevice::Unbuffered);
    std::vector<qint16> all;
    while (static_cast<int>(all.size()) < 2 * frames) {
        const QByteArray block = source.read(std::min<qint64>(333 * 4, (2 * frames - static_cast<qint64>(all.size())) * 2));
        if (block.isEmpty()) break;
        const auto* values = reinterpret_cast<const qint16*>(block.constData());
        all.insert(all.end(), values, values + block.size() / 2);
    }
    return all;
}

double hann(int i) { return std::pow(std::sin(std::numbers::pi * i / kGrainFrames), 2); }

/// Largest difference from the one grain whose middle is the song's frame `middle`, followed by silence, in steps of 16 bits.
double offGrain(const std::vector<qint16>& heard, const audio::Pcm& song, int middle, double volume = 1) {
    double worst = 0;
    for (int i = 0; i < static_cast<int>(heard.size()) / 2; ++i) {
        for (int c = 0; c < 2; ++c) {
            const int frame = middle - kGrainFrames / 2 + i;
            const bool sounds = i < kGrainFrames && frame >= 0 && frame < static_cast<int>(song.frames());
            const double expected = sounds ? song.samples[static_cast<std::size_t>(2 * frame + c)] * hann(i) * volume * 32767 : 0;
            worst = std::max(worst, std::abs(heard[static_cast<std::size_t>(2 * i + c)] - expected));
        }
    }
    return worst;
}

}  // namespace

class ScrubTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void oneGrainIsTheSongThere();
    void edgesAreSilent();
    void ofManyPlacesTheLastIsHeard();
    void aSteadyDragSoundsEven();
    void monoIsHeardOnBothSides();
    void scrubbingWithoutADeviceIsSilent();
};

void ScrubTest::oneGrainIsTheSongThere() {
    const auto song = noiseSong(2);
    ScrubSource source(song);
    const auto before = take(source, 500);
    QCOMPARE(before, std::vector<qint16>(1000, 0));
    source.request(1.2345);
    const auto heard = take(source, 5000);  // the grain, and that nothing follows it
    QCOMPARE(heard.size(), std::size_t(10000));
    QVERIFY(offGrain(heard, *song, 12345) <= 1);
    source.setVolume(0.5f);
    source.request(0.5);
    QVERIFY(offGrain(take(source, 2000), *song, 5000, 0.5) <= 1);
}

void ScrubTest::edgesAreSilent() {
    const auto song = noiseSong(1);
    ScrubSource source(song);
    source.request(0);
    QVERIFY(offGrain(take(source, 1000), *song, 0) <= 1);
    source.request(1);
    QVERIFY(offGrain(take(source, 1000), *song, kScrubRate) <= 1);
    source.request(77);
    QCOMPARE(take(source, 1000), std::vector<qint16>(2000, 0));
    source.request(std::nan(""));
    source.request(-HUGE_VAL);
    QCOMPARE(take(source, 1000), std::vector<qint16>(2000, 0));
}

void ScrubTest::ofManyPlacesTheLastIsHeard() {
    const auto song = noiseSong(2);
    ScrubSource source(song);
    for (const double place : {0.3, 0.9, 1.5}) source.request(place);
    QVERIFY(offGrain(take(source, 2000), *song, 15000) <= 1);
}

void ScrubTest::aSteadyDragSoundsEven() {
    const auto song = noiseSong(2);
    std::fill(song->samples.begin(), song->samples.end(), 0.6f);
    ScrubSource source(song);
    std::vector<qint16> all;
    for (int i = 0; i < 100; ++i) {  // a mouse move each 8 ms
        source.request(0.5 + 0.01 * i);
        const auto block = take(source, 80);
        all.insert(all.end(), block.begin(), block.end());
    }
    for (std::size_t i = 2 * (kGrainFrames / 2); i < all.size(); ++i) QVERIFY2(std::abs(all[i] - 0.6 * 32767) <= 2, qPrintable(QString::number(i)));
    // When the hand rests, the last places fade out and silence follows.
    const auto rest = take(source, 3 * kGrainFrames);
    QVERIFY(std::all_of(rest.end() - kGrainFrames, rest.end(), [](qint16 value) { return value == 0; }));
}

void ScrubTest::monoIsHeardOnBothSides() {
    const auto song = noiseSong(1);
    song->channels = 1;  // twice as long
    ScrubSource source(song);
    source.request(1);
    const auto heard = take(source, kGrainFrames);
    for (std::size_t i = 0; i < kGrainFrames; ++i) {
        QCOMPARE(heard[2 * i], heard[2 * i + 1]);
        QVERIFY(std::abs(heard[2 * i] - song->samples[i + kScrubRate - kGrainFrames / 2] * hann(static_cast<int>(i)) * 32767) <= 1);
    }
}

void ScrubTest::scrubbingWithoutADeviceIsSilent() {
    Player player(Player::Sound::Never);
    player.scrub(1);  // no song yet
    player.setSong(noiseSong(3), 3);
    QVERIFY(player.scrubbing());
    player.scrub(1);
    player.scrub(std::nan(""));
    QVERIFY(player.silent());
    QCOMPARE(player.position(), 0.0);  // heard, not moved
    player.setScrubbing(false);
    QVERIFY(!player.scrubbing());
    player.scrub(2);
}

CHOREIA_TEST(ScrubTest)
#include "scrub_test.moc"
