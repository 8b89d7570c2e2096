/// Warnings and notes to standard error, one line each, through one door.
#pragma once

#include <string_view>

namespace choreia {

/// Writes "choreia: warning: TEXT" to standard error.
void logWarning(std::string_view text);

}  // namespace choreia
