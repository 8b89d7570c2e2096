// How well SE-ViT finds people's landmarks in pictures that it was not taught with.
//
//   choreia-seeing-bench [--weights F] [--nobody FOLDER] PLACE...
//
// PLACE: as choreia train se-vit --data: folders of pictures with joints or landmarks, of which the validation pictures count (300 at most), or a motion set,
// of which 96 pictures of the project's own characters are drawn. Prints for every set, the person's square given: PCK at 0.2 of the torso (left shoulder to
// right hip) over the joints that are landmarks, the share within 5 % of the picture's height where all 33 are known, and both again with left and right of
// people taken as they come (what exchanged sides cost), and of those landmarks alone that are in sight. Each once as the picture is and once as the mean of it and its mirror image. Then the share of pictures in which
// the person is found without a square, and what is found then. FOLDER: pictures without people; prints in how many of them a search finds somebody, and their names.
#include "motion/landmarks.h"
#include "seeing/pose_finder.h"
#include "train/rendered_people.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <map>
#include <string>

using namespace choreia;

namespace {

int fail(const std::string& line) {
    std::fprintf(stderr, "choreia-seeing-bench: %s\n", line.c_str());
    return 3;
}

/// As validation looks at people (train::measuringSquare, which needs Torch).
data::CutSquare squareOf(const data::PictureSample& sample) {
    data::CutSquare square = sample.person;
    square.side *= 1.25f;
    return square;
}

struct Share {
    double within = 0, all = 0;
    void add(bool passes) { within += passes, all += 1; }
    [[nodiscard]] double percent() const { return all > 0 ? 100 * within / all : 0; }
};

struct Score {
    Share torso, height, torsoEither, heightEither, heightInSight;
    void add(const data::PictureSample& sample, const seeing::FoundPose* pose) {
        constexpr std::size_t kShoulder = motion::LeftShoulderMark, kHip = motion::RightHipMark;
        const bool all = std::all_of(sample.known.begin(), sample.known.end(), [](auto k) { return k != 0; });
        const auto away = [&](std::size_t i, std::size_t found) {
            if (!pose) return 1e9f;
            return std::hypot(sample.landmarks[3 * i] - pose->landmarks[3 * found], sample.landmarks[3 * i + 1] - pose->landmarks[3 * found + 1]);
        };
        const float trunk = std::hypot(sample.landmarks[3 * kShoulder] - sample.landmarks[3 * kHip], sample.landmarks[3 * kShoulder + 1] - sample.landmarks[3 * kHip + 1]);
        for (std::size_t i = 0; i < data::kPictureMarks; ++i) {
            const float u = sample.landmarks[3 * i], v = sample.landmarks[3 * i + 1];
            if (!sample.known[i] || u < 0 || v < 0 || u >= static_cast<float>(sample.width) || v >= static_cast<float>(sample.height)) continue;
            const float own = away(i, i), either = std::min(own, away(i, static_cast<std::size_t>(motion::mirroredLandmark(static_cast<int>(i)))));
            if (sample.known[kShoulder] && sample.known[kHip]) torso.add(own <= 0.2f * trunk), torsoEither.add(either <= 0.2f * trunk);
            if (all) height.add(own <= 0.05f * static_cast<float>(sample.height)), heightEither.add(either <= 0.05f * static_cast<float>(sample.height));
            if (all && sample.seen[i]) heightInSight.add(own <= 0.05f * static_cast<float>(sample.height));
        }
    }
    void print(const std::string& set, const char* how) const {
        if (height.all > 0) std::printf("%-12s %-22s within 5 %% of the height %5.1f %%, either side %5.1f %%, of those in sight %5.1f %%\n", set.c_str(), how, height.percent(), heightEither.percent(), heightInSight.percent());
        else std::printf("%-12s %-22s PCK at 0.2 of the torso %5.1f %%, either side %5.1f %%\n", set.c_str(), how, torso.percent(), torsoEither.percent());
    }
};

}  // namespace

int main(int argc, char** argv) {
    std::string weights, nobody;
    std::vector<std::filesystem::path> pictures, motions;
    for (int i = 1; i < argc; ++i) {
        if (std::strcmp(argv[i], "--weights") == 0 && i + 1 < argc) weights = argv[++i];
        else if (std::strcmp(argv[i], "--nobody") == 0 && i + 1 < argc) nobody = argv[++i];
        else (train::holdsMotion(argv[i]) ? motions : pictures).emplace_back(argv[i]);
    }
    if (pictures.empty() && motions.empty() && nobody.empty()) return fail("nothing to look at (expected [--weights F] [--nobody FOLDER] PLACE...)");
    const auto finder = weights.empty() ? seeing::PoseFinder::installed() : seeing::PoseFinder::load(weights);
    if (!finder.ok()) return fail(finder.error().line());

    std::map<std::string, std::vector<data::PictureSample>> sets;
    if (!pictures.empty()) {
        auto samples = data::loadPictureSamples(pictures);
        if (!samples.ok()) return fail(samples.error().line());
        for (auto& sample : *samples)
            if (sample.validation) sets[sample.set].push_back(std::move(sample));
    }
    if (!motions.empty()) {
        const auto people = train::RenderedPeople::load(motions);
        if (!people.ok()) return fail(people.error().line());
        Random random(7);
        for (int k = 0; k < 96; ++k) sets["renders"].push_back(people->draw(random, true, 176));
    }

    for (const auto& [set, all] : sets) {
        constexpr std::size_t kMost = 300;
        std::vector<const data::PictureSample*> some;
        for (std::size_t i = 0; i < std::min(kMost, all.size()); ++i) some.push_back(&all[i * all.size() / std::min(kMost, all.size())]);
        for (const auto care : {seeing::Care::OneWay, seeing::Care::BothWays}) {
            Score score;
            const auto start = std::chrono::steady_clock::now();
            for (const auto* sample : some) {
                const auto pose = finder->look({sample->width, sample->height, sample->rgb}, squareOf(*sample), care);
                if (!pose.ok()) return fail(pose.error().line());
                score.add(*sample, &*pose);
            }
            const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
            char how[64];
            std::snprintf(how, sizeof how, "%s (%.0f a second)", care == seeing::Care::OneWay ? "one way" : "both ways", static_cast<double>(some.size()) / seconds);
            score.print(set, how);
        }
        Score score;
        Share found;
        for (const auto* sample : some) {
            const auto pose = finder->find({sample->width, sample->height, sample->rgb});
            if (!pose.ok()) return fail(pose.error().line());
            found.add(pose->has_value());
            score.add(*sample, *pose ? &**pose : nullptr);
        }
        char how[64];
        std::snprintf(how, sizeof how, "found in %.0f %%", found.percent());
        score.print(set, how);
    }
    if (!nobody.empty()) {
        std::error_code code;
        std::size_t all = 0, seen = 0;
        std::string names;
        for (const auto& entry : std::filesystem::directory_iterator(nobody, code)) {
            const auto picture = io::readPicture(entry.path());
            if (!picture.ok()) return fail(picture.error().line());
            const auto pose = finder->find(*picture);
            if (!pose.ok()) return fail(pose.error().line());
            ++all;
            if (!pose->has_value()) continue;
            ++seen;
            names += " " + entry.path().filename().string();
        }
        if (all == 0) return fail(nobody + ": no pictures");
        std::printf("nobody       somebody found in %zu of %zu:%s\n", seen, all, names.c_str());
    }
    return 0;
}
