/// Progress and cancellation of long work: every long function takes a std::stop_token and a Progress&.
#pragma once

#include <chrono>
#include <stop_token>
#include <string_view>

namespace choreia {

/// Receives what has been done, of how much, and how long is left. May be called from a worker thread.
class Progress {
public:
    virtual ~Progress() = default;
    /// stage: what is under way ("analysing"); fraction: 0..1 of this stage; secondsLeft: negative where unknown.
    virtual void report(std::string_view stage, double fraction, double secondsLeft) = 0;
};

class NoProgress final : public Progress {
public:
    void report(std::string_view, double, double) override {}
};

/// Reports one stage of known length to a Progress, with the time left estimated from the pace so far; at most 20 reports a second.
class Stage {
public:
    Stage(Progress& progress, std::string_view name);
    /// done of total, any unit.
    void update(double done, double total);

private:
    Progress& progress_;
    std::string_view name_;
    std::chrono::steady_clock::time_point start_;
    std::chrono::steady_clock::time_point last_;
};

}  // namespace choreia
