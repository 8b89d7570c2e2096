// All figures of a set of dances against a reference set.
#include "eval/metrics.h"

#include "core/units.h"
#include "eval/pose_freshness.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>
#include <set>
#include <tuple>
#include <utility>

namespace choreia::eval {

namespace {
constexpr std::size_t kFeatureFrames = 1200; // 20 s: the length the field generates
constexpr double kFrozenShare = 0.2;         // of the reference's median window speed
constexpr double kGeometricStdFloor = 0.02;  // a share of frames: 0.4 s in 20 s
constexpr std::size_t kStretch = 10;         // windows in a stretch of the freezing curve
constexpr std::ptrdiff_t kStanding = 2;      // windows at either end of a recording in which people may only stand

/// Linear interpolation to 60 fps; most clips have it already.
motion::Positions atMotionRate(const motion::Positions& in) {
    if (std::abs(in.fps - kMotionFps) < 1e-6 || in.frames() < 2) return in;
    motion::Positions out;
    out.fps = kMotionFps;
    out.joints = in.joints;
    const double ratio = in.fps / kMotionFps;
    const auto frames = static_cast<std::size_t>(std::floor(static_cast<double>(in.frames() - 1) / ratio)) + 1;
    out.values.resize(frames * in.joints);
    for (std::size_t f = 0; f < frames; ++f) {
        const double t = static_cast<double>(f) * ratio;
        const auto before = std::min(static_cast<std::size_t>(t), in.frames() - 2);
        const auto share = static_cast<float>(t - static_cast<double>(before));
        for (std::size_t j = 0; j < in.joints; ++j) out.at(f, j) = in.at(before, j) * (1 - share) + in.at(before + 1, j) * share;
    }
    return out;
}

/// Whole windows of so many frames.
std::vector<motion::Positions> windowsOf(const motion::Positions& in, std::size_t frames) {
    std::vector<motion::Positions> out;
    for (std::size_t first = 0; first + frames <= in.frames(); first += frames) {
        motion::Positions part;
        part.fps = in.fps;
        part.joints = in.joints;
        part.values.assign(in.values.begin() + static_cast<std::ptrdiff_t>(first * in.joints), in.values.begin() + static_cast<std::ptrdiff_t>((first + frames) * in.joints));
        out.push_back(std::move(part));
    }
    return out;
}

motion::Positions firstFrames(const motion::Positions& in, std::size_t frames) {
    motion::Positions out;
    out.fps = in.fps;
    out.joints = in.joints;
    out.values.assign(in.values.begin(),
                      in.values.begin() + static_cast<std::ptrdiff_t>(std::min(frames, in.frames()) * in.joints));
    return out;
}

double median(std::vector<double> values) {
    if (values.empty()) return 0;
    const std::size_t half = values.size() / 2;
    std::sort(values.begin(), values.end());
    return values.size() % 2 ? values[half] : 0.5 * (values[half - 1] + values[half]);
}

struct FeatureSets {
    std::vector<std::vector<double>> kinetic, corrected, geometric;
};

/// One set measured, clip by clip; figures that need the reference come later.
struct Measured {
    FeatureSets features;
    std::vector<ClipFigures> clips;
    std::vector<std::vector<double>> windows;
    std::vector<bool> withMusic;
    std::vector<std::string> styles;  ///< of the clips
};

Measured measure(const std::vector<EvaluatedClip>& set, bool cropped, double windowSeconds) {
    Measured m;
    const auto window = static_cast<std::size_t>(std::lround(windowSeconds * kMotionFps));
    for (const EvaluatedClip& clip : set) {
        const motion::Positions positions = atMotionRate(clip.positions);
        std::vector<motion::Positions> parts;
        if (window > 1) parts = windowsOf(positions, window);
        else parts.push_back(cropped ? firstFrames(positions, kFeatureFrames) : positions);
        for (const motion::Positions& part : parts) {
            m.features.kinetic.push_back(kineticFeatures(part, true));
            m.features.corrected.push_back(kineticFeatures(part, false));
            m.features.geometric.push_back(geometricFeatures(part));
        }
        const Plausibility p = plausibility(positions);
        const BeatAlignment b = beatAlignment(positions, clip.musicBeats);
        ClipFigures figures;
        figures.name = clip.name;
        figures.bas = b.bas;
        figures.basChance = b.chance;
        figures.basAboveChance = b.aboveChance;
        figures.motionBeatRateHz = b.motionBeatRateHz;
        figures.pfc = p.pfc;
        figures.footSkatingRatio = p.footSkatingRatio;
        figures.meanJointSpeed = p.meanJointSpeed;
        figures.lowestFootSpeed = p.lowestFootSpeed;
        figures.standingFootSpeed = p.standingFootSpeed;
        m.clips.push_back(figures);
        m.windows.push_back(p.windowSpeeds);
        m.withMusic.push_back(!clip.musicBeats.empty());
        m.styles.push_back(clip.style);
    }
    return m;
}

double meanOf(const std::vector<ClipFigures>& clips, double ClipFigures::*figure) {
    double sum = 0;
    for (const ClipFigures& clip : clips) sum += clip.*figure;
    return clips.empty() ? 0 : sum / static_cast<double>(clips.size());
}

double frozenShare(std::span<const double> windows, double threshold) {
    const auto frozen = std::count_if(windows.begin(), windows.end(), [threshold](double speed) { return speed < threshold; });
    return windows.empty() ? 0 : static_cast<double>(frozen) / static_cast<double>(windows.size());
}

/// Fills in each clip's freezing; returns the share over all windows of the set.
double fillFreezing(Measured& m, double threshold) {
    std::vector<double> all;
    for (std::size_t c = 0; c < m.clips.size(); ++c) {
        const std::vector<double>& windows = m.windows[c];
        all.insert(all.end(), windows.begin(), windows.end());
        m.clips[c].freezingRatio = frozenShare(windows, threshold);
        for (std::size_t i = 0; i < windows.size(); i += kStretch) {
            m.clips[c].freezingPer10s.push_back(
                frozenShare(std::span(windows).subspan(i, std::min(kStretch, windows.size() - i)), threshold));
        }
    }
    return frozenShare(all, threshold);
}

/// The share over all windows of the set but each clip's first and last two.
double freezingWithin(const Measured& m, double threshold) {
    std::vector<double> all;
    for (const std::vector<double>& windows : m.windows)
        if (std::ssize(windows) > 2 * kStanding) all.insert(all.end(), windows.begin() + kStanding, windows.end() - kStanding);
    return frozenShare(all, threshold);
}

/// How many features of the set hardly differ from clip to clip.
std::size_t nearlyConstant(const std::vector<std::vector<double>>& set, double floor) {
    std::size_t count = 0;
    for (std::size_t k = 0; !set.empty() && k < set[0].size(); ++k) {
        double mean = 0, squares = 0;
        for (const auto& row : set) mean += row[k] / static_cast<double>(set.size());
        for (const auto& row : set) squares += (row[k] - mean) * (row[k] - mean) / static_cast<double>(set.size());
        if (std::sqrt(squares) < floor) ++count;
    }
    return count;
}

void compareFeatures(const FeatureSets& g, const FeatureSets& r, Evaluation& out) {
    out.fidK = frechetDistance(g.kinetic, r.kinetic);
    out.fidKCorrected = frechetDistance(g.corrected, r.corrected);
    out.fidG = frechetDistance(g.geometric, r.geometric);
    out.divK = diversity(g.kinetic, r.kinetic);
    out.divG = diversity(g.geometric, r.geometric);
    out.referenceDivK = diversity(r.kinetic, r.kinetic);
    out.referenceDivG = diversity(r.geometric, r.geometric);
    if (g.kinetic.size() < 2 || r.kinetic.size() < 2)
        out.warnings.push_back("FID needs at least two clips in either set: it is not a number here");
    if (r.kinetic.size() < kKineticFeatures) {
        std::string which = "kinetic features (" + std::to_string(kKineticFeatures) + ")";
        if (r.kinetic.size() < kGeometricFeatures)
            which += " and geometric features (" + std::to_string(kGeometricFeatures) + ")";
        out.warnings.push_back("fewer reference clips (" + std::to_string(r.kinetic.size()) + ") than " + which +
                               ": the reference covariance is singular and FID is biased");
    }
    if (const std::size_t constant = nearlyConstant(r.geometric, kGeometricStdFloor); constant > 0) {
        out.fidGFloored = frechetDistance(g.geometric, r.geometric, kGeometricStdFloor);
        out.divGFloored = diversity(g.geometric, r.geometric, kGeometricStdFloor);
        out.warnings.push_back(std::to_string(constant) +
                               " geometric features are nearly constant in the reference, so fid_g and div_g may explode: " +
                               "fid_g_floored and div_g_floored put a floor of 0.02 under their standard deviation");
    }
}
} // namespace

namespace {

/// Median freshness of a set and the share of its windows that loop.
std::pair<std::optional<double>, double> freshnessOf(const std::vector<EvaluatedClip>& clips) {
    std::vector<double> all;
    for (const EvaluatedClip& clip : clips) {
        const auto windows = poseFreshness(clip.positions);
        all.insert(all.end(), windows.begin(), windows.end());
    }
    if (all.empty()) return {};
    const auto looping = std::count_if(all.begin(), all.end(), [](double fresh) { return fresh < kLoops; });
    return {median(all), static_cast<double>(looping) / static_cast<double>(all.size())};
}

/// The reference's figures of the generated clips' styles. Where some styles are known and found and others are not, a warning says what is missing.
std::optional<StyleFigures> figuresOfStyles(const Measured& generated, const Measured& reference, std::vector<std::string>& warnings) {
    std::map<std::string, std::vector<ClipFigures>> byStyle;
    for (std::size_t c = 0; c < reference.clips.size(); ++c)
        if (!reference.styles[c].empty()) byStyle[reference.styles[c]].push_back(reference.clips[c]);
    if (byStyle.empty() || generated.styles.empty()) return std::nullopt;
    std::size_t unknown = 0;
    std::set<std::string> absent;
    StyleFigures sum;
    for (const std::string& style : generated.styles) {
        const auto clips = byStyle.find(style);
        if (style.empty()) ++unknown;
        else if (clips == byStyle.end()) absent.insert(style);
        else {
            sum.motionBeatRateHz += meanOf(clips->second, &ClipFigures::motionBeatRateHz);
            sum.meanJointSpeed += meanOf(clips->second, &ClipFigures::meanJointSpeed);
            sum.footSkatingRatio += meanOf(clips->second, &ClipFigures::footSkatingRatio);
            sum.lowestFootSpeed += meanOf(clips->second, &ClipFigures::lowestFootSpeed);
            sum.freezingRatio += meanOf(clips->second, &ClipFigures::freezingRatio);
        }
    }
    if (unknown == generated.styles.size()) return std::nullopt;  // a set without styles is as usual as one with them: nothing is missing
    if (unknown > 0 || !absent.empty()) {
        std::string why = unknown > 0 ? "generated clips of no known style: " + std::to_string(unknown) : std::string();
        if (!absent.empty()) why += why.empty() ? "the reference has no clip of " : "; the reference has no clip of ";
        for (const std::string& style : absent) why += (style == *absent.begin() ? "" : ", ") + style;
        warnings.push_back("no reference figures of these styles: " + why);
        return std::nullopt;
    }
    for (double* figure : {&sum.motionBeatRateHz, &sum.meanJointSpeed, &sum.footSkatingRatio, &sum.lowestFootSpeed, &sum.freezingRatio}) *figure /= static_cast<double>(generated.styles.size());
    return sum;
}

}  // namespace

Evaluation evaluate(const std::vector<EvaluatedClip>& generated, const std::vector<EvaluatedClip>& reference, double windowSeconds) {
    Evaluation out;
    out.referenceClips = reference.size();
    Measured g = measure(generated, true, windowSeconds);
    Measured r = measure(reference, false, windowSeconds);
    compareFeatures(g.features, r.features, out);

    std::vector<double> referenceWindows;
    for (const auto& windows : r.windows) referenceWindows.insert(referenceWindows.end(), windows.begin(), windows.end());
    const double threshold = kFrozenShare * median(referenceWindows);
    out.freezingRatio = fillFreezing(g, threshold);
    out.referenceFreezingRatio = fillFreezing(r, threshold);
    out.freezingWithin = freezingWithin(g, threshold);
    out.referenceFreezingWithin = freezingWithin(r, threshold);

    std::vector<ClipFigures> danced;
    for (std::size_t c = 0; c < g.clips.size(); ++c) {
        if (g.withMusic[c]) danced.push_back(g.clips[c]);
    }
    out.bas = meanOf(danced, &ClipFigures::bas);
    out.basChance = meanOf(danced, &ClipFigures::basChance);
    out.basAboveChance = meanOf(danced, &ClipFigures::basAboveChance);
    out.motionBeatRateHz = meanOf(g.clips, &ClipFigures::motionBeatRateHz);
    out.referenceMotionBeatRateHz = meanOf(r.clips, &ClipFigures::motionBeatRateHz);
    out.pfc = meanOf(g.clips, &ClipFigures::pfc);
    out.referencePfc = meanOf(r.clips, &ClipFigures::pfc);
    out.footSkatingRatio = meanOf(g.clips, &ClipFigures::footSkatingRatio);
    out.referenceFootSkatingRatio = meanOf(r.clips, &ClipFigures::footSkatingRatio);
    out.meanJointSpeed = meanOf(g.clips, &ClipFigures::meanJointSpeed);
    out.referenceMeanJointSpeed = meanOf(r.clips, &ClipFigures::meanJointSpeed);
    out.lowestFootSpeed = meanOf(g.clips, &ClipFigures::lowestFootSpeed);
    out.referenceLowestFootSpeed = meanOf(r.clips, &ClipFigures::lowestFootSpeed);
    out.standingFootSpeed = meanOf(g.clips, &ClipFigures::standingFootSpeed);
    out.referenceStandingFootSpeed = meanOf(r.clips, &ClipFigures::standingFootSpeed);
    std::tie(out.freshness, out.loopingRatio) = freshnessOf(generated);
    std::tie(out.referenceFreshness, out.referenceLoopingRatio) = freshnessOf(reference);
    out.referenceOfStyles = figuresOfStyles(g, r, out.warnings);
    out.clips = std::move(g.clips);
    if (danced.empty() && !out.clips.empty()) out.warnings.push_back("no music beats given: beat alignment is not measured");
    return out;
}

} // namespace choreia::eval
