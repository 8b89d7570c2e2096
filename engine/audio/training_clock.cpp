// Tempo as a course over beats, summed up to times.
#include "audio/training_clock.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace choreia::audio {

TrainingClock::TrainingClock(Random& random, double tempoBpm, int beatsPerBar, double start, double seconds, double restless) {
    enum class Way { Steady, Drift, Change, Ramp, Rubato };
    Way way = Way::Steady;
    if (random.uniform() < restless) {
        const double draw = random.uniform();
        way = draw < 0.5 ? Way::Drift : draw < 0.68 ? Way::Change : draw < 0.82 ? Way::Ramp : Way::Rubato;
    }
    steady_ = way == Way::Steady;
    double time = start, drift = 0, level = 0;
    const double loose = random.uniform(0.002, 0.008), ramp = random.uniform(-0.25, 0.25),
                 swell = random.uniform(0.02, 0.08), breath = random.uniform(6, 20), phase = random.uniform(0, 6.28);
    for (int beat = 0; time < seconds + 12 || beat < 16; ++beat) {
        beats_.push_back(time);
        if (way == Way::Drift) drift = 0.96 * drift + loose * random.normal();
        if (way == Way::Change && beat % beatsPerBar == 0 && random.uniform() < 0.04) level = std::log(random.uniform(0.8, 1.25));
        if (way == Way::Ramp) level = ramp * std::clamp((time - start) / (seconds - start), 0.0, 1.0);
        if (way == Way::Rubato)
            drift = swell * std::sin(2 * std::numbers::pi * beat / breath + phase) + 0.3 * loose * random.normal();
        time += 60 / tempoBpm * std::exp(std::clamp(drift, -0.15, 0.15) + level);
    }
}

double TrainingClock::at(double beat, double swing, bool fine) const {
    const double last = static_cast<double>(beats_.size() - 1);
    const double place = std::clamp(beat, 0.0, last - 1e-6), whole = std::floor(place);
    double part = place - whole;
    const double unit = fine ? 0.5 : 1.0, cell = std::floor(part / unit), inside = part / unit - cell, late = 0.5 * swing;
    part = unit * (cell + (inside < 0.5 ? inside * (0.5 + late) / 0.5 : 0.5 + late + (inside - 0.5) * (0.5 - late) / 0.5));
    const auto i = static_cast<std::size_t>(whole);
    return beats_[i] + part * (beats_[i + 1] - beats_[i]);
}

} // namespace choreia::audio
