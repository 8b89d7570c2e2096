// Rounded to the nearest step; a block's steps are a 32767th of its loudest sample.
#include "audio/packed_sound.h"

#include <algorithm>
#include <cmath>

namespace choreia::audio {

void PackedSound::append(std::span<const float> samples) {
    constexpr float kMost = 32767;
    while (!samples.empty()) {
        const std::size_t count = std::min(samples.size(), kBlock - waiting_.size());
        waiting_.insert(waiting_.end(), samples.begin(), samples.begin() + static_cast<std::ptrdiff_t>(count));
        samples = samples.subspan(count);
        for (auto v = waiting_.end() - static_cast<std::ptrdiff_t>(count); v != waiting_.end(); ++v)
            if (!std::isfinite(*v)) *v = 0;
        if (waiting_.size() < kBlock) return;
        auto block = std::make_unique<Block>();
        float top = 0;
        for (const float v : waiting_) top = std::max(top, std::abs(v));
        block->scale = top / kMost;
        if (block->scale > 0)
            for (std::size_t i = 0; i < kBlock; ++i) block->values[i] = static_cast<std::int16_t>(std::lrintf(std::clamp(waiting_[i] / block->scale, -kMost, kMost)));
        blocks_.push_back(std::move(block));
        waiting_.clear();
    }
}

void PackedSound::read(std::ptrdiff_t begin, std::size_t count, float* out) const {
    const auto length = static_cast<std::ptrdiff_t>(size()), end = begin + static_cast<std::ptrdiff_t>(count);
    std::ptrdiff_t at = begin;
    for (; at < std::min<std::ptrdiff_t>(0, end); ++at) *out++ = 0;
    while (at < std::min(length, end)) {
        const auto block = static_cast<std::size_t>(at) / kBlock, from = static_cast<std::size_t>(at) % kBlock;
        const bool packed = block < blocks_.size();
        const std::size_t here = std::min<std::size_t>((packed ? kBlock : waiting_.size()) - from, static_cast<std::size_t>(end - at));
        if (packed) {
            const auto& b = *blocks_[block];
            for (std::size_t i = 0; i < here; ++i) out[i] = b.scale * static_cast<float>(b.values[from + i]);
        } else {
            std::copy_n(waiting_.begin() + static_cast<std::ptrdiff_t>(from), here, out);
        }
        out += here;
        at += static_cast<std::ptrdiff_t>(here);
    }
    for (; at < end; ++at) *out++ = 0;
}

void MonoView::read(std::ptrdiff_t begin, std::size_t count, float* out) const {
    if (packed_) return packed_->read(begin, count, out);
    const auto length = static_cast<std::ptrdiff_t>(plain_.size()), size = static_cast<std::ptrdiff_t>(count);
    const std::ptrdiff_t from = std::clamp<std::ptrdiff_t>(-begin, 0, size), to = std::clamp<std::ptrdiff_t>(length - begin, from, size);
    std::fill(out, out + from, 0.0f);
    if (to > from) std::copy_n(plain_.data() + (begin + from), to - from, out + from);
    std::fill(out + to, out + size, 0.0f);
}

}  // namespace choreia::audio
