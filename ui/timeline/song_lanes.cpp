// What was heard: sections, bar numbers, waveform.
#include "timeline/lane.h"
#include "timeline/marker_flags.h"
#include "timeline/spectrogram.h"

#include <QFileInfo>

#include <algorithm>
#include <cmath>
#include <map>

namespace choreia::ui {

namespace {

class SectionLane final : public Lane {
public:
    [[nodiscard]] QString tip() const override { return translated("Sections of the song, the loudest with a meter. Drag to scrub."); }
    [[nodiscard]] int height() const override { return 24; }
    [[nodiscard]] bool ruled() const override { return false; }
    void paint(const LaneContext& context, const TimelineScene& scene) const override {
        const QColor hues[] = {context.colors.violet, context.colors.teal, context.colors.gold, context.colors.song, context.colors.green};
        std::map<std::string, std::size_t> order;  // the first label heard takes the first colour
        QPainter& painter = context.painter;
        painter.setFont(style::text(11, QFont::DemiBold));
        for (const auto& section : scene.state->sections) {
            const std::size_t index = order.try_emplace(section.label, order.size()).first->second;
            const QRectF box(QPointF(context.axis.x(section.start) + 0.5, context.area.top() + 4),
                             QPointF(context.axis.x(section.end) - 1.5, context.area.bottom() - 4));
            if (box.right() < context.area.left() || box.left() > context.area.right()) continue;
            QColor fill = hues[index % std::size(hues)];
            fill.setAlphaF(section.loudest ? 0.52f : 0.26f);
            painter.setPen(Qt::NoPen);
            painter.setBrush(fill);
            painter.drawRoundedRect(box, 3, 3);
            painter.setPen(context.colors.text);
            const QRectF label = box.adjusted(std::max(0.0, context.area.left() - box.left()) + 8, 0, -4, 0);
            if (label.width() > 8) painter.drawText(label, Qt::AlignLeft | Qt::AlignVCenter, QString::fromStdString(section.label));
            // The loudest parts carry a small level meter too: colour alone would not tell everybody.
            if (section.loudest && label.width() > 34)
                for (int bar = 0; bar < 3; ++bar) {
                    const double height = 4.0 + 3.0 * bar;
                    painter.fillRect(QRectF(label.left() + 14 + 4 * bar, box.center().y() + 5 - height, 2.5, height), context.colors.text);
                }
        }
    }
};

class BarLane final : public Lane {
public:
    [[nodiscard]] Grip grip() const override { return Grip::Range; }
    [[nodiscard]] QString tip() const override { return translated("Bars of the song. Drag to choose a part of it, Esc lets it go."); }
    [[nodiscard]] int height() const override { return 24; }
    [[nodiscard]] bool ruled() const override { return false; }
    void paint(const LaneContext& context, const TimelineScene& scene) const override {
        QPainter& painter = context.painter;
        painter.setFont(style::mono(11));
        painter.setPen(context.colors.faint);
        const auto& downbeats = scene.state->grid.downbeats;
        if (downbeats.empty()) return paintSeconds(context);
        double free = -1e9;  // numbers that would overlap are left out
        for (std::size_t i = 0; i < downbeats.size(); ++i) {
            const double x = context.axis.x(downbeats[i]);
            if (x < context.area.left() - 40 || x > context.area.right()) continue;
            if (x < free) continue;
            const QString number = QString::number(i + 1);
            painter.drawText(QRectF(x + 5, context.area.top(), 60, context.area.height()), Qt::AlignLeft | Qt::AlignVCenter, number);
            free = x + 22 + 7.0 * static_cast<double>(number.size());
        }
    }

private:
    static void paintSeconds(const LaneContext& context) {
        double step = 1;
        for (const double next : {1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 300.0, 600.0}) {
            step = next;
            if (step * context.axis.pixelsPerSecond() >= 64) break;
        }
        for (double t = std::ceil(context.axis.start / step) * step; t <= context.axis.end; t += step) {
            const auto total = static_cast<int>(std::lround(t));
            context.painter.drawText(QRectF(context.axis.x(t) + 5, context.area.top(), 60, context.area.height()),
                                     Qt::AlignLeft | Qt::AlignVCenter,
                                     QStringLiteral("%1:%2").arg(total / 60).arg(total % 60, 2, 10, QLatin1Char('0')));
        }
    }
};

class WaveLane final : public Lane {
public:
    [[nodiscard]] Grip grip() const override { return Grip::Song; }
    [[nodiscard]] QString title(const TimelineScene&) const override { return translated("Song"); }
    [[nodiscard]] QString subtitle(const TimelineScene& scene) const override {
        return scene.state->songPath.empty() ? QString() : QFileInfo(QString::fromStdString(scene.state->songPath)).fileName();
    }
    [[nodiscard]] QString tip() const override { return translated("Drag to scrub; Shift-drag marks the loop, whose ends can be dragged. M sets a marker at the playhead."); }
    [[nodiscard]] int height() const override { return 72; }
    [[nodiscard]] int stretch() const override { return 3; }
    [[nodiscard]] bool ruled() const override { return false; }
    void paint(const LaneContext& context, const TimelineScene& scene) const override {
        if (scene.spectrogram) {
            spectrum(context, scene, 0.5);
            frequencies(context);
        } else {
            wave(context, scene, 0.38f, 0.30f);
        }
        paintMarkers(context, scene);
    }
    void paintPlayed(const LaneContext& context, const TimelineScene& scene) const override {
        if (scene.spectrogram) {
            spectrum(context, scene, 1);
            frequencies(context);
        } else {
            wave(context, scene, 0.72f, 1.0f);
        }
        paintMarkers(context, scene);
    }

private:
    static QRectF spectrumArea(const QRectF& lane) { return lane.adjusted(0, 2, 0, -2); }

    void spectrum(const LaneContext& context, const TimelineScene& scene, double opacity) const {
        if (!scene.song) return;
        if (of_.lock() != scene.song) {  // built once a song, when it is first looked at
            spectrogram_ = Spectrogram::build(scene.song->analysis.features);
            of_ = scene.song;
        }
        const QRectF area = spectrumArea(context.area);
        const int columns = std::max(1, static_cast<int>(area.width() * context.painter.device()->devicePixelRatioF()));
        const QImage picture = spectrogram_.picture(context.axis.seconds(area.left()), context.axis.seconds(area.right()), columns, style::theme());
        context.painter.save();
        context.painter.setRenderHint(QPainter::SmoothPixmapTransform);
        context.painter.setOpacity(opacity);
        context.painter.drawImage(area, picture);
        context.painter.restore();
    }

    /// A few frequencies at the lane's left edge.
    static void frequencies(const LaneContext& context) {
        const QRectF area = spectrumArea(context.area);
        if (area.height() < 44) return;
        context.painter.setFont(style::mono(10));
        for (const auto& [hz, words] : {std::pair{200.0, QStringLiteral("200")}, std::pair{1000.0, QStringLiteral("1k")}, std::pair{5000.0, QStringLiteral("5k")}}) {
            const double y = area.bottom() - area.height() * Spectrogram::heightOf(hz);
            const QRectF place(area.left() + 6, y - 7, 34, 14);
            QColor back = context.colors.background;
            back.setAlphaF(0.72f);
            context.painter.setPen(Qt::NoPen);
            context.painter.setBrush(back);
            context.painter.drawRoundedRect(QRectF(place.left() - 2, place.top(), 8 + 6.5 * static_cast<double>(words.size()), place.height()), 3, 3);
            context.painter.setPen(context.colors.dim);
            context.painter.drawText(place.adjusted(2, 0, 0, 0), Qt::AlignLeft | Qt::AlignVCenter, words);
        }
    }

    static void wave(const LaneContext& context, const TimelineScene& scene, float outer, float inner) {
        if (!scene.song) return;
        const Peaks& peaks = scene.song->peaks;
        const double loudest = std::max(0.05f, peaks.loudest());
        const double middle = context.area.center().y(), half = context.area.height() / 2 - 4;
        QColor shell = context.colors.song, core = context.colors.song;
        shell.setAlphaF(outer);
        core.setAlphaF(inner);
        QVector<QLineF> shells, cores;
        const int from = static_cast<int>(context.area.left()), to = static_cast<int>(context.area.right());
        shells.reserve(to - from);
        cores.reserve(to - from);
        for (int x = from; x < to; ++x) {
            const double begin = context.axis.seconds(x), end = context.axis.seconds(x + 1);
            if (end < 0 || begin > peaks.seconds()) continue;
            const PeakRange peak = peaks.range(begin, end);
            shells.append(QLineF(x + 0.5, middle - half * peak.high / loudest - 0.5, x + 0.5, middle - half * peak.low / loudest + 0.5));
            cores.append(QLineF(x + 0.5, middle - half * peak.rms / loudest, x + 0.5, middle + half * peak.rms / loudest));
        }
        context.painter.setPen(QPen(shell, 1));
        context.painter.drawLines(shells);
        context.painter.setPen(QPen(core, 1));
        context.painter.drawLines(cores);
    }

    mutable Spectrogram spectrogram_;
    mutable std::weak_ptr<const LoadedSong> of_;
};

}  // namespace

std::unique_ptr<Lane> makeSectionLane() { return std::make_unique<SectionLane>(); }
std::unique_ptr<Lane> makeBarLane() { return std::make_unique<BarLane>(); }
std::unique_ptr<Lane> makeWaveLane() { return std::make_unique<WaveLane>(); }

std::vector<std::unique_ptr<Lane>> makeLanes(std::size_t dances, std::size_t chosen) {
    std::vector<std::unique_ptr<Lane>> lanes;
    for (auto* make : {makeSectionLane, makeBarLane, makeWaveLane, makeCourseLane}) lanes.push_back(make());
    for (std::size_t dancer = 0; dancer < std::max<std::size_t>(1, dances); ++dancer) {
        if (dances > 1 && dancer != chosen) {
            lanes.push_back(makeOtherDanceLane(dancer));
            continue;
        }
        lanes.push_back(makeDanceLane(dancer));
        lanes.push_back(makeKeyLane());
        lanes.push_back(makeFeetLane());
    }
    lanes.push_back(makeCurveLane());
    return lanes;
}

}  // namespace choreia::ui
