// parallelFor calls every index exactly once, whatever the thread count, and returns only when all are done.
#include "core/parallel.h"

#include "support/testing.h"

#include <atomic>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

using namespace choreia;

class ParallelTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void cleanup() { setThreadCount(0); }

    void everyIndexOnce_data() {
        QTest::addColumn<int>("threads");
        QTest::addColumn<int>("count");
        for (const int threads : {0, 1, 2, 7})
            for (const int count : {0, 1, 2, 1000}) QTest::addRow("%d threads, %d items", threads, count) << threads << count;
    }
    void everyIndexOnce() {
        QFETCH(int, threads);
        QFETCH(int, count);
        setThreadCount(threads);
        std::vector<std::atomic<int>> calls(static_cast<std::size_t>(count));
        parallelFor(calls.size(), [&](std::size_t i) { ++calls[i]; });
        for (const auto& call : calls) QCOMPARE(call.load(), 1);
    }
    void usesTheThreadsItWasGiven() {
        setThreadCount(3);
        QCOMPARE(threadCount(), 3);
        std::mutex mutex;
        std::set<std::thread::id> seen;
        std::atomic<int> arrived{0};
        parallelFor(3, [&](std::size_t) {  // ends only when three threads are inside at once
            ++arrived;
            while (arrived < 3) std::this_thread::yield();
            const std::scoped_lock lock(mutex);
            seen.insert(std::this_thread::get_id());
        });
        QCOMPARE(seen.size(), std::size_t{3});
    }
    void senselessCountsMeanTheMachines() {
        setThreadCount(-4);
        QVERIFY(threadCount() >= 1);
    }
};

CHOREIA_TEST(ParallelTest)
#include "parallel_test.moc"
