// Sums of windows under weights that rise and fall by half a cosine; divided by the weights at the end.
#include "choreo/landmark_dance.h"

#include "core/random.h"
#include "data/landmark_samples.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace choreia::choreo {

Result<Table> danceLandmarks(nn::LstmVaeImpl& model, const Table& features, double seconds, double temperature, std::uint64_t seed, std::stop_token stop, Progress& progress) {
    const auto& config = model.config();
    const auto window = static_cast<std::size_t>(config.steps), fade = std::max<std::size_t>(1, window / 3);
    const auto frames = std::max<std::size_t>(2, static_cast<std::size_t>(std::ceil(seconds * data::kSampleFps)) + 1);
    const Table heard = data::sampleMfcc(features, frames);
    Table out(frames, static_cast<std::size_t>(config.landmarks) * 2);
    std::vector<float> weights(frames, 0.0f);
    Random random(seed);
    Stage stage(progress, "dreaming poses");
    for (std::size_t first = 0; first < frames; first += window - fade) {
        if (stop.stop_requested()) return cancelled("generate");
        auto mfcc = torch::zeros({1, config.steps, config.mfccs});
        auto* values = mfcc.data_ptr<float>();
        for (std::size_t r = 0; r < window; ++r)
            for (std::size_t c = 0; c < heard.columns; ++c) values[r * heard.columns + c] = heard.at(std::min(first + r, frames - 1), c);
        auto noise = torch::zeros({1, config.latent});
        for (std::int64_t k = 0; k < config.latent; ++k) noise[0][k] = static_cast<float>(temperature * random.normal());
        const auto device = model.parameters().front().device();
        const auto poses = model.forward(mfcc.to(device), noise.to(device)).landmarks[0].to(torch::kCPU).contiguous();
        const float* rows = poses.data_ptr<float>();
        for (std::size_t r = 0; r < window && first + r < frames; ++r) {
            const auto rise = [&](std::size_t at) { return at >= fade ? 1.0 : 0.5 - 0.5 * std::cos(std::numbers::pi * (static_cast<double>(at) + 0.5) / static_cast<double>(fade)); };
            const auto share = static_cast<float>((first == 0 ? 1.0 : rise(r)) * rise(window - 1 - r) + 1e-4);
            for (std::size_t c = 0; c < out.columns; ++c) out.at(first + r, c) += share * rows[r * out.columns + c];
            weights[first + r] += share;
        }
        stage.update(static_cast<double>(std::min(frames, first + window)), static_cast<double>(frames));
        if (first + window >= frames) break;
    }
    for (std::size_t f = 0; f < frames; ++f)
        for (auto& value : out.row(f)) value /= weights[f];
    return out;
}

}  // namespace choreia::choreo
