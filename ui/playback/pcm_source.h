/// The QIODevice from which the sound device pulls: 16-bit stereo from a decoded song, along a PlaybackMap.
#pragma once

#include "audio/pcm.h"
#include "playback/playback_map.h"
#include "playback/stretcher.h"

#include <QIODevice>

#include <atomic>
#include <memory>
#include <vector>

namespace choreia::ui {

/// readData runs in whatever thread the backend uses; everything it touches is fixed for a run, or its own.
class PcmSource final : public QIODevice {
    Q_OBJECT

public:
    /// clicks: seconds in the song of metronome clicks, rising; accents: those among them that are downbeats. volume: 0..1.
    /// Where map.speed is not 1 the song is stretched with its pitch kept, the clicks are not; at 1 the song's samples are handed over as they are.
    PcmSource(std::shared_ptr<const audio::Pcm> pcm, const PlaybackMap& map, float volume, std::vector<double> clicks,
              std::vector<double> accents, QObject* parent = nullptr);

    static constexpr int kBytesPerFrame = 4;  ///< two channels of 16 bits
    /// True once the song's last sample was handed over.
    [[nodiscard]] bool exhausted() const { return exhausted_.load(); }
    /// Seconds of sound handed over so far.
    [[nodiscard]] double handedOver() const { return static_cast<double>(produced_.load()) / pcm_->rate; }
    [[nodiscard]] bool isSequential() const override { return true; }
    [[nodiscard]] qint64 bytesAvailable() const override;

protected:
    qint64 readData(char* data, qint64 size) override;
    qint64 writeData(const char*, qint64) override { return -1; }

private:
    [[nodiscard]] float click(double time) const;
    /// The song's frame nearest to `seconds`; silence outside.
    [[nodiscard]] Stretcher::Frame frameAt(double seconds) const;

    std::shared_ptr<const audio::Pcm> pcm_;
    PlaybackMap map_;
    float volume_;
    std::vector<double> clicks_, accents_;
    std::unique_ptr<Stretcher> stretcher_;
    std::atomic<qint64> produced_ = 0;  ///< frames
    std::atomic<bool> exhausted_ = false;
};

}  // namespace choreia::ui
