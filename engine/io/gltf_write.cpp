// glTF 2.0 out, by hand: one buffer, its views, 24 joint nodes, a skin, a mesh, and one animation.
#include "io/gltf_motion.h"

#include "core/atomic_file.h"
#include "motion/kinematics.h"
#include "motion/rotation.h"
#include "motion/skeleton.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstring>
#include <string>
#include <type_traits>

namespace choreia::io {

namespace {

using Json = nlohmann::ordered_json;
using motion::kJoints;
using motion::Vec3;

constexpr int kFloat = 5126, kByte = 5121, kShort = 5123;
constexpr int kVertexTarget = 34962, kIndexTarget = 34963;

// Grows the one buffer and the lists that describe it.
class Packer {
public:
    Json views = Json::array(), accessors = Json::array();
    std::string bytes;

    template <class T>
    int add(const std::vector<T>& values, int component, const char* type, std::size_t perElement, int target = 0) {
        static_assert(std::is_arithmetic_v<T>);
        bytes.append((4 - bytes.size() % 4) % 4, '\0');
        Json view = {{"buffer", 0}, {"byteOffset", bytes.size()}, {"byteLength", values.size() * sizeof(T)}};
        if (target != 0) view["target"] = target;
        bytes.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T));
        views.push_back(view);
        accessors.push_back({{"bufferView", views.size() - 1}, {"componentType", component}, {"count", values.size() / perElement}, {"type", type}});
        return static_cast<int>(accessors.size()) - 1;
    }
    // Smallest and largest of each component, which the format asks for in positions and times.
    void bounds(int accessor, const std::vector<float>& values, std::size_t perElement) {
        std::vector<float> low(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(perElement)), high = low;
        for (std::size_t i = 0; i < values.size(); ++i) {
            low[i % perElement] = std::min(low[i % perElement], values[i]);
            high[i % perElement] = std::max(high[i % perElement], values[i]);
        }
        accessors[static_cast<std::size_t>(accessor)]["min"] = low;
        accessors[static_cast<std::size_t>(accessor)]["max"] = high;
    }
};

void append(std::vector<float>& out, const Vec3& v) { out.insert(out.end(), {v.x(), v.y(), v.z()}); }

Json addMesh(Packer& pack) {
    const BodyMesh mesh = bodyMesh();
    std::vector<float> positions, normals, weights;
    std::vector<std::uint8_t> joints;
    for (const auto& v : mesh.vertices) {
        append(positions, v.position);
        append(normals, v.normal);
        joints.insert(joints.end(), {v.joint[0], v.joint[1], 0, 0});
        weights.insert(weights.end(), {v.weight[0], v.weight[1], 0, 0});
    }
    const int position = pack.add(positions, kFloat, "VEC3", 3, kVertexTarget);
    pack.bounds(position, positions, 3);
    Json attributes = {{"POSITION", position},
                       {"NORMAL", pack.add(normals, kFloat, "VEC3", 3, kVertexTarget)},
                       {"JOINTS_0", pack.add(joints, kByte, "VEC4", 4, kVertexTarget)},
                       {"WEIGHTS_0", pack.add(weights, kFloat, "VEC4", 4, kVertexTarget)}};
    const int indices = pack.add(mesh.triangles, kShort, "SCALAR", 1, kIndexTarget);
    return {{"name", "dancer"}, {"primitives", Json::array({Json{{"attributes", attributes}, {"indices", indices}, {"material", 0}}})}};
}

Json addSkin(Packer& pack) {
    const auto& body = motion::Skeleton::body();
    std::vector<Vec3> rest(kJoints);
    const std::vector<motion::Quat> still(kJoints, motion::Quat::Identity());
    motion::forwardKinematics(body, body.offset(0), still, rest);
    std::vector<float> inverse;
    std::vector<int> joints;
    for (int j = 0; j < kJoints; ++j) {
        Eigen::Matrix4f matrix = Eigen::Matrix4f::Identity();
        matrix.topRightCorner<3, 1>() = -rest[static_cast<std::size_t>(j)];
        inverse.insert(inverse.end(), matrix.data(), matrix.data() + 16);  // column-major, as Eigen holds it
        joints.push_back(j);
    }
    return {{"name", "body"}, {"inverseBindMatrices", pack.add(inverse, kFloat, "MAT4", 16)}, {"skeleton", 0}, {"joints", joints}};
}

Json addAnimation(Packer& pack, const motion::Clip& clip) {
    std::vector<float> times, root;
    for (std::size_t f = 0; f < clip.frames(); ++f) {
        times.push_back(static_cast<float>(static_cast<double>(f) / clip.fps));
        append(root, clip.root[f]);
    }
    const int time = pack.add(times, kFloat, "SCALAR", 1);
    pack.bounds(time, times, 1);
    std::vector<motion::Quat> turns = clip.rotations;
    motion::makeSignsContinuous(turns, kJoints);
    Json samplers = Json::array(), channels = Json::array();
    const auto track = [&](int node, const char* path, int output) {
        channels.push_back({{"sampler", samplers.size()}, {"target", {{"node", node}, {"path", path}}}});
        samplers.push_back({{"input", time}, {"interpolation", "LINEAR"}, {"output", output}});
    };
    track(0, "translation", pack.add(root, kFloat, "VEC3", 3));
    for (int j = 0; j < kJoints; ++j) {
        std::vector<float> values;
        values.reserve(clip.frames() * 4);
        for (std::size_t f = 0; f < clip.frames(); ++f) {
            const auto& q = turns[f * kJoints + static_cast<std::size_t>(j)];
            values.insert(values.end(), {q.x(), q.y(), q.z(), q.w()});
        }
        track(j, "rotation", pack.add(values, kFloat, "VEC4", 4));
    }
    return {{"name", "dance"}, {"samplers", samplers}, {"channels", channels}};
}

Json nodes() {
    const auto& body = motion::Skeleton::body();
    Json list = Json::array();
    for (int j = 0; j < kJoints; ++j) {
        const Vec3 offset = body.offset(j);
        Json node = {{"name", body.names()[static_cast<std::size_t>(j)]}, {"translation", Json::array({offset.x(), offset.y(), offset.z()})}};
        std::vector<int> children;
        for (int child = j + 1; child < kJoints; ++child) {
            if (body.parent(child) == j) children.push_back(child);
        }
        if (!children.empty()) node["children"] = children;
        list.push_back(node);
    }
    list.push_back({{"name", "dancer"}, {"mesh", 0}, {"skin", 0}});
    return list;
}

std::string base64(std::string_view bytes) {
    static constexpr char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    out.reserve((bytes.size() + 2) / 3 * 4);
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        std::uint32_t three = 0;
        for (std::size_t k = 0; k < 3; ++k) three = three << 8 | (i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0u);
        for (std::size_t k = 0; k < 4; ++k) out += i + k <= bytes.size() || k < 2 ? digits[three >> (18 - 6 * k) & 63] : '=';
    }
    return out;
}

void word(std::string& out, std::size_t value) {
    for (int i = 0; i < 4; ++i) out += static_cast<char>(value >> (8 * i) & 0xff);
}

}  // namespace

Result<void> writeGltf(const std::filesystem::path& path, const motion::Clip& clip, bool binary) {
    Packer pack;
    Json root;
    root["asset"] = {{"version", "2.0"}, {"generator", "Choreia"}};
    root["scene"] = 0;
    root["scenes"] = Json::array({Json{{"name", "stage"}, {"nodes", Json::array({0, kJoints})}}});
    root["nodes"] = nodes();
    const Json look = {{"baseColorFactor", Json::array({0.78, 0.8, 0.86, 1.0})}, {"metallicFactor", 0.0}, {"roughnessFactor", 0.7}};
    root["materials"] = Json::array({Json{{"name", "body"}, {"pbrMetallicRoughness", look}}});
    root["meshes"] = Json::array({addMesh(pack)});
    root["skins"] = Json::array({addSkin(pack)});
    root["animations"] = Json::array({addAnimation(pack, clip)});
    pack.bytes.append((4 - pack.bytes.size() % 4) % 4, '\0');
    root["accessors"] = pack.accessors;
    root["bufferViews"] = pack.views;
    Json buffer = {{"byteLength", pack.bytes.size()}};
    if (!binary) {
        buffer["uri"] = "data:application/octet-stream;base64," + base64(pack.bytes);
        root["buffers"] = Json::array({buffer});
        return writeFile(path, root.dump());
    }
    root["buffers"] = Json::array({buffer});
    std::string text = root.dump();
    text.append((4 - text.size() % 4) % 4, ' ');
    std::string out = "glTF";
    word(out, 2);
    word(out, 12 + 8 + text.size() + 8 + pack.bytes.size());
    word(out, text.size());
    out += "JSON" + text;
    word(out, pack.bytes.size());
    out += std::string("BIN\0", 4) + pack.bytes;
    return writeFile(path, out);
}

}  // namespace choreia::io
