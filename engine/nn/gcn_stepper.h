/// GCN-MHW one step at a time on plain memory, for generation on the CPU: the sums of GcnMhwImpl::forward without a tensor library between them.
/// A step of a few rows is a hundred small operations, of which a tensor library's own work is most of the cost.
#pragma once

#include "nn/few_rows.h"

#include <torch/torch.h>

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace choreia::nn {

struct GcnMhwConfig;

/// What one row (a walker's hearer) remembers of its past; a value: a copy goes its own way.
struct GcnRowMemory {
    std::vector<float> ricker;        ///< [block, taps, joints * nodeChannels], a ring of the last taps steps
    std::vector<float> keys, values;  ///< [block, head, window, width / heads], rings of the last window steps
};

class GcnStepper {
public:
    /// parameters: those of a GcnMhwImpl by name, float32 on the CPU; operators, kernels: of each block's wavelets on the graph [filters, joints, joints] and
    /// along time [taps, 1, nodeChannels], oldest first. Takes a copy in its own order: about 10 ms.
    GcnStepper(const GcnMhwConfig& config, const torch::OrderedDict<std::string, torch::Tensor>& parameters, std::span<const torch::Tensor> operators,
               std::span<const torch::Tensor> kernels);
    ~GcnStepper();

    [[nodiscard]] GcnRowMemory emptyMemory() const;
    /// One step of every row. memory: a row each; walked: steps before this one; tokens: [rows, streams] of the step before; music: [rows] pointers to
    /// musicWidth numbers (rows that hear the same have the same pointer). -> body [rows, width] from which the streams are read. Rows do not know of one
    /// another: several threads may each advance some. Cost: about 0.2 ms a row on one core.
    void advance(std::span<GcnRowMemory> memory, std::int64_t walked, std::span<const std::int64_t> tokens, std::span<const float* const> music, std::int64_t style,
                 std::vector<float>& body) const;
    /// Logits of a stream, [rows, codes].
    void logits(std::span<const float> body, std::int64_t stream, std::vector<float>& out) const;
    /// The body hears which token a row's stream has taken.
    void tell(std::span<float> bodyOfRow, std::int64_t stream, std::int64_t token) const;

private:
    struct Parts;
    std::unique_ptr<const Parts> parts_;
};

}  // namespace choreia::nn
