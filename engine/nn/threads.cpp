// OpenBLAS and OpenMP are not linked by name, so their setters are looked up in what is loaded.
#include "nn/threads.h"

#include <torch/torch.h>

#include <algorithm>
#include <dlfcn.h>
#include <malloc.h>

namespace choreia::nn {

void setComputeThreads(int threads) {
    const int count = std::max(1, threads);
    at::set_num_threads(count);
    using Setter = void (*)(int);
    if (const auto set = reinterpret_cast<Setter>(::dlsym(RTLD_DEFAULT, "openblas_set_num_threads"))) set(count);
}

void keepFreedMemory() {
#ifdef __GLIBC__
    ::mallopt(M_MMAP_THRESHOLD, 1 << 30);
    ::mallopt(M_TRIM_THRESHOLD, 1 << 30);
    ::mallopt(M_TOP_PAD, 64 << 20);
#endif
}

namespace {

/// OpenMP's number of threads belongs to the thread that asks; torch's own setter would change it for all.
void setOwnThreads(int threads) {
    using Setter = void (*)(int);
    static const auto set = reinterpret_cast<Setter>(::dlsym(RTLD_DEFAULT, "omp_set_num_threads"));
    if (set) set(threads);
}

}  // namespace

OneThread::OneThread() : before_(at::get_num_threads()) { setOwnThreads(1); }

OneThread::~OneThread() { setOwnThreads(before_); }

}  // namespace choreia::nn
