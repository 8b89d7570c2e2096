// Beats decide: a motion's own beats, tracked at an even tempo, are brought one by one onto the beats of a song.
#include "data/pairing.h"

#include "audio/synth.h"
#include "core/units.h"
#include "hearing/hearing.h"
#include "io/media.h"
#include "motion/kinematics.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace choreia::data {

using motion::Clip;

namespace {

constexpr double kFps = kMotionFps;

/// How fast a style usually is, as its dancers pause: salsa rests once every two counts.
struct StyleTempo {
    double likely, spread;
    bool countsDouble = false;
};
StyleTempo tempoOf(const std::string& style) {
    static const std::map<std::string, StyleTempo> table = {
        {"salsa", {85, 0.06, true}}, {"waltz", {87, 0.08}}, {"rumba", {92, 0.2}},
        {"cha-cha", {124, 0.08}},    {"tango", {120, 0.2}}, {"indian", {105, 0.4}},
        {"modern", {105, 0.4}},      {"house", {124, 0.1}}, {"break", {110, 0.2}}};
    const auto it = table.find(style);
    return it != table.end() ? it->second : StyleTempo{112, 0.35};
}

std::vector<audio::Groove> groovesOf(const std::string& style) {
    using enum audio::Groove;
    static const std::map<std::string, std::vector<audio::Groove>> table = {{"salsa", {Salsa}},
                                                                            {"waltz", {Waltz}},
                                                                            {"rumba", {Rumba}},
                                                                            {"cha-cha", {ChaCha}},
                                                                            {"house", {House, FourOnTheFloor}},
                                                                            {"break", {HipHop, Rock}},
                                                                            {"pop", {HipHop, House}},
                                                                            {"lock", {Rock, HipHop}},
                                                                            {"hip-hop", {HipHop}},
                                                                            {"krump", {HipHop, DrumAndBass}},
                                                                            {"modern", {Ballad, Rock, House}},
                                                                            {"indian", {FourOnTheFloor, Rumba, Rock}},
                                                                            {"street-jazz", {House, HipHop}}};
    const auto it = table.find(style);
    return it != table.end() ? it->second : std::vector<audio::Groove>{House, Rock, FourOnTheFloor};
}

/// Rows of the song's table at the given song times; 0 before and behind the song.
Table rowsAt(const Table& features, std::size_t frames, double offset) {
    Table out(frames, features.columns);
    for (std::size_t f = 0; f < frames; ++f) {
        const auto row = std::llround((offset + static_cast<double>(f) / kFps) * kFps);
        if (row < 0 || row >= static_cast<long long>(features.rows)) continue;
        const auto from = features.row(static_cast<std::size_t>(row));
        std::copy(from.begin(), from.end(), out.row(f).begin());
    }
    return out;
}

std::vector<double> within(const std::vector<double>& times, double offset, double duration) {
    std::vector<double> out;
    for (const double t : times) {
        if (t - offset >= 0 && t - offset < duration) out.push_back(t - offset);
    }
    return out;
}

/// Beats of the music by frame columns, from a grid that begins at the first frame.
void applyGrid(Pairing& pairing, const std::vector<double>& beats, const std::vector<double>& downbeats, double tempo,
               int beatsPerBar) {
    audio::BeatGrid grid;
    grid.beats = beats;
    grid.downbeats = downbeats;
    grid.tempoBpm = tempo;
    grid.beatsPerBar = beatsPerBar;
    grid.confidence = 1;
    audio::writeBeatColumns(grid, pairing.music);
    pairing.beats = beats;
    pairing.tempo = tempo;
}

/// Motion shown so that its k-th own beat falls on counts[first + k] of the song; both rising. Keeps speed within the bound by
/// leaving beats out.
std::optional<Pairing> layOnSong(const FittedMotion& motion, const OwnBeats& own, const Song& song,
                                 const std::vector<double>& counts, std::size_t firstBeat) {
    if (own.beats.size() < 3 || firstBeat >= counts.size()) return std::nullopt;
    const std::size_t count = std::min(own.beats.size(), counts.size() - firstBeat);
    if (count < 3) return std::nullopt;
    const double origin = counts[firstBeat];
    std::vector<double> out{0}, in{own.beats[0]};
    for (std::size_t k = 1; k < count; ++k) {
        const double ds = counts[firstBeat + k] - origin - out.back(), dm = own.beats[k] - in.back();
        if (dm / ds < 0.8 || dm / ds > 1.2) continue;
        out.push_back(out.back() + ds);
        in.push_back(own.beats[k]);
    }
    if (out.size() < 3) return std::nullopt;
    const motion::TimeMap map(out, in);
    // From the motion's first frame to its last, or the song's end.
    double first = 0, last = out.back();
    while (map(first - 1 / kFps) > 0 && origin + first - 1 / kFps > 0) first -= 1 / kFps;
    const double end = static_cast<double>(motion.clip.frames() - 1) / kFps;
    while (map(last + 1 / kFps) < end && origin + last + 1 / kFps < song.duration) last += 1 / kFps;
    std::vector<double> times;
    for (double t = first; t <= last; t += 1 / kFps) times.push_back(std::clamp(map(t), 0.0, end));
    if (times.size() < 120) return std::nullopt;
    Pairing pairing;
    pairing.song = song.name;
    pairing.clip = motion::sampleAt(motion.clip, times, kFps);
    pairing.music = rowsAt(song.features, times.size(), origin + first);
    const double duration = static_cast<double>(times.size()) / kFps;
    applyGrid(pairing, within(song.grid.beats, origin + first, duration), within(song.grid.downbeats, origin + first, duration),
              song.grid.tempoBpm, song.grid.beatsPerBar);
    pairing.meanSpeedChange = map.meanSpeedChange();
    pairing.warped = true;
    return pairing;
}

} // namespace

Result<Song> hearSong(const std::filesystem::path& path, std::stop_token stop) {
    NoProgress quiet;
    CHOREIA_ASSIGN(const io::Song sound, io::decodeSong(path, stop, quiet));
    CHOREIA_ASSIGN(audio::Analysis analysis, hearing::hear(sound.analysis, path.string(), stop, quiet));
    Song song;
    song.name = path.filename().string();
    song.grid = std::move(analysis.grid);
    song.features = std::move(analysis.features);
    song.duration = analysis.duration;
    return song;
}

Pairing pairAsGiven(const FittedMotion& motion, const Song& song) {
    Pairing pairing;
    pairing.freeSound = false;
    pairing.song = song.name;
    const double offset = motion.source.musicOffset + motion.startSeconds;
    const auto heard = static_cast<std::size_t>(std::max(0.0, (song.duration - offset) * kFps));
    const std::size_t frames = std::min(motion.clip.frames(), heard);
    pairing.clip = motion::slice(motion.clip, 0, frames);
    pairing.music = rowsAt(song.features, frames, offset);
    const double duration = static_cast<double>(frames) / kFps;
    if (motion.source.beats.size() < 4) {
        pairing.beats = within(song.grid.beats, offset, duration);
        pairing.tempo = song.grid.tempoBpm;
        return pairing;
    }
    // The file's beats are better than heard ones; which of them begins the bar is only heard.
    std::vector<double> beats;
    for (const double t : motion.source.beats) beats.push_back(t - motion.startSeconds);
    const auto bar = static_cast<std::size_t>(std::max(1, motion.source.beatsPerBar));
    std::vector<double> votes(bar, 0);
    for (const double down : song.grid.downbeats) {
        for (std::size_t k = 0; k < beats.size(); ++k) {
            const double d = (down - offset - beats[k]) / 0.07;
            votes[k % bar] += std::exp(-0.5 * d * d);
        }
    }
    const auto phase = static_cast<std::size_t>(std::max_element(votes.begin(), votes.end()) - votes.begin());
    std::vector<double> kept, downbeats;
    for (std::size_t k = 0; k < beats.size(); ++k) {
        if (beats[k] < 0 || beats[k] >= duration) continue;
        kept.push_back(beats[k]);
        if (k % bar == phase) downbeats.push_back(beats[k]);
    }
    applyGrid(pairing, kept, downbeats, motion.source.tempo > 0 ? motion.source.tempo : song.grid.tempoBpm,
              motion.source.beatsPerBar);
    return pairing;
}

std::optional<Pairing> warpOntoBeat(const Pairing& pairing, double bound) {
    const auto positions = motion::jointPositions(motion::Skeleton::body(), pairing.clip);
    const auto beats = motion::motionBeats(positions);
    const double duration = static_cast<double>(pairing.clip.frames() - 1) / kFps;
    if (beats.times.size() < 3 || pairing.beats.size() < 3) return std::nullopt;
    motion::MatchSettings settings;
    settings.maxSpeedChange = bound;
    const auto map = motion::matchBeats(beats, pairing.beats, duration, settings);
    Pairing out = pairing;
    std::vector<double> times(pairing.clip.frames());
    for (std::size_t f = 0; f < times.size(); ++f) times[f] = map(static_cast<double>(f) / kFps);
    out.clip = motion::sampleAt(pairing.clip, times, kFps);
    out.meanSpeedChange = map.meanSpeedChange();
    out.warped = true;
    return out;
}

namespace {

/// Minima of both dancers' speed, in order.
motion::MotionBeats merged(const motion::MotionBeats& a, const motion::MotionBeats& b) {
    motion::MotionBeats out;
    std::size_t i = 0, k = 0;
    while (i < a.times.size() || k < b.times.size()) {
        const bool first = k >= b.times.size() || (i < a.times.size() && a.times[i] <= b.times[k]);
        out.times.push_back(first ? a.times[i] : b.times[k]);
        out.strengths.push_back(first ? a.strengths[i] : b.strengths[k]);
        ++(first ? i : k);
    }
    return out;
}

} // namespace

OwnBeats ownBeats(const FittedMotion& motion, const FittedMotion* partner) {
    const auto beatsOf = [](const FittedMotion& m) {
        return motion::motionBeats(motion::jointPositions(motion::Skeleton::body(), m.clip));
    };
    const auto single = beatsOf(motion);
    const auto both = partner ? merged(single, beatsOf(*partner)) : single;
    const double duration = motion.clip.seconds();
    OwnBeats own;
    StyleTempo style = tempoOf(motion.source.style);
    if (motion.source.tempo > 0) style = {motion.source.tempo, 0.02, false};
    const auto guess = motion::motionTempo(both, style.likely * 0.6, style.likely * 1.7, style.likely, style.spread);
    own.tempo = guess.bpm > 0 ? guess.bpm : style.likely;
    own.confidence = guess.confidence;
    if (motion.source.beats.size() >= 4) {
        own.tempo = motion.source.tempo > 0 ? motion.source.tempo : own.tempo;
        for (const double t : motion.source.beats) {
            if (t >= motion.startSeconds && t < motion.startSeconds + duration) own.beats.push_back(t - motion.startSeconds);
        }
        return own;
    }
    own.measured = true;
    own.beats = motion::trackMotionBeats(both, duration, own.tempo);
    return own;
}

namespace {

/// The motion's pauses are brought nearer still to the beats.
Pairing onBeat(Pairing laid) {
    const double before = laid.meanSpeedChange;
    auto nearer = warpOntoBeat(laid, 0.12);
    if (!nearer) return laid;
    nearer->meanSpeedChange += before;
    return std::move(*nearer);
}

} // namespace

Pairing pairWithSynth(const FittedMotion& motion, const OwnBeats& own, Random& random) {
    auto grooves = groovesOf(motion.source.style);
    // Counted double, the style's own groove; counted as the body rests, any groove of that tempo.
    const bool doubled = own.measured && tempoOf(motion.source.style).countsDouble && random.uniform() < 0.4;
    if (own.measured && tempoOf(motion.source.style).countsDouble && !doubled) {
        grooves = {audio::Groove::Rumba, audio::Groove::Rock,   audio::Groove::HipHop,
                   audio::Groove::Salsa, audio::Groove::Ballad, audio::Groove::FourOnTheFloor};
    }
    audio::SynthSettings settings;
    settings.groove = grooves[random.below(grooves.size())];
    settings.tempoBpm = own.tempo * (doubled ? 2 : 1);
    settings.seconds = motion.clip.seconds() * 1.15 + 24;
    settings.seed = random.next() >> 16;
    settings.swing = random.uniform() < 0.3 ? random.uniform(0, 0.2) : 0;
    const audio::SynthSong made = audio::synthesize(settings);
    Song song;
    song.name = "choreia-synth-" + std::to_string(settings.seed);
    song.publishable = true;
    song.duration = made.pcm.seconds();
    NoProgress quiet;
    auto analysis = hearing::hear(made.pcm, song.name, {}, quiet);
    if (analysis.ok()) song.features = std::move(analysis->features);
    song.grid = made.grid;
    // Anywhere in the first 20 s of the song, on a downbeat or off it as the dice say: which count a motion begins on is not
    // known.
    std::size_t first = 0;
    while (first + 1 < song.grid.beats.size() && song.grid.beats[first] < 4) ++first;
    first += random.below(16);
    std::vector<double> counts;
    for (std::size_t k = doubled ? first % 2 : 0; k < song.grid.beats.size(); k += doubled ? 2 : 1)
        counts.push_back(song.grid.beats[k]);
    auto laid = layOnSong(motion, own, song, counts, doubled ? first / 2 : first);
    if (laid) return onBeat(std::move(*laid));
    // Motion without beats of its own (under three): the song runs beside it.
    Pairing plain;
    plain.song = song.name;
    plain.clip = motion.clip;
    plain.music = rowsAt(song.features, motion.clip.frames(), 4);
    applyGrid(plain, within(song.grid.beats, 4, motion.clip.seconds()), within(song.grid.downbeats, 4, motion.clip.seconds()),
              song.grid.tempoBpm, song.grid.beatsPerBar);
    return plain;
}

std::optional<Pairing> pairWithSong(const FittedMotion& motion, const OwnBeats& own, const Song& song, Random& random) {
    if (own.tempo <= 0 || song.grid.tempoBpm <= 0 || song.grid.beats.size() < 16) return std::nullopt;
    for (const double level : {1.0, 2.0, 0.5}) {
        const double ratio = song.grid.tempoBpm * level / own.tempo;
        if (ratio < 0.9 || ratio > 1.1) continue;
        // The dancer may count the song double or half; the features keep the beat as a listener hears it.
        std::vector<double> counts = song.grid.beats;
        if (level == 2.0) {
            counts.clear();
            for (std::size_t k = 0; k + 1 < song.grid.beats.size(); ++k) {
                counts.push_back(song.grid.beats[k]);
                counts.push_back(0.5 * (song.grid.beats[k] + song.grid.beats[k + 1]));
            }
        } else if (level == 0.5) {
            counts.clear();
            for (std::size_t k = random.below(2); k < song.grid.beats.size(); k += 2) counts.push_back(song.grid.beats[k]);
        }
        const double room = counts.back() - counts.front() - motion.clip.seconds() * 1.2;
        std::size_t first = 0;
        if (room > 0) {
            const double start = counts.front() + random.uniform(0, room);
            while (first + 1 < counts.size() && counts[first] < start) ++first;
        }
        auto laid = layOnSong(motion, own, song, counts, first);
        if (laid) return onBeat(std::move(*laid));
        return std::nullopt;
    }
    return std::nullopt;
}

} // namespace choreia::data
