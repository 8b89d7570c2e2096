// Stretches of a fixed length, whatever the number of threads: the same sums in the same order.
#include "audio/beat_model.h"

#include "audio/beat_spectrum.h"
#include "core/parallel.h"

#include <algorithm>
#include <cmath>
#include <mutex>
#include <optional>
#include <vector>

namespace choreia::audio {

namespace {

constexpr std::size_t kStretch = 9000, kAtOnce = 8;  // at most, and how many are in memory
// Songs over twenty minutes are heard in smaller stretches: the network then works in half the room, for a third more work.
constexpr std::size_t kLongSong = 120000, kSmallStretch = 2500;
constexpr std::size_t kClassicReach = 200;
constexpr std::size_t kSecond = 100;  // rows; stretches are whole ones

/// Rows of a stretch: an even number of them, all alike, so that two cores end together; what each hears beyond its ends is done twice.
std::size_t stretchOf(std::size_t rows) {
    if (rows > kLongSong) return kSmallStretch;
    const std::size_t pairs = std::max<std::size_t>(1, (rows + 2 * kStretch - 1) / (2 * kStretch));
    return std::max(kSecond, (rows / (2 * pairs) + kSecond) / kSecond * kSecond);
}

/// What rises above its surroundings, brought to a level of one there.
std::vector<float> evenOut(const std::vector<float>& in) {
    const auto mean = [](const std::vector<float>& x, std::size_t half) {
        std::vector<double> sums(x.size() + 1);
        for (std::size_t i = 0; i < x.size(); ++i) sums[i + 1] = sums[i] + x[i];
        std::vector<float> out(x.size());
        for (std::size_t i = 0; i < x.size(); ++i) {
            const std::size_t from = i > half ? i - half : 0, to = std::min(x.size(), i + half + 1);
            out[i] = static_cast<float>((sums[to] - sums[from]) / static_cast<double>(to - from));
        }
        return out;
    };
    const std::vector<float> base = mean(in, 40);
    std::vector<float> out(in.size()), squares(in.size());
    for (std::size_t i = 0; i < in.size(); ++i) {
        out[i] = std::max(0.0f, in[i] - base[i]);
        squares[i] = out[i] * out[i];
    }
    const std::vector<float> level = mean(squares, kClassicReach - 50);
    double all = 0;
    for (const float v : squares) all += v;
    const auto floor = static_cast<float>(0.2 * std::sqrt(all / static_cast<double>(std::max<std::size_t>(1, in.size()))) + 1e-3);
    for (std::size_t i = 0; i < in.size(); ++i) out[i] /= std::sqrt(level[i]) + floor;
    return out;
}

/// How much the harmony after a row differs from that before it: 1 - cosine of the mean pitch classes of a quarter of a second each side.
std::vector<float> harmonicChange(const Table& spectrum) {
    constexpr std::size_t kSpan = 25, kFirst = beat_columns::kPitch;
    std::vector<float> change(spectrum.rows);
    for (std::size_t r = kSpan; r + kSpan < spectrum.rows; ++r) {
        double dot = 0, a = 0, b = 0;
        for (std::size_t c = kFirst; c < beat_columns::kCount; ++c) {
            double before = 0, after = 0;
            for (std::size_t i = 5; i < kSpan; i += 5) {
                before += spectrum.at(r - i, c);
                after += spectrum.at(r + i, c);
            }
            dot += before * after;
            a += before * before;
            b += after * after;
        }
        if (a > 0 && b > 0) change[r] = static_cast<float>(1 - dot / std::sqrt(a * b));
    }
    return change;
}

Table classicActivations(const Table& spectrum) {
    std::vector<float> flux(spectrum.rows), low(spectrum.rows);
    for (std::size_t r = 0; r < spectrum.rows; ++r) {
        low[r] = spectrum.at(r, beat_columns::kFlux);
        flux[r] = low[r] + spectrum.at(r, beat_columns::kFlux + 1) + spectrum.at(r, beat_columns::kFlux + 2);
    }
    const std::vector<float> onset = evenOut(flux), bass = evenOut(low), harmony = harmonicChange(spectrum);
    Table out(spectrum.rows, 2);
    for (std::size_t r = 0; r < spectrum.rows; ++r) {
        const float x = onset[r] * onset[r];
        out.at(r, 0) = 0.97f * x / (x + 2.0f);
        const float bar = bass[r] + 4 * harmony[r];
        out.at(r, 1) = out.at(r, 0) * bar / (bar + 3.0f);
    }
    return out;
}

} // namespace

BeatModel classicBeatModel() {
    return {[](const Table& spectrum) -> Result<BeatActivations> { return BeatActivations{classicActivations(spectrum), {}}; }, kClassicReach};
}

Result<BeatActivations> beatActivations(const MonoView& mono, float gain, const BeatModel& model, std::stop_token stop,
                                        const std::function<void(double)>& done) {
    const std::size_t rows = beatRows(mono.size()), stretch = stretchOf(rows), stretches = (rows + stretch - 1) / stretch;
    const std::size_t seconds = (rows + kSecond - 1) / kSecond;
    BeatActivations out{Table(rows, 2), {}};
    std::mutex mutex;
    for (std::size_t group = 0; group < stretches; group += kAtOnce) {
        const std::size_t count = std::min(kAtOnce, stretches - group);
        std::vector<std::optional<Error>> errors(count);
        parallelFor(count, [&](std::size_t i) {
            const std::size_t first = (group + i) * stretch, last = std::min(rows, first + stretch);
            const std::size_t from = first > model.reach ? (first - model.reach) / kSecond * kSecond : 0, to = std::min(rows, last + model.reach);
            const std::optional<Table> spectrum = beatSpectrum(mono, gain, from, to - from, stop);
            if (!spectrum || stop.stop_requested()) {
                errors[i] = cancelled();
                return;
            }
            const Result<BeatActivations> heard = model.activations(*spectrum);
            if (!heard.ok()) {
                errors[i] = heard.error();
                return;
            }
            const Table &here = heard->rows, &tempo = heard->tempo;
            if (here.rows != spectrum->rows || here.columns != 2 || (tempo.rows > 0 && (tempo.columns != kTempoBins || tempo.rows * kSecond < here.rows))) {
                errors[i] = failed("beat model", "gives another number of rows or columns than it was asked for");
                return;
            }
            std::copy_n(here.row(first - from).begin(), 2 * (last - first), out.rows.row(first).begin());
            if (tempo.rows == 0) return;
            {
                const std::scoped_lock lock(mutex);
                if (out.tempo.rows == 0) out.tempo = Table(seconds, kTempoBins);
            }
            for (std::size_t s = first / kSecond; s * kSecond < last; ++s)
                std::copy_n(tempo.row(s - from / kSecond).begin(), kTempoBins, out.tempo.row(s).begin());
        });
        for (const auto& error : errors)
            if (error) return *error;
        done(static_cast<double>(group + count) / static_cast<double>(stretches));
    }
    return out;
}

} // namespace choreia::audio
