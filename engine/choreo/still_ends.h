/// How a dance begins and ends: it waits in a pose for the song's first accent, and on the last one comes to rest in a pose and holds it while the sound dies away,
/// instead of beginning and being cut off in mid-movement.
#pragma once

#include "audio/analysis.h"
#include "motion/clip.h"

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace choreia::choreo {

/// Seconds in the song at which the dance leaves its first pose: the first strong onset where it is quiet before it (after four seconds, or a sixth of the song, at the latest), else the
/// first downbeat, or beat, or moment that leaves the pose about a second to be seen. Nothing for songs under six seconds.
std::optional<double> firstAccent(const audio::Analysis& analysis);

/// Seconds in the song at which its last pose is struck: the last strong onset where the sound dies away after it (four seconds before the end at the earliest), else the last downbeat, or beat, or moment
/// that leaves the pose about a second to be seen. Nothing for songs under six seconds.
std::optional<double> lastAccent(const audio::Analysis& analysis);

/// times[i]: the clip time (s) shown at output frame i, strictly rising, for motion::sampleAt: as it is until 1.5 s before `accent` (s; or from the clip's start on, half a second before it at the least), then a little faster or slower, so that the dance is braked at the accent into the stillest pose near it that is no
/// jump, rather one that stands on both feet; from there the clip goes on at a twentyfifth of its speed, so that the pose lives. contacts: left ankle, left toe, right ankle, right toe, one row a frame (motion::kContactJoints). Nothing where all within
/// half a second of the accent is a jump, or the clip has no room for it.
std::optional<std::vector<double>> restAt(const motion::Clip& clip, const std::vector<std::array<bool, 4>>& contacts, double accent);

/// The same at the beginning, as if seen backwards: the clip lives in a pose until `accent` (s) and is as it is from 1.5 s behind it on.
std::optional<std::vector<double>> wakeAt(const motion::Clip& clip, const std::vector<std::array<bool, 4>>& contacts, double accent);

/// A dance that waits in a pose for the song's first accent; contacts, warp, start and held as below.
void beginInPose(motion::Clip& clip, std::vector<std::array<bool, 4>>& contacts, std::vector<double>& warp, const audio::Analysis& analysis, double start, std::span<const std::size_t> held);

/// A dance brought to rest at the song's last accent, with its contacts and the warp that led to it ([frames], clip seconds before all warping). start: of the clip in the song, s; held: frames of it that stay where
/// they are: with one of them among those that would move nothing is done, nor where there is no accent or pose.
void endInPose(motion::Clip& clip, std::vector<std::array<bool, 4>>& contacts, std::vector<double>& warp, const audio::Analysis& analysis, double start, std::span<const std::size_t> held);

}  // namespace choreia::choreo
