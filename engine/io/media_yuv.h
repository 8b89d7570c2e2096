/// Pictures as film codecs want them. Private to the media files of this room.
#pragma once

#include <cstddef>
#include <cstdint>

namespace choreia::io::av {

/// The fourth channel, in the full range.
void toOpacity(const std::uint8_t* rgba, int width, int height, std::uint8_t* plane, int stride);

/// RGBA (top row first, even width and height) to planes of luma and halved chroma, BT.709 with the limited range of video. Strides in bytes.
void toYuv420(const std::uint8_t* rgba, int width, int height, std::uint8_t* const planes[3], const int strides[3]);

}  // namespace choreia::io::av
