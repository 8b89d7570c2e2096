// One line an error, whatever its parts hold.
#include "core/result.h"

#include <algorithm>

namespace choreia {

std::string Error::line() const {
    std::string text = where.empty() ? what : where + ": " + what;
    if (!expected.empty() && !found.empty())
        text += " (expected " + expected + ", found " + found + ")";
    else if (!expected.empty())
        text += " (expected " + expected + ")";
    else if (!found.empty())
        text += " (found " + found + ")";
    std::replace(text.begin(), text.end(), '\n', ' ');
    std::replace(text.begin(), text.end(), '\r', ' ');
    return text;
}

int Error::exitStatus() const {
    switch (kind) {
    case ErrorKind::Usage: return 2;
    case ErrorKind::BadInput: return 3;
    case ErrorKind::Cancelled: return 130;
    case ErrorKind::Failed: break;
    }
    return 1;
}

}  // namespace choreia
