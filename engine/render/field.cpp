// Distance field kernels: plain loops over sixteen lanes that compilers turn into vector code; built twice, for any machine and for AVX2.
#include "render/field.h"

#include <algorithm>
#include <cmath>

namespace choreia::render {

using motion::Vec3;

#define CHOREIA_INLINE [[gnu::always_inline]] inline

float Part::largestRadius() const {
    return std::max(r0, r0 + r1) + std::max(r2, 0.0f);
}

float Part::distanceToRay(const Vec3& origin, const Vec3& direction, float* along) const {
    // Nearest points of two lines (Ericson 2005, 5.1.9), the segment's share clamped.
    const Vec3 w = a - origin;
    const float aa = ab.squaredNorm(), b = ab.dot(direction), d = ab.dot(w), e = direction.dot(w);
    const float denominator = aa - b * b;
    float h = denominator > 1e-9f ? std::clamp((b * e - d) / denominator, 0.0f, 1.0f) : 0.0f;
    const float t = std::max(e + h * b, 0.0f);
    if (aa > 1e-12f) h = std::clamp((t * b - d) / aa, 0.0f, 1.0f);
    *along = t;
    return (w + h * ab - t * direction).norm();
}

namespace {

constexpr float kFar = 1e6f, kTiny = 1e-6f;
constexpr float kThin = 0.0004f, kFine = 0.00008f;  // a ray has arrived when it is as near as kThin + kFine * depth, metres

struct Spread {  // a part's numbers, ready for the loops
    float ax, ay, az, bx, by, bz, inverse, r0, r1, r2, nx, ny, nz, squash, blend0, blend1, length;
    explicit Spread(const Part& p)
        : ax(p.a.x()), ay(p.a.y()), az(p.a.z()), bx(p.ab.x()), by(p.ab.y()), bz(p.ab.z()), inverse(1.0f / std::max(p.ab.squaredNorm(), 1e-10f)), r0(p.r0),
          r1(p.r1), r2(p.r2), nx(p.flat.x()), ny(p.flat.y()), nz(p.flat.z()), squash(p.squash), blend0(p.blend0), blend1(p.blend1),
          length(p.ab.norm()) {}
};

/// What a walk learns besides the distance.
struct Ahead {
    Lane leap;   ///< the way along the ray that is surely free of every part
    Lane slope;  ///< change of the distance a metre along the ray
};

/// Flows one part into the distances so far. With Walk, also fills `ahead`: along a ray the distance to a convex part is a convex function, so
/// Newton's step never passes the surface, and a part that recedes is never met.
template <bool Flat, bool Cut, bool Blend, bool Walk>
CHOREIA_INLINE void join(const Part& part, const Points& at, const Points* direction, Lane& distance, Ahead* ahead) {
    const Spread p(part);
    const float bulge = 0.25f * part.reach;  // a flowing joint stands out at most this far
    for (int i = 0; i < kLanes; ++i) {
        const float px = at.x[i] - p.ax, py = at.y[i] - p.ay, pz = at.z[i] - p.az;
        const float share = (px * p.bx + py * p.by + pz * p.bz) * p.inverse;
        float h = share < 0.0f ? 0.0f : share;
        h = h > 1.0f ? 1.0f : h;
        float vx = px - h * p.bx, vy = py - h * p.by, vz = pz - h * p.bz;
        const float g = h * (1.0f - h);
        const float radius = p.r0 + p.r1 * h * h * (3.0f - 2.0f * h) + p.r2 * 16.0f * g * g;
        float own, raw, slope = 0, toOwn = 1;
        if constexpr (Flat) {
            const float s = (vx * p.nx + vy * p.ny + vz * p.nz) * p.squash;
            vx += s * p.nx, vy += s * p.ny, vz += s * p.nz;
            const float q = (vx * p.nx + vy * p.ny + vz * p.nz) * p.squash;
            const float zx = vx + q * p.nx, zy = vy + q * p.ny, zz = vz + q * p.nz;
            const float scaled = std::sqrt(vx * vx + vy * vy + vz * vz);
            raw = scaled - radius;
            toOwn = scaled / (std::sqrt(zx * zx + zy * zy + zz * zz) + kTiny);
            own = raw * toOwn;
            if constexpr (Walk) slope = (zx * direction->x[i] + zy * direction->y[i] + zz * direction->z[i]) / (scaled + kTiny);
        } else {
            const float length = std::sqrt(vx * vx + vy * vy + vz * vz);
            own = raw = length - radius;
            if constexpr (Walk) slope = (vx * direction->x[i] + vy * direction->y[i] + vz * direction->z[i]) / (length + kTiny);
        }
        if constexpr (Walk) {
            const float growth = g * (6.0f * p.r1 + 32.0f * p.r2 * (1.0f - 2.0f * h));
            slope -= growth * p.inverse * (p.bx * direction->x[i] + p.by * direction->y[i] + p.bz * direction->z[i]);
            const float closing = slope < -kTiny ? -slope : kTiny;
            const float gap = slope < 0.0f ? raw - bulge : 1.0f;
            const float bound = gap / closing;  // receding: as good as endless
            ahead->leap[i] = bound < ahead->leap[i] ? bound : ahead->leap[i];
        }
        if constexpr (Cut) {  // the whole part's leap holds for what the cut leaves of it
            const float past = (share - 1.0f) * p.length;
            const bool flat = past > own;
            own = flat ? past : own;
            if constexpr (Walk) {
                const float across = (p.bx * direction->x[i] + p.by * direction->y[i] + p.bz * direction->z[i]) / (p.length + kTiny);
                slope = flat ? across : slope;
                toOwn = flat ? 1.0f : toOwn;
            }
        }
        const float before = distance[i];
        float least = own < before ? own : before;
        const float nearer = own < before ? 1.0f : 0.0f;
        float weight = nearer;
        if constexpr (Blend) {  // polynomial smooth minimum (Quilez)
            const float k = p.blend0 + p.blend1 * h + kTiny;
            float near = k - std::fabs(own - before);
            near = near > 0.0f ? near : 0.0f;
            const float half = near * 0.5f / k;
            least -= near * half * 0.5f;
            weight = nearer + half - 2.0f * nearer * half;
        }
        if constexpr (Walk) ahead->slope[i] += weight * (slope * toOwn - ahead->slope[i]);
        distance[i] = least;
    }
}

template <bool Walk>
CHOREIA_INLINE void joinAll(std::span<const Part* const> parts, const Points& at, const Points* direction, Lane& distance, Ahead* ahead) {
    for (int i = 0; i < kLanes; ++i) distance[i] = kFar;
    if constexpr (Walk) {
        for (int i = 0; i < kLanes; ++i) ahead->leap[i] = kFar, ahead->slope[i] = 0.0f;
    }
    for (const Part* part : parts) {
        const bool blend = part->blend0 > 0;
        if (part->cut) {
            blend ? join<true, true, true, Walk>(*part, at, direction, distance, ahead) : join<true, true, false, Walk>(*part, at, direction, distance, ahead);
        } else if (part->squash > 0) {
            blend ? join<true, false, true, Walk>(*part, at, direction, distance, ahead) : join<true, false, false, Walk>(*part, at, direction, distance, ahead);
        } else {
            blend ? join<false, false, true, Walk>(*part, at, direction, distance, ahead)
                  : join<false, false, false, Walk>(*part, at, direction, distance, ahead);
        }
    }
}

CHOREIA_INLINE void distanceBody(std::span<const Part* const> parts, const Points& at, Lane& distance) {
    joinAll<false>(parts, at, nullptr, distance, nullptr);
}

CHOREIA_INLINE void surfaceBody(std::span<const Part* const> parts, const Points& at, Lane& distance, Points& normal, std::uint8_t* material) {
    Lane nearest, kind;
    for (int i = 0; i < kLanes; ++i) {
        distance[i] = kFar, nearest[i] = kFar, kind[i] = 0.0f;
        normal.x[i] = normal.y[i] = normal.z[i] = 0.0f;
    }
    for (const Part* part : parts) {
        const Spread p(*part);
        const auto own = static_cast<float>(part->material);
        const float hem = part->cut ? 1.0f : 0.0f, end = 1.0f / (p.length + kTiny);
        for (int i = 0; i < kLanes; ++i) {
            const float px = at.x[i] - p.ax, py = at.y[i] - p.ay, pz = at.z[i] - p.az;
            const float share = (px * p.bx + py * p.by + pz * p.bz) * p.inverse;
            float h = share < 0.0f ? 0.0f : share;
            h = h > 1.0f ? 1.0f : h;
            float vx = px - h * p.bx, vy = py - h * p.by, vz = pz - h * p.bz;
            const float s = (vx * p.nx + vy * p.ny + vz * p.nz) * p.squash;
            vx += s * p.nx, vy += s * p.ny, vz += s * p.nz;
            const float q = (vx * p.nx + vy * p.ny + vz * p.nz) * p.squash;
            const float zx = vx + q * p.nx, zy = vy + q * p.ny, zz = vz + q * p.nz;
            const float scaled = std::sqrt(vx * vx + vy * vy + vz * vz);
            const float inverse = 1.0f / (std::sqrt(zx * zx + zy * zy + zz * zz) + kTiny);
            const float g = h * (1.0f - h);
            const float round = (scaled - (p.r0 + p.r1 * h * h * (3.0f - 2.0f * h) + p.r2 * 16.0f * g * g)) * scaled * inverse;
            const float past = hem * (share - 1.0f) * p.length - (1.0f - hem) * kFar;
            const bool flat = past > round;
            const float d = flat ? past : round;
            // The radius's change along the part tilts the normal.
            const float slope = g * (6.0f * p.r1 + 32.0f * p.r2 * (1.0f - 2.0f * h)) * p.inverse * scaled * inverse;
            const float gx = flat ? p.bx * end : zx * inverse - slope * p.bx;
            const float gy = flat ? p.by * end : zy * inverse - slope * p.by;
            const float gz = flat ? p.bz * end : zz * inverse - slope * p.bz;
            const float k = p.blend0 + p.blend1 * h + kTiny;
            float near = k - std::fabs(d - distance[i]);
            near = near > 0.0f ? near : 0.0f;
            const float half = 0.5f * near / k;
            const float weight = d < distance[i] ? 1.0f - half : half;
            const float least = d < distance[i] ? d : distance[i];
            distance[i] = least - near * near * 0.25f / k;
            normal.x[i] += weight * (gx - normal.x[i]);
            normal.y[i] += weight * (gy - normal.y[i]);
            normal.z[i] += weight * (gz - normal.z[i]);
            kind[i] = d < nearest[i] ? own : kind[i];
            nearest[i] = d < nearest[i] ? d : nearest[i];
        }
    }
    for (int i = 0; i < kLanes; ++i) {
        const float inverse = 1.0f / (std::sqrt(normal.x[i] * normal.x[i] + normal.y[i] * normal.y[i] + normal.z[i] * normal.z[i]) + kTiny);
        normal.x[i] *= inverse, normal.y[i] *= inverse, normal.z[i] *= inverse;
    }
    for (int i = 0; i < kLanes; ++i) material[i] = static_cast<std::uint8_t>(kind[i]);
}

CHOREIA_INLINE void walkBody(std::span<const Part* const> parts, const Vec3& eye, const Points& direction, float cone, float far, Lane& along) {
    constexpr int kSteps = 48;
    const float ex = eye.x(), ey = eye.y(), ez = eye.z();
    Points at;
    Ahead ahead;
    Lane distance, walking;
    for (int i = 0; i < kLanes; ++i) walking[i] = along[i] >= 0.0f ? 1.0f : 0.0f;
    for (int step = 0; step < kSteps; ++step) {
        for (int i = 0; i < kLanes; ++i) {
            at.x[i] = ex + along[i] * direction.x[i];
            at.y[i] = ey + along[i] * direction.y[i];
            at.z[i] = ez + along[i] * direction.z[i];
        }
        float any = 0.0f;
        if (cone > 0) {  // a wide ray: only the plain distance is safe for all of it
            joinAll<false>(parts, at, nullptr, distance, nullptr);
            for (int i = 0; i < kLanes; ++i) {
                const float open = distance[i] - cone * along[i] - kThin;
                walking[i] = open > 0.0f && along[i] < far ? walking[i] : 0.0f;
                along[i] += walking[i] * (0.94f * open + 0.0003f);
                any += walking[i];
            }
        } else {
            joinAll<true>(parts, at, &direction, distance, &ahead);
            for (int i = 0; i < kLanes; ++i) {
                // Where parts flow together Newton's step may pass the surface by a little; the last step takes it back.
                const float closing = ahead.slope[i] < -0.3f ? -ahead.slope[i] : 0.3f;
                const float plain = distance[i] / (ahead.slope[i] < 0.0f ? closing : 1.06f);
                const float open = distance[i] - kThin - kFine * along[i];
                const float way = open < 0.0f ? plain : (plain > ahead.leap[i] ? plain : ahead.leap[i]) + 0.0002f;
                walking[i] = along[i] < far ? walking[i] : 0.0f;
                along[i] += walking[i] * way;
                walking[i] = open < 0.0f ? 0.0f : walking[i];
                any += walking[i];
            }
        }
        if (any == 0.0f) break;
    }
    for (int i = 0; i < kLanes; ++i) along[i] = along[i] < far ? along[i] : -1.0f;
}

#if defined(__x86_64__)
[[gnu::target("avx2,fma")]] void distanceWide(std::span<const Part* const> parts, const Points& at, Lane& distance) { distanceBody(parts, at, distance); }
[[gnu::target("avx2,fma")]] void surfaceWide(std::span<const Part* const> parts, const Points& at, Lane& distance, Points& normal, std::uint8_t* material) {
    surfaceBody(parts, at, distance, normal, material);
}
[[gnu::target("avx2,fma")]] void walkWide(std::span<const Part* const> parts, const Vec3& eye, const Points& direction, float cone, float far, Lane& along) {
    walkBody(parts, eye, direction, cone, far, along);
}
const bool kWide = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#define CHOREIA_DISPATCH(call) if (kWide) return call
#else
#define CHOREIA_DISPATCH(call)
#endif

}  // namespace

void fieldDistance(std::span<const Part* const> parts, const Points& points, Lane& distance) {
    CHOREIA_DISPATCH(distanceWide(parts, points, distance));
    distanceBody(parts, points, distance);
}

void fieldSurface(std::span<const Part* const> parts, const Points& points, Lane& distance, Points& normal, std::uint8_t* material) {
    CHOREIA_DISPATCH(surfaceWide(parts, points, distance, normal, material));
    surfaceBody(parts, points, distance, normal, material);
}

void walkRays(std::span<const Part* const> parts, const Vec3& eye, const Points& direction, float cone, float far, Lane& along) {
    CHOREIA_DISPATCH(walkWide(parts, eye, direction, cone, far, along));
    walkBody(parts, eye, direction, cone, far, along);
}

}  // namespace choreia::render
