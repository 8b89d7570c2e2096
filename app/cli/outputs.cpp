// Motion files by format, and the film.
#include "cli/outputs.h"

#include "io/models_folder.h"
#include "io/media.h"
#include "io/motion_files.h"
#include "io/png.h"
#include "motion/formation.h"
#include "render/performer.h"

#include <algorithm>
#include <cstdio>

namespace choreia::cli {

namespace {

Result<std::pair<int, int>> parseSize(const std::string& text) {
    int width = 0, height = 0;
    char rest = 0;
    if (std::sscanf(text.c_str(), "%dx%d%c", &width, &height, &rest) != 2 || width < 32 || height < 32 || width > 7680 || height > 7680 ||
        width % 2 != 0 || height % 2 != 0)
        return usageError("--size", "is not a picture size", "WxH, even numbers from 32 to 7680, such as 1280x720", text);
    return std::pair{width, height};
}

std::string extensionOf(const std::string& path) {
    std::string extension = std::filesystem::path(path).extension().string();
    std::transform(extension.begin(), extension.end(), extension.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return extension;
}

Result<void> checkExtension(const std::string& option, const std::string& path, std::initializer_list<const char*> allowed) {
    if (path.empty()) return {};
    std::string names;
    for (const char* extension : allowed) {
        if (extensionOf(path) == extension) return checkOutput(path);
        names += (names.empty() ? "" : " or ") + std::string(extension);
    }
    return usageError(option, "wrong kind of file", "a name ending in " + names, path);
}

std::string dancerNames() {
    const auto all = render::castNames(io::modelsOrNone());
    std::string names;
    for (std::size_t i = 0; i < all.size(); ++i) names += (i == 0 ? "" : i + 1 < all.size() ? ", " : " or ") + all[i];
    return names;
}

}  // namespace

void Outputs::addTo(CLI::App& verb) {
    verb.add_option("--bvh", bvh, "Write the motion as BVH (local rotations, centimetres)");
    verb.add_option("--gltf", gltf, "Write the motion as glTF (.gltf or .glb)");
    verb.add_option("--fbx", fbx, "Write the motion as binary FBX");
    verb.add_option("--csv", csv, "Write joint positions as CSV");
    verb.add_option("--motion", motion, "Write positions and rotations as HDF5 (.h5)");
    verb.add_option("--video", video, "Write a film with the song (.mp4: H.264 and AAC; .webm: VP9 and Opus; .mov: ProRes 4444 and PCM, for editing)");
    verb.add_option("--picture", picture, "Write one picture of the film (.png)");
    verb.add_option("--at", at, "Which one: that of so many seconds after the film's beginning");
    verb.add_option("--view", view, "What the film shows: skeleton (the plain figure), dancer (the character) or both");
    verb.add_option("--dancer", dancer, "Who dances with --view dancer or both: " + dancerNames());
    verb.add_flag("--inset", inset, "With --view both: the skeleton small in a corner, not beside the dancer");
    verb.add_option("--background", background, "Behind a drawn dancer: stage, a colour #rrggbb, a picture file, or transparent (.webm, .mov and .png)");
    verb.add_flag("--beat-counter", beatCounter, "Bar and beat in the corner of the film, the bar's counts with the present one lit");
    verb.add_option("--size", size, "Picture size of the film, WxH");
    verb.add_option("--fps", fps, "Pictures a second of the film");
    verb.add_option("--dancers", dancers, "Number of dancers, 1 to 8: a group in formation that dances the dance together; motion files as NAME.dancer2 and so on");
    verb.add_option("--canon", canon, "With several dancers: each row begins so many seconds after the one before it");
}

bool Outputs::any() const { return !(bvh + gltf + fbx + csv + motion + video + picture).empty(); }

Outputs Outputs::named(const std::string& suffix) const {
    Outputs other = *this;
    for (std::string* path : {&other.bvh, &other.gltf, &other.fbx, &other.csv, &other.motion, &other.video, &other.picture}) {
        if (path->empty()) continue;
        const std::filesystem::path whole(*path);
        *path = (whole.parent_path() / (whole.stem().string() + suffix + whole.extension().string())).string();
    }
    return other;
}

Result<void> Outputs::check() const {
    if (view != "skeleton" && view != "dancer" && view != "both") return usageError("--view", "is not a view", "skeleton, dancer or both", view);
    if (inset && view != "both") return usageError("--inset", "is for both views in one film", "--view both", view);
    if (render::castIndex(dancer, io::modelsOrNone()) < 0) return usageError("--dancer", "there is no such dancer", dancerNames(), dancer);
    const auto backdrop = render::backdropNamed(background);
    if (!backdrop.ok()) return backdrop.error();
    if (dancers < 1 || dancers > static_cast<int>(motion::kMostDancers)) return usageError("--dancers", "out of range", "1 to " + std::to_string(motion::kMostDancers), std::to_string(dancers));
    if (!(canon >= 0 && canon <= 60)) return usageError("--canon", "out of range", "0 to 60 seconds", std::to_string(canon));
    if (canon > 0 && dancers == 1) return usageError("--canon", "needs several dancers", "--dancers 2 or more", "1");
    if (!(fps >= 1 && fps <= 240)) return usageError("--fps", "is not a picture rate", "1 to 240", std::to_string(fps));
    CHOREIA_TRY(parseSize(size));
    CHOREIA_TRY(checkExtension("--bvh", bvh, {".bvh"}));
    CHOREIA_TRY(checkExtension("--gltf", gltf, {".gltf", ".glb"}));
    CHOREIA_TRY(checkExtension("--fbx", fbx, {".fbx"}));
    CHOREIA_TRY(checkExtension("--csv", csv, {".csv"}));
    CHOREIA_TRY(checkExtension("--motion", motion, {".h5"}));
    if (!(at >= 0)) return usageError("--at", "out of range", "0 or more seconds", std::to_string(at));
    CHOREIA_TRY(checkExtension("--picture", picture, {".png"}));
    CHOREIA_TRY(checkExtension("--video", video, {".mp4", ".webm", ".mov"}));
    if (beatCounter && video.empty() && picture.empty()) return usageError("--beat-counter", "is for films and pictures", "--video or --picture", "neither");
    if (!video.empty() && backdrop->kind == render::Backdrop::Kind::Nothing) {
        CHOREIA_ASSIGN(const io::VideoCodec codec, io::videoCodecOf(video));
        if (!io::keepsOpacity(codec)) return usageError("--background", "H.264 films know no transparency", "--video with a name ending in .webm or .mov", video);
    }
    return {};
}

Result<void> Outputs::checkBeats(const audio::BeatGrid& grid, const std::string& where) const {
    if (beatCounter && grid.beats.empty()) return badInput(where, "has no beats to count", "beats, for --beat-counter", "none");
    return {};
}

Result<render::VideoRequest> Outputs::scene(const std::vector<motion::Clip>& group, const FilmBeats& beats) const {
    CHOREIA_ASSIGN(const auto pixels, parseSize(size));
    render::VideoRequest request;
    request.clip = &group.front();
    for (std::size_t k = 1; k < group.size(); ++k) request.others.push_back(&group[k]);
    request.width = pixels.first;
    request.height = pixels.second;
    request.fps = fps;
    CHOREIA_ASSIGN(const auto backdrop, render::backdropNamed(background));
    if (view != "skeleton") request.cast = render::castingAt(render::castIndex(dancer, io::modelsOrNone()), io::modelsOrNone());
    request.cast.backdrop = backdrop;
    if (view == "both") request.showBoth(render::Casting(request.cast), inset ? render::Layout::Inset : render::Layout::SideBySide);
    if (beatCounter && beats.grid) request.counter = render::FilmCounter{*beats.grid, beats.start};
    return request;
}

Result<void> Outputs::write(const motion::Clip& dance, const std::string& style, const audio::Pcm* sound, const FilmBeats& beats, Context& context, Json* figures) const {
    const auto group = motion::inFormation(dance, static_cast<std::size_t>(dancers), canon);
    return writeGroup(group, std::vector<std::string>(group.size(), style), sound, beats, context, figures);
}

Result<void> Outputs::writeGroup(const std::vector<motion::Clip>& group, const std::vector<std::string>& styles, const audio::Pcm* sound, const FilmBeats& beats, Context& context, Json* figures) const {
    const Watch watch;
    for (std::size_t k = 0; k < group.size(); ++k) {
        const Outputs names = k == 0 ? *this : named(".dancer" + std::to_string(k + 1));
        for (const std::string& path : {names.bvh, names.gltf, names.fbx, names.csv, names.motion}) {
            if (path.empty()) continue;
            if (context.stop.stop_requested()) return cancelled("export");
            CHOREIA_TRY(io::writeClip(path, group[k], styles[k]));
        }
    }
    if (!picture.empty()) {
        CHOREIA_ASSIGN(const auto request, scene(group, beats));
        CHOREIA_ASSIGN(const render::Picture still, render::drawStill(request, at));
        const bool clear = request.cast.backdrop.kind == render::Backdrop::Kind::Nothing;
        CHOREIA_TRY(io::writePng(picture, still.width, still.height, still.rgba, clear ? io::PngOpacity::Kept : io::PngOpacity::LeftOut));
    }
    if (!video.empty()) {
        CHOREIA_ASSIGN(auto request, scene(group, beats));
        request.sound = sound;
        CHOREIA_ASSIGN(const render::VideoReport report, render::exportVideo(video, request, context.stop, context.progress));
        if (figures)
            (*figures)["video"] = {{"frames", report.frames},
                                   {"seconds", rounded(report.totalSeconds, 3)},
                                   {"encoder_seconds", rounded(report.encoderSeconds, 3)}};
    }
    if (figures) (*figures)["seconds"]["export"] = rounded(watch.seconds(), 3);
    return {};
}

}  // namespace choreia::cli
