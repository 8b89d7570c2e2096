// Edits that push the rest of the dance: a part taken out, movement put in.
#include "document/document.h"

#include <algorithm>

namespace choreia::ui {

bool Document::requestTakeOut() {
    const auto now = dance();
    if (!now || !selection_ || now->dance.clip.frames() == 0) {
        inform(tr("Nothing is selected."), tr("Drag over the bars in the timeline, or double-click a block, then take out what is danced there."));
        return false;
    }
    const TimeRange part = *selection_;
    if (std::min(state_.duration, now->dance.clip.seconds()) - part.to < 0.5) {
        inform(tr("Nothing follows this part."), tr("What follows moves up to take the part's place; at the song's end there is nothing to move."));
        return false;
    }
    auto laid = choreo::takenOut(now->dance, part.from, part.to, state_.grid.beats);
    if (laid.ok()) laid->dance.blocks = choreo::takenOut(now->dance.blocks, part.from, part.to, laid->middle, state_.duration, nameOfWhole(now->dance).toStdString());
    return keepLaid(*now, std::move(laid), {}, tr("Take part out"));
}

bool Document::requestPutIn(const choreo::Movement& movement, double at, const QString& text) {
    const auto now = dance();
    if (!now || now->dance.clip.frames() == 0) {
        inform(tr("There is no dance yet."), tr("Press Generate dance, then put movement into it."));
        return false;
    }
    if (tooShort(at, std::min(choreo::endOf(movement, at, state_.grid.beats), std::min(state_.duration, now->dance.clip.seconds())))) return false;
    auto laid = choreo::putIn(now->dance, at, movement, state_.grid.beats);
    const double middle = laid.ok() ? laid->middle : at;
    if (laid.ok()) laid->dance.blocks = choreo::putIn(now->dance.blocks, at, middle, state_.duration, movement.name, nameOfWhole(now->dance).toStdString());
    return keepLaid(*now, std::move(laid), TimeRange{at, middle}, text);
}

}  // namespace choreia::ui
