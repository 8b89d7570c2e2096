// Finds annotated songs and decodes them.
#include "train/beat_songs.h"

#include "audio/resample.h"
#include "core/atomic_file.h"
#include "core/progress.h"
#include "io/hdf5.h"
#include "io/media.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <fstream>
#include <set>

namespace choreia::train {

namespace {

namespace fs = std::filesystem;

bool isSound(const fs::path& path) {
    static constexpr std::array kKinds{".opus", ".ogg", ".wav", ".mp3", ".flac", ".m4a"};
    return std::find(kKinds.begin(), kKinds.end(), path.extension()) != kKinds.end();
}

std::vector<double> timesIn(const fs::path& path) {
    std::vector<double> times;
    std::ifstream file(path);
    for (double t = 0; file >> t;) times.push_back(t);
    return times;
}

std::vector<double> beatsOf(const fs::path& song) {
    fs::path text = song, motion = song;
    text.replace_extension(".beats");
    motion.replace_extension(".h5");
    std::error_code code;
    if (fs::exists(text, code)) return timesIn(text);
    if (!fs::exists(motion, code)) return {};
    auto reader = io::H5Reader::open(motion);
    if (!reader.ok()) return {};
    const auto beats = reader->readDoubles("beat_times_s");
    if (!beats.ok()) return {};
    const auto offset = reader->numberAttribute("/", "music_offset_s");
    std::vector<double> times;
    for (const double t : beats.value()) times.push_back(t + (offset.ok() ? offset.value() : 0.0));
    return times;
}

}  // namespace

Result<std::vector<AnnotatedSong>> loadAnnotatedSongs(const std::vector<fs::path>& places) {
    std::vector<AnnotatedSong> songs;
    for (const fs::path& place : places) {
        std::vector<fs::path> files;
        std::set<std::string> validation;
        std::error_code code;
        if (fs::is_directory(place, code)) {
            for (const auto& entry : fs::directory_iterator(place, code))
                if (isSound(entry.path())) files.push_back(entry.path());
            if (fs::exists(place / "splits.json", code)) {
                CHOREIA_ASSIGN(const auto text, readFile(place / "splits.json"));
                const auto splits = nlohmann::json::parse(text, nullptr, false);
                if (!splits.is_object()) return badInput((place / "splits.json").string(), "not a list of splits", "a JSON object");
                for (const auto& name : splits.value("val", nlohmann::json::array()))
                    if (name.is_string()) validation.insert(name.get<std::string>());
            }
        } else {
            files.push_back(place);
        }
        std::sort(files.begin(), files.end());
        const std::size_t before = songs.size();
        for (const fs::path& file : files) {
            AnnotatedSong song;
            song.name = file.stem().string();
            song.beats = beatsOf(file);
            if (song.beats.size() < 4) continue;
            song.downbeats = timesIn(fs::path(file).replace_extension(".downbeats"));
            song.validation = validation.count(song.name) > 0;
            NoProgress progress;
            CHOREIA_ASSIGN(const auto decoded, io::decodeSong(file, {}, progress));
            song.mono = audio::toMono(decoded.analysis, audio::kAnalysisRate);
            songs.push_back(std::move(song));
        }
        if (songs.size() == before) return badInput(place.string(), "holds no song with beats", "NAME.opus with NAME.beats or NAME.h5");
    }
    return songs;
}

}  // namespace choreia::train
