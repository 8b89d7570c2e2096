// Motion .h5 in and out.
#include "io/motion_h5.h"

#include "core/atomic_file.h"
#include "io/hdf5.h"
#include "motion/kinematics.h"
#include "motion/rotation.h"
#include "motion/skeleton.h"

#include <algorithm>
#include <cmath>

namespace choreia::io {

namespace {

using motion::kJoints;
using motion::Skeleton;

std::string text(const std::vector<std::uint64_t>& shape) {
    std::string out = "[";
    for (const auto extent : shape) out += (out.size() > 1 ? ", " : "") + std::to_string(extent);
    return out + "]";
}

Result<double> fpsOf(const H5Reader& file, const std::string& where) {
    if (!file.hasAttribute("/", "fps")) return motion::Positions().fps;
    CHOREIA_ASSIGN(const double fps, file.numberAttribute("/", "fps"));
    if (!(fps > 0) || !(fps <= 10000)) return badInput(where, "attribute 'fps'", "frames a second above 0", std::to_string(fps));
    return fps;
}

Result<Array> threeDimensional(const H5Reader& file, const std::string& name, std::uint64_t last, const std::string& where) {
    CHOREIA_ASSIGN(Array array, file.readFloats(name));
    if (array.shape.size() != 3 || array.shape[0] == 0 || array.shape[1] == 0 || array.shape[2] != last) {
        return badInput(where, "dataset '" + name + "' has the wrong shape", "[frames, joints, " + std::to_string(last) + "]", text(array.shape));
    }
    return array;
}

bool finite(const std::vector<float>& values) {
    return std::all_of(values.begin(), values.end(), [](float v) { return std::isfinite(v); });
}

// The clip of local_rotations and the root's path, where the file has them for our joints.
Result<bool> readRotations(const H5Reader& file, const std::string& where, SourceMotion& out) {
    if (!file.exists("local_rotations") || out.names != Skeleton::body().names()) return false;
    CHOREIA_ASSIGN(const Array turns, threeDimensional(file, "local_rotations", 4, where));
    const std::uint64_t frames = turns.shape[0];
    if (turns.shape[1] != kJoints || !finite(turns.values)) return badInput(where, "dataset 'local_rotations'", "finite [frames, 24, 4]", text(turns.shape));
    if (!out.positions.values.empty() && frames != out.positions.frames()) {
        return badInput(where, "dataset 'local_rotations' and 'positions' differ in frames", std::to_string(out.positions.frames()), std::to_string(frames));
    }
    motion::Clip clip;
    clip.fps = out.positions.fps;
    clip.root.resize(frames);
    clip.rotations.resize(frames * kJoints);
    for (std::size_t i = 0; i < clip.rotations.size(); ++i) {
        const float* q = turns.values.data() + 4 * i;
        const motion::Quat rotation(q[0], q[1], q[2], q[3]);
        if (!(rotation.norm() > 0.5f)) return badInput(where, "dataset 'local_rotations' holds something that is not a unit quaternion");
        clip.rotations[i] = rotation.normalized();
    }
    if (file.exists("root_position")) {
        CHOREIA_ASSIGN(const Array root, file.readFloats("root_position"));
        if (root.shape != std::vector<std::uint64_t>{frames, 3} || !finite(root.values)) {
            return badInput(where, "dataset 'root_position'", "finite [" + std::to_string(frames) + ", 3]", text(root.shape));
        }
        for (std::size_t f = 0; f < frames; ++f) clip.root[f] = motion::Vec3(root.values[3 * f], root.values[3 * f + 1], root.values[3 * f + 2]);
    } else if (!out.positions.values.empty()) {
        for (std::size_t f = 0; f < frames; ++f) clip.root[f] = out.positions.at(f, 0);
    } else {
        return badInput(where, "no dataset 'root_position' and none 'positions'");
    }
    out.clip = std::move(clip);
    return true;
}

// True where the clip on our body gives the file's positions.
bool agrees(const motion::Clip& clip, const motion::Positions& positions) {
    const std::size_t step = std::max<std::size_t>(1, clip.frames() / 200);
    std::vector<motion::Vec3> points(kJoints);
    for (std::size_t f = 0; f < clip.frames(); f += step) {
        motion::forwardKinematics(Skeleton::body(), clip.root[f], clip.pose(f), points);
        for (std::size_t j = 0; j < kJoints; ++j) {
            if ((points[j] - positions.at(f, j)).norm() > 2e-3f) return false;
        }
    }
    return true;
}

}  // namespace

Result<SourceMotion> readMotionH5(const std::filesystem::path& path) {
    const std::string where = path.string();
    CHOREIA_ASSIGN(const H5Reader file, H5Reader::open(path));
    SourceMotion out;
    CHOREIA_ASSIGN(out.positions.fps, fpsOf(file, where));
    const bool hasPositions = file.exists("positions");
    if (!hasPositions && !file.exists("local_rotations")) return badInput(where, "holds no motion: no dataset 'positions'");
    std::size_t joints = kJoints;
    Array points;
    if (hasPositions) {
        CHOREIA_ASSIGN(points, threeDimensional(file, "positions", 3, where));
        joints = points.shape[1];
    }
    if (file.hasAttribute("/", "joint_names")) {
        CHOREIA_ASSIGN(out.names, file.textListAttribute("/", "joint_names"));
        if (out.names.size() != joints) {
            return badInput(where, "attribute 'joint_names' does not fit dataset 'positions'", std::to_string(joints) + " names", std::to_string(out.names.size()));
        }
    } else if (joints == kJoints) {
        out.names = Skeleton::body().names();
    } else {
        return badInput(where, "dataset 'positions' without attribute 'joint_names'", "24 joints", std::to_string(joints));
    }
    if (file.hasAttribute("/", "parents")) {
        CHOREIA_ASSIGN(const auto parents, file.integerListAttribute("/", "parents"));
        if (parents.size() == joints) {
            for (const std::int64_t parent : parents) out.parents.push_back(parent >= 0 && parent < static_cast<std::int64_t>(joints) ? static_cast<int>(parent) : -1);
        }
    }
    if (auto style = file.textAttribute("/", "style"); style.ok()) out.style = *style;
    out.positions.joints = joints;
    if (hasPositions) {
        out.positions.values.resize(points.values.size() / 3);
        for (std::size_t i = 0; i < out.positions.values.size(); ++i) {
            out.positions.values[i] = motion::Vec3(points.values[3 * i], points.values[3 * i + 1], points.values[3 * i + 2]);
        }
    }
    CHOREIA_ASSIGN(const bool rotations, readRotations(file, where, out));
    if (rotations) {
        out.isOurBody = !hasPositions || agrees(out.clip, out.positions);
        if (!hasPositions) out.positions = motion::jointPositions(Skeleton::body(), out.clip);
        if (!out.isOurBody) out.clip = {};
    } else if (!hasPositions) {
        return badInput(where, "holds local_rotations of an unknown body, and no dataset 'positions'", "our 24 joints");
    }
    return out;
}

Result<void> writeMotionH5(const std::filesystem::path& path, const motion::Clip& clip, const std::string& style) {
    const auto& body = Skeleton::body();
    const motion::Positions positions = motion::jointPositions(body, clip);
    const std::uint64_t frames = clip.frames();
    std::vector<float> points(frames * kJoints * 3), turns(frames * kJoints * 4), root(frames * 3);
    for (std::size_t i = 0; i < positions.values.size(); ++i) {
        for (int k = 0; k < 3; ++k) points[3 * i + static_cast<std::size_t>(k)] = positions.values[i][k];
    }
    for (std::size_t i = 0; i < clip.rotations.size(); ++i) {
        const auto& q = clip.rotations[i];
        const float parts[4] = {q.w(), q.x(), q.y(), q.z()};
        std::copy(parts, parts + 4, turns.begin() + static_cast<std::ptrdiff_t>(4 * i));
    }
    for (std::size_t f = 0; f < frames; ++f) {
        for (int k = 0; k < 3; ++k) root[3 * f + static_cast<std::size_t>(k)] = clip.root[f][k];
    }
    return replaceFile(path, [&](const std::filesystem::path& temporary) -> Result<void> {
        CHOREIA_ASSIGN(H5Writer file, H5Writer::create(temporary, path));
        CHOREIA_TRY(file.writeFloats("positions", {frames, kJoints, 3}, points.data()));
        CHOREIA_TRY(file.writeFloats("local_rotations", {frames, kJoints, 4}, turns.data()));
        CHOREIA_TRY(file.writeFloats("root_position", {frames, 3}, root.data()));
        CHOREIA_TRY(file.numberAttribute("/", "fps", clip.fps));
        CHOREIA_TRY(file.numberAttribute("/", "format_version", kMotionVersion));
        CHOREIA_TRY(file.textListAttribute("/", "joint_names", body.names()));
        CHOREIA_TRY(file.integerListAttribute("/", "parents", {body.parents().begin(), body.parents().end()}));
        CHOREIA_TRY(file.textAttribute("/", "units", "metres"));
        CHOREIA_TRY(file.textAttribute("/", "up_axis", "Y"));
        if (!style.empty()) CHOREIA_TRY(file.textAttribute("/", "style", style));
        return file.close();
    });
}

}  // namespace choreia::io
