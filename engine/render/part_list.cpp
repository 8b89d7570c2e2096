// Parts of a figure.
#include "render/part_list.h"

#include <algorithm>

namespace choreia::render {

using motion::Mat3;
using motion::Vec3;

Part& PartList::add(Material material, const Vec3& a, const Vec3& b, float start, float end, float swell) {
    Part part;
    part.a = a;
    part.ab = b - a;
    part.r0 = start * scale_;
    part.r1 = (end - start) * scale_;
    part.r2 = swell * scale_;
    part.material = material;
    parts_.push_back(part);
    return parts_.back();
}

void PartList::flow(float from, float to) {
    parts_.back().blend0 = from * scale_;
    parts_.back().blend1 = (to - from) * scale_;
}

void PartList::flatten(const Vec3& direction, float squash) {
    parts_.back().flat = direction;
    parts_.back().squash = squash;
}

std::vector<Part> PartList::finish() {
    for (std::size_t i = 0; i < parts_.size(); ++i) {
        Part& part = parts_[i];
        part.reach = std::max(part.reach, std::max(part.blend0, part.blend0 + part.blend1));
        for (std::size_t j = i + 1; j < parts_.size(); ++j) {
            const Part& later = parts_[j];
            const float width = std::max(later.blend0, later.blend0 + later.blend1);
            const float gap = (part.a + 0.5f * part.ab - later.a - 0.5f * later.ab).norm() - 0.5f * (part.ab.norm() + later.ab.norm());
            if (gap < part.largestRadius() + later.largestRadius() + width) part.reach = std::max(part.reach, width);
        }
    }
    return std::move(parts_);
}

Mat3 frameOf(const Vec3& left, const Vec3& up, const Mat3& otherwise) {
    const Vec3 y = up.norm() > 1e-5f ? Vec3(up.normalized()) : Vec3(otherwise.col(1));
    Vec3 x = left - y * left.dot(y);
    if (x.norm() < 1e-4f) x = otherwise.col(0) - y * otherwise.col(0).dot(y);
    if (x.norm() < 1e-4f) x = y.unitOrthogonal();
    x.normalize();
    Mat3 result;
    result << x, y, x.cross(y);
    return result;
}

}  // namespace choreia::render
