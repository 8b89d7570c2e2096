/// Files that appear under their name only when whole: written beside the target, synced, then renamed over it.
#pragma once

#include "core/result.h"

#include <filesystem>
#include <functional>
#include <string_view>

namespace choreia {

/// Calls write(temporary path beside target); on success renames it over target, on failure removes it and leaves what stood there.
/// Error (Failed) where the folder cannot be written or the disk is full.
Result<void> replaceFile(const std::filesystem::path& target, const std::function<Result<void>(const std::filesystem::path&)>& write);

/// Replaces target by the given bytes.
Result<void> writeFile(const std::filesystem::path& target, std::string_view bytes);

/// Reads a whole file. Error (BadInput) where missing, a directory or unreadable.
Result<std::string> readFile(const std::filesystem::path& path);

/// Refuses early, before long work, a target that could not be written: its folder is missing or read-only, or it is a directory.
Result<void> checkWritable(const std::filesystem::path& target);

}  // namespace choreia
