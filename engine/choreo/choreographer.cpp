// Music steps -> tokens -> pose features -> clip -> feet -> sync. Every arrow is a function of this file's anonymous namespace or of a neighbour.
#include "choreo/choreographer.h"

#include "choreo/echo.h"
#include "choreo/foot_cleanup.h"
#include "choreo/landmark_dance.h"
#include "choreo/style_choice.h"
#include "choreo/sync.h"
#include "choreo/token_walk.h"
#include "core/units.h"
#include "data/motion_energy.h"
#include "data/landmark_samples.h"
#include "data/music_steps.h"
#include "eval/metrics.h"
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

namespace choreia::choreo {

namespace pose = motion::pose;

struct Choreographer::State {
    // Torch modules have no const forward; evaluation changes nothing in them.
    std::shared_ptr<nn::Quantiser> quantiser;
    mutable nn::GcnMhw predictor{nullptr};
    mutable nn::LstmVae lstmVae{nullptr};  ///< instead of both
    std::vector<std::string> styles;
    torch::Device device = torch::kCPU;
};

Choreographer::Choreographer(std::unique_ptr<State> state) : state_(std::move(state)) {}
Choreographer::~Choreographer() = default;
const std::vector<std::string>& Choreographer::styles() const { return state_->styles; }

namespace {

double secondsSince(std::chrono::steady_clock::time_point start) { return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count(); }

Result<torch::Device> resolve(Device device) {
    const bool cuda = torch::cuda::is_available();
    if (device == Device::Cuda && !cuda) return badInput("--device", "this machine or this LibTorch has no CUDA device", "cpu or auto", "cuda");
    return torch::Device(device != Device::Cpu && cuda ? torch::kCUDA : torch::kCPU);
}

torch::Tensor asTensor(const Table& table, torch::Device device) {
    return torch::from_blob(const_cast<float*>(table.values.data()), {static_cast<std::int64_t>(table.rows), static_cast<std::int64_t>(table.columns)}, torch::kFloat32)
        .clone()
        .to(device);
}

// A decoded dance before sync: 60 fps, and the decoder's own word on contacts.
struct Decoded {
    motion::Clip clip;
    std::vector<std::array<float, 4>> contacts;
};

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

std::vector<double> evenTimes(std::size_t frames) {
    std::vector<double> times(frames);
    for (std::size_t f = 0; f < frames; ++f) times[f] = static_cast<double>(f) / kMotionFps;
    return times;
}

Decoded toClip(const torch::Tensor& rows, std::size_t frames) {
    const auto flat = rows.squeeze(0).to(torch::kCPU).contiguous();
    Table table(static_cast<std::size_t>(flat.size(0)), static_cast<std::size_t>(flat.size(1)));
    std::copy_n(flat.data_ptr<float>(), table.values.size(), table.values.begin());
    std::vector<std::array<float, 4>> slow(table.rows);
    for (std::size_t f = 0; f < table.rows; ++f)
        for (std::size_t k = 0; k < 4; ++k) slow[f][k] = table.at(f, pose::kContacts + k);
    Decoded decoded;
    const std::vector<double> times = evenTimes(frames);
    decoded.clip = motion::sampleAt(motion::clipFromFeatures(table), times, kMotionFps);
    for (const double t : times) decoded.contacts.push_back(contactsAt(slow, motion::kPoseFps, t));
    return decoded;
}

// Contacts stand as kContactJoints: left ankle, left foot, right ankle, right foot.
void mirror(Decoded& decoded) {
    decoded.clip = motion::mirror(decoded.clip);
    for (auto& c : decoded.contacts) {
        std::swap(c[0], c[2]);
        std::swap(c[1], c[3]);
    }
}

// Contacts of a clip read at other times: the nearest frame's.
std::vector<std::array<bool, 4>> contactsAlong(const std::vector<std::array<bool, 4>>& contacts, const std::vector<double>& times) {
    std::vector<std::array<bool, 4>> out;
    out.reserve(times.size());
    for (const double t : times) {
        const auto frame = static_cast<std::size_t>(std::max<std::int64_t>(0, nearestFrame({t}, kMotionFps).value));
        out.push_back(contacts[std::min(frame, contacts.size() - 1)]);
    }
    return out;
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

// The token predictor's way: music steps, tokens, pose rows. style -1: chosen by the music. Leaves tokens and style in the result.
Result<Decoded> fromTokens(nn::GcnMhw& predictor, nn::Quantiser& quantiser, const std::vector<std::string>& styles, torch::Device device, const audio::Analysis& analysis,
                           const io::GenerateSettings& settings, std::int64_t style, std::size_t frames, Generated& result, std::stop_token stop, Progress& progress) {
    auto start = std::chrono::steady_clock::now();
    const auto count = std::max<std::size_t>(4, static_cast<std::size_t>(std::ceil(analysis.duration * data::kTokensPerSecond)));
    const Table heard = data::musicSteps(analysis.features, 0.0, 1.0, count);
    WalkPlan plan;
    plan.energy.resize(count);
    for (std::size_t i = 0; i < count; ++i) plan.energy[i] = heard.at(i, data::kMusicEnergy);
    plan.music = asTensor(predictor->config().controls > 0 ? data::withWish(heard, data::energyWish(plan.energy, settings.energy, settings.seed)) : heard, device);
    if (style < 0) {
        style = 0;
        if (!styles.empty()) {
            const auto guess = predictor->styleFromMusic(plan.music.unsqueeze(0)).log_softmax(1).to(torch::kCPU).contiguous();
            style = static_cast<std::int64_t>(chooseStyle(songCharacter(analysis), styles, {guess.data_ptr<float>(), styles.size()}));
            result.dance.settings.style = styles[static_cast<std::size_t>(style)];
        }
    }
    plan.style = style;
    if (settings.repeats > 0)
        plan.echoes = keptEchoes(echoedSteps(analysis, count, data::kTokensPerSecond), analysis, data::kTokensPerSecond, settings.repeats, settings.seed);
    CHOREIA_ASSIGN(const auto tokens, walkTokens(*predictor, quantiser, plan, settings, stop, progress));
    result.seconds.tokens = secondsSince(start);

    start = std::chrono::steady_clock::now();
    Stage decoding(progress, "decoding motion");
    const auto rows = quantiser.decode(torch::tensor(tokens, torch::kInt64).view({1, predictor->config().streams, static_cast<std::int64_t>(count)}).to(device));
    auto decoded = toClip(rows, frames);
    auto& track = result.dance.tokens;
    track.tokensPerSecond = data::kTokensPerSecond;
    track.lower.assign(tokens.begin(), tokens.begin() + static_cast<std::ptrdiff_t>(count));
    track.upper.assign(tokens.begin() + static_cast<std::ptrdiff_t>(count), tokens.begin() + static_cast<std::ptrdiff_t>(2 * count));
    result.seconds.decodeMotion = secondsSince(start);
    return decoded;
}

// When each token begins once the warp has moved it: the warp turned round.
std::vector<double> tokenTimes(std::size_t count, const std::vector<double>& warp) {
    std::vector<double> times(count);
    std::size_t frame = 0;
    for (std::size_t i = 0; i < count; ++i) {
        const double wanted = static_cast<double>(i) / data::kTokensPerSecond;
        while (frame + 1 < warp.size() && warp[frame + 1] < wanted) ++frame;
        double share = 0;
        if (frame + 1 < warp.size() && warp[frame + 1] > warp[frame]) share = std::clamp((wanted - warp[frame]) / (warp[frame + 1] - warp[frame]), 0.0, 1.0);
        times[i] = (static_cast<double>(frame) + share) / kMotionFps;
    }
    return times;
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
        if (config.streams != state->quantiser->streams() || config.codes != state->quantiser->codes())
            return badInput(predictorPath.string(), "the predictor belongs to another quantiser",
                            std::to_string(state->quantiser->streams()) + " streams of " + std::to_string(state->quantiser->codes()) + " codes",
                            std::to_string(config.streams) + " streams of " + std::to_string(config.codes));
        state->predictor = nn::GcnMhw(config);
        CHOREIA_TRY(nn::fromTable(predictorTable, *state->predictor, predictorPath.string()));
        state->styles = config.styles;
        state->predictor->eval();
        state->predictor->to(device);
        return std::shared_ptr<const Choreographer>(new Choreographer(std::move(state)));
    } catch (const c10::Error& error) {
        return badInput(folder.string(), std::string("the weights cannot be used: ") + error.what_without_backtrace());
    } catch (const std::exception& error) {
        return badInput(folder.string(), std::string("the weights cannot be used: ") + error.what());
    }
}

Result<Generated> Choreographer::generate(const audio::Analysis& analysis, const io::GenerateSettings& settings, std::stop_token stop, Progress& progress) const {
    const auto& styles = state_->styles;
    std::int64_t style = -1;
    if (settings.style != "auto") {
        const auto found = std::find(styles.begin(), styles.end(), settings.style);
        if (found == styles.end()) {
            std::string known = "auto";
            for (const auto& name : styles) known += ", " + name;
            return usageError("style", "unknown style", known, settings.style);
        }
        style = found - styles.begin();
    }
    try {
        const torch::NoGradGuard noGrad;
        // One token at a time: threads would only wait for one another; and the sums come out alike on any number of cores.
        nn::setComputeThreads(1);
        Generated result;
        auto& dance = result.dance;
        dance.settings = settings;

        const auto frames = static_cast<std::size_t>(std::max(2.0, std::round(analysis.duration * kMotionFps)));
        Decoded decoded;
        if (!state_->lstmVae.is_empty()) {
            CHOREIA_ASSIGN(decoded, fromLandmarks(*state_->lstmVae, analysis, settings, frames, result, stop, progress));
        } else {
            CHOREIA_ASSIGN(decoded, fromTokens(state_->predictor, *state_->quantiser, styles, state_->device, analysis, settings, style, frames, result, stop, progress));
        }
        const std::size_t count = dance.tokens.lower.size();
        if (settings.mirror) mirror(decoded);
        if (stop.stop_requested()) return cancelled("generate");

        // Feet before beats: a warp of time moves no standing foot, but planting feet would move the pauses that the warp has placed.
        auto start = std::chrono::steady_clock::now();
        Stage cleaning(progress, "planting the feet");
        auto cleaned = cleanFeet(decoded.clip, decoded.contacts);
        dance.clip = std::move(cleaned.clip);
        dance.contacts = std::move(cleaned.contacts);
        result.seconds.cleanup = secondsSince(start);
        if (stop.stop_requested()) return cancelled("generate");

        start = std::chrono::steady_clock::now();
        std::vector<double> warp = evenTimes(frames);
        if (settings.sync && !analysis.grid.beats.empty()) {
            Stage syncing(progress, "meeting the beats");
            SyncReport report;
            const auto method = parseSyncMethod(settings.syncMethod);
            if (!method) return usageError("sync method", "unknown", syncMethodList(), settings.syncMethod);
            SyncSettings sync;
            sync.strength = settings.syncStrength;
            sync.seed = settings.seed;
            sync.method = *method;
            std::vector<double> onset(analysis.features.rows);
            for (std::size_t row = 0; row < onset.size(); ++row) onset[row] = static_cast<double>(analysis.features.at(row, audio::columns::kOnset));
            warp = syncWarp(motion::jointPositions(motion::Skeleton::body(), dance.clip), analysis.grid.beats, sync, &report, onset, stop);
            warp.resize(frames, warp.empty() ? 0.0 : warp.back());
            dance.clip = motion::sampleAt(dance.clip, warp, kMotionFps);
            dance.contacts = contactsAlong(dance.contacts, warp);
            result.basBeforeSync = report.before;
            result.basMatched = report.matched;
            result.meanSpeedChange = report.meanSpeedChange;
        }
        dance.tokens.times = tokenTimes(count, warp);
        result.seconds.sync = secondsSince(start);
        if (stop.stop_requested()) return cancelled("generate");

        if (!analysis.grid.beats.empty()) {
            const auto alignment = eval::beatAlignment(motion::jointPositions(motion::Skeleton::body(), dance.clip), analysis.grid.beats);
            result.bas = alignment.bas;
            result.basChance = alignment.chance;
            result.basAboveChance = alignment.aboveChance;
        }
        progress.report("done", 1.0, 0.0);
        return result;
    } catch (const c10::Error& error) {
        return failed("generate", error.what_without_backtrace());
    } catch (const std::exception& error) {
        return failed("generate", error.what());
    }
}

}  // namespace choreia::choreo
