// OpenBLAS is not linked by name, so its setter is looked up in what is loaded.
#include "nn/threads.h"

#include <torch/torch.h>

#include <algorithm>
#include <dlfcn.h>

namespace choreia::nn {

void setComputeThreads(int threads) {
    const int count = std::max(1, threads);
    at::set_num_threads(count);
    using Setter = void (*)(int);
    if (const auto set = reinterpret_cast<Setter>(::dlsym(RTLD_DEFAULT, "openblas_set_num_threads"))) set(count);
}

}  // namespace choreia::nn
