// A look at the first bytes and at the last pages.
#include "io/media_cut.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <fstream>
#include <numeric>
#include <string>
#include <string_view>

namespace choreia::io::av {

namespace {

constexpr std::size_t kLongestPage = 27 + 255 + 255 * 255;  // bytes of an Ogg page

std::uint32_t littleEndian(std::string_view bytes) {
    std::uint32_t value = 0;
    for (std::size_t i = 4; i-- > 0;) value = (value << 8) | static_cast<unsigned char>(bytes[i]);
    return value;
}

/// tail: the file's last bytes, a page or more.
bool oggEndsEarly(std::string_view tail) {
    const auto at = tail.rfind("OggS");
    if (at == std::string_view::npos) return true;
    const std::string_view page = tail.substr(at);
    if (page.size() < 27) return true;
    const auto segments = static_cast<std::size_t>(static_cast<unsigned char>(page[26]));
    if (page.size() < 27 + segments) return true;
    const std::size_t body = std::accumulate(page.begin() + 27, page.begin() + 27 + static_cast<std::ptrdiff_t>(segments), std::size_t{0},
                                             [](std::size_t sum, char c) { return sum + static_cast<unsigned char>(c); });
    constexpr unsigned kEndOfStream = 4;
    return page.size() < 27 + segments + body || (static_cast<unsigned char>(page[5]) & kEndOfStream) == 0;
}

}  // namespace

bool isCutShort(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary | std::ios::ate);
    if (!file) return false;
    const auto size = static_cast<std::uint64_t>(file.tellg());
    std::array<char, 8> head{};
    file.seekg(0);
    if (!file.read(head.data(), head.size())) return false;
    const std::string_view start(head.data(), head.size());
    if (start.starts_with("RIFF")) {
        const std::uint64_t stated = littleEndian(start.substr(4));
        return stated != 0 && stated != 0xffffffffu && stated + 8 > size + 1;  // the last byte of padding is often left out
    }
    if (!start.starts_with("OggS")) return false;
    const std::uint64_t length = std::min<std::uint64_t>(size, 2 * kLongestPage);
    std::string tail(length, '\0');
    file.seekg(static_cast<std::streamoff>(size - length));
    if (!file.read(tail.data(), static_cast<std::streamsize>(length))) return false;
    return oggEndsEarly(tail);
}

}  // namespace choreia::io::av
