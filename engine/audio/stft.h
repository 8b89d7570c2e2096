/// Walks over the rows of a short-time spectrum, in parallel and cancellable, without keeping it.
#pragma once

#include "audio/fft.h"
#include "audio/packed_sound.h"
#include "core/parallel.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <stop_token>
#include <vector>

namespace choreia::audio {

struct StftPlan {
    std::size_t size = 2048;      ///< window length, power of two
    double hop = 367.5;           ///< samples from row to row, may be fractional; row i is centred on sample i * hop
    std::size_t rows = 0;
    float gain = 1;               ///< the samples are scaled by it
    std::size_t overlap = 0;      ///< rows before its own that a block of rows also gets, for differences in time
    std::size_t firstRow = 0;     ///< the song's row that is row 0 here, for a stretch of a song
    std::ptrdiff_t origin = 0;    ///< the song's sample that is sample 0 here
};

/// Calls block(first, count, skip, magnitudes) for blocks of rows: magnitudes holds rows first-skip .. first+count-1, each of size/2+1
/// values |X| (unscaled). Blocks come from several threads, in any order. done(rows) is called from the calling thread now and then.
/// False where stop was asked.
template <class Block, class Done>
bool forSpectra(const MonoView& samples, const StftPlan& plan, std::stop_token stop, const Block& block, const Done& done) {
    constexpr std::size_t kRows = 128, kBlocksAtOnce = 16;
    const BatchFft fft(plan.size);
    std::vector<float> window = hannWindow(plan.size);
    for (float& w : window) w *= plan.gain;
    const std::size_t bins = fft.bins(), blocks = (plan.rows + kRows - 1) / kRows;
    for (std::size_t start = 0; start < blocks; start += kBlocksAtOnce) {
        if (stop.stop_requested()) return false;
        parallelFor(std::min(kBlocksAtOnce, blocks - start), [&](std::size_t b) {
            const std::size_t first = (start + b) * kRows, count = std::min(kRows, plan.rows - first);
            const std::size_t skip = std::min(first, plan.overlap), total = count + skip;
            const std::size_t batches = (total + BatchFft::kBatch - 1) / BatchFft::kBatch;
            std::vector<float> frames(BatchFft::kBatch * fft.stride()), magnitudes(batches * BatchFft::kBatch * bins);
            BatchFft::Workspace work;
            for (std::size_t batch = 0; batch < batches; ++batch) {
                for (std::size_t lane = 0; lane < BatchFft::kBatch; ++lane) {
                    const std::size_t row = first - skip + batch * BatchFft::kBatch + lane;
                    const auto centre = static_cast<std::ptrdiff_t>(std::llround(static_cast<double>(plan.firstRow + row) * plan.hop));
                    const std::ptrdiff_t begin = centre - plan.origin - static_cast<std::ptrdiff_t>(plan.size / 2);
                    float* out = frames.data() + lane * fft.stride();
                    samples.read(begin, plan.size, out);
                    for (std::size_t n = 0; n < plan.size; ++n) out[n] *= window[n];
                }
                fft.magnitudes(frames, std::span(magnitudes).subspan(batch * BatchFft::kBatch * bins, BatchFft::kBatch * bins), work);
            }
            block(first, count, skip, std::span<const float>(magnitudes).first(total * bins));
        });
        done(std::min(plan.rows, (start + kBlocksAtOnce) * kRows));
    }
    return true;
}

}  // namespace choreia::audio
