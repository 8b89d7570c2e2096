// choreia models: the weights that are installed, and what they were made from.
#include "choreo/choreographer.h"
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
    auto json = std::make_shared<std::string>();
    verb->add_option("--json", *json, "Write the list (\"-\": standard output)");
    verb->callback([&action, json] { action = [json](Context& context) { return models(*json, context); }; });
}

}  // namespace choreia::cli
