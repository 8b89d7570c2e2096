// Torch ends here: landmarks go in as a table and come out as positions.
#include "seeing/lifter.h"

#include "io/safetensors.h"
#include "motion/landmarks.h"
#include "nn/lift_net.h"
#include "nn/weights.h"

#include <torch/torch.h>

#include <cassert>
#include <vector>

namespace choreia::seeing {

struct Lifter::State {
    nn::LiftNet net{nullptr};
};

Result<Lifter> Lifter::load(const std::filesystem::path& file) {
    try {
        CHOREIA_ASSIGN(const auto table, io::readSafetensors(file));
        CHOREIA_ASSIGN(const auto json, nn::configOf(table, "lift", file.string()));
        const auto config = nn::LiftNetConfig::fromJson(json);
        if (config.landmarks != motion::kLandmarks) return badInput(file.string(), "lifts other landmarks", std::to_string(motion::kLandmarks), std::to_string(config.landmarks));
        auto state = std::make_shared<State>();
        state->net = nn::LiftNet(config);
        CHOREIA_TRY(nn::fromTable(table, *state->net, file.string()));
        state->net->eval();
        return Lifter(std::move(state));
    } catch (const c10::Error& error) {
        return badInput(file.string(), error.what_without_backtrace());
    } catch (const std::exception& error) {
        return badInput(file.string(), error.what());
    }
}

Result<motion::Positions> Lifter::lift(const Table& flat, std::span<const double> metres) const {
    assert(metres.size() == flat.rows);
    try {
        const c10::InferenceMode inference;
        const auto frames = static_cast<std::int64_t>(flat.rows);
        const auto picture = torch::from_blob(const_cast<float*>(flat.values.data()), {frames, motion::kLandmarks, 2}, torch::kFloat32);
        std::vector<float> scale;
        for (const double m : metres) scale.insert(scale.end(), {static_cast<float>(m), -static_cast<float>(m)});
        const auto upright = picture * torch::tensor(scale).view({frames, 1, 2});
        const auto hips = 0.5 * (upright.select(1, motion::LeftHipMark) + upright.select(1, motion::RightHipMark));  // [frames, 2]
        auto net = state_->net;
        const auto about = (upright - hips.unsqueeze(1)).reshape({1, frames, 2 * motion::kLandmarks});
        const auto space = net->forward(about).view({frames, motion::kLandmarks, 3}).contiguous(), place = hips.contiguous();
        motion::Positions out;
        out.fps = nn::LiftNetConfig::kFps;
        out.joints = motion::kLandmarks;
        out.values.resize(flat.rows * motion::kLandmarks);
        const float* at = space.data_ptr<float>();
        const float* middle = place.data_ptr<float>();
        for (std::size_t f = 0; f < flat.rows; ++f) {
            const auto height = static_cast<float>(metres[f]);
            const motion::Vec3 from(middle[2 * f] - 0.5f * height, middle[2 * f + 1] + height, 0);
            for (std::size_t i = 0; i < motion::kLandmarks; ++i, at += 3) out.at(f, i) = from + motion::Vec3(at[0], at[1], at[2]);
        }
        return out;
    } catch (const c10::Error& error) {
        return failed("lift", error.what_without_backtrace());
    } catch (const std::exception& error) {
        return failed("lift", error.what());
    }
}

}  // namespace choreia::seeing
