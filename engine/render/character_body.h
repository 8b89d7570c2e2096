/// The character's parts: body, face, hair, clothes and shoes of a look round the joints of a pose.
#pragma once

#include "motion/skeleton.h"
#include "render/character.h"
#include "render/field.h"
#include "render/part_list.h"

#include <span>
#include <vector>

namespace choreia::render {

/// A frame of the body that paint is laid on in: columns left, up, forward; lengths in it are divided by scale.
struct PaintFrame {
    motion::Mat3 axes = motion::Mat3::Identity();
    motion::Vec3 origin = motion::Vec3::Zero();
    float scale = 1;

    [[nodiscard]] motion::Vec3 local(const motion::Vec3& world) const { return axes.transpose() * (world - origin) / scale; }
};

struct CharacterBody {
    std::vector<Part> parts;  ///< in the order in which they flow together
    PaintFrame head, chest;   ///< at the joints Head and Neck
    PaintFrame hem;           ///< at the lower edge of the top, up being up the trunk
    float scale = 1;          ///< of a body of 1.70 m
};

inline constexpr float kHeadSize = 1.07f;  ///< of the character, next to a real person's

/// positions, rotations: 24, world.
CharacterBody characterBody(std::span<const motion::Vec3> positions, std::span<const motion::Quat> rotations, const CharacterLook& look);

/// Adds the hair of a style. head: the head's frame with the head's own scale; down: where loose hair hangs, unit.
void addHair(PartList& parts, const PaintFrame& head, const PaintFrame& chest, int style, const motion::Vec3& down);

}  // namespace choreia::render
