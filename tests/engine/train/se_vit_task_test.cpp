// A very small SE-ViT through the door that everybody uses, on pictures made here: dots of a colour where the joints are.
#include "core/random.h"
#include "io/hdf5.h"
#include "io/safetensors.h"
#include "nn/se_vit.h"
#include "nn/weights.h"
#include "support/testing.h"
#include "train/nobody.h"
#include "train/train.h"

#include <QFile>
#include <QTemporaryDir>

#include <numeric>

using namespace choreia;

class SeVitTaskTest : public QObject {
    Q_OBJECT

    static std::string pictures(const QTemporaryDir& folder, const char* name) {
        const auto path = folder.filePath(name).toStdString();
        Random random(4);
        std::vector<float> marks;
        std::vector<std::uint8_t> frames;
        for (int i = 0; i < 24; ++i) {
            std::vector<std::uint8_t> one(64 * 64 * 3, 20);
            for (int k = 0; k < 33; ++k) {
                const double x = random.uniform(0.1, 0.9), y = random.uniform(0.1, 0.9);
                marks.insert(marks.end(), {static_cast<float>(x), static_cast<float>(y)});
                const auto px = static_cast<std::size_t>(x * 64), py = static_cast<std::size_t>(y * 64);
                one[3 * (py * 64 + px)] = static_cast<std::uint8_t>(100 + 4 * k), one[3 * (py * 64 + px) + 1] = 255;
            }
            frames.insert(frames.end(), one.begin(), one.end());
        }
        auto file = io::H5Writer::create(path);
        if (!file.ok()) qFatal("no file");
        if (!file->writeBytes("Dance/frames", {24, 64, 64, 3}, frames.data()).ok()) qFatal("no pictures");
        if (!file->writeFloats("Dance/pose_landmark_sequences", {24, 33, 2}, marks.data()).ok()) qFatal("no landmarks");
        if (!file->close().ok()) qFatal("not closed");
        return path;
    }

    static train::TrainRequest request(const QTemporaryDir& folder, const char* model, const char* config) {
        QFile file(folder.filePath("config.json"));
        if (file.open(QIODevice::WriteOnly)) file.write(config);
        file.close();
        train::TrainRequest out;
        out.model = model;
        out.out = folder.filePath(model).toStdString();
        out.config = folder.filePath("config.json").toStdString();
        out.epochs = 3;
        return out;
    }

    static std::vector<nlohmann::json> logOf(const train::TrainRequest& request) {
        QFile log(QString::fromStdString((request.out / (request.model + ".log.jsonl")).string()));
        std::vector<nlohmann::json> lines;
        if (log.open(QIODevice::ReadOnly))
            for (const QByteArray& line : log.readAll().split('\n'))
                if (auto json = nlohmann::json::parse(line.toStdString(), nullptr, false); json.is_object()) lines.push_back(std::move(json));
        return lines;
    }

private Q_SLOTS:
    void aSmallOneIsTrainedAndMeasured() {
        const QTemporaryDir folder;
        auto wanted = request(folder, "se-vit", R"({"name": "tiny", "size": 64, "width": 16, "layers": 1, "heads": 2, "stem": 8, "features": 8, "batch": 4,
                                                   "validate_every_s": 600, "warmup_steps": 2, "measure_only": ["other"]})");
        wanted.data = {pictures(folder, "mine.h5"), pictures(folder, "other.h5")};
        NoProgress progress;
        const auto done = train::train(wanted, {}, progress);
        QVERIFY2(done.ok(), done.ok() ? "" : done.error().line().c_str());
        const auto table = io::readSafetensors(wanted.out / "tiny.se-vit.safetensors");
        QVERIFY(table.ok());
        const auto config = nn::configOf(*table, "se-vit", "tiny");
        QVERIFY(config.ok());
        nn::SeVit net(nn::SeVitConfig::fromJson(*config));
        QVERIFY(nn::fromTable(*table, *net, "tiny").ok());
        const auto lines = logOf(wanted);
        QVERIFY(!lines.empty());
        // 21 pictures are learned from, those of the measured set are not: five steps an epoch.
        QCOMPARE(lines.back()["step"].get<int>(), 15);
        const auto& val = lines.back()["val"];
        QVERIFY(val.contains("mine_within_5pct") && val.contains("other_within_5pct"));
        QVERIFY(std::abs(val["score"].get<double>() - (1 - val["mine_within_5pct"].get<double>())) < 1e-9);
    }

    void inBfloat16ItLearnsTheSame() {
        const QTemporaryDir folder;
        NoProgress progress;
        const std::string data = pictures(folder, "mine.h5");
        const auto losses = [&](const char* precision) {
            const QByteArray config = QByteArray(R"({"size": 64, "width": 16, "layers": 1, "heads": 2, "stem": 8, "features": 8, "batch": 4, "validate_every_s": 600, "log_every_s": 0, "warmup_steps": 2, "learning_rate": 0.005, "precision": "P"})").replace("P", precision);
            auto wanted = request(folder, "se-vit", config.constData());
            wanted.out = folder.filePath(precision).toStdString();
            wanted.data = {data};
            wanted.epochs = 8;
            std::vector<double> all;
            if (const auto done = train::train(wanted, {}, progress); !done.ok()) qFatal("%s", done.error().line().c_str());
            for (const auto& line : logOf(wanted))
                if (!line.contains("val")) all.push_back(line["losses"]["total"].get<double>());  // who is slow is measured once more on the way
            return all;
        };
        const auto exact = losses("float32"), rough = losses("bfloat16");
        QCOMPARE(rough.size(), exact.size());
        QVERIFY(rough.front() != exact.front());  // it was not left out
        QVERIFY2(std::abs(rough.front() / exact.front() - 1) < 0.01, qPrintable(QString::number(rough.front())));
        const auto mean = [](const std::vector<double>& all, std::size_t first) { return std::accumulate(all.begin() + static_cast<std::ptrdiff_t>(first), all.begin() + static_cast<std::ptrdiff_t>(first + 10), 0.0) / 10; };
        const double fallen = mean(exact, 0) - mean(exact, exact.size() - 10), roughly = mean(rough, 0) - mean(rough, rough.size() - 10);
        QVERIFY2(fallen > 0.2, qPrintable(QString::number(fallen)));
        QVERIFY2(std::abs(roughly / fallen - 1) < 0.2, qPrintable(QString("%1 of %2").arg(roughly).arg(fallen)));
    }

    void nobodyLiesBesideThePerson() {
        data::PictureSample photograph;
        photograph.width = 200, photograph.height = 120;
        photograph.rgb.assign(3 * 200 * 120, 77);
        std::vector<std::array<float, 2>> marks;
        for (std::size_t i = 0; i < 12; ++i) {
            marks.push_back({80.0f + 3 * static_cast<float>(i), 30.0f + 5 * static_cast<float>(i)});
            photograph.known[i] = photograph.seen[i] = 1;
            photograph.landmarks[3 * i] = marks.back()[0], photograph.landmarks[3 * i + 1] = marks.back()[1];
        }
        photograph.person = data::squareRound(marks);
        Random random(2);
        int cut = 0, over = 0;
        for (int k = 0; k < 200; ++k) {
            const auto sample = train::withoutPerson(photograph, random);
            QVERIFY(sample.nobody && sample.rgb.size() == 3 * static_cast<std::size_t>(sample.width) * static_cast<std::size_t>(sample.height));
            for (std::size_t i = 0; i < data::kPictureMarks; ++i) QVERIFY(!sample.known[i] && !sample.seen[i]);
            if (sample.rgb != photograph.rgb) continue;  // painted
            ++cut;
            const auto& square = sample.person;
            const auto hangs = [&](float by) {
                const float half = 0.5f * square.side - by;
                return square.x < half || square.x > 200 - half || square.y < half || square.y > 120 - half;
            };
            QVERIFY(!hangs(0.61f * square.side));
            over += hangs(0);
            for (const auto& mark : marks) {
                const auto at = square.toSquare(mark[0], mark[1]);
                QVERIFY(at[0] < 0 || at[0] > 1 || at[1] < 0 || at[1] > 1);
            }
        }
        QVERIFY2(cut > 50 && cut < 150, qPrintable(QString::number(cut)));
        QVERIFY2(over > cut / 5 && over < cut * 4 / 5, qPrintable(QString::number(over)));  // a search looks over the edge too
    }

    void itLearnsWhereNobodyIs() {
        const QTemporaryDir folder;
        auto wanted = request(folder, "se-vit", R"({"name": "tiny", "size": 64, "width": 16, "layers": 1, "heads": 2, "stem": 8, "features": 8, "batch": 8, "validate_every_s": 600, "log_every_s": 0,
                                                   "warmup_steps": 2, "learning_rate": 0.003, "nobody_share": 0.5, "ema_decay": 0.9})");
        wanted.data = {pictures(folder, "mine.h5")};
        wanted.epochs = 200;
        NoProgress progress;
        const auto done = train::train(wanted, {}, progress);
        QVERIFY2(done.ok(), done.ok() ? "" : done.error().line().c_str());
        const auto val = logOf(wanted).back()["val"];
        QVERIFY2(val["nobody_told"].get<double>() > 0.6 && val["mine_somebody_told"].get<double>() > 0.6, val.dump().c_str());
    }

    void theBaselineGoesTheSameWay() {
        const QTemporaryDir folder;
        auto wanted = request(folder, "se-vit-basic", R"({"name": "tiny", "size": 64, "width": 16, "layers": 1, "batch": 4, "validate_every_s": 600})");
        wanted.data = {pictures(folder, "mine.h5")};
        NoProgress progress;
        const auto done = train::train(wanted, {}, progress);
        QVERIFY2(done.ok(), done.ok() ? "" : done.error().line().c_str());
        QVERIFY(io::readSafetensors(wanted.out / "tiny.se-vit-basic.safetensors").ok());
    }

    void whatCannotBeUsedIsNamed() {
        const QTemporaryDir folder;
        NoProgress progress;
        auto wanted = request(folder, "se-vit", R"({"size": 100})");
        wanted.data = {pictures(folder, "mine.h5")};
        const auto size = train::train(wanted, {}, progress);
        QVERIFY(!size.ok() && size.error().line().find("multiple of 16") != std::string::npos);
        wanted = request(folder, "se-vit", R"({"sizes": 64})");
        wanted.data = {folder.filePath("mine.h5").toStdString()};
        QVERIFY(!train::train(wanted, {}, progress).ok());
        wanted = request(folder, "se-vit", "{}");
        wanted.data = {folder.path().toStdString()};
        const auto none = train::train(wanted, {}, progress);
        QVERIFY(!none.ok() && none.error().exitStatus() == 3);
        wanted = request(folder, "se-vit", R"({"precision": "float8"})");
        wanted.data = {folder.filePath("mine.h5").toStdString()};
        const auto precision = train::train(wanted, {}, progress);
        QVERIFY(!precision.ok() && precision.error().line().find("float32, bfloat16 or auto") != std::string::npos);
        wanted = request(folder, "se-vit-basic", R"({"precision": "bfloat16"})");
        wanted.data = {folder.filePath("mine.h5").toStdString()};
        const auto basic = train::train(wanted, {}, progress);
        QVERIFY(!basic.ok() && basic.error().line().find("float32 alone") != std::string::npos);
    }
};

CHOREIA_TEST(SeVitTaskTest)
#include "se_vit_task_test.moc"
