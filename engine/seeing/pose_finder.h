/// Finding a person and their 33 landmarks in a picture with SE-ViT: where the weights come from, and the one call for everybody who has a picture.
#pragma once

#include "core/result.h"
#include "data/picture_samples.h"
#include "io/picture_file.h"

#include <array>
#include <filesystem>
#include <memory>
#include <optional>

namespace choreia::seeing {

struct FoundPose {
    std::array<float, 3 * data::kPictureMarks> landmarks{};  ///< x, y in pixels of the picture; depth in metres from the pelvis, nearer is smaller
    std::array<float, data::kPictureMarks> sure{};           ///< 0..1: how much of what the network says of a landmark lies at one place
    float confidence = 0;                                    ///< the mean of it over shoulders, hips, elbows, knees, wrists and ankles
    float present = 0;                                       ///< 0..1: how far the network sees anybody there at all, see nn::presenceOf
    data::CutSquare square;                                  ///< where it was looked for
};

/// Looking at a picture as it is, or also at its mirror image, with the mean of both: twice the work.
enum class Care { OneWay, BothWays };

/// Below this there is nobody, or nobody that the network can read.
inline constexpr float kConfident = 0.30f;

/// The network behind a plain door. May be used from several threads at once, and copied; copies share the weights.
class PoseFinder {
public:
    /// A file NAME.se-vit.safetensors. Error (BadInput) where it is not such a network.
    static Result<PoseFinder> load(const std::filesystem::path& file);
    /// default.se-vit.safetensors of the installed weights (io::findModels). Error (BadInput) where there is none.
    static Result<PoseFinder> installed();

    /// The landmarks of the person who fills a square of the picture, about four fifths of it.
    [[nodiscard]] Result<FoundPose> look(const io::RgbPicture& picture, const data::CutSquare& square, Care care = Care::OneWay) const;
    /// Finds the person: near where they were before, if that is known, else in the whole picture and in squares of three smaller sizes all over it; about what is
    /// found in the surest ones the square is then drawn anew. Empty where it is read too badly (kConfident near where they
    /// were) or is not somebody (nn::kPresent there); a search, which takes the surest of many looks, asks for more of both. Of several people the one whom the network reads best.
    /// Cost without `before`: about 20 looks.
    [[nodiscard]] Result<std::optional<FoundPose>> find(const io::RgbPicture& picture, const FoundPose* before = nullptr) const;
    /// Side of the squares as the network sees them, pixels.
    [[nodiscard]] int size() const;

private:
    struct State;
    explicit PoseFinder(std::shared_ptr<const State> state) : state_(std::move(state)) {}
    std::shared_ptr<const State> state_;
};

/// The square to look in for a pose found before: round its sure landmarks, a quarter larger.
data::CutSquare squareFor(const FoundPose& pose);

}  // namespace choreia::seeing
