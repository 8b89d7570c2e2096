// The loop with a model small enough to know the answer: loss falls, a stopped run resumes to the same weights, a loss that breaks is survived.
#include "io/safetensors.h"
#include "support/testing.h"
#include "train/adam_w.h"
#include "train/loop.h"
#include "train/train.h"

#include <QTemporaryDir>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <limits>
#include <map>
#include <memory>

using namespace choreia;

namespace {

// Fits y = 2 x1 - 3 x2 + noise; with dropout, so that torch's own generator matters too.
class LineTask final : public train::Task {
public:
    /// The loss is not a number from one call to another.
    explicit LineTask(std::int64_t breakAt = -1, std::int64_t breakEnd = 0) : breakAt_(breakAt), breakEnd_(std::max(breakEnd, breakAt + 1)) {
        torch::manual_seed(11);
        net_ = torch::nn::Linear(2, 1);
    }
    [[nodiscard]] std::string kind() const override { return "line"; }
    torch::nn::Module& module() override { return *net_; }
    [[nodiscard]] nlohmann::json modelConfig() const override { return {{"inputs", 2}}; }
    std::vector<std::pair<std::string, torch::Tensor>> loss(Random& random, std::int64_t) override {
        if (stopAt == calls && source) source->request_stop();
        std::vector<float> values;
        for (int i = 0; i < 32; ++i) values.push_back(static_cast<float>(random.normal()));
        const auto x = torch::tensor(values).view({16, 2});
        const auto y = 2 * x.select(1, 0) - 3 * x.select(1, 1);
        auto error = (net_(torch::dropout(x, 0.1, true)).squeeze(1) - y).pow(2).mean();
        if (const auto call = calls++; breakAt_ >= 0 && call >= breakAt_ && call < breakEnd_) error = error * std::numeric_limits<float>::quiet_NaN();
        return {{"total", error}};
    }
    std::map<std::string, double> validate() override { return {{"score", (net_->weight - torch::tensor({{2.0f, -3.0f}})).norm().item<double>()}}; }
    [[nodiscard]] double stepsPerEpoch() const override { return 10; }

    std::int64_t calls = 0, stopAt = -1;
    std::stop_source* source = nullptr;
    [[nodiscard]] torch::Tensor weight() const { return net_->weight.detach().clone(); }

private:
    torch::nn::Linear net_{nullptr};
    std::int64_t breakAt_, breakEnd_;
};

// The same line, and a second network with its own optimiser that learns inside loss() to undo the first: as a discriminator would.
class SecondTask final : public train::Task {
public:
    SecondTask() {
        torch::manual_seed(12);
        net_ = torch::nn::Linear(2, 1);
        second_ = torch::nn::Linear(1, 1);
        optimiser_ = std::make_unique<train::AdamW>(*second_, 0.0, 0.5, 0.99);
    }
    [[nodiscard]] std::string kind() const override { return "second"; }
    torch::nn::Module& module() override { return *net_; }
    [[nodiscard]] nlohmann::json modelConfig() const override { return {{"inputs", 2}}; }
    void reached(double share) override { share_ = share; }
    [[nodiscard]] double rateAt(double share) const override { return share < 0.5 ? 1.0 : 0.1; }
    std::vector<std::pair<std::string, torch::Tensor>> loss(Random& random, std::int64_t) override {
        if (calls++ == stopAt && source) source->request_stop();
        shares.push_back(share_);
        const auto x = torch::tensor({static_cast<float>(random.normal()), static_cast<float>(random.normal())}).view({1, 2});
        const auto made = net_(x);
        optimiser_->zeroGradients();
        (second_(made.detach()) - 1).pow(2).mean().backward();
        optimiser_->step(0.01, 0);
        return {{"total", (made - x.sum()).pow(2).mean() + 0.1 * second_(made).mean()}};
    }
    std::map<std::string, double> validate() override { return {{"score", 0.0}}; }
    [[nodiscard]] double stepsPerEpoch() const override { return 10; }
    std::map<std::string, torch::Tensor> extraState() override {
        auto state = optimiser_->state();
        state["weight"] = second_->weight;
        state["bias"] = second_->bias;
        return state;
    }
    bool setExtraState(const std::map<std::string, torch::Tensor>& state) override {
        const torch::NoGradGuard noGrad;
        if (!state.count("weight") || !state.count("bias")) return false;
        second_->weight.copy_(state.at("weight"));
        second_->bias.copy_(state.at("bias"));
        return optimiser_->setState(state);
    }
    [[nodiscard]] torch::Tensor all() const { return torch::cat({net_->weight.flatten(), second_->weight.flatten(), second_->bias}).detach().clone(); }

    std::int64_t calls = 0, stopAt = -1;
    std::stop_source* source = nullptr;
    std::vector<double> shares;

private:
    torch::nn::Linear net_{nullptr}, second_{nullptr};
    std::unique_ptr<train::AdamW> optimiser_;
    double share_ = -1;
};

train::LoopSettings settingsFor(const QTemporaryDir& folder) {
    train::LoopSettings settings;
    settings.out = folder.path().toStdString();
    settings.epochs = 30;
    settings.learningRate = 0.05;
    settings.warmupSteps = 5;
    settings.emaDecay = 0.9;
    settings.seed = 4;
    return settings;
}

}  // namespace

class LoopTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void adamWFirstStepIsTheSignOfTheGradient() {
        torch::nn::Linear net(torch::nn::LinearOptions(3, 1).bias(false));
        const auto before = net->weight.detach().clone();
        train::AdamW optimiser(*net, 0.0);
        (net->weight * torch::tensor({{1.0f, -2.0f, 5.0f}})).sum().backward();
        QVERIFY(std::abs(optimiser.step(0.1, 0.0) - std::sqrt(30.0)) < 1e-5);
        QVERIFY((net->weight - before - torch::tensor({{-0.1f, 0.1f, -0.1f}})).abs().max().item<float>() < 1e-5f);
    }

    void adamWIsTorchsOverManySteps() {
        // Sizes that are no multiple of what is worked on side by side; the bias is not decayed.
        torch::manual_seed(3);
        torch::nn::Linear ours(37, 71), theirs(37, 71);
        {
            const torch::NoGradGuard noGrad;
            theirs->weight.copy_(ours->weight);
            theirs->bias.copy_(ours->bias);
        }
        train::AdamW optimiser(*ours, 0.05);
        std::map<std::string, torch::Tensor> averages;
        for (const auto& item : ours->named_parameters()) averages[item.key()] = item.value().detach().clone();
        optimiser.average(averages);
        auto expected = averages.at("weight").clone();
        std::vector<torch::optim::OptimizerParamGroup> groups;
        groups.emplace_back(std::vector<torch::Tensor>{theirs->weight}, std::make_unique<torch::optim::AdamWOptions>(torch::optim::AdamWOptions(0.01).betas({0.9, 0.98}).weight_decay(0.05)));
        groups.emplace_back(std::vector<torch::Tensor>{theirs->bias}, std::make_unique<torch::optim::AdamWOptions>(torch::optim::AdamWOptions(0.01).betas({0.9, 0.98}).weight_decay(0.0)));
        torch::optim::AdamW reference(groups, torch::optim::AdamWOptions(0.01));
        for (int step = 0; step < 25; ++step) {
            const auto x = torch::randn({9, 37}), wanted = torch::randn({9, 71});
            const double clip = step % 2 == 0 ? 0.0 : 0.1;
            optimiser.zeroGradients();
            (ours(x) - wanted).pow(2).sum().backward();
            const double norm = optimiser.step(0.01, clip, 0.1);
            {
                const torch::NoGradGuard noGrad;
                expected = 0.9 * expected + 0.1 * ours->weight;
            }
            reference.zero_grad();
            (theirs(x) - wanted).pow(2).sum().backward();
            const auto whole = torch::cat({theirs->weight.grad().flatten(), theirs->bias.grad()}).norm().item<double>();
            QVERIFY(std::abs(norm - whole) < 1e-5 * whole);
            if (clip > 0) torch::nn::utils::clip_grad_norm_(theirs->parameters(), clip);
            reference.step();
        }
        // A hundredth of a single step at the most.
        QVERIFY2((ours->weight - theirs->weight).abs().max().item<float>() < 1e-4f, std::to_string((ours->weight - theirs->weight).abs().max().item<float>()).c_str());
        QVERIFY((ours->bias - theirs->bias).abs().max().item<float>() < 1e-4f);
        QVERIFY((averages.at("weight") - expected).abs().max().item<float>() < 1e-6f);
        QVERIFY((averages.at("weight") - ours->weight).abs().max().item<float>() > 1e-4f);
    }

    void adamWTakesNoGradientForZeros() {
        torch::nn::Linear left(5, 3), right(5, 3);
        {
            const torch::NoGradGuard noGrad;
            right->weight.copy_(left->weight);
            right->bias.copy_(left->bias);
        }
        train::AdamW a(*left, 0.05), b(*right, 0.05);
        for (int step = 0; step < 3; ++step) {
            a.zeroGradients();
            if (step == 0) left->weight.pow(2).sum().backward();
            a.step(0.01, 0);
            right->weight.mutable_grad() = step == 0 ? 2 * right->weight.detach() : torch::zeros_like(right->weight);
            right->bias.mutable_grad() = torch::zeros_like(right->bias);
            b.step(0.01, 0);
        }
        QVERIFY(torch::equal(left->weight, right->weight) && torch::equal(left->bias, right->bias));
    }

    void lossFallsAndWeightsAreShipped() {
        QTemporaryDir folder;
        LineTask task;
        NoProgress quiet;
        const auto result = train::runLoop(task, settingsFor(folder), {}, quiet);
        QVERIFY2(result.ok(), result.ok() ? "" : result.error().line().c_str());
        QVERIFY(task.validate()["score"] < 0.5);
        const auto shipped = io::readSafetensors(folder.filePath("default.line.safetensors").toStdString());
        QVERIFY(shipped.ok());
        QCOMPARE(shipped->metadata.at("kind"), std::string("line"));
        QVERIFY(QFile::exists(folder.filePath("line.log.jsonl")));
    }

    void stoppedAndResumedEqualsUnbroken() {
        NoProgress quiet;
        QTemporaryDir one, two;
        LineTask unbroken;
        QVERIFY(train::runLoop(unbroken, settingsFor(one), {}, quiet).ok());
        {
            LineTask first;
            std::stop_source source;
            first.source = &source;
            first.stopAt = 117;
            const auto stopped = train::runLoop(first, settingsFor(two), source.get_token(), quiet);
            QVERIFY(!stopped.ok() && stopped.error().kind == ErrorKind::Cancelled);
        }
        LineTask second;
        auto settings = settingsFor(two);
        settings.resume = true;
        QVERIFY(train::runLoop(second, settings, {}, quiet).ok());
        QVERIFY(torch::equal(second.weight(), unbroken.weight()));
    }

    void aSecondNetworkIsResumedToo() {
        NoProgress quiet;
        QTemporaryDir one, two;
        SecondTask unbroken;
        QVERIFY(train::runLoop(unbroken, settingsFor(one), {}, quiet).ok());
        QCOMPARE(unbroken.shares.front(), 0.0);
        QVERIFY(std::is_sorted(unbroken.shares.begin(), unbroken.shares.end()) && unbroken.shares.back() < 1.0);
        {
            SecondTask first;
            std::stop_source source;
            first.source = &source;
            first.stopAt = 101;
            QVERIFY(!train::runLoop(first, settingsFor(two), source.get_token(), quiet).ok());
        }
        SecondTask second;
        auto settings = settingsFor(two);
        settings.resume = true;
        QVERIFY(train::runLoop(second, settings, {}, quiet).ok());
        QVERIFY(torch::equal(second.all(), unbroken.all()));
    }

    void aCheckpointWithoutTheSecondNetworkIsRefused() {
        NoProgress quiet;
        QTemporaryDir folder;
        {
            SecondTask task;
            QVERIFY(train::runLoop(task, settingsFor(folder), {}, quiet).ok());
        }
        const auto path = folder.filePath("second.last.ckpt").toStdString();
        auto table = io::readSafetensors(path);
        QVERIFY(table.ok());
        table->tensors.erase("extra/weight");
        QVERIFY(io::writeSafetensors(path, *table).ok());
        SecondTask task;
        auto settings = settingsFor(folder);
        settings.resume = true;
        const auto result = train::runLoop(task, settings, {}, quiet);
        QVERIFY(!result.ok() && result.error().kind == ErrorKind::BadInput);
    }

    void aBrokenLossIsSurvived() {
        QTemporaryDir folder;
        LineTask task(50);
        NoProgress quiet;
        auto settings = settingsFor(folder);
        settings.logEveryS = 0;
        QVERIFY(train::runLoop(task, settings, {}, quiet).ok());
        QVERIFY(torch::isfinite(task.weight()).all().item<bool>());
        // From there on at half the rate: beside a run that nothing happened to.
        QTemporaryDir calm;
        LineTask untroubled;
        settings.out = calm.path().toStdString();
        QVERIFY(train::runLoop(untroubled, settings, {}, quiet).ok());
        const auto ratesOf = [](const QTemporaryDir& run) {
            std::map<int, double> rates;
            std::ifstream log(run.filePath("line.log.jsonl").toStdString());
            for (std::string line; std::getline(log, line);) {
                const auto json = nlohmann::json::parse(line);
                if (json.contains("losses")) rates[json["step"].get<int>()] = json["lr"].get<double>();
            }
            return rates;
        };
        const auto troubled = ratesOf(folder), plain = ratesOf(calm);
        // Without a checkpoint on the way the last good state is the first: all steps are done anew.
        QVERIFY(std::abs(troubled.at(200) / plain.at(200) - 0.5) < 1e-9);
    }

    void aLossThatStaysBrokenEndsTheTraining() {
        QTemporaryDir folder;
        LineTask task(20, std::numeric_limits<std::int64_t>::max());
        NoProgress quiet;
        const auto result = train::runLoop(task, settingsFor(folder), {}, quiet);
        QVERIFY(!result.ok() && result.error().kind == ErrorKind::Failed);
        QVERIFY2(result.error().line().find("not finite, five times over") != std::string::npos, result.error().line().c_str());
    }

    void requestsAreRefusedPlainly() {
        NoProgress quiet;
        train::TrainRequest request;
        request.model = "no-such";
        auto result = train::train(request, {}, quiet);
        QVERIFY(!result.ok() && result.error().kind == ErrorKind::Usage);
        request.model = "vq-vae";
        result = train::train(request, {}, quiet);
        QVERIFY(!result.ok() && result.error().kind == ErrorKind::Usage);
        request.data = {"/no/such/file.h5"};
        result = train::train(request, {}, quiet);
        QVERIFY(!result.ok() && result.error().kind == ErrorKind::BadInput);
    }
};

CHOREIA_TEST(LoopTest)
#include "loop_test.moc"
