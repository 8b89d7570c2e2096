// choreia evaluate-beats: how well estimated beats fit annotated ones.
#include "cli/sound.h"
#include "cli/verbs.h"
#include "eval/metrics.h"

#include <cstdio>
#include <map>

namespace choreia::cli {

namespace {

namespace fs = std::filesystem;

struct Options {
    std::string estimated, reference, json;
};

/// Beat files by the name of their song: all of a folder, or the one file.
Result<std::map<std::string, fs::path>> beatFiles(const fs::path& source) {
    std::error_code code;
    if (!fs::exists(source, code)) return badInput(source.string(), "no such file or folder");
    std::map<std::string, fs::path> files;
    if (!fs::is_directory(source, code)) {
        files.emplace(source.stem().string(), source);
        return files;
    }
    for (const auto& entry : fs::directory_iterator(source, code))
        if (entry.path().extension() == ".beats" || entry.path().extension() == ".txt") files.emplace(entry.path().stem().string(), entry.path());
    if (files.empty()) return badInput(source.string(), "holds no beat files", ".beats or .txt files");
    return files;
}

Result<void> evaluateBeats(const Options& options, Context& context) {
    CHOREIA_TRY(checkOutput(options.json));
    CHOREIA_ASSIGN(const auto estimated, beatFiles(options.estimated));
    CHOREIA_ASSIGN(auto reference, beatFiles(options.reference));
    // Two single files belong together whatever their names.
    if (estimated.size() == 1 && !fs::is_directory(options.reference)) reference = {{estimated.begin()->first, reference.begin()->second}};

    Json songs = Json::array();
    eval::BeatFigures mean;
    for (const auto& [name, file] : estimated) {
        const auto wanted = reference.find(name);
        if (wanted == reference.end()) return badInput(options.reference, "has no beats for " + file.string(), name + ".beats");
        CHOREIA_ASSIGN(const std::vector<double> found, readTimes(file));
        CHOREIA_ASSIGN(const std::vector<double> annotated, readTimes(wanted->second));
        const eval::BeatFigures figures = eval::evaluateBeats(found, annotated);
        songs.push_back({{"name", name},
                         {"f_measure", figures.fMeasure},
                         {"cml_t", figures.cmlT},
                         {"aml_t", figures.amlT},
                         {"median_error_ms", figures.medianErrorMs}});
        const double share = 1.0 / static_cast<double>(estimated.size());
        mean.fMeasure += share * figures.fMeasure;
        mean.cmlT += share * figures.cmlT;
        mean.amlT += share * figures.amlT;
        mean.medianErrorMs += share * figures.medianErrorMs;
    }
    CHOREIA_TRY(writeJson(options.json, {{"f_measure", mean.fMeasure},
                                         {"cml_t", mean.cmlT},
                                         {"aml_t", mean.amlT},
                                         {"median_error_ms", mean.medianErrorMs},
                                         {"songs", std::move(songs)}}));
    if (options.json == "-") return {};
    char line[160];
    std::snprintf(line, sizeof line, "F %.3f, CMLt %.3f, AMLt %.3f, median error %.1f ms, %zu songs", mean.fMeasure, mean.cmlT, mean.amlT,
                  mean.medianErrorMs, estimated.size());
    return printLine(context, line);
}

}  // namespace

void addEvaluateBeats(CLI::App& app, Action& action) {
    auto* verb = app.add_subcommand("evaluate-beats", "Figures of beat tracking against annotated beats");
    auto options = std::make_shared<Options>();
    verb->add_option("ESTIMATED", options->estimated, "A beat file, or a folder of them")->required();
    verb->add_option("--reference", options->reference, "The annotated beats: a file, or a folder with files of the same names")->required();
    verb->add_option("--json", options->json, "Write the figures (\"-\": standard output)");
    verb->callback([&action, options] { action = [options](Context& context) { return evaluateBeats(*options, context); }; });
}

}  // namespace choreia::cli
