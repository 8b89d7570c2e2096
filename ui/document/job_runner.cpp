// One thread a request; everything it says comes back through the event loop with its number.
#include "document/job_runner.h"

#include <QMetaObject>

#include <utility>

namespace choreia::ui {

namespace {

/// Carries progress from the worker to the runner's thread.
class Relay final : public Progress {
public:
    using Sink = std::function<void(QString, double, double)>;
    explicit Relay(Sink sink) : sink_(std::move(sink)) {}
    void report(std::string_view stage, double fraction, double secondsLeft) override {
        sink_(QString::fromUtf8(stage.data(), static_cast<qsizetype>(stage.size())), fraction, secondsLeft);
    }

private:
    Sink sink_;
};

}  // namespace

JobRunner::JobRunner(QObject* parent) : QObject(parent) {}

JobRunner::~JobRunner() {
    for (auto& worker : workers_) worker.thread.request_stop();
    workers_.clear();  // joins; what the workers posted dies with this object
}

JobRunner::Request JobRunner::launch(const QString& name, std::function<Delivery(std::stop_token, Progress&)> work) {
    // The new one counts before it is told that the old one is gone: nobody who hears of that finds the runner idle and begins another in between.
    const Request old = latest_, request = ++counter_;
    latest_ = request;
    abandon(old);
    if (request != latest_) return request;  // cancelled by who heard of it
    Q_EMIT started(request, name);
    workers_.push_back({request, std::jthread([this, request, work = std::move(work)](std::stop_token stop) {
        Relay relay([this, request](const QString& stage, double fraction, double left) {
            QMetaObject::invokeMethod(
                this,
                [this, request, stage, fraction, left] {
                    if (request == latest_) Q_EMIT progressed(request, stage, fraction, left);
                },
                Qt::QueuedConnection);
        });
        const Delivery delivery = work(stop, relay);
        QMetaObject::invokeMethod(this, [this, request, delivery] { arrive(request, delivery); }, Qt::QueuedConnection);
    })});
    return request;
}

void JobRunner::arrive(Request request, const Delivery& delivery) {
    reap(request);
    if (request != latest_) return;
    delivery.hand();
    // done() may have started the next request already: then that one is the latest, and stays so.
    if (request == latest_) latest_ = 0;
    Q_EMIT finished(request, delivery.ok ? Outcome::Done : Outcome::Failed);
}

void JobRunner::reap(Request request) {
    workers_.remove_if([request](const Worker& worker) { return worker.request == request; });
}

void JobRunner::cancel() {
    abandon(std::exchange(latest_, 0));
}

void JobRunner::abandon(Request request) {
    if (request == 0) return;
    for (auto& worker : workers_)
        if (worker.request == request) worker.thread.request_stop();
    Q_EMIT finished(request, Outcome::Cancelled);
}

void JobRunner::cancelAndWait() {
    cancel();
    workers_.clear();  // joins
}

}  // namespace choreia::ui
