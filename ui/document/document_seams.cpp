// Cross-fades between the blocks of the chosen dance.
#include "document/commands.h"
#include "document/document.h"

#include "choreo/seams.h"

#include <algorithm>
#include <cmath>

namespace choreia::ui {

std::optional<Document::Cut> Document::cutNear(double seconds) const {
    const auto now = dance();
    if (!now) return {};
    std::optional<Cut> nearest;
    for (const io::Block& block : now->dance.blocks)
        if (block.start > 1e-6 && (!nearest || std::abs(block.start - seconds) < std::abs(nearest->at - seconds))) nearest = Cut{block.start, 0};
    if (nearest)
        if (const io::Seam* seam = choreo::seamAt(now->dance, nearest->at)) nearest->fade = seam->fade;
    return nearest;
}

bool Document::requestCrossFade(double at, double fade) {
    const auto now = dance();
    const auto cut = cutNear(at);
    if (!now || !cut || std::abs(cut->at - at) > 1e-3) {
        inform(tr("The dance is one block."), tr("Lay other movement into it, or take a part from another take: where the two meet they can be blended."));
        return false;
    }
    if (!choreo::isSeam(now->dance, cut->at)) {
        inform(tr("There is nothing to blend here."), tr("The block was only split, and the movement runs through. Lay other movement beside it first."));
        return false;
    }
    const double most = choreo::longestFade(now->dance, cut->at);
    if (fade > 0) fade = most > 0 ? std::clamp(fade, choreo::kShortestFade, most) : -1;
    if (fade < 0) {
        inform(tr("There is no room for a cross-fade."), tr("It reaches to both sides of where the blocks meet, as far as the next block or the song's end."));
        return false;
    }
    if (std::abs(fade - cut->fade) < 1e-6) return false;
    auto laid = choreo::crossFaded(now->dance, cut->at, fade);
    return keepLaid(*now, std::move(laid), selection_, fade > 0 ? tr("Cross-fade") : tr("Take cross-fade back"));
}

}  // namespace choreia::ui
