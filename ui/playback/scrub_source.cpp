// Grains follow one another at half their length; Hann windows add up to one there, so that a steady drag sounds even.
#include "playback/scrub_source.h"

#include "playback/pcm_source.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace choreia::ui {

namespace {

constexpr qint64 kNone = std::numeric_limits<qint64>::min();

}  // namespace

ScrubSource::ScrubSource(std::shared_ptr<const audio::Pcm> pcm, QObject* parent)
    : QIODevice(parent), pcm_(std::move(pcm)), length_(2 * std::max<qint64>(1, std::llround(kGrain / 2 * pcm_->rate))), wanted_(kNone) {}

void ScrubSource::request(double seconds) {
    if (std::isfinite(seconds)) wanted_ = std::llround(seconds * pcm_->rate);
}

qint64 ScrubSource::bytesAvailable() const { return qint64(pcm_->rate) * PcmSource::kBytesPerFrame + QIODevice::bytesAvailable(); }

float ScrubSource::window(qint64 age) const {
    return static_cast<float>(0.5 - 0.5 * std::cos(6.283185307179586 * static_cast<double>(age) / static_cast<double>(length_)));
}

float ScrubSource::sample(qint64 frame, std::size_t channel) const {
    if (frame < 0 || frame >= static_cast<qint64>(pcm_->frames())) return 0;
    const auto channels = static_cast<std::size_t>(pcm_->channels);
    return pcm_->samples[static_cast<std::size_t>(frame) * channels + std::min(channel, channels - 1)];
}

qint64 ScrubSource::readData(char* data, qint64 size) {
    const qint64 frames = size / PcmSource::kBytesPerFrame;
    auto* out = reinterpret_cast<qint16*>(data);
    const float volume = volume_;
    for (qint64 i = 0; i < frames; ++i) {
        const qint64 newestAge = grains_[newest_].age;
        if (newestAge < 0 || newestAge >= length_ / 2) {  // then the other one has ended
            if (wanted_.load(std::memory_order_relaxed) != kNone) {
                const qint64 middle = wanted_.exchange(kNone);
                newest_ = 1 - newest_;
                grains_[newest_] = {middle - length_ / 2, 0};
            }
        }
        std::array<float, 2> sum{};
        for (Grain& grain : grains_) {
            if (grain.age < 0) continue;
            const float weight = window(grain.age) * volume;
            for (std::size_t c = 0; c < 2; ++c) sum[c] += weight * sample(grain.first + grain.age, c);
            if (++grain.age >= length_) grain.age = -1;
        }
        for (std::size_t c = 0; c < 2; ++c) out[2 * i + static_cast<qint64>(c)] = static_cast<qint16>(std::lround(std::clamp(sum[c], -1.0f, 1.0f) * 32767.0f));
    }
    return frames * PcmSource::kBytesPerFrame;
}

}  // namespace choreia::ui
