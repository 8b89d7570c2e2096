// choreia convert: motion from one format to another, or out of a video.
#include "cli/verbs.h"
#include "core/atomic_file.h"
#include "io/motion_files.h"
#include "seeing/video_motion.h"

#include <algorithm>
#include <array>
#include <cstdio>

namespace choreia::cli {

namespace {

namespace fs = std::filesystem;


struct Options {
    std::string input, output, weights;
};

Result<io::StyledClip> clipOfVideo(const Options& options, Context& context) {
    CHOREIA_ASSIGN(const auto finder, options.weights.empty() ? seeing::PoseFinder::installed() : seeing::PoseFinder::load(options.weights));
    CHOREIA_ASSIGN(seeing::VideoMotion found, seeing::motionOfVideo(options.input, finder, context.stop, context.progress));
    char line[200];
    std::snprintf(line, sizeof line, "%.1f s of motion from second %.1f on; %zu pictures, %zu without a dancer; confidence %.2f",
                  static_cast<double>(found.clip.frames()) / found.clip.fps, found.start, found.pictures, found.leftOut, found.confidence);
    CHOREIA_TRY(printLine(context, line));
    if (found.faults > 0) CHOREIA_TRY(printLine(context, "note: the video is damaged in " + std::to_string(found.faults) + " places"));
    return io::StyledClip{std::move(found.clip), {}};
}

Result<void> convert(const Options& options, Context& context) {
    const std::string to = fs::path(options.output).extension().string();
    constexpr std::array writable = {".bvh", ".fbx", ".h5", ".csv", ".gltf", ".glb"};
    if (std::find(writable.begin(), writable.end(), to) == writable.end())
        return usageError(options.output, "cannot be written", ".bvh, .fbx, .h5, .csv, .gltf or .glb", to.empty() ? "no extension" : to);
    CHOREIA_TRY(checkWritable(options.output));
    if (!options.weights.empty() && !seeing::isVideo(options.input)) return usageError("--weights", "is for videos alone", "a video", options.input);
    CHOREIA_ASSIGN(const io::StyledClip read, seeing::isVideo(options.input) ? clipOfVideo(options, context) : io::readStyledClip(options.input));
    if (context.stop.stop_requested()) return cancelled("convert");
    return io::writeClip(options.output, read.clip, read.style);
}

}  // namespace

void addConvert(CLI::App& app, Action& action) {
    auto* verb = app.add_subcommand("convert", "A motion file in another format (reads .bvh, .bvh.gz, .gltf, .glb, .csv, .h5, .pkl of AIST++, and videos of a dancer: .mp4, .webm, .mkv, .mov, .avi, .m4v; writes .bvh, .gltf, .glb, .fbx, .csv, .h5)");
    auto options = std::make_shared<Options>();
    verb->add_option("IN", options->input, "The motion to read; other bodies are fitted to ours, of a video the dancer's landmarks are found and lifted")->required();
    verb->add_option("OUT", options->output, "The file to write; its extension says how")->required();
    verb->add_option("--weights", options->weights, "For a video: a .se-vit.safetensors instead of the installed one");
    verb->callback([&action, options] { action = [options](Context& context) { return convert(*options, context); }; });
}

}  // namespace choreia::cli
