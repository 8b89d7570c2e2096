// Text is JSON: {style: [moment, ...]}, a moment a list of steps, a step a list of tokens.
#include "data/moments.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace choreia::data {

std::string momentsText(const std::map<std::string, std::vector<Moment>>& byStyle) { return nlohmann::json(byStyle).dump(); }

std::map<std::string, std::vector<Moment>> parseMoments(const std::string& text) {
    const auto all = nlohmann::json::parse(text, nullptr, false);
    std::map<std::string, std::vector<Moment>> byStyle;
    if (!all.is_object()) return byStyle;
    const auto isStep = [](const nlohmann::json& step) {
        return step.is_array() && !step.empty() && std::all_of(step.begin(), step.end(), [](const nlohmann::json& token) { return token.is_number_unsigned(); });
    };
    for (const auto& [style, moments] : all.items()) {
        if (!moments.is_array()) continue;
        for (const auto& moment : moments) {
            if (!moment.is_array() || moment.empty() || !std::all_of(moment.begin(), moment.end(), isStep)) continue;
            Moment read = moment.get<Moment>();
            if (std::all_of(read.begin(), read.end(), [&](const auto& step) { return step.size() == read[0].size(); })) byStyle[style].push_back(std::move(read));
        }
    }
    return byStyle;
}

}  // namespace choreia::data
