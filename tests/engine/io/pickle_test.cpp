// Pickles written out by hand, opcode by opcode, as Python's pickle module writes them.
#include "core/atomic_file.h"
#include "io/aist_pickle.h"
#include "io/pickle.h"
#include "motion/kinematics.h"
#include "motion/rotation.h"
#include "support/testing.h"

#include <QTemporaryDir>

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

using namespace choreia;

namespace {

std::string little(std::uint64_t value, std::size_t bytes) {
    std::string out;
    for (std::size_t k = 0; k < bytes; ++k) out.push_back(static_cast<char>((value >> (8 * k)) & 0xff));
    return out;
}
std::string text(const std::string& s) { return "\x8c" + little(s.size(), 1) + s; }
std::string number(std::uint64_t n) { return "J" + little(n, 4); }

/// A numpy array as protocol 4 has it.
template <class T>
std::string array(const std::string& type, const std::vector<std::uint64_t>& shape, const std::vector<T>& values,
                  bool fortran = false) {
    std::string raw(values.size() * sizeof(T), '\0');
    std::memcpy(raw.data(), values.data(), raw.size());
    std::string tuple = "(";
    for (const auto n : shape) tuple += number(n);
    tuple += "t";
    return text("numpy.core.multiarray") + text("_reconstruct") + "\x93" + text("numpy") + text("ndarray") + "\x93" + number(0) +
           "\x85" +
           "C\x01"
           "b" +
           "\x87" + "R" + "(" + number(1) + tuple + text("numpy") + text("dtype") + "\x93" + text(type) + "\x89\x88\x87" + "R" +
           "(" + number(3) + text("<") + "NNN" + number(0xffffffff) + number(0xffffffff) + number(0) + "t" + "b" +
           (fortran ? "\x88" : "\x89") + "B" + little(raw.size(), 4) + raw + "t" + "b";
}

std::string dictionary(const std::vector<std::pair<std::string, std::string>>& entries) {
    std::string out = std::string("\x80\x04") + "}(";
    for (const auto& [name, value] : entries) out += text(name) + value;
    return out + "u.";
}

} // namespace

class PickleTest : public QObject {
    Q_OBJECT
    QTemporaryDir folder_;
    std::filesystem::path at(const char* name) const { return std::filesystem::path(folder_.path().toStdString()) / name; }

private Q_SLOTS:
    void arraysAndNumbersComeOut() {
        const std::string real = "G" + std::string("\x3f\xf8\0\0\0\0\0\0", 8); // 1.5, big endian
        const auto read = io::readPickledArrays(dictionary({{"a", array<float>("f4", {2, 3}, {1, 2, 3, 4, 5, 6})},
                                                            {"b", array<double>("f8", {2, 2}, {1, 2, 3, 4}, true)},
                                                            {"c", array<std::int64_t>("i8", {2}, {-7, 9})},
                                                            {"d", real},
                                                            {"e", text("words")}}),
                                                "test");
        QVERIFY2(read.ok(), read.ok() ? "" : read.error().line().c_str());
        QCOMPARE(read->size(), std::size_t{4});
        QCOMPARE(read->at("a").shape, (std::vector<std::uint64_t>{2, 3}));
        QCOMPARE(read->at("a").values, (std::vector<double>{1, 2, 3, 4, 5, 6}));
        QCOMPARE(read->at("b").values, (std::vector<double>{1, 3, 2, 4})); // column-major made row-major
        QCOMPARE(read->at("c").values, (std::vector<double>{-7, 9}));
        QCOMPARE(read->at("d").values, (std::vector<double>{1.5}));
    }

    void codeIsNotRun() {
        // What pickle would turn into os.system("touch made"): a global called with an argument.
        const std::string attack =
            std::string("\x80\x04") + text("posix") + text("system") + "\x93" + text("touch made") + "\x85R.";
        const auto read = io::readPickledArrays(attack, "attack.pkl");
        QVERIFY(!read.ok());
        QVERIFY(read.error().line().find("posix system") != std::string::npos);
        QVERIFY(read.error().kind == ErrorKind::BadInput);
        QVERIFY(!std::filesystem::exists("made"));
    }

    void damageIsRefused() {
        const std::string whole = dictionary({{"a", array<float>("f4", {2, 3}, {1, 2, 3, 4, 5, 6})}});
        for (std::size_t length = 0; length + 1 < whole.size(); length += 3)
            QVERIFY(!io::readPickledArrays(whole.substr(0, length), "cut").ok());
        QVERIFY(!io::readPickledArrays("text, not a pickle", "text").ok());
        QVERIFY(!io::readPickledArrays(dictionary({{"a", array<float>("f4", {2, 4}, {1, 2, 3})}}), "sizes").ok());
        QVERIFY(!io::readPickledArrays(dictionary({{"a", array<float>("f4", {1u << 30, 1u << 30}, {1})}}), "huge").ok());
        QVERIFY(!io::readPickledArrays(std::string("\x80\x04h\x07.", 5), "memo").ok());
        // A million tuples within each other, and a list that holds itself.
        QVERIFY(!io::readPickledArrays(std::string("\x80\x04)") + std::string(1000000, '\x85') + ".", "deep").ok());
        QVERIFY(!io::readPickledArrays(std::string("\x80\x04]\x94h\x00"
                                                   "a.",
                                                   8),
                                       "ring")
                     .ok());
        // Any byte turned over must not crash; it may still be readable.
        for (std::size_t k = 0; k < whole.size(); ++k) {
            std::string turned = whole;
            turned[k] = static_cast<char>(turned[k] ^ 0x55);
            const auto read = io::readPickledArrays(turned, "turned");
            QVERIFY(read.ok() || !read.error().line().empty());
        }
    }

    void smplMotionBecomesOurs() {
        // 30 frames: the body turned about Y, left elbow bent, root walking one metre; translations in centimetres with a scale
        // of 100.
        std::vector<float> poses(30 * 72, 0), trans;
        for (std::size_t f = 0; f < 30; ++f) {
            poses[f * 72 + 1] = 0.5f;
            poses[f * 72 + 3 * motion::LeftElbow + 1] = -1.2f;
            trans.insert(trans.end(), {0, 150, 100 * static_cast<float>(f) / 29});
        }
        QVERIFY(writeFile(at("walk.pkl"), dictionary({{"smpl_poses", array<float>("f4", {30, 72}, poses)},
                                                      {"smpl_trans", array<float>("f4", {30, 3}, trans)},
                                                      {"smpl_scaling", array<float>("f4", {1}, {100})}}))
                    .ok());
        const auto read = io::readAistPickle(at("walk.pkl"));
        QVERIFY2(read.ok(), read.ok() ? "" : read.error().line().c_str());
        QVERIFY(read->isOurBody);
        QCOMPARE(read->clip.frames(), std::size_t{30});
        QVERIFY(read->clip.pose(12)[motion::Pelvis].angularDistance(motion::yawRotation(0.5f)) < 1e-4f);
        QVERIFY(read->clip.pose(12)[motion::LeftElbow].angularDistance(motion::expMap({0, -1.2f, 0})) < 1e-4f);
        QVERIFY(std::abs(read->clip.root.back().z() - read->clip.root.front().z() - 1.0f) < 1e-3f);
        QVERIFY(std::abs(read->clip.root[0].y() - 0.95f) < 0.01f); // standing on the floor
    }

    void keyPointsBecomePoints() {
        std::vector<double> points(3 * 17 * 3, 50.0);
        points[17 * 3] = std::numeric_limits<double>::quiet_NaN();
        QVERIFY(writeFile(at("points.pkl"), dictionary({{"keypoints3d", array<double>("f8", {3, 17, 3}, points)}})).ok());
        const auto read = io::readMotion(at("points.pkl"));
        QVERIFY2(read.ok(), read.ok() ? "" : read.error().line().c_str());
        QVERIFY(!read->isOurBody);
        QCOMPARE(read->names.front(), std::string("nose"));
        QCOMPARE(read->positions.frames(), std::size_t{3});
        for (const auto& p : read->positions.values) QVERIFY((p - motion::Vec3(0.5f, 0.5f, 0.5f)).norm() < 1e-6f);
        QVERIFY(writeFile(at("other.pkl"), dictionary({{"something", array<float>("f4", {1}, {1})}})).ok());
        QVERIFY(!io::readAistPickle(at("other.pkl")).ok());
    }
};

CHOREIA_TEST(PickleTest)
#include "pickle_test.moc"
