// SMPL's local rotations serve our body as they are: joint order, axes and rest pose are the same, only the lengths differ.
#include "io/aist_pickle.h"

#include "core/atomic_file.h"
#include "io/pickle.h"
#include "motion/fit.h"
#include "motion/kinematics.h"
#include "motion/rotation.h"

#include <algorithm>
#include <cmath>

namespace choreia::io {

namespace {

using motion::kJoints;
using Arrays = std::map<std::string, PickledArray>;

bool finite(const std::vector<double>& values) {
    return std::all_of(values.begin(), values.end(), [](double v) { return std::isfinite(v); });
}

Result<SourceMotion> bodyMotion(const Arrays& arrays, const std::string& where) {
    const auto& poses = arrays.at("smpl_poses");
    const auto trans = arrays.find("smpl_trans"), scaling = arrays.find("smpl_scaling");
    if (trans == arrays.end()) return badInput(where, "smpl_trans is missing");
    // [frames, 72] or [frames, 24, 3].
    const std::uint64_t frames = poses.shape.empty() ? 0 : poses.shape[0];
    if (frames < 2 || poses.values.size() != frames * kJoints * 3)
        return badInput(where, "smpl_poses has a wrong shape", "[frames, 72]");
    if (trans->second.values.size() != frames * 3)
        return badInput(where, "smpl_trans has a wrong shape", "[" + std::to_string(frames) + ", 3]");
    const double scale = scaling != arrays.end() && !scaling->second.values.empty() ? scaling->second.values[0] : 1.0;
    if (!(scale > 0) || !std::isfinite(scale)) return badInput(where, "smpl_scaling is not positive");
    if (!finite(poses.values) || !finite(trans->second.values)) return badInput(where, "smpl_poses or smpl_trans is not finite");
    SourceMotion out;
    out.isOurBody = true;
    out.clip.fps = 60;
    const auto number = [](double v) { return static_cast<float>(v); };
    for (std::uint64_t f = 0; f < frames; ++f) {
        const double* t = trans->second.values.data() + 3 * f;
        out.clip.root.emplace_back(number(t[0] / scale), number(t[1] / scale), number(t[2] / scale));
        for (std::uint64_t j = 0; j < kJoints; ++j) {
            const double* v = poses.values.data() + 3 * (f * kJoints + j);
            out.clip.rotations.push_back(motion::expMap({number(v[0]), number(v[1]), number(v[2])}));
        }
    }
    motion::makeSignsContinuous(out.clip.rotations, kJoints);
    motion::settleOnFloor(out.clip);
    const auto& body = motion::Skeleton::body();
    out.names = body.names();
    out.parents.assign(body.parents().begin(), body.parents().end());
    out.positions = motion::jointPositions(body, out.clip);
    return out;
}

Result<SourceMotion> keyPoints(const PickledArray& points, const std::string& where) {
    if (points.shape.size() != 3 || points.shape[0] < 2 || points.shape[1] != 17 || points.shape[2] < 3) {
        return badInput(where, "keypoints3d has a wrong shape", "[frames, 17, 3]");
    }
    SourceMotion out;
    out.names = {"nose",           "left_eye",   "right_eye",   "left_ear",   "right_ear",   "left_shoulder",
                 "right_shoulder", "left_elbow", "right_elbow", "left_wrist", "right_wrist", "left_hip",
                 "right_hip",      "left_knee",  "right_knee",  "left_ankle", "right_ankle"};
    out.positions.fps = 60;
    out.positions.joints = 17;
    const std::uint64_t width = points.shape[2];
    for (std::uint64_t i = 0; i < points.shape[0] * 17; ++i) {
        const double* p = points.values.data() + width * i;
        const motion::Vec3 at(static_cast<float>(p[0] / 100), static_cast<float>(p[1] / 100), static_cast<float>(p[2] / 100));
        if (at.allFinite()) {
            out.positions.values.push_back(at);
        } else if (i >= 17) {
            out.positions.values.push_back(out.positions.values[i - 17]); // not seen in this frame: stays where it was
        } else {
            return badInput(where, "keypoints3d is not finite in the first frame");
        }
    }
    return out;
}

} // namespace

Result<SourceMotion> readAistPickle(const std::filesystem::path& path) {
    CHOREIA_ASSIGN(const std::string bytes, readFile(path));
    const std::string where = path.string();
    CHOREIA_ASSIGN(const Arrays arrays, readPickledArrays(bytes, where));
    if (arrays.contains("smpl_poses")) return bodyMotion(arrays, where);
    for (const char* name : {"keypoints3d_optim", "keypoints3d"}) {
        if (const auto it = arrays.find(name); it != arrays.end()) return keyPoints(it->second, where);
    }
    return badInput(where, "no motion in this pickle", "smpl_poses or keypoints3d");
}

} // namespace choreia::io
