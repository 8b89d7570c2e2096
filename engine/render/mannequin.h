/// A clean shaded mannequin on a floor with a soft shadow, drawn on the CPU without any display.
#pragma once

#include "motion/clip.h"
#include "motion/skeleton.h"

#include <cstdint>
#include <span>
#include <vector>

namespace choreia::render {

struct Picture {
    int width = 0, height = 0;
    std::vector<std::uint8_t> rgba;  ///< width * height * 4, top row first; opaque, or, before no background, with colours times their opacity
};

struct View {
    motion::Vec3 eye = motion::Vec3(0, 1.35f, 4.2f), target = motion::Vec3(0, 0.95f, 0);
    float fieldOfView = 0.6f;  ///< vertical, radians
};

/// Draws one pose. Thread-safe for different pictures; about 8 ms at 1280x720 on one core. positions: 24 world joint positions, metres.
class MannequinRenderer {
public:
    MannequinRenderer(int width, int height);
    void draw(std::span<const motion::Vec3> positions, const View& view, Picture& out) const;
    /// The same with the joints' world rotations (24 unit quaternions), so that head, hands and feet are turned as the dance says and not as guessed.
    /// backdrop: what stands there in place of the stage, of the renderer's size; null: the stage.
    void draw(std::span<const motion::Vec3> positions, std::span<const motion::Quat> worldRotations, const View& view, Picture& out, const Picture* backdrop = nullptr) const;

private:
    int width_, height_;
};

/// A calm camera for a whole clip: follows the smoothed root so that the body stays framed, or those of a group (24 joints of each, one after another). One view a
/// frame of positions.
std::vector<View> followCamera(const motion::Positions& positions, double aspect);

}  // namespace choreia::render
