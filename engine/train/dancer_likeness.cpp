// The network is frozen; gradients pass through it to the picture.
#include "train/dancer_likeness.h"

#include "io/models_folder.h"
#include "io/safetensors.h"
#include "nn/dancer_gan.h"
#include "nn/weights.h"

namespace choreia::train {

Result<std::unique_ptr<DancerLikeness>> DancerLikeness::load(const std::filesystem::path& weights, torch::Device device) {
    auto file = weights;
    if (file.empty()) {
        CHOREIA_ASSIGN(const auto folder, io::findModels());
        file = folder / "default.se-vit.safetensors";
    }
    CHOREIA_ASSIGN(const auto table, io::readSafetensors(file));
    CHOREIA_ASSIGN(const auto json, nn::configOf(table, "se-vit", file.string()));
    nn::SeVit net(nn::SeVitConfig::fromJson(json));
    CHOREIA_TRY(nn::fromTable(table, *net, file.string()));
    net->eval();
    net->to(device);
    nn::setTrainable(*net, false);
    return std::unique_ptr<DancerLikeness>(new DancerLikeness(std::move(net)));
}

torch::Tensor DancerLikeness::difference(const torch::Tensor& generated, const torch::Tensor& real) {
    std::vector<torch::Tensor> wanted;
    {
        const torch::NoGradGuard noGrad;
        wanted = net_->early(0.5 * (real + 1));
    }
    const auto found = net_->early(0.5 * (generated + 1));
    auto sum = torch::zeros({}, generated.options());
    for (std::size_t k = 0; k < found.size(); ++k) sum = sum + (found[k] - wanted[k]).abs().mean();
    return sum / static_cast<double>(found.size());
}

}  // namespace choreia::train
