// A plate, a number, and the counts in a row; sizes follow the figures' height, which follows the picture's.
#include "render/beat_counter.h"

#include "render/figures.h"

#include <algorithm>
#include <cmath>
#include <string>

namespace choreia::render {

namespace {

// The window's dark palette.
constexpr std::array<float, 3> kPlate{0x14, 0x16, 0x1b}, kBright{0xd9, 0xdd, 0xe6}, kDim{0x8b, 0x93, 0xa5}, kLit{0xff, 0x7a, 0x59};
constexpr float kPlateShare = 0.66f, kRule = 0.28f;
constexpr float kHigh = 0.026f, kEdge = 0.04f;                         // of the picture's shorter side
constexpr float kPad = 0.72f, kGap = 0.62f, kCell = 1.62f, kChip = 1.56f;  // of the figures' height

/// Premultiplied colours: the same for opaque pixels.
void over(Picture& out, int x, int y, const std::array<float, 3>& colour, float share) {
    if (x < 0 || y < 0 || x >= out.width || y >= out.height || share <= 0) return;
    std::uint8_t* pixel = out.rgba.data() + 4 * (static_cast<std::size_t>(y) * static_cast<std::size_t>(out.width) + static_cast<std::size_t>(x));
    for (std::size_t c = 0; c < 4; ++c) {
        const float own = c < 3 ? colour[c] : 255.0f, under = static_cast<float>(pixel[c]);
        pixel[c] = static_cast<std::uint8_t>(under + share * (own - under) + 0.5f);
    }
}

void plate(Picture& out, float left, float top, float wide, float high, float radius, const std::array<float, 3>& colour, float share) {
    const float middleX = left + 0.5f * wide, middleY = top + 0.5f * high;
    for (int y = static_cast<int>(top) - 1; y <= static_cast<int>(top + high) + 1; ++y)
        for (int x = static_cast<int>(left) - 1; x <= static_cast<int>(left + wide) + 1; ++x) {
            const float dx = std::abs(static_cast<float>(x) + 0.5f - middleX) - 0.5f * wide + radius, dy = std::abs(static_cast<float>(y) + 0.5f - middleY) - 0.5f * high + radius;
            const float away = std::hypot(std::max(dx, 0.0f), std::max(dy, 0.0f)) + std::min(std::max(dx, dy), 0.0f) - radius;
            over(out, x, y, colour, share * std::clamp(0.5f - away, 0.0f, 1.0f));
        }
}

/// Beats from one downbeat to the next; 0 where the bar is not closed.
int beatsOfBar(const audio::BeatGrid& grid, int bar) {
    if (bar < 1 || static_cast<std::size_t>(bar) >= grid.downbeats.size()) return 0;
    const auto first = std::lower_bound(grid.beats.begin(), grid.beats.end(), grid.downbeats[static_cast<std::size_t>(bar) - 1] - 1e-6);
    const auto end = std::lower_bound(first, grid.beats.end(), grid.downbeats[static_cast<std::size_t>(bar)] - 1e-6);
    return static_cast<int>(end - first);
}

}  // namespace

BeatCounter::BeatCounter(audio::BeatGrid grid, int width, int height) : grid_(std::move(grid)), width_(width), height_(height) {
    digits_ = static_cast<int>(std::to_string(grid_.downbeats.size()).size());
    const float shorter = static_cast<float>(std::min(width, height));
    high_ = std::max(5.0f, kHigh * shorter);
    margin_ = kEdge * shorter;
    // Long bars in narrow pictures: everything smaller.
    const float wide = (2 * kPad + 2 * kGap + static_cast<float>(std::max(grid_.beatsPerBar, 4)) * kCell) * high_ + figureWidth(std::string(static_cast<std::size_t>(digits_) + 1, '0') + ".", high_);
    const float room = static_cast<float>(width) - 2 * margin_;
    if (wide > room) high_ *= room / wide;
}

BeatCounter::Count BeatCounter::countAt(double seconds) const {
    Count count{audio::barBeatAt(grid_, seconds), std::max(1, grid_.beatsPerBar), 0};
    count.counts = std::max({count.counts, count.at.beat, beatsOfBar(grid_, count.at.bar)});
    if (count.at.beat == 0) return count;
    const auto& beats = grid_.beats;
    const auto next = std::upper_bound(beats.begin(), beats.end(), seconds + 1e-6);
    const double began = *std::prev(next);
    const double length = next != beats.end() ? *next - began : beats.size() > 1 ? began - beats[beats.size() - 2] : 0.5;
    const double share = length > 0 ? (seconds - began) / length : 0;
    if (share < 1 || next != beats.end()) count.glow = static_cast<float>(0.5 + 0.5 * std::exp(-3.5 * std::max(0.0, share)));
    return count;
}

void BeatCounter::write(std::string_view text, float left, float top, float high, const Ink& ink, Picture& out) const {
    const FigureMask mask = figureMask(text, high);
    const int x0 = static_cast<int>(std::lround(left)), y0 = static_cast<int>(std::lround(top));
    for (int y = 0; y < mask.height; ++y)
        for (int x = 0; x < mask.width; ++x)
            over(out, x0 + x, y0 + y, ink.colour, ink.share * static_cast<float>(mask.cover[static_cast<std::size_t>(y) * static_cast<std::size_t>(mask.width) + static_cast<std::size_t>(x)]) / 255);
}

void BeatCounter::draw(double seconds, Picture& out) const {
    if (grid_.beats.empty() || out.width != width_ || out.height != height_) return;
    const Count now = countAt(seconds);
    const float h = high_, deep = 2.5f * h;
    const std::string text = std::to_string(now.at.bar) + "." + std::to_string(now.at.beat);
    const float widest = figureWidth(std::string(static_cast<std::size_t>(digits_), '0') + ".0", h), wide = (2 * kPad + 2 * kGap + static_cast<float>(now.counts) * kCell) * h + widest;
    const float left = margin_, top = static_cast<float>(height_) - margin_ - deep, line = top + 0.5f * (deep - h);
    plate(out, left, top, wide, deep, 0.5f * h, kPlate, kPlateShare);
    write(text, left + kPad * h + widest - figureWidth(text, h), line, h, {kBright, 1}, out);
    float x = left + (kPad + kGap) * h + widest;
    plate(out, std::round(x) - 0.5f, line - 0.15f * h, std::max(1.0f, 0.06f * h), 1.3f * h, 0, kBright, kRule);
    x += kGap * h;
    for (int beat = 1; beat <= now.counts; ++beat, x += kCell * h) {
        const bool lit = beat == now.at.beat && now.glow > 0;
        if (lit) plate(out, x + 0.5f * (kCell - kChip) * h, top + 0.5f * (deep - kChip * h), kChip * h, kChip * h, 0.32f * h, kLit, now.glow);
        const std::string number = std::to_string(beat);
        const float size = beat < 10 ? 0.86f * h : 0.62f * h;
        write(number, x + 0.5f * (kCell * h - figureWidth(number, size)), top + 0.5f * (deep - size), size, {lit ? now.glow > 0.7f ? kPlate : kBright : kDim, 1}, out);
    }
}

}  // namespace choreia::render
