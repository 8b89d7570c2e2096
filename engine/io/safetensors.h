/// The safetensors format: an 8-byte little-endian header length, a JSON header, then the arrays. Safe to open: no code in it.
#pragma once

#include "core/result.h"
#include "core/tensor_table.h"

#include <filesystem>

namespace choreia::io {

/// Error (BadInput): missing, truncated, header not JSON, offsets out of range or overlapping, sizes that do not fit shapes.
Result<TensorTable> readSafetensors(const std::filesystem::path& path);
/// Atomic.
Result<void> writeSafetensors(const std::filesystem::path& path, const TensorTable& table);

}  // namespace choreia::io
