// Walks rays through a distance field, tile by tile with only the parts that matter there, shades the hits, and then takes the pixels on the outlines
// again with several rays each.
#include "render/painter.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace choreia::render {

using motion::Vec3;

namespace {

constexpr int kTile = 16, kBlock = 4;  // a tile is 4 x 4 blocks, a block 4 x 4 pixels: sixteen lanes each
constexpr float kCrease = 0.16f;       // how far parts darken one another, metres
constexpr int kRays = 4;  // through a pixel on an outline, in the rotated grid's places
constexpr float kX[kRays] = {0.125f, 0.625f, 0.375f, 0.875f}, kY[kRays] = {0.625f, 0.125f, 0.875f, 0.375f};
using Places = std::array<std::array<int, 2>, kLanes / kRays>;

std::uint8_t byte(float v) { return static_cast<std::uint8_t>(std::clamp(v, 0.0f, 255.0f) + 0.5f); }

class Painter {
public:
    Painter(const std::vector<Part>& parts, const Camera& camera, const Shader& shader, Picture& out, Cover* cover, PaintScratch& scratch)
        : parts_(parts), camera_(camera), out_(out), shader_(shader), cover_(cover), hits_(scratch.hits), tiles_(scratch.tiles) {}

    void paint() {
        if (!bound()) return;
        width_ = (right_ - left_) * kTile;
        height_ = (bottom_ - top_) * kTile;
        hits_.assign(static_cast<std::size_t>(width_) * static_cast<std::size_t>(height_), {});
        gather();
        for (const Tile& tile : tiles_) trace(tile);
        for (const Tile& tile : tiles_) finish(tile);
    }

private:
    /// The tiles that the body may touch.
    bool bound() {
        float x0 = 1e9f, x1 = -1e9f, y0 = 1e9f, y1 = -1e9f;
        for (const Part& part : parts_) {
            for (const float h : {0.0f, 1.0f}) {
                const Vec3 p = camera_.project(part.a + h * part.ab);
                const float r = part.largestRadius() + 0.03f;
                if (!(p.z() > r + 0.05f)) return false;  // the camera stands in the body
                const float wide = 1.1f * r / (p.z() * camera_.pixel) + 2;
                x0 = std::min(x0, p.x() - wide), x1 = std::max(x1, p.x() + wide);
                y0 = std::min(y0, p.y() - wide), y1 = std::max(y1, p.y() + wide);
            }
        }
        const auto clamped = [](float v, int limit) { return static_cast<int>(std::clamp(v, 0.0f, static_cast<float>(limit))); };
        left_ = clamped(x0, camera_.width) / kTile, right_ = (clamped(x1, camera_.width) + kTile - 1) / kTile;
        top_ = clamped(y0, camera_.height) / kTile, bottom_ = (clamped(y1, camera_.height) + kTile - 1) / kTile;
        return left_ < right_ && top_ < bottom_;
    }

    /// Tells each tile its parts.
    void gather() {
        tiles_.resize(static_cast<std::size_t>(right_ - left_) * static_cast<std::size_t>(bottom_ - top_));
        std::size_t next = 0;
        for (int y = top_; y < bottom_; ++y) {
            for (int x = left_; x < right_; ++x) {
                Tile& tile = tiles_[next++];
                tile.x = x * kTile, tile.y = y * kTile;
                tile.parts.clear();
                tile.around.clear();
                tile.near = 1e9f, tile.far = 0;
                tile.axis = camera_.ray(static_cast<float>(tile.x) + 0.5f * kTile, static_cast<float>(tile.y) + 0.5f * kTile).normalized();
            }
        }
        const float cone = 0.75f * kTile * camera_.pixel;  // half the tile's diagonal and a pixel more
        for (const Part& part : parts_) {
            const float radius = part.largestRadius();
            const Vec3 a = camera_.project(part.a), b = camera_.project(part.a + part.ab);
            const float wide = 1.15f * (radius + kCrease) / (std::min(a.z(), b.z()) * camera_.pixel) + kTile;
            const auto column = [&](float v) { return std::clamp(static_cast<int>(std::floor(v / kTile)), left_, right_ - 1) - left_; };
            const auto row = [&](float v) { return std::clamp(static_cast<int>(std::floor(v / kTile)), top_, bottom_ - 1) - top_; };
            const float reach = 0.5f * part.ab.norm() + radius + 0.05f;
            const float middle = (part.a + 0.5f * part.ab - camera_.eye).norm();
            for (int y = row(std::min(a.y(), b.y()) - wide); y <= row(std::max(a.y(), b.y()) + wide); ++y) {
                for (int x = column(std::min(a.x(), b.x()) - wide); x <= column(std::max(a.x(), b.x()) + wide); ++x) {
                    Tile& tile = tiles_[static_cast<std::size_t>(y) * static_cast<std::size_t>(right_ - left_) + static_cast<std::size_t>(x)];
                    float along = 0;
                    const float distance = part.distanceToRay(camera_.eye, tile.axis, &along) - radius - cone * along;
                    if (distance < kCrease) tile.around.push_back(&part);
                    if (distance > part.reach + 0.002f) continue;
                    tile.parts.push_back(&part);
                    tile.near = std::min(tile.near, std::max(middle - reach, 0.02f));
                    tile.far = std::max(tile.far, middle + reach);
                }
            }
        }
    }

    /// Unit directions through sixteen points of the picture.
    void aim(const Lane& x, const Lane& y, Points& direction) const {
        const float cx = 0.5f * static_cast<float>(camera_.width), cy = 0.5f * static_cast<float>(camera_.height), p = camera_.pixel;
        for (int i = 0; i < kLanes; ++i) {
            const float u = (x[i] - cx) * p, v = (cy - y[i]) * p;
            const float dx = camera_.forward.x() + u * camera_.right.x() + v * camera_.up.x();
            const float dy = camera_.forward.y() + u * camera_.right.y() + v * camera_.up.y();
            const float dz = camera_.forward.z() + u * camera_.right.z() + v * camera_.up.z();
            const float inverse = 1.0f / std::sqrt(1.0f + u * u + v * v);
            direction.x[i] = dx * inverse, direction.y[i] = dy * inverse, direction.z[i] = dz * inverse;
        }
    }

    void trace(const Tile& tile) {
        if (tile.parts.empty()) return;
        // First a wide ray through each block: it passes the empty ones and brings the others near the surface at once.
        Lane x, y, start;
        Points direction;
        for (int i = 0; i < kLanes; ++i) {
            x[i] = static_cast<float>(tile.x + (i % 4) * kBlock) + 0.5f * kBlock;
            y[i] = static_cast<float>(tile.y + (i / 4) * kBlock) + 0.5f * kBlock;
            start[i] = tile.near;
        }
        aim(x, y, direction);
        walkRays(tile.parts, camera_.eye, direction, 0.75f * kBlock * camera_.pixel, tile.far, start);
        for (int block = 0; block < kLanes; ++block) {
            if (start[block] < 0) continue;
            const int bx = tile.x + (block % 4) * kBlock, by = tile.y + (block / 4) * kBlock;
            Lane along;
            for (int i = 0; i < kLanes; ++i) {
                x[i] = static_cast<float>(bx + i % 4) + 0.5f;
                y[i] = static_cast<float>(by + i / 4) + 0.5f;
                along[i] = start[block];
            }
            aim(x, y, direction);
            const std::span<const Part* const> parts = narrowed(tile, bx, by);
            walkRays(parts, camera_.eye, direction, 0, tile.far, along);
            bool any = false;
            for (int i = 0; i < kLanes; ++i) any |= along[i] > 0;
            if (!any) continue;
            Points colour;
            std::uint8_t material[kLanes];
            shader_.shade(parts, tile.around, direction, along, colour, material);
            for (int i = 0; i < kLanes; ++i) {
                const int px = bx + i % 4, py = by + i / 4;
                if (along[i] <= 0 || px >= camera_.width || py >= camera_.height) continue;
                Hit& hit = hits_[index(px, py)];
                hit.depth = along[i];
                hit.material = material[i];
                if (cover_) cover_->depth[place(px, py)] = along[i];
                hit.colour[0] = byte(colour.x[i]), hit.colour[1] = byte(colour.y[i]), hit.colour[2] = byte(colour.z[i]);
            }
        }
    }

    /// Those of a tile's parts that a block of it may meet.
    std::span<const Part* const> narrowed(const Tile& tile, int x, int y) {
        const Vec3 axis = camera_.ray(static_cast<float>(x) + 0.5f * kBlock, static_cast<float>(y) + 0.5f * kBlock).normalized();
        const float cone = 0.75f * kBlock * camera_.pixel;
        narrow_.clear();
        for (const Part* part : tile.parts) {
            float along = 0;
            const float distance = part->distanceToRay(camera_.eye, axis, &along) - part->largestRadius();
            if (distance < cone * along + part->reach + 0.002f) narrow_.push_back(part);
        }
        return narrow_;
    }

    [[nodiscard]] std::size_t index(int x, int y) const {
        return static_cast<std::size_t>(y - top_ * kTile) * static_cast<std::size_t>(width_) + static_cast<std::size_t>(x - left_ * kTile);
    }

    [[nodiscard]] bool onOutline(int x, int y) const {
        const Hit* here = &hits_[index(x, y)];
        const auto differs = [here](const Hit* other) {
            // Nothing has depth 0, so that one comparison covers outlines before the stage, too.
            return here->material != other->material || std::fabs(here->depth - other->depth) > 0.035f;
        };
        const int left = x - left_ * kTile, top = y - top_ * kTile;
        return (left > 0 && differs(here - 1)) || (left + 1 < width_ && differs(here + 1)) || (top > 0 && differs(here - width_)) ||
               (top + 1 < height_ && differs(here + width_));
    }

    [[nodiscard]] std::size_t place(int x, int y) const {
        return static_cast<std::size_t>(y) * static_cast<std::size_t>(camera_.width) + static_cast<std::size_t>(x);
    }
    [[nodiscard]] std::uint8_t* pixel(int x, int y) { return out_.rgba.data() + 4 * place(x, y); }

    /// A depth safely before whatever a ray through this pixel meets.
    [[nodiscard]] float nearestAbout(int x, int y) const {
        float nearest = 1e9f;
        for (int ny = std::max(y - 1, top_ * kTile); ny <= std::min(y + 1, top_ * kTile + height_ - 1); ++ny) {
            for (int nx = std::max(x - 1, left_ * kTile); nx <= std::min(x + 1, left_ * kTile + width_ - 1); ++nx) {
                const float depth = hits_[index(nx, ny)].depth;
                if (depth > 0) nearest = std::min(nearest, depth);
            }
        }
        return std::max(nearest - 0.04f, 0.02f);
    }

    /// Brings the tile into the picture: hits as they are, and pixels on an outline from four rays each, in the rotated grid's places.
    void finish(const Tile& tile) {
        if (tile.parts.empty()) return;
        for (int block = 0; block < kLanes; ++block) finish(tile, tile.x + (block % 4) * kBlock, tile.y + (block / 4) * kBlock);
    }

    void finish(const Tile& tile, int left, int top) {
        Places waiting{};
        std::size_t count = 0;
        std::span<const Part* const> parts;
        for (int y = top; y < std::min(top + kBlock, camera_.height); ++y) {
            for (int x = left; x < std::min(left + kBlock, camera_.width); ++x) {
                if (onOutline(x, y)) {
                    if (parts.empty()) parts = narrowed(tile, left, top);
                    waiting[count++] = {x, y};
                    if (count == waiting.size()) {
                        refine(tile, parts, waiting, count);
                        count = 0;
                    }
                } else if (const Hit& hit = hits_[index(x, y)]; hit.depth > 0) {
                    std::copy_n(hit.colour, 3, pixel(x, y));
                    pixel(x, y)[3] = 255;
                    if (cover_) cover_->coverage[place(x, y)] = 255;
                }
            }
        }
        if (count > 0) refine(tile, parts, waiting, count);
    }

    void refine(const Tile& tile, std::span<const Part* const> parts, const Places& places, std::size_t count) {
        Lane x, y, along;
        Points direction, colour;
        for (int i = 0; i < kLanes; ++i) {
            const auto which = static_cast<std::size_t>(i) / kRays;
            const auto& place = places[std::min(which, count - 1)];
            x[i] = static_cast<float>(place[0]) + kX[i % kRays];
            y[i] = static_cast<float>(place[1]) + kY[i % kRays];
            along[i] = which < count ? nearestAbout(place[0], place[1]) : -1.0f;
        }
        aim(x, y, direction);
        walkRays(parts, camera_.eye, direction, 0, tile.far, along);
        std::uint8_t material[kLanes];
        shader_.shade(parts, tile.around, direction, along, colour, material);
        for (std::size_t p = 0; p < count; ++p) {
            std::uint8_t* target = pixel(places[p][0], places[p][1]);
            const float under[3] = {static_cast<float>(target[0]), static_cast<float>(target[1]), static_cast<float>(target[2])};
            float sum[3] = {0, 0, 0};
            int meetings = 0;
            for (int i = static_cast<int>(kRays * p), end = i + kRays; i < end; ++i) {
                const bool met = along[i] > 0;
                meetings += met;
                sum[0] += met ? std::min(colour.x[i], 255.0f) : under[0];
                sum[1] += met ? std::min(colour.y[i], 255.0f) : under[1];
                sum[2] += met ? std::min(colour.z[i], 255.0f) : under[2];
            }
            for (int c = 0; c < 3; ++c) target[c] = byte(sum[c] / kRays);
            target[3] = byte((255.0f * static_cast<float>(meetings) + static_cast<float>(target[3] * (kRays - meetings))) / kRays);
            if (cover_) cover_->coverage[place(places[p][0], places[p][1])] = byte(255.0f * static_cast<float>(meetings) / kRays);
        }
    }

    std::vector<Part> const& parts_;
    const Camera& camera_;
    Picture& out_;
    const Shader& shader_;
    Cover* cover_;
    int left_ = 0, right_ = 0, top_ = 0, bottom_ = 0;  // in tiles
    int width_ = 0, height_ = 0;                       // of hits_, pixels
    std::vector<Hit>& hits_;
    std::vector<Tile>& tiles_;
    std::vector<const Part*> narrow_;
};

}  // namespace

void paintFigure(const std::vector<Part>& parts, const Camera& camera, const Shader& shader, Picture& out, Cover* cover, PaintScratch& scratch) {
    if (cover) {
        const auto pixels = static_cast<std::size_t>(camera.width) * static_cast<std::size_t>(camera.height);
        cover->coverage.assign(pixels, 0);
        cover->depth.assign(pixels, 0.0f);
    }
    Painter(parts, camera, shader, out, cover, scratch).paint();
}

}  // namespace choreia::render
