// Two layouts, one value; the square is cut with a box filter, so that a picture twice as large is not sampled at every other pixel.
#include "data/dancer_pictures.h"

#include "core/parallel.h"
#include "io/hdf5.h"
#include "io/picture_file.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <span>
#include <string>

namespace choreia::data {

namespace {

namespace fs = std::filesystem;
constexpr std::size_t kMarks = 33;
constexpr float kMargin = 1.3f;     // of the square over the person's box: hair, hands and clothes stand out beyond the landmarks
constexpr float kMetres = 1.7f;     // a person's height where the picture does not say
constexpr float kDepth = 0.4f;      // what landmark finders call depth, in picture widths, is two to three times too deep

std::string shapeText(const std::vector<std::uint64_t>& shape) {
    std::string text = "[";
    for (std::size_t i = 0; i < shape.size(); ++i) text += (i ? ", " : "") + std::to_string(shape[i]);
    return text + "]";
}

/// Landmarks of a group, x and y in pixels of the whole picture.
struct Marks {
    std::vector<std::array<float, 3 * kMarks>> poses;
};

/// The box of a pose: middle and longer side, in pixels.
struct Box {
    float x, y, side;
};
Box boxOf(const std::array<float, 3 * kMarks>& pose) {
    float x0 = 1e9f, x1 = -1e9f, y0 = 1e9f, y1 = -1e9f;
    for (std::size_t i = 0; i < kMarks; ++i) {
        x0 = std::min(x0, pose[3 * i]), x1 = std::max(x1, pose[3 * i]);
        y0 = std::min(y0, pose[3 * i + 1]), y1 = std::max(y1, pose[3 * i + 1]);
    }
    return {0.5f * (x0 + x1), 0.5f * (y0 + y1), std::max(x1 - x0, y1 - y0)};
}

/// One size for a group, so that the person does not grow as the arms fold: what 19 of 20 poses need.
float squareOf(const Marks& marks) {
    std::vector<float> sides;
    for (const auto& pose : marks.poses) sides.push_back(boxOf(pose).side);
    const auto at = sides.begin() + static_cast<std::ptrdiff_t>(sides.size() * 19 / 20);
    std::nth_element(sides.begin(), at, sides.end());
    return kMargin * *at;
}

/// A square of the picture at another size; beyond the edge the edge goes on.
void cutSquare(std::span<const std::uint8_t> rgb, int width, int height, const Box& box, int side, std::vector<std::uint8_t>& out) {
    const float step = box.side / static_cast<float>(side), left = box.x - 0.5f * box.side, top = box.y - 0.5f * box.side;
    const int taps = std::clamp(static_cast<int>(std::ceil(step)), 1, 8);
    out.resize(static_cast<std::size_t>(side) * static_cast<std::size_t>(side) * 3);
    const auto pixel = [&](int x, int y) {
        return rgb.data() + 3 * (static_cast<std::size_t>(std::clamp(y, 0, height - 1)) * static_cast<std::size_t>(width) + static_cast<std::size_t>(std::clamp(x, 0, width - 1)));
    };
    for (int v = 0; v < side; ++v)
        for (int u = 0; u < side; ++u) {
            float sum[3] = {0, 0, 0};
            for (int j = 0; j < taps; ++j)
                for (int i = 0; i < taps; ++i) {
                    const float x = left + (static_cast<float>(u) + (static_cast<float>(i) + 0.5f) / static_cast<float>(taps)) * step - 0.5f;
                    const float y = top + (static_cast<float>(v) + (static_cast<float>(j) + 0.5f) / static_cast<float>(taps)) * step - 0.5f;
                    const int xi = static_cast<int>(std::floor(x)), yi = static_cast<int>(std::floor(y));
                    const float fx = x - static_cast<float>(xi), fy = y - static_cast<float>(yi);
                    const std::uint8_t *a = pixel(xi, yi), *b = pixel(xi + 1, yi), *c = pixel(xi, yi + 1), *d = pixel(xi + 1, yi + 1);
                    for (int k = 0; k < 3; ++k)
                        sum[k] += (static_cast<float>(a[k]) * (1 - fx) + static_cast<float>(b[k]) * fx) * (1 - fy) +
                                  (static_cast<float>(c[k]) * (1 - fx) + static_cast<float>(d[k]) * fx) * fy;
                }
            for (int k = 0; k < 3; ++k)
                out[3 * (static_cast<std::size_t>(v) * static_cast<std::size_t>(side) + static_cast<std::size_t>(u)) + static_cast<std::size_t>(k)] =
                    static_cast<std::uint8_t>(std::lround(std::clamp(sum[k] / static_cast<float>(taps * taps), 0.0f, 255.0f)));
        }
}

DancerPicture cutPicture(std::span<const std::uint8_t> rgb, int width, int height, const std::array<float, 3 * kMarks>& pose, float square, int side) {
    DancerPicture out;
    Box box = boxOf(pose);
    box.side = square;
    cutSquare(rgb, width, height, box, side, out.rgb);
    const auto own = static_cast<float>(boxOf(pose).side);
    const float metres = kMetres / std::max(1.0f, std::max(own, square / kMargin));  // of a pixel: depths come in pixels
    for (std::size_t i = 0; i < kMarks; ++i) {
        out.landmarks[3 * i] = (pose[3 * i] - box.x) / square + 0.5f;
        out.landmarks[3 * i + 1] = (pose[3 * i + 1] - box.y) / square + 0.5f;
        out.landmarks[3 * i + 2] = pose[3 * i + 2] * metres;
    }
    return out;
}

/// [n, 33, 2] or [33, 2] of 0..1, with depths [n, 33] in picture widths where there are, to pixels.
Result<Marks> marksOf(const io::Array& flat, const std::vector<float>& depths, int width, int height, const std::string& place, const char* name) {
    const auto dimensions = flat.shape.size();
    if (dimensions < 2 || dimensions > 3 || flat.shape[dimensions - 2] != kMarks || flat.shape[dimensions - 1] != 2 || flat.values.empty())
        return badInput(place, std::string(name) + " has a wrong shape", "[33, 2] or [n, 33, 2]", shapeText(flat.shape));
    for (std::size_t i = 0; i < flat.values.size(); ++i)
        if (!std::isfinite(flat.values[i]) || (i / 2 < depths.size() && !std::isfinite(depths[i / 2])))
            return badInput(place, std::string(name) + " holds values that are not finite", "numbers", "row " + std::to_string(i / (2 * kMarks)));
    Marks marks;
    marks.poses.resize(flat.values.size() / (2 * kMarks));
    for (std::size_t p = 0; p < marks.poses.size(); ++p)
        for (std::size_t i = 0; i < kMarks; ++i) {
            marks.poses[p][3 * i] = flat.values[2 * (p * kMarks + i)] * static_cast<float>(width);
            marks.poses[p][3 * i + 1] = flat.values[2 * (p * kMarks + i) + 1] * static_cast<float>(height);
            marks.poses[p][3 * i + 2] = depths.empty() ? 0.0f : kDepth * depths[p * kMarks + i] * static_cast<float>(width);
        }
    if (squareOf(marks) < 8) return badInput(place, std::string(name) + " shows no person", "a person of at least 8 pixels", std::to_string(squareOf(marks)) + " pixels");
    return marks;
}

bool lastEighth(std::size_t index, std::size_t count) { return index >= count - std::max<std::size_t>(1, count / 8); }

Result<void> readFolder(const fs::path& folder, int side, std::vector<DancerPicture>& out) {
    CHOREIA_ASSIGN(const io::H5Reader file, io::H5Reader::open(folder / "landmarks.h5"));
    for (const auto& group : file.groups()) {
        const std::string at = group + "/", place = (folder / "landmarks.h5").string() + ": " + group;
        if (!file.exists(at + "pose_landmarks")) continue;
        CHOREIA_ASSIGN(const io::Array flat, file.readFloats(at + "pose_landmarks"));
        CHOREIA_ASSIGN(const auto names, file.readTexts(at + "frame_files"));
        std::vector<float> depths;
        if (file.exists(at + "pose_landmarks_z")) {
            CHOREIA_ASSIGN(io::Array z, file.readFloats(at + "pose_landmarks_z"));
            if (z.values.size() * 2 != flat.values.size()) return badInput(place, "pose_landmarks_z has a wrong shape", "[n, 33]", shapeText(z.shape));
            depths = std::move(z.values);
        }
        std::vector<std::int64_t> split;
        if (file.exists(at + "split")) {
            CHOREIA_ASSIGN(split, file.readIntegers(at + "split"));
        }
        const std::size_t count = names.size();
        if (count == 0 || flat.values.size() != count * 2 * kMarks || (!split.empty() && split.size() != count))
            return badInput(place, "the numbers of pictures, landmarks and splits do not fit", std::to_string(count) + " of each",
                            std::to_string(flat.values.size() / (2 * kMarks)) + " and " + std::to_string(split.size()));
        CHOREIA_ASSIGN(const io::RgbPicture first, io::readPicture(folder / "frames" / names[0]));
        CHOREIA_ASSIGN(const Marks marks, marksOf(flat, depths, first.width, first.height, place, "pose_landmarks"));
        const float square = squareOf(marks);
        std::vector<DancerPicture> made(count);
        std::vector<std::optional<Error>> errors(count);
        parallelFor(count, [&](std::size_t i) {
            const auto picture = io::readPicture(folder / "frames" / names[i]);
            if (!picture.ok()) {
                errors[i] = picture.error();
                return;
            }
            if (picture->width != first.width || picture->height != first.height) {
                errors[i] = badInput((folder / "frames" / names[i]).string(), "is of another size than the first", std::to_string(first.width) + "x" + std::to_string(first.height),
                                     std::to_string(picture->width) + "x" + std::to_string(picture->height));
                return;
            }
            made[i] = cutPicture(picture->rgb, picture->width, picture->height, marks.poses[i], square, side);
            made[i].validation = split.empty() ? lastEighth(i, count) : split[i] != 0;
            made[i].follows = i > 0;
        });
        for (const auto& error : errors)
            if (error) return *error;
        for (std::size_t i = 0; i < count; ++i) {
            if (i > 0 && made[i].validation != made[i - 1].validation) made[i].follows = false;
            out.push_back(std::move(made[i]));
        }
    }
    return {};
}

Result<void> readSeedFile(const fs::path& path, int side, std::vector<DancerPicture>& out) {
    CHOREIA_ASSIGN(const io::H5Reader file, io::H5Reader::open(path));
    auto groups = file.groups();
    groups.push_back("/");
    std::size_t samples = 0;
    for (const auto& group : groups) {
        const std::string at = group == "/" ? "" : group + "/", place = path.string() + ": " + group;
        if (!file.exists(at + "frames") || !file.exists(at + "pose_landmark_sequences")) continue;
        CHOREIA_ASSIGN(const io::Array flat, file.readFloats(at + "pose_landmark_sequences"));
        auto shape = file.shape(at + "frames").value_or(std::vector<std::uint64_t>{});
        if (shape.size() == 3) shape.insert(shape.begin(), 1);
        if (shape.size() != 4 || shape[3] != 3 || shape[1] < 8 || shape[2] < 8 || shape[1] > 16384 || shape[2] > 16384)
            return badInput(place, "frames has a wrong shape", "[height, width, 3] or [n, height, width, 3]", shapeText(shape));
        if (flat.values.size() != shape[0] * 2 * kMarks)
            return badInput(place, "pose_landmark_sequences does not fit the pictures", std::to_string(shape[0]) + " of 33 landmarks", shapeText(flat.shape));
        const int height = static_cast<int>(shape[1]), width = static_cast<int>(shape[2]);
        CHOREIA_ASSIGN(const Marks marks, marksOf(flat, {}, width, height, place, "pose_landmark_sequences"));
        const float square = squareOf(marks);
        const auto set = file.textAttribute(group, "set");
        const bool single = shape[0] == 1;
        std::vector<std::uint8_t> one;
        if (file.shape(at + "frames")->size() == 3) {
            CHOREIA_ASSIGN(one, file.readBytes(at + "frames"));
        }
        for (std::size_t i = 0; i < shape[0]; ++i) {
            if (file.shape(at + "frames")->size() == 4) {
                CHOREIA_ASSIGN(one, file.readByteRows(at + "frames", i, 1));
            }
            out.push_back(cutPicture(one, width, height, marks.poses[i], square, side));
            out.back().validation = set.ok() ? *set == "val" : single ? samples % 8 == 7 : lastEighth(i, shape[0]);
            out.back().follows = i > 0 && out.back().validation == out[out.size() - 2].validation;
        }
        ++samples;
    }
    return {};
}

}  // namespace

Result<std::vector<DancerPicture>> loadDancerPictures(const std::vector<fs::path>& places, int side) {
    std::vector<DancerPicture> out;
    for (const auto& place : places) {
        const std::size_t before = out.size();
        std::error_code code;
        if (fs::is_directory(place, code)) {
            if (!fs::exists(place / "landmarks.h5", code)) return badInput(place.string(), "no pictures with landmarks in this folder", "landmarks.h5 beside frames/");
            CHOREIA_TRY(readFolder(place, side, out));
        } else {
            CHOREIA_TRY(readSeedFile(place, side, out));
        }
        if (out.size() == before)
            return badInput(place.string(), "no pictures with landmarks in it", "frames and pose_landmark_sequences, or pose_landmarks and frame_files");
    }
    return out;
}

}  // namespace choreia::data
