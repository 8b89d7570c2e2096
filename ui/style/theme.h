/// The look: palette, fonts, sizes and the style sheet, dark and light.
#pragma once

#include <QColor>
#include <QFont>

class QApplication;
class QWidget;

namespace choreia::ui::style {

enum class Theme { Dark, Light };

struct Colors {
    QColor background, panel, raised, line;  ///< four greys, from the stage to the edges
    QColor hover, pressed;                   ///< of raised things
    QColor text, dim, faint;
    QColor accent, onAccent;                 ///< the one main action, playing, selection
    QColor teal;                             ///< work under way, future
    QColor violet;                           ///< past
    QColor gold;                             ///< keys, trails, beats
    QColor green;                            ///< contact, good
    QColor song;
    QColor stage, onStage;                   ///< round the 3D picture, dark in both themes
    QColor dancerTop, dancerBottom;          ///< the dancer view's gradient
};

inline constexpr int kRadius = 6;
inline constexpr int kStep = 4;  ///< all spacing is a multiple of this

/// Sets palette, fonts and style sheet of the whole program; every widget gets a PaletteChange event.
void apply(QApplication& application, Theme theme);
[[nodiscard]] Theme theme();
[[nodiscard]] const Colors& colors();
[[nodiscard]] Colors colorsOf(Theme theme);

/// Inter where installed, else the system's sans; pixels.
[[nodiscard]] QFont text(int pixels = 13, QFont::Weight weight = QFont::Normal);
/// For figures that must not jump.
[[nodiscard]] QFont mono(int pixels = 13, QFont::Weight weight = QFont::Normal);
/// Small capitals with wide tracking, over a panel.
[[nodiscard]] QFont heading();

/// Marks a widget for the style sheet: kind "primary", "chip", "tool", "pill", "heading", "dim", "mono", "panel", ...
void setKind(QWidget* widget, const char* kind);

}  // namespace choreia::ui::style
