/// Who can dance, as menus call them.
#pragma once

#include <QStringList>

namespace choreia::ui {

/// One for each of render::castNames of the installed models, in that order; a dancer learned from pictures is marked as such.
QStringList castLabels();

}  // namespace choreia::ui
