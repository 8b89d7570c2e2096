/// Numpy arrays out of a Python pickle, without running any of its code: only numbers, texts, tuples, lists, dictionaries and
/// numpy arrays are understood (protocols 2 to 5); anything else in the file is an error by name.
#pragma once

#include "core/result.h"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace choreia::io {

/// A numpy array of real numbers, as double, row-major.
struct PickledArray {
    std::vector<std::uint64_t> shape;
    std::vector<double> values;
};

/// Arrays and plain numbers (as arrays of shape []) of the dictionary at the pickle's top, by name; entries of other kinds are
/// left out. Error (BadInput): damaged, cut short, no dictionary at the top, or a Python object that is not a numpy array.
Result<std::map<std::string, PickledArray>> readPickledArrays(std::string_view bytes, const std::string& where);

} // namespace choreia::io
