// Delay lines tuned to lengths without common factors, so that the echo does not ring on one pitch.
#include "audio/synth_mix.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <deque>

namespace choreia::audio {

namespace {

class Comb {
public:
    Comb(std::size_t length, float feedback) : line_(length), feedback_(feedback) {}
    float step(float in) {
        const float out = line_[at_];
        damped_ += 0.6f * (out - damped_); // highs die first, as in a furnished room
        line_[at_] = in + feedback_ * damped_;
        at_ = at_ + 1 == line_.size() ? 0 : at_ + 1;
        return out;
    }

private:
    std::vector<float> line_;
    std::size_t at_ = 0;
    float feedback_, damped_ = 0;
};

class AllPass {
public:
    explicit AllPass(std::size_t length) : line_(length) {}
    float step(float in) {
        const float out = line_[at_];
        line_[at_] = in + 0.5f * out;
        at_ = at_ + 1 == line_.size() ? 0 : at_ + 1;
        return out - in;
    }

private:
    std::vector<float> line_;
    std::size_t at_ = 0;
};

} // namespace

void addRoom(const std::vector<float>& send, int rate, float level, std::vector<float>& left, std::vector<float>& right) {
    constexpr std::array<double, 4> kCombs{0.0297, 0.0371, 0.0411, 0.0437};
    constexpr std::array<double, 2> kAllPasses{0.0050, 0.0017};
    for (int side = 0; side < 2; ++side) {
        const double stretch = side == 0 ? 1.0 : 1.021;
        std::vector<Comb> combs;
        for (double s : kCombs) combs.emplace_back(static_cast<std::size_t>(s * stretch * rate), 0.80f);
        std::vector<AllPass> passes;
        for (double s : kAllPasses) passes.emplace_back(static_cast<std::size_t>(s * stretch * rate));
        std::vector<float>& out = side == 0 ? left : right;
        for (std::size_t i = 0; i < send.size(); ++i) {
            const float in = send[i] + 1e-18f; // keeps the lines out of the slow denormal range
            float sum = 0;
            for (Comb& comb : combs) sum += comb.step(in);
            for (AllPass& pass : passes) sum = pass.step(sum);
            out[i] += level * sum;
        }
    }
}

void master(std::vector<float>& left, std::vector<float>& right, int rate, double level, float ceiling) {
    const std::size_t frames = left.size();
    if (frames == 0) return;
    double squares = 0;
    for (std::size_t i = 0; i < frames; ++i) squares += 0.5 * (left[i] * left[i] + right[i] * right[i]);
    const double now = std::sqrt(squares / static_cast<double>(frames));
    if (now <= 0) return;
    const auto gain = static_cast<float>(level / now);

    // What each moment needs, the least over the coming 4 ms, then smoothed: the gain is down before the peak arrives.
    const auto ahead = static_cast<std::size_t>(0.004 * rate) + 1;
    std::deque<std::pair<std::size_t, float>> window;
    std::vector<float> least(frames);
    const auto need = [&](std::size_t i) {
        const float peak = gain * std::max(std::abs(left[i]), std::abs(right[i]));
        return peak > ceiling ? ceiling / peak : 1.0f;
    };
    std::size_t next = 0;
    for (std::size_t i = 0; i < frames; ++i) {
        for (; next < frames && next <= i + ahead; ++next) {
            const float value = need(next);
            while (!window.empty() && window.back().second >= value) window.pop_back();
            window.emplace_back(next, value);
        }
        while (window.front().first < i) window.pop_front();
        least[i] = window.front().second;
    }
    const float release = 1 - std::exp(-1.0f / (0.12f * static_cast<float>(rate)));
    const float attack = 1 - std::exp(-1.0f / (0.0009f * static_cast<float>(rate)));
    float held = 1;
    for (std::size_t i = 0; i < frames; ++i) {
        held += (least[i] < held ? attack : release) * (least[i] - held);
        left[i] = std::clamp(gain * held * left[i], -ceiling, ceiling);
        right[i] = std::clamp(gain * held * right[i], -ceiling, ceiling);
    }
}

} // namespace choreia::audio
