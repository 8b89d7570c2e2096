// Sound in two bytes a sample against the floats it was made of.
#include "audio/analysis.h"
#include "audio/packed_sound.h"

#include "sounds.h"
#include "support/testing.h"

#include <limits>

using namespace choreia;
using namespace choreia::audio;

class PackedSoundTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void samplesComeBackWithinAStep() {
        // Loud, then a thousand times quieter: each block has a scale of its own.
        std::vector<float> in = testing::noise(1, 3, 0.2).samples;
        for (std::size_t i = in.size() / 2; i < in.size(); ++i) in[i] *= 1e-3f;
        PackedSound packed;
        for (std::size_t i = 0; i < in.size(); i += 1000) packed.append(std::span(in).subspan(i, std::min<std::size_t>(1000, in.size() - i)));
        QCOMPARE(packed.size(), in.size());
        std::vector<float> out(in.size());
        packed.read(0, out.size(), out.data());
        for (std::size_t block = 0; block < in.size(); block += PackedSound::kBlock) {
            const std::size_t end = std::min(in.size(), block + PackedSound::kBlock);
            float top = 0;
            for (std::size_t i = block; i < end; ++i) top = std::max(top, std::abs(in[i]));
            for (std::size_t i = block; i < end; ++i) QVERIFY(std::abs(in[i] - out[i]) <= 0.51f * top / 32767);
        }
    }

    void readingBeyondTheEndsGivesZeros() {
        const std::vector<float> in(5000, 0.5f);
        PackedSound packed;
        packed.append(in);
        for (const MonoView view : {MonoView(packed), MonoView(in)}) {
            std::vector<float> out(6000, 9);
            view.read(-500, out.size(), out.data());
            QVERIFY(std::all_of(out.begin(), out.begin() + 500, [](float v) { return v == 0; }));
            QVERIFY(std::all_of(out.begin() + 500, out.begin() + 5500, [](float v) { return std::abs(v - 0.5f) < 1e-4f; }));
            QVERIFY(std::all_of(out.begin() + 5500, out.end(), [](float v) { return v == 0; }));
            view.read(-9000, 10, out.data());
            QCOMPARE(out[9], 0.0f);
            view.read(9000, 10, out.data());
            QCOMPARE(out[0], 0.0f);
        }
    }

    void whatIsNotANumberIsSilence() {
        std::vector<float> in(PackedSound::kBlock, 0.25f);
        in[7] = std::numeric_limits<float>::quiet_NaN();
        in[8] = std::numeric_limits<float>::infinity();
        PackedSound packed;
        packed.append(in);
        float out[3];
        packed.read(7, 3, out);
        QCOMPARE(out[0], 0.0f);
        QCOMPARE(out[1], 0.0f);
        QVERIFY(std::abs(out[2] - 0.25f) < 1e-4f);
    }

    void packedSoundIsHeardAsPlainSound() {
        const Pcm pcm = testing::clicks(12, testing::everySoOften(0.3, 0.5, 12));
        PackedSound packed;
        packed.append(pcm.samples);
        NoProgress progress;
        const auto plain = analyze(pcm, "plain", {}, progress), small = analyze(packed, "packed", {}, progress);
        QVERIFY(plain.ok() && small.ok());
        QCOMPARE(small->features.rows, plain->features.rows);
        QCOMPARE(small->grid.beats.size(), plain->grid.beats.size());
        QVERIFY(plain->grid.beats.size() > 20);
        for (std::size_t i = 0; i < plain->grid.beats.size(); ++i) QVERIFY(std::abs(plain->grid.beats[i] - small->grid.beats[i]) < 0.005);
        QVERIFY(!analyze(PackedSound(), "nothing", {}, progress).ok());
    }
};

CHOREIA_TEST(PackedSoundTest)
#include "packed_sound_test.moc"
