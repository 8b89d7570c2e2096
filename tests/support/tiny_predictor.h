/// The smallest token predictor with every part of the real one.
#pragma once

#include "nn/gcn_mhw.h"

#include <cstdint>

namespace choreia::testing {

inline nn::GcnMhwConfig tinyPredictor(std::int64_t streams, std::int64_t codes, std::int64_t musicColumns) {
    nn::GcnMhwConfig c;
    c.streams = streams;
    c.codes = codes;
    c.codeSize = 8;
    c.nodeChannels = 4;
    c.width = 24;
    c.heads = 3;
    c.blocks = 2;
    c.window = 6;
    c.taps = 5;
    c.musicColumns = musicColumns;
    c.musicWidth = 12;
    c.styles = {"a", "b"};
    return c;
}

}  // namespace choreia::testing
