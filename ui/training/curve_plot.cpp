// Drawn by hand, in the palette's colours.
#include "training/curve_plot.h"

#include "style/theme.h"

#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>

#include <algorithm>
#include <cmath>

namespace choreia::ui {

std::vector<double> niceTicks(double low, double high, int count) {
    if (!(high > low) || count < 1) return {};
    const double raw = (high - low) / count, power = std::pow(10.0, std::floor(std::log10(raw)));
    const double share = raw / power, step = (share <= 1 ? 1 : share <= 2 ? 2 : share <= 5 ? 5 : 10) * power;
    std::vector<double> ticks;
    for (double k = std::ceil(low / step - 1e-9); k * step <= high + step * 1e-9; ++k) ticks.push_back(k * step);
    return ticks;
}

std::vector<QPointF> smoothed(const std::vector<QPointF>& points) {
    std::vector<QPointF> mean;
    mean.reserve(points.size());
    const double memory = std::max(1.0, static_cast<double>(points.size()) / 25);
    double value = 0;
    for (std::size_t i = 0; i < points.size(); ++i) {
        const double share = 1 / std::min(static_cast<double>(i + 1), memory);
        value += share * (points[i].y() - value);
        mean.emplace_back(points[i].x(), value);
    }
    return mean;
}

CurvePlot::CurvePlot(const QString& title, QWidget* parent) : QWidget(parent), title_(title) {
    setAccessibleName(title);
    setMouseTracking(true);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
}

void CurvePlot::setCurves(std::vector<Curve> curves) {
    curves_ = std::move(curves);
    fit();
    update();
}

void CurvePlot::fit() {
    double right = 0.2;
    std::vector<double> values;
    for (const auto& curve : curves_)
        for (const auto& point : curve.points) {
            right = std::max(right, point.x());
            if (std::isfinite(point.y())) values.push_back(point.y());
        }
    double low = 0, high = 1;
    if (!values.empty()) {
        std::sort(values.begin(), values.end());
        low = values.front();
        // The first steps of a training are far above all that is worth looking at: a long curve leaves them out of the picture.
        high = values.size() > 40 ? values[values.size() * 98 / 100] : values.back();
        const double margin = std::max((high - low) * 0.08, std::max(std::abs(high), 1e-6) * 0.005);
        low -= margin;
        high += margin;
    }
    range_ = QRectF(0, low, right, high - low);
}

QRectF CurvePlot::inside() const { return QRectF(rect()).adjusted(52, 28, -12, -24); }

QPointF CurvePlot::place(const QRectF& area, QPointF point) const {
    return {area.left() + (point.x() - range_.x()) / range_.width() * area.width(), area.bottom() - (point.y() - range_.y()) / range_.height() * area.height()};
}

void CurvePlot::paintAxes(QPainter& painter, const QRectF& area) const {
    const auto& c = style::colors();
    painter.setFont(style::mono(11));
    for (const double y : niceTicks(range_.top(), range_.bottom(), 4)) {
        const double at = place(area, {0, y}).y();
        painter.setPen(c.line);
        painter.drawLine(QPointF(area.left(), at), QPointF(area.right(), at));
        painter.setPen(c.dim);
        painter.drawText(QRectF(0, at - 8, area.left() - 8, 16), Qt::AlignRight | Qt::AlignVCenter, QString::number(y, 'g', 4));
    }
    for (const double x : niceTicks(0, range_.right(), 6)) {
        const double at = place(area, {x, 0}).x();
        painter.setPen(c.dim);
        painter.drawText(QRectF(std::min(at, width() - 30.0) - 40, area.bottom() + 4, 80, 16), Qt::AlignHCenter | Qt::AlignVCenter, tr("%1 min").arg(x, 0, 'g', 3));
    }
}

void CurvePlot::paintEvent(QPaintEvent*) {
    const auto& c = style::colors();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(c.line);
    painter.setBrush(c.background);
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), style::kRadius, style::kRadius);
    const QRectF area = inside();
    painter.setFont(style::text(12, QFont::DemiBold));
    painter.setPen(c.text);
    painter.drawText(QRectF(12, 6, 240, 18), Qt::AlignLeft | Qt::AlignVCenter, title_);
    const bool empty = std::all_of(curves_.begin(), curves_.end(), [](const Curve& curve) { return curve.points.empty(); });
    if (empty) {
        painter.setFont(style::text(12));
        painter.setPen(c.faint);
        painter.drawText(area, Qt::AlignCenter, tr("Nothing to draw yet"));
        return;
    }
    paintAxes(painter, area);
    painter.save();
    painter.setClipRect(area.adjusted(-4, -4, 4, 4));
    for (const auto& curve : curves_) {
        QPolygonF line;
        for (const auto& point : curve.points)
            if (std::isfinite(point.y())) line.append(place(area, point));
        QColor color = curve.color;
        if (curve.faint) color.setAlpha(70);
        painter.setPen(QPen(color, curve.faint ? 1.0 : 1.8, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        painter.setBrush(Qt::NoBrush);
        painter.drawPolyline(line);
        painter.setPen(Qt::NoPen);
        painter.setBrush(color);
        if (curve.marks || line.size() == 1)
            for (const auto& at : line) painter.drawEllipse(at, 2.6, 2.6);
    }
    painter.restore();
    paintReading(painter, area);
}

void CurvePlot::paintReading(QPainter& painter, const QRectF& area) const {
    const auto& c = style::colors();
    const double minute = mouse_ ? range_.x() + (*mouse_ - area.left()) / area.width() * range_.width() : range_.right();
    if (mouse_) {
        painter.setPen(QPen(c.faint, 1, Qt::DashLine));
        painter.drawLine(QPointF(*mouse_, area.top()), QPointF(*mouse_, area.bottom()));
    }
    // The values there, or the last ones, from the right.
    painter.setFont(style::mono(11));
    double right = area.right();
    for (auto it = curves_.rbegin(); it != curves_.rend(); ++it) {
        if (it->faint || it->points.empty()) continue;
        const auto after = std::find_if(it->points.begin(), it->points.end(), [&](QPointF p) { return p.x() >= minute; });
        const QPointF point = after == it->points.end() ? it->points.back() : *after;
        const QString figure = QString::number(point.y(), 'g', 4);
        const double width = painter.fontMetrics().horizontalAdvance(figure) + 16;
        if (right - width < 250) break;
        painter.setPen(it->color);
        painter.drawText(QRectF(right - width, 6, width, 18), Qt::AlignRight | Qt::AlignVCenter, figure);
        right -= width;
    }
}

void CurvePlot::mouseMoveEvent(QMouseEvent* event) {
    const QRectF area = inside();
    mouse_ = std::clamp(event->position().x(), area.left(), area.right());
    update();
}

void CurvePlot::leaveEvent(QEvent*) {
    mouse_.reset();
    update();
}

}  // namespace choreia::ui
