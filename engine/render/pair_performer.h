/// Two performers of one dance in one picture. Internal to the room.
#pragma once

#include "render/performer.h"

namespace choreia::render {

/// Draws `first` and `second` as the layout says. Their sizes must be those of shareOf.
std::unique_ptr<Performer> pairOf(std::unique_ptr<Performer> first, std::unique_ptr<Performer> second, Layout layout, int width, int height);

/// Width and height of the first's or the second's part of the picture.
struct PictureSize {
    int width = 1, height = 1;
};
PictureSize shareOf(Layout layout, bool first, int width, int height);

}  // namespace choreia::render
