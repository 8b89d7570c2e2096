// A part of a dance made anew between what is kept: the predictor is told what was danced before, several ways on are walked, and the one whose end
// lies nearest to what follows is bent to meet it.
#include "choreo/choreographer.h"
#include "choreo/choreographer_state.h"
#include "choreo/course.h"
#include "choreo/dance_steps.h"
#include "choreo/joins.h"
#include "choreo/part.h"
#include "choreo/still_ends.h"
#include "core/units.h"
#include "data/music_steps.h"
#include "motion/kinematics.h"
#include "motion/pose_features.h"
#include "nn/threads.h"

#include <algorithm>
#include <cmath>

namespace choreia::choreo {

namespace {

using motion::Clip;

constexpr std::size_t kTaughtSteps = 60;   // 8 s: what the predictor's attention reaches
constexpr std::size_t kDecodedAround = 6;  // steps decoded before and after the part
constexpr std::uint64_t kWays = 4;

/// The part among the steps of the song: it lies in [first, first + count).
struct Steps {
    data::BeatTime time;
    std::size_t first, count;
    [[nodiscard]] double from() const { return static_cast<double>(first) / data::kTokensPerSecond; }  ///< dance seconds
};
Steps stepsAround(const Part& part, data::BeatTime time) {
    const auto place = [&](std::size_t frame) { return std::max(0.0, time.dance(static_cast<double>(frame) / kMotionFps) * data::kTokensPerSecond); };
    const auto first = static_cast<std::size_t>(std::floor(place(part.first) + 1e-6));
    const auto end = static_cast<std::size_t>(std::ceil(place(part.last) - 1e-6));
    return {std::move(time), first, std::max<std::size_t>(1, end - first)};
}

/// Tokens of the dance before and after the part, on the grid of the song's steps.
struct Kept {
    std::vector<Tokens> past, future;
};
Kept keptSteps(nn::Quantiser& coder, const Clip& clip, const Part& part, const Steps& among, torch::Device device) {
    const std::size_t past = part.joinsBefore ? std::min(kTaughtSteps, among.first) : 0, steps = among.count;
    const std::size_t whole = past + steps + kDecodedAround;
    std::vector<double> times;
    for (std::size_t k = 0; k < whole * static_cast<std::size_t>(nn::Quantiser::kStride); ++k)
        times.push_back(among.time.song(static_cast<double>(among.first - past) / data::kTokensPerSecond + static_cast<double>(k) / motion::kPoseFps));
    const auto line = encodeSteps(coder, motion::sampleAt(clip, times, motion::kPoseFps), device);
    Kept kept;
    kept.past.assign(line.begin(), line.begin() + static_cast<std::ptrdiff_t>(past));
    if (part.joinsAfter) kept.future.assign(line.begin() + static_cast<std::ptrdiff_t>(past + steps), line.end());
    return kept;
}

/// The new steps between the kept ones, decoded, standing where the part begins (or, at the song's beginning, where it ends).
Decoded decodeBetween(nn::Quantiser& coder, const Kept& kept, std::span<const Tokens> steps, const Clip& dance, const Part& part, const Steps& among, bool mirrored,
                       torch::Device device) {
    std::vector<Tokens> line(kept.past.end() - static_cast<std::ptrdiff_t>(std::min(kDecodedAround, kept.past.size())), kept.past.end());
    const auto before = static_cast<std::int64_t>(line.size()) * nn::Quantiser::kStride;
    line.insert(line.end(), steps.begin(), steps.end());
    line.insert(line.end(), kept.future.begin(), kept.future.end());
    const auto rows = coder.decode(stacked(line, device));
    Decoded decoded = toClip(rows.narrow(1, before, rows.size(1) - before), danceTimes(among.time, part.start(), part.frames(), among.from()));
    if (mirrored) mirror(decoded);
    standAt(decoded.clip, dance, part);
    return decoded;
}

}  // namespace

Result<Generated> Choreographer::remake(const audio::Analysis& analysis, const io::Dance& dance, double from, double to, const io::GenerateSettings& settings,
                                        const Constraints& constraints, std::stop_token stop, Progress& progress) const {
    if (!state_->quantiser) return usageError("model", "a part is made anew by the token predictor", "gcn-mhw", settings.model);
    if (constraints.opening) return usageError("opening", "a part carries on from what is before it", "no opening");
    const std::string wanted = settings.style == "auto" ? dance.settings.style : settings.style;
    CHOREIA_ASSIGN(std::int64_t style, state_->styleNamed(wanted));
    CHOREIA_TRY(checkCourses(settings, state_->styles));
    CHOREIA_ASSIGN(const Part part, partOf(dance, from, to));
    CHOREIA_ASSIGN(std::vector<PinnedPose> pins, orderedPins(constraints, part.start() + 0.1 * part.joinsBefore, static_cast<double>(part.last) / kMotionFps - 0.1 * part.joinsAfter));
    for (PinnedPose& pin : pins) pin.time -= part.start();
    try {
        const torch::NoGradGuard noGrad;
        nn::setComputeThreads(1);
        auto start = std::chrono::steady_clock::now();
        auto& coder = *state_->quantiser;
        Generated result;
        result.dance = dance;

        const Steps place = stepsAround(part, timeOf(state_->predictor->config(), analysis));
        const std::size_t count = place.count;
        const Clip seen = settings.mirror ? motion::mirror(dance.clip) : dance.clip;
        const Kept kept = keptSteps(coder, seen, part, place, state_->device);
        WalkPlan plan;
        plan.habits = state_->habits;
        plan.moments = state_->moments;
        plan.first = kept.past.size();
        plan.end = plan.first + count;
        const double heardFrom = static_cast<double>(place.first - plan.first) / data::kTokensPerSecond;
        const audio::Analysis stretched = data::inBeatTime(analysis, place.time);
        HeardSteps heard = hearSteps(state_->predictor->config(), stretched, place.time, settings, heardFrom, plan.end + 8, state_->device);
        plan.music = heard.music;
        plan.energy = std::move(heard.energy);
        plan.style = style >= 0 ? style : styleFor(*state_->predictor, plan.music, analysis);
        plan.styles = stylesAlong(settings, state_->styles, plan.style, stepTimes(place.time, place.first - plan.first, plan.end + 8, 0));
        plan.past = kept.past;
        plan.seed = settings.seed * 0x9e3779b97f4a7c15ULL + 29;
        if (!plan.past.empty()) plan.mind = recall(*state_->predictor, plan, settings.guidance);
        std::vector<PinnedPose> sought = pins;
        // The kept pose after the part is a goal of the walk like a pin.
        if (part.joinsAfter) sought.push_back(pinFrom(motion::slice(dance.clip, part.last, 1), 0, static_cast<double>(part.frames() - 1) / kMotionFps));
        if (settings.sync) plan.beats = walkBeats(stretched, static_cast<double>(place.first - plan.first));
        plan.pins = walkPins(sought, place.time, part.start(), static_cast<double>(place.first - plan.first), settings.mirror);

        Decoded inside;
        std::vector<Tokens> steps;
        double least = 0;
        for (std::uint64_t way = 0; way < (part.joinsAfter ? kWays : 1); ++way) {
            plan.seed += 0xd1342543de82ef95ULL;
            CHOREIA_ASSIGN(auto walked, walkTokens(*state_->predictor, coder, plan, settings, stop, progress));
            Decoded decoded = decodeBetween(coder, kept, walked, dance.clip, part, place, settings.mirror, state_->device);
            const Join join = part.joinsAfter ? joinBetween(decoded.clip, motion::slice(dance.clip, part.last, 2)) : Join{};
            if (way > 0 && join.cost() >= least) continue;
            least = join.cost();
            result.joinDistance = join.pose;
            inside = std::move(decoded);
            steps = std::move(walked);
        }
        result.seconds.tokens = secondsSince(start);
        if (stop.stop_requested()) return cancelled("remake");

        start = std::chrono::steady_clock::now();
        Stage cleaning(progress, "planting the feet");
        io::GenerateSettings danced = settings;
        danced.style = wanted;
        if (danced.stage == 0) danced.stage = dance.settings.stage;
        Settled settled = settle(std::move(inside.clip), dance.clip, part, pins, state_->stageOf(danced));
        Clip insideClip = std::move(settled.clip);
        std::vector<std::array<bool, 4>> contacts = std::move(settled.contacts);
        result.pinDistances = std::move(settled.pinDistances);
        result.seconds.cleanup = secondsSince(start);
        if (stop.stop_requested()) return cancelled("remake");

        start = std::chrono::steady_clock::now();
        std::vector<double> warp = evenTimes(part.frames());
        if (settings.sync && !analysis.grid.beats.empty()) {
            Stage syncing(progress, "meeting the beats");
            std::vector<double> beats;
            for (const double beat : analysis.grid.beats)
                if (beat >= part.start() && beat < part.start() + static_cast<double>(part.frames()) / kMotionFps) beats.push_back(beat - part.start());
            SyncReport report;
            CHOREIA_ASSIGN(warp, warpBetween(motion::jointPositions(motion::Skeleton::body(), insideClip), beats, settings, state_->pausesOf(danced), pinFrames(pins, part.frames()),
                                             onsetsOf(analysis, part.first), report, stop));
            insideClip = motion::sampleAt(insideClip, warp, kMotionFps);
            contacts = contactsAlong(contacts, warp);
            result.basBeforeSync = report.before;
            result.basMatched = report.matched;
            result.meanSpeedChange = report.meanSpeedChange;
        }
        if (settings.firstPose && !part.joinsBefore) beginInPose(insideClip, contacts, warp, analysis, part.start(), pinFrames(pins, part.frames()));
        if (settings.finalPose && !part.joinsAfter) endInPose(insideClip, contacts, warp, analysis, part.start(), pinFrames(pins, part.frames()));
        if (stop.stop_requested()) return cancelled("remake");
        layInto(result.dance, part, std::move(insideClip), contacts, pins);
        auto& track = result.dance.tokens;
        const std::vector<double> begins = tokenTimes(stepTimes(place.time, place.first, count, part.start()), warp);
        for (std::size_t i = 0; i < track.times.size() && i < track.lower.size() && i < track.upper.size(); ++i) {
            const double time = track.times[i] + 0.5 / data::kTokensPerSecond - part.start();
            if (time < 0 || time >= static_cast<double>(part.frames() - 1) / kMotionFps) continue;
            const auto step = static_cast<std::size_t>(std::max<std::ptrdiff_t>(0, std::upper_bound(begins.begin(), begins.end(), time) - begins.begin() - 1));
            track.lower[i] = steps[step][0];
            track.upper[i] = steps[step][1];
        }
        result.seconds.sync = secondsSince(start);
        judge(result, analysis);
        progress.report("done", 1.0, 0.0);
        return result;
    } catch (const c10::Error& error) {
        return failed("remake", error.what_without_backtrace());
    } catch (const std::exception& error) {
        return failed("remake", error.what());
    }
}

}  // namespace choreia::choreo
