// What a predictor learns from: tokens with the music under them, and the same motion under its song rolled by half.
#include "audio/analysis.h"
#include "data/music_steps.h"
#include "nn/vq_vae.h"
#include "support/testing.h"
#include "train/recorded_moments.h"
#include "train/token_sequences.h"

#include <cmath>

using namespace choreia;

namespace {

// 16 s of swaying at 60 frames a second, a beat each half second, music that only rises.
data::TrainingClip rising(bool validation) {
    data::TrainingClip clip;
    clip.name = validation ? "held" : "learned";
    clip.style = "sway";
    clip.validation = validation;
    clip.clip.fps = 60;
    constexpr std::size_t kFrames = 960;
    clip.musicFeatures = Table(kFrames, audio::columns::kCount);
    for (std::size_t f = 0; f < kFrames; ++f) {
        const float t = static_cast<float>(f) / 60;
        clip.clip.root.emplace_back(0.1f * std::sin(t), 0.93f, 0.0f);
        for (int j = 0; j < motion::kJoints; ++j) clip.clip.rotations.emplace_back(Eigen::AngleAxisf(0.3f * std::sin(2 * t + static_cast<float>(j)), motion::Vec3::UnitX()));
        for (float& v : clip.musicFeatures.row(f)) v = t;
    }
    for (int b = 0; b < 32; ++b) clip.beats.push_back(0.5 * b);
    return clip;
}

// A small one of these levels.
nn::VqVae untrained(nn::VqVaeConfig config) {
    torch::manual_seed(3);
    config.width = 16;
    config.codeSize = 8;
    config.codes = 16;
    nn::VqVae coder(config);
    coder->eval();
    return coder;
}

}  // namespace

class TokenSequencesTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void eachBearingIsLearnedBesideTheRecording() {
        auto coder = untrained({});
        train::SequenceSetting setting;
        const auto recorded = train::tokenSequences(*coder, {rising(false), rising(true)}, {"sway"}, setting);
        setting.bearings = 2;
        const auto more = train::tokenSequences(*coder, {rising(false), rising(true)}, {"sway"}, setting);
        QCOMPARE(more.training.size(), 3 * recorded.training.size());
        QCOMPARE(more.validation.size(), recorded.validation.size());
        QCOMPARE(more.distinctSteps, recorded.distinctSteps);
        const auto& first = recorded.training[0];
        const auto& again = more.training[recorded.training.size()];
        QVERIFY(torch::equal(more.training[0].tokens, first.tokens));
        const auto heard = static_cast<std::int64_t>(data::kMusicColumns);
        QVERIFY(torch::equal(again.music.narrow(1, 0, heard), first.music.narrow(1, 0, heard)));
        QVERIFY(std::abs(again.speed[20] - first.speed[20]) > 1e-4f);  // an untrained coder hardly tells the two apart
    }
    void eachSequenceTellsHowItWasAltered() {
        auto coder = untrained({});
        train::SequenceSetting setting;
        setting.bearings = 1;
        const auto made = train::tokenSequences(*coder, {rising(false), rising(true)}, {"sway"}, setting);
        int count[2][2] = {};
        for (const auto& sequence : made.training) {
            ++count[sequence.mirrored][sequence.otherwise];
            const auto told = sequence.altered();
            QCOMPARE(told.numel(), train::TokenSequence::kAlterations);
            QCOMPARE(told[0].item<float>(), sequence.mirrored ? train::TokenSequence::kTold : 0.0F);
            QCOMPARE(told[1].item<float>(), sequence.otherwise ? train::TokenSequence::kTold : 0.0F);
        }
        QVERIFY(count[0][0] > 0);
        for (const auto& held : count)
            for (const int some : held) QCOMPARE(some, count[0][0]);  // each clip in each way, as often as recorded
        for (const auto& sequence : made.validation) QVERIFY(!sequence.mirrored && !sequence.otherwise);
    }
    void finalPosesMayBeLeftOut() {
        auto coder = untrained({});
        train::SequenceSetting setting;
        const auto whole = train::tokenSequences(*coder, {rising(false), rising(true)}, {"sway"}, setting);
        setting.ends = 20;
        const auto cut = train::tokenSequences(*coder, {rising(false), rising(true)}, {"sway"}, setting);
        QCOMPARE(cut.training.size(), whole.training.size());
        for (std::size_t i = 0; i < cut.training.size(); ++i) {
            const auto length = whole.training[i].tokens.size(1), left = length >= 80 ? length - 20 : length;
            QCOMPARE(cut.training[i].tokens.size(1), left);
            QCOMPARE(cut.training[i].music.size(0), left);
            QCOMPARE(cut.training[i].speed.size(), static_cast<std::size_t>(left));
            QVERIFY(torch::equal(cut.training[i].tokens, whole.training[i].tokens.narrow(1, 0, left)));
        }
        QVERIFY(torch::equal(cut.validation[0].tokens, whole.validation[0].tokens));
        setting.ends = 1000;  // as long as that is nothing here
        QVERIFY(torch::equal(train::tokenSequences(*coder, {rising(false), rising(true)}, {"sway"}, setting).training[0].tokens, whole.training[0].tokens));
    }
    void momentsAreThoseOfRecordings() {
        // Two takes of tokens that count their place, one of them once more mirrored and once held otherwise; the second is danced slowly but for its end.
        std::vector<train::TokenSequence> training;
        for (int take = 0; take < 4; ++take) {
            train::TokenSequence sequence;
            const std::int64_t length = 200;
            sequence.tokens = torch::stack({torch::arange(length), torch::full({length}, take, torch::kInt64)}, 0);
            for (int t = 0; t < length; ++t) sequence.speed.push_back(take == 1 && t < 100 ? 0.1F : 1.0F + 0.001F * static_cast<float>(t));
            sequence.style = 1;
            sequence.mirrored = take == 2;
            sequence.otherwise = take == 3;
            training.push_back(sequence);
        }
        const auto moments = train::recordedMoments(training, {"none", "sway"});
        QCOMPARE(moments.size(), std::size_t{1});
        const auto& found = moments.at("sway");
        QCOMPARE(found.size(), data::kMomentsAStyle);
        bool both[2] = {};
        for (const auto& moment : found) {
            QCOMPARE(moment.size(), data::kMomentSteps);
            const auto take = moment[0][1];
            QVERIFY(take == 0 || take == 1);  // as recorded
            both[take] = true;
            for (std::size_t t = 0; t < moment.size(); ++t) {
                QCOMPARE(moment[t].size(), std::size_t{2});
                QCOMPARE(moment[t][0], moment[0][0] + static_cast<std::int64_t>(t));
                QCOMPARE(moment[t][1], take);
            }
            QVERIFY(moment[0][0] >= 15 && moment.back()[0] < 185);  // not where people stand
            QVERIFY(take == 0 || moment[data::kMomentSteps / 2][0] >= 100);  // not what moves less than half of them do
        }
        QVERIFY(both[0] && both[1]);
        QVERIFY(train::recordedMoments({}, {"sway"}).empty());
    }
    void aSongRolledByHalfUnderTheSameMotion() {
        nn::VqVaeConfig config;
        config.levels = 3;
        config.dancedLevels = 2;
        auto coder = untrained(config);
        auto silent = rising(true);
        silent.name = "silent";
        silent.musicFeatures = {};
        const auto made = train::tokenSequences(*coder, {rising(false), rising(true), silent}, {"sway"}, {});
        QCOMPARE(made.validation.size(), std::size_t{2});
        QCOMPARE(made.misheard.size(), std::size_t{1});  // what has no music cannot be misheard
        const auto& right = made.validation[0];
        const auto& misheard = made.misheard[0];
        QCOMPARE(right.tokens.size(0), std::int64_t{4});  // the danced levels alone
        // Half of this song is a whole number of beats: the tokens stay, and the music is the later half first.
        QCOMPARE(misheard.tokens.size(1), right.tokens.size(1));
        QVERIFY((misheard.tokens != right.tokens).to(torch::kFloat32).mean().item<float>() < 0.1f);
        const auto energy = static_cast<std::int64_t>(data::kMusicEnergy);
        const auto loudness = [&](const train::TokenSequence& sequence, std::int64_t step) { return sequence.music[step][energy].item<float>(); };
        const auto half = right.tokens.size(1) / 2;
        QVERIFY(std::abs(loudness(misheard, 4) - loudness(right, half + 4)) < 0.3f);
        QVERIFY(std::abs(loudness(misheard, half + 4) - loudness(right, 4)) < 0.3f);
        // The wish is the motion's own.
        QVERIFY(std::abs(misheard.speed[20] - right.speed[20]) < 0.05f);
    }
};

CHOREIA_TEST(TokenSequencesTest)
#include "token_sequences_test.moc"
