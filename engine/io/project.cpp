// The project file. A block of 512 bytes stands before the HDF5: magic, version and a checksum of the rest, so that another program's file,
// a newer one and a damaged one are told apart before the library sees it (which may crash on damaged bytes).
#include "io/project.h"

#include "core/atomic_file.h"
#include "io/hdf5.h"
#include "io/project_parts.h"

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>

namespace choreia::io {

namespace {

constexpr std::uint64_t kBlock = 512;
constexpr std::string_view kMagic = "CHOREIA PROJECT\n";

/// FNV-1a over what follows the block.
Result<std::uint64_t> checksum(std::istream& file, const std::string& where) {
    file.clear();
    file.seekg(static_cast<std::streamoff>(kBlock));
    std::uint64_t hash = 0xcbf29ce484222325ULL;
    std::array<char, 1 << 16> part;
    do {
        file.read(part.data(), part.size());
        for (std::streamsize i = 0; i < file.gcount(); ++i) hash = (hash ^ static_cast<unsigned char>(part[static_cast<std::size_t>(i)])) * 0x100000001b3ULL;
    } while (file);
    if (!file.eof()) return badInput(where, "cannot be read to its end");
    return hash;
}

std::string blockText(int version, std::uint64_t hash) {
    char text[kBlock] = {};
    std::snprintf(text, sizeof text, "%sformat_version %d\nchecksum %016llx\n", kMagic.data(), version, static_cast<unsigned long long>(hash));
    return {text, sizeof text};
}

Result<void> checkBlock(const std::filesystem::path& path) {
    const std::string where = path.string();
    std::error_code code;
    const auto status = std::filesystem::status(path, code);
    if (!std::filesystem::exists(status)) return badInput(where, "no such file");
    if (!std::filesystem::is_regular_file(status)) return badInput(where, "is not a Choreia project", "a file", "a directory or device");
    std::ifstream file(path, std::ios::binary);
    if (!file) return badInput(where, std::string("cannot be read: ") + std::strerror(errno));
    std::string block(kBlock, '\0');
    file.read(block.data(), static_cast<std::streamsize>(kBlock));
    if (file.gcount() < static_cast<std::streamsize>(kBlock) || block.compare(0, kMagic.size(), kMagic) != 0) {
        return badInput(where, "is not a Choreia project");
    }
    int version = 0;
    unsigned long long hash = 0;
    if (std::sscanf(block.c_str() + kMagic.size(), "format_version %d checksum %llx", &version, &hash) != 2 || version < 1) {
        return badInput(where, "is damaged: its header cannot be read");
    }
    if (version > kProjectVersion) {
        return badInput(where, "was made by a newer Choreia", "format version up to " + std::to_string(kProjectVersion), std::to_string(version));
    }
    CHOREIA_ASSIGN(const std::uint64_t found, checksum(file, where));
    if (block != blockText(version, found)) return badInput(where, "is damaged or cut short: its checksum does not fit");
    return {};
}

Result<void> writeBlock(const std::filesystem::path& path, const std::string& where) {
    std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
    CHOREIA_ASSIGN(const std::uint64_t hash, checksum(file, where));
    file.clear();
    file.seekp(0);
    const std::string block = blockText(kProjectVersion, hash);
    file.write(block.data(), static_cast<std::streamsize>(block.size()));
    file.close();
    if (!file) return failed(where, std::string("cannot be written: ") + std::strerror(errno));
    return {};
}

std::string danceGroup(std::size_t index) {
    char name[32];
    std::snprintf(name, sizeof name, "dances/%04zu", index);
    return name;
}

}  // namespace

Result<Project> readProject(const std::filesystem::path& path) {
    CHOREIA_TRY(checkBlock(path));
    CHOREIA_ASSIGN(const H5Reader file, H5Reader::open(path));
    const ProjectReader in{file, path.string()};
    Project project;
    CHOREIA_ASSIGN(project.songPath, file.textAttribute("/", "song_path"));
    CHOREIA_ASSIGN(project.songHash, file.textAttribute("/", "song_hash"));
    CHOREIA_ASSIGN(project.gridEdited, in.flag("/", "grid_edited"));
    CHOREIA_ASSIGN(project.playhead, in.number("/", "playhead_s"));
    CHOREIA_ASSIGN(project.viewStart, in.number("/", "view_start_s"));
    CHOREIA_ASSIGN(project.viewEnd, in.number("/", "view_end_s"));
    CHOREIA_ASSIGN(project.analysis, in.analysis("analysis"));
    CHOREIA_ASSIGN(project.settings, in.settings("settings"));
    CHOREIA_ASSIGN(project.camera.yaw, in.number("camera", "yaw_rad"));
    CHOREIA_ASSIGN(project.camera.pitch, in.number("camera", "pitch_rad"));
    CHOREIA_ASSIGN(project.camera.distance, in.number("camera", "distance_m"));
    for (int k = 0; k < 3; ++k) {
        CHOREIA_ASSIGN(const double part, in.number("camera", std::string("target_") + "xyz"[k] + "_m"));
        project.camera.target[k] = static_cast<float>(part);
    }
    // Files of before there were openings have none.
    if (file.exists("opening")) {
        CHOREIA_ASSIGN(project.opening, in.clip("opening"));
    }
    // Nor markers.
    if (file.exists("markers")) {
        CHOREIA_ASSIGN(project.markers, in.markers("markers"));
    }
    const std::size_t dances = file.groups("dances").size();
    for (std::size_t i = 0; i < dances; ++i) {
        CHOREIA_ASSIGN(Dance dance, in.dance(danceGroup(i)));
        project.dances.push_back(std::move(dance));
    }
    return project;
}

Result<void> writeProject(const std::filesystem::path& path, const Project& project) {
    return replaceFile(path, [&](const std::filesystem::path& temporary) -> Result<void> {
        CHOREIA_ASSIGN(H5Writer file, H5Writer::create(temporary, path, kBlock));
        ProjectWriter out{file};
        CHOREIA_TRY(file.textAttribute("/", "format", "choreia project"));
        CHOREIA_TRY(file.numberAttribute("/", "format_version", kProjectVersion));
        CHOREIA_TRY(file.textAttribute("/", "song_path", project.songPath));
        CHOREIA_TRY(file.textAttribute("/", "song_hash", project.songHash));
        CHOREIA_TRY(file.numberAttribute("/", "grid_edited", project.gridEdited ? 1 : 0));
        CHOREIA_TRY(file.numberAttribute("/", "playhead_s", project.playhead));
        CHOREIA_TRY(file.numberAttribute("/", "view_start_s", project.viewStart));
        CHOREIA_TRY(file.numberAttribute("/", "view_end_s", project.viewEnd));
        CHOREIA_TRY(out.analysis("analysis", project.analysis));
        CHOREIA_TRY(out.settings("settings", project.settings));
        CHOREIA_TRY(file.makeGroup("camera"));
        CHOREIA_TRY(file.numberAttribute("camera", "yaw_rad", project.camera.yaw));
        CHOREIA_TRY(file.numberAttribute("camera", "pitch_rad", project.camera.pitch));
        CHOREIA_TRY(file.numberAttribute("camera", "distance_m", project.camera.distance));
        for (int k = 0; k < 3; ++k) CHOREIA_TRY(file.numberAttribute("camera", std::string("target_") + "xyz"[k] + "_m", project.camera.target[k]));
        if (project.opening.frames() > 0) {
            CHOREIA_TRY(file.makeGroup("opening"));
            CHOREIA_TRY(out.clip("opening", project.opening));
        }
        if (!project.markers.empty()) CHOREIA_TRY(out.markers("markers", project.markers));
        CHOREIA_TRY(file.makeGroup("dances"));
        for (std::size_t i = 0; i < project.dances.size(); ++i) CHOREIA_TRY(out.dance(danceGroup(i), project.dances[i]));
        CHOREIA_TRY(file.close());
        return writeBlock(temporary, path.string());
    });
}

}  // namespace choreia::io
