// Movement of the chosen part: laid in elsewhere, exchanged, danced in other time, taken from another take; and the blocks that say where it comes from.
#include "document/commands.h"
#include "document/document.h"

#include "motion/kinematics.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>

namespace choreia::ui {

namespace {

constexpr double kShortest = 0.5;  // s, of what can be laid in

/// The snapshot of a dance of which only frames [first, end) are new.
std::shared_ptr<const DanceSnapshot> snapshotOf(const DanceSnapshot& now, choreo::Laid laid) {
    auto made = std::make_shared<DanceSnapshot>(DanceSnapshot{std::move(laid.dance), now.positions});
    for (std::size_t f = laid.first; f < laid.end; ++f)
        motion::forwardKinematics(motion::Skeleton::body(), made->dance.clip.root[f], made->dance.clip.pose(f), made->positions.frame(f));
    return made;
}

}  // namespace

QString nameOfWhole(const io::Dance& dance) {
    return dance.settings.style.empty() || dance.settings.style == "auto" ? QCoreApplication::translate("Document", "dance") : QString::fromStdString(dance.settings.style);
}

bool Document::tooShort(double from, double to) {
    if (to - from >= kShortest - 1e-9) return false;
    inform(tr("There is too little room."), tr("Movement is laid in over half a second or more; choose a longer part, or an earlier place."));
    return true;
}

std::optional<choreo::Movement> Document::movementOfSelection() {
    const auto now = dance();
    if (!now || !selection_ || now->dance.clip.frames() == 0) {
        inform(tr("Nothing is selected."), tr("Drag over the bars in the timeline, or double-click a block, then copy what is danced there."));
        return {};
    }
    if (tooShort(selection_->from, selection_->to)) return {};
    auto movement = choreo::movementOf(now->dance, selection_->from, selection_->to, state_.grid.beats);
    if (movement.name.empty()) movement.name = nameOfWhole(now->dance).toStdString();
    return movement;
}

bool Document::keepLaid(const DanceSnapshot& now, Result<choreo::Laid> laid, std::optional<TimeRange> place, const QString& text) {
    if (!laid.ok()) {
        Q_EMIT message(messageOf(Task::Generate, tr("The movement could not be laid in."), laid.error()));
        return false;
    }
    const double songEnd = std::min(state_.duration, laid->dance.clip.seconds()) - 1e-3;
    std::erase_if(laid->dance.blocks, [songEnd](const io::Block& block) { return block.start >= songEnd; });
    std::erase_if(laid->dance.seams, [&laid](const io::Seam& seam) {  // of blocks that are joined or gone
        return std::none_of(laid->dance.blocks.begin(), laid->dance.blocks.end(), [&seam](const io::Block& block) { return std::abs(block.start - seam.at) < 1e-3; });
    });
    undo_.push(new DanceCommand(*this, chosen_, snapshotOf(now, std::move(laid).value()), text));
    select(place);
    return true;
}

bool Document::requestMovement(const choreo::Movement& movement, double at, const QString& text) {
    const auto now = dance();
    if (!now || now->dance.clip.frames() == 0) {
        inform(tr("There is no dance yet."), tr("Press Generate dance, then lay movement into it."));
        return false;
    }
    const double end = std::min(choreo::endOf(movement, at, state_.grid.beats), std::min(state_.duration, now->dance.clip.seconds()));
    if (tooShort(at, end)) return false;
    auto laid = choreo::lay(now->dance, at, end, movement, state_.grid.beats);
    if (laid.ok()) laid->dance.blocks = choreo::withBlock(now->dance.blocks, at, end, movement.name, nameOfWhole(now->dance).toStdString());
    return keepLaid(*now, std::move(laid), TimeRange{at, end}, text);
}

bool Document::requestDuplicate() {
    const auto movement = movementOfSelection();
    return movement && requestMovement(*movement, selection_->to, tr("Duplicate movement"));
}

bool Document::requestOtherTime(double speed) {
    const auto movement = movementOfSelection();
    if (!movement) return false;
    const auto now = dance();
    const TimeRange part = *selection_;
    const std::string name = movement->name + (speed < 1 ? tr(", half time") : tr(", double time")).toStdString();
    auto laid = choreo::lay(now->dance, part.from, part.to, *movement, state_.grid.beats, speed);
    // In double time it is over in half the part, and danced once more.
    if (laid.ok() && speed > 1) {
        const double middle = std::min(choreo::endOf(*movement, part.from, state_.grid.beats, speed), part.to);
        if (tooShort(part.from, middle) || tooShort(middle, part.to)) return false;
        laid = choreo::lay(now->dance, part.from, middle, *movement, state_.grid.beats, speed);
        if (laid.ok()) {
            const std::size_t first = laid->first;
            laid = choreo::lay(laid->dance, middle, part.to, *movement, state_.grid.beats, speed);
            if (laid.ok()) laid->first = first;
        }
    }
    if (laid.ok()) laid->dance.blocks = choreo::withBlock(now->dance.blocks, part.from, part.to, name, nameOfWhole(now->dance).toStdString());
    return keepLaid(*now, std::move(laid), part, speed < 1 ? tr("Half time") : tr("Double time"));
}

bool Document::requestExchange(double at) {
    const auto now = dance();
    if (!now || !selection_) return false;
    const TimeRange part = *selection_;
    at = std::clamp(at, 0.0, std::min(state_.duration, now->dance.clip.seconds()));
    if (at > part.from - 1e-6 && at < part.to + 1e-6) return false;  // it is there already
    const bool later = at > part.to;
    if (later ? tooShort(part.to, at) : tooShort(at, part.from)) return false;
    if (tooShort(part.from, part.to)) return false;
    auto laid = choreo::exchange(now->dance, part.from, part.to, at, state_.grid.beats);
    const double begin = std::min(part.from, at), cut = later ? part.to : part.from, end = std::max(part.to, at);
    const double middle = laid.ok() ? laid->middle : 0;
    if (laid.ok()) laid->dance.blocks = choreo::exchanged(now->dance.blocks, begin, cut, end, middle, nameOfWhole(now->dance).toStdString());
    const TimeRange place = later ? TimeRange{middle, end} : TimeRange{begin, middle};
    return keepLaid(*now, std::move(laid), place, tr("Move movement"));
}

bool Document::requestPartOfTake(int take) {
    const auto now = dance();
    if (!now || !selection_ || take < 0 || take >= static_cast<int>(takes_.size()) || !takes_[static_cast<std::size_t>(take)]) {
        inform(tr("Nothing is selected, or there are no takes."), tr("Make three takes, choose a part in the timeline, and take it from the one you like best."));
        return false;
    }
    const TimeRange part = *selection_;
    if (tooShort(part.from, part.to)) return false;
    const auto movement = choreo::movementOf(takes_[static_cast<std::size_t>(take)]->dance, part.from, part.to, state_.grid.beats);
    auto laid = choreo::lay(now->dance, part.from, part.to, movement, state_.grid.beats);
    if (laid.ok())
        laid->dance.blocks = choreo::withBlock(now->dance.blocks, part.from, part.to, tr("take %1").arg(take + 1).toStdString(), nameOfWhole(now->dance).toStdString());
    return keepLaid(*now, std::move(laid), part, tr("Part of take %1").arg(take + 1));
}

bool Document::requestSplit(double seconds) {
    const auto now = dance();
    if (!now || now->dance.clip.frames() == 0) return false;
    constexpr double kApart = 0.1;  // s
    const auto [from, to] = choreo::blockAt(now->dance.blocks, seconds, state_.duration);
    if (seconds - from < kApart || to - seconds < kApart) {
        inform(tr("The block ends here already."), tr("Move the playhead to where it shall be split."));
        return false;
    }
    auto made = std::make_shared<DanceSnapshot>(*now);
    auto& blocks = made->dance.blocks;
    if (blocks.empty()) blocks.push_back({0, nameOfWhole(now->dance).toStdString()});
    const auto after = std::find_if(blocks.begin(), blocks.end(), [&, start = seconds](const io::Block& block) { return block.start > start; });
    blocks.insert(after, {seconds, std::prev(after)->name});
    undo_.push(new DanceCommand(*this, chosen_, std::move(made), tr("Split block")));
    return true;
}

bool Document::requestJoin(double seconds) {
    const auto now = dance();
    if (!now) return false;
    auto made = std::make_shared<DanceSnapshot>(*now);
    auto& blocks = made->dance.blocks;
    const auto nearest = std::min_element(blocks.begin(), blocks.end(), [seconds](const io::Block& a, const io::Block& b) {
        const auto away = [seconds](const io::Block& block) { return block.start < 1e-6 ? 1e9 : std::abs(block.start - seconds); };
        return away(a) < away(b);
    });
    if (nearest == blocks.end() || nearest->start < 1e-6) {
        inform(tr("The dance is one block."), tr("S splits it at the playhead."));
        return false;
    }
    blocks.erase(nearest);
    if (blocks.size() == 1) blocks.clear();
    undo_.push(new DanceCommand(*this, chosen_, std::move(made), tr("Join blocks")));
    return true;
}

void Document::selectBlock(double seconds, bool on) {
    const auto now = dance();
    if (!now) return;
    const auto [from, to] = choreo::blockAt(now->dance.blocks, seconds, state_.duration);
    TimeRange part{from, to};
    if (on && selection_ && now->dance.blocks.empty()) part = snappedRange(state_.grid, state_.duration, seconds, seconds);
    if (on && selection_) part = {std::min(part.from, selection_->from), std::max(part.to, selection_->to)};
    select(part);
}

}  // namespace choreia::ui
