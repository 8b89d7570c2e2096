// Pictures are reduced by libswscale before they are turned: a phone's film need not be held at its full size.
#include "io/video_read.h"

#include "io/media_av.h"

#include <algorithm>
#include <cmath>
#include <optional>

extern "C" {
#include <libavutil/display.h>
#include <libswscale/swscale.h>
}

namespace choreia::io {

namespace {

struct ScalerCloser {
    void operator()(SwsContext* p) const { sws_freeContext(p); }
};

/// Quarter turns clockwise that bring a stream's pictures upright.
int quarterTurns(const AVStream& stream) {
    const auto* matrix = reinterpret_cast<const std::int32_t*>(av_stream_get_side_data(&stream, AV_PKT_DATA_DISPLAYMATRIX, nullptr));
    if (!matrix) return 0;
    const double degrees = -av_display_rotation_get(matrix);
    return std::isfinite(degrees) ? ((static_cast<int>(std::lround(degrees / 90)) % 4) + 4) % 4 : 0;
}

RgbPicture turned(RgbPicture picture, int quarters) {
    if (quarters == 0) return picture;
    const bool across = quarters % 2 == 1;
    RgbPicture out{across ? picture.height : picture.width, across ? picture.width : picture.height, {}};
    out.rgb.resize(picture.rgb.size());
    for (int y = 0; y < out.height; ++y)
        for (int x = 0; x < out.width; ++x) {
            const int sx = quarters == 1 ? y : quarters == 2 ? picture.width - 1 - x : picture.width - 1 - y;
            const int sy = quarters == 1 ? picture.height - 1 - x : quarters == 2 ? picture.height - 1 - y : x;
            const auto from = 3 * (static_cast<std::size_t>(sy) * static_cast<std::size_t>(picture.width) + static_cast<std::size_t>(sx));
            const auto to = 3 * (static_cast<std::size_t>(y) * static_cast<std::size_t>(out.width) + static_cast<std::size_t>(x));
            std::copy_n(picture.rgb.begin() + static_cast<std::ptrdiff_t>(from), 3, out.rgb.begin() + static_cast<std::ptrdiff_t>(to));
        }
    return out;
}

class PictureReader {
public:
    Result<void> open(const std::filesystem::path& path) {
        av::quiet();
        where_ = path.string();
        CHOREIA_ASSIGN(const auto bytes, av::checkMediaFile(path));
        static_cast<void>(bytes);
        AVFormatContext* raw = nullptr;
        AVDictionary* options = nullptr;
        av_dict_set(&options, "protocol_whitelist", "file", 0);  // a play list must not fetch anything
        int code = avformat_open_input(&raw, av::url(path).c_str(), nullptr, &options);
        av_dict_free(&options);
        if (code < 0) return badInput(where_, "is no video, or is damaged: " + av::text(code));
        input_.reset(raw);
        avformat_find_stream_info(raw, nullptr);
        const AVCodec* kind = nullptr;
        stream_ = av_find_best_stream(raw, AVMEDIA_TYPE_VIDEO, -1, -1, &kind, 0);
        if (stream_ < 0 || !kind || (raw->streams[stream_]->disposition & AV_DISPOSITION_ATTACHED_PIC)) return badInput(where_, "has no moving pictures in it");
        sound_ = av_find_best_stream(raw, AVMEDIA_TYPE_AUDIO, -1, -1, nullptr, 0) >= 0;
        const AVStream& stream = *raw->streams[stream_];
        codec_.reset(avcodec_alloc_context3(kind));
        code = avcodec_parameters_to_context(codec_.get(), stream.codecpar);
        codec_->thread_count = 1;
        codec_->pkt_timebase = stream.time_base;
        if (code >= 0) code = avcodec_open2(codec_.get(), kind, nullptr);
        if (code < 0) return badInput(where_, "its pictures cannot be decoded: " + av::text(code));
        turns_ = quarterTurns(stream);
        unit_ = av_q2d(stream.time_base);
        if (stream.avg_frame_rate.num > 0 && stream.avg_frame_rate.den > 0) step_ = av_q2d(av_inv_q(stream.avg_frame_rate));
        expected_ = raw->duration > 0 ? static_cast<double>(raw->duration) / AV_TIME_BASE : 0;
        return {};
    }

    Result<VideoFacts> read(int mostSide, const std::function<bool(const RgbPicture&, double)>& sink, std::stop_token stop, Stage& stage) {
        const av::Packet packet(av_packet_alloc());
        const av::Frame frame(av_frame_alloc());
        VideoFacts facts;
        facts.hasSound = sound_;
        int faultsInARow = 0;
        bool ended = false;
        while (!ended) {
            if (stop.stop_requested()) return cancelled(where_);
            int code = av_read_frame(input_.get(), packet.get());
            ended = code == AVERROR_EOF;
            if (code < 0 && !ended) {
                ++facts.faults;
                if (++faultsInARow <= 100) continue;
                ended = true;  // what follows is lost
            }
            if (!ended && packet->stream_index != stream_) {
                av_packet_unref(packet.get());
                continue;
            }
            if (!ended) faultsInARow = 0;
            code = avcodec_send_packet(codec_.get(), ended ? nullptr : packet.get());
            av_packet_unref(packet.get());
            if (code < 0 && code != AVERROR_EOF) ++facts.faults;
            while (avcodec_receive_frame(codec_.get(), frame.get()) >= 0) {
                CHOREIA_ASSIGN(const bool more, give(*frame, mostSide, sink, facts));
                if (!more) return finish(facts);
            }
            if (expected_ > 0) stage.update(std::min(facts.seconds, expected_), expected_);
        }
        if (facts.pictures == 0) return badInput(where_, "is damaged: no picture of it can be decoded");
        return finish(facts);
    }

private:
    static VideoFacts finish(VideoFacts facts) {
        facts.fps = facts.seconds > 0 ? static_cast<double>(facts.pictures) / facts.seconds : 0;
        return facts;
    }

    Result<bool> give(const AVFrame& frame, int mostSide, const std::function<bool(const RgbPicture&, double)>& sink, VideoFacts& facts) {
        if (frame.width < 8 || frame.height < 8 || frame.width > 16384 || frame.height > 16384)
            return badInput(where_, "the size of its pictures is out of range", "8 to 16384 either way", std::to_string(frame.width) + "x" + std::to_string(frame.height));
        const double scale = std::min(1.0, static_cast<double>(mostSide) / std::max(frame.width, frame.height));
        RgbPicture picture{std::max(1, static_cast<int>(std::lround(frame.width * scale))), std::max(1, static_cast<int>(std::lround(frame.height * scale))), {}};
        // The reader asks for the same scaler as long as the pictures stay alike.
        SwsContext* scaler = sws_getCachedContext(scaler_.release(), frame.width, frame.height, static_cast<AVPixelFormat>(frame.format), picture.width, picture.height,
                                                  AV_PIX_FMT_RGB24, SWS_AREA | SWS_ACCURATE_RND, nullptr, nullptr, nullptr);
        scaler_.reset(scaler);
        if (!scaler) return badInput(where_, "its colours are of an unknown kind");
        // libswscale writes whole vectors: rows with room behind them.
        const int stride = (3 * picture.width + 63) / 64 * 64;
        rows_.resize(static_cast<std::size_t>(stride) * static_cast<std::size_t>(picture.height) + 64);
        std::uint8_t* const to[1] = {rows_.data()};
        const int strides[1] = {stride};
        sws_scale(scaler, frame.data, frame.linesize, 0, frame.height, to, strides);
        const auto row = 3 * static_cast<std::size_t>(picture.width);
        picture.rgb.resize(row * static_cast<std::size_t>(picture.height));
        for (std::size_t y = 0; y < static_cast<std::size_t>(picture.height); ++y)
            std::copy_n(rows_.begin() + static_cast<std::ptrdiff_t>(y * static_cast<std::size_t>(stride)), row, picture.rgb.begin() + static_cast<std::ptrdiff_t>(y * row));
        double at = facts.pictures == 0 ? 0 : facts.seconds;  // where the file says nothing, after the one before
        if (frame.best_effort_timestamp != AV_NOPTS_VALUE) {
            const double own = static_cast<double>(frame.best_effort_timestamp) * unit_;
            if (!first_) first_ = own;
            at = std::max(0.0, own - *first_);
        }
        ++facts.pictures;
        facts.seconds = std::max(facts.seconds, at + step_);
        return sink(turned(std::move(picture), turns_), at);
    }

    std::string where_;
    av::Input input_;
    av::Codec codec_;
    std::unique_ptr<SwsContext, ScalerCloser> scaler_;
    std::vector<std::uint8_t> rows_;
    std::optional<double> first_;
    int stream_ = -1, turns_ = 0;
    bool sound_ = false;
    double unit_ = 0, step_ = 1.0 / 30, expected_ = 0;
};

}  // namespace

Result<VideoFacts> readVideo(const std::filesystem::path& path, int mostSide, const std::function<bool(const RgbPicture&, double)>& sink, std::stop_token stop, Stage& stage) {
    PictureReader reader;
    CHOREIA_TRY(reader.open(path));
    return reader.read(mostSide, sink, std::move(stop), stage);
}

}  // namespace choreia::io
