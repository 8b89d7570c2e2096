// choreia: the engine without a window. Reads the command line, hands over to a verb, and turns every failure into one line and an exit status.
#include "cli/console.h"
#include "cli/verbs.h"

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <new>

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace choreia::cli {
namespace {

constexpr const char* kVerbs = "analyze, generate, remake, export, convert, evaluate, evaluate-beats, dataset, train, models or bench";

int complain(const Error& error) {
    const std::string line = "choreia: " + error.line() + "\n";
    std::fwrite(line.data(), 1, line.size(), stderr);
    return error.exitStatus();
}

std::string firstLine(const char* text) {
    const std::string all = text ? text : "";
    return all.substr(0, all.find('\n'));
}

/// A bug, but still one line.
[[noreturn]] void onTerminate() {
    std::string what = "ended unexpectedly";
    if (const std::exception_ptr current = std::current_exception()) {
        try {
            std::rethrow_exception(current);
        } catch (const std::exception& exception) {
            what = firstLine(exception.what());
        } catch (...) {
        }
    }
    complain(failed("internal", what));
    std::_Exit(1);
}

/// The verb that stands first on the command line, for the error's place.
std::string placeOf(int argc, char** argv) {
    for (int i = 1; i < argc; ++i)
        if (argv[i][0] != '-') return argv[i];
    return "command line";
}

Error usageOf(const CLI::ParseError& error, const std::string& place) {
    std::string what = error.what();
    if (const auto* extras = dynamic_cast<const CLI::ExtrasError*>(&error)) {
        what = extras->what();
        if (const auto colon = what.find(": "); colon != std::string::npos) {
            what = what.substr(colon + 2);
            if (!what.empty() && what.front() == '[') what = what.substr(1, what.size() - 2);
        }
        return usageError(place, "unknown argument: " + what + " (choreia " + (place == "command line" ? "" : place + " ") + "--help lists what there is)");
    }
    if (dynamic_cast<const CLI::RequiredError*>(&error) && what.find("subcommand") != std::string::npos) what = "what is to be done is missing or unknown";
    return usageError(place, what);
}

int run(int argc, char** argv) {
    std::set_terminate(onTerminate);
    std::ios::sync_with_stdio(true);

    CLI::App app("Choreia: a song in, a dance out.", "choreia");
    app.set_version_flag("--version", "choreia " CHOREIA_VERSION);
    app.require_subcommand(1);
    app.option_defaults()->always_capture_default();
    Action action;
    addAnalyze(app, action);
    addGenerate(app, action);
    addRemake(app, action);
    addExport(app, action);
    addConvert(app, action);
    addEvaluate(app, action);
    addEvaluateBeats(app, action);
    addDataset(app, action);
    addTrain(app, action);
    addModels(app, action);
    addBench(app, action);

    if (argc < 2) return complain(usageError("command line", "what is to be done is missing", kVerbs, "nothing"));
    const auto called = [&](const CLI::App* verb) { return verb->get_name() == argv[1]; };
    if (argv[1][0] != '-' && app.get_subcommands(called).empty()) return complain(usageError(argv[1], "is not a verb", kVerbs));
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        if (error.get_exit_code() == 0) return app.exit(error);  // --help, --version
        return complain(usageOf(error, placeOf(argc, argv)));
    }

    Interruption interruption;
    Error error;
    try {
        ConsoleProgress progress;
        Context context{interruption.token(), progress};
        const Result<void> result = action(context);
        if (result.ok()) return 0;
        error = result.error();
    } catch (const std::bad_alloc&) {
        error = failed(argv[1], "not enough memory");
    } catch (const std::exception& exception) {
        error = failed(argv[1], firstLine(exception.what()));
    } catch (...) {
        error = failed(argv[1], "failed for an unknown reason");
    }
    // Whatever failed because it was told to stop was stopped, not broken.
    if (interruption.token().stop_requested()) error = cancelled(argv[1]);
    return complain(error);
}

}  // namespace
}  // namespace choreia::cli

int main(int argc, char** argv) {
#ifdef __GLIBC__
    // Large blocks go back to the system when they are freed; else an hour of song leaves 25 MB of holes behind.
    ::mallopt(M_MMAP_THRESHOLD, 2 << 20);
#endif
    return choreia::cli::run(argc, argv);
}
