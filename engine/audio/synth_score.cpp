// Composes: a form of parts, a chord a bar, and for each kind of part a melody of motifs that returns whenever the part returns.
#include "audio/synth_score.h"

#include "core/random.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <map>

namespace choreia::audio {

namespace {

constexpr std::array<int, 7> kMajor{0, 2, 4, 5, 7, 9, 11}, kMinor{0, 2, 3, 5, 7, 8, 10};

struct Key {
    int tonic = 60; // MIDI number near middle C
    bool minor = false;
    [[nodiscard]] int pitch(int degree) const { // degree 0 = tonic, any octave
        const int octave = static_cast<int>(std::floor(degree / 7.0));
        const auto step = static_cast<std::size_t>(degree - 7 * octave);
        return tonic + 12 * octave + (minor ? kMinor[step] : kMajor[step]);
    }
};

int intensity(PartKind kind) {
    switch (kind) {
    case PartKind::Intro:
    case PartKind::Outro:
        return 0;
    case PartKind::Verse:
        return 1;
    case PartKind::Chorus:
        return 2;
    case PartKind::Bridge:
        return 1;
    }
    return 1;
}

std::vector<Part> form(int bars, Random& random) {
    const std::vector<std::pair<PartKind, int>> plan =
        random.uniform() < 0.5
            ? std::vector<std::pair<PartKind, int>>{{PartKind::Intro, 4}, {PartKind::Verse, 8},  {PartKind::Chorus, 8},
                                                    {PartKind::Verse, 8}, {PartKind::Chorus, 8}, {PartKind::Bridge, 8},
                                                    {PartKind::Chorus, 8}}
            : std::vector<std::pair<PartKind, int>>{{PartKind::Intro, 4},  {PartKind::Verse, 8},  {PartKind::Verse, 8},
                                                    {PartKind::Chorus, 8}, {PartKind::Bridge, 4}, {PartKind::Verse, 8},
                                                    {PartKind::Chorus, 8}, {PartKind::Chorus, 8}};
    std::vector<Part> parts;
    const int body = bars - 1; // the last bar is the closing chord
    int bar = 0;
    if (body < 10) return {{PartKind::Verse, 0, bars}};
    const int outro = body >= 24 ? 4 : 2;
    for (std::size_t i = 0; bar < body - outro; i = i + 1 < plan.size() ? i + 1 : 1) {
        int length = std::min(plan[i].second, body - outro - bar);
        if (body < 24) length = std::min(length, 4);
        const int left = body - outro - bar - length;
        if (left > 0 && left < 2) length += left; // no part of a single bar
        parts.push_back({plan[i].first, bar, length});
        bar += length;
    }
    parts.push_back({PartKind::Outro, bar, bars - bar});
    return parts;
}

/// A melody for one kind of part: notes relative to bar starts over eight bars, as scale degrees.
struct MelodyNote {
    double beat;
    double length;
    int degree;
};

class Composer {
public:
    Composer(Groove groove, int bars, std::uint64_t seed)
        : style_(styleOf(groove)), random_(seed * 2654435761ULL + static_cast<std::uint64_t>(groove)) {
        score_.beatsPerBar = style_.beatsPerBar;
        score_.bars = bars;
        score_.pumping = style_.pumping;
        key_.tonic = 57 + static_cast<int>(random_.below(9));
        key_.minor = style_.minor ? random_.uniform() < 0.8 : random_.uniform() < 0.2;
        score_.parts = form(bars, random_);
        const auto count = style_.progressions.size();
        const auto verse = static_cast<std::size_t>(random_.below(count));
        const std::size_t chorus = (verse + 1 + static_cast<std::size_t>(random_.below(count - 1))) % count;
        const std::size_t bridge = (chorus + 1) % count;
        progressions_ = {{PartKind::Intro, verse},
                         {PartKind::Verse, verse},
                         {PartKind::Chorus, chorus},
                         {PartKind::Bridge, bridge},
                         {PartKind::Outro, verse}};
        chords_.resize(static_cast<std::size_t>(bars));
        for (const Part& part : score_.parts) {
            const char* degrees = style_.progressions[progressions_[part.kind]];
            const auto length = std::strlen(degrees);
            for (int b = 0; b < part.bars; ++b)
                chords_[static_cast<std::size_t>(part.firstBar + b)] = degrees[static_cast<std::size_t>(b) % length] - '1';
        }
        chords_.back() = 0;
        for (PartKind kind : {PartKind::Verse, PartKind::Chorus, PartKind::Bridge}) melodies_[kind] = inventMotif(kind);
    }

    Score run() {
        for (const Part& part : score_.parts) {
            for (int b = 0; b < part.bars; ++b) {
                const int bar = part.firstBar + b;
                if (bar == score_.bars - 1) break;
                playDrums(part, bar, b);
                playBass(part, bar);
                playChords(part, bar);
                playMelody(part, bar, b);
            }
        }
        close();
        return std::move(score_);
    }

private:
    [[nodiscard]] double startOf(int bar) const { return static_cast<double>(bar) * score_.beatsPerBar; }
    [[nodiscard]] int chordOf(int bar) const { return chords_[static_cast<std::size_t>(std::min(bar, score_.bars - 1))]; }

    void hit(double beat, Drum drum, double velocity) {
        score_.hits.push_back({beat, drum, static_cast<float>(velocity * random_.uniform(0.9, 1.0))});
    }
    void note(double beat, double length, int pitch, double velocity, Timbre timbre, double pan = 0) {
        score_.notes.push_back({beat, length, pitch, static_cast<float>(velocity), timbre, static_cast<float>(pan)});
    }

    void playDrums(const Part& part, int bar, int barInPart) {
        const int level = intensity(part.kind);
        const bool last = barInPart == part.bars - 1 && part.kind != PartKind::Outro;
        const double start = startOf(bar), length = score_.beatsPerBar;
        const double fillFrom = last && part.kind != PartKind::Intro ? length - 1 : length;
        for (const DrumLine& line : style_.drums) {
            if (level < line.low || level > line.high) continue;
            const auto steps = std::strlen(line.steps);
            const auto perBar = static_cast<std::size_t>(line.stepsPerBeat * score_.beatsPerBar);
            const std::size_t offset = static_cast<std::size_t>(barInPart) * perBar % steps;
            for (std::size_t s = 0; s < perBar; ++s) {
                const char mark = line.steps[(offset + s) % steps];
                const double beat = static_cast<double>(s) / line.stepsPerBeat;
                const bool skin = line.drum == Drum::Snare || line.drum == Drum::Clap || line.drum == Drum::ClosedHat;
                if (mark == '.' || (beat >= fillFrom && skin)) continue;
                hit(start + beat, line.drum, line.level * (mark == 'X' ? 1.0 : mark == 'x' ? 0.85 : 0.45));
            }
        }
        if (fillFrom < length) playFill(start + fillFrom);
        if (barInPart == 0 && bar > 0 && level > 0) hit(start, Drum::Crash, level == 2 ? 0.7 : 0.45);
    }

    void playFill(double beat) {
        static constexpr std::array<const char*, 4> kFills{"s.ss", "hhll", "sshl", "s.hl"};
        const char* fill = kFills[static_cast<std::size_t>(random_.below(kFills.size()))];
        const bool latin = style_.bass == Timbre::RoundBass;
        for (int i = 0; i < 4; ++i) {
            const char mark = fill[i];
            if (mark == '.') continue;
            const Drum drum = mark == 's'   ? (latin ? Drum::CongaSlap : Drum::Snare)
                              : mark == 'h' ? (latin ? Drum::CongaOpen : Drum::HighTom)
                                            : (latin ? Drum::CongaLow : Drum::LowTom);
            hit(beat + 0.25 * i, drum, 0.6 + 0.1 * i);
        }
    }

    [[nodiscard]] int bassPitch(int degree) const {
        int pitch = key_.pitch(degree) - 24;
        while (pitch < 31) pitch += 12;
        while (pitch > 45) pitch -= 12;
        return pitch;
    }

    void playBass(const Part& part, int bar) {
        if (part.kind == PartKind::Intro && bar < 2) return;
        const auto steps = std::strlen(style_.bassSteps);
        const auto perBar = static_cast<std::size_t>(style_.bassStepsPerBeat * score_.beatsPerBar);
        const std::size_t offset = static_cast<std::size_t>(bar) * perBar % steps;
        for (std::size_t s = 0; s < perBar; ++s) {
            const char mark = style_.bassSteps[(offset + s) % steps];
            if (mark == '.' || mark == '-') continue;
            std::size_t held = 1;
            while (s + held < perBar && style_.bassSteps[(offset + s + held) % steps] == '-') ++held;
            const int root = bassPitch(chordOf(bar));
            int pitch = root;
            if (mark == '5') pitch = root + 7 > 47 ? root - 5 : root + 7;
            if (mark == '8') pitch = root + 12;
            if (mark == '3') pitch = bassPitch(chordOf(bar) + 2) + (leadingTone(chordOf(bar)) ? 1 : 0);
            if (mark == 'n') pitch = bassPitch(chordOf(bar + 1));
            const double unit = 1.0 / style_.bassStepsPerBeat;
            note(startOf(bar) + static_cast<double>(s) * unit, (static_cast<double>(held) - 0.12) * unit, pitch, 0.85,
                 style_.bass);
        }
    }

    /// Latin songs in minor take the dominant with its major third; pop stays modal.
    [[nodiscard]] bool leadingTone(int degree) const { return key_.minor && degree == 4 && style_.bass == Timbre::RoundBass; }

    /// The chord's tones, moved by octaves next to where the hand was.
    std::vector<int> voicing(int degree, int centre) const {
        std::vector<int> tones;
        for (int step : {0, 2, 4}) {
            int pitch = key_.pitch(degree + step);
            if (leadingTone(degree) && step == 2) ++pitch;
            while (pitch < centre - 6) pitch += 12;
            while (pitch > centre + 5) pitch -= 12;
            tones.push_back(pitch);
        }
        std::sort(tones.begin(), tones.end());
        return tones;
    }

    void playChords(const Part& part, int bar) {
        const int degree = chordOf(bar), level = intensity(part.kind);
        const double start = startOf(bar), length = score_.beatsPerBar;
        const std::vector<int> tones = voicing(degree, 62);
        const double pans[3] = {-0.35, 0.05, 0.4};
        if (style_.chordStyle == ChordStyle::Held || (style_.pad && (level != 1 || part.kind == PartKind::Bridge)))
            for (std::size_t i = 0; i < tones.size(); ++i) note(start, length - 0.02, tones[i], 0.5, Timbre::Pad, pans[i] * 1.6);
        if (style_.chordStyle == ChordStyle::Held) return;
        if (part.kind == PartKind::Bridge && style_.pad) return; // the bridge breathes
        if (style_.chordStyle == ChordStyle::Broken) {
            static constexpr std::array<std::size_t, 8> kOrder{0, 1, 2, 3, 2, 1, 2, 1};
            for (int s = 0; s < 2 * score_.beatsPerBar; ++s) {
                const std::size_t k = kOrder[static_cast<std::size_t>(s) % 8];
                const int pitch = k < 3 ? tones[k] : tones[0] + 12;
                note(start + 0.5 * s, 1.4, pitch, s % 2 == 0 ? 0.6 : 0.45, style_.chords, pans[k % 3]);
            }
            return;
        }
        const auto steps = std::strlen(style_.chordSteps);
        const auto perBar = static_cast<std::size_t>(2 * score_.beatsPerBar);
        const std::size_t offset = static_cast<std::size_t>(bar - part.firstBar) * perBar % steps;
        std::size_t turn = 0;
        for (std::size_t s = 0; s < perBar; ++s) {
            if (style_.chordSteps[(offset + s) % steps] != 'x') continue;
            std::size_t held = 1;
            while (s + held < perBar && style_.chordSteps[(offset + s + held) % steps] == '-') ++held;
            const double beat = start + 0.5 * static_cast<double>(s), sound = 0.5 * static_cast<double>(held) - 0.08;
            if (style_.chordStyle == ChordStyle::Montuno) {
                // Octaves and inner tones in turn: the arpeggio of a montuno. The last eighth takes the next bar's chord.
                const std::vector<int> now = s + 1 == perBar ? voicing(chordOf(bar + 1), 66) : voicing(degree, 66);
                if (turn++ % 2 == 0) {
                    note(beat, 0.42, now[0], 0.6, style_.chords, -0.2);
                    note(beat, 0.42, now[0] + 12, 0.55, style_.chords, 0.2);
                } else {
                    note(beat, 0.42, now[1], 0.5, style_.chords, -0.1);
                    note(beat, 0.42, now[2], 0.5, style_.chords, 0.1);
                }
                continue;
            }
            for (std::size_t i = 0; i < tones.size(); ++i)
                note(beat, sound, tones[i], s % 2 == 0 ? 0.5 : 0.45, style_.chords, pans[i]);
        }
    }

    /// Two bars of rhythm and contour, stated, answered, stated again and brought home: eight bars that stay in the ear.
    std::vector<MelodyNote> inventMotif(PartKind kind) {
        const double busy = kind == PartKind::Chorus ? 0.62 : kind == PartKind::Verse ? 0.48 : 0.32;
        const int steps = 2 * score_.beatsPerBar;
        std::vector<MelodyNote> motif;
        for (int bar = 0; bar < 2; ++bar)
            for (int s = 0; s < steps; ++s) {
                const bool strong = s % 2 == 0;
                double chance = strong ? busy + 0.2 : busy - 0.2;
                if (s == 0 && bar == 0) chance = 0.9;
                if (bar == 1 && s > steps * 5 / 8) chance = 0.1; // a breath at the end
                if (random_.uniform() < chance) motif.push_back({0.5 * (bar * steps + s), 0.5, 0});
            }
        if (motif.size() < 3) motif = {{0, 0.5, 0}, {1, 0.5, 0}, {static_cast<double>(score_.beatsPerBar), 0.5, 0}};
        int degree = kind == PartKind::Chorus ? 4 : 2;
        for (std::size_t i = 0; i < motif.size(); ++i) {
            const double end = i + 1 < motif.size() ? motif[i + 1].beat : 2.0 * score_.beatsPerBar - 0.5;
            motif[i].length = std::clamp(end - motif[i].beat, 0.5, 2.0);
            motif[i].degree = degree;
            const double draw = random_.uniform();
            degree += draw < 0.35 ? 1 : draw < 0.7 ? -1 : draw < 0.82 ? 2 : draw < 0.94 ? -2 : 0;
            degree = std::clamp(degree, -1, 8);
        }
        return motif;
    }

    void playMelody(const Part& part, int bar, int barInPart) {
        if (part.kind == PartKind::Intro || part.kind == PartKind::Outro) return;
        const auto& motif = melodies_[part.kind];
        const double half = 2.0 * score_.beatsPerBar;
        const double phraseBar = barInPart % 2 * score_.beatsPerBar;
        const int phrase = barInPart / 2 % 4; // 0 statement, 1 answer a step lower, 2 statement, 3 home
        for (std::size_t i = 0; i < motif.size(); ++i) {
            const MelodyNote& m = motif[i];
            if (m.beat < phraseBar || m.beat >= phraseBar + score_.beatsPerBar) continue;
            int degree = m.degree + (phrase == 1 ? -1 : 0);
            if (phrase == 3 && m.beat >= 0.5 * half) degree = i + 1 == motif.size() ? 0 : degree - 1;
            const double inBar = m.beat - phraseBar;
            if (std::fmod(inBar, 2.0) < 0.01 || m.length >= 1) degree = nearestChordTone(degree, chordOf(bar));
            const double velocity = (part.kind == PartKind::Chorus ? 0.62 : 0.52) * (std::fmod(inBar, 1.0) < 0.01 ? 1.0 : 0.88);
            const int raised = leadingTone(chordOf(bar)) && (degree % 7 + 7) % 7 == 6 ? 1 : 0;
            const int pitch = key_.pitch(degree) + raised + (key_.tonic < 61 ? 12 : 0);
            note(startOf(bar) + inBar, m.length * 0.92, pitch, velocity, style_.melody, 0.08);
            if (part.kind == PartKind::Chorus)
                note(startOf(bar) + inBar, m.length * 0.9, pitch + 12, velocity * 0.35, Timbre::Bell, -0.3);
        }
    }

    static int nearestChordTone(int degree, int chord) {
        for (int away : {0, 1, -1, 2, -2}) {
            const int above = ((degree + away - chord) % 7 + 7) % 7;
            if (above == 0 || above == 2 || above == 4) return degree + away;
        }
        return degree;
    }

    void close() {
        const double start = startOf(score_.bars - 1);
        hit(start, Drum::Crash, 0.6);
        hit(start, style_.bass == Timbre::RoundBass ? Drum::SoftKick : Drum::Kick, 0.9);
        const double length = 3.0 * score_.beatsPerBar; // rings until the song's end fades it
        note(start, length, bassPitch(0), 0.8, style_.bass);
        for (int pitch : voicing(0, 62))
            note(start, length, pitch, 0.5, style_.chords == Timbre::Pluck ? Timbre::ElectricPiano : style_.chords);
    }

    const GrooveStyle& style_;
    Random random_;
    Key key_;
    Score score_;
    std::vector<int> chords_; // degree 0..6 of each bar
    std::map<PartKind, std::size_t> progressions_;
    std::map<PartKind, std::vector<MelodyNote>> melodies_;
};

} // namespace

Score compose(Groove groove, int bars, std::uint64_t seed) { return Composer(groove, std::max(2, bars), seed).run(); }

} // namespace choreia::audio
