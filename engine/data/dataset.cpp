// Building the training file: read and fit every motion, hear every song once, lay them together, write group by group.
#include "data/dataset.h"

#include "core/atomic_file.h"
#include "core/log.h"
#include "core/parallel.h"
#include "data/frame_rate.h"
#include "data/group_writer.h"
#include "data/pairing.h"
#include "data/sources.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <mutex>
#include <set>

namespace choreia::data {

namespace fs = std::filesystem;

namespace {

std::string line(const char* format, auto... values) {
    char text[512];
    std::snprintf(text, sizeof text, format, values...);
    return text;
}

struct Fitting {
    std::vector<FittedMotion> motions;
    std::vector<std::string> warnings;
};

Result<Fitting> fitAll(const std::vector<fs::path>& paths, std::stop_token stop, Progress& progress) {
    std::vector<Result<std::vector<FittedMotion>>> results(paths.size(), failed("dataset build", "not read"));
    Stage stage(progress, "fitting");
    std::mutex mutex;
    std::size_t done = 0;
    parallelFor(paths.size(), [&](std::size_t i) {
        if (!stop.stop_requested()) results[i] = readAndFit(paths[i], stop);
        const std::scoped_lock lock(mutex);
        stage.update(static_cast<double>(++done), static_cast<double>(paths.size()));
    });
    if (stop.stop_requested()) return cancelled("dataset build");
    Fitting out;
    std::set<std::string> names;
    for (std::size_t i = 0; i < paths.size(); ++i) {
        if (!results[i].ok()) {
            out.warnings.push_back(results[i].error().line());
            continue;
        }
        for (auto& motion : *results[i]) {
            if (!names.insert(motion.name).second) {
                out.warnings.push_back(paths[i].string() + ": name already taken, left out: " + motion.name);
                continue;
            }
            if (const auto doubt = doubtOfFrameRate(motion.clip)) out.warnings.push_back(paths[i].string() + ": " + *doubt);
            out.motions.push_back(std::move(motion));
        }
        if (results[i]->empty()) out.warnings.push_back(paths[i].string() + ": no stretch of 3 s without a tear");
    }
    if (out.motions.empty())
        return badInput("dataset build", "no motion could be used", {}, out.warnings.empty() ? "" : out.warnings.front());
    return out;
}

/// Every song once, by path; a song that cannot be heard is a warning.
std::map<fs::path, Song> hearAll(const std::set<fs::path>& paths, std::stop_token stop, Progress& progress,
                                 std::vector<std::string>& warnings) {
    const std::vector<fs::path> list(paths.begin(), paths.end());
    std::vector<Result<Song>> heard(list.size(), failed("dataset build", "not heard"));
    Stage stage(progress, "listening");
    std::mutex mutex;
    std::size_t done = 0;
    parallelFor(list.size(), [&](std::size_t i) {
        if (!stop.stop_requested()) heard[i] = hearSong(list[i], stop);
        const std::scoped_lock lock(mutex);
        stage.update(static_cast<double>(++done), static_cast<double>(list.size()));
    });
    std::map<fs::path, Song> out;
    for (std::size_t i = 0; i < list.size(); ++i) {
        if (heard[i].ok()) {
            out.emplace(list[i], std::move(*heard[i]));
        } else if (!stop.stop_requested()) {
            warnings.push_back(heard[i].error().line());
        }
    }
    return out;
}

Group groupOf(const FittedMotion& motion) {
    Group group;
    group.name = motion.name;
    group.style = motion.source.style;
    group.source = motion.source.path.filename().string();
    group.validation = motion.source.validation;
    group.publishable = motion.source.publishable;
    group.clip = &motion.clip;
    return group;
}

Group groupOf(const FittedMotion& motion, const Pairing& pairing, const std::string& name) {
    Group group = groupOf(motion);
    group.name = name;
    group.song = pairing.song;
    group.clip = &pairing.clip;
    group.music = &pairing.music;
    group.beats = pairing.beats;
    group.tempo = pairing.tempo;
    group.warped = pairing.warped;
    group.publishable = group.publishable && pairing.freeSound;
    return group;
}

/// The other dancer of the same take: style_SUBJECT_take of the same length.
const FittedMotion* partnerOf(const std::vector<FittedMotion>& motions, std::size_t index) {
    const FittedMotion& own = motions[index];
    const auto take = [](const FittedMotion& m) {
        const auto at = m.name.rfind('_');
        return at == std::string::npos ? std::string() : m.source.style + m.name.substr(at);
    };
    for (const auto& other : motions) {
        if (&other != &own && !take(own).empty() && take(other) == take(own) && other.clip.frames() == own.clip.frames())
            return &other;
    }
    return nullptr;
}

/// All pairings of one motion, named.
std::vector<std::pair<std::string, Pairing>> pairingsOf(const FittedMotion& motion, const FittedMotion* partner,
                                                        const BuildRequest& request, const std::map<fs::path, Song>& songs,
                                                        const std::vector<const Song*>& free, OwnBeats& own) {
    std::vector<std::pair<std::string, Pairing>> out;
    own = ownBeats(motion, partner);
    const auto given = songs.find(motion.source.music);
    if (given != songs.end()) {
        Pairing pairing = pairAsGiven(motion, given->second);
        if (pairing.clip.frames() >= 60) {
            auto warped = request.warped ? warpOntoBeat(pairing) : std::nullopt;
            out.emplace_back(motion.name, std::move(pairing));
            if (warped) out.emplace_back(motion.name + "~beat", std::move(*warped));
            return out;
        }
    }
    // A stream of numbers for each motion, so that adding a file changes no other.
    std::uint64_t seed = request.seed;
    for (const char c : motion.name) seed = (seed ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
    Random random(seed);
    std::vector<const Song*> candidates = free;
    for (std::size_t k = candidates.size(); k > 1; --k) std::swap(candidates[k - 1], candidates[random.below(k)]);
    int count = 0;
    // Held-out motion is heard with songs that no training motion has.
    const int fromFree = motion.source.validation ? 0 : std::max(0, request.songsPerTake / 2);
    for (const Song* song : candidates) {
        if (count >= fromFree) break;
        if (auto pairing = pairWithSong(motion, own, *song, random))
            out.emplace_back(motion.name + "~" + std::to_string(++count), std::move(*pairing));
    }
    while (count < std::max(1, request.songsPerTake))
        out.emplace_back(motion.name + "~" + std::to_string(++count), pairWithSynth(motion, own, random));
    return out;
}

} // namespace

Result<BuildReport> buildDataset(const BuildRequest& request, std::stop_token stop, Progress& progress) {
    CHOREIA_TRY(checkWritable(request.output));
    CHOREIA_ASSIGN(const auto paths, listMotionFiles(request.from));
    CHOREIA_ASSIGN(Fitting fitting, fitAll(paths, stop, progress));
    BuildReport report;
    report.warnings = std::move(fitting.warnings);
    auto& motions = fitting.motions;
    if (request.publishable) {
        std::erase_if(motions, [](const FittedMotion& m) { return !m.source.publishable; });
        // The songs that come with motion have their own rights: our music is laid on the known beats instead.
        for (auto& m : motions) m.source.music.clear();
        if (motions.empty()) return badInput("dataset build", "no motion with a licence for publishing");
    }
    std::set<fs::path> wanted;
    if (!request.motionOnly) {
        for (const auto& motion : motions) {
            if (!motion.source.music.empty()) wanted.insert(motion.source.music);
        }
        wanted.insert(request.music.begin(), request.music.end());
    }
    const auto songs = hearAll(wanted, stop, progress, report.warnings);
    if (stop.stop_requested()) return cancelled("dataset build");
    std::vector<const Song*> free;
    for (const auto& path : request.music) {
        if (const auto it = songs.find(path); it != songs.end()) free.push_back(&it->second);
    }
    Stage stage(progress, "pairing");
    const auto write = [&](const fs::path& temporary) -> Result<void> {
        CHOREIA_ASSIGN(io::H5Writer file, io::H5Writer::create(temporary));
        CHOREIA_TRY(file.numberAttribute("/", "format_version", kTrainingFormat));
        CHOREIA_TRY(file.textAttribute("/", "kind", "choreia training motion"));
        CHOREIA_TRY(file.textListAttribute("/", "joint_names", motion::Skeleton::body().names()));
        double fitSum = 0;
        // As many motions at a time as there are threads: music features are large.
        const auto batch = static_cast<std::size_t>(std::max(1, threadCount()));
        for (std::size_t first = 0; first < motions.size(); first += batch) {
            if (stop.stop_requested()) return cancelled("dataset build");
            const std::size_t count = std::min(batch, motions.size() - first);
            std::vector<std::vector<std::pair<std::string, Pairing>>> pairings(count);
            std::vector<OwnBeats> own(count);
            if (!request.motionOnly) {
                parallelFor(count, [&](std::size_t i) {
                    pairings[i] = pairingsOf(motions[first + i], partnerOf(motions, first + i), request, songs, free, own[i]);
                });
            }
            for (std::size_t i = 0; i < count; ++i) {
                const FittedMotion& motion = motions[first + i];
                double seconds = 0;
                if (request.motionOnly) {
                    CHOREIA_TRY(writeGroup(file, groupOf(motion)));
                    seconds = motion.clip.seconds();
                    ++report.clips;
                }
                double change = 0;
                for (const auto& [name, pairing] : pairings[i]) {
                    CHOREIA_TRY(writeGroup(file, groupOf(motion, pairing, name)));
                    seconds += pairing.clip.seconds();
                    change += pairing.meanSpeedChange / static_cast<double>(pairings[i].size());
                    ++report.clips;
                }
                report.seconds += seconds;
                fitSum += motion.fitCm;
                report.worstFitCm = std::max(report.worstFitCm, motion.fitCm);
                report.lines.push_back(line("%-32s %-10s %-5s %6.1f s  fit %.2f cm (worst point %.2f)  tempo %.1f (%.2f)  %zu "
                                            "pairings, speed change %.0f%%",
                                            motion.name.c_str(), motion.source.style.c_str(),
                                            motion.source.validation ? "val" : "train", motion.clip.seconds(), motion.fitCm,
                                            motion.worstCm, own[i].tempo, own[i].confidence, pairings[i].size(), 100 * change));
            }
            stage.update(static_cast<double>(first + count), static_cast<double>(motions.size()));
        }
        report.meanFitCm = fitSum / static_cast<double>(motions.size());
        return file.close();
    };
    CHOREIA_TRY(replaceFile(request.output, write));
    return report;
}

} // namespace choreia::data
