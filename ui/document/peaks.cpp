// Builds the finest level from the samples and each coarser one from the level before.
#include "document/peaks.h"

#include <algorithm>
#include <cmath>

namespace choreia::ui {

namespace {

PeakRange merged(const PeakRange& a, const PeakRange& b) {
    return {std::min(a.low, b.low), std::max(a.high, b.high), std::sqrt(0.5f * (a.rms * a.rms + b.rms * b.rms))};
}

}  // namespace

Peaks Peaks::build(const audio::Pcm& pcm) {
    Peaks peaks;
    const std::size_t frames = pcm.frames();
    if (frames == 0) return peaks;
    peaks.rate_ = pcm.rate;
    peaks.seconds_ = pcm.seconds();
    const auto channels = static_cast<std::size_t>(pcm.channels);
    std::vector<PeakRange> level((frames + kBlock - 1) / kBlock);
    for (std::size_t b = 0; b < level.size(); ++b) {
        const std::size_t first = b * kBlock, last = std::min(frames, first + kBlock);
        float low = 1, high = -1;
        double square = 0;
        for (std::size_t i = first; i < last; ++i) {
            float sample = 0;
            for (std::size_t c = 0; c < channels; ++c) sample += pcm.samples[i * channels + c];
            sample /= static_cast<float>(channels);
            low = std::min(low, sample);
            high = std::max(high, sample);
            square += static_cast<double>(sample) * sample;
        }
        level[b] = {low, high, static_cast<float>(std::sqrt(square / static_cast<double>(last - first)))};
        peaks.loudest_ = std::max({peaks.loudest_, -low, high});
    }
    peaks.levels_.push_back(std::move(level));
    while (peaks.levels_.back().size() > 1) {
        const auto& fine = peaks.levels_.back();
        std::vector<PeakRange> coarse((fine.size() + 1) / 2);
        for (std::size_t i = 0; i < coarse.size(); ++i)
            coarse[i] = 2 * i + 1 < fine.size() ? merged(fine[2 * i], fine[2 * i + 1]) : fine[2 * i];
        peaks.levels_.push_back(std::move(coarse));
    }
    return peaks;
}

PeakRange Peaks::range(double begin, double end) const {
    if (levels_.empty() || end <= 0 || begin >= seconds_) return {};
    const double blocks = (end - begin) * rate_ / kBlock;
    // The level whose blocks are at most half as long as what is asked, so that the edges are true to a quarter.
    std::size_t level = 0;
    double size = kBlock;
    for (double share = blocks; share > 8 && level + 1 < levels_.size(); share /= 2) {
        ++level;
        size *= 2;
    }
    const auto& values = levels_[level];
    const double last = static_cast<double>(values.size() - 1);
    const auto from = static_cast<std::size_t>(std::clamp(std::floor(begin * rate_ / size), 0.0, last));
    const auto to = static_cast<std::size_t>(std::clamp(std::ceil(end * rate_ / size) - 1, static_cast<double>(from), last));
    PeakRange all = values[from];
    double square = 0;
    for (std::size_t i = from; i <= to; ++i) {
        all.low = std::min(all.low, values[i].low);
        all.high = std::max(all.high, values[i].high);
        square += static_cast<double>(values[i].rms) * values[i].rms;
    }
    all.rms = static_cast<float>(std::sqrt(square / static_cast<double>(to - from + 1)));
    return all;
}

}  // namespace choreia::ui
