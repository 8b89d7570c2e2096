// One run from play (or seek) to pause: a sink and a source made for it, or the silent clock.
#include "playback/player.h"

#include "playback/pcm_source.h"

#include <QAudioDevice>
#include <QAudioFormat>
#include <QAudioSink>
#include <QMediaDevices>

#include <algorithm>
#include <cmath>

namespace choreia::ui {

Player::Player(Sound sound, QObject* parent) : QObject(parent), sound_(sound) {
    timer_.setTimerType(Qt::PreciseTimer);
    setFrameRate(60);
    connect(&timer_, &QTimer::timeout, this, &Player::tick);
}

Player::~Player() { stopRun(); }

void Player::setFrameRate(double hertz) { timer_.setInterval(std::max(1, static_cast<int>(std::floor(1000.0 / std::max(hertz, 1.0))))); }

void Player::setSong(std::shared_ptr<const audio::Pcm> pcm, double duration) {
    pause();
    scrubber_.stop();
    pcm_ = std::move(pcm);
    duration_ = std::max(0.0, duration);
    loop_ = {};
    looping_ = false;
    position_ = 0;
    Q_EMIT loopChanged();
    Q_EMIT positionChanged(position_);
}

void Player::setBeats(std::vector<double> beats, std::vector<double> downbeats) {
    beats_ = std::move(beats);
    downbeats_ = std::move(downbeats);
    if (click_) restartIfPlaying();
}

void Player::setLoop(const LoopRegion& region) {
    LoopRegion clamped{std::clamp(region.begin, 0.0, duration_), std::clamp(region.end, 0.0, duration_)};
    if (clamped.end - clamped.begin < 0.05) clamped = {};
    if (clamped == loop_) return;
    loop_ = clamped;
    if (!loop_.active()) looping_ = false;
    restartIfPlaying();
    Q_EMIT loopChanged();
}

void Player::setLooping(bool looping) {
    if (looping && !loop_.active()) loop_ = {0, duration_};
    looping = looping && loop_.active();
    if (looping == looping_) return;
    looping_ = looping;
    restartIfPlaying();
    Q_EMIT loopChanged();
}

void Player::setClick(bool on) {
    click_ = on;
    restartIfPlaying();
}

void Player::setVolume(double volume) {
    volume_ = std::clamp(volume, 0.0, 1.0);
    restartIfPlaying();
}

void Player::setSpeed(double speed) {
    if (std::isnan(speed)) return;
    speed = std::clamp(speed, kSpeeds.front(), kSpeeds.back());
    if (speed == speed_) return;
    // The run before ends at the old speed, so that the position goes on from what is heard.
    speed_ = speed;
    restartIfPlaying();
    Q_EMIT speedChanged(speed_);
}

void Player::stepSpeed(int direction) {
    const auto at = direction > 0 ? std::upper_bound(kSpeeds.begin(), kSpeeds.end(), speed_) : std::lower_bound(kSpeeds.begin(), kSpeeds.end(), speed_);
    if (direction > 0 && at != kSpeeds.end()) setSpeed(*at);
    if (direction < 0 && at != kSpeeds.begin()) setSpeed(*std::prev(at));
}

void Player::setScrubbing(bool audible) {
    scrubbing_ = audible;
    if (!audible) scrubber_.stop();
}

void Player::scrub(double seconds) {
    if (playing_ || !scrubbing_ || !pcm_ || volume_ <= 0 || sound_ == Sound::Never || !std::isfinite(seconds)) return;
    scrubber_.hear(pcm_, std::clamp(seconds, 0.0, duration_), volume_);
}

void Player::play() {
    if (playing_ || duration_ <= 0) return;
    if (position_ >= duration_ - 1e-3) position_ = 0;  // at the end, play means again
    playing_ = true;
    startRun();
    timer_.start();
    Q_EMIT playingChanged(true);
}

void Player::pause() {
    if (!playing_) return;
    tick();
    if (!playing_) return;  // the tick found the end
    timer_.stop();
    stopRun();
    playing_ = false;
    Q_EMIT playingChanged(false);
}

void Player::toggle() { playing_ ? pause() : play(); }

void Player::seek(double seconds) {
    if (!std::isfinite(seconds)) return;
    position_ = std::clamp(seconds, 0.0, duration_);
    if (playing_) {
        stopRun();
        startRun();
    }
    Q_EMIT positionChanged(position_);
}

void Player::restartIfPlaying() {
    if (!playing_) return;
    position_ = map_.at(elapsed());
    stopRun();
    startRun();
}

void Player::startRun() {
    scrubber_.stop();
    map_ = {position_, duration_, looping_ ? loop_ : LoopRegion{}, speed_};
    clock_.reset();
    wall_.start();
    const QAudioDevice device = sound_ == Sound::WhereThereIsADevice && pcm_ ? QMediaDevices::defaultAudioOutput() : QAudioDevice();
    if (device.isNull()) return;
    QAudioFormat format;
    format.setSampleRate(pcm_->rate);
    format.setChannelCount(2);
    format.setSampleFormat(QAudioFormat::Int16);
    source_ = std::make_unique<PcmSource>(pcm_, map_, static_cast<float>(volume_), click_ ? beats_ : std::vector<double>{},
                                          click_ ? downbeats_ : std::vector<double>{});
    source_->open(QIODevice::ReadOnly | QIODevice::Unbuffered);  // so that it knows what was handed over
    sink_ = std::make_unique<QAudioSink>(device, format);
    sink_->setBufferSize(pcm_->rate / 10 * PcmSource::kBytesPerFrame);
    sink_->start(source_.get());
    if (sink_->error() != QAudio::NoError) {  // the device went away: go on in silence
        sink_.reset();
        source_.reset();
    }
}

void Player::stopRun() {
    if (sink_) sink_->stop();
    sink_.reset();
    source_.reset();
}

double Player::elapsed() {
    const double wall = static_cast<double>(wall_.nsecsElapsed()) * 1e-9;
    if (!sink_) return wall;
    if (sink_->error() == QAudio::FatalError || sink_->error() == QAudio::IOError) {
        position_ = map_.at(clock_.update(wall, wall));
        stopRun();
        map_.start = position_;
        wall_.restart();
        return 0;
    }
    // What has been handed over, less what still waits in the sink's buffer, is what is heard. By processedUSecs some backends mean all that
    // was handed over, others (PulseAudio) what has left the loudspeaker: then it is the better figure, as the buffer is told in steps.
    const qint64 waiting = std::max<qint64>(0, sink_->bufferSize() - sink_->bytesFree());
    const double latency = static_cast<double>(waiting) / PcmSource::kBytesPerFrame / pcm_->rate;
    const double handed = source_->handedOver(), processed = static_cast<double>(sink_->processedUSecs()) * 1e-6;
    const double heard = processed < handed - latency / 2 ? processed : handed - latency;
    return clock_.update(std::max(0.0, heard), wall);
}

void Player::tick() {
    const double now = elapsed();
    // A device that has played all it got is at the end, however its own clock rounds.
    const bool drained = sink_ && source_->exhausted() && sink_->state() != QAudio::ActiveState;
    const bool over = drained || map_.over(now);
    position_ = over ? duration_ : map_.at(now);
    Q_EMIT positionChanged(position_);
    if (!over || !playing_) return;
    timer_.stop();
    stopRun();
    playing_ = false;
    Q_EMIT playingChanged(false);
}

}  // namespace choreia::ui
