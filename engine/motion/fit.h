/// From joint or marker positions to local rotations of our body: the importer of position data.
#pragma once

#include "core/progress.h"
#include "core/result.h"
#include "motion/clip.h"

#include <stop_token>
#include <string>
#include <vector>

namespace choreia::motion {

/// Where a source point sits on our body: a joint and an offset in that joint's rest frame.
struct Attachment {
    int joint = 0;
    Vec3 offset = Vec3::Zero(); ///< metres, on our 1.70 m body at rest; refined to the source's body during the fit
    float weight = 1;           ///< trust of this point, 0 leaves it out
    bool onJoint = true;        ///< the point is the joint's centre (offset stays near zero); false: a marker on the skin
    float slack =
        0.008f; ///< metres by which the offset may well differ on the source's body: calibration pulls it back beyond that
};

/// Attachments for known joint sets by their names: the 26 ballroom markers, the 24 joints of the field, 17 COCO key points,
/// CMU BVH joints (both naming schemes). Error (BadInput) names the joints that are missing.
Result<std::vector<Attachment>> attachmentsFor(const std::vector<std::string>& names);

struct FitReport {
    double meanErrorCm = 0; ///< mean distance between source points (on a joint or skin) and our body in the source's proportions
    double worstJointCm = 0; ///< mean error of the worst point
    std::string worstPoint;
    double heightM = 0; ///< estimated height of the source's body
};

struct FitResult {
    Clip clip; ///< on our own body: root scaled by leg length, feet on y = 0, start at x = z = 0
    FitReport report;
};

/// Fits our body to points. names label the points; positions: [frames, names.size()] world metres, Y up. Single-frame jumps are
/// bridged. Method: damped Gauss-Newton on the 24 local rotations and the root, warm-started along time with a smoothness and
/// rest-pose prior; bone lengths and skin offsets solved by linear least squares in alternation (left and right share lengths).
/// Rotations are free of flips. Cost: about 0.3 ms a frame. Error (BadInput) for an unknown joint set, under 2 frames, or values
/// that are not finite.
Result<FitResult> fitToBody(const std::vector<std::string>& names, const Positions& positions, const std::string& where,
                            std::stop_token stop, Progress& progress);

/// Puts a clip of our body on the floor: feet that stand are flat (one constant pitch), their soles at y = 0 for as long as they
/// stand, the first frame at x = z = 0.
void settleOnFloor(Clip& clip);

} // namespace choreia::motion
