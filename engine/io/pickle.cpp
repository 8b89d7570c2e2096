// A pickle is a program for a small stack machine. Here the machine only builds values; the one "call" it knows makes a numpy
// array.
#include "io/pickle.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <functional>
#include <memory>
#include <numeric>
#include <optional>

namespace choreia::io {

namespace {

constexpr std::uint64_t kMostValues = std::uint64_t{1} << 28;
constexpr std::size_t kMostStack = 1 << 20;

struct Value;
using Ref = std::shared_ptr<Value>;

struct Value {
    enum class Kind { None, Number, Text, Bytes, Sequence, Dictionary, Global, Type, Array, Mark };
    Kind kind = Kind::None;
    double number = 0;
    std::string text;       ///< Text, Bytes, Global ("module name"), Type (such as "<f4")
    std::vector<Ref> items; ///< Sequence; Dictionary: key, value, key, value
    std::vector<std::uint64_t> shape;
    std::vector<double> values; ///< Array
};

using Kind = Value::Kind;

class Machine {
public:
    Machine(std::string_view bytes, const std::string& where) : bytes_(bytes), where_(where) {}
    Machine(const Machine&) = delete;
    Machine& operator=(const Machine&) = delete;
    /// Values may hold each other in rings or a million deep: they are taken apart one by one.
    ~Machine() {
        for (auto& value : made_) value->items.clear();
    }

    Result<Ref> run() {
        while (at_ < bytes_.size()) {
            const auto code = static_cast<unsigned char>(bytes_[at_++]);
            if (code == '.') {
                if (stack_.empty() || stack_.back()->kind == Kind::Mark) return bad("ends without a value");
                return stack_.back();
            }
            if (!step(code)) return bad(problem_.empty() ? "is damaged" : problem_);
            if (stack_.size() > kMostStack) return bad("is damaged");
        }
        return bad("is cut short");
    }

private:
    Ref make(Kind kind, std::string text = {}, double number = 0) {
        auto value = std::make_shared<Value>();
        value->kind = kind;
        value->text = std::move(text);
        value->number = number;
        made_.push_back(value);
        return value;
    }
    Error bad(const std::string& what) const {
        return badInput(where_, what, "a pickle of numpy arrays", "at byte " + std::to_string(at_));
    }
    bool fail(std::string what) {
        problem_ = std::move(what);
        return false;
    }
    /// Little-endian unsigned of n bytes.
    std::optional<std::uint64_t> integer(std::size_t n) {
        if (bytes_.size() - at_ < n) return std::nullopt;
        std::uint64_t out = 0;
        for (std::size_t k = 0; k < n; ++k)
            out |= static_cast<std::uint64_t>(static_cast<unsigned char>(bytes_[at_ + k])) << (8 * k);
        at_ += n;
        return out;
    }
    std::optional<std::string> take(std::optional<std::uint64_t> n) {
        if (!n || bytes_.size() - at_ < *n) return std::nullopt;
        std::string out(bytes_.substr(at_, *n));
        at_ += *n;
        return out;
    }
    std::optional<std::string> textLine() {
        const auto end = bytes_.find('\n', at_);
        if (end == std::string_view::npos) return std::nullopt;
        std::string out(bytes_.substr(at_, end - at_));
        at_ = end + 1;
        return out;
    }
    bool push(Ref value) {
        stack_.push_back(std::move(value));
        return true;
    }
    bool pushText(Kind kind, std::size_t sizeBytes) {
        auto text = take(integer(sizeBytes));
        return text ? push(make(kind, std::move(*text))) : fail("is cut short");
    }
    bool pushNumber(std::optional<std::uint64_t> raw, double value) {
        return raw ? push(make(Kind::Number, {}, value)) : fail("is cut short");
    }
    Ref pop() {
        if (stack_.empty() || stack_.back()->kind == Kind::Mark) return nullptr;
        Ref top = stack_.back();
        stack_.pop_back();
        return top;
    }
    /// Everything above the last mark, which goes too.
    std::optional<std::vector<Ref>> popToMark() {
        const auto mark = std::find_if(stack_.rbegin(), stack_.rend(), [](const Ref& v) { return v->kind == Kind::Mark; });
        if (mark == stack_.rend()) return std::nullopt;
        std::vector<Ref> out(mark.base(), stack_.end());
        stack_.erase(mark.base() - 1, stack_.end());
        return out;
    }
    bool tuple(std::size_t n) {
        auto out = make(Kind::Sequence);
        for (std::size_t k = 0; k < n; ++k) {
            Ref item = pop();
            if (!item) return false;
            out->items.insert(out->items.begin(), item);
        }
        return push(out);
    }
    bool extend(Kind kind) {
        auto items = popToMark();
        if (!items || stack_.empty() || stack_.back()->kind != kind) return false;
        if (kind == Kind::Dictionary && items->size() % 2 != 0) return false;
        auto& to = stack_.back()->items;
        to.insert(to.end(), items->begin(), items->end());
        return true;
    }
    bool get(std::optional<std::uint64_t> index) {
        const auto it = index ? memo_.find(*index) : memo_.end();
        return it != memo_.end() && push(it->second);
    }
    bool put(std::optional<std::uint64_t> index) {
        if (!index || stack_.empty()) return false;
        memo_[*index] = stack_.back();
        return true;
    }

    bool step(unsigned char code);
    bool call();
    bool build();
    bool fillArray(Value& array, const std::vector<Ref>& state);

    std::string_view bytes_;
    std::string where_, problem_;
    std::size_t at_ = 0;
    std::vector<Ref> stack_, made_;
    std::map<std::uint64_t, Ref> memo_;
};

bool Machine::step(unsigned char code) {
    switch (code) {
    case 0x80:
        return integer(1).has_value(); // protocol
    case 0x95:
        return integer(8).has_value(); // frame
    case '(':
        return push(make(Kind::Mark));
    case '0':
        return pop() != nullptr;
    case '1':
        return popToMark().has_value();
    case '2':
        return !stack_.empty() && push(stack_.back());
    case 'N':
        return push(make(Kind::None));
    case 0x88:
        return push(make(Kind::Number, {}, 1));
    case 0x89:
        return push(make(Kind::Number, {}, 0));
    case 'K': {
        const auto v = integer(1);
        return pushNumber(v, static_cast<double>(v.value_or(0)));
    }
    case 'M': {
        const auto v = integer(2);
        return pushNumber(v, static_cast<double>(v.value_or(0)));
    }
    case 'J': {
        const auto v = integer(4);
        return pushNumber(v, static_cast<double>(static_cast<std::int32_t>(v.value_or(0))));
    }
    case 0x8a: { // a long integer of n bytes, two's complement
        const auto n = integer(1);
        if (!n || *n > 8) return fail("holds an integer that is too large");
        const auto v = integer(*n);
        if (!v) return fail("is cut short");
        const bool negative = *n > 0 && ((*v >> (8 * *n - 1)) & 1) != 0;
        return push(
            make(Kind::Number, {}, static_cast<double>(*v) - (negative ? std::ldexp(1.0, static_cast<int>(8 * *n)) : 0.0)));
    }
    case 'G': {
        const auto v = integer(8);
        if (!v) return fail("is cut short");
        std::uint64_t swapped = 0;
        for (int k = 0; k < 8; ++k) swapped = (swapped << 8) | ((*v >> (8 * k)) & 0xff);
        return push(make(Kind::Number, {}, std::bit_cast<double>(swapped)));
    }
    case 'X':
        return pushText(Kind::Text, 4);
    case 0x8c:
        return pushText(Kind::Text, 1);
    case 0x8d:
        return pushText(Kind::Text, 8);
    case 'T':
    case 'B':
        return pushText(Kind::Bytes, 4);
    case 'U':
    case 'C':
        return pushText(Kind::Bytes, 1);
    case 0x8e:
        return pushText(Kind::Bytes, 8);
    case ')':
    case ']':
        return push(make(Kind::Sequence));
    case '}':
        return push(make(Kind::Dictionary));
    case 0x85:
        return tuple(1);
    case 0x86:
        return tuple(2);
    case 0x87:
        return tuple(3);
    case 't':
    case 'l': {
        auto items = popToMark();
        if (!items) return false;
        auto out = make(Kind::Sequence);
        out->items = std::move(*items);
        return push(out);
    }
    case 'e':
        return extend(Kind::Sequence);
    case 'u':
        return extend(Kind::Dictionary);
    case 'a': {
        Ref item = pop();
        if (!item || stack_.empty() || stack_.back()->kind != Kind::Sequence) return false;
        stack_.back()->items.push_back(item);
        return true;
    }
    case 's': {
        Ref value = pop(), key = pop();
        if (!value || !key || stack_.empty() || stack_.back()->kind != Kind::Dictionary) return false;
        stack_.back()->items.push_back(key);
        stack_.back()->items.push_back(value);
        return true;
    }
    case 'q':
        return put(integer(1));
    case 'r':
        return put(integer(4));
    case 0x94:
        return put(memo_.size());
    case 'h':
        return get(integer(1));
    case 'j':
        return get(integer(4));
    case 'c': {
        const auto module = textLine(), name = textLine();
        return module && name ? push(make(Kind::Global, *module + " " + *name)) : fail("is cut short");
    }
    case 0x93: {
        Ref name = pop(), module = pop();
        if (!name || !module || name->kind != Kind::Text || module->kind != Kind::Text) return false;
        return push(make(Kind::Global, module->text + " " + name->text));
    }
    case 'R':
        return call();
    case 'b':
        return build();
    default:
        return fail("holds a Python object or instruction that is not read");
    }
}

bool Machine::call() {
    Ref arguments = pop(), function = pop();
    if (!arguments || !function || arguments->kind != Kind::Sequence || function->kind != Kind::Global)
        return fail("holds a Python object that is not read");
    const auto& items = arguments->items;
    const std::string& name = function->text;
    const auto ends = [&name](std::string_view tail) { return name.ends_with(tail); };
    const bool numpy = name.rfind("numpy", 0) == 0;
    if (numpy && ends("multiarray _reconstruct")) return push(make(Kind::Array));
    if (numpy && ends(" dtype") && !items.empty() && (items[0]->kind == Kind::Text || items[0]->kind == Kind::Bytes))
        return push(make(Kind::Type, "<" + items[0]->text));
    if (numpy && ends("multiarray scalar") && items.size() == 2 && items[0]->kind == Kind::Type) {
        auto array = make(Kind::Array);
        auto shape = make(Kind::Sequence);
        if (!fillArray(*array, {make(Kind::Number), shape, items[0], make(Kind::Number), items[1]})) return false;
        return push(array);
    }
    // Protocol 2 spells bytes as Latin-1 text.
    if (name == "_codecs encode" && items.size() == 2 && items[0]->kind == Kind::Text) {
        std::string bytes;
        const std::string& text = items[0]->text;
        for (std::size_t k = 0; k < text.size(); ++k) {
            const auto c = static_cast<unsigned char>(text[k]);
            if (c < 0x80) {
                bytes.push_back(text[k]);
            } else if ((c == 0xc2 || c == 0xc3) && k + 1 < text.size()) {
                bytes.push_back(static_cast<char>(((c & 3) << 6) | (static_cast<unsigned char>(text[++k]) & 0x3f)));
            } else {
                return fail("holds text that is not Latin-1");
            }
        }
        return push(make(Kind::Bytes, std::move(bytes)));
    }
    return fail("holds a Python object that is not read: " + name.substr(0, 80));
}

bool Machine::build() {
    Ref state = pop();
    if (!state || stack_.empty()) return false;
    Value& target = *stack_.back();
    if (target.kind == Kind::Type && state->kind == Kind::Sequence) {
        // (version, byte order, ...)
        if (state->items.size() > 1 && !state->items[1]->text.empty() && state->items[1]->text[0] == '>') target.text[0] = '>';
        return true;
    }
    if (target.kind == Kind::Array && state->kind == Kind::Sequence) return fillArray(target, state->items);
    return fail("holds a Python object that is not read");
}

bool Machine::fillArray(Value& array, const std::vector<Ref>& state) {
    // (version, shape, type, Fortran order, bytes)
    if (state.size() != 5 || state[1]->kind != Kind::Sequence || state[2]->kind != Kind::Type)
        return fail("holds a damaged numpy array");
    if (state[4]->kind != Kind::Bytes) return fail("holds a numpy array of Python objects");
    std::uint64_t count = 1;
    array.shape.clear();
    for (const auto& n : state[1]->items) {
        if (n->kind != Kind::Number || n->number < 0 || n->number > static_cast<double>(kMostValues))
            return fail("holds a damaged numpy array");
        array.shape.push_back(static_cast<std::uint64_t>(n->number));
        count *= array.shape.back();
        if (count > kMostValues) return fail("holds a numpy array that is too large");
    }
    const std::string type = state[2]->text.substr(1);
    const std::string& raw = state[4]->text;
    const auto convert = [&]<class T>(T) {
        if (raw.size() != count * sizeof(T)) return fail("holds a numpy array whose size does not fit its shape");
        array.values.resize(count);
        for (std::uint64_t i = 0; i < count; ++i) {
            T value;
            std::memcpy(&value, raw.data() + i * sizeof(T), sizeof(T));
            array.values[i] = static_cast<double>(value);
        }
        return true;
    };
    if (state[2]->text[0] == '>') return fail("holds a big-endian numpy array");
    bool ok = false;
    if (type == "f4")
        ok = convert(float{});
    else if (type == "f8")
        ok = convert(double{});
    else if (type == "i8")
        ok = convert(std::int64_t{});
    else if (type == "i4")
        ok = convert(std::int32_t{});
    else if (type == "i2")
        ok = convert(std::int16_t{});
    else if (type == "u1" || type == "b1")
        ok = convert(std::uint8_t{});
    else
        return fail("holds a numpy array of a type that is not read: " + type.substr(0, 8));
    if (!ok) return false;
    if (state[3]->number != 0 && array.shape.size() > 1) {
        // Column-major: the first index runs fastest.
        std::vector<double> turned(array.values.size());
        std::vector<std::uint64_t> index(array.shape.size(), 0);
        for (const double value : array.values) {
            std::uint64_t at = 0;
            for (std::size_t k = 0; k < index.size(); ++k) at = at * array.shape[k] + index[k];
            turned[at] = value;
            for (std::size_t k = 0; k < index.size() && ++index[k] == array.shape[k]; ++k) index[k] = 0;
        }
        array.values = std::move(turned);
    }
    return true;
}

} // namespace

Result<std::map<std::string, PickledArray>> readPickledArrays(std::string_view bytes, const std::string& where) {
    if (bytes.size() < 2 || static_cast<unsigned char>(bytes[0]) != 0x80)
        return badInput(where, "is not a Python pickle of protocol 2 or later");
    Machine machine(bytes, where);
    CHOREIA_ASSIGN(const Ref top, machine.run());
    if (top->kind != Kind::Dictionary) return badInput(where, "holds no dictionary of arrays");
    std::map<std::string, PickledArray> out;
    for (std::size_t k = 0; k + 1 < top->items.size(); k += 2) {
        const Value &key = *top->items[k], &value = *top->items[k + 1];
        if (key.kind != Kind::Text && key.kind != Kind::Bytes) continue;
        if (value.kind == Kind::Array) out[key.text] = {value.shape, value.values};
        if (value.kind == Kind::Number) out[key.text] = {{}, {value.number}};
    }
    return out;
}

} // namespace choreia::io
