/// Sound and video files through libav. libav's types and errors stay inside this room.
#pragma once

#include "audio/pcm.h"
#include "core/progress.h"
#include "core/result.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <stop_token>
#include <string>

namespace choreia::io {

struct Song {
    audio::Pcm playback;  ///< 48 kHz stereo
    audio::Pcm analysis;  ///< 22.05 kHz mono
};

/// Decodes the sound of an audio or video file (mp3, ogg, opus, flac, wav, m4a, mp4, webm ...), any rate and channel count.
/// Error (BadInput): missing, directory, empty, not media, no sound in it, damaged so that nothing (or under 0.1 s) decodes. Cancelled: stop was asked.
Result<Song> decodeSong(const std::filesystem::path& path, std::stop_token stop, Progress& progress);

/// Calls sink with blocks of up to one second of mono sound at the given rate: for songs of hours.
Result<void> streamMono(const std::filesystem::path& path, int rate, const std::function<bool(std::span<const float>)>& sink, std::stop_token stop,
                        Progress& progress);

/// SHA-256 free content identity: 64-bit FNV-1a over the file's bytes as 16 hex digits.
Result<std::string> fileHash(const std::filesystem::path& path);

enum class VideoCodec { H264Aac, Vp9Opus, ProResPcm };
/// By the extension: .mp4, .webm or .mov (ProRes 4444, for editing programs). Error (Usage): another.
Result<VideoCodec> videoCodecOf(const std::filesystem::path& path);
/// Whether its pictures may be partly transparent: all but H.264.
[[nodiscard]] bool keepsOpacity(VideoCodec codec);

struct VideoFormat {
    int width = 1280, height = 720;  ///< even
    double fps = 30;
    VideoCodec codec = VideoCodec::H264Aac;
    int quality = 20;  ///< CRF; not of ProRes, which has one
    bool opacity = false;  ///< the fourth channel counts (colours not multiplied by it)
};

/// Writes pictures and sound into one file, in step. Use: open, addPicture for every frame, then finish(). Not finishing leaves no valid file.
class VideoWriter {
public:
    /// sound may be null: a silent film. Its length is cut or padded to the picture's. path's extension must fit the codec. Error (Usage):
    /// it does not, sizes and rates out of range, opacity that the codec does not keep.
    static Result<std::unique_ptr<VideoWriter>> open(const std::filesystem::path& path, const VideoFormat& format, const audio::Pcm* sound);
    virtual ~VideoWriter() = default;
    /// rgba: width * height * 4 bytes, top row first.
    virtual Result<void> addPicture(std::span<const std::uint8_t> rgba) = 0;
    virtual Result<void> finish() = 0;
};

/// Writes 16-bit WAV, or Ogg Opus/Vorbis by extension (.wav, .ogg, .opus).
Result<void> writeSound(const std::filesystem::path& path, const audio::Pcm& pcm);

}  // namespace choreia::io
