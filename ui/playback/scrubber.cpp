// Opening a device takes far longer than a mouse move may: it stays open until the hand has rested.
#include "playback/scrubber.h"

#include "playback/pcm_source.h"
#include "playback/scrub_source.h"

#include <QAudioDevice>
#include <QAudioFormat>
#include <QAudioSink>
#include <QMediaDevices>

namespace choreia::ui {

Scrubber::Scrubber(QObject* parent) : QObject(parent) {
    idle_.setSingleShot(true);
    idle_.setInterval(1500);
    connect(&idle_, &QTimer::timeout, this, &Scrubber::stop);
}

Scrubber::~Scrubber() { stop(); }

void Scrubber::hear(const std::shared_ptr<const audio::Pcm>& pcm, double seconds, double volume) {
    const bool failed = sink_ && (sink_->error() == QAudio::FatalError || sink_->error() == QAudio::IOError);
    if (failed) stop();
    // Without a device the timer runs all the same, and the devices are asked for again only once it has run out.
    const bool fresh = !source_ && !idle_.isActive();
    idle_.start();
    if (fresh) {
        source_ = std::make_unique<ScrubSource>(pcm);
        source_->open(QIODevice::ReadOnly | QIODevice::Unbuffered);  // what was read ahead would be heard late
    }
    if (!source_) return;
    source_->setVolume(static_cast<float>(volume));
    source_->request(seconds);
    if (fresh) open(pcm->rate);
}

void Scrubber::stop() {
    idle_.stop();
    if (sink_) sink_->stop();
    sink_.reset();
    source_.reset();
}

void Scrubber::open(int rate) {
    if (const QAudioDevice device = QMediaDevices::defaultAudioOutput(); !device.isNull()) {
        QAudioFormat format;
        format.setSampleRate(rate);
        format.setChannelCount(2);
        format.setSampleFormat(QAudioFormat::Int16);
        sink_ = std::make_unique<QAudioSink>(device, format);
        sink_->setBufferSize(rate / 10 * PcmSource::kBytesPerFrame);  // half of it would be heard sooner, but leaves PulseAudio waiting for ever
        sink_->start(source_.get());
        if (sink_->error() == QAudio::NoError) return;
    }
    sink_.reset();
    source_.reset();
}

}  // namespace choreia::ui
