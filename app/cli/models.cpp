// choreia models: the weights that are installed, and what they were made from; with --codes, what a quantiser does to motion.
#include "choreo/choreographer.h"
#include "cli/codes.h"
#include "cli/verbs.h"

#include <cmath>
#include <cstdio>

namespace choreia::cli {

namespace {

Result<void> models(const std::string& json, Context& context) {
    CHOREIA_TRY(checkOutput(json));
    CHOREIA_ASSIGN(const std::filesystem::path folder, choreo::findModels());
    CHOREIA_ASSIGN(const std::vector<choreo::ModelInfo> list, choreo::listModels(folder));
    Json rows = Json::array();
    for (const choreo::ModelInfo& model : list) {
        Json figures = Json::object();
        for (const auto& [name, value] : model.figures) figures[name] = value;
        rows.push_back({{"name", model.name},
                        {"kind", model.kind},
                        {"file", model.file},
                        {"parameters", model.parameters},
                        {"trained_on", model.trainedOn},
                        {"styles", model.styles},
                        {"licence", model.licence},
                        {"figures", std::move(figures)},
                        {"command", model.command}});
    }
    CHOREIA_TRY(writeJson(json, rows));
    if (json == "-") return {};
    for (const choreo::ModelInfo& model : list) {
        char line[200];
        std::snprintf(line, sizeof line, "%-20s %-10s %6.2fM parameters  %s", model.name.c_str(), model.kind.c_str(),
                      static_cast<double>(model.parameters) / 1e6, model.file.c_str());
        CHOREIA_TRY(printLine(context, line));
        const auto listed = [&](const char* label, const std::vector<std::string>& words) -> Result<void> {
            std::string text;
            for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
            return text.empty() ? Result<void>() : printLine(context, std::string("    ") + label + text);
        };
        CHOREIA_TRY(listed("trained on ", model.trainedOn));
        CHOREIA_TRY(listed("styles ", model.styles));
        CHOREIA_TRY(listed("licence ", {model.licence}));
    }
    return {};
}

}  // namespace

void addModels(CLI::App& app, Action& action) {
    auto* verb = app.add_subcommand("models", "The weights that are installed: kind, parameters, training data, licence, figures");
    auto options = std::make_shared<CodesOptions>();
    verb->add_option("--codes", options->name, "Measure the quantiser of a set (default), of a file (default.kmeans) or of a path on the validation clips of --data");
    verb->add_option("--data", options->data, "Training HDF5 files, for --codes")->default_str("");
    verb->add_option("--sheet", options->sheet, "Draw the 64 most used lower and upper codes as stick figures (.png), for --codes");
    verb->add_option("--json", options->json, "Write the list or the figures (\"-\": standard output)");
    verb->callback([&action, options] {
        action = [options](Context& context) -> Result<void> {
            if (!options->name.empty()) return showCodes(*options, context);
            if (!options->data.empty() || !options->sheet.empty()) return usageError("models", "--data and --sheet go with --codes NAME", "--codes NAME");
            return models(options->json, context);
        };
    });
}

}  // namespace choreia::cli
