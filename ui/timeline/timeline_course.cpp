// The line of energy drawn and bent with the mouse: a press sets a point or takes one up, a drag is one change of the settings, a double click takes a point away.
#include "timeline/timeline_view.h"

#include <algorithm>
#include <cmath>

namespace choreia::ui {

namespace {

constexpr double kPointReach = 9;    // pixels round a point
constexpr double kApart = 0.05;  // s between two points
constexpr double kLevel = 0.06;  // nearer to the middle is the middle

double snappedValue(double value) { return std::abs(value) < kLevel ? 0.0 : value; }

}  // namespace

QRectF TimelineView::areaOf(Lane::Grip grip) const {
    const auto areas = laneAreas();
    for (std::size_t i = 0; i < areas.size(); ++i)
        if (lanes_[i]->grip() == grip) return areas[i];
    return {};
}

std::optional<std::size_t> TimelineView::energyPointAt(const QPointF& point) const {
    const auto& course = document_.state().settings.energyCourse;
    const QRectF area = areaOf(Lane::Grip::Course);
    std::optional<std::size_t> found;
    double nearest = kPointReach;
    for (std::size_t i = 0; i < course.size(); ++i)
        if (const double away = std::hypot(axis_.x(course[i].time) - point.x(), courseY(area, course[i].value) - point.y()); away <= nearest) {
            nearest = away;
            found = i;
        }
    return found;
}

void TimelineView::forgetEnergy(const Change& change) {
    const auto& course = document_.state().settings.energyCourse;
    if (change.aspect == Aspect::Everything) {
        scene_.energyInHand.reset();
        if (drag_ == Drag::Energy) drag_ = Drag::None;
    }
    if (change.aspect == Aspect::Everything || (course != energyCourse_ && drag_ != Drag::Energy)) scene_.energyChosen.reset();
    if (course != energyCourse_) energyCourse_ = course;
}

void TimelineView::takeEnergy(const QPointF& point, Qt::KeyboardModifiers keys) {
    const double duration = document_.state().duration;
    chooseNothing();
    auto course = document_.state().settings.energyCourse;
    auto taken = energyPointAt(point);
    if (!taken) {
        const double wanted = std::clamp(axis_.seconds(point.x()), 0.0, duration);
        const double time = dragged(wanted, suspendsSnap(keys)).seconds;
        const auto after = std::lower_bound(course.begin(), course.end(), time, [](const io::EnergyPoint& p, double t) { return p.time < t; });
        taken = static_cast<std::size_t>(after - course.begin());
        const bool there = after != course.end() && after->time - time < kApart;
        if (there) *after = {after->time, snappedValue(courseValue(areaOf(Lane::Grip::Course), point.y()))};
        else course.insert(after, {time, snappedValue(courseValue(areaOf(Lane::Grip::Course), point.y()))});
    }
    drag_ = Drag::Energy;
    scene_.energyInHand = std::move(course);
    scene_.energyChosen = taken;
    contentsChanged();
}

void TimelineView::dragEnergy(const QPointF& point, Qt::KeyboardModifiers keys) {
    if (!scene_.energyInHand || !scene_.energyChosen) return;
    if (!moved_ && std::abs(point.x() - pressX_) < 3 && std::abs(point.y() - pressY_) < 3) return;
    moved_ = true;
    auto& course = *scene_.energyInHand;
    const std::size_t i = *scene_.energyChosen;
    const double duration = document_.state().duration, wanted = std::clamp(axis_.seconds(point.x()), 0.0, duration);
    const Snapped to = dragged(wanted, suspendsSnap(keys));
    // A point stays between its neighbours.
    const double low = i > 0 ? course[i - 1].time + kApart : 0.0, high = i + 1 < course.size() ? course[i + 1].time - kApart : duration;
    if (low <= high) course[i].time = std::clamp(to.seconds, low, high);
    showSnap(to, course[i].time);
    course[i].value = snappedValue(courseValue(areaOf(Lane::Grip::Course), point.y()));
    contentsChanged();
}

void TimelineView::dropEnergy() {
    auto settings = document_.state().settings;
    if (scene_.energyInHand) settings.energyCourse = *scene_.energyInHand;
    scene_.energyInHand.reset();
    if (settings != document_.state().settings) document_.requestSettings(settings, tr("Draw energy"));  // the point stays in hand
    drag_ = Drag::None;
    contentsChanged();
}

bool TimelineView::removeEnergy(std::optional<std::size_t> point) {
    auto settings = document_.state().settings;
    if (!point || *point >= settings.energyCourse.size()) return false;
    settings.energyCourse.erase(settings.energyCourse.begin() + static_cast<std::ptrdiff_t>(*point));
    scene_.energyChosen.reset();
    return document_.requestSettings(settings, tr("Remove energy point"));
}

}  // namespace choreia::ui
