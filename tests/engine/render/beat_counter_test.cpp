// The counter read back from films: which count is lit at every picture, and that the number beside it changes with it and only with it.
#include "render/beat_counter.h"

#include "io/video_read.h"
#include "motion/skeleton.h"
#include "render/figures.h"
#include "render/video.h"
#include "support/testing.h"

#include <QTemporaryDir>

#include <cmath>
#include <map>

using namespace choreia;

namespace {

/// An upbeat, bars of four of uneven lengths, and one bar of three.
audio::BeatGrid unevenGrid() {
    audio::BeatGrid grid;
    double time = 0.4;
    for (int i = 0; i < 14; ++i) {
        grid.beats.push_back(time);
        time += 0.31 + 0.03 * (i % 3);
    }
    for (const std::size_t i : {1U, 5U, 8U, 12U}) grid.downbeats.push_back(grid.beats[i]);
    grid.tempoBpm = 180;
    return grid;
}

/// Bar and beat by counting, one beat after the other.
std::pair<int, int> counted(const audio::BeatGrid& grid, double seconds) {
    int bar = 0, beat = 0;
    for (const double at : grid.beats) {
        if (at > seconds + 1e-6) break;
        if (std::find(grid.downbeats.begin(), grid.downbeats.end(), at) != grid.downbeats.end()) ++bar, beat = 0;
        ++beat;
    }
    return {bar, beat};
}

motion::Clip still(double seconds) {
    motion::Clip clip;
    for (int f = 0; f < static_cast<int>(std::lround(seconds * clip.fps)); ++f) {
        clip.root.emplace_back(0, 0.95f, 0);
        clip.rotations.insert(clip.rotations.end(), motion::kJoints, motion::Quat::Identity());
    }
    return clip;
}

}  // namespace

class BeatCounterTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyPictureOfTheFilmShowsItsBeat_data() {
        QTest::addColumn<double>("fps");
        QTest::addColumn<double>("start");
        QTest::newRow("30 from the beginning") << 30.0 << 0.0;
        QTest::newRow("25 from within") << 25.0 << 1.23;
    }
    void everyPictureOfTheFilmShowsItsBeat() {
        QFETCH(double, fps);
        QFETCH(double, start);
        const QTemporaryDir folder;
        const auto path = folder.filePath("f.mp4").toStdString();
        const auto grid = unevenGrid();
        const auto clip = still(4.2);
        render::VideoRequest request;
        request.clip = &clip;
        request.width = 640, request.height = 360;
        request.fps = fps;
        request.quality = 10;
        request.counter = render::FilmCounter{grid, start};
        NoProgress progress;
        const auto report = render::exportVideo(path, request, {}, progress);
        QVERIFY2(report.ok(), report.ok() ? "" : report.error().line().c_str());

        std::map<int, double> places;                                       // of the lit count, pixels
        std::map<std::pair<int, int>, std::vector<std::uint8_t>> numbers;  // what stands left of the counts
        int pictures = 0, dark = 0;
        QString fault;
        const auto sink = [&](const io::RgbPicture& picture, double) {
            const double time = start + pictures++ / fps;
            const auto expected = counted(grid, time);
            double sum = 0, along = 0;
            for (int y = 300; y < 360; ++y)
                for (int x = 0; x < 300; ++x) {
                    const auto* p = picture.rgb.data() + 3 * (y * picture.width + x);
                    if (p[0] > 120 && p[0] - p[2] > 60) ++sum, along += x;
                }
            if (expected.second == 0) {
                ++dark;
                if (sum > 0) fault = QStringLiteral("a count is lit before the first beat");
                return fault.isEmpty();
            }
            if (sum < 40) {
                if (time < grid.beats.back()) fault = QStringLiteral("no count is lit at %1").arg(time);
                return fault.isEmpty();
            }
            const double place = along / sum;
            const auto [known, fresh] = places.emplace(expected.second, place);
            if (!fresh && std::abs(known->second - place) > 1.2) fault = QStringLiteral("at %1 s the light of beat %2 is at %3, was at %4").arg(time).arg(expected.second).arg(place).arg(known->second);
            std::vector<std::uint8_t> number;
            for (int y = 320; y < 350; ++y)
                for (int x = 14; x < 48; ++x) number.push_back(picture.rgb[static_cast<std::size_t>(3 * (y * picture.width + x))]);
            const auto [before, first] = numbers.emplace(expected, number);
            double away = 0;
            for (std::size_t i = 0; i < number.size(); ++i) away += std::abs(number[i] - before->second[i]) / static_cast<double>(number.size());
            if (away > 1.5) fault = QStringLiteral("at %1 s the number is not that of %2.%3").arg(time).arg(expected.first).arg(expected.second);
            return fault.isEmpty();
        };
        Stage stage(progress, "");
        QVERIFY(io::readVideo(path, 640, sink, {}, stage).ok());
        QVERIFY2(fault.isEmpty(), qPrintable(fault));
        QCOMPARE(pictures, static_cast<int>(report->frames));
        QCOMPARE(dark > 0, start == 0);
        // One to four, evenly apart, from left to right.
        QCOMPARE(places.size(), std::size_t(4));
        const double step = places[2] - places[1];
        QVERIFY2(step > 8 && std::abs(places[3] - places[2] - step) < 1.5 && std::abs(places[4] - places[3] - step) < 1.5, qPrintable(QString::number(step)));
        // Different numbers look different.
        QVERIFY(numbers.size() >= 10);
        for (const auto& [a, first] : numbers)
            for (const auto& [b, second] : numbers) {
                double away = 0;
                for (std::size_t i = 0; i < first.size(); ++i) away += std::abs(first[i] - second[i]) / static_cast<double>(first.size());
                QVERIFY2(a == b || away > 2, qPrintable(QStringLiteral("%1.%2 and %3.%4 differ by %5").arg(a.first).arg(a.second).arg(b.first).arg(b.second).arg(away)));
            }
    }

    void theCountFollowsTheGrid() {
        const auto grid = unevenGrid();
        const render::BeatCounter counter(grid, 320, 180);
        for (double time = 0; time < 6; time += 0.01) {
            const auto now = counter.countAt(time);
            const auto expected = counted(grid, time);
            QVERIFY(now.at.bar == expected.first && now.at.beat == expected.second && now.counts == 4);
            QCOMPARE(now.glow > 0, now.at.beat > 0 && time < grid.beats.back() + 0.31 + 0.03 * (12 % 3));
        }
        // On the beat it is brightest, and falls until the next.
        for (std::size_t i = 0; i + 1 < grid.beats.size(); ++i) {
            const auto glow = [&](double share) { return counter.countAt(grid.beats[i] + share * (grid.beats[i + 1] - grid.beats[i])).glow; };
            QVERIFY(std::abs(glow(0) - 1) < 1e-4f && glow(0.2) < 0.9f && glow(0.9) < glow(0.2) && glow(0.9) > 0.5f);
        }
        // A bar of five has five counts.
        audio::BeatGrid five = grid;
        five.downbeats = {five.beats[0], five.beats[5], five.beats[9]};
        QCOMPARE(render::BeatCounter(five, 320, 180).countAt(five.beats[0]).counts, 5);
    }

    void withoutBeatsNothingIsDrawn() {
        render::Picture picture{64, 64, std::vector<std::uint8_t>(64 * 64 * 4, 7)};
        const auto before = picture.rgba;
        render::BeatCounter({}, 64, 64).draw(1, picture);
        QVERIFY(picture.rgba == before);
    }

    void itStaysWithinNarrowPicturesAndIsItsOwnOpacity() {
        audio::BeatGrid grid = unevenGrid();
        grid.beatsPerBar = 12;
        for (const auto& [width, height] : {std::pair{90, 640}, std::pair{32, 32}}) {
            render::Picture picture{width, height, std::vector<std::uint8_t>(static_cast<std::size_t>(4 * width * height), 0)};
            render::BeatCounter(grid, width, height).draw(1, picture);
            int touched = 0;
            for (int y = 0; y < height; ++y)
                for (int x = 0; x < width; ++x) {
                    const auto* p = picture.rgba.data() + 4 * (y * width + x);
                    touched += p[3] > 0;
                    QVERIFY(p[0] <= p[3] && p[1] <= p[3] && p[2] <= p[3]);  // colours times opacity
                    if (x == width - 1 || y == 0) QCOMPARE(static_cast<int>(p[3]), 0);
                }
            QVERIFY(touched > 20);
        }
    }

    void figuresDifferAndAreOneWidth() {
        std::vector<render::FigureMask> masks;
        for (char c = '0'; c <= '9'; ++c) masks.push_back(render::figureMask(std::string(1, c), 40));
        for (std::size_t a = 0; a < masks.size(); ++a) {
            QVERIFY(masks[a].width == masks[0].width && masks[a].height == 40);
            double ink = 0;
            for (const auto v : masks[a].cover) ink += v / 255.0 / static_cast<double>(masks[a].cover.size());
            QVERIFY2(ink > 0.15 && ink < 0.55, qPrintable(QString::number(ink)));
            for (std::size_t b = 0; b < a; ++b) {
                int away = 0;
                for (std::size_t i = 0; i < masks[a].cover.size(); ++i) away += std::abs(masks[a].cover[i] - masks[b].cover[i]) > 128;
                QVERIFY2(away > 40, qPrintable(QStringLiteral("%1 and %2").arg(a).arg(b)));
            }
        }
    }
};

CHOREIA_TEST(BeatCounterTest)
#include "beat_counter_test.moc"
