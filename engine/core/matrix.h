/// A plain row-major table of float: rows x columns. The neutral value that passes between rooms.
#pragma once

#include <cassert>
#include <cstddef>
#include <span>
#include <vector>

namespace choreia {

struct Table {
    std::size_t rows = 0;
    std::size_t columns = 0;
    std::vector<float> values;  ///< rows * columns, row-major

    Table() = default;
    Table(std::size_t r, std::size_t c, float fill = 0.0f) : rows(r), columns(c), values(r * c, fill) {}
    float& at(std::size_t r, std::size_t c) {
        assert(r < rows && c < columns);
        return values[r * columns + c];
    }
    [[nodiscard]] float at(std::size_t r, std::size_t c) const {
        assert(r < rows && c < columns);
        return values[r * columns + c];
    }
    std::span<float> row(std::size_t r) { return {values.data() + r * columns, columns}; }
    [[nodiscard]] std::span<const float> row(std::size_t r) const { return {values.data() + r * columns, columns}; }
};

}  // namespace choreia
