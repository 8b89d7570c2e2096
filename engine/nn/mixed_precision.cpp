// Torch's own autocast.
#include "nn/mixed_precision.h"

#include <ATen/autocast_mode.h>

namespace choreia::nn {

namespace {
void setAutocast(bool cuda, bool on) {
    if (cuda) {
        at::autocast::set_enabled(on);
        at::autocast::set_autocast_gpu_dtype(torch::kBFloat16);
    } else {
        at::autocast::set_cpu_enabled(on);
        at::autocast::set_autocast_cpu_dtype(torch::kBFloat16);
    }
}
}  // namespace

bool quickInBfloat16(const torch::Device& device) {
    if (device.is_cuda()) return true;
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
    return __builtin_cpu_supports("avx512bf16") != 0;  // those with AMX have it too
#else
    return false;
#endif
}

MixedPrecision::MixedPrecision(const torch::Device& device, bool on) : cuda_(device.is_cuda()), on_(on) {
    if (on_) setAutocast(cuda_, true);
}

MixedPrecision::~MixedPrecision() {
    if (!on_) return;
    setAutocast(cuda_, false);
    at::autocast::clear_cache();  // converted weights are of this step
}

}  // namespace choreia::nn
