// Standard error is unbuffered; one write a line keeps lines whole between threads.
#include "core/log.h"

#include <cstdio>
#include <string>

namespace choreia {

void logWarning(std::string_view text) {
    const std::string line = "choreia: warning: " + std::string(text) + "\n";
    std::fwrite(line.data(), 1, line.size(), stderr);
}

}  // namespace choreia
