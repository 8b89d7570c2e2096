// Frechet distance and diversity of feature sets.
#include "eval/metrics.h"

#include <Eigen/Dense>

#include <algorithm>
#include <cmath>
#include <limits>

namespace choreia::eval {

namespace {
using Matrix = Eigen::MatrixXd;
using Row = Eigen::RowVectorXd;

Matrix toMatrix(const std::vector<std::vector<double>>& rows) {
    Matrix m(static_cast<Eigen::Index>(rows.size()), rows.empty() ? 0 : static_cast<Eigen::Index>(rows[0].size()));
    for (Eigen::Index i = 0; i < m.rows(); ++i) {
        for (Eigen::Index k = 0; k < m.cols(); ++k) m(i, k) = rows[static_cast<std::size_t>(i)][static_cast<std::size_t>(k)];
    }
    return m;
}

struct Scale {
    Row mean, deviation;
};

Scale scaleOf(const Matrix& reference, double stdFloor) {
    Scale s;
    s.mean = reference.colwise().mean();
    s.deviation = ((reference.rowwise() - s.mean).colwise().squaredNorm() / static_cast<double>(reference.rows())).cwiseSqrt();
    if (stdFloor > 0) s.deviation = s.deviation.cwiseMax(stdFloor);
    s.deviation.array() += 1e-10;
    return s;
}

Matrix normalised(const Matrix& m, const Scale& s) {
    return ((m.rowwise() - s.mean).array().rowwise() / s.deviation.array()).matrix();
}

/// F with F^T F = the sample covariance; at most as many rows as features.
Matrix covarianceFactor(const Matrix& m) {
    Matrix centred = (m.rowwise() - Row(m.colwise().mean())) / std::sqrt(static_cast<double>(m.rows() - 1));
    if (centred.rows() <= centred.cols()) return centred;
    const Matrix r = Eigen::HouseholderQR<Matrix>(centred).matrixQR().topRows(centred.cols()).triangularView<Eigen::Upper>();
    return r;
}
} // namespace

double frechetDistance(const std::vector<std::vector<double>>& generated, const std::vector<std::vector<double>>& reference,
                       double stdFloor) {
    if (generated.size() < 2 || reference.size() < 2) return std::numeric_limits<double>::quiet_NaN();
    const Matrix g = toMatrix(generated), r = toMatrix(reference);
    const Scale scale = scaleOf(r, stdFloor);
    const Matrix gn = normalised(g, scale), rn = normalised(r, scale);
    const double means = (gn.colwise().mean() - rn.colwise().mean()).squaredNorm();
    // With S1 = A^T A and S2 = B^T B the eigenvalues of S1 S2 are the squared singular values of A B^T, so tr sqrt(S1 S2) is
    // their sum. Unlike a root of the product it is real, and exact for sets of fewer clips than features, where the product is
    // singular; it is not finite only where the features are not, so the public code's +1e-5 I has nothing left to mend.
    const Matrix a = covarianceFactor(gn), b = covarianceFactor(rn);
    const double root = Eigen::BDCSVD<Matrix>(a * b.transpose()).singularValues().sum();
    return means + a.squaredNorm() + b.squaredNorm() - 2 * root;
}

double diversity(const std::vector<std::vector<double>>& generated, const std::vector<std::vector<double>>& reference,
                 double stdFloor) {
    if (generated.size() < 2 || reference.empty()) return 0;
    const Matrix g = normalised(toMatrix(generated), scaleOf(toMatrix(reference), stdFloor));
    double sum = 0;
    for (Eigen::Index i = 0; i < g.rows(); ++i) {
        for (Eigen::Index k = i + 1; k < g.rows(); ++k) sum += (g.row(i) - g.row(k)).norm();
    }
    const auto n = static_cast<double>(g.rows());
    return sum / (n * (n - 1) / 2);
}

} // namespace choreia::eval
