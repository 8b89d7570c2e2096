/// Several processes that train one model together, each on its part of every batch (data-parallel), through LibTorch's c10d: over Gloo, and what lies on
/// CUDA devices over NCCL where this build has it (then each process of a machine takes a device of its own).
///
/// All hold the same weights and draw the same random numbers; each keeps the items of a batch that are its own, and gradients are averaged before every
/// step. Rank 0 alone measures, logs and writes. With dropout off the losses are those of one process with the same batch, to rounding.
#pragma once

#include "core/random.h"
#include "core/result.h"

#include <torch/torch.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace choreia::train {

/// Where a process stands among those that train together.
struct RankPlace {
    int rank = 0, world = 1;
    std::string master = "127.0.0.1";  ///< host of rank 0
    int port = 29500;                  ///< that rank 0 listens at
    int local = 0;                     ///< among the processes of its own machine
};

/// From the variables that torchrun and its like set: RANK, WORLD_SIZE, MASTER_ADDR, MASTER_PORT. Rank and size are else taken from Slurm's (SLURM_PROCID,
/// SLURM_NTASKS) or Open MPI's (OMPI_COMM_WORLD_RANK, _SIZE), but only where MASTER_ADDR is set: a batch script has Slurm's variables too and is alone. The place on the
/// machine: LOCAL_RANK, SLURM_LOCALID or OMPI_COMM_WORLD_LOCAL_RANK, 0 where none is set.
/// variable: its text, or null. Error (Usage) for what is not a number, a rank outside of the world, or a world without an address.
Result<RankPlace> placeFromEnvironment(const std::function<const char*(const char*)>& variable);

/// Another process of the group is gone; what() names it.
struct RankLost : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// The group of processes, seen from one of them. Every call is made by all of them, in the same order, on tensors of the same shapes.
class Ranks {
public:
    virtual ~Ranks() = default;
    [[nodiscard]] virtual int rank() const = 0;
    [[nodiscard]] virtual int world() const = 0;
    /// The sum over all ranks, in place; any device. Throws RankLost.
    virtual void addUp(torch::Tensor& values) = 0;
    /// The same begun now and to be waited for later, by calling what is returned; values are not to be touched until then. What other calls come between is the same on all ranks.
    virtual std::function<void()> beginAddUp(torch::Tensor& values) = 0;
    /// Rank 0's values, in place. Throws RankLost.
    virtual void fromFirst(torch::Tensor& values) = 0;
};

/// Waits until all are there (five minutes at most). A world of one gives null. Error (BadInput) where this LibTorch or build has no Gloo, or who is
/// missing; (Failed) where rank 0 cannot be reached.
Result<std::shared_ptr<Ranks>> joinRanks(const RankPlace& place);

/// The CUDA device of a process, of so many on its machine: they are dealt out in turn.
int cudaDeviceOf(const RankPlace& place, int devices);

/// The part of every batch that a process takes. By default: all of it.
struct Share {
    std::shared_ptr<Ranks> ranks;  ///< null: alone

    [[nodiscard]] std::int64_t rank() const { return ranks ? ranks->rank() : 0; }
    [[nodiscard]] std::int64_t world() const { return ranks ? ranks->world() : 1; }
    /// Generators of the batch's items that are this process's. All processes draw the same ones.
    std::vector<Random> itemsOf(std::int64_t batch, Random& random) const;
    /// What a loss is divided by where not all of a batch counts: weight's sum over all ranks, at least 1, a rank's part of it, so that the average of the
    /// ranks' losses is the loss of the whole batch.
    [[nodiscard]] torch::Tensor divisor(const torch::Tensor& weight) const;
    /// The same begun now and asked for later (once), so that no process waits for the slowest meanwhile.
    [[nodiscard]] std::function<torch::Tensor()> divisorLater(const torch::Tensor& weight) const;
};

/// Error (Usage) where a batch cannot be shared out evenly.
Result<void> checkShare(const Share& share, std::int64_t batch);

}  // namespace choreia::train
