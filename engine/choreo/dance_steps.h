/// Between tokens and a clip: the small steps that every way of making a dance takes. Internal to the room.
#pragma once

#include "audio/analysis.h"
#include "choreo/choreographer.h"
#include "choreo/control.h"
#include "choreo/sync.h"
#include "choreo/token_walk.h"
#include "core/matrix.h"
#include "data/beat_time.h"
#include "motion/clip.h"
#include "nn/gcn_mhw.h"
#include "nn/quantiser.h"

#include <array>
#include <chrono>
#include <cstddef>
#include <span>
#include <vector>

namespace choreia::choreo {

/// A decoded dance before sync: 60 fps, and the decoder's own word on contacts.
struct Decoded {
    motion::Clip clip;
    std::vector<std::array<float, 4>> contacts;
};

double secondsSince(std::chrono::steady_clock::time_point start);
torch::Tensor asTensor(const Table& table, torch::Device device);
/// Times of `frames` frames at 60 fps.
std::vector<double> evenTimes(std::size_t frames);
/// Dance seconds of `frames` frames at 60 fps that begin at a time of the song, counted from dance second `from`.
std::vector<double> danceTimes(const data::BeatTime& time, double start, std::size_t frames, double from);
/// Decoded rows ([1, rows, pose::kDecoded], 30 a second) as a clip of a frame for each of these times, seconds from the first row, with a calm upper body (upper_body.h).
Decoded toClip(const torch::Tensor& rows, std::span<const double> times);
/// Left and right exchanged.
void mirror(Decoded& decoded);
/// Contacts of a clip read at other times: the nearest frame's.
std::vector<std::array<bool, 4>> contactsAlong(const std::vector<std::array<bool, 4>>& contacts, const std::vector<double>& times);
/// When each token begins once the warp has moved it: the warp turned round. begins: when it would begin without.
std::vector<double> tokenTimes(std::span<const double> begins, const std::vector<double>& warp);
/// When each of `count` steps from step `first` on begins, seconds from `start` of the song.
std::vector<double> stepTimes(const data::BeatTime& time, std::size_t first, std::size_t count, double start);
/// Tokens of a clip, one step for each four frames at 30 fps from its first; what is left over at the end is dropped. At least four frames at 30 fps.
std::vector<Tokens> encodeSteps(nn::Quantiser& coder, const motion::Clip& clip, torch::Device device);
/// The predictor's time for a song: in beats where it counts in them and the song has them.
data::BeatTime timeOf(const nn::GcnMhwConfig& config, const audio::Analysis& analysis);
// Below, an analysis is one in the predictor's time: see data::inBeatTime.
/// The song as the predictor hears it, and how loud it is (1 = its loud parts), `count` steps from `start` seconds. Wishes are those of the whole song; time
/// tells where in it each step lies, for the course of the energy.
struct HeardSteps {
    torch::Tensor music;
    std::vector<float> energy;
};
HeardSteps hearSteps(const nn::GcnMhwConfig& config, const audio::Analysis& analysis, const data::BeatTime& time, const io::GenerateSettings& settings, double start,
                     std::size_t count, torch::Device device);
/// Steps of a whole song.
std::size_t stepsOf(const audio::Analysis& analysis);
/// The style that suits the song, by its character and the predictor's guess; 0 where there are none.
std::int64_t styleFor(nn::GcnMhwImpl& predictor, const torch::Tensor& music, const audio::Analysis& analysis);

/// Pins as the walk looks for them. Their times are seconds from `start` of the song; first: the step that the walk calls 0; mirrored: the dance will be
/// mirrored after decoding.
std::vector<WalkPin> walkPins(std::span<const PinnedPose> pins, const data::BeatTime& time, double start, double first, bool mirrored);

/// The song's beats as places among the steps, counted from step `first`.
std::vector<double> walkBeats(const audio::Analysis& analysis, double first);

/// syncWarp piece by piece between frames that must stay at their time (strictly rising, inside the clip); the report is the mean over the beats.
/// pauses: motion beats a second that the style has. Error (Usage): an unknown method.
Result<std::vector<double>> warpBetween(const motion::Positions& positions, const std::vector<double>& beats, const io::GenerateSettings& settings, double pauses,
                                        std::span<const std::size_t> fixed, const std::vector<double>& onset, SyncReport& report, std::stop_token stop);
/// The column of onset strength, from a row on.
std::vector<double> onsetsOf(const audio::Analysis& analysis, std::size_t firstRow = 0);
/// The figures of a finished dance beside its song (in the song's own time).
void judge(Generated& result, const audio::Analysis& song);

}  // namespace choreia::choreo
