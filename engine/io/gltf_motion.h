/// glTF 2.0 (.gltf with everything inside, .glb): our skeleton, its motion, and a simple skinned body so that any viewer shows a dancer.
#pragma once

#include "core/result.h"
#include "io/motion_files.h"
#include "motion/types.h"

#include <cstdint>
#include <filesystem>
#include <vector>

namespace choreia::io {

/// A closed body of capsules and a head around the rest pose. Each vertex hangs on up to two joints.
struct BodyMesh {
    struct Vertex {
        motion::Vec3 position, normal;
        std::uint8_t joint[2];
        float weight[2];
    };
    std::vector<Vertex> vertices;
    std::vector<std::uint16_t> triangles;  ///< counter-clockwise from outside
};
BodyMesh bodyMesh();

/// Metres, Y up, facing +Z. binary: .glb.
Result<void> writeGltf(const std::filesystem::path& path, const motion::Clip& clip, bool binary);

/// The first animation of the first skin's joints (of all nodes where there is no skin), sampled at its own rate (60 where its keys are uneven).
/// Buffers may lie inside or beside the file. Points as of motionOfBvh(): the joints, then "NAME|x" and "NAME|y".
Result<SourceMotion> readGltf(const std::filesystem::path& path);

}  // namespace choreia::io
