/// libav's objects with owners, and its errors as ours. Private to the media files of this room.
#pragma once

#include "core/result.h"

#include <filesystem>
#include <memory>
#include <string>

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/channel_layout.h>
#include <libavutil/opt.h>
#include <libswresample/swresample.h>
}

namespace choreia::io::av {

struct Closer {
    void operator()(AVCodecContext* p) const { avcodec_free_context(&p); }
    void operator()(AVFrame* p) const { av_frame_free(&p); }
    void operator()(AVPacket* p) const { av_packet_free(&p); }
    void operator()(SwrContext* p) const { swr_free(&p); }
};
struct InputCloser {
    void operator()(AVFormatContext* p) const { avformat_close_input(&p); }
};

using Codec = std::unique_ptr<AVCodecContext, Closer>;
using Frame = std::unique_ptr<AVFrame, Closer>;
using Packet = std::unique_ptr<AVPacket, Closer>;
using Resampler = std::unique_ptr<SwrContext, Closer>;
using Input = std::unique_ptr<AVFormatContext, InputCloser>;

/// Silences libav's own messages; every door of this room calls it first.
void quiet();

/// libav's words for an error code.
std::string text(int code);

/// "file:PATH", so that a colon in a name is never taken for a protocol.
std::string url(const std::filesystem::path& path);

/// Refuses what is not a readable, non-empty, regular file. Returns its size in bytes.
Result<std::uintmax_t> checkMediaFile(const std::filesystem::path& path);

/// A resampler from any sound to interleaved float at rate, channels 1 or 2. Null where libav refuses the combination.
Resampler makeResampler(const AVChannelLayout& from, AVSampleFormat fromFormat, int fromRate, int channels, AVSampleFormat format, int rate);

}  // namespace choreia::io::av
