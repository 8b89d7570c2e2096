/// The files that generate and export can write from a dance, and their options.
#pragma once

#include "audio/beat_grid.h"
#include "audio/pcm.h"
#include "cli/console.h"
#include "core/result.h"
#include "motion/clip.h"
#include "render/video.h"

#include <CLI/CLI.hpp>

#include <string>
#include <vector>

namespace choreia::cli {

/// The beats that a film can count.
struct FilmBeats {
    const audio::BeatGrid* grid = nullptr;  ///< of the whole song; null: none are known
    double start = 0;                       ///< of the dance in the song, s
};

struct Outputs {
    std::string bvh, gltf, fbx, csv, motion, video, picture;
    std::string view = "skeleton", dancer = "Juno", size = "1280x720", background = "stage";
    bool inset = false, beatCounter = false;
    double fps = 30, at = 0;
    int dancers = 1;
    double canon = 0;  ///< s

    void addTo(CLI::App& verb);
    [[nodiscard]] bool any() const;
    /// The same files under NAME + suffix + extension.
    [[nodiscard]] Outputs named(const std::string& suffix) const;
    /// Refuses what is not available, sizes that cannot be encoded, wrong extensions and unwritable places: before any long work.
    [[nodiscard]] Result<void> check() const;
    /// Whether the beats are asked for. Where they are and there are none, checkBeats refuses; where: what should have them.
    [[nodiscard]] bool wantsBeats() const { return beatCounter; }
    [[nodiscard]] Result<void> checkBeats(const audio::BeatGrid& grid, const std::string& where) const;
    /// Writes everything asked for of a dance, or of the group that `dancers` and `canon` make of it. style: as io::writeClip. sound may be null: a silent film.
    Result<void> write(const motion::Clip& clip, const std::string& style, const audio::Pcm* sound, const FilmBeats& beats, Context& context, Json* figures) const;
    /// The same of dancers who each dance their own: together in film and picture, each in files of their own (NAME.dancer2.bvh) otherwise. styles: one a dancer.
    Result<void> writeGroup(const std::vector<motion::Clip>& group, const std::vector<std::string>& styles, const audio::Pcm* sound, const FilmBeats& beats, Context& context, Json* figures) const;

private:
    /// What film and picture show. group: must stay.
    [[nodiscard]] Result<render::VideoRequest> scene(const std::vector<motion::Clip>& group, const FilmBeats& beats) const;
};

}  // namespace choreia::cli
