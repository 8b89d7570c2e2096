// One door to all motion formats: by extension, unpacking .gz on the way.
#include "io/motion_files.h"

#include "core/atomic_file.h"
#include "io/aist_pickle.h"
#include "io/bvh.h"
#include "io/csv_motion.h"
#include "io/fbx_motion.h"
#include "io/gltf_motion.h"
#include "io/motion_h5.h"
#include "motion/fit.h"

#include <zlib.h>

#include <algorithm>
#include <cctype>
#include <cmath>

namespace choreia::io {

namespace {

constexpr std::size_t kMostUnpacked = std::size_t{1} << 31;
constexpr const char* kReadable = ".bvh, .bvh.gz, .h5, .csv, .gltf, .glb or .pkl";
constexpr const char* kWritable = ".bvh, .fbx, .h5, .csv, .gltf or .glb";

// Lower case, without a closing ".gz".
std::string extensionOf(std::filesystem::path path) {
    const auto lower = [](std::string text) {
        std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
        return text;
    };
    std::string extension = lower(path.extension().string());
    if (extension == ".gz") extension = lower(path.stem().extension().string());
    return extension;
}

Result<std::string> unpack(const std::string& packed, const std::string& where) {
    z_stream stream{};
    if (inflateInit2(&stream, 16 + MAX_WBITS) != Z_OK) return failed(where, "cannot be unpacked");
    std::string out, block(1 << 18, '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
    std::size_t left = packed.size();
    int status = Z_OK;
    while (status != Z_STREAM_END || left + stream.avail_in > 0) {
        if (status == Z_STREAM_END && inflateReset(&stream) != Z_OK) break;  // several members one after another
        if (stream.avail_in == 0) {
            stream.avail_in = static_cast<uInt>(std::min<std::size_t>(left, 1 << 20));
            left -= stream.avail_in;
        }
        stream.next_out = reinterpret_cast<Bytef*>(block.data());
        stream.avail_out = static_cast<uInt>(block.size());
        status = inflate(&stream, Z_NO_FLUSH);
        out.append(block, 0, block.size() - stream.avail_out);
        if ((status != Z_OK && status != Z_STREAM_END) || out.size() > kMostUnpacked) break;
    }
    inflateEnd(&stream);
    if (out.size() > kMostUnpacked) return badInput(where, "is too large when unpacked", "under 2 GiB");
    if (status == Z_BUF_ERROR) return badInput(where, "is cut short", "a whole gzip file");
    if (status != Z_STREAM_END) return badInput(where, "is damaged", "a gzip file");
    return out;
}

Result<SourceMotion> readBvh(const std::filesystem::path& path) {
    const std::string where = path.string();
    CHOREIA_ASSIGN(std::string text, readFile(path));
    if (text.size() > 2 && text[0] == '\x1f' && text[1] == '\x8b') {
        CHOREIA_ASSIGN(text, unpack(text, where));
    }
    CHOREIA_ASSIGN(const BvhFile file, parseBvh(text, where));
    return motionOfBvh(file);
}

}  // namespace

Result<SourceMotion> readMotion(const std::filesystem::path& path) {
    const std::string extension = extensionOf(path);
    if (extension == ".bvh") return readBvh(path);
    if (extension == ".h5" || extension == ".hdf5") return readMotionH5(path);
    if (extension == ".csv") return readCsv(path);
    if (extension == ".gltf" || extension == ".glb") return readGltf(path);
    if (extension == ".pkl") return readAistPickle(path);
    return badInput(path.string(), "is not a motion file that can be read", kReadable, extension.empty() ? "no extension" : extension);
}

Result<StyledClip> readStyledClip(const std::filesystem::path& path) {
    CHOREIA_ASSIGN(SourceMotion source, readMotion(path));
    if (source.isOurBody) return StyledClip{std::move(source.clip), std::move(source.style)};
    NoProgress quiet;
    CHOREIA_ASSIGN(motion::FitResult fitted, motion::fitToBody(source.names, source.positions, path.string(), {}, quiet));
    return StyledClip{std::move(fitted.clip), std::move(source.style)};
}

Result<motion::Clip> readClip(const std::filesystem::path& path) {
    CHOREIA_ASSIGN(StyledClip read, readStyledClip(path));
    return std::move(read.clip);
}

Result<void> writeClip(const std::filesystem::path& path, const motion::Clip& clip, const std::string& style) {
    const std::string where = path.string();
    if (clip.frames() == 0 || clip.rotations.size() != clip.frames() * motion::kJoints || !(clip.fps > 0)) return failed(where, "there is no motion to write");
    const bool finite = std::all_of(clip.root.begin(), clip.root.end(), [](const motion::Vec3& v) { return v.allFinite() && v.norm() < 1e6f; }) &&
                        std::all_of(clip.rotations.begin(), clip.rotations.end(), [](const motion::Quat& q) { return q.coeffs().allFinite(); });
    if (!finite) return failed(where, "the motion holds values that are not finite");
    const std::string extension = extensionOf(path);
    if (extension == ".bvh") return writeBvh(path, clip);
    if (extension == ".h5" || extension == ".hdf5") return writeMotionH5(path, clip, style);
    if (extension == ".csv") return writeCsv(path, clip);
    if (extension == ".gltf" || extension == ".glb") return writeGltf(path, clip, extension == ".glb");
    if (extension == ".fbx") return writeFbx(path, clip);
    return usageError(where, "is not a motion file that can be written", kWritable, extension.empty() ? "no extension" : extension);
}

}  // namespace choreia::io
