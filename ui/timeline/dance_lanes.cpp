// What is danced: tokens, key poses, foot contacts, the curve of the chosen joint.
#include "timeline/lane.h"

#include "motion/skeleton.h"

#include <QPainterPath>

#include <algorithm>
#include <cmath>

namespace choreia::ui {

namespace {

/// Seven quiet hues; the same code always has the same one.
QColor codeColor(std::int64_t code, const style::Colors& colors) {
    const QColor hues[] = {colors.accent, colors.song, colors.gold, QColor(0xd0, 0x62, 0xa4), colors.teal, colors.green, colors.violet};
    const auto index = (static_cast<std::uint64_t>(code) * 0x9e3779b97f4a7c15ULL >> 33) % std::size(hues);
    const QColor& hue = hues[index];
    const QColor& ground = colors.panel;
    const auto mix = [](int a, int b) { return (a * 52 + b * 48) / 100; };
    return QColor(mix(hue.red(), ground.red()), mix(hue.green(), ground.green()), mix(hue.blue(), ground.blue()));
}

class TokenLane final : public Lane {
public:
    [[nodiscard]] Grip grip() const override { return Grip::Range; }
    [[nodiscard]] QString title(const TimelineScene& scene) const override {
        return scene.dance ? QString::fromStdString(scene.dance->dance.name) : translated("Dancer");
    }
    [[nodiscard]] QString subtitle(const TimelineScene&) const override { return translated("upper / lower"); }
    [[nodiscard]] int height() const override { return 60; }
    void paint(const LaneContext& context, const TimelineScene& scene) const override {
        if (!scene.dance) {
            context.painter.setPen(context.colors.faint);
            context.painter.setFont(style::text(13));
            const QString hint = scene.song ? translated("No dance yet. Press Generate dance.") : QString();
            context.painter.drawText(context.area.adjusted(12, 0, 0, 0), Qt::AlignLeft | Qt::AlignVCenter, hint);
            return;
        }
        const auto& tokens = scene.dance->dance.tokens;
        const auto& names = scene.dance->dance.blocks;
        const double gap = 2, edge = 0.12 * context.area.height(), top = context.area.top() + (names.empty() ? edge : kNames), bottom = context.area.bottom() - edge;
        const double high = (bottom - top - gap) / 2;
        row(context, tokens, tokens.upper, QRectF(context.area.left(), top, context.area.width(), high));
        row(context, tokens, tokens.lower, QRectF(context.area.left(), bottom - high, context.area.width(), high));
        blocks(context, names, scene.state ? scene.state->duration : scene.dance->dance.clip.seconds(), bottom);
    }

private:
    static constexpr double kNames = 19;  // pixels above the tokens, where there are blocks: under a selection's outline

    /// A line where each begins and its name over it, as far as there is room.
    static void blocks(const LaneContext& context, const std::vector<io::Block>& all, double duration, double bottom) {
        QPainter& painter = context.painter;
        painter.setFont(style::text(11));
        for (std::size_t i = 0; i < all.size(); ++i) {
            const double left = context.axis.x(all[i].start), right = context.axis.x(i + 1 < all.size() ? all[i + 1].start : duration);
            if (right < context.area.left() || left > context.area.right()) continue;
            QColor line = context.colors.text;
            line.setAlphaF(0.8f);
            if (i > 0) painter.fillRect(QRectF(left - 0.75, context.area.top() + 3, 1.5, bottom - context.area.top() - 3), line);
            const QRectF room(QPointF(std::max(left, context.area.left()) + 5, context.area.top() + 5), QPointF(right - 4, context.area.top() + kNames));
            if (room.width() < 14) continue;
            painter.setPen(i > 0 ? context.colors.text : context.colors.dim);
            painter.drawText(room, Qt::AlignLeft | Qt::AlignVCenter, painter.fontMetrics().elidedText(QString::fromStdString(all[i].name), Qt::ElideRight, static_cast<int>(room.width())));
        }
    }
    /// The end of the last token counts on from where it begins: counted in beats, tokens are not 1 / tokensPerSecond apart.
    static double startOf(const io::TokenTrack& tokens, std::size_t i) {
        const std::size_t known = tokens.times.size();
        if (i < known) return tokens.times[i];
        return (known > 0 ? tokens.times.back() : -1 / tokens.tokensPerSecond) + static_cast<double>(i + 1 - known) / tokens.tokensPerSecond;
    }
    /// Equal codes in a row are one block. Zoomed out, neighbours are drawn as one until it is wide enough to see, in the colour of the
    /// code that lasts longest in it: a calm picture at every zoom, and true when zoomed in.
    static void row(const LaneContext& context, const io::TokenTrack& tokens, const std::vector<std::int64_t>& codes, const QRectF& area) {
        constexpr double kNarrowest = 9;  // pixels
        context.painter.setFont(style::mono(10));
        std::size_t i = 0;
        while (i < codes.size()) {
            const double left = context.axis.x(startOf(tokens, i));
            if (left > area.right()) break;
            double right = left, longest = 0;
            std::int64_t code = codes[i];
            int runs = 0;
            while (i < codes.size() && right - left < kNarrowest) {
                std::size_t next = i + 1;
                while (next < codes.size() && codes[next] == codes[i]) ++next;
                const double end = context.axis.x(startOf(tokens, next));
                if (end - right > longest) {
                    longest = end - right;
                    code = codes[i];
                }
                right = end;
                i = next;
                ++runs;
            }
            if (right < area.left()) continue;
            block(context, QRectF(QPointF(left + 0.75, area.top()), QPointF(right - 0.75, area.bottom())), area.left(), code, runs == 1);
        }
    }
    static void block(const LaneContext& context, const QRectF& box, double edge, std::int64_t code, bool single) {
        QPainter& painter = context.painter;
        painter.setPen(Qt::NoPen);
        painter.setBrush(codeColor(code, context.colors));
        painter.drawRoundedRect(box, 3, 3);
        if (!single) return;
        const QString text = QString::number(code);
        const QRectF room = box.adjusted(std::max(4.0, edge - box.left() + 4), 0, -2, 0);
        if (room.width() < painter.fontMetrics().horizontalAdvance(text)) return;
        painter.setPen(context.colors.text);
        painter.drawText(room, Qt::AlignLeft | Qt::AlignVCenter, text);
    }
};

class KeyLane final : public Lane {
public:
    [[nodiscard]] Grip grip() const override { return Grip::Key; }
    [[nodiscard]] QString title(const TimelineScene&) const override { return translated("Key poses"); }
    [[nodiscard]] int height() const override { return 32; }
    void paint(const LaneContext& context, const TimelineScene& scene) const override {
        if (!scene.dance) return;
        const double y = context.area.center().y();
        auto keys = scene.dance->dance.keys;
        std::size_t inHand = keys.size();
        for (std::size_t i = 0; i < keys.size(); ++i)
            if (scene.chosenKey && std::abs(keys[i].time - *scene.chosenKey) < 1e-6) {
                keys[i].time += scene.keyShift;
                inHand = i;
            }
        if (keys.empty()) hint(context);
        if (inHand < keys.size() && scene.falloff > 0) {  // how far a change of this pose reaches
            const double from = context.axis.x(keys[inHand].time - scene.falloff), to = context.axis.x(keys[inHand].time + scene.falloff);
            QLinearGradient fade(from, 0, to, 0);
            QColor none = context.colors.gold, full = none;
            none.setAlphaF(0.0f);
            full.setAlphaF(0.30f);
            fade.setColorAt(0, none);
            fade.setColorAt(0.5, full);
            fade.setColorAt(1, none);
            context.painter.fillRect(QRectF(from, context.area.top() + 4, to - from, context.area.height() - 8), fade);
        }
        QColor link = context.colors.gold;
        link.setAlphaF(0.6f);
        for (std::size_t i = 0; i + 1 < keys.size(); ++i) {
            if (!keys[i].pinned || !keys[i + 1].pinned) continue;
            context.painter.setPen(QPen(link, 1));
            context.painter.drawLine(QLineF(context.axis.x(keys[i].time), y, context.axis.x(keys[i + 1].time), y));
        }
        context.painter.setPen(Qt::NoPen);
        for (std::size_t i = 0; i < keys.size(); ++i) {
            const double x = context.axis.x(keys[i].time);
            if (x < context.area.left() - 10 || x > context.area.right() + 10) continue;
            context.painter.setPen(i == inHand ? QPen(context.colors.text, 2) : QPen(Qt::NoPen));
            context.painter.setBrush(keys[i].pinned ? context.colors.gold : context.colors.text);
            const double size = i == inHand ? 9 : 8;
            context.painter.drawPolygon(QPolygonF{{x, y - size}, {x + size - 0.5, y}, {x, y + size}, {x - size + 0.5, y}});
        }
    }

private:
    static void hint(const LaneContext& context) {
        context.painter.setPen(context.colors.faint);
        context.painter.setFont(style::text(12));
        context.painter.drawText(context.area.adjusted(12, 0, 0, 0), Qt::AlignLeft | Qt::AlignVCenter, translated("K pins the pose at the playhead."));
    }
};

class FeetLane final : public Lane {
public:
    [[nodiscard]] QString title(const TimelineScene&) const override { return translated("Feet L / R"); }
    [[nodiscard]] int height() const override { return 32; }
    void paint(const LaneContext& context, const TimelineScene& scene) const override {
        if (!scene.dance) return;
        const double middle = context.area.center().y();
        side(context, *scene.dance, 0, context.colors.green, middle - 9);
        side(context, *scene.dance, 2, context.colors.teal, middle + 2);
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
    [[nodiscard]] int height() const override { return 48; }
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

std::unique_ptr<Lane> makeTokenLane() { return std::make_unique<TokenLane>(); }
std::unique_ptr<Lane> makeKeyLane() { return std::make_unique<KeyLane>(); }
std::unique_ptr<Lane> makeFeetLane() { return std::make_unique<FeetLane>(); }
std::unique_ptr<Lane> makeCurveLane() { return std::make_unique<CurveLane>(); }

}  // namespace choreia::ui
