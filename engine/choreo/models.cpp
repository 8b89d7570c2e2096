// Which weights are there, and what they say of themselves.
#include "choreo/choreographer.h"

#include "io/models_folder.h"
#include "io/safetensors.h"
#include "nn/weights.h"

#include <algorithm>
#include <system_error>

namespace choreia::choreo {

namespace fs = std::filesystem;

Result<Device> parseDevice(const std::string& text) {
    if (text == "auto") return Device::Auto;
    if (text == "cpu") return Device::Cpu;
    if (text == "cuda") return Device::Cuda;
    return usageError("--device", "unknown device", "auto, cpu or cuda", text);
}

Result<fs::path> findModels() { return io::findModels(); }

Result<std::vector<ModelInfo>> listModels(const fs::path& folder) {
    std::vector<fs::path> files;
    std::error_code code;
    for (fs::directory_iterator it(folder, code), end; !code && it != end; it.increment(code))
        if (it->path().extension() == ".safetensors") files.push_back(it->path());
    if (code) return badInput(folder.string(), "cannot be read: " + code.message());
    std::sort(files.begin(), files.end());
    std::vector<ModelInfo> models;
    for (const auto& file : files) {
        CHOREIA_ASSIGN(const auto table, io::readSafetensors(file));
        const auto text = [&](const char* key) {
            const auto found = table.metadata.find(key);
            return found == table.metadata.end() ? std::string() : found->second;
        };
        ModelInfo info;
        info.name = file.stem().string();
        info.kind = text("kind");
        info.file = file.string();
        info.parameters = nn::countParameters(table);
        info.licence = text("licence");
        info.command = text("command");
        const auto list = [&](const char* key, std::vector<std::string>& out) {
            const auto json = nlohmann::json::parse(text(key), nullptr, false);
            if (json.is_array())
                for (const auto& item : json)
                    if (item.is_string()) out.push_back(item.get<std::string>());
        };
        list("trained_on", info.trainedOn);
        list("styles", info.styles);
        if (const auto figures = nlohmann::json::parse(text("figures"), nullptr, false); figures.is_object())
            for (const auto& [key, value] : figures.items())
                if (value.is_number()) info.figures.emplace_back(key, value.get<double>());
        models.push_back(std::move(info));
    }
    return models;
}

}  // namespace choreia::choreo
