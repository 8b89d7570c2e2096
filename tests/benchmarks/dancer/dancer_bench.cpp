// How near a learned dancer comes to the character that it was taught with, in dances that it never saw.
//
//   choreia-dancer-bench [--look N] [--takes N] [--seconds S] [--sheet F.png] WEIGHTS MOTION.h5
//
// WEIGHTS: NAME.dancer-gan.safetensors. MOTION.h5: a motion set of choreia dataset build, of which the validation takes are danced. Prints PSNR, PSNR of
// the person, SSIM, sharpness (gradient energy over the true picture's), flicker (mean change from picture to picture at 30 a second over the true one)
// pictures a second with their maps, the processor's time of one, and, where SE-ViT's weights are installed, the share of visible key points that it finds again within 5 % of the person's height and of the picture's (as choreia-seeing-bench counts),
// in the generated and in the true pictures (every fifth). --sheet: pictures of the takes, generated above true.
#include "data/dataset.h"
#include "eval/picture_quality.h"
#include "io/png.h"
#include "motion/kinematics.h"
#include "render/character.h"
#include "render/gan_dancer.h"
#include "seeing/pose_finder.h"

#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <string>
#include <vector>

using namespace choreia;

namespace {

std::vector<float> planesOf(const std::vector<std::uint8_t>& pixels, std::size_t channels) {
    const std::size_t count = pixels.size() / channels;
    std::vector<float> planes(3 * count);
    for (std::size_t i = 0; i < count; ++i)
        for (std::size_t c = 0; c < 3; ++c) planes[c * count + i] = static_cast<float>(pixels[channels * i + c]) / 255.0f;
    return planes;
}

double meanChange(const std::vector<float>& a, const std::vector<float>& b) {
    double sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i) sum += std::fabs(a[i] - b[i]);
    return sum / static_cast<double>(a.size());
}

/// Key points that SE-ViT finds again, of those in sight.
struct Refound {
    double within = 0, withinPicture = 0, all = 0;
    void look(const seeing::PoseFinder& finder, int side, std::vector<std::uint8_t> rgb, const render::CharacterPicture& real) {
        std::vector<std::array<float, 2>> points;
        float top = 1e9f, bottom = -1e9f;
        for (std::size_t i = 0; i < 33; ++i) {
            points.push_back({real.landmarks[3 * i] * static_cast<float>(side), real.landmarks[3 * i + 1] * static_cast<float>(side)});
            top = std::min(top, points[i][1]), bottom = std::max(bottom, points[i][1]);
        }
        auto square = data::squareRound(points);
        square.side *= 1.25f;
        const auto pose = finder.look({side, side, std::move(rgb)}, square, seeing::Care::BothWays);
        if (!pose.ok()) return;
        for (std::size_t i = 0; i < 33; ++i) {
            if (real.visible[i] == 0) continue;
            const float away = std::hypot(pose->landmarks[3 * i] - points[i][0], pose->landmarks[3 * i + 1] - points[i][1]);
            within += away <= 0.05f * (bottom - top);
            withinPicture += away <= 0.05f * static_cast<float>(side);
            all += 1;
        }
    }
    [[nodiscard]] double percent() const { return all > 0 ? 100 * within / all : 0; }
    [[nodiscard]] double ofPicture() const { return all > 0 ? 100 * withinPicture / all : 0; }
};

std::vector<std::uint8_t> withoutAlpha(const std::vector<std::uint8_t>& rgba) {
    std::vector<std::uint8_t> flat;
    flat.reserve(rgba.size() / 4 * 3);
    for (std::size_t i = 0; i < rgba.size(); i += 4) flat.insert(flat.end(), rgba.begin() + static_cast<std::ptrdiff_t>(i), rgba.begin() + static_cast<std::ptrdiff_t>(i) + 3);
    return flat;
}

int fail(const std::string& line) {
    std::fprintf(stderr, "choreia-dancer-bench: %s\n", line.c_str());
    return 3;
}

}  // namespace

int main(int argc, char** argv) {
    int look = 0, takes = 8;
    double seconds = 1.5;
    std::string sheet;
    std::vector<std::string> places;
    for (int i = 1; i < argc; ++i) {
        const auto value = [&](const char* name) { return std::strcmp(argv[i], name) == 0 && i + 1 < argc ? argv[++i] : nullptr; };
        if (const char* v = value("--look")) look = std::atoi(v);
        else if (const char* w = value("--takes")) takes = std::max(1, std::atoi(w));
        else if (const char* x = value("--seconds")) seconds = std::atof(x);
        else if (const char* y = value("--sheet")) sheet = y;
        else places.emplace_back(argv[i]);
    }
    if (places.size() != 2) return fail("expected WEIGHTS and MOTION.h5");
    auto dancer = render::GanDancer::load(places[0]);
    if (!dancer.ok()) return fail(dancer.error().line());
    const auto clips = data::loadClips({places[1]});
    if (!clips.ok()) return fail(clips.error().line());
    const int size = (*dancer)->size();
    const auto side = static_cast<std::size_t>(size);

    const auto finder = seeing::PoseFinder::installed();
    Refound refound, trueRefound;
    double error = 0, personError = 0, similarity = 0, energy = 0, trueEnergy = 0, change = 0, trueChange = 0, spent = 0, worked = 0;
    std::size_t pictures = 0, changes = 0;
    std::vector<std::vector<std::uint8_t>> shown, shownTrue;
    int danced = 0;
    for (const auto& clip : *clips) {
        const double step = clip.clip.fps / 30.0;
        if (!clip.validation || clip.name.find('~') != std::string::npos || danced >= takes) continue;
        ++danced;
        const auto views = render::followCamera(motion::jointPositions(motion::Skeleton::body(), clip.clip), 1.0);
        const auto from = static_cast<double>(clip.clip.frames()) * 0.4;
        (*dancer)->restart();
        std::vector<float> before, trueBefore;
        for (int k = 0; k < static_cast<int>(seconds * 30); ++k) {
            const auto frame = static_cast<std::size_t>(from + k * step);
            if (frame >= clip.clip.frames()) break;
            std::vector<motion::Vec3> joints(motion::kJoints);
            std::vector<motion::Quat> turns(motion::kJoints);
            motion::forwardKinematics(motion::Skeleton::body(), clip.clip.root[frame], clip.clip.pose(frame), joints, turns);
            render::CharacterRequest request;
            request.width = request.height = size;
            request.look = render::CharacterLook::shipped(look);
            request.view = views[frame];
            const auto real = render::renderCharacter(joints, turns, request);
            render::Picture drawn;
            const auto begin = std::chrono::steady_clock::now();
            const auto work = std::clock();
            (*dancer)->draw(joints, turns, views[frame], drawn);
            worked += static_cast<double>(std::clock() - work) / CLOCKS_PER_SEC;
            spent += std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
            const auto own = planesOf(drawn.rgba, 4), truth = planesOf(real.rgb, 3);
            std::vector<float> mask;
            for (const auto c : real.coverage) mask.push_back(static_cast<float>(c) / 255.0f);
            const eval::PictureView a{own, side, side}, b{truth, side, side};
            error += eval::meanSquaredError(a, b);
            personError += eval::meanSquaredError(a, b, mask);
            similarity += eval::ssim(a, b);
            energy += eval::gradientEnergy(a);
            trueEnergy += eval::gradientEnergy(b);
            if (!before.empty()) {
                change += meanChange(own, before);
                trueChange += meanChange(truth, trueBefore);
                ++changes;
            }
            before = own;
            trueBefore = truth;
            ++pictures;
            if (finder.ok() && k % 5 == 0) {
                refound.look(*finder, size, withoutAlpha(drawn.rgba), real);
                trueRefound.look(*finder, size, real.rgb, real);
            }
            if (k == 0) {
                shown.push_back(withoutAlpha(drawn.rgba));
                shownTrue.push_back(real.rgb);
            }
        }
    }
    if (pictures == 0 || changes == 0) return fail(places[1] + ": no validation takes");
    const auto n = static_cast<double>(pictures);
    std::printf("%d takes, %zu pictures of %dx%d: PSNR %.2f, person %.2f, SSIM %.4f, sharpness %.3f, flicker %.3f, %.1f pictures a second, %.1f ms of a core each\n", danced, pictures, size, size,
                eval::psnr(error / n), eval::psnr(personError / n), similarity / n, energy / trueEnergy, change / trueChange, n / spent, 1000 * worked / n);
    if (finder.ok())
        std::printf("key points found again by SE-ViT within 5 %% of the person's height: %.1f %% in the generated pictures, %.1f %% in the true ones; of the picture's: %.1f %%, %.1f %%\n", refound.percent(),
                    trueRefound.percent(), refound.ofPicture(), trueRefound.ofPicture());
    if (!sheet.empty()) {
        const std::size_t across = shown.size();
        std::vector<std::uint8_t> rgba(4 * 2 * side * across * side, 255);
        for (std::size_t p = 0; p < across; ++p)
            for (std::size_t row = 0; row < 2; ++row)
                for (std::size_t y = 0; y < side; ++y)
                    for (std::size_t x = 0; x < side; ++x)
                        for (std::size_t c = 0; c < 3; ++c)
                            rgba[4 * (((row * side + y) * across + p) * side + x) + c] = (row == 0 ? shown : shownTrue)[p][3 * (y * side + x) + c];
        if (const auto written = io::writePng(sheet, static_cast<int>(across) * size, 2 * size, rgba); !written.ok()) return fail(written.error().line());
    }
    return 0;
}
