// One interface for three ways of drawing.
#include "render/performer.h"

#include "render/character.h"
#include "render/gan_dancer.h"
#include "render/pair_performer.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <numeric>

namespace choreia::render {

namespace {

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

/// Whoever is drawn at any size: MannequinRenderer or CharacterRenderer.
template <typename Renderer>
class DrawnPerformer final : public Performer {
public:
    template <typename... Look>
    DrawnPerformer(int width, int height, const Backdrop& backdrop, const Look&... look)
        : aspect_(static_cast<double>(width) / height), backdrop_(pictureOf(backdrop, width, height)), renderer_(width, height, look...) {}
    [[nodiscard]] double aspect() const override { return aspect_; }
    void draw(std::span<const motion::Vec3> positions, std::span<const motion::Quat> turns, const View& view, Picture& out, const Picture* over) override {
        renderer_.draw(positions, turns, view, out, over ? over : backdrop_ ? &*backdrop_ : nullptr);
    }

private:
    double aspect_;
    std::optional<Picture> backdrop_;
    Renderer renderer_;
};

class LearnedPerformer final : public Performer {
public:
    LearnedPerformer(int width, int height, std::unique_ptr<GanDancer> dancer) : width_(width), height_(height), dancer_(std::move(dancer)) {}
    [[nodiscard]] double aspect() const override { return 1; }
    [[nodiscard]] bool heedsOver() const override { return false; }
    void draw(std::span<const motion::Vec3> positions, std::span<const motion::Quat> turns, const View& view, Picture& out, const Picture*) override {
        dancer_->draw(positions, turns, view, square_);
        out.width = width_;
        out.height = height_;
        fillFromSquare(square_, out);
    }

private:
    int width_, height_;
    std::unique_ptr<GanDancer> dancer_;
    Picture square_;
};

/// A learned dancer in layers, at any size and before any backdrop, as the drawn ones.
class LayeredPerformer final : public Performer {
public:
    LayeredPerformer(int width, int height, const Backdrop& backdrop, std::unique_ptr<GanDancer> dancer)
        : width_(width), height_(height), backdrop_(pictureOf(backdrop, width, height)), dancer_(std::move(dancer)) {}
    [[nodiscard]] double aspect() const override { return static_cast<double>(width_) / height_; }
    void draw(std::span<const motion::Vec3> positions, std::span<const motion::Quat> turns, const View& view, Picture& out, const Picture* over) override {
        out.width = width_;
        out.height = height_;
        dancer_->paint(positions, turns, view, out, over ? over : backdrop_ ? &*backdrop_ : nullptr);
    }

private:
    int width_, height_;
    std::optional<Picture> backdrop_;
    std::unique_ptr<GanDancer> dancer_;
};

/// One after another, the farthest first: each is painted over those before.
class GroupPerformer final : public Performer {
public:
    explicit GroupPerformer(std::vector<std::unique_ptr<Performer>> dancers) : dancers_(std::move(dancers)), order_(dancers_.size()) {}
    [[nodiscard]] double aspect() const override { return dancers_.front()->aspect(); }
    void draw(std::span<const motion::Vec3> positions, std::span<const motion::Quat> turns, const View& view, Picture& out, const Picture* over) override {
        std::iota(order_.begin(), order_.end(), std::size_t{0});
        const auto away = [&](std::size_t k) { return (positions[k * motion::kJoints] - view.eye).squaredNorm(); };
        std::sort(order_.begin(), order_.end(), [&](std::size_t a, std::size_t b) { return away(a) > away(b); });
        for (const std::size_t k : order_) {
            dancers_[k]->draw(positions.subspan(k * motion::kJoints, motion::kJoints), turns.subspan(k * motion::kJoints, motion::kJoints), view, out, over);
            over = &out;
        }
    }

private:
    std::vector<std::unique_ptr<Performer>> dancers_;
    std::vector<std::size_t> order_;
};

/// Where a pixel of an enlarged line lies in the small one: four neighbours and their shares (Catmull and Rom 1974).
struct Tap {
    std::array<int, 4> from;
    std::array<float, 4> share;
};
std::vector<Tap> tapsOf(int small, int large) {
    std::vector<Tap> taps(static_cast<std::size_t>(large));
    for (int i = 0; i < large; ++i) {
        const float at = (static_cast<float>(i) + 0.5f) * static_cast<float>(small) / static_cast<float>(large) - 0.5f, below = std::floor(at), t = at - below;
        auto& tap = taps[static_cast<std::size_t>(i)];
        for (int k = 0; k < 4; ++k) tap.from[static_cast<std::size_t>(k)] = std::clamp(static_cast<int>(below) - 1 + k, 0, small - 1);
        tap.share = {0.5f * (-t + 2 * t * t - t * t * t), 0.5f * (2 - 5 * t * t + 3 * t * t * t), 0.5f * (t + 4 * t * t - 3 * t * t * t), 0.5f * (t * t * t - t * t)};
    }
    return taps;
}

using Colour = std::array<float, 3>;

/// Mean colour of the outermost pixels of each line of a square, smoothed along the edge.
std::vector<Colour> edgeOf(const Picture& square, bool columns, bool last) {
    const int size = columns ? square.height : square.width, across = columns ? square.width : square.height, skipped = across / 100, deep = std::max(1, across / 32), wide = std::max(1, size / 64);
    std::vector<Colour> raw(static_cast<std::size_t>(size)), smooth(raw.size());
    for (int i = 0; i < size; ++i)
        for (int k = 0; k < deep; ++k) {
            const int inward = skipped + k, other = last ? across - 1 - inward : inward,  // the very edge of a network's picture is not to be trusted
                       x = columns ? other : i, y = columns ? i : other;
            for (std::size_t c = 0; c < 3; ++c)
                raw[static_cast<std::size_t>(i)][c] += static_cast<float>(square.rgba[4 * (static_cast<std::size_t>(y) * static_cast<std::size_t>(square.width) + static_cast<std::size_t>(x)) + c]) / static_cast<float>(deep);
        }
    for (int i = 0; i < size; ++i)
        for (int k = -wide; k <= wide; ++k)
            for (std::size_t c = 0; c < 3; ++c) smooth[static_cast<std::size_t>(i)][c] += raw[static_cast<std::size_t>(std::clamp(i + k, 0, size - 1))][c] / static_cast<float>(2 * wide + 1);
    return smooth;
}

}  // namespace

std::vector<std::string> castNames(const std::filesystem::path& models) {
    std::vector<std::string> names;
    for (int i = 0; i < CharacterLook::shippedCount(); ++i) names.emplace_back(CharacterLook::shippedName(i));
    if (!models.empty())
        for (auto& name : dancersIn(models)) names.push_back(std::move(name));
    return names;
}

Casting castingAt(int index, const std::filesystem::path& models) {
    const auto names = castNames(models);
    if (index < 0 || index >= static_cast<int>(names.size())) index = 0;
    if (index < CharacterLook::shippedCount()) return {Casting::Kind::Character, index, {}, {}};
    return {Casting::Kind::Learned, 0, models / (names[static_cast<std::size_t>(index)] + kDancerEnding), {}};
}

int castIndex(const std::string& name, const std::filesystem::path& models) {
    const auto names = castNames(models);
    for (std::size_t i = 0; i < names.size(); ++i)
        if (lower(names[i]) == lower(name)) return static_cast<int>(i);
    return -1;
}

Result<std::unique_ptr<Performer>> Performer::cast(const Casting& casting, int width, int height) {
    switch (casting.kind) {
        case Casting::Kind::Mannequin: return std::unique_ptr<Performer>(std::make_unique<DrawnPerformer<MannequinRenderer>>(width, height, casting.backdrop));
        case Casting::Kind::Character: return std::unique_ptr<Performer>(std::make_unique<DrawnPerformer<CharacterRenderer>>(width, height, casting.backdrop, CharacterLook::shipped(casting.look)));
        case Casting::Kind::Learned: break;
    }
    CHOREIA_ASSIGN(auto dancer, GanDancer::load(casting.weights));
    if (dancer->layered()) return std::unique_ptr<Performer>(std::make_unique<LayeredPerformer>(width, height, casting.backdrop, std::move(dancer)));
    if (casting.backdrop.kind != Backdrop::Kind::Stage)
        return usageError("background", "this learned dancer brings the background of its pictures", "a drawn dancer, or the background stage", casting.weights.stem().stem().string());
    return std::unique_ptr<Performer>(std::make_unique<LearnedPerformer>(width, height, std::move(dancer)));
}

Result<std::unique_ptr<Performer>> Performer::castGroup(const Casting& casting, std::size_t count, int width, int height) {
    if (count <= 1) return cast(casting, width, height);
    std::vector<std::unique_ptr<Performer>> dancers;
    for (std::size_t k = 0; k < count; ++k) {
        Casting one = casting;
        one.look += static_cast<int>(k);
        CHOREIA_ASSIGN(auto dancer, cast(one, width, height));
        if (!dancer->heedsOver()) return usageError("dancers", "a dancer learned from whole pictures dances alone", "1", std::to_string(count));
        dancers.push_back(std::move(dancer));
    }
    return std::unique_ptr<Performer>(std::make_unique<GroupPerformer>(std::move(dancers)));
}

Result<std::unique_ptr<Performer>> Performer::castPair(const Casting& first, const Casting& second, Layout layout, std::size_t count, int width, int height) {
    const auto firstSize = shareOf(layout, true, width, height), secondSize = shareOf(layout, false, width, height);
    CHOREIA_ASSIGN(auto one, castGroup(first, count, firstSize.width, firstSize.height));
    CHOREIA_ASSIGN(auto two, castGroup(second, count, secondSize.width, secondSize.height));
    return pairOf(std::move(one), std::move(two), layout, width, height);
}

void fillFromSquare(const Picture& square, Picture& out) {
    const int side = std::min(out.width, out.height), left = (out.width - side) / 2, top = (out.height - side) / 2;
    const auto width = static_cast<std::size_t>(out.width);
    out.rgba.assign(4 * width * static_cast<std::size_t>(out.height), 255);
    const auto taps = tapsOf(square.width, side);
    const auto put = [&](int x, int y, const Colour& colour) {
        for (std::size_t c = 0; c < 3; ++c)
            out.rgba[4 * (static_cast<std::size_t>(y) * width + static_cast<std::size_t>(x)) + c] = static_cast<std::uint8_t>(std::clamp(colour[c] + 0.5f, 0.0f, 255.0f));
    };
    // Rows of the small picture made wide first: each serves several rows of the large one.
    std::vector<Colour> wide(static_cast<std::size_t>(square.height) * static_cast<std::size_t>(side));
    for (int y = 0; y < square.height; ++y)
        for (int x = 0; x < side; ++x) {
            const auto& tap = taps[static_cast<std::size_t>(x)];
            auto& sum = wide[static_cast<std::size_t>(y) * static_cast<std::size_t>(side) + static_cast<std::size_t>(x)];
            for (std::size_t k = 0; k < 4; ++k) {
                const auto* pixel = square.rgba.data() + 4 * (static_cast<std::size_t>(y) * static_cast<std::size_t>(square.width) + static_cast<std::size_t>(tap.from[k]));
                for (std::size_t c = 0; c < 3; ++c) sum[c] += tap.share[k] * static_cast<float>(pixel[c]);
            }
        }
    for (int y = 0; y < side; ++y) {
        const auto& tap = taps[static_cast<std::size_t>(y)];
        for (int x = 0; x < side; ++x) {
            Colour sum{};
            for (std::size_t k = 0; k < 4; ++k)
                for (std::size_t c = 0; c < 3; ++c) sum[c] += tap.share[k] * wide[static_cast<std::size_t>(tap.from[k]) * static_cast<std::size_t>(side) + static_cast<std::size_t>(x)][c];
            put(left + x, top + y, sum);
        }
    }
    if (out.width == out.height) return;
    const int fade = side / 12;
    for (const bool last : {false, true}) {
        const auto edge = edgeOf(square, out.width > out.height, last);
        const int room = std::max(out.width, out.height) - side, first = last ? room / 2 + side : 0, end = last ? room + side : room / 2;
        for (int along = 0; along < side; ++along) {
            const auto& tap = taps[static_cast<std::size_t>(along)];
            Colour colour{};
            for (std::size_t k = 0; k < 4; ++k)
                for (std::size_t c = 0; c < 3; ++c) colour[c] += tap.share[k] * edge[static_cast<std::size_t>(tap.from[k])][c];
            for (int across = first; across < end; ++across) out.width > out.height ? put(across, along, colour) : put(along, across, colour);
            for (int k = 0; k < fade; ++k) {
                const int across = last ? first - 1 - k : end + k, x = out.width > out.height ? across : along, y = out.width > out.height ? along : across;
                const float t = (static_cast<float>(k) + 0.5f) / static_cast<float>(fade), share = t * t * (3 - 2 * t);
                const auto* pixel = out.rgba.data() + 4 * (static_cast<std::size_t>(y) * width + static_cast<std::size_t>(x));
                Colour mixed{};
                for (std::size_t c = 0; c < 3; ++c) mixed[c] = colour[c] + share * (static_cast<float>(pixel[c]) - colour[c]);
                put(x, y, mixed);
            }
        }
    }
}

}  // namespace choreia::render
