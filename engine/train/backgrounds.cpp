// Every surface is a tone in 0..1 at a place of its own plane, so that one warp serves all of them.
#include "train/backgrounds.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace choreia::train {

namespace {

/// 0..1 for whole numbers, the same for the same seed.
float chanceAt(std::int64_t x, std::int64_t y, std::uint64_t seed) {
    std::uint64_t z = static_cast<std::uint64_t>(x) * 0x9e3779b97f4a7c15ULL ^ static_cast<std::uint64_t>(y) * 0xc2b2ae3d27d4eb4fULL ^ seed;
    z = (z ^ (z >> 31)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 29)) * 0x94d049bb133111ebULL;
    return static_cast<float>(z >> 40) * 0x1.0p-24f;
}

struct GridPlace {
    std::int64_t i;
    float part;  ///< 0..1 within it
    explicit GridPlace(float v) : i(static_cast<std::int64_t>(std::floor(v))), part(v - std::floor(v)) {}
};

float valueNoise(float u, float v, std::uint64_t seed) {
    const GridPlace x(u), y(v);
    const auto ease = [](float t) { return t * t * (3 - 2 * t); };
    const float a = ease(x.part), b = ease(y.part);
    const float above = std::lerp(chanceAt(x.i, y.i, seed), chanceAt(x.i + 1, y.i, seed), a), below = std::lerp(chanceAt(x.i, y.i + 1, seed), chanceAt(x.i + 1, y.i + 1, seed), a);
    return std::lerp(above, below, b);
}

/// Noise at each octave, weighted by its size to the power of rough.
float clouds(float u, float v, float rough, std::uint64_t seed, std::uint64_t octaves) {
    float sum = 0, all = 0, weight = 1;
    for (std::uint64_t octave = 0; octave < octaves; ++octave, u *= 2, v *= 2, weight *= rough) sum += weight * valueNoise(u, v, seed + octave), all += weight;
    return std::clamp(0.5f + 1.8f * (sum / all - 0.5f), 0.0f, 1.0f);
}

enum class SurfaceKind { Bricks, Planks, Tiles, Stripes, Waves, Clouds, Cells, Pages };
constexpr std::uint64_t kSurfaceKinds = 8;

struct PaintedSurface {
    SurfaceKind kind;
    std::uint64_t seed;
    float joint, aspect, rough, sharp, uneven, grain;

    explicit PaintedSurface(Random& random)
        : kind(static_cast<SurfaceKind>(random.below(kSurfaceKinds))), seed(random.next()), joint(static_cast<float>(random.uniform(0.02, 0.2))), aspect(static_cast<float>(std::exp(random.uniform(0.0, 1.6)))),
          rough(static_cast<float>(random.uniform(0.4, 0.95))), sharp(static_cast<float>(std::exp(random.uniform(0.0, 3.0)))), uneven(static_cast<float>(random.uniform(0, 0.6))),
          grain(static_cast<float>(random.uniform() < 0.3 ? 0.0 : random.uniform(0, 0.4))) {}

    /// The tone 0..1 at a place measured in bricks, tiles, stripes.
    [[nodiscard]] float tone(float u, float v) const {
        const float plain = plainTone(u, v);
        return grain > 0 ? std::clamp(plain + grain * (clouds(u * 2, v * 2, rough, seed + 77, 2) - 0.5f), 0.0f, 1.0f) : plain;
    }

private:
    [[nodiscard]] float plainTone(float u, float v) const {
        const float whole = 2 * std::numbers::pi_v<float>;
        switch (kind) {
            case SurfaceKind::Bricks: {
                const GridPlace row(v);
                const GridPlace brick(u / aspect + (row.i % 2 != 0 ? 0.5f : 0.0f));
                if (row.part < joint || brick.part < joint / aspect) return 0;
                return 1 - uneven * chanceAt(brick.i, row.i, seed);
            }
            case SurfaceKind::Planks: {
                const GridPlace plank(u);
                if (plank.part < 0.5f * joint) return 0;
                return 1 - uneven * chanceAt(plank.i, 0, seed) - 0.4f * rough * valueNoise(u * 12, v * 0.7f + static_cast<float>(plank.i) * 7, seed);
            }
            case SurfaceKind::Tiles: {
                const GridPlace x(u), y(v);
                if (std::min(x.part, y.part) < 0.5f * joint) return uneven;
                return (sharp > 4 ? static_cast<float>((x.i + y.i) & 1) : chanceAt(x.i, y.i, seed));
            }
            case SurfaceKind::Stripes: return 0.5f + 0.5f * std::tanh(sharp * std::sin(whole * (u + uneven * valueNoise(u, v, seed))));
            case SurfaceKind::Waves: return 0.5f + 0.25f * (std::sin(whole * u) + std::sin(whole * (v + uneven * std::hypot(u, v))));
            case SurfaceKind::Clouds: return clouds(u, v, rough, seed, 5);
            case SurfaceKind::Cells: {
                // Worley 1996: the nearest and the second nearest of one point of chance a cell.
                const GridPlace x(u), y(v);
                float first = 9, second = 9;
                for (std::int64_t j = y.i - 1; j <= y.i + 1; ++j)
                    for (std::int64_t i = x.i - 1; i <= x.i + 1; ++i) {
                        const float d = std::hypot(static_cast<float>(i) + chanceAt(i, j, seed) - u, static_cast<float>(j) + chanceAt(i, j, seed + 1) - v);
                        if (d < first) second = first, first = d;
                        else second = std::min(second, d);
                    }
                return sharp > 4 ? std::clamp((second - first) * sharp * 0.3f, 0.0f, 1.0f) : std::clamp(first, 0.0f, 1.0f);
            }
            case SurfaceKind::Pages: {
                // Blocks of dark dashes on a light ground, as writing and windows have them.
                const GridPlace column(u / 3), line(v * 3);
                if (chanceAt(column.i, line.i / 5, seed) < 0.35f) return 1 - uneven * chanceAt(column.i, line.i / 5, seed + 1);
                const GridPlace letter(u * 8);
                return line.part > 0.35f && column.part > joint && chanceAt(letter.i, line.i, seed + 2) > 0.25f ? 0.1f : 1.0f;
            }
        }
        return 0;
    }
};

/// How a surface lies before the camera: turned, drawn together towards one side, in its own size.
struct SurfaceWarp {
    float a, b, c, d, px, py, x, y;

    SurfaceWarp(Random& random, bool floor) {
        const double turn = random.uniform() < 0.4 ? 0.0 : random.uniform(0, 2 * std::numbers::pi), size = std::exp(random.uniform(0.7, 3.2)), skew = random.uniform(0.7, 1.4);
        a = static_cast<float>(size * std::cos(turn)), b = static_cast<float>(size * std::sin(turn));
        c = static_cast<float>(-size * skew * std::sin(turn)), d = static_cast<float>(size * skew * std::cos(turn));
        px = static_cast<float>(random.uniform() < 0.5 ? 0.0 : random.uniform(-0.6, 0.6)), py = static_cast<float>(floor ? random.uniform(0.8, 3.0) : random.uniform() < 0.5 ? 0.0 : random.uniform(-0.6, 0.6));
        x = static_cast<float>(random.uniform(-20, 20)), y = static_cast<float>(random.uniform(-20, 20));
    }
    [[nodiscard]] std::array<float, 2> operator()(float u, float v) const {
        const float far = 1 / std::max(0.15f, 1 + px * (u - 0.5f) + py * (v - 0.5f));
        return {(a * u + b * v) * far + x, (c * u + d * v) * far + y};
    }
};

void paintTones(Random& random, int side, float from, float to, bool floor, std::vector<float>& out) {
    const PaintedSurface surface(random);
    const SurfaceWarp warp(random, floor);
    const Colour dark = someColour(random), light = someColour(random);
    const auto n = static_cast<std::size_t>(side);
    const float unit = 1.0f / static_cast<float>(side);
    for (auto y = static_cast<std::size_t>(from * static_cast<float>(side)); y < static_cast<std::size_t>(to * static_cast<float>(side)); ++y)
        for (std::size_t x = 0; x < n; ++x) {
            const auto [u, v] = warp((static_cast<float>(x) + 0.5f) * unit, (static_cast<float>(y) + 0.5f) * unit);
            const float tone = surface.tone(u, v);
            for (std::size_t k = 0; k < 3; ++k) out[3 * (y * n + x) + k] = std::lerp(dark[k], light[k], tone);
        }
}

/// Leaves, or with long thin ones blades and twigs: many ellipses of a few colours.
void strewLeaves(Random& random, int side, std::vector<float>& out) {
    const Colour palette[] = {someColour(random), someColour(random), someColour(random)};
    const double size = side * std::exp(random.uniform(-4.2, -2.2)), lean = std::exp(random.uniform(0.0, 2.2)), way = random.uniform(0, std::numbers::pi), stray = random.uniform(0.1, 2.0);
    const auto count = static_cast<int>(std::min(500.0, 0.8 * side * side / (size * size)));
    for (int leaf = 0; leaf < count; ++leaf) {
        const double cx = random.uniform(0, side), cy = random.uniform(0, side), angle = way + stray * random.normal(), c = std::cos(angle), d = std::sin(angle), w = size * std::sqrt(lean), h = size / std::sqrt(lean);
        const Colour& colour = palette[random.below(3)];
        const auto shade = static_cast<float>(random.uniform(0.6, 1.2));
        const auto at = [&](double v) { return static_cast<int>(std::clamp(v, 0.0, static_cast<double>(side))); };
        for (int y = at(cy - w); y < at(cy + w); ++y)
            for (int x = at(cx - w); x < at(cx + w); ++x) {
                const double u = (c * (x - cx) + d * (y - cy)) / w, v = (c * (y - cy) - d * (x - cx)) / h;
                if (u * u + v * v > 1) continue;
                for (std::size_t k = 0; k < 3; ++k) out[3 * (static_cast<std::size_t>(y) * static_cast<std::size_t>(side) + static_cast<std::size_t>(x)) + k] = colour[k] * shade;
            }
    }
}

}  // namespace

Colour someColour(Random& random) {
    const double grey = random.uniform(0.02, 0.98), spread = random.uniform() < 0.7 ? 0.15 : 0.6;
    Colour out;
    for (float& c : out) c = static_cast<float>(std::clamp(grey + spread * random.uniform(-1, 1), 0.0, 1.0));
    return out;
}

std::vector<float> paintShapes(Random& random, int side) {
    const auto n = static_cast<std::size_t>(side);
    std::vector<float> out(3 * n * n);
    const Colour a = someColour(random), b = someColour(random);
    const double turn = random.uniform(0, 2 * std::numbers::pi);
    const auto gx = static_cast<float>(std::cos(turn) / side), gy = static_cast<float>(std::sin(turn) / side);
    for (std::size_t y = 0; y < n; ++y)
        for (std::size_t x = 0; x < n; ++x) {
            const float t = std::clamp(0.5f + gx * (static_cast<float>(x) - 0.5f * static_cast<float>(side)) + gy * (static_cast<float>(y) - 0.5f * static_cast<float>(side)), 0.0f, 1.0f);
            for (std::size_t k = 0; k < 3; ++k) out[3 * (y * n + x) + k] = a[k] + (b[k] - a[k]) * t;
        }
    const auto shapes = random.below(16);
    for (std::uint64_t s = 0; s < shapes; ++s) {
        const Colour colour = someColour(random);
        const double cx = random.uniform(0, side), cy = random.uniform(0, side), w = side * std::exp(random.uniform(-4.0, -0.7)), h = side * std::exp(random.uniform(-4.0, -0.3));
        const double angle = random.uniform() < 0.5 ? 0.0 : random.uniform(0, std::numbers::pi), c = std::cos(angle), d = std::sin(angle), reach = std::hypot(w, h);
        const bool round = random.uniform() < 0.4;
        const auto at = [&](double v) { return static_cast<std::size_t>(std::clamp(v, 0.0, static_cast<double>(side))); };
        for (std::size_t y = at(cy - reach); y < at(cy + reach); ++y)
            for (std::size_t x = at(cx - reach); x < at(cx + reach); ++x) {
                const double u = (c * (static_cast<double>(x) - cx) + d * (static_cast<double>(y) - cy)) / w, v = (c * (static_cast<double>(y) - cy) - d * (static_cast<double>(x) - cx)) / h;
                if (round ? u * u + v * v > 1 : std::abs(u) > 1 || std::abs(v) > 1) continue;
                for (std::size_t k = 0; k < 3; ++k) out[3 * (y * n + x) + k] = colour[k];
            }
    }
    for (const int cells : {4, 12, 48}) {
        const auto strength = static_cast<float>(random.uniform() < 0.4 ? 0.0 : random.uniform(0, 0.25));
        if (strength == 0) continue;
        const auto m = static_cast<std::size_t>(cells) + 2;
        std::vector<float> grid(m * m);
        for (float& g : grid) g = strength * static_cast<float>(random.uniform(-1, 1));
        for (std::size_t y = 0; y < n; ++y)
            for (std::size_t x = 0; x < n; ++x) {
                const float u = static_cast<float>(x * static_cast<std::size_t>(cells)) / static_cast<float>(side), v = static_cast<float>(y * static_cast<std::size_t>(cells)) / static_cast<float>(side);
                const auto i = static_cast<std::size_t>(u), j = static_cast<std::size_t>(v);
                const float fu = u - static_cast<float>(i), fv = v - static_cast<float>(j);
                const float value = (grid[j * m + i] * (1 - fu) + grid[j * m + i + 1] * fu) * (1 - fv) + (grid[(j + 1) * m + i] * (1 - fu) + grid[(j + 1) * m + i + 1] * fu) * fv;
                for (std::size_t k = 0; k < 3; ++k) out[3 * (y * n + x) + k] += value;
            }
    }
    return out;
}

std::vector<float> paintSurface(Random& random, int side) {
    const auto n = static_cast<std::size_t>(side);
    std::vector<float> out(3 * n * n);
    const auto horizon = static_cast<float>(random.uniform() < 0.6 ? 1.0 : random.uniform(0.3, 0.9));
    paintTones(random, side, 0, horizon, false, out);
    if (horizon < 1) paintTones(random, side, horizon, 1, true, out);
    if (random.uniform() < 0.25) strewLeaves(random, side, out);
    // Light from one side, and the noise of a camera.
    const double turn = random.uniform(0, 2 * std::numbers::pi), fall = random.uniform(0, 0.8);
    const auto gx = static_cast<float>(fall * std::cos(turn) / side), gy = static_cast<float>(fall * std::sin(turn) / side), noise = static_cast<float>(random.uniform(0, 0.05));
    for (std::size_t y = 0; y < n; ++y)
        for (std::size_t x = 0; x < n; ++x) {
            const float light = 1 + gx * (static_cast<float>(x) - 0.5f * static_cast<float>(side)) + gy * (static_cast<float>(y) - 0.5f * static_cast<float>(side));
            const float speck = noise * static_cast<float>(random.uniform(-1, 1));
            for (std::size_t k = 0; k < 3; ++k) out[3 * (y * n + x) + k] = out[3 * (y * n + x) + k] * light + speck;
        }
    return out;
}

std::vector<float> paintBackground(Random& random, int side) { return random.uniform() < 0.5 ? paintShapes(random, side) : paintSurface(random, side); }

}  // namespace choreia::train
