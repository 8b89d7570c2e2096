// choreia bench: this machine's speed on the project's own work, with a song that we synthesise.
#include "audio/synth.h"
#include "choreo/choreographer.h"
#include "cli/verbs.h"
#include "core/parallel.h"
#include "core/random.h"
#include "hearing/hearing.h"
#include "io/project.h"
#include "motion/kinematics.h"
#include "render/gan_dancer.h"
#include "render/video.h"
#include "seeing/pose_finder.h"

#include <array>
#include <atomic>
#include <barrier>
#include <cstdio>
#include <optional>
#include <unistd.h>

namespace choreia::cli {

namespace {

namespace fs = std::filesystem;

struct Options {
    std::string json, device = "auto";
    double seconds = 60;
};

/// A folder that goes away with its contents.
class Scratch {
public:
    Scratch() {
        std::string name = (fs::temp_directory_path() / "choreia-bench-XXXXXX").string();
        if (::mkdtemp(name.data())) path_ = name;
    }
    ~Scratch() {
        std::error_code code;
        if (!path_.empty()) fs::remove_all(path_, code);
    }
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;
    [[nodiscard]] const fs::path& path() const { return path_; }

private:
    fs::path path_;
};

/// Pictures a second of the dancer GAN on a dance, drawn as a film is: a dancer a core, each one picture after another with its room, maps, network and bytes. Its weights do not matter
/// to its speed.
double dancerSpeed(int size, const motion::Clip& clip) {
    constexpr double kSeconds = 4;
    const auto views = render::followCamera(motion::jointPositions(motion::Skeleton::body(), clip), 1.0);
    const auto cores = static_cast<std::size_t>(threadCount());
    std::atomic<std::size_t> drawn{0};
    double seconds = 0;
    std::barrier start(static_cast<std::ptrdiff_t>(cores));
    parallelFor(cores, [&](std::size_t own) {
        const auto dancer = render::GanDancer::untrained(size);
        std::array<motion::Vec3, motion::kJoints> joints;
        std::array<motion::Quat, motion::kJoints> turns;
        render::Picture picture;
        const auto draw = [&](std::size_t frame) {
            motion::forwardKinematics(motion::Skeleton::body(), clip.root[frame], clip.pose(frame), joints, turns);
            dancer->draw(joints, turns, views[frame], picture);
        };
        draw(0);  // the first finds its memory
        start.arrive_and_wait();
        const Watch drawing;
        for (std::size_t frame = own; drawing.seconds() < kSeconds; frame = (frame + cores) % clip.frames()) {
            draw(frame);
            ++drawn;
        }
        if (own == 0) seconds = drawing.seconds();
    });
    return static_cast<double>(drawn) / seconds;
}

/// Pictures a second, of 256 x 256, one at a time, from pixels to landmarks, for a second; empty where no network is installed.
Result<std::optional<double>> seeingSpeed() {
    const auto finder = seeing::PoseFinder::installed();
    if (!finder.ok()) return std::optional<double>();
    io::RgbPicture picture{256, 256, {}};
    Random random(1);
    for (int i = 0; i < 256 * 256 * 3; ++i) picture.rgb.push_back(static_cast<std::uint8_t>(random.below(256)));
    const data::CutSquare square{128, 128, 256, 0, false};
    CHOREIA_TRY(finder->look(picture, square));
    const Watch looking;
    int looked = 0;
    for (; looking.seconds() < 1; ++looked) CHOREIA_TRY(finder->look(picture, square));
    return std::optional(looked / looking.seconds());
}

Result<void> bench(const Options& options, Context& context) {
    CHOREIA_TRY(checkOutput(options.json));
    if (!(options.seconds >= 5 && options.seconds <= 600)) return usageError("--seconds", "out of range", "5 to 600", std::to_string(options.seconds));
    CHOREIA_ASSIGN(const choreo::Device device, choreo::parseDevice(options.device));
    const Scratch scratch;
    if (scratch.path().empty()) return failed("bench", "no folder for temporary files");

    audio::SynthSettings settings;
    settings.seconds = options.seconds;
    const audio::SynthSong song = audio::synthesize(settings);
    const double songSeconds = song.pcm.seconds();

    const Watch analysing;
    CHOREIA_ASSIGN(const audio::Analysis analysis, hearing::hear(song.pcm, "bench song", context.stop, context.progress));
    const double analyzeSpeed = songSeconds / analysing.seconds();

    CHOREIA_ASSIGN(const fs::path folder, choreo::findModels());
    CHOREIA_ASSIGN(const auto choreographer, choreo::Choreographer::load(folder, "default", device));
    const Watch generating;
    CHOREIA_ASSIGN(const choreo::Generated generated, choreographer->generate(analysis, {}, context.stop, context.progress));
    const double generateSpeed = songSeconds / generating.seconds();

    const motion::Clip clip = motion::slice(generated.dance.clip, 0, std::min<std::size_t>(generated.dance.clip.frames(), 1200));
    render::VideoRequest request;
    request.clip = &clip;
    request.sound = &song.pcm;
    CHOREIA_ASSIGN(const render::VideoReport film, render::exportVideo(scratch.path() / "bench.mp4", request, context.stop, context.progress));

    io::Project project;
    project.songPath = "bench.wav";
    project.analysis = analysis;
    project.dances.push_back(generated.dance);
    CHOREIA_TRY(io::writeProject(scratch.path() / "bench.choreia", project));
    const Watch loading;
    CHOREIA_ASSIGN(const io::Project loaded, io::readProject(scratch.path() / "bench.choreia"));
    const double loadMs = loading.seconds() * 1000;
    if (loaded.dances.size() != 1 || loaded.dances[0].clip.frames() != generated.dance.clip.frames()) return failed("bench", "the project read is not the project written");

    CHOREIA_ASSIGN(const auto seeingFps, seeingSpeed());

    Json figures = {{"analyze_x_realtime", rounded(analyzeSpeed, 1)},
                    {"generate_x_realtime", rounded(generateSpeed, 2)},
                    {"export_x_realtime_720p30", rounded(clip.seconds() / film.totalSeconds, 2)},
                    {"export_share_in_encoder", rounded(film.encoderSeconds / film.totalSeconds, 3)},
                    {"load_project_ms", rounded(loadMs, 1)},
                    {"dancer_fps_256", rounded(dancerSpeed(256, clip), 1)},
                    {"dancer_fps_512", rounded(dancerSpeed(512, clip), 1)},
                    {"peak_memory_mb", rounded(peakMemoryMb(), 1)},
                    {"threads", threadCount()},
                    {"device", options.device}};
    if (seeingFps) figures["se_vit_fps"] = rounded(*seeingFps, 1);
    CHOREIA_TRY(writeJson(options.json, figures));
    if (options.json == "-") return {};
    for (const auto& [name, value] : figures.items()) CHOREIA_TRY(printLine(context, name + " " + (value.is_string() ? value.get<std::string>() : value.dump())));
    return {};
}

}  // namespace

void addBench(CLI::App& app, Action& action) {
    auto* verb = app.add_subcommand("bench", "This machine's speed: hearing, generating, filming, opening, seeing");
    auto options = std::make_shared<Options>();
    verb->add_option("--seconds", options->seconds, "Length of the song that it synthesises");
    verb->add_option("--device", options->device, "auto, cpu or cuda");
    verb->add_option("--json", options->json, "Write the figures (\"-\": standard output)");
    verb->callback([&action, options] { action = [options](Context& context) { return bench(*options, context); }; });
}

}  // namespace choreia::cli
