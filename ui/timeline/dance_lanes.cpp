// What is danced: a lane a dancer, the chosen one's with its blocks and tokens.
#include "timeline/lane.h"

#include "choreo/seams.h"
#include "style/dancer_color.h"

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

QString nameOf(const TimelineScene& scene, std::size_t dancer) {
    return scene.state && dancer < scene.state->dances.size() ? QString::fromStdString(scene.state->dances[dancer].snapshot->dance.name) : translated("Dancer");
}

class DanceLane final : public Lane {
public:
    explicit DanceLane(std::size_t dancer) : dancer_(dancer) {}
    [[nodiscard]] Grip grip() const override { return Grip::Dance; }
    [[nodiscard]] std::optional<std::size_t> dancer() const override { return dancer_; }
    [[nodiscard]] QString title(const TimelineScene& scene) const override { return nameOf(scene, dancer_); }
    [[nodiscard]] QString subtitle(const TimelineScene&) const override { return translated("upper / lower"); }
    [[nodiscard]] QString tip() const override {
        return translated("Movement of the upper and the lower body. Drag to choose a part, double-click to choose a block; drag a block's beginning to trim it, the foot of a seam to blend it.");
    }
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
        auto names = scene.dance->dance.blocks;
        if (scene.trim)
            for (io::Block& block : names)
                if (std::abs(block.start - scene.trim->first) < 1e-6) block.start = scene.trim->second;
        const double gap = 2, edge = 0.12 * context.area.height(), top = context.area.top() + (names.empty() ? edge : kBlockNames), bottom = context.area.bottom() - edge;
        const double high = (bottom - top - gap) / 2;
        row(context, tokens, tokens.upper, QRectF(context.area.left(), top, context.area.width(), high));
        row(context, tokens, tokens.lower, QRectF(context.area.left(), bottom - high, context.area.width(), high));
        blocks(context, names, scene.state ? scene.state->duration : scene.dance->dance.clip.seconds(), bottom);
        for (std::size_t i = 1; i < names.size(); ++i) {
            const io::Seam* seam = choreo::seamAt(scene.dance->dance, names[i].start);
            const bool inHand = scene.fadeInHand && std::abs(scene.fadeInHand->at - names[i].start) < 1e-6;
            if (choreo::isSeam(scene.dance->dance, names[i].start)) fade(context, names[i].start, inHand ? scene.fadeInHand->seconds : seam ? seam->fade : 0, QRectF(context.area.left(), top, context.area.width(), bottom - top), inHand);
        }
    }

    /// Equal codes in a row are one block. Zoomed out, neighbours are drawn as one until it is wide enough to see, in the colour of the
    /// code that lasts longest in it: a calm picture at every zoom, and true when zoomed in.
    static void row(const LaneContext& context, const io::TokenTrack& tokens, const std::vector<std::int64_t>& codes, const QRectF& area, bool named = true) {
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
            block(context, QRectF(QPointF(left + 0.75, area.top()), QPointF(right - 0.75, area.bottom())), area.left(), code, named && runs == 1);
        }
    }

private:
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
            const QRectF room(QPointF(std::max(left, context.area.left()) + 5, context.area.top() + 5), QPointF(right - 4, context.area.top() + kBlockNames));
            if (room.width() < 14) continue;
            painter.setPen(i > 0 ? context.colors.text : context.colors.dim);
            painter.drawText(room, Qt::AlignLeft | Qt::AlignVCenter, painter.fontMetrics().elidedText(QString::fromStdString(all[i].name), Qt::ElideRight, static_cast<int>(room.width())));
        }
    }
    /// The stretch over which two blocks are blended: a cross, as in film; without one a small bow to draw it by, at the lane's foot.
    static void fade(const LaneContext& context, double at, double seconds, const QRectF& rows, bool inHand) {
        QPainter& painter = context.painter;
        const double x = context.axis.x(at), half = 0.5 * seconds * context.axis.pixelsPerSecond();
        if (x + half < context.area.left() || x - half > context.area.right()) return;
        const QColor ink = style::theme() == style::Theme::Dark ? QColor(0xff, 0xff, 0xff) : context.colors.text;
        const double foot = context.area.bottom() - 0.5 * fadeStrip(context.area);
        if (half < 3) {
            painter.setPen(QPen(context.colors.background, 1));
            painter.setBrush(inHand ? ink : context.colors.text);
            painter.drawPolygon(QPolygonF{{x - 6, foot - 4}, {x, foot}, {x - 6, foot + 4}});
            painter.drawPolygon(QPolygonF{{x + 6, foot - 4}, {x, foot}, {x + 6, foot + 4}});
            return;
        }
        const QRectF box(QPointF(x - half, rows.top()), QPointF(x + half, rows.bottom()));
        QColor shade = context.colors.background;
        shade.setAlphaF(inHand ? 0.62f : 0.5f);
        painter.setPen(QPen(ink, 1.4, inHand ? Qt::DashLine : Qt::SolidLine));
        painter.setBrush(shade);
        painter.drawRect(box);
        painter.drawLine(box.topLeft(), box.bottomRight());
        painter.drawLine(box.bottomLeft(), box.topRight());
        painter.setPen(QPen(context.colors.background, 1));
        painter.setBrush(ink);
        for (const double side : {-1.0, 1.0}) painter.drawRoundedRect(QRectF(x + side * half - 3, foot - 5, 6, 10), 2, 2);
    }
    /// The end of the last token counts on from where it begins: counted in beats, tokens are not 1 / tokensPerSecond apart.
    static double startOf(const io::TokenTrack& tokens, std::size_t i) {
        const std::size_t known = tokens.times.size();
        if (i < known) return tokens.times[i];
        return (known > 0 ? tokens.times.back() : -1 / tokens.tokensPerSecond) + static_cast<double>(i + 1 - known) / tokens.tokensPerSecond;
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

    std::size_t dancer_;
};

/// Another dancer's lane: the movement of the upper body in muted blocks, where it is cut, and what is held.
class OtherDanceLane final : public Lane {
public:
    explicit OtherDanceLane(std::size_t dancer) : dancer_(dancer) {}
    [[nodiscard]] Grip grip() const override { return Grip::Dance; }
    [[nodiscard]] std::optional<std::size_t> dancer() const override { return dancer_; }
    [[nodiscard]] QString title(const TimelineScene& scene) const override { return nameOf(scene, dancer_); }
    [[nodiscard]] QString tip() const override { return translated("Click to choose this dancer."); }
    [[nodiscard]] int height() const override { return 20; }
    [[nodiscard]] bool rigid() const override { return true; }
    void paint(const LaneContext& context, const TimelineScene& scene) const override {
        if (!scene.state || dancer_ >= scene.state->dances.size()) return;
        const io::Dance& dance = scene.state->dances[dancer_].snapshot->dance;
        QPainter& painter = context.painter;
        const QRectF area = context.area.adjusted(0, 4, 0, -3);
        painter.setOpacity(0.55);
        DanceLane::row(context, dance.tokens, dance.tokens.upper, area, false);
        painter.setOpacity(1);
        if (dance.tokens.upper.empty()) {  // taken from a file: there are no tokens, but there is a dance
            QColor fill = style::dancerColor(dancer_);
            fill.setAlphaF(0.25f);
            painter.fillRect(QRectF(QPointF(context.axis.x(0), area.top()), QPointF(context.axis.x(dance.clip.seconds()), area.bottom())), fill);
        }
        for (std::size_t i = 1; i < dance.blocks.size(); ++i) painter.fillRect(QRectF(context.axis.x(dance.blocks[i].start) - 0.75, area.top() - 2, 1.5, area.height() + 4), context.colors.dim);
        painter.setPen(QPen(context.colors.background, 1));
        painter.setBrush(context.colors.gold);
        double free = -1e9;  // those that would lie on each other are drawn once
        for (const io::KeyPose& key : dance.keys) {
            const double x = context.axis.x(key.time), y = area.center().y();
            if (x < context.area.left() - 6 || x > context.area.right() + 6 || x < free) continue;
            painter.drawPolygon(QPolygonF{{x, y - 4.5}, {x + 4.5, y}, {x, y + 4.5}, {x - 4.5, y}});
            free = x + 2;
        }
    }

private:
    std::size_t dancer_;
};

}  // namespace

std::unique_ptr<Lane> makeDanceLane(std::size_t dancer) { return std::make_unique<DanceLane>(dancer); }
std::unique_ptr<Lane> makeOtherDanceLane(std::size_t dancer) { return std::make_unique<OtherDanceLane>(dancer); }

}  // namespace choreia::ui
