// What a training file holds, in words, and every fault in it by group and index. Knows our groups and the older three-array
// samples.
#include "data/dataset.h"
#include "data/frame_rate.h"
#include "io/hdf5.h"
#include "motion/kinematics.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>

namespace choreia::data {

using motion::kJoints;

namespace {

using Shape = std::vector<std::uint64_t>;

std::string text(const Shape& shape) {
    std::string out = "[";
    for (std::size_t k = 0; k < shape.size(); ++k) out += (k ? ", " : "") + std::to_string(shape[k]);
    return out + "]";
}

std::string minutes(double seconds) {
    char out[48];
    std::snprintf(out, sizeof out, seconds < 120 ? "%.1f s" : "%.1f min", seconds < 120 ? seconds : seconds / 60);
    return out;
}

/// The three arrays of the older layout, in this group (or "/" itself).
bool isSample(const io::H5Reader& file, const std::string& group) {
    const std::string at = group == "/" ? "" : group + "/";
    return file.exists(at + "audio_mfcc_sequences") || file.exists(at + "pose_landmark_sequences");
}

class Checker {
public:
    Checker(const io::H5Reader& file, DatasetCheck& found) : file_(file), found_(found) {}

    void group(const std::string& name) {
        name_ = name;
        at_ = name == "/" ? "" : name + "/";
        const bool motion = file_.exists(at_ + "positions") || file_.exists(at_ + "local_rotations");
        const bool sample = isSample(file_, name);
        if (!motion && !sample) return fault("neither motion nor a sample of music and pose in this group");
        if (motion) motionGroup();
        if (sample) sampleGroup();
    }

private:
    void fault(const std::string& what) { found_.faults.push_back(name_ + ": " + what); }

    /// The array, or nothing with a fault. shape: 0 = any length.
    std::optional<io::Array> read(const std::string& dataset, const Shape& wanted) {
        const auto shape = file_.shape(at_ + dataset);
        if (!shape) {
            fault(dataset + " is missing");
            return std::nullopt;
        }
        bool fits = shape->size() == wanted.size();
        for (std::size_t k = 0; fits && k < wanted.size(); ++k) fits = wanted[k] == 0 || wanted[k] == (*shape)[k];
        if (!fits) {
            fault(dataset + " has a wrong shape (expected " + text(wanted) + " with 0 for any, found " + text(*shape) + ")");
            return std::nullopt;
        }
        auto array = file_.readFloats(at_ + dataset);
        if (!array.ok()) {
            fault(dataset + " cannot be read: " + array.error().what);
            return std::nullopt;
        }
        const std::size_t row = shape->empty() || (*shape)[0] == 0 ? 1 : array->values.size() / (*shape)[0];
        for (std::size_t i = 0; i < array->values.size(); ++i) {
            if (!std::isfinite(array->values[i])) {
                fault(dataset + " is not finite at index " + std::to_string(i / std::max<std::size_t>(1, row)));
                return std::nullopt;
            }
        }
        return std::move(*array);
    }

    void motionGroup() {
        const auto rotations = read("local_rotations", {0, kJoints, 4});
        const auto root = read("root_position", {0, 3});
        const auto positions = read("positions", {0, kJoints, 3});
        const auto fps = file_.numberAttribute(name_, "fps");
        if (!fps.ok() || !(*fps > 0) || *fps > 1000) fault("attribute fps is missing or out of range");
        const auto set = file_.textAttribute(name_, "set");
        if (!set.ok() || (*set != "train" && *set != "val")) fault("attribute set is neither train nor val");
        if (!rotations || !root || !positions) return;
        const std::size_t frames = root->shape[0];
        if (rotations->shape[0] != frames || positions->shape[0] != frames)
            return fault("positions, local_rotations and root_position differ in frames");
        if (frames == 0) return fault("no frames");
        for (std::size_t i = 0; i < frames * kJoints; ++i) {
            const float* q = rotations->values.data() + 4 * i;
            if (std::abs(std::hypot(std::hypot(q[0], q[1]), std::hypot(q[2], q[3])) - 1) > 1e-3) {
                return fault("local_rotations: not a unit quaternion at frame " + std::to_string(i / kJoints) + ", joint " +
                             std::to_string(i % kJoints));
            }
        }
        if (kinematics(*rotations, *root, *positions) && fps.ok() && *fps > 0) {
            if (const auto doubt = doubtOfFrameRate(clipOf(*rotations, *root, *fps))) found_.doubts.push_back(name_ + ": " + *doubt);
        }
        if (file_.exists(at_ + "music_features")) read("music_features", {frames, 0});
        if (file_.exists(at_ + "beats_s")) {
            const auto beats = file_.readDoubles(at_ + "beats_s");
            if (!beats.ok()) return fault("beats_s cannot be read");
            for (std::size_t k = 0; k < beats->size(); ++k) {
                if (!std::isfinite((*beats)[k]) || (k > 0 && (*beats)[k] <= (*beats)[k - 1]))
                    return fault("beats_s does not rise at index " + std::to_string(k));
            }
        }
    }

    static motion::Clip clipOf(const io::Array& rotations, const io::Array& root, double fps) {
        motion::Clip clip;
        clip.fps = fps;
        for (std::size_t f = 0; f < root.shape[0]; ++f) clip.root.emplace_back(root.values[3 * f], root.values[3 * f + 1], root.values[3 * f + 2]);
        for (std::size_t i = 0; i < root.shape[0] * kJoints; ++i) {
            const float* q = rotations.values.data() + 4 * i;
            clip.rotations.emplace_back(q[0], q[1], q[2], q[3]);
        }
        return clip;
    }

    /// Positions must be what the rotations say.
    bool kinematics(const io::Array& rotations, const io::Array& root, const io::Array& positions) {
        std::array<motion::Quat, kJoints> pose;
        std::array<motion::Vec3, kJoints> at;
        for (std::size_t f = 0; f < root.shape[0]; ++f) {
            for (std::size_t j = 0; j < kJoints; ++j) {
                const float* q = rotations.values.data() + 4 * (f * kJoints + j);
                pose[j] = motion::Quat(q[0], q[1], q[2], q[3]);
            }
            motion::forwardKinematics(motion::Skeleton::body(),
                                      {root.values[3 * f], root.values[3 * f + 1], root.values[3 * f + 2]}, pose, at);
            for (std::size_t j = 0; j < kJoints; ++j) {
                const float* p = positions.values.data() + 3 * (f * kJoints + j);
                if ((at[j] - motion::Vec3(p[0], p[1], p[2])).norm() > 5e-3f) {
                    fault("positions and local_rotations disagree at frame " + std::to_string(f) + ", joint " + std::to_string(j));
                    return false;
                }
            }
        }
        return true;
    }

    void sampleGroup() {
        const auto mfcc = read("audio_mfcc_sequences", {0, 0});
        const auto landmarks = read("pose_landmark_sequences", {0, 33, 2});
        if (mfcc && mfcc->values.empty()) fault("audio_mfcc_sequences is empty");
        if (landmarks) {
            for (std::size_t i = 0; i < landmarks->values.size(); ++i) {
                // A limb may leave the picture a little; far outside means pixels instead of shares.
                if (landmarks->values[i] < -1 || landmarks->values[i] > 2) {
                    fault("pose_landmark_sequences is not in 0..1 at index " + std::to_string(i / 66));
                    break;
                }
            }
        }
        if (const auto frames = file_.shape(at_ + "frames")) {
            if (frames->size() != 4 || (*frames)[3] != 3 || (*frames)[0] == 0) {
                fault("frames has a wrong shape (expected [n, height, width, 3], found " + text(*frames) + ")");
            } else if (auto last = file_.readRows(at_ + "frames", (*frames)[0] - 1, 1); !last.ok()) {
                fault("frames cannot be read: " + last.error().what);
            }
        }
    }

    const io::H5Reader& file_;
    DatasetCheck& found_;
    std::string name_, at_;
};

} // namespace

Result<DatasetCheck> checkDataset(const std::filesystem::path& path) {
    CHOREIA_ASSIGN(const io::H5Reader file, io::H5Reader::open(path));
    DatasetCheck found;
    Checker checker(file, found);
    const auto groups = file.groups();
    for (const auto& name : groups) checker.group(name);
    const bool alone = isSample(file, "/") || file.exists("positions");
    if (groups.empty() && isSample(file, "/")) checker.group("/");
    if (groups.empty() && !alone) found.faults.push_back("/: no groups in this file");
    return found;
}

Result<std::string> describeDataset(const std::filesystem::path& path) {
    CHOREIA_ASSIGN(const io::H5Reader file, io::H5Reader::open(path));
    struct Sum {
        std::size_t clips = 0;
        double seconds = 0;
    };
    std::map<std::string, Sum> styles, sets;
    Sum motion, publishable, withMusic;
    std::size_t samples = 0, beats = 0;
    std::map<std::string, Shape> shapes;
    auto groups = file.groups();
    if (groups.empty()) groups.push_back("/");
    for (const auto& name : groups) {
        const std::string at = name == "/" ? "" : name + "/";
        for (const auto& dataset : file.datasets(name)) {
            if (const auto shape = file.shape(at + dataset)) shapes.try_emplace(dataset, *shape);
        }
        if (isSample(file, name)) ++samples;
        const auto shape = file.shape(at + "positions");
        if (!shape || shape->empty()) continue;
        const auto fps = file.numberAttribute(name, "fps");
        const double seconds = fps.ok() && *fps > 0 ? static_cast<double>((*shape)[0]) / *fps : 0;
        const auto add = [seconds](Sum& sum) {
            ++sum.clips;
            sum.seconds += seconds;
        };
        add(motion);
        const auto style = file.textAttribute(name, "style");
        add(styles[style.ok() ? *style : "(none)"]);
        const auto set = file.textAttribute(name, "set");
        add(sets[set.ok() ? *set : "(none)"]);
        if (file.exists(at + "music_features")) add(withMusic);
        if (const auto licence = file.numberAttribute(name, "licence_publishable"); licence.ok() && *licence > 0.5)
            add(publishable);
        if (const auto b = file.shape(at + "beats_s"); b && !b->empty()) beats += (*b)[0];
    }
    std::string out = path.filename().string() + ": " + std::to_string(file.groups().size()) + " groups\n";
    const auto say = [&out](const std::string& what, const Sum& sum) {
        out += what + ": " + std::to_string(sum.clips) + " clips, " + minutes(sum.seconds) + "\n";
    };
    if (motion.clips > 0) {
        say("motion", motion);
        say("with music", withMusic);
        say("licence allows publishing models", publishable);
        out += "beats: " + std::to_string(beats) + "\n";
        for (const auto& [set, sum] : sets) say("set " + set, sum);
        for (const auto& [style, sum] : styles) say("style " + style, sum);
    }
    if (samples > 0) out += "samples of music, landmarks and pictures: " + std::to_string(samples) + "\n";
    for (const auto& [dataset, shape] : shapes) out += "dataset " + dataset + ": first is " + text(shape) + "\n";
    return out;
}

} // namespace choreia::data
