/// Pictures without a person, from which SE-ViT learns when nobody is there. Internal to the room.
#pragma once

#include "core/random.h"
#include "data/picture_samples.h"

namespace choreia::train {

/// What lies beside the person of a photograph: a square of a fifth to all of what is free on one side, half of them over the picture's edge as a search looks, as a picture of its own with nobody
/// set; shapes and surfaces of chance (paintBackground) where there is no room, and in two of five calls. Somebody else may stand there: that is seldom, and not known.
data::PictureSample withoutPerson(const data::PictureSample& photograph, Random& random);

}  // namespace choreia::train
