// Each pose has a little stage of its own, all from one direction, so that takes can be compared.
#include "generate/take_strip.h"

#include "render/mannequin.h"
#include "style/theme.h"

#include <QPainter>
#include <QPainterPath>
#include <QVBoxLayout>

#include <algorithm>

namespace choreia::ui {

namespace {

constexpr int kPoses = 6;
constexpr int kSharp = 2;  // pixels drawn for one shown, so that small figures are clear

}  // namespace

Result<QImage> poseStrip(const DanceSnapshot& dance, QSize size, std::stop_token stop) {
    const int width = size.width() / kPoses;
    const render::MannequinRenderer renderer(width, size.height());
    QImage strip(width * kPoses, size.height(), QImage::Format_RGB32);
    QPainter painter(&strip);
    render::Picture picture;
    const auto frames = dance.positions.frames();
    if (frames == 0) return badInput("take", "has no frame");
    for (int i = 0; i < kPoses; ++i) {
        if (stop.stop_requested()) return cancelled("pictures");
        const auto positions = dance.positions.frame(std::min(frames - 1, frames * static_cast<std::size_t>(2 * i + 1) / (2 * kPoses)));
        render::View view;
        view.target = motion::Vec3(positions[motion::Pelvis].x(), 0.98f, positions[motion::Pelvis].z());
        view.eye = view.target + motion::Vec3(0, 0.25f, 3.7f);
        renderer.draw(positions, view, picture);
        painter.drawImage(i * width, 0, QImage(picture.rgba.data(), picture.width, picture.height, 4 * picture.width, QImage::Format_RGBA8888));
    }
    return strip;
}

TakeButton::TakeButton(int number, QWidget* parent) : QAbstractButton(parent), number_(number) {
    setObjectName(QStringLiteral("takeButton%1").arg(number));
    setText(tr("Take %1").arg(number));
    setAccessibleName(text());
    setCheckable(true);
    setCursor(Qt::PointingHandCursor);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void TakeButton::setPicture(const QImage& picture) {
    picture_ = picture;
    update();
}

void TakeButton::paintEvent(QPaintEvent*) {
    const auto& colors = style::colors();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setRenderHint(QPainter::SmoothPixmapTransform);
    const QRectF box = QRectF(rect()).adjusted(1, 1, -1, -1);
    QPainterPath shape;
    shape.addRoundedRect(box, style::kRadius, style::kRadius);
    painter.save();
    painter.setClipPath(shape);
    painter.fillRect(rect(), colors.raised);
    if (!picture_.isNull()) painter.drawImage(rect(), picture_);
    if (!isChecked() && !underMouse()) painter.fillRect(rect(), QColor(0, 0, 0, 70));
    painter.setFont(style::text(10, QFont::DemiBold));
    const QRectF label(5, 4, painter.fontMetrics().horizontalAdvance(text()) + 12, 15);
    painter.setPen(Qt::NoPen);
    painter.setBrush(QColor(0x14, 0x16, 0x1b, 190));
    painter.drawRoundedRect(label, 7, 7);
    painter.setPen(isChecked() ? colors.teal : colors.onStage);
    painter.drawText(label, Qt::AlignCenter, text());
    painter.restore();
    // The one danced has a tick's worth more than a colour: a thick outline.
    painter.setPen(QPen(isChecked() ? colors.teal : hasFocus() ? colors.text : colors.line, isChecked() ? 2 : 1));
    painter.setBrush(Qt::NoBrush);
    painter.drawPath(shape);
}

TakeStrip::TakeStrip(Document& document, QWidget* parent) : QWidget(parent), document_(document) {
    setObjectName(QStringLiteral("TakeStrip"));
    setAccessibleName(tr("Takes"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(4);
    for (int i = 0; i < 3; ++i) {
        auto* button = new TakeButton(i + 1, this);
        column->addWidget(button);
        buttons_.push_back(button);
        connect(button, &QAbstractButton::clicked, this, [this, i] {
            document_.requestTake(i);
            follow({});
        });
    }
    connect(&document_, &Document::changed, this, &TakeStrip::follow);
    follow({});
}

void TakeStrip::follow(const Change& change) {
    const int count = static_cast<int>(document_.takes().size()), now = document_.currentTake();
    setVisible(count > 0);
    for (int i = 0; i < static_cast<int>(buttons_.size()); ++i) {
        auto& button = *buttons_[static_cast<std::size_t>(i)];
        button.setVisible(i < count);
        button.setChecked(i == now);
        if (i < count)
            button.setToolTip(tr("Make this take the dance (seed %1)").arg(document_.takes()[static_cast<std::size_t>(i)]->dance.settings.seed));
    }
    if (change.aspect == Aspect::Takes) draw();
}

void TakeStrip::draw() {
    using Pictures = std::vector<QImage>;
    for (std::size_t i = document_.takes().size(); i < buttons_.size(); ++i) buttons_[i]->setPicture({});
    if (document_.takes().empty()) return pictures_.cancel();
    const QSize size = buttons_.front()->sizeHint() * kSharp;
    pictures_.start<Pictures>(
        tr("Drawing takes"),
        [takes = document_.takes(), size](std::stop_token stop, Progress&) -> Result<Pictures> {
            Pictures pictures;
            for (const auto& take : takes) {
                CHOREIA_ASSIGN(QImage picture, poseStrip(*take, size, stop));
                pictures.push_back(std::move(picture));
            }
            return pictures;
        },
        [this](Result<Pictures> pictures) {
            if (!pictures) return;  // the rows keep their names and can be chosen all the same
            for (std::size_t i = 0; i < buttons_.size() && i < pictures->size(); ++i) buttons_[i]->setPicture((*pictures)[i]);
        });
}

}  // namespace choreia::ui
