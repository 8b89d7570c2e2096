// Maps drawn into the network's input, its output to bytes; the noise outside the person is drawn once.
#include "render/gan_dancer.h"

#include "io/safetensors.h"
#include "nn/dancer_gan.h"
#include "nn/weights.h"
#include "render/camera.h"

#include <ATen/CPUGeneratorImpl.h>

#include <algorithm>
#include <cassert>
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
    torch::Tensor maps, body, noise, previous;
    std::vector<std::uint8_t> rgb;

    void prepare() {
        net->eval();
        const auto w = net->config().working();
        maps = torch::zeros({1, kPoseMaps, w, w});
        body = torch::zeros({1, 1, w, w});
        noise = torch::randn({1, net->config().noise, w, w}, at::detail::createCPUGenerator(kNoiseSeed));
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
        if (config.maps != kPoseMaps)
            return badInput(weights.string(), "was trained on other maps", std::to_string(kPoseMaps), std::to_string(config.maps));
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
        state->net = nn::DancerGenerator(nn::DancerGanConfig::fromJson({{"size", size}}));
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

int GanDancer::size() const { return static_cast<int>(state_->net->config().size); }

void GanDancer::restart() { state_->previous = torch::Tensor(); }

void GanDancer::draw(std::span<const float> landmarks, std::vector<std::uint8_t>& rgb) {
    const torch::NoGradGuard noGrad;
    State& s = *state_;
    const auto work = static_cast<int>(s.net->config().working());
    const auto span = [](torch::Tensor& t) { return std::span<float>(t.data_ptr<float>(), static_cast<std::size_t>(t.numel())); };
    drawPoseMaps(landmarks, work, span(s.maps), markSigma(work));
    drawBodyMask(landmarks, work, span(s.body));
    const auto picture = s.net->forward({s.maps, 1 - s.body, s.noise, s.previous});
    if (s.net->config().previous) s.previous = picture;
    const auto bytes = picture[0].add(1).mul(127.5f).round().clamp(0, 255).to(torch::kUInt8).permute({1, 2, 0}).contiguous();
    rgb.assign(bytes.data_ptr<std::uint8_t>(), bytes.data_ptr<std::uint8_t>() + bytes.numel());
}

void GanDancer::draw(std::span<const motion::Vec3> positions, std::span<const motion::Quat> worldRotations, const View& view, Picture& out) {
    draw(landmarksInView(positions, worldRotations, view), state_->rgb);
    out.width = out.height = size();
    const std::size_t pixels = state_->rgb.size() / 3;
    out.rgba.resize(4 * pixels);
    for (std::size_t i = 0; i < pixels; ++i) {
        std::copy_n(state_->rgb.begin() + static_cast<std::ptrdiff_t>(3 * i), 3, out.rgba.begin() + static_cast<std::ptrdiff_t>(4 * i));
        out.rgba[4 * i + 3] = 255;
    }
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
