// choreia train: the networks, from data to weights.
#include "train/train.h"

#include "choreo/sync_tuning.h"
#include "cli/verbs.h"
#include "core/parallel.h"

#include <algorithm>
#include <array>

namespace choreia::cli {

namespace {

struct Options {
    train::TrainRequest request;
    std::vector<std::string> data;
    std::string out, config, log;
    int threads = 0;
};

constexpr const char* kNames = "vq-vae, kmeans, gcn-mhw, lstm-vae, se-vit, se-vit-basic, dancer-gan, dancer-gan-basic, beats or sync";
constexpr std::array kTrained = {"vq-vae", "kmeans", "gcn-mhw", "lstm-vae", "se-vit", "se-vit-basic", "dancer-gan", "dancer-gan-basic", "beats", "sync"};
constexpr std::array kLater = {"all"};

Result<void> trainOne(const Options& options, train::TrainRequest& request, Context& context) {
    if (request.model == "sync") {
        if (!options.config.empty() || request.resume || request.minutes > 0)
            return usageError("train sync", "takes no --config, --resume or --minutes", "--data, --out, --epochs, --seed, --log");
        choreo::SyncTuningSettings tuning;
        tuning.seed = request.seed;
        if (request.epochs > 0) tuning.evaluations = tuning.population * static_cast<std::size_t>(request.epochs);
        return choreo::trainSync(request.data, request.out, request.log, tuning, context.stop, context.progress);
    }
    request.print = [&context](const std::string& text) { static_cast<void>(printLine(context, text)); };
    return train::train(request, context.stop, context.progress);
}

Result<void> run(Options options, Context& context) {
    train::TrainRequest& request = options.request;
    if (std::find(kLater.begin(), kLater.end(), request.model) != kLater.end())
        return usageError("train", request.model + " is not available in this version", kNames, request.model);
    if (std::find(kTrained.begin(), kTrained.end(), request.model) == kTrained.end())
        return usageError("train", "is not a model", kNames, request.model);
    if (request.epochs < 0) return usageError("--epochs", "out of range", "0 or more", std::to_string(request.epochs));
    if (!(request.minutes >= 0)) return usageError("--minutes", "out of range", "0 or more", std::to_string(request.minutes));
    if (options.threads < 0) return usageError("--threads", "out of range", "1 or more, or 0 for all cores", std::to_string(options.threads));
    CHOREIA_TRY(checkOutput(options.log));
    setThreadCount(options.threads);
    std::error_code code;
    for (const std::string& file : options.data)
        if (!std::filesystem::exists(file, code)) return badInput(file, "no such file");
    const bool made = std::filesystem::create_directories(options.out, code);
    if (code) return failed(options.out, "cannot be made: " + code.message());
    request.data.assign(options.data.begin(), options.data.end());
    request.out = options.out;
    request.config = options.config;
    request.log = options.log;
    Result<void> done = trainOne(options, request, context);
    if (!done.ok() && made) std::filesystem::remove(options.out, code);  // only where the run has left nothing in it
    return done;
}

}  // namespace

void addTrain(CLI::App& app, Action& action) {
    auto* verb = app.add_subcommand("train", "Train a network: vq-vae or kmeans (poses to tokens and back), then gcn-mhw (tokens from music); lstm-vae (landmarks from music), se-vit (landmarks from pictures), dancer-gan (pictures of a dancer from poses), beats (hearing) and sync (weights of the synchronisation loss) on their own. RANK, WORLD_SIZE, MASTER_ADDR and MASTER_PORT in the environment: several processes train one network together");
    auto options = std::make_shared<Options>();
    verb->add_option("MODEL", options->request.model, kNames)->required();
    verb->add_option("--data", options->data, "Training HDF5 files (choreia dataset build); for lstm-vae also the seed's layout; for dancer-gan pictures with landmarks, or motion for the default dancer; for beats, where given: folders of songs with NAME.beats or NAME.h5 beside them")->default_str("");
    verb->add_option("--out", options->out, "Folder of the run: config, log, checkpoint, weights")->required();
    verb->add_option("--config", options->config, "JSON over the defaults");
    verb->add_option("--epochs", options->request.epochs, "0: by minutes, or the model's default; for sync generations");
    verb->add_option("--minutes", options->request.minutes, "0: by epochs");
    verb->add_flag("--resume", options->request.resume, "Go on from the run's checkpoint");
    verb->add_option("--seed", options->request.seed, "Of the first weights and the order of the data");
    verb->add_option("--device", options->request.device, "auto, cpu or cuda");
    verb->add_option("--threads", options->threads, "Threads; 0: all cores");
    verb->add_option("--log", options->log, "A further copy of the log: one JSON object a line");
    verb->callback([&action, options] { action = [options](Context& context) { return run(*options, context); }; });
}

}  // namespace choreia::cli
