/// Whether a sound file was cut off, where decoding alone cannot tell: the container says how it should have ended.
#pragma once

#include <filesystem>

namespace choreia::io::av {

/// RIFF (wav): the chunk sizes reach beyond the file. Ogg (vorbis, opus, flac): the last page is incomplete or is not marked as the end of its
/// stream (RFC 3533, section 6). False for every other kind, for streamed RIFF without a size, and where the file cannot be read.
[[nodiscard]] bool isCutShort(const std::filesystem::path& path);

}  // namespace choreia::io::av
