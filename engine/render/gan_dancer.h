/// A dancer drawn by the dancer GAN: weights and a pose in, a picture out. Some bring the background of their pictures; layered ones are painted in a square
/// around the person alone and set before whatever is there, in a picture of any shape.
#pragma once

#include "core/result.h"
#include "render/limb_maps.h"
#include "render/mannequin.h"

#include <array>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace choreia::render {

/// The landmarks of our body as a square picture of this view shows them: x, y in 0..1, depth in metres from the pelvis along the view.
/// positions, worldRotations: 24 joints, as motion::forwardKinematics gives them.
std::array<float, kPoseNumbers> landmarksInView(std::span<const motion::Vec3> positions, std::span<const motion::Quat> worldRotations, const View& view);

class GanDancer {
public:
    /// Weights of kind dancer-gan. Error (BadInput): missing, of another kind, damaged.
    static Result<std::unique_ptr<GanDancer>> load(const std::filesystem::path& weights);
    /// NAME.dancer-gan.safetensors of a folder of models. Error (BadInput) with the names that there are.
    static Result<std::unique_ptr<GanDancer>> find(const std::filesystem::path& models, const std::string& name);
    /// A dancer who has learned nothing: for measuring speed. size: as nn::DancerGanConfig allows; null where it does not.
    static std::unique_ptr<GanDancer> untrained(int size);
    ~GanDancer();
    GanDancer(const GanDancer&) = delete;
    GanDancer& operator=(const GanDancer&) = delete;

    /// Width and height of its pictures.
    [[nodiscard]] int size() const;
    [[nodiscard]] bool layered() const;
    /// landmarks: [33, 3] as drawPoseMaps takes them. rgb: [size, size, 3]. The same pose gives the same picture, and what is not the person stays still.
    /// A layered dancer stands before grey.
    void draw(std::span<const float> landmarks, std::vector<std::uint8_t>& rgb);
    /// The same for a pose of our body; out becomes size x size. A layered dancer stands in the plain room of renderCharacter.
    void draw(std::span<const motion::Vec3> positions, std::span<const motion::Quat> worldRotations, const View& view, Picture& out);
    /// A layered dancer before over, which is of out's size and may be out itself, or on the stage of window and films (null). out keeps its width and height.
    void paint(std::span<const motion::Vec3> positions, std::span<const motion::Quat> worldRotations, const View& view, Picture& out, const Picture* over = nullptr);
    /// The next picture is the first of another film: the one before it is forgotten.
    void restart();

private:
    struct State;
    explicit GanDancer(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

/// How the files of dancers end.
inline constexpr const char* kDancerEnding = ".dancer-gan.safetensors";
/// Names of the dancers whose weights lie in a folder, sorted.
std::vector<std::string> dancersIn(const std::filesystem::path& models);

}  // namespace choreia::render
