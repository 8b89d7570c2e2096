// Finds the neighbours and the standing feet; the rotations are motion's.
#include "document/pose_tools.h"

#include "core/units.h"
#include "motion/pose_blend.h"

#include <algorithm>

namespace choreia::ui {

namespace {

constexpr double kPoseItself = 1.0 / 30;  // s: what is nearer than this is the pose itself
constexpr double kMeanReach = 0.25;    // s to either side, for the mean

std::size_t frameNear(const motion::Clip& clip, double seconds) {
    return static_cast<std::size_t>(std::clamp<std::int64_t>(nearestFrame({seconds}, clip.fps).value, 0, static_cast<std::int64_t>(clip.frames()) - 1));
}

}  // namespace

motion::JointSet chosenOrAll(const motion::JointSet& chosen) { return chosen.any() ? chosen : motion::JointSet().set(); }

PosesAround posesAround(const io::Dance& dance, const audio::BeatGrid& grid, double seconds) {
    const double last = dance.clip.frames() == 0 ? 0 : static_cast<double>(dance.clip.frames() - 1) / dance.clip.fps;
    PosesAround around{0, last};
    const auto consider = [&](double time) {
        if (time < 0 || time > last) return;
        if (time < seconds - kPoseItself) around.before = std::max(around.before, time);
        if (time > seconds + kPoseItself) around.after = std::min(around.after, time);
    };
    for (const double beat : grid.beats) consider(beat);
    for (const io::KeyPose& key : dance.keys) consider(key.time);
    return around;
}

std::optional<motion::Pose> poseByTool(const Document& document, double seconds, PoseTool tool, double amount) {
    const auto dance = document.dance();
    if (!dance || dance->dance.clip.frames() == 0) return {};
    const motion::Clip& clip = dance->dance.clip;
    const std::size_t frame = frameNear(clip, seconds);
    const motion::Pose now = motion::poseAt(clip, frame);
    const motion::JointSet joints = chosenOrAll(document.joints());
    motion::Pose made;
    if (tool == PoseTool::Breakdown) {
        const PosesAround around = posesAround(dance->dance, document.state().grid, seconds);
        made = motion::breakdown(now, motion::poseAt(clip, frameNear(clip, around.before)), motion::poseAt(clip, frameNear(clip, around.after)), amount, joints);
    } else {
        made = motion::relaxed(now, motion::meanAround(clip, frame, kMeanReach), amount, joints);
    }
    const bool known = frame < dance->dance.contacts.size();
    const std::array<bool, 4> contacts = known ? dance->dance.contacts[frame] : std::array<bool, 4>{};
    return motion::withStandingFeet(motion::Skeleton::body(), now, made, {contacts[0] || contacts[1], contacts[2] || contacts[3]});
}

QString textOf(PoseTool tool, double amount) {
    if (tool == PoseTool::Breakdown) return Document::tr("Breakdown");
    return amount < 0 ? Document::tr("Exaggerate pose") : Document::tr("Relax pose");
}

bool applyPoseTool(Document& document, double seconds, PoseTool tool, double amount) {
    motion::Pose pose;
    pose.rotations.fill(motion::Quat::Identity());
    if (const auto made = poseByTool(document, seconds, tool, amount)) pose = *made;
    return document.requestPose(seconds, pose, textOf(tool, amount));  // says what is missing where there is no dance
}

}  // namespace choreia::ui
