// Two processes' worth of training, as two threads over loopback: the same losses as one, and one that dies is named by the other.
#include "io/safetensors.h"
#include "support/free_port.h"
#include "support/testing.h"
#include "train/loop.h"
#include "train/shared_sum.h"

#include <QFile>
#include <QTemporaryDir>

#include <array>
#include <cmath>
#include <map>
#include <thread>

using namespace choreia;

namespace {

/// A line fitted to noisy points: loss and gradient are means over the batch, divided by what all the ranks weigh.
class SharedLine final : public train::Task {
public:
    explicit SharedLine(train::Share share, std::int64_t diesAt = -1) : share_(std::move(share)), diesAt_(diesAt) {
        net_ = torch::nn::Linear(2, 1);
        torch::NoGradGuard noGrad;
        // Every rank begins elsewhere: rank 0's weights are to be everybody's.
        net_->weight.fill_(0.5 + static_cast<double>(share_.rank()));
        net_->bias.fill_(0.1);
    }
    [[nodiscard]] std::string kind() const override { return "line"; }
    torch::nn::Module& module() override { return *net_; }
    [[nodiscard]] nlohmann::json modelConfig() const override { return {{"inputs", 2}}; }
    [[nodiscard]] std::int64_t batch() const override { return 8; }
    std::vector<std::pair<std::string, torch::Tensor>> loss(Random& random, std::int64_t step) override {
        if (step == diesAt_) throw std::runtime_error("gone");
        std::vector<float> points, weights;
        for (Random& item : share_.itemsOf(batch(), random)) {
            for (int k = 0; k < 2; ++k) points.push_back(static_cast<float>(item.normal()));
            weights.push_back(static_cast<float>(0.3 * item.uniform()));  // of some batches less than 1 in all: the divisor's floor is the whole batch's
        }
        const auto x = torch::tensor(points).view({-1, 2}), weight = torch::tensor(weights);
        const auto away = net_(x).squeeze(1) - (2 * x.select(1, 0) - 3 * x.select(1, 1));
        return {{"total", (away.pow(2) * weight).sum() / share_.divisor(weight)}};
    }
    std::map<std::string, double> validate() override { return {{"score", (net_->weight - torch::tensor({{2.0f, -3.0f}})).norm().item<double>()}}; }
    [[nodiscard]] double stepsPerEpoch() const override { return 60; }

private:
    torch::nn::Linear net_{nullptr};
    train::Share share_;
    std::int64_t diesAt_;
};

train::LoopSettings settingsIn(const QTemporaryDir& folder, const char* run, train::Share share) {
    train::LoopSettings settings;
    settings.learningRate = 0.2;
    settings.warmupSteps = 5;
    settings.epochs = 1;
    settings.logEveryS = 0;
    settings.checkpointEveryS = 0;
    settings.out = folder.path().toStdString() + "/" + run;
    settings.share = std::move(share);
    return settings;
}

/// Total losses by step.
std::map<int, double> lossesIn(const std::filesystem::path& run) {
    std::map<int, double> losses;
    QFile log(QString::fromStdString((run / "line.log.jsonl").string()));
    if (!log.open(QIODevice::ReadOnly)) return losses;
    for (const QByteArray& line : log.readAll().split('\n')) {
        const auto json = nlohmann::json::parse(line.toStdString(), nullptr, false);
        if (json.is_object() && json.contains("losses")) losses[json["step"].get<int>()] = json["losses"]["total"].get<double>();
    }
    return losses;
}

/// Both ranks of a group, each in a thread of its own; what they ended with.
std::array<Result<void>, 2> trainTogether(const QTemporaryDir& folder, const char* run, std::int64_t secondDiesAt) {
    std::array<Result<void>, 2> ends{failed("rank 0", "never ran"), failed("rank 1", "never ran")};
    const int port = testing::freePort();
    std::vector<std::thread> threads;
    for (int rank = 0; rank < 2; ++rank)
        threads.emplace_back([&, rank] {
            auto ranks = train::joinRanks({rank, 2, "127.0.0.1", port});
            if (!ranks.ok()) {
                ends[static_cast<std::size_t>(rank)] = ranks.error();
                return;
            }
            train::Share share{std::move(ranks).value()};
            NoProgress quiet;
            SharedLine task(share, rank == 1 ? secondDiesAt : -1);
            ends[static_cast<std::size_t>(rank)] = train::runLoop(task, settingsIn(folder, run, std::move(share)), {}, quiet);
        });
    for (auto& thread : threads) thread.join();
    return ends;
}

using Variables = std::map<std::string, const char*>;

Result<train::RankPlace> placeOf(const Variables& variables) {
    return train::placeFromEnvironment([&](const char* name) {
        const auto found = variables.find(name);
        return found == variables.end() ? nullptr : found->second;
    });
}

}  // namespace

class RanksTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void theEnvironmentSaysWhereAProcessStands() {
        const auto alone = placeOf({});
        QVERIFY(alone.ok() && alone->world == 1 && alone->rank == 0);
        const auto torchrun = placeOf({{"RANK", "2"}, {"WORLD_SIZE", "4"}, {"MASTER_ADDR", "node7"}, {"MASTER_PORT", "4321"}});
        QVERIFY(torchrun.ok());
        QCOMPARE(torchrun->rank, 2);
        QCOMPARE(torchrun->world, 4);
        QCOMPARE(torchrun->master, std::string("node7"));
        QCOMPARE(torchrun->port, 4321);
        const auto slurm = placeOf({{"SLURM_PROCID", "3"}, {"SLURM_NTASKS", "8"}, {"MASTER_ADDR", "node1"}});
        QVERIFY(slurm.ok() && slurm->rank == 3 && slurm->world == 8);
        const auto mpi = placeOf({{"OMPI_COMM_WORLD_RANK", "1"}, {"OMPI_COMM_WORLD_SIZE", "2"}, {"MASTER_ADDR", "node1"}});
        QVERIFY(mpi.ok() && mpi->rank == 1 && mpi->world == 2);
        QCOMPARE(torchrun->local, 0);
        // Devices of a machine are dealt out among its processes.
        const auto fifth = placeOf({{"RANK", "5"}, {"LOCAL_RANK", "1"}, {"WORLD_SIZE", "8"}, {"MASTER_ADDR", "node7"}});
        QVERIFY(fifth.ok() && fifth->local == 1);
        const auto sixth = placeOf({{"SLURM_PROCID", "6"}, {"SLURM_LOCALID", "2"}, {"SLURM_NTASKS", "8"}, {"MASTER_ADDR", "node1"}});
        QVERIFY(sixth.ok() && sixth->local == 2);
        const auto seventh = placeOf({{"OMPI_COMM_WORLD_RANK", "7"}, {"OMPI_COMM_WORLD_LOCAL_RANK", "3"}, {"OMPI_COMM_WORLD_SIZE", "8"}, {"MASTER_ADDR", "node1"}});
        QVERIFY(seventh.ok() && seventh->local == 3);
        QCOMPARE(train::cudaDeviceOf(*seventh, 4), 3);
        QCOMPARE(train::cudaDeviceOf(*seventh, 2), 1);
        QCOMPARE(train::cudaDeviceOf(*seventh, 0), 0);
        // A batch script has these and is alone.
        const auto script = placeOf({{"SLURM_PROCID", "0"}, {"SLURM_NTASKS", "8"}});
        QVERIFY(script.ok() && script->world == 1);
    }

    void whatTheEnvironmentGetsWrongIsNamed_data() {
        QTest::addColumn<QString>("rank");
        QTest::addColumn<QString>("world");
        QTest::addColumn<QString>("master");
        QTest::addColumn<QString>("port");
        QTest::addColumn<QString>("named");
        QTest::newRow("no number") << "one" << "2" << "a" << "1" << "RANK";
        QTest::newRow("no rank") << "" << "2" << "a" << "1" << "RANK";
        QTest::newRow("outside") << "2" << "2" << "a" << "1" << "RANK";
        QTest::newRow("none of them") << "0" << "0" << "a" << "1" << "WORLD_SIZE";
        QTest::newRow("nowhere") << "0" << "2" << "" << "1" << "MASTER_ADDR";
        QTest::newRow("no port") << "0" << "2" << "a" << "70000" << "MASTER_PORT";
    }
    void whatTheEnvironmentGetsWrongIsNamed() {
        QFETCH(QString, rank);
        QFETCH(QString, world);
        QFETCH(QString, master);
        QFETCH(QString, port);
        QFETCH(QString, named);
        const std::string texts[] = {rank.toStdString(), world.toStdString(), master.toStdString(), port.toStdString()};
        const auto place = placeOf({{"RANK", texts[0].c_str()}, {"WORLD_SIZE", texts[1].c_str()}, {"MASTER_ADDR", texts[2].c_str()}, {"MASTER_PORT", texts[3].c_str()}});
        QVERIFY(!place.ok());
        QVERIFY2(place.error().line().find(named.toStdString()) != std::string::npos, place.error().line().c_str());
    }

    void memoryOfOneMachineAddsUp() {
        auto made = train::SharedSum::make(3);
        QVERIFY2(made.ok(), made.ok() ? "" : made.error().line().c_str());
        std::vector<std::unique_ptr<train::SharedSum>> sums;
        sums.push_back(std::move(made).value());
        for (int rank = 1; rank < 3; ++rank) {
            auto opened = train::SharedSum::open(sums[0]->name(), rank, 3);
            QVERIFY2(opened.ok(), opened.ok() ? "" : opened.error().line().c_str());
            sums.push_back(std::move(opened).value());
        }
        sums[0]->forgetName();
        QVERIFY(!train::SharedSum::open(sums[0]->name(), 1, 3).ok());  // nothing is left behind
        // Several pieces, the last one short, thirty times over; who is quick does not write where others read.
        constexpr std::size_t kMany = 700001;
        constexpr int kTimes = 30;
        std::array<std::vector<float>, 3> rows;
        std::array<bool, 3> well{};
        std::vector<std::thread> threads;
        for (int rank = 0; rank < 3; ++rank)
            threads.emplace_back([&, rank] {
                const auto r = static_cast<std::size_t>(rank);
                well[r] = true;
                for (int time = 0; time < kTimes && well[r]; ++time) {
                    rows[r].resize(kMany);
                    for (std::size_t i = 0; i < kMany; ++i) rows[r][i] = static_cast<float>((i * (r + 3) + static_cast<std::size_t>(time)) % 1009);
                    well[r] = sums[r]->addUp(rows[r].data(), kMany);
                    // Whole numbers: sums are exact.
                    for (std::size_t i = 0; i < kMany && well[r]; ++i) {
                        float sum = 0;
                        for (std::size_t k = 3; k < 6; ++k) sum += static_cast<float>((i * k + static_cast<std::size_t>(time)) % 1009);
                        well[r] = rows[r][i] == sum;
                    }
                }
            });
        for (auto& thread : threads) thread.join();
        for (const bool each : well) QVERIFY(each);
    }

    // Nobody waits out the ten seconds for one who is gone, once anybody knows.
    void whoGivesUpEndsTheWaitOfAll() {
        auto made = train::SharedSum::make(2);
        QVERIFY2(made.ok(), made.ok() ? "" : made.error().line().c_str());
        const auto first = std::move(made).value();
        auto opened = train::SharedSum::open(first->name(), 1, 2);
        QVERIFY2(opened.ok(), opened.ok() ? "" : opened.error().line().c_str());
        const auto second = std::move(opened).value();
        std::vector<float> values(100, 1.0f);
        bool added = true;
        QElapsedTimer clock;
        clock.start();
        std::thread waiting([&] { added = first->addUp(values.data(), 100); });
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
        second->giveUp();
        waiting.join();
        QVERIFY(!added);
        QVERIFY2(clock.elapsed() < 8000, qPrintable(QString::number(clock.elapsed())));
        QVERIFY(!second->addUp(values.data(), 100));
    }

    void twoRanksHaveTheLossesOfOne() {
        const QTemporaryDir folder;
        NoProgress quiet;
        SharedLine task({});
        const auto one = settingsIn(folder, "one", {});
        QVERIFY(train::runLoop(task, one, {}, quiet).ok());
        const auto ends = trainTogether(folder, "two", -1);
        for (const auto& end : ends) QVERIFY2(end.ok(), end.ok() ? "" : end.error().line().c_str());
        const auto alone = lossesIn(one.out), together = lossesIn(folder.path().toStdString() + "/two");
        QCOMPARE(alone.size(), std::size_t{60});
        QCOMPARE(together.size(), alone.size());
        for (const auto& [step, loss] : alone) QVERIFY2(std::abs(together.at(step) - loss) <= 1e-4 * (loss + 1e-3), qPrintable(QString("step %1: %2, %3").arg(step).arg(loss).arg(together.at(step))));
        QVERIFY(together.rbegin()->second < 0.5 * together.begin()->second);
    }

    void aLostRankEndsTheOtherWithItsNameAndTheCheckpointIsWhole() {
        const QTemporaryDir folder;
        const auto ends = trainTogether(folder, "run", 20);
        QVERIFY(!ends[0].ok() && !ends[1].ok());
        QVERIFY2(ends[0].error().line().find("rank 1 of 2") != std::string::npos, ends[0].error().line().c_str());
        const auto table = io::readSafetensors(folder.path().toStdString() + "/run/line.last.ckpt");
        QVERIFY2(table.ok(), table.ok() ? "" : table.error().line().c_str());
    }

    void aBatchThatCannotBeSharedIsNamed() {
        QVERIFY(train::checkShare({}, 7).ok());
        class Three final : public train::Ranks {
            [[nodiscard]] int rank() const override { return 1; }
            [[nodiscard]] int world() const override { return 3; }
            void addUp(torch::Tensor&) override {}
            std::function<void()> beginAddUp(torch::Tensor&) override {
                return [] {};
            }
            void fromFirst(torch::Tensor&) override {}
        };
        const train::Share third{std::make_shared<Three>()};
        QVERIFY(train::checkShare(third, 12).ok());
        QVERIFY(!train::checkShare(third, 16).ok());
        // Every item is somebody's, and only one's.
        Random random(1), again(1);
        QCOMPARE(third.itemsOf(12, random).size(), std::size_t{4});
        const auto all = train::Share{}.itemsOf(12, again);
        QCOMPARE(all.size(), std::size_t{12});
        QCOMPARE(random.next(), again.next());
    }
};

CHOREIA_TEST(RanksTest)
#include "ranks_test.moc"
