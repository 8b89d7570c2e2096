// How the timeline is painted: a cached picture of the lanes, the played part of the song over it, then the playhead.
#include "timeline/timeline_view.h"

#include "style/dancer_color.h"

#include <QPaintEvent>

#include <algorithm>
#include <cmath>

namespace choreia::ui {

std::vector<QRectF> TimelineView::laneAreas() const {
    int supple = 0, rigid = 0, stretch = 0, dispensable = 0;
    for (const auto& lane : lanes_) {
        (lane->rigid() ? rigid : supple) += lane->height();
        if (lane->spare()) dispensable += lane->height();
        stretch += lane->stretch();
    }
    // Too low a timeline: every lane gives way a little rather than the last ones falling off; where that would be much, one goes.
    constexpr double kMuch = 0.78;
    const auto shareOf = [&](int wanted) { return std::clamp(static_cast<double>(height() - rigid) / wanted, 0.5, 1.0); };
    const bool without = shareOf(supple) < kMuch && dispensable > 0;
    if (without) supple -= dispensable;
    const double share = shareOf(supple), extra = std::max(0, height() - supple - rigid - 4);
    std::vector<QRectF> areas;
    double top = 0;
    for (const auto& lane : lanes_) {
        double own = lane->rigid() ? lane->height() : without && lane->spare() ? 0.0 : share * lane->height();
        // Room beyond the lanes' own heights goes to those that gain by it, to a point.
        if (lane->stretch() > 0 && own > 0) own += std::min(extra * lane->stretch() / stretch, 1.6 * lane->height());
        own = std::floor(own);
        areas.emplace_back(kHeader, top, std::max(0, width() - kHeader), own);
        top += own;
    }
    return areas;
}

void TimelineView::setSpectrogram(bool on) {
    if (scene_.spectrogram == on) return;
    scene_.spectrogram = on;
    stale_ = true;
    update();
}

void TimelineView::render() {
    const qreal ratio = devicePixelRatioF();
    const auto& colors = style::colors();
    base_ = QPixmap(size() * ratio);
    base_.setDevicePixelRatio(ratio);
    base_.fill(colors.panel);
    played_ = QPixmap(size() * ratio);
    played_.setDevicePixelRatio(ratio);
    played_.fill(Qt::transparent);
    QPainter painter(&base_), bright(&played_);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.fillRect(QRectF(kHeader, 0, width() - kHeader, height()), colors.background);
    stale_ = false;
    if (document_.state().duration <= 0) return paintEmpty(painter);
    const auto areas = laneAreas();
    painter.save();
    painter.setClipRect(QRectF(kHeader, 0, width() - kHeader, height()));
    paintLoop(painter);
    paintBeats(painter);
    for (std::size_t i = 0; i < lanes_.size(); ++i) {
        if (areas[i].height() <= 0) continue;
        lanes_[i]->paint({painter, areas[i], axis_, colors}, scene_);
        lanes_[i]->paintPlayed({bright, areas[i], axis_, colors}, scene_);
    }
    painter.restore();
    for (std::size_t i = 0; i < lanes_.size(); ++i) {
        if (areas[i].height() <= 0) continue;
        paintHeader(painter, *lanes_[i], areas[i]);
        if (lanes_[i]->ruled()) painter.fillRect(QRectF(0, areas[i].top(), width(), 1), colors.line);
    }
    painter.fillRect(QRectF(0, 0, width(), 1), colors.line);
}

void TimelineView::paintHeader(QPainter& painter, const Lane& lane, const QRectF& area) const {
    const QString title = lane.title(scene_), subtitle = lane.subtitle(scene_);
    if (title.isEmpty()) return;
    const auto& colors = style::colors();
    const bool several = lane.dancer() && document_.state().dances.size() > 1, muted = several && lane.dancer() != document_.dancerIndex();
    if (several) paintDancer(painter, *lane.dancer(), area);
    const double left = several ? 40 : 16;
    const QRectF box(left, area.top(), kHeader - 8 - left, area.height());
    const bool two = !subtitle.isEmpty() && area.height() >= 34;
    painter.setFont(muted ? style::text(12) : style::text(13, QFont::DemiBold));
    painter.setPen(muted ? colors.dim : colors.text);
    const double middle = area.center().y();
    painter.drawText(two ? QRectF(box.left(), middle - 18, box.width(), 18) : box, Qt::AlignLeft | Qt::AlignVCenter,
                     painter.fontMetrics().elidedText(title, Qt::ElideRight, static_cast<int>(box.width())));
    if (!two) return;
    painter.setFont(style::text(11));
    painter.setPen(colors.dim);
    painter.drawText(QRectF(box.left(), middle + 1, box.width(), 16), Qt::AlignLeft | Qt::AlignVCenter,
                     painter.fontMetrics().elidedText(subtitle, Qt::ElideMiddle, static_cast<int>(box.width())));
}

void TimelineView::paintDancer(QPainter& painter, std::size_t dancer, const QRectF& area) const {
    const QColor color = style::dancerColor(dancer);
    const bool chosen = dancer == document_.dancerIndex();
    if (chosen) painter.fillRect(QRectF(0, area.top() + 1, 4, area.height() - 1), color);
    const double size = std::min(17.0, area.height() - 3);
    const QRectF disc(15, area.center().y() - size / 2, size, size);
    painter.setPen(Qt::NoPen);
    painter.setBrush(color);
    painter.drawEllipse(disc);
    painter.setPen(QColor(0x14, 0x16, 0x1b));
    painter.setFont(style::text(11, QFont::Bold));
    painter.drawText(disc, Qt::AlignCenter, QString::number(dancer + 1));
}

void TimelineView::paintBeats(QPainter& painter) const {
    const auto& grid = document_.state().grid;
    const auto& colors = style::colors();
    const double top = laneAreas()[1].top() + 4, bottom = height();
    painter.setRenderHint(QPainter::Antialiasing, false);
    const auto lines = [&](const std::vector<double>& times, const QColor& color) {
        const auto first = std::lower_bound(times.begin(), times.end(), axis_.start);
        const auto last = std::upper_bound(first, times.end(), axis_.end);
        const double density = static_cast<double>(last - first) / axis_.width;
        if (density > 0.16) return;  // closer than 6 pixels they would only grey the lane
        painter.setPen(color);
        for (auto it = first; it != last; ++it) {
            const int x = static_cast<int>(std::lround(axis_.x(*it)));
            painter.drawLine(x, static_cast<int>(top), x, static_cast<int>(bottom));
        }
    };
    QColor beat = colors.line;
    beat.setAlphaF(0.55f);
    QColor bar = colors.faint;
    bar.setAlphaF(0.55f);
    lines(grid.beats, beat);
    lines(grid.downbeats, bar);
    painter.setRenderHint(QPainter::Antialiasing, true);
}

void TimelineView::paintLoop(QPainter& painter) const {
    const LoopRegion& loop = player_.loop();
    if (!loop.active()) return;
    QColor fill = player_.looping() ? style::colors().teal : style::colors().faint;
    const QRectF area(QPointF(axis_.x(loop.begin), laneAreas()[1].top()), QPointF(axis_.x(loop.end), height()));
    fill.setAlphaF(0.07f);
    painter.fillRect(area, fill);
    fill.setAlphaF(0.9f);
    painter.fillRect(QRectF(area.left(), area.top(), area.width(), 2), fill);
    fill.setAlphaF(0.5f);
    painter.fillRect(QRectF(area.left(), area.top(), 1, area.height()), fill);
    painter.fillRect(QRectF(area.right() - 1, area.top(), 1, area.height()), fill);
}

void TimelineView::paintSelection(QPainter& painter) const {
    const auto& part = document_.selection();
    if (!part) return;
    const auto areas = laneAreas();
    const QRectF lane = danceArea();
    const double left = axis_.x(part->from), right = axis_.x(part->to);
    if (right < kHeader || left > width()) return;
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setClipRect(QRectF(kHeader, 0, width() - kHeader, height()));
    QColor line = style::colors().text;
    line.setAlphaF(0.06f);
    painter.fillRect(QRectF(QPointF(left, areas[1].top()), QPointF(right, height())), line);
    line.setAlphaF(0.22f);
    painter.fillRect(QRectF(left, areas[1].top(), 1, height()), line);
    painter.fillRect(QRectF(right - 1, areas[1].top(), 1, height()), line);
    painter.setPen(QPen(style::theme() == style::Theme::Dark ? QColor(0xff, 0xff, 0xff) : style::colors().text, 2));
    painter.setBrush(Qt::NoBrush);
    painter.drawRoundedRect(QRectF(QPointF(left, lane.top() + 4), QPointF(right, lane.bottom() - 4)), 5, 5);
    if (landing_) {
        const QRectF place(QPointF(axis_.x(landing_->from), lane.top() + 4), QPointF(axis_.x(landing_->to), lane.bottom() - 4));
        QColor fill = style::colors().accent;
        painter.setPen(QPen(fill, 2, Qt::DashLine));
        fill.setAlphaF(0.18f);
        painter.setBrush(fill);
        painter.drawRoundedRect(place, 5, 5);
        painter.setPen(style::colors().text);
        painter.setFont(style::text(12, QFont::DemiBold));
        painter.drawText(place.adjusted(8, 0, -4, 0), Qt::AlignLeft | Qt::AlignVCenter, copies_ ? tr("copy") : tr("move; Ctrl copies"));
    }
    painter.restore();
}

void TimelineView::paintEmpty(QPainter& painter) const {
    const auto& colors = style::colors();
    painter.fillRect(rect(), colors.background);
    const QRectF area(rect());
    painter.setPen(QPen(colors.line, 1.5, Qt::DashLine));
    painter.setBrush(Qt::NoBrush);
    painter.drawRoundedRect(area.adjusted(24, 24, -24, -24), 2 * style::kRadius, 2 * style::kRadius);
    painter.setFont(style::text(16, QFont::DemiBold));
    painter.setPen(colors.text);
    painter.drawText(area.adjusted(0, -14, 0, -14), Qt::AlignCenter, tr("Drop a song here"));
    painter.setFont(style::text(13));
    painter.setPen(colors.dim);
    painter.drawText(area.adjusted(0, 14, 0, 14), Qt::AlignCenter, tr("or press Ctrl+O: mp3, ogg, opus, flac, wav, m4a, or a video with sound"));
}

void TimelineView::paintEvent(QPaintEvent*) {
    if (stale_ || base_.isNull() || base_.size() != size() * devicePixelRatioF()) render();
    QPainter painter(this);
    painter.drawPixmap(0, 0, base_);
    if (document_.state().duration <= 0) return;
    const double now = player_.position();
    const double x = axis_.x(now);
    const auto& colors = style::colors();
    if (x > kHeader) {
        const qreal ratio = devicePixelRatioF();
        const QRectF part(kHeader, 0, std::min<double>(x, width()) - kHeader, height());
        painter.drawPixmap(part, played_, QRectF(part.left() * ratio, 0, part.width() * ratio, part.height() * ratio));
    }
    paintSelection(painter);
    paintPoseLanding(painter);
    paintSnap(painter);
    if (x < kHeader - 1 || x > width() + 1) return;
    painter.setRenderHint(QPainter::Antialiasing);
    const QColor head = style::theme() == style::Theme::Dark ? QColor(0xff, 0xff, 0xff) : colors.text;
    painter.fillRect(QRectF(x - 0.75, 4, 1.5, height() - 4), head);
    painter.setPen(Qt::NoPen);
    painter.setBrush(head);
    painter.drawPolygon(QPolygonF{{x - 7, 1}, {x + 7, 1}, {x + 7, 9}, {x, 16}, {x - 7, 9}});
}

}  // namespace choreia::ui
