/// Plays the song and says, once a display frame, where it is; the picture is slaved to the sound's clock.
#pragma once

#include "audio/pcm.h"
#include "playback/playback_map.h"
#include "playback/scrubber.h"
#include "playback/smooth_clock.h"

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>

#include <array>
#include <memory>
#include <vector>

class QAudioSink;

namespace choreia::ui {

class PcmSource;

/// Without an audio device (or without a song) a silent clock runs in its place, so that everything works the same.
class Player : public QObject {
    Q_OBJECT

public:
    enum class Sound { WhereThereIsADevice, Never };
    explicit Player(Sound sound = Sound::WhereThereIsADevice, QObject* parent = nullptr);
    ~Player() override;

    static constexpr std::array kSpeeds{0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0};  ///< those that are offered; any between is good

    /// Stops, and goes to the start; the speed stays. pcm may be null: silence of the given length.
    void setSong(std::shared_ptr<const audio::Pcm> pcm, double duration);
    /// For the metronome; taken over at once, also while playing.
    void setBeats(std::vector<double> beats, std::vector<double> downbeats);
    void setLoop(const LoopRegion& region);
    void setLooping(bool looping);
    void setClick(bool on);
    void setVolume(double volume);  ///< 0..1
    void setFrameRate(double hertz);
    /// Seconds of the song a second heard, the pitch stays; held within 0.25..2, NaN is ignored. Taken over at once, also while playing.
    void setSpeed(double speed);
    /// To the next of kSpeeds above or below; none beyond the last.
    void stepSpeed(int direction);
    /// Whether scrub() is heard.
    void setScrubbing(bool audible);

    [[nodiscard]] bool playing() const { return playing_; }
    [[nodiscard]] double position() const { return position_; }
    [[nodiscard]] double duration() const { return duration_; }
    [[nodiscard]] const LoopRegion& loop() const { return loop_; }
    [[nodiscard]] bool looping() const { return looping_; }
    [[nodiscard]] double speed() const { return speed_; }
    [[nodiscard]] bool scrubbing() const { return scrubbing_; }
    [[nodiscard]] bool silent() const { return sink_ == nullptr; }

public Q_SLOTS:
    void play();
    void pause();
    void toggle();
    /// Clamped to the song.
    void seek(double seconds);
    /// The playhead is being dragged and is here: a moment of the song is heard. Silent while playing, without a device, and where switched off.
    void scrub(double seconds);

Q_SIGNALS:
    void positionChanged(double seconds);
    void playingChanged(bool playing);
    void loopChanged();
    void speedChanged(double speed);

private:
    void startRun();
    void stopRun();
    void restartIfPlaying();
    void tick();
    [[nodiscard]] double elapsed();

    Sound sound_;
    std::shared_ptr<const audio::Pcm> pcm_;
    std::vector<double> beats_, downbeats_;
    double duration_ = 0, position_ = 0, volume_ = 1, speed_ = 1;
    LoopRegion loop_;
    bool looping_ = false, click_ = false, playing_ = false, scrubbing_ = true;
    PlaybackMap map_;
    SmoothClock clock_;
    QElapsedTimer wall_;
    QTimer timer_;
    std::unique_ptr<PcmSource> source_;
    std::unique_ptr<QAudioSink> sink_;
    Scrubber scrubber_;
};

}  // namespace choreia::ui
