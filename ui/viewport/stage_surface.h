/// What the 3D picture is drawn on: its format, and whether it can be had at all.
#pragma once

#include <QString>
#include <QSurfaceFormat>

namespace choreia::ui {

/// OpenGL 3.3 core; smooth: with four samples a pixel.
[[nodiscard]] QSurfaceFormat stageFormat(bool smooth);
/// Whether the machine's own processor draws: each picture then costs the window's thread tens of milliseconds, twice as many with four samples a pixel.
[[nodiscard]] bool drawnBySoftware();
/// Why no 3D picture can be had here, in words for people; empty where it can.
[[nodiscard]] QString stageObstacle();

}  // namespace choreia::ui
