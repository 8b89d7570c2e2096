/// A training file small enough to learn from in seconds: swaying clips, some kept for validation.
#pragma once

#include "core/random.h"
#include "data/group_writer.h"
#include "motion/skeleton.h"

#include <cmath>
#include <filesystem>

namespace choreia::testing {

/// clips of the given seconds each, the last one for validation (or none).
inline Result<void> writeTinyDataset(const std::filesystem::path& path, int clips = 3, double seconds = 8, bool validation = true) {
    CHOREIA_ASSIGN(auto file, io::H5Writer::create(path));
    CHOREIA_TRY(file.numberAttribute("/", "format_version", data::kTrainingFormat));
    Random random(5);
    for (int k = 0; k < clips; ++k) {
        motion::Clip clip;
        clip.fps = 60;
        const double period = random.uniform(0.4, 0.8), phase = random.uniform(0, 6);
        for (int f = 0; f < static_cast<int>(seconds * 60); ++f) {
            const auto swing = static_cast<float>(std::sin(f / (60.0 * period) * M_PI + phase));
            clip.root.emplace_back(0.1f * swing, 0.94f, 0.0f);
            std::vector<motion::Quat> pose(motion::kJoints, motion::Quat::Identity());
            pose[motion::RightShoulder] = Eigen::AngleAxisf(0.8f * swing, motion::Vec3::UnitZ());
            pose[motion::LeftShoulder] = Eigen::AngleAxisf(-1.0f + 0.3f * swing, motion::Vec3::UnitZ());
            pose[motion::LeftHip] = Eigen::AngleAxisf(0.3f * swing, motion::Vec3::UnitX());
            pose[motion::RightHip] = Eigen::AngleAxisf(-0.3f * swing, motion::Vec3::UnitX());
            clip.rotations.insert(clip.rotations.end(), pose.begin(), pose.end());
        }
        data::Group group;
        group.name = "sway_" + std::to_string(k);
        group.style = k % 2 ? "waltz" : "salsa";
        group.validation = validation && k == clips - 1;
        group.clip = &clip;
        for (double t = 0; t < seconds; t += period) group.beats.push_back(t);
        CHOREIA_TRY(data::writeGroup(file, group));
    }
    return file.close();
}

}  // namespace choreia::testing
