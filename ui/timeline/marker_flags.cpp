// Dark on light or light on dark, as the theme has it: never by colour alone.
#include "timeline/marker_flags.h"

#include <QFontMetricsF>

#include <cmath>

namespace choreia::ui {

namespace {

constexpr double kFlagHigh = 16, kNarrowFlag = 10, kFlagNotch = 5, kFlagBeside = 6;  // pixels

QFont flagFont() { return style::text(11, QFont::DemiBold); }

bool flagInHand(const TimelineScene& scene, std::size_t index) { return scene.chosenMarker && std::abs(scene.state->markers[index].time - *scene.chosenMarker) < 1e-6; }

double flagPlace(const TimelineScene& scene, std::size_t index) { return scene.state->markers[index].time + (flagInHand(scene, index) ? scene.markerShift : 0.0); }

}  // namespace

QRectF markerFlag(const QRectF& lane, const TimeAxis& axis, const TimelineScene& scene, std::size_t index) {
    const double x = axis.x(flagPlace(scene, index));
    double width = QFontMetricsF(flagFont()).horizontalAdvance(QString::fromStdString(scene.state->markers[index].name)) + 2 * kFlagBeside + kFlagNotch;
    for (std::size_t other = 0; other < scene.state->markers.size(); ++other)
        if (const double room = axis.x(flagPlace(scene, other)) - x; other != index && room > 0) width = std::min(width, room - 2);
    return {x, lane.top() + 2, std::max(width, kNarrowFlag), std::min(kFlagHigh, 0.45 * lane.height())};
}

void paintMarkers(const LaneContext& context, const TimelineScene& scene) {
    if (!scene.state) return;
    QPainter& painter = context.painter;
    painter.save();
    painter.setFont(flagFont());
    for (std::size_t i = 0; i < scene.state->markers.size(); ++i) {
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
