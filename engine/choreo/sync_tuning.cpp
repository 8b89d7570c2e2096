// Each set of weights is judged by warping every clip with it and measuring the result as eval does.
#include "choreo/sync_tuning.h"

#include "core/atomic_file.h"
#include "eval/metrics.h"
#include "motion/kinematics.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

namespace choreia::choreo {

std::vector<SyncClip> syncClips(const std::vector<data::TrainingClip>& clips, bool validation, std::size_t most, double seconds) {
    constexpr double kFps = 60, kShortest = 5;
    std::vector<const data::TrainingClip*> fit;
    for (const auto& clip : clips) {
        const bool paired = clip.musicFeatures.rows > 0 && clip.beats.size() >= 4 && clip.name.find("~beat") == std::string::npos;
        if (paired && clip.validation == validation && static_cast<double>(clip.clip.frames()) >= kShortest * kFps) fit.push_back(&clip);
    }
    std::vector<SyncClip> out;
    const std::size_t count = std::min(most, fit.size());
    for (std::size_t i = 0; i < count; ++i) {
        const data::TrainingClip& from = *fit[i * fit.size() / count];
        SyncClip clip;
        clip.name = from.name;
        clip.positions = motion::jointPositions(motion::Skeleton::body(), from.clip);
        const std::size_t frames = std::min(clip.positions.frames(), static_cast<std::size_t>(seconds * kFps));
        clip.positions.values.resize(frames * clip.positions.joints);
        for (const double beat : from.beats)
            if (beat >= 0 && beat * kFps < static_cast<double>(frames)) clip.beats.push_back(beat);
        for (std::size_t row = 0; row < std::min(frames, from.musicFeatures.rows); ++row)
            clip.onset.push_back(static_cast<double>(from.musicFeatures.at(row, audio::columns::kOnset)));
        out.push_back(std::move(clip));
    }
    return out;
}

motion::Positions warpedPositions(const motion::Positions& positions, std::span<const double> times) {
    motion::Positions out = positions;
    if (positions.frames() < 2) return out;
    for (std::size_t f = 0; f < times.size(); ++f) {
        const double at = std::clamp(times[f] * positions.fps, 0.0, static_cast<double>(positions.frames() - 1));
        const auto before = std::min(static_cast<std::size_t>(at), positions.frames() - 2);
        const auto share = static_cast<float>(at - static_cast<double>(before));
        for (std::size_t j = 0; j < positions.joints; ++j)
            out.at(f, j) = positions.at(before, j) * (1 - share) + positions.at(before + 1, j) * share;
    }
    return out;
}

SyncFigures syncFigures(std::span<const SyncClip> clips, const SyncSettings& settings) {
    SyncFigures mean;
    const double share = 1 / static_cast<double>(std::max<std::size_t>(1, clips.size()));
    for (const SyncClip& clip : clips) {
        SyncReport report;
        const auto times = syncWarp(clip.positions, clip.beats, settings, &report, clip.onset);
        const auto alignment = eval::beatAlignment(warpedPositions(clip.positions, times), clip.beats);
        mean.bas += share * alignment.bas;
        mean.aboveChance += share * alignment.aboveChance;
        mean.energyAgreement += share * (1 - report.terms.energy);
        mean.meanSpeedChange += share * report.meanSpeedChange;
        mean.maxSpeedChange = std::max(mean.maxSpeedChange, report.maxSpeedChange);
    }
    return mean;
}

double tuningValue(const SyncFigures& figures, const SyncTuningSettings& settings) {
    return -(figures.aboveChance + settings.energyShare * figures.energyAgreement) +
           10 * std::max(0.0, figures.meanSpeedChange - settings.largestMeanChange);
}

SyncTuned tuneSync(std::span<const SyncClip> clips, const SyncTuningSettings& settings, std::stop_token stop, Progress& progress,
                   const std::function<void(std::size_t, const SyncWeights&, double)>& onGeneration) {
    const auto weightsOf = [](std::span<const double> x) {
        const double largest = std::max({x[0], x[1], x[2], 1e-9});
        return SyncWeights{x[0] / largest, x[1] / largest, x[2] / largest};
    };
    SyncSettings sync;
    sync.seed = settings.seed;
    sync.effort = settings.effort;
    EvolutionSettings evolution;
    evolution.population = settings.population;
    evolution.maxEvaluations = settings.evaluations;
    evolution.seed = settings.seed;
    const SyncWeights builtIn;
    evolution.guesses = {{builtIn.beats, builtIn.energy, builtIn.roughness}};
    Stage stage(progress, "tuning sync");
    evolution.onGeneration = [&](std::size_t evaluations, std::span<const double> best, double value) {
        stage.update(static_cast<double>(evaluations), static_cast<double>(settings.evaluations));
        if (onGeneration) onGeneration(evaluations, weightsOf(best), value);
    };
    const std::array<double, 3> lower = {0, 0, 0}, upper = {1, 1, 1};
    const auto result = evolve(
        [&](std::span<const double> x) {
            SyncSettings own = sync;
            own.gamma = weightsOf(x);
            return tuningValue(syncFigures(clips, own), settings);
        },
        lower, upper, evolution, stop);
    return {weightsOf(result.best), result.value, result.evaluations};
}

namespace {

using Json = nlohmann::ordered_json;

Json toJson(const SyncWeights& gamma) { return {gamma.beats, gamma.energy, gamma.roughness}; }
Json toJson(const SyncFigures& figures) {
    return {{"bas", figures.bas},
            {"bas_above_chance", figures.aboveChance},
            {"energy_agreement", figures.energyAgreement},
            {"mean_speed_change", figures.meanSpeedChange},
            {"max_speed_change", figures.maxSpeedChange}};
}

}  // namespace

Result<void> trainSync(const std::vector<std::filesystem::path>& data, const std::filesystem::path& out, const std::filesystem::path& log,
                       const SyncTuningSettings& settings, std::stop_token stop, Progress& progress) {
    if (data.empty()) return usageError("train", "no data given", "--data F.h5");
    constexpr std::size_t kTraining = 24, kValidation = 12;
    constexpr double kSeconds = 20;
    std::vector<SyncClip> training, validation;
    {
        CHOREIA_ASSIGN(const auto clips, data::loadClips(data));
        training = syncClips(clips, false, kTraining, kSeconds);
        validation = syncClips(clips, true, kValidation, kSeconds);
    }
    if (training.empty()) return badInput(data.front().string(), "no training clip of 5 s or more has music with beats");
    std::string lines;
    Result<void> logged;
    const auto tuned = tuneSync(training, settings, stop, progress, [&](std::size_t evaluations, const SyncWeights& best, double value) {
        lines += Json{{"evaluations", evaluations}, {"gamma", toJson(best)}, {"value", value}}.dump() + "\n";
        for (const auto& path : {out / "sync.log.jsonl", log})
            if (!path.empty() && logged.ok()) logged = writeFile(path, lines);
    });
    CHOREIA_TRY(logged);
    if (stop.stop_requested()) return cancelled("train sync");
    Json record = {{"gamma", toJson(tuned.gamma)}, {"value", tuned.value}, {"evaluations", tuned.evaluations}, {"seed", settings.seed},
                   {"largest_mean_speed_change", settings.largestMeanChange}, {"energy_share", settings.energyShare}};
    for (const auto& [name, clips] : {std::pair("training", &training), std::pair("validation", &validation)}) {
        if (clips->empty()) continue;
        SyncSettings sync;
        sync.seed = settings.seed + 1;  // not the seed it was tuned with
        Json& figures = record[name];
        figures["clips"] = clips->size();
        figures["built_in"] = toJson(syncFigures(*clips, sync));
        sync.gamma = tuned.gamma;
        figures["tuned"] = toJson(syncFigures(*clips, sync));
    }
    return writeFile(out / "sync.json", record.dump(2) + "\n");
}

}  // namespace choreia::choreo
