/// The default dancer: a character of our own (body, clothes, hair, shading, soft shadow) in any pose, look, light and camera. What the dancer GAN and
/// SE-ViT learn from, and what they are measured against. Deterministic: the same request gives the same bytes.
#pragma once

#include "core/random.h"
#include "motion/types.h"
#include "render/mannequin.h"

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace choreia::render {

inline constexpr int kHairStyles = 6;    ///< short crop, bob, ponytail, bun, curls, long
inline constexpr int kTopStyles = 4;     ///< T-shirt, vest, long sleeves, hoodie
inline constexpr int kBottomStyles = 4;  ///< slim trousers, joggers, shorts, skirt
inline constexpr int kPatterns = 4;      ///< plain, chest band, stripes, side panels

/// Who dances: colours are linear RGB in 0..1.
struct CharacterLook {
    std::array<float, 3> skin{}, hair{}, top{}, bottom{}, shoes{};
    std::array<float, 3> trim{};                                    ///< cuffs, hems, patterns, hair ties
    int hairStyle = 0, topStyle = 0, bottomStyle = 0, pattern = 0;  ///< 0 to below kHairStyles and so on, in the order said there
    float build = 1;                                                ///< thickness of limbs and trunk, about 0.85 to 1.2
    float loose = 0;                                                ///< 0: cloth as the style has it; to 1: wide sleeves and legs that hang, a top down over the thighs

    /// One of the looks that ship; index modulo their number.
    static CharacterLook shipped(int index);
    /// How many ship, and what each is called.
    static int shippedCount();
    static std::string_view shippedName(int index);
    /// The index of a name, in capitals or not; -1 for one that does not ship.
    static int find(std::string_view name);
    /// Every style, hair and skin of the world, colours that a person might wear.
    static CharacterLook drawn(Random& random);
};

struct CharacterLight {
    std::array<float, 3> direction{0.4f, 0.8f, 0.5f};  ///< towards the main light, world; of any length
    float key = 1, fill = 0.35f, rim = 0.3f;
    std::array<float, 3> tint{1, 1, 1};

    static CharacterLight drawn(Random& random);
};

struct CharacterRequest {
    int width = 256, height = 256;
    CharacterLook look = CharacterLook::shipped(0);
    CharacterLight light;
    View view;
    std::array<float, 3> floor{0.09f, 0.10f, 0.12f}, wall{0.08f, 0.09f, 0.11f};  ///< linear RGB; they flow into each other
    bool shadow = true;
};

struct CharacterPicture {
    std::vector<std::uint8_t> rgb;         ///< [height, width, 3], sRGB
    std::vector<std::uint8_t> coverage;    ///< [height, width]: how much of the pixel is the dancer, 0..255
    std::array<float, 33 * 3> landmarks{};  ///< x, y in 0..1 of the picture (may lie outside), depth in metres from the pelvis (nearer is smaller)
    std::array<float, 33> visible{};        ///< 1: not hidden by another part and within the picture
};

/// positions: world, 24 joints of our body, metres, Y up; rotations: world rotations of the joints. Both as motion::forwardKinematics gives them.
/// Any size from 1 x 1. Thread-safe; each thread keeps its memory for its next picture.
CharacterPicture renderCharacter(std::span<const motion::Vec3> positions, std::span<const motion::Quat> rotations, const CharacterRequest& request);

/// The room of a request without anybody in it; stand: where the dancer's pelvis would be. out becomes of the request's size.
void drawEmptyRoom(const CharacterRequest& request, const motion::Vec3& stand, Picture& out);

/// The dancer on the stage of window and films (see MannequinRenderer), in any size.
class CharacterRenderer {
public:
    CharacterRenderer(int width, int height, const CharacterLook& look = CharacterLook::shipped(0), const CharacterLight& light = {});
    /// backdrop: what stands there in place of the stage, of the renderer's size; null: the stage.
    void draw(std::span<const motion::Vec3> positions, std::span<const motion::Quat> worldRotations, const View& view, Picture& out, const Picture* backdrop = nullptr) const;

private:
    int width_, height_;
    CharacterLook look_;
    CharacterLight light_;
};

}  // namespace choreia::render
