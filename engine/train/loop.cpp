// State that a resumed run needs: weights, EMA weights, optimiser, step, wall time, both random generators, best score, and what the task adds.
#include "train/loop.h"

#include "core/atomic_file.h"
#include "core/log.h"
#include "io/safetensors.h"
#include "nn/mixed_precision.h"
#include "nn/weights.h"
#include "train/adam_w.h"
#include "train/event_file.h"
#include "train/work_clock.h"

#include <ATen/CPUGeneratorImpl.h>

#include <chrono>
#include <cmath>
#include <fstream>
#include <limits>
#include <numbers>
#include <optional>

namespace choreia::train {

namespace {

using Tensors = std::map<std::string, torch::Tensor>;

Tensors parametersOf(torch::nn::Module& module) {
    Tensors all;
    for (auto& item : module.named_parameters()) all[item.key()] = item.value();
    return all;
}

Tensors buffersOf(torch::nn::Module& module) {
    Tensors all;
    for (auto& item : module.named_buffers()) all[item.key()] = item.value();
    return all;
}

Tensors cloned(const Tensors& source) {
    Tensors copy;
    for (const auto& [name, tensor] : source) copy[name] = tensor.detach().clone();
    return copy;
}

void assign(Tensors& target, const Tensors& source) {
    torch::NoGradGuard noGrad;
    for (auto& [name, tensor] : target) tensor.copy_(source.at(name));
}

double secondsSince1970() { return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count(); }

// All that changes while training.
struct RunState {
    Tensors parameters, buffers, ema;
    std::int64_t step = 0;
    double wall = 0;
    double best = std::numeric_limits<double>::infinity();
    double rateScale = 1;
};

class Loop {
public:
    Loop(Task& task, const LoopSettings& settings)
        : task_(task), settings_(settings), optimiser_(task.module(), settings.weightDecay, task.betas().first, task.betas().second), random_(settings.seed) {
        state_.parameters = parametersOf(task.module());
        state_.buffers = buffersOf(task.module());
        state_.ema = cloned(state_.parameters);
        optimiser_.average(state_.ema);
    }

    Result<void> run(std::stop_token stop, Progress& progress);

private:
    [[nodiscard]] std::filesystem::path checkpointPath() const { return settings_.out / (task_.kind() + ".last.ckpt"); }
    [[nodiscard]] double doneShare() const {
        double share = 0;
        if (settings_.epochs > 0) share = static_cast<double>(state_.step) / (settings_.epochs * task_.stepsPerEpoch());
        if (settings_.minutes > 0) share = std::max(share, state_.wall / (settings_.minutes * 60));
        return share;
    }
    [[nodiscard]] double learningRate() const {
        const double warm = std::min(1.0, static_cast<double>(state_.step + 1) / std::max(1, settings_.warmupSteps));
        return settings_.learningRate * state_.rateScale * warm * task_.rateAt(std::min(1.0, doneShare()));
    }
    [[nodiscard]] TensorTable snapshot() const;
    Result<void> restore(const TensorTable& table);
    Result<void> writeLog(const nlohmann::json& line);
    [[nodiscard]] bool alone() const { return settings_.share.ranks == nullptr; }
    [[nodiscard]] bool writes() const { return settings_.share.rank() == 0; }
    void startTogether();
    void meetRanks(std::vector<std::pair<std::string, torch::Tensor>>& parts, bool stop, double wall);
    Result<void> validate(nlohmann::json line);
    Result<void> shipBest(const std::map<std::string, double>& figures);

    Task& task_;
    LoopSettings settings_;
    AdamW optimiser_;
    Random random_;
    RunState state_;
    TensorTable good_;  ///< the last state known to be sound
    std::optional<EventFile> events_;
    bool stopping_ = false;  ///< as agreed among the ranks
};

TensorTable Loop::snapshot() const {
    TensorTable table;
    const auto put = [&](const std::string& prefix, const Tensors& tensors) {
        for (const auto& [name, tensor] : tensors) table.tensors[prefix + name] = nn::toEntry(tensor, false);
    };
    put("model/", state_.parameters);
    put("buffer/", state_.buffers);
    put("ema/", state_.ema);
    put("adam/", optimiser_.state());
    put("extra/", task_.extraState());
    table.tensors["torch_random"] = nn::toEntry(at::detail::getDefaultCPUGenerator().get_state().to(torch::kInt64), false);
    nlohmann::json facts = {{"step", state_.step}, {"wall_s", state_.wall}, {"rate_scale", state_.rateScale}, {"random", random_.state()}};
    if (std::isfinite(state_.best)) facts["best"] = state_.best;
    table.metadata = {{"kind", task_.kind() + "-checkpoint"}, {"config", task_.modelConfig().dump()}, {"state", facts.dump()}, {"format_version", "1"}};
    return table;
}

Result<void> Loop::restore(const TensorTable& table) {
    const std::string where = checkpointPath().string();
    CHOREIA_TRY(nn::configOf(table, task_.kind() + "-checkpoint", where));
    const auto take = [&](const std::string& prefix, Tensors& tensors) -> Result<void> {
        torch::NoGradGuard noGrad;
        for (auto& [name, tensor] : tensors) {
            const auto found = table.tensors.find(prefix + name);
            if (found == table.tensors.end() || found->second.shape != tensor.sizes().vec())
                return badInput(where, "the checkpoint does not fit this model: '" + prefix + name + "'");
            tensor.copy_(nn::toTensor(found->second));
        }
        return {};
    };
    CHOREIA_TRY(take("model/", state_.parameters));
    CHOREIA_TRY(take("buffer/", state_.buffers));
    CHOREIA_TRY(take("ema/", state_.ema));
    Tensors adam, extra;
    for (const auto& [name, entry] : table.tensors) {
        if (name.starts_with("adam/")) adam[name.substr(5)] = nn::toTensor(entry);
        if (name.starts_with("extra/")) extra[name.substr(6)] = nn::toTensor(entry);
    }
    if (!optimiser_.setState(adam)) return badInput(where, "the optimiser's state does not fit this model");
    if (!task_.setExtraState(extra)) return badInput(where, "the state beside the model does not fit");
    const auto facts = nlohmann::json::parse(table.metadata.at("state"), nullptr, false);
    if (!facts.is_object() || !facts.contains("step") || !facts.contains("random")) return badInput(where, "the checkpoint's state is damaged");
    state_.step = facts["step"].get<std::int64_t>();
    state_.wall = facts.value("wall_s", 0.0);
    state_.rateScale = facts.value("rate_scale", 1.0);
    state_.best = facts.value("best", std::numeric_limits<double>::infinity());
    random_.setState(facts["random"].get<std::array<std::uint64_t, 4>>());
    if (const auto found = table.tensors.find("torch_random"); found != table.tensors.end()) {
        auto generator = at::detail::getDefaultCPUGenerator();
        const std::lock_guard<std::mutex> lock(generator.mutex());
        generator.set_state(nn::toTensor(found->second).to(torch::kUInt8));
    }
    return {};
}

Result<void> Loop::writeLog(const nlohmann::json& line) {
    for (const auto& path : {settings_.out / (task_.kind() + ".log.jsonl"), settings_.log}) {
        if (path.empty()) continue;
        std::ofstream out(path, std::ios::app);
        out << line.dump() << '\n';
        out.flush();
        if (!out) return failed(path.string(), "the log cannot be written");
    }
    std::map<std::string, double> scalars = {{"lr", line["lr"].get<double>()}};
    for (const char* group : {"losses", "val"}) {
        const auto figures = line.value(group, nlohmann::json::object());
        for (const auto& [name, value] : figures.items())
            if (value.is_number()) scalars[std::string(group) + "/" + name] = value.get<double>();
    }
    return events_->add(secondsSince1970(), state_.step, scalars);
}

Result<void> Loop::shipBest(const std::map<std::string, double>& figures) {
    auto table = nn::toTable(task_.module(), task_.kind(), task_.modelConfig(), true);
    for (const auto& [key, value] : task_.metadata()) table.metadata[key] = value;
    nlohmann::json numbers = nlohmann::json::object();
    for (const auto& [key, value] : figures)
        if (std::isfinite(value)) numbers[key] = value;
    table.metadata["figures"] = numbers.dump();
    table.metadata["training_minutes"] = std::to_string(state_.wall / 60);
    table.metadata["training_steps"] = std::to_string(state_.step);
    return io::writeSafetensors(settings_.out / (settings_.name + "." + task_.kind() + ".safetensors"), table);
}

Result<void> Loop::validate(nlohmann::json line) {
    const auto raw = cloned(state_.parameters);
    assign(state_.parameters, state_.ema);
    task_.module().eval();
    Result<void> shipped;
    {
        torch::NoGradGuard noGrad;
        const auto figures = task_.validate();
        line["val"] = figures;
        if (const auto score = figures.find("score"); score != figures.end() && score->second <= state_.best) {
            state_.best = score->second;
            shipped = shipBest(figures);
        }
    }
    task_.module().train();
    assign(state_.parameters, raw);
    CHOREIA_TRY(shipped);
    return writeLog(line);
}

// One tensor of all of them, and back.
torch::Tensor flattened(const std::vector<torch::Tensor>& tensors) {
    std::vector<torch::Tensor> rows;
    for (const auto& tensor : tensors) rows.push_back(tensor.detach().reshape({-1}).to(torch::kCPU, torch::kFloat32));
    return torch::cat(rows, 0);
}

void spreadOver(const torch::Tensor& all, std::vector<torch::Tensor>& tensors) {
    torch::NoGradGuard noGrad;
    std::int64_t at = 0;
    for (auto& tensor : tensors) {
        tensor.copy_(all.narrow(0, at, tensor.numel()).view(tensor.sizes()));
        at += tensor.numel();
    }
}

std::vector<torch::Tensor> floatsOf(const Tensors& named) {
    std::vector<torch::Tensor> list;
    for (const auto& [name, tensor] : named)
        if (tensor.is_floating_point()) list.push_back(tensor);
    return list;
}

// All begin as rank 0 does; what they drop out is their own.
void Loop::startTogether() {
    if (alone()) return;
    for (auto* tensors : {&state_.parameters, &state_.ema, &state_.buffers}) {
        auto list = floatsOf(*tensors);
        if (list.empty()) continue;
        auto all = flattened(list);
        settings_.share.ranks->fromFirst(all);
        spreadOver(all, list);
    }
    auto begin = torch::tensor({static_cast<double>(state_.step), state_.wall}, torch::kFloat64);
    settings_.share.ranks->fromFirst(begin);
    if (begin[0].item<double>() != static_cast<double>(state_.step))
        throw std::runtime_error("rank " + std::to_string(settings_.share.rank()) + " is at step " + std::to_string(state_.step) + ", rank 0 at step " +
                                 std::to_string(static_cast<std::int64_t>(begin[0].item<double>())) + ": all need the same run folder to resume from");
    state_.wall = begin[1].item<double>();
    if (!writes()) torch::manual_seed(settings_.seed * 1000 + static_cast<std::uint64_t>(settings_.share.rank()));
}

// All that ranks tell one another of a step, in one array: every message would be a wait for the slower one. Gradients and losses become the mean, the gradients as parts of the array,
// so that nothing is copied back; what the task counts is summed; the clock is rank 0's, and now and then the buffers, which go alike everywhere but for rounding; who is asked to stop
// stops all after this step.
void Loop::meetRanks(std::vector<std::pair<std::string, torch::Tensor>>& parts, bool stop, double wall) {
    torch::NoGradGuard noGrad;
    const auto share = torch::scalar_tensor(1.0 / static_cast<double>(settings_.share.world()));
    constexpr std::int64_t kBuffersEvery = 64;  // steps
    std::vector<torch::Tensor> parameters, buffers, sums = task_.sums();
    if (state_.step % kBuffersEvery == 0) buffers = floatsOf(state_.buffers);
    for (const auto& [name, parameter] : state_.parameters)
        if (parameter.requires_grad()) parameters.push_back(parameter);
    constexpr std::int64_t kWords = 3;  // the clock's seconds as two numbers of single precision, and who stops
    auto count = static_cast<std::int64_t>(parts.size()) + kWords;
    for (const auto* list : {&parameters, &buffers, &sums})
        for (const auto& tensor : *list) count += tensor.numel();
    auto all = torch::empty({count}, torch::TensorOptions(torch::kFloat32).device(settings_.device));
    std::int64_t at = 0;
    const auto next = [&](at::IntArrayRef sizes) {
        const auto part = all.narrow(0, at, c10::multiply_integers(sizes)).view(sizes);
        at += part.numel();
        return part;
    };
    std::vector<torch::Tensor> gradients, told, summed;
    for (const auto& parameter : parameters) {
        gradients.push_back(next(parameter.sizes()));
        if (parameter.grad().defined())
            torch::mul_out(gradients.back(), parameter.grad(), share);
        else
            gradients.back().zero_();
    }
    for (auto& [name, value] : parts) {
        const auto part = next({});
        part.copy_(value.detach() * share);
        value = part;
    }
    for (const auto& buffer : buffers) {
        told.push_back(next(buffer.sizes()));
        if (writes())
            told.back().copy_(buffer);
        else
            told.back().zero_();
    }
    for (const auto& sum : sums) summed.push_back(next(sum.sizes()).copy_(sum));
    auto words = next({kWords});
    const auto seconds = static_cast<float>(wall);
    words.copy_(torch::tensor({writes() ? seconds : 0.0f, writes() ? static_cast<float>(wall - static_cast<double>(seconds)) : 0.0f, stop ? 1.0f : 0.0f}));
    settings_.share.ranks->addUp(all);
    for (std::size_t i = 0; i < parameters.size(); ++i) parameters[i].mutable_grad() = gradients[i];
    for (std::size_t i = 0; i < buffers.size(); ++i) buffers[i].copy_(told[i]);
    for (std::size_t i = 0; i < sums.size(); ++i) sums[i].copy_(summed[i]);
    task_.summed();
    words = words.to(torch::kCPU, torch::kFloat64);
    state_.wall = words[0].item<double>() + words[1].item<double>();
    stopping_ = words[2].item<double>() > 0;
}

Result<void> Loop::run(std::stop_token stop, Progress& progress) {
    const WorkClock clock;
    std::error_code code;
    std::filesystem::create_directories(settings_.out, code);
    if (code) return failed(settings_.out.string(), "the run folder cannot be made: " + code.message());
    if (settings_.resume && std::filesystem::exists(checkpointPath())) {
        CHOREIA_ASSIGN(const auto table, io::readSafetensors(checkpointPath()));
        CHOREIA_TRY(restore(table));
    }
    startTogether();
    task_.module().train();
    good_ = snapshot();
    const double wallBefore = state_.wall, shareBefore = doneShare();
    const auto elapsed = [&] { return wallBefore + clock.seconds(); };
    if (writes()) {
        CHOREIA_ASSIGN(auto events, EventFile::create(settings_.out, task_.kind(), secondsSince1970()));
        events_.emplace(std::move(events));
    }
    double nextValidation = state_.wall + std::min(20.0, settings_.validateEveryS), nextCheckpoint = state_.wall + settings_.checkpointEveryS, nextLine = 0;
    if (settings_.validateFirst && state_.step == 0 && writes())
        CHOREIA_TRY(validate({{"step", 0}, {"epoch", 0.0}, {"wall_s", 0.0}, {"eta_s", -1.0}, {"lr", learningRate()}}));
    int retries = 0;
    const auto keepState = [&]() -> Result<void> {
        good_ = snapshot();
        return writes() ? io::writeSafetensors(checkpointPath(), good_) : Result<void>();
    };
    for (;;) {
        // Ranks decide alike by the clock and the wish that they met with last.
        const bool stopping = alone() ? stop.stop_requested() : stopping_;
        if (doneShare() >= 1.0) break;
        if (state_.wall >= nextCheckpoint) {
            CHOREIA_TRY(keepState());
            nextCheckpoint = state_.wall + settings_.checkpointEveryS;
        }
        if (stopping) {
            if (!writes()) return cancelled(settings_.out.string());
            CHOREIA_TRY(io::writeSafetensors(checkpointPath(), snapshot()));
            // Who stops to keep what there is finds weights, even where no validation was due yet.
            if (!std::isfinite(state_.best) && state_.step > 0)
                CHOREIA_TRY(validate({{"step", state_.step}, {"epoch", static_cast<double>(state_.step) / task_.stepsPerEpoch()}, {"wall_s", state_.wall}, {"eta_s", -1.0}, {"lr", learningRate()}}));
            return cancelled(settings_.out.string());
        }
        task_.reached(doneShare());
        auto parts = [&] {
            const nn::MixedPrecision precision(settings_.device, settings_.mixedPrecision);
            return task_.loss(random_, state_.step);
        }();
        optimiser_.zeroGradients();
        parts.front().second.backward();
        if (!alone()) meetRanks(parts, stop.stop_requested(), elapsed());
        const double rate = learningRate();
        // A short memory at first, so that the average does not start from noise.
        const double decay = std::min(settings_.emaDecay, (1.0 + static_cast<double>(state_.step)) / (10.0 + static_cast<double>(state_.step)));
        const double norm = optimiser_.step(rate, settings_.clipNorm, 1 - decay);
        if (!std::isfinite(norm) || !std::isfinite(parts.front().second.item<double>())) {
            // Every rank comes here, or none: gradients and losses are all ranks'.
            if (++retries > 5) return failed(settings_.out.string(), "the loss is not finite, five times over", "a finite loss", "step " + std::to_string(state_.step));
            logWarning("the loss is not finite at step " + std::to_string(state_.step) + ": back to the last good state, with half the learning rate");
            const double scale = state_.rateScale * 0.5;
            CHOREIA_TRY(restore(good_));
            state_.rateScale = scale;
            continue;
        }
        ++state_.step;
        if (alone()) state_.wall = elapsed();
        const double share = doneShare();
        const double now = share - shareBefore;  // a resumed run goes by the pace since it was taken up again
        const double left = now > 1e-4 ? std::max(0.0, (state_.wall - wallBefore) * (1 - share) / now) : -1.0;
        nlohmann::json line = {{"step", state_.step}, {"epoch", static_cast<double>(state_.step) / task_.stepsPerEpoch()}, {"wall_s", state_.wall}, {"eta_s", left}, {"lr", rate}};
        if (writes() && (state_.wall >= nextLine || share >= 1.0)) {
            nextLine = state_.wall + settings_.logEveryS;
            nlohmann::json losses;
            for (const auto& [name, value] : parts) losses[name] = value.item<double>();
            line["losses"] = losses;
            line["gradient_norm"] = norm;
            progress.report("training " + task_.kind(), std::min(1.0, share), left);
            CHOREIA_TRY(writeLog(line));
        }
        if (writes() && (state_.wall >= nextValidation || share >= 1.0)) {
            CHOREIA_TRY(validate(line));
            if (alone()) state_.wall = elapsed();
            nextValidation = elapsed() + settings_.validateEveryS;
        }
    }
    return keepState();
}

}  // namespace

double Task::rateAt(double share) const { return 0.02 + 0.98 * 0.5 * (1 + std::cos(std::numbers::pi * share)); }

Result<void> Task::startFrom(const TensorTable& table, const std::string& where) { return nn::fromTable(table, module(), where); }

Result<void> runLoop(Task& task, const LoopSettings& settings, std::stop_token stop, Progress& progress) {
    try {
        return Loop(task, settings).run(stop, progress);
    } catch (const RankLost& error) {
        return failed(settings.out.string(), std::string(error.what()) + ": the training ended; --resume goes on from rank 0's last checkpoint");
    } catch (const c10::Error& error) {
        return failed("train " + task.kind(), error.what_without_backtrace());
    } catch (const std::exception& error) {
        return failed("train " + task.kind(), error.what());
    }
}

}  // namespace choreia::train
