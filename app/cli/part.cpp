// Rows and times cut and shifted.
#include "cli/part.h"

#include <algorithm>
#include <cmath>

namespace choreia::cli {

namespace {

std::vector<double> within(const std::vector<double>& times, double start, double length) {
    std::vector<double> kept;
    for (const double time : times)
        if (time >= start && time < start + length) kept.push_back(time - start);
    return kept;
}

}  // namespace

audio::Analysis partOf(const audio::Analysis& whole, double start, double length) {
    audio::Analysis part = whole;
    part.duration = std::min(length, whole.duration - start);
    part.grid.beats = within(whole.grid.beats, start, length);
    part.grid.downbeats = within(whole.grid.downbeats, start, length);
    part.sections.clear();
    for (const audio::Section& section : whole.sections) {
        const double from = std::max(section.start, start) - start, to = std::min(section.end, start + length) - start;
        if (to > from) part.sections.push_back({from, to, section.label});
    }
    const Table& table = whole.features;
    const auto first = std::min(table.rows, static_cast<std::size_t>(std::llround(start * 60)));
    const auto rows = std::min(table.rows - first, static_cast<std::size_t>(std::floor(part.duration * 60)) + 1);
    part.features = Table(rows, table.columns);
    std::copy_n(table.values.begin() + static_cast<std::ptrdiff_t>(first * table.columns), rows * table.columns, part.features.values.begin());
    return part;
}

io::GenerateSettings settingsFrom(io::GenerateSettings settings, double start) {
    // What holds at the start holds from 0 on.
    auto& energy = settings.energyCourse;
    for (std::size_t i = 0; i + 1 < energy.size(); ++i) {
        const io::EnergyPoint a = energy[i], b = energy[i + 1];
        if (a.time < start && b.time > start) energy[i] = {start, a.value + (b.value - a.value) * (start - a.time) / (b.time - a.time)};
    }
    for (auto& point : energy) point.time = std::max(0.0, point.time - start);
    auto& styles = settings.styleCourse;
    for (auto& change : styles) change.time = std::max(0.0, change.time - start);
    while (energy.size() > 1 && energy[1].time <= 0) energy.erase(energy.begin());
    while (styles.size() > 1 && styles[1].time <= 0) styles.erase(styles.begin());
    return settings;
}

io::Dance placeInSong(const io::Dance& part, double start, double songSeconds) {
    io::Dance whole = part;
    const motion::Clip& clip = part.clip;
    const auto before = static_cast<std::size_t>(std::llround(start * clip.fps));
    const auto total = std::max(before + clip.frames(), static_cast<std::size_t>(std::llround(songSeconds * clip.fps)));
    whole.clip.root.clear();
    whole.clip.rotations.clear();
    whole.contacts.clear();
    for (std::size_t frame = 0; frame < total; ++frame) {
        const std::size_t source = std::min(frame < before ? 0 : frame - before, clip.frames() - 1);
        whole.clip.root.push_back(clip.root[source]);
        const auto pose = clip.pose(source);
        whole.clip.rotations.insert(whole.clip.rotations.end(), pose.begin(), pose.end());
        if (source < part.contacts.size()) whole.contacts.push_back(part.contacts[source]);
    }
    for (double& time : whole.tokens.times) time += start;
    for (io::KeyPose& key : whole.keys) key.time += start;
    for (io::EnergyPoint& point : whole.settings.energyCourse) point.time += start;
    for (io::StyleChange& change : whole.settings.styleCourse) change.time += start;
    return whole;
}

}  // namespace choreia::cli
