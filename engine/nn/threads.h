/// How many threads the networks' arithmetic uses.
#pragma once

namespace choreia::nn {

/// Sets torch's threads, and OpenBLAS's own where that is the BLAS: its idle threads spin, and beside torch's they made a training step
/// 1.7 times slower on two cores. Small matrices (one token at a time) are fastest with 1. Process-wide; call once at the start of a job.
void setComputeThreads(int threads);

/// Freed memory stays with the process for the next step instead of going back to the kernel: mapping and clearing pages anew was a quarter of a
/// training step. Process-wide; for long jobs whose steps need the same memory over and over. Does nothing where the C library is not glibc.
void keepFreedMemory();

/// While it lives, tensor work called from this thread stays on it; other threads are not touched. For work that is already spread over threads.
class OneThread {
public:
    OneThread();
    ~OneThread();
    OneThread(const OneThread&) = delete;
    OneThread& operator=(const OneThread&) = delete;

private:
    int before_;
};

}  // namespace choreia::nn
