// Quick look is what two cores reach while one waits; good is the shipped size; best takes an evening.
#include "training/presets.h"

#include "train/train.h"

#include <QCoreApplication>

#include <algorithm>

namespace choreia::ui {

namespace {

QString text(const char* source) { return QCoreApplication::translate("Training", source); }

nlohmann::json sized(Effort effort, const nlohmann::json& quick, const nlohmann::json& good, const nlohmann::json& best) {
    return effort == Effort::QuickLook ? quick : effort == Effort::Good ? good : best;
}

}  // namespace

std::vector<TrainableModel> trainableModels() {
    const std::vector<TrainableModel> known = {
        {QStringLiteral("gcn-mhw"), text("Choreographer (GCN-MHW)"), text("Learns which movement follows which in which music. Takes training files with music, or folders of motion with songs.")},
        {QStringLiteral("vq-vae"), text("Movement words (VQ-VAE)"), text("Learns the words that the choreographer speaks in. Takes training files or folders of motion, music or none.")},
        {QStringLiteral("beats"), text("Beat hearing"), text("Learns to hear beats and bars. Takes folders of songs with NAME.beats beside them; without, music made by the program."), true, false},
        {QStringLiteral("lstm-vae"), text("Landmark dancer (LSTM-VAE)"), text("Learns landmarks from music. Takes training files.")},
        {QStringLiteral("kmeans"), text("Movement words (k-means)"), text("Sorts poses into groups; quick, no curve. Takes training files or folders of motion.")},
        {QStringLiteral("se-vit"), text("Pose reader (SE-ViT)"), text("Learns to find a body in a picture. Takes folders of pictures with landmarks, and training files."), true},
        {QStringLiteral("lift"), text("Depth of poses (lifting network)"), text("Learns how flat landmarks stand in space, for dances taken from videos. Takes training files or folders of motion.")},
        {QStringLiteral("dancer-gan"), text("Dancer (GAN)"), text("Learns to draw a dancer from a pose. Takes folders of pictures with landmarks."), true},
    };
    std::vector<TrainableModel> there;
    auto names = train::modelNames();
    for (const auto& model : known)
        if (const auto at = std::find(names.begin(), names.end(), model.key.toStdString()); at != names.end()) {
            there.push_back(model);
            names.erase(at);
        }
    for (const auto& name : names) there.push_back({QString::fromStdString(name), QString::fromStdString(name), QString(), true});
    return there;
}

TrainableModel trainableModel(const QString& key) {
    for (auto& model : trainableModels())
        if (model.key == key) return model;
    return {key, key, QString(), true};
}

QString effortName(Effort effort) {
    switch (effort) {
    case Effort::QuickLook: return text("Quick look");
    case Effort::Good: return text("Good");
    case Effort::Best: return text("Best");
    }
    return {};
}

Preset presetFor(const QString& model, Effort effort) {
    Preset preset;
    preset.minutes = effort == Effort::QuickLook ? 8 : effort == Effort::Good ? 40 : 180;
    preset.config = {{"name", "default"}, {"checkpoint_every_s", 20}, {"validate_every_s", effort == Effort::QuickLook ? 20 : 60}};
    if (model == QLatin1String("gcn-mhw")) {
        const nlohmann::json common = {{"window", 64}, {"time", "beats"}, {"corruption", 0.9}, {"weight_decay", 0.05}, {"music_dropout", 0.06}, {"style_balance", 0.6}, {"tell_alterations", true}};
        preset.config.update(common);
        preset.config.update(sized(effort,
                                   {{"node_channels", 8}, {"width", 96}, {"heads", 4}, {"blocks", 2}, {"batch", 8}, {"sequence", 96}, {"dropout", 0.15}, {"learning_rate", 1.5e-3}},
                                   {{"node_channels", 16}, {"width", 192}, {"heads", 6}, {"blocks", 3}, {"batch", 12}, {"sequence", 112}, {"dropout", 0.25}, {"learning_rate", 8e-4}, {"bearings", 2}, {"recorded_share", 0.4}, {"out_of_step", 0.2}},
                                   {{"node_channels", 24}, {"width", 256}, {"heads", 8}, {"blocks", 4}, {"batch", 16}, {"sequence", 128}, {"dropout", 0.3}, {"learning_rate", 6e-4}, {"bearings", 3}, {"recorded_share", 0.4}, {"out_of_step", 0.2}}));
    } else if (model == QLatin1String("vq-vae")) {
        preset.config["levels"] = 3;
        preset.config["plain_steps"] = effort == Effort::QuickLook ? 200 : 800;
        preset.config.update(sized(effort, {{"width", 64}, {"batch", 12}, {"learning_rate", 2e-3}}, {{"width", 128}, {"batch", 20}, {"learning_rate", 1.3e-3}},
                                   {{"width", 192}, {"batch", 24}, {"learning_rate", 1e-3}}));
    } else if (model == QLatin1String("beats")) {
        preset.config.update(sized(effort, {{"width", 24}, {"coarse", 48}, {"batch", 4}, {"pool", 100}, {"first_pool", 32}}, {{"width", 48}, {"coarse", 96}, {"batch", 6}, {"pool", 800}, {"first_pool", 64}},
                                   {{"width", 48}, {"coarse", 96}, {"batch", 6}, {"pool", 1500}, {"first_pool", 64}}));
    } else if (model == QLatin1String("kmeans")) {
        preset.minutes = 0;
        preset.config = {{"name", "default"}, {"codes", effort == Effort::QuickLook ? 64 : effort == Effort::Good ? 256 : 512}};
    } else if (model != QLatin1String("lstm-vae")) {
        preset.config.erase("name");
        if (model == QLatin1String("se-vit")) preset.config["precision"] = "auto";
        if (model == QLatin1String("dancer-gan")) preset.config.update({{"middle", 16}, {"contrast_weight", 10}});
    }
    return preset;
}

Preset fineTuningPreset(Effort effort) {
    Preset preset;
    preset.minutes = effort == Effort::QuickLook ? 2 : effort == Effort::Good ? 4 : 12;
    // The rate and what is held are the engine's own choice.
    preset.config = {{"name", "default"}, {"checkpoint_every_s", 20}, {"validate_every_s", effort == Effort::QuickLook ? 15 : 20}};
    return preset;
}

bool canBeFineTuned(const QString& model) { return model == QLatin1String("gcn-mhw"); }

QString presetText(const Preset& preset) {
    QStringList parts;
    if (preset.minutes > 0) parts += text("%1 minutes").arg(preset.minutes);
    if (preset.config.contains("blocks") && preset.config.contains("width"))
        parts += text("%1 blocks of width %2").arg(preset.config["blocks"].get<int>()).arg(preset.config["width"].get<int>());
    else if (preset.config.contains("width"))
        parts += text("width %1").arg(preset.config["width"].get<int>());
    if (preset.config.contains("codes")) parts += text("%1 groups").arg(preset.config["codes"].get<int>());
    return parts.join(QStringLiteral(", "));
}

}  // namespace choreia::ui
