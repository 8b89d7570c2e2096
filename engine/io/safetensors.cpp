// Weights in and out. Every claim of the header is checked against the file before anything is allocated by it.
#include "io/safetensors.h"

#include "core/atomic_file.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <optional>
#include <set>
#include <string_view>
#include <vector>

namespace choreia::io {

namespace {

using Json = nlohmann::json;

constexpr std::uint64_t kMostHeader = 100'000'000;  // the format's own bound
constexpr const char* kMetadata = "__metadata__";

struct TypeName {
    DType type;
    std::string_view name;
    std::uint64_t size;
};
constexpr std::array<TypeName, 3> kTypes = {{{DType::I64, "I64", 8}, {DType::F32, "F32", 4}, {DType::F16, "F16", 2}}};

const TypeName& typeOf(DType type) {
    return *std::find_if(kTypes.begin(), kTypes.end(), [type](const TypeName& t) { return t.type == type; });
}

// Bytes that a shape needs; none where that is beyond 2^62.
std::optional<std::uint64_t> bytesOf(const std::vector<std::int64_t>& shape, std::uint64_t size) {
    std::uint64_t product = size;
    for (const auto extent : shape) {
        if (extent < 0) return std::nullopt;
        if (extent == 0) return 0;
    }
    for (const auto extent : shape) {
        if (product > (std::uint64_t{1} << 62) / static_cast<std::uint64_t>(extent)) return std::nullopt;
        product *= static_cast<std::uint64_t>(extent);
    }
    return product;
}

struct Range {
    std::uint64_t begin = 0, end = 0;
    std::string name;
};

bool isCount(const Json& value) { return value.is_number_unsigned() && value.get<std::uint64_t>() <= (std::uint64_t{1} << 62); }

// Reads the description of one tensor; its bytes come later.
Result<Range> describe(const std::string& where, const std::string& name, const Json& value, std::uint64_t dataSize, TensorEntry& entry) {
    const std::string label = "tensor '" + name + "'";
    if (!value.is_object()) return badInput(where, label + " is not described by an object");
    const auto dtype = value.find("dtype"), shape = value.find("shape"), offsets = value.find("data_offsets");
    if (dtype == value.end() || !dtype->is_string()) return badInput(where, label + " has no dtype");
    const auto& typeName = dtype->get_ref<const std::string&>();
    const auto type = std::find_if(kTypes.begin(), kTypes.end(), [&](const TypeName& t) { return t.name == typeName; });
    if (type == kTypes.end()) return badInput(where, label + ": type not supported", "F32, F16 or I64", typeName);
    entry.type = type->type;
    if (shape == value.end() || !shape->is_array()) return badInput(where, label + " has no shape");
    for (const auto& extent : *shape) {
        if (!isCount(extent)) return badInput(where, label + ": shape is not made of counts", {}, extent.dump());
        entry.shape.push_back(extent.get<std::int64_t>());
    }
    if (offsets == value.end() || !offsets->is_array() || offsets->size() != 2 || !isCount((*offsets)[0]) || !isCount((*offsets)[1])) {
        return badInput(where, label + " has no data_offsets of two counts");
    }
    const Range range{(*offsets)[0].get<std::uint64_t>(), (*offsets)[1].get<std::uint64_t>(), name};
    if (range.begin > range.end || range.end > dataSize) {
        return badInput(where, label + ": offsets out of range", "up to " + std::to_string(dataSize),
                        std::to_string(range.begin) + ".." + std::to_string(range.end));
    }
    const auto needed = bytesOf(entry.shape, type->size);
    if (!needed || *needed != range.end - range.begin) {
        return badInput(where, label + ": size does not fit its shape", needed ? std::to_string(*needed) + " bytes" : "a possible shape",
                        std::to_string(range.end - range.begin) + " bytes");
    }
    return range;
}

Result<Json> parseHeader(const std::string& where, const std::string& text) {
    if (text.empty() || text[0] != '{') return badInput(where, "header is not a JSON object");
    std::set<std::string> seen;
    std::string repeated;
    const auto watch = [&](int depth, Json::parse_event_t event, Json& parsed) {
        if (event == Json::parse_event_t::key && depth == 1 && !seen.insert(parsed.get<std::string>()).second) repeated = parsed.get<std::string>();
        return true;
    };
    Json header = Json::parse(text, watch, false);
    if (header.is_discarded() || !header.is_object()) return badInput(where, "header is not a JSON object");
    if (!repeated.empty()) return badInput(where, "tensor '" + repeated + "' is described twice");
    return header;
}

}  // namespace

Result<TensorTable> readSafetensors(const std::filesystem::path& path) {
    namespace fs = std::filesystem;
    const std::string where = path.string();
    std::error_code code;
    const auto status = fs::status(path, code);
    if (!fs::exists(status)) return badInput(where, "no such file");
    if (!fs::is_regular_file(status)) return badInput(where, "cannot be read", "a file", fs::is_directory(status) ? "a directory" : "a device");
    const std::uint64_t size = fs::file_size(path, code);
    std::ifstream in(path, std::ios::binary);
    if (!in) return badInput(where, std::string("cannot be read: ") + std::strerror(errno));
    if (size < 8) return badInput(where, "is not a safetensors file", "at least 8 bytes", std::to_string(size));

    std::array<unsigned char, 8> prefix{};
    in.read(reinterpret_cast<char*>(prefix.data()), 8);
    std::uint64_t length = 0;
    for (std::size_t i = 8; i-- > 0;) length = (length << 8) | prefix[i];
    if (length > kMostHeader || length > size - 8) {
        return badInput(where, "is not a safetensors file or is cut short", "a header of at most " + std::to_string(std::min(kMostHeader, size - 8)) + " bytes",
                        std::to_string(length));
    }
    std::string text(length, '\0');
    in.read(text.data(), static_cast<std::streamsize>(length));
    if (!in) return badInput(where, "cannot be read to its end");
    CHOREIA_ASSIGN(const Json header, parseHeader(where, text));

    TensorTable table;
    std::vector<Range> ranges;
    const std::uint64_t dataSize = size - 8 - length;
    for (const auto& [name, value] : header.items()) {
        if (name == kMetadata) {
            if (!value.is_object()) return badInput(where, "metadata is not an object");
            for (const auto& [key, item] : value.items()) {
                if (!item.is_string()) return badInput(where, "metadata '" + key + "' is not text");
                table.metadata[key] = item.get<std::string>();
            }
            continue;
        }
        TensorEntry entry;
        CHOREIA_ASSIGN(Range range, describe(where, name, value, dataSize, entry));
        ranges.push_back(std::move(range));
        table.tensors.emplace(name, std::move(entry));
    }
    std::sort(ranges.begin(), ranges.end(), [](const Range& a, const Range& b) { return std::pair(a.begin, a.end) < std::pair(b.begin, b.end); });
    std::uint64_t covered = 0;
    for (const auto& range : ranges) {
        if (range.begin < covered) return badInput(where, "tensor '" + range.name + "' overlaps another");
        if (range.begin > covered) return badInput(where, "bytes that belong to no tensor stand before '" + range.name + "'");
        covered = range.end;
    }
    if (covered != dataSize) return badInput(where, "bytes that belong to no tensor", std::to_string(covered), std::to_string(dataSize));
    for (const auto& range : ranges) {
        auto& bytes = table.tensors[range.name].bytes;
        bytes.resize(range.end - range.begin);
        in.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
        if (!in) return badInput(where, "cannot be read to its end");
    }
    return table;
}

Result<void> writeSafetensors(const std::filesystem::path& path, const TensorTable& table) {
    const std::string where = path.string();
    // Wide types first, so that every array lies on a multiple of its own size.
    std::vector<std::pair<std::string, const TensorEntry*>> order;
    for (const auto& [name, entry] : table.tensors) {
        const auto needed = bytesOf(entry.shape, typeOf(entry.type).size);
        if (name == kMetadata || !needed || *needed != entry.bytes.size()) {
            return failed(where, "tensor '" + name + "' cannot be written", needed ? std::to_string(*needed) + " bytes" : "a possible shape",
                          std::to_string(entry.bytes.size()) + " bytes");
        }
        order.emplace_back(name, &entry);
    }
    std::stable_sort(order.begin(), order.end(), [](const auto& a, const auto& b) { return typeOf(a.second->type).size > typeOf(b.second->type).size; });

    Json header = Json::object();
    if (!table.metadata.empty()) header[kMetadata] = table.metadata;
    std::uint64_t offset = 0;
    for (const auto& [name, entry] : order) {
        const std::uint64_t end = offset + entry->bytes.size();
        header[name] = {{"dtype", typeOf(entry->type).name}, {"shape", entry->shape}, {"data_offsets", {offset, end}}};
        offset = end;
    }
    std::string text = header.dump(-1, ' ', false, Json::error_handler_t::replace);
    text.append((8 - text.size() % 8) % 8, ' ');

    return replaceFile(path, [&](const std::filesystem::path& temporary) -> Result<void> {
        std::ofstream out(temporary, std::ios::binary);
        std::array<char, 8> prefix{};
        for (std::size_t i = 0; i < 8; ++i) prefix[i] = static_cast<char>((static_cast<std::uint64_t>(text.size()) >> (8 * i)) & 0xff);
        out.write(prefix.data(), 8);
        out.write(text.data(), static_cast<std::streamsize>(text.size()));
        for (const auto& [name, entry] : order) {
            out.write(reinterpret_cast<const char*>(entry->bytes.data()), static_cast<std::streamsize>(entry->bytes.size()));
        }
        out.close();
        if (!out) return failed(where, std::string("cannot be written: ") + std::strerror(errno));
        return {};
    });
}

}  // namespace choreia::io
