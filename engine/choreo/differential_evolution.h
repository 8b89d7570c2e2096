/// Differential evolution: minimises a function of a few numbers within bounds, without its derivative.
#pragma once

#include "core/random.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <stop_token>
#include <vector>

namespace choreia::choreo {

/// How a mutant v of member x_i is made from other members a, b, c, drawn without repetition (Storn and Price, J. Global Optimization 11,
/// 1997; Das and Suganthan, IEEE Trans. Evol. Comp. 15, 2011, call the second "DE/current-to-best/1"):
enum class Strategy {
    Rand1Bin,          ///< v = a + F (b - c)
    CurrentToBest1Bin  ///< v = x_i + F (best - x_i) + F (a - b)
};

/// Where the mutation factor F of each mutant comes from.
enum class FactorLaw {
    Fixed,      ///< F = low
    Uniform,    ///< F uniform in [low, high): "dither" (Das, Konar, Chakraborty, GECCO 2005)
    LogSigmoid  ///< F = 1 / (1 + exp(-x)), x normal with mean and deviation: always in (0, 1), its median 1 / (1 + exp(-mean))
};

struct Factor {
    FactorLaw law = FactorLaw::LogSigmoid;
    double low = 0.4, high = 0.9;
    double mean = 0.0, deviation = 1.0;
};
double drawFactor(const Factor& factor, Random& random);

/// What becomes of a mutant's component beyond a bound.
enum class BoundHandling {
    Midpoint,  ///< half way between the parent's value and the bound
    Reflect    ///< mirrored at the bound
};

struct EvolutionSettings {
    std::size_t population = 30;  ///< at least 4
    Strategy strategy = Strategy::Rand1Bin;
    Factor factor;
    double crossover = 0.9;  ///< share of components taken from the mutant; one always is
    BoundHandling bounds = BoundHandling::Midpoint;
    std::uint64_t seed = 1;
    std::size_t maxEvaluations = 10000;
    double target = -1e300;            ///< stops at a value at or below
    std::size_t stallGenerations = 0;  ///< stops after so many generations in which the best value did not fall; 0: never
    std::vector<std::vector<double>> guesses;  ///< first members, clamped to the bounds; the others are uniform within them
    bool parallel = true;                      ///< evaluates a generation on threadCount() threads: the result is the same for any number
    std::function<void(std::size_t evaluations, std::span<const double> best, double value)> onGeneration;  ///< may be empty
};

enum class EvolutionEnd { Target, Evaluations, Stall, Stopped };

struct EvolutionResult {
    std::vector<double> best;
    double value = 0;
    std::size_t evaluations = 0;   ///< where the target ended it: up to and with the one that met it
    std::vector<double> history;   ///< best value after each generation, the first members' at index 0
    EvolutionEnd reason = EvolutionEnd::Evaluations;
};

/// Minimises objective over lower <= x <= upper (sizes equal, at least 1). A generation is drawn whole before any of it is evaluated and
/// replaces parents only afterwards, so that evaluation order does not matter. A value that is not a number counts as infinite.
/// objective is called from several threads where settings.parallel. Stopped before the first generation: best is the first guess, or
/// the middle of the bounds, of infinite value.
EvolutionResult evolve(const std::function<double(std::span<const double>)>& objective, std::span<const double> lower,
                       std::span<const double> upper, const EvolutionSettings& settings, std::stop_token stop);

}  // namespace choreia::choreo
