// Named moments of the song: set, renamed, moved, taken away. They are kept in order of time.
#include "document/commands.h"
#include "document/document.h"

#include <algorithm>
#include <cmath>

namespace choreia::ui {

namespace {

constexpr double kMarkersApart = 0.02;  // s between two
constexpr double kSameMarker = 1e-6;
constexpr qsizetype kLongestMarkerName = 80;

auto markerAt(std::vector<io::Marker>& markers, double seconds) {
    return std::find_if(markers.begin(), markers.end(), [seconds](const io::Marker& marker) { return std::abs(marker.time - seconds) < kSameMarker; });
}

bool roomForMarker(const std::vector<io::Marker>& markers, double seconds) {
    return std::none_of(markers.begin(), markers.end(), [seconds](const io::Marker& marker) { return std::abs(marker.time - seconds) < kMarkersApart; });
}

void putMarker(std::vector<io::Marker>& markers, io::Marker marker) {
    const auto after = std::find_if(markers.begin(), markers.end(), [&](const io::Marker& other) { return other.time > marker.time; });
    markers.insert(after, std::move(marker));
}

}  // namespace

bool Document::requestMarker(double seconds) {
    if (state_.duration <= 0) {
        inform(tr("There is no song yet."), tr("Open one, then mark its moments."));
        return false;
    }
    seconds = std::clamp(seconds, 0.0, state_.duration);
    auto markers = state_.markers;
    if (!roomForMarker(markers, seconds)) {
        inform(tr("A marker stands here already."), tr("Move the playhead, or double-click the marker to rename it."));
        return false;
    }
    std::string name;
    for (std::size_t number = 1; name.empty(); ++number) {
        const std::string next = tr("Marker %1").arg(number).toStdString();
        if (std::none_of(markers.begin(), markers.end(), [&](const io::Marker& marker) { return marker.name == next; })) name = next;
    }
    putMarker(markers, {seconds, std::move(name)});
    undo_.push(new MarkersCommand(*this, std::move(markers), tr("Set marker")));
    return true;
}

bool Document::requestRenameMarker(double seconds, const QString& name) {
    auto markers = state_.markers;
    const auto marker = markerAt(markers, seconds);
    const std::string wanted = name.simplified().left(kLongestMarkerName).toStdString();
    if (marker == markers.end() || wanted.empty() || wanted == marker->name) return false;
    marker->name = wanted;
    undo_.push(new MarkersCommand(*this, std::move(markers), tr("Rename marker")));
    return true;
}

bool Document::requestMoveMarker(double from, double to) {
    auto markers = state_.markers;
    const auto marker = markerAt(markers, from);
    to = std::clamp(to, 0.0, state_.duration);
    if (marker == markers.end() || std::abs(to - from) < kSameMarker) return false;
    io::Marker moved = std::move(*marker);
    markers.erase(marker);
    if (!roomForMarker(markers, to)) {
        inform(tr("Another marker stands there."), tr("The marker stays where it was."));
        return false;
    }
    moved.time = to;
    putMarker(markers, std::move(moved));
    undo_.push(new MarkersCommand(*this, std::move(markers), tr("Move marker")));
    return true;
}

bool Document::requestRemoveMarker(double seconds) {
    auto markers = state_.markers;
    const auto marker = markerAt(markers, seconds);
    if (marker == markers.end()) return false;
    markers.erase(marker);
    undo_.push(new MarkersCommand(*this, std::move(markers), tr("Remove marker")));
    return true;
}

}  // namespace choreia::ui
