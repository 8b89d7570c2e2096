// The camera follows the dancer's middle, so that nobody walks out of the picture.
#include "training/preview_view.h"

#include "motion/kinematics.h"
#include "style/theme.h"

#include <QPainter>

#include <algorithm>

namespace choreia::ui {

PreviewView::PreviewView(QWidget* parent) : QWidget(parent) {
    setObjectName(QStringLiteral("trainingPreview"));
    setAccessibleName(tr("Preview"));
    setToolTip(tr("A few seconds of dance from the best weights so far"));
    setMinimumSize(160, 200);
    connect(&timer_, &QTimer::timeout, this, [this] {
        frame_ = (frame_ + 2) % std::max<std::size_t>(1, positions_.frames());
        update();
    });
}

void PreviewView::setClip(const motion::Clip& clip, const QString& caption) {
    positions_ = motion::jointPositions(motion::Skeleton::body(), clip);
    fps_ = clip.fps;
    frame_ = 0;
    caption_ = caption;
    timer_.start(std::max(10, static_cast<int>(2000 / fps_)));
    update();
}

void PreviewView::clear(const QString& caption) {
    timer_.stop();
    positions_.values.clear();
    caption_ = caption;
    update();
}

void PreviewView::paintEvent(QPaintEvent*) {
    const auto& c = style::colors();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    QLinearGradient ground(0, 0, 0, height());
    ground.setColorAt(0, c.dancerTop);
    ground.setColorAt(1, c.dancerBottom);
    painter.setPen(c.line);
    painter.setBrush(ground);
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), style::kRadius, style::kRadius);
    painter.setPen(c.dim);
    painter.setFont(style::text(11));
    const QRectF foot(10, height() - 38, width() - 20, 32);
    painter.drawText(dancing() ? foot : QRectF(rect()).adjusted(12, 12, -12, -12), Qt::AlignCenter | Qt::TextWordWrap, caption_);
    if (!dancing()) return;

    const auto pose = positions_.frame(frame_);
    const double scale = std::min((height() - 64) / 2.1, width() / 1.9);
    const double middle = pose[motion::Pelvis].x();
    const auto place = [&](int joint) {
        const auto& p = pose[static_cast<std::size_t>(joint)];
        return QPointF(width() / 2.0 + (p.x() - middle) * scale, height() - 52 - p.y() * scale);
    };
    painter.setPen(Qt::NoPen);
    painter.setBrush(QColor(0, 0, 0, 90));
    painter.drawEllipse(QPointF(width() / 2.0, height() - 50), scale * 0.35, scale * 0.05);
    const auto& body = motion::Skeleton::body();
    for (int joint = 1; joint < body.size(); ++joint) {
        // What belongs to the right side is a shade darker, so that turns can be told.
        const QString name = QString::fromStdString(body.names()[static_cast<std::size_t>(joint)]);
        const QColor color = name.contains(QLatin1String("ight")) ? c.accent.darker(125) : c.accent;
        painter.setPen(QPen(color, scale * 0.055, Qt::SolidLine, Qt::RoundCap));
        painter.drawLine(place(body.parent(joint)), place(joint));
    }
    painter.setPen(Qt::NoPen);
    painter.setBrush(c.accent);
    painter.drawEllipse(place(motion::Head) + QPointF(0, -scale * 0.05), scale * 0.095, scale * 0.11);
}

}  // namespace choreia::ui
