/// Movement taken out of a dance and laid in elsewhere: what is copied, pasted, exchanged, danced in half or double time. No networks.
#pragma once

#include "core/result.h"
#include "io/project.h"
#include "motion/clip.h"

#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace choreia::choreo {

/// Times are seconds from the movement's beginning.
struct Movement {
    motion::Clip clip;             ///< 60 fps, a frame or more
    std::vector<double> beats;     ///< of the song it was danced to, some before and after it too; may be empty
    io::TokenTrack tokens;         ///< those that begin in it
    std::vector<io::KeyPose> keys;
    std::string name;              ///< of the block it was taken from
    motion::Clip lead, tail;       ///< what was danced right before and after it: what a cross-fade shows. May be empty

    [[nodiscard]] double seconds() const { return clip.frames() < 2 ? 0 : static_cast<double>(clip.frames() - 1) / clip.fps; }
};

/// The part from..to of a dance (clamped to it). beats: of its song, rising.
Movement movementOf(const io::Dance& dance, double from, double to, std::span<const double> beats);
/// Left and right exchanged.
Movement mirrored(Movement movement);

/// When a movement that is laid in at `at` of a song with these beats ends: its beats fall on the song's, counted from its beginning, `speed` of them a beat
/// of the song. Where the tempi lie further apart than by half, two of its beats fall on one of the song's, or one on two. Without beats: seconds for seconds.
double endOf(const Movement& movement, double at, std::span<const double> beats, double speed = 1);

/// A dance of which frames [first, end) are new.
struct Laid {
    io::Dance dance;
    std::size_t first = 0, end = 0;
    double middle = 0;  ///< where two parts meet, seconds: see exchange(), takenOut() and putIn()
};
/// The dance with the movement in place of its part from..to, read as endOf says; what does not fit is cut off, and where it ends earlier its last pose
/// stays. It stands where the dance stood, both ends are bent to meet what is kept, feet are planted, and everything outside is the same to the bit. Key poses and
/// tokens of the part give way to the movement's. Error (Usage): a part under half a second or outside the dance. Cost: about 0.1 ms a frame of the part.
Result<Laid> lay(const io::Dance& dance, double from, double to, const Movement& movement, std::span<const double> beats, double speed = 1);

/// The part from..to and what lies between it and `at` change places: the part then begins (at < from) or ends (at > to) there. Each half of it keeps its
/// length in beats. Error (Usage): `at` inside the part or outside the dance; as lay().
Result<Laid> exchange(const io::Dance& dance, double from, double to, double at, std::span<const double> beats);

/// The part from..to is taken out (a ripple edit): what follows it moves up to its beginning, its beats on the song's. From `middle` on, where that is over, the song's end is danced
/// as before. Error (Usage): nothing follows the part; as lay().
Result<Laid> takenOut(const io::Dance& dance, double from, double to, std::span<const double> beats);
/// The movement is put in at `at`, and what was danced from there on begins at `middle`, its beats on the song's; what does not fit before the song's end falls away. Error as lay().
Result<Laid> putIn(const io::Dance& dance, double at, const Movement& movement, std::span<const double> beats);

/// Blocks with a block of this name from..to among them; what lies round it keeps its own names. whole: the name of a dance without blocks.
std::vector<io::Block> withBlock(std::vector<io::Block> blocks, double from, double to, const std::string& name, const std::string& whole);
/// Blocks of a dance whose part begin..cut and part cut..end have changed places, so that they meet at `middle`.
std::vector<io::Block> exchanged(std::vector<io::Block> blocks, double begin, double cut, double end, double middle, const std::string& whole);
/// Blocks of a dance of `duration` seconds after takenOut().
std::vector<io::Block> takenOut(std::vector<io::Block> blocks, double from, double to, double middle, double duration, const std::string& whole);
/// The same after putIn(), with a block of this name at..middle.
std::vector<io::Block> putIn(std::vector<io::Block> blocks, double at, double middle, double duration, const std::string& name, const std::string& whole);
/// Start and end of the block at a moment of a dance of `duration` seconds.
std::pair<double, double> blockAt(std::span<const io::Block> blocks, double seconds, double duration);

}  // namespace choreia::choreo
