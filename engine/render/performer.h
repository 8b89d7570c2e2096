/// Who dances on the stage of window and films: the plain mannequin, a drawn character, or a dancer learned from pictures.
#pragma once

#include "core/result.h"
#include "render/backdrop.h"

#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace choreia::render {

struct Casting {
    enum class Kind { Mannequin, Character, Learned } kind = Kind::Mannequin;
    int look = 0;                   ///< of a character: CharacterLook::shipped
    std::filesystem::path weights;  ///< of a learned dancer: NAME.dancer-gan.safetensors
    Backdrop backdrop;              ///< behind a drawn one; a learned dancer without layers brings the background of its pictures
};

/// How one film shows two: halves beside one another (above, where the picture is higher than wide), or the first small in the second's lower right corner.
enum class Layout { SideBySide, Inset };

/// Everybody there is to choose from: the characters that ship, then the learned dancers of a folder of models (none where the path is empty).
std::vector<std::string> castNames(const std::filesystem::path& models);
/// By place in castNames; the first character where there is no such place.
Casting castingAt(int index, const std::filesystem::path& models);
/// By name, in capitals or not; -1: nobody is called that.
int castIndex(const std::string& name, const std::filesystem::path& models);

/// Draws one dancer, or a group, in pictures of one size. Not thread-safe: one for each thread.
class Performer {
public:
    /// Error (BadInput): a learned dancer's weights are missing, damaged or of another kind, or it should dance before another background than its own (Usage).
    static Result<std::unique_ptr<Performer>> cast(const Casting& casting, int width, int height);
    /// So many dancers in one picture, characters in the looks that follow the first's. Error as above, and for several of a learned dancer without layers (Usage).
    static Result<std::unique_ptr<Performer>> castGroup(const Casting& casting, std::size_t count, int width, int height);
    /// Two castings of one dance (of so many dancers) in one picture. Error as above.
    static Result<std::unique_ptr<Performer>> castPair(const Casting& first, const Casting& second, Layout layout, std::size_t count, int width, int height);
    virtual ~Performer() = default;
    /// Width over height of what the camera has to frame: a learned dancer knows square pictures only, and the stage goes on beside them.
    [[nodiscard]] virtual double aspect() const = 0;
    /// Whether it can be painted over others: a learned dancer without layers cannot.
    [[nodiscard]] virtual bool heedsOver() const { return true; }
    /// positions, worldRotations: 24 of each dancer, as motion::forwardKinematics gives them. over: what is there already, in place of stage or backdrop, of the
    /// performer's size, perhaps out itself; for those who heed it.
    virtual void draw(std::span<const motion::Vec3> positions, std::span<const motion::Quat> worldRotations, const View& view, Picture& out, const Picture* over = nullptr) = 0;
};

/// A square picture in the middle of a wider or higher one, enlarged by Catmull-Rom; what lies beside it takes the mean colour of its nearest edge, into
/// which the outer twelfth of the square fades, so that an even backdrop goes on without a seam. out keeps its width and height.
void fillFromSquare(const Picture& square, Picture& out);

}  // namespace choreia::render
