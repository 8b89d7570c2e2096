// Sound of any media file, decoded once and resampled to as many forms as wanted.
#include "core/log.h"
#include "io/media.h"
#include "io/media_av.h"
#include "io/media_cut.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace choreia::io {

namespace {

/// One output form of the decoded sound. Block after block arrives at sink, interleaved; false stops.
class Outlet {
public:
    Outlet(int rate, int channels) : rate_(rate), channels_(channels) {}

    /// The file's sound may change its rate or channels on the way (chained streams): the rest of the old comes out first.
    bool prepare(const AVFrame& frame, std::vector<float>& out) {
        if (resampler_ && frame.sample_rate == fromRate_ && frame.format == fromFormat_ && frame.ch_layout.nb_channels == fromChannels_) return true;
        if (resampler_) flush(out);
        resampler_ = av::makeResampler(frame.ch_layout, static_cast<AVSampleFormat>(frame.format), frame.sample_rate, channels_, AV_SAMPLE_FMT_FLT, rate_);
        fromRate_ = frame.sample_rate;
        fromFormat_ = frame.format;
        fromChannels_ = frame.ch_layout.nb_channels;
        return resampler_ != nullptr;
    }
    bool feed(const AVFrame& frame, std::vector<float>& out) {
        return prepare(frame, out) && convert(const_cast<const std::uint8_t**>(frame.extended_data), frame.nb_samples, out);
    }
    bool flush(std::vector<float>& out) { return !resampler_ || convert(nullptr, 0, out); }

private:
    bool convert(const std::uint8_t** in, int count, std::vector<float>& out) {
        const int room = swr_get_out_samples(resampler_.get(), count);
        if (room < 0) return false;
        const std::size_t before = out.size();
        out.resize(before + static_cast<std::size_t>(room) * static_cast<std::size_t>(channels_));
        auto* target = reinterpret_cast<std::uint8_t*>(out.data() + before);
        const int made = room > 0 ? swr_convert(resampler_.get(), &target, room, in, count) : 0;
        out.resize(before + static_cast<std::size_t>(std::max(made, 0)) * static_cast<std::size_t>(channels_));
        // Files of floats may hold anything; nothing behind this door has to reckon with it.
        for (std::size_t i = before; i < out.size(); ++i) out[i] = std::isfinite(out[i]) ? out[i] : 0.0f;
        return made >= 0;
    }

    int rate_, channels_;
    av::Resampler resampler_;
    int fromRate_ = 0, fromFormat_ = -1, fromChannels_ = 0;
};

/// What became of a file.
struct Decoded {
    double seconds = 0;       ///< of sound, on the file's own clock
    std::int64_t faults = 0;  ///< packets that could not be read or decoded
    std::int64_t good = 0;    ///< packets that could
};

int interrupted(void* stop) { return static_cast<std::stop_token*>(stop)->stop_requested() ? 1 : 0; }

/// Decodes the best sound stream of a file, frame by frame, with the encoder's priming and padding already taken off.
class SoundReader {
public:
    Result<void> open(const std::filesystem::path& path, std::stop_token stop) {
        av::quiet();
        path_ = path;
        stop_ = std::move(stop);
        CHOREIA_ASSIGN(size_, av::checkMediaFile(path));
        AVFormatContext* raw = avformat_alloc_context();
        raw->interrupt_callback = {interrupted, &stop_};
        AVDictionary* options = nullptr;
        av_dict_set(&options, "protocol_whitelist", "file", 0);  // a play list must not fetch anything
        int code = avformat_open_input(&raw, av::url(path).c_str(), nullptr, &options);
        av_dict_free(&options);
        if (code < 0) return refused("is not sound or video, or is damaged", code);
        input_.reset(raw);
        code = avformat_find_stream_info(raw, nullptr);
        if (stop_.stop_requested()) return cancelled(path.string());
        const AVCodec* decoder = nullptr;
        stream_ = av_find_best_stream(raw, AVMEDIA_TYPE_AUDIO, -1, -1, &decoder, 0);
        if (stream_ == AVERROR_DECODER_NOT_FOUND) return badInput(where(), "its sound is of a kind that cannot be decoded");
        if (stream_ < 0) return badInput(where(), "has no sound in it", "a sound stream", kinds());
        for (unsigned i = 0; i < raw->nb_streams; ++i) {
            if (static_cast<int>(i) != stream_) raw->streams[i]->discard = AVDISCARD_ALL;
        }
        const AVStream& stream = *raw->streams[stream_];
        if (stream.codecpar->sample_rate <= 0 || stream.codecpar->ch_layout.nb_channels <= 0) {
            return refused("is not sound or video, or is damaged", code < 0 ? code : AVERROR_INVALIDDATA);
        }
        codec_.reset(avcodec_alloc_context3(decoder));
        code = avcodec_parameters_to_context(codec_.get(), stream.codecpar);
        codec_->pkt_timebase = stream.time_base;
        codec_->thread_count = 1;
        if (code >= 0) code = avcodec_open2(codec_.get(), decoder, nullptr);
        if (code < 0) return refused("its sound cannot be decoded", code);
        if (stream.duration > 0) {
            expected_ = static_cast<double>(stream.duration) * av_q2d(stream.time_base);
        } else if (raw->duration > 0) {
            expected_ = static_cast<double>(raw->duration) / AV_TIME_BASE;
        }
        return {};
    }

    /// The length the file states, or 0.
    [[nodiscard]] double expectedSeconds() const { return expected_; }

    /// Calls take(frame) for every decoded frame; false from it ends the reading with an error of ours.
    template <class Take>
    Result<Decoded> read(const Take& take, Progress& progress) {
        Stage stage(progress, "decoding");
        const av::Packet packet(av_packet_alloc());
        const av::Frame frame(av_frame_alloc());
        Decoded done;
        int faultsInARow = 0;
        bool ended = false;
        while (!ended) {
            if (stop_.stop_requested()) return cancelled(where());
            int code = av_read_frame(input_.get(), packet.get());
            if (code == AVERROR_EXIT) return cancelled(where());
            ended = code == AVERROR_EOF;
            if (code < 0 && !ended) {
                ++done.faults;
                if (++faultsInARow > 100) ended = true;  // what follows is lost
                if (!ended) continue;
            }
            if (!ended && packet->stream_index != stream_) {
                av_packet_unref(packet.get());
                continue;
            }
            if (!ended) {
                showProgress(stage, *packet, done.seconds);
                faultsInARow = 0;
            }
            code = avcodec_send_packet(codec_.get(), ended ? nullptr : packet.get());
            av_packet_unref(packet.get());
            bool fault = code < 0 && code != AVERROR_EOF;
            for (;;) {
                code = avcodec_receive_frame(codec_.get(), frame.get());
                if (code == AVERROR(EAGAIN) || code == AVERROR_EOF) break;
                if (code < 0) {
                    fault = true;
                    break;
                }
                if (frame->sample_rate > 0) done.seconds += static_cast<double>(frame->nb_samples) / frame->sample_rate;
                CHOREIA_TRY(take(*frame));
            }
            ++(fault ? done.faults : done.good);
        }
        return judge(done);
    }

    [[nodiscard]] std::string where() const { return path_.string(); }

private:
    void showProgress(Stage& stage, const AVPacket& packet, double seconds) const {
        if (expected_ > 0) {
            stage.update(std::min(seconds, expected_), expected_);
        } else if (packet.pos >= 0) {
            stage.update(static_cast<double>(packet.pos), static_cast<double>(size_));
        }
    }

    [[nodiscard]] std::string kinds() const {
        bool video = false;
        for (unsigned i = 0; i < input_->nb_streams; ++i) video |= input_->streams[i]->codecpar->codec_type == AVMEDIA_TYPE_VIDEO;
        return video ? "pictures only" : "none";
    }

    [[nodiscard]] Error refused(const std::string& what, int code) const {
        if (code == AVERROR_EXIT || stop_.stop_requested()) return cancelled(where());
        return badInput(where(), what + ": " + av::text(code));
    }

    /// Damage that leaves next to nothing is refused; damage that leaves a song is told and lived with.
    [[nodiscard]] Result<Decoded> judge(const Decoded& done) const {
        const bool damaged = done.faults > 0 || expected_ > done.seconds + 0.5;
        if (done.seconds < 0.1 || (damaged && done.seconds < 0.5)) {
            return badInput(where(), damaged ? "is damaged or cut short: hardly any sound can be decoded" : "holds hardly any sound", "at least 0.5 s",
                            seconds(done.seconds));
        }
        if (done.faults > done.good) return badInput(where(), "is not sound, or is damaged: most of it cannot be decoded");
        // A stray packet at the end (a tag) is no damage worth a word.
        if (done.faults > 1) {
            logWarning(where() + ": damaged in " + std::to_string(done.faults) + " places; " + seconds(done.seconds) + " of sound kept");
        } else if (expected_ > done.seconds * 1.02 + 1.0) {
            logWarning(where() + ": ends early; " + seconds(done.seconds) + " of " + seconds(expected_) + " kept");
        } else if (av::isCutShort(path_)) {
            logWarning(where() + ": ends early; " + seconds(done.seconds) + " kept");
        }
        return done;
    }

    static std::string seconds(double value) {
        std::array<char, 32> buffer{};
        std::snprintf(buffer.data(), buffer.size(), "%.2f s", value);
        return buffer.data();
    }

    std::filesystem::path path_;
    std::stop_token stop_;
    std::uintmax_t size_ = 0;
    av::Input input_;
    av::Codec codec_;
    int stream_ = -1;
    double expected_ = 0;
};

}  // namespace

Result<Song> decodeSong(const std::filesystem::path& path, std::stop_token stop, Progress& progress) {
    SoundReader reader;
    CHOREIA_TRY(reader.open(path, std::move(stop)));
    Song song;
    song.playback = {audio::kPlaybackRate, 2, {}};
    song.analysis = {audio::kAnalysisRate, 1, {}};
    // Room for the stated length at once: growing by doubling would need up to three times an hour's memory. A lying header costs nothing much.
    const double room = std::clamp(reader.expectedSeconds(), 0.0, 4.0 * 3600.0) + 1.0;
    song.playback.samples.reserve(static_cast<std::size_t>(room * audio::kPlaybackRate) * 2);
    song.analysis.samples.reserve(static_cast<std::size_t>(room * audio::kAnalysisRate));
    Outlet playback(audio::kPlaybackRate, 2), analysis(audio::kAnalysisRate, 1);
    const Error unmixable = badInput(reader.where(), "its sound cannot be mixed down to two channels");
    const auto take = [&](const AVFrame& frame) -> Result<void> {
        if (!playback.feed(frame, song.playback.samples) || !analysis.feed(frame, song.analysis.samples)) return unmixable;
        return {};
    };
    CHOREIA_TRY(reader.read(take, progress));
    if (!playback.flush(song.playback.samples) || !analysis.flush(song.analysis.samples)) return unmixable;
    return song;
}

Result<void> streamMono(const std::filesystem::path& path, int rate, const std::function<bool(std::span<const float>)>& sink, std::stop_token stop,
                        Progress& progress) {
    if (rate < 1000 || rate > 384000) return usageError("rate", "is out of range", "1000 to 384000", std::to_string(rate));
    SoundReader reader;
    CHOREIA_TRY(reader.open(path, std::move(stop)));
    Outlet outlet(rate, 1);
    std::vector<float> waiting;
    const auto block = static_cast<std::size_t>(rate);
    const auto drain = [&](std::size_t atLeast) -> Result<void> {
        std::size_t from = 0;
        while (waiting.size() - from >= atLeast && from < waiting.size()) {
            const std::size_t count = std::min(block, waiting.size() - from);
            if (!sink({waiting.data() + from, count})) return cancelled(reader.where());
            from += count;
        }
        waiting.erase(waiting.begin(), waiting.begin() + static_cast<std::ptrdiff_t>(from));
        return {};
    };
    const Error unmixable = badInput(reader.where(), "its sound cannot be mixed down to one channel");
    const auto take = [&](const AVFrame& frame) -> Result<void> {
        if (!outlet.feed(frame, waiting)) return unmixable;
        return drain(block);
    };
    CHOREIA_TRY(reader.read(take, progress));
    if (!outlet.flush(waiting)) return unmixable;
    return drain(1);
}

}  // namespace choreia::io
