// The map, the smoothed clock and the sound source by closed forms; the player on its silent clock.
#include "playback/pcm_source.h"
#include "playback/player.h"
#include "playback/smooth_clock.h"

#include "support/testing.h"

#include <QSignalSpy>

#include <cmath>

using namespace choreia;
using namespace choreia::ui;

namespace {

/// A ramp: the sample's value tells its place.
std::shared_ptr<const audio::Pcm> ramp(int frames, int rate) {
    auto pcm = std::make_shared<audio::Pcm>();
    pcm->rate = rate;
    pcm->channels = 2;
    for (int i = 0; i < frames; ++i) {
        pcm->samples.push_back(static_cast<float>(i) / static_cast<float>(frames));
        pcm->samples.push_back(-static_cast<float>(i) / static_cast<float>(frames));
    }
    return pcm;
}

std::vector<qint16> readAll(PcmSource& source, int limit) {
    std::vector<qint16> all;
    while (static_cast<int>(all.size()) < limit) {
        const QByteArray block = source.read(400);
        if (block.isEmpty()) break;
        const auto* values = reinterpret_cast<const qint16*>(block.constData());
        all.insert(all.end(), values, values + block.size() / 2);
    }
    return all;
}

}  // namespace

class PlaybackTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void mapRunsAndEnds();
    void mapLoops();
    void sourceGivesTheSongSampleBySample();
    void sourceLoopsWithoutASeam();
    void clicksAreHeardOnBeatsOnly();
    void clockSmoothsSteps();
    void playerRunsOnTheSilentClock();
    void playerStopsAtTheEnd();
    void playerLoops();
    void seekIsClamped();
};

void PlaybackTest::mapRunsAndEnds() {
    const PlaybackMap map{2, 10, {}};
    QCOMPARE(map.at(0), 2.0);
    QCOMPARE(map.at(3.5), 5.5);
    QCOMPARE(map.at(20), 10.0);
    QVERIFY(!map.over(7.99));
    QVERIFY(map.over(8));
}

void PlaybackTest::mapLoops() {
    const PlaybackMap map{3, 10, {2, 4}};
    QCOMPARE(map.at(0.5), 3.5);
    QCOMPARE(map.at(1.0), 2.0);
    QCOMPARE(map.at(1.75), 2.75);
    QCOMPARE(map.at(1 + 2 * 1000 + 0.5), 2.5);
    QVERIFY(!map.over(1e6));
    const PlaybackMap behind{5, 10, {2, 4}};  // started after the loop: plays on to the end
    QCOMPARE(behind.at(3), 8.0);
    QVERIFY(behind.over(5));
}

void PlaybackTest::sourceGivesTheSongSampleBySample() {
    const auto pcm = ramp(1000, 1000);
    PcmSource source(pcm, {0.25, 1.0, {}}, 1.0f, {}, {});
    QVERIFY(source.open(QIODevice::ReadOnly));
    const auto all = readAll(source, 1 << 20);
    QCOMPARE(all.size(), std::size_t(2 * 750));
    for (std::size_t i = 0; i < 750; ++i) {
        const auto expected = static_cast<qint16>(std::lround(static_cast<double>(i + 250) / 1000 * 32767));
        QVERIFY(std::abs(all[2 * i] - expected) <= 1);
        QVERIFY(std::abs(all[2 * i + 1] + expected) <= 1);
    }
    QVERIFY(source.exhausted());
}

void PlaybackTest::sourceLoopsWithoutASeam() {
    const auto pcm = ramp(1000, 1000);
    PcmSource source(pcm, {0.5, 1.0, {0.5, 0.6}}, 1.0f, {}, {});
    QVERIFY(source.open(QIODevice::ReadOnly));
    const auto all = readAll(source, 2 * 350);
    for (std::size_t i = 0; i < 350; ++i) {
        const double place = 500 + static_cast<double>(i % 100);
        QVERIFY2(std::abs(all[2 * i] - place / 1000 * 32767) <= 34, qPrintable(QString::number(i)));  // one sample of the ramp is 33
    }
    QVERIFY(!source.exhausted());
}

void PlaybackTest::clicksAreHeardOnBeatsOnly() {
    auto silence = std::make_shared<audio::Pcm>();
    silence->rate = 8000;
    silence->channels = 2;
    silence->samples.assign(2 * 8000, 0.0f);
    PcmSource source(silence, {0, 1.0, {}}, 1.0f, {0.25, 0.75}, {0.25});
    QVERIFY(source.open(QIODevice::ReadOnly));
    const auto all = readAll(source, 1 << 20);
    QCOMPARE(all.size(), std::size_t(2 * 8000));
    const auto loudest = [&](double from, double to) {
        int most = 0;
        for (auto i = static_cast<std::size_t>(from * 8000); i < static_cast<std::size_t>(to * 8000); ++i) most = std::max(most, std::abs(static_cast<int>(all[2 * i])));
        return most;
    };
    QCOMPARE(loudest(0, 0.25), 0);
    QVERIFY(loudest(0.25, 0.3) > 5000);
    QCOMPARE(loudest(0.31, 0.75), 0);
    QVERIFY(loudest(0.75, 0.8) > 5000);
}

void PlaybackTest::clockSmoothsSteps() {
    // A device that reports in steps of 20 ms: the clock must rise evenly, within half a step of the truth.
    SmoothClock clock;
    double last = 0, worst = 0, largest = 0;
    for (int i = 0; i < 600; ++i) {
        const double wall = i / 60.0, device = std::floor(wall / 0.02) * 0.02;
        const double now = clock.update(device, wall);
        QVERIFY(now >= last);
        if (i > 60) {
            worst = std::max(worst, std::abs(now - (wall - 0.01)));
            largest = std::max(largest, now - last);
        }
        last = now;
    }
    QVERIFY(worst < 0.012);
    QVERIFY(largest < 1.35 / 60);
    // A stall of the device longer than the jump is followed.
    const double stalled = clock.update(9.8, 10.5);
    QVERIFY(stalled >= last);
    QVERIFY(clock.update(9.9, 10.6) < 10.1);
}

void PlaybackTest::playerRunsOnTheSilentClock() {
    Player player(Player::Sound::Never);
    player.setSong(ramp(96000, 48000), 2.0);
    QSignalSpy moved(&player, &Player::positionChanged);
    player.play();
    QVERIFY(player.playing());
    QVERIFY(player.silent());
    QTRY_VERIFY(moved.count() > 5);
    player.pause();
    QVERIFY(!player.playing());
    QVERIFY(player.position() > 0);
    double last = -1;
    for (const auto& values : moved) {
        QVERIFY(values.front().toDouble() >= last);
        last = values.front().toDouble();
    }
    const double there = player.position();
    QTest::qWait(40);
    QCOMPARE(player.position(), there);
}

void PlaybackTest::playerStopsAtTheEnd() {
    Player player(Player::Sound::Never);
    player.setSong(nullptr, 0.08);
    QSignalSpy playing(&player, &Player::playingChanged);
    player.play();
    QTRY_COMPARE(playing.count(), 2);
    QCOMPARE(player.position(), 0.08);
    player.play();  // from the end means from the start
    QVERIFY(player.position() < 0.08);
    player.pause();
}

void PlaybackTest::playerLoops() {
    Player player(Player::Sound::Never);
    player.setSong(nullptr, 5);
    player.setLoop({1.0, 1.1});
    player.setLooping(true);
    player.seek(1.05);
    QSignalSpy moved(&player, &Player::positionChanged);
    player.play();
    bool back = false;
    QTRY_VERIFY2([&] {
        for (int i = 1; i < moved.count(); ++i)
            if (moved[i].front().toDouble() < moved[i - 1].front().toDouble()) back = true;
        return back;
    }(), "the playhead never went back to the loop's start");
    for (const auto& values : moved) QVERIFY(values.front().toDouble() >= 1.0 && values.front().toDouble() <= 1.1);
    player.pause();
}

void PlaybackTest::seekIsClamped() {
    Player player(Player::Sound::Never);
    player.setSong(nullptr, 3);
    player.seek(-4);
    QCOMPARE(player.position(), 0.0);
    player.seek(99);
    QCOMPARE(player.position(), 3.0);
    player.seek(std::nan(""));
    QCOMPARE(player.position(), 3.0);
    player.setLoop({2.5, 9});
    QCOMPARE(player.loop().end, 3.0);
}

CHOREIA_TEST(PlaybackTest)
#include "playback_test.moc"
