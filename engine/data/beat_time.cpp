// Anchors are the beats; between them time runs smoothly (TimeMap), so that a grid's small errors are no jerks.
#include "data/beat_time.h"

#include "core/units.h"
#include "data/music_steps.h"

#include <algorithm>
#include <cmath>
#include <functional>

namespace choreia::data {

namespace {

constexpr std::size_t kFewest = 4;
constexpr double kStrain = 0.55;       // tokens a beat: a little more than half, so that a steady song between two counts keeps one
constexpr std::size_t kPatience = 8;   // beats waited for a bar line

double medianInterval(std::span<const double> beats) {
    std::vector<double> gaps;
    for (std::size_t i = 1; i < beats.size(); ++i) gaps.push_back(beats[i] - beats[i - 1]);
    const auto middle = gaps.begin() + static_cast<std::ptrdiff_t>(gaps.size() / 2);
    std::nth_element(gaps.begin(), middle, gaps.end());
    return *middle;
}

/// The interval usual around each beat: the median of eight gaps either side.
std::vector<double> localIntervals(std::span<const double> beats) {
    constexpr std::size_t kAround = 8;
    std::vector<double> out(beats.size());
    for (std::size_t i = 0; i < beats.size(); ++i) {
        const std::size_t from = i > kAround ? i - kAround : 0, to = std::min(beats.size(), i + kAround + 1);
        out[i] = medianInterval(beats.subspan(from, to - from));
    }
    return out;
}

/// Beats without holes from before 0 to behind duration. usualAt: the interval usual at a beat, s.
std::vector<double> evenly(std::span<const double> beats, double duration, const std::function<double(std::size_t)>& usualAt) {
    double usual = usualAt(0);
    std::vector<double> out;
    for (double t = beats.front() - usual; t > -2 * usual; t -= usual) out.push_back(t);
    std::reverse(out.begin(), out.end());
    out.push_back(beats.front());
    for (std::size_t i = 1; i < beats.size(); ++i) {
        usual = usualAt(i);
        const double gap = beats[i] - out.back();
        if (gap < 0.6 * usual) continue;  // a stretch heard twice as fast is danced on every other of its beats
        const double count = std::max(1.0, std::round(gap / usual));
        const double from = out.back();
        for (double k = 1; k <= count; ++k) out.push_back(from + (beats[i] - from) * k / count);
    }
    while (out.back() < duration + usual) out.push_back(out.back() + usual);
    return out;
}

}  // namespace

BeatTime::BeatTime(std::span<const double> beats, double duration, int tokensABeat) {
    if (beats.size() < kFewest || tokensABeat < 1) return;
    const double usual = medianInterval(beats);
    const std::vector<double> song = evenly(beats, duration, [&](std::size_t) { return usual; });
    lay(song, std::vector<int>(song.size(), tokensABeat));
}

BeatTime BeatTime::natural(std::span<const double> beats, std::span<const double> downbeats, double duration) {
    BeatTime time;
    if (beats.size() < kFewest) return time;
    const std::vector<double> usual = localIntervals(beats);
    const std::vector<double> song = evenly(beats, duration, [&](std::size_t i) { return usual[i]; });
    const std::vector<double> interval = localIntervals(song);
    std::vector<int> tokens(song.size());
    int now = naturalTokens(beats);
    std::size_t waited = 0;
    auto bar = downbeats.begin();
    for (std::size_t i = 0; i < song.size(); ++i) {
        const double exact = interval[i] * kTokensPerSecond;
        const int own = std::max(1, static_cast<int>(std::lround(exact)));
        while (bar != downbeats.end() && *bar < song[i] - 0.03) ++bar;
        const bool barLine = bar != downbeats.end() && *bar < song[i] + 0.03;
        const bool strained = own != now && std::abs(exact - now) > kStrain;
        if (strained && (barLine || i == 0 || ++waited > kPatience)) now = own;
        if (!strained || now == own) waited = 0;
        tokens[i] = now;
    }
    time.lay(song, tokens);
    return time;
}

void BeatTime::lay(const std::vector<double>& song, const std::vector<int>& tokens) {
    std::vector<double> dance(song.size());
    for (std::size_t i = 1; i < dance.size(); ++i) dance[i] = dance[i - 1] + tokens[i - 1] / kTokensPerSecond;
    // Whole tokens are taken off, so that the song begins within the first.
    const double start = motion::TimeMap(song, dance)(0.0), shift = std::floor(start * kTokensPerSecond + 1e-6) / kTokensPerSecond;
    for (double& t : dance) t -= shift;
    toDance_.emplace(song, dance);
    toSong_.emplace(dance, song);
}

int naturalTokens(std::span<const double> beats) {
    return beats.size() < kFewest ? 0 : std::max(1, static_cast<int>(std::lround(medianInterval(beats) * kTokensPerSecond)));
}

std::vector<int> danceableTokens(std::span<const double> beats) {
    std::vector<int> counts;
    if (beats.size() < kFewest) return counts;
    const double tokens = medianInterval(beats) * kTokensPerSecond;
    for (int n = 1; n < 64; ++n)
        if (tokens / n >= 0.75 && tokens / n <= 1.34) counts.push_back(n);
    return counts;
}

namespace {

/// Rows at 60 a second read at other times; those between two are mixed.
Table rowsAlong(const Table& features, std::span<const double> times) {
    Table out(times.size(), features.columns);
    if (features.rows == 0) return out;
    for (std::size_t i = 0; i < times.size(); ++i) {
        const double at = std::clamp(times[i] * kMotionFps, 0.0, static_cast<double>(features.rows - 1));
        const auto low = static_cast<std::size_t>(at), high = std::min(low + 1, features.rows - 1);
        const auto share = static_cast<float>(at - static_cast<double>(low));
        const auto a = features.row(low), b = features.row(high);
        auto to = out.row(i);
        for (std::size_t c = 0; c < to.size(); ++c) to[c] = a[c] + share * (b[c] - a[c]);
    }
    return out;
}

std::vector<double> songTimes(const BeatTime& time, std::size_t rows) {
    std::vector<double> times(rows);
    for (std::size_t i = 0; i < rows; ++i) times[i] = time.song(static_cast<double>(i) / kMotionFps);
    return times;
}

std::vector<double> inDance(const std::vector<double>& times, const BeatTime& time) {
    std::vector<double> out;
    out.reserve(times.size());
    for (const double t : times) out.push_back(time.dance(t));
    return out;
}

/// Beat columns for beats that stand elsewhere now.
void rewriteColumns(const std::vector<double>& beats, const std::vector<double>& downbeats, int beatsPerBar, Table& features) {
    audio::BeatGrid grid;
    grid.beats = beats;
    grid.downbeats = downbeats;
    grid.beatsPerBar = beatsPerBar;
    grid.tempoBpm = audio::medianTempo(beats);
    audio::writeBeatColumns(grid, features);
}

}  // namespace

audio::Analysis inBeatTime(const audio::Analysis& analysis, const BeatTime& time) {
    if (!time.inBeats()) return analysis;
    audio::Analysis out;
    out.duration = time.dance(analysis.duration);
    out.grid = analysis.grid;
    out.grid.beats = inDance(analysis.grid.beats, time);
    out.grid.downbeats = inDance(analysis.grid.downbeats, time);
    out.grid.tempoBpm = audio::medianTempo(out.grid.beats);
    out.sections = analysis.sections;
    for (auto& section : out.sections) {
        section.start = time.dance(section.start);
        section.end = time.dance(section.end);
    }
    const auto rows = static_cast<std::size_t>(std::floor(out.duration * kMotionFps + 1e-9)) + 1;
    out.features = rowsAlong(analysis.features, songTimes(time, rows));
    rewriteColumns(out.grid.beats, out.grid.downbeats, out.grid.beatsPerBar, out.features);
    return out;
}

TrainingClip inBeatTime(const TrainingClip& clip, const BeatTime& time) {
    if (!time.inBeats() || clip.clip.frames() < 2) return clip;
    TrainingClip out;
    out.name = clip.name;
    out.style = clip.style;
    out.validation = clip.validation;
    out.publishable = clip.publishable;
    const double end = static_cast<double>(clip.clip.frames() - 1) / clip.clip.fps;
    const auto rows = static_cast<std::size_t>(std::floor(time.dance(end) * kMotionFps + 1e-9)) + 1;
    const std::vector<double> times = songTimes(time, rows);
    out.clip = motion::sampleAt(clip.clip, times, kMotionFps);
    out.beats = inDance(clip.beats, time);
    out.musicFeatures = clip.musicFeatures.rows > 0 ? rowsAlong(clip.musicFeatures, times) : Table(rows, audio::columns::kCount);
    if (clip.musicFeatures.rows == 0) return out;
    // Bar lines are those beats at which the bar's phase begins.
    std::vector<double> downbeats;
    for (std::size_t i = 0; i < clip.beats.size(); ++i) {
        const auto row = static_cast<std::size_t>(std::clamp(std::round(clip.beats[i] * kMotionFps), 0.0, static_cast<double>(clip.musicFeatures.rows - 1)));
        const float sine = clip.musicFeatures.at(row, audio::columns::kBarPhaseSin), cosine = clip.musicFeatures.at(row, audio::columns::kBarPhaseCos);
        if (cosine > 0.8f && std::abs(sine) < 0.6f) downbeats.push_back(out.beats[i]);
    }
    rewriteColumns(out.beats, downbeats, 4, out.musicFeatures);
    return out;
}

}  // namespace choreia::data
