// nn::DancerGenerator::forward line by line, on planes that are made once. What the canvas gives to every picture is added up beforehand.
#include "nn/dancer_painter.h"

#include "nn/few_rows.h"
#include "nn/plane_conv.h"

#include <cassert>
#include <cmath>
#include <map>
#include <string>

namespace choreia::nn {

namespace {

constexpr std::size_t kGroups = 8;  // as nn/dancer_gan's norms

using Numbers = std::vector<float>;
std::size_t whole(std::int64_t n) { return static_cast<std::size_t>(n); }

/// Weights by name.
class Named {
public:
    explicit Named(const DancerGenerator& generator) {
        for (const auto& item : generator->named_parameters()) all_[item.key()] = item.value().detach().to(torch::kCPU, torch::kFloat32).contiguous();
    }
    [[nodiscard]] const torch::Tensor& at(const std::string& name) const { return all_.at(name); }
    [[nodiscard]] Numbers numbers(const std::string& name) const { return numbersOf(at(name)); }
    static Numbers numbersOf(const torch::Tensor& t) {
        const auto flat = t.contiguous();
        return {flat.data_ptr<float>(), flat.data_ptr<float>() + flat.numel()};
    }
    [[nodiscard]] PlaneConv conv(const std::string& name, std::size_t stride = 1) const { return convOf(at(name + ".weight"), at(name + ".bias"), stride); }
    /// Outputs in another order, for nn::spread: Torch's pixel-shuffle takes the `by * by` pixels of a channel one after another, here all channels of a pixel lie together.
    [[nodiscard]] PlaneConv spreading(const std::string& name, std::int64_t by) const {
        const auto &weight = at(name + ".weight"), &bias = at(name + ".bias");
        const auto own = weight.size(0) / (by * by), filled = static_cast<std::int64_t>(eights(whole(own)));
        auto w = torch::zeros({by * by, filled, weight.size(1), weight.size(2), weight.size(3)}), b = torch::zeros({by * by, filled});
        w.narrow(1, 0, own).copy_(weight.view({own, by * by, weight.size(1), weight.size(2), weight.size(3)}).transpose(0, 1));
        b.narrow(1, 0, own).copy_(bias.view({own, by * by}).transpose(0, 1));
        return convOf(w.flatten(0, 1), b.flatten(), 1);
    }
    static PlaneConv convOf(const torch::Tensor& weight, const torch::Tensor& bias, std::size_t stride) {
        return {numbersOf(weight), bias.defined() ? numbersOf(bias) : Numbers(), whole(weight.size(0)), whole(weight.size(1)), whole(weight.size(2)), stride};
    }

private:
    std::map<std::string, torch::Tensor> all_;
};

struct Norm {
    Numbers scale, shift;
    Norm() = default;
    Norm(const Named& named, const std::string& name) : scale(named.numbers(name + ".weight")), shift(named.numbers(name + ".bias")) {}
    void apply(const Plane& x, bool silu, Plane& out) const { groupNormOf(x, kGroups, scale, shift, silu, out); }
};

/// A plane and two of its kind to work on.
struct Level {
    Plane x, some, more;
    Level() = default;
    Level(std::size_t side, std::size_t channels) : x(side, side, channels), some(side, side, channels), more(side, side, channels) {}
};

struct Residual {
    Norm norm1, norm2;
    PlaneConv conv1, conv2;
    Residual() = default;
    Residual(const Named& named, const std::string& name)
        : norm1(named, name + ".norm_1"), norm2(named, name + ".norm_2"), conv1(named.conv(name + ".conv_1")), conv2(named.conv(name + ".conv_2")) {}
    void apply(Level& level) const {
        norm1.apply(level.x, true, level.some);
        conv1.apply(level.some, level.more);
        norm2.apply(level.more, true, level.some);
        conv2.apply(level.some, level.x, true);
    }
};

void gather(const Plane& x, Numbers& out) {
    out.resize(x.height * x.width * x.channels);
    for (std::size_t y = 0; y < x.height; ++y) std::copy(x.row(y).begin(), x.row(y).end(), out.begin() + static_cast<std::ptrdiff_t>(y * x.width * x.channels));
}

struct Attention {
    Norm norm;
    PlaneConv query, key, value, out;
    mutable Plane narrow;
    mutable Numbers queries, keys, turned, values, shares, seen;
    Attention(const Named& named, const std::string& name, std::size_t side, std::size_t channels)
        : norm(named, name + ".norm"), query(named.conv(name + ".query")), key(named.conv(name + ".key")), value(named.conv(name + ".value")), out(named.conv(name + ".out")), narrow(side, side, channels / 2) {}
    void apply(Level& level) const {
        const std::size_t places = level.x.height * level.x.width, channels = level.x.channels, size = narrow.channels;  // of keys: some may be filled up with zeros
        norm.apply(level.x, false, level.some);
        query.apply(level.some, narrow);
        gather(narrow, queries);
        key.apply(level.some, narrow);
        gather(narrow, keys);
        value.apply(level.some, level.more);
        gather(level.more, values);
        turned.resize(keys.size());
        for (std::size_t p = 0; p < places; ++p)
            for (std::size_t c = 0; c < size; ++c) turned[c * places + p] = keys[p * size + c];
        shares.resize(places * places);
        seen.resize(places * channels);
        const float factor = 1 / std::sqrt(static_cast<float>(channels / 2));
        for (float& number : queries) number *= factor;
        multiplySmall(queries.data(), turned.data(), shares.data(), places, size, places);
        for (std::size_t p = 0; p < places; ++p) softmaxRow(shares.data() + p * places, places);
        multiplySmall(shares.data(), values.data(), seen.data(), places, places, channels);
        for (std::size_t y = 0; y < level.x.height; ++y) std::copy_n(seen.data() + y * level.x.width * channels, level.x.width * channels, level.some.row(y).data());
        out.apply(level.some, level.x, true);
    }
};

/// Planar numbers to pixels, from channel `first` on.
void intoPlane(std::span<const float> planar, std::size_t first, Plane& out) {
    const std::size_t pixels = out.height * out.width, count = planar.size() / pixels;
    for (std::size_t c = 0; c < count; ++c)
        for (std::size_t y = 0; y < out.height; ++y) {
            const float* from = planar.data() + c * pixels + y * out.width;
            float* to = out.row(y).data() + first + c;
            for (std::size_t x = 0; x < out.width; ++x) to[x * out.channels] = from[x];
        }
}

}  // namespace

struct DancerPainter::State {
    DancerGanConfig config;
    PlaneConv stem, sceneNoise, down1, down2, down3, up3, up2, up1, raise, head, fine, colours;
    Norm last;
    Residual in1, in2, out2, out1, out0, refine;
    std::vector<Residual> deep;
    std::vector<Attention> attention;
    Plane maps, scene, noise, narrow3, narrow2, narrow1, raised, spreadFrom, smooth, shown;
    Level at1, at2, at4, at8, twice;  ///< the working size, its half, quarter, eighth; twice the working size
    Plane finest;

    explicit State(const DancerGenerator& generator) : config(generator->config()) {
        const torch::NoGradGuard noGrad;
        const Named named(generator);
        const auto w = whole(config.working());
        const auto& wide = config.widths;
        stem = named.conv("stem");
        down1 = named.conv("down_1", 2), down2 = named.conv("down_2", 2), down3 = named.conv("down_3", 2);
        up3 = named.conv("up_3"), up2 = named.conv("up_2"), up1 = named.conv("up_1");
        in1 = Residual(named, "in_1"), in2 = Residual(named, "in_2"), out2 = Residual(named, "out_2"), out1 = Residual(named, "out_1"), out0 = Residual(named, "out_0");
        last = Norm(named, "last");
        for (std::int64_t k = 0; k < config.deepBlocks; ++k) {
            deep.emplace_back(named, "deep." + std::to_string(k));
            attention.emplace_back(named, "attention." + std::to_string(k), w / 8, whole(wide[3]));
        }
        const auto left = config.middle > 0 ? config.unshuffle / 2 : config.unshuffle;
        const auto last0 = config.fine > 0 ? config.fine : config.outputs();
        if (config.middle > 0) {
            raise = named.spreading("raise", 2);
            refine = Residual(named, "refine");
            raised = Plane(w, w, 4 * whole(config.middle));
            twice = Level(2 * w, whole(config.middle));
        }
        head = named.spreading("head", left);
        if (config.fine > 0) fine = named.conv("fine"), colours = named.conv("colours");
        const auto headSide = config.middle > 0 ? 2 * w : w, side = whole(config.size);
        spreadFrom = Plane(headSide, headSide, whole(left * left) * eights(whole(last0)));
        finest = Plane(side, side, whole(last0));
        if (config.fine > 0) smooth = Plane(side, side, whole(config.fine)), shown = Plane(side, side, whole(config.outputs()));
        maps = Plane(w, w, whole(config.maps) + 2);
        noise = Plane(w, w, whole(config.noise));
        scene = Plane(w, w, whole(wide[0]));
        at1 = Level(w, whole(wide[0])), at2 = Level(w / 2, whole(wide[1])), at4 = Level(w / 4, whole(wide[2])), at8 = Level(w / 8, whole(wide[3]));
        narrow3 = Plane(w / 8, w / 8, whole(wide[2])), narrow2 = Plane(w / 4, w / 4, whole(wide[1])), narrow1 = Plane(w / 2, w / 2, whole(wide[0]));
        // Coordinates follow the maps; the canvas and its share of `scene` are the same in every picture.
        Numbers places(2 * w * w);
        for (std::size_t y = 0; y < w; ++y)
            for (std::size_t x = 0; x < w; ++x) {
                const auto along = [w](std::size_t i) { return -1 + 2 * static_cast<float>(i) / static_cast<float>(w - 1); };
                places[y * w + x] = along(x);
                places[w * w + y * w + x] = along(y);
            }
        intoPlane(places, whole(config.maps), maps);
        namespace F = torch::nn::functional;
        const auto canvas = F::interpolate(named.at("canvas"), F::InterpolateFuncOptions().size(std::vector<std::int64_t>{config.working(), config.working()}).mode(torch::kBilinear).align_corners(false));
        const auto& weight = named.at("scene.weight");
        const auto always = torch::conv2d(canvas, weight.narrow(1, config.noise, config.canvas), named.at("scene.bias"));
        intoPlane(Named::numbersOf(always), 0, scene);
        sceneNoise = Named::convOf(weight.narrow(1, 0, config.noise).contiguous(), {}, 1);
    }

    void paint(std::span<const float> pose, std::span<const float> noisy, std::span<float> out) {
        intoPlane(pose, 0, maps);
        at1.x = scene;
        if (!noisy.empty()) {
            intoPlane(noisy, 0, noise);
            sceneNoise.apply(noise, at1.x, true);
        }
        stem.apply(maps, at1.x, true);
        siluOf(at1.x, at1.some);
        down1.apply(at1.some, at2.x);
        in1.apply(at2);
        siluOf(at2.x, at2.some);
        down2.apply(at2.some, at4.x);
        in2.apply(at4);
        siluOf(at4.x, at4.some);
        down3.apply(at4.some, at8.x);
        for (std::size_t k = 0; k < deep.size(); ++k) {
            deep[k].apply(at8);
            attention[k].apply(at8);
        }
        const auto rise = [](const PlaneConv& up, Level& from, Plane& narrow, const Residual& block, Level& to) {
            siluOf(from.x, from.some);
            up.apply(from.some, narrow);
            addTwice(narrow, to.x);
            block.apply(to);
        };
        rise(up3, at8, narrow3, out2, at4);
        rise(up2, at4, narrow2, out1, at2);
        rise(up1, at2, narrow1, out0, at1);
        last.apply(at1.x, true, at1.some);
        const Plane* x = &at1.some;
        if (config.middle > 0) {
            raise.apply(*x, raised);
            spread(raised, 2, twice.x);
            refine.apply(twice);
            siluOf(twice.x, twice.some);
            x = &twice.some;
        }
        head.apply(*x, spreadFrom);
        spread(spreadFrom, whole(config.middle > 0 ? config.unshuffle / 2 : config.unshuffle), finest);
        x = &finest;
        if (config.fine > 0) {
            siluOf(finest, finest);
            fine.apply(finest, smooth);
            siluOf(smooth, smooth);
            colours.apply(smooth, shown);
            x = &shown;
        }
        const auto outputs = whole(config.outputs());
        float* to = out.data();
        for (std::size_t y = 0; y < x->height; ++y) {
            const float* from = x->row(y).data();
            for (std::size_t px = 0; px < x->width; ++px, from += x->channels, to += outputs) std::copy_n(from, outputs, to);
        }
        tanhRows(out.data(), out.size());
    }
};

DancerPainter::DancerPainter(const DancerGenerator& generator) : state_(std::make_unique<State>(generator)) { assert(!state_->config.previous); }
DancerPainter::~DancerPainter() = default;
DancerPainter::DancerPainter(DancerPainter&&) noexcept = default;
DancerPainter& DancerPainter::operator=(DancerPainter&&) noexcept = default;

void DancerPainter::paint(std::span<const float> maps, std::span<const float> noise, std::span<float> out) {
    [[maybe_unused]] const auto& c = state_->config;
    assert(maps.size() == whole(c.maps * c.working() * c.working()) && out.size() == whole(c.size * c.size * c.outputs()));
    assert(noise.empty() || noise.size() == whole(c.noise * c.working() * c.working()));
    state_->paint(maps, noise, out);
}

}  // namespace choreia::nn
