// Temporary beside the target, fsync, rename.
#include "core/atomic_file.h"

#include <atomic>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <unistd.h>

namespace choreia {

namespace fs = std::filesystem;

namespace {

// The extension is kept last, because encoders choose the container by it.
fs::path temporaryBeside(const fs::path& target) {
    static std::atomic<unsigned> counter{0};
    fs::path name = "." + target.stem().string() + ".part" + std::to_string(::getpid()) + "-" + std::to_string(counter++);
    name += target.extension();
    return target.parent_path() / name;
}

Result<void> syncFile(const fs::path& path, const fs::path& target) {
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) return failed(target.string(), std::string("cannot be written: ") + std::strerror(errno));
    const int status = ::fsync(file);
    const int reason = errno;
    ::close(file);
    if (status != 0 && reason != EINVAL) return failed(target.string(), std::string("cannot be written: ") + std::strerror(reason));
    return {};
}

}  // namespace

Result<void> checkWritable(const fs::path& target) {
    std::error_code code;
    const fs::path folder = target.has_parent_path() ? target.parent_path() : fs::path(".");
    if (!fs::is_directory(folder, code)) return failed(target.string(), "cannot be written: the folder does not exist", "an existing folder", folder.string());
    if (fs::is_directory(target, code)) return failed(target.string(), "cannot be written", "a file name", "a directory");
    // A rename would put a file in the place of a device or a pipe.
    if (const auto status = fs::status(target, code); fs::exists(status) && !fs::is_regular_file(status))
        return failed(target.string(), "cannot be written", "a file name", "a device, pipe or socket");
    if (::access(folder.c_str(), W_OK) != 0) return failed(target.string(), std::string("cannot be written: ") + std::strerror(errno));
    return {};
}

Result<void> replaceFile(const fs::path& target, const std::function<Result<void>(const fs::path&)>& write) {
    CHOREIA_TRY(checkWritable(target));
    const fs::path temporary = temporaryBeside(target);
    std::error_code code;
    Result<void> written = write(temporary);
    if (written.ok()) written = syncFile(temporary, target);
    if (!written.ok()) {
        fs::remove(temporary, code);
        return written;
    }
    fs::rename(temporary, target, code);
    if (code) {
        const std::string reason = code.message();
        fs::remove(temporary, code);
        return failed(target.string(), "cannot be replaced: " + reason);
    }
    return {};
}

Result<void> writeFile(const fs::path& target, std::string_view bytes) {
    return replaceFile(target, [&](const fs::path& path) -> Result<void> {
        std::ofstream out(path, std::ios::binary);
        out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
        out.close();
        if (!out) return failed(target.string(), std::string("cannot be written: ") + std::strerror(errno));
        return {};
    });
}

Result<std::string> readFile(const fs::path& path) {
    std::error_code code;
    const auto status = fs::status(path, code);
    if (!fs::exists(status)) return badInput(path.string(), "no such file");
    if (fs::is_directory(status)) return badInput(path.string(), "cannot be read", "a file", "a directory");
    std::ifstream in(path, std::ios::binary);
    if (!in) return badInput(path.string(), std::string("cannot be read: ") + std::strerror(errno));
    std::string bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    if (in.bad()) return badInput(path.string(), "cannot be read to its end");
    return bytes;
}

}  // namespace choreia
