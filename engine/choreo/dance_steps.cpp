// Free functions over values; nothing here knows a network but by its quantiser.
#include "choreo/dance_steps.h"

#include "choreo/course.h"
#include "choreo/facing.h"
#include "choreo/style_choice.h"
#include "choreo/upper_body.h"
#include "core/units.h"
#include "data/motion_energy.h"
#include "data/music_steps.h"
#include "eval/metrics.h"
#include "motion/kinematics.h"
#include "motion/pose_features.h"

#include <algorithm>
#include <cmath>

namespace choreia::choreo {

namespace pose = motion::pose;

namespace {

std::array<float, 4> mix(const std::array<float, 4>& a, const std::array<float, 4>& b, float share) {
    std::array<float, 4> out{};
    for (std::size_t k = 0; k < 4; ++k) out[k] = a[k] + (b[k] - a[k]) * share;
    return out;
}

// Value of a track of contacts at a time.
std::array<float, 4> contactsAt(const std::vector<std::array<float, 4>>& track, double fps, double time) {
    const double at = std::clamp(time * fps, 0.0, static_cast<double>(track.size() - 1));
    const auto low = static_cast<std::size_t>(at);
    const auto high = std::min(low + 1, track.size() - 1);
    return mix(track[low], track[high], static_cast<float>(at - static_cast<double>(low)));
}

}  // namespace

double secondsSince(std::chrono::steady_clock::time_point start) { return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count(); }

torch::Tensor asTensor(const Table& table, torch::Device device) {
    return torch::from_blob(const_cast<float*>(table.values.data()), {static_cast<std::int64_t>(table.rows), static_cast<std::int64_t>(table.columns)}, torch::kFloat32)
        .clone()
        .to(device);
}

std::vector<double> evenTimes(std::size_t frames) {
    std::vector<double> times(frames);
    for (std::size_t f = 0; f < frames; ++f) times[f] = static_cast<double>(f) / kMotionFps;
    return times;
}

std::vector<double> danceTimes(const data::BeatTime& time, double start, std::size_t frames, double from) {
    std::vector<double> times = evenTimes(frames);
    for (double& t : times) t = std::max(0.0, time.dance(start + t) - from);
    return times;
}

Decoded toClip(const torch::Tensor& rows, std::span<const double> times) {
    const auto flat = rows.squeeze(0).to(torch::kCPU).contiguous();
    Table table(static_cast<std::size_t>(flat.size(0)), static_cast<std::size_t>(flat.size(1)));
    std::copy_n(flat.data_ptr<float>(), table.values.size(), table.values.begin());
    std::vector<std::array<float, 4>> slow(table.rows);
    for (std::size_t f = 0; f < table.rows; ++f)
        for (std::size_t k = 0; k < 4; ++k) slow[f][k] = table.at(f, pose::kContacts + k);
    Decoded decoded;
    decoded.clip = motion::sampleAt(motion::clipFromFeatures(table), times, kMotionFps);
    calmUpperBody(decoded.clip);
    for (const double t : times) decoded.contacts.push_back(contactsAt(slow, motion::kPoseFps, t));
    return decoded;
}

void mirror(Decoded& decoded) {
    // Contacts stand as kContactJoints: left ankle, left foot, right ankle, right foot.
    decoded.clip = motion::mirror(decoded.clip);
    for (auto& c : decoded.contacts) {
        std::swap(c[0], c[2]);
        std::swap(c[1], c[3]);
    }
}

std::vector<std::array<bool, 4>> contactsAlong(const std::vector<std::array<bool, 4>>& contacts, const std::vector<double>& times) {
    std::vector<std::array<bool, 4>> out;
    out.reserve(times.size());
    for (const double t : times) {
        const auto frame = static_cast<std::size_t>(std::max<std::int64_t>(0, nearestFrame({t}, kMotionFps).value));
        out.push_back(contacts[std::min(frame, contacts.size() - 1)]);
    }
    return out;
}

std::vector<double> stepTimes(const data::BeatTime& time, std::size_t first, std::size_t count, double start) {
    std::vector<double> times(count);
    for (std::size_t i = 0; i < count; ++i) times[i] = std::max(0.0, time.song(static_cast<double>(first + i) / data::kTokensPerSecond) - start);
    return times;
}

std::vector<double> tokenTimes(std::span<const double> begins, const std::vector<double>& warp) {
    const std::size_t count = begins.size();
    std::vector<double> times(count);
    std::size_t frame = 0;
    for (std::size_t i = 0; i < count; ++i) {
        const double wanted = begins[i];
        while (frame + 1 < warp.size() && warp[frame + 1] < wanted) ++frame;
        double share = 0;
        if (frame + 1 < warp.size() && warp[frame + 1] > warp[frame]) share = std::clamp((wanted - warp[frame]) / (warp[frame + 1] - warp[frame]), 0.0, 1.0);
        times[i] = (static_cast<double>(frame) + share) / kMotionFps;
    }
    return times;
}

std::vector<Tokens> encodeSteps(nn::Quantiser& coder, const motion::Clip& clip, torch::Device device) {
    Table rows = motion::poseFeatures(clip);
    rows.rows -= rows.rows % static_cast<std::size_t>(nn::Quantiser::kStride);
    rows.values.resize(rows.rows * rows.columns);
    const auto encoded = coder.encode(asTensor(rows, device).unsqueeze(0)).narrow(1, 0, coder.dancedStreams()).to(torch::kCPU).contiguous();
    std::vector<Tokens> steps(static_cast<std::size_t>(encoded.size(2)), Tokens(static_cast<std::size_t>(encoded.size(1))));
    const auto* token = encoded.data_ptr<std::int64_t>();
    for (std::size_t s = 0; s < static_cast<std::size_t>(encoded.size(1)); ++s)
        for (Tokens& step : steps) step[s] = *token++;
    return steps;
}

data::BeatTime timeOf(const nn::GcnMhwConfig& config, const audio::Analysis& analysis) {
    if (!config.beatTime) return {};
    return data::BeatTime::natural(analysis.grid.beats, analysis.grid.downbeats, analysis.duration);
}

std::size_t stepsOf(const audio::Analysis& analysis) {
    return std::max<std::size_t>(4, static_cast<std::size_t>(std::ceil(analysis.duration * data::kTokensPerSecond)));
}

HeardSteps hearSteps(const nn::GcnMhwConfig& config, const audio::Analysis& analysis, const data::BeatTime& time, const io::GenerateSettings& settings, double start,
                     std::size_t count, torch::Device device) {
    const auto energyOf = [](const Table& steps) {
        std::vector<float> energy(steps.rows);
        for (std::size_t i = 0; i < steps.rows; ++i) energy[i] = steps.at(i, data::kMusicEnergy);
        return energy;
    };
    const Table steps = data::musicSteps(analysis.features, start, 1.0, count);
    HeardSteps heard{{}, energyOf(steps)};
    if (config.controls == 0) {
        heard.music = asTensor(steps, device);
        return heard;
    }
    const std::vector<double> energy = energyAlong(settings, stepTimes(time, 0, stepsOf(analysis), 0));
    const std::vector<float> whole = data::energyWish(energyOf(data::musicSteps(analysis.features, 0.0, 1.0, energy.size())), energy, settings.seed * 1000003 + analysis.features.rows);  // of this dance to this song
    std::vector<float> wish(count);
    const auto first = static_cast<std::size_t>(std::llround(start * data::kTokensPerSecond));
    for (std::size_t i = 0; i < count; ++i) wish[i] = whole[std::min(first + i, whole.size() - 1)];
    heard.music = asTensor(data::withWish(steps, wish), device);
    return heard;
}

std::int64_t styleFor(nn::GcnMhwImpl& predictor, const torch::Tensor& music, const audio::Analysis& analysis) {
    const auto& styles = predictor.config().styles;
    if (styles.empty()) return 0;
    const auto guess = predictor.styleFromMusic(music.unsqueeze(0)).log_softmax(1).to(torch::kCPU).contiguous();
    return static_cast<std::int64_t>(chooseStyle(songCharacter(analysis), styles, {guess.data_ptr<float>(), styles.size()}));
}

std::vector<double> walkBeats(const audio::Analysis& analysis, double first) {
    std::vector<double> beats;
    for (const double beat : analysis.grid.beats) beats.push_back(beat * data::kTokensPerSecond - first);
    return beats;
}

std::vector<WalkPin> walkPins(std::span<const PinnedPose> pins, const data::BeatTime& time, double start, double first, bool mirrored) {
    std::vector<WalkPin> out;
    for (const PinnedPose& pin : pins) {
        motion::Clip pose;
        pose.root = {motion::Vec3(0, pin.height, 0)};
        pose.rotations = pin.rotations;
        if (mirrored) pose = motion::mirror(pose);
        const auto positions = bodyPositions(pose.rotations, pin.height);
        out.push_back({time.dance(start + pin.time) * data::kTokensPerSecond - first, {positions.begin(), positions.end()}});
    }
    return out;
}

Result<std::vector<double>> warpBetween(const motion::Positions& positions, const std::vector<double>& beats, const io::GenerateSettings& settings, double pauses,
                                        std::span<const std::size_t> fixed, const std::vector<double>& onset, SyncReport& report, std::stop_token stop) {
    const auto method = parseSyncMethod(settings.syncMethod);
    if (!method) return usageError("sync method", "unknown", syncMethodList(), settings.syncMethod);
    SyncSettings sync;
    sync.strength = settings.syncStrength;
    sync.seed = settings.seed;
    sync.method = *method;
    sync.pauses = pauses;
    const std::size_t frames = positions.frames();
    std::vector<std::size_t> cuts = {0};
    for (const std::size_t frame : fixed)
        if (frame > 0 && frame + 1 < frames) cuts.push_back(frame);
    if (cuts.size() == 1) return syncWarp(positions, beats, sync, &report, onset, stop);
    cuts.push_back(frames - 1);
    std::vector<double> warp = evenTimes(frames);
    double counted = 0;
    for (std::size_t c = 0; c + 1 < cuts.size(); ++c) {
        const std::size_t first = cuts[c], count = cuts[c + 1] - first + 1;
        const double start = static_cast<double>(first) / positions.fps, end = static_cast<double>(first + count - 1) / positions.fps;
        motion::Positions piece;
        piece.fps = positions.fps;
        piece.values.assign(positions.values.begin() + static_cast<std::ptrdiff_t>(first * motion::kJoints),
                            positions.values.begin() + static_cast<std::ptrdiff_t>((first + count) * motion::kJoints));
        std::vector<double> inside, heard;
        for (const double beat : beats)
            if (beat >= start && beat <= end) inside.push_back(beat - start);
        if (first < onset.size()) heard.assign(onset.begin() + static_cast<std::ptrdiff_t>(first), onset.end());
        SyncReport part;
        const auto times = syncWarp(piece, inside, sync, &part, heard, stop);
        for (std::size_t f = 0; f < count; ++f) warp[first + f] = start + times[f];
        const auto weight = static_cast<double>(inside.size());
        counted += weight;
        report.before += part.before * weight;
        report.matched += part.matched * weight;
        report.after += part.after * weight;
        report.meanSpeedChange += part.meanSpeedChange * static_cast<double>(count) / static_cast<double>(frames);
    }
    for (double* figure : {&report.before, &report.matched, &report.after}) *figure /= std::max(1.0, counted);
    return warp;
}

std::vector<double> onsetsOf(const audio::Analysis& analysis, std::size_t firstRow) {
    std::vector<double> onset;
    for (std::size_t row = firstRow; row < analysis.features.rows; ++row) onset.push_back(static_cast<double>(analysis.features.at(row, audio::columns::kOnset)));
    return onset;
}

void judge(Generated& result, const audio::Analysis& song) {
    const auto positions = motion::jointPositions(motion::Skeleton::body(), result.dance.clip);
    std::vector<float> loudness(song.features.rows);
    for (std::size_t row = 0; row < loudness.size(); ++row) loudness[row] = song.features.at(row, audio::columns::kEnergy);
    result.facingAway = facingAway(result.dance.clip);
    result.energyCorrelation = eval::energyCorrelation(positions, loudness);
    if (song.grid.beats.empty()) return;
    const auto alignment = eval::beatAlignment(positions, song.grid.beats);
    result.bas = alignment.bas;
    result.basChance = alignment.chance;
    result.basAboveChance = alignment.aboveChance;
}

}  // namespace choreia::choreo
