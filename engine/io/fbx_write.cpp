// FBX out, by hand (Assimp 5.2's exporter does not keep the animation: its files come back with joints metres away).
#include "io/fbx_motion.h"

#include "core/atomic_file.h"
#include "io/euler.h"
#include "io/fbx_node.h"
#include "io/gltf_motion.h"
#include "motion/kinematics.h"
#include "motion/skeleton.h"

#include <array>
#include <cmath>
#include <string>

namespace choreia::io {

namespace {

using motion::kJoints;
using motion::Skeleton;
using motion::Vec3;

constexpr double kTicks = 46186158000.0;  // FBX's units of time in a second

// Ids of objects: one range a kind.
enum Range : std::int64_t { kModel = 1000, kAttribute = 2000, kCluster = 3000, kCurveNode = 4000, kCurve = 5000 };
enum Single : std::int64_t { kMesh = 100, kGeometry, kSkin, kMaterial, kPose, kStack, kLayer, kDocument };

std::string named(const std::string& name, const char* kind) { return name + std::string("\0\1", 2) + kind; }

// Three numbers as a property's values.
FbxNode& triple(FbxNode& properties, const char* name, const char* type, const char* flags, double x, double y, double z) {
    return properties.property(name, type, "", flags, x, y, z);
}

std::vector<double> placed(const Vec3& at) {
    return {1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 100.0 * at.x(), 100.0 * at.y(), 100.0 * at.z(), 1};
}

FbxNode header() {
    FbxNode node("FBXHeaderExtension");
    node.child("FBXHeaderVersion", std::int32_t{1003});
    node.child("FBXVersion", std::int32_t{7400});
    node.child("EncryptionType", std::int32_t{0});
    FbxNode& stamp = node.child("CreationTimeStamp");
    stamp.child("Version", std::int32_t{1000});
    constexpr std::array<std::pair<const char*, std::int32_t>, 7> parts = {
        {{"Year", 1970}, {"Month", 1}, {"Day", 1}, {"Hour", 10}, {"Minute", 0}, {"Second", 0}, {"Millisecond", 0}}};
    for (const auto& [name, value] : parts) stamp.child(name, value);
    node.child("Creator", "Choreia");
    return node;
}

FbxNode globalSettings(double fps, std::int64_t stop) {
    FbxNode node("GlobalSettings");
    node.child("Version", std::int32_t{1000});
    FbxNode& p = node.child("Properties70");
    const auto whole = [&p](const char* name, std::int32_t value) { p.property(name, "int", "Integer", "", value); };
    whole("UpAxis", 1);
    whole("UpAxisSign", 1);
    whole("FrontAxis", 2);
    whole("FrontAxisSign", 1);
    whole("CoordAxis", 0);
    whole("CoordAxisSign", 1);
    p.property("UnitScaleFactor", "double", "Number", "", 1.0);  // centimetres
    p.property("OriginalUnitScaleFactor", "double", "Number", "", 1.0);
    const double whole60 = std::round(fps);
    const std::int32_t mode = std::abs(fps - whole60) > 1e-6 ? 14 : whole60 == 120 ? 1 : whole60 == 100 ? 2 : whole60 == 60 ? 3 : whole60 == 50 ? 4 : whole60 == 30 ? 6
                              : whole60 == 25 ? 10 : whole60 == 24 ? 11 : 14;
    p.property("TimeMode", "enum", "", "", mode);
    p.property("CustomFrameRate", "double", "Number", "", fps);
    p.property("TimeSpanStart", "KTime", "Time", "", std::int64_t{0});
    p.property("TimeSpanStop", "KTime", "Time", "", stop);
    return node;
}

FbxNode documents() {
    FbxNode node("Documents");
    node.child("Count", std::int32_t{1});
    FbxNode& document = node.child("Document");
    document.add(std::int64_t{kDocument}).add("Scene").add("Scene");
    document.child("Properties70").property("ActiveAnimStackName", "KString", "", "", "dance");
    document.child("RootNode", std::int64_t{0});
    return node;
}

FbxNode definitions() {
    FbxNode node("Definitions");
    const std::array<std::pair<const char*, std::int32_t>, 10> counts = {{{"GlobalSettings", 1},
                                                                          {"Model", kJoints + 1},
                                                                          {"NodeAttribute", kJoints},
                                                                          {"Geometry", 1},
                                                                          {"Material", 1},
                                                                          {"Deformer", kJoints + 1},
                                                                          {"Pose", 1},
                                                                          {"AnimationStack", 1},
                                                                          {"AnimationLayer", 1},
                                                                          {"AnimationCurveNode", kJoints + 1}}};
    std::int32_t total = 3 * (kJoints + 1);
    for (const auto& [name, count] : counts) total += count;
    node.child("Version", std::int32_t{100});
    node.child("Count", total);
    for (const auto& [name, count] : counts) node.child("ObjectType", name).child("Count", count);
    node.child("ObjectType", "AnimationCurve").child("Count", std::int32_t{3 * (kJoints + 1)});
    return node;
}

void model(FbxNode& objects, std::int64_t id, const std::string& name, const char* kind, const Vec3& offset) {
    FbxNode& node = objects.child("Model");
    node.add(id).add(named(name, "Model")).add(kind);
    node.child("Version", std::int32_t{232});
    FbxNode& p = node.child("Properties70");
    p.property("RotationActive", "bool", "", "", std::int32_t{1});
    p.property("InheritType", "enum", "", "", std::int32_t{1});
    triple(p, "Lcl Translation", "Lcl Translation", "A", 100.0 * offset.x(), 100.0 * offset.y(), 100.0 * offset.z());
    triple(p, "Lcl Rotation", "Lcl Rotation", "A", 0, 0, 0);
    triple(p, "Lcl Scaling", "Lcl Scaling", "A", 1, 1, 1);
    node.child("Shading", true);
    node.child("Culling", "CullingOff");
}

void skeleton(FbxNode& objects) {
    const auto& body = Skeleton::body();
    for (int j = 0; j < kJoints; ++j) {
        const std::string& name = body.names()[static_cast<std::size_t>(j)];
        model(objects, kModel + j, name, "LimbNode", body.offset(j));
        FbxNode& attribute = objects.child("NodeAttribute");
        attribute.add(std::int64_t{kAttribute + j}).add(named(name, "NodeAttribute")).add("LimbNode");
        attribute.child("Properties70").property("Size", "double", "Number", "", 3.0);
        attribute.child("TypeFlags", "Skeleton");
    }
}

void meshAndSkin(FbxNode& objects, const std::vector<Vec3>& rest) {
    const BodyMesh mesh = bodyMesh();
    std::vector<double> vertices, normals;
    std::vector<std::int32_t> polygons;
    std::array<std::vector<std::int32_t>, kJoints> hung;
    std::array<std::vector<double>, kJoints> weights;
    for (std::size_t v = 0; v < mesh.vertices.size(); ++v) {
        const auto& vertex = mesh.vertices[v];
        for (int k = 0; k < 3; ++k) {
            vertices.push_back(100.0 * vertex.position[k]);
            normals.push_back(vertex.normal[k]);
        }
        for (std::size_t k = 0; k < 2; ++k) {
            if (vertex.weight[k] <= 0) continue;
            hung[vertex.joint[k]].push_back(static_cast<std::int32_t>(v));
            weights[vertex.joint[k]].push_back(vertex.weight[k]);
        }
    }
    // The last corner of a polygon is written as its complement.
    for (std::size_t i = 0; i < mesh.triangles.size(); ++i) polygons.push_back(i % 3 == 2 ? ~static_cast<std::int32_t>(mesh.triangles[i]) : mesh.triangles[i]);

    FbxNode& geometry = objects.child("Geometry");
    geometry.add(std::int64_t{kGeometry}).add(named("dancer", "Geometry")).add("Mesh");
    geometry.child("GeometryVersion", std::int32_t{124});
    geometry.child("Vertices", vertices);
    geometry.child("PolygonVertexIndex", polygons);
    FbxNode& layerNormal = geometry.child("LayerElementNormal", std::int32_t{0});
    layerNormal.child("Version", std::int32_t{101});
    layerNormal.child("Name", "");
    layerNormal.child("MappingInformationType", "ByVertice");
    layerNormal.child("ReferenceInformationType", "Direct");
    layerNormal.child("Normals", normals);
    FbxNode& layerMaterial = geometry.child("LayerElementMaterial", std::int32_t{0});
    layerMaterial.child("Version", std::int32_t{101});
    layerMaterial.child("Name", "");
    layerMaterial.child("MappingInformationType", "AllSame");
    layerMaterial.child("ReferenceInformationType", "IndexToDirect");
    layerMaterial.child("Materials", std::vector<std::int32_t>{0});
    FbxNode& layer = geometry.child("Layer", std::int32_t{0});
    layer.child("Version", std::int32_t{100});
    for (const char* kind : {"LayerElementNormal", "LayerElementMaterial"}) {
        FbxNode& element = layer.child("LayerElement");
        element.child("Type", kind);
        element.child("TypedIndex", std::int32_t{0});
    }
    model(objects, kMesh, "dancer", "Mesh", Vec3::Zero());

    FbxNode& material = objects.child("Material");
    material.add(std::int64_t{kMaterial}).add(named("body", "Material")).add("");
    material.child("Version", std::int32_t{102});
    material.child("ShadingModel", "lambert");
    material.child("MultiLayer", std::int32_t{0});
    triple(material.child("Properties70"), "DiffuseColor", "Color", "A", 0.78, 0.8, 0.86);

    FbxNode& skin = objects.child("Deformer");
    skin.add(std::int64_t{kSkin}).add(named("skin", "Deformer")).add("Skin");
    skin.child("Version", std::int32_t{101});
    skin.child("Link_DeformAcuracy", 50.0);
    FbxNode pose("Pose");
    pose.add(std::int64_t{kPose}).add(named("rest", "Pose")).add("BindPose");
    pose.child("Type", "BindPose");
    pose.child("Version", std::int32_t{100});
    pose.child("NbPoseNodes", std::int32_t{kJoints + 1});
    const auto poseNode = [&pose](std::int64_t id, const Vec3& at) {
        FbxNode& node = pose.child("PoseNode");
        node.child("Node", id);
        node.child("Matrix", placed(at));
    };
    poseNode(kMesh, Vec3::Zero());
    for (std::size_t j = 0; j < kJoints; ++j) {
        FbxNode& cluster = objects.child("Deformer");
        cluster.add(static_cast<std::int64_t>(kCluster + j)).add(named(Skeleton::body().names()[j], "SubDeformer")).add("Cluster");
        cluster.child("Version", std::int32_t{100});
        cluster.child("UserData").add("").add("");
        cluster.child("Indexes", hung[j]);
        cluster.child("Weights", weights[j]);
        cluster.child("Transform", placed(-rest[j]));
        cluster.child("TransformLink", placed(rest[j]));
        poseNode(static_cast<std::int64_t>(kModel + j), rest[j]);
    }
    objects.child("Pose") = std::move(pose);
}

// One curve node with its three curves; track 0 is the root's path, track 1 + j the rotation of joint j.
void track(FbxNode& objects, std::int64_t index, const char* letter, const std::vector<std::int64_t>& times, const std::array<std::vector<float>, 3>& values) {
    FbxNode& node = objects.child("AnimationCurveNode");
    node.add(std::int64_t{kCurveNode + index}).add(named(letter, "AnimCurveNode")).add("");
    FbxNode& p = node.child("Properties70");
    for (std::size_t axis = 0; axis < 3; ++axis) p.property((std::string("d|") + "XYZ"[axis]).c_str(), "Number", "", "A", static_cast<double>(values[axis][0]));
    for (std::size_t axis = 0; axis < 3; ++axis) {
        FbxNode& curve = objects.child("AnimationCurve");
        curve.add(static_cast<std::int64_t>(kCurve + 3 * index + static_cast<std::int64_t>(axis))).add(named("", "AnimCurve")).add("");
        curve.child("Default", static_cast<double>(values[axis][0]));
        curve.child("KeyVer", std::int32_t{4008});
        curve.child("KeyTime", times);
        curve.child("KeyValueFloat", values[axis]);
        curve.child("KeyAttrFlags", std::vector<std::int32_t>{4});  // linear
        curve.child("KeyAttrDataFloat", std::vector<float>(4, 0.0f));
        curve.child("KeyAttrRefCount", std::vector<std::int32_t>{static_cast<std::int32_t>(times.size())});
    }
}

void animation(FbxNode& objects, const motion::Clip& clip, std::int64_t stop) {
    FbxNode& stack = objects.child("AnimationStack");
    stack.add(std::int64_t{kStack}).add(named("dance", "AnimStack")).add("");
    FbxNode& p = stack.child("Properties70");
    p.property("LocalStop", "KTime", "Time", "", stop);
    p.property("ReferenceStop", "KTime", "Time", "", stop);
    objects.child("AnimationLayer").add(std::int64_t{kLayer}).add(named("base", "AnimLayer")).add("");
    std::vector<std::int64_t> times;
    std::array<std::vector<float>, 3> values;
    for (std::size_t f = 0; f < clip.frames(); ++f) {
        times.push_back(std::llround(static_cast<double>(f) * kTicks / clip.fps));
        for (std::size_t axis = 0; axis < 3; ++axis) values[axis].push_back(100.0f * clip.root[f][static_cast<int>(axis)]);
    }
    track(objects, 0, "T", times, values);
    for (std::size_t j = 0; j < kJoints; ++j) {
        Angles angles{};
        for (auto& axis : values) axis.clear();
        for (std::size_t f = 0; f < clip.frames(); ++f) {
            angles = eulerXyz(clip.pose(f)[j], angles);
            for (std::size_t axis = 0; axis < 3; ++axis) values[axis].push_back(static_cast<float>(angles[axis]));
        }
        track(objects, static_cast<std::int64_t>(1 + j), "R", times, values);
    }
}

FbxNode connections() {
    FbxNode node("Connections");
    const auto object = [&node](std::int64_t from, std::int64_t to) { node.child("C", "OO").add(from).add(to); };
    const auto property = [&node](std::int64_t from, std::int64_t to, const char* name) { node.child("C", "OP").add(from).add(to).add(name); };
    for (std::int64_t j = 0; j < kJoints; ++j) {
        const int parent = Skeleton::body().parent(static_cast<int>(j));
        object(kModel + j, parent < 0 ? 0 : kModel + parent);
        object(kAttribute + j, kModel + j);
        object(kCluster + j, kSkin);
        object(kModel + j, kCluster + j);
    }
    object(kMesh, 0);
    object(kGeometry, kMesh);
    object(kMaterial, kMesh);
    object(kSkin, kGeometry);
    object(kLayer, kStack);
    for (std::int64_t t = 0; t <= kJoints; ++t) {
        object(kCurveNode + t, kLayer);
        property(kCurveNode + t, t == 0 ? std::int64_t{kModel} : kModel + t - 1, t == 0 ? "Lcl Translation" : "Lcl Rotation");
        for (std::int64_t axis = 0; axis < 3; ++axis) property(kCurve + 3 * t + axis, kCurveNode + t, axis == 0 ? "d|X" : axis == 1 ? "d|Y" : "d|Z");
    }
    return node;
}

}  // namespace

Result<void> writeFbx(const std::filesystem::path& path, const motion::Clip& clip) {
    const auto& body = Skeleton::body();
    std::vector<Vec3> rest(kJoints);
    motion::forwardKinematics(body, body.offset(0), std::vector<motion::Quat>(kJoints, motion::Quat::Identity()), rest);
    const std::int64_t stop = std::llround(static_cast<double>(clip.frames() - 1) * kTicks / clip.fps);

    std::vector<FbxNode> top;
    top.push_back(header());
    // These two and the footer belong together; other writers use the same fixed set.
    top.emplace_back("FileId").addRaw("\x28\xb3\x2a\xeb\xb6\x24\xcc\xc2\xbf\xc8\xb0\x2a\xa9\x2b\xfc\xf1");
    top.emplace_back("CreationTime").add("1970-01-01 10:00:00:000");
    top.emplace_back("Creator").add("Choreia");
    top.push_back(globalSettings(clip.fps, stop));
    top.push_back(documents());
    top.emplace_back("References");
    top.push_back(definitions());
    FbxNode& objects = top.emplace_back("Objects");
    skeleton(objects);
    meshAndSkin(objects, rest);
    animation(objects, clip, stop);
    top.push_back(connections());
    top.emplace_back("Takes").child("Current", "dance");
    return writeFile(path, fbxFile(top));
}

}  // namespace choreia::io
