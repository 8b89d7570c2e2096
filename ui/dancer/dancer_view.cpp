// A rounded picture with two pills over it.
#include "dancer/dancer_view.h"

#include "document/cast_labels.h"
#include "style/theme.h"

#include <QActionGroup>
#include <QLinearGradient>
#include <QMenu>
#include <QPainter>
#include <QPainterPath>
#include <QPushButton>
#include <QResizeEvent>

#include <algorithm>
#include <cmath>

namespace choreia::ui {

DancerView::DancerView(Document& document, QWidget* parent) : QWidget(parent), document_(document) {
    setObjectName(QStringLiteral("DancerView"));
    setAccessibleName(tr("Dancer"));
    connect(&worker_, &PictureWorker::ready, this, [this](const QImage& picture, double) { arrived(picture); });
    connect(&worker_, &PictureWorker::refused, this, &DancerView::refused);
    connect(&document_, &Document::changed, this, [this](const Change& change) {
        if (change.aspect != Aspect::Everything && change.aspect != Aspect::Dances) return;
        if (!document_.dance()) picture_ = {};
        looks_->setVisible(document_.dance() != nullptr);
        together_->setEnabled(document_.state().dances.size() > 1);
        ask();
        update();
    });
    makeMenu();
    window_.start();
}

void DancerView::makeMenu() {
    looks_ = new QPushButton(this);
    looks_->setObjectName(QStringLiteral("dancerLook"));
    looks_->setProperty("kind", "pill");
    looks_->setCursor(Qt::PointingHandCursor);
    looks_->setToolTip(tr("Who dances"));
    looks_->setAccessibleName(tr("Who dances"));
    auto* menu = new QMenu(looks_);
    cast_ = new QActionGroup(menu);
    const QStringList cast = castLabels();
    for (int i = 0; i < cast.size(); ++i) {
        QAction* action = menu->addAction(cast[i]);
        action->setCheckable(true);
        cast_->addAction(action);
        connect(action, &QAction::triggered, this, [this, i] {
            setLook(i);
            Q_EMIT lookChosen(i);
        });
    }
    menu->addSeparator();
    together_ = menu->addAction(tr("Everybody in the picture"));
    together_->setObjectName(QStringLiteral("everybodyAction"));
    together_->setToolTip(tr("All dancers of the project at their places, or the chosen one alone"));
    together_->setCheckable(true);
    together_->setChecked(everybody_);
    together_->setEnabled(false);
    connect(together_, &QAction::toggled, this, &DancerView::showEverybody);
    menu->setToolTipsVisible(true);
    looks_->setMenu(menu);
    setLook(0);
}

void DancerView::setLook(int look) {
    look_ = look >= 0 && look < static_cast<int>(cast_->actions().size()) ? look : 0;
    QAction* chosen = cast_->actions()[look_];
    chosen->setChecked(true);
    looks_->setText(chosen->text());
    looks_->setVisible(document_.dance() != nullptr);
    placeMenu();
    ask();
}

void DancerView::showEverybody(bool everybody) {
    everybody_ = everybody;
    together_->setChecked(everybody);
    ask();
    update();
}

void DancerView::placeMenu() {
    looks_->adjustSize();
    looks_->move((frame().bottomLeft() + QPointF(12, -12 - looks_->height())).toPoint());
}

QRectF DancerView::frame() const { return QRectF(rect()).adjusted(16, 16, -16, -8); }

void DancerView::showTime(double seconds) {
    seconds_ = seconds;
    // After the stage, which draws when this event is over: on few cores both at once would keep the playhead's own picture waiting.
    if (!due_) QMetaObject::invokeMethod(this, &DancerView::ask, Qt::QueuedConnection);
    due_ = true;
}

void DancerView::showInHand(const std::optional<motion::Pose>& pose, const std::optional<motion::StagePlace>& place) {
    if (!pose && !place && !pose_ && !place_) return;
    pose_ = pose;
    place_ = place;
    ask();
}

void DancerView::ask() {
    due_ = false;
    const auto dance = document_.dance();
    if (!dance || !isVisible()) return;
    const double ratio = devicePixelRatioF();
    const QSize size = (frame().size() * ratio).toSize();
    PictureRequest request{{}, seconds_, size - QSize(size.width() % 2, size.height() % 2), look_};
    if (everybody_)
        for (const DanceEntry& entry : document_.state().dances) {
            if (entry.snapshot->positions.frames() == 0) continue;
            if (entry.id == document_.danceId()) request.inHand = request.dances.size();
            request.dances.push_back(entry.snapshot);
        }
    if (request.dances.size() < 2) {
        request.dances = {dance};
        request.inHand = 0;
    }
    request.pose = pose_;
    request.place = place_;
    worker_.ask(std::move(request));
}

void DancerView::arrived(const QImage& picture) {
    if (picture.isNull() || !document_.dance()) return;
    picture_ = picture;
    ++arrivals_;
    if (const qint64 ms = window_.elapsed(); ms >= 1000) {
        rate_ = arrivals_ * 1000.0 / static_cast<double>(ms);
        arrivals_ = 0;
        window_.restart();
    }
    update();
}

void DancerView::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    placeMenu();
    ask();
}

void DancerView::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    ask();  // what changed while it was hidden
}

void DancerView::paintEvent(QPaintEvent*) {
    const auto& colors = style::colors();
    QPainter painter(this);
    painter.setRenderHints(QPainter::Antialiasing | QPainter::SmoothPixmapTransform);
    const QRectF area = frame();
    QPainterPath shape;
    shape.addRoundedRect(area, 8, 8);
    QLinearGradient gradient(area.topLeft(), area.bottomLeft());
    gradient.setColorAt(0, colors.dancerTop);
    gradient.setColorAt(1, colors.dancerBottom);
    painter.fillPath(shape, gradient);
    const auto dance = document_.dance();
    if (!dance) {
        painter.setFont(style::text(14, QFont::DemiBold));
        painter.setPen(colors.text);
        painter.drawText(area.adjusted(16, -12, -16, -12), Qt::AlignCenter, tr("No dance yet"));
        painter.setFont(style::text(13));
        painter.setPen(colors.dim);
        painter.drawText(area.adjusted(16, 14, -16, 14), Qt::AlignCenter,
                         document_.hasSong() ? tr("Press Generate dance") : tr("Open a song, then generate its dance"));
        return;
    }
    if (!picture_.isNull()) {
        painter.setClipPath(shape);
        painter.drawImage(area, picture_);
        painter.setClipping(false);
    }
    const bool all = everybody_ && document_.state().dances.size() > 1;
    paintPill(painter, all ? tr("%n dancers", nullptr, static_cast<int>(document_.state().dances.size())) : QString::fromStdString(dance->dance.name), false, colors.text);
    if (rate_ >= 5) paintPill(painter, tr("%1 fps").arg(std::lround(rate_)), true, colors.green);
}

void DancerView::paintPill(QPainter& painter, const QString& text, bool right, const QColor& color) const {
    painter.setFont(right ? style::mono(12) : style::text(12));
    const double width = painter.fontMetrics().horizontalAdvance(text) + 24;
    const QRectF area = frame();
    const QRectF pill(right ? area.right() - 12 - width : area.left() + 12, area.top() + 12, width, 26);
    QColor ground = style::colors().background;
    ground.setAlphaF(0.72f);
    painter.setPen(Qt::NoPen);
    painter.setBrush(ground);
    painter.drawRoundedRect(pill, 13, 13);
    painter.setPen(color);
    painter.drawText(pill, Qt::AlignCenter, text);
}

}  // namespace choreia::ui
