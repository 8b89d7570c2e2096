// Small files of motion, landmarks and music, written here: K-means and LSTM-VAE from the request to the weights.
#include "audio/analysis.h"
#include "io/hdf5.h"
#include "io/safetensors.h"
#include "support/testing.h"
#include "train/code_report.h"
#include "train/train.h"

#include "core/atomic_file.h"
#include "motion/clip.h"

#include <QTemporaryDir>
#include <nlohmann/json.hpp>

#include <cmath>
#include <fstream>

using namespace choreia;

namespace {

// A training file of our own: clips that sway, the last one for validation, music that is a wave.
void writeMotion(const std::string& path, int clips) {
    auto file = io::H5Writer::create(path);
    QVERIFY(file.ok());
    for (int c = 0; c < clips; ++c) {
        const std::size_t frames = 480;
        std::vector<float> rotations, root, music;
        for (std::size_t f = 0; f < frames; ++f) {
            const float t = static_cast<float>(f) / 60.0f + static_cast<float>(c);
            root.insert(root.end(), {0.1f * std::sin(t), 0.93f, 0.1f * std::cos(t)});
            for (int j = 0; j < motion::kJoints; ++j) {
                const motion::Quat q(Eigen::AngleAxisf(0.3f * std::sin(2 * t + static_cast<float>(j)), motion::Vec3::UnitX()));
                rotations.insert(rotations.end(), {q.w(), q.x(), q.y(), q.z()});
            }
            for (std::size_t k = 0; k < audio::columns::kCount; ++k) music.push_back(std::sin(2 * t + static_cast<float>(k)));
        }
        const std::string name = "clip" + std::to_string(c);
        QVERIFY(file->writeFloats(name + "/local_rotations", {frames, motion::kJoints, 4}, rotations.data()).ok());
        QVERIFY(file->writeFloats(name + "/root_position", {frames, 3}, root.data()).ok());
        QVERIFY(file->writeFloats(name + "/music_features", {frames, audio::columns::kCount}, music.data()).ok());
        QVERIFY(file->numberAttribute(name, "fps", 60).ok());
        QVERIFY(file->textAttribute(name, "style", c % 2 ? "sway" : "swing").ok());
        QVERIFY(file->textAttribute(name, "set", c + 1 == clips ? "val" : "train").ok());
    }
    QVERIFY(file->close().ok());
}

// The second seed's layout: 149 x 13 and one pose a sample.
void writeSeed(const std::string& path) {
    auto file = io::H5Writer::create(path);
    QVERIFY(file.ok());
    for (int g = 1; g <= 16; ++g) {
        std::vector<float> mfcc(149 * 13), pose(66);
        for (std::size_t i = 0; i < mfcc.size(); ++i) mfcc[i] = std::sin(0.01f * static_cast<float>(i) * static_cast<float>(g));
        for (std::size_t k = 0; k < pose.size(); ++k) pose[k] = 0.3f + 0.005f * static_cast<float>(k) + 0.01f * static_cast<float>(g % 3);
        const std::string name = "Dataset" + std::to_string(g) + "/";
        QVERIFY(file->writeFloats(name + "audio_mfcc_sequences", {149, 13}, mfcc.data()).ok());
        QVERIFY(file->writeFloats(name + "pose_landmark_sequences", {33, 2}, pose.data()).ok());
    }
    QVERIFY(file->close().ok());
}

std::vector<nlohmann::json> logOf(const std::string& path) {
    std::vector<nlohmann::json> lines;
    std::ifstream in(path);
    for (std::string line; std::getline(in, line);) lines.push_back(nlohmann::json::parse(line));
    return lines;
}

}  // namespace

class QuantiserTrainTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void kMeansFromMotionToWeights() {
        QTemporaryDir folder;
        const auto at = [&](const char* name) { return folder.filePath(name).toStdString(); };
        writeMotion(at("train.h5"), 4);
        QVERIFY(writeFile(at("c.json"), R"({"name":"small","codes":24,"code_size":8,"elbow":[4,8,16],"samples":2000})").ok());
        train::TrainRequest request;
        request.model = "kmeans";
        request.data = {at("train.h5")};
        request.out = at("run");
        request.config = at("c.json");
        std::string said;
        request.print = [&](const std::string& text) { said += text + "\n"; };
        NoProgress quiet;
        const auto done = train::train(request, {}, quiet);
        QVERIFY2(done.ok(), done.ok() ? "" : done.error().line().c_str());
        QVERIFY2(said.find("silhouette") != std::string::npos && said.find("elbow at") != std::string::npos, said.c_str());
        const auto first = readFile(at("run/small.kmeans.safetensors"));
        QVERIFY(first.ok());
        const auto table = io::readSafetensors(at("run/small.kmeans.safetensors"));
        QVERIFY(table.ok());
        QCOMPARE(table->metadata.at("kind"), std::string("kmeans"));
        const auto figures = nlohmann::json::parse(table->metadata.at("figures"));
        QVERIFY(figures.at("joint_error_cm").get<double>() < 10);
        QCOMPARE(logOf(at("run/kmeans.log.jsonl")).size(), std::size_t{1});

        // The report measures the same weights (stored in half precision) on the same clip.
        const auto report = train::reportCodes(at("run/small.kmeans.safetensors"), {at("train.h5")}, true, {}, quiet);
        QVERIFY2(report.ok(), report.ok() ? "" : report.error().line().c_str());
        QVERIFY(std::abs(report->all.jointErrorCm - figures.at("joint_error_cm").get<double>()) < 0.1);
        QCOMPARE(report->styles.size(), std::size_t{1});
        QCOMPARE(report->all.worstClip, std::string("clip3"));
        QCOMPARE(report->codebooks.size(), std::size_t{2});
        for (const auto& book : report->codebooks) QVERIFY(book.used > 0 && book.used <= 24 && book.perplexity <= static_cast<double>(book.used) + 1e-3);
        double shares = 0;
        for (const auto& look : report->looks) {
            shares += look.share;
            QCOMPARE(look.poses[1].size(), std::size_t{motion::kJoints});
        }
        QVERIFY(std::abs(shares - 2) < 1e-5);  // lower and upper, each whole

        // The same seed, the same numbers.
        const auto tensors = [](const TensorTable& t) { return t.tensors.at("lower_centroids").bytes; };
        request.out = at("again");
        QVERIFY(train::train(request, {}, quiet).ok());
        QCOMPARE(tensors(*io::readSafetensors(at("again/small.kmeans.safetensors"))) == tensors(*table), true);

        // And a predictor on top of it.
        QVERIFY(writeFile(at("p.json"), R"({"name":"small","quantiser":"kmeans","width":24,"heads":3,"blocks":1,"node_channels":4,"window":8,"taps":4,"music_width":12,"batch":2,"sequence":16})").ok());
        request.model = "gcn-mhw";
        request.out = at("run");
        request.config = at("p.json");
        request.epochs = 1;
        const auto predicted = train::train(request, {}, quiet);
        QVERIFY2(predicted.ok(), predicted.ok() ? "" : predicted.error().line().c_str());
        const auto predictor = io::readSafetensors(at("run/small.gcn-mhw.safetensors"));
        QVERIFY(predictor.ok());
        QCOMPARE(predictor->metadata.at("quantiser"), std::string("kmeans"));
        QCOMPARE(nlohmann::json::parse(predictor->metadata.at("config")).at("streams").get<int>(), 2);
    }

    void wrongConfigsAreRefused() {
        QTemporaryDir folder;
        const auto at = [&](const char* name) { return folder.filePath(name).toStdString(); };
        writeMotion(at("train.h5"), 2);
        train::TrainRequest request;
        request.data = {at("train.h5")};
        request.out = at("run");
        request.config = at("c.json");
        NoProgress quiet;
        const auto refused = [&](const char* model, const char* config) {
            request.model = model;
            return writeFile(at("c.json"), config).ok() && !train::train(request, {}, quiet).ok();
        };
        QVERIFY(refused("kmeans", R"({"mode":"moods"})"));
        QVERIFY(refused("kmeans", R"({"codes":5000})"));
        QVERIFY(refused("kmeans", R"({"heads":3})"));
        QVERIFY(refused("gcn-mhw", R"({"quantiser":"pca"})"));
        QVERIFY(refused("vq-vae", R"({"decoder_only":true})"));  // no tokens to keep
        QVERIFY(refused("lstm-vae", R"({"steps":10})"));
    }

    void lstmVaeFromBothLayouts() {
        for (const bool seed : {true, false}) {
            QTemporaryDir folder;
            const auto at = [&](const char* name) { return folder.filePath(name).toStdString(); };
            if (seed) writeSeed(at("data.h5"));
            else writeMotion(at("data.h5"), 4);
            QVERIFY(writeFile(at("c.json"), R"({"units":16,"latent":4,"batch":4,"kl_warmup_steps":20,"learning_rate":0.005,"warmup_steps":2,"ema_decay":0.9})").ok());
            train::TrainRequest request;
            request.model = "lstm-vae";
            request.data = {at("data.h5")};
            request.out = at("run");
            request.config = at("c.json");
            request.epochs = seed ? 12 : 30;
            NoProgress quiet;
            const auto done = train::train(request, {}, quiet);
            QVERIFY2(done.ok(), done.ok() ? "" : done.error().line().c_str());
            const auto table = io::readSafetensors(at("run/default.lstm-vae.safetensors"));
            QVERIFY(table.ok());
            QCOMPARE(table->metadata.at("kind"), std::string("lstm-vae"));
            const auto log = logOf(at("run/lstm-vae.log.jsonl"));
            QVERIFY(!log.empty());
            const auto first = log.front().at("losses"), last = log.back().at("losses");
            QVERIFY(last.at("reconstruction").get<double>() < first.at("reconstruction").get<double>());
            // The divergence's weight has grown to the whole of it.
            QVERIFY(first.at("kl_weight").get<double>() < last.at("kl_weight").get<double>());
            QVERIFY(std::abs(last.at("kl_weight").get<double>() - 1e-4) < 1e-9);
        }
    }
};

CHOREIA_TEST(QuantiserTrainTest)
#include "quantiser_train_test.moc"
