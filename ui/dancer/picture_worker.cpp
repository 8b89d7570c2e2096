// A mailbox of one.
#include "dancer/picture_worker.h"

#include "io/models_folder.h"
#include "motion/kinematics.h"

#include <QMetaObject>

#include <algorithm>
#include <chrono>
#include <cmath>

namespace choreia::ui {

PictureWorker::PictureWorker(QObject* parent) : QObject(parent), thread_([this](std::stop_token stop) { loop(stop); }) {}

PictureWorker::~PictureWorker() {
    thread_.request_stop();
    thread_.join();
}

void PictureWorker::ask(PictureRequest request) {
    {
        const std::lock_guard lock(mutex_);
        next_ = std::move(request);
    }
    wake_.notify_one();
}

void PictureWorker::loop(std::stop_token stop) {
    while (!stop.stop_requested()) {
        PictureRequest request;
        {
            std::unique_lock lock(mutex_);
            if (!wake_.wait(lock, stop, [this] { return next_.has_value(); })) return;
            request = std::move(*next_);
            next_.reset();
        }
        const auto begin = std::chrono::steady_clock::now();
        const QImage picture = draw(request);
        const std::chrono::duration<double, std::milli> spent = std::chrono::steady_clock::now() - begin;
        QMetaObject::invokeMethod(this, [this, picture, ms = spent.count()] { Q_EMIT ready(picture, ms); }, Qt::QueuedConnection);
    }
}

QImage PictureWorker::draw(const PictureRequest& request) {
    const auto& positions = request.dance->positions;
    if (positions.frames() == 0 || request.size.isEmpty()) return {};
    if (!performer_ || performerSize_ != request.size || performerLook_ != request.look) {
        auto cast = render::Performer::cast(render::castingAt(request.look, io::modelsOrNone()), request.size.width(), request.size.height());
        if (!cast.ok()) {
            const QString why = QString::fromStdString(cast.error().line());
            QMetaObject::invokeMethod(this, [this, why] { Q_EMIT refused(why); }, Qt::QueuedConnection);
            cast = render::Performer::cast(render::castingAt(0, {}), request.size.width(), request.size.height());
        }
        performer_ = std::move(cast.value());
        performerSize_ = request.size;
        performerLook_ = request.look;
    }
    const double aspect = performer_->aspect();
    if (cameraOf_ != request.dance || std::abs(aspect - cameraAspect_) > 0.02) {
        camera_ = render::followCamera(positions, aspect);
        cameraOf_ = request.dance;
        cameraAspect_ = aspect;
    }
    const std::size_t frame = std::min(request.frame, positions.frames() - 1);
    render::Picture picture;
    const motion::Clip& clip = request.dance->dance.clip;
    if (frame >= clip.frames()) return {};
    std::vector<motion::Vec3> joints(motion::kJoints);
    std::vector<motion::Quat> turns(motion::kJoints);
    motion::forwardKinematics(motion::Skeleton::body(), clip.root[frame], clip.pose(frame), joints, turns);
    performer_->draw(joints, turns, camera_.empty() ? render::View{} : camera_[std::min(frame, camera_.size() - 1)], picture);
    if (picture.width <= 0 || picture.height <= 0) return {};
    return QImage(picture.rgba.data(), picture.width, picture.height, picture.width * 4, QImage::Format_RGBA8888).copy();
}

}  // namespace choreia::ui
