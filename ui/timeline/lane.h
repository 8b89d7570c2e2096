/// A lane of the timeline: its name, its height, and how it paints itself along the time axis.
#pragma once

#include "document/state.h"
#include "style/theme.h"
#include "timeline/time_axis.h"

#include <QCoreApplication>
#include <QPainter>
#include <QString>

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace choreia::ui {

/// Lanes are no Qt objects: their words are translated in the context "Timeline".
inline QString translated(const char* text) { return QCoreApplication::translate("Timeline", text); }

/// What lanes draw: snapshots and the document's state, gathered by the view.
struct TimelineScene {
    const DocumentState* state = nullptr;
    std::shared_ptr<const LoadedSong> song;
    std::shared_ptr<const DanceSnapshot> dance;  ///< the chosen one
    DanceId chosen;
    int joint = 0;
    bool spectrogram = false;         ///< in place of the waveform
    std::vector<double> chosenKeys;   ///< times of the key poses in hand, rising
    double keyShift = 0;              ///< seconds by which they are being dragged
    std::optional<std::pair<double, double>> keyBand;  ///< seconds between which the rubber band lies
    std::optional<double> chosenMarker;  ///< time of the marker in hand
    double markerShift = 0;              ///< seconds by which it is being dragged
    double falloff = 0;               ///< seconds either side that a changed pose reaches
    std::optional<std::pair<double, double>> trim;  ///< a block's beginning in hand: where it is, and where it would be
    struct Fade {
        double at = 0, seconds = 0;  ///< where the blocks meet, and over how long they are blended
    };
    std::optional<Fade> fadeInHand;
    struct Foot {
        int foot = 0;  ///< 0 left, 1 right
        double from = 0, to = 0;  ///< seconds
        bool stands = true;
    };
    std::optional<Foot> footInHand;  ///< a stand being planted or freed
    std::optional<std::vector<io::EnergyPoint>> energyInHand;  ///< the course as it is being drawn
    std::optional<std::size_t> energyChosen;                   ///< its point in hand

    [[nodiscard]] bool chose(double key) const {
        const auto found = std::upper_bound(chosenKeys.begin(), chosenKeys.end(), key - 1e-6);
        return found != chosenKeys.end() && *found < key + 1e-6;
    }
    /// The key pose in hand where it is alone: the one whose blend is shown and drawn.
    [[nodiscard]] std::optional<double> onlyKey() const { return chosenKeys.size() == 1 ? std::optional(chosenKeys.front()) : std::nullopt; }
};

struct LaneContext {
    QPainter& painter;
    QRectF area;
    const TimeAxis& axis;
    const style::Colors& colors;
};

class Lane {
public:
    virtual ~Lane() = default;
    /// What a press in this lane takes hold of.
    enum class Grip { Playhead, Song, Range, Dance, Key, Feet, Course };
    [[nodiscard]] virtual Grip grip() const { return Grip::Playhead; }
    [[nodiscard]] virtual QString title(const TimelineScene&) const { return {}; }
    [[nodiscard]] virtual QString subtitle(const TimelineScene&) const { return {}; }
    /// What the lane shows and what the mouse does in it, for its name's tool tip.
    [[nodiscard]] virtual QString tip() const = 0;
    [[nodiscard]] virtual int height() const = 0;
    /// Keeps its height where the timeline is lower than its lanes.
    [[nodiscard]] virtual bool rigid() const { return false; }
    /// Gives way to the others altogether where there is little room.
    [[nodiscard]] virtual bool spare() const { return false; }
    /// Whose lane it is: place among the dances.
    [[nodiscard]] virtual std::optional<std::size_t> dancer() const { return {}; }
    /// Share of the height left over that this lane takes when the timeline is taller than its lanes.
    [[nodiscard]] virtual int stretch() const { return 0; }
    /// A thin line above this lane.
    [[nodiscard]] virtual bool ruled() const { return true; }
    virtual void paint(const LaneContext& context, const TimelineScene& scene) const = 0;
    /// What is painted bright up to the playhead, over paint(); most lanes have nothing.
    virtual void paintPlayed(const LaneContext&, const TimelineScene&) const {}
};

/// Top to bottom: sections, bars, song, energy, a lane for every dancer (the chosen one's with blocks and tokens, its key poses and feet under it), curve.
/// dances: how many; chosen: place of the chosen one. Without dances there are the lanes of one to come.
[[nodiscard]] std::vector<std::unique_ptr<Lane>> makeLanes(std::size_t dances, std::size_t chosen);

/// How many of them are the song's, whoever dances: the first ones.
inline constexpr std::size_t kSongLanes = 4;

std::unique_ptr<Lane> makeSectionLane();
std::unique_ptr<Lane> makeBarLane();
std::unique_ptr<Lane> makeWaveLane();
std::unique_ptr<Lane> makeCourseLane();
std::unique_ptr<Lane> makeDanceLane(std::size_t dancer);       ///< of the chosen one
std::unique_ptr<Lane> makeOtherDanceLane(std::size_t dancer);  ///< of another one: low and muted
std::unique_ptr<Lane> makeKeyLane();
std::unique_ptr<Lane> makeFeetLane();
std::unique_ptr<Lane> makeCurveLane();

inline constexpr double kBlockNames = 19;  ///< pixels over the tokens where blocks have their names and are trimmed
/// How much of the dance lane's bottom is taken for the cross-fade of two blocks, pixels.
[[nodiscard]] inline double fadeStrip(const QRectF& area) { return std::min(15.0, 0.27 * area.height()); }
/// Which foot's row a height in the lane of feet is in: 0 left, 1 right.
[[nodiscard]] inline int footAt(const QRectF& area, double y) { return y < area.center().y() ? 0 : 1; }
/// Half width of the fade about a key pose as it is shown, pixels: never so narrow that its ends cannot be taken.
[[nodiscard]] inline double fadeWidth(const TimeAxis& axis, double falloff) { return std::max(14.0, falloff * axis.pixelsPerSecond()); }

/// Where an energy of -1..1 lies in the lane of the course, and back (clamped).
[[nodiscard]] double courseY(const QRectF& area, double value);
[[nodiscard]] double courseValue(const QRectF& area, double y);

}  // namespace choreia::ui
