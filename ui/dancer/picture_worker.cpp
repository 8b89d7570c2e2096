// A mailbox of one.
#include "dancer/picture_worker.h"

#include "io/models_folder.h"
#include "motion/kinematics.h"
#include "motion/stage_place.h"

#include <QMetaObject>

#include <algorithm>
#include <chrono>
#include <cmath>

#ifdef __linux__
#include <sys/resource.h>
#include <unistd.h>
#endif

namespace choreia::ui {

namespace {

/// The window's thread and the sound come first where there are few cores: this thread's pictures may be late.
void giveWay() {
#ifdef __linux__
    constexpr int kNice = 10;
    ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), kNice);  // on Linux of the thread alone
#endif
}

}  // namespace

PictureWorker::PictureWorker(QObject* parent) : QObject(parent), thread_([this](std::stop_token stop) { loop(stop); }) {}

PictureWorker::~PictureWorker() {
    thread_.request_stop();
    thread_.join();
}

void PictureWorker::ask(PictureRequest request) {
    {
        const std::lock_guard lock(mutex_);
        next_ = std::move(request);
        ++asked_;
    }
    wake_.notify_one();
}

void PictureWorker::loop(std::stop_token stop) {
    giveWay();
    while (!stop.stop_requested()) {
        PictureRequest request;
        std::uint64_t number = 0;
        {
            std::unique_lock lock(mutex_);
            if (!wake_.wait(lock, stop, [this] { return next_.has_value(); })) return;
            request = std::move(*next_);
            next_.reset();
            number = asked_;
        }
        const auto begin = std::chrono::steady_clock::now();
        const QImage picture = draw(request);
        const std::chrono::duration<double, std::milli> spent = std::chrono::steady_clock::now() - begin;
        const auto answer = [this, picture, number, ms = spent.count()] {
            answered_ = number;
            Q_EMIT ready(picture, ms);
        };
        QMetaObject::invokeMethod(this, answer, Qt::QueuedConnection);
    }
}

void PictureWorker::cast(const PictureRequest& request) {
    const std::size_t count = request.dances.size();
    if (performer_ && performerSize_ == request.size && performerLook_ == request.look && performers_ == count) return;
    auto made = render::Performer::castGroup(render::castingAt(request.look, io::modelsOrNone()), count, request.size.width(), request.size.height());
    if (!made.ok()) {
        const QString why = QString::fromStdString(made.error().line());
        QMetaObject::invokeMethod(this, [this, why] { Q_EMIT refused(why); }, Qt::QueuedConnection);
        made = render::Performer::castGroup(render::castingAt(0, {}), count, request.size.width(), request.size.height());
    }
    performer_ = std::move(made.value());
    performerSize_ = request.size;
    performerLook_ = request.look;
    performers_ = count;
}

void PictureWorker::aim(const PictureRequest& request) {
    const double aspect = performer_->aspect();
    if (cameraOf_ == request.dances && std::abs(aspect - cameraAspect_) <= 0.02) return;
    cameraOf_ = request.dances;
    cameraAspect_ = aspect;
    if (request.dances.size() == 1) {
        camera_ = render::followCamera(request.dances.front()->positions, aspect);
        return;
    }
    std::vector<motion::Standing> stand;
    for (const auto& dance : request.dances) stand.push_back({&dance->positions, dance->dance.place});
    camera_ = render::followCamera(motion::together(stand), aspect);
}

QImage PictureWorker::draw(const PictureRequest& request) {
    if (request.dances.empty() || request.size.isEmpty()) return {};
    for (const auto& dance : request.dances)
        if (dance->positions.frames() == 0 || dance->dance.clip.frames() == 0) return {};
    cast(request);
    aim(request);
    const std::size_t joints = motion::kJoints;
    std::vector<motion::Vec3> places(joints * request.dances.size());
    std::vector<motion::Quat> turns(places.size());
    std::size_t furthest = 0;
    for (std::size_t k = 0; k < request.dances.size(); ++k) {
        const motion::Clip& clip = request.dances[k]->dance.clip;
        const double at = std::clamp(request.seconds * clip.fps, 0.0, static_cast<double>(clip.frames() - 1));
        const auto frame = static_cast<std::size_t>(std::lround(at));
        furthest = std::max(furthest, frame);
        const auto place = std::span(places).subspan(k * joints, joints);
        const auto turn = std::span(turns).subspan(k * joints, joints);
        const bool held = k == request.inHand;
        if (held && request.pose) motion::forwardKinematics(motion::Skeleton::body(), request.pose->root, request.pose->rotations, place, turn);
        else motion::forwardKinematics(motion::Skeleton::body(), clip.root[frame], clip.pose(frame), place, turn);
        if (request.dances.size() == 1) break;
        const motion::StagePlace& stage = held && request.place ? *request.place : request.dances[k]->dance.place;
        for (motion::Vec3& joint : place) joint = motion::onStage(stage, joint);
        for (motion::Quat& joint : turn) joint = motion::turnOf(stage) * joint;
    }
    render::Picture picture;
    performer_->draw(places, turns, camera_.empty() ? render::View{} : camera_[std::min(furthest, camera_.size() - 1)], picture);
    if (picture.width <= 0 || picture.height <= 0) return {};
    return QImage(picture.rgba.data(), picture.width, picture.height, picture.width * 4, QImage::Format_RGBA8888).copy();
}

}  // namespace choreia::ui
