// Sound files by extension: WAV, Ogg Vorbis, Ogg Opus.
#include "core/atomic_file.h"
#include "io/media.h"
#include "io/media_mux.h"

namespace choreia::io {

Result<void> writeSound(const std::filesystem::path& path, const audio::Pcm& pcm) {
    const std::string extension = path.extension().string();
    const char *container = nullptr, *encoder = nullptr;
    int rate = 0, bitRate = 0;
    if (extension == ".wav") {
        container = "wav";
        encoder = "pcm_s16le";
    } else if (extension == ".ogg") {
        container = "ogg";
        encoder = "libvorbis";
        if (pcm.rate > audio::kPlaybackRate) rate = audio::kPlaybackRate;  // the encoder has no mode at this bit rate for more
        bitRate = 80000 * pcm.channels;
    } else if (extension == ".opus") {
        container = "opus";
        encoder = "libopus";
        rate = 48000;
        bitRate = 64000 * pcm.channels;
    } else {
        return usageError(path.string(), "is no sound format that can be written", ".wav, .ogg or .opus", extension);
    }
    return replaceFile(path, [&](const std::filesystem::path& temporary) -> Result<void> {
        av::Muxer muxer;
        av::SoundTrack track;
        CHOREIA_TRY(muxer.open(temporary, container, path.string()));
        CHOREIA_TRY(track.open(muxer, pcm, encoder, rate, bitRate));
        CHOREIA_TRY(muxer.begin(""));
        CHOREIA_TRY(track.add(pcm.samples.data(), pcm.frames()));
        CHOREIA_TRY(track.finish());
        return muxer.end();
    });
}

}  // namespace choreia::io
