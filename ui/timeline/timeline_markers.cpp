// Markers in the song's lane: set, taken, moved and named by their flags.
#include "timeline/timeline_view.h"

#include "timeline/marker_flags.h"
#include "timeline/timecode.h"
#include "timeline/typed_field.h"

#include <QHelpEvent>
#include <QTextDocument>
#include <QToolTip>

#include <algorithm>
#include <cmath>

namespace choreia::ui {

namespace {

constexpr double kFlagStill = 4;     // pixels that a hand may shake
constexpr double kPole = 4;      // pixels beside the pole
constexpr double kSameMarker = 1e-6;   // s
constexpr double kOnMarker = 0.005;  // s within which the playhead counts as on a marker
constexpr double kNameWide = 170;  // pixels of the field over a name

}  // namespace

std::optional<double> TimelineView::markerUnder(const QPointF& point) const {
    const QRectF lane = areaOf(Lane::Grip::Song);
    const auto& markers = document_.state().markers;
    for (std::size_t i = markers.size(); i-- > 0;)
        if (const auto [from, to] = flagReach(axis_, scene_, i); point.x() >= from - kPole && point.x() <= to + kPole && markerFlag(lane, axis_, scene_, i).adjusted(-kPole, -2, 0, 2).contains(point)) return markers[i].time;
    return {};
}

bool TimelineView::takeMarker(const QPointF& point) {
    const auto marker = markerUnder(point);
    if (!marker && !scene_.chosenMarker) return false;
    chooseNothing();
    scene_.chosenMarker = marker;
    contentsChanged();
    if (!marker) return false;
    drag_ = Drag::Marker;
    dragStart_ = axis_.seconds(point.x());
    scene_.markerShift = 0;
    player_.seek(*marker);
    return true;
}

void TimelineView::dragMarker(double seconds, bool free) {
    if (!moved_ && std::abs(axis_.x(seconds) - axis_.x(dragStart_)) <= kFlagStill) return;
    moved_ = true;
    setCursor(Qt::SizeHorCursor);
    const double duration = document_.state().duration, wanted = *scene_.chosenMarker + seconds - dragStart_;
    const Snapped to = dragged(wanted, free);
    scene_.markerShift = std::clamp(to.seconds, 0.0, duration) - *scene_.chosenMarker;
    showSnap(to, *scene_.chosenMarker + scene_.markerShift);
    contentsChanged();
}

void TimelineView::dropMarker() {
    const double from = *scene_.chosenMarker, to = from + std::exchange(scene_.markerShift, 0);
    drag_ = Drag::None;
    if (moved_ && document_.requestMoveMarker(from, to)) scene_.chosenMarker = to;
    forgetWhatIsGone();
    contentsChanged();
}

void TimelineView::letGoOfMarker() {
    scene_.markerShift = 0;
    drag_ = Drag::None;
    unsetCursor();
}

void TimelineView::setMarker() {
    const double at = std::clamp(player_.position(), 0.0, document_.state().duration);
    if (!document_.requestMarker(at)) return;
    chooseNothing();
    scene_.chosenMarker = at;
    setFocus(Qt::ShortcutFocusReason);
    contentsChanged();
}

bool TimelineView::renameMarker() {
    if (scene_.chosenMarker) return renameMarker(scene_.chosenMarker);
    for (const io::Marker& marker : document_.state().markers)
        if (std::abs(marker.time - player_.position()) < kOnMarker) return renameMarker(marker.time);
    return false;
}

bool TimelineView::renameMarker(std::optional<double> marker) {
    const auto& markers = document_.state().markers;
    const auto found = std::find_if(markers.begin(), markers.end(), [&](const io::Marker& each) { return marker && std::abs(each.time - *marker) < kSameMarker; });
    if (found == markers.end()) return false;
    if (!markerName_) {
        markerName_ = new TypedField(this);
        markerName_->setObjectName(QStringLiteral("markerName"));
        markerName_->setAccessibleName(tr("Name of the marker"));
        markerName_->setToolTip(tr("Enter keeps the name, Esc the old one"));
        connect(markerName_, &TypedField::entered, this, [this] { closeMarkerName(true); });
        connect(markerName_, &TypedField::left, this, [this] { closeMarkerName(true); });
        connect(markerName_, &TypedField::givenUp, this, [this] { closeMarkerName(false); });
    }
    if (drag_ == Drag::Marker) letGoOfMarker();  // the second press of a double click has it in hand
    named_ = found->time;
    markerName_->setText(QString::fromStdString(found->name));
    placeMarkerName();
    markerName_->show();
    markerName_->setFocus(Qt::OtherFocusReason);
    markerName_->selectAll();
    return true;
}

void TimelineView::closeMarkerName(bool keep) {
    const auto marker = std::exchange(named_, {});
    if (!marker) return;
    if (markerName_->hasFocus()) setFocus(Qt::OtherFocusReason);  // left for another part of the window, the focus is there already
    markerName_->hide();
    if (keep) document_.requestRenameMarker(*marker, markerName_->text());
}

void TimelineView::placeMarkerName() {
    if (!named_) return;
    const auto& markers = document_.state().markers;
    const auto found = std::find_if(markers.begin(), markers.end(), [this](const io::Marker& each) { return std::abs(each.time - *named_) < kSameMarker; });
    if (found == markers.end()) return closeMarkerName(false);
    const QRectF flag = markerFlag(areaOf(Lane::Grip::Song), axis_, scene_, static_cast<std::size_t>(found - markers.begin()));
    const double left = std::clamp(flag.left(), static_cast<double>(kHeader), std::max<double>(kHeader, width() - kNameWide));
    markerName_->setGeometry(QRectF(left, flag.top() - 2, kNameWide, markerName_->sizeHint().height()).toRect());
}

void TimelineView::stepMarker(int direction) {
    const double back = player_.playing() ? 0.25 : kOnMarker;  // playing runs on: a press must still get past the one just heard
    const double now = player_.position();
    std::optional<double> found;
    for (const io::Marker& marker : document_.state().markers)
        if (direction > 0 ? marker.time > now + kOnMarker && !found : marker.time < now - back) found = marker.time;
    if (!found) return;
    chooseNothing();
    scene_.chosenMarker = found;
    if (*found < axis_.start || *found > axis_.end) {
        axis_.show(*found - 0.25 * axis_.span(), *found + 0.75 * axis_.span());
        viewMoved();
    }
    contentsChanged();
    player_.seek(*found);
}

bool TimelineView::showNameTip(QHelpEvent* event) {
    const auto areas = laneAreas();
    for (std::size_t i = 0; i < areas.size(); ++i) {
        if (event->pos().y() < areas[i].top() || event->pos().y() >= areas[i].bottom()) continue;
        QStringList lines;  // in full, where the lane had to shorten them
        for (const QString& line : {lanes_[i]->title(scene_), lanes_[i]->subtitle(scene_), lanes_[i]->tip()})
            if (!line.isEmpty()) lines << line;
        QToolTip::showText(event->globalPos(), Qt::convertFromPlainText(lines.join(QLatin1Char('\n')), Qt::WhiteSpaceNormal), this, QRectF(0, areas[i].top(), kHeader, areas[i].height()).toAlignedRect());
        return true;
    }
    return false;
}

bool TimelineView::showTip(QHelpEvent* event) {
    if (event->pos().x() < kHeader && document_.state().duration > 0 && showNameTip(event)) return true;
    const auto marker = markerUnder(event->pos());
    const auto& markers = document_.state().markers;
    const auto found = std::find_if(markers.begin(), markers.end(), [&](const io::Marker& each) { return marker && each.time == *marker; });
    if (found == markers.end()) {
        QToolTip::hideText();
        event->ignore();
        return true;
    }
    const QString beat = barBeatText(document_.state().grid, found->time), when = beat.isEmpty() ? timeText(found->time) : tr("%1, bar %2").arg(timeText(found->time), beat);
    const QString text = tr("%1\n%2\nDrag to move, double-click to rename, Delete to remove").arg(QString::fromStdString(found->name), when);
    const QRectF flag = markerFlag(areaOf(Lane::Grip::Song), axis_, scene_, static_cast<std::size_t>(found - markers.begin()));
    QToolTip::showText(event->globalPos(), Qt::convertFromPlainText(text, Qt::WhiteSpaceNormal), this, flag.toAlignedRect());
    return true;
}

}  // namespace choreia::ui
