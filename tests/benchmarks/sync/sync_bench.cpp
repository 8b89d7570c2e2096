// How well differential evolution minimises, and what each method of sync makes of whole dances.
//
//   choreia-sync-bench                   evaluations to reach a target on standard functions of 10 dimensions, median over seeds
//   choreia-sync-bench [--seeds N] F.h5...   also on windows of real dances against their music (files of choreia dataset build), then every
//                                        method of sync over whole dances: beat alignment, above chance, changes of speed, seconds
#include "choreo/sync_tuning.h"
#include "choreo/warp_search.h"
#include "core/parallel.h"
#include "eval/beat_alignment.h"
#include "eval/metrics.h"

#ifdef CHOREIA_WITH_PAGMO
#include <pagmo/algorithm.hpp>
#include <pagmo/algorithms/de.hpp>
#include <pagmo/population.hpp>
#include <pagmo/problem.hpp>
#endif

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <numbers>
#include <string>

using namespace choreia;
using namespace choreia::choreo;

namespace {

using Objective = std::function<double(std::span<const double>)>;

struct Problem {
    std::string name;
    Objective objective;
    std::vector<double> lower, upper, guess;  // guess: may be empty
    double target = 0;
    std::size_t budget = 0, population = 0;
    double crossover = 0.9;
};

struct Solver {
    std::string name;
    Strategy strategy;
    Factor factor;
    bool library = false;
};

const std::vector<Solver> kSolvers = {
    {"rand/1 uniform", Strategy::Rand1Bin, {FactorLaw::Uniform}},
    {"rand/1 log-sigmoid", Strategy::Rand1Bin, {FactorLaw::LogSigmoid}},
    {"to-best/1 uniform", Strategy::CurrentToBest1Bin, {FactorLaw::Uniform}},
    {"to-best/1 log-sig.", Strategy::CurrentToBest1Bin, {FactorLaw::LogSigmoid}},
    {"rand/1 fixed 0.8", Strategy::Rand1Bin, {FactorLaw::Fixed, 0.8}},
#ifdef CHOREIA_WITH_PAGMO
    {"pagmo rand/1 0.8", Strategy::Rand1Bin, {FactorLaw::Fixed, 0.8}, true},
#endif
};

#ifdef CHOREIA_WITH_PAGMO
struct Reached {};
// Counts evaluations, and leaves the library's loop as soon as the target is met or the budget spent.
struct CountedProblem {
    const Problem* problem = nullptr;
    std::size_t* count = nullptr;
    pagmo::vector_double fitness(const pagmo::vector_double& x) const {
        const double value = problem->objective(x);
        if (++*count >= problem->budget || value <= problem->target) {
            if (value > problem->target) *count = problem->budget + 1;
            throw Reached{};
        }
        return {value};
    }
    std::pair<pagmo::vector_double, pagmo::vector_double> get_bounds() const { return {problem->lower, problem->upper}; }
};
#endif

// Evaluations up to the one that met the target; budget + 1 where none did.
std::size_t evaluationsOf(const Problem& problem, const Solver& solver, unsigned seed) {
#ifdef CHOREIA_WITH_PAGMO
    if (solver.library) {
        std::size_t count = 0;
        try {
            pagmo::population population(pagmo::problem(CountedProblem{&problem, &count}), 0, seed);
            if (!problem.guess.empty()) population.push_back(problem.guess);
            while (population.size() < problem.population) population.push_back(population.random_decision_vector());
            const auto generations = static_cast<unsigned>(problem.budget / problem.population + 1);
            pagmo::algorithm(pagmo::de(generations, solver.factor.low, problem.crossover, 7, 0, 0, seed)).evolve(population);
        } catch (const Reached&) {
            return count;
        }
        return problem.budget + 1;
    }
#endif
    EvolutionSettings settings;
    settings.population = problem.population;
    settings.strategy = solver.strategy;
    settings.factor = solver.factor;
    settings.crossover = problem.crossover;
    settings.seed = seed;
    settings.maxEvaluations = problem.budget;
    settings.target = problem.target;
    settings.parallel = false;
    if (!problem.guess.empty()) settings.guesses = {problem.guess};
    const auto result = evolve(problem.objective, problem.lower, problem.upper, settings, {});
    return result.reason == EvolutionEnd::Target ? result.evaluations : problem.budget + 1;
}

// Median over problems and seeds, and how often the target was met.
void printRow(const char* name, const std::vector<Problem>& problems, unsigned seeds) {
    std::printf("%-22s", name);
    for (const Solver& solver : kSolvers) {
        std::vector<std::size_t> counts;
        std::size_t met = 0;
        for (const Problem& problem : problems) {
            for (unsigned seed = 1; seed <= seeds; ++seed) {
                counts.push_back(evaluationsOf(problem, solver, seed));
                met += counts.back() <= problem.budget;
            }
        }
        std::nth_element(counts.begin(), counts.begin() + static_cast<std::ptrdiff_t>(counts.size() / 2), counts.end());
        const std::size_t median = counts[counts.size() / 2];
        const std::string text = (median <= problems.front().budget ? std::to_string(median) : "> " + std::to_string(problems.front().budget)) + " (" +
                                 std::to_string(met) + "/" + std::to_string(counts.size()) + ")";
        std::printf(" %19s", text.c_str());
    }
    std::printf("\n");
    std::fflush(stdout);
}

void printHeader(const char* title) {
    std::printf("\n%-22s", title);
    for (const Solver& solver : kSolvers) std::printf(" %19s", solver.name.c_str());
    std::printf("\n");
}

Problem standard(const char* name, double range, double crossover, Objective objective) {
    // The bounds are not symmetric round the minimum, so that a middle is no help.
    return {name, std::move(objective), std::vector<double>(10, -range), std::vector<double>(10, range * 0.8), {}, 1e-6, 200000, 60, crossover};
}

void functions(unsigned seeds) {
    printHeader("to 1e-6, 10 dim., 60");
    for (const Problem& problem :
         {standard("sphere", 5.12, 0.9,
                   [](std::span<const double> x) {
                       double sum = 0;
                       for (const double v : x) sum += v * v;
                       return sum;
                   }),
          standard("Rosenbrock", 2.048, 0.9,
                   [](std::span<const double> x) {
                       double sum = 0;
                       for (std::size_t i = 0; i + 1 < x.size(); ++i) sum += 100 * std::pow(x[i + 1] - x[i] * x[i], 2) + std::pow(1 - x[i], 2);
                       return sum;
                   }),
          standard("Rastrigin (CR 0.2)", 5.12, 0.2,
                   [](std::span<const double> x) {
                       double sum = 10 * static_cast<double>(x.size());
                       for (const double v : x) sum += v * v - 10 * std::cos(2 * std::numbers::pi * v);
                       return sum;
                   }),
          standard("Ackley", 32, 0.9, [](std::span<const double> x) {
              double squares = 0, waves = 0;
              for (const double v : x) {
                  squares += v * v / static_cast<double>(x.size());
                  waves += std::cos(2 * std::numbers::pi * v) / static_cast<double>(x.size());
              }
              return -20 * std::exp(-0.2 * std::sqrt(squares)) - std::exp(waves) + 20 + std::numbers::e;
          })})
        printRow(problem.name.c_str(), {problem}, seeds);
}

// Windows of real dances after matching; target: nine tenths of the way from the matched warp to the best that long searches find.
void windows(const std::vector<SyncClip>& clips, unsigned seeds) {
    std::vector<std::unique_ptr<WarpModel>> models;
    std::vector<std::shared_ptr<WarpWindow>> held;
    std::vector<Problem> problems;
    for (std::size_t c = 0; c < clips.size() && problems.size() < 12; ++c) {
        const SyncClip& clip = clips[c];
        std::vector<double> beats, displacement;
        for (const double beat : clip.beats) beats.push_back(beat * 60);
        SyncSettings match;
        match.method = SyncMethod::Match;
        const auto times = syncWarp(clip.positions, clip.beats, match, nullptr, clip.onset);
        for (std::size_t f = 0; f < times.size(); ++f) displacement.push_back(times[f] * 60 - static_cast<double>(f));
        models.push_back(std::make_unique<WarpModel>(eval::jointSpeedCurve(clip.positions), beats, clip.onset, 0.2, SyncWeights{}));
        models.back()->start(displacement);
        const auto anchors = anchorFrames(*models.back(), false);
        if (anchors.size() < 20) continue;
        auto window = std::make_shared<WarpWindow>(*models.back(), std::span(anchors).subspan(anchors.size() / 2, 8));
        Problem problem{"window", [window](std::span<const double> x) { return (*window)(x); }, std::vector<double>(6, -8), std::vector<double>(6, 8),
                        std::vector<double>(6, 0.0), -1e300, 5000, 10, 0.9};
        const double start = problem.objective(problem.guess);
        double best = start;
        for (unsigned seed = 101; seed < 109; ++seed) {
            EvolutionSettings thorough;
            thorough.population = 60;
            thorough.maxEvaluations = 20000;
            thorough.seed = seed;
            thorough.parallel = false;
            thorough.factor.law = seed % 2 ? FactorLaw::Uniform : FactorLaw::LogSigmoid;
            best = std::min(best, evolve(problem.objective, problem.lower, problem.upper, thorough, {}).value);
        }
        if (start - best < 1e-4) continue;  // nothing to find here
        problem.target = best + 0.1 * (start - best);
        problems.push_back(std::move(problem));
    }
    if (problems.empty()) return;
    printHeader("real, 6 dim., pop. 10");
    printRow((std::to_string(problems.size()) + " windows to 90%").c_str(), problems, seeds);
    for (Problem& problem : problems) problem.population = 30;
    printRow("the same, pop. 30", problems, seeds);
}

double cpuSeconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

void songs(const std::vector<SyncClip>& clips, unsigned seeds) {
    std::size_t frames = 0;
    for (const SyncClip& clip : clips) frames += clip.positions.frames();
    std::printf("\n%zu dances, %.0f s, %u seeds; processor seconds for 3 minutes of dance, one thread\n%-16s %6s %8s %8s %8s %8s %8s %8s %8s %8s\n", clips.size(),
                static_cast<double>(frames) / 60, seeds, "method", "effort", "loss", "BAS", "above", "energy", "mean", "max", "evals", "seconds");
    setThreadCount(1);
    double before = 0, chance = 0;
    for (const SyncClip& clip : clips) {
        const auto alignment = eval::beatAlignment(clip.positions, clip.beats);
        before += alignment.bas / static_cast<double>(clips.size());
        chance += alignment.aboveChance / static_cast<double>(clips.size());
    }
    std::printf("%-16s %6s %8s %8.4f %8.4f\n", "as danced", "", "", before, chance);
    for (const double effort : {0.5, 1.0}) {
        for (std::size_t m = 0; m < kSyncMethodNames.size(); ++m) {
            SyncSettings settings;
            settings.method = static_cast<SyncMethod>(m);
            settings.effort = effort;
            if (settings.method == SyncMethod::Match && effort > 0.5) continue;
            double bas = 0, above = 0, energy = 0, loss = 0, mean = 0, largest = 0, seconds = 0, evaluations = 0;
            const double share = 1 / static_cast<double>(clips.size() * seeds);
            for (unsigned seed = 1; seed <= seeds; ++seed) {
                settings.seed = seed;
                for (const SyncClip& clip : clips) {
                    SyncReport report;
                    const double start = cpuSeconds();
                    const auto times = syncWarp(clip.positions, clip.beats, settings, &report, clip.onset);
                    seconds += cpuSeconds() - start;
                    const auto alignment = eval::beatAlignment(warpedPositions(clip.positions, times), clip.beats);
                    bas += share * alignment.bas;
                    above += share * alignment.aboveChance;
                    energy += share * (1 - report.terms.energy);
                    loss += share * report.terms.loss(settings.gamma);
                    mean += share * report.meanSpeedChange;
                    largest = std::max(largest, report.maxSpeedChange);
                    evaluations += static_cast<double>(report.evaluations);
                }
            }
            const double minutes = 10800 / static_cast<double>(frames) / seeds;
            std::printf("%-16s %6.2f %8.4f %8.4f %8.4f %8.4f %8.4f %8.4f %8.0f %8.3f\n", std::string(kSyncMethodNames[m]).c_str(), effort, loss, bas, above, energy, mean,
                        largest, evaluations * minutes, seconds * minutes);
            std::fflush(stdout);
        }
    }
    setThreadCount(0);
}

// Dances joined end to end until they last three minutes: one call, wall clock.
void threeMinutes(const std::vector<SyncClip>& clips) {
    SyncClip joined;
    for (const SyncClip& clip : clips) {
        const double start = static_cast<double>(joined.positions.frames()) / 60;
        const std::size_t left = 10800 - joined.positions.frames(), taken = std::min(left, clip.positions.frames());
        joined.positions.values.insert(joined.positions.values.end(), clip.positions.values.begin(),
                                       clip.positions.values.begin() + static_cast<std::ptrdiff_t>(taken * clip.positions.joints));
        for (const double beat : clip.beats)
            if (beat * 60 < static_cast<double>(taken)) joined.beats.push_back(start + beat);
        joined.onset.insert(joined.onset.end(), clip.onset.begin(), clip.onset.begin() + static_cast<std::ptrdiff_t>(std::min(taken, clip.onset.size())));
        if (taken == left) break;
    }
    std::printf("\none call for %.0f s, wall clock, best of 3\n", static_cast<double>(joined.positions.frames()) / 60);
    for (const int threads : {1, 2}) {
        for (std::size_t m = 0; m < kSyncMethodNames.size(); ++m) {
            setThreadCount(threads);
            SyncSettings settings;
            settings.method = static_cast<SyncMethod>(m);
            double best = 1e9;
            for (int i = 0; i < 3; ++i) {
                const auto start = std::chrono::steady_clock::now();
                static_cast<void>(syncWarp(joined.positions, joined.beats, settings, nullptr, joined.onset));
                best = std::min(best, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
            }
            std::printf("%-16s %d threads %.3f s\n", std::string(kSyncMethodNames[m]).c_str(), threads, best);
        }
    }
    setThreadCount(0);
}

}  // namespace

int main(int argc, char** argv) {
    std::vector<std::filesystem::path> files;
    unsigned seeds = 5;
    for (int i = 1; i < argc; ++i) {
        if (std::string(argv[i]) == "--seeds" && i + 1 < argc) {
            seeds = static_cast<unsigned>(std::max(1, std::atoi(argv[++i])));
        } else {
            files.emplace_back(argv[i]);
        }
    }
    functions(2 * seeds + 1);
    if (files.empty()) return 0;
    std::vector<SyncClip> longOnes;
    {
        const auto clips = data::loadClips(files);
        if (!clips.ok()) {
            std::fprintf(stderr, "%s\n", clips.error().line().c_str());
            return clips.error().exitStatus();
        }
        for (const bool validation : {true, false})
            for (SyncClip& clip : syncClips(*clips, validation, 10000, 1000))
                // A "~" in the name: motion that was warped, or music that was laid under it.
                if (clip.positions.frames() >= 1800 && clip.name.find('~') == std::string::npos) longOnes.push_back(std::move(clip));
    }
    windows(longOnes, seeds);
    songs(longOnes, std::min(seeds, 3u));
    threeMinutes(longOnes);
    return 0;
}
