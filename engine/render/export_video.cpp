// A clip as a film: several threads draw ahead of one encoder, and never further ahead than the queue is long.
#include "core/parallel.h"
#include "io/media.h"
#include "nn/threads.h"
#include "render/film_scene.h"
#include "render/video.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace choreia::render {

using Clock = std::chrono::steady_clock;

namespace {

Result<io::VideoFormat> formatOf(const std::filesystem::path& path, const VideoRequest& request) {
    io::VideoFormat format;
    format.width = request.width;
    format.height = request.height;
    format.fps = request.fps;
    format.quality = request.quality;
    format.opacity = request.cast.backdrop.kind == Backdrop::Kind::Nothing;
    CHOREIA_ASSIGN(format.codec, io::videoCodecOf(path));
    return format;
}

bool moves(const VideoRequest& request) {
    const auto some = [](const motion::Clip* clip) { return clip && clip->frames() > 0; };
    return some(request.clip) && std::all_of(request.others.begin(), request.others.end(), some);
}

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

}  // namespace

Result<VideoReport> exportVideo(const std::filesystem::path& path, const VideoRequest& request, std::stop_token stop, Progress& progress) {
    const auto start = Clock::now();
    CHOREIA_ASSIGN(const io::VideoFormat format, formatOf(path, request));
    if (!moves(request)) return failed(path.string(), "there is no motion to show");
    CHOREIA_ASSIGN(std::unique_ptr<io::VideoWriter> writer, io::VideoWriter::open(path, format, request.sound));

    const auto drawers = static_cast<std::size_t>(std::max(1, threadCount()));
    CHOREIA_ASSIGN(const std::unique_ptr<FilmScene> scene, FilmScene::make(request, drawers));
    const std::size_t frames = scene->frames();
    Queue queue(frames, drawers + 6);
    const auto draw = [&](std::size_t drawer) {
        const nn::OneThread alone;  // a learned dancer's network: the drawers are what shares the cores
        std::size_t frame = 0;
        Picture* place = nullptr;
        while (queue.take(frame, place)) {
            scene->draw(drawer, frame, *place);
            queue.drawn(frame);
        }
    };
    std::vector<std::jthread> pool;
    for (std::size_t i = 0; i < drawers; ++i) pool.emplace_back([&draw, i] { draw(i); });
    // Whatever ends the encoding ends the drawing.
    struct Stopper {
        Queue& queue;
        ~Stopper() { queue.stop(); }
    } stopper{queue};
    const std::stop_callback wake(stop, [&queue] { queue.stop(); });

    VideoReport report;
    report.frames = frames;
    Stage stage(progress, "filming");
    auto lastPreview = start - std::chrono::hours(1);
    for (std::size_t frame = 0; frame < frames; ++frame) {
        const Picture* picture = queue.await(frame);
        if (!picture || stop.stop_requested()) return cancelled(path.string());
        const auto before = Clock::now();
        CHOREIA_TRY(writer->addPicture(picture->rgba));
        report.encoderSeconds += secondsSince(before);
        if (request.preview && secondsSince(lastPreview) > 0.33) {
            request.preview(*picture);
            lastPreview = Clock::now();
        }
        queue.release(frame);
        stage.update(static_cast<double>(frame + 1), static_cast<double>(frames));
    }
    const auto before = Clock::now();
    CHOREIA_TRY(writer->finish());
    report.encoderSeconds += secondsSince(before);
    report.totalSeconds = secondsSince(start);
    return report;
}

Result<Picture> drawStill(const VideoRequest& request, double seconds) {
    if (!moves(request)) return failed("picture", "there is no motion to show");
    if (request.width < 16 || request.height < 16 || request.width > 8192 || request.height > 8192)
        return usageError("size", "is no size for a picture", "16 to 8192", std::to_string(request.width) + "x" + std::to_string(request.height));
    CHOREIA_ASSIGN(const std::unique_ptr<FilmScene> scene, FilmScene::make(request, 1));
    const double frame = std::round(std::max(0.0, seconds) * request.fps);
    Picture out;
    scene->draw(0, std::min(scene->frames() - 1, static_cast<std::size_t>(frame)), out);
    return out;
}

}  // namespace choreia::render
