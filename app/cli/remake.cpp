// choreia remake: a part of a project's dance made anew, the rest kept as it is.
#include "choreo/choreographer.h"
#include "choreo/seams.h"
#include "cli/controls.h"
#include "cli/outputs.h"
#include "cli/sound.h"
#include "cli/verbs.h"
#include "core/parallel.h"
#include "hearing/hearing.h"
#include "io/dance_style.h"
#include "io/media.h"
#include "io/model_place.h"
#include "io/project.h"

#include <cmath>

namespace choreia::cli {

namespace {

namespace fs = std::filesystem;

struct Options {
    std::string input, output, song, style, device = "auto", set = "default", json;
    double from = 0, to = 0, temperature = 1, energy = 0, guidance = 1;
    std::uint64_t seed = 0;
    int dance = 1, threads = 0;
    const CLI::Option *seedGiven = nullptr, *temperatureGiven = nullptr, *energyGiven = nullptr, *guidanceGiven = nullptr, *setGiven = nullptr;
    Controls controls;
    Outputs outputs;
};

/// How the dance was made, but for what the person asks for now. Without a seed of its own a part takes the one after the dance's.
io::GenerateSettings settingsOf(const Options& options, const io::Dance& dance) {
    io::GenerateSettings settings = dance.settings;
    settings.seed = options.seedGiven->count() > 0 ? options.seed : dance.settings.seed + 1;
    if (!options.style.empty()) {
        settings.style = options.style;
        settings.styleCourse.clear();
    }
    if (options.temperatureGiven->count() > 0) settings.temperature = options.temperature;
    if (options.energyGiven->count() > 0) {
        settings.energy = options.energy;
        settings.energyCourse.clear();
    }
    if (options.guidanceGiven->count() > 0) settings.guidance = options.guidance;
    return settings;
}

Result<void> check(const Options& options) {
    if (!std::isfinite(options.from) || options.from < 0) return usageError("--from", "out of range", "0 or more seconds", std::to_string(options.from));
    if (!(options.to > options.from)) return usageError("--to", "does not lie after --from", "more than " + std::to_string(options.from) + " s", std::to_string(options.to));
    if (options.to - options.from < 0.5) return usageError("--to", "leaves too short a part", "0.5 s or more", std::to_string(options.to - options.from));
    if (!(options.temperature > 0 && options.temperature <= 10)) return usageError("--temperature", "out of range", "above 0, at most 10", std::to_string(options.temperature));
    if (!(options.energy >= -1 && options.energy <= 1)) return usageError("--energy", "out of range", "-1 to 1", std::to_string(options.energy));
    if (!(options.guidance >= 0 && options.guidance <= 5)) return usageError("--guidance", "out of range", "0 to 5", std::to_string(options.guidance));
    if (options.threads < 0) return usageError("--threads", "out of range", "1 or more, or 0 for all cores", std::to_string(options.threads));
    if (!options.output.empty() && fs::path(options.output).extension() != ".choreia")
        return usageError("-o", "wrong kind of file", "a name ending in .choreia", options.output);
    CHOREIA_TRY(options.controls.check());
    CHOREIA_TRY(checkOutput(options.json));
    CHOREIA_TRY(options.outputs.check());
    return checkOutput(options.output);
}

Result<void> remake(const Options& options, Context& context) {
    const Watch total;
    CHOREIA_TRY(check(options));
    CHOREIA_ASSIGN(const choreo::Device device, choreo::parseDevice(options.device));
    CHOREIA_ASSIGN(io::Project project, io::readProject(options.input));
    if (project.dances.empty()) return badInput(options.input, "has no dance");
    if (options.dance < 1 || options.dance > static_cast<int>(project.dances.size()))
        return usageError("--dance", "no such dance", "1 to " + std::to_string(project.dances.size()), std::to_string(options.dance));
    io::Dance& dance = project.dances[static_cast<std::size_t>(options.dance - 1)];
    if (options.to > dance.clip.seconds() + 0.05)
        return usageError("--to", "lies beyond the dance", "at most " + std::to_string(dance.clip.seconds()) + " s", std::to_string(options.to));
    CHOREIA_ASSIGN(const choreo::Constraints constraints, options.controls.load(0, dance.clip.seconds()));
    CHOREIA_TRY(options.outputs.checkBeats(project.analysis.grid, options.input));
    const fs::path song = options.song.empty() ? fs::path(options.input).parent_path() / project.songPath : fs::path(options.song);
    std::error_code code;
    if (!fs::exists(song, code)) return badInput(options.input, "its song is gone: name it with --song", song.string(), "nothing there");

    setThreadCount(options.threads);
    const io::GenerateSettings settings = settingsOf(options, dance);
    io::ModelPlace place = io::modelPlace(settings.model);
    if (options.setGiven->count() > 0) place.weights.clear();
    const auto models = io::weightsFolder(place, options.set);
    if (!models && !place.weights.empty()) return badInput(models.error().where, models.error().what, models.error().expected + ", or --set NAME for installed ones", models.error().found);
    CHOREIA_TRY(models);
    CHOREIA_ASSIGN(const auto choreographer, choreo::Choreographer::load(*models, options.set, device, place.kind));
    // The song is heard again for its features; the beats are those of the project, with the person's edits.
    audio::Analysis analysis;
    audio::Pcm film;
    {
        audio::PackedSound mono;
        if (options.outputs.video.empty()) {
            CHOREIA_ASSIGN(mono, loadMono(song, context));
        } else {
            CHOREIA_ASSIGN(io::Song decoded, io::decodeSong(song, context.stop, context.progress));
            mono.append(decoded.analysis.samples);
            film = std::move(decoded.playback);
        }
        CHOREIA_ASSIGN(analysis, hearing::hear(mono, song.string(), context.stop, context.progress));
    }
    analysis.grid = project.analysis.grid;
    audio::writeBeatColumns(analysis.grid, analysis.features);
    audio::writeSectionColumns(analysis.sections, analysis.grid, analysis.features);
    const Watch making;
    CHOREIA_ASSIGN(choreo::Generated made, choreographer->remake(analysis, dance, options.from, options.to, settings, constraints, context.stop, context.progress));
    const double makingSeconds = making.seconds();
    // As the window does: the part is a block, and what met at its ends is kept.
    const std::string& whole = dance.settings.style;
    made.dance.blocks = choreo::withBlock(dance.blocks, options.from, options.to, "remade " + std::to_string(settings.seed), whole.empty() || whole == "auto" ? "dance" : whole);
    choreo::keepSeams(made.dance, dance, options.from, options.to, {}, {});
    dance = std::move(made.dance);
    const std::string output = options.output.empty() ? options.input : options.output;
    if (output != options.input && fs::path(project.songPath).is_relative()) project.songPath = fs::absolute(song).lexically_normal().string();
    CHOREIA_TRY(io::writeProject(output, project));
    Json figures = {{"project", output},
                    {"dance", options.dance},
                    {"from_s", options.from},
                    {"to_s", options.to},
                    {"seed", settings.seed},
                    {"style", settings.style},
                    {"join_distance_m", rounded(made.joinDistance, 4)},
                    {"pin_distances_m", Json::array()},
                    {"bas", rounded(made.bas, 4)},
                    {"bas_chance", rounded(made.basChance, 4)},
                    {"bas_above_chance", rounded(made.basAboveChance, 4)},
                    {"bas_before_sync", rounded(made.basBeforeSync, 4)},
                    {"bas_matched", rounded(made.basMatched, 4)},
                    {"seconds",
                     {{"tokens", rounded(made.seconds.tokens, 3)},
                      {"cleanup", rounded(made.seconds.cleanup, 3)},
                      {"sync", rounded(made.seconds.sync, 3)},
                      {"remake", rounded(makingSeconds, 3)},
                      {"export", 0.0},
                      {"total", 0.0}}}};
    for (const double distance : made.pinDistances) figures["pin_distances_m"].push_back(rounded(distance, 4));
    CHOREIA_TRY(options.outputs.write(dance.clip, io::styleDanced(dance), film.samples.empty() ? nullptr : &film, {&analysis.grid, 0}, context, &figures));
    figures["seconds"]["total"] = rounded(total.seconds(), 3);
    figures["peak_memory_mb"] = rounded(peakMemoryMb(), 1);
    if (options.json != "-") {
        char line[160];
        std::snprintf(line, sizeof line, ": %.2f to %.2f s made anew, seed %llu, %.1f s of work", options.from, options.to, static_cast<unsigned long long>(settings.seed),
                      figures["seconds"]["total"].get<double>());
        CHOREIA_TRY(printLine(context, output + line));
    }
    return writeJson(options.json, figures);
}

}  // namespace

void addRemake(CLI::App& app, Action& action) {
    auto* verb = app.add_subcommand("remake", "A part of a project's dance made anew; the rest stays as it is");
    auto options = std::make_shared<Options>();
    verb->add_option("PROJECT", options->input, "A project (.choreia)")->required();
    verb->add_option("--from", options->from, "Where the part begins, seconds")->required();
    verb->add_option("--to", options->to, "Where it ends, seconds; at least half a second later")->required();
    options->seedGiven = verb->add_option("--seed", options->seed, "Another seed, another part; not given: the one after the dance's");
    verb->add_option("-o,--output", options->output, "Write another project instead of changing this one");
    verb->add_option("--dance", options->dance, "Which dance of the project");
    options->controls.addTo(*verb, false);
    verb->add_option("--style", options->style, "Another style for the part; not given: the dance's");
    options->temperatureGiven = verb->add_option("--temperature", options->temperature, "Variety; not given: the dance's");
    options->energyGiven = verb->add_option("--energy", options->energy, "-1 calmer .. 1 livelier; not given: the dance's");
    options->guidanceGiven = verb->add_option("--guidance", options->guidance, "How much further than trained the music is followed; not given: the dance's");
    verb->add_option("--song", options->song, "The song, where it is not where the project says");
    options->setGiven = verb->add_option("--set", options->set, "The set of weights; not given: those that made the dance");
    options->outputs.addTo(*verb);
    verb->add_option("--device", options->device, "auto, cpu or cuda");
    verb->add_option("--threads", options->threads, "Threads; 0: all cores");
    verb->add_option("--json", options->json, "Write the figures (\"-\": standard output)");
    verb->callback([&action, options] { action = [options](Context& context) { return remake(*options, context); }; });
}

}  // namespace choreia::cli
