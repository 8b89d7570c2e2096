// The motion is sampled once for the whole film; the camera needs to see all of it.
#include "render/film_scene.h"

#include "motion/kinematics.h"
#include "motion/stage_place.h"

#include <algorithm>
#include <cmath>

namespace choreia::render {

Result<std::unique_ptr<FilmScene>> FilmScene::make(const VideoRequest& request, std::size_t drawers) {
    auto scene = std::make_unique<FilmScene>();
    std::vector<const motion::Clip*> dances{request.clip};
    dances.insert(dances.end(), request.others.begin(), request.others.end());
    double seconds = 0;
    for (const motion::Clip* dance : dances) seconds = std::max(seconds, dance->seconds());
    const auto frames = static_cast<std::size_t>(std::max(1.0, std::round(seconds * request.fps)));
    std::vector<double> times(frames);
    for (std::size_t i = 0; i < frames; ++i) times[i] = static_cast<double>(i) / request.fps;
    for (const motion::Clip* dance : dances) scene->clips_.push_back(motion::sampleAt(*dance, times, request.fps));
    const std::size_t joints = motion::kJoints * scene->clips_.size();
    for (std::size_t i = 0; i < drawers; ++i) {
        CHOREIA_ASSIGN(auto performer, request.beside ? Performer::castPair(request.cast, *request.beside, request.layout, scene->clips_.size(), request.width, request.height)
                                                      : Performer::castGroup(request.cast, scene->clips_.size(), request.width, request.height));
        scene->drawers_.push_back({std::move(performer), std::vector<motion::Vec3>(joints), std::vector<motion::Quat>(joints)});
    }
    std::vector<motion::Positions> paths;
    for (const motion::Clip& clip : scene->clips_) paths.push_back(motion::jointPositions(motion::Skeleton::body(), clip));
    std::vector<motion::Standing> stand;
    for (const motion::Positions& path : paths) stand.push_back({&path});
    scene->views_ = followCamera(motion::together(stand), scene->drawers_.front().performer->aspect());
    scene->fps_ = request.fps;
    scene->transparent_ = request.cast.backdrop.kind == Backdrop::Kind::Nothing;
    if (request.counter) {
        scene->counter_.emplace(request.counter->grid, request.width, request.height);
        scene->start_ = request.counter->start;
    }
    return scene;
}

void FilmScene::draw(std::size_t drawer, std::size_t frame, Picture& out) {
    auto& [performer, positions, world] = drawers_[drawer];
    for (std::size_t k = 0; k < clips_.size(); ++k)
        motion::forwardKinematics(motion::Skeleton::body(), clips_[k].root[frame], clips_[k].pose(frame), std::span(positions).subspan(k * motion::kJoints, motion::kJoints),
                                  std::span(world).subspan(k * motion::kJoints, motion::kJoints));
    performer->draw(positions, world, views_[frame], out);
    if (counter_) counter_->draw(start_ + static_cast<double>(frame) / fps_, out);
    if (transparent_) toStraight(out);
}

}  // namespace choreia::render
