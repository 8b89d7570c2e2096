// Looks where a person said, then beside the program.
#include "io/models_folder.h"

#include <cstdlib>
#include <system_error>

namespace choreia::io {

namespace fs = std::filesystem;

namespace {

bool holdsModels(const fs::path& folder) {
    std::error_code code;
    for (fs::directory_iterator it(folder, code), end; !code && it != end; it.increment(code))
        if (it->path().extension() == ".safetensors") return true;
    return false;
}

}  // namespace

Result<fs::path> findModels() {
    if (const char* chosen = std::getenv("CHOREIA_MODELS"); chosen && *chosen) {
        if (!holdsModels(chosen)) return badInput(chosen, "no weights here (CHOREIA_MODELS)", "a folder of .safetensors");
        return fs::path(chosen);
    }
    std::error_code code;
    fs::path folder = fs::read_symlink("/proc/self/exe", code).parent_path();
    for (int up = 0; up <= 4 && !folder.empty(); ++up, folder = folder.parent_path()) {
        if (holdsModels(folder / "models")) return folder / "models";
        if (holdsModels(folder / "share/choreia/models")) return folder / "share/choreia/models";
    }
    return badInput("models", "no weights found beside the program", "models/*.safetensors, or CHOREIA_MODELS set to their folder");
}

std::filesystem::path modelsOrNone() {
    const auto models = findModels();
    return models.ok() ? models.value() : std::filesystem::path();
}

}  // namespace choreia::io
