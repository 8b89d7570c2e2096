// Hand and look of the slider.
#include "inspector/pose_slider.h"

#include "style/theme.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QSignalBlocker>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>
#include <utility>

namespace choreia::ui {

namespace {
constexpr double kKnob = 7;  // radius, pixels
constexpr double kMargin = kKnob + 1;
constexpr double kLeastWay = 70;  // pixels of a hand's way for all: a narrow slider is drawn as finely, beyond its ends
}  // namespace

PoseSlider::PoseSlider(const char* name, const QString& title, const QString& tip, QWidget* parent) : QSlider(Qt::Horizontal, parent) {
    setObjectName(QString::fromLatin1(name));
    setAccessibleName(title);
    setAccessibleDescription(tip);
    setToolTip(tip);
    setStatusTip(tip);
    setRange(-100, 100);
    setSingleStep(5);
    setPageStep(25);
    setFocusPolicy(Qt::TabFocus);  // a click leaves the keys to the window
    connect(this, &QSlider::valueChanged, this, [this](int value) {
        held_ = true;
        Q_EMIT drawn(value / 100.0);
        if (!dragging_ && !hasFocus()) finish();  // set from outside, by a screen reader for example
    });
}

void PoseSlider::drop() {
    dragging_ = held_ = false;
    const QSignalBlocker quiet(this);
    setSliderDown(false);
    setValue(0);
    update();
}

void PoseSlider::finish() {
    if (!std::exchange(held_, false)) return;
    Q_EMIT letGo();
    drop();
}

double PoseSlider::travel() const { return std::max(1.0, width() / 2.0 - kMargin); }

void PoseSlider::mousePressEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton) return event->ignore();
    dragging_ = true;
    setSliderDown(true);
    takenX_ = event->position().x();
    const double pressed = takenX_ - width() / 2.0;
    if (std::abs(pressed - travel() * value() / 100) > kMargin) setValue(static_cast<int>(std::lround(100 * pressed / travel())));
    taken_ = value();
    update();
}

void PoseSlider::mouseMoveEvent(QMouseEvent* event) {
    if (dragging_) setValue(static_cast<int>(std::lround(taken_ + 100 * (event->position().x() - takenX_) / std::max(travel(), kLeastWay))));
}

void PoseSlider::mouseReleaseEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton || !std::exchange(dragging_, false)) return;
    setSliderDown(false);
    finish();
    update();
}

void PoseSlider::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) return finish();
    QSlider::keyPressEvent(event);
}

void PoseSlider::focusOutEvent(QFocusEvent* event) {
    if (!dragging_) finish();
    QSlider::focusOutEvent(event);
}

void PoseSlider::wheelEvent(QWheelEvent* event) { event->ignore(); }  // one that scrolls past must not change a pose

void PoseSlider::paintEvent(QPaintEvent*) {
    const auto& colors = style::colors();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    const double middle = width() / 2.0, y = height() / 2.0, handle = middle + travel() * value() / 100;
    painter.setBrush(colors.line);
    painter.drawRoundedRect(QRectF(kMargin, y - 2, width() - 2 * kMargin, 4), 2, 2);
    painter.drawRect(QRectF(middle - 1, y - 6, 2, 12));
    painter.setBrush(isEnabled() ? colors.accent : colors.faint);
    painter.drawRect(QRectF(std::min(middle, handle), y - 2, std::abs(handle - middle), 4));
    painter.setBrush(!isEnabled() ? colors.faint : style::theme() == style::Theme::Dark ? QColor(0xf2, 0xf4, 0xf8) : colors.accent.darker(108));
    painter.drawEllipse(QPointF(handle, y), kKnob, kKnob);
    if (!hasFocus()) return;
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(colors.teal, 2));
    painter.drawEllipse(QPointF(handle, y), kKnob + 2, kKnob + 2);
}

}  // namespace choreia::ui
