// One frame through libav's demuxer and decoder, brought to RGB by libswscale.
#include "io/picture_file.h"

#include "io/media_av.h"

extern "C" {
#include <libswscale/swscale.h>
}

namespace choreia::io {

namespace {

struct ScalerCloser {
    void operator()(SwsContext* p) const { sws_freeContext(p); }
};

Result<av::Input> openPicture(const std::filesystem::path& path) {
    AVFormatContext* raw = nullptr;
    int code = avformat_open_input(&raw, av::url(path).c_str(), nullptr, nullptr);
    if (code < 0) return badInput(path.string(), "is no picture: " + av::text(code));
    av::Input input(raw);
    code = avformat_find_stream_info(input.get(), nullptr);
    if (code < 0) return badInput(path.string(), "is no picture: " + av::text(code));
    return input;
}

/// Decodes until the first frame; null where there is none.
av::Frame firstFrame(AVFormatContext& input, AVCodecContext& codec, int stream) {
    av::Frame frame(av_frame_alloc());
    av::Packet packet(av_packet_alloc());
    bool more = true;
    while (more) {
        more = av_read_frame(&input, packet.get()) >= 0;
        if (more && packet->stream_index != stream) {
            av_packet_unref(packet.get());
            continue;
        }
        const int sent = avcodec_send_packet(&codec, more ? packet.get() : nullptr);
        if (more) av_packet_unref(packet.get());
        if (sent >= 0 && avcodec_receive_frame(&codec, frame.get()) >= 0) return frame;
    }
    return nullptr;
}

}  // namespace

Result<RgbPicture> readPicture(const std::filesystem::path& path) {
    av::quiet();
    CHOREIA_ASSIGN(const auto bytes, av::checkMediaFile(path));
    static_cast<void>(bytes);
    CHOREIA_ASSIGN(const av::Input input, openPicture(path));
    const AVCodec* kind = nullptr;
    const int stream = av_find_best_stream(input.get(), AVMEDIA_TYPE_VIDEO, -1, -1, &kind, 0);
    if (stream < 0 || !kind) return badInput(path.string(), "has no picture in it");
    av::Codec codec(avcodec_alloc_context3(kind));
    int code = avcodec_parameters_to_context(codec.get(), input->streams[stream]->codecpar);
    codec->thread_count = 1;
    if (code >= 0) code = avcodec_open2(codec.get(), kind, nullptr);
    if (code < 0) return badInput(path.string(), "its picture cannot be decoded: " + av::text(code));
    const av::Frame frame = firstFrame(*input, *codec, stream);
    if (!frame) return badInput(path.string(), "its picture is damaged");
    if (frame->width < 1 || frame->height < 1 || frame->width > 16384 || frame->height > 16384)
        return badInput(path.string(), "its size is out of range", "1 to 16384 either way", std::to_string(frame->width) + "x" + std::to_string(frame->height));
    const std::unique_ptr<SwsContext, ScalerCloser> scaler(sws_getContext(frame->width, frame->height, static_cast<AVPixelFormat>(frame->format), frame->width,
                                                                          frame->height, AV_PIX_FMT_RGB24, SWS_BILINEAR | SWS_ACCURATE_RND, nullptr, nullptr, nullptr));
    if (!scaler) return badInput(path.string(), "its colours are of an unknown kind");
    RgbPicture out{frame->width, frame->height, {}};
    out.rgb.resize(static_cast<std::size_t>(out.width) * static_cast<std::size_t>(out.height) * 3);
    std::uint8_t* const rows[1] = {out.rgb.data()};
    const int strides[1] = {3 * out.width};
    if (sws_scale(scaler.get(), frame->data, frame->linesize, 0, frame->height, rows, strides) != frame->height) return badInput(path.string(), "its picture is damaged");
    return out;
}

}  // namespace choreia::io
