/// Loops over independent items on a few threads.
#pragma once

#include <cstddef>
#include <functional>

namespace choreia {

/// Threads used by parallelFor; 0 (the default) means the cores that this process may run on. Set once at start.
void setThreadCount(int threads);
[[nodiscard]] int threadCount();

/// Calls body(i) for i in 0..count-1, in any order, from up to threadCount() threads; returns when all are done. body must not throw.
void parallelFor(std::size_t count, const std::function<void(std::size_t)>& body);

}  // namespace choreia
