// A photograph's own wall, grass or crowd is harder to tell from a person than anything painted.
#include "train/nobody.h"

#include "train/backgrounds.h"

#include <algorithm>
#include <cmath>

namespace choreia::train {

namespace {

constexpr int kPaintedSide = 160;
constexpr float kLeastRoom = 40;    // pixels
constexpr double kPaintedShare = 0.4;
constexpr float kKeptAway = 0.12f;  // of the person's square: limbs that no landmark says

data::PictureSample painted(Random& random) {
    data::PictureSample sample;
    sample.width = sample.height = kPaintedSide;
    const auto colours = paintBackground(random, kPaintedSide);
    sample.rgb.resize(colours.size());
    std::transform(colours.begin(), colours.end(), sample.rgb.begin(), [](float c) { return static_cast<std::uint8_t>(std::clamp(c, 0.0f, 1.0f) * 255.0f + 0.5f); });
    return sample;
}

}  // namespace

data::PictureSample withoutPerson(const data::PictureSample& photograph, Random& random) {
    data::PictureSample sample;
    const auto w = static_cast<float>(photograph.width), h = static_cast<float>(photograph.height);
    // The box of what is known, wider by a margin; free is what lies wholly on one of its four sides.
    float left = w, right = 0, top = h, bottom = 0;
    for (std::size_t i = 0; i < data::kPictureMarks; ++i) {
        if (!photograph.known[i]) continue;
        left = std::min(left, photograph.landmarks[3 * i]), right = std::max(right, photograph.landmarks[3 * i]);
        top = std::min(top, photograph.landmarks[3 * i + 1]), bottom = std::max(bottom, photograph.landmarks[3 * i + 1]);
    }
    const float margin = kKeptAway * photograph.person.side;
    struct Box {
        float x0, y0, x1, y1;
        [[nodiscard]] float room() const { return std::min(x1 - x0, y1 - y0); }
    };
    const Box sides[] = {{0, 0, left - margin, h}, {right + margin, 0, w, h}, {0, 0, w, top - margin}, {0, bottom + margin, w, h}};
    const auto which = random.below(4);
    const Box& free = sides[which];
    if (random.uniform() < kPaintedShare || left > right || free.room() < kLeastRoom) {
        sample = painted(random);
        sample.person = {0.5f * kPaintedSide, 0.5f * kPaintedSide, 0.5f * kPaintedSide, 0, false};
    } else {
        sample.width = photograph.width, sample.height = photograph.height;
        sample.rgb = photograph.rgb;
        // The cut for training is larger by up to 1.7, and turned. A search looks over the picture's edge as well, where the edge goes on: half of the squares hang over it, never towards the person.
        const bool over = random.uniform() < 0.5;
        const float side = free.room() * static_cast<float>(over ? random.uniform(0.6, 1.3) : random.uniform(0.35, 0.75)), beyond = over ? 0.6f * side : 0.0f, kept = over ? 0.25f * side : 0.0f;
        const auto within = [&](float from, float to) { return from + 0.5f * side + static_cast<float>(random.uniform()) * std::max(0.0f, to - from - side); };
        // Towards the person by the larger cut's share, so that it stays clear of them; away from them as far as beyond.
        sample.person = {within(free.x0 + (which == 1 ? kept : -beyond), free.x1 + (which == 0 ? -kept : beyond)), within(free.y0 + (which == 3 ? kept : -beyond), free.y1 + (which == 2 ? -kept : beyond)), side, 0, false};
    }
    sample.nobody = true;
    sample.validation = photograph.validation;
    sample.set = "nobody";
    return sample;
}

}  // namespace choreia::train
