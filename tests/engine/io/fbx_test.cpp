// FBX: the records are walked by a reader of the test's own, the curves turned back into a pose, and that compared with the clip.
#include "support/testing.h"

#include "core/atomic_file.h"
#include "engine/io/motion_fixture.h"
#include "io/euler.h"
#include "io/motion_files.h"

#include <QTemporaryDir>

#include <cstring>
#include <map>
#include <numbers>

using namespace choreia;
using motion::Vec3;

namespace {

struct Property {
    char code = 0;
    double number = 0;
    QByteArray bytes;  ///< text, raw, or an array's unpacked bytes
    std::size_t count = 0;
    template <class T>
    std::vector<T> array() const {
        std::vector<T> values(static_cast<std::size_t>(bytes.size()) / sizeof(T));
        std::memcpy(values.data(), bytes.data(), values.size() * sizeof(T));
        return values;
    }
};

struct Record {
    QByteArray name;
    std::vector<Property> properties;
    std::vector<Record> inside;
    const Record* find(const char* wanted) const {
        for (const auto& r : inside) {
            if (r.name == wanted) return &r;
        }
        return nullptr;
    }
};

template <class T>
T take(const QByteArray& bytes, qsizetype& at) {
    T value{};
    if (at + static_cast<qsizetype>(sizeof value) > bytes.size()) throw std::out_of_range("end of file");
    std::memcpy(&value, bytes.data() + at, sizeof value);
    at += static_cast<qsizetype>(sizeof value);
    return value;
}

Property property(const QByteArray& b, qsizetype& at) {
    Property p;
    p.code = take<char>(b, at);
    switch (p.code) {
    case 'C': p.number = take<char>(b, at); break;
    case 'I': p.number = take<std::int32_t>(b, at); break;
    case 'L': p.number = static_cast<double>(take<std::int64_t>(b, at)); break;
    case 'D': p.number = take<double>(b, at); break;
    case 'S':
    case 'R': {
        const auto size = take<std::uint32_t>(b, at);
        p.bytes = b.mid(at, size);
        at += size;
        break;
    }
    case 'f':
    case 'd':
    case 'i':
    case 'l': {
        p.count = take<std::uint32_t>(b, at);
        const auto encoding = take<std::uint32_t>(b, at), size = take<std::uint32_t>(b, at);
        const auto full = static_cast<std::uint32_t>(p.count * (p.code == 'd' || p.code == 'l' ? 8 : 4));
        p.bytes = b.mid(at, size);
        if (encoding == 1) {
            const char length[4] = {static_cast<char>(full >> 24), static_cast<char>(full >> 16), static_cast<char>(full >> 8), static_cast<char>(full)};
            p.bytes = qUncompress(QByteArray(length, 4) + p.bytes);
        }
        if (p.bytes.size() != static_cast<qsizetype>(full)) throw std::runtime_error("array size");
        at += size;
        break;
    }
    default: throw std::runtime_error("unknown property");
    }
    return p;
}

/// One record, or an unnamed one for the closing record of zeros.
Record record(const QByteArray& b, qsizetype& at) {
    const auto end = take<std::uint32_t>(b, at), count = take<std::uint32_t>(b, at), length = take<std::uint32_t>(b, at);
    const auto name = take<std::uint8_t>(b, at);
    Record r;
    if (end == 0) return r;
    r.name = b.mid(at, name);
    at += name;
    const qsizetype first = at;
    for (std::uint32_t i = 0; i < count; ++i) r.properties.push_back(property(b, at));
    if (at - first != length) throw std::runtime_error("property length");
    while (at < end) {
        Record child = record(b, at);
        if (child.name.isEmpty()) break;
        r.inside.push_back(std::move(child));
    }
    if (at != end) throw std::runtime_error("end offset");
    return r;
}

Eigen::Matrix3d turn(const Vec3& axis, double degrees) {
    return Eigen::AngleAxisd(degrees * std::numbers::pi / 180, axis.cast<double>()).toRotationMatrix();
}

}  // namespace

class FbxTest : public QObject {
    Q_OBJECT
    QTemporaryDir folder_;

    std::map<std::string, Record> written(const motion::Clip& clip) {
        const std::filesystem::path path = folder_.filePath(QStringLiteral("clip.fbx")).toStdString();
        if (!io::writeClip(path, clip).ok()) return {};
        const std::string text = *readFile(path);
        const QByteArray bytes(text.data(), static_cast<qsizetype>(text.size()));
        if (!bytes.startsWith(QByteArray("Kaydara FBX Binary  \0\x1a\0\xe8\x1c\0\0", 27))) return {};
        std::map<std::string, Record> top;
        qsizetype at = 27;
        for (Record r = record(bytes, at); !r.name.isEmpty(); r = record(bytes, at)) top[r.name.toStdString()] = std::move(r);
        // Footer: id, four zeros, up to the next 16, version, 120 zeros, a mark of 16 bytes.
        const qsizetype padded = (at + 20) / 16 * 16 + 16;
        return bytes.size() == padded + 4 + 120 + 16 ? top : std::map<std::string, Record>();
    }

private Q_SLOTS:
    void curvesGiveThePoseBack() {
        const auto clip = testing::turningClip(120);
        const auto top = written(clip);
        QVERIFY(top.count("Objects") && top.count("Connections") && top.count("GlobalSettings") && top.count("Definitions"));
        std::map<double, const Record*> objects;
        for (const auto& object : top.at("Objects").inside) QVERIFY2(objects.emplace(object.properties[0].number, &object).second, "ids are unique");
        // Links by source: every end must be there.
        std::multimap<double, std::pair<double, QByteArray>> links;
        std::map<double, double> parents;
        for (const auto& c : top.at("Connections").inside) {
            const double from = c.properties[1].number, to = c.properties[2].number;
            QVERIFY(objects.count(from) && (to == 0 || objects.count(to)));
            links.emplace(from, std::pair(to, c.properties.size() > 3 ? c.properties[3].bytes : QByteArray()));
            if (objects[from]->name == "Model" && (to == 0 || objects[to]->name == "Model")) parents[from] = to;
        }
        // Curve -> curve node -> model.
        std::map<double, std::map<QByteArray, std::vector<float>>> channels;
        for (const auto& [id, object] : objects) {
            if (object->name != "AnimationCurve") continue;
            const auto node = links.find(id)->second;
            double model = 0;
            QByteArray what;
            for (auto [it, end] = links.equal_range(node.first); it != end; ++it) {
                if (!it->second.second.isEmpty()) std::tie(model, what) = it->second;
            }
            channels[model][what + node.second] = object->find("KeyValueFloat")->properties[0].array<float>();
            const auto times = object->find("KeyTime")->properties[0].array<std::int64_t>();
            QCOMPARE(times.size(), std::size_t{120});
            QCOMPARE(times[119], static_cast<std::int64_t>(std::llround(119.0 / 60 * 46186158000.0)));
            QCOMPARE(object->find("KeyAttrRefCount")->properties[0].array<std::int32_t>()[0], 120);
        }
        const auto& body = motion::Skeleton::body();
        for (const std::size_t f : {std::size_t{0}, std::size_t{37}, std::size_t{119}}) {
            std::vector<Vec3> expected(motion::kJoints);
            motion::forwardKinematics(body, clip.root[f], clip.pose(f), expected);
            std::map<double, Eigen::Affine3d> world;
            for (const auto& [id, object] : objects) {  // ids rise from parent to child
                if (object->name != "Model" || object->properties[2].bytes != "LimbNode") continue;
                Eigen::Vector3d at;
                for (const auto& p : object->find("Properties70")->inside) {
                    if (p.properties[0].bytes == "Lcl Translation") at = {p.properties[4].number, p.properties[5].number, p.properties[6].number};
                }
                auto& c = channels[id];
                if (c.count("Lcl Translationd|X")) at = {c["Lcl Translationd|X"][f], c["Lcl Translationd|Y"][f], c["Lcl Translationd|Z"][f]};
                const Eigen::Matrix3d local = turn(Vec3::UnitZ(), c["Lcl Rotationd|Z"][f]) * turn(Vec3::UnitY(), c["Lcl Rotationd|Y"][f]) * turn(Vec3::UnitX(), c["Lcl Rotationd|X"][f]);
                const Eigen::Affine3d own = Eigen::Translation3d(at) * Eigen::Affine3d(local);
                world[id] = parents[id] == 0 ? own : world[parents[id]] * own;
                const int joint = body.find(object->properties[1].bytes.split('\0')[0].toStdString());
                QVERIFY(joint >= 0);
                QVERIFY((world[id].translation() / 100 - expected[static_cast<std::size_t>(joint)].cast<double>()).norm() < 1e-5);
            }
            QCOMPARE(world.size(), std::size_t{24});
        }
    }

    /// The skin hangs every vertex fully, and rests where the skeleton rests.
    void skinIsWhole() {
        const auto top = written(testing::turningClip(2));
        QVERIFY(top.count("Objects"));
        std::vector<double> sums;
        for (const auto& object : top.at("Objects").inside) {
            if (object.name == "Geometry") sums.assign(object.find("Vertices")->properties[0].count / 3, 0.0);
        }
        QVERIFY(sums.size() > 1000);
        for (const auto& object : top.at("Objects").inside) {
            if (object.name != "Deformer" || object.properties[2].bytes != "Cluster") continue;
            const auto indices = object.find("Indexes")->properties[0].array<std::int32_t>();
            const auto weights = object.find("Weights")->properties[0].array<double>();
            QCOMPARE(indices.size(), weights.size());
            for (std::size_t i = 0; i < indices.size(); ++i) sums[static_cast<std::size_t>(indices[i])] += weights[i];
            const auto bind = object.find("Transform")->properties[0].array<double>(), link = object.find("TransformLink")->properties[0].array<double>();
            for (const std::size_t k : {std::size_t{12}, std::size_t{13}, std::size_t{14}}) QVERIFY(std::abs(bind[k] + link[k]) < 1e-9);
        }
        for (const double sum : sums) QVERIFY(std::abs(sum - 1) < 1e-6);
    }

    /// Both orders against matrices multiplied out by Eigen, at random and in gimbal lock; never far from the frame before.
    void anglesGiveTheRotation() {
        for (int i = 0; i < 400; ++i) {
            const float k = static_cast<float>(i);
            motion::Quat q(Eigen::AngleAxisf(3.0f * std::sin(k), Vec3(std::sin(2 * k), std::cos(3 * k), std::sin(5 * k)).normalized()));
            if (i % 10 == 0) q = motion::Quat((turn(Vec3::UnitZ(), k) * turn(Vec3::UnitX(), i % 20 ? 90 : -90) * turn(Vec3::UnitY(), 3 * k)).cast<float>());
            if (i % 10 == 1) q = motion::Quat((turn(Vec3::UnitZ(), k) * turn(Vec3::UnitY(), i % 20 == 1 ? 90 : -90) * turn(Vec3::UnitX(), 3 * k)).cast<float>());
            const io::Angles before = {170.0 + i, -400, 20};
            const io::Angles a = io::eulerZxy(q, before), b = io::eulerXyz(q, before);
            const Eigen::Matrix3d r = q.cast<double>().normalized().toRotationMatrix();
            QVERIFY((turn(Vec3::UnitZ(), a[0]) * turn(Vec3::UnitX(), a[1]) * turn(Vec3::UnitY(), a[2]) - r).norm() < 2e-3);
            QVERIFY((turn(Vec3::UnitZ(), b[2]) * turn(Vec3::UnitY(), b[1]) * turn(Vec3::UnitX(), b[0]) - r).norm() < 2e-3);
            for (std::size_t axis = 0; axis < 3; ++axis) QVERIFY(std::abs(a[axis] - before[axis]) <= 180.001 && std::abs(b[axis] - before[axis]) <= 180.001);
        }
    }
};

CHOREIA_TEST(FbxTest)
#include "fbx_test.moc"
