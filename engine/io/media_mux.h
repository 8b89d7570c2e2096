/// A media file being written: container, and the sound in it. Private to the media files of this room.
#pragma once

#include "audio/pcm.h"
#include "core/result.h"
#include "io/media_av.h"

#include <filesystem>
#include <string>
#include <vector>

namespace choreia::io::av {

/// Container of a file. Errors name `shown`, the path that the person gave, as the file itself may be a temporary one.
class Muxer {
public:
    Muxer() = default;
    Muxer(const Muxer&) = delete;
    Muxer& operator=(const Muxer&) = delete;
    ~Muxer();

    /// container: libav's name ("mp4"). Opens the file at once, so that an unwritable place is known before any work.
    Result<void> open(const std::filesystem::path& file, const char* container, std::string shown);
    /// Adds a stream for an opened encoder and fills its parameters in.
    Result<AVStream*> addStream(const AVCodecContext& codec);
    [[nodiscard]] bool wantsGlobalHeader() const;
    /// options: of the container, "movflags=+faststart".
    Result<void> begin(const char* options);
    /// Packet in the encoder's time base; consumed.
    Result<void> write(AVPacket& packet, const AVCodecContext& codec, const AVStream& stream);
    Result<void> end();

    [[nodiscard]] Error error(int code) const;
    [[nodiscard]] const std::string& shown() const { return shown_; }

private:
    AVFormatContext* context_ = nullptr;
    std::string shown_;
};

/// Sends frame (null: the end) through an encoder into the file.
Result<void> encode(Muxer& muxer, AVCodecContext& codec, const AVStream& stream, const AVFrame* frame);

/// The sound of a file being written: takes PCM piece by piece, cuts it into the encoder's frames.
class SoundTrack {
public:
    /// encoder: libav's name ("aac"); rate 0: the PCM's own. bitRate in bits a second, 0 for none.
    Result<void> open(Muxer& muxer, const audio::Pcm& form, const char* encoder, int rate, int bitRate);
    /// interleaved: samples of the form's rate and channels.
    Result<void> add(const float* interleaved, std::size_t frames);
    /// The rest, and the encoder's end.
    Result<void> finish();

private:
    Result<void> drain(bool last);
    Result<void> pull(const std::uint8_t** in, int count);

    Muxer* muxer_ = nullptr;
    Codec codec_;
    AVStream* stream_ = nullptr;
    Resampler resampler_;
    Frame frame_;
    int channels_ = 0;
    std::vector<std::vector<std::uint8_t>> waiting_;  ///< in the encoder's sample format, one a plane
    std::int64_t sent_ = 0;                           ///< samples sent to the encoder
};

}  // namespace choreia::io::av
