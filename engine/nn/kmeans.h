/// K-means on rows of numbers: k-means++ seeding (Arthur and Vassilvitskii 2007), mini-batches (Sculley 2010), a few full passes (Lloyd 1982).
/// No torch here: tables in, tables out, and the same seed gives the same centroids on any number of threads.
#pragma once

#include "core/matrix.h"
#include "core/random.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

namespace choreia::nn {

struct KMeansSettings {
    std::size_t clusters = 256;
    std::size_t batch = 1024;       ///< rows a mini-batch
    std::size_t batches = 200;      ///< mini-batch steps; 0: Lloyd alone
    std::size_t passes = 8;         ///< full passes after them, at most
    std::size_t seedRows = 8192;    ///< k-means++ looks at so many rows, drawn at random; 0: at all
    std::uint64_t seed = 1;
};

struct KMeansFit {
    Table centroids;                     ///< [clusters, columns]
    std::vector<std::int64_t> labels;    ///< of every row
    double inertia = 0;                  ///< sum of squared distances to the nearest centroid
    std::size_t passes = 0;              ///< full passes done
};

/// Rows of k-means++: the first at random, each further one with probability proportional to its squared distance to the nearest so far.
std::vector<std::size_t> seedRows(const Table& rows, std::size_t clusters, Random& random);

/// Nearest centroid of every row; distances (squared) where wanted. Ties go to the lower index.
std::vector<std::int64_t> nearestCentroids(const Table& rows, const Table& centroids, std::vector<float>* squared = nullptr);

/// One mini-batch step: each row of the batch draws its centroid towards itself at the rate 1 / (rows it has seen so far).
void miniBatchStep(const Table& batch, Table& centroids, std::vector<double>& seen);

/// rows: at least as many as clusters (asserted); fewer distinct rows than clusters leave clusters empty. A stop leaves early with what there is.
/// done: called with the share done; may be empty.
KMeansFit kMeans(const Table& rows, const KMeansSettings& settings, std::stop_token stop, const std::function<void(double)>& done = {});

/// Mean silhouette (Rousseeuw 1987) within a sample of rows, -1..1; clusters of one row in the sample count 0. 0 for a single cluster.
double silhouette(const Table& rows, const std::vector<std::int64_t>& labels, std::size_t sample, std::uint64_t seed);

struct ElbowPoint {
    std::size_t clusters = 0;
    double inertia = 0;      ///< a row
    double silhouette = 0;
};
/// K-means for several numbers of clusters.
std::vector<ElbowPoint> elbowCurve(const Table& rows, const std::vector<std::size_t>& clusters, const KMeansSettings& settings, std::stop_token stop);
/// The curve's knee: the point farthest under the chord from first to last, both axes scaled to 1 (Satopaa et al. 2011). 0 for an empty curve.
std::size_t elbowOf(const std::vector<ElbowPoint>& curve);

}  // namespace choreia::nn
