// Drums from first principles: sweeping sines for skins, filtered noise for wires and metal, all from one seeded generator.
#include "audio/synth_voices.h"

#include "core/random.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numbers>

namespace choreia::audio {

namespace {

constexpr double kTurn = 2 * std::numbers::pi;

class Forge {
public:
    explicit Forge(int rate) : rate_(rate), random_(20240611) {}

    /// A sine whose pitch falls from `from` to `to` Hz.
    std::vector<float> skin(double seconds, double from, double to, double fall, double decay, double click = 0) {
        return make(seconds, [&, phase = 0.0](double t) mutable {
            const double hz = to + (from - to) * std::exp(-t / fall);
            phase += hz / rate_;
            const double body = std::sin(kTurn * phase) * std::exp(-t / decay);
            return std::tanh(1.3 * body) + click * std::exp(-t / 0.0015) * random_.uniform(-1, 1);
        });
    }

    /// Noise through a band-pass of two poles.
    std::vector<float> noise(double seconds, double hz, double q, double decay, double attack = 0.0005) {
        // Above this frequency (at this damping) the filter swings itself up.
        const double most = 0.95 * (std::sqrt(1 / (q * q) + 4) - 1 / q);
        const double f = std::min(most, 2 * std::sin(std::numbers::pi * std::min(hz / rate_, 0.16)));
        return make(seconds, [&, low = 0.0, band = 0.0](double t) mutable {
            const double in = random_.uniform(-1, 1);
            low += f * band;
            const double high = in - low - band / q;
            band += f * high;
            return band * (1 - std::exp(-t / attack)) * std::exp(-t / decay);
        });
    }

    /// High-passed noise with metal partials.
    std::vector<float> metal(double seconds, double decay, double tone, double slow = 0.0005) {
        return make(seconds, [&, last = 0.0, last2 = 0.0](double t) mutable {
            static constexpr double kPartials[] = {3210, 4050, 5170, 6290, 7430, 8870};
            double ring = 0;
            for (double hz : kPartials) ring += hz < 0.45 * rate_ ? (std::sin(kTurn * hz * t) > 0 ? 1.0 : -1.0) : 0.0;
            const double in = (1 - tone) * random_.uniform(-1, 1) + tone * ring / 6;
            const double once = in - last, out = once - last2;
            last = in;
            last2 = once;
            return 0.5 * out * (1 - std::exp(-t / slow)) * std::exp(-t / decay);
        });
    }

    std::vector<float> make(double seconds, const std::function<double(double)>& at) const {
        std::vector<float> out(static_cast<std::size_t>(seconds * rate_));
        for (std::size_t i = 0; i < out.size(); ++i) {
            const double fade = std::min(1.0, static_cast<double>(out.size() - i) / (0.004 * rate_));
            out[i] = static_cast<float>(fade * at(static_cast<double>(i) / rate_));
        }
        return out;
    }

    static std::vector<float> sum(std::vector<float> a, float gainA, const std::vector<float>& b, float gainB,
                                  std::size_t offset = 0) {
        if (a.size() < b.size() + offset) a.resize(b.size() + offset);
        for (float& v : a) v *= gainA;
        for (std::size_t i = 0; i < b.size(); ++i) a[i + offset] += gainB * b[i];
        return a;
    }

private:
    double rate_;
    Random random_;
};

struct Place {
    float gain, pan, room;
};

Place placeOf(Drum drum) {
    switch (drum) {
    case Drum::Kick:
        return {0.95f, 0, 0.02f};
    case Drum::SoftKick:
        return {0.7f, 0, 0.05f};
    case Drum::Snare:
        return {0.75f, 0.05f, 0.2f};
    case Drum::SideStick:
        return {0.45f, 0.1f, 0.2f};
    case Drum::Clap:
        return {0.8f, -0.08f, 0.25f};
    case Drum::ClosedHat:
        return {0.55f, 0.25f, 0.03f};
    case Drum::OpenHat:
        return {0.58f, 0.25f, 0.06f};
    case Drum::Ride:
        return {0.42f, -0.3f, 0.1f};
    case Drum::Crash:
        return {0.5f, -0.2f, 0.25f};
    case Drum::LowTom:
        return {0.7f, -0.3f, 0.15f};
    case Drum::HighTom:
        return {0.65f, 0.25f, 0.15f};
    case Drum::Clave:
        return {0.28f, 0.35f, 0.25f};
    case Drum::CongaOpen:
        return {0.6f, -0.25f, 0.15f};
    case Drum::CongaLow:
        return {0.6f, -0.15f, 0.15f};
    case Drum::CongaSlap:
        return {0.5f, -0.3f, 0.15f};
    case Drum::Cowbell:
        return {0.25f, 0.2f, 0.12f};
    case Drum::Guiro:
        return {0.3f, -0.4f, 0.1f};
    case Drum::GuiroShort:
        return {0.3f, -0.4f, 0.1f};
    case Drum::Maracas:
        return {0.42f, 0.4f, 0.08f};
    case Drum::Brush:
        return {0.5f, 0.15f, 0.15f};
    }
    return {0.5f, 0, 0};
}

} // namespace

DrumKit::DrumKit(int rate) {
    Forge forge(rate);
    const auto set = [&](Drum drum, std::vector<float> sound) {
        float top = 1e-9f;
        for (float v : sound) top = std::max(top, std::abs(v));
        for (float& v : sound) v /= top;
        samples_[static_cast<std::size_t>(drum)] = std::move(sound);
    };
    const auto frames = [&](double seconds) { return static_cast<std::size_t>(seconds * rate); };
    set(Drum::Kick, forge.skin(0.40, 190, 48, 0.028, 0.13, 0.35));
    set(Drum::SoftKick, forge.skin(0.35, 120, 52, 0.03, 0.12, 0.08));
    set(Drum::Snare,
        Forge::sum(Forge::sum(forge.skin(0.22, 250, 185, 0.02, 0.07), 0.6f, forge.skin(0.2, 360, 330, 0.02, 0.05), 0.3f), 1.0f,
                   forge.noise(0.3, 3200, 0.6, 0.085), 1.4f));
    set(Drum::SideStick, Forge::sum(forge.noise(0.08, 1700, 4, 0.012), 1.0f, forge.skin(0.06, 520, 480, 0.01, 0.012), 0.5f));
    std::vector<float> clap = forge.noise(0.3, 1300, 1.6, 0.075);
    for (double at : {0.010, 0.019})
        clap = Forge::sum(std::move(clap), 1.0f, forge.noise(0.2, 1350, 1.6, 0.006), 0.9f, frames(at));
    set(Drum::Clap, std::move(clap));
    set(Drum::ClosedHat, forge.metal(0.09, 0.022, 0.25));
    set(Drum::OpenHat, forge.metal(0.40, 0.12, 0.25));
    set(Drum::Ride, forge.metal(0.7, 0.22, 0.6));
    set(Drum::Crash, forge.metal(1.9, 0.55, 0.2, 0.002));
    set(Drum::LowTom, forge.skin(0.5, 150, 85, 0.06, 0.16, 0.15));
    set(Drum::HighTom, forge.skin(0.45, 220, 130, 0.06, 0.14, 0.15));
    set(Drum::Clave, forge.skin(0.12, 2480, 2460, 0.01, 0.028, 0.1));
    set(Drum::CongaOpen, forge.skin(0.4, 255, 236, 0.02, 0.12, 0.15));
    set(Drum::CongaLow, forge.skin(0.4, 185, 172, 0.02, 0.13, 0.12));
    set(Drum::CongaSlap, Forge::sum(forge.noise(0.12, 1900, 1.5, 0.02), 1.0f, forge.skin(0.12, 420, 330, 0.01, 0.03), 0.6f));
    set(Drum::Cowbell, forge.make(0.35, [&](double t) {
        const auto square = [&](double hz) { // a few odd partials only: no aliasing
            double sum = 0;
            for (int h = 1; h * hz < 0.45 * rate && h < 12; h += 2) sum += std::sin(kTurn * hz * h * t) / h;
            return sum;
        };
        return (square(562) + 0.8 * square(845)) * (0.7 * std::exp(-t / 0.02) + 0.3 * std::exp(-t / 0.1));
    }));
    const auto scrape = [&](double seconds, double teeth) {
        std::vector<float> out = forge.noise(seconds, 3300, 1.2, 0.4, 0.01);
        for (std::size_t i = 0; i < out.size(); ++i) {
            const double t = static_cast<double>(i) / rate, phase = std::fmod(t * teeth, 1.0);
            out[i] *= static_cast<float>(std::exp(-4 * phase) * (0.5 + 0.5 * t / seconds));
        }
        return out;
    };
    set(Drum::Guiro, scrape(0.28, 70));
    set(Drum::GuiroShort, scrape(0.09, 80));
    set(Drum::Maracas, forge.metal(0.07, 0.018, 0, 0.006));
    set(Drum::Brush, forge.noise(0.2, 3000, 0.5, 0.05, 0.008));
}

void DrumKit::play(Mix& mix, double frame, Drum drum, float velocity) const {
    const auto& sound = samples_[static_cast<std::size_t>(drum)];
    const auto start = static_cast<std::size_t>(std::max(0.0, frame + 0.5));
    const Place place = placeOf(drum);
    const float gain = place.gain * velocity;
    const float left = gain * std::min(1.0f, 1 - place.pan), right = gain * std::min(1.0f, 1 + place.pan);
    const std::size_t end = std::min(sound.size(), mix.left.size() > start ? mix.left.size() - start : 0);
    for (std::size_t i = 0; i < end; ++i) {
        mix.left[start + i] += left * sound[i];
        mix.right[start + i] += right * sound[i];
        mix.room[start + i] += gain * place.room * sound[i];
    }
}

} // namespace choreia::audio
