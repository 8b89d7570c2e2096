// How well beats are heard in songs with known beats, and the fit of the tracker's weights to them.
//
//   choreia-beats-bench FOLDER|SONG...          figures for every song: F-measure at 70 ms, tempo, metre, seconds of work
//   choreia-beats-bench --fit ROUNDS FOLDER...  random search over BeatTuning, prints the best found
//   choreia-beats-bench --demo OUT.wav OUT.beats  writes the bundled demo track; resources/demo_track.ogg is that file through
//                                               ffmpeg -c:a libopus -b:a 96k
//
// A song's beats are beside it: NAME.beats (one time a line), or NAME.h5 with beat_times_s and music_offset_s. Songs without are
// only heard.
#include "audio/analysis.h"
#include "audio/beat_tracker.h"
#include "audio/resample.h"
#include "audio/synth.h"
#include "core/atomic_file.h"
#include "core/parallel.h"
#include "core/random.h"
#include "io/hdf5.h"
#include "io/media.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

using namespace choreia;
namespace fs = std::filesystem;

namespace {

struct Reference {
    std::vector<double> beats;
    int beatsPerBar = 0; // 0: not known
};

Reference referenceOf(const fs::path& song) {
    Reference reference;
    fs::path text = song, motion = song;
    text.replace_extension(".beats");
    motion.replace_extension(".h5");
    if (std::ifstream file(text); file) {
        for (double t = 0; file >> t;) reference.beats.push_back(t);
    } else if (fs::exists(motion)) {
        auto reader = io::H5Reader::open(motion);
        if (!reader.ok()) return reference;
        auto beats = reader->readDoubles("beat_times_s");
        if (!beats.ok()) return reference;
        const auto offset = reader->numberAttribute("/", "music_offset_s");
        for (double t : *beats) reference.beats.push_back(t + (offset.ok() ? *offset : 0.0));
        if (const auto bar = reader->numberAttribute("/", "beats_per_bar"); bar.ok())
            reference.beatsPerBar = static_cast<int>(*bar);
    }
    return reference;
}

/// F-measure at 70 ms over the stretch that the reference covers, from 5 s on where it is long enough.
double score(const std::vector<double>& reference, const std::vector<double>& found) {
    if (reference.empty()) return 0;
    const double from = reference.back() > 8 ? 5 : 0;
    std::vector<double> r, f;
    for (double t : reference)
        if (t >= from) r.push_back(t);
    for (double t : found)
        if (t >= r.front() - 0.35 && t <= r.back() + 0.35) f.push_back(t);
    std::size_t i = 0, j = 0, hits = 0;
    while (i < r.size() && j < f.size()) {
        if (std::abs(r[i] - f[j]) <= 0.07) {
            ++hits;
            ++i;
            ++j;
        } else if (r[i] < f[j])
            ++i;
        else
            ++j;
    }
    return 2.0 * static_cast<double>(hits) / static_cast<double>(r.size() + f.size());
}

double tempoOf(const std::vector<double>& beats) {
    return beats.size() < 2 ? 0 : 60 * static_cast<double>(beats.size() - 1) / (beats.back() - beats.front());
}

std::vector<fs::path> songsIn(const std::vector<std::string>& arguments) {
    constexpr std::array<const char*, 8> kKinds{".opus", ".ogg", ".wav", ".mp3", ".flac", ".m4a", ".mp4", ".webm"};
    std::vector<fs::path> songs;
    for (const std::string& argument : arguments) {
        if (!fs::is_directory(argument)) {
            songs.emplace_back(argument);
            continue;
        }
        for (const auto& entry : fs::directory_iterator(argument))
            if (std::find(kKinds.begin(), kKinds.end(), entry.path().extension()) != kKinds.end()) songs.push_back(entry.path());
    }
    std::sort(songs.begin(), songs.end());
    return songs;
}

int measure(const std::vector<std::string>& arguments) {
    double sum = 0, seconds = 0, length = 0;
    int counted = 0, tempoRight = 0, octaveRight = 0, metres = 0, metreRight = 0;
    NoProgress progress;
    for (const fs::path& path : songsIn(arguments)) {
        auto song = io::decodeSong(path, {}, progress);
        if (!song.ok()) {
            std::fprintf(stderr, "%s\n", song.error().line().c_str());
            continue;
        }
        const auto heard = audio::analyze(song->analysis, path.filename().string(), {}, progress);
        if (!heard.ok()) {
            std::fprintf(stderr, "%s\n", heard.error().line().c_str());
            continue;
        }
        std::string parts;
        for (const auto& section : heard->sections) parts += section.label;
        seconds += heard->featuresSeconds + heard->beatsSeconds;
        length += heard->duration;
        const Reference reference = referenceOf(path);
        std::printf("%-34.34s %6.1f s  %6.2f BPM %d/bar  confidence %.2f  parts %-10s", path.stem().string().c_str(),
                    heard->duration, heard->grid.tempoBpm, heard->grid.beatsPerBar, heard->grid.confidence, parts.c_str());
        if (!reference.beats.empty()) {
            const double f = score(reference.beats, heard->grid.beats), ratio = heard->grid.tempoBpm / tempoOf(reference.beats);
            const auto like = [&](double k) { return std::abs(ratio / k - 1) < 0.04; };
            sum += f;
            ++counted;
            tempoRight += like(1);
            octaveRight += like(1) || like(2) || like(0.5) || like(3) || like(1.0 / 3);
            if (reference.beatsPerBar > 0) {
                ++metres;
                metreRight += reference.beatsPerBar == heard->grid.beatsPerBar;
            }
            std::printf("  F %.3f  tempo ratio %.2f", f, ratio);
        }
        std::printf("\n");
    }
    if (counted > 0)
        std::printf("mean F %.3f over %d songs; tempo right %d, with octaves %d; metre right %d of %d\n", sum / counted, counted,
                    tempoRight, octaveRight, metreRight, metres);
    std::printf("%.0f s of sound heard in %.2f s (%.0f times as fast)\n", length, seconds, length / std::max(seconds, 1e-9));
    return length > 0 ? 0 : 1;
}

struct Example {
    audio::OnsetBands onsets;
    Table features;
    std::vector<double> beats;
    double weight = 1;
};

void addExample(std::vector<Example>& examples, audio::Pcm pcm, const std::vector<double>& beats, double speed, double weight) {
    pcm.rate = static_cast<int>(pcm.rate * speed); // played faster: tempo and pitch rise together
    std::vector<float> mono = audio::toMono(pcm, audio::kAnalysisRate);
    mono.resize(std::min<std::size_t>(mono.size(), 60 * audio::kAnalysisRate));
    NoProgress progress;
    Stage stage(progress, "reading");
    auto spectra = audio::computeSpectra(mono, {}, stage);
    if (!spectra.ok()) return;
    Example example{std::move(spectra->onsets), std::move(spectra->features), {}, weight};
    for (double t : beats)
        if (t / speed < static_cast<double>(mono.size()) / audio::kAnalysisRate - 0.1) example.beats.push_back(t / speed);
    if (example.beats.size() > 2) examples.push_back(std::move(example));
}

int fit(int rounds, const std::vector<std::string>& arguments) {
    using Tuning = audio::BeatTuning;
    static constexpr std::pair<const char*, double Tuning::*> kFields[] = {
        {"low", &Tuning::low},         {"mid", &Tuning::mid},           {"high", &Tuning::high},
        {"onset", &Tuning::onset},     {"offBeat", &Tuning::offBeat},   {"lowOnset", &Tuning::lowOnset},
        {"harmony", &Tuning::harmony}, {"period", &Tuning::period},     {"second", &Tuning::second},
        {"third", &Tuning::third},     {"fourth", &Tuning::fourth},     {"half", &Tuning::half},
        {"thirds", &Tuning::thirds},   {"quarters", &Tuning::quarters}, {"prior", &Tuning::prior},
        {"spread", &Tuning::spread},   {"change", &Tuning::change}};
    std::vector<Example> examples;
    NoProgress progress;
    for (const fs::path& path : songsIn(arguments)) {
        const Reference reference = referenceOf(path);
        if (reference.beats.empty()) continue;
        const auto song = io::decodeSong(path, {}, progress);
        if (!song.ok()) continue;
        for (double speed : {1.0, 1.17, 0.84}) addExample(examples, song->analysis, reference.beats, speed, 1);
    }
    Random random(5);
    constexpr std::array<double, 10> kTempi{124, 120, 90, 122, 184, 88, 120, 100, 174, 72};
    for (std::size_t groove = 0; groove < kTempi.size(); ++groove)
        for (std::uint64_t seed : {1u, 2u, 3u}) {
            audio::SynthSettings settings;
            settings.groove = static_cast<audio::Groove>(groove);
            settings.tempoBpm = kTempi[groove] * random.uniform(0.87, 1.15);
            settings.seconds = 40;
            settings.seed = seed;
            const auto song = audio::synthesize(settings);
            addExample(examples, song.pcm, song.grid.beats, 1, 1);
        }
    const auto total = [&](const Tuning& tuning) {
        std::vector<double> scores(examples.size());
        parallelFor(examples.size(), [&](std::size_t i) {
            scores[i] = score(examples[i].beats, audio::trackBeats(examples[i].onsets, examples[i].features, tuning).beats);
        });
        double sum = 0;
        for (double s : scores) sum += s;
        return sum / static_cast<double>(scores.size());
    };
    Tuning best;
    double bestScore = total(best);
    std::printf("%zu examples, mean F %.4f with the defaults\n", examples.size(), bestScore);
    for (int round = 0; round < rounds; ++round) {
        Tuning trial = best;
        const auto changes = 1 + random.below(4);
        for (std::uint64_t c = 0; c < changes; ++c)
            trial.*(kFields[random.below(std::size(kFields))].second) *= std::exp(0.3 * random.normal());
        const double s = total(trial);
        if (s <= bestScore) continue;
        best = trial;
        bestScore = s;
        std::printf("round %d: %.4f\n", round, s);
    }
    for (const auto& [name, field] : kFields) std::printf("%s %.4g\n", name, best.*field);
    return 0;
}

int writeDemo(const fs::path& sound, const fs::path& beats) {
    const auto song = audio::synthesize(audio::demoTrack());
    std::string lines;
    for (double t : song.grid.beats) {
        char line[32];
        std::snprintf(line, sizeof line, "%.3f\n", t);
        lines += line;
    }
    for (const auto& result : {io::writeSound(sound, song.pcm), writeFile(beats, lines)})
        if (!result.ok()) {
            std::fprintf(stderr, "%s\n", result.error().line().c_str());
            return result.error().exitStatus();
        }
    return 0;
}

} // namespace

int main(int argc, char** argv) {
    std::vector<std::string> arguments(argv + 1, argv + argc);
    if (arguments.size() == 3 && arguments[0] == "--demo") return writeDemo(arguments[1], arguments[2]);
    if (arguments.size() >= 3 && arguments[0] == "--fit")
        return fit(std::atoi(arguments[1].c_str()), {arguments.begin() + 2, arguments.end()});
    if (arguments.empty() || arguments[0].starts_with("--")) {
        std::fprintf(stderr, "choreia-beats-bench: FOLDER|SONG... | --fit ROUNDS FOLDER... | --demo OUT.wav OUT.beats\n");
        return 2;
    }
    return measure(arguments);
}
