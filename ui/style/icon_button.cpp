// Symbols as paths in a 16 x 16 square.
#include "style/icon_button.h"

#include "style/theme.h"

#include <QPainter>
#include <QPainterPath>

namespace choreia::ui::style {

namespace {

void triangle(QPainterPath& path, double tip, double base) {
    path.moveTo(base, 2.5);
    path.lineTo(tip, 8);
    path.lineTo(base, 13.5);
    path.closeSubpath();
}

QPainterPath pathOf(Icon icon) {
    QPainterPath path;
    switch (icon) {
    case Icon::Play: triangle(path, 14, 4); break;
    case Icon::Pause:
        path.addRoundedRect(QRectF(3.5, 2.5, 3.2, 11), 1, 1);
        path.addRoundedRect(QRectF(9.3, 2.5, 3.2, 11), 1, 1);
        break;
    case Icon::ToStart:
        path.addRoundedRect(QRectF(2.5, 3, 2, 10), 0.8, 0.8);
        triangle(path, 5, 13);
        break;
    case Icon::ToEnd:
        path.addRoundedRect(QRectF(11.5, 3, 2, 10), 0.8, 0.8);
        triangle(path, 11, 3);
        break;
    case Icon::BeatBack: triangle(path, 3.5, 12); break;
    case Icon::BeatForward: triangle(path, 12.5, 4); break;
    case Icon::Close: {
        QPainterPath lines;
        lines.moveTo(4, 4);
        lines.lineTo(12, 12);
        lines.moveTo(12, 4);
        lines.lineTo(4, 12);
        QPainterPathStroker stroker;
        stroker.setWidth(1.6);
        stroker.setCapStyle(Qt::RoundCap);
        return stroker.createStroke(lines);
    }
    case Icon::Speaker:
    case Icon::Muted: {
        path.moveTo(2, 6);
        path.lineTo(4.5, 6);
        path.lineTo(8, 3);
        path.lineTo(8, 13);
        path.lineTo(4.5, 10);
        path.lineTo(2, 10);
        path.closeSubpath();
        QPainterPath lines;
        if (icon == Icon::Speaker) {
            lines.arcMoveTo(QRectF(6, 5, 6, 6), 50);
            lines.arcTo(QRectF(6, 5, 6, 6), 50, -100);
            lines.arcMoveTo(QRectF(4, 3, 10, 10), 50);
            lines.arcTo(QRectF(4, 3, 10, 10), 50, -100);
        } else {
            lines.moveTo(10.5, 6);
            lines.lineTo(14.5, 10);
            lines.moveTo(14.5, 6);
            lines.lineTo(10.5, 10);
        }
        QPainterPathStroker stroker;
        stroker.setWidth(1.4);
        stroker.setCapStyle(Qt::RoundCap);
        path.addPath(stroker.createStroke(lines));
        break;
    }
    }
    return path;
}

}  // namespace

IconButton::IconButton(Icon icon, QWidget* parent) : QAbstractButton(parent), icon_(icon) {
    setFocusPolicy(Qt::TabFocus);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    setCursor(Qt::PointingHandCursor);
}

void IconButton::setIcon(Icon icon) {
    icon_ = icon;
    update();
}

void IconButton::setProminent(bool prominent) {
    prominent_ = prominent;
    updateGeometry();
    update();
}

QSize IconButton::sizeHint() const { return prominent_ ? QSize(32, 32) : QSize(28, 28); }

void IconButton::enterEvent(QEnterEvent*) { update(); }
void IconButton::leaveEvent(QEvent*) { update(); }

void IconButton::paintEvent(QPaintEvent*) {
    const Colors& c = colors();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF area = QRectF(rect()).adjusted(1, 1, -1, -1);
    painter.setPen(Qt::NoPen);
    if (prominent_) {
        painter.setBrush(!isEnabled() ? c.hover : isDown() ? c.accent.darker(112) : underMouse() ? c.accent.lighter(108) : c.accent);
        painter.drawEllipse(area);
    } else if (isEnabled() && (isDown() || underMouse() || isChecked())) {
        painter.setBrush(isDown() ? c.pressed : c.hover);
        painter.drawRoundedRect(area, kRadius, kRadius);
    }
    if (hasFocus()) {
        painter.setPen(QPen(c.text, 1));
        painter.setBrush(Qt::NoBrush);
        prominent_ ? painter.drawEllipse(area) : painter.drawRoundedRect(area, kRadius, kRadius);
        painter.setPen(Qt::NoPen);
    }
    painter.setBrush(!isEnabled() ? c.faint : prominent_ ? c.onAccent : underMouse() ? c.text : c.dim);
    const double side = prominent_ ? 16 : 14;
    painter.translate(area.center());
    painter.scale(side / 16, side / 16);
    painter.translate(-8, -8);
    painter.drawPath(pathOf(icon_));
}

}  // namespace choreia::ui::style
