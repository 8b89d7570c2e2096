// The chosen dancer's poses along the song: what is held, where feet stand, the curve of the chosen joint.
#include "timeline/lane.h"

#include "motion/skeleton.h"

#include <QPainterPath>

#include <algorithm>
#include <cmath>

namespace choreia::ui {

namespace {

class KeyLane final : public Lane {
public:
    [[nodiscard]] Grip grip() const override { return Grip::Key; }
    [[nodiscard]] QString title(const TimelineScene&) const override { return translated("Key poses"); }
    [[nodiscard]] QString tip() const override { return translated("Poses that are held; K pins the one at the playhead. Drag to move them, drag beside them to choose several, Delete to remove."); }
    [[nodiscard]] int height() const override { return 32; }
    void paint(const LaneContext& context, const TimelineScene& scene) const override {
        if (!scene.dance) return;
        const double y = context.area.center().y();
        const auto& keys = scene.dance->dance.keys;
        const auto timeOf = [&](std::size_t i) { return keys[i].time + (scene.keyShift != 0 && scene.chose(keys[i].time) ? scene.keyShift : 0.0); };
        // Those that can be seen, also where they are being dragged to, and one more to either side for the lines between them.
        const double aside = 10 / context.axis.pixelsPerSecond() + std::abs(scene.keyShift);
        const auto timeBefore = [](const io::KeyPose& key, double time) { return key.time < time; };
        const auto seen = std::lower_bound(keys.begin(), keys.end(), context.axis.seconds(context.area.left()) - aside, timeBefore);
        const auto unseen = std::lower_bound(seen, keys.end(), context.axis.seconds(context.area.right()) + aside, timeBefore);
        const auto first = static_cast<std::size_t>(std::max<std::ptrdiff_t>(0, seen - keys.begin() - 1)), end = std::min(keys.size(), static_cast<std::size_t>(unseen - keys.begin()) + 1);
        if (keys.empty()) hint(context);
        if (const auto only = scene.onlyKey()) fade(context, *only + scene.keyShift, scene.falloff);
        if (scene.keyBand) band(context, *scene.keyBand);
        QColor link = context.colors.gold;
        link.setAlphaF(0.6f);
        for (std::size_t i = first; i + 1 < end; ++i) {
            if (!keys[i].pinned || !keys[i + 1].pinned) continue;
            context.painter.setPen(QPen(link, 1));
            context.painter.drawLine(QLineF(context.axis.x(timeOf(i)), y, context.axis.x(timeOf(i + 1)), y));
        }
        context.painter.setPen(Qt::NoPen);
        for (std::size_t i = first; i < end; ++i) {
            const double x = context.axis.x(timeOf(i));
            if (x < context.area.left() - 10 || x > context.area.right() + 10) continue;
            const bool inHand = scene.chose(keys[i].time);
            context.painter.setPen(inHand ? QPen(context.colors.text, 2) : QPen(Qt::NoPen));
            context.painter.setBrush(keys[i].pinned ? context.colors.gold : context.colors.text);
            const double size = inHand ? 9 : 8;
            context.painter.drawPolygon(QPolygonF{{x, y - size}, {x + size - 0.5, y}, {x, y + size}, {x - size + 0.5, y}});
        }
    }

private:
    /// How far a change of this pose reaches: full at the pose, nothing at the ends, which can be drawn.
    static void fade(const LaneContext& context, double time, double falloff) {
        const double x = context.axis.x(time), half = falloff * context.axis.pixelsPerSecond(), top = context.area.top() + 4, bottom = context.area.bottom() - 4;
        QPainter& painter = context.painter;
        QPainterPath slope;  // the raised cosine by which it blends
        slope.moveTo(x - half, bottom);
        for (int i = 1; i <= 24; ++i) {
            const double part = i / 12.0 - 1;  // -1 .. 1
            slope.lineTo(x + part * half, bottom - (bottom - top) * (0.5 + 0.5 * std::cos(part * 3.14159265)));
        }
        slope.closeSubpath();
        QColor fill = context.colors.gold;
        fill.setAlphaF(0.22f);
        if (half > 0.5) painter.fillPath(slope, fill);
        const double handle = fadeWidth(context.axis, falloff);
        painter.setPen(QPen(context.colors.gold, 2));
        for (const double side : {-1.0, 1.0}) {
            const double at = x + side * handle;
            painter.drawLine(QLineF(at, top, at, bottom));
            painter.drawLine(QLineF(at, top, at - side * 4, top));
            painter.drawLine(QLineF(at, bottom, at - side * 4, bottom));
        }
    }
    static void band(const LaneContext& context, const std::pair<double, double>& part) {
        QColor line = context.colors.text, fill = line;
        fill.setAlphaF(0.10f);
        context.painter.setPen(QPen(line, 1, Qt::DashLine));
        context.painter.setBrush(fill);
        context.painter.drawRect(QRectF(QPointF(context.axis.x(part.first) + 0.5, context.area.top() + 2.5), QPointF(context.axis.x(part.second) + 0.5, context.area.bottom() - 1.5)));
    }
    static void hint(const LaneContext& context) {
        context.painter.setPen(context.colors.faint);
        context.painter.setFont(style::text(12));
        context.painter.drawText(context.area.adjusted(12, 0, 0, 0), Qt::AlignLeft | Qt::AlignVCenter, translated("K pins the pose at the playhead."));
    }
};

class FeetLane final : public Lane {
public:
    [[nodiscard]] Grip grip() const override { return Grip::Feet; }
    [[nodiscard]] QString title(const TimelineScene&) const override { return translated("Feet L / R"); }
    [[nodiscard]] QString tip() const override { return translated("Where the left foot stands (above) and the right (below). Drag to plant a foot, click a bar to free it, drag its ends to make it longer or shorter."); }
    [[nodiscard]] int height() const override { return 32; }
    void paint(const LaneContext& context, const TimelineScene& scene) const override {
        if (!scene.dance) return;
        const double middle = context.area.center().y();
        side(context, *scene.dance, 0, context.colors.green, middle - 9);
        side(context, *scene.dance, 2, context.colors.teal, middle + 2);
        if (!scene.footInHand) return;
        const auto& part = *scene.footInHand;
        const double left = context.axis.x(part.from), right = context.axis.x(part.to);
        const QRectF box(left, part.foot == 0 ? middle - 11 : middle, std::max(2.0, right - left), 11);
        QColor fill = part.stands ? context.colors.accent : context.colors.panel;
        fill.setAlphaF(part.stands ? 0.55f : 0.85f);
        context.painter.setPen(QPen(context.colors.text, 1.2, part.stands ? Qt::SolidLine : Qt::DashLine));
        context.painter.setBrush(fill);
        context.painter.drawRoundedRect(box, 4, 4);
    }

private:
    static void side(const LaneContext& context, const DanceSnapshot& dance, std::size_t first, QColor color, double top) {
        const auto& contacts = dance.dance.contacts;
        const double fps = dance.dance.clip.fps;
        const auto count = static_cast<double>(contacts.size());
        color.setAlphaF(0.8f);
        context.painter.setPen(Qt::NoPen);
        context.painter.setBrush(color);
        const auto down = [&](std::size_t f) { return contacts[f][first] || contacts[f][first + 1]; };
        const auto begin = static_cast<std::size_t>(std::clamp(context.axis.start * fps - fps, 0.0, count));
        const auto end = static_cast<std::size_t>(std::clamp(context.axis.end * fps + fps, 0.0, count));
        for (std::size_t f = begin; f < end;) {
            if (!down(f)) {
                ++f;
                continue;
            }
            std::size_t last = f;
            while (last < end && down(last)) ++last;
            const double left = context.axis.x(static_cast<double>(f) / fps), right = context.axis.x(static_cast<double>(last) / fps);
            context.painter.drawRoundedRect(QRectF(left + 0.5, top, std::max(1.0, right - left - 1), 7), 3.5, 3.5);
            f = last;
        }
    }
};

class CurveLane final : public Lane {
public:
    [[nodiscard]] QString title(const TimelineScene& scene) const override {
        return QString::fromStdString(motion::Skeleton::body().names()[static_cast<std::size_t>(scene.joint)]);
    }
    [[nodiscard]] QString subtitle(const TimelineScene&) const override { return translated("height"); }
    [[nodiscard]] QString tip() const override { return translated("How high the chosen joint is over the floor."); }
    [[nodiscard]] int height() const override { return 48; }
    [[nodiscard]] bool spare() const override { return true; }
    [[nodiscard]] int stretch() const override { return 2; }
    void paint(const LaneContext& context, const TimelineScene& scene) const override {
        if (!scene.dance || scene.dance->positions.frames() < 2) return;
        const motion::Positions& positions = scene.dance->positions;
        const auto joint = static_cast<std::size_t>(scene.joint);
        const double fps = positions.fps;
        const auto last = static_cast<double>(positions.frames() - 1);
        const auto first = std::clamp(std::floor(context.axis.start * fps), 0.0, last);
        const auto end = std::clamp(std::ceil(context.axis.end * fps), 0.0, last);
        if (end <= first) return;
        // The scale is the whole dance's, so that panning does not make the curve breathe.
        float low = positions.at(0, joint).y(), high = low;
        for (std::size_t f = 0; f < positions.frames(); f += 4) {
            low = std::min(low, positions.at(f, joint).y());
            high = std::max(high, positions.at(f, joint).y());
        }
        const double range = std::max(0.05f, high - low), height = context.area.height() - 14;
        const double step = std::max(1.0, 1.0 / (context.axis.pixelsPerSecond() / fps));
        QPainterPath path;
        for (double f = first; f <= end; f += step) {
            const auto frame = static_cast<std::size_t>(f);
            const double value = positions.at(frame, joint).y();
            const QPointF point(context.axis.x(static_cast<double>(frame) / fps), context.area.bottom() - 7 - height * (value - low) / range);
            f == first ? path.moveTo(point) : path.lineTo(point);
        }
        context.painter.setPen(QPen(context.colors.accent, 1.5));
        context.painter.setBrush(Qt::NoBrush);
        context.painter.drawPath(path);
    }
};

}  // namespace

std::unique_ptr<Lane> makeKeyLane() { return std::make_unique<KeyLane>(); }
std::unique_ptr<Lane> makeFeetLane() { return std::make_unique<FeetLane>(); }
std::unique_ptr<Lane> makeCurveLane() { return std::make_unique<CurveLane>(); }

}  // namespace choreia::ui
