// Distances through one matrix product a block of rows: |x|^2 - 2 x c + |c|^2.
#include "nn/kmeans.h"

#include "core/parallel.h"

#include <Eigen/Core>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <numeric>

namespace choreia::nn {

namespace {

using Matrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using View = Eigen::Map<const Matrix>;

View view(const Table& table) { return {table.values.data(), static_cast<Eigen::Index>(table.rows), static_cast<Eigen::Index>(table.columns)}; }

constexpr std::size_t kBlock = 512;

// Calls body(first row, squared distances [block, centroids]) for every block of rows, blocks in any order.
template <class Body>
void forBlocks(const Table& rows, const Table& centroids, const Body& body) {
    const View c = view(centroids);
    const Eigen::VectorXf norms = c.rowwise().squaredNorm();
    parallelFor((rows.rows + kBlock - 1) / kBlock, [&](std::size_t b) {
        const std::size_t first = b * kBlock, count = std::min(kBlock, rows.rows - first);
        const auto x = view(rows).middleRows(static_cast<Eigen::Index>(first), static_cast<Eigen::Index>(count));
        Matrix distance(x.rows(), c.rows());
        distance.noalias() = -2.0f * (x * c.transpose());
        distance.rowwise() += norms.transpose();
        distance.colwise() += x.rowwise().squaredNorm();
        body(first, distance);
    });
}

Table picked(const Table& rows, const std::vector<std::size_t>& which) {
    Table out(which.size(), rows.columns);
    for (std::size_t i = 0; i < which.size(); ++i) std::ranges::copy(rows.row(which[i]), out.row(i).begin());
    return out;
}

// n different rows in the order drawn; all of them where n is not smaller.
std::vector<std::size_t> sampleOf(std::size_t rows, std::size_t n, Random& random) {
    std::vector<std::size_t> all(rows);
    std::iota(all.begin(), all.end(), std::size_t{0});
    n = std::min(n, rows);
    for (std::size_t i = 0; i < n; ++i) std::swap(all[i], all[i + random.below(rows - i)]);
    all.resize(n);
    return all;
}

double sumOf(const std::vector<float>& values) { return std::accumulate(values.begin(), values.end(), 0.0); }

// Means of the rows of each cluster; a cluster without rows takes the row that lies farthest from its centroid.
void moveToMeans(const Table& rows, const std::vector<std::int64_t>& labels, std::vector<float>& squared, Table& centroids) {
    std::vector<double> sums(centroids.values.size(), 0.0);
    std::vector<std::size_t> counts(centroids.rows, 0);
    for (std::size_t i = 0; i < rows.rows; ++i) {
        const auto k = static_cast<std::size_t>(labels[i]);
        ++counts[k];
        const auto row = rows.row(i);
        for (std::size_t c = 0; c < rows.columns; ++c) sums[k * rows.columns + c] += row[c];
    }
    for (std::size_t k = 0; k < centroids.rows; ++k) {
        auto out = centroids.row(k);
        if (counts[k] > 0) {
            for (std::size_t c = 0; c < rows.columns; ++c) out[c] = static_cast<float>(sums[k * rows.columns + c] / static_cast<double>(counts[k]));
            continue;
        }
        const auto far = std::max_element(squared.begin(), squared.end());
        if (*far <= 0) continue;
        std::ranges::copy(rows.row(static_cast<std::size_t>(far - squared.begin())), out.begin());
        *far = 0;
    }
}

}  // namespace

std::vector<std::size_t> seedRows(const Table& rows, std::size_t clusters, Random& random) {
    const View x = view(rows);
    std::vector<std::size_t> chosen = {static_cast<std::size_t>(random.below(rows.rows))};
    Eigen::VectorXf nearest = Eigen::VectorXf::Constant(x.rows(), std::numeric_limits<float>::max());
    while (chosen.size() < clusters) {
        const auto last = static_cast<Eigen::Index>(chosen.back());
        nearest = nearest.cwiseMin((x.rowwise() - x.row(last)).rowwise().squaredNorm());
        double total = 0;
        for (Eigen::Index i = 0; i < nearest.size(); ++i) total += nearest[i];
        if (!(total > 0)) {  // nothing left that differs
            chosen.push_back(static_cast<std::size_t>(random.below(rows.rows)));
            continue;
        }
        double at = random.uniform() * total;
        Eigen::Index pick = 0;
        for (Eigen::Index i = 0; i < nearest.size(); ++i) {
            if (nearest[i] <= 0) continue;
            pick = i;
            at -= nearest[i];
            if (at < 0) break;
        }
        chosen.push_back(static_cast<std::size_t>(pick));
    }
    return chosen;
}

std::vector<std::int64_t> nearestCentroids(const Table& rows, const Table& centroids, std::vector<float>* squared) {
    assert(rows.columns == centroids.columns && centroids.rows > 0);
    std::vector<std::int64_t> labels(rows.rows);
    if (squared) squared->resize(rows.rows);
    forBlocks(rows, centroids, [&](std::size_t first, const Matrix& distance) {
        for (Eigen::Index i = 0; i < distance.rows(); ++i) {
            Eigen::Index best = 0;
            const float least = distance.row(i).minCoeff(&best);
            labels[first + static_cast<std::size_t>(i)] = best;
            if (squared) (*squared)[first + static_cast<std::size_t>(i)] = std::max(0.0f, least);
        }
    });
    return labels;
}

void miniBatchStep(const Table& batch, Table& centroids, std::vector<double>& seen) {
    const auto labels = nearestCentroids(batch, centroids);
    for (std::size_t i = 0; i < batch.rows; ++i) {
        const auto k = static_cast<std::size_t>(labels[i]);
        const auto rate = static_cast<float>(1.0 / ++seen[k]);
        const auto row = batch.row(i);
        auto out = centroids.row(k);
        for (std::size_t c = 0; c < batch.columns; ++c) out[c] += rate * (row[c] - out[c]);
    }
}

KMeansFit kMeans(const Table& rows, const KMeansSettings& settings, std::stop_token stop, const std::function<void(double)>& done) {
    assert(rows.rows >= settings.clusters && settings.clusters > 0);
    Random random(settings.seed);
    const auto tell = [&](double share) {
        if (done) done(share);
    };
    KMeansFit fit;
    {
        const Table sample = picked(rows, sampleOf(rows.rows, settings.seedRows ? std::max(settings.seedRows, settings.clusters) : rows.rows, random));
        fit.centroids = picked(sample, seedRows(sample, settings.clusters, random));
    }
    tell(0.2);
    std::vector<double> seen(settings.clusters, 0.0);
    for (std::size_t step = 0; step < settings.batches && !stop.stop_requested(); ++step) {
        std::vector<std::size_t> which(std::min(settings.batch, rows.rows));
        for (auto& row : which) row = static_cast<std::size_t>(random.below(rows.rows));
        miniBatchStep(picked(rows, which), fit.centroids, seen);
        tell(0.2 + 0.3 * static_cast<double>(step + 1) / static_cast<double>(settings.batches));
    }
    std::vector<float> squared;
    fit.labels = nearestCentroids(rows, fit.centroids, &squared);
    fit.inertia = sumOf(squared);
    while (fit.passes < settings.passes && !stop.stop_requested()) {
        const double before = fit.inertia;
        moveToMeans(rows, fit.labels, squared, fit.centroids);
        fit.labels = nearestCentroids(rows, fit.centroids, &squared);
        fit.inertia = sumOf(squared);
        ++fit.passes;
        tell(0.5 + 0.5 * static_cast<double>(fit.passes) / static_cast<double>(settings.passes));
        if (before - fit.inertia <= 1e-4 * before) break;
    }
    tell(1.0);
    return fit;
}

double silhouette(const Table& rows, const std::vector<std::int64_t>& labels, std::size_t sample, std::uint64_t seed) {
    if (labels.empty()) return 0;
    Random random(seed);
    const auto which = sampleOf(rows.rows, sample, random);
    const Table x = picked(rows, which);
    const auto clusters = static_cast<std::size_t>(*std::max_element(labels.begin(), labels.end())) + 1;
    std::vector<std::size_t> own(which.size()), counts(clusters, 0);
    for (std::size_t i = 0; i < which.size(); ++i) ++counts[own[i] = static_cast<std::size_t>(labels[which[i]])];
    std::vector<double> scores(which.size(), 0.0);
    forBlocks(x, x, [&](std::size_t first, const Matrix& distance) {
        std::vector<double> sums(clusters);
        for (Eigen::Index i = 0; i < distance.rows(); ++i) {
            const std::size_t at = first + static_cast<std::size_t>(i);
            std::fill(sums.begin(), sums.end(), 0.0);
            for (std::size_t j = 0; j < which.size(); ++j)
                if (j != at) sums[own[j]] += std::sqrt(std::max(0.0f, distance(i, static_cast<Eigen::Index>(j))));
            if (counts[own[at]] < 2) continue;
            const double within = sums[own[at]] / static_cast<double>(counts[own[at]] - 1);
            double nearest = std::numeric_limits<double>::infinity();
            for (std::size_t k = 0; k < clusters; ++k)
                if (k != own[at] && counts[k] > 0) nearest = std::min(nearest, sums[k] / static_cast<double>(counts[k]));
            if (std::isfinite(nearest) && std::max(within, nearest) > 0) scores[at] = (nearest - within) / std::max(within, nearest);
        }
    });
    return std::accumulate(scores.begin(), scores.end(), 0.0) / static_cast<double>(scores.size());
}

std::vector<ElbowPoint> elbowCurve(const Table& rows, const std::vector<std::size_t>& clusters, const KMeansSettings& settings, std::stop_token stop) {
    std::vector<ElbowPoint> curve;
    for (const std::size_t k : clusters) {
        if (stop.stop_requested()) break;
        KMeansSettings own = settings;
        own.clusters = k;
        const KMeansFit fit = kMeans(rows, own, stop);
        curve.push_back({k, fit.inertia / static_cast<double>(rows.rows), silhouette(rows, fit.labels, 3000, settings.seed)});
    }
    return curve;
}

std::size_t elbowOf(const std::vector<ElbowPoint>& curve) {
    if (curve.empty()) return 0;
    const auto& a = curve.front();
    const auto& b = curve.back();
    std::size_t best = a.clusters;
    double most = 0;
    for (const auto& p : curve) {
        if (b.clusters == a.clusters || a.inertia <= b.inertia) break;
        const double x = (static_cast<double>(p.clusters) - static_cast<double>(a.clusters)) / (static_cast<double>(b.clusters) - static_cast<double>(a.clusters));
        const double y = (p.inertia - b.inertia) / (a.inertia - b.inertia);
        if (1 - x - y > most) {
            most = 1 - x - y;
            best = p.clusters;
        }
    }
    return best;
}

}  // namespace choreia::nn
