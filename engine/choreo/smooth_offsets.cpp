// LDL^T of a pentadiagonal matrix.
#include "choreo/smooth_offsets.h"

#include <cassert>

namespace choreia::choreo {

OffsetProblem::OffsetProblem(std::size_t frames, double fps, double rest)
    : fps_(fps), diagonal_(frames, rest), first_(frames, 0.0), second_(frames, 0.0), right_(frames, 0.0) {
    assert(rest > 0);
}

void OffsetProblem::pullTo(std::size_t frame, double weight, double target) {
    diagonal_[frame] += weight;
    right_[frame] += weight * target;
}

void OffsetProblem::moveAt(std::size_t frame, double weight, double velocity) {
    const double w = weight * fps_ * fps_, r = weight * fps_ * velocity;
    diagonal_[frame] += w;
    diagonal_[frame + 1] += w;
    first_[frame] -= w;
    right_[frame] -= r;
    right_[frame + 1] += r;
}

void OffsetProblem::bend(double weight) {
    const double w = weight * fps_ * fps_ * fps_ * fps_;
    for (std::size_t f = 0; f + 2 < diagonal_.size(); ++f) {
        diagonal_[f] += w;
        diagonal_[f + 1] += 4 * w;
        diagonal_[f + 2] += w;
        first_[f] -= 2 * w;
        first_[f + 1] -= 2 * w;
        second_[f] += w;
    }
}

std::vector<double> OffsetProblem::solve() const {
    const std::size_t n = diagonal_.size();
    std::vector<double> d = diagonal_, a = first_, b = second_, x = right_;
    // a, b become the columns of L below the diagonal.
    for (std::size_t f = 0; f < n; ++f) {
        const double l1 = a[f] / d[f], l2 = b[f] / d[f];
        if (f + 1 < n) {
            d[f + 1] -= l1 * a[f];
            a[f + 1] -= l1 * b[f];
            x[f + 1] -= l1 * x[f];
        }
        if (f + 2 < n) {
            d[f + 2] -= l2 * b[f];
            x[f + 2] -= l2 * x[f];
        }
        a[f] = l1;
        b[f] = l2;
    }
    for (std::size_t f = n; f-- > 0;) {
        x[f] /= d[f];
        if (f + 1 < n) x[f] -= a[f] * x[f + 1];
        if (f + 2 < n) x[f] -= b[f] * x[f + 2];
    }
    return x;
}

} // namespace choreia::choreo
