// choreia export: a project's dance, or a motion file, into the formats of others.
#include "audio/pcm_part.h"
#include "cli/outputs.h"
#include "cli/verbs.h"
#include "core/log.h"
#include "hearing/hearing.h"
#include "io/media.h"
#include "io/motion_files.h"
#include "io/project.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace choreia::cli {

namespace {

namespace fs = std::filesystem;

struct Options {
    std::string input, song, json;
    int dance = 1;
    double from = 0, length = 0;
    Outputs outputs;
};

bool isMotionFile(const fs::path& path) {
    const std::string extension = path.extension().string();
    return extension == ".bvh" || extension == ".h5" || extension == ".csv" || extension == ".gltf" || extension == ".glb" || extension == ".pkl" || (extension == ".gz" && path.stem().extension() == ".bvh");
}

/// The clip to export, the song that belongs to it (empty: none), and the beats where a project knows them.
struct Source {
    motion::Clip clip;
    fs::path song;
    audio::BeatGrid beats;
};

Result<Source> load(const Options& options) {
    Source source;
    if (isMotionFile(options.input)) {
        if (options.outputs.wantsBeats() && options.song.empty()) return usageError("--beat-counter", "a motion file knows no beats", "a project, or the song with --song", options.input);
        CHOREIA_ASSIGN(source.clip, io::readClip(options.input));
        source.song = options.song;
        return source;
    }
    CHOREIA_ASSIGN(io::Project project, io::readProject(options.input));
    if (project.dances.empty()) return badInput(options.input, "has no dance to export");
    if (options.dance < 1 || options.dance > static_cast<int>(project.dances.size()))
        return usageError("--dance", "no such dance", "1 to " + std::to_string(project.dances.size()), std::to_string(options.dance));
    source.clip = std::move(project.dances[static_cast<std::size_t>(options.dance - 1)].clip);
    if (source.clip.frames() == 0) return badInput(options.input, "its dance is empty");
    source.song = options.song;
    source.beats = std::move(project.analysis.grid);
    CHOREIA_TRY(options.outputs.checkBeats(source.beats, options.input));
    if (options.song.empty() && !options.outputs.video.empty()) {
        source.song = fs::path(options.input).parent_path() / project.songPath;  // an absolute path stays as it is
        std::error_code code;
        if (!fs::exists(source.song, code)) return badInput(options.input, "its song is gone: name it with --song", source.song.string(), "nothing there");
        CHOREIA_ASSIGN(const std::string hash, io::fileHash(source.song));
        if (!project.songHash.empty() && hash != project.songHash) logWarning(source.song.string() + " is not the file that the dance was made for");
    }
    return source;
}

std::string secondsText(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%g", value);
    return text;
}

/// Cuts the motion to the part that is asked for; to: its end, s.
Result<double> cutPart(const Options& options, motion::Clip& clip) {
    const double end = clip.seconds();
    if (!(options.from >= 0 && options.from < end)) return usageError("--from", "no such second of the dance", "0 to " + secondsText(end), secondsText(options.from));
    if (!(options.length >= 0)) return usageError("--length", "out of range", "0 or more seconds", secondsText(options.length));
    const double to = options.length > 0 ? std::min(end, options.from + options.length) : end;
    if (options.from > 0 || to < end) {
        const auto first = std::min(clip.frames() - 1, static_cast<std::size_t>(std::llround(options.from * clip.fps)));
        const auto last = std::min(clip.frames(), static_cast<std::size_t>(std::llround(to * clip.fps)));
        clip = motion::slice(clip, first, std::max<std::size_t>(1, last - std::min(first, last)));
    }
    return to;
}

Result<void> exportDance(const Options& options, Context& context) {
    const Watch watch;
    CHOREIA_TRY(checkOutput(options.json));
    if (!options.outputs.any()) return usageError("export", "no output is named", "--bvh, --gltf, --fbx, --csv, --motion, --video or --picture");
    CHOREIA_TRY(options.outputs.check());
    CHOREIA_ASSIGN(Source source, load(options));
    const double whole = source.clip.seconds();
    CHOREIA_ASSIGN(const double to, cutPart(options, source.clip));
    audio::Pcm sound;
    const bool hears = options.outputs.wantsBeats() && source.beats.beats.empty();
    if ((!options.outputs.video.empty() || hears) && !source.song.empty()) {
        CHOREIA_ASSIGN(io::Song song, io::decodeSong(source.song, context.stop, context.progress));
        if (hears) {
            CHOREIA_ASSIGN(audio::Analysis heard, hearing::hear(song.analysis, source.song.string(), context.stop, context.progress));
            source.beats = std::move(heard.grid);
            CHOREIA_TRY(options.outputs.checkBeats(source.beats, source.song.string()));
        }
        sound = options.from > 0 || to < whole ? audio::between(song.playback, options.from, to) : std::move(song.playback);
    }
    Json figures = {{"input", options.input}, {"frames", source.clip.frames()}, {"fps", source.clip.fps}, {"seconds", {{"export", 0.0}, {"total", 0.0}}}};
    CHOREIA_TRY(options.outputs.write(source.clip, sound.samples.empty() ? nullptr : &sound, {&source.beats, options.from}, context, &figures));
    figures["seconds"]["total"] = rounded(watch.seconds(), 3);
    figures["peak_memory_mb"] = rounded(peakMemoryMb(), 1);
    return writeJson(options.json, figures);
}

}  // namespace

void addExport(CLI::App& app, Action& action) {
    auto* verb = app.add_subcommand("export", "A project's dance, or a motion file, in other formats");
    auto options = std::make_shared<Options>();
    verb->add_option("PROJECT", options->input, "A project (.choreia) or a motion file (.bvh, .gltf, .glb, .csv, .h5, .pkl)")->required();
    verb->add_option("--song", options->song, "The sound of the film, where it is not the project's");
    verb->add_option("--dance", options->dance, "Which dance of the project");
    verb->add_option("--from", options->from, "Only from this second of the dance on");
    verb->add_option("--length", options->length, "Only so many seconds; 0: to the end");
    options->outputs.addTo(*verb);
    verb->add_option("--json", options->json, "Write the figures (\"-\": standard output)");
    verb->callback([&action, options] { action = [options](Context& context) { return exportDance(*options, context); }; });
}

}  // namespace choreia::cli
