/// Time counted in beats: a song, and the motion to it, stretched so that each beat is a whole number of tokens. In it a figure danced to
/// songs of different tempi is the same row of tokens, and what is predicted meets the beat by construction.
#pragma once

#include "audio/analysis.h"
#include "data/dataset.h"
#include "motion/beat_match.h"

#include <optional>
#include <span>
#include <vector>

namespace choreia::data {

/// A map between the seconds of a song and dance seconds, of which a token takes 1 / kTokensPerSecond. Dance second 0 is a token's beginning, less than
/// one token before the song's; without beats both are the same.
class BeatTime {
public:
    /// Both the same.
    BeatTime() = default;
    /// beats: seconds, rising; gaps of over one and a half beats are filled in, and the grid goes on to both ends of 0..duration. tokensABeat: see
    /// naturalTokens. Fewer than four beats: both the same.
    BeatTime(std::span<const double> beats, double duration, int tokensABeat);
    /// For songs that change their tempo: the number of tokens a beat that is natural for the whole song, and where a stretch's own tempo is far from it,
    /// that stretch's own; it changes at bar lines. Fewer than four beats: both the same.
    static BeatTime natural(std::span<const double> beats, std::span<const double> downbeats, double duration);

    [[nodiscard]] double dance(double song) const { return toDance_ ? (*toDance_)(song) : song; }
    [[nodiscard]] double song(double dance) const { return toSong_ ? (*toSong_)(dance) : dance; }
    [[nodiscard]] bool inBeats() const { return toDance_.has_value(); }

private:
    /// song: beats without holes; tokens: of the beat that begins with each.
    void lay(const std::vector<double>& song, const std::vector<int>& tokens);

    std::optional<motion::TimeMap> toDance_, toSong_;
};

/// Tokens a beat at which the motion keeps nearest to its own speed (within 25% where a beat takes at least 1.5 tokens): round(7.5 s / beat), at least 1.
/// 0 for fewer than four beats.
int naturalTokens(std::span<const double> beats);
/// All numbers of tokens a beat at which the motion goes at 0.75 to 1.34 times its own speed, rising: the tempi at which it can be danced. Empty for fewer
/// than four beats.
std::vector<int> danceableTokens(std::span<const double> beats);

/// The song in dance seconds: features at 60 rows a dance second, grid, sections, duration; its tempo is that of the stretched beats.
audio::Analysis inBeatTime(const audio::Analysis& analysis, const BeatTime& time);
/// The clip and its music in dance seconds.
TrainingClip inBeatTime(const TrainingClip& clip, const BeatTime& time);

}  // namespace choreia::data
