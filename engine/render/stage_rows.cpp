// Row loops of the stage. Written so that compilers vectorise them: no calls but roots, roundings and choices.
#include "render/stage_rows.h"

#include <array>
#include <cmath>


namespace choreia::render {

#define CHOREIA_INLINE [[gnu::always_inline]] inline

namespace {

constexpr Colour kFloor{27, 28, 37}, kPool{34, 29, 33}, kLine{62, 66, 84};
constexpr float kSpacing = 0.5f, kHalf = 0.0065f;  // of the grid, metres
constexpr float kFade = 7.0f;                      // haze takes half the floor's colour there, metres

constexpr int kGrain = 64;
using Grain = std::array<std::array<float, kGrain>, kGrain>;

/// 0..1, evenly spread among neighbours (interleaved gradient noise, Jimenez 2014). Fixed to the picture, so that a film codec sees nothing move.
const Grain& grain() {
    static const Grain table = [] {
        Grain made{};
        for (std::size_t y = 0; y < kGrain; ++y) {
            for (std::size_t x = 0; x < kGrain; ++x) {
                const double a = 0.06711056 * static_cast<double>(x) + 0.00583715 * static_cast<double>(y);
                const double b = 52.9829189 * (a - std::floor(a));
                made[y][x] = static_cast<float>(b - std::floor(b));
            }
        }
        return made;
    }();
    return table;
}

CHOREIA_INLINE float least(float a, float b) { return a < b ? a : b; }
CHOREIA_INLINE float most(float a, float b) { return a > b ? a : b; }
CHOREIA_INLINE float unit(float a) { return least(most(a, 0.0f), 1.0f); }

/// Cover of the grid's lines at a coordinate, filtered over a footprint (both in metres).
CHOREIA_INLINE float lines(float x, float footprint) {
    const float u = x * (1.0f / kSpacing);
    const float distance = std::fabs(u - std::floor(u + 0.5f)) * kSpacing;
    const float drawn = most(kHalf, 0.7f * footprint);
    const float cover = unit((drawn + 0.7f * footprint - distance) / (1.4f * footprint + 1e-6f));
    // Where several lines fall into one pixel only their mean is left.
    const float blur = unit(footprint * (2.5f / kSpacing) - 0.5f);
    return cover * (kHalf / drawn) * (1 - blur) + blur * (2 * kHalf / kSpacing);
}

CHOREIA_INLINE void floorBody(const FloorRow& row, const Colour& haze, std::size_t width, float* __restrict r, float* __restrict g, float* __restrict b) {
    const float stepX = std::fabs(row.dx), stepZ = std::fabs(row.dz);
    const int count = static_cast<int>(width);
    for (int i = 0; i < count; ++i) {
        const float f = static_cast<float>(i) + 0.5f;
        const float x = row.x0 + f * row.dx, z = row.z0 + f * row.dz;
        const float ex = x - row.eyeX, ez = z - row.eyeZ;
        const float away2 = ex * ex + ez * ez;
        const float deeper = row.deep / std::sqrt(away2 + 1e-6f);  // a pixel's height as a share of the way to the place
        const float cover = most(lines(x, stepX + std::fabs(ex) * deeper), lines(z, stepZ + std::fabs(ez) * deeper));
        const float mx = x - row.poolX, mz = z - row.poolZ;
        float pool = 1.0f / (1.0f + (mx * mx + mz * mz) * 0.30f);
        pool *= pool;
        const float ratio = away2 * (1.0f / (kFade * kFade));
        const float clear = 1.0f / (1.0f + ratio * ratio);
        const float line = cover * (0.30f + 0.55f * pool);
        r[i] = haze.r + clear * (kFloor.r + pool * kPool.r + line * kLine.r - haze.r);
        g[i] = haze.g + clear * (kFloor.g + pool * kPool.g + line * kLine.g - haze.g);
        b[i] = haze.b + clear * (kFloor.b + pool * kPool.b + line * kLine.b - haze.b);
    }
}

CHOREIA_INLINE void backdropBody(const Colour& base, const Colour& tint, std::size_t width, const float* __restrict glow, float* __restrict r,
                                 float* __restrict g, float* __restrict b) {
    for (std::size_t i = 0; i < width; ++i) {
        r[i] = base.r + glow[i] * tint.r;
        g[i] = base.g + glow[i] * tint.g;
        b[i] = base.b + glow[i] * tint.b;
    }
}

CHOREIA_INLINE void packBody(std::size_t width, const float* __restrict r, const float* __restrict g, const float* __restrict b,
                             const float* __restrict noise, std::uint32_t* __restrict out) {
    for (std::size_t start = 0; start < width; start += kGrain) {
        const int count = static_cast<int>(width - start < kGrain ? width - start : kGrain);
        for (int i = 0; i < count; ++i) {
            const auto at = start + static_cast<std::size_t>(i);
            const int red = static_cast<int>(least(r[at] + noise[i], 255.0f)), green = static_cast<int>(least(g[at] + noise[i], 255.0f)),
                      blue = static_cast<int>(least(b[at] + noise[i], 255.0f));
            out[at] = static_cast<std::uint32_t>(red | (green << 8) | (blue << 16)) | 0xff000000U;
        }
    }
}

#if defined(__x86_64__)
[[gnu::target("avx2,fma")]] void floorWide(const FloorRow& row, const Colour& haze, std::size_t width, float* r, float* g, float* b) {
    floorBody(row, haze, width, r, g, b);
}
[[gnu::target("avx2,fma")]] void backdropWide(const Colour& base, const Colour& tint, std::size_t width, const float* glow, float* r, float* g, float* b) {
    backdropBody(base, tint, width, glow, r, g, b);
}
[[gnu::target("avx2,fma")]] void packWide(std::size_t width, const float* r, const float* g, const float* b, const float* noise, std::uint32_t* out) {
    packBody(width, r, g, b, noise, out);
}
const bool kWide = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#define CHOREIA_DISPATCH(call) if (kWide) return call
#else
#define CHOREIA_DISPATCH(call)
#endif

}  // namespace

void paintFloor(const FloorRow& row, const Colour& haze, RowColours& out) {
    CHOREIA_DISPATCH(floorWide(row, haze, out.r.size(), out.r.data(), out.g.data(), out.b.data()));
    floorBody(row, haze, out.r.size(), out.r.data(), out.g.data(), out.b.data());
}

void paintBackdrop(const Colour& base, const Colour& tint, const std::vector<float>& glow, RowColours& out) {
    CHOREIA_DISPATCH(backdropWide(base, tint, glow.size(), glow.data(), out.r.data(), out.g.data(), out.b.data()));
    backdropBody(base, tint, glow.size(), glow.data(), out.r.data(), out.g.data(), out.b.data());
}

void packRow(const RowColours& colours, int y, std::uint8_t* rgba) {
    const float* noise = grain()[static_cast<std::size_t>(y % kGrain)].data();
    auto* out = reinterpret_cast<std::uint32_t*>(rgba);
    CHOREIA_DISPATCH(packWide(colours.r.size(), colours.r.data(), colours.g.data(), colours.b.data(), noise, out));
    packBody(colours.r.size(), colours.r.data(), colours.g.data(), colours.b.data(), noise, out);
}

}  // namespace choreia::render
