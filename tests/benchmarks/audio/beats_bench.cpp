// How well beats are heard, beside aubio on the same files.
//
//   choreia-beats-bench [--val] [--weights F] FOLDER|SONG...   every song: F at 70 ms, CMLt, AMLt, median error, tempo, seconds of work; ours, the
//                                                              classic activation, and aubiotrack (Debian aubio-tools) where it is installed
//   choreia-beats-bench [--weights F] --generated N            N held-out pieces of the training generator
//   choreia-beats-bench --demo OUT.wav OUT.beats               writes the bundled demo track; resources/demo_track.ogg is that file through
//                                                              ffmpeg -c:a libopus -b:a 96k
//
// A song's beats are beside it: NAME.beats (one time a line), or NAME.h5 with beat_times_s and music_offset_s. Beats outside of the annotated stretch
// are not counted. --val: of a folder with splits.json only its validation songs.
#include "audio/synth.h"
#include "audio/training_music.h"
#include "core/atomic_file.h"
#include "eval/metrics.h"
#include "hearing/hearing.h"
#include "io/hdf5.h"
#include "io/media.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

using namespace choreia;
namespace fs = std::filesystem;

namespace {

struct Reference {
    std::vector<double> beats;
    int beatsPerBar = 0;  // 0: not known
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
        if (const auto bar = reader->numberAttribute("/", "beats_per_bar"); bar.ok()) reference.beatsPerBar = static_cast<int>(*bar);
    }
    return reference;
}

double tempoOf(const std::vector<double>& beats) {
    return beats.size() < 2 ? 0 : 60 * static_cast<double>(beats.size() - 1) / (beats.back() - beats.front());
}

eval::BeatFigures figuresOf(std::vector<double> found, const std::vector<double>& reference) {
    std::erase_if(found, [&](double t) { return t < reference.front() - 0.35 || t > reference.back() + 0.35; });
    // A short clip would vanish with its first five seconds: it is moved out of them.
    if (reference.back() >= 8) return eval::evaluateBeats(found, reference);
    std::vector<double> late = reference;
    for (double& t : late) t += 5;
    for (double& t : found) t += 5;
    return eval::evaluateBeats(found, late);
}

/// aubio's beats; nothing where it is not installed.
std::vector<double> aubioBeats(const audio::Pcm& pcm) {
    const fs::path wav = fs::temp_directory_path() / "choreia-beats-bench.wav";
    std::vector<double> beats;
    if (!io::writeSound(wav, pcm).ok()) return beats;
    if (FILE* pipe = ::popen(("aubiotrack -i '" + wav.string() + "' 2>/dev/null").c_str(), "r")) {
        for (double t = 0; std::fscanf(pipe, "%lf", &t) == 1;) beats.push_back(t);
        ::pclose(pipe);
    }
    std::error_code code;
    fs::remove(wav, code);
    return beats;
}

std::vector<fs::path> songsIn(const std::vector<std::string>& arguments, bool validationOnly) {
    constexpr std::array<const char*, 8> kKinds{".opus", ".ogg", ".wav", ".mp3", ".flac", ".m4a", ".mp4", ".webm"};
    std::vector<fs::path> songs;
    for (const std::string& argument : arguments) {
        if (!fs::is_directory(argument)) {
            songs.emplace_back(argument);
            continue;
        }
        std::string validation;
        if (std::ifstream file(fs::path(argument) / "splits.json"); file && validationOnly) {
            const std::string all{std::istreambuf_iterator<char>(file), {}};
            const auto at = all.find("\"val\"");
            if (at != std::string::npos) validation = all.substr(at, all.find(']', at) - at);
        }
        for (const auto& entry : fs::directory_iterator(argument)) {
            if (std::find(kKinds.begin(), kKinds.end(), entry.path().extension()) == kKinds.end()) continue;
            if (!validation.empty() && validation.find("\"" + entry.path().stem().string() + "\"") == std::string::npos) continue;
            songs.push_back(entry.path());
        }
    }
    std::sort(songs.begin(), songs.end());
    return songs;
}

struct Sum {
    double f = 0, cml = 0, aml = 0, error = 0;
    int count = 0;
    void add(const eval::BeatFigures& figures) {
        f += figures.fMeasure;
        cml += figures.cmlT;
        aml += figures.amlT;
        error += figures.medianErrorMs;
        ++count;
    }
    void print(const char* name) const {
        const double n = std::max(1, count);
        std::printf("%-24s F %.3f  CMLt %.3f  AMLt %.3f  median error %5.2f ms  over %d\n", name, f / n, cml / n, aml / n, error / n, count);
    }
};

int measure(const std::vector<std::string>& arguments, const audio::BeatModel& model, bool validationOnly) {
    std::map<std::string, Sum> ours, classic, aubio;
    double seconds = 0, length = 0;
    int counted = 0, octaveFree = 0, tempoRight = 0, metres = 0, metreRight = 0;
    NoProgress progress;
    for (const fs::path& path : songsIn(arguments, validationOnly)) {
        const auto song = io::decodeSong(path, {}, progress);
        if (!song.ok()) {
            std::fprintf(stderr, "%s\n", song.error().line().c_str());
            continue;
        }
        const std::string name = path.stem().string();
        const auto heard = audio::analyze(song->analysis, name, {}, progress, &model);
        const auto plain = audio::analyze(song->analysis, name, {}, progress);
        if (!heard.ok() || !plain.ok()) {
            std::fprintf(stderr, "%s\n", (heard.ok() ? plain : heard).error().line().c_str());
            continue;
        }
        seconds += heard->featuresSeconds + heard->beatsSeconds;
        length += heard->duration;
        const Reference reference = referenceOf(path);
        std::printf("%-28.28s %5.1f s %7.2f BPM %d/bar sure %.2f", name.c_str(), heard->duration, heard->grid.tempoBpm, heard->grid.beatsPerBar,
                    heard->grid.confidence);
        if (reference.beats.size() >= 2) {
            const auto mine = figuresOf(heard->grid.beats, reference.beats), old = figuresOf(plain->grid.beats, reference.beats),
                       theirs = figuresOf(aubioBeats(song->analysis), reference.beats);
            const std::string group = name.substr(0, name.find_first_of("0123456789"));
            for (const std::string& key : {group, std::string("~ all")}) {
                ours[key].add(mine);
                classic[key].add(old);
                aubio[key].add(theirs);
            }
            const double ratio = heard->grid.tempoBpm / tempoOf(reference.beats);
            const auto like = [&](double k) { return std::abs(ratio / k - 1) < 0.005; };
            ++counted;
            tempoRight += like(1);
            octaveFree += like(1) || like(2) || like(0.5);
            if (reference.beatsPerBar > 0) {
                ++metres;
                metreRight += reference.beatsPerBar == heard->grid.beatsPerBar;
            }
            std::printf("  F %.3f  CMLt %.3f  AMLt %.3f  %5.2f ms  tempo x %.4f | classic F %.3f | aubio F %.3f", mine.fMeasure, mine.cmlT, mine.amlT,
                        mine.medianErrorMs, ratio, old.fMeasure, theirs.fMeasure);
        }
        std::printf("\n");
    }
    for (const auto& [group, sum] : ours) {
        sum.print((group + " ours").c_str());
        classic[group].print((group + " classic").c_str());
        aubio[group].print((group + " aubio").c_str());
    }
    if (counted > 0)
        std::printf("tempo within 0.5%%: %d of %d, or an exact octave: %d; beats a bar right: %d of %d\n", tempoRight, counted, octaveFree, metreRight, metres);
    std::printf("%.0f s of sound heard in %.2f s (%.0f times as fast)\n", length, seconds, length / std::max(seconds, 1e-9));
    return length > 0 ? 0 : 1;
}

int measureGenerated(int count, const audio::BeatModel& model) {
    constexpr std::uint64_t kHeldOut = 2'000'000'000;  // training takes seeds under 1e9, its own validation those from there on
    audio::TrainingBand band;
    Sum beats, downbeats;
    std::vector<double> errors;
    int steady = 0, octaveFree = 0, tempoRight = 0, metreRight = 0, empty = 0, invented = 0;
    NoProgress progress;
    for (int i = 0; i < count; ++i) {
        audio::TrainingPiece piece = band.play(kHeldOut + static_cast<std::uint64_t>(i), 40);
        const audio::Pcm pcm{audio::kAnalysisRate, 1, std::move(piece.mono)};
        const auto heard = audio::analyze(pcm, piece.genre, {}, progress, &model);
        if (!heard.ok()) continue;
        if (piece.beats.empty()) {
            ++empty;
            invented += !heard->grid.beats.empty();
            continue;
        }
        const auto figures = eval::evaluateBeats(heard->grid.beats, piece.beats), bars = eval::evaluateBeats(heard->grid.downbeats, piece.downbeats);
        beats.add(figures);
        downbeats.add(bars);
        if (figures.fMeasure > 0) errors.push_back(figures.medianErrorMs);
        metreRight += heard->grid.beatsPerBar == piece.beatsPerBar;
        if (figures.fMeasure < 0.9)
            std::printf("%-20s %d/bar %6.1f BPM%s  F %.3f  downbeat F %.3f  heard %.1f BPM %d/bar sure %.2f\n", piece.genre.c_str(), piece.beatsPerBar, piece.tempoBpm,
                        piece.steady ? "" : " unsteady", figures.fMeasure, bars.fMeasure, heard->grid.tempoBpm, heard->grid.beatsPerBar, heard->grid.confidence);
        if (!piece.steady) continue;
        ++steady;
        const double ratio = heard->grid.tempoBpm / piece.tempoBpm;
        const auto like = [&](double k) { return std::abs(ratio / k - 1) < 0.005; };
        tempoRight += like(1);
        octaveFree += like(1) || like(2) || like(0.5);
    }
    beats.print("generated beats");
    downbeats.print("generated downbeats");
    std::sort(errors.begin(), errors.end());
    std::printf("median of median errors %.2f ms; beats a bar right %d of %d; steady: tempo within 0.5%% %d of %d, or an exact octave %d; no beat: %d, invented %d\n",
                errors.empty() ? 0.0 : errors[errors.size() / 2], metreRight, beats.count, tempoRight, steady, octaveFree, empty, invented);
    return beats.count > 0 ? 0 : 1;
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

}  // namespace

int main(int argc, char** argv) {
    std::vector<std::string> arguments(argv + 1, argv + argc);
    if (arguments.size() == 3 && arguments[0] == "--demo") return writeDemo(arguments[1], arguments[2]);
    bool validation = false;
    int generated = 0;
    std::string weights;
    while (!arguments.empty() && arguments[0].starts_with("--")) {
        const std::string option = arguments[0];
        arguments.erase(arguments.begin());
        if (option == "--val") {
            validation = true;
        } else if ((option == "--weights" || option == "--generated") && !arguments.empty()) {
            (option == "--weights" ? weights : arguments[0]).assign(arguments[0]);
            if (option == "--generated") generated = std::atoi(arguments[0].c_str());
            arguments.erase(arguments.begin());
        } else {
            arguments.clear();
            generated = 0;
            break;
        }
    }
    if (arguments.empty() && generated <= 0) {
        std::fprintf(stderr, "choreia-beats-bench: [--val] [--weights F] FOLDER|SONG... | [--weights F] --generated N | --demo OUT.wav OUT.beats\n");
        return 2;
    }
    const auto model = weights.empty() ? hearing::installedBeatModel() : hearing::loadBeatModel(weights);
    if (!model.ok()) {
        std::fprintf(stderr, "%s\n", model.error().line().c_str());
        return model.error().exitStatus();
    }
    return generated > 0 ? measureGenerated(generated, *model) : measure(arguments, *model, validation);
}
