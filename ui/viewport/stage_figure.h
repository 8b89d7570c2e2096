/// Dancers as the stage shows them.
#pragma once

#include "motion/skeleton.h"

#include <QColor>

#include <array>

namespace choreia::ui {

/// Who a dancer is: the number over the head, the colour, and where the arrowhead of the floor ring points.
struct StageMark {
    int number = 1;  ///< from 1
    QColor color;
    float turn = 0;  ///< of the dancer's place, radians from +Z towards +X
    bool operator==(const StageMark&) const = default;
};

/// A dancer who is not the chosen one.
struct StageFigure {
    StageMark mark;
    std::array<motion::Vec3, motion::kJoints> positions;  ///< world, metres
    std::array<motion::Quat, motion::kJoints> rotations;  ///< world
};

}  // namespace choreia::ui
