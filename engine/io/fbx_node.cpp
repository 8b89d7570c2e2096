// The binary form of FBX 7.4: each record carries the offset of its end; a record of zeros closes every list.
#include "io/fbx_node.h"

#include <zlib.h>

#include <cstring>

namespace choreia::io {

namespace {

constexpr std::uint32_t kVersion = 7400;
constexpr std::size_t kHead = 13;  // three 32-bit numbers and the name's length

template <class T>
void raw(std::string& out, const T& value) {
    out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

}  // namespace

FbxNode& FbxNode::add(bool value) {
    properties_ += 'C';
    properties_ += static_cast<char>(value ? 1 : 0);
    ++count_;
    return *this;
}

FbxNode& FbxNode::add(std::int32_t value) {
    properties_ += 'I';
    raw(properties_, value);
    ++count_;
    return *this;
}

FbxNode& FbxNode::add(std::int64_t value) {
    properties_ += 'L';
    raw(properties_, value);
    ++count_;
    return *this;
}

FbxNode& FbxNode::add(double value) {
    properties_ += 'D';
    raw(properties_, value);
    ++count_;
    return *this;
}

FbxNode& FbxNode::add(std::string_view text) {
    properties_ += 'S';
    raw(properties_, static_cast<std::uint32_t>(text.size()));
    properties_ += text;
    ++count_;
    return *this;
}

FbxNode& FbxNode::addRaw(std::string_view bytes) {
    properties_ += 'R';
    raw(properties_, static_cast<std::uint32_t>(bytes.size()));
    properties_ += bytes;
    ++count_;
    return *this;
}

template <class T>
FbxNode& FbxNode::array(char code, const std::vector<T>& values) {
    const std::size_t size = values.size() * sizeof(T);
    properties_ += code;
    raw(properties_, static_cast<std::uint32_t>(values.size()));
    uLongf packed = compressBound(static_cast<uLong>(size));
    std::string bytes(packed, '\0');
    const bool small = size < 128 || compress2(reinterpret_cast<Bytef*>(bytes.data()), &packed, reinterpret_cast<const Bytef*>(values.data()),
                                               static_cast<uLong>(size), 1) != Z_OK;
    raw(properties_, static_cast<std::uint32_t>(small ? 0 : 1));
    raw(properties_, static_cast<std::uint32_t>(small ? size : packed));
    properties_.append(small ? reinterpret_cast<const char*>(values.data()) : bytes.data(), small ? size : packed);
    ++count_;
    return *this;
}

FbxNode& FbxNode::add(const std::vector<std::int32_t>& values) { return array('i', values); }
FbxNode& FbxNode::add(const std::vector<std::int64_t>& values) { return array('l', values); }
FbxNode& FbxNode::add(const std::vector<float>& values) { return array('f', values); }
FbxNode& FbxNode::add(const std::vector<double>& values) { return array('d', values); }

FbxNode& FbxNode::child(std::string name) {
    children_.emplace_back(std::move(name));
    return children_.back();
}

void FbxNode::write(std::string& out) const {
    const std::size_t start = out.size();
    out.append(kHead - 1, '\0');
    out += static_cast<char>(name_.size());
    out += name_;
    out += properties_;
    for (const FbxNode& inside : children_) inside.write(out);
    // Readers look for a list inside these two even where it is empty.
    const bool list = !children_.empty() || count_ == 0 || name_ == "AnimationLayer" || name_ == "AnimationStack";
    if (list) out.append(kHead, '\0');
    const std::uint32_t head[3] = {static_cast<std::uint32_t>(out.size()), count_, static_cast<std::uint32_t>(properties_.size())};
    std::memcpy(out.data() + start, head, sizeof head);
}

std::string fbxFile(const std::vector<FbxNode>& top) {
    std::string out("Kaydara FBX Binary  \0\x1a\0", 23);
    raw(out, kVersion);
    for (const FbxNode& node : top) node.write(out);
    out.append(kHead, '\0');
    out += "\xfa\xbc\xab\x09\xd0\xc8\xd4\x66\xb1\x76\xfb\x83\x1c\xf7\x26\x7e";
    out.append(4, '\0');
    out.append(16 - out.size() % 16, '\0');
    raw(out, kVersion);
    out.append(120, '\0');
    out += "\xf8\x5a\x8c\x6a\xde\xf5\xd9\x7e\xec\xe9\x0c\xe3\x75\x8f\x29\x0b";
    return out;
}

}  // namespace choreia::io
