// Follows one runner.
#include "window/busy_bar.h"

#include "style/icon_button.h"
#include "style/theme.h"
#include "timeline/timecode.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QProgressBar>

#include <cmath>

namespace choreia::ui {

BusyBar::BusyBar(JobRunner& jobs, QWidget* parent) : QFrame(parent), jobs_(jobs) {
    setObjectName(QStringLiteral("BusyBar"));
    style::setKind(this, "notice");
    setProperty("level", QStringLiteral("info"));
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(16, 6, 8, 6);
    row->setSpacing(12);
    text_ = new QLabel(this);
    bar_ = new QProgressBar(this);
    bar_->setRange(0, 1000);
    bar_->setTextVisible(false);
    left_ = new QLabel(this);
    style::setKind(left_, "dim");
    row->addWidget(text_);
    row->addWidget(bar_, 1);
    row->addWidget(left_);
    auto* stop = new style::IconButton(style::Icon::Close, this);
    stop->setAccessibleName(tr("Stop"));
    stop->setToolTip(tr("Stop"));
    row->addWidget(stop);
    connect(stop, &QAbstractButton::clicked, &jobs_, &JobRunner::cancel);
    delay_.setSingleShot(true);
    delay_.setInterval(150);
    connect(&delay_, &QTimer::timeout, this, &QWidget::show);
    connect(&jobs_, &JobRunner::started, this, [this](quint64, const QString& name) {
        name_ = name;
        text_->setText(name);
        left_->clear();
        bar_->setValue(0);
        delay_.start();
    });
    connect(&jobs_, &JobRunner::progressed, this, [this](quint64, const QString& stage, double fraction, double left) {
        text_->setText(name_ + QStringLiteral(": ") + stage);
        bar_->setValue(static_cast<int>(std::lround(fraction * 1000)));
        left_->setText(left < 0 ? QString() : tr("%1 left").arg(leftText(left)));
    });
    connect(&jobs_, &JobRunner::finished, this, [this] {
        if (jobs_.busy()) return;
        delay_.stop();
        hide();
    });
    hide();
}

}  // namespace choreia::ui
