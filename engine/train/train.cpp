// From a request to a task in the loop.
#include "train/train.h"

#include "core/atomic_file.h"
#include "core/log.h"
#include "core/parallel.h"
#include "data/dataset.h"
#include "io/safetensors.h"
#include "nn/mixed_precision.h"
#include "nn/threads.h"
#include "nn/weights.h"
#include "train/kmeans_task.h"
#include "train/tasks.h"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <set>

namespace choreia::train {

namespace {

const std::set<std::string> kLoopKeys = {"name", "learning_rate", "weight_decay", "clip_norm", "ema_decay", "warmup_steps", "epochs", "validate_every_s",
                                         "checkpoint_every_s", "log_every_s", "precision", "start_from", "style_name", "batch", "speeds", "trained_on", "licence", "command"};

/// All that differs from model to model.
struct Model {
    const char* name;
    std::set<std::string> keys;  ///< of its config, beside kLoopKeys
    double learningRate, weightDecay;  ///< where the config says nothing
    int epochs;
    bool needsData, needsClips;  ///< any --data; motion data sets, which are loaded
    /// Null: not trained by the loop.
    Result<std::unique_ptr<Task>> (*make)(const std::vector<std::filesystem::path>& data, const std::vector<data::TrainingClip>& clips, const TaskSetting& setting);
    bool mixed = false;  ///< its losses may be worked out with products in bfloat16
};

const std::vector<Model>& models() {
    using Paths = std::vector<std::filesystem::path>;
    using Clips = std::vector<data::TrainingClip>;
    static const std::vector<Model> all = {
        {"vq-vae", {"width", "code_size", "codes", "levels", "danced_levels", "level_dropout", "plain_steps", "decoder_only", "mixed_share", "turned_share", "turned_legs_share"}, 1e-3, 0.0, 300, true, true,
         [](const Paths&, const Clips& clips, const TaskSetting& setting) { return makeVqVaeTask(clips, setting); }},
        {"kmeans", {"codes", "mode", "blend", "code_size", "elbow", "samples", "batches", "passes"}, 1e-3, 0.0, 1, true, true, nullptr},
        {"gcn-mhw",
         {"node_channels", "width", "heads", "blocks", "window", "taps", "scales", "music_width", "dropout", "plain_graph", "plain_time",
          "no_music", "no_style", "sequence", "corruption", "music_dropout", "timbre_dropout", "wish_dropout", "out_of_step", "phases", "bearings", "tell_alterations", "recorded_share", "leave_ends", "style_balance", "time", "vq_vae", "quantiser", "kmeans", "hold", "hold_share"},
         6e-4, 0.05, 200, true, true, [](const Paths&, const Clips& clips, const TaskSetting& setting) { return makeGcnMhwTask(clips, setting); }},
        {"lstm-vae", {"units", "latent", "kl_weight", "kl_warmup_steps"}, 1e-3, 0.0, 100, true, false,
         [](const Paths& data, const Clips&, const TaskSetting& setting) { return makeLstmVaeTask(data, setting); }},
        {"lift", {"width", "dilations", "window"}, 1.5e-3, 0.01, 60, true, true, [](const Paths&, const Clips& clips, const TaskSetting& setting) { return makeLiftTask(clips, setting); }},
        {"beats",
         {"width", "blocks", "filters", "dropout", "window", "pool", "first_pool", "steps_per_piece",
          "piece_seconds", "song_share", "coarse", "tempo_share", "short_share", "stretch"},
         2e-3, 0.01, 40, false, false, [](const Paths& data, const Clips&, const TaskSetting& setting) { return makeBeatsTask(data, setting); }},
        {"dancer-gan",
         {"size", "unshuffle", "maps", "fine", "middle", "layered", "frame", "head_weight", "coverage_weight", "perceptual_weight", "perceptual_from", "contrast_weight", "curvature_weight", "noise", "widths", "deep_blocks", "canvas", "previous", "critic", "fresh", "pool", "look", "flip", "plain_share", "grow_share", "gan_rate",
          "critic_rate", "pixel_weight", "adversary_weight", "feature_weight", "plain_mask", "gan_mask"},
         1e-3, 0.0, 60, true, false, [](const Paths& data, const Clips&, const TaskSetting& setting) { return makeDancerGanTask(data, setting); }},
        {"dancer-gan-basic",
         {"size", "fresh", "pool", "look", "flip", "plain_share", "gan_rate", "critic_rate", "pixel_weight", "adversary_weight", "plain_mask", "gan_mask", "head_weight",
          "perceptual_weight", "perceptual_from", "contrast_weight", "curvature_weight"},
         1e-3, 0.0, 60, true, false, [](const Paths& data, const Clips&, const TaskSetting& setting) { return makeDancerGanBasicTask(data, setting); }},
        {"se-vit",
         {"size", "width", "layers", "heads", "stem", "features", "dropout", "render_share", "nobody_share", "fresh", "pool", "measure_only"},
         1e-3, 0.02, 60, true, false, [](const Paths& data, const Clips&, const TaskSetting& setting) { return makeSeVitTask(data, setting); }, true},
        {"se-vit-basic",
         {"size", "patch", "width", "layers", "heads", "render_share", "nobody_share", "fresh", "pool", "measure_only"},
         3e-4, 0.02, 60, true, false, [](const Paths& data, const Clips&, const TaskSetting& setting) { return makeSeVitBasicTask(data, setting); }},
    };
    return all;
}

// Adds what the person says about the data to the weights' metadata.
class DescribedTask final : public Task {
public:
    DescribedTask(std::unique_ptr<Task> task, nlohmann::json config) : task_(std::move(task)), config_(std::move(config)) {}
    [[nodiscard]] std::string kind() const override { return task_->kind(); }
    torch::nn::Module& module() override { return task_->module(); }
    [[nodiscard]] nlohmann::json modelConfig() const override { return task_->modelConfig(); }
    std::vector<std::pair<std::string, torch::Tensor>> loss(Random& random, std::int64_t step) override { return task_->loss(random, step); }
    std::map<std::string, double> validate() override { return task_->validate(); }
    Result<void> startFrom(const TensorTable& table, const std::string& where) override { return task_->startFrom(table, where); }
    [[nodiscard]] double stepsPerEpoch() const override { return task_->stepsPerEpoch(); }
    [[nodiscard]] std::int64_t batch() const override { return task_->batch(); }
    void reached(double share) override { task_->reached(share); }
    [[nodiscard]] double rateAt(double share) const override { return task_->rateAt(share); }
    [[nodiscard]] std::pair<double, double> betas() const override { return task_->betas(); }
    [[nodiscard]] std::map<std::string, torch::Tensor> extraState() override { return task_->extraState(); }
    bool setExtraState(const std::map<std::string, torch::Tensor>& state) override { return task_->setExtraState(state); }
    [[nodiscard]] std::map<std::string, std::string> metadata() const override {
        auto all = task_->metadata();
        all["trained_on"] = config_.value("trained_on", nlohmann::json::array()).dump();
        all["licence"] = config_.value("licence", std::string("not stated"));
        all["command"] = config_.value("command", std::string());
        return all;
    }

private:
    std::unique_ptr<Task> task_;
    nlohmann::json config_;
};

Result<torch::Device> deviceFor(const std::string& text, const RankPlace& place) {
    const bool cuda = torch::cuda::is_available();
    if (text == "cpu" || (text == "auto" && !cuda)) return torch::Device(torch::kCPU);
    if (text == "auto" || (text == "cuda" && cuda)) return torch::Device(torch::kCUDA, static_cast<c10::DeviceIndex>(cudaDeviceOf(place, static_cast<int>(torch::cuda::device_count()))));
    if (text == "cuda") return badInput("--device", "this machine or this LibTorch has no CUDA device", "cpu or auto", "cuda");
    return usageError("--device", "unknown device", "auto, cpu or cuda", text);
}

Result<nlohmann::json> readConfig(const TrainRequest& request, const Model& model) {
    if (request.config.empty()) return nlohmann::json(nlohmann::json::object());
    CHOREIA_ASSIGN(const auto text, readFile(request.config));
    auto json = nlohmann::json::parse(text, nullptr, false);
    if (!json.is_object()) return badInput(request.config.string(), "not a config", "a JSON object");
    for (const auto& [key, value] : json.items())
        if (!kLoopKeys.count(key) && !model.keys.count(key)) return usageError(request.config.string(), "unknown key '" + key + "' for " + request.model);
    return json;
}

Result<bool> mixedPrecision(const std::string& asked, const Model& model, const TrainRequest& request, const torch::Device& device) {
    if (asked == "float32") return false;
    if (asked == "auto") return model.mixed && nn::quickInBfloat16(device);
    if (asked != "bfloat16") return usageError(request.config.string(), "unknown precision", "float32, bfloat16 or auto", asked);
    if (!model.mixed) return usageError(request.config.string(), request.model + " trains in float32 alone", "float32 or auto", asked);
    return true;
}

constexpr double kFineTuneMinutes = 4;

/// What a fine-tuning of a few minutes is told where the person says nothing.
nlohmann::json fineTuned(const nlohmann::json& config, const std::string& model) {
    nlohmann::json all = {{"learning_rate", 3e-4}, {"warmup_steps", 20}, {"ema_decay", 0.98}, {"validate_every_s", 20}};
    if (model == "gcn-mhw") all.update({{"hold", 3.0}, {"batch", 12}, {"sequence", 112}, {"corruption", 0.9}, {"music_dropout", 0.06}, {"weight_decay", 0.05}});
    if (model == "vq-vae") all.update({{"plain_steps", 0}});
    all.update(config);
    return all;
}

/// A handful of clips may all fall on the side to learn from: then the shortest take of over 8 s is kept for validation, under all its songs.
void keepOneBack(std::vector<data::TrainingClip>& clips) {
    const auto takeOf = [](const data::TrainingClip& clip) { return clip.name.substr(0, clip.name.find('~')); };
    std::map<std::string, double> takes;
    for (const auto& clip : clips) {
        if (clip.validation) return;
        takes[takeOf(clip)] = clip.clip.seconds();
    }
    if (takes.size() < 2) return;
    const auto least = std::min_element(takes.begin(), takes.end(), [](const auto& a, const auto& b) {
        const auto cost = [](double seconds) { return seconds < 8 ? 1e9 - seconds : seconds; };
        return cost(a.second) < cost(b.second);
    });
    for (auto& clip : clips) clip.validation = takeOf(clip) == least->first;
    logWarning("no clip is kept for validation: " + least->first + " is now");
}

/// The weights to begin from, as they were when the run began: a copy lies in the run folder, since the run that they come from may go on or go away.
Result<StartWeights> readStart(const TrainRequest& request, const std::filesystem::path& from, const std::string& quantiser) {
    StartWeights start;
    const auto copy = request.out / (request.model + ".start.safetensors");
    const auto path = request.resume && std::filesystem::exists(copy) ? copy : from;
    start.where = path.string();
    CHOREIA_ASSIGN(start.table, io::readSafetensors(path));
    CHOREIA_ASSIGN(start.config, nn::configOf(start.table, request.model, start.where));
    // The quantiser of the same set lies beside them; the run folder takes it too and is a set of its own.
    const std::string name = from.filename().string();
    start.quantiser = from.parent_path() / (name.substr(0, name.find('.')) + "." + quantiser + ".safetensors");
    return start;
}

Result<void> keepStart(const TrainRequest& request, const StartWeights& start, const std::string& name) {
    std::error_code code;
    std::filesystem::create_directories(request.out, code);
    if (code) return failed(request.out.string(), "the run folder cannot be made: " + code.message());
    if (!request.resume) CHOREIA_TRY(io::writeSafetensors(request.out / (request.model + ".start.safetensors"), start.table));
    const std::string file = start.quantiser.filename().string();
    const auto beside = request.out / (name + file.substr(std::min(file.size(), file.find('.'))));
    if (request.model != "gcn-mhw" || std::filesystem::exists(beside) || !std::filesystem::exists(start.quantiser)) return {};
    CHOREIA_ASSIGN(const auto bytes, readFile(start.quantiser));
    return writeFile(beside, bytes);
}

}  // namespace

std::vector<std::string> modelNames() {
    std::vector<std::string> names;
    for (const Model& model : models()) names.emplace_back(model.name);
    return names;
}

Result<void> train(const TrainRequest& request, std::stop_token stop, Progress& progress) {
    const auto found = std::find_if(models().begin(), models().end(), [&](const Model& m) { return request.model == m.name; });
    if (found == models().end()) {
        std::string names;
        for (const Model& m : models()) names += (names.empty() ? "" : &m == &models().back() ? " or " : ", ") + std::string(m.name);
        return usageError("train", "unknown model", names, request.model);
    }
    const Model& model = *found;
    if (request.data.empty() && model.needsData) return usageError("train", "no data given", "--data F.h5");
    CHOREIA_ASSIGN(const auto place, placeFromEnvironment([](const char* name) { return std::getenv(name); }));
    CHOREIA_ASSIGN(const auto device, deviceFor(request.device, place));
    CHOREIA_ASSIGN(auto config, readConfig(request, model));
    if (!request.from.empty()) {
        config = fineTuned(config, request.model);
        config["start_from"] = request.from.string();
    }
    if (!request.keep.empty() && (request.from.empty() || request.model != "gcn-mhw")) return usageError("--keep", "is for gcn-mhw with --from", "both", request.model);
    if (place.world > 1 && model.make == nullptr) return usageError("train", request.model + " trains in one process", "WORLD_SIZE of 1", std::to_string(place.world));
    std::vector<data::TrainingClip> clips;
    if (model.needsClips) {
        CHOREIA_ASSIGN(clips, data::loadClips(request.data));
        keepOneBack(clips);
        if (const auto name = request.style.empty() ? config.value("style_name", std::string()) : request.style; !name.empty())
            for (auto& clip : clips) clip.style = name;
    }
    try {
        CHOREIA_ASSIGN(const bool mixed, mixedPrecision(config.value("precision", std::string("float32")), model, request, device));
        nn::setComputeThreads(threadCount());
        nn::keepFreedMemory();
        if (device.is_cuda()) {  // TF32: float32's range with ten bits behind the point, which is less rough than gradients are
            at::globalContext().setAllowTF32CuBLAS(true);
            at::globalContext().setAllowTF32CuDNN(true);
        }
        CHOREIA_ASSIGN(auto ranks, joinRanks(place));
        TaskSetting setting{config, device, request.seed, request.out, config.value("name", std::string("default")), Share{std::move(ranks)}};
        const auto record = [&]() -> Result<void> {
            auto json = config;
            json["model"] = request.model;
            json["seed"] = request.seed;
            return writeFile(request.out / (request.model + ".config.json"), json.dump(2) + "\n");
        };
        if (model.make == nullptr) {
            if (!request.from.empty()) return usageError("--from", request.model + " begins from nothing", "no --from", request.from.string());
            std::filesystem::create_directories(request.out);
            CHOREIA_TRY(trainKMeans(clips, setting, request.log, request.print, stop, progress));
            return record();
        }
        StartWeights start;
        if (const auto from = config.value("start_from", std::string()); !from.empty()) {
            CHOREIA_ASSIGN(start, readStart(request, from, config.value("quantiser", std::string("vq-vae"))));
            setting.start = &start;
        }
        if (!request.keep.empty()) {
            CHOREIA_ASSIGN(setting.kept, data::loadClips(request.keep));
        }
        CHOREIA_ASSIGN(auto task, model.make(request.data, clips, setting));
        if (setting.share.ranks) {
            if (task->batch() == 0) return usageError("train", request.model + " trains in one process", "WORLD_SIZE of 1", std::to_string(place.world));
            CHOREIA_TRY(checkShare(setting.share, task->batch()));
        }
        if (setting.start && !request.resume) CHOREIA_TRY(task->startFrom(start.table, start.where));
        if (setting.start && setting.share.rank() == 0) CHOREIA_TRY(keepStart(request, start, setting.name));
        LoopSettings loop;
        loop.name = setting.name;
        loop.learningRate = config.value("learning_rate", model.learningRate);
        loop.weightDecay = config.value("weight_decay", model.weightDecay);
        loop.clipNorm = config.value("clip_norm", 1.0);
        loop.emaDecay = config.value("ema_decay", 0.998);
        loop.warmupSteps = config.value("warmup_steps", 100);
        loop.validateEveryS = config.value("validate_every_s", 60.0);
        loop.checkpointEveryS = config.value("checkpoint_every_s", 60.0);
        loop.logEveryS = config.value("log_every_s", loop.logEveryS);
        loop.minutes = !request.from.empty() && request.epochs == 0 && request.minutes == 0 && !config.contains("epochs") ? kFineTuneMinutes : request.minutes;
        loop.epochs = request.epochs > 0 ? request.epochs : loop.minutes > 0 ? 0 : config.value("epochs", model.epochs);
        loop.mixedPrecision = mixed;
        loop.device = device;
        loop.resume = request.resume;
        loop.validateFirst = !request.from.empty();
        loop.seed = request.seed;
        loop.out = request.out;
        loop.log = request.log;
        loop.share = setting.share;
        DescribedTask described(std::move(task), config);
        CHOREIA_TRY(runLoop(described, loop, stop, progress));
        return setting.share.rank() == 0 ? record() : Result<void>();
    } catch (const c10::Error& error) {
        return failed("train " + request.model, error.what_without_backtrace());
    } catch (const std::exception& error) {
        return failed("train " + request.model, error.what());
    }
}

}  // namespace choreia::train
