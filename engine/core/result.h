/// Expected failures as values: Result<T> holds either a T or an Error that reads as one clear line.
#pragma once

#include <cassert>
#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace choreia {

/// What kind of failure it is; decides the exit status of the command line.
enum class ErrorKind {
    Failed,    ///< failed while working (exit 1)
    Usage,     ///< wrong usage (exit 2)
    BadInput,  ///< an input cannot be used: missing, unreadable, wrong kind, corrupt (exit 3)
    Cancelled  ///< the person stopped it (exit 130)
};

struct Error {
    ErrorKind kind = ErrorKind::Failed;
    std::string where;     ///< the file, option or place concerned
    std::string what;      ///< what went wrong, in plain words
    std::string expected;  ///< may be empty
    std::string found;     ///< may be empty

    /// "WHERE: WHAT (expected X, found Y)"; the part in parentheses only where known. Always one line.
    [[nodiscard]] std::string line() const;
    /// 1, 2, 3 or 130, see ErrorKind.
    [[nodiscard]] int exitStatus() const;
};

[[nodiscard]] inline Error badInput(std::string where, std::string what, std::string expected = {}, std::string found = {}) {
    return {ErrorKind::BadInput, std::move(where), std::move(what), std::move(expected), std::move(found)};
}
[[nodiscard]] inline Error failed(std::string where, std::string what, std::string expected = {}, std::string found = {}) {
    return {ErrorKind::Failed, std::move(where), std::move(what), std::move(expected), std::move(found)};
}
[[nodiscard]] inline Error usageError(std::string where, std::string what, std::string expected = {}, std::string found = {}) {
    return {ErrorKind::Usage, std::move(where), std::move(what), std::move(expected), std::move(found)};
}
[[nodiscard]] inline Error cancelled(std::string where = "choreia") { return {ErrorKind::Cancelled, std::move(where), "cancelled", {}, {}}; }

template <class T>
class [[nodiscard]] Result {
public:
    Result(T value) : state_(std::move(value)) {}      // NOLINT: implicit on purpose
    Result(Error error) : state_(std::move(error)) {}  // NOLINT

    [[nodiscard]] bool ok() const { return state_.index() == 0; }
    explicit operator bool() const { return ok(); }
    T& value() & {
        assert(ok());
        return std::get<0>(state_);
    }
    const T& value() const& {
        assert(ok());
        return std::get<0>(state_);
    }
    T&& value() && {
        assert(ok());
        return std::get<0>(std::move(state_));
    }
    T& operator*() & { return value(); }
    const T& operator*() const& { return value(); }
    T* operator->() { return &value(); }
    const T* operator->() const { return &value(); }
    [[nodiscard]] const Error& error() const {
        assert(!ok());
        return std::get<1>(state_);
    }

private:
    std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
public:
    Result() = default;
    Result(Error error) : error_(std::move(error)) {}  // NOLINT
    [[nodiscard]] bool ok() const { return !error_.has_value(); }
    explicit operator bool() const { return ok(); }
    [[nodiscard]] const Error& error() const {
        assert(!ok());
        return *error_;
    }

private:
    std::optional<Error> error_;
};

}  // namespace choreia

/// Leaves the function with the error of `expression` (a Result), if it has one.
#define CHOREIA_TRY(expression)                                       \
    do {                                                              \
        if (auto tried = (expression); !tried.ok()) return tried.error(); \
    } while (false)

#define CHOREIA_JOIN2(a, b) a##b
#define CHOREIA_JOIN(a, b) CHOREIA_JOIN2(a, b)
/// CHOREIA_ASSIGN(auto pcm, decode(path)); declares pcm from the value or leaves with the error.
#define CHOREIA_ASSIGN(declaration, expression)                                        \
    auto CHOREIA_JOIN(result_, __LINE__) = (expression);                               \
    if (!CHOREIA_JOIN(result_, __LINE__).ok()) return CHOREIA_JOIN(result_, __LINE__).error(); \
    declaration = std::move(CHOREIA_JOIN(result_, __LINE__)).value()
