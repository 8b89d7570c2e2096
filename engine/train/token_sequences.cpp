// In beats a clip is stretched so that a beat is a whole number of tokens; in seconds it is taken at several speeds and places.
#include "train/token_sequences.h"

#include "core/parallel.h"
#include "core/random.h"
#include "data/beat_time.h"
#include "data/motion_energy.h"
#include "data/music_steps.h"
#include "motion/pose_features.h"
#include "nn/threads.h"
#include "train/pose_variety.h"
#include "train/tasks.h"

#include <algorithm>
#include <set>

namespace choreia::train {

namespace {

/// A clip in one mirror and at one speed: in seconds any speed, in beats a whole number of tokens a beat (0: in seconds).
struct SequenceJob {
    const data::TrainingClip* clip;
    double speed;
    int tokensABeat;
    bool mirror;
    bool misheard = false;  ///< its song rolled by half
    bool otherwise = false; ///< in another bearing
};

/// The song's second half first, its beats with it; the motion as it is.
data::TrainingClip rolledByHalf(data::TrainingClip clip) {
    auto& rows = clip.musicFeatures;
    const std::size_t half = rows.rows / 2;
    std::rotate(rows.values.begin(), rows.values.begin() + static_cast<std::ptrdiff_t>(half * rows.columns), rows.values.end());
    const double length = static_cast<double>(rows.rows) / clip.clip.fps, moved = static_cast<double>(half) / clip.clip.fps;
    for (double& beat : clip.beats) beat = beat >= moved ? beat - moved : beat - moved + length;
    std::sort(clip.beats.begin(), clip.beats.end());
    return clip;
}

std::vector<SequenceJob> sequenceJobs(const std::vector<data::TrainingClip>& clips, const SequenceSetting& setting) {
    std::vector<SequenceJob> jobs;
    // A pair whose twin was brought onto the beat ("song~beat") is left out: recorded pairs are hardly in step, and from them a
    // network learns to ignore the music.
    std::set<std::string> onBeat;
    for (const auto& clip : clips)
        if (clip.name.ends_with("~beat")) onBeat.insert(clip.name.substr(0, clip.name.size() - 5));
    for (const auto& clip : clips) {
        if (onBeat.count(clip.name)) continue;
        const int natural = setting.beatTime ? data::naturalTokens(clip.beats) : 0;
        if (clip.validation) {
            jobs.push_back({&clip, 1.0, natural, false});
            if (clip.musicFeatures.rows > 0) jobs.push_back({&clip, 1.0, natural, false, true});
            continue;
        }
        for (const bool mirror : {false, true}) {
            // Counted for every tempo that it can be danced to: else a figure is only ever met at its own, and off the beat at others.
            for (const int count : natural > 0 ? data::danceableTokens(clip.beats) : std::vector<int>{}) jobs.push_back({&clip, 1.0, count, mirror});
            if (natural == 0)
                for (const double speed : setting.speeds) jobs.push_back({&clip, speed, 0, mirror});
        }
    }
    const std::size_t asRecorded = jobs.size();
    for (int b = 0; b < setting.bearings; ++b)
        for (std::size_t i = 0; i < asRecorded; ++i) {
            if (jobs[i].clip->validation) continue;
            jobs.push_back(jobs[i]);
            jobs.back().otherwise = true;
        }
    return jobs;
}

Table inAnotherBearing(const Table& recorded, Random& random) {
    const torch::NoGradGuard noGrad;
    const nn::OneThread alone;
    auto rows = toTensor(recorded);
    anotherBearing(rows, random);
    auto whole = rows.unsqueeze(0);
    restorePositions(whole);
    Table turned(recorded.rows, recorded.columns);
    std::copy_n(whole.contiguous().data_ptr<float>(), turned.values.size(), turned.values.begin());
    return turned;
}

// The speed around each step becomes its rank among the training motion of the style.
void addWishes(TokenSequences& made, std::size_t styles) {
    std::vector<std::vector<float>> known(std::max<std::size_t>(styles, 1));
    for (const auto& s : made.training) known[static_cast<std::size_t>(s.style)].insert(known[static_cast<std::size_t>(s.style)].end(), s.speed.begin(), s.speed.end());
    for (auto& speeds : known) std::sort(speeds.begin(), speeds.end());
    for (auto* set : {&made.training, &made.validation, &made.misheard})
        for (auto& s : *set) {
            const auto wish = data::ranksAmong(s.speed, known[static_cast<std::size_t>(s.style)]);
            const auto length = s.music.size(0);
            const auto rank = torch::tensor(wish).view({length, 1});
            s.music = torch::cat({s.music, rank, torch::ones_like(rank)}, 1);
        }
}

}  // namespace

TokenSequences tokenSequences(nn::Quantiser& quantiser, const std::vector<data::TrainingClip>& clips, const std::vector<std::string>& styles, const SequenceSetting& setting) {
    TokenSequences made;
    const std::vector<SequenceJob> jobs = sequenceJobs(clips, setting);
    /// What is seen and heard from one place of a clip on.
    struct Rendering {
        Table pose, music;
    };
    std::vector<std::vector<Rendering>> renderings(jobs.size());
    parallelFor(jobs.size(), [&](std::size_t i) {
        const SequenceJob& job = jobs[i];
        const double end = static_cast<double>(job.clip->clip.frames() - 1) / job.clip->clip.fps;
        const data::TrainingClip& heard = job.misheard ? rolledByHalf(*job.clip) : *job.clip;
        const data::BeatTime time = job.tokensABeat > 0 ? data::BeatTime(heard.beats, end, job.tokensABeat) : data::BeatTime();
        data::TrainingClip stretched = data::inBeatTime(heard, time);
        if (job.mirror) stretched.clip = motion::mirror(stretched.clip);
        stretched.clip.fps *= job.speed;
        Table rows = motion::poseFeatures(stretched.clip);
        if (job.otherwise) {
            Random random(setting.seed + 7919 * i);
            rows = inAnotherBearing(rows, random);
        }
        // In beats a token begins with the beat; in seconds it may lie anywhere.
        const std::int64_t phases = job.clip->validation || time.inBeats() ? 1 : setting.phases;
        for (std::int64_t p = 0; p < phases; ++p) {
            const auto phase = static_cast<std::size_t>(p * nn::Quantiser::kStride / phases);
            const std::size_t steps = rows.rows > phase ? (rows.rows - phase) / static_cast<std::size_t>(nn::Quantiser::kStride) : 0;
            if (steps < 16) continue;
            Table pose(steps * static_cast<std::size_t>(nn::Quantiser::kStride), rows.columns);
            std::copy_n(rows.row(phase).begin(), pose.values.size(), pose.values.begin());
            renderings[i].push_back({std::move(pose), data::musicSteps(stretched.musicFeatures, static_cast<double>(phase) / motion::kPoseFps, job.speed, steps)});
        }
    });
    torch::NoGradGuard noGrad;
    for (std::size_t i = 0; i < jobs.size(); ++i) {
        const auto& clip = *jobs[i].clip;
        const auto found = std::find(styles.begin(), styles.end(), clip.style);
        const auto style = found == styles.end() ? 0 : found - styles.begin();
        bool first = !clip.validation && !jobs[i].otherwise && !jobs[i].mirror && jobs[i].speed == 1.0 && (!setting.beatTime || jobs[i].tokensABeat == data::naturalTokens(clip.beats));
        for (const Rendering& seen : renderings[i]) {
            auto tokens = quantiser.encode(toTensor(seen.pose).unsqueeze(0).to(setting.device)).squeeze(0).narrow(0, 0, quantiser.dancedStreams()).to(torch::kCPU).contiguous();
            if (first) made.distinctSteps += static_cast<double>(tokens.size(1));
            first = false;
            auto music = toTensor(seen.music);
            auto speed = data::motionEnergy(seen.pose);
            if (!clip.validation && setting.ends > 0 && tokens.size(1) >= 4 * setting.ends) {
                tokens = tokens.narrow(1, 0, tokens.size(1) - setting.ends).contiguous();
                music = music.narrow(0, 0, tokens.size(1)).contiguous();
                speed.resize(static_cast<std::size_t>(tokens.size(1)));
            }
            TokenSequence sequence{tokens, music, speed, style, clip.musicFeatures.rows > 0, jobs[i].mirror, jobs[i].otherwise};
            (jobs[i].misheard ? made.misheard : clip.validation ? made.validation : made.training).push_back(std::move(sequence));
        }
        renderings[i].clear();
    }
    addWishes(made, styles.size());
    return made;
}

}  // namespace choreia::train
