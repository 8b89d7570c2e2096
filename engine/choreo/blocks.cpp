// Blocks are known by where they begin; each lasts until the next.
#include "choreo/movement.h"

#include <algorithm>

namespace choreia::choreo {

namespace {

constexpr double kSameStart = 1e-3;  // s: nearer starts are one

/// Blocks of a dance, set down anew from its beginning to its end.
class Relaid {
public:
    Relaid(std::vector<io::Block> blocks, const std::string& whole) : blocks_(std::move(blocks)) {
        if (blocks_.empty() || blocks_.front().start > kSameStart) blocks_.insert(blocks_.begin(), {0, whole});
    }
    void add(double start, const std::string& name) {
        if (!out_.empty() && start - out_.back().start < kSameStart) out_.pop_back();
        out_.push_back({start, name});
    }
    void before(double begin) {
        for (const io::Block& block : blocks_)
            if (block.start < begin - kSameStart) add(block.start, block.name);
    }
    /// What lies from..to, at its new place.
    void move(double from, double to, double newFrom, double newTo) {
        for (std::size_t i = 0; i < blocks_.size(); ++i) {
            const bool over = i + 1 < blocks_.size() && blocks_[i + 1].start <= from + kSameStart;
            if (over || blocks_[i].start >= to - kSameStart) continue;
            add(newFrom + (std::max(blocks_[i].start, from) - from) * (newTo - newFrom) / (to - from), blocks_[i].name);
        }
    }
    [[nodiscard]] std::vector<io::Block> goOnFrom(double end) {
        const auto after = std::find_if(blocks_.rbegin(), blocks_.rend(), [end](const io::Block& block) { return block.start <= end + kSameStart; });
        add(end, after->name);
        for (const io::Block& block : blocks_)
            if (block.start > end + kSameStart) add(block.start, block.name);
        return std::move(out_);
    }
    [[nodiscard]] std::vector<io::Block> until(double duration) {
        std::erase_if(out_, [duration](const io::Block& block) { return block.start >= duration - kSameStart; });
        return std::move(out_);
    }

private:
    std::vector<io::Block> blocks_, out_;
};

}  // namespace

std::vector<io::Block> withBlock(std::vector<io::Block> blocks, double from, double to, const std::string& name, const std::string& whole) {
    if (blocks.empty() || blocks.front().start > kSameStart) blocks.insert(blocks.begin(), {0, whole});
    const auto after = std::find_if(blocks.rbegin(), blocks.rend(), [to](const io::Block& block) { return block.start <= to + kSameStart; });
    const io::Block goesOn{to, after->name};
    std::erase_if(blocks, [&](const io::Block& block) { return block.start >= from - kSameStart && block.start <= to + kSameStart; });
    const auto place = std::find_if(blocks.begin(), blocks.end(), [from](const io::Block& block) { return block.start > from; });
    blocks.insert(blocks.insert(place, goesOn), {from, name});
    return blocks;
}

std::vector<io::Block> exchanged(std::vector<io::Block> blocks, double begin, double cut, double end, double middle, const std::string& whole) {
    Relaid relaid(std::move(blocks), whole);
    relaid.before(begin);
    relaid.move(cut, end, begin, middle);
    relaid.move(begin, cut, middle, end);
    return relaid.goOnFrom(end);
}

std::vector<io::Block> takenOut(std::vector<io::Block> blocks, double from, double to, double middle, double duration, const std::string& whole) {
    Relaid relaid(std::move(blocks), whole);
    relaid.before(from);
    relaid.move(to, duration, from, middle);
    return relaid.goOnFrom(middle);
}

std::vector<io::Block> putIn(std::vector<io::Block> blocks, double at, double middle, double duration, const std::string& name, const std::string& whole) {
    Relaid relaid(std::move(blocks), whole);
    relaid.before(at);
    relaid.add(at, name);
    relaid.move(at, duration, middle, middle + duration - at);
    return relaid.until(duration);
}

std::pair<double, double> blockAt(std::span<const io::Block> blocks, double seconds, double duration) {
    double from = 0, to = duration;
    for (const io::Block& block : blocks) {
        if (block.start <= seconds) from = block.start;
        else {
            to = std::min(to, block.start);
            break;
        }
    }
    return {from, std::max(from, to)};
}

}  // namespace choreia::choreo
