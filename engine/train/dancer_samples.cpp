// Photographs are held in memory as bytes; our character is drawn anew all the time, so that no pose is seen often.
#include "train/dancer_samples.h"

#include "core/parallel.h"
#include "data/dancer_pictures.h"
#include "io/hdf5.h"
#include "io/png.h"
#include "motion/kinematics.h"
#include "render/camera.h"
#include "render/character.h"
#include "render/gan_dancer.h"
#include "train/rendered_people.h"

#include <algorithm>
#include <cmath>

namespace choreia::train {

namespace {

constexpr std::size_t kOwnValidation = 64;

/// The same camera turned and narrowed to a square of its picture.
render::View aimedAt(const render::View& view, const render::PictureSquare& square) {
    const render::Camera camera(view, 1, 1);
    const motion::Vec3 middle = camera.ray(square.left + 0.5f * square.side, square.top + 0.5f * square.side);
    render::View aimed = view;
    aimed.target = view.eye + middle;
    // The square lies off the axis: seen straight on it is a little smaller.
    aimed.fieldOfView = 2 * std::atan(square.side * std::tan(0.5f * view.fieldOfView) / middle.norm());
    return aimed;
}

torch::Tensor planesOf(const std::vector<std::uint8_t>& rgb, int side) {
    return torch::from_blob(const_cast<std::uint8_t*>(rgb.data()), {side, side, 3}, torch::kUInt8).permute({2, 0, 1}).contiguous();
}

torch::Tensor planeOf(const std::vector<std::uint8_t>& values, int side) {
    return torch::from_blob(const_cast<std::uint8_t*>(values.data()), {1, side, side}, torch::kUInt8).clone();
}

}  // namespace

struct DancerSamples::Columns {
    std::vector<torch::Tensor> maps, outside, picture, previous, mask, landmarks, room, head;

    [[nodiscard]] DancerBatch stacked() const {
        const auto stack = [](const std::vector<torch::Tensor>& all) { return all.empty() ? torch::Tensor() : torch::stack(all, 0); };
        return {stack(maps), stack(outside), stack(picture), stack(previous), stack(mask), stack(room), stack(head), stack(landmarks)};
    }
};

Result<DancerSamples> DancerSamples::load(const std::vector<std::filesystem::path>& places, const DancerSampleSetting& setting) {
    DancerSamples samples;
    samples.setting_ = setting;
    const auto motions = std::count_if(places.begin(), places.end(), holdsMotion);
    if (motions > 0 && motions < static_cast<std::ptrdiff_t>(places.size()))
        return badInput("training data", "is of two kinds", "pictures of one person, or motion for our own character", "both");
    samples.photographs_ = motions == 0;
    if (samples.photographs_ && setting.layered) return badInput("training data", "pictures say nothing of what stands behind the person", "motion for our own character, or layered false", "pictures");
    if (motions > 0) {
        CHOREIA_TRY(samples.loadMotion(places));
    } else {
        samples.side_ = setting.size + setting.size / 8;
        CHOREIA_ASSIGN(const auto pictures, data::loadDancerPictures(places, samples.side_));
        const DancerSample* before = nullptr;
        for (const auto& picture : pictures) {
            DancerSample sample{planesOf(picture.rgb, samples.side_), {}, {}, {}, picture.landmarks};
            if (!picture.coverage.empty()) sample.coverage = planeOf(picture.coverage, samples.side_);
            if (setting.previous && picture.follows && before) sample.previous = before->picture;
            auto& set = picture.validation ? samples.validation_ : samples.training_;
            set.push_back(std::move(sample));
            before = &set.back();
        }
    }
    if (samples.training_.empty() || samples.validation_.empty())
        return badInput("training data", "too few pictures", "some for training and some for validation",
                        std::to_string(samples.training_.size()) + " and " + std::to_string(samples.validation_.size()));
    return samples;
}

Result<void> DancerSamples::loadMotion(const std::vector<std::filesystem::path>& files) {
    CHOREIA_ASSIGN(auto clips, data::loadClips(files));
    for (auto& clip : clips) {
        // The same motion under other music is the same motion.
        if (clip.name.find('~') != std::string::npos || clip.clip.frames() < 2) continue;
        clip.musicFeatures = {};
        clips_.push_back(std::move(clip));
    }
    side_ = setting_.size;
    for (const bool validation : {false, true})
        if (std::none_of(clips_.begin(), clips_.end(), [&](const auto& clip) { return clip.validation == validation; })) return {};
    Random random(setting_.seed + 1'000'003), held(7);
    for (int k = 0; k < std::max(8, setting_.pool / 8); ++k) training_.push_back(drawScene(random, false));
    for (std::size_t k = 0; k < kOwnValidation; ++k) validation_.push_back(drawScene(held, true));
    return {};
}

DancerSample DancerSamples::drawScene(Random& random, bool validation) const {
    const data::TrainingClip* clip = nullptr;
    do clip = &clips_[random.below(clips_.size())];
    while (clip->validation != validation);
    const auto frame = 1 + random.below(clip->clip.frames() - 1);
    // The neighbourhood is enough for the camera to be where it would be in the whole.
    const std::size_t first = frame > 240 ? frame - 240 : 0, count = std::min<std::size_t>(480, clip->clip.frames() - first);
    const auto views = render::followCamera(motion::jointPositions(motion::Skeleton::body(), motion::slice(clip->clip, first, count)), 1.0);
    render::CharacterRequest request;
    request.width = request.height = side_;
    request.look = render::CharacterLook::shipped(setting_.look);
    std::array<float, 3> tint{1, 1, 1};
    if (setting_.layered && !validation) {
        // Rooms of other colours, so that what is the dancer's is told from what stands behind.
        for (std::size_t c = 0; c < 3; ++c) tint[c] = static_cast<float>(random.uniform(0.6, 1.7));
        for (std::size_t c = 0; c < 3; ++c) request.floor[c] *= tint[c], request.wall[c] *= tint[c];
    }
    const float wider = validation ? 0.0f : static_cast<float>(random.uniform(-0.04, 0.14)), asideX = validation ? 0.0f : static_cast<float>(random.uniform(-0.04, 0.04)),
                asideY = validation ? 0.0f : static_cast<float>(random.uniform(-0.04, 0.04));
    motion::Vec3 stand = motion::Vec3::Zero();
    const auto picture = [&](std::size_t f) {
        std::array<motion::Vec3, motion::kJoints> joints;
        std::array<motion::Quat, motion::kJoints> turns;
        motion::forwardKinematics(motion::Skeleton::body(), clip->clip.root[f], clip->clip.pose(f), joints, turns);
        request.view = views[std::clamp<std::size_t>(f - first, 0, views.size() - 1)];
        stand = joints[motion::Pelvis];
        if (setting_.layered) {
            auto square = render::personSquare(render::landmarksInView(joints, turns, request.view));
            square.left += square.side * (asideX - 0.5f * wider), square.top += square.side * (asideY - 0.5f * wider);
            square.side *= 1 + wider;
            request.view = aimedAt(request.view, square);
        }
        return render::renderCharacter(joints, turns, request);
    };
    const auto drawn = picture(frame);
    DancerSample sample{planesOf(drawn.rgb, side_), {}, planeOf(drawn.coverage, side_), {}, drawn.landmarks};
    if (setting_.layered) {
        render::Picture room;
        render::drawEmptyRoom(request, stand, room);
        std::vector<std::uint8_t> rgb;
        rgb.reserve(room.rgba.size() / 4 * 3);
        for (std::size_t i = 0; i < room.rgba.size(); i += 4) rgb.insert(rgb.end(), {room.rgba[i], room.rgba[i + 1], room.rgba[i + 2]});
        sample.room = planesOf(rgb, side_);
    }
    if (setting_.previous) sample.previous = planesOf(picture(std::max(first, frame - 2)).rgb, side_);
    return sample;
}

void DancerSamples::add(const DancerSample& sample, int x, int y, bool mirrored, Columns& columns) const {
    const auto size = setting_.size, work = setting_.working;
    const auto cut = [&](const torch::Tensor& whole) {
        auto part = whole.narrow(1, y, size).narrow(2, x, size).to(torch::kFloat32).div(255.0f);
        return mirrored ? part.flip({2}) : part;
    };
    auto pose = sample.landmarks;
    for (std::size_t i = 0; i < pose.size(); i += 3) {
        pose[i] = (pose[i] * static_cast<float>(side_) - static_cast<float>(x)) / static_cast<float>(size);
        pose[i + 1] = (pose[i + 1] * static_cast<float>(side_) - static_cast<float>(y)) / static_cast<float>(size);
    }
    if (mirrored) render::mirrorPose(pose);
    const auto maps = torch::empty({setting_.maps, work, work}), body = torch::empty({1, work, work});
    const auto span = [](const torch::Tensor& t) { return std::span<float>(t.data_ptr<float>(), static_cast<std::size_t>(t.numel())); };
    render::drawPoseMaps(pose, work, span(maps), render::markSigma(work));
    render::drawBodyMask(pose, work, span(body));
    columns.maps.push_back(maps);
    columns.outside.push_back(1 - body);
    columns.picture.push_back(cut(sample.picture) * 2 - 1);
    if (setting_.previous) columns.previous.push_back(sample.previous.defined() ? cut(sample.previous) * 2 - 1 : torch::zeros({3, size, size}));
    if (sample.room.defined()) columns.room.push_back(cut(sample.room) * 2 - 1);
    if (setting_.head) {
        const auto head = torch::empty({1, size, size});
        render::drawHeadMask(pose, size, span(head));
        columns.head.push_back(head);
    }
    if (sample.coverage.defined()) {
        columns.mask.push_back(cut(sample.coverage));
    } else {
        const auto band = torch::empty({1, size, size});
        render::drawBodyMask(pose, size, span(band));
        columns.mask.push_back(band);
    }
    std::vector<float> flat;
    for (std::size_t i = 0; i < pose.size(); i += 3) flat.insert(flat.end(), {pose[i], pose[i + 1]});
    columns.landmarks.push_back(torch::tensor(flat));
}

DancerBatch DancerSamples::draw(Random& random, int batch, int fresh) {
    if (!photographs_)
        for (int k = 0; k < fresh; ++k) {
            if (training_.size() < static_cast<std::size_t>(setting_.pool))
                training_.push_back(drawScene(random, false));
            else
                training_[oldest_++ % training_.size()] = drawScene(random, false);
        }
    Columns columns;
    const int room = side_ - setting_.size;
    for (int b = 0; b < batch; ++b) {
        const auto& sample = training_[random.below(training_.size())];
        const int x = static_cast<int>(random.below(static_cast<std::uint64_t>(room) + 1)), y = static_cast<int>(random.below(static_cast<std::uint64_t>(room) + 1));
        add(sample, x, y, photographs_ && setting_.flip && random.uniform() < 0.5, columns);
    }
    return columns.stacked();
}

DancerBatch DancerSamples::validation(std::size_t first, std::size_t count) const {
    Columns columns;
    const int middle = (side_ - setting_.size) / 2;
    for (std::size_t i = first; i < std::min(first + count, validation_.size()); ++i) add(validation_[i], middle, middle, false, columns);
    return columns.stacked();
}

DancerBatch DancerSamples::nearest(std::size_t index) const {
    const auto& wanted = validation_[index].landmarks;
    const auto distance = [&](const DancerSample& sample) {
        float sum = 0;
        for (std::size_t i = 0; i < wanted.size(); ++i)
            if (i % 3 != 2) sum += (sample.landmarks[i] - wanted[i]) * (sample.landmarks[i] - wanted[i]);
        return sum;
    };
    const auto best = std::min_element(training_.begin(), training_.end(), [&](const auto& a, const auto& b) { return distance(a) < distance(b); });
    Columns columns;
    add(*best, (side_ - setting_.size) / 2, (side_ - setting_.size) / 2, false, columns);
    return columns.stacked();
}

DancerBatch shrunk(DancerBatch batch, std::int64_t by) {
    if (by <= 1) return batch;
    for (auto* tensor : {&batch.maps, &batch.outside, &batch.picture, &batch.previous, &batch.mask, &batch.room, &batch.head})
        if (tensor->defined()) *tensor = torch::avg_pool2d(*tensor, by);
    return batch;
}

Result<void> writeDancerSheet(const std::filesystem::path& path, const DancerBatch& batch, const torch::Tensor& generated) {
    const auto count = generated.size(0), size = generated.size(2);
    // Limbs to the left in one colour, to the right in another, so that a swapped pose shows.
    auto pose = torch::zeros({count, 3, batch.maps.size(2), batch.maps.size(3)});
    for (std::int64_t channel = 0; channel < batch.maps.size(1); ++channel) {
        const double hue = static_cast<double>(channel) / static_cast<double>(batch.maps.size(1)) * 6.283;
        const auto map = batch.maps.select(1, channel).to(torch::kCPU);
        for (int c = 0; c < 3; ++c) {
            auto plane = pose.select(1, c);
            plane.copy_(torch::maximum(plane, map * (0.55 + 0.45 * std::cos(hue - 2.094 * c))));
        }
    }
    namespace F = torch::nn::functional;
    pose = F::interpolate(pose, F::InterpolateFuncOptions().size(std::vector<std::int64_t>{size, size}).mode(torch::kNearest));
    const auto row = [&](const torch::Tensor& pictures) { return pictures.to(torch::kCPU).permute({1, 2, 0, 3}).reshape({3, size, count * size}); };
    const auto sheet = torch::cat({row(pose), row((generated + 1) / 2), row((batch.picture + 1) / 2)}, 1);
    const auto bytes = torch::cat({sheet, torch::ones({1, sheet.size(1), sheet.size(2)})}, 0).clamp(0, 1).mul(255).round().to(torch::kUInt8).permute({1, 2, 0}).contiguous();
    return io::writePng(path, static_cast<int>(bytes.size(1)), static_cast<int>(bytes.size(0)),
                        std::span<const std::uint8_t>(bytes.data_ptr<std::uint8_t>(), static_cast<std::size_t>(bytes.numel())));
}

}  // namespace choreia::train
