// The dancer GAN's training on a handful of small pictures: both stages run, the person comes nearer, the discriminator is resumed with the rest.
#include "io/hdf5.h"
#include "io/safetensors.h"
#include "nn/se_vit.h"
#include "nn/weights.h"
#include "support/testing.h"
#include "support/tiny_dataset.h"
#include "train/dancer_samples.h"
#include "train/train.h"

#include <QTemporaryDir>

#include <nlohmann/json.hpp>

#include <cmath>
#include <fstream>
#include <vector>

using namespace choreia;

namespace {

/// Pictures of 64x64 with a bright bar from head to feet that leans with the pose; the seed's layout.
std::string pictures(const QTemporaryDir& folder, std::uint64_t count) {
    const auto path = folder.filePath("pictures.h5").toStdString();
    auto writer = io::H5Writer::create(path);
    std::vector<std::uint8_t> frames(count * 64 * 64 * 3, 40);
    std::vector<float> poses;
    for (std::uint64_t i = 0; i < count; ++i) {
        const double lean = 0.3 * std::sin(0.9 * static_cast<double>(i));
        const auto across = [&](double y) { return 32 + lean * (y - 32); };
        for (int y = 10; y < 54; ++y)
            for (int x = 0; x < 64; ++x)
                if (std::abs(x - across(y)) < 5) frames[((i * 64 + static_cast<std::uint64_t>(y)) * 64 + static_cast<std::uint64_t>(x)) * 3] = 230;
        for (int k = 0; k < 33; ++k) {
            const double y = 10 + 44.0 * k / 32;
            poses.push_back(static_cast<float>((across(y) + (k % 2 ? 4 : -4)) / 64));
            poses.push_back(static_cast<float>(y / 64));
        }
    }
    if (!writer.ok() || !writer->writeBytes("one/frames", {count, 64, 64, 3}, frames.data()).ok() ||
        !writer->writeFloats("one/pose_landmark_sequences", {count, 33, 2}, poses.data()).ok() || !writer->close().ok())
        return {};
    return path;
}

std::string configFile(const QTemporaryDir& folder, const char* more = "") {
    const auto path = folder.filePath("config.json").toStdString();
    std::ofstream(path) << R"({"size": 32, "batch": 2, "clip_norm": 0, "ema_decay": 0.5, "warmup_steps": 1, "plain_share": 0.5, "name": "bar")" << more << "}";
    return path;
}

constexpr const char* kSmall = R"(, "unshuffle": 1, "widths": [8, 8, 16, 16], "deep_blocks": 1, "critic": [8, 16])";

train::TrainRequest requestFor(const QTemporaryDir& folder, const std::string& model, const std::string& config) {
    train::TrainRequest request;
    request.model = model;
    request.data = {pictures(folder, 16)};
    request.out = folder.filePath("run").toStdString();
    request.config = config;
    request.epochs = 12;
    request.device = "cpu";
    request.seed = 5;
    return request;
}

std::vector<nlohmann::json> logOf(const QTemporaryDir& folder, const std::string& model) {
    std::ifstream in(folder.filePath("run/").toStdString() + model + ".log.jsonl");
    std::vector<nlohmann::json> lines;
    for (std::string line; std::getline(in, line);) lines.push_back(nlohmann::json::parse(line));
    return lines;
}

}  // namespace

class DancerGanTaskTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void bothStagesRunAndLeaveADancer() {
        QTemporaryDir folder;
        NoProgress quiet;
        const auto result = train::train(requestFor(folder, "dancer-gan", configFile(folder, kSmall)), {}, quiet);
        QVERIFY2(result.ok(), result.ok() ? "" : result.error().line().c_str());
        const auto lines = logOf(folder, "dancer-gan");
        QVERIFY(!lines.front()["losses"].contains("critic"));  // the first stage has none
        QVERIFY(lines.back()["losses"].contains("critic") && lines.back()["losses"].contains("features"));
        QVERIFY(lines.back()["losses"]["pixels"].get<double>() < lines.front()["losses"]["pixels"].get<double>());
        for (const char* figure : {"psnr", "person_psnr", "ssim", "sharpness", "score"}) QVERIFY2(std::isfinite(lines.back()["val"].value(figure, NAN)), figure);
        QVERIFY(QFile::exists(folder.filePath("run/bar.dancer-gan.sheet.png")));
        const auto weights = io::readSafetensors(folder.filePath("run/bar.dancer-gan.safetensors").toStdString());
        QVERIFY(weights.ok());
        QCOMPARE(weights->metadata.at("kind"), std::string("dancer-gan"));
        for (const auto& [name, entry] : weights->tensors) QVERIFY2(name.find("critic") == std::string::npos, name.c_str());  // only the dancer ships
    }

    void aStoppedRunGoesOnWithItsDiscriminator() {
        QTemporaryDir folder;
        NoProgress quiet;
        auto request = requestFor(folder, "dancer-gan", configFile(folder, kSmall));
        QVERIFY(train::train(request, {}, quiet).ok());
        const auto path = folder.filePath("run/dancer-gan.last.ckpt").toStdString();
        const auto before = io::readSafetensors(path);
        QVERIFY(before.ok());
        QVERIFY(before->tensors.count("extra/critic/whole_0.weight") && before->tensors.count("extra/critic_adam/first/whole_0.weight"));
        request.resume = true;
        request.epochs = 13;
        QVERIFY(train::train(request, {}, quiet).ok());
        const auto after = io::readSafetensors(path);
        QVERIFY(after.ok());
        QVERIFY(after->tensors.at("extra/critic/whole_0.weight").bytes != before->tensors.at("extra/critic/whole_0.weight").bytes);  // it learned on
        auto broken = *after;
        broken.tensors.erase("extra/critic/whole_0.weight");
        QVERIFY(io::writeSafetensors(path, broken).ok());
        const auto refused = train::train(request, {}, quiet);
        QVERIFY(!refused.ok() && refused.error().kind == ErrorKind::BadInput);
    }

    void layersAreLearnedFromOurOwnCharacterAndBeginFromPlainWeights() {
        QTemporaryDir folder;
        NoProgress quiet;
        // Plain weights with fewer maps...
        QVERIFY(train::train(requestFor(folder, "dancer-gan", configFile(folder, kSmall)), {}, quiet).ok());
        const auto plain = folder.filePath("run/bar.dancer-gan.safetensors");
        const auto motions = folder.filePath("motion.h5").toStdString();
        QVERIFY(testing::writeTinyDataset(motions).ok());
        // ...begin a dancer in layers, to whose likeness a little SE-ViT has a word to say.
        nn::SeVitConfig small;
        small.size = 64, small.width = 16, small.layers = 1, small.heads = 2, small.stem = 8, small.features = 8;
        const auto eyes = folder.filePath("eyes.se-vit.safetensors");
        QVERIFY(io::writeSafetensors(eyes.toStdString(), nn::toTable(*nn::SeVit(small), "se-vit", small.toJson(), false)).ok());
        const auto more = QStringLiteral(R"(%1, "unshuffle": 2, "middle": 8, "layered": true, "maps": 45, "frame": 48, "pool": 8, "plain_share": 0.9, "learning_rate": 0.004, "head_weight": 3, "perceptual_weight": 2, "perceptual_from": "%2", "start_from": "%3")")
                              .arg(QString(kSmall), eyes, plain).toStdString();
        auto request = requestFor(folder, "dancer-gan", configFile(folder, more.c_str()));
        request.data = {motions};
        request.out = folder.filePath("layers").toStdString();
        request.epochs = 30;
        const auto result = train::train(request, {}, quiet);
        QVERIFY2(result.ok(), result.ok() ? "" : result.error().line().c_str());
        std::ifstream in((request.out / "dancer-gan.log.jsonl").string());
        nlohmann::json first, last;
        for (std::string line; std::getline(in, line); last = nlohmann::json::parse(line))
            if (first.is_null()) first = nlohmann::json::parse(line);
        for (const char* part : {"pixels", "coverage", "likeness", "adversary", "features"}) QVERIFY2(last["losses"].value(part, NAN) != 0 && std::isfinite(last["losses"].value(part, NAN)), part);
        QVERIFY(last["losses"]["coverage"].get<double>() < 0.7 * first["losses"]["coverage"].get<double>());
        const auto shipped = io::readSafetensors(request.out / "bar.dancer-gan.safetensors");
        QVERIFY(shipped.ok());
        const auto shape = [&](const char* name) { return shipped->tensors.at(name).shape; };
        QVERIFY((shape("stem.weight") == std::vector<std::int64_t>{8, 47, 3, 3}) && (shape("colours.weight") == std::vector<std::int64_t>{5, 8, 3, 3}));
        for (const auto& [name, entry] : shipped->tensors) QVERIFY2(name.find("stem4") == std::string::npos, name.c_str());  // SE-ViT is not among them

        // Photographs say nothing of what stands behind.
        request.data = {pictures(folder, 16)};
        const auto refused = train::train(request, {}, quiet);
        QVERIFY(!refused.ok() && refused.error().kind == ErrorKind::BadInput);
        // And an SE-ViT that is none is said so.
        request.data = {motions};
        request.config = configFile(folder, QStringLiteral(R"(%1, "perceptual_weight": 1, "perceptual_from": "%2")").arg(QString(kSmall), plain).toStdString().c_str());
        const auto blind = train::train(request, {}, quiet);
        QVERIFY(!blind.ok() && blind.error().line().find("another kind") != std::string::npos);
    }

    void picturesGrowInTheCourseOfTheRun() {
        train::DancerBatch batch;
        batch.picture = torch::arange(16, torch::kFloat32).view({1, 1, 4, 4});
        batch.landmarks = torch::ones({1, 66});
        const auto half = train::shrunk(batch, 2);
        QVERIFY(torch::equal(half.picture.flatten(), torch::tensor({2.5f, 4.5f, 10.5f, 12.5f})));
        QVERIFY(torch::equal(half.landmarks, batch.landmarks) && !half.maps.defined());
        QVERIFY(torch::equal(train::shrunk(batch, 1).picture, batch.picture));

        QTemporaryDir folder;
        NoProgress quiet;
        auto request = requestFor(folder, "dancer-gan", configFile(folder, R"(, "size": 128, "unshuffle": 1, "widths": [8, 8, 16, 16], "deep_blocks": 1, "critic": [8, 16], "plain_share": 1, "grow_share": 0.8)"));
        request.epochs = 6;
        const auto result = train::train(request, {}, quiet);
        QVERIFY2(result.ok(), result.ok() ? "" : result.error().line().c_str());
        const auto lines = logOf(folder, "dancer-gan");
        QVERIFY(lines.back()["losses"]["pixels"].get<double>() < lines.front()["losses"]["pixels"].get<double>());
        const auto weights = io::readSafetensors(folder.filePath("run/bar.dancer-gan.safetensors").toStdString());
        QVERIFY(weights.ok());
        QCOMPARE(nlohmann::json::parse(weights->metadata.at("config")).at("size").get<int>(), 128);  // what is left is whole
    }

    void theSeedsBaselineTrainsTheSameWay() {
        QTemporaryDir folder;
        NoProgress quiet;
        auto request = requestFor(folder, "dancer-gan-basic", configFile(folder));
        request.epochs = 3;
        const auto result = train::train(request, {}, quiet);
        QVERIFY2(result.ok(), result.ok() ? "" : result.error().line().c_str());
        QVERIFY(logOf(folder, "dancer-gan-basic").back()["val"].contains("person_psnr"));
        QVERIFY(QFile::exists(folder.filePath("run/bar.dancer-gan-basic.safetensors")));
    }

    void whatCannotBeTrainedIsRefused() {
        QTemporaryDir folder;
        NoProgress quiet;
        auto request = requestFor(folder, "dancer-gan", configFile(folder, R"(, "widths": [8, 8])"));
        auto result = train::train(request, {}, quiet);
        QVERIFY(!result.ok() && result.error().line().find("out of range") != std::string::npos);
        request.config = configFile(folder, R"(, "no_such": 1)");
        result = train::train(request, {}, quiet);
        QVERIFY(!result.ok() && result.error().kind == ErrorKind::Usage);
        request.config = configFile(folder, kSmall);
        request.data = {folder.path().toStdString()};
        result = train::train(request, {}, quiet);
        QVERIFY(!result.ok() && result.error().kind == ErrorKind::BadInput);
    }
};

CHOREIA_TEST(DancerGanTaskTest)
#include "dancer_gan_task_test.moc"
