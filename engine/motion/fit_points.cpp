// Which point of a source sits where on our body: the tables behind attachmentsFor().
#include "motion/fit.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <map>
#include <string_view>

namespace choreia::motion {

namespace {

/// One row of a table; side points ("l...") are written once and mirrored to the right.
struct Row {
    std::string_view name;
    int joint;
    float x, y, z;
    float weight;
    bool onJoint;
    float slack = 0; ///< 0: 8 mm for centres, 3 cm for the skin
};

Vec3 restOffset(int joint) { return Skeleton::body().offset(joint); }

/// Lower case without separators; "left"/"right" shortened to one letter; prefixes of common exporters dropped.
std::string plain(std::string_view name) {
    if (const auto colon = name.rfind(':'); colon != std::string_view::npos) name.remove_prefix(colon + 1);
    std::string out;
    for (const char c : name) {
        if (std::isalnum(static_cast<unsigned char>(c)) || c == '|')
            out.push_back(static_cast<char>(std::tolower(static_cast<unsigned char>(c))));
    }
    if (out.rfind("left", 0) == 0) return "l" + out.substr(4);
    if (out.rfind("right", 0) == 0) return "r" + out.substr(5);
    return out;
}

Attachment attach(const Row& row, bool right) {
    Attachment a;
    a.joint = right ? mirrored(row.joint) : row.joint;
    a.offset = Vec3(right ? -row.x : row.x, row.y, row.z);
    a.weight = row.weight;
    a.onJoint = row.onJoint;
    a.slack = row.slack > 0 ? row.slack : row.onJoint ? 0.008f : 0.03f;
    return a;
}

using Wanted = std::map<std::string, Attachment>;

/// Rows whose name begins with 'l' and whose joint or offset is off the middle also give the right side.
void addRows(Wanted& wanted, std::span<const Row> rows) {
    for (const Row& row : rows) {
        wanted[std::string(row.name)] = attach(row, false);
        const bool side = row.name[0] == 'l' && (mirrored(row.joint) != row.joint || row.x != 0);
        if (side) wanted["r" + std::string(row.name.substr(1))] = attach(row, true);
    }
}

/// Points 0.1 m along a joint's own axes, where those axes point to at rest on our body.
void addAxes(Wanted& wanted, std::string_view name, int joint, const Vec3& x, const Vec3& y, float weight, float slack = 0.03f) {
    for (const auto& [suffix, axis] : {std::pair{"|x", x}, std::pair{"|y", y}}) {
        Attachment a;
        a.joint = joint;
        a.offset = axis * 0.1f;
        a.weight = weight;
        a.onJoint = false;
        a.slack = slack;
        wanted[std::string(name) + suffix] = a;
    }
}

Wanted fieldJoints() {
    static constexpr Row rows[] = {{"pelvis", Pelvis, 0, 0, 0, 1, true},    {"lhip", LeftHip, 0, 0, 0, 1, true},
                                   {"spine1", Spine1, 0, 0, 0, 0.6f, true}, {"lknee", LeftKnee, 0, 0, 0, 1, true},
                                   {"spine2", Spine2, 0, 0, 0, 0.6f, true}, {"lankle", LeftAnkle, 0, 0, 0, 1.5f, true},
                                   {"spine3", Spine3, 0, 0, 0, 0.6f, true}, {"lfoot", LeftFoot, 0, 0, 0, 1, true},
                                   {"neck", Neck, 0, 0, 0, 1, true},        {"lcollar", LeftCollar, 0, 0, 0, 0.6f, true},
                                   {"head", Head, 0, 0, 0, 1, true},        {"lshoulder", LeftShoulder, 0, 0, 0, 1, true},
                                   {"lelbow", LeftElbow, 0, 0, 0, 1, true}, {"lwrist", LeftWrist, 0, 0, 0, 1, true},
                                   {"lhand", LeftHand, 0, 0, 0, 0.7f, true}};
    Wanted wanted;
    addRows(wanted, rows);
    return wanted;
}

Wanted ballroomMarkers() {
    const Vec3 shoulder = restOffset(LeftShoulder);
    const Row rows[] = {
        {"pelvis", Pelvis, 0, 0.07f, 0, 0.6f, false, 0.012f},
        {"chest", Spine3, 0, 0.02f, 0, 1, false, 0.02f},
        {"neck", Spine3, 0, 0.18f, -0.01f, 0.5f, false, 0.02f},
        {"head", Head, 0, 0.07f, 0.02f, 0.6f, false, 0.02f},
        {"headl", Head, 0.075f, 0.07f, 0.02f, 1, false, 0.02f},
        {"lshoulder", LeftCollar, shoulder.x(), shoulder.y() + 0.05f, shoulder.z(), 1, false, 0.02f},
        {"lelbow", LeftElbow, 0.0f, 0.02f, -0.03f, 1, false, 0.012f},
        {"lforearm", LeftElbow, 0.13f, 0.03f, -0.02f, 0.6f, false, 0.012f},
        // The two wrist markers stand on either side of the wrist (little finger, thumb): measured, the angle between them hardly
        // moves.
        {"lwrist", LeftWrist, 0.0f, 0.0f, -0.045f, 1, false, 0.008f},
        {"lhand", LeftWrist, 0.035f, 0.01f, 0.045f, 0.5f, false, 0.02f},
        {"lhip", Pelvis, 0.13f, 0.07f, 0, 1, false, 0.012f},
        {"lknee", LeftKnee, 0.05f, 0, 0, 1, false, 0.015f},
        {"lankle", LeftAnkle, 0.04f, 0, 0, 1.5f, false, 0.015f},
        {"lheel", LeftAnkle, 0, -0.04f, -0.06f, 1, false, 0.02f},
        {"ltoe", LeftFoot, 0.0f, 0.03f, 0.02f, 1, false, 0.02f},
    };
    Wanted wanted;
    addRows(wanted, rows);
    // The head's sides are spelled the other way round.
    wanted["headleft"] = wanted.at("headl");
    wanted.erase("headl");
    wanted["headright"] = wanted.at("headleft");
    wanted["headright"].offset.x() *= -1;
    return wanted;
}

Wanted cocoPoints() {
    static constexpr Row rows[] = {{"nose", Head, 0, 0.03f, 0.11f, 0.7f, false},
                                   {"leye", Head, 0.032f, 0.065f, 0.09f, 0.5f, false},
                                   {"lear", Head, 0.075f, 0.05f, 0.01f, 0.7f, false},
                                   {"lshoulder", LeftShoulder, 0, 0, 0, 1, true},
                                   {"lelbow", LeftElbow, 0, 0, 0, 1, true},
                                   {"lwrist", LeftWrist, 0, 0, 0, 1, true},
                                   {"lhip", LeftHip, 0, 0, 0, 1, true},
                                   {"lknee", LeftKnee, 0, 0, 0, 1, true},
                                   {"lankle", LeftAnkle, 0, 0, 0, 1.5f, true}};
    Wanted wanted;
    addRows(wanted, rows);
    return wanted;
}

/// CMU motion as distributed for Poser-like figures: rest axes are the world's, so the axes of each joint are known on our
/// T-pose.
Wanted cmuPoser() {
    static constexpr Row rows[] = {{"hip", Pelvis, 0, -0.09f, 0.02f, 0.4f, false},
                                   {"abdomen", Spine1, 0, 0.01f, 0, 0.4f, false},
                                   {"chest", Spine2, 0, 0, 0, 0.5f, false},
                                   {"neck", Neck, 0, 0, 0, 1, true},
                                   {"head", Head, 0, 0, 0, 1, true},
                                   {"lshldr", LeftShoulder, 0, 0, 0, 1, true},
                                   {"lforearm", LeftElbow, 0, 0, 0, 1, true},
                                   {"lhand", LeftWrist, 0, 0, 0, 1, true},
                                   {"lmid1", LeftHand, 0, 0, 0, 0.3f, false},
                                   {"lthigh", LeftHip, 0, 0, 0, 1, true},
                                   {"lshin", LeftKnee, 0, 0, 0, 1, true},
                                   {"lfoot", LeftAnkle, 0, 0, 0, 1.5f, true}};
    Wanted wanted;
    addRows(wanted, rows);
    const Vec3 x = Vec3::UnitX(), y = Vec3::UnitY();
    const std::pair<const char*, int> axes[] = {{"hip", Pelvis},          {"abdomen", Spine1},      {"chest", Spine3},
                                                {"neck", Neck},           {"head", Head},           {"lcollar", LeftCollar},
                                                {"rcollar", RightCollar}, {"lshldr", LeftShoulder}, {"rshldr", RightShoulder},
                                                {"lforearm", LeftElbow},  {"rforearm", RightElbow}, {"lhand", LeftWrist},
                                                {"rhand", RightWrist},    {"lthigh", LeftHip},      {"rthigh", RightHip},
                                                {"lshin", LeftKnee},      {"rshin", RightKnee},     {"lfoot", LeftAnkle},
                                                {"rfoot", RightAnkle}};
    for (const auto& [name, joint] : axes) {
        // Arms: the hinge of the elbow tells the twist better than this figure's axes; its forearm points 17 degrees forwards at
        // rest.
        const bool arm = joint == LeftShoulder || joint == RightShoulder || joint == LeftElbow || joint == RightElbow;
        const bool faint = joint == Neck || joint == LeftCollar || joint == RightCollar;
        const float turned = joint == LeftElbow || joint == LeftWrist     ? -0.298f
                             : joint == RightElbow || joint == RightWrist ? 0.298f
                                                                          : 0.0f;
        addAxes(wanted, name, joint, turned == 0 ? x : Vec3(0.954f, 0, turned), y,
                arm     ? 0.08f
                : faint ? 0.15f
                        : 0.4f,
                arm ? 0.03f : 0.015f);
    }
    return wanted;
}

/// The same recordings on iClone's figure: y along each limb bone; the other axes found from hinges (knee, elbow) and the thumb's
/// side.
Wanted cmuIclone() {
    static constexpr Row rows[] = {{"hip", Pelvis, 0, -0.04f, 0, 0.5f, false},      {"waist", Pelvis, 0, 0.03f, 0, 0.4f, false},
                                   {"spine01", Spine1, 0, 0, 0, 0.4f, false},       {"spine02", Spine2, 0, 0, 0, 0.5f, false},
                                   {"necktwist01", Neck, 0, 0, 0, 1, true},         {"head", Head, 0, 0, 0, 1, true},
                                   {"lclavicle", LeftCollar, 0, 0, 0, 0.4f, false}, {"lupperarm", LeftShoulder, 0, 0, 0, 1, true},
                                   {"lforearm", LeftElbow, 0, 0, 0, 1, true},       {"lhand", LeftWrist, 0, 0, 0, 1, true},
                                   {"lmid1", LeftHand, 0, 0, 0, 0.3f, false},       {"lthigh", LeftHip, 0, 0, 0, 1, true},
                                   {"lcalf", LeftKnee, 0, 0, 0, 1, true},           {"lfoot", LeftAnkle, 0, 0, 0, 1.5f, true},
                                   {"ltoebase", LeftFoot, 0, 0, 0, 1, true}};
    Wanted wanted;
    addRows(wanted, rows);
    const Vec3 x = Vec3::UnitX(), y = Vec3::UnitY(), hinge(0, -0.86f, -0.5f);
    // This figure's pelvis and head bones lean forwards at rest.
    addAxes(wanted, "pelvis", Pelvis, x, Vec3(0, 0.95f, 0.31f), 0.3f);
    addAxes(wanted, "spine02", Spine3, x, y, 0.3f);
    addAxes(wanted, "head", Head, x, Vec3(0, 0.92f, 0.39f), 0.4f);
    for (const bool right : {false, true}) {
        const std::string side = right ? "r" : "l";
        const float sign = right ? -1.0f : 1.0f;
        const auto own = [right](int joint) { return right ? mirrored(joint) : joint; };
        addAxes(wanted, side + "upperarm", own(LeftShoulder), hinge * sign, x * sign, 0.08f);
        addAxes(wanted, side + "forearm", own(LeftElbow), hinge * sign, x * sign, 0.08f);
        addAxes(wanted, side + "hand", own(LeftWrist), y * -sign, x * sign, 0.4f);
        addAxes(wanted, side + "thigh", own(LeftHip), -x, -y, 0.3f);
        addAxes(wanted, side + "calf", own(LeftKnee), -x, -y, 0.3f);
        addAxes(wanted, side + "foot", own(LeftAnkle), -x, Vec3(0, -0.42f, 0.9f), 0.3f);
    }
    return wanted;
}

/// The naming of most exporters: Hips, Spine, LeftUpLeg, LeftLeg, LeftFoot, LeftArm, LeftForeArm, LeftHand.
Wanted commonFigure() {
    static constexpr Row rows[] = {{"hips", Pelvis, 0, 0, 0, 0.5f, false},    {"lupleg", LeftHip, 0, 0, 0, 1, true},
                                   {"lleg", LeftKnee, 0, 0, 0, 1, true},      {"lfoot", LeftAnkle, 0, 0, 0, 1.5f, true},
                                   {"spine", Spine1, 0, 0, 0, 0.3f, false},   {"neck", Neck, 0, 0, 0, 0.8f, false},
                                   {"head", Head, 0, 0, 0, 1, true},          {"larm", LeftShoulder, 0, 0, 0, 1, true},
                                   {"lforearm", LeftElbow, 0, 0, 0, 1, true}, {"lhand", LeftWrist, 0, 0, 0, 1, true}};
    Wanted wanted;
    addRows(wanted, rows);
    return wanted;
}

} // namespace

Result<std::vector<Attachment>> attachmentsFor(const std::vector<std::string>& names) {
    std::vector<std::string> plains;
    for (const auto& name : names) plains.push_back(plain(name));
    const auto has = [&plains](std::string_view name) { return std::find(plains.begin(), plains.end(), name) != plains.end(); };
    std::string set = "24 joints";
    Wanted wanted;
    Wanted optional;
    if (has("ccbasehip")) {
        set = "CMU (iClone) figure";
        wanted = cmuIclone();
        for (auto& name : plains) {
            if (name.rfind("ccbase", 0) == 0) name.erase(0, 6);
        }
    } else if (has("abdomen") && (has("lthigh") || has("lshldr"))) {
        set = "CMU (Poser) figure";
        wanted = cmuPoser();
    } else if (has("hips") && (has("lupleg") || has("larm"))) {
        set = "Hips/LeftUpLeg figure";
        wanted = commonFigure();
        static constexpr Row extra[] = {{"ltoebase", LeftFoot, 0, 0, 0, 1, true},
                                        {"lshoulder", LeftCollar, 0, 0, 0, 0.3f, false}};
        addRows(optional, extra);
    } else if (has("lforearm") && has("lheel")) {
        set = "26 ballroom markers";
        wanted = ballroomMarkers();
    } else if (has("nose") && has("lshoulder")) {
        set = "17 COCO key points";
        wanted = cocoPoints();
        // The 33 landmarks know hands and feet as well (see landmarks.h).
        static constexpr Row extra[] = {{"lpinky", LeftWrist, 0.085f, -0.005f, -0.03f, 0.3f, false},
                                        {"lindex", LeftWrist, 0.09f, -0.005f, 0.02f, 0.3f, false},
                                        {"lheel", LeftAnkle, 0, -0.05f, -0.055f, 0.8f, false},
                                        {"lfootindex", LeftFoot, 0, 0, 0.03f, 0.8f, false}};
        addRows(optional, extra);
    } else {
        wanted = fieldJoints();
        for (auto& name : plains) {
            static const std::map<std::string, std::string> other = {
                {"root", "pelvis"},       {"hips", "pelvis"},       {"ltoe", "lfoot"},     {"rtoe", "rfoot"},
                {"ltoes", "lfoot"},       {"rtoes", "rfoot"},       {"belly", "spine1"},   {"chest", "spine3"},
                {"lclavicle", "lcollar"}, {"rclavicle", "rcollar"}, {"ltoebase", "lfoot"}, {"rtoebase", "rfoot"}};
            if (const auto it = other.find(name); it != other.end() && !has(it->second)) name = it->second;
        }
    }
    // The axis points are welcome but not required.
    for (auto it = wanted.begin(); it != wanted.end();) {
        if (it->first.find('|') != std::string::npos) {
            optional.insert(*it);
            it = wanted.erase(it);
        } else {
            ++it;
        }
    }
    std::string missing;
    for (const auto& [name, attachment] : wanted) {
        if (!has(name)) missing += (missing.empty() ? "" : ", ") + name;
    }
    if (!missing.empty())
        return badInput("joints", "joint set not known or not whole: missing " + missing, "the joints of: " + set);
    std::vector<Attachment> out;
    for (const auto& name : plains) {
        if (const auto it = wanted.find(name); it != wanted.end()) {
            out.push_back(it->second);
        } else if (const auto also = optional.find(name); also != optional.end()) {
            out.push_back(also->second);
        } else {
            Attachment none;
            none.weight = 0;
            none.onJoint = false;
            out.push_back(none);
        }
    }
    return out;
}

} // namespace choreia::motion
