// Each frame is looked up through the map, so that loops are seamless to the sample; at another speed than 1 the stretcher looks them up.
#include "playback/pcm_source.h"

#include <algorithm>
#include <cmath>

namespace choreia::ui {

PcmSource::PcmSource(std::shared_ptr<const audio::Pcm> pcm, const PlaybackMap& map, float volume, std::vector<double> clicks,
                     std::vector<double> accents, QObject* parent)
    : QIODevice(parent), pcm_(std::move(pcm)), map_(map), volume_(volume), clicks_(std::move(clicks)), accents_(std::move(accents)) {
    if (map_.speed == 1) return;
    PlaybackMap plain = map_;
    plain.speed = 1;
    // Loops are laid out before stretching, which then goes on across their seams.
    stretcher_ = std::make_unique<Stretcher>(pcm_->rate, map_.speed, [this, plain](std::ptrdiff_t index) {
        const double elapsed = static_cast<double>(index) / pcm_->rate;
        if (index < 0) return frameAt(plain.start + elapsed);
        return plain.over(elapsed) ? Stretcher::Frame{} : frameAt(plain.at(elapsed));
    });
}

qint64 PcmSource::bytesAvailable() const {
    const qint64 ahead = map_.over(handedOver()) ? 0 : pcm_->rate;  // a second is always ready
    return ahead * kBytesPerFrame + QIODevice::bytesAvailable();
}

float PcmSource::click(double time) const {
    const auto next = std::upper_bound(clicks_.begin(), clicks_.end(), time);
    if (next == clicks_.begin()) return 0;
    const double beat = *std::prev(next), age = (time - beat) / map_.speed;
    if (age > 0.05) return 0;
    const bool accent = std::binary_search(accents_.begin(), accents_.end(), beat);
    return static_cast<float>(0.5 * std::exp(-age * 90) * std::sin(age * 6.283185307 * (accent ? 1760.0 : 1175.0)));
}

Stretcher::Frame PcmSource::frameAt(double seconds) const {
    const qint64 frame = std::llround(seconds * pcm_->rate);
    if (frame < 0 || frame >= static_cast<qint64>(pcm_->frames())) return {};
    const auto channels = static_cast<std::size_t>(pcm_->channels);
    const float* samples = pcm_->samples.data() + static_cast<std::size_t>(frame) * channels;
    return {samples[0], samples[channels - 1]};
}

qint64 PcmSource::readData(char* data, qint64 size) {
    const qint64 wanted = size / kBytesPerFrame;
    auto* out = reinterpret_cast<qint16*>(data);
    const qint64 before = produced_;
    qint64 done = 0;
    for (; done < wanted; ++done) {
        const double elapsed = static_cast<double>(before + done) / pcm_->rate;
        if (map_.over(elapsed)) {
            exhausted_ = true;
            break;
        }
        const double time = map_.at(elapsed);
        const Stretcher::Frame frame = stretcher_ ? stretcher_->next() : frameAt(time);
        const float extra = clicks_.empty() ? 0.0f : click(time);
        for (std::size_t c = 0; c < 2; ++c)
            out[2 * done + static_cast<qint64>(c)] = static_cast<qint16>(std::lround(std::clamp(frame[c] * volume_ + extra, -1.0f, 1.0f) * 32767.0f));
    }
    produced_ = before + done;
    return done > 0 ? done * kBytesPerFrame : -1;
}

}  // namespace choreia::ui
