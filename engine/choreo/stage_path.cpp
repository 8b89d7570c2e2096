// The path is a chain of complex steps: a second that is danced while the dancer is turned at a rate goes somewhere known beforehand, but for the direction in which it begins.
#include "choreo/stage_path.h"

#include "eval/beat_alignment.h"
#include "motion/pose_features.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <complex>
#include <limits>
#include <numbers>

namespace choreia::choreo {

namespace {

using Place = std::complex<double>;  // z + ix: turning about the vertical axis by an angle multiplies by its exponential

constexpr double kDegree = std::numbers::pi / 180;
constexpr std::array<double, 9> kRates = {0, -10 * kDegree, 10 * kDegree, -20 * kDegree, 20 * kDegree, -30 * kDegree, 30 * kDegree, -40 * kDegree, 40 * kDegree};  // a second
constexpr double kInner = 0.85;       // of the radius: nothing is asked for within
constexpr double kOutside = 8;        // a square metre outside, for a second
constexpr double kAheadPrice = 1.5;   // of what lies ahead at the present heading
constexpr double kTurnPrice = 0.12, kChangePrice = 0.08;  // of 20 degrees a second, and of a change by as much
constexpr double kAwayPrice = 6;      // of a back turned for a second, where the style never does
constexpr double kEveryWay = 0.4;     // away from the audience: dancers who face all ways alike
constexpr double kMostTurned = 100 * kDegree;  // from where the dance faced, where it faces the audience more than that
constexpr std::size_t kAhead = 4;     // seconds
constexpr std::size_t kBeam = 64;

struct Second {
    std::size_t first = 0, last = 0;  // frames
    std::vector<double> share;        // how much of its turn is made after each of its frames, 0 to 1
    std::array<Place, kRates.size()> way{}, half{};  // where it leads from its beginning, as a whole and to its middle
    Place ahead{};                    // where this second and those after it lead unturned
    Place faces{};                    // the mean direction of the body, 1 the audience's
};

struct State {
    Place place{};
    double turn = 0, cost = 0, estimate = 0;
    std::size_t rate = 0;
    std::ptrdiff_t before = -1;  // of the states of the second before
};

double outside(Place place, double inner) {
    const double over = std::max(0.0, std::abs(place) - inner);
    return over * over;
}

std::vector<Second> secondsOf(const motion::Clip& clip, const ContactScores& contacts) {
    const std::size_t n = clip.frames(), every = std::max<std::size_t>(8, static_cast<std::size_t>(std::llround(clip.fps)));
    const auto step = [&](std::size_t f) {
        const motion::Vec3 by = clip.root[f + 1] - clip.root[f];
        return Place(static_cast<double>(by.z()), static_cast<double>(by.x()));
    };
    std::vector<Second> seconds;
    for (std::size_t first = 0; first + 1 < n; first += every) {
        Second second;
        second.first = first;
        second.last = std::min(n - 1, first + every);
        double all = 0;
        for (std::size_t f = second.first; f < second.last; ++f) {
            const double stands = std::max(contacts[f][0], contacts[f][1]) + std::max(contacts[f][2], contacts[f][3]);
            all += 1 / (1 + 1.5 * stands);
            second.share.push_back(all);
        }
        for (double& share : second.share) share /= all;
        for (std::size_t r = 0; r < kRates.size(); ++r) {
            const double whole = kRates[r] * static_cast<double>(second.last - second.first) / clip.fps;
            for (std::size_t f = second.first; f < second.last; ++f) {
                second.way[r] += std::polar(1.0, whole * second.share[f - second.first]) * step(f);
                if (2 * (f - second.first) < second.last - second.first) second.half[r] = second.way[r];
            }
        }
        for (std::size_t f = second.first; f < second.last; ++f) second.faces += std::polar(1.0 / static_cast<double>(second.last - second.first), static_cast<double>(motion::headingOf(clip.pose(f)[motion::Pelvis])));
        seconds.push_back(std::move(second));
    }
    for (std::size_t s = 0; s < seconds.size(); ++s)
        for (std::size_t k = s; k < std::min(seconds.size(), s + kAhead); ++k) seconds[s].ahead += seconds[k].way[0];
    return seconds;
}

/// Rates of every second, as indices of kRates.
std::vector<std::size_t> ratesFor(const std::vector<Second>& seconds, Place begin, double radius, double away, double fps) {
    const double inner = kInner * radius, shy = std::clamp(1 - away / kEveryWay, 0.0, 1.0), awayPrice = kAwayPrice * shy;
    // A dance that is for the audience is turned from it by so much at most; what then leads off the stage is drawn together (stayOnStage).
    const double most = shy > 0 ? std::min(kMostTurned, (1 - shy) * std::numbers::pi) : std::numeric_limits<double>::infinity();
    std::vector<std::vector<State>> beams = {{{begin, 0, 0, 0, 0, -1}}};
    for (std::size_t s = 0; s < seconds.size(); ++s) {
        const Second& second = seconds[s];
        const double length = static_cast<double>(second.last - second.first) / fps;
        std::vector<State> next;
        next.reserve(beams.back().size() * kRates.size());
        for (std::size_t b = 0; b < beams.back().size(); ++b) {
            const State& state = beams.back()[b];
            const Place direction = std::polar(1.0, state.turn);
            for (std::size_t r = 0; r < kRates.size(); ++r) {
                State to;
                to.turn = state.turn + kRates[r] * length;
                if (std::abs(to.turn) > most && r > 0) continue;
                to.place = state.place + direction * second.way[r];
                to.rate = r;
                to.before = static_cast<std::ptrdiff_t>(b);
                const double turned = kRates[r] / (20 * kDegree), change = (kRates[r] - kRates[state.rate]) / (20 * kDegree);
                const double back = (std::abs(second.faces) - std::real(second.faces * std::polar(1.0, 0.5 * (state.turn + to.turn)))) / 2;
                to.cost = state.cost + length * (kTurnPrice * turned * turned + awayPrice * back + kOutside * (outside(to.place, inner) + outside(state.place + direction * second.half[r], inner)) / 2) +
                          kChangePrice * change * change;
                const Place there = s + 1 < seconds.size() ? to.place + std::polar(1.0, to.turn) * seconds[s + 1].ahead : to.place;
                to.estimate = to.cost + kAheadPrice * outside(there, inner);
                next.push_back(to);
            }
        }
        const auto better = [](const State& a, const State& b) { return a.estimate < b.estimate; };
        if (next.size() > kBeam) {
            std::nth_element(next.begin(), next.begin() + kBeam, next.end(), better);
            next.resize(kBeam);
        }
        beams.push_back(std::move(next));
    }
    const auto end = std::min_element(beams.back().begin(), beams.back().end(), [](const State& a, const State& b) { return a.cost < b.cost; });
    std::vector<std::size_t> rates(seconds.size());
    auto at = end - beams.back().begin();
    for (std::size_t s = seconds.size(); s > 0; --s) {
        const State& state = beams[s][static_cast<std::size_t>(at)];
        rates[s - 1] = state.rate;
        at = state.before;
    }
    return rates;
}

}  // namespace

void turnAlong(motion::Clip& clip, const std::vector<double>& turn) {
    std::vector<motion::Vec3> root(clip.frames());
    root[0] = clip.root[0];
    for (std::size_t f = 0; f < clip.frames(); ++f) {
        const Eigen::AngleAxisf by(static_cast<float>(turn[f]), motion::Vec3::UnitY());
        if (f + 1 < clip.frames()) {
            const Eigen::AngleAxisf between(static_cast<float>(0.5 * (turn[f] + turn[f + 1])), motion::Vec3::UnitY());
            root[f + 1] = root[f] + between * (clip.root[f + 1] - clip.root[f]);
        }
        auto& pelvis = clip.pose(f)[motion::Pelvis];
        pelvis = (motion::Quat(by) * pelvis).normalized();
    }
    clip.root = std::move(root);
}

void keepToStage(motion::Clip& clip, const ContactScores& contacts, double radius, double away) {
    const std::size_t n = clip.frames();
    if (n < 8 || contacts.size() != n) return;
    double furthest = 0;
    for (const auto& root : clip.root) furthest = std::max(furthest, std::hypot(static_cast<double>(root.x()), static_cast<double>(root.z())));
    if (furthest <= kInner * radius) return;
    const auto seconds = secondsOf(clip, contacts);
    const auto rates = ratesFor(seconds, {static_cast<double>(clip.root[0].z()), static_cast<double>(clip.root[0].x())}, radius, away, clip.fps);
    std::vector<double> turn(n, 0.0);
    double done = 0;
    for (std::size_t s = 0; s < seconds.size(); ++s) {
        const Second& second = seconds[s];
        const double whole = kRates[rates[s]] * static_cast<double>(second.last - second.first) / clip.fps;
        for (std::size_t f = second.first; f < second.last; ++f) turn[f + 1] = done + whole * second.share[f - second.first];
        done += whole;
    }
    turnAlong(clip, eval::gaussianSmooth(turn, 0.1 * clip.fps));
}

}  // namespace choreia::choreo
