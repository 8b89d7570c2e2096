// Pictures on their way from the engine's bytes to what Qt draws.
#include "import/import_job.h"

#include <chrono>
#include <cstring>

namespace choreia::ui {

namespace {

QImage imageOf(const io::RgbPicture& picture) {
    return QImage(picture.rgb.data(), picture.width, picture.height, 3 * picture.width, QImage::Format_RGB888).copy();
}

constexpr QSize kSmallPicture(96, 54);

}  // namespace

Result<FoundPicture> openVideo(const std::filesystem::path& video, std::stop_token stop, Progress& progress) {
    Stage stage(progress, "opening");
    FoundPicture first;
    const auto sink = [&](const io::RgbPicture& picture, double seconds) {
        first.picture = imageOf(picture);
        first.seconds = seconds;
        return false;
    };
    CHOREIA_TRY(io::readVideo(video, seeing::kWatchedSide, sink, std::move(stop), stage));
    return first;
}

Result<std::shared_ptr<const FoundDance>> findDancer(seeing::WatchRequest request, const seeing::PoseFinder& finder, const std::function<void(const FoundPicture&)>& show,
                                                     std::stop_token stop, Progress& progress) {
    using Clock = std::chrono::steady_clock;
    auto out = std::make_shared<FoundDance>();
    out->video = request.video;
    out->request = request;
    Clock::time_point last{};
    bool nobody = false;
    request.preview = [&](const io::RgbPicture& picture, const seeing::FoundPose* pose, double seconds) {
        if (!pose) {
            if (!nobody) out->leftOut.push_back({seconds, seconds, 0, imageOf(picture).scaled(kSmallPicture, Qt::KeepAspectRatio, Qt::SmoothTransformation)});
            out->leftOut.back().to = seconds;
            ++out->leftOut.back().pictures;
        }
        nobody = !pose;
        if (const auto now = Clock::now(); now - last > std::chrono::milliseconds(66)) {
            last = now;
            show({imageOf(picture), pose ? std::optional(*pose) : std::nullopt, seconds});
        }
    };
    CHOREIA_ASSIGN(out->dance, seeing::watchDance(request, finder, std::move(stop), progress));
    return std::shared_ptr<const FoundDance>(std::move(out));
}

}  // namespace choreia::ui
