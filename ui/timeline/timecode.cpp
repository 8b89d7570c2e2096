// Formatting and reading of times; counting of bars.
#include "timeline/timecode.h"

#include <QCoreApplication>
#include <QRegularExpression>

#include <algorithm>
#include <cmath>

namespace choreia::ui {

namespace {

QString timeWords(const char* text) { return QCoreApplication::translate("TransportBar", text); }

/// A moment a little beyond the end is the end: what is shown is rounded.
Written momentOf(double seconds, double duration) {
    constexpr double kRounded = 0.0006;  // s
    if (seconds > duration + kRounded) return {{}, timeWords("The song ends at %1.").arg(timeText(duration))};
    return {std::min(seconds, duration), {}};
}

}  // namespace

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

Written timeWritten(const QString& text, double duration) {
    static const QRegularExpression form(QStringLiteral("^(?:(?:([0-9]{1,3}):)?([0-9]{1,4}):)?([0-9]{1,6}(?:[.,][0-9]{0,9})?|[.,][0-9]{1,9})$"));
    const auto parts = form.match(text.trimmed());
    const double hours = parts.captured(1).toDouble(), minutes = parts.captured(2).toDouble(), seconds = parts.captured(3).replace(QLatin1Char(','), QLatin1Char('.')).toDouble();
    // After a colon there is no sixtieth minute or second.
    const bool whole = (parts.captured(2).isEmpty() || seconds < 60) && (parts.captured(1).isEmpty() || minutes < 60);
    if (!parts.hasMatch() || !whole) return {{}, timeWords("Write a time as 1:23.4, or seconds as 83.4.")};
    return momentOf(3600 * hours + 60 * minutes + seconds, duration);
}

Written barBeatWritten(const QString& text, const audio::BeatGrid& grid, double duration) {
    static const QRegularExpression form(QStringLiteral("^([0-9]{1,5})(?:[.,: ]([0-9]{1,5}))?$"));
    if (grid.beats.empty()) return {{}, timeWords("The song has no beats to count.")};
    const auto parts = form.match(text.trimmed());
    if (!parts.hasMatch()) return {{}, timeWords("Write bar and beat as 12.3, or a bar as 12.")};
    const int bar = parts.captured(1).toInt(), beat = parts.captured(2).isEmpty() ? 1 : parts.captured(2).toInt();
    if (bar == 0 && beat == 0) return {0.0, {}};
    const int bars = static_cast<int>(grid.downbeats.size());
    if (bar > bars) return {{}, timeWords("The song has %1 bars.").arg(bars)};
    constexpr double kOn = 1e-6;  // s: as barBeatAt counts
    const auto lineAfter = [&](int number) { return number < bars ? std::lower_bound(grid.beats.begin(), grid.beats.end(), grid.downbeats[static_cast<std::size_t>(number)] - kOn) : grid.beats.end(); };
    const auto first = bar == 0 ? grid.beats.begin() : lineAfter(bar - 1), end = lineAfter(bar);
    if (beat < 1 || beat > end - first) {
        if (first == end) return {{}, timeWords("The song begins with bar 1.")};
        return {{}, timeWords("Bar %1 has %2 beats, counted from 1.").arg(bar).arg(end - first)};
    }
    return momentOf(first[beat - 1], duration);
}

}  // namespace choreia::ui
