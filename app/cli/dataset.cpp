// choreia dataset: training data built, taken from video, described and checked.
#include "data/dataset.h"

#include "cli/verbs.h"
#include "seeing/video_import.h"

#include <cstdio>

namespace choreia::cli {

namespace {

struct Options {
    std::vector<std::string> from, music;
    std::string file, video, weights, region;
    double fps = 10;
    int songsPerTake = 3, side = 256;
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
    CHOREIA_ASSIGN(const auto found, data::checkDataset(options.file));
    for (const std::string& doubt : found.doubts) CHOREIA_TRY(printLine(context, "note: " + doubt));
    const std::vector<std::string>& faults = found.faults;
    if (faults.empty()) return printLine(context, options.file + ": sound");
    for (const std::string& fault : faults) CHOREIA_TRY(printLine(context, fault));
    return badInput(options.file, faults.front() + (faults.size() > 1 ? ", and " + std::to_string(faults.size() - 1) + (faults.size() > 2 ? " more faults" : " more fault") : ""));
}

/// "X,Y,W,H" in shares of the picture; the whole where empty. What they may be seeing::watchDance says.
Result<seeing::PictureRegion> regionOf(const std::string& text) {
    seeing::PictureRegion region;
    char rest = 0;
    if (!text.empty() && std::sscanf(text.c_str(), "%lf,%lf,%lf,%lf%c", &region.left, &region.top, &region.width, &region.height, &rest) != 4)
        return usageError("--crop", "is no part of a picture", "X,Y,W,H in shares of it, such as 0.5,0,0.5,1 for the right half", text);
    return region;
}

Result<void> importVideo(const Options& options, Context& context) {
    CHOREIA_ASSIGN(const seeing::PictureRegion region, regionOf(options.region));
    CHOREIA_TRY(checkOutput(options.file));
    CHOREIA_ASSIGN(const auto finder, options.weights.empty() ? seeing::PoseFinder::installed() : seeing::PoseFinder::load(options.weights));
    seeing::VideoImportRequest request;
    request.watch.video = options.video;
    request.output = options.file;
    request.watch.fps = options.fps;
    request.watch.region = region;
    request.side = options.side;
    CHOREIA_ASSIGN(const auto report, seeing::importVideo(request, finder, context.stop, context.progress));
    char line[200];
    std::snprintf(line, sizeof line, "%zu pictures of %.1f s, %zu left out; confidence %.2f; %s", report.pictures, report.seconds, report.leftOut, report.confidence,
                  report.sound ? "with sound" : "without sound");
    CHOREIA_TRY(printLine(context, line));
    if (report.faults > 0) return printLine(context, "note: the video is damaged in " + std::to_string(report.faults) + " places");
    return {};
}

}  // namespace

void addDataset(CLI::App& app, Action& action) {
    auto* verb = app.add_subcommand("dataset", "Training data: build, info, check, import-video");
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

    auto* importer = verb->add_subcommand("import-video", "A video of a dancer to a training HDF5: pictures, landmarks found by SE-ViT, sound as MFCC");
    importer->add_option("VIDEO", options->video, "A video with one person in it")->required();
    importer->add_option("-o,--output", options->file, "The .h5 to write")->required();
    importer->add_option("--fps", options->fps, "Pictures a second, at most the video's");
    importer->add_option("--size", options->side, "Side of the stored pictures, pixels");
    importer->add_option("--crop", options->region, "Look only at this part of the pictures: X,Y,W,H in shares of them (0.5,0,0.5,1: the right half)");
    importer->add_option("--weights", options->weights, "A .se-vit.safetensors instead of the installed one");
    when(importer, importVideo);
}

}  // namespace choreia::cli
