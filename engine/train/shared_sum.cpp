// POSIX shared memory; elsewhere there is none, and sums go by Gloo.
#include "train/shared_sum.h"

#include "core/vectors.h"

#if defined(__unix__)
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>
#endif

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <random>
#include <thread>

namespace choreia::train {

namespace {

CHOREIA_FAST void add(float* to, const float* from, std::int64_t n) {
    for (std::int64_t i = 0; i < n; ++i) to[i] += from[i];
}

Error none(const std::string& name, const std::string& why) { return failed(name, "no memory to share: " + why); }

}  // namespace

#if defined(__unix__)

Result<std::unique_ptr<SharedSum>> SharedSum::make(int world) {
    std::random_device chance;
    const std::string name = "/choreia-" + std::to_string(chance()) + "-" + std::to_string(chance());
    const int descriptor = ::shm_open(name.c_str(), O_RDWR | O_CREAT | O_EXCL, 0600);
    if (descriptor < 0) return none(name, std::strerror(errno));
    std::unique_ptr<SharedSum> sum(new SharedSum(name, 0, world));
    sum->named_ = true;
    // Room is asked for now: memory that turns out to be none later ends a process without a word.
    const int full = ::posix_fallocate(descriptor, 0, static_cast<off_t>(bytes(world)));
    Result<void> mapped = full == 0 ? sum->map(descriptor) : none(name, std::strerror(full));
    ::close(descriptor);
    CHOREIA_TRY(mapped);
    new (sum->memory_) Head{};
    return sum;
}

Result<std::unique_ptr<SharedSum>> SharedSum::open(const std::string& name, int rank, int world) {
    const int descriptor = ::shm_open(name.c_str(), O_RDWR, 0600);
    if (descriptor < 0) return none(name, std::strerror(errno));
    std::unique_ptr<SharedSum> sum(new SharedSum(name, rank, world));
    const auto mapped = sum->map(descriptor);
    ::close(descriptor);
    CHOREIA_TRY(mapped);
    return sum;
}

Result<void> SharedSum::map(int descriptor) {
    void* const memory = ::mmap(nullptr, bytes(world_), PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
    if (memory == MAP_FAILED) return none(name_, std::strerror(errno));
    memory_ = memory;
    return {};
}

SharedSum::~SharedSum() {
    forgetName();
    if (memory_ != nullptr) ::munmap(memory_, bytes(world_));
}

void SharedSum::forgetName() {
    if (named_) ::shm_unlink(name_.c_str());
    named_ = false;
}

#else

Result<std::unique_ptr<SharedSum>> SharedSum::make(int) { return none("shared memory", "not on this system"); }
Result<std::unique_ptr<SharedSum>> SharedSum::open(const std::string& name, int, int) { return none(name, "not on this system"); }
SharedSum::~SharedSum() = default;
void SharedSum::forgetName() {}

#endif

float* SharedSum::slot(int area, int rank) const {
    return reinterpret_cast<float*>(static_cast<char*>(memory_) + kHead) + (static_cast<std::int64_t>(area) * world_ + rank) * kPiece;
}

// The last to come opens the next round.
bool SharedSum::meet() {
    using Clock = std::chrono::steady_clock;
    auto& head = *static_cast<Head*>(memory_);
    if (head.ended.load(std::memory_order_acquire) != 0) return false;
    const auto round = head.round.load(std::memory_order_acquire);
    if (head.arrived.fetch_add(1, std::memory_order_acq_rel) + 1 == static_cast<std::uint32_t>(world_)) {
        head.arrived.store(0, std::memory_order_relaxed);
        head.round.store(round + 1, std::memory_order_release);
        return true;
    }
    // All are about here: a moment of asking, then cores are left to whoever has none.
    const auto begin = Clock::now();
    for (int k = 0; head.round.load(std::memory_order_acquire) == round; ++k) {
        if (k < 256) continue;
        std::this_thread::yield();
        if (head.ended.load(std::memory_order_acquire) != 0) return false;
        if (k % 64 == 0 && Clock::now() - begin > std::chrono::seconds(10)) return false;
    }
    return true;
}

void SharedSum::giveUp() {
    if (memory_ != nullptr) static_cast<Head*>(memory_)->ended.store(1, std::memory_order_release);
}

bool SharedSum::addUp(float* values, std::int64_t n) {
    for (std::int64_t first = 0; first < n; first += kPiece) {
        const std::int64_t count = std::min(kPiece, n - first);
        const auto area = area_;
        area_ = 1 - area_;
        std::memcpy(slot(area, rank_), values + first, static_cast<std::size_t>(count) * sizeof(float));
        if (!meet()) return false;
        // Each adds up a part of its own, for all.
        const std::int64_t begin = count * rank_ / world_, end = count * (rank_ + 1) / world_;
        for (int r = 1; r < world_; ++r) add(slot(area, 0) + begin, slot(area, r) + begin, end - begin);
        if (!meet()) return false;
        std::memcpy(values + first, slot(area, 0), static_cast<std::size_t>(count) * sizeof(float));
    }
    return true;
}

}  // namespace choreia::train
