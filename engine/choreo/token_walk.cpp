// A state of the predictor is a handful of tensors that no step changes in place, so going back is a copy of the struct.
#include "choreo/token_walk.h"

#include "choreo/control.h"
#include "choreo/sampling.h"
#include "choreo/stretch_look.h"
#include "choreo/turn_memory.h"
#include "choreo/way_worth.h"
#include "core/parallel.h"
#include "core/random.h"
#include "motion/pose_features.h"
#include "nn/threads.h"
#include "nn/vq_vae.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <memory>

namespace choreia::choreo {

namespace {

constexpr std::size_t kStretch = 15;    // steps walked between two looks: 2 s
constexpr std::size_t kContext = 6;     // steps decoded before them, so that their beginning is decoded as in the whole dance
constexpr int kTries = 5;
constexpr std::size_t kWays = 12;      // walked side by side, to choose from by the beats; shorter stretches than 2 s say too little of their ends
constexpr std::size_t kDecoded = 3;    // of them at once: the tensor library decodes a single line several times slower
constexpr std::size_t kLookBack = 5;    // rows before a stretch that its beats may be met in; as many at its end are left to the next
constexpr std::size_t kRemembered = 120, kJustNow = 15;  // poses, one a step: what a stretch is held against for being new; but for the last 2 s
constexpr int kFreshTries = 2;          // a style whose movement is small is left to it after these
// Of the temperature. Drawn as boldly as it was learned (1, and 0.85 still) the first level makes more pauses than recordings have and shakes heads and arms: they accelerate
// 1.7 and 1.5 times as hard as recorded, at 0.6 a tenth less, with more beats met and no less variety, for that comes from the ways.
constexpr double kFirstLevel = 0.6, kSecondLevel = 0.3, kThirdLevel = 0.15;
constexpr float kEchoPull = 5;          // nats towards the token taken up
constexpr double kQuiet = 0.15;         // of the song's loudness: below it, standing still is right
constexpr int kPinTries = 6;
constexpr double kAwayShare = 0.7;      // of the style's habit of turning away, that a stretch is held to
constexpr std::size_t kAfterPin = 2;    // steps walked beyond a pin before it is judged: the decoder looks ahead
constexpr double kStillCost = 0.3;      // m: what a walk that falls asleep counts for when it is judged by its distance to a pin

// The last of the rows just decoded.
// hands: of the stretch before, with its context.
StretchLook lookAtLast(const torch::Tensor& rows, std::size_t count, std::span<const Hands> hands = {}) {
    const auto positions = nn::decodedPositions(rows)[0].to(torch::kCPU, torch::kFloat32).contiguous();
    const auto root = rows[0].narrow(1, static_cast<std::int64_t>(motion::pose::kVelocity), 3).to(torch::kCPU, torch::kFloat32).contiguous();
    std::vector<motion::Vec3> places(static_cast<std::size_t>(positions.size(0)) * motion::kJoints);
    for (std::size_t i = 0; i < places.size(); ++i) places[i] = Eigen::Map<const motion::Vec3>(positions.data_ptr<float>() + 3 * i);
    std::vector<RootStep> steps(static_cast<std::size_t>(root.size(0)));
    for (std::size_t r = 0; r < steps.size(); ++r) steps[r] = {root.data_ptr<float>()[3 * r], root.data_ptr<float>()[3 * r + 1], root.data_ptr<float>()[3 * r + 2]};
    const auto contacts = rows[0].narrow(1, static_cast<std::int64_t>(motion::pose::kContacts), 4).to(torch::kCPU, torch::kFloat32).contiguous();
    std::vector<Stands> stands(steps.size());
    for (std::size_t r = 0; r < stands.size(); ++r) std::copy_n(contacts.data_ptr<float>() + 4 * r, 4, stands[r].begin());
    const std::size_t again = std::min(hands.size(), steps.size() - std::min(count, steps.size()));  // what is decoded once more, as context
    return lookAt(places, steps, count, hands.first(hands.size() - again), stands);
}

std::size_t rowsOf(std::size_t steps) { return steps * static_cast<std::size_t>(nn::Quantiser::kStride); }

// Distance of the decoded pose to a pin that lies `stepsBack` steps before the end of the rows.
double distanceTo(const WalkPin& pin, const torch::Tensor& rows, double stepsBack) {
    const auto row = std::clamp<std::int64_t>(rows.size(1) - std::llround(stepsBack * static_cast<double>(nn::Quantiser::kStride)), 0, rows.size(1) - 1);
    const auto pose = nn::decodedPositions(rows.narrow(1, row, 1)).to(torch::kCPU, torch::kFloat32).contiguous();
    std::vector<motion::Vec3> positions(motion::kJoints);
    for (std::size_t j = 0; j < positions.size(); ++j) positions[j] = Eigen::Map<const motion::Vec3>(pose.data_ptr<float>() + 3 * j);
    return poseDistance(positions, pin.positions);
}

// One walk under way.
class Walk {
public:
    Walk(nn::GcnMhwImpl& predictor, nn::Quantiser& coder, const WalkPlan& plan, const io::GenerateSettings& settings)
        : predictor_(predictor), coder_(coder), plan_(plan), settings_(settings), random_(plan.seed), line_(plan.past) {
        mind_.previous.resize(static_cast<std::size_t>(predictor.config().streams));
        if (plan.mind) mind_ = *plan.mind;
        else leadIn(0);
    }

    // The step of the song that comes next.
    [[nodiscard]] std::size_t at() const { return plan_.first + line_.size() - plan_.past.size(); }
    [[nodiscard]] std::vector<Tokens> chosen() const { return {line_.begin() + static_cast<std::ptrdiff_t>(plan_.past.size()), line_.end()}; }

    // Walks a stretch in several ways, of which the one that meets the beats best stays; one that falls asleep or repeats itself only where every try did, the
    // liveliest then.
    bool freely(std::size_t steps, const std::function<bool()>& goOn) {
        const auto start = line_.size();
        const Mind before = mind_;
        const bool judged = loudnessOf(steps) >= kQuiet && steps >= 4;
        const double mostSpins = plan_.habitsAt(at()).spins;
        // A dance that carries on from somewhere is not torn from its past at once.
        const int patience = plan_.mind ? 3 : 1;
        Tried best;
        for (int tries = 0; tries <= kTries; ++tries) {
            // A stretch that fell asleep is not taken up again.
            StretchLook look;
            if (judged && !plan_.beats.empty()) {
                auto chosen = chosenStretch(steps, tries, tries == 0, goOn);
                if (!chosen) return false;
                look = std::move(*chosen);
            } else {
                if (!stretch(steps, tries, tries == 0, goOn)) return false;
                if (!judged) {
                    hands_.clear();
                    return true;
                }
                look = lookAtLast(decodeLast(steps), rowsOf(steps), hands_);
            }
            // Any that is awake before those asleep.
            const double lively = look.asleep() ? look.liveliness() - 2 : std::min({1.0, freshOf(look) / eval::kLoops, mostSpins / turned_.mostTurns(look.turns)});
            if (lively > best.lively) best = {mind_, line_, std::move(look), lively};
            if (best.lively >= 1 || (best.lively >= 0 && tries >= kFreshTries)) break;
            line_.resize(start);
            if (tries < patience) mind_ = before;  // once more from where it stood; then from a fresh mind
            else leadIn(tries);
        }
        mind_ = std::move(best.mind);
        line_ = std::move(best.line);
        hands_ = std::move(best.look.hands);
        turned_.add(best.look.turns);
        danced_.insert(danced_.end(), best.look.poses.begin(), best.look.poses.end());
        return true;
    }

    // Walks a stretch towards the pins judged at its end.
    bool towards(std::span<const WalkPin> pins, std::size_t steps, const std::function<bool()>& goOn) {
        const Mind before = mind_;
        const auto start = line_.size();
        const double loudness = loudnessOf(steps);
        double least = 0;
        Mind best;
        std::vector<Tokens> bestLine;
        for (int tries = 0; tries < kPinTries; ++tries) {
            line_.resize(start);
            mind_ = before;
            if (!stretch(steps, 0.5 * tries, tries % 2 == 0, goOn)) return false;
            const auto rows = decodeLast(steps);
            double cost = steps >= 4 && loudness >= kQuiet && lookAtLast(rows, rowsOf(steps)).asleep() ? kStillCost : 0;
            for (const WalkPin& pin : pins) cost += distanceTo(pin, rows, static_cast<double>(at()) - pin.step);
            if (tries > 0 && cost >= least) continue;
            least = cost;
            best = mind_;
            bestLine = line_;
        }
        mind_ = std::move(best);
        line_ = std::move(bestLine);
        hands_.clear();
        return true;
    }

private:
    // The last `steps` steps of a line with some context before them.
    torch::Tensor lastOf(const std::vector<Tokens>& line, std::size_t steps) const {
        const std::size_t first = line.size() > steps + kContext ? line.size() - steps - kContext : 0;
        return stacked(std::span(line).subspan(first), coder_.codebook(0).device());
    }
    // They, decoded: [1, rows, ...], of which the last steps * kStride are theirs.
    torch::Tensor decodeLast(std::size_t steps) const { return coder_.decode(lastOf(line_, steps)); }

    double loudnessOf(std::size_t steps) const {
        double loudness = 0;
        for (std::size_t i = at(); i < at() + steps; ++i) loudness += plan_.energy[std::min(i, plan_.energy.size() - 1)] / static_cast<double>(steps);
        return loudness;
    }

    // Tokens that the step leans towards, and how strongly; null: none. line: the past, then what has been chosen.
    std::pair<const Tokens*, float> leaningAt(const std::vector<Tokens>& line, std::size_t i, bool echoing) const {
        if (i < plan_.leanings.size() && !plan_.leanings[i].empty()) return {&plan_.leanings[i], plan_.leaning};
        const std::ptrdiff_t echo = echoing && i < plan_.echoes.size() ? plan_.echoes[i] : -1;
        if (echo < static_cast<std::ptrdiff_t>(plan_.first)) return {nullptr, 0.0f};
        return {&line[plan_.past.size() + static_cast<std::size_t>(echo) - plan_.first], kEchoPull};
    }

    std::int64_t draw(std::int64_t stream, std::span<const float> logits, double boldness, std::pair<const Tokens*, float> leaning, Random& random) const {
        std::vector<float> row(logits.begin(), logits.end());
        if (leaning.first) row[static_cast<std::size_t>((*leaning.first)[static_cast<std::size_t>(stream)])] += leaning.second;
        const double topP = std::min(1.0, settings_.topP + 0.02 * boldness);
        // What corrects a correction can hardly be foretold: drawn as boldly as the movement itself, it would only shake it.
        const double calm = stream < 2 ? kFirstLevel : stream < 4 ? kSecondLevel : kThirdLevel;
        return sampleToken(row, calm * settings_.temperature * (1 + 0.08 * boldness), topP, random);
    }

    void step(double boldness, std::pair<const Tokens*, float> leaning) {
        mind_.previous = predictor_.step(mind_.memory, mind_.previous, plan_.styleAt(at()),
                                         [&](std::int64_t stream, std::span<const float> logits) { return draw(stream, logits, boldness, leaning, random_); });
    }

    bool stretch(std::size_t steps, double boldness, bool echoing, const std::function<bool()>& goOn) {
        for (std::size_t i = 0; i < steps; ++i) {
            if (!goOn()) return false;
            step(boldness, leaningAt(line_, at(), echoing));
            line_.push_back(mind_.previous);
        }
        return true;
    }

    // A stretch walked, and how lively it is: 1 where it may stay, under 0 where it sleeps.
    struct Tried {
        Mind mind;
        std::vector<Tokens> line;
        StretchLook look;
        double lively = -10;
    };

    // One way through a stretch: who remembers it, and what it is worth.
    struct Way {
        std::shared_ptr<const nn::GcnMhwState> memory;  // of all who walked side by side
        std::int64_t walker = 0;
        std::vector<Tokens> line;
        StretchLook look;
        double worth = 0;
    };
    // See eval::freshness(); 1: not known, as at the beginning.
    double freshOf(const StretchLook& look) const {
        if (danced_.size() < kRemembered / 2) return 1;
        const std::size_t known = danced_.size() - kJustNow, from = known - std::min(known, kRemembered - kJustNow);
        return eval::freshness(look.poses, std::span(danced_).subspan(from, known - from));
    }

    // The same kWays times at once, shared out to the cores; the way stays that meets the beats best among those that are awake.
    // Nothing: it was called off.
    std::optional<StretchLook> chosenStretch(std::size_t steps, double boldness, bool echoing, const std::function<bool()>& goOn) {
        std::vector<Way> ways(kWays);
        std::vector<Random> draws;
        for (std::size_t w = 0; w < ways.size(); ++w) draws.emplace_back(random_.next());
        if (!goOn()) return {};
        // Those decoded at once stay together, and do not know of the others, so that the dance is the same for any number of threads.
        static_assert(kWays % kDecoded == 0);
        const std::size_t parts = kWays / kDecoded, groups = mind_.memory.stepper ? std::clamp<std::size_t>(static_cast<std::size_t>(threadCount()), 1, parts) : 1;
        parallelFor(groups, [&](std::size_t g) {
            const std::size_t first = kDecoded * (g * parts / groups), count = kDecoded * ((g + 1) * parts / groups) - first;
            walkSome(std::span(ways).subspan(first, count), std::span(draws).subspan(first, count), steps, boldness, echoing);
        });
        const auto best = std::max_element(ways.begin(), ways.end(), [](const Way& a, const Way& b) { return a.worth < b.worth; });
        mind_ = {best->memory->alone(best->walker), best->line.back()};
        line_ = std::move(best->line);
        return std::move(best->look);
    }

    // Some of the ways, side by side on this thread. Nothing but them is changed.
    void walkSome(std::span<Way> ways, std::span<Random> draws, std::size_t steps, double boldness, bool echoing) const {
        const torch::NoGradGuard noGrad;
        const nn::OneThread alone;
        const std::size_t from = at();
        const auto memory = std::make_shared<nn::GcnMhwState>(mind_.memory.forked(static_cast<std::int64_t>(ways.size())));
        std::vector<Tokens> previous(ways.size(), mind_.previous);
        for (std::size_t w = 0; w < ways.size(); ++w) ways[w] = {memory, static_cast<std::int64_t>(w), line_, {}, 0};
        for (std::size_t i = 0; i < steps; ++i) {
            previous = predictor_.stepTogether(*memory, previous, plan_.styleAt(from + i), [&](std::int64_t walker, std::int64_t stream, std::span<const float> logits) {
                const auto w = static_cast<std::size_t>(walker);
                return draw(stream, logits, boldness, leaningAt(ways[w].line, from + i, echoing), draws[w]);
            });
            for (std::size_t w = 0; w < ways.size(); ++w) ways[w].line.push_back(previous[w]);
        }
        for (std::size_t w = 0; w < ways.size(); w += kDecoded) {
            std::vector<torch::Tensor> lines;
            for (std::size_t k = 0; k < kDecoded; ++k) lines.push_back(lastOf(ways[w + k].line, steps));
            const auto decoded = coder_.decode(torch::cat(lines, 0));
            for (std::size_t k = 0; k < kDecoded; ++k) judgeWay(ways[w + k], decoded.narrow(0, static_cast<std::int64_t>(k), 1), from, steps);
        }
    }

    // How the last steps of a way look, and what they are worth in beats met. rows: they, decoded.
    void judgeWay(Way& way, const torch::Tensor& rows, std::size_t from, std::size_t steps) const {
        const auto all = static_cast<std::size_t>(rows.size(1)), before = all - rowsOf(steps), back = std::min(before, kLookBack);
        const double firstRow = static_cast<double>(from) * static_cast<double>(nn::Quantiser::kStride) - static_cast<double>(before);
        std::vector<double> beats;
        for (const double beat : plan_.beats) {
            const double row = beat * static_cast<double>(nn::Quantiser::kStride) - firstRow;
            if (row >= static_cast<double>(before - back) && row < static_cast<double>(all - kLookBack)) beats.push_back(row);
        }
        way.look = lookAtLast(rows, rowsOf(steps), hands_);
        const double seconds = static_cast<double>(all - (before - back)) / motion::kPoseFps;
        // Nothing is won by facing the audience more than the style does, so that a mean of stretches held to the habit lies over it.
        auto habits = plan_.habitsAt(from);
        habits.away *= kAwayShare;
        way.worth = worthOf(way.look,
                            {.beatsMet = meetsBeats(way.look.speeds, beats, before - back),
                             .pauses = static_cast<double>(pausesFrom(way.look.speeds, before - back)) / seconds,
                             .seconds = seconds,
                             .fresh = freshOf(way.look),
                             .away = turned_.away(way.look.turns),
                             .turns = turned_.mostTurns(way.look.turns)},
                            habits);
    }

    // Steps over the coming music that lead into the dance: a recorded moment, or noise, first, then freely. What a dance is led into by decides how it is held all through.
    void leadIn(double boldness) {
        const auto style = static_cast<std::size_t>(std::max<std::int64_t>(0, plan_.styleAt(at())));
        if (style < plan_.moments.size() && !plan_.moments[style].empty()) return leadInFrom(plan_.moments[style][random_.below(plan_.moments[style].size())]);
        const auto codes = static_cast<std::uint64_t>(predictor_.config().codes);
        const auto from = static_cast<std::int64_t>(at());
        mind_.memory = predictor_.start(plan_.music, settings_.guidance);
        const auto length = std::min<std::int64_t>(24, plan_.music.size(0) - from);
        mind_.memory.seek(from);
        for (std::int64_t i = 0; i < length; ++i) {
            if (i < 8)
                for (auto& token : mind_.previous) token = static_cast<std::int64_t>(random_.below(codes));
            step(boldness, {nullptr, 0.0f});
        }
        mind_.memory.seek(from);
    }

    void leadInFrom(const data::Moment& moment) {
        const auto from = at();
        const std::size_t length = std::min(moment.size(), static_cast<std::size_t>(plan_.music.size(0)) - from);
        mind_ = {predictor_.start(plan_.music, settings_.guidance), moment[moment.size() - length]};
        mind_.memory.seek(static_cast<std::int64_t>(from));
        for (const auto& recorded : std::span(moment).last(length).subspan(1))
            mind_.previous = predictor_.step(mind_.memory, mind_.previous, plan_.styleAt(from), [&](std::int64_t stream, std::span<const float>) { return recorded[static_cast<std::size_t>(stream)]; });
        mind_.memory.seek(static_cast<std::int64_t>(from));
    }

    nn::GcnMhwImpl& predictor_;
    nn::Quantiser& coder_;
    const WalkPlan& plan_;
    const io::GenerateSettings& settings_;
    Random random_;
    Mind mind_;
    std::vector<Tokens> line_;  // the past, then what has been chosen
    std::vector<eval::BodyPose> danced_;  // one a step, of what was chosen freely
    TurnMemory turned_;         // of what was chosen freely
    std::vector<Hands> hands_;  // of the last stretch, with its context; none: not known
};

}  // namespace

torch::Tensor stacked(std::span<const Tokens> steps, torch::Device device) {
    std::vector<std::int64_t> flat;
    const std::size_t streams = steps.empty() ? 0 : steps[0].size();
    for (std::size_t s = 0; s < streams; ++s)
        for (const Tokens& step : steps) flat.push_back(step[s]);
    return torch::tensor(flat, torch::kInt64).view({1, static_cast<std::int64_t>(streams), -1}).to(device);
}

eval::DanceHabits WalkPlan::habitsAt(std::size_t step) const {
    const auto index = static_cast<std::size_t>(styleAt(step));
    return styleAt(step) >= 0 && index < habits.size() ? habits[index] : eval::DanceHabits{};
}

Mind recall(nn::GcnMhwImpl& predictor, const WalkPlan& plan, double guidance) {
    std::vector<Tokens> taught = plan.past;
    if (taught.size() < kStretch) {
        Random random(plan.seed);
        Tokens noise(static_cast<std::size_t>(predictor.config().streams));
        for (int i = 0; i < 8; ++i) {
            for (auto& token : noise) token = static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(predictor.config().codes)));
            taught.insert(taught.begin(), noise);
        }
    }
    const auto music = static_cast<std::size_t>(plan.music.size(0));
    const std::size_t from = plan.first >= taught.size() ? plan.first - taught.size() : 0;
    if (taught.size() > music - from) taught.erase(taught.begin(), taught.end() - static_cast<std::ptrdiff_t>(music - from));
    Mind mind{predictor.start(plan.music, guidance), taught.front()};
    mind.memory.seek(static_cast<std::int64_t>(from) + 1);
    // A step is fed the one before it, and what it would have chosen is overruled.
    for (const Tokens& step : std::span(taught).subspan(1))
        mind.previous = predictor.step(mind.memory, mind.previous, plan.styleAt(plan.first), [&](std::int64_t stream, std::span<const float>) { return step[static_cast<std::size_t>(stream)]; });
    mind.memory.seek(static_cast<std::int64_t>(plan.first));
    return mind;
}

Result<std::vector<Tokens>> walkTokens(nn::GcnMhwImpl& predictor, nn::Quantiser& coder, const WalkPlan& plan, const io::GenerateSettings& settings, std::stop_token stop,
                                       Progress& progress) {
    const std::size_t end = plan.end > 0 ? plan.end : static_cast<std::size_t>(plan.music.size(0));
    Walk walk(predictor, coder, plan, settings);
    Stage stage(progress, "choosing poses");
    const auto goOn = [&] {
        stage.update(static_cast<double>(walk.at() - plan.first + 1), static_cast<double>(end - plan.first));
        return !stop.stop_requested();
    };
    const auto judgedAt = [&](const WalkPin& pin) { return std::min(end, static_cast<std::size_t>(std::max(0.0, std::floor(pin.step))) + 1 + kAfterPin); };
    auto pin = plan.pins.begin();
    while (walk.at() < end) {
        const std::size_t at = walk.at();
        std::size_t steps = std::min(kStretch, end - at);
        while (pin != plan.pins.end() && judgedAt(*pin) <= at) ++pin;
        bool walked = false;
        if (pin != plan.pins.end() && judgedAt(*pin) <= at + kStretch) {
            const auto first = pin;
            steps = judgedAt(*pin) - at;
            while (pin != plan.pins.end() && judgedAt(*pin) == at + steps) ++pin;
            walked = walk.towards({first, pin}, steps, goOn);
        } else {
            // The stretch before a pin is a whole one, and what is left over comes before it.
            if (pin != plan.pins.end() && judgedAt(*pin) < at + 2 * kStretch) steps = std::min(steps, judgedAt(*pin) - at - kStretch);
            walked = walk.freely(steps, goOn);
        }
        if (!walked) return cancelled("generate");
    }
    return walk.chosen();
}

}  // namespace choreia::choreo
