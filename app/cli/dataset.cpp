// choreia dataset: training data built, described and checked.
#include "data/dataset.h"

#include "cli/verbs.h"

#include <cstdio>

namespace choreia::cli {

namespace {

struct Options {
    std::vector<std::string> from, music;
    std::string file, video;
    int songsPerTake = 3;
    bool publishable = false, motionOnly = false;
    std::uint64_t seed = 1;
};

Result<void> build(const Options& options, Context& context) {
    if (options.songsPerTake < 1) return usageError("--songs-per-take", "out of range", "1 or more", std::to_string(options.songsPerTake));
    CHOREIA_TRY(checkOutput(options.file));
    data::BuildRequest request;
    request.from.assign(options.from.begin(), options.from.end());
    request.music.assign(options.music.begin(), options.music.end());
    request.output = options.file;
    request.songsPerTake = options.songsPerTake;
    request.publishable = options.publishable;
    request.motionOnly = options.motionOnly;
    request.seed = options.seed;
    CHOREIA_ASSIGN(const data::BuildReport report, data::buildDataset(request, context.stop, context.progress));
    for (const std::string& line : report.lines) CHOREIA_TRY(printLine(context, line));
    for (const std::string& warning : report.warnings) CHOREIA_TRY(printLine(context, "note: " + warning));
    char line[160];
    std::snprintf(line, sizeof line, "%zu clips, %.1f min; error of the fit: mean %.2f cm, worst clip %.2f cm", report.clips, report.seconds / 60,
                  report.meanFitCm, report.worstFitCm);
    return printLine(context, line);
}

Result<void> info(const Options& options, Context& context) {
    CHOREIA_ASSIGN(const std::string text, data::describeDataset(options.file));
    return printLine(context, text);
}

Result<void> check(const Options& options, Context& context) {
    CHOREIA_ASSIGN(const std::vector<std::string> faults, data::checkDataset(options.file));
    if (faults.empty()) return printLine(context, options.file + ": sound");
    for (const std::string& fault : faults) CHOREIA_TRY(printLine(context, fault));
    return badInput(options.file, faults.front() + (faults.size() > 1 ? ", and " + std::to_string(faults.size() - 1) + " more faults" : ""));
}

}  // namespace

void addDataset(CLI::App& app, Action& action) {
    auto* verb = app.add_subcommand("dataset", "Training data: build, info, check");
    verb->require_subcommand(1);
    auto options = std::make_shared<Options>();
    const auto when = [&action, options](CLI::App* part, Result<void> (*function)(const Options&, Context&)) {
        part->callback([&action, options, function] { action = [options, function](Context& context) { return function(*options, context); }; });
    };

    auto* builder = verb->add_subcommand("build", "One training HDF5 from music, motion, and both");
    builder->add_option("OUT", options->file, "The .h5 to write")->required();
    builder->add_option("--from", options->from, "Folders of paired .h5 with music, of .h5 sequences, or of BVH (.bvh, .bvh.gz)")
        ->required()
        ->default_str("");
    builder->add_option("--music", options->music, "Songs to lay under motion that has none, besides our own synthesised music")->default_str("");
    builder->add_option("--songs-per-take", options->songsPerTake, "How many songs are laid under a take without music");
    builder->add_flag("--publishable", options->publishable, "Only motion and sound whose licence lets trained models be published");
    builder->add_flag("--motion-only", options->motionOnly, "No music: for networks that see motion alone");
    builder->add_option("--seed", options->seed, "Chooses songs and their places");
    when(builder, build);

    auto* describer = verb->add_subcommand("info", "What a training file holds");
    describer->add_option("FILE", options->file, "A training HDF5")->required();
    when(describer, info);

    auto* checker = verb->add_subcommand("check", "Every fault of a training file, by group");
    checker->add_option("FILE", options->file, "A training HDF5")->required();
    when(checker, check);

    auto* importer = verb->add_subcommand("import-video", "Not available in this version");
    importer->add_option("VIDEO", options->video, "A video")->required();
    importer->add_option("-o", options->file, "The .h5 to write");
    importer->callback([&action] {
        action = [](Context&) { return Result<void>(usageError("dataset import-video", "reading bodies from video is not available in this version")); };
    });
}

}  // namespace choreia::cli
