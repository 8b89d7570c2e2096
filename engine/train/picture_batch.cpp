// Pixels are looked up in a table a channel, so that colour costs next to nothing.
#include "train/picture_batch.h"

#include "core/parallel.h"
#include "motion/landmarks.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

namespace choreia::train {

namespace {

constexpr std::size_t kMarks = data::kPictureMarks;

/// Something in front of the person: an ellipse or a box, in 0..1 of the square.
struct Cover {
    float x, y, w, h;
    bool round;
    std::array<float, 3> colour;
    float grain;

    [[nodiscard]] bool hides(float u, float v) const {
        const float a = (u - x) / w, b = (v - y) / h;
        return round ? a * a + b * b < 1 : std::abs(a) < 1 && std::abs(b) < 1;
    }
};

data::CutSquare someSquare(const data::PictureSample& sample, Random& random) {
    data::CutSquare square = sample.person;
    square.side *= static_cast<float>(std::exp(random.uniform(std::log(1.02), std::log(1.7))));
    const double slack = 0.1 * static_cast<double>(square.side);
    square.x += static_cast<float>(random.uniform(-slack, slack));
    square.y += static_cast<float>(random.uniform(-slack, slack));
    if (random.uniform() < 0.7) square.angle = static_cast<float>(std::clamp(0.3 * random.normal(), -0.9, 0.9));
    square.mirrored = random.uniform() < 0.5;
    return square;
}

/// A curve a channel: gain, tint, contrast and gamma of chance.
std::array<std::array<float, 256>, 3> someColours(Random& random) {
    std::array<std::array<float, 256>, 3> curves{};
    const double gain = std::exp(random.uniform(-0.35, 0.35)), contrast = random.uniform(0.65, 1.35), gamma = std::exp(random.uniform(-0.35, 0.35));
    for (auto& curve : curves) {
        const double tint = std::exp(random.uniform(-0.15, 0.15)), lift = random.uniform(-0.06, 0.06);
        for (std::size_t i = 0; i < 256; ++i) {
            const double v = std::pow(static_cast<double>(i) / 255.0, gamma);
            curve[i] = static_cast<float>(std::clamp((0.45 + (v - 0.45) * contrast) * gain * tint + lift, 0.0, 1.0));
        }
    }
    return curves;
}

PictureBatch empty(std::size_t count, int size) {
    const auto n = static_cast<std::int64_t>(count);
    const auto marks = static_cast<std::int64_t>(kMarks);
    const auto flat = [&] { return torch::zeros({n, marks}); };
    return {torch::empty({n, 3, size, size}), torch::zeros({n, marks, 2}), flat(), flat(), flat(), flat(), flat()};
}

/// Random absent: as it is.
void fill(const data::PictureSample& sample, const data::CutSquare& square, int size, Random* random, std::size_t row, PictureBatch& batch) {
    const auto plane = static_cast<std::size_t>(size) * static_cast<std::size_t>(size);
    std::vector<std::uint8_t> planes(3 * plane);
    data::cutPlanes(sample.rgb, sample.width, sample.height, square, size, planes);
    float* pixels = batch.rgb.data_ptr<float>() + row * 3 * plane;
    std::vector<Cover> covers;
    if (random) {
        if (random->uniform() < 0.1)
            for (std::size_t p = 0; p < plane; ++p)
                planes[p] = planes[plane + p] = planes[2 * plane + p] = static_cast<std::uint8_t>((planes[p] * 3 + planes[plane + p] * 6 + planes[2 * plane + p]) / 10);
        const auto curves = someColours(*random);
        for (std::size_t k = 0; k < 3; ++k)
            for (std::size_t p = 0; p < plane; ++p) pixels[k * plane + p] = curves[k][planes[k * plane + p]];
        for (double chance = 0.4; covers.size() < 3 && random->uniform() < chance; chance = 0.5) {
            Cover cover{static_cast<float>(random->uniform()), static_cast<float>(random->uniform()), static_cast<float>(random->uniform(0.04, 0.18)),
                        static_cast<float>(random->uniform(0.04, 0.18)), random->uniform() < 0.5, {}, static_cast<float>(random->uniform(0, 0.2))};
            for (float& c : cover.colour) c = static_cast<float>(random->uniform());
            covers.push_back(cover);
        }
        for (const Cover& cover : covers)
            for (std::size_t p = 0; p < plane; ++p) {
                const auto u = (static_cast<float>(p % static_cast<std::size_t>(size)) + 0.5f) / static_cast<float>(size), v = (static_cast<float>(p / static_cast<std::size_t>(size)) + 0.5f) / static_cast<float>(size);
                if (!cover.hides(u, v)) continue;
                const auto grain = cover.grain * static_cast<float>(random->uniform(-1, 1));
                for (std::size_t k = 0; k < 3; ++k) pixels[k * plane + p] = std::clamp(cover.colour[k] + grain, 0.0f, 1.0f);
            }
    } else {
        for (std::size_t i = 0; i < 3 * plane; ++i) pixels[i] = static_cast<float>(planes[i]) / 255.0f;
    }
    if (sample.nobody) std::fill_n(batch.seenKnown.data_ptr<float>() + row * kMarks, kMarks, 1.0f);
    for (std::size_t i = 0; i < kMarks; ++i) {
        if (!sample.known[i]) continue;
        const auto other = square.mirrored ? static_cast<std::size_t>(motion::mirroredLandmark(static_cast<int>(i))) : i;
        const auto at = row * kMarks + other;
        const auto [u, v] = square.toSquare(sample.landmarks[3 * i], sample.landmarks[3 * i + 1]);
        const bool inside = u >= 0 && u < 1 && v >= 0 && v < 1;
        batch.where.data_ptr<float>()[2 * at] = u;
        batch.where.data_ptr<float>()[2 * at + 1] = v;
        batch.known.data_ptr<float>()[at] = inside ? 1.0f : 0.0f;
        const bool covered = std::any_of(covers.begin(), covers.end(), [u = u, v = v](const Cover& cover) { return cover.hides(u, v); });
        batch.seen.data_ptr<float>()[at] = inside && sample.seen[i] && !covered ? 1.0f : 0.0f;
        batch.seenKnown.data_ptr<float>()[at] = 1.0f;
        if (!sample.depthKnown) continue;
        batch.depth.data_ptr<float>()[at] = sample.landmarks[3 * i + 2];
        batch.depthKnown.data_ptr<float>()[at] = inside ? 1.0f : 0.0f;
    }
}

}  // namespace

data::CutSquare measuringSquare(const data::PictureSample& sample) {
    data::CutSquare square = sample.person;
    square.side *= 1.25f;
    return square;
}

PictureBatch trainingBatch(std::span<const data::PictureSample* const> samples, int size, Random& random) {
    PictureBatch batch = empty(samples.size(), size);
    std::vector<std::uint64_t> seeds;
    for (std::size_t i = 0; i < samples.size(); ++i) seeds.push_back(random.next());
    parallelFor(samples.size(), [&](std::size_t i) {
        Random own(seeds[i]);
        const auto square = someSquare(*samples[i], own);
        fill(*samples[i], square, size, &own, i, batch);
    });
    return batch;
}

PictureBatch measuringBatch(std::span<const data::PictureSample* const> samples, int size) {
    PictureBatch batch = empty(samples.size(), size);
    parallelFor(samples.size(), [&](std::size_t i) { fill(*samples[i], measuringSquare(*samples[i]), size, nullptr, i, batch); });
    return batch;
}

}  // namespace choreia::train
