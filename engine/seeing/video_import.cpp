// The video is read twice: once to find the dancer, once to cut the pictures, so that nothing large is held.
#include "seeing/video_import.h"

#include "core/atomic_file.h"
#include "data/landmark_samples.h"
#include "hearing/hearing.h"
#include "io/hdf5.h"
#include "io/media.h"
#include "io/video_read.h"

#include <algorithm>
#include <cmath>

namespace choreia::seeing {

namespace {

constexpr std::size_t kMarks = data::kPictureMarks;

/// One square that holds the dancer throughout; of the outermost fiftieth of the places nothing is heeded: they are slips.
data::CutSquare stageOf(const std::vector<SeenPose>& seen) {
    std::vector<float> x0, x1, y0, y1;
    for (const auto& [time, pose] : seen) {
        const auto s = squareFor(pose);
        x0.push_back(s.x - 0.5f * s.side), x1.push_back(s.x + 0.5f * s.side), y0.push_back(s.y - 0.5f * s.side), y1.push_back(s.y + 0.5f * s.side);
    }
    const auto at = [](std::vector<float>& all, double share) {
        const auto place = all.begin() + static_cast<std::ptrdiff_t>(share * static_cast<double>(all.size() - 1) + 0.5);
        std::nth_element(all.begin(), place, all.end());
        return *place;
    };
    const std::vector<std::array<float, 2>> corners = {{at(x0, 0.02), at(y0, 0.02)}, {at(x1, 0.98), at(y1, 0.98)}};
    return data::squareRound(corners);
}

/// The pictures of `seen`, cut; [n, side, side, 3].
Result<std::vector<std::uint8_t>> cutPictures(const VideoImportRequest& request, const WatchedDance& dance, const data::CutSquare& square, std::stop_token stop, Progress& progress) {
    Stage stage(progress, "cutting pictures");
    const auto plane = static_cast<std::size_t>(request.side) * static_cast<std::size_t>(request.side);
    std::vector<std::uint8_t> all(3 * plane * dance.seen.size()), planes(3 * plane);
    std::size_t done = 0;
    const auto sink = [&](const io::RgbPicture& picture, double time) {
        if (done == dance.seen.size()) return false;
        if (std::abs(time - dance.seen[done].time) > 1e-6) return true;
        data::cutPlanes(picture.rgb, picture.width, picture.height, square, request.side, planes);
        std::uint8_t* out = all.data() + 3 * plane * done++;
        for (std::size_t p = 0; p < plane; ++p)
            for (std::size_t k = 0; k < 3; ++k) out[3 * p + k] = planes[k * plane + p];
        return true;
    };
    CHOREIA_TRY(io::readVideo(request.watch.video, kWatchedSide, sink, std::move(stop), stage));
    if (done != dance.seen.size()) return failed(request.watch.video.string(), "changed while it was being read");
    return all;
}

/// 13 numbers at 30 steps a second; empty where there is no sound worth the name.
Result<Table> soundOf(const VideoImportRequest& request, const io::VideoFacts& facts, std::stop_token stop, Progress& progress) {
    if (!facts.hasSound) return Table();
    const auto song = io::decodeSong(request.watch.video, stop, progress);
    if (!song.ok()) return song.error().kind == ErrorKind::Cancelled ? Result<Table>(song.error()) : Result<Table>(Table());
    const auto analysis = hearing::hear(song->analysis, request.watch.video.string(), stop, progress);
    if (!analysis.ok()) return analysis.error().kind == ErrorKind::Cancelled ? Result<Table>(analysis.error()) : Result<Table>(Table());
    return data::sampleMfcc(analysis->features, std::max<std::size_t>(1, static_cast<std::size_t>(facts.seconds * data::kSampleFps)));
}

Result<void> write(const VideoImportRequest& request, const WatchedDance& dance, const data::CutSquare& square, const std::vector<std::uint8_t>& pictures, const Table& mfcc) {
    const auto n = static_cast<std::uint64_t>(dance.seen.size()), side = static_cast<std::uint64_t>(request.side);
    std::vector<float> flat, depth, confidence;
    std::vector<double> times;
    for (const auto& [time, pose] : dance.seen) {
        for (std::size_t i = 0; i < kMarks; ++i) {
            const auto place = square.toSquare(pose.landmarks[3 * i], pose.landmarks[3 * i + 1]);
            flat.insert(flat.end(), {place[0], place[1]});
            depth.push_back(pose.landmarks[3 * i + 2]);
        }
        confidence.push_back(pose.confidence);
        times.push_back(time);
    }
    std::string name = request.watch.video.stem().string();
    std::replace(name.begin(), name.end(), '/', '_');
    if (name.empty() || name == ".") name = "video";
    return replaceFile(request.output, [&](const std::filesystem::path& temporary) -> Result<void> {
        CHOREIA_ASSIGN(auto file, io::H5Writer::create(temporary, request.output));
        const std::string at = name + "/";
        CHOREIA_TRY(file.writeBytes(at + "frames", {n, side, side, 3}, pictures.data(), true));
        CHOREIA_TRY(file.writeFloats(at + "pose_landmark_sequences", {n, kMarks, 2}, flat.data()));
        CHOREIA_TRY(file.writeFloats(at + "pose_landmarks_z", {n, kMarks}, depth.data()));
        CHOREIA_TRY(file.writeFloats(at + "confidence", {n}, confidence.data()));
        CHOREIA_TRY(file.writeDoubles(at + "frame_times_s", times));
        CHOREIA_TRY(file.writeDoubles(at + "left_out_s", dance.leftOut));
        if (mfcc.rows > 0) CHOREIA_TRY(file.writeFloats(at + "audio_mfcc_sequences", {mfcc.rows, mfcc.columns}, mfcc.values.data()));
        CHOREIA_TRY(file.numberAttribute(name, "fps", std::min(dance.fps, dance.facts.fps)));
        CHOREIA_TRY(file.textAttribute(name, "source", request.watch.video.filename().string()));
        return file.close();
    });
}

}  // namespace

Result<VideoImportReport> importVideo(const VideoImportRequest& request, const PoseFinder& finder, std::stop_token stop, Progress& progress) {
    if (request.side < 64 || request.side > 1024) return usageError("size", "out of range", "64 to 1024", std::to_string(request.side));
    CHOREIA_ASSIGN(const WatchedDance dance, watchDance(request.watch, finder, stop, progress));
    return writeWatched(request, dance, std::move(stop), progress);
}

Result<VideoImportReport> writeWatched(const VideoImportRequest& request, const WatchedDance& dance, std::stop_token stop, Progress& progress) {
    if (request.side < 64 || request.side > 1024) return usageError("size", "out of range", "64 to 1024", std::to_string(request.side));
    const data::CutSquare square = stageOf(dance.seen);
    CHOREIA_ASSIGN(const auto pictures, cutPictures(request, dance, square, stop, progress));
    CHOREIA_ASSIGN(const Table mfcc, soundOf(request, dance.facts, stop, progress));
    CHOREIA_TRY(write(request, dance, square, pictures, mfcc));
    return VideoImportReport{dance.seen.size(), dance.leftOut.size(), dance.facts.seconds, dance.confidence(), dance.facts.faults, mfcc.rows > 0};
}

}  // namespace choreia::seeing
