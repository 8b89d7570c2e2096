/// What a Choreographer has loaded. Internal to the room.
#pragma once

#include "choreo/choreographer.h"
#include "data/moments.h"
#include "eval/dance_habits.h"
#include "nn/gcn_mhw.h"
#include "nn/lstm_vae.h"
#include "nn/quantiser.h"

#include <memory>
#include <string>
#include <vector>

namespace choreia::choreo {

struct Choreographer::State {
    // Torch modules have no const forward; evaluation changes nothing in them.
    std::shared_ptr<nn::Quantiser> quantiser;
    mutable nn::GcnMhw predictor{nullptr};
    mutable nn::LstmVae lstmVae{nullptr};  ///< instead of both
    std::vector<std::string> styles;
    std::vector<eval::DanceHabits> habits;  ///< of each style; the defaults where the weights do not tell
    std::vector<std::vector<data::Moment>> moments;  ///< of each style; none where the weights keep none
    torch::Device device = torch::kCPU;

    /// Index of a style's name; -1 for "auto". Error (Usage) names the known ones.
    [[nodiscard]] Result<std::int64_t> styleNamed(const std::string& name) const;
    /// How far from its middle a dance of these settings goes: as they say, else as its styles do, the widest of them; metres.
    [[nodiscard]] double stageOf(const io::GenerateSettings& settings) const;
    /// Motion beats a second that dances of these settings' style have, of several styles the most; 0 where there are no styles.
    [[nodiscard]] double pausesOf(const io::GenerateSettings& settings) const;
    /// The most that dances of these settings' styles have of a habit, and at least so much.
    [[nodiscard]] double mostOf(const io::GenerateSettings& settings, double eval::DanceHabits::*habit, double least) const;
};

}  // namespace choreia::choreo
