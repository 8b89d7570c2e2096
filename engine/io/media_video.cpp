// Films: H.264 + AAC in mp4, VP9 + Opus in webm, ProRes + PCM in mov; picture and sound in step.
#include "core/atomic_file.h"
#include "core/parallel.h"
#include "io/media.h"
#include "io/media_mux.h"
#include "io/media_yuv.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <unistd.h>

extern "C" {
#include <libswscale/swscale.h>
}

namespace choreia::io {

namespace {

/// What a kind of film is made of, in libav's names.
struct FilmKind {
    const char *extension, *container, *options, *pictures, *sound;
    int bitRate;  ///< of a channel's sound; 0: as the encoder likes
};
const FilmKind& kindOf(VideoCodec codec) {
    static constexpr FilmKind kMp4{".mp4", "mp4", "movflags=+faststart", "libx264", "aac", 80000}, kWebm{".webm", "webm", "", "libvpx-vp9", "libopus", 64000},
        kMov{".mov", "mov", "movflags=+faststart", "prores_ks", "pcm_s16le", 0};
    return codec == VideoCodec::H264Aac ? kMp4 : codec == VideoCodec::Vp9Opus ? kWebm : kMov;
}

struct ScalerEnd {
    void operator()(SwsContext* p) const { sws_freeContext(p); }
};

/// Frames a second as a fraction; 29.97 and its kin become exact (30000/1001).
AVRational exactRate(double fps) {
    const double ntsc = fps * 1.001;
    if (std::fabs(fps - std::round(fps)) > 1e-3 && std::fabs(ntsc - std::round(ntsc)) < 2e-3) return {static_cast<int>(std::lround(ntsc)) * 1000, 1001};
    return av_d2q(fps, 100000);
}

class FilmWriter final : public VideoWriter {
public:
    FilmWriter(std::filesystem::path path, const VideoFormat& format, const audio::Pcm* sound) : path_(std::move(path)), format_(format), sound_(sound) {}

    ~FilmWriter() override {
        if (!temporary_.empty()) {
            muxer_.reset();
            std::error_code code;
            std::filesystem::remove(temporary_, code);
        }
    }

    Result<void> begin() {
        static std::atomic<unsigned> counter{0};
        const FilmKind& kind = kindOf(format_.codec);
        std::string name = ".";
        name += path_.stem().string() + ".film" + std::to_string(::getpid()) + "-" + std::to_string(counter++) + kind.extension;
        CHOREIA_TRY(checkWritable(path_));
        temporary_ = path_.parent_path() / name;
        muxer_ = std::make_unique<av::Muxer>();
        CHOREIA_TRY(muxer_->open(temporary_, kind.container, path_.string()));
        CHOREIA_TRY(openPictures(kind.pictures));
        if (sound_) CHOREIA_TRY(track_.open(*muxer_, *sound_, kind.sound, 48000, kind.bitRate * sound_->channels));
        return muxer_->begin(kind.options);
    }

    Result<void> addPicture(std::span<const std::uint8_t> rgba) override {
        if (rgba.size() != static_cast<std::size_t>(format_.width) * static_cast<std::size_t>(format_.height) * 4) {
            return failed(path_.string(), "a picture has the wrong size");
        }
        int code = av_frame_make_writable(frame_.get());  // the encoder may still look at the last one
        if (code < 0) return muxer_->error(code);
        if (scaler_) {
            const std::uint8_t* const from[1] = {rgba.data()};
            const int stride[1] = {4 * format_.width};
            sws_scale(scaler_.get(), from, stride, 0, format_.height, frame_->data, frame_->linesize);
        } else {
            av::toYuv420(rgba.data(), format_.width, format_.height, frame_->data, frame_->linesize);
            if (format_.opacity) av::toOpacity(rgba.data(), format_.width, format_.height, frame_->data[3], frame_->linesize[3]);
        }
        frame_->pts = pictures_++;
        CHOREIA_TRY(av::encode(*muxer_, *codec_, *stream_, frame_.get()));
        return addSound();
    }

    Result<void> finish() override {
        if (pictures_ == 0) return failed(path_.string(), "a film needs at least one picture");
        CHOREIA_TRY(av::encode(*muxer_, *codec_, *stream_, nullptr));
        if (sound_) CHOREIA_TRY(track_.finish());
        CHOREIA_TRY(muxer_->end());
        muxer_.reset();
        const std::filesystem::path whole = std::exchange(temporary_, {});
        Result<void> done = replaceFile(path_, [&](const std::filesystem::path& place) -> Result<void> {
            std::error_code code;
            std::filesystem::rename(whole, place, code);
            if (code) return failed(path_.string(), "cannot be written: " + code.message());
            return {};
        });
        std::error_code code;
        if (!done.ok()) std::filesystem::remove(whole, code);
        return done;
    }

private:
    [[nodiscard]] AVPixelFormat pixels() const {
        if (format_.codec == VideoCodec::ProResPcm) return format_.opacity ? AV_PIX_FMT_YUVA444P10LE : AV_PIX_FMT_YUV444P10LE;
        return format_.opacity ? AV_PIX_FMT_YUVA420P : AV_PIX_FMT_YUV420P;
    }

    /// For ProRes: RGBA to ten bits at full colour resolution, in BT.709's video range.
    Result<void> openScaler() {
        scaler_.reset(sws_getContext(format_.width, format_.height, AV_PIX_FMT_RGBA, format_.width, format_.height, pixels(), SWS_BILINEAR | SWS_ACCURATE_RND, nullptr, nullptr, nullptr));
        if (!scaler_) return failed(path_.string(), "this machine's libav cannot convert its colours");
        const int* weights = sws_getCoefficients(SWS_CS_ITU709);
        sws_setColorspaceDetails(scaler_.get(), weights, 1, weights, 0, 0, 1 << 16, 1 << 16);
        return {};
    }

    Result<void> openPictures(const char* name) {
        const AVCodec* kind = avcodec_find_encoder_by_name(name);
        if (!kind) return failed(path_.string(), std::string("this machine's libav has no encoder ") + name);
        codec_.reset(avcodec_alloc_context3(kind));
        const AVRational rate = exactRate(format_.fps);
        codec_->width = format_.width;
        codec_->height = format_.height;
        codec_->pix_fmt = pixels();
        codec_->framerate = rate;
        codec_->time_base = av_inv_q(rate);
        codec_->gop_size = std::max(1, static_cast<int>(std::lround(format_.fps * 4)));
        codec_->color_range = AVCOL_RANGE_MPEG;
        codec_->colorspace = AVCOL_SPC_BT709;
        codec_->color_primaries = AVCOL_PRI_BT709;
        codec_->color_trc = AVCOL_TRC_BT709;
        // The other half of the cores draws.
        codec_->thread_count = std::clamp(threadCount() / 2, 1, 8);
        if (muxer_->wantsGlobalHeader()) codec_->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
        codec_->flags |= AV_CODEC_FLAG_BITEXACT;
        AVDictionary* options = nullptr;
        if (format_.codec == VideoCodec::ProResPcm) {
            av_dict_set(&options, "profile", "4444", 0);
            codec_->codec_tag = MKTAG('a', 'p', '4', 'h');
            CHOREIA_TRY(openScaler());
        } else if (format_.codec == VideoCodec::H264Aac) {
            // A tenth faster than "veryfast" with the drawing included; without its look-ahead the same number looks better and costs twice the
            // bytes, so three steps are given back.
            av_dict_set(&options, "preset", "superfast", 0);
            av_dict_set_int(&options, "crf", std::clamp(format_.quality + 3, 0, 51), 0);
        } else {
            // VP9's scale goes to 63, and its 31 looks like H.264's 20.
            av_dict_set_int(&options, "crf", std::clamp(format_.quality * 5 / 4 + 6, 0, 63), 0);
            av_dict_set(&options, "b", "0", 0);
            av_dict_set(&options, "deadline", "realtime", 0);
            av_dict_set(&options, "cpu-used", "7", 0);
            av_dict_set(&options, "row-mt", "1", 0);
            av_dict_set(&options, "tile-columns", "2", 0);
            if (format_.opacity) av_dict_set(&options, "auto-alt-ref", "0", 0);  // libvpx cannot do both
        }
        const int code = avcodec_open2(codec_.get(), kind, &options);
        av_dict_free(&options);
        if (code < 0) return failed(path_.string(), "its pictures cannot be encoded: " + av::text(code));
        CHOREIA_ASSIGN(stream_, muxer_->addStream(*codec_));
        if (format_.opacity) av_dict_set(&stream_->metadata, "alpha_mode", "1", 0);  // read by browsers in WebM
        frame_.reset(av_frame_alloc());
        frame_->format = pixels();
        frame_->width = format_.width;
        frame_->height = format_.height;
        frame_->color_range = AVCOL_RANGE_MPEG;
        frame_->colorspace = AVCOL_SPC_BT709;
        const int allocated = av_frame_get_buffer(frame_.get(), 0);
        if (allocated < 0) return muxer_->error(allocated);
        return {};
    }

    /// Sound up to the end of the last picture; silence where the song is over.
    Result<void> addSound() {
        if (!sound_) return {};
        const AVRational rate = codec_->framerate;
        const auto until = static_cast<std::size_t>(av_rescale_rnd(pictures_ * rate.den, sound_->rate, rate.num, AV_ROUND_NEAR_INF));
        const std::size_t have = std::min(until, sound_->frames());
        const auto channels = static_cast<std::size_t>(sound_->channels);
        if (samples_ < have) {
            CHOREIA_TRY(track_.add(sound_->samples.data() + samples_ * channels, have - samples_));
            samples_ = have;
        }
        if (samples_ < until) {
            silence_.assign((until - samples_) * channels, 0.0f);
            CHOREIA_TRY(track_.add(silence_.data(), until - samples_));
            samples_ = until;
        }
        return {};
    }

    std::filesystem::path path_, temporary_;
    VideoFormat format_;
    const audio::Pcm* sound_;
    std::unique_ptr<av::Muxer> muxer_;
    av::Codec codec_;
    std::unique_ptr<SwsContext, ScalerEnd> scaler_;
    AVStream* stream_ = nullptr;
    av::Frame frame_;
    av::SoundTrack track_;
    std::int64_t pictures_ = 0;
    std::size_t samples_ = 0;
    std::vector<float> silence_;
};

}  // namespace

Result<VideoCodec> videoCodecOf(const std::filesystem::path& path) {
    for (const VideoCodec codec : {VideoCodec::H264Aac, VideoCodec::Vp9Opus, VideoCodec::ProResPcm})
        if (path.extension() == kindOf(codec).extension) return codec;
    return usageError(path.string(), "is no film format that can be written", ".mp4, .webm or .mov", path.extension().string());
}

bool keepsOpacity(VideoCodec codec) { return codec != VideoCodec::H264Aac; }

Result<std::unique_ptr<VideoWriter>> VideoWriter::open(const std::filesystem::path& path, const VideoFormat& format, const audio::Pcm* sound) {
    const std::string wanted = kindOf(format.codec).extension;
    if (path.extension() != wanted) return usageError(path.string(), "does not fit the codec", wanted, path.extension().string());
    if (format.width < 16 || format.height < 16 || format.width > 8192 || format.height > 8192 || format.width % 2 || format.height % 2) {
        return usageError("size", "is no size for a film", "even numbers from 16 to 8192", std::to_string(format.width) + "x" + std::to_string(format.height));
    }
    if (format.opacity && !keepsOpacity(format.codec)) return usageError(path.string(), "H.264 knows no transparency", ".webm or .mov", path.extension().string());
    if (!(format.fps >= 1) || !(format.fps <= 240)) return usageError("fps", "is out of range", "1 to 240", std::to_string(format.fps));
    auto writer = std::make_unique<FilmWriter>(path, format, sound);
    CHOREIA_TRY(writer->begin());
    return std::unique_ptr<VideoWriter>(std::move(writer));
}

}  // namespace choreia::io
