// Weights by name; nothing is loaded that does not fit exactly.
#include "nn/weights.h"

#include <cstring>

namespace choreia::nn {

namespace {

std::string shapeText(const std::vector<std::int64_t>& shape) {
    std::string text = "[";
    for (std::size_t i = 0; i < shape.size(); ++i) text += (i ? ", " : "") + std::to_string(shape[i]);
    return text + "]";
}

bool isTrainingState(const std::string& name) { return name.find("ema_") != std::string::npos; }

std::map<std::string, torch::Tensor> namedTensors(const torch::nn::Module& module) {
    std::map<std::string, torch::Tensor> all;
    for (const auto& item : module.named_parameters()) all[item.key()] = item.value();
    for (const auto& item : module.named_buffers())
        if (!isTrainingState(item.key())) all[item.key()] = item.value();
    return all;
}

}  // namespace

torch::Tensor toTensor(const TensorEntry& entry) {
    const auto type = entry.type == DType::F16 ? torch::kFloat16 : entry.type == DType::F32 ? torch::kFloat32 : torch::kInt64;
    auto tensor = torch::empty(entry.shape, torch::TensorOptions().dtype(type));
    std::memcpy(tensor.data_ptr(), entry.bytes.data(), entry.bytes.size());
    return entry.type == DType::F16 ? tensor.to(torch::kFloat32) : tensor;
}

TensorEntry toEntry(const torch::Tensor& tensor, bool half) {
    TensorEntry entry;
    auto flat = tensor.detach().to(torch::kCPU);
    if (flat.scalar_type() == torch::kInt64) {
        entry.type = DType::I64;
    } else {
        entry.type = half ? DType::F16 : DType::F32;
        flat = flat.to(half ? torch::kFloat16 : torch::kFloat32);
    }
    flat = flat.contiguous();
    entry.shape = flat.sizes().vec();
    entry.bytes.resize(static_cast<std::size_t>(flat.numel()) * static_cast<std::size_t>(flat.element_size()));
    std::memcpy(entry.bytes.data(), flat.data_ptr(), entry.bytes.size());
    return entry;
}

TensorTable toTable(const torch::nn::Module& module, const std::string& kind, const nlohmann::json& config, bool half) {
    TensorTable table;
    table.metadata["kind"] = kind;
    table.metadata["config"] = config.dump();
    table.metadata["format_version"] = std::to_string(kWeightsVersion);
    for (const auto& [name, tensor] : namedTensors(module)) table.tensors[name] = toEntry(tensor, half);
    return table;
}

Result<nlohmann::json> configOf(const TensorTable& table, const std::string& kind, const std::string& where) {
    const auto text = [&](const char* key) {
        const auto found = table.metadata.find(key);
        return found == table.metadata.end() ? std::string() : found->second;
    };
    if (text("kind") != kind) return badInput(where, "weights of another kind", kind, text("kind").empty() ? "no kind" : text("kind"));
    if (text("format_version") != std::to_string(kWeightsVersion))
        return badInput(where, "weights of another version", std::to_string(kWeightsVersion), text("format_version"));
    auto config = nlohmann::json::parse(text("config"), nullptr, false);
    if (!config.is_object()) return badInput(where, "the config in the weights is damaged", "a JSON object", text("config").substr(0, 40));
    return config;
}

Result<void> fromTable(const TensorTable& table, torch::nn::Module& module, const std::string& where) {
    torch::NoGradGuard noGrad;
    auto wanted = namedTensors(module);
    for (const auto& [name, entry] : table.tensors)
        if (!wanted.count(name)) return badInput(where, "unknown tensor '" + name + "'");
    for (auto& [name, tensor] : wanted) {
        const auto found = table.tensors.find(name);
        if (found == table.tensors.end()) return badInput(where, "missing tensor '" + name + "'", shapeText(tensor.sizes().vec()));
        if (found->second.shape != tensor.sizes().vec())
            return badInput(where, "tensor '" + name + "' has another shape", shapeText(tensor.sizes().vec()), shapeText(found->second.shape));
        const auto value = toTensor(found->second);
        if (value.is_floating_point() && !value.isfinite().all().item<bool>()) return badInput(where, "tensor '" + name + "' holds values that are not finite");
        tensor.copy_(value);
    }
    return {};
}

std::int64_t countParameters(const TensorTable& table) {
    std::int64_t count = 0;
    for (const auto& [name, entry] : table.tensors) {
        std::int64_t size = 1;
        for (const auto n : entry.shape) size *= n;
        count += size;
    }
    return count;
}

}  // namespace choreia::nn
