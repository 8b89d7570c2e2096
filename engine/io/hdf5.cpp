// HDF5 through its C interface (no exceptions, no C++ ABI to match with LibTorch's): handles close themselves, every failure becomes an Error
// with the file, the object and the library's own innermost reason.
#include "io/hdf5.h"

#include <hdf5.h>

#include <algorithm>
#include <cstring>
#include <functional>
#include <limits>
#include <mutex>
#include <new>
#include <numeric>
#include <utility>

namespace choreia::io {

namespace {

// The library keeps global state and Debian's build is not thread-safe.
std::recursive_mutex& libraryMutex() {
    static std::recursive_mutex mutex;
    return mutex;
}

class Lock {
public:
    Lock() : guard_(libraryMutex()) {
        // Handles close themselves; the library's own clean-up at exit crashes after a file that met a full disk.
        static const bool once = H5dont_atexit() >= 0;
        static_cast<void>(once);
        H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
    }

private:
    std::lock_guard<std::recursive_mutex> guard_;
};

class Handle {
public:
    Handle() = default;
    Handle(hid_t id, herr_t (*closeId)(hid_t)) : id_(id), close_(closeId) {}
    Handle(Handle&& other) noexcept : id_(std::exchange(other.id_, hid_t{-1})), close_(other.close_) {}
    Handle& operator=(Handle&& other) noexcept {
        std::swap(id_, other.id_);
        std::swap(close_, other.close_);
        return *this;
    }
    ~Handle() { close(); }
    [[nodiscard]] bool valid() const { return id_ >= 0; }
    operator hid_t() const { return id_; }  // NOLINT: stands for the id in every call
    bool close() {
        if (id_ < 0) return true;
        return close_(std::exchange(id_, hid_t{-1})) >= 0;
    }

private:
    hid_t id_ = -1;
    herr_t (*close_)(hid_t) = nullptr;
};

// The innermost entry of the library's error stack says what really happened ("No space left on device").
std::string libraryReason() {
    std::string text;
    H5Ewalk2(
        H5E_DEFAULT, H5E_WALK_UPWARD,
        [](unsigned, const H5E_error2_t* entry, void* out) -> herr_t {
            if (entry->desc) *static_cast<std::string*>(out) = entry->desc;
            return 1;
        },
        &text);
    H5Eclear2(H5E_DEFAULT);
    return text;
}

std::string withReason(std::string what) {
    std::string reason = libraryReason();
    if (const auto at = reason.find("error message = '"); at != std::string::npos) {
        reason = reason.substr(at + 17);
        reason = reason.substr(0, reason.find('\''));
    }
    return reason.empty() ? what : what + ": " + reason;
}

std::uint64_t productOf(const std::vector<std::uint64_t>& shape, std::uint64_t limit) {
    std::uint64_t product = 1;
    for (const auto extent : shape) {
        if (extent == 0) return 0;
        if (product > limit / extent) return limit + 1;
        product *= extent;
    }
    return product;
}

constexpr std::uint64_t kMostElements = std::uint64_t{1} << 33;

std::vector<std::uint64_t> extentOf(hid_t space) {
    const int rank = H5Sget_simple_extent_ndims(space);
    if (rank <= 0) return {};
    std::vector<hsize_t> extent(static_cast<std::size_t>(rank));
    H5Sget_simple_extent_dims(space, extent.data(), nullptr);
    return {extent.begin(), extent.end()};
}

bool isNumeric(hid_t type) {
    const H5T_class_t kind = H5Tget_class(type);
    return kind == H5T_INTEGER || kind == H5T_FLOAT || kind == H5T_ENUM;  // h5py's booleans are enumerations
}

// Every step of the way must be there, or the library reports an error instead of "no".
bool linkExists(hid_t file, const std::string& name) {
    if (name.empty() || name == "/") return true;
    for (std::size_t at = name[0] == '/' ? 1 : 0; at <= name.size();) {
        const std::size_t slash = std::min(name.find('/', at), name.size());
        if (slash > at && H5Lexists(file, name.substr(0, slash).c_str(), H5P_DEFAULT) <= 0) return false;
        at = slash + 1;
    }
    return H5Oexists_by_name(file, name.c_str(), H5P_DEFAULT) > 0;
}

Handle openObject(hid_t file, const std::string& name) {
    return {H5Oopen(file, name.empty() ? "/" : name.c_str(), H5P_DEFAULT), H5Oclose};
}

std::vector<std::string> children(hid_t file, const std::string& parent, H5O_type_t kind) {
    const Lock lock;
    std::vector<std::string> names;
    if (!linkExists(file, parent)) return names;
    const Handle group(H5Gopen2(file, parent.empty() ? "/" : parent.c_str(), H5P_DEFAULT), H5Gclose);
    if (!group.valid()) return names;
    struct Visit {
        std::vector<std::string>* names;
        H5O_type_t kind;
    } visit{&names, kind};
    H5Literate(
        group, H5_INDEX_NAME, H5_ITER_INC, nullptr,
        [](hid_t id, const char* name, const H5L_info_t*, void* out) -> herr_t {
            auto& v = *static_cast<Visit*>(out);
            H5O_info_t info;
            if (H5Oget_info_by_name2(id, name, &info, H5O_INFO_BASIC, H5P_DEFAULT) >= 0 && info.type == v.kind) v.names->emplace_back(name);
            return 0;
        },
        &visit);
    H5Eclear2(H5E_DEFAULT);
    return names;
}

}  // namespace

// ---------------------------------------------------------------------------------------------------------------- reading

struct H5Reader::State {
    Handle file;
    std::string where;
    std::uint64_t bytes = 0;

    ~State() {
        const Lock lock;
        file.close();
    }
    Error bad(const std::string& what, std::string expected = {}, std::string found = {}) const {
        return badInput(where, withReason(what), std::move(expected), std::move(found));
    }

    // Rows [first, first + count) of a dataset (all where count is none) as memory type `type` of T.
    template <class T>
    Result<std::vector<T>> read(const std::string& name, hid_t type, std::vector<std::uint64_t>* shape, std::uint64_t first = 0,
                                std::optional<std::uint64_t> count = {}) const {
        const Lock lock;
        const std::string label = "dataset '" + name + "'";
        if (!linkExists(file, name)) return badInput(where, "no " + label);
        const Handle set(H5Dopen2(file, name.c_str(), H5P_DEFAULT), H5Dclose);
        if (!set.valid()) return bad(label + " cannot be opened");
        const Handle kind(H5Dget_type(set), H5Tclose);
        if (!isNumeric(kind)) return badInput(where, label + " does not hold numbers");
        const Handle space(H5Dget_space(set), H5Sclose);
        if (!space.valid()) return bad(label + " cannot be read");
        std::vector<std::uint64_t> extent = extentOf(space);
        const std::uint64_t whole = H5Sget_simple_extent_type(space) == H5S_NULL ? 0 : productOf(extent, kMostElements);
        const Handle plist(H5Dget_create_plist(set), H5Pclose);
        const bool plain = plist.valid() && H5Pget_layout(plist) == H5D_CONTIGUOUS && H5Dget_storage_size(set) > 0;
        if (whole > kMostElements || (plain && whole * H5Tget_size(kind) > bytes)) return badInput(where, label + " claims more than the file holds");
        Handle memory(H5S_ALL, [](hid_t) -> herr_t { return 0; });
        std::uint64_t elements = whole;
        if (count) {
            if (extent.empty() || first > extent[0] || *count > extent[0] - first) {
                return badInput(where, label + ": rows out of range", extent.empty() ? "rows" : "rows under " + std::to_string(extent[0]),
                                std::to_string(first) + " + " + std::to_string(*count));
            }
            elements = extent[0] ? whole / extent[0] * *count : 0;
            std::vector<hsize_t> start(extent.size(), 0), size(extent.begin(), extent.end());
            start[0] = first;
            size[0] = *count;
            extent[0] = *count;
            const hsize_t flat = elements;
            memory = Handle(H5Screate_simple(1, &flat, nullptr), H5Sclose);
            if (elements > 0) H5Sselect_hyperslab(space, H5S_SELECT_SET, start.data(), nullptr, size.data(), nullptr);
        }
        std::vector<T> values;
        try {
            values.resize(elements);
        } catch (const std::bad_alloc&) {
            return failed(where, label + " does not fit into memory");
        }
        if (elements > 0 && H5Dread(set, type, memory, count ? static_cast<hid_t>(space) : hid_t{H5S_ALL}, H5P_DEFAULT, values.data()) < 0) {
            return bad(label + " cannot be read");
        }
        if (shape) *shape = std::move(extent);
        return values;
    }

    // Opens an attribute and hands its id, type, space and number of elements to `use`.
    template <class T>
    Result<T> attribute(const std::string& object, const std::string& name,
                        const std::function<Result<T>(hid_t, hid_t, std::uint64_t, const std::string&)>& use) const {
        const Lock lock;
        const std::string label = "attribute '" + name + "'" + (object == "/" || object.empty() ? "" : " of '" + object + "'");
        if (!linkExists(file, object)) return badInput(where, "no '" + object + "'");
        const Handle owner = openObject(file, object);
        if (!owner.valid()) return bad("'" + object + "' cannot be opened");
        if (H5Aexists(owner, name.c_str()) <= 0) return badInput(where, "no " + label);
        const Handle id(H5Aopen(owner, name.c_str(), H5P_DEFAULT), H5Aclose);
        if (!id.valid()) return bad(label + " cannot be opened");
        const Handle type(H5Aget_type(id), H5Tclose), space(H5Aget_space(id), H5Sclose);
        if (!type.valid() || !space.valid()) return bad(label + " cannot be read");
        const std::uint64_t elements = H5Sget_simple_extent_type(space) == H5S_NULL ? 0 : productOf(extentOf(space), kMostElements);
        if (elements > bytes) return badInput(where, label + " claims more than the file holds");
        return use(id, type, elements, label);
    }

    template <class T>
    Result<std::vector<T>> numbers(const std::string& object, const std::string& name, hid_t memoryType) const {
        return attribute<std::vector<T>>(
            object, name, [&](hid_t id, hid_t type, std::uint64_t elements, const std::string& label) -> Result<std::vector<T>> {
                if (!isNumeric(type)) return badInput(where, label + " does not hold numbers");
                std::vector<T> values(elements);
                if (elements > 0 && H5Aread(id, memoryType, values.data()) < 0) return bad(label + " cannot be read");
                return values;
            });
    }

    Result<std::vector<std::string>> texts(const std::string& object, const std::string& name) const {
        using Texts = std::vector<std::string>;
        return attribute<Texts>(object, name, [&](hid_t id, hid_t type, std::uint64_t elements, const std::string& label) -> Result<Texts> {
            if (H5Tget_class(type) != H5T_STRING) return badInput(where, label + " does not hold text");
            Texts values(elements);
            if (elements == 0) return values;
            if (H5Tis_variable_str(type) > 0) {
                std::vector<char*> raw(elements, nullptr);
                const Handle memory(H5Tget_native_type(type, H5T_DIR_DEFAULT), H5Tclose), space(H5Aget_space(id), H5Sclose);
                if (H5Aread(id, memory, raw.data()) < 0) return bad(label + " cannot be read");
                for (std::size_t i = 0; i < raw.size(); ++i) values[i] = raw[i] ? raw[i] : "";
                H5Dvlen_reclaim(memory, space, H5P_DEFAULT, raw.data());
                return values;
            }
            const std::size_t size = H5Tget_size(type);
            if (size > bytes || elements * size > bytes) return badInput(where, label + " claims more than the file holds");
            std::vector<char> raw(elements * size);
            if (H5Aread(id, type, raw.data()) < 0) return bad(label + " cannot be read");
            const bool spaces = H5Tget_strpad(type) == H5T_STR_SPACEPAD;
            for (std::size_t i = 0; i < values.size(); ++i) {
                const char* begin = raw.data() + i * size;
                values[i].assign(begin, ::strnlen(begin, size));
                if (spaces) values[i].erase(values[i].find_last_not_of(' ') + 1);
            }
            return values;
        });
    }
};

H5Reader::H5Reader(std::unique_ptr<State> state) : state_(std::move(state)) {}
H5Reader::H5Reader(H5Reader&&) noexcept = default;
H5Reader& H5Reader::operator=(H5Reader&&) noexcept = default;
H5Reader::~H5Reader() = default;

Result<H5Reader> H5Reader::open(const std::filesystem::path& path) {
    namespace fs = std::filesystem;
    std::error_code code;
    const auto status = fs::status(path, code);
    if (!fs::exists(status)) return badInput(path.string(), "no such file");
    if (!fs::is_regular_file(status)) return badInput(path.string(), "cannot be read", "a file", fs::is_directory(status) ? "a directory" : "a device");
    const Lock lock;
    auto state = std::make_unique<State>();
    state->where = path.string();
    state->bytes = fs::file_size(path, code);
    const Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
    H5Pset_file_locking(access, 0, 1);  // reading from read-only folders and network drives
    state->file = Handle(H5Fopen(path.c_str(), H5F_ACC_RDONLY, access), H5Fclose);
    if (!state->file.valid()) {
        const std::string reason = libraryReason();
        if (reason.find("truncated") != std::string::npos) return badInput(path.string(), "is cut short", "a whole HDF5 file", reason);
        if (reason.find("signature") != std::string::npos) return badInput(path.string(), "is not an HDF5 file");
        return badInput(path.string(), "cannot be opened as HDF5" + (reason.empty() ? "" : ": " + reason));
    }
    return H5Reader(std::move(state));
}

std::vector<std::string> H5Reader::groups(const std::string& parent) const { return children(state_->file, parent, H5O_TYPE_GROUP); }
std::vector<std::string> H5Reader::datasets(const std::string& parent) const { return children(state_->file, parent, H5O_TYPE_DATASET); }

bool H5Reader::exists(const std::string& name) const {
    const Lock lock;
    return linkExists(state_->file, name);
}

bool H5Reader::hasAttribute(const std::string& object, const std::string& name) const {
    const Lock lock;
    return linkExists(state_->file, object) &&
           H5Aexists_by_name(state_->file, object.empty() ? "/" : object.c_str(), name.c_str(), H5P_DEFAULT) > 0;
}

std::optional<std::vector<std::uint64_t>> H5Reader::shape(const std::string& dataset) const {
    const Lock lock;
    if (!linkExists(state_->file, dataset)) return std::nullopt;
    const Handle set(H5Dopen2(state_->file, dataset.c_str(), H5P_DEFAULT), H5Dclose);
    H5Eclear2(H5E_DEFAULT);
    if (!set.valid()) return std::nullopt;
    const Handle space(H5Dget_space(set), H5Sclose);
    return extentOf(space);
}

Result<Array> H5Reader::readFloats(const std::string& dataset) const {
    Array array;
    CHOREIA_ASSIGN(array.values, state_->read<float>(dataset, H5T_NATIVE_FLOAT, &array.shape));
    return array;
}

Result<Array> H5Reader::readRows(const std::string& dataset, std::uint64_t first, std::uint64_t count) const {
    Array array;
    CHOREIA_ASSIGN(array.values, state_->read<float>(dataset, H5T_NATIVE_FLOAT, &array.shape, first, count));
    return array;
}

Result<std::vector<double>> H5Reader::readDoubles(const std::string& dataset) const {
    return state_->read<double>(dataset, H5T_NATIVE_DOUBLE, nullptr);
}

Result<std::vector<std::int64_t>> H5Reader::readIntegers(const std::string& dataset) const {
    return state_->read<std::int64_t>(dataset, H5T_NATIVE_INT64, nullptr);
}

Result<std::vector<std::uint8_t>> H5Reader::readBytes(const std::string& dataset) const {
    return state_->read<std::uint8_t>(dataset, H5T_NATIVE_UINT8, nullptr);
}

Result<std::vector<std::uint8_t>> H5Reader::readByteRows(const std::string& dataset, std::uint64_t first, std::uint64_t count) const {
    return state_->read<std::uint8_t>(dataset, H5T_NATIVE_UINT8, nullptr, first, count);
}

Result<std::vector<std::string>> H5Reader::readTexts(const std::string& dataset) const {
    const Lock lock;
    const std::string label = "dataset '" + dataset + "'";
    if (!linkExists(state_->file, dataset)) return badInput(state_->where, "no " + label);
    const Handle set(H5Dopen2(state_->file, dataset.c_str(), H5P_DEFAULT), H5Dclose);
    if (!set.valid()) return state_->bad(label + " cannot be opened");
    const Handle type(H5Dget_type(set), H5Tclose), space(H5Dget_space(set), H5Sclose);
    if (!type.valid() || !space.valid()) return state_->bad(label + " cannot be read");
    if (H5Tget_class(type) != H5T_STRING) return badInput(state_->where, label + " does not hold text");
    const bool variable = H5Tis_variable_str(type) > 0;
    const std::size_t size = variable ? sizeof(char*) : H5Tget_size(type);
    const std::uint64_t elements = H5Sget_simple_extent_type(space) == H5S_NULL ? 0 : productOf(extentOf(space), kMostElements);
    if (elements > state_->bytes || size > state_->bytes || (!variable && elements * size > state_->bytes)) return badInput(state_->where, label + " claims more than the file holds");
    std::vector<std::string> values(elements);
    if (elements == 0) return values;
    if (variable) {
        std::vector<char*> raw(elements, nullptr);
        const Handle memory(H5Tget_native_type(type, H5T_DIR_DEFAULT), H5Tclose);
        if (H5Dread(set, memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, raw.data()) < 0) return state_->bad(label + " cannot be read");
        for (std::size_t i = 0; i < raw.size(); ++i) values[i] = raw[i] ? raw[i] : "";
        H5Dvlen_reclaim(memory, space, H5P_DEFAULT, raw.data());
        return values;
    }
    std::vector<char> raw(elements * size);
    if (H5Dread(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, raw.data()) < 0) return state_->bad(label + " cannot be read");
    for (std::size_t i = 0; i < values.size(); ++i) values[i].assign(raw.data() + i * size, ::strnlen(raw.data() + i * size, size));
    return values;
}

Result<double> H5Reader::numberAttribute(const std::string& object, const std::string& name) const {
    CHOREIA_ASSIGN(const std::vector<double> values, state_->numbers<double>(object, name, H5T_NATIVE_DOUBLE));
    if (values.size() != 1) return badInput(state_->where, "attribute '" + name + "'", "one number", std::to_string(values.size()));
    return values[0];
}

Result<std::string> H5Reader::textAttribute(const std::string& object, const std::string& name) const {
    CHOREIA_ASSIGN(const std::vector<std::string> values, state_->texts(object, name));
    if (values.size() > 1) return badInput(state_->where, "attribute '" + name + "'", "one text", std::to_string(values.size()));
    return values.empty() ? std::string() : values[0];
}

Result<std::vector<std::string>> H5Reader::textListAttribute(const std::string& object, const std::string& name) const {
    return state_->texts(object, name);
}

Result<std::vector<std::int64_t>> H5Reader::integerListAttribute(const std::string& object, const std::string& name) const {
    return state_->numbers<std::int64_t>(object, name, H5T_NATIVE_INT64);
}

// ---------------------------------------------------------------------------------------------------------------- writing

struct H5Writer::State {
    Handle file;
    std::string where;

    ~State() {
        const Lock lock;
        file.close();
        H5Eclear2(H5E_DEFAULT);
    }
    Error bad(const std::string& what) const { return failed(where, withReason(what)); }

    Result<void> dataset(const std::string& name, const std::vector<std::uint64_t>& shape, hid_t fileType, hid_t memoryType, const void* values,
                         bool compress) {
        const Lock lock;
        const std::string label = "dataset '" + name + "'";
        const std::vector<hsize_t> extent(shape.begin(), shape.end());
        const Handle space(extent.empty() ? H5Screate(H5S_SCALAR) : H5Screate_simple(static_cast<int>(extent.size()), extent.data(), nullptr),
                           H5Sclose);
        const Handle links(H5Pcreate(H5P_LINK_CREATE), H5Pclose), creation(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
        H5Pset_obj_track_times(creation, false);  // the same content, the same bytes, whenever it is written
        H5Pset_create_intermediate_group(links, 1);
        const std::uint64_t elements = productOf(shape, kMostElements);
        if (compress && elements > 0 && !extent.empty()) {
            // Chunks of whole rows of about half a MiB.
            std::vector<hsize_t> chunk = extent;
            const std::uint64_t rowBytes = elements / extent[0] * H5Tget_size(fileType);
            chunk[0] = std::clamp<hsize_t>((std::uint64_t{1} << 19) / std::max<std::uint64_t>(rowBytes, 1), 1, extent[0]);
            H5Pset_chunk(creation, static_cast<int>(chunk.size()), chunk.data());
            H5Pset_shuffle(creation);
            H5Pset_deflate(creation, 4);
        }
        const Handle set(H5Dcreate2(file, name.c_str(), fileType, space, links, creation, H5P_DEFAULT), H5Dclose);
        if (!set.valid()) return bad(label + " cannot be made");
        if (elements > 0 && H5Dwrite(set, memoryType, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) < 0) return bad(label + " cannot be written");
        return {};
    }

    Result<void> attribute(const std::string& object, const std::string& name, hid_t fileType, hid_t memoryType, std::optional<std::size_t> count,
                           const void* values) {
        const Lock lock;
        const std::string label = "attribute '" + name + "' of '" + object + "'";
        if (!linkExists(file, object)) return failed(where, label + " cannot be written: no such object");
        const Handle owner = openObject(file, object);
        if (!owner.valid()) return bad(label + " cannot be written");
        if (H5Aexists(owner, name.c_str()) > 0) H5Adelete(owner, name.c_str());
        const hsize_t extent = count.value_or(1);
        const Handle space(count ? H5Screate_simple(1, &extent, nullptr) : H5Screate(H5S_SCALAR), H5Sclose);
        const Handle id(H5Acreate2(owner, name.c_str(), fileType, space, H5P_DEFAULT, H5P_DEFAULT), H5Aclose);
        if (!id.valid() || (extent > 0 && H5Awrite(id, memoryType, values) < 0)) return bad(label + " cannot be written");
        return {};
    }

    Result<void> texts(const std::string& object, const std::string& name, const std::vector<std::string>& values, bool list) {
        const Lock lock;
        const Handle type(H5Tcopy(H5T_C_S1), H5Tclose);
        H5Tset_size(type, H5T_VARIABLE);
        H5Tset_cset(type, H5T_CSET_UTF8);
        std::vector<const char*> raw(values.size());
        std::transform(values.begin(), values.end(), raw.begin(), [](const std::string& text) { return text.c_str(); });
        return attribute(object, name, type, type, list ? std::optional(values.size()) : std::nullopt, raw.data());
    }
};

H5Writer::H5Writer(std::unique_ptr<State> state) : state_(std::move(state)) {}
H5Writer::H5Writer(H5Writer&&) noexcept = default;
H5Writer& H5Writer::operator=(H5Writer&&) noexcept = default;
H5Writer::~H5Writer() = default;

Result<H5Writer> H5Writer::create(const std::filesystem::path& path, const std::filesystem::path& shownAs, std::uint64_t userBlock) {
    const Lock lock;
    auto state = std::make_unique<State>();
    state->where = shownAs.empty() ? path.string() : shownAs.string();
    const Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
    H5Pset_file_locking(access, 0, 1);
    const Handle creation(H5Pcreate(H5P_FILE_CREATE), H5Pclose);
    if (userBlock > 0) H5Pset_userblock(creation, userBlock);
    state->file = Handle(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, creation, access), H5Fclose);
    if (!state->file.valid()) return state->bad("cannot be written");
    return H5Writer(std::move(state));
}

Result<void> H5Writer::writeFloats(const std::string& dataset, const std::vector<std::uint64_t>& shape, const float* values, bool compress) {
    return state_->dataset(dataset, shape, H5T_IEEE_F32LE, H5T_NATIVE_FLOAT, values, compress);
}

Result<void> H5Writer::writeDoubles(const std::string& dataset, const std::vector<double>& values) {
    return state_->dataset(dataset, {values.size()}, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, values.data(), false);
}

Result<void> H5Writer::writeIntegers(const std::string& dataset, const std::vector<std::uint64_t>& shape, const std::int64_t* values) {
    return state_->dataset(dataset, shape, H5T_STD_I64LE, H5T_NATIVE_INT64, values, false);
}

Result<void> H5Writer::writeBytes(const std::string& dataset, const std::vector<std::uint64_t>& shape, const std::uint8_t* values, bool compress) {
    return state_->dataset(dataset, shape, H5T_STD_U8LE, H5T_NATIVE_UINT8, values, compress);
}

Result<void> H5Writer::numberAttribute(const std::string& object, const std::string& name, double value) {
    return state_->attribute(object, name, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, std::nullopt, &value);
}

Result<void> H5Writer::textAttribute(const std::string& object, const std::string& name, const std::string& value) {
    return state_->texts(object, name, {value}, false);
}

Result<void> H5Writer::textListAttribute(const std::string& object, const std::string& name, const std::vector<std::string>& values) {
    return state_->texts(object, name, values, true);
}

Result<void> H5Writer::integerListAttribute(const std::string& object, const std::string& name, const std::vector<std::int64_t>& values) {
    return state_->attribute(object, name, H5T_STD_I64LE, H5T_NATIVE_INT64, values.size(), values.data());
}

Result<void> H5Writer::makeGroup(const std::string& group) {
    const Lock lock;
    if (linkExists(state_->file, group)) return {};
    const Handle links(H5Pcreate(H5P_LINK_CREATE), H5Pclose);
    H5Pset_create_intermediate_group(links, 1);
    const Handle id(H5Gcreate2(state_->file, group.c_str(), links, H5P_DEFAULT, H5P_DEFAULT), H5Gclose);
    if (!id.valid()) return state_->bad("group '" + group + "' cannot be made");
    return {};
}

Result<void> H5Writer::close() {
    const Lock lock;
    const bool flushed = !state_->file.valid() || H5Fflush(state_->file, H5F_SCOPE_GLOBAL) >= 0;
    Result<void> result;
    if (!flushed) result = state_->bad("cannot be written");
    if (!state_->file.close() && flushed) result = state_->bad("cannot be written");
    return result;
}

}  // namespace choreia::io
