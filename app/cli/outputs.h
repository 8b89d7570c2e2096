/// The files that generate and export can write from a dance, and their options.
#pragma once

#include "audio/pcm.h"
#include "cli/console.h"
#include "core/result.h"
#include "motion/clip.h"

#include <CLI/CLI.hpp>

#include <string>

namespace choreia::cli {

struct Outputs {
    std::string bvh, gltf, fbx, csv, motion, video;
    std::string view = "skeleton", dancer = "Juno", size = "1280x720", background = "stage";
    bool inset = false;
    double fps = 30;
    int dancers = 1;
    double canon = 0;  ///< s

    void addTo(CLI::App& verb);
    [[nodiscard]] bool any() const;
    /// The same files under NAME + suffix + extension.
    [[nodiscard]] Outputs named(const std::string& suffix) const;
    /// Refuses what is not available, sizes that cannot be encoded, wrong extensions and unwritable places: before any long work.
    [[nodiscard]] Result<void> check() const;
    /// Writes everything asked for. sound may be null: a silent film.
    Result<void> write(const motion::Clip& clip, const audio::Pcm* sound, Context& context, Json* figures) const;
};

}  // namespace choreia::cli
