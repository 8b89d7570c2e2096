// Halves beside one another (above, in a high picture), or the first small in a corner of the second.
#include "render/pair_performer.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace choreia::render {

namespace {

constexpr float kInset = 0.3f, kBorder = 0.035f, kRounded = 0.03f;  // shares of the picture's shorter side, the inset's of each

class PairPerformer final : public Performer {
public:
    PairPerformer(std::unique_ptr<Performer> first, std::unique_ptr<Performer> second, Layout layout, int width, int height)
        : first_(std::move(first)), second_(std::move(second)), layout_(layout), width_(width), height_(height) {}

    [[nodiscard]] double aspect() const override { return std::min(first_->aspect(), second_->aspect()); }

    void draw(std::span<const motion::Vec3> positions, std::span<const motion::Quat> turns, const View& view, Picture& out, const Picture*) override {
        const auto prepare = [&](Picture& picture, bool first) {
            const auto size = shareOf(layout_, first, width_, height_);
            picture.width = size.width, picture.height = size.height;
        };
        prepare(one_, true);
        first_->draw(positions, turns, view, one_);
        if (layout_ == Layout::Inset) {
            prepare(out, false);
            second_->draw(positions, turns, view, out);
            const int border = static_cast<int>(std::lround(kBorder * static_cast<float>(std::min(width_, height_))));
            setInto(out, width_ - one_.width - border, height_ - one_.height - border);
            return;
        }
        prepare(two_, false);
        second_->draw(positions, turns, view, two_);
        out.width = width_, out.height = height_;
        out.rgba.resize(4 * static_cast<std::size_t>(width_) * static_cast<std::size_t>(height_));
        copyTo(out, one_, 0, 0);
        height_ > width_ ? copyTo(out, two_, 0, one_.height) : copyTo(out, two_, one_.width, 0);
    }

private:
    static void copyTo(Picture& out, const Picture& part, int left, int top) {
        for (int y = 0; y < part.height; ++y)
            std::memcpy(out.rgba.data() + 4 * (static_cast<std::size_t>(top + y) * static_cast<std::size_t>(out.width) + static_cast<std::size_t>(left)),
                        part.rgba.data() + 4 * static_cast<std::size_t>(y) * static_cast<std::size_t>(part.width), 4 * static_cast<std::size_t>(part.width));
    }

    /// With rounded corners and a thin light edge.
    void setInto(Picture& out, int left, int top) const {
        const float radius = kRounded * static_cast<float>(std::min(width_, height_)), edge = std::max(1.0f, 0.0025f * static_cast<float>(std::min(width_, height_)));
        const float halfWide = 0.5f * static_cast<float>(one_.width), halfHigh = 0.5f * static_cast<float>(one_.height);
        for (int y = 0; y < one_.height; ++y)
            for (int x = 0; x < one_.width; ++x) {
                // Distance to the rounded rectangle, outwards.
                const float dx = std::max(0.0f, std::abs(static_cast<float>(x) + 0.5f - halfWide) - halfWide + radius), dy = std::max(0.0f, std::abs(static_cast<float>(y) + 0.5f - halfHigh) - halfHigh + radius);
                const float away = dx > 0 && dy > 0 ? std::hypot(dx, dy) - radius : std::max(dx, dy) - radius;
                const float inside = std::clamp(0.5f - away, 0.0f, 1.0f), light = 0.35f * std::clamp(0.5f + away + edge, 0.0f, 1.0f);
                const auto* from = one_.rgba.data() + 4 * (static_cast<std::size_t>(y) * static_cast<std::size_t>(one_.width) + static_cast<std::size_t>(x));
                auto* to = out.rgba.data() + 4 * (static_cast<std::size_t>(top + y) * static_cast<std::size_t>(out.width) + static_cast<std::size_t>(left + x));
                const float opacity = (static_cast<float>(from[3]) + light * (255.0f - static_cast<float>(from[3]))) / 255;
                for (std::size_t c = 0; c < 4; ++c) {
                    const float own = static_cast<float>(from[c]) + light * (255.0f - static_cast<float>(from[c]));
                    to[c] = static_cast<std::uint8_t>(static_cast<float>(to[c]) + inside * (own - opacity * static_cast<float>(to[c])) + 0.5f);
                }
            }
    }

    std::unique_ptr<Performer> first_, second_;
    Layout layout_;
    int width_, height_;
    Picture one_, two_;
};

}  // namespace

PictureSize shareOf(Layout layout, bool first, int width, int height) {
    if (layout == Layout::Inset)
        return first ? PictureSize{std::max(1, static_cast<int>(std::lround(kInset * static_cast<float>(width)))), std::max(1, static_cast<int>(std::lround(kInset * static_cast<float>(height))))}
                     : PictureSize{width, height};
    if (height > width) return {width, first ? height / 2 : height - height / 2};
    return {first ? width / 2 : width - width / 2, height};
}

std::unique_ptr<Performer> pairOf(std::unique_ptr<Performer> first, std::unique_ptr<Performer> second, Layout layout, int width, int height) {
    return std::make_unique<PairPerformer>(std::move(first), std::move(second), layout, width, height);
}

}  // namespace choreia::render
