// Dark on light or light on dark, as the theme has it: never by colour alone.
#include "timeline/marker_flags.h"

#include <QFontMetricsF>

#include <algorithm>
#include <cmath>
#include <limits>

namespace choreia::ui {

namespace {

constexpr double kFlagHigh = 16, kNarrowFlag = 10, kFlagNotch = 5, kFlagBeside = 6;  // pixels

QFont flagFont() { return style::text(11, QFont::DemiBold); }

bool flagInHand(const TimelineScene& scene, std::size_t index) { return scene.chosenMarker && std::abs(scene.state->markers[index].time - *scene.chosenMarker) < 1e-6; }

double flagPlace(const TimelineScene& scene, std::size_t index) { return scene.state->markers[index].time + (flagInHand(scene, index) ? scene.markerShift : 0.0); }

/// Where the next flag to the right begins, seconds; markers are in order, but for the one in hand.
double nextPlace(const TimelineScene& scene, std::size_t index) {
    const auto& markers = scene.state->markers;
    const double here = flagPlace(scene, index);
    const auto at = [&](double time) { return static_cast<std::size_t>(std::upper_bound(markers.begin(), markers.end(), time, [](double t, const io::Marker& marker) { return t < marker.time; }) - markers.begin()); };
    std::size_t next = at(here);
    if (next < markers.size() && flagInHand(scene, next)) ++next;
    double place = next < markers.size() ? markers[next].time : std::numeric_limits<double>::infinity();
    if (!scene.chosenMarker) return place;
    const std::size_t hand = at(*scene.chosenMarker - 1e-6);
    if (hand < markers.size() && hand != index && flagInHand(scene, hand) && flagPlace(scene, hand) > here) place = std::min(place, flagPlace(scene, hand));
    return place;
}

}  // namespace

std::pair<double, double> flagReach(const TimeAxis& axis, const TimelineScene& scene, std::size_t index) {
    const double from = axis.x(flagPlace(scene, index));
    return {from, std::max(from + kNarrowFlag, axis.x(nextPlace(scene, index)) - 2)};
}

QRectF markerFlag(const QRectF& lane, const TimeAxis& axis, const TimelineScene& scene, std::size_t index) {
    const auto [x, most] = flagReach(axis, scene, index);
    const double width = QFontMetricsF(flagFont()).horizontalAdvance(QString::fromStdString(scene.state->markers[index].name)) + 2 * kFlagBeside + kFlagNotch;
    return {x, lane.top() + 2, std::max(std::min(width, most - x), kNarrowFlag), std::min(kFlagHigh, 0.45 * lane.height())};
}

void paintMarkers(const LaneContext& context, const TimelineScene& scene) {
    if (!scene.state) return;
    QPainter& painter = context.painter;
    painter.save();
    painter.setFont(flagFont());
    for (std::size_t i = 0; i < scene.state->markers.size(); ++i) {
        if (const auto [from, to] = flagReach(context.axis, scene, i); to < context.area.left() || from > context.area.right()) continue;
        const QRectF flag = markerFlag(context.area, context.axis, scene, i);
        if (flag.right() < context.area.left() || flag.left() > context.area.right()) continue;
        const bool chosen = flagInHand(scene, i);
        const QColor ground = context.colors.text;
        painter.fillRect(QRectF(std::round(flag.left()) - 1, flag.top(), 2, context.area.bottom() - flag.top()), chosen ? context.colors.accent : ground);
        const double notch = std::min(kFlagNotch, 0.5 * flag.width());
        painter.setPen(chosen ? QPen(context.colors.accent, 2) : QPen(Qt::NoPen));
        painter.setBrush(ground);
        painter.drawPolygon(QPolygonF{flag.topLeft(), flag.topRight(), {flag.right() - notch, flag.center().y()}, flag.bottomRight(), flag.bottomLeft()});
        const QRectF room = flag.adjusted(kFlagBeside, 0, -notch - 2, 0);
        if (room.width() < 8) continue;
        painter.setPen(context.colors.background);
        painter.drawText(room, Qt::AlignLeft | Qt::AlignVCenter, painter.fontMetrics().elidedText(QString::fromStdString(scene.state->markers[i].name), Qt::ElideRight, static_cast<int>(std::ceil(room.width()))));
    }
    painter.restore();
}

}  // namespace choreia::ui
