/// The document's contents as one value: what commands change, what is hashed, saved and compared.
#pragma once

#include "document/snapshots.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace choreia::ui {

struct DanceEntry {
    DanceId id;
    std::shared_ptr<const DanceSnapshot> snapshot;
};

/// Cheap to copy: what is heavy is shared and immutable.
struct DocumentState {
    std::string songPath, songHash;
    double duration = 0;  ///< seconds; known from the project file even where the song is missing
    audio::BeatGrid grid;
    std::vector<audio::Section> sections;
    bool gridEdited = false;
    std::vector<DanceEntry> dances;
    io::GenerateSettings settings;
    std::shared_ptr<const motion::Clip> opening;  ///< what the next dance continues; null: nothing
    std::vector<io::Marker> markers;              ///< times rising
};

/// What is remembered with the project but is no edit of it.
struct ViewState {
    io::Camera camera{0.5, 0.12, 3.6, motion::Vec3(0, 0.95f, 0)};
    double playhead = 0;                ///< seconds
    double viewStart = 0, viewEnd = 0;  ///< visible part of the timeline; 0, 0 = all
};

/// Whether two grids say the same.
[[nodiscard]] bool sameGrid(const audio::BeatGrid& a, const audio::BeatGrid& b);

/// FNV-1a over everything a person can edit; equal states have equal hashes. Dances count by contents and order, not by their ids, which a file does not keep.
std::uint64_t hashOf(const DocumentState& state);

/// The project file's value; songPath becomes relative where the song lies below the project's folder.
io::Project toProject(const DocumentState& state, const ViewState& view, const std::filesystem::path& file);
struct FromProject {
    DocumentState state;
    ViewState view;
};
/// Works out positions and contacts of every dance: for a worker. Ids are 1, 2, ... in file order; songPath is made absolute.
FromProject fromProject(io::Project project, const std::filesystem::path& file);

}  // namespace choreia::ui
