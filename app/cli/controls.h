/// What a person holds on to, from the command line: an opening, pinned poses out of motion files, energy and style along the song.
#pragma once

#include "choreo/control.h"
#include "core/result.h"
#include "io/project.h"

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

/// Energy and style along the song, from the command line.
struct Courses {
    std::vector<std::string> energy, styles;  ///< TIME=VALUE, TIME=STYLE

    void addTo(CLI::App& verb);
    /// In order of time. Error (Usage): not TIME=VALUE or TIME=STYLE, an energy outside -1..1, two at one time. Whether a style is one, the weights know.
    [[nodiscard]] Result<void> into(io::GenerateSettings& settings) const;
};

}  // namespace choreia::cli
