/// Every dancer's own colour, the same in the timeline, on the stage and beside it. A number always stands with it: colour alone would not tell everybody.
#pragma once

#include <QColor>

#include <array>
#include <cstddef>

namespace choreia::ui::style {

/// index: place among the dancers, from 0. Light enough to carry dark figures, in both themes.
inline QColor dancerColor(std::size_t index) {
    static constexpr std::array<QRgb, 8> hues = {0xffff7a59, 0xff4fc3c7, 0xfff2c14e, 0xff9d8cff, 0xff7bd88f, 0xff7f93ff, 0xffe58bc0, 0xffc9b08a};
    return QColor(hues[index % hues.size()]);
}

}  // namespace choreia::ui::style
