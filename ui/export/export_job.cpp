// What each format writes.
#include "export/export_job.h"

#include "audio/pcm_part.h"
#include "core/atomic_file.h"
#include "io/dance_style.h"
#include "io/models_folder.h"
#include "io/motion_files.h"
#include "io/png.h"
#include "motion/clip_part.h"
#include "motion/formation.h"
#include "motion/stage_place.h"

#include <QCoreApplication>

#include <algorithm>

namespace choreia::ui {

std::vector<ExportFormat> exportFormats() {
    const auto text = [](const char* source) { return QCoreApplication::translate("Export", source); };
    using Kind = ExportFormat::Kind;
    return {{text("Video, MP4 (H.264 + AAC)"), QStringLiteral("mp4"), text("Plays everywhere; the song is in it, in step to a frame."), Kind::Film, false},
            {text("Video, WebM (VP9 + Opus)"), QStringLiteral("webm"), text("Free formats for the web, transparent where wanted; takes longer to write."), Kind::Film, true},
            {text("Video, MOV (ProRes 4444 + PCM)"), QStringLiteral("mov"), text("For editing programs, transparent where wanted; large files."), Kind::Film, true},
            {text("Picture, PNG"), QStringLiteral("png"), text("What the film shows at the playhead."), Kind::Picture, true},
            {text("Motion, BVH"), QStringLiteral("bvh"), text("For Blender, MotionBuilder, Unreal: 24 joints, centimetres, local rotations."), Kind::Motion, false},
            {text("Character, glTF binary"), QStringLiteral("glb"), text("A rig with its animation in one file."), Kind::Motion, false},
            {text("Character, glTF"), QStringLiteral("gltf"), text("The same as readable text."), Kind::Motion, false},
            {text("Motion, FBX"), QStringLiteral("fbx"), text("For Maya, 3ds Max, Unity, Unreal: a skeleton with its animation."), Kind::Motion, false},
            {text("Motion, HDF5"), QStringLiteral("h5"), text("Positions and rotations as arrays, for research."), Kind::Motion, false},
            {text("Table, CSV"), QStringLiteral("csv"), text("One row a frame, for a spreadsheet."), Kind::Motion, false}};
}

Result<std::string> exportDance(const DanceSnapshot& dance, std::span<const std::shared_ptr<const DanceSnapshot>> cast, const audio::Pcm* sound, const ExportOptions& options, std::stop_token stop,
                                Progress& progress) {
    CHOREIA_TRY(checkWritable(options.path));
    audio::Pcm heard;
    if (options.part && sound) {
        heard = audio::between(*sound, options.part->from, options.part->to);
        sound = &heard;
    }
    const auto partOf = [&](const motion::Clip& whole) { return options.part ? motion::between(whole, options.part->from, options.part->to) : whole; };
    if (options.part && std::min(options.part->to, dance.dance.clip.seconds()) <= options.part->from) return badInput("export", "there is no dance in the selected part");
    const motion::Clip clip = partOf(dance.dance.clip);
    if (options.kind != ExportFormat::Kind::Motion) {
        render::VideoRequest request;
        std::vector<motion::Clip> group;
        if (options.dancers > 0) group = motion::inFormation(clip, static_cast<std::size_t>(options.dancers));
        else
            for (const auto& one : cast) group.push_back(motion::onStage(one->dance.place, partOf(one->dance.clip)));
        request.clip = &group.front();
        for (std::size_t k = 1; k < group.size(); ++k) request.others.push_back(&group[k]);
        request.sound = sound;
        request.width = options.width;
        request.height = options.height;
        request.fps = options.fps;
        request.quality = options.quality;
        using Show = ExportOptions::Show;
        CHOREIA_ASSIGN(const render::Backdrop backdrop, render::backdropNamed(options.background));
        if (options.show != Show::Figure) request.cast = render::castingAt(options.look, io::modelsOrNone());
        request.cast.backdrop = backdrop;
        if (options.show == Show::SideBySide || options.show == Show::Inset)
            request.showBoth(render::Casting(request.cast), options.show == Show::Inset ? render::Layout::Inset : render::Layout::SideBySide);
        const double start = options.part ? options.part->from : 0.0;
        if (options.beats) request.counter = render::FilmCounter{*options.beats, start};
        request.preview = options.preview;
        if (options.kind == ExportFormat::Kind::Film) {
            CHOREIA_TRY(render::exportVideo(options.path, request, stop, progress));
        } else {
            progress.report("drawing", 0, -1);
            CHOREIA_ASSIGN(const render::Picture still, render::drawStill(request, options.at - start));
            if (options.preview) options.preview(still);
            CHOREIA_TRY(io::writePng(options.path, still.width, still.height, still.rgba, backdrop.kind == render::Backdrop::Kind::Nothing ? io::PngOpacity::Kept : io::PngOpacity::LeftOut));
        }
    } else {
        progress.report("writing", 0, -1);
        CHOREIA_TRY(io::writeClip(options.path, clip, io::styleDanced(dance.dance)));
    }
    return options.path;
}

}  // namespace choreia::ui
