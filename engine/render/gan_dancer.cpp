// Maps drawn into the network's input, its output to bytes; the noise outside the person is drawn once. nn::DancerPainter draws; Torch only what follows the picture before.
#include "render/gan_dancer.h"

#include "io/safetensors.h"
#include "nn/dancer_gan.h"
#include "nn/dancer_painter.h"
#include "nn/threads.h"
#include "nn/weights.h"
#include "render/camera.h"
#include "render/character.h"
#include "render/gan_layers.h"
#include "render/stage.h"

#include <ATen/CPUGeneratorImpl.h>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <optional>
#include <system_error>

namespace choreia::render {

namespace {

namespace fs = std::filesystem;
constexpr std::uint64_t kNoiseSeed = 7;  // as in training's validation

}  // namespace

std::array<float, kPoseNumbers> landmarksInView(std::span<const motion::Vec3> positions, std::span<const motion::Quat> worldRotations, const View& view) {
    assert(positions.size() == motion::kJoints && worldRotations.size() == motion::kJoints);
    const Camera camera(view, 1, 1);
    const auto& sites = motion::landmarkSites();
    const float pelvis = camera.project(positions[motion::Pelvis]).z();
    std::array<float, kPoseNumbers> out{};
    for (std::size_t i = 0; i < sites.size(); ++i) {
        const auto joint = static_cast<std::size_t>(sites[i].joint);
        const motion::Vec3 seen = camera.project(positions[joint] + worldRotations[joint] * sites[i].offset);
        out[3 * i] = seen.x();
        out[3 * i + 1] = seen.y();
        out[3 * i + 2] = seen.z() - pelvis;
    }
    return out;
}

struct GanDancer::State {
    nn::DancerGenerator net{nullptr};
    std::optional<nn::DancerPainter> painter;  ///< empty: the network follows the picture before
    std::vector<float> maps, body, noise, outside, made;
    torch::Tensor previous;
    std::vector<std::uint8_t> rgb;
    LayerSetter setter;
    EmptyStage stage;
    Picture square;

    void prepare() {
        nn::keepFreedMemory();  // every layer would map and clear its pages anew
        net->eval();
        const auto& config = net->config();
        const auto pixels = static_cast<std::size_t>(config.working() * config.working()), whole = static_cast<std::size_t>(config.size * config.size);
        maps.resize(static_cast<std::size_t>(config.maps) * pixels);
        made.resize(static_cast<std::size_t>(config.outputs()) * whole);
        if (!config.previous) painter.emplace(net);
        if (config.layered) return;
        body.resize(pixels);
        const auto drawn = torch::randn({config.noise, config.working(), config.working()}, at::detail::createCPUGenerator(kNoiseSeed));
        noise.assign(drawn.data_ptr<float>(), drawn.data_ptr<float>() + drawn.numel());
        outside.resize(noise.size());
    }

    /// [size, size, 3 or 5] in the square that the landmarks are of.
    std::span<const float> picture(std::span<const float> landmarks) {
        const auto work = static_cast<int>(net->config().working());
        drawPoseMaps(landmarks, work, maps, markSigma(work));
        if (!body.empty()) {
            drawBodyMask(landmarks, work, body);
            for (std::size_t i = 0; i < noise.size(); ++i) outside[i] = noise[i] * (1 - body[i % body.size()]);
        }
        if (painter) painter->paint(maps, outside, made);
        else follow();
        return made;
    }

    void follow() {
        const auto& config = net->config();
        const auto w = config.working();
        const auto tensor = [w](std::vector<float>& values, std::int64_t channels) { return torch::from_blob(values.data(), {1, channels, w, w}, torch::kFloat32); };
        previous = net->forward({tensor(maps, config.maps), torch::ones({1, 1, w, w}), tensor(outside, config.noise), previous});
        const auto pixels = previous[0].permute({1, 2, 0}).contiguous();
        std::copy_n(pixels.data_ptr<float>(), made.size(), made.begin());
    }

    /// landmarks: of a square as high as the picture, in its middle.
    void set(std::span<const float> landmarks, Picture& out) {
        std::array<float, kPoseNumbers> own{};
        std::copy_n(landmarks.begin(), own.size(), own.begin());
        auto place = personSquare(own);
        intoSquare(place, own);
        const auto pixels = picture(own);
        const auto size = static_cast<std::size_t>(net->config().size);
        const auto high = static_cast<float>(out.height);
        place = {place.left * high + 0.5f * static_cast<float>(out.width - out.height), place.top * high, place.side * high};
        setter.set(std::span(reinterpret_cast<const LayerPixel*>(pixels.data()), size * size), static_cast<int>(size), place, out);
    }
};

GanDancer::GanDancer(std::unique_ptr<State> state) : state_(std::move(state)) {}
GanDancer::~GanDancer() = default;

Result<std::unique_ptr<GanDancer>> GanDancer::load(const fs::path& weights) {
    CHOREIA_ASSIGN(const auto table, io::readSafetensors(weights));
    CHOREIA_ASSIGN(auto json, nn::configOf(table, "dancer-gan", weights.string()));
    if (!json.contains("fine")) json["fine"] = 0;  // weights from before there was such a layer
    auto state = std::make_unique<State>();
    try {
        const auto config = nn::DancerGanConfig::fromJson(json);
        if (config.maps != kPoseMaps && config.maps != kAllMaps)
            return badInput(weights.string(), "was trained on other maps", std::to_string(kPoseMaps) + " or " + std::to_string(kAllMaps), std::to_string(config.maps));
        if (config.layered && config.previous) return badInput(weights.string(), "layers do not follow a picture before", "previous false", "true");
        state->net = nn::DancerGenerator(config);
        CHOREIA_TRY(nn::fromTable(table, *state->net, weights.string()));
        state->prepare();
    } catch (const c10::Error& error) {
        return badInput(weights.string(), error.what_without_backtrace());
    } catch (const std::exception& error) {
        return badInput(weights.string(), error.what());
    }
    return std::unique_ptr<GanDancer>(new GanDancer(std::move(state)));
}

std::unique_ptr<GanDancer> GanDancer::untrained(int size) {
    auto state = std::make_unique<State>();
    try {
        state->net = nn::DancerGenerator(nn::DancerGanConfig::fromJson({{"size", size * 3 / 4}, {"frame", size}, {"unshuffle", 4}, {"middle", 16}, {"layered", true}, {"maps", kAllMaps}}));
    } catch (const c10::Error&) {
        return nullptr;
    }
    state->prepare();
    return std::unique_ptr<GanDancer>(new GanDancer(std::move(state)));
}

Result<std::unique_ptr<GanDancer>> GanDancer::find(const fs::path& models, const std::string& name) {
    const fs::path file = models / (name + kDancerEnding);
    std::error_code code;
    if (!fs::exists(file, code)) {
        std::string names;
        for (const auto& other : dancersIn(models)) names += (names.empty() ? "" : ", ") + other;
        return badInput(models.string(), "no such dancer", names.empty() ? "none is there" : names, name);
    }
    return load(file);
}

int GanDancer::size() const {
    const auto& config = state_->net->config();
    return static_cast<int>(config.layered && config.frame > 0 ? config.frame : config.size);
}

bool GanDancer::layered() const { return state_->net->config().layered; }

void GanDancer::restart() { state_->previous = torch::Tensor(); }

void GanDancer::draw(std::span<const float> landmarks, std::vector<std::uint8_t>& rgb) {
    const c10::InferenceMode inference;
    State& s = *state_;
    if (layered()) {
        const auto pixels = static_cast<std::size_t>(size()) * static_cast<std::size_t>(size());
        s.square.width = s.square.height = size();
        s.square.rgba.assign(4 * pixels, 128);
        for (std::size_t i = 0; i < pixels; ++i) s.square.rgba[4 * i + 3] = 255;
        s.set(landmarks, s.square);
        rgb.resize(3 * pixels);
        for (std::size_t i = 0; i < pixels; ++i) std::copy_n(s.square.rgba.data() + 4 * i, 3, rgb.data() + 3 * i);
        return;
    }
    const auto pixels = s.picture(landmarks);
    rgb.resize(pixels.size());
    for (std::size_t i = 0; i < pixels.size(); ++i) rgb[i] = static_cast<std::uint8_t>(std::clamp(std::round((pixels[i] + 1) * 127.5f), 0.0f, 255.0f));
}

void GanDancer::draw(std::span<const motion::Vec3> positions, std::span<const motion::Quat> worldRotations, const View& view, Picture& out) {
    if (layered()) {
        CharacterRequest room;
        room.width = room.height = size();
        room.view = view;
        drawEmptyRoom(room, positions[motion::Pelvis], out);
        paint(positions, worldRotations, view, out, &out);
        return;
    }
    draw(landmarksInView(positions, worldRotations, view), state_->rgb);
    out.width = out.height = size();
    const std::size_t pixels = state_->rgb.size() / 3;
    out.rgba.resize(4 * pixels);
    for (std::size_t i = 0; i < pixels; ++i) {
        std::copy_n(state_->rgb.begin() + static_cast<std::ptrdiff_t>(3 * i), 3, out.rgba.begin() + static_cast<std::ptrdiff_t>(4 * i));
        out.rgba[4 * i + 3] = 255;
    }
}

void GanDancer::paint(std::span<const motion::Vec3> positions, std::span<const motion::Quat> worldRotations, const View& view, Picture& out, const Picture* over) {
    assert(layered() && out.width > 0 && out.height > 0);
    const c10::InferenceMode inference;
    if (over != &out) out = over ? *over : state_->stage.of(view, Camera(view, out.width, out.height));
    state_->set(landmarksInView(positions, worldRotations, view), out);
}

std::vector<std::string> dancersIn(const fs::path& models) {
    std::vector<std::string> names;
    std::error_code code;
    for (fs::directory_iterator it(models, code), end; !code && it != end; it.increment(code)) {
        const std::string file = it->path().filename().string();
        if (file.ends_with(kDancerEnding)) names.push_back(file.substr(0, file.size() - std::string(kDancerEnding).size()));
    }
    std::sort(names.begin(), names.end());
    return names;
}

}  // namespace choreia::render
