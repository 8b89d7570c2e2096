// The chevron is painted over the style sheet's box.
#include "style/combo_box.h"

#include "style/theme.h"

#include <QPainter>
#include <QWheelEvent>

namespace choreia::ui::style {

ComboBox::ComboBox(QWidget* parent) : QComboBox(parent) { setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon); }

void ComboBox::paintEvent(QPaintEvent* event) {
    QComboBox::paintEvent(event);
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(isEnabled() ? colors().dim : colors().faint, 1.5, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    const QPointF middle(width() - 16, height() / 2.0);
    painter.drawPolyline(QPolygonF{middle + QPointF(-4, -2), middle + QPointF(0, 2), middle + QPointF(4, -2)});
}

void ComboBox::wheelEvent(QWheelEvent* event) { event->ignore(); }

}  // namespace choreia::ui::style
