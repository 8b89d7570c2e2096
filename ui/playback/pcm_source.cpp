// Each output frame is looked up through the map, so that loops are seamless to the sample.
#include "playback/pcm_source.h"

#include <algorithm>
#include <cmath>

namespace choreia::ui {

PcmSource::PcmSource(std::shared_ptr<const audio::Pcm> pcm, const PlaybackMap& map, float volume, std::vector<double> clicks,
                     std::vector<double> accents, QObject* parent)
    : QIODevice(parent), pcm_(std::move(pcm)), map_(map), volume_(volume), clicks_(std::move(clicks)), accents_(std::move(accents)) {}

qint64 PcmSource::bytesAvailable() const {
    const double played = static_cast<double>(produced_) / pcm_->rate;
    const qint64 ahead = map_.over(played) ? 0 : pcm_->rate;  // a second is always ready
    return ahead * kBytesPerFrame + QIODevice::bytesAvailable();
}

float PcmSource::click(double time) const {
    const auto next = std::upper_bound(clicks_.begin(), clicks_.end(), time);
    if (next == clicks_.begin()) return 0;
    const double beat = *std::prev(next), age = time - beat;
    if (age > 0.05) return 0;
    const bool accent = std::binary_search(accents_.begin(), accents_.end(), beat);
    return static_cast<float>(0.5 * std::exp(-age * 90) * std::sin(age * 6.283185307 * (accent ? 1760.0 : 1175.0)));
}

qint64 PcmSource::readData(char* data, qint64 size) {
    const qint64 wanted = size / kBytesPerFrame;
    auto* out = reinterpret_cast<qint16*>(data);
    const auto total = static_cast<qint64>(pcm_->frames());
    const auto channels = static_cast<std::size_t>(pcm_->channels);
    qint64 done = 0;
    for (; done < wanted; ++done) {
        const double elapsed = static_cast<double>(produced_ + done) / pcm_->rate;
        if (map_.over(elapsed)) {
            exhausted_ = true;
            break;
        }
        const double time = map_.at(elapsed);
        const qint64 frame = std::llround(time * pcm_->rate);
        const float extra = clicks_.empty() ? 0.0f : click(time);
        for (std::size_t c = 0; c < 2; ++c) {
            const float sample =
                frame < total ? pcm_->samples[static_cast<std::size_t>(frame) * channels + std::min(c, channels - 1)] : 0.0f;
            out[2 * done + static_cast<qint64>(c)] = static_cast<qint16>(std::lround(std::clamp(sample * volume_ + extra, -1.0f, 1.0f) * 32767.0f));
        }
    }
    produced_ += done;
    return done > 0 ? done * kBytesPerFrame : -1;
}

}  // namespace choreia::ui
