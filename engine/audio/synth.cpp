// From the score to sound: every beat has its sample position by arithmetic, so the grid is exact.
#include "audio/synth.h"

#include "audio/synth_mix.h"
#include "audio/synth_score.h"
#include "audio/synth_voices.h"
#include "core/random.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace choreia::audio {

namespace {

constexpr double kLevel = 0.19; // RMS, about -14.5 dB below full scale
constexpr float kCeiling = 0.97f;

std::string labelOf(PartKind kind, std::vector<PartKind>& seen) {
    auto at = std::find(seen.begin(), seen.end(), kind);
    if (at == seen.end()) at = seen.insert(seen.end(), kind);
    return std::string(1, static_cast<char>('A' + (at - seen.begin())));
}

/// Where an event of the score sounds: off-beat eighths (and the sixteenths after them) come late by the swing.
double swung(double beat, double swing) {
    const double whole = std::floor(beat), part = beat - whole;
    const double late = 0.5 * swing; // beats
    if (part < 0.5) return whole + part * (0.5 + late) / 0.5;
    return whole + 0.5 + late + (part - 0.5) * (0.5 - late) / 0.5;
}

} // namespace

SynthSong synthesize(const SynthSettings& settings) {
    assert(settings.rate >= 8000 && settings.tempoBpm > 20 && settings.seconds > 0);
    Random random(settings.seed ^ 0x5eedULL);
    const double swing = std::clamp(settings.swing, 0.0, 0.33), beatLength = 60 / settings.tempoBpm;
    const int perBar = beatsPerBar(settings.groove);
    const double lead = std::min(random.uniform(0.05, 0.45), 0.05 * settings.seconds),
                 tail = std::min(1.2, 0.1 * settings.seconds);
    const int bars = std::max(2, static_cast<int>((settings.seconds - lead - tail) / (beatLength * perBar)));
    const Score score = compose(settings.groove, bars, settings.seed);

    const auto frames = static_cast<std::size_t>(std::llround(settings.seconds * settings.rate));
    const auto frameOf = [&](double beat) { return (lead + swung(beat, swing) * beatLength) * settings.rate; };
    Mix mix(frames);
    const DrumKit kit(settings.rate);
    std::vector<float> duck;
    if (score.pumping) {
        duck.assign(frames, 1.0f);
        for (const Hit& hit : score.hits) {
            if (hit.drum != Drum::Kick) continue;
            const auto start = static_cast<std::size_t>(frameOf(hit.beat));
            const auto length = static_cast<std::size_t>(0.25 * settings.rate);
            for (std::size_t i = 0; i < length && start + i < frames; ++i) {
                const float x = static_cast<float>(i) / static_cast<float>(length);
                duck[start + i] = std::min(duck[start + i], 0.35f + 0.65f * x * (2 - x));
            }
        }
    }
    for (const Hit& hit : score.hits) {
        // Hands are not clocks: a few milliseconds either way, none for the kick that carries the beat.
        const double loose = hit.drum == Drum::Kick || hit.drum == Drum::SoftKick ? 0 : 0.0025 * random.normal();
        kit.play(mix, frameOf(hit.beat) + std::clamp(loose, -0.006, 0.006) * settings.rate, hit.drum, hit.velocity);
    }
    Voices voices(settings.rate);
    for (const Note& note : score.notes) {
        const double start = frameOf(note.beat), end = frameOf(note.beat + note.length);
        const double loose = std::clamp(0.003 * random.normal(), -0.007, 0.007) * settings.rate;
        voices.play(mix, start + loose, end - start, note, duck);
    }

    SynthSong song;
    addRoom(mix.room, settings.rate, 0.28f, mix.left, mix.right);
    const auto fade = static_cast<std::size_t>(std::min(2.0, 0.05 * settings.seconds) * settings.rate);
    for (std::size_t i = 0; i < std::min(fade, frames); ++i) {
        const float gain = static_cast<float>(i) / static_cast<float>(fade);
        mix.left[frames - 1 - i] *= gain;
        mix.right[frames - 1 - i] *= gain;
    }
    master(mix.left, mix.right, settings.rate, kLevel, kCeiling);
    song.pcm.rate = settings.rate;
    song.pcm.channels = 2;
    song.pcm.samples.resize(2 * frames);
    for (std::size_t i = 0; i < frames; ++i) {
        song.pcm.samples[2 * i] = mix.left[i];
        song.pcm.samples[2 * i + 1] = mix.right[i];
    }

    song.grid.tempoBpm = settings.tempoBpm;
    song.grid.beatsPerBar = perBar;
    song.grid.confidence = 1;
    // The closing chord sounds on its downbeat; the beats after it are silent and not part of the grid.
    for (int b = 0; b <= (score.bars - 1) * perBar; ++b) {
        const double t = lead + b * beatLength;
        if (t >= settings.seconds) break;
        song.grid.beats.push_back(t);
        if (b % perBar == 0) song.grid.downbeats.push_back(t);
    }
    std::vector<PartKind> seen;
    for (const Part& part : score.parts) {
        const double start = part.firstBar == 0 ? 0 : lead + part.firstBar * perBar * beatLength;
        const bool last = &part == &score.parts.back();
        const double end = last ? settings.seconds : lead + (part.firstBar + part.bars) * perBar * beatLength;
        song.sections.push_back({start, end, labelOf(part.kind, seen)});
    }
    return song;
}

SynthSettings demoTrack() {
    SynthSettings settings;
    settings.groove = Groove::House;
    settings.tempoBpm = 118;
    settings.seconds = 48;
    settings.seed = 6;
    settings.rate = kPlaybackRate;
    return settings;
}

} // namespace choreia::audio
