// Builds lofted surfaces: rings are refined, closed with rounded ends, joined to triangles; normals are averaged from the triangles.
#include "viewport/loft.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace choreia::ui {

namespace {

using motion::Vec3;

float spline(float a, float b, float c, float d, float t) {
    return 0.5f * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t * t + (3 * b - a - 3 * c + d) * t * t * t);
}

Ring splineRing(const Ring& a, const Ring& b, const Ring& c, const Ring& d, float t) {
    Ring r;
    for (int k = 0; k < 3; ++k) r.center[k] = spline(a.center[k], b.center[k], c.center[k], d.center[k], t);
    r.u = std::max(1e-4f, spline(a.u, b.u, c.u, d.u, t));
    r.v = std::max(1e-4f, spline(a.v, b.v, c.v, d.v, t));
    return r;
}

/// A quarter of an ellipse that closes the end `edge`; outward points away from the body. From the edge to the tip.
void addCap(std::vector<Ring>& out, const Ring& edge, const Vec3& outward, float part, int steps) {
    const float height = part * std::min(edge.u, edge.v);
    for (int s = 1; s <= steps; ++s) {
        const float angle = static_cast<float>(s) / static_cast<float>(steps) * std::numbers::pi_v<float> / 2;
        const float around = std::max(std::cos(angle), 0.002f);
        out.push_back({edge.center + outward * (height * std::sin(angle)), edge.u * around, edge.v * around});
    }
}

std::vector<Ring> refined(std::span<const Ring> rings, const LoftStyle& style, int segments) {
    const int between = std::max(1, segments / 8), capSteps = std::max(3, segments / 5);
    std::vector<Ring> start, all;
    addCap(start, rings.front(), (rings.front().center - rings[1].center).normalized(), style.startCap, capSteps);
    all.assign(start.rbegin(), start.rend());
    const std::size_t n = rings.size();
    for (std::size_t i = 0; i + 1 < n; ++i) {
        const Ring &a = rings[i == 0 ? 0 : i - 1], &d = rings[std::min(i + 2, n - 1)];
        for (int s = 0; s < between; ++s)
            all.push_back(splineRing(a, rings[i], rings[i + 1], d, static_cast<float>(s) / static_cast<float>(between)));
    }
    all.push_back(rings.back());
    addCap(all, rings.back(), (rings.back().center - rings[n - 2].center).normalized(), style.endCap, capSteps);
    return all;
}

float signedPower(float value, float exponent) { return std::copysign(std::pow(std::abs(value), exponent), value); }

void setNormals(MannequinMesh& mesh, std::size_t firstVertex, std::size_t firstIndex) {
    std::vector<Vec3> sums(mesh.vertices.size() - firstVertex, Vec3::Zero());
    const auto at = [&](std::uint32_t i) { return Vec3(mesh.vertices[i].position); };
    for (std::size_t i = firstIndex; i < mesh.indices.size(); i += 3) {
        const Vec3 a = at(mesh.indices[i]), b = at(mesh.indices[i + 1]), c = at(mesh.indices[i + 2]);
        const Vec3 normal = (b - a).cross(c - a);  // weighted by area
        for (std::size_t k = 0; k < 3; ++k) sums[mesh.indices[i + k] - firstVertex] += normal;
    }
    for (std::size_t v = 0; v < sums.size(); ++v) {
        const Vec3 n = sums[v].normalized();
        for (int k = 0; k < 3; ++k) mesh.vertices[firstVertex + v].normal[k] = n[k];
    }
}

}  // namespace

void addLoft(MannequinMesh& mesh, int joint, std::span<const Ring> rings, const LoftStyle& style, int segments) {
    const std::vector<Ring> all = refined(rings, style, segments);
    const std::size_t firstVertex = mesh.vertices.size(), firstIndex = mesh.indices.size();
    for (const Ring& ring : all) {
        for (int s = 0; s < segments; ++s) {
            const float angle = static_cast<float>(s) / static_cast<float>(segments) * 2 * std::numbers::pi_v<float>;
            Vec3 p = ring.center + style.uAxis * (ring.u * signedPower(std::cos(angle), 2 / style.squareness)) +
                     style.vAxis * (ring.v * signedPower(std::sin(angle), 2 / style.squareness));
            float shade = 1;
            if (style.shape) style.shape(p, shade);
            mesh.vertices.push_back({{p.x(), p.y(), p.z()}, {0, 0, 0}, static_cast<float>(joint), static_cast<float>(joint), 0, shade});
        }
    }
    // Counter-clockwise seen from outside, whichever way the loft runs.
    const Vec3 along = all.back().center - all.front().center;
    const bool flip = style.uAxis.cross(style.vAxis).dot(along) < 0;
    const auto corner = [&](std::size_t ring, int s) {
        return static_cast<std::uint32_t>(firstVertex + ring * static_cast<std::size_t>(segments) + static_cast<std::size_t>(s % segments));
    };
    for (std::size_t r = 0; r + 1 < all.size(); ++r) {
        for (int s = 0; s < segments; ++s) {
            const std::uint32_t a = corner(r, s), b = corner(r, s + 1), c = corner(r + 1, s), d = corner(r + 1, s + 1);
            if (flip) mesh.indices.insert(mesh.indices.end(), {a, c, b, b, c, d});
            else mesh.indices.insert(mesh.indices.end(), {a, b, c, b, d, c});
        }
    }
    setNormals(mesh, firstVertex, firstIndex);
}

void addEgg(MannequinMesh& mesh, int joint, const Vec3& center, const Vec3& radii, int segments) {
    const Vec3 half(0, radii.y() * 0.02f, 0);
    const Ring rings[] = {{center - half, radii.x(), radii.z()}, {center + half, radii.x(), radii.z()}};
    LoftStyle style;
    style.startCap = style.endCap = radii.y() * 0.98f / std::min(radii.x(), radii.z());
    addLoft(mesh, joint, rings, style, segments);
}

}  // namespace choreia::ui
