/// A small SE-ViT of chance weights in a file: made sure of itself (sureness 400) it finds somebody everywhere, made unsure (0.01) nobody.
#pragma once

#include "io/safetensors.h"
#include "nn/se_vit.h"
#include "nn/weights.h"

#include <QTemporaryDir>

#include <string>

namespace choreia::testing {

/// Writes it into the folder and returns its path. The same weights every time.
inline std::string writeTinySeVit(const QTemporaryDir& folder, double sureness) {
    torch::manual_seed(5);
    nn::SeVitConfig config;
    config.size = 64, config.width = 24, config.layers = 1, config.heads = 3, config.stem = 8, config.features = 16;
    nn::SeVit net(config);
    {
        const torch::NoGradGuard noGrad;
        for (auto& item : net->named_parameters())
            if (item.key() == "head.weight") item.value().mul_(sureness);
    }
    std::string path = folder.filePath("test.se-vit.safetensors").toStdString();
    if (!io::writeSafetensors(path, nn::toTable(*net, "se-vit", config.toJson(), false)).ok()) qFatal("no weights");
    return path;
}

}  // namespace choreia::testing
