// Generational differential evolution: draw on one thread, evaluate on many, select on one.
#include "choreo/differential_evolution.h"

#include "core/parallel.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <limits>

namespace choreia::choreo {

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// Members stand behind one another in one array.
struct Members {
    std::size_t count, size;
    std::vector<double> values, scores;
    Members(std::size_t members, std::size_t dimensions)
        : count(members), size(dimensions), values(members * dimensions), scores(members, kInfinity) {}
    std::span<double> at(std::size_t i) { return {values.data() + i * size, size}; }
    [[nodiscard]] std::span<const double> at(std::size_t i) const { return {values.data() + i * size, size}; }
};

double within(double value, double parent, double low, double high, BoundHandling handling) {
    if (value >= low && value <= high) return value;
    const double bound = value < low ? low : high;
    if (handling == BoundHandling::Midpoint) return 0.5 * (parent + bound);
    return std::clamp(2 * bound - value, low, high);
}

// count members' numbers, all different and none of them `own`.
template <std::size_t count>
std::array<std::size_t, count> others(std::size_t own, std::size_t population, Random& random) {
    std::array<std::size_t, count> picked{};
    for (std::size_t k = 0; k < count; ++k) {
        do picked[k] = random.below(population);
        while (picked[k] == own || std::find(picked.begin(), picked.begin() + static_cast<std::ptrdiff_t>(k), picked[k]) !=
                                       picked.begin() + static_cast<std::ptrdiff_t>(k));
    }
    return picked;
}

class Evolution {
public:
    Evolution(const std::function<double(std::span<const double>)>& objective, std::span<const double> lower,
              std::span<const double> upper, const EvolutionSettings& settings, std::stop_token stop)
        : objective_(objective),
          lower_(lower),
          upper_(upper),
          settings_(settings),
          stop_(std::move(stop)),
          random_(settings.seed),
          members_(std::max<std::size_t>(4, settings.population), lower.size()),
          trials_(members_.count, lower.size()) {}

    EvolutionResult run() {
        drawFirst();
        result_.best.assign(members_.at(0).begin(), members_.at(0).end());
        result_.value = kInfinity;
        if (settings_.guesses.empty())
            for (std::size_t d = 0; d < lower_.size(); ++d) result_.best[d] = 0.5 * (lower_[d] + upper_[d]);
        std::size_t stalled = 0;
        for (bool first = true;; first = false) {
            if (!first) drawTrials();
            const std::size_t count = std::min(members_.count, settings_.maxEvaluations - result_.evaluations);
            if (!evaluate(first ? members_ : trials_, count)) return ended(EvolutionEnd::Stopped);
            const double before = result_.value;
            const bool met = select(first, count);
            result_.history.push_back(result_.value);
            if (settings_.onGeneration) settings_.onGeneration(result_.evaluations, result_.best, result_.value);
            if (met) return ended(EvolutionEnd::Target);
            if (result_.evaluations >= settings_.maxEvaluations) return ended(EvolutionEnd::Evaluations);
            stalled = result_.value < before ? 0 : stalled + 1;
            if (settings_.stallGenerations > 0 && stalled >= settings_.stallGenerations) return ended(EvolutionEnd::Stall);
        }
    }

private:
    EvolutionResult ended(EvolutionEnd reason) {
        result_.reason = reason;
        return std::move(result_);
    }

    void drawFirst() {
        for (std::size_t i = 0; i < members_.count; ++i) {
            const auto member = members_.at(i);
            for (std::size_t d = 0; d < member.size(); ++d)
                member[d] = i < settings_.guesses.size() ? std::clamp(settings_.guesses[i][d], lower_[d], upper_[d])
                                                         : random_.uniform(lower_[d], upper_[d]);
        }
    }

    void drawTrials() {
        const std::size_t size = lower_.size();
        for (std::size_t i = 0; i < members_.count; ++i) {
            const double f = drawFactor(settings_.factor, random_);
            const auto [a, b, c] = others<3>(i, members_.count, random_);
            const std::size_t always = random_.below(size);
            const auto own = members_.at(i), trial = trials_.at(i), one = members_.at(a), two = members_.at(b), three = members_.at(c);
            for (std::size_t d = 0; d < size; ++d) {
                const bool crossed = random_.uniform() < settings_.crossover;
                if (!crossed && d != always) {
                    trial[d] = own[d];
                    continue;
                }
                const double mutant = settings_.strategy == Strategy::Rand1Bin
                                          ? one[d] + f * (two[d] - three[d])
                                          : own[d] + f * (result_.best[d] - own[d]) + f * (one[d] - two[d]);
                trial[d] = within(mutant, own[d], lower_[d], upper_[d], settings_.bounds);
            }
        }
    }

    // False where it was stopped: the generation does not count.
    bool evaluate(Members& members, std::size_t count) {
        const auto one = [&](std::size_t i) {
            if (stop_.stop_requested()) return;
            const double score = objective_(members.at(i));
            members.scores[i] = std::isnan(score) ? kInfinity : score;
        };
        if (settings_.parallel) {
            parallelFor(count, one);
        } else {
            for (std::size_t i = 0; i < count; ++i) one(i);
        }
        return !stop_.stop_requested();
    }

    // Parents give way to trials that are not worse. True where the target is met.
    bool select(bool first, std::size_t count) {
        Members& scored = first ? members_ : trials_;
        for (std::size_t i = 0; i < count; ++i) {
            ++result_.evaluations;
            const double score = scored.scores[i];
            if (score < result_.value) {
                result_.value = score;
                result_.best.assign(scored.at(i).begin(), scored.at(i).end());
                if (score <= settings_.target) return true;
            }
            if (!first && score <= members_.scores[i]) {
                members_.scores[i] = score;
                std::copy(trials_.at(i).begin(), trials_.at(i).end(), members_.at(i).begin());
            }
        }
        return false;
    }

    const std::function<double(std::span<const double>)>& objective_;
    std::span<const double> lower_, upper_;
    const EvolutionSettings& settings_;
    std::stop_token stop_;
    Random random_;
    Members members_, trials_;
    EvolutionResult result_;
};

}  // namespace

double drawFactor(const Factor& factor, Random& random) {
    switch (factor.law) {
    case FactorLaw::Fixed: return factor.low;
    case FactorLaw::Uniform: return random.uniform(factor.low, factor.high);
    case FactorLaw::LogSigmoid: break;
    }
    return 1 / (1 + std::exp(-(factor.mean + factor.deviation * random.normal())));
}

EvolutionResult evolve(const std::function<double(std::span<const double>)>& objective, std::span<const double> lower,
                       std::span<const double> upper, const EvolutionSettings& settings, std::stop_token stop) {
    assert(!lower.empty() && lower.size() == upper.size());
    return Evolution(objective, lower, upper, settings, std::move(stop)).run();
}

}  // namespace choreia::choreo
