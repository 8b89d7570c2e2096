// choreia convert: motion from one format to another.
#include "cli/verbs.h"
#include "core/atomic_file.h"
#include "io/motion_files.h"

#include <algorithm>
#include <array>

namespace choreia::cli {

namespace {

namespace fs = std::filesystem;

struct Options {
    std::string input, output;
};

Result<void> convert(const Options& options, Context& context) {
    const std::string to = fs::path(options.output).extension().string();
    constexpr std::array writable = {".bvh", ".fbx", ".h5", ".csv", ".gltf", ".glb"};
    if (std::find(writable.begin(), writable.end(), to) == writable.end())
        return usageError(options.output, "cannot be written", ".bvh, .fbx, .h5, .csv, .gltf or .glb", to.empty() ? "no extension" : to);
    CHOREIA_TRY(checkWritable(options.output));
    CHOREIA_ASSIGN(const motion::Clip clip, io::readClip(options.input));
    if (context.stop.stop_requested()) return cancelled("convert");
    return io::writeClip(options.output, clip);
}

}  // namespace

void addConvert(CLI::App& app, Action& action) {
    auto* verb = app.add_subcommand("convert", "A motion file in another format (reads .bvh, .bvh.gz, .gltf, .glb, .csv, .h5, .pkl of AIST++; writes .bvh, .gltf, .glb, .fbx, .csv, .h5)");
    auto options = std::make_shared<Options>();
    verb->add_option("IN", options->input, "The motion to read; other bodies are fitted to ours")->required();
    verb->add_option("OUT", options->output, "The file to write; its extension says how")->required();
    verb->callback([&action, options] { action = [options](Context& context) { return convert(*options, context); }; });
}

}  // namespace choreia::cli
