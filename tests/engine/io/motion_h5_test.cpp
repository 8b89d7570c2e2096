// Motion .h5 and CSV: our own clips there and back, foreign forms accepted, wrong shapes refused by name.
#include "support/testing.h"

#include "core/atomic_file.h"
#include "engine/io/motion_fixture.h"
#include "io/hdf5.h"
#include "io/motion_files.h"

#include <QTemporaryDir>

using namespace choreia;

class MotionH5Test : public QObject {
    Q_OBJECT
    QTemporaryDir folder_;
    std::filesystem::path at(const std::string& name) const { return folder_.filePath(QString::fromStdString(name)).toStdString(); }

    std::filesystem::path made(const std::string& name, const std::vector<std::uint64_t>& shape, const std::vector<std::string>& names, double fps) const {
        std::uint64_t count = 1;
        for (const auto extent : shape) count *= extent;
        std::vector<float> values(count);
        for (std::size_t i = 0; i < count; ++i) values[i] = 0.01f * static_cast<float>(i);
        auto file = io::H5Writer::create(at(name));
        static_cast<void>(file->writeFloats("positions", shape, values.data()));
        if (!names.empty()) static_cast<void>(file->textListAttribute("/", "joint_names", names));
        if (fps != 0) static_cast<void>(file->numberAttribute("/", "fps", fps));
        static_cast<void>(file->close());
        return at(name);
    }

private Q_SLOTS:
    void thereAndBack_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<double>("tolerance");
        QTest::newRow("h5") << QStringLiteral("clip.h5") << 3e-6;
        QTest::newRow("csv") << QStringLiteral("clip.csv") << 2e-6;
    }

    void thereAndBack() {
        QFETCH(QString, name);
        QFETCH(double, tolerance);
        const auto clip = testing::turningClip(200, 50);
        const auto path = at(name.toStdString());
        QVERIFY(io::writeClip(path, clip).ok());
        const auto motion = io::readMotion(path);
        QVERIFY2(motion.ok(), motion.ok() ? "" : motion.error().line().c_str());
        QVERIFY(motion->isOurBody);
        QCOMPARE(motion->clip.fps, 50.0);
        QVERIFY(testing::worstDistance(clip, motion->clip) < tolerance);
        QVERIFY(testing::worstAngle(clip, motion->clip) < 1e-3);
        QCOMPARE(motion->positions.joints, std::size_t{24});
    }

    void contractOfTheFile() {
        const auto clip = testing::turningClip(10);
        QVERIFY(io::writeMotionH5(at("form.h5"), clip).ok());
        const auto file = io::H5Reader::open(at("form.h5"));
        QCOMPARE(*file->shape("positions"), (std::vector<std::uint64_t>{10, 24, 3}));
        QCOMPARE(*file->shape("local_rotations"), (std::vector<std::uint64_t>{10, 24, 4}));
        QCOMPARE(*file->shape("root_position"), (std::vector<std::uint64_t>{10, 3}));
        QCOMPARE(*file->numberAttribute("/", "fps"), 60.0);
        QCOMPARE(*file->numberAttribute("/", "format_version"), 1.0);
        QCOMPARE(file->textListAttribute("/", "joint_names")->at(0), std::string("pelvis"));
        QCOMPARE(file->integerListAttribute("/", "parents")->at(0), std::int64_t{-1});
        // w first: the pelvis of frame 0 is not turned at all.
        QCOMPARE(file->readFloats("local_rotations")->values[0], 1.0f);
    }

    void theStyleComesBack() {
        const auto clip = testing::turningClip(10);
        QVERIFY(io::writeClip(at("styled.h5"), clip, "street-jazz").ok());
        QCOMPARE(*io::H5Reader::open(at("styled.h5"))->textAttribute("/", "style"), std::string("street-jazz"));
        QCOMPARE(io::readMotion(at("styled.h5"))->style, std::string("street-jazz"));
        const auto styled = io::readStyledClip(at("styled.h5"));
        QVERIFY(styled.ok());
        QCOMPARE(styled->style, std::string("street-jazz"));
        QCOMPARE(styled->clip.frames(), std::size_t{10});
        // Where none is known there is no attribute; the other formats know none.
        QVERIFY(io::writeClip(at("plain_style.h5"), clip).ok());
        QVERIFY(!io::H5Reader::open(at("plain_style.h5"))->hasAttribute("/", "style"));
        QCOMPARE(io::readMotion(at("plain_style.h5"))->style, std::string());
        QVERIFY(io::writeClip(at("styled.bvh"), clip, "street-jazz").ok());
        QCOMPARE(io::readStyledClip(at("styled.bvh"))->style, std::string());
    }

    /// What is called style but is no text belongs to somebody else: the motion is read all the same.
    void anotherKindOfStyleIsNone() {
        std::vector<float> values(7 * 24 * 3, 0.5f);
        {
            auto file = io::H5Writer::create(at("number.h5"));
            QVERIFY(file->writeFloats("positions", {7, 24, 3}, values.data()).ok());
            QVERIFY(file->numberAttribute("/", "style", 3).ok());
            QVERIFY(file->close().ok());
        }
        const auto motion = io::readMotion(at("number.h5"));
        QVERIFY2(motion.ok(), motion.ok() ? "" : motion.error().line().c_str());
        QCOMPARE(motion->style, std::string());
    }

    void positionsAlone() {
        const auto motion = io::readMotion(made("plain.h5", {7, 24, 3}, {}, 0));
        QVERIFY2(motion.ok(), motion.ok() ? "" : motion.error().line().c_str());
        QVERIFY(!motion->isOurBody);
        QCOMPARE(motion->names, motion::Skeleton::body().names());
        QCOMPARE(motion->positions.fps, 60.0);
        QCOMPARE(motion->positions.at(1, 2).y(), 0.01f * (24 * 3 + 2 * 3 + 1));
    }

    void otherJointSetsAndRates() {
        const auto motion = io::readMotion(made("two.h5", {3, 2, 3}, {"nose", "left eye"}, 29.97));
        QVERIFY(motion.ok());
        QCOMPARE(motion->names[1], std::string("left eye"));
        QCOMPARE(motion->positions.fps, 29.97);
    }

    /// Rotations of another body do not count as ours, even under our names.
    void otherBonesAreNotOurBody() {
        auto clip = testing::turningClip(10);
        const auto& body = motion::Skeleton::body();
        std::vector<motion::Vec3> longer(body.offsets().begin(), body.offsets().end());
        longer[motion::LeftKnee] *= 1.05f;
        const auto positions = motion::jointPositions(body.withOffsets(longer), clip);
        QVERIFY(io::writeMotionH5(at("other.h5"), clip).ok());
        std::vector<float> values, turns;
        for (const auto& p : positions.values) values.insert(values.end(), {p.x(), p.y(), p.z()});
        for (const auto& q : clip.rotations) turns.insert(turns.end(), {q.w(), q.x(), q.y(), q.z()});
        {
            auto file = io::H5Writer::create(at("other.h5"));
            QVERIFY(file->writeFloats("positions", {10, 24, 3}, values.data()).ok());
            QVERIFY(file->writeFloats("local_rotations", {10, 24, 4}, turns.data()).ok());
            QVERIFY(file->close().ok());
        }
        const auto motion = io::readMotion(at("other.h5"));
        QVERIFY2(motion.ok(), motion.ok() ? "" : motion.error().line().c_str());
        QVERIFY(!motion->isOurBody);
    }

    void refusesWrongShapes() {
        const auto refused = [](const std::filesystem::path& path, const char* word) {
            const auto motion = io::readMotion(path);
            if (motion.ok()) return false;
            const bool says = motion.error().line().find(word) != std::string::npos && motion.error().exitStatus() == 3;
            if (!says) qWarning("%s", motion.error().line().c_str());
            return says;
        };
        QVERIFY(refused(made("flat.h5", {7, 72}, {}, 60), "positions"));
        QVERIFY(refused(made("none.h5", {0, 24, 3}, {}, 60), "positions"));
        QVERIFY(refused(made("two_d.h5", {7, 24, 2}, {}, 60), "positions"));
        QVERIFY(refused(made("unnamed.h5", {7, 26, 3}, {}, 60), "joint_names"));
        QVERIFY(refused(made("names.h5", {7, 24, 3}, {"one"}, 60), "joint_names"));
        QVERIFY(refused(made("fps.h5", {7, 24, 3}, {}, -1), "fps"));
        QVERIFY(writeFile(at("junk.h5"), "no HDF5 at all").ok());
        QVERIFY(refused(at("junk.h5"), "HDF5"));
        QVERIFY(refused(at("absent.h5"), "no such file"));
        QVERIFY(refused(at("song.mp3"), ".mp3"));
    }

    void csvErrorsNameTheLine() {
        QVERIFY(io::writeClip(at("good.csv"), testing::turningClip(5)).ok());
        const std::string good = *readFile(at("good.csv"));
        QVERIFY(good.rfind("time_s,root_x_m,root_y_m,root_z_m,pelvis_qw,pelvis_qx,pelvis_qy,pelvis_qz,pelvis_x_m,pelvis_y_m,pelvis_z_m,left_hip_qw", 0) == 0);
        const auto refused = [&](const std::string& text, const char* word) {
            if (!writeFile(at("bad.csv"), text).ok()) return false;
            const auto motion = io::readMotion(at("bad.csv"));
            return !motion.ok() && motion.error().line().find(word) != std::string::npos;
        };
        const std::size_t third = good.find('\n', good.find('\n') + 1) + 1;
        QVERIFY(refused(good.substr(0, third) + "x" + good.substr(third), "line 3: not a number"));
        QVERIFY(refused(good.substr(0, third + 30), "line 3: number of cells"));
        QVERIFY(refused("a,b\n1,2\n", "line 1: no column 'time_s'"));
        QVERIFY(refused("", "line 1"));
    }
};

CHOREIA_TEST(MotionH5Test)
#include "motion_h5_test.moc"
