// Lines with soft edges on a dark ground; letters from a 5 x 7 grid.
#include "render/code_sheet.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

namespace choreia::render {

namespace {

using motion::Vec3;

struct Colour {
    float r, g, b;
};
constexpr Colour kGround{0x14, 0x16, 0x1b}, kPanel{0x1b, 0x1e, 0x25}, kText{0xd9, 0xdd, 0xe6}, kDim{0x8b, 0x93, 0xa5}, kFaint{0x5b, 0x63, 0x73}, kLine{0x2d, 0x32, 0x3d},
    kLeft{0x4f, 0xc3, 0xc7}, kRight{0xff, 0x7a, 0x59}, kGhost{0x9d, 0x8c, 0xff}, kGold{0xf2, 0xc1, 0x4e};

constexpr int kColumns = 16, kCellWidth = 100, kCellHeight = 132, kGap = 6, kMargin = 24, kTitle = 44;
constexpr float kPixelsPerMetre = 52;

class Canvas {
public:
    Canvas(int width, int height) {
        picture_.width = width;
        picture_.height = height;
        picture_.rgba.assign(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 4, 255);
        fill(0, 0, width, height, kGround);
    }

    void fill(int x0, int y0, int x1, int y1, Colour colour) {
        for (int y = y0; y < y1; ++y)
            for (int x = x0; x < x1; ++x) blend(x, y, colour, 1);
    }

    // A rounded line; radius in pixels.
    void line(float ax, float ay, float bx, float by, float radius, Colour colour, float alpha) {
        const int x0 = static_cast<int>(std::floor(std::min(ax, bx) - radius - 1)), x1 = static_cast<int>(std::ceil(std::max(ax, bx) + radius + 1));
        const int y0 = static_cast<int>(std::floor(std::min(ay, by) - radius - 1)), y1 = static_cast<int>(std::ceil(std::max(ay, by) + radius + 1));
        const float dx = bx - ax, dy = by - ay, length = dx * dx + dy * dy;
        for (int y = y0; y <= y1; ++y)
            for (int x = x0; x <= x1; ++x) {
                const float px = static_cast<float>(x) + 0.5f - ax, py = static_cast<float>(y) + 0.5f - ay;
                const float h = length > 0 ? std::clamp((px * dx + py * dy) / length, 0.0f, 1.0f) : 0.0f;
                const float distance = std::hypot(px - h * dx, py - h * dy);
                blend(x, y, colour, alpha * std::clamp(radius + 0.5f - distance, 0.0f, 1.0f));
            }
    }

    void text(int x, int y, std::string_view words, int size, Colour colour);
    static int textWidth(std::string_view words, int size) { return static_cast<int>(words.size()) * 6 * size - size; }
    Picture take() { return std::move(picture_); }

private:
    void blend(int x, int y, Colour colour, float alpha) {
        if (x < 0 || y < 0 || x >= picture_.width || y >= picture_.height || alpha <= 0) return;
        std::uint8_t* p = picture_.rgba.data() + 4 * (static_cast<std::size_t>(y) * static_cast<std::size_t>(picture_.width) + static_cast<std::size_t>(x));
        const float wanted[3] = {colour.r, colour.g, colour.b};
        for (std::size_t c = 0; c < 3; ++c) p[c] = static_cast<std::uint8_t>(std::lround(static_cast<float>(p[c]) + (wanted[c] - static_cast<float>(p[c])) * alpha));
    }
    Picture picture_;
};

// Five columns a letter, lowest bit at the top.
using Letter = std::array<std::uint8_t, 5>;
Letter letterOf(char c) {
    static constexpr Letter digits[10] = {{0x3E, 0x51, 0x49, 0x45, 0x3E}, {0x00, 0x42, 0x7F, 0x40, 0x00}, {0x42, 0x61, 0x51, 0x49, 0x46}, {0x21, 0x41, 0x45, 0x4B, 0x31},
                                          {0x18, 0x14, 0x12, 0x7F, 0x10}, {0x27, 0x45, 0x45, 0x45, 0x39}, {0x3C, 0x4A, 0x49, 0x49, 0x30}, {0x01, 0x71, 0x09, 0x05, 0x03},
                                          {0x36, 0x49, 0x49, 0x49, 0x36}, {0x06, 0x49, 0x49, 0x29, 0x1E}};
    static constexpr Letter capitals[26] = {
        {0x7E, 0x11, 0x11, 0x11, 0x7E}, {0x7F, 0x49, 0x49, 0x49, 0x36}, {0x3E, 0x41, 0x41, 0x41, 0x22}, {0x7F, 0x41, 0x41, 0x22, 0x1C}, {0x7F, 0x49, 0x49, 0x49, 0x41},
        {0x7F, 0x09, 0x09, 0x09, 0x01}, {0x3E, 0x41, 0x49, 0x49, 0x7A}, {0x7F, 0x08, 0x08, 0x08, 0x7F}, {0x00, 0x41, 0x7F, 0x41, 0x00}, {0x20, 0x40, 0x41, 0x3F, 0x01},
        {0x7F, 0x08, 0x14, 0x22, 0x41}, {0x7F, 0x40, 0x40, 0x40, 0x40}, {0x7F, 0x02, 0x0C, 0x02, 0x7F}, {0x7F, 0x04, 0x08, 0x10, 0x7F}, {0x3E, 0x41, 0x41, 0x41, 0x3E},
        {0x7F, 0x09, 0x09, 0x09, 0x06}, {0x3E, 0x41, 0x51, 0x21, 0x5E}, {0x7F, 0x09, 0x19, 0x29, 0x46}, {0x46, 0x49, 0x49, 0x49, 0x31}, {0x01, 0x01, 0x7F, 0x01, 0x01},
        {0x3F, 0x40, 0x40, 0x40, 0x3F}, {0x1F, 0x20, 0x40, 0x20, 0x1F}, {0x3F, 0x40, 0x38, 0x40, 0x3F}, {0x63, 0x14, 0x08, 0x14, 0x63}, {0x07, 0x08, 0x70, 0x08, 0x07},
        {0x61, 0x51, 0x49, 0x45, 0x43}};
    if (c >= '0' && c <= '9') return digits[c - '0'];
    if (c >= 'A' && c <= 'Z') return capitals[c - 'A'];
    if (c >= 'a' && c <= 'z') return capitals[c - 'a'];
    if (c == '.') return {0x00, 0x60, 0x60, 0x00, 0x00};
    if (c == '-') return {0x08, 0x08, 0x08, 0x08, 0x08};
    if (c == '%') return {0x23, 0x13, 0x08, 0x64, 0x62};
    return {};
}

void Canvas::text(int x, int y, std::string_view words, int size, Colour colour) {
    for (const char c : words) {
        const Letter letter = letterOf(c);
        for (int column = 0; column < 5; ++column)
            for (int row = 0; row < 7; ++row)
                if (letter[static_cast<std::size_t>(column)] >> row & 1) fill(x + column * size, y + row * size, x + (column + 1) * size, y + (row + 1) * size, colour);
        x += 6 * size;
    }
}

bool isLower(int joint) {
    using namespace motion;
    return joint == LeftHip || joint == RightHip || joint == LeftKnee || joint == RightKnee || joint == LeftAnkle || joint == RightAnkle || joint == LeftFoot || joint == RightFoot;
}

// Bones from the back to the front, seen from the front: the dancer's left hand stands on the right.
void drawBody(Canvas& canvas, const std::vector<Vec3>& joints, float centre, float floor, bool upper, bool ghost) {
    const auto& body = motion::Skeleton::body();
    const auto x = [&](int j) { return centre + kPixelsPerMetre * joints[static_cast<std::size_t>(j)].x(); };
    const auto y = [&](int j) { return floor - kPixelsPerMetre * joints[static_cast<std::size_t>(j)].y(); };
    std::vector<int> order;
    for (int j = 1; j < motion::kJoints; ++j) order.push_back(j);
    const auto bright = [&](int j) { return isLower(j) != upper; };
    const auto depth = [&](int j) { return joints[static_cast<std::size_t>(j)].z() + joints[static_cast<std::size_t>(body.parent(j))].z(); };
    std::stable_sort(order.begin(), order.end(), [&](int a, int b) { return bright(a) != bright(b) ? bright(b) : depth(a) < depth(b); });
    for (const int j : order) {
        if (ghost && !bright(j)) continue;
        const Colour side = motion::mirrored(j) == j ? kText : body.offset(j).x() > 0 || motion::mirrored(j) > j ? kLeft : kRight;
        const Colour colour = ghost ? kGhost : bright(j) ? side : kFaint;
        const float radius = ghost ? 0.7f : bright(j) ? 1.6f : 1.0f;
        canvas.line(x(body.parent(j)), y(body.parent(j)), x(j), y(j), radius, colour, ghost ? 0.55f : bright(j) ? 1.0f : 0.55f);
        if (j == motion::Head) {
            const Vec3 up = (joints[motion::Head] - joints[motion::Neck]).normalized() * 0.06f;
            const float hx = x(j) + kPixelsPerMetre * up.x(), hy = y(j) - kPixelsPerMetre * up.y();
            canvas.line(hx, hy, hx, hy, ghost ? 4.0f : 5.0f, colour, ghost ? 0.35f : upper ? 1.0f : 0.45f);
        }
    }
}

void drawFigure(Canvas& canvas, const SheetFigure& figure, int left, int top) {
    canvas.fill(left, top, left + kCellWidth, top + kCellHeight, kPanel);
    const float centre = static_cast<float>(left) + 0.5f * kCellWidth, floor = static_cast<float>(top + kCellHeight - 24);
    canvas.line(static_cast<float>(left + 8), floor + 1.5f, static_cast<float>(left + kCellWidth - 8), floor + 1.5f, 0.5f, kLine, 1);
    if (figure.before.size() == motion::kJoints) drawBody(canvas, figure.before, centre, floor, figure.upper, true);
    if (figure.pose.size() == motion::kJoints) drawBody(canvas, figure.pose, centre, floor, figure.upper, false);
    const float across = 30 * figure.velocity.x(), towards = 12 * figure.velocity.z();
    if (const float length = std::hypot(across, towards); !figure.upper && length > 3) {
        const float scale = std::min(1.0f, 38 / length), ex = centre + across * scale, ey = floor + 4 + towards * scale;
        const float ux = across / length, uy = towards / length;
        canvas.line(centre, floor + 4, ex, ey, 0.8f, kGold, 0.9f);
        for (const float side : {-1.0f, 1.0f}) canvas.line(ex, ey, ex - 4 * ux + side * 3 * uy, ey - 4 * uy - side * 3 * ux, 0.8f, kGold, 0.9f);
    }
    canvas.text(left + 7, top + kCellHeight - 13, figure.number, 1, kDim);
    canvas.text(left + kCellWidth - 7 - Canvas::textWidth(figure.note, 1), top + kCellHeight - 13, figure.note, 1, kFaint);
}

}  // namespace

Picture drawCodeSheet(const std::vector<SheetBlock>& blocks) {
    const auto rowsOf = [](const SheetBlock& block) { return static_cast<int>((block.figures.size() + kColumns - 1) / kColumns); };
    int height = 2 * kMargin - 12;
    for (const auto& block : blocks) height += kTitle + rowsOf(block) * (kCellHeight + kGap);
    Canvas canvas(2 * kMargin + kColumns * (kCellWidth + kGap) - kGap, std::max(height, 2 * kMargin));
    int top = kMargin - 6;
    for (const auto& block : blocks) {
        canvas.text(kMargin, top + 12, block.title, 2, kText);
        top += kTitle;
        for (std::size_t i = 0; i < block.figures.size(); ++i)
            drawFigure(canvas, block.figures[i], kMargin + static_cast<int>(i % kColumns) * (kCellWidth + kGap), top + static_cast<int>(i / kColumns) * (kCellHeight + kGap));
        top += rowsOf(block) * (kCellHeight + kGap);
    }
    return canvas.take();
}

}  // namespace choreia::render
