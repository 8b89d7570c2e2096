// Limbs in the sides' colours, faint where the network is not sure.
#include "import/found_view.h"

#include "motion/landmarks.h"
#include "style/theme.h"

#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>

#include <algorithm>
#include <array>
#include <cmath>

namespace choreia::ui {

namespace {

using namespace motion;

constexpr std::array<std::pair<int, int>, 20> kBones = {{{LeftShoulderMark, RightShoulderMark}, {LeftHipMark, RightHipMark},
                                                         {LeftShoulderMark, LeftElbowMark},     {LeftElbowMark, LeftWristMark},     {LeftWristMark, LeftIndex},
                                                         {LeftShoulderMark, LeftHipMark},       {LeftHipMark, LeftKneeMark},        {LeftKneeMark, LeftAnkleMark},
                                                         {LeftAnkleMark, LeftToe},              {LeftAnkleMark, LeftHeel},          {LeftEar, Nose},
                                                         {RightShoulderMark, RightElbowMark},   {RightElbowMark, RightWristMark},   {RightWristMark, RightIndex},
                                                         {RightShoulderMark, RightHipMark},     {RightHipMark, RightKneeMark},      {RightKneeMark, RightAnkleMark},
                                                         {RightAnkleMark, RightToe},            {RightAnkleMark, RightHeel},        {RightEar, Nose}}};

bool onLeft(int mark) { return mirroredLandmark(mark) > mark; }  // in the field's order left comes first

constexpr double kLeastRegion = 0.1;  // of the picture; a smaller drag is a click

}  // namespace

FoundView::FoundView(QWidget* parent) : QWidget(parent) {
    setObjectName(QStringLiteral("foundView"));
    setAccessibleName(tr("Picture of the video with what is found in it"));
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
}

void FoundView::show(const FoundPicture& found) {
    found_ = found;
    update();
}

void FoundView::clear(const QString& words, const QString& advice) {
    found_ = {};
    words_ = words;
    advice_ = advice;
    setRegion({});
    update();
}

void FoundView::setRegion(const seeing::PictureRegion& region) {
    region_ = region;
    update();
    Q_EMIT regionChanged();
}

void FoundView::setChoosing(bool on) {
    choosing_ = on;
    setCursor(on ? Qt::CrossCursor : Qt::ArrowCursor);
    setToolTip(on ? tr("Drag over the picture to look only at a part of it; a click takes the whole again.") : QString());
}

QRectF FoundView::pictureArea() const {
    if (found_.picture.isNull()) return {};
    const QSizeF size = QSizeF(found_.picture.size()).scaled(QSizeF(this->size()), Qt::KeepAspectRatio);
    return {QPointF((width() - size.width()) / 2, (height() - size.height()) / 2), size};
}

void FoundView::paintPose(QPainter& painter, const QRectF& area) const {
    const auto& colors = style::colorsOf(style::Theme::Dark);  // over a film, whatever the window's theme
    const auto& pose = *found_.pose;
    const double scale = area.width() / found_.picture.width();
    const auto at = [&](int mark) { return area.topLeft() + scale * QPointF(static_cast<double>(pose.landmarks[3 * static_cast<std::size_t>(mark)]), static_cast<double>(pose.landmarks[3 * static_cast<std::size_t>(mark) + 1])); };
    const auto sure = [&](int mark) { return std::clamp(pose.sure[static_cast<std::size_t>(mark)] / 0.6f, 0.2f, 1.0f); };
    const double wide = std::clamp(area.height() / 160, 2.0, 4.0);
    for (const auto& [a, b] : kBones) {
        QColor colour = mirroredLandmark(a) == b ? colors.text : onLeft(a) ? colors.violet : colors.teal;
        QColor dark(0, 0, 0);
        colour.setAlphaF(std::min(sure(a), sure(b)));
        dark.setAlphaF(0.5f * std::min(sure(a), sure(b)));
        painter.setPen(QPen(dark, wide + 2, Qt::SolidLine, Qt::RoundCap));
        painter.drawLine(at(a), at(b));
        painter.setPen(QPen(colour, wide, Qt::SolidLine, Qt::RoundCap));
        painter.drawLine(at(a), at(b));
    }
    painter.setPen(Qt::NoPen);
    for (int mark = 0; mark < kLandmarks; ++mark) {
        QColor colour = mark == Nose ? colors.gold : onLeft(mark) ? colors.violet : colors.teal;
        colour.setAlphaF(sure(mark));
        painter.setBrush(colour.lighter(125));
        painter.drawEllipse(at(mark), 0.8 * wide, 0.8 * wide);
    }
}

void FoundView::paintSureness(QPainter& painter, const QRectF& area) const {
    const auto& colors = style::colorsOf(style::Theme::Dark);
    const QRectF plate(area.left() + 12, area.bottom() - 44, 216, 32);
    QColor back = colors.background;
    back.setAlphaF(0.72f);
    painter.setPen(Qt::NoPen);
    painter.setBrush(back);
    painter.drawRoundedRect(plate, style::kRadius, style::kRadius);
    const float sure = found_.pose ? found_.pose->confidence : 0.0f;
    painter.setFont(style::mono(12));
    painter.setPen(colors.text);
    const auto tenths = static_cast<qint64>(std::llround(found_.seconds * 10));
    const QString time = QStringLiteral("%1:%2.%3").arg(tenths / 600).arg(tenths / 10 % 60, 2, 10, QLatin1Char('0')).arg(tenths % 10);
    painter.drawText(plate.adjusted(12, 0, 0, 0), Qt::AlignLeft | Qt::AlignVCenter, time);
    if (!found_.pose) {
        painter.setFont(style::text(12));
        painter.setPen(colors.gold);
        painter.drawText(plate.adjusted(0, 0, -12, 0), Qt::AlignRight | Qt::AlignVCenter, tr("nobody found"));
        return;
    }
    painter.drawText(plate.adjusted(0, 0, -12, 0), Qt::AlignRight | Qt::AlignVCenter, QString::number(static_cast<double>(sure), 'f', 2));
    const QRectF groove(plate.left() + 76, plate.center().y() - 3, 88, 6);
    painter.setPen(Qt::NoPen);
    painter.setBrush(colors.line);
    painter.drawRoundedRect(groove, 3, 3);
    painter.setBrush(sure >= 0.45f ? colors.green : colors.gold);
    painter.drawRoundedRect(QRectF(groove.topLeft(), QSizeF(std::max(6.0, groove.width() * std::min(1.0, static_cast<double>(sure))), groove.height())), 3, 3);
    // Where pictures begin to be left out.
    painter.setBrush(colors.text);
    painter.drawRect(QRectF(groove.left() + groove.width() * static_cast<double>(seeing::kConfident), groove.top() - 3, 1.5, groove.height() + 6));
}

void FoundView::paintRegion(QPainter& painter, const QRectF& area) const {
    if (region_.whole()) return;
    const QRectF part(area.left() + region_.left * area.width(), area.top() + region_.top * area.height(), region_.width * area.width(), region_.height * area.height());
    QPainterPath outside;
    outside.addRect(area);
    outside.addRect(part);
    painter.fillPath(outside, QColor(0, 0, 0, 140));
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(style::colorsOf(style::Theme::Dark).accent, 1.5, Qt::DashLine));
    painter.drawRect(part);
}

void FoundView::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setRenderHint(QPainter::SmoothPixmapTransform);
    const auto& colors = style::colors();
    QPainterPath frame;
    frame.addRoundedRect(rect(), style::kRadius, style::kRadius);
    painter.fillPath(frame, colors.stage);
    if (found_.picture.isNull()) {
        painter.setPen(QPen(style::colorsOf(style::Theme::Dark).line, 1.5, Qt::DashLine));
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(QRectF(rect()).adjusted(20, 20, -20, -20), 2 * style::kRadius, 2 * style::kRadius);
        painter.setFont(style::text(16, QFont::DemiBold));
        painter.setPen(colors.onStage);
        painter.drawText(rect().adjusted(32, -16, -32, -16), Qt::AlignCenter | Qt::TextWordWrap, words_);
        painter.setFont(style::text(13));
        painter.setPen(style::colorsOf(style::Theme::Dark).dim);
        painter.drawText(rect().adjusted(32, 24, -32, 24), Qt::AlignCenter | Qt::TextWordWrap, advice_);
        return;
    }
    painter.setClipPath(frame);
    const QRectF area = pictureArea();
    painter.drawImage(area, found_.picture);
    if (found_.pose) paintPose(painter, area);
    paintRegion(painter, area);
    if (found_.pose || found_.seconds > 0) paintSureness(painter, area);
}

void FoundView::mousePressEvent(QMouseEvent* event) {
    if (!choosing_ || event->button() != Qt::LeftButton || !pictureArea().contains(event->position())) return;
    pressed_ = event->position();
    before_ = region_;
}

void FoundView::mouseMoveEvent(QMouseEvent* event) {
    if (!pressed_) return;
    const QRectF area = pictureArea(), part = QRectF(*pressed_, event->position()).normalized().intersected(area);
    region_ = {(part.left() - area.left()) / area.width(), (part.top() - area.top()) / area.height(), part.width() / area.width(), part.height() / area.height()};
    update();
}

void FoundView::mouseReleaseEvent(QMouseEvent* event) {
    if (!pressed_ || event->button() != Qt::LeftButton) return;
    const bool dragged = (event->position() - *pressed_).manhattanLength() > 6;
    pressed_.reset();
    if (!dragged || region_.width < kLeastRegion || region_.height < kLeastRegion) region_ = dragged ? before_ : seeing::PictureRegion{};
    update();
    Q_EMIT regionChanged();
}

}  // namespace choreia::ui
