// Content identity of a file: 64-bit FNV-1a (Fowler, Noll, Vo), read in blocks.
#include "io/media.h"
#include "io/media_av.h"

#include <array>
#include <cstdio>
#include <fstream>

namespace choreia::io {

Result<std::string> fileHash(const std::filesystem::path& path) {
    std::error_code code;
    const auto status = std::filesystem::status(path, code);
    if (!std::filesystem::exists(status)) return badInput(path.string(), "no such file");
    if (std::filesystem::is_directory(status)) return badInput(path.string(), "cannot be read", "a file", "a directory");
    std::ifstream in(path, std::ios::binary);
    if (!in) return badInput(path.string(), "cannot be read");
    std::uint64_t hash = 0xcbf29ce484222325ULL;
    std::vector<char> block(1 << 18);
    while (in) {
        in.read(block.data(), static_cast<std::streamsize>(block.size()));
        const auto count = static_cast<std::size_t>(in.gcount());
        for (std::size_t i = 0; i < count; ++i) hash = (hash ^ static_cast<unsigned char>(block[i])) * 0x100000001b3ULL;
    }
    if (in.bad()) return badInput(path.string(), "cannot be read to its end");
    std::array<char, 17> digits{};
    std::snprintf(digits.data(), digits.size(), "%016llx", static_cast<unsigned long long>(hash));
    return std::string(digits.data());
}

}  // namespace choreia::io
