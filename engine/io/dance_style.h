/// In which style a dance is danced, as far as a project tells.
#pragma once

#include "io/project.h"

#include <string>

namespace choreia::io {

/// The one style of the whole dance, by the name that its weights have for it. Empty where that is not known: not danced by tokens (taken from a file or a
/// video, or of weights without styles), put together of several movements (blocks, seams: theirs are not kept), or a course that changes the style.
[[nodiscard]] std::string styleDanced(const Dance& dance);

}  // namespace choreia::io
