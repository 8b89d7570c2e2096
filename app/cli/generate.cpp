// choreia generate: a song in, a dance out.
#include "choreo/choreographer.h"
#include "choreo/sync.h"
#include "cli/outputs.h"
#include "cli/part.h"
#include "cli/sound.h"
#include "cli/verbs.h"
#include "core/parallel.h"
#include "hearing/hearing.h"
#include "io/media.h"
#include "io/project.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace choreia::cli {

namespace {

namespace fs = std::filesystem;

struct Options {
    std::vector<std::string> songs;
    std::string project, outDir, opening, device = "auto", set = "default", json;
    io::GenerateSettings settings;
    bool noSync = false;
    double from = 0, length = 0;
    int threads = 0;
    Outputs outputs;
};

/// Where one song's dance goes.
struct Target {
    fs::path song;
    std::string project, beats;
    Outputs outputs;
};

Result<void> checkSettings(const Options& options) {
    if (options.settings.model != "gcn-mhw" && options.settings.model != "lstm-vae") return usageError("--model", "is not a model", "gcn-mhw or lstm-vae", options.settings.model);
    if (!options.opening.empty()) return usageError("--opening", "an own opening is not available in this version", "no --opening", options.opening);
    if (!(options.settings.temperature > 0 && options.settings.temperature <= 10))
        return usageError("--temperature", "out of range", "above 0, at most 10", std::to_string(options.settings.temperature));
    if (!(options.settings.topP > 0 && options.settings.topP <= 1))
        return usageError("--top-p", "out of range", "above 0, at most 1", std::to_string(options.settings.topP));
    if (!(options.settings.syncStrength >= 0 && options.settings.syncStrength <= 1))
        return usageError("--sync-strength", "out of range", "0 to 1", std::to_string(options.settings.syncStrength));
    if (!(options.settings.energy >= -1 && options.settings.energy <= 1)) return usageError("--energy", "out of range", "-1 to 1", std::to_string(options.settings.energy));
    if (!(options.settings.guidance >= 0 && options.settings.guidance <= 5)) return usageError("--guidance", "out of range", "0 to 5", std::to_string(options.settings.guidance));
    if (!(options.settings.repeats >= 0 && options.settings.repeats <= 1)) return usageError("--repeats", "out of range", "0 to 1", std::to_string(options.settings.repeats));
    if (!choreo::parseSyncMethod(options.settings.syncMethod))
        return usageError("--sync-method", "is not a method", choreo::syncMethodList(), options.settings.syncMethod);
    if (!(options.from >= 0) || !std::isfinite(options.from)) return usageError("--from", "out of range", "0 or more seconds", std::to_string(options.from));
    if (options.length != 0 && !(options.length >= 1 && std::isfinite(options.length)))
        return usageError("--length", "out of range", "1 or more seconds", std::to_string(options.length));
    if (options.threads < 0) return usageError("--threads", "out of range", "1 or more, or 0 for all cores", std::to_string(options.threads));
    return {};
}

Result<std::vector<Target>> targetsOf(const Options& options) {
    const bool batch = !options.outDir.empty();
    if (batch && (!options.project.empty() || options.outputs.any()))
        return usageError("--out-dir", "names the files itself: leave out -o, --bvh and the others", "--out-dir alone");
    if (!batch && options.songs.size() > 1) return usageError("generate", "several songs need --out-dir DIR", "one song", std::to_string(options.songs.size()));
    std::vector<Target> targets;
    std::map<std::string, std::string> stems;
    for (const std::string& song : options.songs) {
        Target target{song, options.project, {}, options.outputs};
        const std::string stem = fs::path(song).stem().string();
        if (batch) {
            if (const auto [there, fresh] = stems.emplace(stem, song); !fresh)
                return usageError("--out-dir", "two songs would be written under one name", "songs of different names", there->second + " and " + song);
            const std::string base = (fs::path(options.outDir) / stem).string();
            target.project = base + ".choreia";
            target.beats = base + ".beats";
            target.outputs.bvh = base + ".bvh";
            target.outputs.motion = base + ".h5";
        } else if (target.project.empty() && !target.outputs.any() && options.json.empty()) {
            target.project = stem + ".choreia";
            if (fs::exists(target.project)) return usageError("generate", target.project + " exists already: name the project with -o");
        }
        if (!target.project.empty() && fs::path(target.project).extension() != ".choreia")
            return usageError("-o", "wrong kind of file", "a name ending in .choreia", target.project);
        targets.push_back(std::move(target));
    }
    return targets;
}

Result<io::Project> projectOf(const fs::path& song, const audio::Analysis& analysis, io::Dance dance, const io::GenerateSettings& settings) {
    io::Project project;
    project.songPath = fs::absolute(song).lexically_normal().string();
    CHOREIA_ASSIGN(project.songHash, io::fileHash(song));
    project.analysis = analysis;
    project.dances.push_back(std::move(dance));
    project.settings = settings;
    return project;
}

Result<Json> generateOne(const Options& options, const Target& target, const choreo::Choreographer& choreographer, Context& context) {
    const Watch total;
    audio::PackedSound mono;
    audio::Pcm film;
    if (target.outputs.video.empty()) {
        CHOREIA_ASSIGN(mono, loadMono(target.song, context));
    } else {
        CHOREIA_ASSIGN(io::Song song, io::decodeSong(target.song, context.stop, context.progress));
        mono.append(song.analysis.samples);
        film = std::move(song.playback);
    }
    const double decodeSeconds = total.seconds();
    const double songSeconds = static_cast<double>(mono.size()) / audio::kAnalysisRate;
    const bool isPart = options.from > 0 || options.length > 0;
    const double length = std::min(options.length > 0 ? options.length : songSeconds, songSeconds - options.from);
    if (isPart && length < 0.5)
        return usageError("--from", "leaves nothing of " + target.song.string(), "a start before its end at " + std::to_string(songSeconds) + " s",
                          std::to_string(options.from));

    const Watch analysing;
    CHOREIA_ASSIGN(const audio::Analysis analysis, hearing::hear(mono, target.song.string(), context.stop, context.progress));
    mono = {};
    const double analyzeSeconds = analysing.seconds();
    CHOREIA_ASSIGN(const choreo::Generated generated,
                   choreographer.generate(isPart ? partOf(analysis, options.from, length) : analysis, options.settings, context.stop, context.progress));
    const io::Dance& dance = generated.dance;

    Json figures = {{"song", target.song.string()},
                    {"frames", dance.clip.frames()},
                    {"fps", dance.clip.fps},
                    {"seed", dance.settings.seed},
                    {"model", dance.settings.model},
                    {"style", dance.settings.style},
                    {"bas", rounded(generated.bas, 4)},
                    {"bas_chance", rounded(generated.basChance, 4)},
                    {"bas_above_chance", rounded(generated.basAboveChance, 4)},
                    {"bas_before_sync", rounded(generated.basBeforeSync, 4)},
                    {"bas_matched", rounded(generated.basMatched, 4)},
                    {"mean_speed_change", rounded(generated.meanSpeedChange, 4)},
                    {"seconds",
                     {{"decode", rounded(decodeSeconds, 3)},
                      {"analyze", rounded(analyzeSeconds, 3)},
                      {"tokens", rounded(generated.seconds.tokens, 3)},
                      {"decode_motion", rounded(generated.seconds.decodeMotion, 3)},
                      {"sync", rounded(generated.seconds.sync, 3)},
                      {"cleanup", rounded(generated.seconds.cleanup, 3)},
                      {"export", 0.0},
                      {"total", 0.0}}},
                    {"peak_memory_mb", 0.0}};
    const Watch exporting;
    if (!target.project.empty()) {
        CHOREIA_ASSIGN(const io::Project project, projectOf(target.song, analysis, isPart ? placeInSong(dance, options.from, songSeconds) : dance, options.settings));
        CHOREIA_TRY(io::writeProject(target.project, project));
    }
    if (!target.beats.empty()) CHOREIA_TRY(writeTimes(target.beats, isPart ? partOf(analysis, options.from, length).grid.beats : analysis.grid.beats));
    if (isPart && !film.samples.empty()) film = cut(film, options.from, length);
    CHOREIA_TRY(target.outputs.write(dance.clip, film.samples.empty() ? nullptr : &film, context, &figures));
    figures["seconds"]["export"] = rounded(exporting.seconds(), 3);
    figures["seconds"]["total"] = rounded(total.seconds(), 3);
    figures["peak_memory_mb"] = rounded(peakMemoryMb(), 1);
    return figures;
}

Result<void> generate(Options options, Context& context) {
    options.settings.sync = !options.noSync;
    CHOREIA_TRY(checkSettings(options));
    CHOREIA_TRY(checkOutput(options.json));
    CHOREIA_ASSIGN(const choreo::Device device, choreo::parseDevice(options.device));
    if (!options.outDir.empty()) {
        std::error_code code;
        fs::create_directories(options.outDir, code);
        if (code) return failed(options.outDir, "cannot be made: " + code.message());
    }
    CHOREIA_ASSIGN(const std::vector<Target> targets, targetsOf(options));
    for (const Target& target : targets) {
        CHOREIA_TRY(checkOutput(target.project));
        CHOREIA_TRY(target.outputs.check());
        std::error_code code;
        if (!fs::exists(target.song, code)) return badInput(target.song.string(), "no such file");
    }
    setThreadCount(options.threads);
    CHOREIA_ASSIGN(const fs::path models, choreo::findModels());
    CHOREIA_ASSIGN(const auto choreographer, choreo::Choreographer::load(models, options.set, device, options.settings.model));
    const auto& styles = choreographer->styles();
    if (options.settings.style != "auto" && std::find(styles.begin(), styles.end(), options.settings.style) == styles.end()) {
        std::string names = "auto";
        for (const std::string& style : styles) names += ", " + style;
        return usageError("--style", "is not a style of these weights", names, options.settings.style);
    }

    Json all = Json::array();
    for (const Target& target : targets) {
        if (targets.size() > 1) context.progress.setPrefix(target.song.filename().string());
        CHOREIA_ASSIGN(Json figures, generateOne(options, target, *choreographer, context));
        if (options.json != "-") {
            char line[200];
            std::snprintf(line, sizeof line, ": %.1f s of dance, style %s, seed %llu, on the beat %.3f (chance %.3f), %.1f s of work",
                          figures["frames"].get<double>() / figures["fps"].get<double>(), figures["style"].get<std::string>().c_str(),
                          static_cast<unsigned long long>(options.settings.seed), figures["bas"].get<double>(), figures["bas_chance"].get<double>(),
                          figures["seconds"]["total"].get<double>());
            CHOREIA_TRY(printLine(context, target.song.string() + line + (target.project.empty() ? "" : "; wrote " + target.project)));
        }
        all.push_back(std::move(figures));
    }
    return writeJson(options.json, targets.size() == 1 && options.outDir.empty() ? all[0] : all);
}

}  // namespace

void addGenerate(CLI::App& app, Action& action) {
    auto* verb = app.add_subcommand("generate", "A dance for a song");
    auto options = std::make_shared<Options>();
    verb->add_option("SONG", options->songs, "Sound or video files")->required()->default_str("");
    verb->add_option("-o,--output", options->project, "Write a project (.choreia); where no output is named: SONG.choreia in the current folder");
    verb->add_option("--out-dir", options->outDir, "For several songs: write NAME.choreia, NAME.bvh, NAME.h5 and NAME.beats for each into this folder");
    options->outputs.addTo(*verb);
    verb->add_option("--model", options->settings.model, "gcn-mhw (poses by tokens), or lstm-vae (flat landmarks, lifted; weights of your own: choreia train lstm-vae)");
    verb->add_option("--set", options->set, "The set of weights: default (shipped) or another trained one, such as research");
    verb->add_option("--style", options->settings.style, "A style of the weights (choreia models lists them), or auto: by the music");
    verb->add_option("--seed", options->settings.seed, "The same song, settings and seed give the same dance");
    verb->add_option("--temperature", options->settings.temperature, "Variety: under 1 calmer, over 1 wilder");
    verb->add_option("--top-p", options->settings.topP, "Share of likely moves to choose from");
    verb->add_option("--energy", options->settings.energy, "-1 calmer .. 1 livelier than the song asks for");
    verb->add_option("--guidance", options->settings.guidance, "How much further than trained the music is followed; 0: as trained, and twice as fast");
    verb->add_option("--repeats", options->settings.repeats, "Share of a repeated part's bars that take up its earlier movement, 0 to 1");
    verb->add_flag("--mirror", options->settings.mirror, "Exchange left and right");
    verb->add_option("--from", options->from, "Dance only from this second of the song (a project holds still before)");
    verb->add_option("--length", options->length, "Dance only for so many seconds; 0: to the end");
    verb->add_option("--opening", options->opening, "Not available in this version");
    verb->add_flag("--no-sync", options->noSync, "Leave the motion's own timing: no warp onto the beats");
    verb->add_option("--sync-strength", options->settings.syncStrength, "How far the warp goes, 0 to 1");
    verb->add_option("--sync-method", options->settings.syncMethod, "How the warp is found: match, hill-climb, random, de-uniform or de-log-sigmoid");
    verb->add_option("--device", options->device, "auto, cpu or cuda");
    verb->add_option("--threads", options->threads, "Threads; 0: all cores");
    verb->add_option("--json", options->json, "Write the figures (\"-\": standard output)");
    verb->callback([&action, options] { action = [options](Context& context) { return generate(*options, context); }; });
}

}  // namespace choreia::cli
