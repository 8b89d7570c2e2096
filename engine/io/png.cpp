// PNG (ISO 15948): signature, header, one compressed block of rows each filtered by its left neighbour, end.
#include "io/png.h"

#include "core/atomic_file.h"

#include <zlib.h>

#include <cassert>
#include <string>
#include <vector>

namespace choreia::io {

namespace {

void putNumber(std::string& out, std::uint32_t value) {
    for (int shift = 24; shift >= 0; shift -= 8) out.push_back(static_cast<char>((value >> shift) & 255u));
}

void putChunk(std::string& out, const std::string& type, const std::string& data) {
    putNumber(out, static_cast<std::uint32_t>(data.size()));
    const std::string body = type + data;
    out += body;
    putNumber(out, static_cast<std::uint32_t>(crc32(0, reinterpret_cast<const Bytef*>(body.data()), static_cast<uInt>(body.size()))));
}

}  // namespace

Result<void> writePng(const std::filesystem::path& path, int width, int height, std::span<const std::uint8_t> rgba, PngOpacity opacity) {
    const std::size_t channels = opacity == PngOpacity::Kept ? 4 : 3;
    const auto w = static_cast<std::size_t>(width), h = static_cast<std::size_t>(height);
    assert(width > 0 && height > 0 && rgba.size() == w * h * 4);
    std::vector<std::uint8_t> rows;
    rows.reserve(h * (1 + channels * w));
    for (std::size_t y = 0; y < h; ++y) {
        rows.push_back(1);  // each byte less its left neighbour
        for (std::size_t x = 0; x < w; ++x)
            for (std::size_t c = 0; c < channels; ++c) {
                const std::uint8_t* pixel = rgba.data() + 4 * (y * w + x);
                rows.push_back(static_cast<std::uint8_t>(pixel[c] - (x > 0 ? pixel[c - 4] : 0)));
            }
    }
    std::string packed(compressBound(static_cast<uLong>(rows.size())), '\0');
    auto size = static_cast<uLongf>(packed.size());
    if (compress2(reinterpret_cast<Bytef*>(packed.data()), &size, rows.data(), static_cast<uLong>(rows.size()), 9) != Z_OK)
        return failed(path.string(), "the picture cannot be compressed");
    packed.resize(size);
    std::string header;
    putNumber(header, static_cast<std::uint32_t>(width));
    putNumber(header, static_cast<std::uint32_t>(height));
    header += {'\x08', channels == 4 ? '\x06' : '\x02', 0, 0, 0};  // 8 bits; red green blue, and opacity
    std::string file("\x89PNG\r\n\x1a\n", 8);
    putChunk(file, "IHDR", header);
    putChunk(file, "IDAT", packed);
    putChunk(file, "IEND", {});
    return writeFile(path, file);
}

}  // namespace choreia::io
