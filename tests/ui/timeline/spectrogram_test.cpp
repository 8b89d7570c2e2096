// Tones where they belong, at every zoom; a song lane that shows them in place of the waveform.
#include "audio/analysis.h"
#include "audio/spectra.h"
#include "document/document.h"
#include "support/testing.h"
#include "timeline/spectrogram.h"
#include "timeline/timeline_view.h"
#include "ui/ui_fixtures.h"

#include <QApplication>

#include <cmath>
#include <numbers>

using namespace choreia;
using namespace choreia::ui;
using namespace choreia::ui::testing;

namespace {

/// Silence but for a tone of `band` from 10 to 20 s and a click in all bands at 30 s.
Table toneAndClick(std::size_t band) {
    Table features(40 * 60 + 1, audio::columns::kCount);
    const auto quiet = static_cast<float>(std::log(1e-5));
    for (std::size_t r = 0; r < features.rows; ++r)
        for (std::size_t b = 0; b < audio::columns::kMelBands; ++b)
            features.at(r, audio::columns::kMel + b) = (b == band && r >= 600 && r < 1200) || r == 1800 ? 0.0f : quiet;
    return features;
}

int light(QRgb colour) { return qGray(colour); }

}  // namespace

class SpectrogramTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { style::apply(*qApp, style::Theme::Dark); }

    void toneAndClickAreSeenAtEveryZoom() {
        const auto spectrogram = Spectrogram::build(toneAndClick(20));
        QVERIFY(std::abs(spectrogram.at(15, 20) - 1) < 0.01f && spectrogram.at(15, 21) < 0.01f && spectrogram.at(5, 20) < 0.01f);
        for (const int columns : {2400, 800, 200, 60}) {
            const QImage picture = spectrogram.picture(0, 40, columns, style::Theme::Dark);
            QCOMPARE(picture.size(), QSize(columns, 64));
            const auto at = [&](double seconds, int band) { return light(picture.pixel(std::min(columns - 1, static_cast<int>(seconds / 40 * columns)), 63 - band)); };
            QVERIFY2(at(15, 20) > 200 && at(15, 25) < 40 && at(5, 20) < 40 && at(25, 20) < 40, qPrintable(QString::number(columns)));
            // A single row of 2400 still stands out from afar.
            int brightest = 0;
            for (int x = 28 * columns / 40; x < 32 * columns / 40; ++x) brightest = std::max(brightest, light(picture.pixel(x, 30)));
            QVERIFY2(brightest > at(25, 30) + 8, qPrintable(QStringLiteral("%1: %2 of %3").arg(columns).arg(brightest).arg(at(25, 30))));
        }
    }

    void beyondTheSongItIsTransparent() {
        const auto spectrogram = Spectrogram::build(toneAndClick(20));
        const QImage picture = spectrogram.picture(-10, 50, 600, style::Theme::Light);
        QCOMPARE(qAlpha(picture.pixel(50, 30)), 0);
        QCOMPARE(qAlpha(picture.pixel(560, 30)), 0);
        QCOMPARE(qAlpha(picture.pixel(300, 30)), 255);
        // On paper loud is dark.
        QVERIFY(light(picture.pixel(250, 63 - 20)) < 80 && light(picture.pixel(250, 63 - 30)) > 200);
        QVERIFY(Spectrogram::build({}).empty());
    }

    void palettesGrowSteadily() {
        // One band from silence to full in 256 steps.
        Table ramp(256, audio::columns::kCount);
        for (std::size_t r = 0; r < 256; ++r)
            for (std::size_t b = 0; b < audio::columns::kMelBands; ++b) ramp.at(r, audio::columns::kMel + b) = static_cast<float>(r) / 255 * 8 - 8;
        const auto spectrogram = Spectrogram::build(ramp);
        for (const auto theme : {style::Theme::Dark, style::Theme::Light}) {
            const QImage picture = spectrogram.picture(0, 256 / 60.0, 256, theme);
            const int sign = theme == style::Theme::Dark ? 1 : -1;
            for (int x = 1; x < 255; ++x) QVERIFY2(sign * (light(picture.pixel(x, 5)) - light(picture.pixel(x - 1, 5))) >= -1, qPrintable(QString::number(x)));
            QVERIFY(sign * (light(picture.pixel(250, 5)) - light(picture.pixel(16, 5))) > 120);
        }
    }

    void frequenciesLieWhereTheBandsAre() {
        const auto centres = audio::melCentres();
        for (std::size_t b = 1; b + 1 < centres.size(); b += 9) QVERIFY(std::abs(Spectrogram::heightOf(centres[b]) - (static_cast<double>(b) + 0.5) / 64) < 1e-9);
        QVERIFY(Spectrogram::heightOf(200) < Spectrogram::heightOf(1000) && Spectrogram::heightOf(1000) < Spectrogram::heightOf(5000));
    }

    void aHighToneIsSeenHighInTheSongLane() {
        // A tone of 3000 Hz in the second half of eight seconds, a clap now and then.
        const QTemporaryDir folder;
        audio::Pcm pcm{48000, 1, {}};
        for (int i = 0; i < 8 * 48000; ++i)
            pcm.samples.push_back(i < 4 * 48000 ? (i % 24000 < 400 ? 0.3f * std::sin(static_cast<float>(i * i % 977)) : 0.0f) : 0.3f * static_cast<float>(std::sin(2 * std::numbers::pi * 3000 * i / 48000)));
        const QString song = folder.filePath("tone.wav");
        QVERIFY(io::writeSound(song.toStdString(), pcm).ok());
        Document document(quickGenerator());
        Player player(Player::Sound::Never);
        TimelineView view(document, player);
        view.resize(1000, 400);
        view.show();
        QVERIFY(openAndWait(document, song));
        view.fit();
        const QImage wave = view.grab().toImage();
        view.setSpectrogram(true);
        const QImage shown = view.grab().toImage();
        QVERIFY(shown != wave);
        // Between the bar numbers and the lane of energy: bright at 3000 Hz in the second half, dark above and below it.
        const int x = TimelineView::kHeader + 3 * (shown.width() - TimelineView::kHeader) / 4;
        int brightest = 0, at = 0;
        for (int y = 52; y < 160; ++y)
            if (light(shown.pixel(x, y)) > brightest) brightest = light(shown.pixel(x, y)), at = y;
        QVERIFY2(brightest > 90, qPrintable(QString::number(brightest)));
        QVERIFY(light(shown.pixel(x, at - 12)) < brightest - 30 && light(shown.pixel(x, at + 20)) < brightest - 30);
        view.setSpectrogram(false);
        QVERIFY(view.grab().toImage() == wave);
    }
};

CHOREIA_TEST(SpectrogramTest)
#include "spectrogram_test.moc"
