/// Pictures as PNG, 8 bits a channel, without any picture library.
#pragma once

#include "core/result.h"

#include <cstdint>
#include <filesystem>
#include <span>

namespace choreia::io {

enum class PngOpacity { LeftOut, Kept };
/// rgba: width * height * 4 bytes, top row first, colours not multiplied by their opacity. Atomic. Error (Failed) where the place cannot be written.
Result<void> writePng(const std::filesystem::path& path, int width, int height, std::span<const std::uint8_t> rgba, PngOpacity opacity = PngOpacity::LeftOut);

}  // namespace choreia::io
