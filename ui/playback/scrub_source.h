/// The QIODevice behind audible scrubbing: short grains of the song, where the playhead is dragged; silence in between, without end.
#pragma once

#include "audio/pcm.h"

#include <QIODevice>

#include <array>
#include <atomic>
#include <memory>

namespace choreia::ui {

/// request() comes from the window's thread, readData runs in the backend's: a single atomic place lies between them.
class ScrubSource final : public QIODevice {
    Q_OBJECT

public:
    explicit ScrubSource(std::shared_ptr<const audio::Pcm> pcm, QObject* parent = nullptr);

    static constexpr double kGrain = 0.07;  ///< seconds: long enough to have a pitch, short enough to tell a beat from its neighbour
    /// A grain is to be heard whose middle is at `seconds` of the song. Of several in a hurry the last is heard.
    void request(double seconds);
    void setVolume(float volume) { volume_ = volume; }  ///< 0..1

    [[nodiscard]] bool isSequential() const override { return true; }
    [[nodiscard]] qint64 bytesAvailable() const override;

protected:
    qint64 readData(char* data, qint64 size) override;
    qint64 writeData(const char*, qint64) override { return -1; }

private:
    struct Grain {
        qint64 first = 0;  ///< frame of the song
        qint64 age = -1;   ///< frames heard; negative: none
    };
    [[nodiscard]] float window(qint64 age) const;
    [[nodiscard]] float sample(qint64 frame, std::size_t channel) const;

    std::shared_ptr<const audio::Pcm> pcm_;
    const qint64 length_;               ///< of a grain, frames, even
    std::atomic<qint64> wanted_;        ///< the middle's frame, or kNone
    std::atomic<float> volume_ = 1.0f;
    std::array<Grain, 2> grains_;       ///< one fades out while the next fades in
    std::size_t newest_ = 0;
};

}  // namespace choreia::ui
