// Places are counted through all of a style's sequences, and moments taken at even distances among those that will do.
#include "train/recorded_moments.h"

#include <algorithm>
#include <cstddef>

namespace choreia::train {

namespace {

constexpr std::int64_t kEnds = 15;  // steps: 2 s

struct Place {
    const TokenSequence* sequence;
    std::int64_t first;
    float speed;  // in its middle
};

data::Moment momentAt(const Place& place) {
    data::Moment moment(data::kMomentSteps);
    for (std::size_t t = 0; t < moment.size(); ++t)
        for (std::int64_t s = 0; s < place.sequence->tokens.size(0); ++s) moment[t].push_back(place.sequence->tokens[s][place.first + static_cast<std::int64_t>(t)].item<std::int64_t>());
    return moment;
}

}  // namespace

std::map<std::string, std::vector<data::Moment>> recordedMoments(const std::vector<TokenSequence>& training, const std::vector<std::string>& styles) {
    constexpr auto kSteps = static_cast<std::int64_t>(data::kMomentSteps);
    std::map<std::string, std::vector<data::Moment>> byStyle;
    for (std::size_t style = 0; style < styles.size(); ++style) {
        std::vector<Place> places;
        for (const auto& sequence : training) {
            const auto length = sequence.tokens.size(1);
            if (sequence.style != static_cast<std::int64_t>(style) || sequence.mirrored || sequence.otherwise) continue;
            const std::int64_t ends = length >= kSteps + 2 * kEnds ? kEnds : 0;
            for (std::int64_t first = ends; first + kSteps <= length - ends; ++first) {
                const auto middle = static_cast<std::size_t>(first + kSteps / 2);
                places.push_back({&sequence, first, middle < sequence.speed.size() ? sequence.speed[middle] : 0.0F});
            }
        }
        if (places.empty()) continue;
        std::vector<float> speeds;
        for (const auto& place : places) speeds.push_back(place.speed);
        std::nth_element(speeds.begin(), speeds.begin() + static_cast<std::ptrdiff_t>(speeds.size() / 2), speeds.end());
        const float median = speeds[speeds.size() / 2];
        std::erase_if(places, [&](const Place& place) { return place.speed < median; });
        const std::size_t count = std::min(data::kMomentsAStyle, places.size());
        for (std::size_t k = 0; k < count; ++k) byStyle[styles[style]].push_back(momentAt(places[(2 * k + 1) * places.size() / (2 * count)]));
    }
    return byStyle;
}

}  // namespace choreia::train
