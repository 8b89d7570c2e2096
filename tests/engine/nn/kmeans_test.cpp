// K-means against what can be counted by hand: blobs found again, the same seed the same centroids, inertia and silhouette by their definitions.
#include "motion/pose_features.h"
#include "nn/kmeans.h"
#include "nn/kmeans_quantiser.h"
#include "nn/vq_vae.h"
#include "nn/weights.h"
#include "support/testing.h"

#include <algorithm>
#include <cmath>
#include <set>

using namespace choreia;

namespace {

// Points about the corners of a cube; blob k lies about corner k.
Table blobs(std::size_t each, double spread, std::uint64_t seed) {
    Random random(seed);
    Table table(8 * each, 3);
    for (std::size_t i = 0; i < table.rows; ++i)
        for (std::size_t c = 0; c < 3; ++c) table.at(i, c) = static_cast<float>((i % 8 >> c & 1 ? 5.0 : -5.0) + spread * random.normal());
    return table;
}

double squared(const Table& a, std::size_t i, const Table& b, std::size_t j) {
    double sum = 0;
    for (std::size_t c = 0; c < a.columns; ++c) sum += std::pow(static_cast<double>(a.at(i, c)) - static_cast<double>(b.at(j, c)), 2);
    return sum;
}

motion::Clip swayingClip(std::size_t frames) {
    motion::Clip clip;
    clip.fps = motion::kPoseFps;
    for (std::size_t f = 0; f < frames; ++f) {
        const float t = static_cast<float>(f) / 30.0f;
        clip.root.emplace_back(0.2f * std::sin(t), 0.95f + 0.02f * std::sin(3 * t), 0.2f * std::cos(t));
        for (int j = 0; j < motion::kJoints; ++j)
            clip.rotations.emplace_back(Eigen::AngleAxisf(0.4f * std::sin(t * 1.5f + static_cast<float>(j)), motion::Vec3(1, 0.3f, 0.2f).normalized()));
    }
    return clip;
}

torch::Tensor rowsOf(const motion::Clip& clip) {
    const Table table = motion::poseFeatures(clip);
    return torch::from_blob(const_cast<float*>(table.values.data()), {static_cast<std::int64_t>(table.rows), static_cast<std::int64_t>(table.columns)}, torch::kFloat32).clone();
}

Table tableOf(const torch::Tensor& tensor) {
    const auto flat = tensor.contiguous();
    Table table(static_cast<std::size_t>(flat.size(0)), static_cast<std::size_t>(flat.size(1)));
    std::copy_n(flat.data_ptr<float>(), table.values.size(), table.values.begin());
    return table;
}

double errorCm(const torch::Tensor& decoded, const torch::Tensor& target) {
    const auto wanted = target.narrow(2, static_cast<std::int64_t>(motion::pose::kPositions), 72).view({1, target.size(1), motion::kJoints, 3});
    const auto found = nn::decodedPositions(decoded);
    return ((found - found.narrow(2, 0, 1)) - (wanted - wanted.narrow(2, 0, 1))).norm(2, -1).mean().item<double>() * 100;
}

nn::KMeansQuantiser fitted(const torch::Tensor& rows, bool poses, std::int64_t codes) {
    nn::KMeansConfig config;
    config.codes = codes;
    config.poses = poses;
    config.codeSize = 8;
    nn::KMeansQuantiser model(config);
    model->setNormalisation(rows);
    for (std::int64_t s = 0; s < 2; ++s) {
        nn::KMeansSettings settings;
        settings.clusters = static_cast<std::size_t>(codes);
        settings.batches = 20;
        model->setCentroids(s, nn::kMeans(tableOf(model->keys(rows.unsqueeze(0), s)), settings, {}).centroids);
    }
    return model;
}

}  // namespace

class KMeansTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void blobsAreFound() {
        const Table points = blobs(100, 0.4, 1);
        nn::KMeansSettings settings;
        settings.clusters = 8;
        settings.batch = 64;
        settings.batches = 30;
        const auto fit = nn::kMeans(points, settings, {});
        // Every blob is one cluster, and its centroid is the blob's mean.
        for (std::size_t k = 0; k < 8; ++k) {
            for (std::size_t i = k; i < points.rows; i += 8) QCOMPARE(fit.labels[i], fit.labels[k]);
            for (std::size_t c = 0; c < 3; ++c) {
                double mean = 0;
                for (std::size_t i = k; i < points.rows; i += 8) mean += points.at(i, c) / 100.0;
                QVERIFY(std::abs(mean - fit.centroids.at(static_cast<std::size_t>(fit.labels[k]), c)) < 1e-4);
            }
        }
        double inertia = 0;
        for (std::size_t i = 0; i < points.rows; ++i) inertia += squared(points, i, fit.centroids, static_cast<std::size_t>(fit.labels[i]));
        QVERIFY(std::abs(inertia - fit.inertia) < 1e-3 * inertia);
    }

    void theSameSeedGivesTheSame() {
        const Table points = blobs(60, 2.5, 2);
        nn::KMeansSettings settings;
        settings.clusters = 12;
        settings.seed = 9;
        const auto a = nn::kMeans(points, settings, {}), b = nn::kMeans(points, settings, {});
        QCOMPARE(a.centroids.values, b.centroids.values);
        QCOMPARE(a.labels, b.labels);
        settings.seed = 10;
        QVERIFY(nn::kMeans(points, settings, {}).centroids.values != a.centroids.values);
        Random one(3), two(3);
        QCOMPARE(nn::seedRows(points, 8, one), nn::seedRows(points, 8, two));
    }

    void seedingSpreads() {
        // Blobs this far apart: nearly every seeding takes one row of each.
        const Table points = blobs(50, 0.05, 4);
        int whole = 0;
        for (std::uint64_t seed = 0; seed < 20; ++seed) {
            Random random(seed);
            std::set<std::size_t> corners;
            for (const auto row : nn::seedRows(points, 8, random)) corners.insert(row % 8);
            whole += corners.size() == 8;
        }
        QVERIFY2(whole == 20, qPrintable(QString::number(whole)));
    }

    void miniBatchIsTheRunningMean() {
        Table centroids(1, 2), batch(4, 2);
        batch.values = {1, 2, 3, 4, 5, 6, 11, 0};
        std::vector<double> seen(1, 0.0);
        nn::miniBatchStep(batch, centroids, seen);
        QVERIFY(std::abs(centroids.at(0, 0) - 5.0f) < 1e-5f && std::abs(centroids.at(0, 1) - 3.0f) < 1e-5f);
        QCOMPARE(seen[0], 4.0);
    }

    void silhouetteByDefinition() {
        const Table points = blobs(12, 2.0, 5);
        std::vector<std::int64_t> labels(points.rows);
        for (std::size_t i = 0; i < labels.size(); ++i) labels[i] = static_cast<std::int64_t>(i % 3);
        double wanted = 0;
        for (std::size_t i = 0; i < points.rows; ++i) {
            double mean[3] = {};
            int count[3] = {};
            for (std::size_t j = 0; j < points.rows; ++j)
                if (j != i) {
                    mean[labels[j]] += std::sqrt(squared(points, i, points, j));
                    ++count[labels[j]];
                }
            for (int k = 0; k < 3; ++k) mean[k] /= count[k];
            const double a = mean[labels[i]], b = std::min(mean[(labels[i] + 1) % 3], mean[(labels[i] + 2) % 3]);
            wanted += (b - a) / std::max(a, b) / static_cast<double>(points.rows);
        }
        QVERIFY(std::abs(nn::silhouette(points, labels, points.rows, 1) - wanted) < 1e-4);
        // Blobs labelled rightly are nearly 1.
        for (std::size_t i = 0; i < labels.size(); ++i) labels[i] = static_cast<std::int64_t>(i % 8);
        QVERIFY(nn::silhouette(blobs(12, 0.1, 5), labels, 80, 1) > 0.95);
    }

    void theElbowIsTheNumberOfBlobs() {
        const Table points = blobs(80, 0.3, 6);
        nn::KMeansSettings settings;
        settings.batches = 20;
        const auto curve = nn::elbowCurve(points, {2, 4, 8, 16, 32}, settings, {});
        QCOMPARE(curve.size(), std::size_t{5});
        for (std::size_t i = 1; i < curve.size(); ++i) QVERIFY(curve[i].inertia < curve[i - 1].inertia);
        QCOMPARE(nn::elbowOf(curve), std::size_t{8});
    }

    void wordsComeBack() {
        const auto rows = rowsOf(swayingClip(240));
        for (const bool poses : {false, true}) {
            auto model = fitted(rows, poses, 60);  // as many codes as tokens: nothing is lost but the joins
            const auto target = rows.unsqueeze(0);
            const auto tokens = model->encode(target);
            QCOMPARE(tokens.sizes().vec(), (std::vector<std::int64_t>{1, 2, 60}));
            const auto decoded = model->decode(tokens);
            QCOMPARE(decoded.sizes().vec(), (std::vector<std::int64_t>{1, 240, static_cast<std::int64_t>(motion::pose::kDecoded)}));
            const double fine = errorCm(decoded, target);
            QVERIFY2(fine < (poses ? 0.6 : 0.2), qPrintable(QString::number(fine)));
            // Fewer codes, larger errors; and where words join, nothing jumps more than the dance itself and a few centimetres.
            auto coarse = fitted(rows, poses, 12);
            const auto rough = coarse->decode(coarse->encode(target));
            QVERIFY(errorCm(rough, target) > fine);
            const auto positions = nn::decodedPositions(rough), before = nn::decodedPositions(target);
            const auto most = [](const torch::Tensor& p) { return (p.narrow(1, 1, 239) - p.narrow(1, 0, 239)).norm(2, -1).max().item<double>(); };
            QVERIFY2(most(positions) < most(before) + 0.08, qPrintable(QString("%1 %2").arg(most(positions)).arg(most(before))));
        }
    }

    void anyQuantiserLoadsByItsKind() {
        const auto rows = rowsOf(swayingClip(160));
        auto model = fitted(rows, false, 16);
        auto table = nn::toTable(*model, "kmeans", model->config().toJson(), false);
        const auto loaded = nn::quantiserFrom(table, "here", torch::kCPU);
        QVERIFY2(loaded.ok(), loaded.ok() ? "" : loaded.error().line().c_str());
        QCOMPARE((*loaded)->kind(), std::string("kmeans"));
        QCOMPARE((*loaded)->codes(), std::int64_t{16});
        QVERIFY(torch::equal((*loaded)->encode(rows.unsqueeze(0)), model->encode(rows.unsqueeze(0))));
        QCOMPARE((*loaded)->codebook(1).sizes().vec(), (std::vector<std::int64_t>{16, 8}));
        nn::VqVaeConfig config;
        config.width = 16;
        config.codes = 8;
        nn::VqVae coder(config);
        const auto other = nn::quantiserFrom(nn::toTable(*coder, "vq-vae", config.toJson(), false), "here", torch::kCPU);
        QVERIFY(other.ok());
        QCOMPARE((*other)->streams(), std::int64_t{4});
        QVERIFY(torch::equal((*other)->encode(rows.unsqueeze(0)), (coder->eval(), coder->encode(rows.unsqueeze(0)))));
        table.metadata["kind"] = "beats";
        QVERIFY(!nn::quantiserFrom(table, "here", torch::kCPU).ok());
    }
};

CHOREIA_TEST(KMeansTest)
#include "kmeans_test.moc"
