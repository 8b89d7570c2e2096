// The character's picture: a plain room or the stage, the shadow, the figure over it, and its landmarks with what hides them.
#include "render/character.h"

#include "motion/landmarks.h"
#include "render/character_body.h"
#include "render/character_shading.h"
#include "render/painter.h"
#include "render/stage.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace choreia::render {

using motion::Quat;
using motion::Vec3;

namespace {

/// Memory of one picture, kept by each thread for its next one.
struct Scratch {
    PaintScratch paint;
    FloorShadow shadow;
    CharacterShader shader;
    Picture picture;
    Cover cover;
    EmptyStage stage;
};

/// The lamp as the floor sees it: never so low that shadows have no end.
Vec3 shadowLight(const CharacterLight& light) {
    Vec3 d(light.direction[0], light.direction[1], light.direction[2]);
    d = d.norm() > 1e-5f ? Vec3(d.normalized()) : Vec3(Vec3::UnitY());
    d.y() = std::max(d.y(), 0.35f);
    return d.normalized();
}

/// Linear light 0..1 in steps to what is shown.
const std::array<std::uint8_t, 4096>& shownTable() {
    static const std::array<std::uint8_t, 4096> table = [] {
        std::array<std::uint8_t, 4096> t{};
        for (std::size_t i = 0; i < t.size(); ++i) t[i] = static_cast<std::uint8_t>(std::clamp(shownByte(static_cast<float>(i) / 4095.0f), 0.0f, 255.0f) + 0.5f);
        return t;
    }();
    return table;
}

/// Floor and wall as one smooth sweep, a little brighter where the dancer stands.
void drawRoom(const CharacterRequest& request, const Camera& camera, const Vec3& stand, Picture& out) {
    const auto& table = shownTable();
    std::uint8_t* pixel = out.rgba.data();
    for (int y = 0; y < camera.height; ++y) {
        const Vec3 first = camera.ray(0.5f, static_cast<float>(y) + 0.5f);  // every ray of a row falls as steeply: the camera never rolls
        const bool falls = first.y() < -1e-4f && camera.eye.y() > 0.02f;
        const float t = falls ? camera.eye.y() / -first.y() : 0.0f, step = t * camera.pixel;
        float dx = camera.eye.x() + t * first.x() - stand.x(), dz = camera.eye.z() + t * first.z() - stand.z();
        for (int x = 0; x < camera.width; ++x, pixel += 4, dx += step * camera.right.x(), dz += step * camera.right.z()) {
            float wall = 1, lift = 1;
            if (falls) {
                const float d2 = dx * dx + dz * dz, share = std::clamp((std::sqrt(d2) - 0.8f) / 4.7f, 0.0f, 1.0f);
                wall = share * share * (3 - 2 * share);
                const float glow = std::max(0.0f, 1.0f - d2 * 0.16f);
                lift += 0.35f * glow * glow;
            }
            for (std::size_t c = 0; c < 3; ++c) {
                const float light = lift * (request.floor[c] + wall * (request.wall[c] - request.floor[c]));
                pixel[c] = table[static_cast<std::size_t>(std::clamp(light, 0.0f, 1.0f) * 4095.0f + 0.5f)];
            }
            pixel[3] = 255;
        }
    }
}

constexpr float kLooseThickness = 0.14f;  // that the loosest cloth adds to limbs and trunk

/// How deep under the skin each landmark may lie and still be seen, metres: the limb's thickness with its cloth.
float thickness(int landmark) {
    using namespace motion;
    switch (landmark) {
        case LeftShoulderMark: case RightShoulderMark: return 0.095f;
        case LeftElbowMark: case RightElbowMark: return 0.075f;
        case LeftWristMark: case RightWristMark: return 0.055f;
        case LeftHipMark: case RightHipMark: return 0.175f;
        case LeftKneeMark: case RightKneeMark: return 0.105f;
        case LeftAnkleMark: case RightAnkleMark: return 0.080f;
        case LeftHeel: case RightHeel: case LeftToe: case RightToe: return 0.070f;
        case LeftEar: case RightEar: return 0.055f;
        default: return 0.050f;
    }
}

void findLandmarks(std::span<const Vec3> positions, std::span<const Quat> rotations, const Camera& camera, float scale, float loose, const Cover& cover, CharacterPicture& out) {
    const auto& sites = motion::landmarkSites();
    const float pelvis = (positions[motion::Pelvis] - camera.eye).dot(camera.forward);
    for (std::size_t i = 0; i < sites.size(); ++i) {
        const auto joint = static_cast<std::size_t>(sites[i].joint);
        const Vec3 place = positions[joint] + rotations[joint] * (scale * sites[i].offset);
        const Vec3 seen = camera.project(place);
        out.landmarks[3 * i] = seen.x() / static_cast<float>(camera.width);
        out.landmarks[3 * i + 1] = seen.y() / static_cast<float>(camera.height);
        out.landmarks[3 * i + 2] = seen.z() - pelvis;
        out.visible[i] = 0;
        if (seen.z() <= 0.01f || seen.x() < 0 || seen.y() < 0 || seen.x() >= static_cast<float>(camera.width) || seen.y() >= static_cast<float>(camera.height)) continue;
        const auto pixel = static_cast<std::size_t>(seen.y()) * static_cast<std::size_t>(camera.width) + static_cast<std::size_t>(seen.x());
        const float drawn = cover.depth[pixel], own = (place - camera.eye).norm();
        out.visible[i] = drawn <= 0 || drawn > own - scale * (thickness(static_cast<int>(i)) + (i >= motion::LeftShoulderMark ? loose * kLooseThickness : 0.0f)) ? 1.0f : 0.0f;
    }
}

}  // namespace

CharacterPicture renderCharacter(std::span<const Vec3> positions, std::span<const Quat> rotations, const CharacterRequest& request) {
    assert(positions.size() == motion::kJoints && rotations.size() == motion::kJoints);
    static thread_local Scratch scratch;
    const Camera camera(request.view, std::max(request.width, 1), std::max(request.height, 1));
    const auto pixels = static_cast<std::size_t>(camera.width) * static_cast<std::size_t>(camera.height);
    Picture& picture = scratch.picture;
    picture.width = camera.width, picture.height = camera.height;
    picture.rgba.resize(4 * pixels);
    drawRoom(request, camera, positions[motion::Pelvis], picture);
    const CharacterBody body = characterBody(positions, rotations, request.look);
    if (request.shadow) {
        scratch.shadow.cast(body.parts, shadowLight(request.light));
        scratch.shadow.darken(camera, picture);
    }
    scratch.shader.set(body, request.look, request.light, camera);
    paintFigure(body.parts, camera, scratch.shader, picture, &scratch.cover, scratch.paint);

    CharacterPicture out;
    out.rgb.resize(3 * pixels);
    for (std::size_t i = 0; i < pixels; ++i) std::copy_n(picture.rgba.data() + 4 * i, 3, out.rgb.data() + 3 * i);
    out.coverage = scratch.cover.coverage;
    findLandmarks(positions, rotations, camera, body.scale, request.look.loose, scratch.cover, out);
    return out;
}

void drawEmptyRoom(const CharacterRequest& request, const Vec3& stand, Picture& out) {
    const Camera camera(request.view, std::max(request.width, 1), std::max(request.height, 1));
    out.width = camera.width, out.height = camera.height;
    out.rgba.resize(4 * static_cast<std::size_t>(camera.width) * static_cast<std::size_t>(camera.height));
    drawRoom(request, camera, stand, out);
}

CharacterRenderer::CharacterRenderer(int width, int height, const CharacterLook& look, const CharacterLight& light)
    : width_(std::max(width, 1)), height_(std::max(height, 1)), look_(look), light_(light) {}

void CharacterRenderer::draw(std::span<const Vec3> positions, std::span<const Quat> worldRotations, const View& view, Picture& out, const Picture* backdrop) const {
    assert(positions.size() == motion::kJoints && worldRotations.size() == motion::kJoints);
    static thread_local Scratch scratch;
    const Camera camera(view, width_, height_);
    const CharacterBody body = characterBody(positions, worldRotations, look_);
    out = backdrop ? *backdrop : scratch.stage.of(view, camera);
    scratch.shadow.cast(body.parts, shadowLight(light_));
    scratch.shadow.darken(camera, out);
    scratch.shader.set(body, look_, light_, camera);
    paintFigure(body.parts, camera, scratch.shader, out, nullptr, scratch.paint);
}

}  // namespace choreia::render
