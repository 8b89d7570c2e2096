/// What can be written of a dance, and the work of writing it; for a worker.
#pragma once

#include "document/snapshots.h"
#include "document/time_range.h"
#include "render/video.h"

#include <QString>

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace choreia::ui {

/// One way out: what it is called and what it writes.
struct ExportFormat {
    enum class Kind { Film, Picture, Motion };
    QString name, extension, note;
    Kind kind = Kind::Motion;
    bool keepsOpacity = false;
};
[[nodiscard]] std::vector<ExportFormat> exportFormats();

struct ExportOptions {
    std::string path;
    ExportFormat::Kind kind = ExportFormat::Kind::Motion;
    int width = 1280, height = 720;  ///< even
    double fps = 30;
    int quality = 20;  ///< CRF
    int look = 0;      ///< who dances in a film: place in render::castNames
    enum class Show { Dancer, Figure, SideBySide, Inset } show = Show::Dancer;  ///< the dancer, the plain figure, or both
    std::string background = "stage";  ///< as render::backdropNamed
    std::optional<TimeRange> part;     ///< of the dance; empty: all of it
    int dancers = 1;                   ///< in a film: a group in formation (motion::inFormation); 0: everybody of the cast
    std::optional<audio::BeatGrid> beats;  ///< the film counts these
    double at = 0;                         ///< of a picture: seconds of the song
    std::function<void(const render::Picture&)> preview;  ///< as render::VideoRequest; from the worker
};
/// Writes a dance (and its song, for films), or what the whole cast dances. cast: everybody in their order, the dance among them; for films of everybody only.
/// Error as of the engine's writers.
Result<std::string> exportDance(const DanceSnapshot& dance, std::span<const std::shared_ptr<const DanceSnapshot>> cast, const audio::Pcm* sound, const ExportOptions& options, std::stop_token stop,
                                Progress& progress);

}  // namespace choreia::ui
