// State to project file and back, and its hash.
#include "document/state.h"

#include <cstring>
#include <span>
#include <type_traits>

namespace choreia::ui {

namespace {

class Fnv {
public:
    template <class T>
        requires std::is_arithmetic_v<T>
    void add(T value) {
        unsigned char bytes[sizeof(T)];
        std::memcpy(bytes, &value, sizeof(T));
        for (const auto byte : bytes) step(byte);
    }
    void add(const std::string& text) {
        add(text.size());
        for (const char c : text) step(static_cast<unsigned char>(c));
    }
    template <class T>
    void addAll(const std::vector<T>& values) {
        add(values.size());
        for (const auto& value : values) add(value);
    }
    void addFloats(std::span<const float> values) {
        add(values.size());
        for (const float value : values) {
            std::uint32_t word;
            std::memcpy(&word, &value, sizeof(word));
            hash_ = (hash_ ^ word) * kPrime;
        }
    }
    [[nodiscard]] std::uint64_t value() const { return hash_; }

private:
    static constexpr std::uint64_t kPrime = 0x100000001b3ULL;
    void step(unsigned char byte) { hash_ = (hash_ ^ byte) * kPrime; }
    std::uint64_t hash_ = 0xcbf29ce484222325ULL;
};

void addSettings(Fnv& fnv, const io::GenerateSettings& settings) {
    fnv.add(settings.model);
    fnv.add(settings.style);
    fnv.add(settings.seed);
    fnv.add(settings.temperature);
    fnv.add(settings.topP);
    fnv.add(settings.sync);
    fnv.add(settings.syncStrength);
    fnv.add(settings.energy);
    for (const auto& point : settings.energyCourse) {
        fnv.add(point.time);
        fnv.add(point.value);
    }
    for (const auto& change : settings.styleCourse) {
        fnv.add(change.time);
        fnv.add(change.style);
    }
    fnv.add(settings.guidance);
    fnv.add(settings.repeats);
    fnv.add(settings.mirror);
    fnv.add(settings.stage);
    fnv.add(settings.firstPose);
    fnv.add(settings.finalPose);
}

void addPose(Fnv& fnv, std::span<const motion::Vec3> roots, std::span<const motion::Quat> rotations) {
    if (!roots.empty()) fnv.addFloats({roots.front().data(), roots.size() * 3});
    if (!rotations.empty()) fnv.addFloats({rotations.front().coeffs().data(), rotations.size() * 4});
}

}  // namespace

bool sameGrid(const audio::BeatGrid& a, const audio::BeatGrid& b) {
    return a.beats == b.beats && a.downbeats == b.downbeats && a.tempoBpm == b.tempoBpm && a.beatsPerBar == b.beatsPerBar;
}

std::uint64_t hashOf(const DocumentState& state) {
    Fnv fnv;
    fnv.add(state.songPath);
    fnv.add(state.songHash);
    fnv.add(state.duration);
    fnv.addAll(state.grid.beats);
    fnv.addAll(state.grid.downbeats);
    fnv.add(state.grid.tempoBpm);
    fnv.add(state.grid.beatsPerBar);
    fnv.add(state.gridEdited);
    fnv.add(state.grid.locked);
    for (const auto& section : state.sections) {
        fnv.add(section.start);
        fnv.add(section.end);
        fnv.add(section.label);
    }
    addSettings(fnv, state.settings);
    fnv.add(state.opening != nullptr);
    if (state.opening) {
        fnv.add(state.opening->fps);
        addPose(fnv, state.opening->root, state.opening->rotations);
    }
    for (const auto& marker : state.markers) {
        fnv.add(marker.time);
        fnv.add(marker.name);
    }
    fnv.add(state.markers.size());
    fnv.add(state.dances.size());
    for (const auto& entry : state.dances) {
        const io::Dance& dance = entry.snapshot->dance;
        fnv.add(dance.name);
        fnv.add(dance.clip.fps);
        addPose(fnv, dance.clip.root, dance.clip.rotations);
        fnv.addAll(dance.tokens.upper);
        fnv.addAll(dance.tokens.lower);
        fnv.addAll(dance.tokens.times);
        for (const auto& key : dance.keys) {
            fnv.add(key.time);
            fnv.add(key.pinned);
            addPose(fnv, {&key.root, 1}, key.rotations);
        }
        for (const auto& contact : dance.contacts)
            for (const bool down : contact) fnv.add(down);
        for (const auto& block : dance.blocks) {
            fnv.add(block.start);
            fnv.add(block.name);
        }
        for (const auto& seam : dance.seams) {
            fnv.add(seam.at);
            fnv.add(seam.fade);
            for (const auto& clip : {seam.earlier, seam.later, seam.unblended, seam.blended})
                if (clip) addPose(fnv, clip->root, clip->rotations);
        }
        addSettings(fnv, dance.settings);
        for (const float value : {dance.place.x, dance.place.z, dance.place.turn}) fnv.add(value);
    }
    return fnv.value();
}

io::Project toProject(const DocumentState& state, const ViewState& view, const std::filesystem::path& file) {
    io::Project project;
    const std::filesystem::path song(state.songPath);
    const auto folder = std::filesystem::absolute(file).parent_path().lexically_normal();
    const auto relative = song.lexically_relative(folder);
    // Relative only below the project's own folder, so that the pair can be moved together.
    project.songPath = !relative.empty() && *relative.begin() != ".." ? relative.string() : state.songPath;
    project.songHash = state.songHash;
    project.analysis.duration = state.duration;
    project.analysis.grid = state.grid;
    project.analysis.sections = state.sections;
    project.gridEdited = state.gridEdited;
    for (const auto& entry : state.dances) project.dances.push_back(entry.snapshot->dance);
    project.settings = state.settings;
    if (state.opening) project.opening = *state.opening;
    project.markers = state.markers;
    project.camera = view.camera;
    project.playhead = view.playhead;
    project.viewStart = view.viewStart;
    project.viewEnd = view.viewEnd;
    return project;
}

FromProject fromProject(io::Project project, const std::filesystem::path& file) {
    FromProject out;
    const std::filesystem::path song(project.songPath);
    if (!project.songPath.empty())
        out.state.songPath =
            (song.is_absolute() ? song : std::filesystem::absolute(file).parent_path() / song).lexically_normal().string();
    out.state.songHash = project.songHash;
    out.state.duration = project.analysis.duration;
    out.state.grid = std::move(project.analysis.grid);
    out.state.sections = std::move(project.analysis.sections);
    out.state.gridEdited = project.gridEdited;
    out.state.settings = project.settings;
    if (project.opening.frames() > 0) out.state.opening = std::make_shared<const motion::Clip>(std::move(project.opening));
    out.state.markers = std::move(project.markers);
    std::uint64_t id = 0;
    for (auto& dance : project.dances) out.state.dances.push_back({DanceId{++id}, makeSnapshot(std::move(dance))});
    out.view = {project.camera, project.playhead, project.viewStart, project.viewEnd};
    return out;
}

}  // namespace choreia::ui
