/// BVH as it stands in a file: hierarchy, channels and numbers; and its way to and from motion.
#pragma once

#include "core/result.h"
#include "io/motion_files.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace choreia::io {

/// One channel: 0..2 = X, Y, Z position; 3..5 = X, Y, Z rotation.
using BvhChannel = std::uint8_t;

struct BvhJoint {
    std::string name;
    int parent = -1;
    std::array<double, 3> offset{};  ///< file units
    std::vector<BvhChannel> channels;
    std::optional<std::array<double, 3>> end;  ///< End Site, file units
};

struct BvhFile {
    std::vector<BvhJoint> joints;  ///< in the file's order: every parent stands before its children
    double fps = 0;
    std::size_t frames = 0;
    std::size_t channels = 0;    ///< of all joints
    std::vector<double> values;  ///< [frames, channels]
};

/// where: the file's name for errors, which name the line ("line 12: ...").
Result<BvhFile> parseBvh(std::string_view text, const std::string& where);

/// Metres, Y up (a file with Z up is turned). Points: the joints; then for every joint "NAME|x" and "NAME|y", 0.1 m along its own turned
/// axes, so that its rotation is not lost; then "NAME|end" for every End Site.
SourceMotion motionOfBvh(const BvhFile& file);

/// Metres in one unit of the file: the body's longest way from tip to tip is about 2.1 m in an adult. m, inch, cm, mm and CMU's 5.6444 cm are known.
double guessBvhUnit(const BvhFile& file);

/// The text of our body's BVH, see writeBvh().
std::string bvhText(const motion::Clip& clip);

}  // namespace choreia::io
