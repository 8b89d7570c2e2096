// The importer of position data: calibrate the source's body on spread frames, track all frames, smooth, move to our body.
#include "motion/fit.h"

#include "motion/fit_solver.h"
#include "motion/kinematics.h"
#include "motion/rotation.h"

#include <Eigen/SVD>

#include <algorithm>
#include <cmath>
#include <limits>

namespace choreia::motion {

namespace {

using namespace fitting;

constexpr std::size_t kCalibrationFrames = 60;
constexpr int kCalibrationRounds = 6;
constexpr double kTemporal = 3e-4; ///< square metres a square radian
constexpr double kSmoothingSeconds = 0.022;

/// 0 for a point of a frame that leaps away from its neighbours in time and back, else 1.
std::vector<float> trust(const Positions& positions, const std::vector<Attachment>& points) {
    const std::size_t n = positions.frames(), joints = positions.joints;
    std::vector<float> weights(n * joints, 1.0f);
    if (n < 5) return weights;
    for (std::size_t j = 0; j < joints; ++j) {
        if (points[j].weight <= 0) continue;
        for (std::size_t f = 0; f < n; ++f) {
            const std::size_t first = f < 2 ? 0 : std::min(f - 2, n - 5);
            Vec3 median;
            for (int c = 0; c < 3; ++c) {
                std::array<float, 5> values{};
                for (std::size_t k = 0; k < 5; ++k) values[k] = positions.at(first + k, j)[c];
                std::nth_element(values.begin(), values.begin() + 2, values.end());
                median[c] = values[2];
            }
            if ((positions.at(f, j) - median).norm() > 0.25f) weights[f * joints + j] = 0;
        }
    }
    return weights;
}

Model startingModel(const std::vector<Attachment>& points) {
    Model model;
    for (int j = 0; j < kJoints; ++j) model.offsets[static_cast<std::size_t>(j)] = Skeleton::body().offset(j).cast<double>();
    model.points = points;
    // Waist markers on one line say nothing of the pelvis's pitch, and two markers at the wrist little of the hand: lean on the
    // trunk and rest.
    const bool hipCentres =
        std::any_of(points.begin(), points.end(), [](const Attachment& a) { return a.weight > 0 && a.joint == LeftHip; });
    if (!hipCentres) {
        model.stiffness[Spine1] = 20;
        model.stiffness[Spine2] = 5;
    }
    const bool handCentres =
        std::any_of(points.begin(), points.end(), [](const Attachment& a) { return a.weight > 0 && a.joint == LeftHand; });
    if (!handCentres) model.stiffness[LeftWrist] = model.stiffness[RightWrist] = 5;
    if (!hipCentres) model.stiffness[LeftAnkle] = model.stiffness[RightAnkle] = 4;
    return model;
}

void scaleModel(Model& model, double scale) {
    for (auto& offset : model.offsets) offset *= scale;
    for (auto& point : model.points) {
        // Axis points stand at a fixed 0.1 m, whatever the body's size.
        const bool axis = !point.onJoint && std::abs(point.offset.norm() - 0.1f) < 0.002f;
        if (!axis) point.offset *= static_cast<float>(scale);
    }
}

/// Size of the source's body against ours: spread of the torso's and hips' points, median over frames.
double estimateScale(const Model& model, const std::vector<Vec3>& targets, const std::vector<float>& weights,
                     std::size_t frames) {
    std::array<V3, kJoints> joints;
    std::array<M3, kJoints> world;
    place(model, Pose(), joints, world);
    const std::size_t count = model.points.size();
    // Lengths that do not depend on the pose: between neighbouring centres.
    std::vector<double> ratios;
    for (std::size_t f = 0; f < frames; ++f) {
        double ours = 0, theirs = 0;
        for (std::size_t i = 0; i < count; ++i) {
            for (std::size_t k = 0; k < count; ++k) {
                const auto& a = model.points[i];
                const auto& b = model.points[k];
                const bool bone = Skeleton::body().parent(b.joint) == a.joint && a.joint != b.joint;
                if (!bone || a.weight <= 0 || b.weight <= 0 || (a.onJoint != b.onJoint && a.joint == Pelvis) ||
                    weights[f * count + i] <= 0 || weights[f * count + k] <= 0)
                    continue;
                if ((!a.onJoint && a.offset.norm() > 0.09f) || (!b.onJoint && b.offset.norm() > 0.09f)) continue;
                ours += ((joints[static_cast<std::size_t>(a.joint)] + a.offset.cast<double>()) -
                         (joints[static_cast<std::size_t>(b.joint)] + b.offset.cast<double>()))
                            .norm();
                theirs += static_cast<double>((targets[f * count + i] - targets[f * count + k]).norm());
            }
        }
        if (ours > 0) ratios.push_back(theirs / ours);
    }
    if (ratios.empty()) return 1;
    std::nth_element(ratios.begin(), ratios.begin() + static_cast<std::ptrdiff_t>(ratios.size() / 2), ratios.end());
    return std::clamp(ratios[ratios.size() / 2], 0.4, 2.0);
}

double legLength(const Model& model) { return model.offsets[LeftKnee].norm() + model.offsets[LeftAnkle].norm(); }

/// Points of the frames asked for, one after the other.
void gather(const Positions& positions, const std::vector<float>& trusted, const std::vector<std::size_t>& frames,
            std::vector<Vec3>& targets, std::vector<float>& weights) {
    for (const std::size_t f : frames) {
        const auto row = positions.frame(f);
        targets.insert(targets.end(), row.begin(), row.end());
        const auto* first = trusted.data() + f * positions.joints;
        weights.insert(weights.end(), first, first + positions.joints);
    }
}

Model calibrateSource(const Positions& positions, const std::vector<float>& trusted, const std::vector<Attachment>& points) {
    std::vector<std::size_t> frames;
    const std::size_t n = positions.frames(), wanted = std::min(n, kCalibrationFrames);
    for (std::size_t k = 0; k < wanted; ++k) frames.push_back((2 * k + 1) * n / (2 * wanted));
    std::vector<Vec3> targets;
    std::vector<float> weights;
    gather(positions, trusted, frames, targets, weights);
    Model prior = startingModel(points);
    scaleModel(prior, estimateScale(prior, targets, weights, frames.size()));
    Model model = prior;
    const std::size_t count = points.size();
    std::vector<Pose> poses(frames.size());
    for (int round = 0; round < kCalibrationRounds; ++round) {
        for (std::size_t k = 0; k < frames.size(); ++k) {
            const std::span<const Vec3> t(targets.data() + k * count, count);
            const std::span<const float> w(weights.data() + k * count, count);
            if (round == 0) {
                coldStart(model, t, w, poses[k]);
            } else {
                SolveOptions options;
                options.iterations = 5;
                options.robust = 0.2;
                solvePose(model, t, w, poses[k], options);
            }
        }
        calibrate(prior, poses, targets, weights, model);
    }
    return model;
}

/// All frames, forwards with the pose before as neighbour, then backwards with both neighbours: no lag.
std::vector<Pose> track(const Model& model, const Positions& positions, const std::vector<float>& trusted, std::stop_token stop,
                        Stage& stage) {
    const std::size_t n = positions.frames(), count = positions.joints;
    std::vector<Pose> poses(n);
    const auto weightsOf = [&](std::size_t f) { return std::span<const float>(trusted.data() + f * count, count); };
    SolveOptions options;
    options.iterations = 4;
    options.temporal = kTemporal;
    for (std::size_t f = 0; f < n && !stop.stop_requested(); ++f) {
        if (f == 0) {
            coldStart(model, positions.frame(0), weightsOf(0), poses[0]);
            continue;
        }
        poses[f] = poses[f - 1];
        options.neighbour = &poses[f - 1];
        const double error = solvePose(model, positions.frame(f), weightsOf(f), poses[f], options);
        if (error > 0.08) {
            // Lost: look for the pose afresh and keep the better one.
            Pose fresh;
            if (coldStart(model, positions.frame(f), weightsOf(f), fresh) < 0.6 * error) poses[f] = fresh;
        }
        if (f % 64 == 0) stage.update(static_cast<double>(f), 1.6 * static_cast<double>(n));
    }
    options.iterations = 3;
    for (std::size_t f = n; f-- > 0 && !stop.stop_requested();) {
        Pose middle = poses[f > 0 ? f - 1 : f + 1];
        const Pose& other = poses[f + 1 < n ? f + 1 : f - 1];
        middle.root = 0.5 * (middle.root + other.root);
        for (std::size_t j = 0; j < kJoints; ++j) middle.local[j] = middle.local[j].slerp(0.5, other.local[j]);
        options.neighbour = &middle;
        options.temporal = 2 * kTemporal;
        solvePose(model, positions.frame(f), weightsOf(f), poses[f], options);
        if (f % 64 == 0) stage.update(static_cast<double>(n) + 0.6 * static_cast<double>(n - f), 1.6 * static_cast<double>(n));
    }
    return poses;
}

/// Error of the smoothed motion against the source, in the source's proportions.
FitReport measure(const Model& model, const std::vector<Pose>& poses, const Positions& positions,
                  const std::vector<float>& trusted, const std::vector<std::string>& names) {
    const std::size_t count = positions.joints;
    std::vector<double> sums(count, 0), totals(count, 0);
    std::array<V3, kJoints> joints;
    std::array<M3, kJoints> world;
    for (std::size_t f = 0; f < poses.size(); ++f) {
        place(model, poses[f], joints, world);
        for (std::size_t i = 0; i < count; ++i) {
            if (model.points[i].weight <= 0 || trusted[f * count + i] <= 0 || names[i].find('|') != std::string::npos) continue;
            const auto j = static_cast<std::size_t>(model.points[i].joint);
            sums[i] += (joints[j] + world[j] * model.points[i].offset.cast<double>() - positions.at(f, i).cast<double>()).norm();
            totals[i] += 1;
        }
    }
    FitReport report;
    double sum = 0, total = 0;
    for (std::size_t i = 0; i < count; ++i) {
        if (totals[i] <= 0) continue;
        sum += sums[i];
        total += totals[i];
        if (100 * sums[i] / totals[i] > report.worstJointCm) {
            report.worstJointCm = 100 * sums[i] / totals[i];
            report.worstPoint = names[i];
        }
    }
    report.meanErrorCm = total > 0 ? 100 * sum / total : 0;
    const auto stature = [](const auto& o) {
        return static_cast<double>(o[LeftKnee].norm() + o[LeftAnkle].norm() + o[Spine1].norm() + o[Spine2].norm() +
                                   o[Spine3].norm() + o[Neck].norm());
    };
    report.heightM = 1.70 * stature(model.offsets) / stature(Skeleton::body().offsets());
    return report;
}

/// Rotations as they are; the hips' middle and the ankles where the source's are, scaled by the leg length: feet that stood
/// still, stand still.
Clip toOurBody(const Model& model, const std::vector<Pose>& poses, double fps) {
    const Skeleton& body = Skeleton::body();
    const double scale = static_cast<double>(body.offset(LeftKnee).norm() + body.offset(LeftAnkle).norm()) / legLength(model);
    Clip clip;
    clip.fps = fps;
    std::array<V3, kJoints> joints;
    std::array<M3, kJoints> world;
    for (const Pose& pose : poses) {
        place(model, pose, joints, world);
        const V3 hips = 0.5 * (joints[LeftHip] + joints[RightHip]) * scale;
        const Vec3 ourHips = 0.5f * (body.offset(LeftHip) + body.offset(RightHip));
        std::array<Quat, kJoints> rotations;
        for (std::size_t j = 0; j < kJoints; ++j) rotations[j] = pose.local[j].cast<float>().normalized();
        const Vec3 root = hips.cast<float>() - rotations[0] * ourHips;
        solveTwoBone(body, root, rotations, LeftHip, LeftKnee, LeftAnkle, (joints[LeftAnkle] * scale).cast<float>());
        solveTwoBone(body, root, rotations, RightHip, RightKnee, RightAnkle, (joints[RightAnkle] * scale).cast<float>());
        clip.root.push_back(root);
        clip.rotations.insert(clip.rotations.end(), rotations.begin(), rotations.end());
    }
    makeSignsContinuous(clip.rotations, kJoints);
    settleOnFloor(clip);
    return clip;
}

void smooth(std::vector<Pose>& poses, double sigmaFrames) {
    std::vector<Quat> rotations;
    std::vector<Vec3> root;
    for (const Pose& pose : poses) {
        root.push_back(pose.root.cast<float>());
        for (const auto& q : pose.local) rotations.push_back(q.cast<float>());
    }
    smoothRotations(rotations, kJoints, sigmaFrames);
    smoothPath(root, sigmaFrames);
    for (std::size_t f = 0; f < poses.size(); ++f) {
        poses[f].root = root[f].cast<double>();
        for (std::size_t j = 0; j < kJoints; ++j) poses[f].local[j] = rotations[f * kJoints + j].cast<double>().normalized();
    }
}

} // namespace

Result<FitResult> fitToBody(const std::vector<std::string>& names, const Positions& positions, const std::string& where,
                            std::stop_token stop, Progress& progress) {
    auto found = attachmentsFor(names);
    if (!found.ok()) {
        Error error = found.error();
        error.where = where;
        return error;
    }
    if (positions.joints != names.size()) {
        return badInput(where, "points and their names differ in number", std::to_string(names.size()),
                        std::to_string(positions.joints));
    }
    if (positions.frames() < 2)
        return badInput(where, "motion too short", "at least 2 frames", std::to_string(positions.frames()));
    if (!(positions.fps > 0) || !std::isfinite(positions.fps)) return badInput(where, "frame rate is not positive");
    for (std::size_t i = 0; i < positions.values.size(); ++i) {
        if (!positions.values[i].allFinite()) {
            return badInput(where, "position is not finite", {},
                            "frame " + std::to_string(i / names.size()) + ", " + names[i % names.size()]);
        }
    }
    const auto trusted = trust(positions, *found);
    Stage stage(progress, "fitting");
    const Model model = calibrateSource(positions, trusted, *found);
    auto poses = track(model, positions, trusted, stop, stage);
    if (stop.stop_requested()) return cancelled(where);
    repairLegFlips(model, positions, trusted, poses);
    smooth(poses, kSmoothingSeconds * positions.fps);
    FitResult result;
    result.report = measure(model, poses, positions, trusted, names);
    result.clip = toOurBody(model, poses, positions.fps);
    stage.update(1, 1);
    return result;
}

} // namespace choreia::motion
