// c10d stays in this file. Without NCCL what is sent goes by way of the CPU: Gloo then serves every device.
#include "train/ranks.h"

#include "train/shared_sum.h"

#ifdef CHOREIA_GLOO
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>
#include <torch/csrc/distributed/c10d/TCPStore.hpp>
#endif
#ifdef CHOREIA_NCCL
#include <torch/csrc/distributed/c10d/PrefixStore.hpp>
#include <torch/csrc/distributed/c10d/ProcessGroupNCCL.hpp>
#endif

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <thread>

namespace choreia::train {

Result<RankPlace> placeFromEnvironment(const std::function<const char*(const char*)>& variable) {
    RankPlace place;
    const auto number = [&](const char* name, int& out) -> Result<bool> {
        const char* const text = variable(name);
        if (text == nullptr || *text == '\0') return false;
        const char* const end = text + std::strlen(text);
        if (const auto [rest, error] = std::from_chars(text, end, out); error != std::errc() || rest != end) return usageError(name, "not a number", "an integer", text);
        return true;
    };
    const char* const master = variable("MASTER_ADDR");
    const bool addressed = master != nullptr && *master != '\0';
    CHOREIA_ASSIGN(bool known, number("WORLD_SIZE", place.world));
    const char* rankName = "RANK";
    if (!known && addressed)
        for (const auto& [rank, size] : {std::pair("SLURM_PROCID", "SLURM_NTASKS"), std::pair("OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE")}) {
            CHOREIA_ASSIGN(known, number(size, place.world));
            rankName = rank;
            if (known) break;
        }
    if (!known || place.world == 1) return RankPlace{};
    if (place.world < 1) return usageError("WORLD_SIZE", "not a number of processes", "1 or more", std::to_string(place.world));
    CHOREIA_ASSIGN(const bool ranked, number(rankName, place.rank));
    if (!ranked) return usageError(rankName, "not set, though there are " + std::to_string(place.world) + " processes", "0 to " + std::to_string(place.world - 1));
    if (place.rank < 0 || place.rank >= place.world) return usageError(rankName, "outside of the processes", "0 to " + std::to_string(place.world - 1), std::to_string(place.rank));
    if (!addressed) return usageError("MASTER_ADDR", "not set, though there are " + std::to_string(place.world) + " processes", "the host of rank 0");
    place.master = master;
    CHOREIA_ASSIGN(const bool port, number("MASTER_PORT", place.port));
    static_cast<void>(port);
    for (const char* name : {"LOCAL_RANK", "SLURM_LOCALID", "OMPI_COMM_WORLD_LOCAL_RANK"}) {
        CHOREIA_ASSIGN(const bool there, number(name, place.local));
        if (place.local < 0) return usageError(name, "not a process of this machine", "0 or more", std::to_string(place.local));
        if (there) break;
    }
    if (place.port < 1 || place.port > 65535) return usageError("MASTER_PORT", "not a port", "1 to 65535", std::to_string(place.port));
    return place;
}

int cudaDeviceOf(const RankPlace& place, int devices) { return devices > 0 ? place.local % devices : 0; }

std::vector<Random> Share::itemsOf(std::int64_t batch, Random& random) const {
    std::vector<Random> mine;
    for (std::int64_t b = 0; b < batch; ++b) {
        const auto seed = random.next();
        if (b % world() == rank()) mine.emplace_back(seed);
    }
    return mine;
}

torch::Tensor Share::divisor(const torch::Tensor& weight) const { return divisorLater(weight)(); }

std::function<torch::Tensor()> Share::divisorLater(const torch::Tensor& weight) const {
    auto sum = weight.detach().sum();
    const auto wait = ranks ? ranks->beginAddUp(sum) : [] {};
    return [sum, wait, world = static_cast<double>(world())] {
        wait();
        return sum.clamp_min(1.0) / world;
    };
}

Result<void> checkShare(const Share& share, std::int64_t batch) {
    if (batch % share.world() != 0)
        return usageError("batch", "cannot be shared out evenly", "a multiple of the " + std::to_string(share.world()) + " processes", std::to_string(batch));
    return {};
}

#ifdef CHOREIA_GLOO

namespace {

using namespace std::chrono_literals;
constexpr auto kJoin = 300s;     // for all to be there
constexpr auto kAnswer = 3600s;  // rank 0 may be measuring; who dies is noticed at once by the closed connection
constexpr auto kOthers = 10s;    // for who is left to say so: a step's time
constexpr auto kRead = 5s;       // for them to hear who is gone

class GlooRanks final : public Ranks {
public:
    explicit GlooRanks(const RankPlace& place) : place_(place) {
        c10d::TCPStoreOptions options;
        options.port = static_cast<std::uint16_t>(place.port);
        options.isServer = place.rank == 0;
        options.numWorkers = static_cast<std::size_t>(place.world);
        options.waitWorkers = false;
        options.timeout = kJoin;
        store_ = c10::make_intrusive<c10d::TCPStore>(place.master, options);
        store_->setTimeout(kJoin);
        auto gloo = c10d::ProcessGroupGloo::Options::create();
        // The network card: as named, this machine's own where all are on it, else the one that the host's name stands for.
        const char* const card = std::getenv("GLOO_SOCKET_IFNAME");
        const bool here = place.master == "127.0.0.1" || place.master == "localhost";
        gloo->devices.push_back(card != nullptr ? c10d::ProcessGroupGloo::createDeviceForInterface(card)
                                : here          ? c10d::ProcessGroupGloo::createDeviceForHostname(place.master)
                                                : c10d::ProcessGroupGloo::createDefaultDevice());
        gloo->timeout = kAnswer;
        group_ = c10::make_intrusive<c10d::ProcessGroupGloo>(store_, place.rank, place.world, gloo);
        shareMemory();
#ifdef CHOREIA_NCCL
        // NCCL wants a device a process: where only some have one, all stay with Gloo.
        auto devices = torch::full({1}, torch::cuda::is_available() && place.local < static_cast<int>(torch::cuda::device_count()) ? 1 : 0, torch::kInt64);
        std::vector<at::Tensor> counted{devices};
        group_->allreduce(counted)->wait();
        if (counted[0].item<std::int64_t>() == place.world)
            nccl_ = c10::make_intrusive<c10d::ProcessGroupNCCL>(c10::make_intrusive<c10d::PrefixStore>("nccl", store_), place.rank, place.world);
#endif
    }

    [[nodiscard]] int rank() const override { return place_.rank; }
    [[nodiscard]] int world() const override { return place_.world; }

    void addUp(torch::Tensor& values) override {
        if (shared_ && values.numel() >= kMany && values.is_cpu() && values.is_contiguous() && values.scalar_type() == torch::kFloat32) {
            // A number that goes by Gloo first: it waits for who is late, and notices who is gone.
            auto here = torch::zeros({1});
            addUp(here);
            if (!shared_->addUp(values.data_ptr<float>(), values.numel())) throw RankLost(lost());
            return;
        }
        exchange(values, [](auto& group, std::vector<at::Tensor>& tensors) { return group.allreduce(tensors); });
    }

    std::function<void()> beginAddUp(torch::Tensor& values) override {
        // On a device nothing is won: what is added up there is waited for in its own queue.
        if (!values.is_cpu() || !values.is_contiguous()) {
            addUp(values);
            return [] {};
        }
        if (!group_) throw RankLost("the group is broken");
        std::vector<at::Tensor> tensors{values};
        try {
            return [this, work = group_->allreduce(tensors)] {
                try {
                    work->wait();
                } catch (const std::exception&) {
                    throw RankLost(lost());
                }
            };
        } catch (const std::exception&) {
            throw RankLost(lost());
        }
    }

    void fromFirst(torch::Tensor& values) override {
        exchange(values, [](auto& group, std::vector<at::Tensor>& tensors) { return group.broadcast(tensors); });
    }

private:
    // Where all are on one machine, their sums go through its memory.
    void shareMemory() {
        const std::string key = "shared";
        if (place_.rank == 0) {
            auto made = SharedSum::make(place_.world);
            if (made.ok()) shared_ = std::move(made).value();
            const std::string name = shared_ ? shared_->name() : "none";
            store_->set(key, std::vector<std::uint8_t>(name.begin(), name.end()));
        } else {
            const auto told = store_->get(key);
            auto opened = SharedSum::open(std::string(told.begin(), told.end()), place_.rank, place_.world);
            if (opened.ok()) shared_ = std::move(opened).value();
        }
        auto there = torch::full({1}, shared_ ? 1.0f : 0.0f);
        std::vector<at::Tensor> counted{there};
        group_->allreduce(counted)->wait();
        if (there.item<float>() < static_cast<float>(place_.world))
            shared_.reset();
        else
            shared_->forgetName();
    }

    template <class Call> void exchange(torch::Tensor& values, Call&& call) {
        torch::NoGradGuard noGrad;
        if (!group_) throw RankLost("the group is broken");
#ifdef CHOREIA_NCCL
        const bool direct = nccl_ && values.is_cuda();
#else
        constexpr bool direct = false;
#endif
        // NCCL waits for ever for one who is gone: a number that goes by Gloo first notices.
        std::vector<at::Tensor> tensors{direct ? torch::zeros({1}) : values.to(torch::kCPU).contiguous()};
        try {
            call(*group_, tensors)->wait();
#ifdef CHOREIA_NCCL
            if (direct) {
                tensors[0] = values.contiguous();
                call(*nccl_, tensors)->wait();
            }
#endif
        } catch (const std::exception&) {
            throw RankLost(lost());
        }
        if (!tensors[0].is_same(values)) values.copy_(tensors[0]);
    }

    // Who is left says so in rank 0's store; who has not is gone. Rank 0 decides, so that all name the same ones, and stays until they have read it.
    std::string lost() {
        group_.reset();  // closes the connections: whoever waits for this process notices too
        if (shared_) shared_->giveUp();
        const auto others = [this](const std::string& gone) {
            return gone + " of " + std::to_string(place_.world) + " processes was lost (seen by rank " + std::to_string(place_.rank) + ")";
        };
        try {
            const auto key = [](const char* what, int rank) { return what + std::to_string(rank); };
            const auto say = [&](const std::string& name, const std::string& text) { store_->set(name, std::vector<std::uint8_t>(text.begin(), text.end())); };
            say(key("left/", place_.rank), "1");
            std::vector<int> left, silent;
            const auto ask = [&](const char* what) {
                left.clear(), silent.clear();
                for (int r = 0; r < place_.world; ++r) (r == 0 || store_->check({key(what, r)}) ? left : silent).push_back(r);  // rank 0 answers
            };
            const auto names = [&] {
                std::string gone;
                for (const int r : silent) gone += (gone.empty() ? "rank " : ", rank ") + std::to_string(r);
                return gone.empty() ? std::string("a connection") : gone;
            };
            const auto within = [](auto time, const auto& done) {
                const auto end = std::chrono::steady_clock::now() + time;
                while (!done() && std::chrono::steady_clock::now() < end) std::this_thread::sleep_for(100ms);
            };
            if (place_.rank != 0) {
                bool decided = false;
                within(kOthers + kRead, [&] { return decided = store_->check({"lost"}); });
                if (!decided) {
                    ask("left/");
                    return others(names());
                }
                const auto told = store_->get("lost");
                say(key("read/", place_.rank), "1");
                return others(std::string(told.begin(), told.end()));
            }
            within(kOthers, [&] { return ask("left/"), silent.empty(); });
            const std::string gone = names();
            const auto here = left;
            say("lost", gone);
            within(kRead, [&] {
                ask("read/");
                return std::ranges::includes(left, here);
            });
            return others(gone);
        } catch (const std::exception&) {
            return others(place_.rank == 0 ? "a connection" : "rank 0");
        }
    }

    static constexpr std::int64_t kMany = 4096;  // numbers that are worth a second message
    RankPlace place_;
    std::unique_ptr<SharedSum> shared_;  ///< null: they are not all on one machine
    c10::intrusive_ptr<c10d::TCPStore> store_;
    c10::intrusive_ptr<c10d::ProcessGroupGloo> group_;
#ifdef CHOREIA_NCCL
    c10::intrusive_ptr<c10d::ProcessGroupNCCL> nccl_;  ///< null: no device of its own
#endif
};

}  // namespace

Result<std::shared_ptr<Ranks>> joinRanks(const RankPlace& place) {
    if (place.world == 1) return std::shared_ptr<Ranks>();
    try {
        return std::shared_ptr<Ranks>(std::make_shared<GlooRanks>(place));
    } catch (const std::exception& error) {
        const std::string text = error.what();
        return failed("rank " + std::to_string(place.rank) + " of " + std::to_string(place.world),
                      "could not meet the others at " + place.master + ":" + std::to_string(place.port) + " (" + text.substr(0, text.find('\n')) + ")");
    }
}

#else

Result<std::shared_ptr<Ranks>> joinRanks(const RankPlace& place) {
    if (place.world == 1) return std::shared_ptr<Ranks>();
    return badInput("WORLD_SIZE", "this build trains in one process (no Gloo headers were found)", "1", std::to_string(place.world));
}

#endif

}  // namespace choreia::train
