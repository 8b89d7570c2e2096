// BVH out: our 24 joints, centimetres, angles that run on without jumps of 360 degrees; its own number formatting, for speed.
#include "core/atomic_file.h"
#include "io/bvh.h"
#include "io/euler.h"
#include "motion/skeleton.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

namespace choreia::io {

namespace {

using motion::kJoints;
using motion::Skeleton;

// Six decimals; "-0.000000" is written without its sign.
void number(std::string& out, double value) {
    auto scaled = static_cast<std::int64_t>(std::llround(value * 1e6));
    if (scaled < 0) {
        out += '-';
        scaled = -scaled;
    }
    char digits[24];
    int count = 0;
    while (scaled > 0 || count < 7) {
        digits[count++] = static_cast<char>('0' + scaled % 10);
        scaled /= 10;
    }
    while (count > 6) out += digits[--count];
    out += '.';
    while (count > 0) out += digits[--count];
}

void triple(std::string& out, double x, double y, double z) {
    number(out, x);
    out += ' ';
    number(out, y);
    out += ' ';
    number(out, z);
}

// Where a leaf's own part of the body ends, metres: crown, finger tips, toe tips.
motion::Vec3 tipOf(int joint) {
    switch (joint) {
    case motion::Head: return {0, 0.165f, 0};
    case motion::LeftHand: return {0.1f, 0, 0};
    case motion::RightHand: return {-0.1f, 0, 0};
    default: return {0, -0.02f, 0.07f};
    }
}

// Depth first, as the braces nest; the order of the channels too.
std::vector<int> depthFirst() {
    const auto& body = Skeleton::body();
    std::vector<int> order, open = {0};
    while (!open.empty()) {
        const int joint = open.back();
        open.pop_back();
        order.push_back(joint);
        for (int child = kJoints - 1; child > joint; --child) {
            if (body.parent(child) == joint) open.push_back(child);
        }
    }
    return order;
}

void hierarchy(std::string& out, int joint, int depth) {
    const auto& body = Skeleton::body();
    const std::string pad(static_cast<std::size_t>(depth), '\t');
    const motion::Vec3 offset = body.offset(joint) * 100.0f;
    out += pad + (depth == 0 ? "ROOT " : "JOINT ") + body.names()[static_cast<std::size_t>(joint)] + "\n" + pad + "{\n" + pad + "\tOFFSET ";
    triple(out, offset.x(), offset.y(), offset.z());
    out += "\n" + pad + "\tCHANNELS " + (depth == 0 ? "6 Xposition Yposition Zposition " : "3 ") + "Zrotation Xrotation Yrotation\n";
    bool leaf = true;
    for (int child = joint + 1; child < kJoints; ++child) {
        if (body.parent(child) != joint) continue;
        leaf = false;
        hierarchy(out, child, depth + 1);
    }
    if (leaf) {
        const motion::Vec3 tip = tipOf(joint) * 100.0f;
        out += pad + "\tEnd Site\n" + pad + "\t{\n" + pad + "\t\tOFFSET ";
        triple(out, tip.x(), tip.y(), tip.z());
        out += "\n" + pad + "\t}\n";
    }
    out += pad + "}\n";
}

}  // namespace

std::string bvhText(const motion::Clip& clip) {
    std::string out = "HIERARCHY\n";
    hierarchy(out, 0, 0);
    char head[96];
    std::snprintf(head, sizeof head, "MOTION\nFrames: %zu\nFrame Time: %.9f\n", clip.frames(), 1.0 / clip.fps);
    out += head;
    out.reserve(out.size() + clip.frames() * (3 + 3 * kJoints) * 12);
    const std::vector<int> order = depthFirst();
    std::array<Angles, kJoints> before{};
    for (std::size_t f = 0; f < clip.frames(); ++f) {
        const auto pose = clip.pose(f);
        const motion::Vec3& root = clip.root[f];
        triple(out, 100.0 * root.x(), 100.0 * root.y(), 100.0 * root.z());
        for (const int joint : order) {
            auto& own = before[static_cast<std::size_t>(joint)];
            own = eulerZxy(pose[static_cast<std::size_t>(joint)], own);
            out += ' ';
            triple(out, own[0], own[1], own[2]);
        }
        out += '\n';
    }
    return out;
}

Result<void> writeBvh(const std::filesystem::path& path, const motion::Clip& clip) { return writeFile(path, bvhText(clip)); }

}  // namespace choreia::io
