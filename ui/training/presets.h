/// What can be trained, under names for people, and three sizes of each.
#pragma once

#include <nlohmann/json.hpp>

#include <QString>

#include <vector>

namespace choreia::ui {

struct TrainableModel {
    QString key;         ///< as the engine calls it
    QString name, what;  ///< for people
    bool folders = false;   ///< takes folders as they are (songs, pictures), not training files
    bool dataNeeded = true;
};
/// Every model the engine can train; one that is not known here appears under its own name.
[[nodiscard]] std::vector<TrainableModel> trainableModels();
[[nodiscard]] TrainableModel trainableModel(const QString& key);

enum class Effort { QuickLook, Good, Best };
struct Preset {
    double minutes = 0;      ///< 0: the model ends by itself
    nlohmann::json config;   ///< over the engine's defaults
};
[[nodiscard]] QString effortName(Effort effort);
[[nodiscard]] Preset presetFor(const QString& model, Effort effort);
/// The same for weights that go on from others: how long; their build is the others'.
[[nodiscard]] Preset fineTuningPreset(Effort effort);
/// "8 minutes, 2 blocks of width 96".
[[nodiscard]] QString presetText(const Preset& preset);
/// Whether a model's weights can be begun from others and keep what those know.
[[nodiscard]] bool canBeFineTuned(const QString& model);

}  // namespace choreia::ui
