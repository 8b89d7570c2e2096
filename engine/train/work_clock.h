/// Seconds in which the process could work: time in which it was stopped by a signal (a training set aside from the window) does not count.
#pragma once

#include <algorithm>
#include <chrono>
#include <mutex>
#include <thread>

namespace choreia::train {

/// A thread beats twenty times a second and adds what passed, at most a second a beat: who is stopped misses the beats.
class WorkClock {
public:
    WorkClock()
        : beat_([this](std::stop_token end) {
              while (!end.stop_requested()) {
                  std::this_thread::sleep_for(std::chrono::milliseconds(50));
                  static_cast<void>(seconds());
              }
          }) {}
    [[nodiscard]] double seconds() const {
        const std::lock_guard lock(mutex_);
        const auto now = Clock::now();
        seconds_ += std::min(1.0, std::chrono::duration<double>(now - last_).count());
        last_ = now;
        return seconds_;
    }

private:
    using Clock = std::chrono::steady_clock;
    mutable std::mutex mutex_;
    mutable Clock::time_point last_ = Clock::now();
    mutable double seconds_ = 0;
    std::jthread beat_;
};

}  // namespace choreia::train
