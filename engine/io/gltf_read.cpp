// glTF 2.0 in: every number of the file is checked against the buffers before it is used.
#include "io/gltf_motion.h"

#include "core/atomic_file.h"
#include "motion/kinematics.h"
#include "motion/rotation.h"
#include "motion/skeleton.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <map>
#include <optional>
#include <string>

namespace choreia::io {

namespace {

using Json = nlohmann::json;
using motion::kJoints;

constexpr std::size_t kMostNodes = 20000, kMostFrames = 4'000'000, kMostPoints = 100'000'000;

Result<std::string> fromBase64(std::string_view text, const std::string& where) {
    std::string out;
    out.reserve(text.size() / 4 * 3);
    std::uint32_t bits = 0;
    int held = 0;
    for (const char c : text) {
        if (c == '=') break;
        const int value = c >= 'A' && c <= 'Z' ? c - 'A' : c >= 'a' && c <= 'z' ? c - 'a' + 26 : c >= '0' && c <= '9' ? c - '0' + 52 : c == '+' ? 62 : c == '/' ? 63 : -1;
        if (value < 0) return badInput(where, "the embedded buffer is not base64");
        bits = bits << 6 | static_cast<std::uint32_t>(value);
        held += 6;
        if (held >= 8) {
            held -= 8;
            out += static_cast<char>(bits >> held & 0xff);
        }
    }
    return out;
}

struct Track {
    std::vector<float> times, values;
    std::size_t width = 3;
    bool steps = false;

    // Values at t between the two keys around it; rotations by the shorter way.
    [[nodiscard]] Eigen::Vector4f at(float t) const {
        const auto key = [this](std::size_t k) {
            Eigen::Vector4f v = Eigen::Vector4f::Zero();
            for (std::size_t i = 0; i < width; ++i) v[static_cast<int>(i)] = values[k * width + i];
            return v;
        };
        const auto after = static_cast<std::size_t>(std::upper_bound(times.begin(), times.end(), t) - times.begin());
        if (after == 0) return key(0);
        if (after == times.size() || steps) return key(after - 1);
        const float gap = times[after] - times[after - 1];
        const float part = gap > 0 ? (t - times[after - 1]) / gap : 0;
        if (width == 3) return key(after - 1) + (key(after) - key(after - 1)) * part;
        return motion::Quat(key(after - 1)).slerp(part, motion::Quat(key(after))).coeffs();
    }
};

struct Node {
    std::string name;
    int parent = -1;
    Eigen::Vector3f translation = Eigen::Vector3f::Zero(), scale = Eigen::Vector3f::Ones();
    motion::Quat rotation = motion::Quat::Identity();
    std::optional<Track> moves, turns, grows;

    void local(float t, Eigen::Affine3f& out) const {
        const Eigen::Vector3f at = moves ? Eigen::Vector3f(moves->at(t).head<3>()) : translation;
        const Eigen::Vector3f size = grows ? Eigen::Vector3f(grows->at(t).head<3>()) : scale;
        out = Eigen::Translation3f(at) * turned(t) * Eigen::Scaling(size);
    }
    [[nodiscard]] motion::Quat turned(float t) const { return turns ? motion::Quat(turns->at(t)).normalized() : rotation; }
};

class File {
public:
    explicit File(std::string where) : where_(std::move(where)) {}

    Result<void> load(const std::filesystem::path& path) {
        CHOREIA_ASSIGN(const std::string bytes, readFile(path));
        std::string_view text = bytes;
        std::optional<std::string> inside;
        if (bytes.compare(0, 4, "glTF") == 0) {
            const auto word = [&bytes](std::size_t at) {
                std::uint64_t value = 0;
                for (std::size_t i = 4; i-- > 0;) value = value << 8 | static_cast<unsigned char>(bytes[at + i]);
                return value;
            };
            if (bytes.size() < 20 || word(8) != bytes.size() || word(12) > bytes.size() - 20 || bytes.compare(16, 4, "JSON") != 0) {
                return bad("is damaged or cut short", "a whole .glb file");
            }
            text = std::string_view(bytes).substr(20, word(12));
            const std::size_t next = 20 + word(12);
            if (next + 8 <= bytes.size()) {
                if (word(next) > bytes.size() - next - 8) return bad("is damaged or cut short", "a whole .glb file");
                inside = bytes.substr(next + 8, word(next));
            }
        }
        root_ = Json::parse(text, nullptr, false);
        if (!root_.is_object() || !root_.contains("asset")) return bad("is not a glTF file");
        for (const auto& buffer : list("buffers")) {
            const std::string uri = textOf(buffer, "uri");
            if (uri.empty() && inside && buffers_.empty()) {
                buffers_.push_back(*inside);
            } else if (const auto comma = uri.find(";base64,"); uri.rfind("data:", 0) == 0 && comma != std::string::npos) {
                CHOREIA_ASSIGN(std::string data, fromBase64(std::string_view(uri).substr(comma + 8), where_));
                buffers_.push_back(std::move(data));
            } else if (!uri.empty() && uri.find(':') == std::string::npos && uri[0] != '/' && uri.find("..") == std::string::npos) {
                CHOREIA_ASSIGN(std::string data, readFile(path.parent_path() / uri));
                buffers_.push_back(std::move(data));
            } else {
                return bad("a buffer lies where it cannot be read", "inside or beside the file");
            }
        }
        return {};
    }

    [[nodiscard]] Error bad(const std::string& what, std::string expected = {}, std::string found = {}) const {
        return badInput(where_, what, std::move(expected), std::move(found));
    }
    [[nodiscard]] const Json& list(const char* name) const {
        static const Json none = Json::array();
        const auto it = root_.find(name);
        return it == root_.end() || !it->is_array() ? none : *it;
    }
    static std::string textOf(const Json& object, const char* name) {
        const auto it = object.is_object() ? object.find(name) : object.end();
        return it == object.end() || !it->is_string() ? std::string() : it->get<std::string>();
    }
    // A count or index; fallback where it is not given, none where it is something else.
    static std::optional<std::size_t> countOf(const Json& object, const char* name, std::optional<std::size_t> fallback = {}) {
        if (!object.is_object()) return std::nullopt;
        const auto it = object.find(name);
        if (it == object.end()) return fallback;
        if (!it->is_number_unsigned() || it->get<std::uint64_t>() > (std::uint64_t{1} << 40)) return std::nullopt;
        return it->get<std::size_t>();
    }

    Result<std::vector<float>> accessor(std::optional<std::size_t> index, std::size_t width) const {
        const auto& accessors = list("accessors");
        const auto broken = [this] { return bad("an accessor of the animation is broken"); };
        if (!index || *index >= accessors.size()) return broken();
        const Json& a = accessors[*index];
        static const std::map<std::string, std::size_t> widths = {{"SCALAR", 1}, {"VEC3", 3}, {"VEC4", 4}};
        const auto kind = widths.find(textOf(a, "type"));
        const auto count = countOf(a, "count"), type = countOf(a, "componentType"), view = countOf(a, "bufferView"), start = countOf(a, "byteOffset", 0);
        if (kind == widths.end() || kind->second != width || !count || !type || !view || !start || a.contains("sparse") || *view >= list("bufferViews").size()) return broken();
        const Json& v = list("bufferViews")[*view];
        const auto buffer = countOf(v, "buffer"), offset = countOf(v, "byteOffset", 0), length = countOf(v, "byteLength");
        static const std::map<std::size_t, std::size_t> sizes = {{5120, 1}, {5121, 1}, {5122, 2}, {5123, 2}, {5126, 4}};
        const auto size = sizes.find(*type);
        if (!buffer || !offset || !length || size == sizes.end() || *buffer >= buffers_.size()) return broken();
        const auto stride = countOf(v, "byteStride", size->second * width);
        const std::string& bytes = buffers_[*buffer];
        if (!stride || *stride < size->second * width || *stride > 252 || *start > bytes.size() || *count == 0 || *count > bytes.size() || *offset > bytes.size() || *length > bytes.size() - *offset ||
            *start + (*count - 1) * *stride + size->second * width > *length) {
            return broken();
        }
        std::vector<float> values;
        values.reserve(*count * width);
        for (std::size_t i = 0; i < *count * width; ++i) {
            const char* at = bytes.data() + *offset + *start + i / width * *stride + i % width * size->second;
            float value = 0;
            // Whole numbers stand for fractions of their largest value.
            if (*type == 5126) std::memcpy(&value, at, 4);
            if (*type == 5120) value = std::max(static_cast<float>(static_cast<signed char>(*at)) / 127.0f, -1.0f);
            if (*type == 5121) value = static_cast<float>(static_cast<unsigned char>(*at)) / 255.0f;
            std::int16_t whole = 0;
            std::memcpy(&whole, at, size->second == 2 ? 2 : 0);
            if (*type == 5122) value = std::max(static_cast<float>(whole) / 32767.0f, -1.0f);
            if (*type == 5123) value = static_cast<float>(static_cast<std::uint16_t>(whole)) / 65535.0f;
            if (!std::isfinite(value)) return bad("the animation holds values that are not finite");
            values.push_back(value);
        }
        return values;
    }

    Result<std::vector<Node>> nodes() const {
        std::vector<Node> out;
        const auto numbers = [](const Json& object, const char* name, std::size_t count) {
            std::vector<float> values;
            const auto it = object.is_object() ? object.find(name) : object.end();
            if (it == object.end() || !it->is_array() || it->size() != count) return values;
            for (const auto& item : *it) values.push_back(item.is_number() ? item.get<float>() : 0.0f);
            return values;
        };
        if (list("nodes").size() > kMostNodes) return bad("too many nodes");
        for (const auto& item : list("nodes")) {
            Node node;
            node.name = textOf(item, "name");
            if (node.name.empty()) node.name = "node" + std::to_string(out.size());
            if (const auto t = numbers(item, "translation", 3); !t.empty()) node.translation = {t[0], t[1], t[2]};
            if (const auto s = numbers(item, "scale", 3); !s.empty()) node.scale = {s[0], s[1], s[2]};
            if (const auto q = numbers(item, "rotation", 4); !q.empty()) node.rotation = motion::Quat(q[3], q[0], q[1], q[2]).normalized();
            if (const auto m = numbers(item, "matrix", 16); !m.empty()) {
                const Eigen::Affine3f affine(Eigen::Map<const Eigen::Matrix4f>(m.data()));
                node.translation = affine.translation();
                node.scale = affine.linear().colwise().norm();
                node.rotation = motion::Quat(affine.linear() * node.scale.cwiseInverse().asDiagonal()).normalized();
            }
            out.push_back(std::move(node));
        }
        for (std::size_t i = 0; i < out.size(); ++i) {
            const Json& item = list("nodes")[i];
            if (!item.is_object() || !item.contains("children")) continue;
            for (const auto& child : item["children"]) {
                const std::size_t c = child.is_number_unsigned() ? child.get<std::size_t>() : out.size();
                if (c >= out.size() || c == i || out[c].parent >= 0) return bad("the tree of nodes is broken", {}, "node " + std::to_string(i));
                out[c].parent = static_cast<int>(i);
            }
        }
        if (inOrder(out).size() != out.size()) return bad("the tree of nodes is broken", {}, "a ring");
        return out;
    }

    // Tracks of the first animation into the nodes; the finest even rate of its keys, and its length.
    Result<void> animate(std::vector<Node>& nodes, double& fps, double& seconds) const {
        if (list("animations").empty()) return bad("holds no animation");
        const Json& animation = list("animations")[0];
        if (!animation.is_object() || !animation.contains("channels") || !animation.contains("samplers")) return bad("the animation is broken");
        const Json &channels = animation["channels"], &samplers = animation["samplers"];
        bool even = true;
        fps = 0;
        seconds = 0;
        for (const auto& channel : channels) {
            const auto sampler = countOf(channel, "sampler");
            if (!sampler || !samplers.is_array() || *sampler >= samplers.size() || !channel.contains("target")) return bad("a channel of the animation is broken");
            const Json& target = channel["target"];
            const auto node = countOf(target, "node");
            const std::string what = textOf(target, "path"), how = textOf(samplers[*sampler], "interpolation");
            if (!node || what == "weights") continue;
            if (*node >= nodes.size() || (what != "translation" && what != "rotation" && what != "scale")) return bad("a channel of the animation is broken");
            Track track;
            track.width = what == "rotation" ? 4 : 3;
            track.steps = how == "STEP";
            CHOREIA_ASSIGN(track.times, accessor(countOf(samplers[*sampler], "input"), 1));
            CHOREIA_ASSIGN(track.values, accessor(countOf(samplers[*sampler], "output"), track.width));
            if (how == "CUBICSPLINE") {  // tangent, value, tangent: the values alone are dense enough
                std::vector<float> values;
                for (std::size_t k = 0; 3 * (k + 1) * track.width <= track.values.size(); ++k) {
                    const auto first = track.values.begin() + static_cast<std::ptrdiff_t>((3 * k + 1) * track.width);
                    values.insert(values.end(), first, first + static_cast<std::ptrdiff_t>(track.width));
                }
                track.values = std::move(values);
            }
            if (track.values.size() != track.times.size() * track.width) return bad("an animation's times and values differ in number");
            for (std::size_t i = 1; i < track.times.size(); ++i) {
                if (!(track.times[i] > track.times[i - 1])) return bad("an animation's times do not rise");
            }
            if (track.times.size() > 1) {
                const double step = static_cast<double>(track.times.back() - track.times.front()) / static_cast<double>(track.times.size() - 1);
                for (std::size_t i = 1; i < track.times.size(); ++i) even = even && std::abs(static_cast<double>(track.times[i] - track.times[i - 1]) - step) < 0.05 * step;
                fps = std::max(fps, 1.0 / step);
            }
            seconds = std::max(seconds, static_cast<double>(track.times.back()));
            auto& place = what == "translation" ? nodes[*node].moves : what == "rotation" ? nodes[*node].turns : nodes[*node].grows;
            place = std::move(track);
        }
        if (fps <= 0) return bad("the animation has under two keys");
        if (!even || fps > 1000) fps = 60;
        if (std::abs(fps - std::round(fps)) < 2e-3 * fps) fps = std::max(1.0, std::round(fps));
        if (seconds * fps > static_cast<double>(kMostFrames)) return bad("the animation is too long");
        return {};
    }

    // The skin's joints, or all nodes; every parent before its children.
    Result<std::vector<std::size_t>> joints(const std::vector<Node>& nodes) const {
        std::vector<bool> wanted(nodes.size(), list("skins").empty());
        if (!list("skins").empty() && list("skins")[0].is_object() && list("skins")[0].contains("joints")) {
            for (const auto& item : list("skins")[0]["joints"]) {
                if (!item.is_number_unsigned() || item.get<std::size_t>() >= nodes.size()) return bad("the skin is broken");
                wanted[item.get<std::size_t>()] = true;
            }
        }
        std::vector<std::size_t> order;
        for (const std::size_t i : inOrder(nodes)) {
            if (wanted[i]) order.push_back(i);
        }
        if (order.empty()) return bad("holds no joints");
        return order;
    }

    static std::vector<std::size_t> inOrder(const std::vector<Node>& nodes) {
        std::vector<std::vector<std::size_t>> children(nodes.size());
        std::vector<std::size_t> order;
        for (std::size_t i = 0; i < nodes.size(); ++i) {
            if (nodes[i].parent < 0) {
                order.push_back(i);
            } else {
                children[static_cast<std::size_t>(nodes[i].parent)].push_back(i);
            }
        }
        for (std::size_t k = 0; k < order.size(); ++k) order.insert(order.end(), children[order[k]].begin(), children[order[k]].end());
        return order;
    }

private:
    std::string where_;
    Json root_;
    std::vector<std::string> buffers_;
};

// Our joints among the nodes, with our offsets: ours[j] = node.
std::vector<std::size_t> ourNodes(const std::vector<Node>& nodes, const std::vector<std::size_t>& joints) {
    const auto& body = motion::Skeleton::body();
    std::vector<std::size_t> ours;
    if (joints.size() != kJoints) return {};
    for (int j = 0; j < kJoints; ++j) {
        const auto it = std::find_if(joints.begin(), joints.end(), [&](std::size_t n) { return nodes[n].name == body.names()[static_cast<std::size_t>(j)]; });
        if (it == joints.end()) return {};
        const Node& node = nodes[*it];
        if (node.grows || (node.scale - Eigen::Vector3f::Ones()).norm() > 1e-4f) return {};
        if (j == 0 ? node.parent >= 0 : node.parent < 0 || static_cast<std::size_t>(node.parent) != ours[static_cast<std::size_t>(body.parent(j))]) return {};
        if (j > 0 && (node.moves || (node.translation - body.offset(j)).norm() > 1e-3f)) return {};
        ours.push_back(*it);
    }
    return ours;
}

}  // namespace

Result<SourceMotion> readGltf(const std::filesystem::path& path) {
    File file(path.string());
    CHOREIA_TRY(file.load(path));
    CHOREIA_ASSIGN(std::vector<Node> nodes, file.nodes());
    SourceMotion out;
    double seconds = 0;
    CHOREIA_TRY(file.animate(nodes, out.positions.fps, seconds));
    CHOREIA_ASSIGN(const std::vector<std::size_t> joints, file.joints(nodes));
    const auto ours = ourNodes(nodes, joints);
    const std::vector<std::size_t> order = File::inOrder(nodes);
    const auto frames = static_cast<std::size_t>(std::llround(seconds * out.positions.fps)) + 1;
    const std::size_t n = joints.size();

    for (const std::size_t j : joints) {
        out.names.push_back(nodes[j].name);
        const auto parent = std::find(joints.begin(), joints.end(), static_cast<std::size_t>(std::max(nodes[j].parent, 0)));
        out.parents.push_back(nodes[j].parent >= 0 && parent != joints.end() ? static_cast<int>(parent - joints.begin()) : -1);
    }
    for (const std::size_t j : joints) {
        for (const char* axis : {"|x", "|y"}) out.names.push_back(nodes[j].name + axis);
    }
    out.parents.resize(out.names.size(), -1);
    out.positions.joints = out.names.size();
    if (frames * out.names.size() > kMostPoints) return file.bad("the animation is too long");
    out.positions.values.resize(frames * out.names.size());
    out.isOurBody = !ours.empty();
    out.clip.fps = out.positions.fps;
    std::vector<Eigen::Affine3f> world(nodes.size());
    for (std::size_t f = 0; f < frames; ++f) {
        const auto t = static_cast<float>(static_cast<double>(f) / out.positions.fps);
        for (const std::size_t i : order) {
            nodes[i].local(t, world[i]);
            if (nodes[i].parent >= 0) world[i] = world[static_cast<std::size_t>(nodes[i].parent)] * world[i];
        }
        const auto points = out.positions.frame(f);
        for (std::size_t j = 0; j < n; ++j) {
            const Eigen::Affine3f& at = world[joints[j]];
            points[j] = at.translation();
            points[n + 2 * j] = at.translation() + 0.1f * at.linear().col(0).normalized();
            points[n + 2 * j + 1] = at.translation() + 0.1f * at.linear().col(1).normalized();
        }
        if (!out.isOurBody) continue;
        out.clip.root.push_back(world[ours[0]].translation());
        for (std::size_t j = 0; j < kJoints; ++j) out.clip.rotations.push_back(nodes[ours[j]].turned(t));
    }
    if (out.isOurBody) motion::makeSignsContinuous(out.clip.rotations, kJoints);
    return out;
}

}  // namespace choreia::io
