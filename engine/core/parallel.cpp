// Threads take the next item from a shared counter; for our item sizes that costs nothing.
#include "core/parallel.h"

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

#ifdef __linux__
#include <sched.h>
#endif

namespace choreia {

namespace {
std::atomic<int> requestedThreads{0};

/// Cores that this process may run on: under taskset or a batch system fewer than the machine has.
int ownCores() {
#ifdef __linux__
    cpu_set_t own;
    if (::sched_getaffinity(0, sizeof own, &own) == 0) return std::max(1, CPU_COUNT(&own));
#endif
    return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}
}  // namespace

void setThreadCount(int threads) { requestedThreads = std::max(0, threads); }

int threadCount() {
    const int requested = requestedThreads;
    return requested > 0 ? requested : ownCores();
}

void parallelFor(std::size_t count, const std::function<void(std::size_t)>& body) {
    const std::size_t threads = std::min(count, static_cast<std::size_t>(threadCount()));
    if (threads <= 1) {
        for (std::size_t i = 0; i < count; ++i) body(i);
        return;
    }
    std::atomic<std::size_t> next{0};
    const auto work = [&] {
        for (std::size_t i = next++; i < count; i = next++) body(i);
    };
    std::vector<std::jthread> pool;
    for (std::size_t t = 1; t < threads; ++t) pool.emplace_back(work);
    work();
}

}  // namespace choreia
