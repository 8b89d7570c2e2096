// choreia train: the networks, from data to weights.
#include "train/train.h"

#include "choreo/sync_tuning.h"
#include "cli/verbs.h"
#include "core/atomic_file.h"
#include "core/parallel.h"
#include "io/models_folder.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <sstream>

namespace choreia::cli {

namespace {

struct Options {
    train::TrainRequest request;
    std::vector<std::string> data;
    std::vector<std::string> keep;
    std::string out, config, log, from, style;
    int threads = 0;
};

constexpr const char* kNames = "vq-vae, kmeans, gcn-mhw, lstm-vae, se-vit, se-vit-basic, lift, dancer-gan, dancer-gan-basic, beats, sync or all";
constexpr std::array kTrained = {"vq-vae", "kmeans", "gcn-mhw", "lstm-vae", "se-vit", "se-vit-basic", "lift", "dancer-gan", "dancer-gan-basic", "beats", "sync", "all"};

/// What a choreographer of one's own needs, in the order in which one builds on another, and each one's share of the minutes.
struct Part {
    const char* model;
    double share;
    bool needsMusic;  ///< left out, with a note, where the data has none
};
constexpr std::array kAll = {Part{"vq-vae", 0.35, false}, Part{"gcn-mhw", 0.5, false}, Part{"lstm-vae", 0.15, true}, Part{"sync", 0.0, true}};

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

Result<std::string> textOf(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    if (!in.good() && !in.eof()) return badInput(file.string(), "cannot be read");
    return text.str();
}

/// The weights that --from names: a file of them, a run's folder, or the name of an installed set.
Result<std::filesystem::path> weightsNamed(const std::string& from, const std::string& model) {
    std::error_code code;
    const std::string ending = "." + model + ".safetensors";
    if (std::filesystem::is_regular_file(from, code)) return std::filesystem::path(from);
    if (std::filesystem::is_directory(from, code)) {
        std::vector<std::filesystem::path> found;
        for (const auto& entry : std::filesystem::directory_iterator(from, code))
            if (const auto name = entry.path().filename().string(); name.ends_with(ending) && name != model + ".start.safetensors") found.push_back(entry.path());
        if (found.size() == 1) return found.front();
        return badInput(from, "is to be fine-tuned, and does not hold one set of such weights", "one file NAME" + ending, std::to_string(found.size()));
    }
    CHOREIA_ASSIGN(const auto models, io::findModels());
    const auto path = models / (from + ending);
    if (!std::filesystem::exists(path, code)) return badInput("--from", "there are no such weights", "a file, a run's folder or the name of an installed set", from);
    return path;
}

/// The config's sections, one a model; empty where there is none.
Result<Json> sectionsOf(const std::filesystem::path& config) {
    if (config.empty()) return Json::object();
    CHOREIA_ASSIGN(const std::string text, textOf(config));
    Json sections = Json::parse(text, nullptr, false);
    if (!sections.is_object()) return badInput(config.string(), "is no JSON object", "{\"vq-vae\": {...}, ...}", text.substr(0, 20));
    for (const auto& [name, value] : sections.items()) {
        const bool known = std::any_of(kAll.begin(), kAll.end(), [&name = name](const Part& part) { return name == part.model && part.share > 0; });
        if (!known || !value.is_object()) return usageError(config.string(), "is no section", "vq-vae, gcn-mhw and lstm-vae, each an object", name);
    }
    return sections;
}

Result<void> trainAll(const Options& options, const train::TrainRequest& request, Context& context) {
    CHOREIA_ASSIGN(const Json sections, sectionsOf(options.config));
    std::string logs;
    for (std::size_t i = 0; i < kAll.size(); ++i) {
        const std::string model = kAll[i].model;
        CHOREIA_TRY(printLine(context, "training " + model + " (" + std::to_string(i + 1) + " of " + std::to_string(kAll.size()) + ")"));
        train::TrainRequest part = request;
        Options own = options;
        part.model = model;
        part.log.clear();
        part.minutes = kAll[i].share * request.minutes;
        part.config.clear();
        own.config.clear();
        if (model == "sync") {
            part.resume = false;
            part.epochs = 0;
        } else if (sections.contains(model)) {
            part.config = request.out / (model + ".section.json");
            CHOREIA_TRY(writeFile(part.config, sections.at(model).dump(2) + "\n"));
        }
        const Result<void> done = trainOne(own, part, context);
        std::error_code code;
        if (!part.config.empty()) std::filesystem::remove(part.config, code);
        if (!done.ok() && kAll[i].needsMusic && done.error().kind == ErrorKind::BadInput) {
            CHOREIA_TRY(printLine(context, "note: " + model + " is left out: " + done.error().line()));
            continue;
        }
        CHOREIA_TRY(done);
        if (request.log.empty()) continue;
        CHOREIA_ASSIGN(const std::string log, textOf(request.out / (model + ".log.jsonl")));
        logs += log;
        CHOREIA_TRY(writeFile(request.log, logs));
    }
    return {};
}

Result<void> run(Options options, Context& context) {
    train::TrainRequest& request = options.request;
    if (std::find(kTrained.begin(), kTrained.end(), request.model) == kTrained.end())
        return usageError("train", "is not a model", kNames, request.model);
    if (request.epochs < 0) return usageError("--epochs", "out of range", "0 or more", std::to_string(request.epochs));
    if (!(request.minutes >= 0)) return usageError("--minutes", "out of range", "0 or more", std::to_string(request.minutes));
    if (options.threads < 0) return usageError("--threads", "out of range", "1 or more, or 0 for all cores", std::to_string(options.threads));
    CHOREIA_TRY(checkOutput(options.log));
    setThreadCount(options.threads);
    std::error_code code;
    for (const auto* files : {&options.data, &options.keep})
        for (const std::string& file : *files)
            if (!std::filesystem::exists(file, code)) return badInput(file, "no such file");
    const bool made = std::filesystem::create_directories(options.out, code);
    if (code) return failed(options.out, "cannot be made: " + code.message());
    request.data.assign(options.data.begin(), options.data.end());
    request.out = options.out;
    request.config = options.config;
    request.keep.assign(options.keep.begin(), options.keep.end());
    if (!options.from.empty()) {
        if (request.model == "all" || request.model == "sync") return usageError("--from", "fine-tunes one network", "a model of its own, such as gcn-mhw", request.model);
        CHOREIA_ASSIGN(request.from, weightsNamed(options.from, request.model));
    }
    request.style = options.style;
    request.log = options.log;
    Result<void> done = request.model == "all" ? trainAll(options, request, context) : trainOne(options, request, context);
    if (!done.ok() && made) std::filesystem::remove(options.out, code);  // only where the run has left nothing in it
    return done;
}

}  // namespace

void addTrain(CLI::App& app, Action& action) {
    auto* verb = app.add_subcommand("train", "Train a network: vq-vae or kmeans (poses to tokens and back), then gcn-mhw (tokens from music); lstm-vae (landmarks from music), se-vit (landmarks from pictures), lift (space from flat landmarks), dancer-gan (pictures of a dancer from poses), beats (hearing) and sync (weights of the synchronisation loss) on their own; all: vq-vae, gcn-mhw, lstm-vae and sync one after another. RANK, WORLD_SIZE, MASTER_ADDR and MASTER_PORT in the environment: several processes train one network together");
    auto options = std::make_shared<Options>();
    verb->add_option("MODEL", options->request.model, kNames)->required();
    verb->add_option("--data", options->data, "Training HDF5 files (choreia dataset build); for lstm-vae also the seed's layout; for dancer-gan pictures with landmarks, or motion for the default dancer; for beats, where given: folders of songs with NAME.beats or NAME.h5 beside them")->default_str("");
    verb->add_option("--out", options->out, "Folder of the run: config, log, checkpoint, weights")->required();
    verb->add_option("--config", options->config, "JSON over the defaults; for all one section a model: {\"vq-vae\": {...}, ...}");
    auto* from = verb->add_option("--from", options->from, "Fine-tune instead of beginning anew: an installed set (default), a run's folder or a .safetensors; styles that it does not know are learned beside its own, which are held. 4 minutes where neither --minutes nor --epochs is given");
    verb->add_option("--keep", options->keep, "For gcn-mhw with --from: training HDF5 files of what must not be forgotten; without, its own dances stand for it")->needs(from)->default_str("");
    verb->add_option("--style", options->style, "One style name for all of --data, instead of those in the files");
    verb->add_option("--epochs", options->request.epochs, "0: by minutes, or the model's default; for sync generations");
    verb->add_option("--minutes", options->request.minutes, "0: by epochs; for all shared among the models");
    verb->add_flag("--resume", options->request.resume, "Go on from the run's checkpoint");
    verb->add_option("--seed", options->request.seed, "Of the first weights and the order of the data");
    verb->add_option("--device", options->request.device, "auto, cpu or cuda");
    verb->add_option("--threads", options->threads, "Threads; 0: all cores");
    verb->add_option("--log", options->log, "A further copy of the log: one JSON object a line");
    verb->callback([&action, options] { action = [options](Context& context) { return run(*options, context); }; });
}

}  // namespace choreia::cli
