// The slider works in whole steps; the figure is what the person reads.
#include "generate/labeled_slider.h"

#include "style/theme.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QSignalBlocker>
#include <QSlider>
#include <QVBoxLayout>
#include <QWheelEvent>

#include <cmath>

namespace choreia::ui {

namespace {

/// A wheel that scrolls the panel must not change a setting on its way.
class CalmSlider final : public QSlider {
public:
    using QSlider::QSlider;

protected:
    void wheelEvent(QWheelEvent* event) override { event->ignore(); }
};

}  // namespace

LabeledSlider::LabeledSlider(const QString& name, double low, double high, double step, std::function<QString(double)> text, QWidget* parent)
    : QWidget(parent), low_(low), step_(step), text_(std::move(text)) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    auto* row = new QHBoxLayout;
    auto* label = new QLabel(name, this);
    style::setKind(label, "dim");
    figure_ = new QLabel(this);
    figure_->setFont(style::mono(12));
    row->addWidget(label);
    row->addStretch(1);
    row->addWidget(figure_);
    column->addLayout(row);
    slider_ = new CalmSlider(Qt::Horizontal, this);
    slider_->setRange(0, static_cast<int>(std::lround((high - low) / step)));
    slider_->setAccessibleName(name);
    label->setBuddy(slider_);
    column->addWidget(slider_);
    connect(slider_, &QSlider::sliderPressed, this, [this] { ++drag_; });
    connect(slider_, &QSlider::valueChanged, this, [this] {
        refresh();
        if (!slider_->isSliderDown()) ++drag_;
        Q_EMIT moved(value(), drag_);
    });
    refresh();
}

double LabeledSlider::value() const { return low_ + step_ * slider_->value(); }

void LabeledSlider::setValue(double value) {
    const QSignalBlocker quiet(slider_);
    slider_->setValue(static_cast<int>(std::lround((value - low_) / step_)));
    refresh();
}

void LabeledSlider::refresh() { figure_->setText(text_(value())); }

}  // namespace choreia::ui
