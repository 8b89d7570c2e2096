/// The parts of a project in HDF5: analysis, settings, dances.
#pragma once

#include "io/hdf5.h"
#include "io/project.h"

#include <string>

namespace choreia::io {

/// Reads and checks one part each; errors name the file and the part.
struct ProjectReader {
    const H5Reader& file;
    std::string where;

    Result<double> number(const std::string& object, const std::string& name) const;
    Result<bool> flag(const std::string& object, const std::string& name) const;
    Result<audio::Analysis> analysis(const std::string& group) const;
    Result<GenerateSettings> settings(const std::string& group) const;
    Result<Dance> dance(const std::string& group) const;
    Result<std::vector<Marker>> markers(const std::string& group) const;
    /// Rate, root path and rotations, as of a dance.
    Result<motion::Clip> clip(const std::string& group) const;

private:
    /// Times: finite, rising.
    Result<std::vector<double>> times(const std::string& dataset, bool strictly) const;
    Result<std::vector<motion::Vec3>> points(const std::string& dataset) const;
    /// count = rotations of a row (24).
    Result<std::vector<motion::Quat>> rotations(const std::string& dataset, std::size_t rows) const;
    Result<void> tokens(const std::string& group, TokenTrack& track) const;
    Result<void> keys(const std::string& group, std::vector<KeyPose>& list) const;
    Result<void> blocks(const std::string& group, std::vector<Block>& list) const;
    Result<void> seams(const std::string& group, std::vector<Seam>& list) const;
    [[nodiscard]] Error damaged(const std::string& part, std::string expected = {}, std::string found = {}) const;
};

struct ProjectWriter {
    H5Writer& file;

    Result<void> analysis(const std::string& group, const audio::Analysis& value);
    Result<void> settings(const std::string& group, const GenerateSettings& value);
    Result<void> dance(const std::string& group, const Dance& value);
    Result<void> markers(const std::string& group, const std::vector<Marker>& list);
    /// Into a group that is there already.
    Result<void> clip(const std::string& group, const motion::Clip& value);

private:
    Result<void> points(const std::string& dataset, const std::vector<motion::Vec3>& values);
    Result<void> rotations(const std::string& dataset, const std::vector<motion::Quat>& values);
    Result<void> seams(const std::string& group, const std::vector<Seam>& list);
};

}  // namespace choreia::io
