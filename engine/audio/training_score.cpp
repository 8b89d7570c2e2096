// Draws a piece: a genre, a clock, patterns that stay, parts in which players come and go, and harmony that moves with the bars.
#include "audio/training_score.h"

#include "audio/training_clock.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <string>

namespace choreia::audio {

namespace {

constexpr std::array<int, 7> kMajor{0, 2, 4, 5, 7, 9, 11}, kMinor{0, 2, 3, 5, 7, 8, 10};

double chance(char mark) { return mark >= '1' && mark <= '9' ? (mark - '0') / 9.0 : 0.0; }

/// A pattern of hits drawn from chances; its velocities, 0 for a rest.
using Pattern = std::vector<float>;

Pattern draw(const char* chances, int perBeat, Random& random) {
    Pattern pattern;
    for (std::size_t s = 0; chances[s] != 0; ++s) {
        const bool sounds = random.uniform() < chance(chances[s]);
        const double accent = s % static_cast<std::size_t>(perBeat) == 0 ? random.uniform(0.8, 1.0) : random.uniform(0.45, 0.95);
        pattern.push_back(sounds ? static_cast<float>(accent) : 0.0f);
    }
    return pattern;
}

template <class T> T pick(Random& random, std::initializer_list<T> choices) {
    return *(choices.begin() + random.below(choices.size()));
}

/// Who plays in a part.
struct Players {
    bool drums = true, cymbals = true, bass = true, chords = true, melody = true, pad = false, halfTime = false;
};

class Drawer {
public:
    Drawer(Random& random, double seconds, const TrainingGenre& genre, TrainingScore& score)
        : random_(random), seconds_(seconds), genre_(genre), score_(score), bar_(genre.beatsPerBar), clock_(makeClock()) {
        loose_ = random.uniform() < 0.3 ? 0 : random.uniform(0.001, 0.011);
        swing_ = genre.stepsPerBeat == 3 ? 0 : random.uniform() < 0.6 ? 0 : random.uniform(0, genre.swing);
        fineSwing_ = genre.stepsPerBeat == 4 && random.uniform() < 0.5;
        tonic_ = 55 + static_cast<int>(random.below(12));
        minor_ = random.uniform() < 0.45;
        drumless_ = random.uniform() < genre.drumless;
        drawHarmony();
        drawInstruments();
    }

    void run() {
        score_.genre = &genre_;
        score_.beatsPerBar = bar_;
        score_.steady = clock_.steady();
        const auto& beats = clock_.beats();
        const int partBars = pick(random_, {4, 8, 8, 8, 16});
        const int bars = static_cast<int>(beats.size()) / bar_ - 1;
        Players players;
        for (int b = 0; b < bars && clock_.at(b * bar_) < seconds_; ++b) {
            if (b % partBars == 0) players = drawPlayers(b == 0);
            const bool fill = b % partBars == partBars - 1 || (b % 4 == 3 && random_.uniform() < 0.25);
            playBar(b, players, fill && random_.uniform() < 0.7, b % partBars == 0);
        }
        // A song that begins within the clip begins with its first beat, or with a pick-up before the first bar line.
        const double from = lead_ > 0 ? lead_ - 1e-3 : 0;
        for (std::size_t i = 0; i < beats.size(); ++i) {
            if (beats[i] < from || beats[i] >= seconds_) continue;
            score_.beats.push_back(beats[i]);
            if (i % static_cast<std::size_t>(bar_) == 0) score_.downbeats.push_back(beats[i]);
        }
        score_.tempoBpm = 60 / (beats[1] - beats[0]);
        const auto before = [&](const auto& event) { return event.time < from - 0.03; };
        std::erase_if(score_.hits, before);
        std::erase_if(score_.notes, before);
    }

private:
    TrainingClock makeClock() {
        double tempo = genre_.slow * std::pow(genre_.fast / genre_.slow, random_.uniform());
        if (random_.uniform() < 0.1) tempo *= random_.uniform(0.85, 1.18);
        const double beat = 60 / tempo;
        const bool strict = !genre_.soft && genre_.drumless < 0.04;
        double start = 0;
        if (random_.uniform() < 0.4) {
            lead_ = random_.uniform(0.02, 1.8); // the piece begins within the clip
            const int upbeat = random_.uniform() < 0.3 ? 1 + static_cast<int>(random_.below(static_cast<std::uint64_t>(bar_ - 1))) : 0;
            start = upbeat > 0 ? lead_ - (bar_ - upbeat) * beat : lead_;
        } else {
            start = -random_.uniform(0, bar_ * beat);
        }
        return {random_, tempo, bar_, start, seconds_, strict ? 0.22 : 0.5};
    }

    void drawHarmony() {
        static constexpr std::array<std::array<int, 4>, 12> kRounds{{{0, 4, 5, 3}, {0, 3, 4, 4}, {5, 3, 0, 4}, {0, 5, 3, 4}, {1, 4, 0, 0}, {0, 0, 3, 4},
                                                                     {0, 2, 3, 4}, {5, 4, 3, 4}, {0, 6, 5, 4}, {3, 0, 4, 0}, {0, 4, 0, 4}, {2, 5, 1, 4}}};
        const double pace = random_.uniform();
        chordBeats_ = pace < 0.7 ? bar_ : pace < 0.84 ? 2 * bar_ : bar_ % 2 == 0 ? std::max(1, bar_ / 2) : bar_;
        for (int half = 0; half < 2; ++half)
            for (int degree : kRounds[random_.below(kRounds.size())]) round_.push_back(degree);
        if (random_.uniform() < 0.08) round_.assign(8, 0); // a drone
    }

    void drawInstruments() {
        for (const ChanceLine& line : genre_.drums) {
            if (line.level <= 0 || random_.uniform() < 0.12) continue; // a player stays away
            lines_.push_back({line.drum, static_cast<float>(line.level * random_.uniform(0.5, 1.3)), draw(line.chances, genre_.stepsPerBeat, random_)});
        }
        bass_ = draw(genre_.bass, genre_.stepsPerBeat, random_);
        chords_ = draw(genre_.chords, genre_.stepsPerBeat, random_);
        bassTimbre_ = genre_.soft ? pick(random_, {Timbre::RoundBass, Timbre::Bass, Timbre::SubBass}) : pick(random_, {Timbre::Bass, Timbre::RoundBass, Timbre::SubBass, Timbre::Lead});
        chordTimbre_ = genre_.soft ? pick(random_, {Timbre::Piano, Timbre::ElectricPiano, Timbre::Strings, Timbre::Pluck, Timbre::Organ})
                                   : pick(random_, {Timbre::Piano, Timbre::Pluck, Timbre::ElectricPiano, Timbre::Lead, Timbre::Organ});
        melodyTimbre_ = genre_.soft ? pick(random_, {Timbre::Voice, Timbre::Voice, Timbre::Strings, Timbre::Piano, Timbre::Bell, Timbre::Organ})
                                    : pick(random_, {Timbre::Voice, Timbre::Voice, Timbre::Lead, Timbre::Pluck, Timbre::Bell, Timbre::Strings});
        arpeggio_ = random_.uniform() < (genre_.soft ? 0.4 : 0.15);
        arpeggioSteps_ = genre_.stepsPerBeat == 3 ? 3 : genre_.slow < 80 ? pick(random_, {2, 2, 4}) : pick(random_, {1, 2, 2, 2, 4});
        syncopation_ = random_.uniform() < 0.4 ? random_.uniform(0.3, 0.9) : random_.uniform(0, 0.3);
        consonants_ = melodyTimbre_ == Timbre::Voice && random_.uniform() < 0.7;
        bassLevel_ = random_.uniform(0.5, 1.2);
        chordLevel_ = random_.uniform(0.4, 1.2);
        melodyLevel_ = random_.uniform(0.4, 1.3);
        // Slowly speaking instruments are played ahead of the beat, as players learn to; not by all.
        ahead_ = random_.uniform() < 0.6 ? random_.uniform(0, 0.05) : 0;
        for (int k = 0; k < 2; ++k) motifs_[k] = drawMotif();
    }

    Players drawPlayers(bool first) {
        Players p;
        const bool sparse = random_.uniform() < (first ? 0.4 : 0.15);
        p.drums = !drumless_ && !(sparse && random_.uniform() < 0.7);
        p.cymbals = p.drums || (!drumless_ && random_.uniform() < 0.3);
        p.bass = random_.uniform() < (sparse ? 0.5 : 0.93);
        p.chords = random_.uniform() < (sparse ? 0.75 : 0.92);
        p.melody = random_.uniform() < 0.72;
        p.pad = random_.uniform() < 0.4;
        p.halfTime = bar_ == 4 && random_.uniform() < 0.06;
        if (!p.drums && !p.cymbals && !p.bass) p.chords = true;
        motif_ = random_.below(2);
        return p;
    }

    struct Stroke {
        double beat, length; // beats from the motif's start
        int degree;
    };

    /// Two bars of melody.
    std::vector<Stroke> drawMotif() {
        std::vector<Stroke> motif;
        const int steps = genre_.stepsPerBeat == 3 ? 3 : 4, count = 2 * bar_ * steps;
        const double busy = random_.uniform(0.3, 1.0);
        int degree = static_cast<int>(random_.below(6));
        for (int s = 0; s < count; ++s) {
            const bool onBeat = s % steps == 0, onBar = s % (steps * bar_) == 0, eighth = steps == 3 || s % 2 == 0;
            double p = onBar ? 0.85 : onBeat ? 0.6 : eighth ? 0.3 : 0.06;
            p *= onBeat ? 1 - 0.5 * syncopation_ : 0.6 + 1.4 * syncopation_;
            if (random_.uniform() >= p * busy) continue;
            const double gap = random_.uniform();
            degree = std::clamp(degree + (gap < 0.35 ? 1 : gap < 0.7 ? -1 : gap < 0.8 ? 2 : gap < 0.9 ? -2 : gap < 0.95 ? 4 : 0), -3, 9);
            motif.push_back({static_cast<double>(s) / steps, 1, degree});
        }
        const double sustain = random_.uniform(0.5, 1.0);
        for (std::size_t i = 0; i < motif.size(); ++i) {
            const double end = i + 1 < motif.size() ? motif[i + 1].beat : 2.0 * bar_;
            motif[i].length = std::clamp(sustain * (end - motif[i].beat), 0.15, 3.0);
        }
        return motif;
    }

    [[nodiscard]] int pitch(int degree) const {
        const int octave = static_cast<int>(std::floor(degree / 7.0));
        const auto step = static_cast<std::size_t>(degree - 7 * octave);
        return tonic_ + 12 * octave + (minor_ ? kMinor[step] : kMajor[step]);
    }
    [[nodiscard]] int chordAt(double beat) const {
        return round_[static_cast<std::size_t>(beat / chordBeats_ + 1e-6) % round_.size()];
    }
    [[nodiscard]] double when(double beat) { return clock_.at(beat, swing_, fineSwing_) + loose_ * std::clamp(random_.normal(), -2.0, 2.0); }

    void hit(double beat, Drum drum, double velocity) {
        score_.hits.push_back({when(beat), drum, static_cast<float>(std::min(1.2, velocity * random_.uniform(0.85, 1.05)))});
    }
    void note(double beat, double length, int pitchNumber, double velocity, Timbre timbre, double early = 0) {
        const double start = when(beat) - early, end = clock_.at(beat + length, swing_, fineSwing_);
        score_.notes.push_back({start, std::max(0.05, end - start), {0, 0, std::clamp(pitchNumber, 24, 96), static_cast<float>(velocity), timbre, 0}});
    }

    void playBar(int bar, const Players& players, bool fill, bool first) {
        const double start = static_cast<double>(bar) * bar_;
        playDrums(bar, start, players, fill, first);
        if (players.bass) playBass(bar, start);
        if (players.chords) playChords(bar, start);
        if (players.pad)
            for (int t : {0, 2, 4}) note(start, bar_, pitch(chordAt(start) + t), 0.55 * chordLevel_, Timbre::Pad);
        if (players.melody) playMelody(bar, start);
    }

    void playDrums(int bar, double start, const Players& players, bool fill, bool first) {
        const auto steps = static_cast<std::size_t>(genre_.stepsPerBeat * bar_);
        const double fillFrom = fill && players.drums ? bar_ - pick(random_, {0.5, 1.0, 1.0, 2.0}) : bar_;
        for (const Line& line : lines_) {
            const bool cymbal = line.drum == Drum::ClosedHat || line.drum == Drum::Ride || line.drum == Drum::OpenHat || line.drum == Drum::Maracas || line.drum == Drum::Brush;
            if (cymbal ? !players.cymbals : !players.drums) continue;
            for (std::size_t s = 0; s < steps; ++s) {
                double beat = static_cast<double>(s) / genre_.stepsPerBeat;
                float velocity = line.pattern[(static_cast<std::size_t>(bar) * steps + s) % line.pattern.size()];
                if (random_.uniform() < 0.015) velocity = velocity > 0 ? 0.0f : 0.4f; // nobody plays every bar alike
                if (velocity <= 0 || (beat >= fillFrom && !cymbal)) continue;
                if (players.halfTime) { // the pattern at half its speed, under the same beat
                    if (s % 2 != 0) continue;
                    beat = beat / 2 + (bar % 2) * bar_ / 2.0;
                    if (line.drum == Drum::Snare || line.drum == Drum::Clap) {
                        if (beat < bar_ / 2.0 - 0.01 || beat > bar_ / 2.0 + 0.01) beat = bar_ / 2.0;
                    }
                }
                hit(start + beat, line.drum, line.level * velocity);
            }
        }
        if (fillFrom < bar_) {
            const double step = genre_.stepsPerBeat == 3 ? 1.0 / 3 : pick(random_, {0.25, 0.25, 0.5});
            for (double beat = fillFrom; beat < bar_ - 1e-6; beat += step)
                if (random_.uniform() < 0.8)
                    hit(start + beat, pick(random_, {Drum::Snare, Drum::HighTom, Drum::LowTom, Drum::CongaOpen}), random_.uniform(0.5, 1.0));
        }
        if (first && players.drums && random_.uniform() < 0.5) hit(start, Drum::Crash, random_.uniform(0.4, 0.9));
    }

    void playBass(int bar, double start) {
        const auto steps = static_cast<std::size_t>(genre_.stepsPerBeat * bar_);
        const bool walking = std::strcmp(genre_.name, "swing") == 0;
        for (std::size_t s = 0; s < steps; ++s) {
            const float velocity = bass_[(static_cast<std::size_t>(bar) * steps + s) % bass_.size()];
            if (velocity <= 0) continue;
            const double beat = start + static_cast<double>(s) / genre_.stepsPerBeat;
            const int chord = chordAt(beat);
            const bool root = std::fmod(beat, chordBeats_) < 1e-6;
            const double draw = random_.uniform();
            int degree = root || draw < (walking ? 0.2 : 0.5) ? chord : draw < 0.75 ? chord + 4 : draw < 0.9 ? chord + 7 : chordAt(beat + 1);
            if (walking && !root) degree = chord + static_cast<int>(random_.below(7));
            int p = pitch(degree);
            while (p > 47) p -= 12;
            std::size_t held = 1;
            while (held < steps - s && bass_[(static_cast<std::size_t>(bar) * steps + s + held) % bass_.size()] <= 0) ++held;
            note(beat, 0.85 * static_cast<double>(held) / genre_.stepsPerBeat, p, bassLevel_ * velocity, bassTimbre_);
        }
    }

    void playChords(int bar, double start) {
        const double early = chordTimbre_ == Timbre::Strings ? ahead_ : 0;
        if (arpeggio_) {
            static constexpr std::array<int, 8> kOrder{0, 2, 4, 7, 4, 2, 4, 2};
            const int count = arpeggioSteps_ * bar_;
            for (int s = 0; s < count; ++s) {
                const double beat = start + static_cast<double>(s) / arpeggioSteps_;
                const double accent = s == 0 ? 1.0 : s % arpeggioSteps_ == 0 ? 0.8 : 0.62;
                note(beat, 1.2 / arpeggioSteps_ + 0.3, pitch(chordAt(beat) + kOrder[static_cast<std::size_t>(s) % 8]), accent * chordLevel_, chordTimbre_, early);
            }
            return;
        }
        const auto steps = static_cast<std::size_t>(genre_.stepsPerBeat * bar_);
        for (std::size_t s = 0; s < steps; ++s) {
            const float velocity = chords_[(static_cast<std::size_t>(bar) * steps + s) % chords_.size()];
            if (velocity <= 0) continue;
            const double beat = start + static_cast<double>(s) / genre_.stepsPerBeat;
            std::size_t held = 1;
            while (held < steps - s && chords_[(static_cast<std::size_t>(bar) * steps + s + held) % chords_.size()] <= 0) ++held;
            for (int t : {0, 2, 4})
                note(beat, 0.8 * static_cast<double>(held) / genre_.stepsPerBeat, pitch(chordAt(beat) + t), 0.6 * chordLevel_ * velocity, chordTimbre_, early);
        }
    }

    void playMelody(int bar, double start) {
        const double offset = bar % 2 * bar_;
        const bool slow = melodyTimbre_ == Timbre::Strings || melodyTimbre_ == Timbre::Voice;
        for (const Stroke& m : motifs_[motif_]) {
            if (m.beat < offset || m.beat >= offset + bar_ || random_.uniform() < 0.06) continue;
            const double beat = start + m.beat - offset;
            const int degree = m.degree + (bar / 2 % 2 == 1 && random_.uniform() < 0.5 ? 1 : 0);
            const double velocity = melodyLevel_ * (std::fmod(m.beat, bar_) < 1e-6 ? 0.9 : 0.72);
            note(beat, m.length, pitch(degree) + 7 + 5 * (tonic_ < 61), velocity, melodyTimbre_, slow ? ahead_ + (melodyTimbre_ == Timbre::Voice ? 0.02 * random_.normal() : 0) : 0);
            if (consonants_ && random_.uniform() < 0.6) { // breath and consonants come before the vowel
                hit(beat, Drum::Brush, 0.25 * melodyLevel_);
                score_.hits.back().time -= ahead_ + random_.uniform(0, 0.05);
            }
        }
    }

    struct Line {
        Drum drum;
        float level;
        Pattern pattern;
    };

    Random& random_;
    double seconds_, lead_ = 0;
    const TrainingGenre& genre_;
    TrainingScore& score_;
    int bar_;
    TrainingClock clock_;
    double loose_ = 0, swing_ = 0, ahead_ = 0, syncopation_ = 0, bassLevel_ = 1, chordLevel_ = 1, melodyLevel_ = 1;
    bool fineSwing_ = false, minor_ = false, drumless_ = false, arpeggio_ = false, consonants_ = false;
    int tonic_ = 60, chordBeats_ = 4, arpeggioSteps_ = 2;
    std::vector<int> round_; // degrees
    std::vector<Line> lines_;
    Pattern bass_, chords_;
    Timbre bassTimbre_ = Timbre::Bass, chordTimbre_ = Timbre::Piano, melodyTimbre_ = Timbre::Voice;
    std::array<std::vector<Stroke>, 2> motifs_;
    std::size_t motif_ = 0;
};

/// Sounds that have no beat: nothing, a held chord, or notes and strokes at times without order.
TrainingScore withoutBeat(Random& random, double seconds) {
    TrainingScore score;
    const double draw = random.uniform();
    if (draw < 0.3) return score;
    if (draw < 0.5) {
        for (int pitch : {48, 55, 60, 64}) score.notes.push_back({0.1, seconds, {0, 0, pitch, 0.6f, Timbre::Pad, 0}});
        return score;
    }
    const double rate = random.uniform(0.8, 6);
    for (double t = 0.1; t < seconds; t += -std::log(1 - random.uniform()) / rate) {
        const bool stroke = random.uniform() < 0.5;
        if (stroke)
            score.hits.push_back({t, static_cast<Drum>(random.below(kDrums)), static_cast<float>(random.uniform(0.3, 1))});
        else
            score.notes.push_back({t, random.uniform(0.1, 1.5),
                                   {0, 0, 40 + static_cast<int>(random.below(40)), 0.7f, static_cast<Timbre>(random.below(12)), 0}});
    }
    return score;
}

} // namespace

TrainingScore drawTrainingScore(Random& random, double seconds) {
    if (random.uniform() < 0.03) return withoutBeat(random, seconds);
    const auto& genres = trainingGenres();
    double all = 0;
    for (const TrainingGenre& genre : genres) all += genre.weight;
    double place = random.uniform() * all;
    std::size_t k = 0;
    while (k + 1 < genres.size() && place >= genres[k].weight) place -= genres[k++].weight;
    TrainingScore score;
    Drawer(random, seconds, genres[k], score).run();
    return score;
}

} // namespace choreia::audio
