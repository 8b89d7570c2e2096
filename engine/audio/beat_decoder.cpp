// Viterbi over (time, place in the bar, interval), after Krebs, Boeck and Widmer 2015: since the tempo changes at beats only, the states between two
// beats need not be visited. What lies more than half a minute back is settled as the decoder goes, so that memory does not grow with the song.
#include "audio/beat_decoder.h"

#include "audio/beat_refine.h"
#include "audio/beat_spectrum.h"
#include "core/vectors.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <cstdint>
#include <limits>

namespace choreia::audio {

namespace {

constexpr std::array<int, 3> kMetres{2, 3, 4};
constexpr std::size_t kPlaces = 9;  // 2 + 3 + 4
constexpr std::array<std::size_t, 3> kFirstPlace{0, 2, 5};
constexpr int kReach = 8;           // rows by which an interval may differ from the one before
constexpr std::size_t kMostIntervals = 96, kRing = 128; // a power of two over the longest interval
constexpr float kNever = -1e30f;
constexpr std::uint8_t kStart = 255;
constexpr std::size_t kSettleEvery = 6000, kOpen = 3000;  // rows

struct State {
    std::size_t row = 0, place = 0, interval = 0;
};

struct Beat {
    std::size_t row = 0, place = 0;
};

double logOdds(double p) { return std::log(p / (1 - p)); }

std::size_t metreOf(std::size_t place) { return place < 2 ? 0 : place < 5 ? 1 : 2; }

/// For each interval k the highest of in[k + kReach + d] - cost[d + kReach][k] over |d| <= kReach, and its d. Most of the decoder's time.
CHOREIA_FAST void bestBefore(const float* in, const float* cost, float* best, std::int32_t* chosen) {
    for (std::size_t k = 0; k < kMostIntervals; k += 16) {
        Eight left = Eight{} + kNever, right = left;
        EightBits ofLeft{}, ofRight{};
        for (int d = -kReach; d <= kReach; ++d) {
            const auto* from = reinterpret_cast<const Eight*>(in + k + static_cast<std::size_t>(kReach + d));
            const auto* price = reinterpret_cast<const Eight*>(cost + static_cast<std::size_t>(kReach + d) * kMostIntervals + k);
            const auto* after = reinterpret_cast<const Eight*>(in + k + 8 + static_cast<std::size_t>(kReach + d));
            const Eight a = from[0] - price[0], b = after[0] - price[1];
            const EightBits here = EightBits{} + d;
            ofLeft = a > left ? here : ofLeft;
            left = a > left ? a : left;
            ofRight = b > right ? here : ofRight;
            right = b > right ? b : right;
        }
        *reinterpret_cast<Eight*>(best + k) = left;
        *reinterpret_cast<Eight*>(best + k + 8) = right;
        *reinterpret_cast<EightBits*>(chosen + k) = ofLeft;
        *reinterpret_cast<EightBits*>(chosen + k + 8) = ofRight;
    }
}

class Decoder {
public:
    Decoder(const BeatActivations& heard, const DecoderSettings& settings) : activations_(heard.rows), settings_(settings) {
        shortest_ = static_cast<std::size_t>(std::floor(60 * kBeatRate / settings.fastest));
        const auto longest = static_cast<std::size_t>(std::ceil(60 * kBeatRate / settings.slowest));
        count_ = longest - shortest_ + 1;
        assert(settings.slowest > 0 && settings.fastest > settings.slowest && count_ <= kMostIntervals && longest < kRing);
        cost_.assign((2 * kReach + 1) * kMostIntervals, -kNever);
        for (std::size_t k = 0; k < count_; ++k)
            for (int d = -kReach; d <= kReach; ++d) {
                const auto tau = static_cast<double>(shortest_ + k);
                const double from = tau + d, step = std::abs(d);
                if (from < static_cast<double>(shortest_) || from > static_cast<double>(longest)) continue;
                const double extra = step > 1 ? settings.change * (step - 1) / tau : 0;
                cost_[static_cast<std::size_t>(d + kReach) * kMostIntervals + k] = static_cast<float>(settings.wobble * std::min(step, 1.0) + extra);
            }
        const bool told = heard.tempo.rows > 0 && settings.tempo > 0;
        const double prior = told ? settings.heardPrior : settings.prior, common = told ? settings.heardCommon : settings.commonTempo;
        prior_.resize(count_);
        for (std::size_t k = 0; k < count_; ++k) {
            const double octaves = std::log2(60 * kBeatRate / static_cast<double>(shortest_ + k) / common) / settings.spread;
            prior_[k] = static_cast<float>(-prior * octaves * octaves);
        }
        measureTempo(heard.tempo);
        measureDoubt();
        next_.assign(kRing * kPlaces * count_, kNever);
    }

    std::vector<Beat> run() {
        for (std::size_t t = 0; t < activations_.rows; ++t) {
            step(t);
            if (t - base_ >= kSettleEvery + kOpen) settle(t);
        }
        if (bestScore_ > 0) trace(lastScore_ > bestScore_ - settings_.tail ? lastState_ : bestState_, std::numeric_limits<std::size_t>::max());
        return std::move(beats_);
    }

private:
    [[nodiscard]] std::size_t cell(std::size_t row, std::size_t place, std::size_t k) const {
        return ((row - base_) * kPlaces + place) * count_ + k;
    }
    [[nodiscard]] float* nextAt(std::size_t row, std::size_t place) { return next_.data() + (row % kRing * kPlaces + place) * count_; }

    /// What each second says of each interval: the model's word on the tempo over ten seconds each side, and the prior.
    void measureTempo(const Table& tempo) {
        constexpr std::size_t kAround = 10;
        const std::size_t seconds = tempo.rows;
        if (seconds == 0 || settings_.tempo <= 0) {
            likely_.assign(1, prior_);
            return;
        }
        likely_.assign(seconds, prior_);
        std::vector<double> sums(kTempoBins), said(kTempoBins);
        const auto add = [&](std::size_t s, double sign) {
            for (std::size_t b = 0; b < kTempoBins; ++b) sums[b] += sign * std::exp(static_cast<double>(tempo.at(s, b)));
        };
        for (std::size_t s = 0; s < std::min(seconds, kAround); ++s) add(s, 1);
        for (std::size_t s = 0; s < seconds; ++s) {
            if (s + kAround < seconds) add(s + kAround, 1);
            if (s > kAround) add(s - kAround - 1, -1);
            // The mean of the chances, not of their logarithms: seconds that do not know shall not outvote those that do.
            const double best = *std::max_element(sums.begin(), sums.end());
            for (std::size_t b = 0; b < kTempoBins; ++b) said[b] = std::max(settings_.unlikely, std::log(std::max(sums[b], 1e-9) / std::max(best, 1e-9)));
            for (std::size_t k = 0; k < count_; ++k) {
                const double bin = std::clamp(binOfTempo(60 * kBeatRate / static_cast<double>(shortest_ + k)), 0.0, static_cast<double>(kTempoBins - 1));
                const auto low = std::min(static_cast<std::size_t>(bin), kTempoBins - 2);
                const double share = bin - static_cast<double>(low);
                // The highest of what lies near: rows are wider than bins where beats are fast.
                const double value = std::max({said[low] * (1 - share) + said[low + 1] * share, said[low] - 0.2, said[low + 1] - 0.2});
                likely_[s][k] += static_cast<float>(settings_.tempo * value);
            }
        }
    }

    /// The activation's mean weighted by itself, over five seconds each side: the level of its peaks, whatever lies between.
    void measureDoubt() {
        constexpr std::size_t kHalf = 500;
        const std::size_t n = activations_.rows;
        doubt_.resize(n);
        double first = 0, second = 0;
        const auto add = [&](std::size_t r, double sign) {
            const double b = activations_.at(r, 0);
            first += sign * b;
            second += sign * b * b;
        };
        for (std::size_t r = 0; r < std::min(n, kHalf); ++r) add(r, 1);
        for (std::size_t r = 0; r < n; ++r) {
            if (r + kHalf < n) add(r + kHalf, 1);
            if (r > kHalf) add(r - kHalf - 1, -1);
            doubt_[r] = std::clamp(first > 1e-6 ? settings_.doubt * second / first : 0.0, 0.05, 0.5);
        }
    }

    void step(std::size_t t) {
        const double b = std::clamp(static_cast<double>(activations_.at(t, 0)), 1e-4, 1 - 1e-4);
        const double d = std::clamp(static_cast<double>(activations_.at(t, 1)) / b, 0.1, 0.9);
        const auto onBeat = static_cast<float>(std::clamp(logOdds(b) - logOdds(doubt_[t]), settings_.absent, settings_.present));
        const auto onBar = static_cast<float>(settings_.barEvidence * b * std::log(d)),
                   inBar = static_cast<float>(settings_.barEvidence * b * std::log(1 - d));
        from_.resize((t + 1 - base_) * kPlaces * count_, kStart);
        origin_.resize(from_.size(), 0);
        ends_.push_back(bestState_);
        // A first course may begin late, but not for nothing where there were signs of a beat before it.
        const float chained = bestScore_ - static_cast<float>(settings_.restart), fresh = std::max(chained, -skipped_);
        linked_.push_back(chained > -skipped_);
        const bool peak = t > 0 && t + 1 < activations_.rows && activations_.at(t, 0) >= activations_.at(t - 1, 0) && activations_.at(t, 0) > activations_.at(t + 1, 0);
        if (peak && onBeat > 0) skipped_ = std::min(skipped_ + 0.5f * onBeat, static_cast<float>(settings_.tail));
        const std::vector<float>& likely = likely_[std::min(t / 100, likely_.size() - 1)];
        std::vector<float>& arrival = arrival_;
        arrival.resize(count_);
        State best;
        float bestHere = kNever;
        for (std::size_t place = 0; place < kPlaces; ++place) {
            const std::size_t metre = metreOf(place), first = kFirstPlace[metre];
            const bool bar = place == first;
            const float evidence = onBeat + (bar ? onBar : inBar) - (bar && metre == 0 ? static_cast<float>(settings_.inTwo) : 0.0f);
            for (std::size_t k = 0; k < count_; ++k) {
                const std::size_t tau = shortest_ + k;
                // A course may begin on any place of the bar: songs begin with pick-ups.
                float top = fresh;
                std::uint8_t source = kStart;
                if (t >= tau && t - tau >= base_) {
                    if (!bar) {
                        const float value = nextAt(t - tau, place - 1)[k];
                        if (value > top) {
                            top = value;
                            source = static_cast<std::uint8_t>(place - 1);
                        }
                    } else {
                        for (std::size_t m = 0; m < kMetres.size(); ++m) {
                            const std::size_t last = kFirstPlace[m] + static_cast<std::size_t>(kMetres[m]) - 1;
                            const float value = nextAt(t - tau, last)[k] - (m == metre ? 0.0f : static_cast<float>(settings_.metreChange));
                            if (value > top) {
                                top = value;
                                source = static_cast<std::uint8_t>(last);
                            }
                        }
                    }
                }
                arrival[k] = top + evidence + likely[k];
                origin_[cell(t, place, k)] = source;
                if (arrival[k] > bestHere) {
                    bestHere = arrival[k];
                    best = {t, place, k};
                }
            }
            spread(t, place);
        }
        // A course is followed to the last sign of a beat, through weak stretches that cost more than they bring.
        const bool sign = b > doubt_[t];
        if (sign && (bestHere > lastScore_ || t > lastState_.row + 20)) {
            lastScore_ = bestHere;
            lastState_ = best;
        }
        if (bestHere > bestScore_) {
            bestScore_ = bestHere;
            bestState_ = best;
        }
    }

    /// The best interval to have had before each interval.
    void spread(std::size_t t, std::size_t place) {
        float in[kMostIntervals + 2 * kReach], best[kMostIntervals];
        std::int32_t chosen[kMostIntervals];
        std::fill(std::begin(in), std::end(in), kNever);
        std::copy(arrival_.begin(), arrival_.end(), in + kReach);
        bestBefore(in, cost_.data(), best, chosen);
        std::copy_n(best, count_, nextAt(t, place));
        std::uint8_t* from = from_.data() + cell(t, place, 0);
        for (std::size_t k = 0; k < count_; ++k) from[k] = static_cast<std::uint8_t>(static_cast<int>(k) + chosen[k]);
    }

    /// Follows a course back and adds its beats, up to row `until`, to what is settled.
    void trace(State state, std::size_t until) {
        std::vector<Beat> course;
        const std::size_t after = beats_.empty() ? 0 : beats_.back().row + shortest_ / 2;
        while (state.row >= base_ && (beats_.empty() || state.row > after)) {
            if (state.row < until) course.push_back({state.row, state.place});
            const std::uint8_t source = origin_[cell(state.row, state.place, state.interval)];
            if (source == kStart) {
                // Beginning anew after an earlier course: that one is followed on.
                if (freshAt(state.row)) break;
                state = ends_[state.row - base_];
                continue;
            }
            const std::size_t tau = shortest_ + state.interval;
            if (state.row < base_ + tau) break;
            const std::size_t before = state.row - tau;
            state = {before, source, from_[cell(before, source, state.interval)]};
        }
        beats_.insert(beats_.end(), course.rbegin(), course.rend());
    }

    /// Whether the course beginning at a row owed nothing to an earlier one.
    [[nodiscard]] bool freshAt(std::size_t row) const { return !linked_[row - base_]; }

    void settle(std::size_t t) {
        const std::size_t keepFrom = t - kOpen;
        trace(bestState_, keepFrom);
        const std::size_t drop = keepFrom - base_;
        from_.erase(from_.begin(), from_.begin() + static_cast<std::ptrdiff_t>(drop * kPlaces * count_));
        origin_.erase(origin_.begin(), origin_.begin() + static_cast<std::ptrdiff_t>(drop * kPlaces * count_));
        ends_.erase(ends_.begin(), ends_.begin() + static_cast<std::ptrdiff_t>(drop));
        linked_.erase(linked_.begin(), linked_.begin() + static_cast<std::ptrdiff_t>(drop));
        base_ = keepFrom;
    }

    const Table& activations_;
    DecoderSettings settings_;
    std::vector<double> doubt_;
    std::size_t shortest_ = 0, count_ = 0, base_ = 0;
    std::vector<float> cost_; // by difference and interval
    std::vector<float> prior_, next_, arrival_;
    std::vector<std::vector<float>> likely_;  // a second, by interval
    std::vector<std::uint8_t> from_, origin_;
    std::vector<State> ends_;
    std::vector<bool> linked_;
    float skipped_ = 0; // what the signs of a beat so far were worth
    float bestScore_ = 0, lastScore_ = kNever;
    State bestState_, lastState_;
    std::vector<Beat> beats_;
};

/// Beats a bar of most beats.
int commonMetre(const std::vector<Beat>& course) {
    std::array<std::size_t, 3> counts{};
    for (const Beat& beat : course) ++counts[metreOf(beat.place)];
    return kMetres[static_cast<std::size_t>(std::max_element(counts.begin(), counts.end()) - counts.begin())];
}

} // namespace

DecodedBeats decodeBeats(const BeatActivations& heard, const DecoderSettings& settings) {
    DecodedBeats out;
    const Table& activations = heard.rows;
    if (activations.rows < 3) return out;
    const std::vector<Beat> course = Decoder(heard, settings).run();
    if (course.size() < 3) return out;
    std::vector<std::size_t> rows;
    for (const Beat& beat : course) rows.push_back(beat.row);
    const std::vector<double> times = refineBeats(rows, activations);
    double sum = 0;
    for (std::size_t i = 0; i < course.size(); ++i) {
        if (!out.beats.empty() && times[i] <= out.beats.back() + 0.05) continue;
        if (course[i].place == kFirstPlace[metreOf(course[i].place)]) out.downbeats.push_back(out.beats.size());
        float top = 0;
        for (std::size_t r = rows[i] > 1 ? rows[i] - 2 : 0; r <= std::min(rows[i] + 2, activations.rows - 1); ++r)
            top = std::max(top, activations.at(r, 0));
        out.beats.push_back(std::max(0.0, times[i]));
        out.strength.push_back(top);
        sum += top;
    }
    out.beatsPerBar = commonMetre(course);
    out.confidence = sum / static_cast<double>(out.beats.size());
    return out;
}

} // namespace choreia::audio
