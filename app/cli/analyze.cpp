// choreia analyze: what the engine hears in a song.
#include "cli/sound.h"
#include "cli/verbs.h"
#include "hearing/hearing.h"

#include <cstdio>

namespace choreia::cli {

namespace {

struct Options {
    std::string song, beats, downbeats, json;
};

Result<void> analyze(const Options& options, Context& context) {
    CHOREIA_TRY(checkOutput(options.beats));
    CHOREIA_TRY(checkOutput(options.downbeats));
    CHOREIA_TRY(checkOutput(options.json));
    const Watch watch;
    CHOREIA_ASSIGN(const audio::PackedSound sound, loadMono(options.song, context));
    const double decodeSeconds = watch.seconds();
    CHOREIA_ASSIGN(const audio::Analysis analysis, hearing::hear(sound, options.song, context.stop, context.progress));

    CHOREIA_TRY(writeTimes(options.beats, analysis.grid.beats));
    CHOREIA_TRY(writeTimes(options.downbeats, analysis.grid.downbeats));
    Json sections = Json::array();
    for (const audio::Section& section : analysis.sections)
        sections.push_back({{"start_s", rounded(section.start, 3)}, {"end_s", rounded(section.end, 3)}, {"label", section.label}, {"loudest", section.loudest}});
    const auto times = [](const std::vector<double>& values) {
        Json list = Json::array();
        for (const double value : values) list.push_back(rounded(value, 3));
        return list;
    };
    CHOREIA_TRY(writeJson(options.json, {{"song", options.song},
                                         {"duration_s", rounded(analysis.duration, 3)},
                                         {"tempo_bpm", rounded(analysis.grid.tempoBpm, 2)},
                                         {"beats_per_bar", analysis.grid.beatsPerBar},
                                         {"confidence", rounded(analysis.grid.confidence, 3)},
                                         {"beats_s", times(analysis.grid.beats)},
                                         {"downbeats_s", times(analysis.grid.downbeats)},
                                         {"sections", std::move(sections)},
                                         {"seconds",
                                          {{"decode", rounded(decodeSeconds, 3)},
                                           {"features", rounded(analysis.featuresSeconds, 3)},
                                           {"beats", rounded(analysis.beatsSeconds, 3)}}}}));
    if (options.json == "-" || options.beats == "-" || options.downbeats == "-") return {};
    char line[200];
    if (analysis.grid.beats.empty())
        std::snprintf(line, sizeof line, "%.1f s, no beat found: silence, noise or free time", analysis.duration);
    else
        std::snprintf(line, sizeof line, "%.1f s, %.1f bpm, %zu beats, %zu bars of %d, %zu sections", analysis.duration, analysis.grid.tempoBpm,
                      analysis.grid.beats.size(), analysis.grid.downbeats.size(), analysis.grid.beatsPerBar, analysis.sections.size());
    return printLine(context, line);
}

}  // namespace

void addAnalyze(CLI::App& app, Action& action) {
    auto* verb = app.add_subcommand("analyze", "Tempo, beats, downbeats and sections of a song");
    auto options = std::make_shared<Options>();
    verb->add_option("SONG", options->song, "A sound or video file")->required();
    verb->add_option("--beats", options->beats, "Write the beats: one time in seconds a line");
    verb->add_option("--downbeats", options->downbeats, "Write the downbeats likewise");
    verb->add_option("--json", options->json, "Write the figures (\"-\": standard output)");
    verb->callback([&action, options] { action = [options](Context& context) { return analyze(*options, context); }; });
}

}  // namespace choreia::cli
