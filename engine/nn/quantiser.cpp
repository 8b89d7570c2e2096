// The kind in the metadata says which network the weights are for.
#include "nn/quantiser.h"

#include "nn/kmeans_quantiser.h"
#include "nn/vq_vae.h"
#include "nn/weights.h"

namespace choreia::nn {

namespace {

template <class Holder, class Config>
Result<std::shared_ptr<Quantiser>> load(const TensorTable& table, const std::string& kind, const std::string& where, torch::Device device) {
    CHOREIA_ASSIGN(const auto config, configOf(table, kind, where));
    Holder model(Config::fromJson(config));
    CHOREIA_TRY(fromTable(table, *model, where));
    model->eval();
    model->to(device);
    return std::static_pointer_cast<Quantiser>(model.ptr());
}

}  // namespace

Result<std::shared_ptr<Quantiser>> quantiserFrom(const TensorTable& table, const std::string& where, torch::Device device) {
    const auto found = table.metadata.find("kind");
    if (found != table.metadata.end() && found->second == "kmeans") return load<KMeansQuantiser, KMeansConfig>(table, "kmeans", where, device);
    if (found != table.metadata.end() && found->second == "vq-vae") return load<VqVae, VqVaeConfig>(table, "vq-vae", where, device);
    return badInput(where, "weights of another kind", "vq-vae or kmeans", found == table.metadata.end() ? "no kind" : found->second);
}

}  // namespace choreia::nn
