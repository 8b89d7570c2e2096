/// Where the installed weights lie.
#pragma once

#include "core/result.h"

#include <filesystem>

namespace choreia::io {

/// The folder of weights: CHOREIA_MODELS where it is set, else models/ (or share/choreia/models/) beside the program or up to four folders above it.
/// Error (BadInput) where none holds any.
Result<std::filesystem::path> findModels();
/// The same; empty where none holds any, for what works without.
std::filesystem::path modelsOrNone();

}  // namespace choreia::io
