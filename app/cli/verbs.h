/// The verbs of the command line, one file each. A verb adds its options to the parser; when it was called, it sets what is to be done.
#pragma once

#include "cli/console.h"
#include "core/result.h"

#include <CLI/CLI.hpp>

#include <functional>

namespace choreia::cli {

using Action = std::function<Result<void>(Context&)>;

void addAnalyze(CLI::App& app, Action& action);
void addGenerate(CLI::App& app, Action& action);
void addRemake(CLI::App& app, Action& action);
void addExport(CLI::App& app, Action& action);
void addConvert(CLI::App& app, Action& action);
void addEvaluate(CLI::App& app, Action& action);
void addEvaluateBeats(CLI::App& app, Action& action);
void addDataset(CLI::App& app, Action& action);
void addTrain(CLI::App& app, Action& action);
void addModels(CLI::App& app, Action& action);
void addBench(CLI::App& app, Action& action);

}  // namespace choreia::cli
