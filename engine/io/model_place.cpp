// The first '@' parts kind and folder: a kind has none, a folder may.
#include "io/model_place.h"

#include "io/models_folder.h"

#include <system_error>

namespace choreia::io {

ModelPlace modelPlace(const std::string& model) {
    const auto at = model.find('@');
    ModelPlace place;
    place.kind = model.substr(0, at);
    if (at != std::string::npos && at + 1 < model.size()) place.weights = std::filesystem::absolute(model.substr(at + 1)).lexically_normal();
    return place;
}

Result<std::filesystem::path> weightsFolder(const ModelPlace& place, const std::string& set) {
    if (place.weights.empty()) return findModels();
    const std::string file = set + "." + place.kind + ".safetensors";
    std::error_code code;
    if (!std::filesystem::exists(place.weights / file, code)) return badInput(place.weights.string(), "the weights that these dances are made with are not there", file, "no such file");
    return place.weights;
}

}  // namespace choreia::io
