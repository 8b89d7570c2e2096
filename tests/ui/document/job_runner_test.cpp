// Requests by number: the latest counts, an abandoned one is dropped, cancel frees the caller at once.
#include "document/job_runner.h"

#include "support/testing.h"

#include <QElapsedTimer>
#include <QSignalSpy>

#include <atomic>
#include <stdexcept>
#include <thread>

using namespace choreia;
using namespace choreia::ui;

namespace {
void nap(int milliseconds) { std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds)); }
}  // namespace

class JobRunnerTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void handsBackInItsOwnThread();
    void dropsTheResultOfAnAbandonedRequest();
    void cancelFreesTheCallerAtOnce();
    void progressOfAnAbandonedRequestIsSilent();
    void errorsArriveAsValues();
    void whatALibraryThrowsIsAnError();
    void mayStartTheNextFromTheResult();
    void isBusyWithTheNextWhenTheOldIsToldToBeGone();
    void endsItsWorkersWhenItDies();
};

void JobRunnerTest::handsBackInItsOwnThread() {
    JobRunner jobs;
    std::thread::id worker, receiver;
    int value = 0;
    QSignalSpy finished(&jobs, &JobRunner::finished);
    jobs.start<int>(
        "add", [&](std::stop_token, Progress&) -> Result<int> { worker = std::this_thread::get_id(); return 41 + 1; },
        [&](Result<int> result) { receiver = std::this_thread::get_id(); value = *result; });
    QVERIFY(jobs.busy());
    QTRY_COMPARE(finished.count(), 1);
    QCOMPARE(value, 42);
    QCOMPARE(receiver, std::this_thread::get_id());
    QVERIFY(worker != receiver);
    QVERIFY(!jobs.busy());
    QCOMPARE(finished.front().at(1).value<JobRunner::Outcome>(), JobRunner::Outcome::Done);
}

void JobRunnerTest::dropsTheResultOfAnAbandonedRequest() {
    JobRunner jobs;
    std::vector<int> arrived;
    const auto work = [](int value, int milliseconds) {
        return [value, milliseconds](std::stop_token, Progress&) -> Result<int> { nap(milliseconds); return value; };
    };
    const auto keep = [&](Result<int> result) { arrived.push_back(*result); };
    jobs.start<int>("slow", work(1, 80), keep);
    jobs.start<int>("quick", work(2, 1), keep);
    QTRY_COMPARE(jobs.threads(), std::size_t(0));  // both have ended and been looked at
    QCOMPARE(arrived, std::vector<int>{2});
}

void JobRunnerTest::cancelFreesTheCallerAtOnce() {
    JobRunner jobs;
    std::atomic<bool> stopped = false, release = false;
    bool called = false;
    QSignalSpy finished(&jobs, &JobRunner::finished);
    jobs.start<int>(
        "stubborn",
        [&](std::stop_token stop, Progress&) -> Result<int> {
            while (!release) nap(1);  // deaf to its stop token until released
            stopped = stop.stop_requested();
            return 1;
        },
        [&](Result<int>) { called = true; });
    jobs.cancel();
    // Without any turn of the event loop: the runner is idle and has said so, though the worker still runs.
    QVERIFY(!jobs.busy());
    QCOMPARE(jobs.threads(), std::size_t(1));
    QCOMPARE(finished.count(), 1);
    QCOMPARE(finished.front().at(1).value<JobRunner::Outcome>(), JobRunner::Outcome::Cancelled);
    release = true;
    QTRY_COMPARE(jobs.threads(), std::size_t(0));
    QVERIFY(stopped);
    QVERIFY(!called);
    QCOMPARE(finished.count(), 1);
}

void JobRunnerTest::progressOfAnAbandonedRequestIsSilent() {
    JobRunner jobs;
    std::atomic<bool> go = false;
    QSignalSpy progressed(&jobs, &JobRunner::progressed);
    jobs.start<int>(
        "late",
        [&](std::stop_token, Progress& progress) -> Result<int> {
            progress.report("first", 0.25, 3);
            while (!go) nap(1);
            progress.report("second", 0.5, 2);
            return 1;
        },
        [](Result<int>) {});
    QTRY_COMPARE(progressed.count(), 1);
    QCOMPARE(progressed.front().at(1).toString(), QString("first"));
    QCOMPARE(progressed.front().at(2).toDouble(), 0.25);
    QCOMPARE(progressed.front().at(3).toDouble(), 3.0);
    jobs.cancel();
    go = true;
    QTRY_COMPARE(jobs.threads(), std::size_t(0));
    QCOMPARE(progressed.count(), 1);
}

void JobRunnerTest::errorsArriveAsValues() {
    JobRunner jobs;
    std::string line;
    QSignalSpy finished(&jobs, &JobRunner::finished);
    jobs.start<int>(
        "fail", [](std::stop_token, Progress&) -> Result<int> { return badInput("song.mp3", "not a song"); },
        [&](Result<int> result) { line = result.error().line(); });
    QTRY_COMPARE(finished.count(), 1);
    QCOMPARE(line, std::string("song.mp3: not a song"));
    QCOMPARE(finished.front().at(1).value<JobRunner::Outcome>(), JobRunner::Outcome::Failed);
}

void JobRunnerTest::whatALibraryThrowsIsAnError() {
    JobRunner jobs;
    std::string what;
    jobs.start<int>(
        "throw", [](std::stop_token, Progress&) -> Result<int> { throw std::runtime_error("out of memory"); },
        [&](Result<int> result) { what = result.error().what; });
    QTRY_COMPARE(what, std::string("out of memory"));
}

void JobRunnerTest::mayStartTheNextFromTheResult() {
    JobRunner jobs;
    std::vector<int> order;
    QSignalSpy finished(&jobs, &JobRunner::finished);
    jobs.start<int>(
        "one", [](std::stop_token, Progress&) -> Result<int> { return 1; },
        [&](Result<int> result) {
            order.push_back(*result);
            jobs.start<int>(
                "two", [](std::stop_token, Progress&) -> Result<int> { return 2; }, [&](Result<int> next) { order.push_back(*next); });
        });
    QTRY_COMPARE(order, (std::vector<int>{1, 2}));
    QTRY_VERIFY(!jobs.busy());
    QTRY_COMPARE(jobs.threads(), std::size_t(0));
}

void JobRunnerTest::isBusyWithTheNextWhenTheOldIsToldToBeGone() {
    JobRunner jobs;
    const auto wait = [](std::stop_token stop, Progress&) -> Result<int> {
        while (!stop.stop_requested()) nap(1);
        return 1;
    };
    JobRunner::Request heard = 0, gone = 0;
    QObject::connect(&jobs, &JobRunner::finished, &jobs, [&](quint64 request, JobRunner::Outcome) {
        gone = request;
        heard = jobs.current();
    });
    const auto first = jobs.start<int>("first", wait, [](Result<int>) {}), second = jobs.start<int>("second", wait, [](Result<int>) {});
    QCOMPARE(gone, first);
    QCOMPARE(heard, second);
    jobs.cancel();
    QCOMPARE(gone, second);
    QVERIFY(!jobs.busy());
    QTRY_COMPARE(jobs.threads(), std::size_t(0));
}

void JobRunnerTest::endsItsWorkersWhenItDies() {
    std::atomic<bool> ended = false;
    {
        JobRunner jobs;
        jobs.start<int>(
            "endless",
            [&](std::stop_token stop, Progress&) -> Result<int> {
                while (!stop.stop_requested()) nap(1);
                ended = true;
                return 1;
            },
            [](Result<int>) { QFAIL("delivered to a dead runner"); });
    }
    QVERIFY(ended);
}

CHOREIA_TEST(JobRunnerTest)
#include "job_runner_test.moc"
