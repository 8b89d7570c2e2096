// A dance from other networks than the shipped pair: landmarks lifted, and tokens of K-means. The weights are random; what is promised holds for any.
#include "audio/analysis.h"
#include "choreo/choreographer.h"
#include "data/music_steps.h"
#include "io/safetensors.h"
#include "motion/kinematics.h"
#include "motion/landmarks.h"
#include "nn/gcn_mhw.h"
#include "nn/kmeans_quantiser.h"
#include "nn/lstm_vae.h"
#include "nn/vq_vae.h"
#include "nn/weights.h"
#include "some_song.h"
#include "support/testing.h"
#include "support/tiny_predictor.h"

#include <QTemporaryDir>

#include <cmath>
#include <optional>

using namespace choreia;
using testing::someSong;

namespace {

void writeLandmarkWeights(const std::string& folder) {
    torch::manual_seed(3);
    nn::LstmVaeConfig config;
    config.steps = 60;
    config.units = 16;
    config.latent = 4;
    config.pictureMetres = motion::kPictureMetres;
    nn::LstmVae model(config);
    motion::Clip rest;
    rest.root = {motion::Vec3(0, 0.95f, 0)};
    rest.rotations.assign(motion::kJoints, motion::Quat::Identity());
    const Table pose = motion::frontLandmarks(rest);
    model->setMeanPose(torch::tensor(pose.values));
    torch::NoGradGuard noGrad;
    model->named_parameters()["out.weight"].mul_(0.1);  // a body that sways, not one torn apart
    QVERIFY(io::writeSafetensors(folder + "/default.lstm-vae.safetensors", nn::toTable(*model, "lstm-vae", config.toJson(), true)).ok());
}

void writePredictor(const std::string& folder, std::int64_t streams, std::int64_t codes, const std::string& quantiser) {
    const auto config = testing::tinyPredictor(streams, codes, static_cast<std::int64_t>(data::kMusicColumns));
    nn::GcnMhw model(config);
    auto table = nn::toTable(*model, "gcn-mhw", config.toJson(), false);
    if (!quantiser.empty()) table.metadata["quantiser"] = quantiser;
    QVERIFY(io::writeSafetensors(folder + "/default.gcn-mhw.safetensors", table).ok());
}

}  // namespace

class OtherModelsTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void landmarksBecomeADance() {
        QTemporaryDir folder;
        writeLandmarkWeights(folder.path().toStdString());
        const auto loaded = choreo::Choreographer::load(folder.path().toStdString(), "default", choreo::Device::Cpu, "lstm-vae");
        QVERIFY2(loaded.ok(), loaded.ok() ? "" : loaded.error().line().c_str());
        const auto& choreographer = **loaded;
        QVERIFY(choreographer.styles().empty());
        NoProgress quiet;
        io::GenerateSettings settings;
        settings.model = "lstm-vae";
        const auto song = someSong(7);
        const auto one = choreographer.generate(song, settings, {}, quiet), same = choreographer.generate(song, settings, {}, quiet);
        QVERIFY2(one.ok(), one.ok() ? "" : one.error().line().c_str());
        QVERIFY(same.ok());
        const auto& clip = one->dance.clip;
        QCOMPARE(clip.frames(), std::size_t{420});
        QCOMPARE(one->dance.settings.model, std::string("lstm-vae"));
        QVERIFY(one->dance.tokens.lower.empty() && one->dance.tokens.times.empty());
        for (std::size_t f = 0; f < clip.frames(); ++f) QVERIFY(clip.root[f].allFinite() && clip.root[f].y() > 0.5f && clip.root[f].y() < 1.2f);
        for (std::size_t i = 0; i < clip.rotations.size(); ++i) QVERIFY(clip.rotations[i].coeffs() == same->dance.clip.rotations[i].coeffs());
        settings.seed = 2;
        const auto other = choreographer.generate(song, settings, {}, quiet);
        QVERIFY(other.ok());
        bool differs = false;
        for (std::size_t i = 0; i < clip.rotations.size(); ++i) differs |= clip.rotations[i].coeffs() != other->dance.clip.rotations[i].coeffs();
        QVERIFY(differs);
        settings.style = "waltz";
        QVERIFY(!choreographer.generate(song, settings, {}, quiet).ok());
        QVERIFY(!choreo::Choreographer::load(folder.path().toStdString(), "absent", choreo::Device::Cpu, "lstm-vae").ok());
        QVERIFY(!choreo::Choreographer::load(folder.path().toStdString(), "default", choreo::Device::Cpu, "gpt").ok());
    }

    void recordedMomentsLeadADanceIn() {
        QTemporaryDir folder;
        const auto path = folder.path().toStdString(), weights = path + "/default.gcn-mhw.safetensors";
        torch::manual_seed(4);
        nn::KMeansConfig config;
        config.codes = 12;
        config.codeSize = 8;
        nn::KMeansQuantiser words(config);
        QVERIFY(io::writeSafetensors(path + "/default.kmeans.safetensors", nn::toTable(*words, "kmeans", config.toJson(), true)).ok());
        writePredictor(path, 2, 12, "kmeans");
        const auto plain = io::readSafetensors(weights);
        QVERIFY(plain.ok());
        NoProgress quiet;
        const auto song = someSong(4);
        const auto danceWith = [&](const std::string& moments) -> std::optional<std::vector<std::int64_t>> {
            TensorTable table = *plain;
            if (!moments.empty()) table.metadata["moments"] = moments;
            if (!io::writeSafetensors(weights, table).ok()) return std::nullopt;
            const auto loaded = choreo::Choreographer::load(path, "default", choreo::Device::Cpu);
            if (!loaded.ok()) return std::nullopt;
            io::GenerateSettings settings;
            settings.style = "a";
            const auto dance = (*loaded)->generate(song, settings, {}, quiet);
            if (!dance.ok()) return std::nullopt;
            return std::vector<std::int64_t>(dance->dance.tokens.upper.begin(), dance->dance.tokens.upper.end());
        };
        const auto led = danceWith(R"({"a": [[[1, 2], [3, 4], [5, 6], [7, 8]]]})");
        QVERIFY(led);
        QCOMPARE(led->size(), std::size_t{30});
        QVERIFY(danceWith(R"({"a": [[[1, 2], [3, 4], [5, 6], [7, 8]]]})") == led);  // the same again
        const auto noise = danceWith(""), elsewhere = danceWith(R"({"b": [[[1, 2]]]})");
        QVERIFY(noise && elsewhere);
        QVERIFY(*noise != *led);
        QVERIFY(*elsewhere == *noise);  // moments of another style lead nothing in
        QVERIFY(danceWith(R"({"a": [[[9, 9]]]})"));  // a single step
        std::string longer = "[1, 2]";
        for (int i = 0; i < 99; ++i) longer += ", [3, 4]";
        QVERIFY(danceWith(R"({"a": [[)" + longer + "]]}"));  // longer than the song
        for (const char* wrong : {R"({"a": [[[1, 2, 3]]]})", R"({"b": [[[1, 12]]]})", R"({"b": [[[1, 18446744073709551615]]]})"}) {
            QVERIFY(!danceWith(wrong));
            const auto refused = choreo::Choreographer::load(path, "default", choreo::Device::Cpu);
            QVERIFY(!refused.ok() && refused.error().line().find("moments of another quantiser") != std::string::npos);
        }
    }

    void thePredictorNamesItsQuantiser() {
        QTemporaryDir folder;
        const auto path = folder.path().toStdString();
        torch::manual_seed(4);
        nn::KMeansConfig config;
        config.codes = 12;
        config.codeSize = 8;
        nn::KMeansQuantiser words(config);
        QVERIFY(io::writeSafetensors(path + "/default.kmeans.safetensors", nn::toTable(*words, "kmeans", config.toJson(), true)).ok());
        writePredictor(path, 2, 12, "kmeans");
        const auto loaded = choreo::Choreographer::load(path, "default", choreo::Device::Cpu);
        QVERIFY2(loaded.ok(), loaded.ok() ? "" : loaded.error().line().c_str());
        NoProgress quiet;
        const auto dance = (*loaded)->generate(someSong(4), {}, {}, quiet);
        QVERIFY2(dance.ok(), dance.ok() ? "" : dance.error().line().c_str());
        QCOMPARE(dance->dance.clip.frames(), std::size_t{240});
        QCOMPARE(dance->dance.tokens.upper.size(), std::size_t{30});
        // Another number of codes is told; without a word the quantiser is the VQ-VAE.
        writePredictor(path, 2, 16, "kmeans");
        QVERIFY(!choreo::Choreographer::load(path, "default", choreo::Device::Cpu).ok());
        writePredictor(path, 4, 16, "");
        const auto missing = choreo::Choreographer::load(path, "default", choreo::Device::Cpu);
        QVERIFY(!missing.ok() && missing.error().line().find("vq-vae") != std::string::npos);
        nn::VqVaeConfig coder;
        coder.width = 16;
        coder.codeSize = 8;
        coder.codes = 16;
        nn::VqVae vqVae(coder);
        QVERIFY(io::writeSafetensors(path + "/default.vq-vae.safetensors", nn::toTable(*vqVae, "vq-vae", coder.toJson(), true)).ok());
        QVERIFY(choreo::Choreographer::load(path, "default", choreo::Device::Cpu).ok());
        // More levels than are danced: the predictor speaks the first of them, and a dance is made of these.
        coder.levels = 3;
        coder.dancedLevels = 2;
        nn::VqVae finer(coder);
        QVERIFY(io::writeSafetensors(path + "/default.vq-vae.safetensors", nn::toTable(*finer, "vq-vae", coder.toJson(), true)).ok());
        const auto both = choreo::Choreographer::load(path, "default", choreo::Device::Cpu);
        QVERIFY2(both.ok(), both.ok() ? "" : both.error().line().c_str());
        const auto danced = (*both)->generate(someSong(4), {}, {}, quiet);
        QVERIFY2(danced.ok(), danced.ok() ? "" : danced.error().line().c_str());
        QCOMPARE(danced->dance.clip.frames(), std::size_t{240});
    }
};

CHOREIA_TEST(OtherModelsTest)
#include "other_models_test.moc"
