// What is asked of the next dance along the song: livelier or calmer by a line, other styles by flags.
#include "timeline/lane.h"

#include <QPainterPath>

#include <algorithm>
#include <cmath>

namespace choreia::ui {

namespace {

class CourseLane final : public Lane {
public:
    [[nodiscard]] Grip grip() const override { return Grip::Course; }
    [[nodiscard]] QString title(const TimelineScene&) const override { return translated("Energy, style"); }
    [[nodiscard]] QString tip() const override { return translated("Livelier or calmer along the song, for the next dance. Click to set a point, drag it, double-click to remove it; flags are other styles."); }
    [[nodiscard]] int height() const override { return 36; }
    void paint(const LaneContext& context, const TimelineScene& scene) const override {
        if (!scene.state) return;
        const auto& course = scene.energyInHand ? *scene.energyInHand : scene.state->settings.energyCourse;
        QPainter& painter = context.painter;
        if (course.empty() && scene.state->settings.styleCourse.empty()) {
            painter.setPen(context.colors.faint);
            painter.setFont(style::text(12));
            painter.drawText(context.area.adjusted(12, 0, 0, 0), Qt::AlignLeft | Qt::AlignVCenter, translated("Click: livelier above, calmer below; the next dance follows."));
            return;
        }
        const double middle = courseY(context.area, 0);
        painter.setPen(QPen(context.colors.faint, 1, Qt::DotLine));
        painter.drawLine(QLineF(context.area.left(), middle, context.area.right(), middle));
        for (const auto& change : scene.state->settings.styleCourse) flag(context, change);
        if (course.empty()) return;
        QPolygonF line;
        line << QPointF(context.area.left(), courseY(context.area, course.front().value));
        for (const auto& point : course) line << QPointF(context.axis.x(point.time), courseY(context.area, point.value));
        line << QPointF(context.area.right(), courseY(context.area, course.back().value));
        QPainterPath under;
        under.moveTo(context.area.left(), middle);
        for (const QPointF& p : line) under.lineTo(p);
        under.lineTo(context.area.right(), middle);
        under.closeSubpath();
        QColor fill = context.colors.accent;
        fill.setAlphaF(0.16f);
        painter.setPen(Qt::NoPen);
        painter.setBrush(fill);
        painter.drawPath(under);
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(context.colors.accent, 1.6));
        painter.drawPolyline(line);
        painter.setPen(QPen(context.colors.background, 1));
        painter.setBrush(context.colors.accent);
        for (std::size_t i = 0; i < course.size(); ++i) {
            const double size = scene.energyChosen == i ? 5.5 : 4;
            painter.drawEllipse(QPointF(context.axis.x(course[i].time), courseY(context.area, course[i].value)), size, size);
        }
    }

private:
    static void flag(const LaneContext& context, const io::StyleChange& change) {
        const double x = context.axis.x(change.time);
        QPainter& painter = context.painter;
        painter.setFont(style::text(11));
        const QString name = QString::fromStdString(change.style);
        const double width = painter.fontMetrics().horizontalAdvance(name) + 12;
        if (x > context.area.right() || x + width < context.area.left()) return;
        QColor fill = context.colors.violet;
        painter.fillRect(QRectF(x - 0.75, context.area.top() + 2, 1.5, context.area.height() - 4), fill);
        fill.setAlphaF(0.35f);
        painter.setPen(Qt::NoPen);
        painter.setBrush(fill);
        const QRectF box(x, context.area.top() + 2, width, 15);
        painter.drawRoundedRect(box, 3, 3);
        painter.setPen(context.colors.text);
        painter.drawText(box.adjusted(6, 0, 0, 0), Qt::AlignLeft | Qt::AlignVCenter, name);
    }
};

constexpr double kEdge = 6;  // pixels between the lane's edge and the liveliest

}  // namespace

double courseY(const QRectF& area, double value) { return area.center().y() - value * (area.height() / 2 - kEdge); }

double courseValue(const QRectF& area, double y) { return std::clamp((area.center().y() - y) / std::max(1.0, area.height() / 2 - kEdge), -1.0, 1.0); }

std::unique_ptr<Lane> makeCourseLane() { return std::make_unique<CourseLane>(); }

}  // namespace choreia::ui
