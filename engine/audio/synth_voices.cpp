// Pitched notes from band-limited wave tables that fade from bright to dark, and two-operator FM for electric piano and bell.
#include "audio/synth_voices.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace choreia::audio {

namespace {

constexpr std::size_t kTable = 1024;

struct Voice {
    double brightHz, darkHz;                ///< where the spectrum falls off, at the start and later
    double fade;                            ///< seconds from bright to dark
    double attack, decay, sustain, release; ///< seconds; sustain is a level
    float gain, room;
    double detune;  ///< cents between the two oscillators; 0: one oscillator
    double vibrato; ///< cents
    bool odd;       ///< odd harmonics only
    bool pumps;     ///< ducks under the kick
};

Voice voiceOf(Timbre timbre) {
    switch (timbre) {
    case Timbre::Bass:
        return {1300, 330, 0.12, 0.004, 0.6, 0.55, 0.03, 0.42f, 0.01f, 0, 0, false, false};
    case Timbre::RoundBass:
        return {420, 170, 0.15, 0.006, 0.5, 0.25, 0.05, 0.5f, 0.03f, 0, 0, false, false};
    case Timbre::SubBass:
        return {130, 90, 0.3, 0.008, 1.5, 0.7, 0.05, 0.55f, 0, 0, 0, false, false};
    case Timbre::Pad:
        return {1400, 2200, 0.8, 0.12, 3, 0.9, 0.35, 0.075f, 0.35f, 9, 0, false, true};
    case Timbre::Strings:
        return {2600, 3600, 0.3, 0.07, 2, 0.85, 0.2, 0.13f, 0.4f, 7, 9, false, false};
    case Timbre::Piano:
        return {5000, 1200, 0.25, 0.002, 0.55, 0.0, 0.06, 0.2f, 0.2f, 2, 0, false, true};
    case Timbre::Pluck:
        return {4500, 900, 0.10, 0.002, 0.28, 0.0, 0.08, 0.2f, 0.3f, 0, 0, false, true};
    case Timbre::Lead:
        return {3600, 2600, 0.2, 0.008, 0.9, 0.6, 0.06, 0.15f, 0.3f, 5, 7, true, false};
    case Timbre::ElectricPiano:
        return {0, 0, 0, 0.002, 0.8, 0.05, 0.10, 0.2f, 0.25f, 0, 0, false, true};
    case Timbre::Bell:
        return {0, 0, 0, 0.001, 0.5, 0.0, 0.2, 0.14f, 0.45f, 0, 0, false, false};
    case Timbre::Voice:
        return {1, 2, 0.15, 0.045, 2, 0.85, 0.07, 0.16f, 0.3f, 4, 22, false, false};
    case Timbre::Organ:
        return {1800, 1500, 0.3, 0.012, 3, 0.9, 0.03, 0.11f, 0.15f, 3, 4, true, false};
    }
    return {};
}

/// The spectrum of a singing voice, vowel 1 as in "father" and 2 as in "more": source falling 12 dB an octave through three formants.
double sungLevel(double hz, double harmonic, double vowel) {
    const bool open = vowel < 1.5;
    const double centres[3] = {open ? 730.0 : 520.0, open ? 1150.0 : 850.0, 2600.0}, widths[3] = {110, 140, 250},
                 levels[3] = {1.0, 0.6, 0.3};
    double sum = 0.04;
    for (int f = 0; f < 3; ++f) {
        const double away = (hz - centres[f]) / widths[f];
        sum += levels[f] / (1 + away * away);
    }
    return sum / std::sqrt(harmonic);
}

float look(const float* table, double phase) {
    const double x = phase * static_cast<double>(kTable);
    const auto i = static_cast<std::size_t>(x);
    const float part = static_cast<float>(x - static_cast<double>(i));
    return table[i] + part * (table[i + 1] - table[i]); // the table's end repeats its start
}

const std::vector<float>& sineTable() {
    static const std::vector<float> table = [] {
        std::vector<float> t(kTable + 1);
        for (std::size_t i = 0; i <= kTable; ++i)
            t[i] = static_cast<float>(std::sin(2 * std::numbers::pi * static_cast<double>(i) / kTable));
        return t;
    }();
    return table;
}

double wrap(double phase) { return phase - std::floor(phase); }

} // namespace

Voices::Voices(int rate) : rate_(rate) {}

const std::vector<float>& Voices::table(Timbre timbre, int pitch) {
    auto& both = tables_[{static_cast<int>(timbre), pitch}];
    if (!both.empty()) return both;
    const Voice voice = voiceOf(timbre);
    const double hz = 440 * std::exp2((pitch - 69) / 12.0);
    both.assign(2 * (kTable + 1), 0.0f);
    const auto& sine = sineTable();
    for (int dark = 0; dark < 2; ++dark) {
        const double corner = dark != 0 ? voice.darkHz : voice.brightHz;
        float* out = both.data() + dark * static_cast<std::ptrdiff_t>(kTable + 1);
        double power = 0;
        for (std::size_t h = 1; static_cast<double>(h) * hz < 0.45 * rate_ && h < kTable / 4; h += voice.odd ? 2 : 1) {
            const double ratio = static_cast<double>(h) * hz / corner;
            const double level = timbre == Timbre::Voice ? sungLevel(static_cast<double>(h) * hz, static_cast<double>(h), corner)
                                                         : 1.0 / static_cast<double>(h) / (1 + ratio * ratio);
            if (level < 1e-4) break;
            power += level * level;
            for (std::size_t i = 0; i <= kTable; ++i) out[i] += static_cast<float>(level) * sine[h * i % kTable];
        }
        const auto scale = static_cast<float>(1 / std::sqrt(power + 1e-12));
        for (std::size_t i = 0; i <= kTable; ++i) out[i] *= scale;
    }
    return both;
}

void Voices::play(Mix& mix, double frame, double frames, const Note& note, const std::vector<float>& duck) {
    const Voice voice = voiceOf(note.timbre);
    const bool fm = note.timbre == Timbre::ElectricPiano || note.timbre == Timbre::Bell;
    const auto start = static_cast<std::size_t>(std::max(0.0, frame + 0.5));
    const auto held = static_cast<std::size_t>(std::max(1.0, frames));
    const auto total = held + static_cast<std::size_t>(3.5 * voice.release * rate_);
    const std::size_t end = std::min(total, mix.left.size() > start ? mix.left.size() - start : 0);
    const double hz = 440 * std::exp2((note.pitch - 69) / 12.0), step = hz / rate_;
    const float* bright = fm ? nullptr : table(note.timbre, note.pitch).data();
    const float* dark = fm ? nullptr : bright + kTable + 1;
    const float* sine = sineTable().data();
    const double spread = std::exp2(voice.detune / 2400);
    const bool two = voice.detune > 0, pumps = voice.pumps && !duck.empty();
    const double attack = 1 - std::exp(-1 / (voice.attack * rate_)), decay = std::exp(-1 / (voice.decay * rate_)),
                 release = std::exp(-1 / (voice.release * rate_)),
                 fade = voice.fade > 0 ? std::exp(-1 / (voice.fade * rate_)) : 0;
    const double ratio = note.timbre == Timbre::Bell ? 3.51 : 1.0, tine = note.timbre == Timbre::Bell ? 0 : 14.0;
    double onset = 0, body = 1, gone = 1, brightness = 1, phaseA = 0, phaseB = 0.37, phaseM = 0, phaseT = 0;
    double depth = (note.timbre == Timbre::Bell ? 0.25 : 0.32) * (0.5 + note.velocity);
    const double depthDecay = std::exp(-1 / ((note.timbre == Timbre::Bell ? 0.25 : 0.35) * rate_));
    const float gain = voice.gain * note.velocity;
    const float left = gain * std::min(1.0f, 1 - note.pan), right = gain * std::min(1.0f, 1 + note.pan);
    double sway = 0, bend = 1;
    for (std::size_t i = 0; i < end; ++i) {
        onset += attack * (1 - onset);
        body = voice.sustain + (body - voice.sustain) * decay;
        if (i >= held) gone *= release;
        const auto envelope = static_cast<float>(onset * body * gone);
        if (voice.vibrato > 0 && i % 32 == 0) {
            sway = wrap(sway + 32 * 5.3 / rate_);
            const double grown = std::min(1.0, static_cast<double>(i) / (0.35 * rate_));
            bend = std::exp2(voice.vibrato * grown * look(sine, sway) / 1200);
        }
        float a, b;
        if (fm) {
            phaseM = wrap(phaseM + step * ratio);
            phaseA = wrap(phaseA + step);
            depth *= depthDecay;
            a = look(sine, wrap(phaseA + depth * look(sine, phaseM)));
            if (tine > 0 && tine * hz < 0.45 * rate_) {
                phaseT = wrap(phaseT + step * tine);
                a += static_cast<float>(0.25 * depth * depth) * look(sine, phaseT);
            }
            b = a;
        } else {
            brightness *= fade;
            const auto mixBright = static_cast<float>(brightness);
            phaseA = wrap(phaseA + step * bend * spread);
            a = look(dark, phaseA) + mixBright * (look(bright, phaseA) - look(dark, phaseA));
            b = a;
            if (two) {
                phaseB = wrap(phaseB + step * bend / spread);
                b = look(dark, phaseB) + mixBright * (look(bright, phaseB) - look(dark, phaseB));
            }
        }
        float level = envelope;
        if (pumps) level *= duck[start + i];
        // The two oscillators lean to either side: width without phase tricks.
        mix.left[start + i] += level * left * (0.7f * a + 0.3f * b);
        mix.right[start + i] += level * right * (0.3f * a + 0.7f * b);
        mix.room[start + i] += level * gain * voice.room * 0.5f * (a + b);
    }
}

} // namespace choreia::audio
