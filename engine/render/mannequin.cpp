// The mannequin: its figure in its own light, on the stage with its shadow.
#include "render/mannequin.h"

#include "render/camera.h"
#include "render/figure.h"
#include "render/painter.h"
#include "render/shading.h"
#include "render/stage.h"

#include <algorithm>
#include <cassert>

namespace choreia::render {

using motion::Quat;
using motion::Vec3;

namespace {

/// Memory of one picture, kept by each thread for its next one.
struct Scratch {
    PaintScratch paint;
    FloorShadow shadow;
    Light light;
    EmptyStage stage;
};

}  // namespace

MannequinRenderer::MannequinRenderer(int width, int height) : width_(std::max(width, 1)), height_(std::max(height, 1)) {}

void MannequinRenderer::draw(std::span<const Vec3> positions, const View& view, Picture& out) const { draw(positions, {}, view, out); }

void MannequinRenderer::draw(std::span<const Vec3> positions, std::span<const Quat> worldRotations, const View& view, Picture& out, const Picture* backdrop) const {
    assert(positions.size() == motion::kJoints && (worldRotations.empty() || worldRotations.size() == motion::kJoints));
    const Camera camera(view, width_, height_);
    const std::vector<Part> parts = figure(positions, worldRotations);
    static thread_local Scratch scratch;
    out = backdrop ? *backdrop : scratch.stage.of(view, camera);
    scratch.shadow.cast(parts);
    scratch.shadow.darken(camera, out);
    scratch.light.set(parts, camera);
    paintFigure(parts, camera, scratch.light, out, nullptr, scratch.paint);
}

}  // namespace choreia::render
