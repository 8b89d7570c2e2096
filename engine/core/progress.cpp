// The pace so far gives the time left.
#include "core/progress.h"

namespace choreia {

Stage::Stage(Progress& progress, std::string_view name)
    : progress_(progress), name_(name), start_(std::chrono::steady_clock::now()), last_(start_) {
    progress_.report(name_, 0.0, -1.0);
}

void Stage::update(double done, double total) {
    const auto now = std::chrono::steady_clock::now();
    if (done < total && now - last_ < std::chrono::milliseconds(50)) return;
    last_ = now;
    const double fraction = total > 0 ? done / total : 1.0;
    const double elapsed = std::chrono::duration<double>(now - start_).count();
    progress_.report(name_, fraction, fraction > 0.02 ? elapsed * (1 - fraction) / fraction : -1.0);
}

}  // namespace choreia
