/// A sheet of small stick figures: what each code of a quantiser looks like, seen from the front.
#pragma once

#include "render/mannequin.h"

#include <string>
#include <vector>

namespace choreia::render {

struct SheetFigure {
    std::vector<motion::Vec3> before, pose;  ///< 24 joints, metres, facing +Z, root at x = z = 0: start (a ghost) and middle
    bool upper = false;                      ///< which half of the body is drawn bright
    motion::Vec3 velocity = motion::Vec3::Zero();  ///< of the root, m/s: an arrow on the floor (sideways: x, towards the viewer: z)
    std::string number, note;                ///< under the figure, left and right: digits, capitals, . % -
};

struct SheetBlock {
    std::string title;  ///< digits, capitals, . % - and spaces; other characters stay blank
    std::vector<SheetFigure> figures;
};

/// Blocks one under the other, 16 figures a row.
Picture drawCodeSheet(const std::vector<SheetBlock>& blocks);

}  // namespace choreia::render
