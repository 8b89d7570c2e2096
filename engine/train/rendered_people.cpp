// The body comes from the character's renderer; what is behind it is painted here, so that no background can be learned.
#include "train/rendered_people.h"

#include "io/hdf5.h"
#include "motion/kinematics.h"
#include "render/character.h"
#include "train/backgrounds.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace choreia::train {

namespace {

/// From all round, from the floor to above the head, near with much perspective or far with little; the body fills a half to all of the height.
render::View someView(Random& random, const motion::Vec3& pelvis) {
    render::View view;
    view.fieldOfView = static_cast<float>(random.uniform(0.35, 1.0));
    const double metres = random.uniform(2.0, 3.2), distance = 0.5 * metres / std::tan(0.5 * static_cast<double>(view.fieldOfView));
    const double round = random.uniform(0, 2 * std::numbers::pi), rise = random.uniform(-0.1, 0.5);
    view.target = pelvis + motion::Vec3(static_cast<float>(random.uniform(-0.25, 0.25)), static_cast<float>(random.uniform(-0.3, 0.2)), static_cast<float>(random.uniform(-0.25, 0.25)));
    view.eye = view.target + motion::Vec3(static_cast<float>(distance * std::cos(rise) * std::sin(round)), static_cast<float>(distance * std::sin(rise)),
                                          static_cast<float>(distance * std::cos(rise) * std::cos(round)));
    view.eye.y() = std::max(view.eye.y(), 0.15f);
    return view;
}

}  // namespace

bool holdsMotion(const std::filesystem::path& place) {
    std::error_code code;
    if (std::filesystem::is_directory(place, code)) return false;
    const auto file = io::H5Reader::open(place);
    if (!file.ok()) return false;
    const auto groups = file->groups();
    return std::any_of(groups.begin(), groups.end(), [&](const auto& group) { return file->exists(group + "/local_rotations"); });
}

Result<RenderedPeople> RenderedPeople::load(const std::vector<std::filesystem::path>& files) {
    RenderedPeople people;
    CHOREIA_ASSIGN(auto clips, data::loadClips(files));
    for (auto& clip : clips) {
        if (clip.name.find('~') != std::string::npos) continue;  // the same motion under other music
        clip.musicFeatures = {};
        (clip.validation ? people.validation_ : people.training_).push_back(std::move(clip));
    }
    if (people.training_.empty() || people.validation_.empty())
        return badInput(files.front().string(), "too little motion", "clips for training and for validation",
                        std::to_string(people.training_.size()) + " and " + std::to_string(people.validation_.size()));
    return people;
}

data::PictureSample RenderedPeople::draw(Random& random, bool validation, int side) const {
    const auto& clips = validation ? validation_ : training_;
    const auto& clip = clips[random.below(clips.size())].clip;
    const auto frame = random.below(clip.frames());
    std::array<motion::Vec3, motion::kJoints> joints;
    std::array<motion::Quat, motion::kJoints> turns;
    motion::forwardKinematics(motion::Skeleton::body(), clip.root[frame], clip.pose(frame), joints, turns);
    render::CharacterRequest request;
    request.width = request.height = side;
    request.look = random.uniform() < 0.3 ? render::CharacterLook::shipped(static_cast<int>(random.below(static_cast<std::uint64_t>(render::CharacterLook::shippedCount()))))
                                          : render::CharacterLook::drawn(random);
    if (!validation && random.uniform() < 0.4) request.look.loose = static_cast<float>(random.uniform(0.1, 1.0));  // robes, wide trousers; what is measured stays as it was
    if (random.uniform() < 0.8) request.light = render::CharacterLight::drawn(random);
    request.view = someView(random, joints[0]);
    request.shadow = random.uniform() < 0.8;
    if (random.uniform() < 0.7) request.floor = someColour(random), request.wall = someColour(random);
    auto drawn = render::renderCharacter(joints, turns, request);

    data::PictureSample sample;
    sample.width = sample.height = side;
    sample.set = "renders";
    sample.validation = validation;
    sample.depthKnown = true;
    sample.rgb = std::move(drawn.rgb);
    if (random.uniform() < 0.6) {
        const auto behind = validation ? paintShapes(random, side) : paintBackground(random, side);  // what is measured stays as it was
        for (std::size_t p = 0; p < drawn.coverage.size(); ++p) {
            const float share = static_cast<float>(drawn.coverage[p]) / 255.0f;
            for (std::size_t k = 0; k < 3; ++k) {
                const float back = std::clamp(behind[3 * p + k], 0.0f, 1.0f) * 255.0f;
                sample.rgb[3 * p + k] = static_cast<std::uint8_t>(back + (static_cast<float>(sample.rgb[3 * p + k]) - back) * share + 0.5f);
            }
        }
    }
    std::vector<std::array<float, 2>> points(data::kPictureMarks);
    for (std::size_t i = 0; i < data::kPictureMarks; ++i) {
        points[i] = {drawn.landmarks[3 * i] * static_cast<float>(side), drawn.landmarks[3 * i + 1] * static_cast<float>(side)};
        sample.landmarks[3 * i] = points[i][0], sample.landmarks[3 * i + 1] = points[i][1], sample.landmarks[3 * i + 2] = drawn.landmarks[3 * i + 2];
        sample.known[i] = std::isfinite(points[i][0]) && std::isfinite(points[i][1]);
        sample.seen[i] = sample.known[i] && drawn.visible[i] > 0.5f;
    }
    sample.person = data::squareRound(points);
    return sample;
}

}  // namespace choreia::train
