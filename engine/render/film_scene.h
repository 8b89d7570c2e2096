/// What a film shows, picture by picture: who dances, the camera that follows, the beat counter over it. Internal to the room.
#pragma once

#include "render/beat_counter.h"
#include "render/video.h"

#include <memory>
#include <optional>
#include <vector>

namespace choreia::render {

class FilmScene {
public:
    /// request: has motion. drawers: how many threads will draw at once. Error as Performer::cast.
    static Result<std::unique_ptr<FilmScene>> make(const VideoRequest& request, std::size_t drawers);

    [[nodiscard]] std::size_t frames() const { return views_.size(); }
    /// Picture `frame` of the film: the motion at frame / fps. drawer: each in one thread at a time. Colours not multiplied by their opacity.
    void draw(std::size_t drawer, std::size_t frame, Picture& out);

private:
    std::vector<motion::Clip> clips_;  ///< of all dancers, at the film's rate
    std::vector<View> views_;
    struct Drawer {
        std::unique_ptr<Performer> performer;
        std::vector<motion::Vec3> positions;
        std::vector<motion::Quat> world;
    };
    std::vector<Drawer> drawers_;
    std::optional<BeatCounter> counter_;
    double fps_ = 30, start_ = 0;
    bool transparent_ = false;
};

}  // namespace choreia::render
