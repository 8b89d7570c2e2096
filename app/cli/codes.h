/// choreia models --codes: what a quantiser does to motion, and a picture of its codes.
#pragma once

#include "cli/console.h"

#include <string>
#include <vector>

namespace choreia::cli {

struct CodesOptions {
    std::string name;  ///< a set (default), a file of the models folder (default.kmeans), or a .safetensors file
    std::vector<std::string> data;
    std::string sheet, json;
};

Result<void> showCodes(const CodesOptions& options, Context& context);

}  // namespace choreia::cli
