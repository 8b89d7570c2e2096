/// Flat landmarks of a dance to space with the lifting network: where its weights come from, and the one call.
#pragma once

#include "core/matrix.h"
#include "core/result.h"
#include "motion/clip.h"

#include <filesystem>
#include <memory>
#include <span>

namespace choreia::seeing {

/// The network behind a plain door. May be used from several threads at once, and copied; copies share the weights.
class Lifter {
public:
    static constexpr const char* kInstalled = "default.lift.safetensors";  ///< in the folder of io::findModels
    /// A file NAME.lift.safetensors. Error (BadInput) where it is not such a network.
    static Result<Lifter> load(const std::filesystem::path& file);

    /// flat: [frames, 33 * 2] at 30 frames a second, x to the right and y down in picture heights, as motion::liftedLandmarks reads it; metres: [frames], so many are a picture height.
    /// [frames * 33], metres, Y up against gravity, the viewer at +Z. The middle of the hips goes where it goes in the picture, at depth 0.
    /// Cost: about 0.1 ms a frame of one core.
    [[nodiscard]] Result<motion::Positions> lift(const Table& flat, std::span<const double> metres) const;

private:
    struct State;
    explicit Lifter(std::shared_ptr<const State> state) : state_(std::move(state)) {}
    std::shared_ptr<const State> state_;
};

}  // namespace choreia::seeing
