/// The style sheet of the whole window, made from the palette.
#pragma once

#include "style/theme.h"

#include <QString>

namespace choreia::ui::style {

[[nodiscard]] QString styleSheet(const Colors& colors);

}  // namespace choreia::ui::style
