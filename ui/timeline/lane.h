/// A lane of the timeline: its name, its height, and how it paints itself along the time axis.
#pragma once

#include "document/state.h"
#include "style/theme.h"
#include "timeline/time_axis.h"

#include <QCoreApplication>
#include <QPainter>
#include <QString>

#include <memory>
#include <optional>
#include <vector>

namespace choreia::ui {

/// Lanes are no Qt objects: their words are translated in the context "Timeline".
inline QString translated(const char* text) { return QCoreApplication::translate("Timeline", text); }

/// What lanes draw: snapshots and the document's state, gathered by the view.
struct TimelineScene {
    const DocumentState* state = nullptr;
    std::shared_ptr<const LoadedSong> song;
    std::shared_ptr<const DanceSnapshot> dance;
    int joint = 0;
    std::optional<double> chosenKey;  ///< time of the key pose in hand
    double keyShift = 0;              ///< seconds by which it is being dragged
    double falloff = 0;               ///< seconds either side that a changed pose reaches
    std::optional<std::vector<io::EnergyPoint>> energyInHand;  ///< the course as it is being drawn
    std::optional<std::size_t> energyChosen;                   ///< its point in hand
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
    enum class Grip { Playhead, Range, Key, Course };
    [[nodiscard]] virtual Grip grip() const { return Grip::Playhead; }
    [[nodiscard]] virtual QString title(const TimelineScene&) const { return {}; }
    [[nodiscard]] virtual QString subtitle(const TimelineScene&) const { return {}; }
    [[nodiscard]] virtual int height() const = 0;
    /// Share of the height left over that this lane takes when the timeline is taller than its lanes.
    [[nodiscard]] virtual int stretch() const { return 0; }
    /// A thin line above this lane.
    [[nodiscard]] virtual bool ruled() const { return true; }
    virtual void paint(const LaneContext& context, const TimelineScene& scene) const = 0;
    /// What is painted bright up to the playhead, over paint(); most lanes have nothing.
    virtual void paintPlayed(const LaneContext&, const TimelineScene&) const {}
};

/// Sections, bars, song, energy, tokens, key poses, feet, curve: top to bottom.
[[nodiscard]] std::vector<std::unique_ptr<Lane>> makeLanes();

std::unique_ptr<Lane> makeSectionLane();
std::unique_ptr<Lane> makeBarLane();
std::unique_ptr<Lane> makeWaveLane();
std::unique_ptr<Lane> makeCourseLane();
std::unique_ptr<Lane> makeTokenLane();
std::unique_ptr<Lane> makeKeyLane();
std::unique_ptr<Lane> makeFeetLane();
std::unique_ptr<Lane> makeCurveLane();

/// Where an energy of -1..1 lies in the lane of the course, and back (clamped).
[[nodiscard]] double courseY(const QRectF& area, double value);
[[nodiscard]] double courseValue(const QRectF& area, double y);

}  // namespace choreia::ui
