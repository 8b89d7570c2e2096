// How often the recordings of each style pause and how much they turn, held-out ones left out (eval/dance_habits.h).
//
//   choreia-style-habits F.h5...                              the table (files of choreia dataset build)
//   choreia-style-habits --into W.gcn-mhw.safetensors F.h5... also written into weights from before trainings did so themselves
#include "data/dataset.h"
#include "eval/dance_habits.h"
#include "io/safetensors.h"

#include <cstdio>
#include <string>
#include <vector>

using namespace choreia;

namespace {

Result<void> run(std::vector<std::string> arguments) {
    std::string weights;
    if (arguments.size() > 1 && arguments[0] == "--into") {
        weights = arguments[1];
        arguments.erase(arguments.begin(), arguments.begin() + 2);
    }
    if (arguments.empty()) return usageError("choreia-style-habits", "no recordings", "files of choreia dataset build", "none");
    CHOREIA_ASSIGN(auto clips, data::loadClips({arguments.begin(), arguments.end()}));
    std::map<std::string, std::vector<motion::Clip>> styles;
    for (auto& clip : clips)
        if (!clip.validation) styles[clip.style].push_back(std::move(clip.clip));
    std::map<std::string, eval::DanceHabits> habits;
    for (const auto& [style, takes] : styles) {
        const auto& found = habits[style] = eval::habitsOf(takes);
        std::printf("%-12s %3zu takes, %.2f pauses a second, turned away %.2f, at most %.1f turns within %.0f s\n", style.c_str(), takes.size(), found.pauses, found.away, found.spins,
                    eval::kSpinSeconds);
    }
    if (weights.empty()) return {};
    CHOREIA_ASSIGN(auto table, io::readSafetensors(weights));
    table.metadata["habits"] = eval::habitsText(habits);
    return io::writeSafetensors(weights, table);
}

}  // namespace

int main(int argc, char** argv) {
    if (const auto done = run({argv + 1, argv + argc}); !done.ok()) {
        std::fprintf(stderr, "%s\n", done.error().line().c_str());
        return 1;
    }
    return 0;
}
