/// HDF5 behind one door: the only file that knows H5. Everything under one process-wide mutex; the library's errors become Error.
#pragma once

#include "core/matrix.h"
#include "core/result.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace choreia::io {

/// An n-dimensional array of float (or uint8, converted on request).
struct Array {
    std::vector<std::uint64_t> shape;
    std::vector<float> values;
};

/// Reading. Paths inside the file are "group/dataset".
class H5Reader {
public:
    /// Error (BadInput): missing, not HDF5, truncated.
    static Result<H5Reader> open(const std::filesystem::path& path);
    H5Reader(H5Reader&&) noexcept;
    H5Reader& operator=(H5Reader&&) noexcept;
    ~H5Reader();
    [[nodiscard]] std::vector<std::string> groups(const std::string& parent = "/") const;
    [[nodiscard]] std::vector<std::string> datasets(const std::string& parent = "/") const;
    [[nodiscard]] bool exists(const std::string& name) const;
    [[nodiscard]] bool hasAttribute(const std::string& object, const std::string& name) const;
    /// Shape without reading; empty optional where there is no such dataset.
    [[nodiscard]] std::optional<std::vector<std::uint64_t>> shape(const std::string& dataset) const;
    /// Any integer or float dataset as float.
    Result<Array> readFloats(const std::string& dataset) const;
    /// Rows [first, first + count) of the first dimension.
    Result<Array> readRows(const std::string& dataset, std::uint64_t first, std::uint64_t count) const;
    Result<std::vector<double>> readDoubles(const std::string& dataset) const;
    Result<std::vector<std::int64_t>> readIntegers(const std::string& dataset) const;
    Result<std::vector<std::uint8_t>> readBytes(const std::string& dataset) const;
    Result<std::vector<std::uint8_t>> readByteRows(const std::string& dataset, std::uint64_t first, std::uint64_t count) const;
    /// A dataset of texts (variable or fixed length).
    Result<std::vector<std::string>> readTexts(const std::string& dataset) const;
    /// Attributes of an object ("/" for the file).
    Result<double> numberAttribute(const std::string& object, const std::string& name) const;
    Result<std::string> textAttribute(const std::string& object, const std::string& name) const;
    Result<std::vector<std::string>> textListAttribute(const std::string& object, const std::string& name) const;
    Result<std::vector<std::int64_t>> integerListAttribute(const std::string& object, const std::string& name) const;

private:
    struct State;
    explicit H5Reader(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

/// Writing a new file; intermediate groups are made. Use inside replaceFile() for atomicity; close() reports what the destructor cannot.
class H5Writer {
public:
    /// shownAs: the name for error lines, where path is the temporary of replaceFile().
    /// userBlock: bytes left free at the file's start for a header of our own (0, or a power of two from 512), filled after close().
    static Result<H5Writer> create(const std::filesystem::path& path, const std::filesystem::path& shownAs = {}, std::uint64_t userBlock = 0);
    H5Writer(H5Writer&&) noexcept;
    H5Writer& operator=(H5Writer&&) noexcept;
    ~H5Writer();
    Result<void> writeFloats(const std::string& dataset, const std::vector<std::uint64_t>& shape, const float* values, bool compress = false);
    Result<void> writeDoubles(const std::string& dataset, const std::vector<double>& values);
    Result<void> writeIntegers(const std::string& dataset, const std::vector<std::uint64_t>& shape, const std::int64_t* values);
    Result<void> writeBytes(const std::string& dataset, const std::vector<std::uint64_t>& shape, const std::uint8_t* values, bool compress = false);
    Result<void> numberAttribute(const std::string& object, const std::string& name, double value);
    Result<void> textAttribute(const std::string& object, const std::string& name, const std::string& value);
    Result<void> textListAttribute(const std::string& object, const std::string& name, const std::vector<std::string>& values);
    Result<void> integerListAttribute(const std::string& object, const std::string& name, const std::vector<std::int64_t>& values);
    Result<void> makeGroup(const std::string& group);
    Result<void> close();

private:
    struct State;
    explicit H5Writer(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace choreia::io
