/// Background work of one kind: at most one request counts at a time, numbered; what an abandoned request brings is dropped.
#pragma once

#include "core/progress.h"
#include "core/result.h"

#include <QObject>
#include <QString>

#include <cstdint>
#include <exception>
#include <functional>
#include <list>
#include <memory>
#include <stop_token>
#include <thread>

namespace choreia::ui {

/// Runs work in its own thread and hands the result back in the thread of this object.
/// Starting a second request, or cancel(), abandons the first at once: the caller is free again immediately, the worker ends
/// when it next looks at its stop token.
class JobRunner : public QObject {
    Q_OBJECT

public:
    using Request = quint64;
    enum class Outcome { Done, Failed, Cancelled };
    Q_ENUM(Outcome)

    explicit JobRunner(QObject* parent = nullptr);
    ~JobRunner() override;

    /// work runs in a worker thread; done runs here, only where the request is still the latest one.
    template <class T>
    Request start(const QString& name, std::function<Result<T>(std::stop_token, Progress&)> work, std::function<void(Result<T>)> done) {
        return launch(name, [work = std::move(work), done = std::move(done)](std::stop_token stop, Progress& progress) -> Delivery {
            auto result = std::make_shared<Result<T>>(guarded<T>(work, stop, progress));
            return {result->ok(), [result, done] { done(std::move(*result)); }};
        });
    }

    /// Abandons the request under way, if any; finished(.., Cancelled) is emitted before it returns.
    void cancel();
    /// The same, and waits until every worker has ended: before doing the same work in this thread.
    void cancelAndWait();

    [[nodiscard]] bool busy() const { return latest_ != 0; }
    [[nodiscard]] Request current() const { return latest_; }
    /// Workers not yet ended, abandoned ones included.
    [[nodiscard]] std::size_t threads() const { return workers_.size(); }

Q_SIGNALS:
    void started(quint64 request, const QString& name);
    /// secondsLeft: negative where unknown.
    void progressed(quint64 request, const QString& stage, double fraction, double secondsLeft);
    /// Emitted after done() of the request ran (or at once on cancel).
    void finished(quint64 request, choreia::ui::JobRunner::Outcome outcome);

private:
    struct Delivery {
        bool ok = false;
        std::function<void()> hand;
    };
    struct Worker {
        Request request = 0;
        std::jthread thread;
    };

    // The engine returns its failures as values; what a library throws all the same (out of memory) must not end the program.
    template <class T>
    static Result<T> guarded(const std::function<Result<T>(std::stop_token, Progress&)>& work, std::stop_token stop, Progress& progress) {
        try {
            return work(stop, progress);
        } catch (const std::exception& problem) {
            return failed("choreia", problem.what());
        }
    }
    Request launch(const QString& name, std::function<Delivery(std::stop_token, Progress&)> work);
    void arrive(Request request, const Delivery& delivery);
    void reap(Request request);
    /// Its worker is asked to stop, and that it is cancelled is told; 0: nothing.
    void abandon(Request request);

    std::list<Worker> workers_;
    Request latest_ = 0, counter_ = 0;
};

}  // namespace choreia::ui
