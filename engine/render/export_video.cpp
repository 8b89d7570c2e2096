// A clip as a film: several threads draw ahead of one encoder, and never further ahead than the queue is long.
#include "core/parallel.h"
#include "io/media.h"
#include "motion/kinematics.h"
#include "nn/threads.h"
#include "render/performer.h"
#include "render/video.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace choreia::render {

using motion::Quat;
using motion::Vec3;
using Clock = std::chrono::steady_clock;

namespace {

double secondsSince(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

/// Pictures in order: drawers take the next number, the encoder takes the pictures as numbered. A fixed ring of pictures bounds the memory.
class Queue {
public:
    Queue(std::size_t frames, std::size_t length) : frames_(frames), slots_(length) {}

    /// The next frame to draw and where to; false when all are taken or the work has stopped.
    bool take(std::size_t& frame, Picture*& place) {
        std::unique_lock lock(mutex_);
        room_.wait(lock, [&] { return stopped_ || next_ >= frames_ || next_ < shown_ + slots_.size(); });
        if (stopped_ || next_ >= frames_) return false;
        frame = next_++;
        place = &slots_[frame % slots_.size()].picture;
        return true;
    }
    void drawn(std::size_t frame) {
        {
            const std::lock_guard lock(mutex_);
            slots_[frame % slots_.size()].ready = true;
        }
        ready_.notify_one();
    }
    /// Waits for a frame; null when the work has stopped.
    Picture* await(std::size_t frame) {
        std::unique_lock lock(mutex_);
        Slot& slot = slots_[frame % slots_.size()];
        ready_.wait(lock, [&] { return stopped_ || slot.ready; });
        return stopped_ ? nullptr : &slot.picture;
    }
    void release(std::size_t frame) {
        {
            const std::lock_guard lock(mutex_);
            slots_[frame % slots_.size()].ready = false;
            shown_ = frame + 1;
        }
        room_.notify_all();
    }
    void stop() {
        {
            const std::lock_guard lock(mutex_);
            stopped_ = true;
        }
        room_.notify_all();
        ready_.notify_all();
    }

private:
    struct Slot {
        Picture picture;
        bool ready = false;
    };
    std::mutex mutex_;
    std::condition_variable room_, ready_;
    std::size_t frames_, next_ = 0, shown_ = 0;
    bool stopped_ = false;
    std::vector<Slot> slots_;
};

/// The joints of all dancers of each frame, one after another.
motion::Positions togetherIn(const std::vector<motion::Clip>& clips) {
    motion::Positions all;
    all.fps = clips.front().fps;
    all.joints = motion::kJoints * clips.size();
    all.values.resize(all.joints * clips.front().frames());
    for (std::size_t k = 0; k < clips.size(); ++k) {
        const auto one = motion::jointPositions(motion::Skeleton::body(), clips[k]);
        for (std::size_t f = 0; f < clips.front().frames(); ++f) std::copy(one.frame(f).begin(), one.frame(f).end(), all.frame(f).begin() + static_cast<std::ptrdiff_t>(k * motion::kJoints));
    }
    return all;
}

Result<io::VideoFormat> formatOf(const std::filesystem::path& path, const VideoRequest& request) {
    io::VideoFormat format;
    format.width = request.width;
    format.height = request.height;
    format.fps = request.fps;
    format.quality = request.quality;
    if (path.extension() == ".mp4") {
        format.codec = io::VideoCodec::H264Aac;
    } else if (path.extension() == ".webm") {
        format.codec = io::VideoCodec::Vp9Opus;
    } else {
        return usageError(path.string(), "is no film format that can be written", ".mp4 or .webm", path.extension().string());
    }
    return format;
}

}  // namespace

Result<VideoReport> exportVideo(const std::filesystem::path& path, const VideoRequest& request, std::stop_token stop, Progress& progress) {
    const auto start = Clock::now();
    CHOREIA_ASSIGN(const io::VideoFormat format, formatOf(path, request));
    if (!request.clip || request.clip->frames() == 0) return failed(path.string(), "there is no motion to show");
    const motion::Clip& source = *request.clip;
    CHOREIA_ASSIGN(std::unique_ptr<io::VideoWriter> writer, io::VideoWriter::open(path, format, request.sound));

    // Frame i of the film shows the motion at i / fps.
    const auto frames = static_cast<std::size_t>(std::max(1.0, std::round(source.seconds() * request.fps)));
    std::vector<double> times(frames);
    for (std::size_t i = 0; i < frames; ++i) times[i] = static_cast<double>(i) / request.fps;
    const motion::Skeleton& body = motion::Skeleton::body();
    std::vector<motion::Clip> clips = {motion::sampleAt(source, times, request.fps)};
    for (const motion::Clip* other : request.others) clips.push_back(motion::sampleAt(*other, times, request.fps));
    const auto drawers = static_cast<std::size_t>(std::max(1, threadCount()));
    std::vector<std::unique_ptr<Performer>> performers;
    for (std::size_t i = 0; i < drawers; ++i) {
        CHOREIA_ASSIGN(auto performer, request.beside ? Performer::castPair(request.cast, *request.beside, request.layout, clips.size(), request.width, request.height)
                                                      : Performer::castGroup(request.cast, clips.size(), request.width, request.height));
        performers.push_back(std::move(performer));
    }
    const std::vector<View> views = followCamera(togetherIn(clips), performers.front()->aspect());
    Queue queue(frames, drawers + 6);
    const auto draw = [&](Performer& performer) {
        const nn::OneThread alone;  // a learned dancer's network: the drawers are what shares the cores
        std::vector<Vec3> positions(motion::kJoints * clips.size());
        std::vector<Quat> world(positions.size());
        std::size_t frame = 0;
        Picture* place = nullptr;
        while (queue.take(frame, place)) {
            for (std::size_t k = 0; k < clips.size(); ++k)
                motion::forwardKinematics(body, clips[k].root[frame], clips[k].pose(frame), std::span(positions).subspan(k * motion::kJoints, motion::kJoints),
                                          std::span(world).subspan(k * motion::kJoints, motion::kJoints));
            performer.draw(positions, world, views[frame], *place);
            queue.drawn(frame);
        }
    };
    std::vector<std::jthread> pool;
    for (std::size_t i = 0; i < drawers; ++i) pool.emplace_back([&draw, &performer = *performers[i]] { draw(performer); });
    // Whatever ends the encoding ends the drawing.
    struct Stopper {
        Queue& queue;
        ~Stopper() { queue.stop(); }
    } stopper{queue};
    const std::stop_callback wake(stop, [&queue] { queue.stop(); });

    VideoReport report;
    report.frames = frames;
    Stage stage(progress, "filming");
    for (std::size_t frame = 0; frame < frames; ++frame) {
        const Picture* picture = queue.await(frame);
        if (!picture || stop.stop_requested()) return cancelled(path.string());
        const auto before = Clock::now();
        CHOREIA_TRY(writer->addPicture(picture->rgba));
        report.encoderSeconds += secondsSince(before);
        queue.release(frame);
        stage.update(static_cast<double>(frame + 1), static_cast<double>(frames));
    }
    const auto before = Clock::now();
    CHOREIA_TRY(writer->finish());
    report.encoderSeconds += secondsSince(before);
    report.totalSeconds = secondsSince(start);
    return report;
}

}  // namespace choreia::render
