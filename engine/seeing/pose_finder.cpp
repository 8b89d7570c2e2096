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
constexpr float kSureMark = 0.15f;  // landmarks below this do not say where the person is
constexpr int kCloser = 2;          // times the square is drawn closer

constexpr std::array<int, 12> kBody = {motion::LeftShoulderMark, motion::RightShoulderMark, motion::LeftElbowMark, motion::RightElbowMark,
                                       motion::LeftWristMark,    motion::RightWristMark,    motion::LeftHipMark,   motion::RightHipMark,
                                       motion::LeftKneeMark,     motion::RightKneeMark,     motion::LeftAnkleMark, motion::RightAnkleMark};

/// Where a person may be in a picture of which nothing is known: all of it, and squares of its shorter side along the longer.
std::vector<data::CutSquare> wholeAndParts(const io::RgbPicture& picture) {
    const auto w = static_cast<float>(picture.width), h = static_cast<float>(picture.height), shorter = std::min(w, h), longer = std::max(w, h);
    std::vector<data::CutSquare> all = {{0.5f * w, 0.5f * h, longer, 0, false}};
    if (longer > 1.15f * shorter)
        for (const float share : {0.5f, 0.0f, 1.0f}) {
            const float along = 0.5f * shorter + share * (longer - shorter);
            all.push_back(w > h ? data::CutSquare{along, 0.5f * h, shorter, 0, false} : data::CutSquare{0.5f * w, along, shorter, 0, false});
        }
    return all;
}

}  // namespace

struct PoseFinder::State {
    nn::SeVit net{nullptr};
};

data::CutSquare squareFor(const FoundPose& pose) {
    std::vector<std::array<float, 2>> points;
    for (std::size_t i = 0; i < data::kPictureMarks; ++i)
        if (pose.sure[i] >= kSureMark) points.push_back({pose.landmarks[3 * i], pose.landmarks[3 * i + 1]});
    if (points.size() < 4) return pose.square;
    data::CutSquare square = data::squareRound(points);
    square.side *= kRoom;
    return square;
}

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
        for (const int i : kBody) pose.confidence += pose.sure[static_cast<std::size_t>(i)] / static_cast<float>(kBody.size());
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
        if (near.confidence >= kConfident) return std::optional(near);
    }
    std::optional<FoundPose> best;
    for (const auto& square : wholeAndParts(picture)) {
        CHOREIA_ASSIGN(FoundPose pose, look(picture, square));
        for (int k = 0; k < kCloser; ++k) {
            CHOREIA_ASSIGN(FoundPose closer, look(picture, squareFor(pose), Care::BothWays));
            if (closer.confidence < pose.confidence) break;
            pose = closer;
        }
        if (!best || pose.confidence > best->confidence) best = pose;
    }
    if (best && best->confidence < kConfident) best.reset();
    return best;
}

}  // namespace choreia::seeing
