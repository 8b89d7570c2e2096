// choreia generate: a song in, a dance out.
#include "choreo/choreographer.h"
#include "choreo/sync.h"
#include "cli/controls.h"
#include "cli/outputs.h"
#include "cli/part.h"
#include "cli/sound.h"
#include "cli/verbs.h"
#include "core/parallel.h"
#include "hearing/hearing.h"
#include "io/dance_style.h"
#include "io/media.h"
#include "io/model_place.h"
#include "io/project.h"
#include "nn/threads.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>

namespace choreia::cli {

namespace {

namespace fs = std::filesystem;

struct Options {
    std::vector<std::string> songs;
    std::string project, outDir, like, device = "auto", set = "default", json;
    io::GenerateSettings settings;
    bool noSync = false;
    double from = 0, length = 0;
    double closeness = 0.7;
    int threads = 0, takes = 1;
    Controls controls;
    Courses courses;
    Outputs outputs;
};

constexpr int kMostTakes = 16;

/// Where one song's dance goes.
struct Target {
    fs::path song;
    std::string project, beats;
    Outputs outputs;
};

Result<void> checkSettings(const Options& options) {
    if (const auto kind = io::modelPlace(options.settings.model).kind; kind != "gcn-mhw" && kind != "lstm-vae") return usageError("--model", "is not a model", "gcn-mhw or lstm-vae", options.settings.model);
    if (!(options.settings.temperature > 0 && options.settings.temperature <= 10))
        return usageError("--temperature", "out of range", "above 0, at most 10", std::to_string(options.settings.temperature));
    if (!(options.settings.topP > 0 && options.settings.topP <= 1))
        return usageError("--top-p", "out of range", "above 0, at most 1", std::to_string(options.settings.topP));
    if (!(options.settings.syncStrength >= 0 && options.settings.syncStrength <= 1))
        return usageError("--sync-strength", "out of range", "0 to 1", std::to_string(options.settings.syncStrength));
    if (!(options.settings.energy >= -1 && options.settings.energy <= 1)) return usageError("--energy", "out of range", "-1 to 1", std::to_string(options.settings.energy));
    if (!(options.settings.guidance >= 0 && options.settings.guidance <= 5)) return usageError("--guidance", "out of range", "0 to 5", std::to_string(options.settings.guidance));
    if (!(options.settings.stage == 0 || (options.settings.stage >= 0.5 && options.settings.stage <= 100))) return usageError("--stage", "out of range", "0.5 to 100 metres, or 0: as far as the style's dancers go", std::to_string(options.settings.stage));
    if (!(options.settings.repeats >= 0 && options.settings.repeats <= 1)) return usageError("--repeats", "out of range", "0 to 1", std::to_string(options.settings.repeats));
    if (!choreo::parseSyncMethod(options.settings.syncMethod))
        return usageError("--sync-method", "is not a method", choreo::syncMethodList(), options.settings.syncMethod);
    if (!(options.from >= 0) || !std::isfinite(options.from)) return usageError("--from", "out of range", "0 or more seconds", std::to_string(options.from));
    if (options.length != 0 && !(options.length >= 1 && std::isfinite(options.length)))
        return usageError("--length", "out of range", "1 or more seconds", std::to_string(options.length));
    if (!(options.closeness >= 0 && options.closeness <= 1)) return usageError("--closeness", "out of range", "0 to 1", std::to_string(options.closeness));
    if (options.takes < 1 || options.takes > kMostTakes) return usageError("--takes", "out of range", "1 to " + std::to_string(kMostTakes), std::to_string(options.takes));
    if (!options.like.empty() && (options.from > 0 || options.length > 0)) return usageError("--like", "goes by a dance of the whole song", "no --from and no --length");
    if (!options.like.empty() && options.songs.size() > 1) return usageError("--like", "goes by a dance of one song", "one song", std::to_string(options.songs.size()));
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

Result<io::Project> projectOf(const fs::path& song, const audio::Analysis& analysis, std::vector<io::Dance> dances, const io::GenerateSettings& settings) {
    io::Project project;
    project.songPath = fs::absolute(song).lexically_normal().string();
    CHOREIA_ASSIGN(project.songHash, io::fileHash(song));
    project.analysis = analysis;
    project.dances = std::move(dances);
    project.settings = settings;
    return project;
}

/// The song in the ways that its dances need.
struct Heard {
    audio::Analysis analysis, part;  ///< whole, and what is danced to
    audio::Pcm film;                 ///< of the part; empty where there is no film
    double songSeconds = 0, decodeSeconds = 0, analyzeSeconds = 0;
    bool isPart = false;
};

Result<Heard> hearSong(const Options& options, const Target& target, Context& context) {
    Heard heard;
    const Watch decoding;
    audio::PackedSound mono;
    if (target.outputs.video.empty()) {
        CHOREIA_ASSIGN(mono, loadMono(target.song, context));
    } else {
        CHOREIA_ASSIGN(io::Song song, io::decodeSong(target.song, context.stop, context.progress));
        mono.append(song.analysis.samples);
        heard.film = std::move(song.playback);
    }
    heard.decodeSeconds = decoding.seconds();
    heard.songSeconds = static_cast<double>(mono.size()) / audio::kAnalysisRate;
    heard.isPart = options.from > 0 || options.length > 0;
    const double length = std::min(options.length > 0 ? options.length : heard.songSeconds, heard.songSeconds - options.from);
    if (heard.isPart && length < 0.5)
        return usageError("--from", "leaves nothing of " + target.song.string(), "a start before its end at " + std::to_string(heard.songSeconds) + " s",
                          std::to_string(options.from));
    const Watch analysing;
    CHOREIA_ASSIGN(heard.analysis, hearing::hear(mono, target.song.string(), context.stop, context.progress));
    heard.part = heard.isPart ? partOf(heard.analysis, options.from, length) : heard.analysis;
    heard.analyzeSeconds = analysing.seconds();
    if (heard.isPart && !heard.film.samples.empty()) heard.film = cut(heard.film, options.from, length);
    return heard;
}

/// The dance that --like names: the first of its project.
Result<io::Dance> exampleOf(const std::string& path) {
    CHOREIA_ASSIGN(io::Project project, io::readProject(path));
    if (project.dances.empty() || project.dances[0].clip.frames() == 0) return badInput(path, "has no dance to go by");
    return std::move(project.dances[0]);
}

Json figuresOf(const Target& target, const choreo::Generated& generated, const Heard& heard) {
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
                    {"facing_away", rounded(generated.facingAway, 4)},
                    {"energy_correlation", rounded(generated.energyCorrelation, 4)},
                    {"bas_before_sync", rounded(generated.basBeforeSync, 4)},
                    {"bas_matched", rounded(generated.basMatched, 4)},
                    {"mean_speed_change", rounded(generated.meanSpeedChange, 4)},
                    {"seconds",
                     {{"decode", rounded(heard.decodeSeconds, 3)},
                      {"analyze", rounded(heard.analyzeSeconds, 3)},
                      {"tokens", rounded(generated.seconds.tokens, 3)},
                      {"decode_motion", rounded(generated.seconds.decodeMotion, 3)},
                      {"sync", rounded(generated.seconds.sync, 3)},
                      {"cleanup", rounded(generated.seconds.cleanup, 3)},
                      {"export", 0.0},
                      {"total", 0.0}}},
                    {"peak_memory_mb", 0.0}};
    if (!generated.pinDistances.empty()) {
        figures["pin_distances_m"] = Json::array();
        for (const double distance : generated.pinDistances) figures["pin_distances_m"].push_back(rounded(distance, 4));
    }
    return figures;
}

/// Figures of every take of one song.
Result<std::vector<Json>> generateOne(const Options& options, const Target& target, const choreo::Choreographer& choreographer, Context& context) {
    const Watch total;
    CHOREIA_ASSIGN(const Heard heard, hearSong(options, target, context));
    CHOREIA_TRY(target.outputs.checkBeats(heard.analysis.grid, target.song.string()));
    CHOREIA_ASSIGN(const choreo::Constraints constraints, options.controls.load(options.from, options.from + heard.part.duration));
    std::optional<io::Dance> example;
    if (!options.like.empty()) {
        CHOREIA_ASSIGN(example, exampleOf(options.like));
    }
    std::vector<Json> all;
    std::vector<io::Dance> dances;
    double before = 0;
    for (int take = 0; take < options.takes; ++take) {
        if (options.takes > 1) context.progress.setPrefix(target.song.filename().string() + ", take " + std::to_string(take + 1));
        io::GenerateSettings settings = options.settings;
        settings.seed += static_cast<std::uint64_t>(take);
        if (heard.isPart) settings = settingsFrom(std::move(settings), options.from);
        CHOREIA_ASSIGN(choreo::Generated generated,
                       example ? choreographer.likeThis(heard.part, *example, settings, options.closeness, context.stop, context.progress, constraints)
                               : choreographer.generate(heard.part, settings, context.stop, context.progress, constraints));
        Json figures = figuresOf(target, generated, heard);
        if (options.takes > 1) {
            generated.dance.name = "Take " + std::to_string(take + 1);
            figures["take"] = take + 1;
        }
        const Watch exporting;
        const Outputs outputs = options.takes > 1 ? target.outputs.named(".take" + std::to_string(take + 1)) : target.outputs;
        CHOREIA_TRY(outputs.write(generated.dance.clip, io::styleDanced(generated.dance), heard.film.samples.empty() ? nullptr : &heard.film, {&heard.analysis.grid, heard.isPart ? options.from : 0.0}, context, &figures));
        dances.push_back(heard.isPart ? placeInSong(generated.dance, options.from, heard.songSeconds) : std::move(generated.dance));
        // The project is written with the last take, when all dances are there.
        if (take + 1 == options.takes) {
            if (!target.project.empty()) {
                CHOREIA_ASSIGN(const io::Project project, projectOf(target.song, heard.analysis, std::move(dances), options.settings));
                CHOREIA_TRY(io::writeProject(target.project, project));
            }
            if (!target.beats.empty()) CHOREIA_TRY(writeTimes(target.beats, heard.part.grid.beats));
        }
        figures["seconds"]["export"] = rounded(exporting.seconds(), 3);
        figures["seconds"]["total"] = rounded(total.seconds() - before, 3);
        figures["peak_memory_mb"] = rounded(peakMemoryMb(), 1);
        before = total.seconds();
        all.push_back(std::move(figures));
    }
    return all;
}

Result<void> generate(Options options, Context& context) {
    nn::keepFreedMemory();
    options.settings.sync = !options.noSync;
    CHOREIA_TRY(checkSettings(options));
    CHOREIA_TRY(options.controls.check());
    CHOREIA_TRY(options.courses.into(options.settings));
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
        for (int take = 1; options.takes > 1 && take <= options.takes; ++take) CHOREIA_TRY(target.outputs.named(".take" + std::to_string(take)).check());
        std::error_code code;
        if (!fs::exists(target.song, code)) return badInput(target.song.string(), "no such file");
    }
    if (std::error_code code; !options.like.empty() && !fs::exists(options.like, code)) return badInput(options.like, "no such file", "a project");
    setThreadCount(options.threads);
    const io::ModelPlace place = io::modelPlace(options.settings.model);
    options.settings.model = place.text();
    CHOREIA_ASSIGN(const fs::path models, io::weightsFolder(place, options.set));
    CHOREIA_ASSIGN(const auto choreographer, choreo::Choreographer::load(models, options.set, device, place.kind));
    const auto& styles = choreographer->styles();
    if (options.settings.style != "auto" && std::find(styles.begin(), styles.end(), options.settings.style) == styles.end()) {
        std::string names = "auto";
        for (const std::string& style : styles) names += ", " + style;
        return usageError("--style", "is not a style of these weights", names, options.settings.style);
    }

    Json all = Json::array();
    for (const Target& target : targets) {
        if (targets.size() > 1) context.progress.setPrefix(target.song.filename().string());
        CHOREIA_ASSIGN(std::vector<Json> takes, generateOne(options, target, *choreographer, context));
        for (Json& figures : takes) {
            if (options.json != "-") {
                char line[200];
                std::snprintf(line, sizeof line, ": %.1f s of dance, style %s, seed %llu, on the beat %.3f (chance %.3f), %.1f s of work",
                              figures["frames"].get<double>() / figures["fps"].get<double>(), figures["style"].get<std::string>().c_str(),
                              static_cast<unsigned long long>(figures["seed"].get<std::uint64_t>()), figures["bas"].get<double>(), figures["bas_chance"].get<double>(),
                              figures["seconds"]["total"].get<double>());
                const bool last = &figures == &takes.back();
                CHOREIA_TRY(printLine(context, target.song.string() + line + (target.project.empty() || !last ? "" : "; wrote " + target.project)));
            }
            all.push_back(std::move(figures));
        }
    }
    return writeJson(options.json, targets.size() == 1 && options.outDir.empty() && options.takes == 1 ? all[0] : all);
}

}  // namespace

void addGenerate(CLI::App& app, Action& action) {
    auto* verb = app.add_subcommand("generate", "A dance for a song");
    auto options = std::make_shared<Options>();
    verb->add_option("SONG", options->songs, "Sound or video files")->required()->default_str("");
    verb->add_option("-o,--output", options->project, "Write a project (.choreia); where no output is named: SONG.choreia in the current folder");
    verb->add_option("--out-dir", options->outDir, "For several songs: write NAME.choreia, NAME.bvh, NAME.h5 and NAME.beats for each into this folder");
    options->outputs.addTo(*verb);
    verb->add_option("--model", options->settings.model, "gcn-mhw (poses by tokens), or lstm-vae (flat landmarks, lifted; weights of your own: choreia train lstm-vae); MODEL@FOLDER: with the weights of a training's folder");
    verb->add_option("--set", options->set, "The set of weights: default (shipped) or another trained one, such as research");
    verb->add_option("--style", options->settings.style, "A style of the weights (choreia models lists them), or auto: by the music");
    verb->add_option("--seed", options->settings.seed, "The same song, settings and seed give the same dance");
    verb->add_option("--temperature", options->settings.temperature, "Variety: under 1 calmer, over 1 wilder");
    verb->add_option("--top-p", options->settings.topP, "Share of likely moves to choose from");
    verb->add_option("--energy", options->settings.energy, "-1 calmer .. 1 livelier than the song asks for");
    verb->add_option("--guidance", options->settings.guidance, "How much further than trained the music is followed; 0: as trained, and twice as fast");
    verb->add_option("--repeats", options->settings.repeats, "Share of a repeated part's bars that take up its earlier movement, 0 to 1");
    verb->add_flag("--mirror", options->settings.mirror, "Exchange left and right");
    verb->add_option("--stage", options->settings.stage, "Metres that the dancer goes from the middle of the stage at most; 0: as far as the style's dancers do, 2 at least");
    verb->add_flag("!--no-first-pose", options->settings.firstPose, "Dance from the first moment, instead of waiting in a pose for the first accent");
    verb->add_flag("!--no-final-pose", options->settings.finalPose, "Dance until the sound is over, instead of holding a pose from the last accent on");
    verb->add_option("--from", options->from, "Dance only from this second of the song (a project holds still before)");
    verb->add_option("--length", options->length, "Dance only for so many seconds; 0: to the end");
    options->courses.addTo(*verb);
    options->controls.addTo(*verb, true);
    verb->add_option("--takes", options->takes, "So many dances from the seeds SEED, SEED + 1, ...: all in one project; other outputs as NAME.takeK");
    auto* like = verb->add_option("--like", options->like, "More like this: lean towards the first dance of a project of the same song");
    verb->add_option("--closeness", options->closeness, "How much of it, 0 to 1")->needs(like);
    verb->add_flag("--no-sync", options->noSync, "Leave the motion's own timing: no warp onto the beats");
    verb->add_option("--sync-strength", options->settings.syncStrength, "How far the warp goes, 0 to 1");
    verb->add_option("--sync-method", options->settings.syncMethod, "How the warp is found: match, hill-climb, random, de-uniform or de-log-sigmoid");
    verb->add_option("--device", options->device, "auto, cpu or cuda");
    verb->add_option("--threads", options->threads, "Threads; 0: all cores");
    verb->add_option("--json", options->json, "Write the figures (\"-\": standard output)");
    verb->callback([&action, options] { action = [options](Context& context) { return generate(*options, context); }; });
}

}  // namespace choreia::cli
