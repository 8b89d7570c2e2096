/// What a person holds on to, from the command line: an opening, and pinned poses out of motion files.
#pragma once

#include "choreo/control.h"
#include "core/result.h"

#include <CLI/CLI.hpp>

#include <string>
#include <vector>

namespace choreia::cli {

struct Controls {
    std::string opening;
    std::vector<std::string> pins;  ///< TIME=CLIP[@SECOND]

    void addTo(CLI::App& verb, bool withOpening);
    /// Reads the motion files. start: the song time at which the dance begins, taken off the pins' times; end: where it ends, in the song.
    /// Error (Usage): not TIME=CLIP[@SECOND], a time outside, a second outside its clip; (BadInput) as io::readClip.
    [[nodiscard]] Result<choreo::Constraints> load(double start, double end) const;
    /// What can be told without the song: every pin's form, and that its clip and the opening are there.
    [[nodiscard]] Result<void> check() const;
};

}  // namespace choreia::cli
