/// How figures are put together: rounded parts in a list, each told how it flows into those before it.
#pragma once

#include "render/field.h"

#include <vector>

namespace choreia::render {

class PartList {
public:
    /// All lengths given from now on are multiplied by this.
    void setScale(float scale) { scale_ = scale; }
    [[nodiscard]] float scale() const { return scale_; }
    /// A place in a frame (columns: left, up, forward), metres before scaling.
    [[nodiscard]] motion::Vec3 in(const motion::Mat3& axes, float x, float y, float z) const { return axes * (motion::Vec3(x, y, z) * scale_); }

    /// Radii at both ends and the swelling halfway, metres before scaling. The reference holds until the next part.
    Part& add(Material material, const motion::Vec3& a, const motion::Vec3& b, float start, float end, float swell = 0);
    /// The last part flows into those before it over so wide a band at its start and its end.
    void flow(float from, float to);
    /// The last part is thinner along a direction (unit).
    void flatten(const motion::Vec3& direction, float squash);

    /// Tells every part how widely parts near it flow into it, and gives the list away.
    std::vector<Part> finish();

private:
    float scale_ = 1;
    std::vector<Part> parts_;
};

/// Columns: left, up, forward; `up` is kept, `left` made level with it; `otherwise` where they say nothing.
motion::Mat3 frameOf(const motion::Vec3& left, const motion::Vec3& up, const motion::Mat3& otherwise);

}  // namespace choreia::render
