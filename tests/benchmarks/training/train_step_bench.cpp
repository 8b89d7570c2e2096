// One training step of a network, timed: forward, loss, backward, clipping, AdamW and the EMA weights, on random numbers of the shapes that the default
// configs train with. tests/benchmarks/training/side_by_side.sh sets it beside the same network written in PyTorch's Python.
//
//   choreia-train-bench gcn-mhw|beats [--steps N] [--threads T] [--dump F.safetensors]
//
// Prints the median milliseconds of a step. --dump: writes weights, inputs and the loss without dropout instead, for the other side to check that it is the
// same network.
#include "io/safetensors.h"
#include "motion/pose_features.h"
#include "motion/skeleton.h"
#include "nn/beat_net.h"
#include "nn/gcn_mhw.h"
#include "nn/threads.h"
#include "nn/weights.h"
#include "train/adam_w.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <map>
#include <string>
#include <vector>

using namespace choreia;

namespace {

/// A network, what it is fed, and its loss.
struct Subject {
    std::shared_ptr<torch::nn::Module> module;
    std::map<std::string, torch::Tensor> inputs;
    std::function<torch::Tensor()> loss;
    nlohmann::json config;
};

// models/configs/default.gcn-mhw.json: 12 sequences of 112 steps.
Subject gcnMhw() {
    nn::GcnMhwConfig config;
    config.streams = 6;
    config.nodeChannels = 16;
    config.width = 192;
    config.heads = 6;
    config.blocks = 3;
    config.musicColumns = 53;
    config.controls = 2;
    config.dropout = 0.25;
    for (int k = 0; k < 9; ++k) config.styles.push_back(std::to_string(k));
    const std::int64_t batch = 12, steps = 112;
    nn::GcnMhw model(config);
    Subject subject{model.ptr(), {}, {}, config.toJson()};
    const auto& body = motion::Skeleton::body();
    subject.config["parents"] = std::vector<int>(body.parents().begin(), body.parents().end());
    subject.config["lower_joints"] = std::vector<int>(motion::kLowerJoints.begin(), motion::kLowerJoints.end());
    subject.config["upper_joints"] = std::vector<int>(motion::kUpperJoints.begin(), motion::kUpperJoints.end());
    auto& in = subject.inputs;
    in["previous"] = torch::randint(config.codes, {batch, config.streams, steps}, torch::kInt64);
    in["wanted"] = torch::randint(config.codes, {batch, config.streams, steps}, torch::kInt64);
    in["music"] = torch::randn({batch, steps, config.musicColumns});
    in["style"] = torch::randint(9, {batch}, torch::kInt64);
    subject.loss = [model, in]() mutable {
        const auto logits = model->forward(in["previous"], in["wanted"], in["music"], in["style"]);
        auto total = torch::zeros({});
        for (std::size_t s = 0; s < logits.size(); ++s) {
            const auto probability = logits[s].log_softmax(-1);
            const auto entropy = -0.95 * probability.gather(2, in["wanted"].select(1, static_cast<std::int64_t>(s)).unsqueeze(2)).squeeze(2) - 0.05 * probability.mean(-1);
            total = total + std::exp2(-static_cast<double>(s / 2)) * entropy.mean();
        }
        return total + 0.1 * torch::nn::functional::cross_entropy(model->styleFromMusic(in["music"]), in["style"]);
    };
    return subject;
}

// models/configs/default.beats.json's network: 6 pieces of 1200 rows.
Subject beats() {
    nn::BeatNetConfig config;
    config.columns = 120;
    config.filters = 48;
    config.width = 48;
    config.coarse = 96;
    config.blocks = 8;
    config.tempoBins = 60;
    config.dropout = 0.1;
    nn::BeatNet model(config);
    Subject subject{model.ptr(), {}, {}, config.toJson()};
    auto& in = subject.inputs;
    in["spectrum"] = torch::randn({6, 1200, config.columns});
    in["beats"] = torch::rand({6, 1200, 2}).round();
    subject.loss = [model, in]() mutable {
        const auto heard = model->forward(in["spectrum"]);
        return torch::nn::functional::binary_cross_entropy_with_logits(heard.logits, in["beats"]) + 0.1 * heard.tempo.log_softmax(-1).pow(2).mean();
    };
    return subject;
}

int dump(Subject& subject, const std::string& kind, const std::string& file) {
    subject.module->eval();
    auto table = nn::toTable(*subject.module, kind, subject.config, false);
    for (const auto& [name, tensor] : subject.inputs) table.tensors["input/" + name] = nn::toEntry(tensor, false);
    char text[64];
    std::snprintf(text, sizeof text, "%.9g", subject.loss().item<double>());
    table.metadata["loss"] = text;
    const auto written = io::writeSafetensors(file, table);
    if (!written.ok()) std::fprintf(stderr, "%s\n", written.error().line().c_str());
    return written.ok() ? 0 : 1;
}

double timed(Subject& subject, int steps) {
    train::AdamW optimiser(*subject.module, 0.05, 0.9, 0.98);
    std::map<std::string, torch::Tensor> averages;
    for (const auto& item : subject.module->named_parameters()) averages[item.key()] = item.value().detach().clone();
    optimiser.average(averages);
    std::vector<double> each;
    for (int k = -3; k < steps; ++k) {
        const auto begin = std::chrono::steady_clock::now();
        const auto loss = subject.loss();
        optimiser.zeroGradients();
        loss.backward();
        optimiser.step(1e-4, 1.0, 0.002);
        static_cast<void>(loss.item<double>());
        if (k >= 0) each.push_back(std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count());
    }
    std::nth_element(each.begin(), each.begin() + static_cast<std::ptrdiff_t>(each.size() / 2), each.end());
    return each[each.size() / 2];
}

}  // namespace

int main(int argc, char** argv) {
    int steps = 20, threads = 1;
    std::string kind, file;
    for (int i = 1; i < argc; ++i) {
        if (std::strcmp(argv[i], "--steps") == 0 && i + 1 < argc) steps = std::max(1, std::atoi(argv[++i]));
        else if (std::strcmp(argv[i], "--threads") == 0 && i + 1 < argc) threads = std::max(1, std::atoi(argv[++i]));
        else if (std::strcmp(argv[i], "--dump") == 0 && i + 1 < argc) file = argv[++i];
        else kind = argv[i];
    }
    if (kind != "gcn-mhw" && kind != "beats") {
        std::fprintf(stderr, "usage: choreia-train-bench gcn-mhw|beats [--steps N] [--threads T] [--dump F.safetensors]\n");
        return 2;
    }
    nn::setComputeThreads(threads);
    nn::keepFreedMemory();
    torch::manual_seed(3);
    Subject subject = kind == "gcn-mhw" ? gcnMhw() : beats();
    if (!file.empty()) return dump(subject, kind, file);
    subject.module->train();
    std::printf("%.2f\n", timed(subject, steps));
    return 0;
}
