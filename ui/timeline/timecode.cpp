// Formatting of times; counting of bars.
#include "timeline/timecode.h"

#include <algorithm>
#include <cmath>

namespace choreia::ui {

QString timeText(double seconds) {
    const qint64 total = std::llround(std::max(0.0, seconds) * 1000);
    return QStringLiteral("%1:%2.%3").arg(total / 60000).arg(total / 1000 % 60, 2, 10, QLatin1Char('0')).arg(total % 1000, 3, 10, QLatin1Char('0'));
}

QString leftText(double seconds) {
    if (seconds < 0) return {};
    const qint64 total = std::llround(std::ceil(seconds));
    if (total >= 3600)
        return QStringLiteral("%1:%2:%3").arg(total / 3600).arg(total / 60 % 60, 2, 10, QLatin1Char('0')).arg(total % 60, 2, 10, QLatin1Char('0'));
    return QStringLiteral("%1:%2").arg(total / 60).arg(total % 60, 2, 10, QLatin1Char('0'));
}

QString barBeatText(const audio::BeatGrid& grid, double seconds) {
    if (grid.beats.empty()) return {};
    const BarBeat at = barBeatAt(grid, seconds);
    return QStringLiteral("%1.%2").arg(at.bar).arg(at.beat);
}

}  // namespace choreia::ui
