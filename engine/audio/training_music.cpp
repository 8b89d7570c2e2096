// Plays a score with randomly chosen instruments, then does to it what rooms, engineers and codecs do.
#include "audio/training_music.h"

#include "audio/pcm.h"
#include "audio/synth_mix.h"
#include "audio/training_score.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace choreia::audio {

namespace {

constexpr int kRate = kAnalysisRate;

/// A low-pass of two poles (Butterworth), or with high the complementary high-pass.
void filter(std::vector<float>& x, double hz, bool high) {
    const double w = std::tan(std::numbers::pi * std::min(hz / kRate, 0.49)), n = 1 / (1 + std::numbers::sqrt2 * w + w * w);
    const double b0 = high ? n : w * w * n, b1 = high ? -2 * b0 : 2 * b0;
    const double a1 = 2 * (w * w - 1) * n, a2 = (1 - std::numbers::sqrt2 * w + w * w) * n;
    double z1 = 0, z2 = 0;
    for (float& v : x) {
        const double in = v + 1e-15, out = b0 * in + z1;
        z1 = b1 * in - a1 * out + z2;
        z2 = b0 * in - a2 * out;
        v = static_cast<float>(out);
    }
}

/// More treble or less: the part above a corner, scaled.
void tilt(std::vector<float>& x, double hz, double gain) {
    const auto pole = static_cast<float>(1 - std::exp(-2 * std::numbers::pi * hz / kRate)), g = static_cast<float>(gain);
    float low = 0;
    for (float& v : x) {
        low += pole * (v - low);
        v = low + g * (v - low);
    }
}

double rms(const std::vector<float>& x) {
    double sum = 0;
    for (float v : x) sum += static_cast<double>(v) * v;
    return x.empty() ? 0 : std::sqrt(sum / static_cast<double>(x.size()));
}

void compress(std::vector<float>& x, double ratio) {
    const auto rise = static_cast<float>(1 - std::exp(-1 / (0.005 * kRate))), fall = static_cast<float>(1 - std::exp(-1 / (0.15 * kRate)));
    const auto level = static_cast<float>(rms(x));
    const auto power = static_cast<float>(1 / ratio - 1);
    if (level <= 0) return;
    float envelope = 0, gain = 1;
    for (std::size_t i = 0; i < x.size(); ++i) {
        const float a = std::abs(x[i]);
        envelope += (a > envelope ? rise : fall) * (a - envelope);
        if (i % 16 == 0) gain = envelope > level ? std::pow(envelope / level, power) : 1.0f;
        x[i] *= gain;
    }
}

/// Noise that follows the level, as a codec short of bits leaves it, and the codec's band limit.
void lossyCodec(std::vector<float>& x, Random& random) {
    const auto share = static_cast<float>(random.uniform(0.01, 0.08));
    float envelope = 0;
    std::uint32_t state = static_cast<std::uint32_t>(random.next()) | 1U;
    for (float& v : x) {
        envelope += 0.002f * (std::abs(v) - envelope);
        state = state * 1664525U + 1013904223U;
        v += share * envelope * (static_cast<float>(state >> 8) * 0x1.0p-23f - 1.0f);
    }
    filter(x, random.uniform(4500, 10500), false);
}

void addNoise(std::vector<float>& x, Random& random, double level) {
    const double colour = random.uniform(0.05, 1);
    std::uint32_t state = static_cast<std::uint32_t>(random.next()) | 1U;
    float low = 0;
    const auto pole = static_cast<float>(colour), scale = static_cast<float>(level * 1.7 / std::sqrt(colour / (2 - colour)));
    for (float& v : x) {
        state = state * 1664525U + 1013904223U;
        low += pole * (static_cast<float>(state >> 8) * 0x1.0p-23f - 1.0f - low);
        v += scale * low;
    }
}

/// What happens between the band and the listener.
void degrade(std::vector<float>& x, Random& random) {
    const auto happens = [&](double share) { return random.uniform() < share; };
    if (happens(0.6)) tilt(x, random.uniform(300, 4000), std::exp(random.uniform(-1.2, 1.0)));
    if (happens(0.25)) filter(x, random.uniform(40, 220), true);
    if (happens(0.5)) compress(x, random.uniform(1.5, 6));
    if (happens(0.25)) {
        const auto drive = static_cast<float>(random.uniform(1, 6) / (3 * rms(x) + 1e-9) / 3);
        for (float& v : x) v = std::tanh(drive * v);
    }
    if (happens(0.5)) lossyCodec(x, random);
    if (happens(0.06)) filter(x, random.uniform(2600, 4000), false); // a telephone, or 8 kHz
    if (happens(0.5)) addNoise(x, random, rms(x) * std::pow(10, random.uniform(-3.2, -1.1)));
    if (happens(0.06)) { // a fade-in
        const auto length = std::min(x.size(), static_cast<std::size_t>(random.uniform(3, 15) * kRate));
        for (std::size_t i = 0; i < length; ++i) x[i] *= static_cast<float>(i) / static_cast<float>(length);
    }
    const double level = rms(x);
    const auto gain = static_cast<float>(level > 1e-6 ? 0.15 / level : 1);
    for (float& v : x) v *= gain;
}

} // namespace

struct TrainingBand::Instruments {
    std::vector<DrumKit> kits;
    Voices voices{kRate};
};

TrainingBand::TrainingBand() : instruments_(std::make_unique<Instruments>()) {
    // A kit made for another rate and played at this one is a smaller or larger kit.
    for (double size : {0.74, 0.82, 0.9, 0.97, 1.03, 1.1, 1.2, 1.32}) instruments_->kits.emplace_back(static_cast<int>(size * kRate));
}

TrainingBand::~TrainingBand() = default;

TrainingPiece TrainingBand::play(std::uint64_t seed, double seconds) {
    Random random(seed * 0x9e3779b97f4a7c15ULL + 77);
    const TrainingScore score = drawTrainingScore(random, seconds);
    TrainingPiece piece;
    piece.beats = score.beats;
    piece.downbeats = score.downbeats;
    piece.beatsPerBar = score.beatsPerBar;
    piece.tempoBpm = score.beats.empty() ? 0 : score.tempoBpm;
    piece.steady = score.steady;
    piece.genre = score.genre != nullptr ? score.genre->name : "no beat";

    const auto frames = static_cast<std::size_t>(seconds * kRate);
    Mix drums(frames), band(frames);
    std::array<const DrumKit*, kDrums> kits{};
    std::array<float, kDrums> levels{};
    for (std::size_t d = 0; d < kDrums; ++d) {
        kits[d] = &instruments_->kits[random.below(instruments_->kits.size())];
        levels[d] = static_cast<float>(std::exp(0.35 * random.normal()));
    }
    for (const TimedHit& hit : score.hits) {
        if (hit.time < 0 || hit.time >= seconds) continue;
        const auto d = static_cast<std::size_t>(hit.drum);
        kits[d]->play(drums, hit.time * kRate, hit.drum, levels[d] * hit.velocity);
    }
    for (const TimedNote& note : score.notes)
        if (note.time >= 0 && note.time < seconds) instruments_->voices.play(band, note.time * kRate, note.length * kRate, note.note, {});

    // Song and drums in any proportion, each with its own share of the room.
    const auto drumGain = static_cast<float>(std::exp(random.uniform(-1.6, 0.5))), bandGain = static_cast<float>(1.2 * std::exp(0.3 * random.normal()));
    const bool roomy = random.uniform() < 0.6;
    std::vector<float> left(frames), right;
    if (roomy) {
        std::vector<float> send(frames);
        const auto drumsInRoom = static_cast<float>(random.uniform(0, 0.3));
        for (std::size_t i = 0; i < frames; ++i)
            send[i] = bandGain * band.room[i] + drumGain * (drums.room[i] + drumsInRoom * 0.5f * (drums.left[i] + drums.right[i]));
        right.resize(frames);
        addRoom(send, kRate, static_cast<float>(random.uniform(0.05, 0.6)), left, right);
        for (std::size_t i = 0; i < frames; ++i) left[i] = 0.5f * (left[i] + right[i]);
    }
    for (std::size_t i = 0; i < frames; ++i)
        left[i] += 0.5f * (bandGain * (band.left[i] + band.right[i]) + drumGain * (drums.left[i] + drums.right[i]));
    if (score.genre == nullptr) addNoise(left, random, std::exp(random.uniform(-9, -2)));
    degrade(left, random);
    piece.mono = std::move(left);
    return piece;
}

} // namespace choreia::audio
