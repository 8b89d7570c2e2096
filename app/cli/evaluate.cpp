// choreia evaluate: how good a set of dances is beside a reference, in the field's figures.
#include "cli/motion_set.h"
#include "cli/verbs.h"
#include "eval/posture.h"

#include <cstdio>

namespace choreia::cli {

namespace {

struct Options {
    MotionSetRequest generated, reference;
    std::string music, json, set = "all";
    double window = 0;
};

Json clipFigures(const eval::ClipFigures& clip) {
    Json stretches = Json::array();
    for (const double ratio : clip.freezingPer10s) stretches.push_back(rounded(ratio, 4));
    return {{"name", clip.name},
            {"bas", clip.bas},
            {"bas_chance", clip.basChance},
            {"bas_above_chance", clip.basAboveChance},
            {"motion_beat_rate_hz", clip.motionBeatRateHz},
            {"pfc", clip.pfc},
            {"foot_skating_ratio", clip.footSkatingRatio},
            {"lowest_foot_speed_m_s", clip.lowestFootSpeed},
            {"lowest_foot_speed_in_contact_m_s", clip.standingFootSpeed},
            {"freezing_ratio", clip.freezingRatio},
            {"freezing_per_10_s", std::move(stretches)},
            {"mean_joint_speed_m_s", clip.meanJointSpeed}};
}

Json figuresOf(const eval::Evaluation& e, const std::optional<eval::PostureFigures>& posture) {
    Json clips = Json::array();
    for (const eval::ClipFigures& clip : e.clips) clips.push_back(clipFigures(clip));
    Json json = {{"fid_k", e.fidK},
                 {"fid_k_corrected", e.fidKCorrected},
                 {"fid_g", e.fidG},
                 {"div_k", e.divK},
                 {"div_g", e.divG},
                 {"reference_div_k", e.referenceDivK},
                 {"reference_div_g", e.referenceDivG},
                 {"bas", e.bas},
                 {"bas_chance", e.basChance},
                 {"bas_above_chance", e.basAboveChance},
                 {"motion_beat_rate_hz", e.motionBeatRateHz},
                 {"reference_motion_beat_rate_hz", e.referenceMotionBeatRateHz},
                 {"pfc", e.pfc},
                 {"reference_pfc", e.referencePfc},
                 {"foot_skating_ratio", e.footSkatingRatio},
                 {"reference_foot_skating_ratio", e.referenceFootSkatingRatio},
                 {"lowest_foot_speed_m_s", e.lowestFootSpeed},
                 {"reference_lowest_foot_speed_m_s", e.referenceLowestFootSpeed},
                 {"lowest_foot_speed_in_contact_m_s", e.standingFootSpeed},
                 {"reference_lowest_foot_speed_in_contact_m_s", e.referenceStandingFootSpeed},
                 {"freezing_ratio", e.freezingRatio},
                 {"reference_freezing_ratio", e.referenceFreezingRatio},
                 {"freezing_within", e.freezingWithin},
                 {"reference_freezing_within", e.referenceFreezingWithin},
                 {"mean_joint_speed_m_s", e.meanJointSpeed},
                 {"reference_mean_joint_speed_m_s", e.referenceMeanJointSpeed}};
    if (posture) json["posture_distance_m"] = posture->distance, json["posture_distance_either_side_m"] = posture->eitherSide;
    if (e.freshness) json["freshness_m"] = *e.freshness, json["looping_ratio"] = e.loopingRatio;
    if (e.referenceFreshness) json["reference_freshness_m"] = *e.referenceFreshness, json["reference_looping_ratio"] = e.referenceLoopingRatio;
    if (const auto& styles = e.referenceOfStyles) {
        json["reference_of_styles_motion_beat_rate_hz"] = styles->motionBeatRateHz;
        json["reference_of_styles_foot_skating_ratio"] = styles->footSkatingRatio;
        json["reference_of_styles_lowest_foot_speed_m_s"] = styles->lowestFootSpeed;
        json["reference_of_styles_freezing_ratio"] = styles->freezingRatio;  // a mean over clips, where reference_freezing_ratio is one over all windows
        json["reference_of_styles_mean_joint_speed_m_s"] = styles->meanJointSpeed;
    }
    if (e.fidGFloored) json["fid_g_floored"] = *e.fidGFloored;
    if (e.divGFloored) json["div_g_floored"] = *e.divGFloored;
    json["clips"] = std::move(clips);
    json["reference_clips"] = e.referenceClips;
    json["warnings"] = e.warnings;
    return json;
}

Result<void> print(const eval::Evaluation& e, const std::optional<eval::PostureFigures>& posture, Context& context) {
    const auto row = [&](const char* name, double value, const char* beside = "", double reference = 0, double eval::StyleFigures::*ofStyles = nullptr) {
        char line[160];
        if (ofStyles && e.referenceOfStyles)
            std::snprintf(line, sizeof line, "%-24s %10.4f   %s %.4f   of these styles %.4f%s", name, value, beside, reference, (*e.referenceOfStyles).*ofStyles,
                          ofStyles == &eval::StyleFigures::freezingRatio ? " (mean of clips)" : "");
        else if (*beside)
            std::snprintf(line, sizeof line, "%-24s %10.4f   %s %.4f", name, value, beside, reference);
        else
            std::snprintf(line, sizeof line, "%-24s %10.4f", name, value);
        return printLine(context, line);
    };
    using Styles = eval::StyleFigures;
    CHOREIA_TRY(row("FID_k", e.fidK, "corrected", e.fidKCorrected));
    CHOREIA_TRY(row("FID_g", e.fidG));
    CHOREIA_TRY(row("Div_k", e.divK, "reference", e.referenceDivK));
    CHOREIA_TRY(row("Div_g", e.divG, "reference", e.referenceDivG));
    CHOREIA_TRY(row("BAS", e.bas, "chance", e.basChance));
    CHOREIA_TRY(row("BAS above chance", e.basAboveChance));
    CHOREIA_TRY(row("motion beats, Hz", e.motionBeatRateHz, "reference", e.referenceMotionBeatRateHz, &Styles::motionBeatRateHz));
    CHOREIA_TRY(row("PFC", e.pfc, "reference", e.referencePfc));
    CHOREIA_TRY(row("foot-skating ratio", e.footSkatingRatio, "reference", e.referenceFootSkatingRatio, &Styles::footSkatingRatio));
    CHOREIA_TRY(row("lowest foot, m/s", e.lowestFootSpeed, "reference", e.referenceLowestFootSpeed, &Styles::lowestFootSpeed));
    CHOREIA_TRY(row("the same in contact", e.standingFootSpeed, "reference", e.referenceStandingFootSpeed));
    CHOREIA_TRY(row("freezing ratio", e.freezingRatio, "reference", e.referenceFreezingRatio, &Styles::freezingRatio));
    CHOREIA_TRY(row("but for 2 s at its ends", e.freezingWithin, "reference", e.referenceFreezingWithin));
    CHOREIA_TRY(row("mean joint speed, m/s", e.meanJointSpeed, "reference", e.referenceMeanJointSpeed, &Styles::meanJointSpeed));
    if (e.freshness) {
        CHOREIA_TRY(row("pose freshness, m", *e.freshness, e.referenceFreshness ? "reference" : "", e.referenceFreshness.value_or(0)));
        CHOREIA_TRY(row("looping ratio", e.loopingRatio, e.referenceFreshness ? "reference" : "", e.referenceLoopingRatio));
    }
    if (posture) CHOREIA_TRY(row("to recorded postures, m", posture->distance, "either side", posture->eitherSide));
    for (const std::string& warning : e.warnings) CHOREIA_TRY(printLine(context, "note: " + warning));
    return {};
}

Result<void> evaluate(Options options, Context& context) {
    CHOREIA_TRY(checkOutput(options.json));
    if (options.set != "all" && options.set != "train" && options.set != "val") return usageError("--set", "is not a set", "all, train or val", options.set);
    if (options.window != 0 && !(options.window >= 1 && options.window <= 600)) return usageError("--window", "out of range", "1 to 600 s", std::to_string(options.window));
    options.generated.music = options.reference.music = options.music;
    options.reference.set = options.set;
    CHOREIA_ASSIGN(const auto generated, loadMotionSet(options.generated, context));
    CHOREIA_ASSIGN(const auto reference, loadMotionSet(options.reference, context));
    const eval::Evaluation evaluation = eval::evaluate(generated, reference, options.window);
    const auto posture = eval::postureDistance(generated, reference);
    CHOREIA_TRY(writeJson(options.json, figuresOf(evaluation, posture)));
    return options.json == "-" ? Result<void>() : print(evaluation, posture, context);
}

}  // namespace

void addEvaluate(CLI::App& app, Action& action) {
    auto* verb = app.add_subcommand("evaluate", "Figures of dance quality for a set of motions beside a reference set");
    auto options = std::make_shared<Options>();
    verb->add_option("GENERATED", options->generated.source, "A folder of motion files (.h5, .bvh), one file, or a training HDF5")->required();
    verb->add_option("--reference", options->reference.source, "The reference set, likewise")->required();
    verb->add_option("--music", options->music, "Folder with NAME.beats or the song NAME for each motion; else beats beside or inside the motion files");
    verb->add_option("--set", options->set, "Of a training HDF5 as reference: all, train or val");
    verb->add_option("--window", options->window, "Seconds: FID and diversity over windows of this length instead of one value a clip; for few long dances");
    verb->add_option("--json", options->json, "Write the figures (\"-\": standard output)");
    verb->callback([&action, options] { action = [options](Context& context) { return evaluate(*options, context); }; });
}

}  // namespace choreia::cli
