// From BVH's channels to points and rotations.
#include "io/bvh.h"

#include "motion/rotation.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace choreia::io {

namespace {

using Vec = Eigen::Vector3d;
using Mat = Eigen::Matrix3d;

Vec vec(const std::array<double, 3>& v) { return {v[0], v[1], v[2]}; }

Mat turn(int axis, double degrees) {
    return Eigen::AngleAxisd(degrees * std::numbers::pi / 180.0, Vec::Unit(axis)).toRotationMatrix();
}

// The longest way along bones from one tip to another, in file units.
double tipToTip(const BvhFile& file) {
    const std::size_t n = file.joints.size();
    std::vector<double> depth(n, 0);
    double best = 0;
    for (std::size_t j = n; j-- > 0;) {
        const auto& joint = file.joints[j];
        if (joint.end && depth[j] == 0) {
            // End Sites often carry a made-up length: no more than the bone before them counts.
            depth[j] = std::min(vec(*joint.end).norm(), joint.parent < 0 ? 0.0 : vec(joint.offset).norm());
            best = std::max(best, depth[j]);
        }
        if (joint.parent < 0) continue;
        const auto p = static_cast<std::size_t>(joint.parent);
        const double branch = depth[j] + vec(joint.offset).norm();
        best = std::max(best, depth[p] + branch);
        depth[p] = std::max(depth[p], branch);
    }
    return best;
}

struct Pose {
    std::vector<Vec> at;
    std::vector<Mat> world, local;
};

void poseAt(const BvhFile& file, std::size_t frame, Pose& pose) {
    const std::size_t n = file.joints.size();
    pose.at.resize(n);
    pose.world.resize(n);
    pose.local.resize(n);
    const double* value = file.values.data() + frame * file.channels;
    for (std::size_t j = 0; j < n; ++j) {
        const auto& joint = file.joints[j];
        Vec shift = vec(joint.offset);
        Mat local = Mat::Identity();
        for (const BvhChannel channel : joint.channels) {
            if (channel < 3) {
                shift[channel] = *value++;
            } else {
                local = local * turn(channel - 3, *value++);
            }
        }
        pose.local[j] = local;
        if (joint.parent < 0) {
            pose.at[j] = shift;
            pose.world[j] = local;
        } else {
            const auto p = static_cast<std::size_t>(joint.parent);
            pose.at[j] = pose.at[p] + pose.world[p] * shift;
            pose.world[j] = pose.world[p] * local;
        }
    }
}

struct Stance {
    bool zUp = false;
    Vec rootShift = Vec::Zero();  // file units, to be added to every position
};

// Bodies stand most of the time: the axis along which they are longest, on average, is up. And writers differ in whether the root's position
// channels hold its place or its way from OFFSET: the reading that puts the feet nearer to the floor is right.
Stance stanceOf(const BvhFile& file, double unit) {
    Pose pose;
    Vec extent = Vec::Zero(), lowest = Vec::Zero();
    const std::size_t step = std::max<std::size_t>(1, file.frames / 50);
    double looked = 0;
    for (std::size_t f = 0; f < file.frames; f += step) {
        poseAt(file, f, pose);
        Vec low = pose.at[0], high = pose.at[0];
        for (const auto& at : pose.at) {
            low = low.cwiseMin(at);
            high = high.cwiseMax(at);
        }
        extent += high - low;
        lowest += low;
        ++looked;
    }
    Stance stance;
    stance.zUp = extent.z() > 1.5 * extent.y();
    const Vec offset = vec(file.joints[0].offset);
    const int up = stance.zUp ? 2 : 1;
    const double low = lowest[up] / looked * unit, rise = offset[up] * unit;
    const auto& channels = file.joints[0].channels;
    const bool moves = std::any_of(channels.begin(), channels.end(), [](BvhChannel c) { return c < 3; });
    if (moves && std::abs(low + rise) < std::abs(low) - 0.2) stance.rootShift = offset;
    return stance;
}

// Our own 24 joints, found by name, with our offsets; indices[ours] = theirs. Empty where it is another body.
std::vector<std::size_t> ourJoints(const BvhFile& file, double unit) {
    const auto& body = motion::Skeleton::body();
    std::vector<std::size_t> indices;
    if (file.joints.size() != motion::kJoints) return {};
    for (int j = 0; j < motion::kJoints; ++j) {
        const auto it = std::find_if(file.joints.begin(), file.joints.end(),
                                     [&](const BvhJoint& joint) { return joint.name == body.names()[static_cast<std::size_t>(j)]; });
        if (it == file.joints.end()) return {};
        const int parent = body.parent(j);
        if (it->parent < 0 ? parent >= 0 : parent < 0 || file.joints[static_cast<std::size_t>(it->parent)].name != body.names()[static_cast<std::size_t>(parent)]) return {};
        if (parent >= 0) {
            if ((vec(it->offset) * unit - body.offset(j).cast<double>()).norm() > 1e-3) return {};
            if (std::any_of(it->channels.begin(), it->channels.end(), [](BvhChannel c) { return c < 3; })) return {};
        }
        indices.push_back(static_cast<std::size_t>(it - file.joints.begin()));
    }
    return indices;
}

}  // namespace

double guessBvhUnit(const BvhFile& file) {
    constexpr double adult = 2.1;
    const double length = tipToTip(file);
    if (!(length > 0)) return 0.01;
    double best = 0.01, distance = 1e9;
    for (const double unit : {1.0, 0.056444, 0.0254, 0.01, 0.001}) {
        const double off = std::abs(std::log(length * unit / adult));
        if (off < distance) {
            distance = off;
            best = unit;
        }
    }
    return best;
}

SourceMotion motionOfBvh(const BvhFile& file) {
    SourceMotion out;
    const std::size_t n = file.joints.size();
    const double unit = guessBvhUnit(file);
    const auto ours = ourJoints(file, unit);
    out.isOurBody = !ours.empty();
    const Stance stance = out.isOurBody ? Stance() : stanceOf(file, unit);
    const Mat upright = stance.zUp ? turn(0, -90) : Mat(Mat::Identity());

    std::vector<std::size_t> ends;
    for (std::size_t j = 0; j < n; ++j) {
        out.names.push_back(file.joints[j].name);
        out.parents.push_back(file.joints[j].parent);
        if (file.joints[j].end) ends.push_back(j);
    }
    for (std::size_t j = 0; j < n; ++j) {
        for (const char* axis : {"|x", "|y"}) out.names.push_back(file.joints[j].name + axis);
    }
    for (const std::size_t j : ends) out.names.push_back(file.joints[j].name + "|end");
    out.parents.resize(out.names.size(), -1);
    out.positions.fps = file.fps;
    out.positions.joints = out.names.size();
    out.positions.values.resize(file.frames * out.names.size());
    if (out.isOurBody) {
        out.clip.fps = file.fps;
        out.clip.root.resize(file.frames);
        out.clip.rotations.resize(file.frames * motion::kJoints);
    }

    Pose pose;
    for (std::size_t f = 0; f < file.frames; ++f) {
        poseAt(file, f, pose);
        const auto points = out.positions.frame(f);
        for (std::size_t j = 0; j < n; ++j) {
            const Vec at = upright * (pose.at[j] + stance.rootShift) * unit;
            const Mat world = upright * pose.world[j];
            points[j] = at.cast<float>();
            points[n + 2 * j] = (at + 0.1 * world.col(0)).cast<float>();
            points[n + 2 * j + 1] = (at + 0.1 * world.col(1)).cast<float>();
        }
        for (std::size_t e = 0; e < ends.size(); ++e) {
            const std::size_t j = ends[e];
            points[3 * n + e] = (upright * (pose.at[j] + stance.rootShift + pose.world[j] * vec(*file.joints[j].end)) * unit).cast<float>();
        }
        if (out.isOurBody) {
            out.clip.root[f] = points[ours[0]];
            for (std::size_t j = 0; j < motion::kJoints; ++j) {
                out.clip.rotations[f * motion::kJoints + j] = Eigen::Quaterniond(pose.local[ours[j]]).normalized().cast<float>();
            }
        }
    }
    if (out.isOurBody) motion::makeSignsContinuous(out.clip.rotations, motion::kJoints);
    return out;
}

}  // namespace choreia::io
