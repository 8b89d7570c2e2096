// Music steps -> tokens -> pose features -> clip -> feet -> sync. Every arrow is a function of this file's anonymous namespace or of a neighbour.
#include "choreo/choreographer.h"

#include "choreo/choreographer_state.h"
#include "choreo/course.h"
#include "choreo/control.h"
#include "choreo/dance_steps.h"
#include "choreo/echo.h"
#include "choreo/facing.h"
#include "choreo/foot_cleanup.h"
#include "choreo/foot_contacts.h"
#include "choreo/landmark_dance.h"
#include "choreo/stage_path.h"
#include "choreo/still_ends.h"
#include "choreo/token_walk.h"
#include "core/units.h"
#include "data/beat_time.h"
#include "data/landmark_samples.h"
#include "data/motion_energy.h"
#include "data/music_steps.h"
#include "io/safetensors.h"
#include "motion/kinematics.h"
#include "motion/lift_landmarks.h"
#include "motion/pose_features.h"
#include "nn/gcn_mhw.h"
#include "nn/lstm_vae.h"
#include "nn/threads.h"
#include "nn/quantiser.h"
#include "nn/weights.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <numeric>

namespace choreia::choreo {

Choreographer::Choreographer(std::unique_ptr<State> state) : state_(std::move(state)) {}
Choreographer::~Choreographer() = default;
const std::vector<std::string>& Choreographer::styles() const { return state_->styles; }

namespace {

Result<torch::Device> resolve(Device device) {
    const bool cuda = torch::cuda::is_available();
    if (device == Device::Cuda && !cuda) return badInput("--device", "this machine or this LibTorch has no CUDA device", "cpu or auto", "cuda");
    return torch::Device(device != Device::Cpu && cuda ? torch::kCUDA : torch::kCPU);
}

// The LSTM-VAE's way: landmarks of the whole song, lifted to the skeleton.
Result<Decoded> fromLandmarks(nn::LstmVaeImpl& model, const audio::Analysis& analysis, const io::GenerateSettings& settings, std::size_t frames, Generated& result,
                              std::stop_token stop, Progress& progress) {
    auto start = std::chrono::steady_clock::now();
    CHOREIA_ASSIGN(const Table landmarks, danceLandmarks(model, analysis.features, analysis.duration, settings.temperature, settings.seed, stop, progress));
    result.seconds.tokens = secondsSince(start);
    start = std::chrono::steady_clock::now();
    CHOREIA_ASSIGN(const motion::Clip lifted, motion::liftLandmarks(landmarks, data::kSampleFps, model.config().pictureMetres, "generate", stop, progress));
    Decoded decoded;
    decoded.clip = motion::sampleAt(lifted, evenTimes(frames), kMotionFps);
    result.dance.settings.model = "lstm-vae";
    result.seconds.decodeMotion = secondsSince(start);
    return decoded;
}

constexpr double kTaught = 8;       // s of an opening that the predictor hears of
constexpr double kStillOpening = 1;  // s for which the first pose of a shorter one is held
constexpr std::size_t kDecodedPast = 6;  // steps

// What was danced before the song begins: the opening's end, without its last pose, which is the dance's first.
std::vector<Tokens> openingSteps(nn::Quantiser& quantiser, const motion::Clip& opening, bool mirrored, torch::Device device) {
    const double end = static_cast<double>(opening.frames() - 1) / opening.fps;
    const double length = std::clamp(end, kStillOpening, kTaught);
    const auto steps = static_cast<std::size_t>(std::floor(length * data::kTokensPerSecond));
    std::vector<double> times;
    for (auto k = static_cast<double>(steps * static_cast<std::size_t>(nn::Quantiser::kStride)); k > 0; --k) times.push_back(end - k / motion::kPoseFps);
    const motion::Clip past = motion::sampleAt(opening, times, motion::kPoseFps);  // times before its beginning show its first pose
    return encodeSteps(quantiser, mirrored ? motion::mirror(past) : past, device);
}

// Every step of a dance, as it is danced: what is met on the beat already needs less of a warp.
std::vector<Tokens> stepsOfDance(nn::Quantiser& quantiser, const io::Dance& dance, const data::BeatTime& time, std::size_t count, bool mirrored, torch::Device device) {
    std::vector<double> times(count * static_cast<std::size_t>(nn::Quantiser::kStride));
    for (std::size_t k = 0; k < times.size(); ++k) times[k] = std::max(0.0, time.song(static_cast<double>(k) / motion::kPoseFps));
    const motion::Clip clip = motion::sampleAt(dance.clip, times, motion::kPoseFps);
    return encodeSteps(quantiser, mirrored ? motion::mirror(clip) : clip, device);
}

}  // namespace

struct Choreographer::Likeness {
    const io::Dance& dance;
    double closeness;
};

namespace {

// The token predictor's way: music steps, tokens, pose rows. analysis: in the predictor's time; times: of each frame of the clip, in that time.
// style -1: chosen by the song. Leaves tokens and style in the result.
Result<Decoded> fromTokens(nn::GcnMhw& predictor, nn::Quantiser& quantiser, torch::Device device, const audio::Analysis& song, const audio::Analysis& analysis,
                           const data::BeatTime& time, const io::GenerateSettings& settings, std::int64_t style, WalkPlan plan, std::span<const double> times, Generated& result,
                           std::stop_token stop, Progress& progress) {
    auto start = std::chrono::steady_clock::now();
    const std::size_t count = stepsOf(analysis);
    HeardSteps heard = hearSteps(predictor->config(), analysis, time, settings, 0, count, device);
    plan.music = heard.music;
    plan.energy = std::move(heard.energy);
    plan.style = style >= 0 ? style : styleFor(*predictor, plan.music, song);
    if (const auto& styles = predictor->config().styles; style < 0 && !styles.empty()) result.dance.settings.style = styles[static_cast<std::size_t>(plan.style)];
    plan.styles = stylesAlong(settings, predictor->config().styles, plan.style, stepTimes(time, 0, count, 0));
    if (settings.repeats > 0)
        plan.echoes = keptEchoes(echoedSteps(analysis, count, data::kTokensPerSecond), analysis, data::kTokensPerSecond, settings.repeats, settings.seed);
    if (!plan.past.empty()) plan.mind = recall(*predictor, plan, settings.guidance);
    CHOREIA_ASSIGN(const auto tokens, walkTokens(*predictor, quantiser, plan, settings, stop, progress));
    result.seconds.tokens = secondsSince(start);

    start = std::chrono::steady_clock::now();
    Stage decoding(progress, "decoding motion");
    // What was danced before is decoded along, so that the beginning is decoded as the middle of a dance.
    std::vector<Tokens> line(plan.past.end() - static_cast<std::ptrdiff_t>(std::min(kDecodedPast, plan.past.size())), plan.past.end());
    const auto before = static_cast<std::int64_t>(line.size()) * nn::Quantiser::kStride;
    line.insert(line.end(), tokens.begin(), tokens.end());
    const auto rows = quantiser.decode(stacked(line, device));
    auto decoded = toClip(rows.narrow(1, before, rows.size(1) - before), times);
    auto& track = result.dance.tokens;
    track.tokensPerSecond = data::kTokensPerSecond;
    for (const Tokens& step : tokens) {
        track.lower.push_back(step[0]);
        track.upper.push_back(step[1]);
    }
    result.seconds.decodeMotion = secondsSince(start);
    return decoded;
}

}  // namespace

namespace {

Result<std::vector<std::vector<data::Moment>>> momentsOf(const TensorTable& table, const nn::GcnMhwConfig& config, const std::filesystem::path& path) {
    std::vector<std::vector<data::Moment>> moments(config.styles.size());
    const auto told = table.metadata.find("moments");
    if (told == table.metadata.end()) return moments;
    auto byStyle = data::parseMoments(told->second);
    for (std::size_t s = 0; s < moments.size(); ++s) moments[s] = std::move(byStyle[config.styles[s]]);
    for (const auto& style : moments)
        for (const auto& moment : style)
            for (const auto& step : moment)
                if (static_cast<std::int64_t>(step.size()) != config.streams || std::any_of(step.begin(), step.end(), [&](std::int64_t token) { return token < 0 || token >= config.codes; }))
                    return badInput(path.string(), "moments of another quantiser", std::to_string(config.streams) + " tokens a step, each under " + std::to_string(config.codes));
    return moments;
}

}  // namespace

Result<std::shared_ptr<const Choreographer>> Choreographer::load(const std::filesystem::path& folder, const std::string& set, Device wanted,
                                                                 const std::string& model) {
    if (model != "gcn-mhw" && model != "lstm-vae") return usageError("model", "is not a model", "gcn-mhw or lstm-vae", model);
    CHOREIA_ASSIGN(const auto device, resolve(wanted));
    try {
        auto state = std::make_unique<State>();
        state->device = device;
        if (model == "lstm-vae") {
            const auto path = folder / (set + ".lstm-vae.safetensors");
            CHOREIA_ASSIGN(const auto table, io::readSafetensors(path));
            CHOREIA_ASSIGN(const auto config, nn::configOf(table, model, path.string()));
            state->lstmVae = nn::LstmVae(nn::LstmVaeConfig::fromJson(config));
            CHOREIA_TRY(nn::fromTable(table, *state->lstmVae, path.string()));
            state->lstmVae->eval();
            state->lstmVae->to(device);
            return std::shared_ptr<const Choreographer>(new Choreographer(std::move(state)));
        }
        const auto predictorPath = folder / (set + ".gcn-mhw.safetensors");
        CHOREIA_ASSIGN(const auto predictorTable, io::readSafetensors(predictorPath));
        CHOREIA_ASSIGN(const auto predictorConfig, nn::configOf(predictorTable, "gcn-mhw", predictorPath.string()));
        const auto config = nn::GcnMhwConfig::fromJson(predictorConfig);
        // Weights from before there was a choice know of one quantiser.
        const auto named = predictorTable.metadata.find("quantiser");
        const std::string kind = named == predictorTable.metadata.end() ? "vq-vae" : named->second;
        const auto quantiserPath = folder / (set + "." + kind + ".safetensors");
        CHOREIA_ASSIGN(const auto quantiserTable, io::readSafetensors(quantiserPath));
        CHOREIA_ASSIGN(state->quantiser, nn::quantiserFrom(quantiserTable, quantiserPath.string(), device));
        if (state->quantiser->kind() != kind) return badInput(quantiserPath.string(), "weights of another kind", kind, state->quantiser->kind());
        if (config.musicColumns - config.controls != static_cast<std::int64_t>(data::kMusicColumns) ||
            (config.controls != 0 && config.controls != static_cast<std::int64_t>(data::kControlColumns)))
            return badInput(predictorPath.string(), "weights for another set of music features", std::to_string(data::kMusicColumns),
                            std::to_string(config.musicColumns - config.controls));
        if (config.streams != state->quantiser->dancedStreams() || config.codes != state->quantiser->codes())
            return badInput(predictorPath.string(), "the predictor belongs to another quantiser",
                            std::to_string(state->quantiser->dancedStreams()) + " streams of " + std::to_string(state->quantiser->codes()) + " codes",
                            std::to_string(config.streams) + " streams of " + std::to_string(config.codes));
        state->predictor = nn::GcnMhw(config);
        CHOREIA_TRY(nn::fromTable(predictorTable, *state->predictor, predictorPath.string()));
        state->styles = config.styles;
        const auto told = predictorTable.metadata.find("habits");
        const auto habits = eval::parseHabits(told == predictorTable.metadata.end() ? "" : told->second);
        for (const auto& style : config.styles) state->habits.push_back(habits.contains(style) ? habits.at(style) : eval::DanceHabits{});
        CHOREIA_ASSIGN(state->moments, momentsOf(predictorTable, config, predictorPath));
        state->predictor->eval();
        state->predictor->to(device);
        return std::shared_ptr<const Choreographer>(new Choreographer(std::move(state)));
    } catch (const c10::Error& error) {
        return badInput(folder.string(), std::string("the weights cannot be used: ") + error.what_without_backtrace());
    } catch (const std::exception& error) {
        return badInput(folder.string(), std::string("the weights cannot be used: ") + error.what());
    }
}

Result<std::int64_t> Choreographer::State::styleNamed(const std::string& name) const {
    if (name == "auto") return std::int64_t{-1};
    const auto found = std::find(styles.begin(), styles.end(), name);
    if (found != styles.end()) return static_cast<std::int64_t>(found - styles.begin());
    std::string known = "auto";
    for (const auto& style : styles) known += ", " + style;
    return usageError("style", "unknown style", known, name);
}

double Choreographer::State::mostOf(const io::GenerateSettings& settings, double eval::DanceHabits::*habit, double least) const {
    double most = least;
    const auto heed = [&](const std::string& name) {
        const auto place = std::find(styles.begin(), styles.end(), name);
        if (const auto index = static_cast<std::size_t>(place - styles.begin()); index < habits.size()) most = std::max(most, habits[index].*habit);
    };
    heed(settings.style);
    for (const auto& change : settings.styleCourse) heed(change.style);
    return most;
}

double Choreographer::State::pausesOf(const io::GenerateSettings& settings) const { return mostOf(settings, &eval::DanceHabits::pauses, 0); }

double Choreographer::State::stageOf(const io::GenerateSettings& settings) const {
    return settings.stage > 0 ? settings.stage : mostOf(settings, &eval::DanceHabits::stage, eval::kLeastStage);
}

Result<Generated> Choreographer::generate(const audio::Analysis& analysis, const io::GenerateSettings& settings, std::stop_token stop, Progress& progress,
                                          const Constraints& constraints) const {
    return make(analysis, settings, constraints, nullptr, stop, progress);
}

Result<Generated> Choreographer::likeThis(const audio::Analysis& analysis, const io::Dance& dance, const io::GenerateSettings& settings, double closeness,
                                          std::stop_token stop, Progress& progress, const Constraints& constraints) const {
    if (!(closeness >= 0 && closeness <= 1)) return usageError("closeness", "out of range", "0 to 1", std::to_string(closeness));
    if (!state_->quantiser) return usageError("model", "a dance like another needs the token predictor", "gcn-mhw", settings.model);
    if (dance.clip.frames() < 8) return badInput("dance", "is too short to go by", "8 frames or more", std::to_string(dance.clip.frames()));
    const Likeness likeness{dance, closeness};
    return make(analysis, settings, constraints, &likeness, stop, progress);
}

Result<Generated> Choreographer::make(const audio::Analysis& analysis, const io::GenerateSettings& settings, const Constraints& constraints, const Likeness* likeness,
                                      std::stop_token stop, Progress& progress) const {
    CHOREIA_ASSIGN(const std::int64_t style, state_->styleNamed(settings.style));
    CHOREIA_TRY(checkCourses(settings, state_->styles));
    CHOREIA_ASSIGN(const std::vector<PinnedPose> pins, orderedPins(constraints, 0, analysis.duration));
    try {
        const torch::NoGradGuard noGrad;
        // One token at a time: threads would only wait for one another; and the sums come out alike on any number of cores.
        nn::setComputeThreads(1);
        Generated result;
        auto& dance = result.dance;
        dance.settings = settings;

        const auto frames = static_cast<std::size_t>(std::max(2.0, std::round(analysis.duration * kMotionFps)));
        Decoded decoded;
        std::vector<double> begins;  // of the tokens
        if (!state_->lstmVae.is_empty()) {
            CHOREIA_ASSIGN(decoded, fromLandmarks(*state_->lstmVae, analysis, settings, frames, result, stop, progress));
        } else {
            const data::BeatTime time = timeOf(state_->predictor->config(), analysis);
            const audio::Analysis heard = data::inBeatTime(analysis, time);
            const std::size_t count = stepsOf(heard);
            begins = stepTimes(time, 0, count, 0);
            WalkPlan plan;
            plan.seed = settings.seed;
            plan.habits = state_->habits;
            plan.moments = state_->moments;
            plan.pins = walkPins(pins, time, 0, 0, settings.mirror);
            if (settings.sync) plan.beats = walkBeats(heard, 0);
            if (constraints.opening) plan.past = openingSteps(*state_->quantiser, *constraints.opening, settings.mirror, state_->device);
            if (likeness) {
                plan.seed = settings.seed * 0xd1342543de82ef95ULL + 11;  // other draws than those of the dance itself, had it the same seed
                plan.leanings = stepsOfDance(*state_->quantiser, likeness->dance, time, count, settings.mirror, state_->device);
                plan.leaning = static_cast<float>(6 + 14 * likeness->closeness);
                std::vector<std::ptrdiff_t> all(count);
                std::iota(all.begin(), all.end(), std::ptrdiff_t{0});
                const auto kept = keptEchoes(all, heard, data::kTokensPerSecond, likeness->closeness, plan.seed);
                for (std::size_t i = 0; i < count; ++i)
                    if (kept[i] < 0) plan.leanings[i].clear();
            }
            CHOREIA_ASSIGN(decoded, fromTokens(state_->predictor, *state_->quantiser, state_->device, analysis, heard, time, settings, style, std::move(plan), danceTimes(time, 0, frames, 0), result,
                                               stop, progress));
        }
        if (settings.mirror) mirror(decoded);
        const double stage = state_->stageOf(dance.settings);
        if (state_->lstmVae.is_empty()) {
            const ContactScores stands = scoreContacts(motion::jointPositions(motion::Skeleton::body(), decoded.clip), decoded.contacts, .35, .9);
            faceAudience(decoded.clip, stands);
            keepToStage(decoded.clip, stands, stage, state_->mostOf(dance.settings, &eval::DanceHabits::away, 0));
            if (settings.finalPose) faceFrom(decoded.clip, stands, lastAccent(analysis).value_or(0));
        }
        if (stop.stop_requested()) return cancelled("generate");

        // What must be met is met before the feet are planted, so that they stand in it, and once more at the end for what planting has moved. The floor
        // is found first: pinned heights are true ones, and a decoded dance floats or sinks.
        const auto meet = [&](motion::Clip& clip) {
            if (constraints.opening) openWith(clip, *constraints.opening);
            return meetPins(clip, pins, constraints.opening.has_value(), false);
        };
        std::vector<std::size_t> met = pinFrames(pins, frames);
        if (constraints.opening) met.insert(met.begin(), 0);

        // Feet before beats: a warp of time moves no standing foot, but planting feet would move the pauses that the warp has placed.
        auto start = std::chrono::steady_clock::now();
        Stage cleaning(progress, "planting the feet");
        if (!constraints.empty()) {
            decoded.clip = cleanFeet(decoded.clip, decoded.contacts, stage).clip;
            result.pinDistances = meet(decoded.clip);
        }
        auto cleaned = cleanFeet(decoded.clip, decoded.contacts, stage);
        dance.clip = std::move(cleaned.clip);
        dance.contacts = std::move(cleaned.contacts);
        result.seconds.cleanup = secondsSince(start);
        if (stop.stop_requested()) return cancelled("generate");

        start = std::chrono::steady_clock::now();
        std::vector<double> warp = evenTimes(frames);
        if (settings.sync && !analysis.grid.beats.empty()) {
            Stage syncing(progress, "meeting the beats");
            SyncReport report;
            CHOREIA_ASSIGN(warp, warpBetween(motion::jointPositions(motion::Skeleton::body(), dance.clip), analysis.grid.beats, settings, state_->pausesOf(dance.settings), pinFrames(pins, frames),
                                             onsetsOf(analysis), report, stop));
            warp.resize(frames, warp.empty() ? 0.0 : warp.back());
            dance.clip = motion::sampleAt(dance.clip, warp, kMotionFps);
            dance.contacts = contactsAlong(dance.contacts, warp);
            result.basBeforeSync = report.before;
            result.basMatched = report.matched;
            result.meanSpeedChange = report.meanSpeedChange;
        }
        if (settings.firstPose && !constraints.opening) beginInPose(dance.clip, dance.contacts, warp, analysis, 0, met);
        if (settings.finalPose) endInPose(dance.clip, dance.contacts, warp, analysis, 0, met);
        meet(dance.clip);
        keepAboveFloor(dance.clip, met);
        dance.tokens.times = tokenTimes(begins, warp);
        result.seconds.sync = secondsSince(start);
        if (stop.stop_requested()) return cancelled("generate");
        judge(result, analysis);
        progress.report("done", 1.0, 0.0);
        return result;
    } catch (const c10::Error& error) {
        return failed("generate", error.what_without_backtrace());
    } catch (const std::exception& error) {
        return failed("generate", error.what());
    }
}

}  // namespace choreia::choreo
