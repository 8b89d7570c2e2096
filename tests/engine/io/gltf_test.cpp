// glTF: the structure of what is written, checked by the format's own rules; a hand-made file with joints worked out by hand; damage refused.
#include "support/testing.h"

#include "core/atomic_file.h"
#include "engine/io/motion_fixture.h"
#include "io/gltf_motion.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryDir>

#include <cstring>

using namespace choreia;
using motion::Vec3;

namespace {

struct Parsed {
    QJsonObject root;
    QByteArray buffer;
};

/// Qt's JSON and base64, not ours.
Parsed parse(const std::filesystem::path& path) {
    const std::string bytes = *readFile(path);
    const QByteArray all(bytes.data(), static_cast<qsizetype>(bytes.size()));
    if (all.startsWith("glTF")) {
        std::uint32_t words[5];
        std::memcpy(words, bytes.data(), 20);
        return {QJsonDocument::fromJson(all.mid(20, words[3])).object(), all.mid(28 + words[3])};
    }
    const QJsonObject root = QJsonDocument::fromJson(all).object();
    const QByteArray uri = root["buffers"].toArray()[0].toObject()["uri"].toString().toLatin1();
    return {root, QByteArray::fromBase64(uri.mid(uri.indexOf(',') + 1))};
}

QByteArray view(const Parsed& file, int accessor) {
    const QJsonObject a = file.root["accessors"].toArray()[accessor].toObject();
    const QJsonObject v = file.root["bufferViews"].toArray()[a["bufferView"].toInt()].toObject();
    return file.buffer.mid(v["byteOffset"].toInt(), v["byteLength"].toInt());
}

std::vector<float> floats(const QByteArray& bytes) {
    std::vector<float> values(static_cast<std::size_t>(bytes.size()) / 4);
    std::memcpy(values.data(), bytes.data(), values.size() * 4);
    return values;
}

}  // namespace

class GltfTest : public QObject {
    Q_OBJECT
    QTemporaryDir folder_;
    std::filesystem::path at(const std::string& name) const { return folder_.filePath(QString::fromStdString(name)).toStdString(); }

private Q_SLOTS:
    void structure_data() {
        QTest::addColumn<QString>("name");
        QTest::newRow("gltf") << QStringLiteral("clip.gltf");
        QTest::newRow("glb") << QStringLiteral("clip.glb");
    }

    void structure() {
        QFETCH(QString, name);
        const auto clip = testing::turningClip(90);
        QVERIFY(io::writeClip(at(name.toStdString()), clip).ok());
        const Parsed file = parse(at(name.toStdString()));
        QCOMPARE(file.root["asset"].toObject()["version"].toString(), QStringLiteral("2.0"));
        QCOMPARE(file.root["buffers"].toArray()[0].toObject()["byteLength"].toInt(), static_cast<int>(file.buffer.size()));
        for (const auto& item : file.root["accessors"].toArray()) {
            const QJsonObject a = item.toObject();
            const QJsonObject v = file.root["bufferViews"].toArray()[a["bufferView"].toInt()].toObject();
            const int width = QMap<QString, int>{{"SCALAR", 1}, {"VEC3", 3}, {"VEC4", 4}, {"MAT4", 16}}[a["type"].toString()];
            const int size = QMap<int, int>{{5121, 1}, {5123, 2}, {5126, 4}}[a["componentType"].toInt()];
            QCOMPARE(v["byteLength"].toInt(), a["count"].toInt() * width * size);
            QCOMPARE(v["byteOffset"].toInt() % 4, 0);
            QVERIFY(v["byteOffset"].toInt() + v["byteLength"].toInt() <= file.buffer.size());
        }
        const QJsonArray nodes = file.root["nodes"].toArray();
        QCOMPARE(nodes.size(), 25);
        QCOMPARE(nodes[0].toObject()["name"].toString(), QStringLiteral("pelvis"));
        QCOMPARE(nodes[24].toObject()["skin"].toInt(-1), 0);
        const QJsonObject animation = file.root["animations"].toArray()[0].toObject();
        QCOMPARE(animation["channels"].toArray().size(), 25);
        const auto times = floats(view(file, animation["samplers"].toArray()[0].toObject()["input"].toInt()));
        QCOMPARE(times.size(), std::size_t{90});
        QVERIFY(std::abs(times[89] - 89.0f / 60) < 1e-6f);
        // x, y, z, w here; the same rotation as in the clip, up to sign.
        const QJsonObject head = animation["channels"].toArray()[1 + motion::Head].toObject();
        QCOMPARE(head["target"].toObject()["node"].toInt(), static_cast<int>(motion::Head));
        const auto turns = floats(view(file, animation["samplers"].toArray()[head["sampler"].toInt()].toObject()["output"].toInt()));
        for (std::size_t f = 0; f < 90; ++f) {
            const motion::Quat q(turns[4 * f + 3], turns[4 * f], turns[4 * f + 1], turns[4 * f + 2]);
            QVERIFY(std::abs(std::abs(q.dot(clip.pose(f)[motion::Head])) - 1) < 1e-5f);
        }
    }

    /// A skinned body at rest: closed, right side out, as tall as a person, every vertex fully hung.
    void meshIsABody() {
        const io::BodyMesh mesh = io::bodyMesh();
        QVERIFY(mesh.vertices.size() < 65536);
        Vec3 low = mesh.vertices[0].position, high = low;
        for (const auto& v : mesh.vertices) {
            low = low.cwiseMin(v.position);
            high = high.cwiseMax(v.position);
            QVERIFY(std::abs(v.normal.norm() - 1) < 1e-4f && std::abs(v.weight[0] + v.weight[1] - 1) < 1e-5f);
            QVERIFY(v.joint[0] < 24 && v.joint[1] < 24 && v.weight[1] >= 0 && v.weight[1] <= 0.5f);
        }
        QVERIFY2(std::abs(high.y() - 1.70f) < 0.02f && std::abs(low.y()) < 0.01f, qPrintable(QString::number(low.y())));
        QVERIFY(std::abs(high.x() + low.x()) < 1e-3f && high.x() > 0.8f && high.x() < 0.95f);
        std::size_t outward = 0;
        for (std::size_t i = 0; i < mesh.triangles.size(); i += 3) {
            const auto &a = mesh.vertices[mesh.triangles[i]], &b = mesh.vertices[mesh.triangles[i + 1]], &c = mesh.vertices[mesh.triangles[i + 2]];
            outward += (b.position - a.position).cross(c.position - a.position).dot(a.normal + b.normal + c.normal) > 0;
        }
        QCOMPARE(outward, mesh.triangles.size() / 3);
    }

    void thereAndBack() {
        for (const char* name : {"back.gltf", "back.glb"}) {
            const auto clip = testing::turningClip(200, 30);
            QVERIFY(io::writeClip(at(name), clip).ok());
            const auto motion = io::readMotion(at(name));
            QVERIFY2(motion.ok(), motion.ok() ? "" : motion.error().line().c_str());
            QVERIFY(motion->isOurBody);
            QCOMPARE(motion->clip.fps, 30.0);
            QCOMPARE(motion->clip.frames(), std::size_t{200});
            QVERIFY(testing::worstDistance(clip, motion->clip) < 5e-6);
            QVERIFY((motion->positions.at(57, 0) - clip.root[57]).norm() < 1e-6f);
        }
    }

    /// A scaled armature over two joints; the first turns a quarter about Z within one second, by two keys.
    void foreignFileByHand() {
        const float numbers[] = {0.0f, 0.5f, 1.0f, /* rotations */ 0, 0, 0, 1, 0, 0, 0.38268343f, 0.92387953f, 0, 0, 0.70710678f, 0.70710678f};
        const QByteArray data = QByteArray(reinterpret_cast<const char*>(numbers), sizeof numbers).toBase64();
        QByteArray text = "{'asset':{'version':'2.0'},'nodes':[{'name':'armature','scale':[2,2,2],'children':[2]},{'name':'tip','translation':[0.5,0,0]},"
                          "{'name':'arm','translation':[0,1,0],'children':[1]}],'skins':[{'joints':[1,2]}],"
                          "'buffers':[{'byteLength':60,'uri':'data:application/octet-stream;base64," + data + "'}],"
                          "'bufferViews':[{'buffer':0,'byteLength':12},{'buffer':0,'byteOffset':12,'byteLength':48}],"
                          "'accessors':[{'bufferView':0,'componentType':5126,'count':3,'type':'SCALAR'},{'bufferView':1,'componentType':5126,'count':3,'type':'VEC4'}],"
                          "'animations':[{'samplers':[{'input':0,'output':1}],'channels':[{'sampler':0,'target':{'node':2,'path':'rotation'}}]}]}";
        text.replace('\'', '"');
        QVERIFY(writeFile(at("hand.gltf"), text.toStdString()).ok());
        const auto motion = io::readMotion(at("hand.gltf"));
        QVERIFY2(motion.ok(), motion.ok() ? "" : motion.error().line().c_str());
        QVERIFY(!motion->isOurBody);
        QCOMPARE(motion->names, (std::vector<std::string>{"arm", "tip", "arm|x", "arm|y", "tip|x", "tip|y"}));
        QCOMPARE(motion->positions.fps, 2.0);
        QCOMPARE(motion->positions.frames(), std::size_t{3});
        QVERIFY((motion->positions.at(0, 1) - Vec3(1, 2, 0)).norm() < 1e-5f);
        QVERIFY((motion->positions.at(1, 1) - Vec3(0.70710678f, 2.70710678f, 0)).norm() < 1e-5f);
        QVERIFY((motion->positions.at(2, 1) - Vec3(0, 3, 0)).norm() < 1e-5f);
        QVERIFY((motion->positions.at(2, 3) - Vec3(-0.1f, 2, 0)).norm() < 1e-5f);
        // Broken in one place each.
        const auto refused = [&](const char* from, const char* to) {
            QByteArray broken = text;
            broken.replace(from, to);
            return broken != text && writeFile(at("broken.gltf"), broken.toStdString()).ok() && !io::readMotion(at("broken.gltf")).ok();
        };
        QVERIFY(refused("\"byteOffset\":12", "\"byteOffset\":16"));
        QVERIFY(refused("\"count\":3,\"type\":\"VEC4\"", "\"count\":4000000000,\"type\":\"VEC4\""));
        QVERIFY(refused("\"buffer\":0,\"byteOffset\":12", "\"buffer\":0,\"byteStride\":1099511627776,\"byteOffset\":12"));
        QVERIFY(refused("\"bufferView\":1", "\"bufferView\":9"));
        QVERIFY(refused("\"output\":1", "\"output\":0"));
        QVERIFY(refused("\"children\":[1]", "\"children\":[0]"));
        QVERIFY(refused("\"joints\":[1,2]", "\"joints\":[1,7]"));
        QVERIFY(refused("\"animations\"", "\"nothing\""));
        QVERIFY(refused("data:application/octet-stream;base64,", "../../secret"));
        QVERIFY(refused("\"node\":2", "\"node\":12"));
        QVERIFY(refused("\"asset\"", "\"ass\""));
    }

    void cutFilesAreRefused() {
        QVERIFY(io::writeClip(at("whole.glb"), testing::turningClip(10)).ok());
        const std::string bytes = *readFile(at("whole.glb"));
        for (const std::size_t keep : {std::size_t{3}, std::size_t{11}, std::size_t{30}, bytes.size() / 2, bytes.size() - 1}) {
            QVERIFY(writeFile(at("cut.glb"), std::string_view(bytes).substr(0, keep)).ok());
            const auto motion = io::readMotion(at("cut.glb"));
            QVERIFY(!motion.ok());
            QCOMPARE(motion.error().exitStatus(), 3);
        }
    }
};

CHOREIA_TEST(GltfTest)
#include "gltf_test.moc"
