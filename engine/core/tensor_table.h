/// Named arrays with text metadata: what a safetensors file holds, as a value. The bridge between files (io) and networks (nn).
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace choreia {

enum class DType { F16, F32, I64 };

struct TensorEntry {
    DType type = DType::F32;
    std::vector<std::int64_t> shape;
    std::vector<std::byte> bytes;  ///< little endian, row-major, product(shape) * size of type
};

struct TensorTable {
    std::map<std::string, std::string> metadata;
    std::map<std::string, TensorEntry> tensors;
};

}  // namespace choreia
