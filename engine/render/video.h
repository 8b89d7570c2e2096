/// A clip with its song as a film: rasterises on all cores, encodes, muxes; atomic. Or one picture of it.
#pragma once

#include "audio/beat_grid.h"
#include "audio/pcm.h"
#include "core/progress.h"
#include "core/result.h"
#include "motion/clip.h"
#include "render/performer.h"

#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <vector>

namespace choreia::render {

/// A beat counter in the corner (render::BeatCounter).
struct FilmCounter {
    audio::BeatGrid grid;  ///< of the whole song
    double start = 0;      ///< of the film in the song, s
};

struct VideoRequest {
    const motion::Clip* clip = nullptr;
    std::vector<const motion::Clip*> others;  ///< who dances with them; the film is as long as the longest dance
    const audio::Pcm* sound = nullptr;  ///< may be null
    int width = 1280, height = 720;     ///< even
    double fps = 30;
    int quality = 20;  ///< CRF
    Casting cast;      ///< who dances
    std::optional<Casting> beside;  ///< and who in the same film: `cast` is then the first of the two
    Layout layout = Layout::SideBySide;
    std::optional<FilmCounter> counter;
    /// Called with some of the pictures (about three a second) while they are written, for a preview; may be empty. From the calling thread.
    std::function<void(const Picture&)> preview;

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

/// Writes path (.mp4: H.264 + AAC, .webm: VP9 + Opus, .mov: ProRes 4444 + PCM). Before no background the film is transparent where nothing is drawn. Error (Usage)
/// for another extension, odd size, or no background in .mp4; as Performer::cast.
Result<VideoReport> exportVideo(const std::filesystem::path& path, const VideoRequest& request, std::stop_token stop, Progress& progress);

/// The film's picture that is shown at so many seconds (the last one where there are fewer), in any size of 16 to 8192 pixels; colours not multiplied by their
/// opacity. The request's sound and quality do not matter. Errors as exportVideo.
Result<Picture> drawStill(const VideoRequest& request, double seconds);

}  // namespace choreia::render
