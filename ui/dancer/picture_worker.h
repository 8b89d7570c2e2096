/// Draws the dancer in a thread of its own; of what is asked while it draws, only the latest is drawn.
#pragma once

#include "document/snapshots.h"
#include "motion/pose_edit.h"
#include "render/performer.h"

#include <QImage>
#include <QObject>
#include <QSize>

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace choreia::ui {

struct PictureRequest {
    /// Who is in the picture, in the looks that follow one another; one alone stands in their own space, several at their places on the stage.
    std::vector<std::shared_ptr<const DanceSnapshot>> dances;
    double seconds = 0;  ///< of the song
    QSize size;          ///< device pixels
    int look = 0;        ///< of the first: place in render::castNames
    /// What a person has in hand of one of them, in place of what is danced; nothing: as is danced.
    std::size_t inHand = 0;  ///< whose: place in dances
    std::optional<motion::Pose> pose{};
    std::optional<motion::StagePlace> place{};
};

class PictureWorker final : public QObject {
    Q_OBJECT

public:
    explicit PictureWorker(QObject* parent = nullptr);
    ~PictureWorker() override;

    /// Returns at once; an older request not yet begun is forgotten.
    void ask(PictureRequest request);
    /// Whether what was asked last has been answered. In the thread of this object.
    [[nodiscard]] bool done() const { return answered_ == asked_; }

Q_SIGNALS:
    /// In the thread of this object. milliseconds: time spent drawing.
    void ready(const QImage& picture, double milliseconds);
    /// In the thread of this object: whoever was asked for cannot dance; the first character does instead.
    void refused(const QString& why);

private:
    void loop(std::stop_token stop);
    QImage draw(const PictureRequest& request);
    /// A performer for the request, and why not, where another had to be taken.
    void cast(const PictureRequest& request);
    void aim(const PictureRequest& request);

    std::mutex mutex_;
    std::condition_variable_any wake_;
    std::optional<PictureRequest> next_;
    std::uint64_t asked_ = 0, answered_ = 0;  ///< numbers of requests; the second only in the thread of this object
    // Only the worker touches these.
    std::unique_ptr<render::Performer> performer_;
    QSize performerSize_;
    int performerLook_ = 0;
    std::size_t performers_ = 0;
    std::vector<std::shared_ptr<const DanceSnapshot>> cameraOf_;
    double cameraAspect_ = 0;
    std::vector<render::View> camera_;
    std::jthread thread_;  ///< last: ends before what it uses
};

}  // namespace choreia::ui
