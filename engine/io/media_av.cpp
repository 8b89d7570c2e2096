// Owners and errors of libav.
#include "io/media_av.h"

#include <cerrno>
#include <cstring>
#include <mutex>
#include <unistd.h>

namespace choreia::io::av {

void quiet() {
    static std::once_flag once;
    std::call_once(once, [] { av_log_set_level(AV_LOG_QUIET); });
}

std::string text(int code) {
    char buffer[AV_ERROR_MAX_STRING_SIZE] = {};
    av_strerror(code, buffer, sizeof buffer);
    return buffer;
}

std::string url(const std::filesystem::path& path) { return "file:" + path.string(); }

Result<std::uintmax_t> checkMediaFile(const std::filesystem::path& path) {
    std::error_code code;
    const auto status = std::filesystem::status(path, code);
    if (!std::filesystem::exists(status)) return badInput(path.string(), "no such file");
    if (std::filesystem::is_directory(status)) return badInput(path.string(), "cannot be read", "a file", "a directory");
    if (!std::filesystem::is_regular_file(status)) return badInput(path.string(), "cannot be read", "a regular file", "a device or pipe");
    if (::access(path.c_str(), R_OK) != 0) return badInput(path.string(), std::string("cannot be read: ") + std::strerror(errno));
    const std::uintmax_t size = std::filesystem::file_size(path, code);
    if (code) return badInput(path.string(), "cannot be read: " + code.message());
    if (size == 0) return badInput(path.string(), "is empty", "sound or video", "0 bytes");
    return size;
}

Resampler makeResampler(const AVChannelLayout& from, AVSampleFormat fromFormat, int fromRate, int channels, AVSampleFormat format, int rate) {
    AVChannelLayout in = {}, out = {};
    av_channel_layout_default(&out, channels);
    // A file may name no layout; the usual one for its number of channels is then taken.
    if (from.order == AV_CHANNEL_ORDER_UNSPEC) {
        av_channel_layout_default(&in, from.nb_channels);
    } else if (av_channel_layout_copy(&in, &from) < 0) {
        return nullptr;
    }
    SwrContext* raw = nullptr;
    int code = swr_alloc_set_opts2(&raw, &out, format, rate, &in, fromFormat, fromRate, 0, nullptr);
    Resampler made(raw);
    if (code >= 0 && in.nb_channels == 1 && channels == 2) {
        // libav would lower one channel by 3 dB when it doubles it; the level is to stay.
        const double both[2] = {1.0, 1.0};
        code = swr_set_matrix(raw, both, 1);
    } else if (code >= 0 && in.nb_channels == 2 && channels == 1) {
        // Nor is it to rise by 3 dB, and clip, where two alike become one.
        const double mean[2] = {0.5, 0.5};
        code = swr_set_matrix(raw, mean, 2);
    }
    if (code >= 0) code = swr_init(raw);
    av_channel_layout_uninit(&in);
    av_channel_layout_uninit(&out);
    return code < 0 ? nullptr : std::move(made);
}

}  // namespace choreia::io::av
