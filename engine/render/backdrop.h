/// What stands behind the dancer in place of the stage: one colour, a picture, or nothing.
#pragma once

#include "core/result.h"
#include "io/picture_file.h"
#include "render/mannequin.h"

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace choreia::render {

struct Backdrop {
    enum class Kind { Stage, Colour, Photograph, Nothing } kind = Kind::Stage;
    std::array<std::uint8_t, 3> colour{};              ///< sRGB
    std::shared_ptr<const io::RgbPicture> photograph;  ///< not null where it is one
};

/// "stage", "transparent", a colour as #rrggbb, or the name of a picture file. Error (Usage): a # that no colour follows; as io::readPicture.
Result<Backdrop> backdropNamed(const std::string& name);

/// It in a size; empty for the stage, which a renderer draws by itself. A photograph fills the picture, its middle in the middle; each pixel is the mean of
/// what it covers of it. Nothing is a picture without any opacity: what is drawn over it, the dancer's shadow too, brings its own.
std::optional<Picture> pictureOf(const Backdrop& backdrop, int width, int height);

/// Colours times their opacity to plain colours, as films and picture files hold them. Where nothing is to be seen stands what is seen in the same two by two pixels,
/// or else black, so that what halves the colours' resolution takes in no black at the outlines.
void toStraight(Picture& picture);

}  // namespace choreia::render
