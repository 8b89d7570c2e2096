/// A clip with its song as a film: rasterises on all cores, encodes, muxes; atomic.
#pragma once

#include "audio/pcm.h"
#include "core/progress.h"
#include "core/result.h"
#include "motion/clip.h"
#include "render/performer.h"

#include <filesystem>
#include <optional>
#include <stop_token>
#include <vector>

namespace choreia::render {

struct VideoRequest {
    const motion::Clip* clip = nullptr;
    std::vector<const motion::Clip*> others;  ///< who dances with them; the film is as long as clip
    const audio::Pcm* sound = nullptr;  ///< may be null
    int width = 1280, height = 720;     ///< even
    double fps = 30;
    int quality = 20;  ///< CRF
    Casting cast;      ///< who dances
    std::optional<Casting> beside;  ///< and who in the same film: `cast` is then the first of the two
    Layout layout = Layout::SideBySide;

    /// The plain figure and a dancer in one film, before the dancer's backdrop.
    void showBoth(const Casting& dancer, Layout how) {
        cast = Casting{};
        cast.backdrop = dancer.backdrop;
        beside = dancer;
        layout = how;
    }
};

struct VideoReport {
    double totalSeconds = 0, encoderSeconds = 0;  ///< wall time; time inside the encoder
    std::size_t frames = 0;
};

/// Writes path (.mp4: H.264 + AAC, .webm: VP9 + Opus). Error (Usage) for another extension or odd size; as
/// Performer::cast.
Result<VideoReport> exportVideo(const std::filesystem::path& path, const VideoRequest& request, std::stop_token stop, Progress& progress);

}  // namespace choreia::render
