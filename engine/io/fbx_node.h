/// The tree of records that a binary FBX file is made of.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace choreia::io {

/// One record: a name, typed properties, records inside.
class FbxNode {
public:
    explicit FbxNode(std::string name) : name_(std::move(name)) {}

    FbxNode& add(bool value);
    FbxNode& add(std::int32_t value);
    FbxNode& add(std::int64_t value);
    FbxNode& add(double value);
    FbxNode& add(std::string_view text);
    FbxNode& add(const char* text) { return add(std::string_view(text)); }
    FbxNode& addRaw(std::string_view bytes);
    FbxNode& add(const std::vector<std::int32_t>& values);
    FbxNode& add(const std::vector<std::int64_t>& values);
    FbxNode& add(const std::vector<float>& values);
    FbxNode& add(const std::vector<double>& values);

    /// A record inside, returned for filling; the reference holds until the next child is made.
    FbxNode& child(std::string name);
    /// child(name).add(value): the common case.
    template <class T>
    FbxNode& child(std::string name, const T& value) {
        return child(std::move(name)).add(value);
    }
    /// A "P" record of Properties70.
    template <class... T>
    FbxNode& property(const char* name, const char* type, const char* label, const char* flags, const T&... values) {
        FbxNode& p = child("P");
        p.add(name).add(type).add(label).add(flags);
        (p.add(values), ...);
        return *this;
    }

private:
    friend std::string fbxFile(const std::vector<FbxNode>& top);
    void write(std::string& out) const;
    template <class T>
    FbxNode& array(char code, const std::vector<T>& values);

    std::string name_, properties_;
    std::uint32_t count_ = 0;
    std::vector<FbxNode> children_;
};

/// The whole file: header, records, footer. Arrays are packed by zlib.
std::string fbxFile(const std::vector<FbxNode>& top);

}  // namespace choreia::io
