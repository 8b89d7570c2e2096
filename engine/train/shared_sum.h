/// Sums over the processes of one machine, through memory that they share: what Gloo sends through sockets, at some four times their speed. Internal to the room.
#pragma once

#include "core/result.h"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace choreia::train {

class SharedSum {
public:
    /// Memory of a new name, of rank 0 of so many. Error (Failed) where there is none, or no room.
    static Result<std::unique_ptr<SharedSum>> make(int world);
    /// The same memory, seen from another rank. Error (Failed) where no memory has the name: on another machine.
    static Result<std::unique_ptr<SharedSum>> open(const std::string& name, int rank, int world);
    SharedSum(const SharedSum&) = delete;
    SharedSum& operator=(const SharedSum&) = delete;
    ~SharedSum();

    [[nodiscard]] const std::string& name() const { return name_; }
    /// Takes the name away once all have opened it: nothing is left behind, however they end.
    void forgetName();
    /// The sum over all ranks, in place, in the order of the ranks, so that it is the same to the bit in all. Every rank calls it with as many numbers, and is known to be there: false where
    /// one does not come within ten seconds, or has given up. Goes through memory some three times a rank, in pieces that stay in the cache.
    [[nodiscard]] bool addUp(float* values, std::int64_t n);
    /// Ends the sums of all ranks, for one is gone: who waits need not wait longer.
    void giveUp();

private:
    static constexpr std::int64_t kPiece = 1 << 18;  // numbers
    struct Head {
        std::atomic<std::uint32_t> arrived, round, ended;
    };
    SharedSum(std::string name, int rank, int world) : name_(std::move(name)), rank_(rank), world_(world) {}
    Result<void> map(int descriptor);
    [[nodiscard]] static std::size_t bytes(int world) { return kHead + 2 * static_cast<std::size_t>(world) * kPiece * sizeof(float); }
    [[nodiscard]] float* slot(int area, int rank) const;
    [[nodiscard]] bool meet();
    static constexpr std::size_t kHead = 4096;

    std::string name_;
    int rank_, world_;
    int area_ = 0;  ///< of two by turns: who is quick writes the next piece where nobody reads the last one still
    bool named_ = false;
    void* memory_ = nullptr;
};

}  // namespace choreia::train
