// Torch ends here: the network leaves this room as a function from a picture to landmarks.
#include "seeing/pose_finder.h"

#include "io/models_folder.h"
#include "io/safetensors.h"
#include "motion/landmarks.h"
#include "nn/se_vit.h"
#include "nn/threads.h"
#include "nn/weights.h"

#include <torch/torch.h>

#include <algorithm>
#include <vector>

namespace choreia::seeing {

namespace {

constexpr float kRoom = 1.25f;      // of the square over the person's, as in training's measuring
constexpr float kSearchRoom = 1.4f; // while the person is looked for: limbs not found yet lie outside of what is
constexpr float kSureMark = 0.15f;  // landmarks below this do not say where the person is
constexpr int kCloser = 2;          // times the square is drawn about what was found
constexpr std::size_t kFollowed = 3;  // of the squares looked at first, the surest ones
// A search takes the surest of some twenty looks, so that it asks for more than one look does: people have .87 and more of `present` in what is found last, and keep it in a larger square.
// Whoever has limbs out of sight has less of it (.60 of a drawn dancer from the side), but is read well: one in seventy pictures of nobody reached .6 of confidence.
constexpr float kSurelyPresent = 0.75f, kLarger = 1.2f, kReadWell = 0.65f;
// Nor does it take what is read worse than this in the square found last: half of what is nobody is, one in twenty people of lspe (whose poses are then of no use), no dancer of the films or renders at hand.
constexpr float kReadAtAll = 0.42f;

/// Middles along a line of such squares, half over one another, from end to end.
std::vector<float> middlesAlong(float length, float side) {
    if (side >= length) return {0.5f * length};
    const int steps = static_cast<int>(std::ceil((length - side) / (0.5f * side)));
    std::vector<float> all;
    for (int i = 0; i <= steps; ++i) all.push_back(0.5f * side + (length - side) * static_cast<float>(i) / static_cast<float>(steps));
    return all;
}

/// Where a person may be in a picture of which nothing is known: all of it, squares of its shorter side along the longer, and smaller ones all over it.
std::vector<data::CutSquare> wholeAndParts(const io::RgbPicture& picture) {
    const auto w = static_cast<float>(picture.width), h = static_cast<float>(picture.height), shorter = std::min(w, h), longer = std::max(w, h);
    std::vector<data::CutSquare> all = {{0.5f * w, 0.5f * h, longer, 0, false}};
    std::vector<float> sides = {0.75f * longer, 0.55f * longer};
    if (longer > 1.15f * shorter) sides.insert(sides.begin(), shorter);
    for (const float side : sides)
        for (const float x : middlesAlong(w, side))
            for (const float y : middlesAlong(h, side)) all.push_back({x, y, side, 0, false});
    return all;
}

data::CutSquare squareAbout(const FoundPose& pose, float room) {
    std::vector<std::array<float, 2>> points;
    for (std::size_t i = 0; i < data::kPictureMarks; ++i)
        if (pose.sure[i] >= kSureMark) points.push_back({pose.landmarks[3 * i], pose.landmarks[3 * i + 1]});
    if (points.size() < 4) return pose.square;
    data::CutSquare square = data::squareRound(points);
    square.side *= room;
    return square;
}

}  // namespace

struct PoseFinder::State {
    nn::SeVit net{nullptr};
};

data::CutSquare squareFor(const FoundPose& pose) { return squareAbout(pose, kRoom); }

Result<PoseFinder> PoseFinder::load(const std::filesystem::path& file) {
    try {
        CHOREIA_ASSIGN(const auto table, io::readSafetensors(file));
        CHOREIA_ASSIGN(const auto json, nn::configOf(table, "se-vit", file.string()));
        auto state = std::make_shared<State>();
        state->net = nn::SeVit(nn::SeVitConfig::fromJson(json));
        CHOREIA_TRY(nn::fromTable(table, *state->net, file.string()));
        state->net->eval();
        return PoseFinder(std::move(state));
    } catch (const c10::Error& error) {
        return badInput(file.string(), error.what_without_backtrace());
    } catch (const std::exception& error) {
        return badInput(file.string(), error.what());
    }
}

Result<PoseFinder> PoseFinder::installed() {
    CHOREIA_ASSIGN(const auto folder, io::findModels());
    return load(folder / "default.se-vit.safetensors");
}

int PoseFinder::size() const { return static_cast<int>(state_->net->config().size); }

Result<FoundPose> PoseFinder::look(const io::RgbPicture& picture, const data::CutSquare& square, Care care) const {
    try {
        const c10::InferenceMode inference;
        const nn::OneThread alone;  // whoever calls brings the threads
        const int side = size();
        std::vector<std::uint8_t> planes(3 * static_cast<std::size_t>(side) * static_cast<std::size_t>(side));
        data::cutPlanes(picture.rgb, picture.width, picture.height, square, side, planes);
        const auto rgb = torch::from_blob(planes.data(), {1, 3, side, side}, torch::kUInt8).to(torch::kFloat32).div(255.0f);
        auto net = state_->net;
        const auto forward = [&net](const torch::Tensor& x) { return net->forward(x); };
        const auto out = care == Care::BothWays ? nn::bothWays(forward, rgb) : net->forward(rgb);
        const auto found = nn::landmarksOf(out).contiguous(), depth = out.depth.contiguous();
        FoundPose pose;
        pose.square = square;
        for (std::size_t i = 0; i < data::kPictureMarks; ++i) {
            const float* mark = found.data_ptr<float>() + 3 * i;
            const auto place = square.toPicture(mark[0], mark[1]);
            pose.landmarks[3 * i] = place[0], pose.landmarks[3 * i + 1] = place[1], pose.landmarks[3 * i + 2] = depth.data_ptr<float>()[i];
            pose.sure[i] = mark[2];
        }
        for (const int i : nn::kBodyMarks) pose.confidence += pose.sure[static_cast<std::size_t>(i)] / static_cast<float>(nn::kBodyMarks.size());
        pose.present = nn::presenceOf(out).item<float>();
        return pose;
    } catch (const c10::Error& error) {
        return failed("se-vit", error.what_without_backtrace());
    } catch (const std::exception& error) {
        return failed("se-vit", error.what());
    }
}

Result<std::optional<FoundPose>> PoseFinder::find(const io::RgbPicture& picture, const FoundPose* before) const {
    if (before) {
        CHOREIA_ASSIGN(FoundPose near, look(picture, squareFor(*before), Care::BothWays));
        if (near.confidence >= kConfident && near.present >= nn::kPresent) return std::optional(near);
    }
    std::vector<FoundPose> first;
    for (const auto& square : wholeAndParts(picture)) {
        CHOREIA_ASSIGN(FoundPose pose, look(picture, square));
        first.push_back(pose);
    }
    const std::size_t followed = std::min(kFollowed, first.size());
    std::partial_sort(first.begin(), first.begin() + static_cast<std::ptrdiff_t>(followed), first.end(), [](const FoundPose& a, const FoundPose& b) { return a.confidence > b.confidence; });
    // Sureness grows with the square, for its maps are coarser then: it says whether somebody is there and which square to follow, not which size is right.
    // So what is found last counts, in a square drawn about what was found before.
    std::optional<FoundPose> best;
    for (std::size_t i = 0; i < followed; ++i) {
        FoundPose pose = first[i];
        for (int k = 1; k <= kCloser; ++k) {
            CHOREIA_ASSIGN(pose, look(picture, squareAbout(pose, kSearchRoom), k == kCloser ? Care::BothWays : Care::OneWay));
        }
        if (!best || pose.confidence > best->confidence) best = pose;
    }
    if (!best || best->confidence < kReadAtAll || best->present < nn::kPresent) return std::optional<FoundPose>();
    if (best->confidence >= kReadWell) return best;
    if (best->present < kSurelyPresent) return std::optional<FoundPose>();
    data::CutSquare larger = best->square;
    larger.side *= kLarger;
    CHOREIA_ASSIGN(const FoundPose again, look(picture, larger));
    if (again.present < kSurelyPresent) best.reset();
    return best;
}

}  // namespace choreia::seeing
