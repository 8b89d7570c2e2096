// choreia export: a project's dance, or a motion file, into the formats of others.
#include "audio/pcm_part.h"
#include "cli/outputs.h"
#include "cli/verbs.h"
#include "core/log.h"
#include "hearing/hearing.h"
#include "io/dance_style.h"
#include "io/media.h"
#include "io/motion_files.h"
#include "io/project.h"
#include "motion/clip_part.h"
#include "motion/formation.h"

#include <algorithm>
#include <cstdio>

namespace choreia::cli {

namespace {

namespace fs = std::filesystem;

struct Options {
    std::string input, song, json;
    int dance = 1;
    bool everybody = false;
    const CLI::Option* danceGiven = nullptr;
    double from = 0, length = 0;
    Outputs outputs;
};

bool isMotionFile(const fs::path& path) {
    const std::string extension = path.extension().string();
    return extension == ".bvh" || extension == ".h5" || extension == ".csv" || extension == ".gltf" || extension == ".glb" || extension == ".pkl" || (extension == ".gz" && path.stem().extension() == ".bvh");
}

/// The dances to export with their styles (io::styleDanced), the song that belongs to it (empty: none), and the beats where a project knows them.
struct Source {
    std::vector<motion::Clip> clips;
    std::vector<std::string> styles;
    fs::path song;
    audio::BeatGrid beats;
};

/// Takes of one dance stand where they were made, all in one place: they are set side by side, as the window does it.
void standApart(std::vector<io::Dance>& dances) {
    if (dances.size() < 2 || std::any_of(dances.begin(), dances.end(), [&](const io::Dance& dance) { return dance.place != dances.front().place; })) return;
    const auto places = motion::formation(dances.size());
    for (std::size_t k = 0; k < dances.size(); ++k) dances[k].place = {places[k].x, places[k].z, 0};
}

Result<Source> load(const Options& options) {
    Source source;
    if (isMotionFile(options.input)) {
        if (options.outputs.wantsBeats() && options.song.empty()) return usageError("--beat-counter", "a motion file knows no beats", "a project, or the song with --song", options.input);
        if (options.everybody) return usageError("--everybody", "a motion file is danced by one", "a project", options.input);
        CHOREIA_ASSIGN(io::StyledClip read, io::readStyledClip(options.input));
        source.clips.push_back(std::move(read.clip));
        source.styles.push_back(std::move(read.style));
        source.song = options.song;
        return source;
    }
    CHOREIA_ASSIGN(io::Project project, io::readProject(options.input));
    if (project.dances.empty()) return badInput(options.input, "has no dance to export");
    if (options.everybody) {
        standApart(project.dances);
        for (const io::Dance& dance : project.dances) {
            source.clips.push_back(motion::onStage(dance.place, dance.clip));
            source.styles.push_back(io::styleDanced(dance));
        }
    } else if (options.dance < 1 || options.dance > static_cast<int>(project.dances.size())) {
        return usageError("--dance", "no such dance", "1 to " + std::to_string(project.dances.size()), std::to_string(options.dance));
    } else {
        io::Dance& dance = project.dances[static_cast<std::size_t>(options.dance - 1)];
        source.styles.push_back(io::styleDanced(dance));
        source.clips.push_back(std::move(dance.clip));
    }
    for (std::size_t k = 0; k < source.clips.size(); ++k)
        if (source.clips[k].frames() == 0) return badInput(options.input, source.clips.size() > 1 ? "dance " + std::to_string(k + 1) + " is empty" : "its dance is empty");
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

/// Cuts the dances to the part that is asked for, which ends where the longest does; returns its end, s.
Result<double> cutPart(const Options& options, std::vector<motion::Clip>& clips) {
    double end = 0;
    for (const motion::Clip& clip : clips) end = std::max(end, clip.seconds());
    if (!(options.from >= 0 && options.from < end)) return usageError("--from", "no such second of the dance", "0 to " + secondsText(end), secondsText(options.from));
    if (!(options.length >= 0)) return usageError("--length", "out of range", "0 or more seconds", secondsText(options.length));
    const double to = options.length > 0 ? std::min(end, options.from + options.length) : end;
    if (options.from > 0 || to < end)
        for (motion::Clip& clip : clips) clip = motion::between(clip, options.from, to);
    return to;
}

Result<void> exportDance(const Options& options, Context& context) {
    const Watch watch;
    CHOREIA_TRY(checkOutput(options.json));
    if (!options.outputs.any()) return usageError("export", "no output is named", "--bvh, --gltf, --fbx, --csv, --motion, --video or --picture");
    CHOREIA_TRY(options.outputs.check());
    if (options.everybody && options.danceGiven->count() > 0) return usageError("--everybody", "is every dance", "--dance or --everybody", "both");
    if (options.everybody && options.outputs.dancers > 1) return usageError("--everybody", "is as many as dance", "--dancers or --everybody", "both");
    CHOREIA_ASSIGN(Source source, load(options));
    CHOREIA_ASSIGN(const double to, cutPart(options, source.clips));
    audio::Pcm sound;
    const bool hears = options.outputs.wantsBeats() && source.beats.beats.empty();
    if ((!options.outputs.video.empty() || hears) && !source.song.empty()) {
        CHOREIA_ASSIGN(io::Song song, io::decodeSong(source.song, context.stop, context.progress));
        if (hears) {
            CHOREIA_ASSIGN(audio::Analysis heard, hearing::hear(song.analysis, source.song.string(), context.stop, context.progress));
            source.beats = std::move(heard.grid);
            CHOREIA_TRY(options.outputs.checkBeats(source.beats, source.song.string()));
        }
        sound = options.from > 0 || options.length > 0 ? audio::between(song.playback, options.from, to) : std::move(song.playback);
    }
    Json figures = {{"input", options.input}, {"dancers", source.clips.size()}, {"frames", source.clips.front().frames()}, {"fps", source.clips.front().fps}, {"seconds", {{"export", 0.0}, {"total", 0.0}}}};
    const audio::Pcm* heard = sound.samples.empty() ? nullptr : &sound;
    const FilmBeats beats{&source.beats, options.from};
    CHOREIA_TRY(options.everybody ? options.outputs.writeGroup(source.clips, source.styles, heard, beats, context, &figures)
                                          : options.outputs.write(source.clips.front(), source.styles.front(), heard, beats, context, &figures));
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
    options->danceGiven = verb->add_option("--dance", options->dance, "Which dance of the project");
    verb->add_flag("--everybody", options->everybody, "All dancers of the project at their places: together in film and picture, each in a file of its own otherwise");
    verb->add_option("--from", options->from, "Only from this second of the dance on");
    verb->add_option("--length", options->length, "Only so many seconds; 0: to the end");
    options->outputs.addTo(*verb);
    verb->add_option("--json", options->json, "Write the figures (\"-\": standard output)");
    verb->callback([&action, options] { action = [options](Context& context) { return exportDance(*options, context); }; });
}

}  // namespace choreia::cli
