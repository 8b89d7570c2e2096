// BVH: hand-written files with joints worked out by hand, our own body there and back, and errors that name the line.
#include "support/testing.h"

#include "core/atomic_file.h"
#include "engine/io/motion_fixture.h"
#include "io/bvh.h"
#include "io/motion_files.h"

#include <QTemporaryDir>

#include <zlib.h>

#include <sstream>

using namespace choreia;
using motion::Vec3;

namespace {

// Two arms of one figure, 210 units from tip to tip: centimetres. Channel orders differ between the joints.
std::string figure(const std::string& motion, const std::string& rootOffset = "0 100 0") {
    return "HIERARCHY\nROOT hip\n{\n\tOFFSET " + rootOffset + "\n\tCHANNELS 6 Xposition Yposition Zposition Zrotation Yrotation Xrotation\n"
           "\tJOINT upper arm\n\t{\n\t\tOFFSET 50 0 0\n\t\tCHANNELS 3 Xrotation Zrotation Yrotation\n"
           "\t\tJOINT hand\n\t\t{\n\t\t\tOFFSET 60 0 0\n\t\t\tCHANNELS 1 Zrotation\n\t\t\tEnd Site\n\t\t\t{\n\t\t\t\tOFFSET 0 5 0\n\t\t\t}\n\t\t}\n\t}\n"
           "\tJOINT leg\n\t{\n\t\tOFFSET 0 -95 0\n\t\tCHANNELS 0\n\t}\n}\nMOTION\n" + motion;
}

bool near(const Vec3& a, const Vec3& b, float tolerance = 1e-5f) { return (a - b).norm() < tolerance; }

std::size_t lineOf(const std::string& text, const std::string& word) {
    return 1 + static_cast<std::size_t>(std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(text.find(word)), '\n'));
}

}  // namespace

class BvhTest : public QObject {
    Q_OBJECT
    QTemporaryDir folder_;
    std::filesystem::path at(const char* name) const { return folder_.filePath(QLatin1String(name)).toStdString(); }

private Q_SLOTS:
    void forwardKinematicsByHand() {
        // Frame 0: nothing turned. Frame 1: the root a quarter turn about Z (x goes to y), the arm a quarter turn about X, the hand 90 about Z.
        const auto file = parse(figure("Frames: 2\nFrame Time: 0.0333333\n10 100 5 0 0 0 0 0 0 0\n10 100 5 90 0 0 90 0 0 90\n"));
        QVERIFY2(file.ok(), file.ok() ? "" : file.error().line().c_str());
        QCOMPARE(file->fps, 30.0);
        const auto motion = io::motionOfBvh(*file);
        QCOMPARE(motion.names, (std::vector<std::string>{"hip", "upper arm", "hand", "leg", "hip|x", "hip|y", "upper arm|x", "upper arm|y", "hand|x",
                                                         "hand|y", "leg|x", "leg|y", "hand|end"}));
        QCOMPARE(std::vector<int>(motion.parents.begin(), motion.parents.begin() + 5), (std::vector<int>{-1, 0, 1, 0, -1}));
        QVERIFY(!motion.isOurBody);
        const auto p = motion.positions.frame(0), q = motion.positions.frame(1);
        QVERIFY(near(p[0], {0.1f, 1.0f, 0.05f}) && near(p[2], {1.2f, 1.0f, 0.05f}) && near(p[3], {0.1f, 0.05f, 0.05f}));
        QVERIFY(near(p[4], {0.2f, 1.0f, 0.05f}) && near(p[5], {0.1f, 1.1f, 0.05f}) && near(p[12], {1.2f, 1.05f, 0.05f}));
        // Rz(90): x -> y, y -> -x. The arm lies along +y. Its own frame after Rz(90) Rx(90): x -> y, y -> z.
        QVERIFY(near(q[1], {0.1f, 1.5f, 0.05f}) && near(q[2], {0.1f, 2.1f, 0.05f}) && near(q[3], {1.05f, 1.0f, 0.05f}));
        QVERIFY(near(q[6], {0.1f, 1.6f, 0.05f}) && near(q[7], {0.1f, 1.5f, 0.15f}));
        // The hand turns 90 about its own z: its x is the arm's y (+z), its y the arm's -x (-y).
        QVERIFY(near(q[8], {0.1f, 2.1f, 0.15f}) && near(q[9], {0.1f, 2.0f, 0.05f}) && near(q[12], {0.1f, 2.05f, 0.05f}));
    }

    void channelOrderMatters() {
        // The arm's order is X Z Y: Rx(90) Rz(90) takes x to y and on to z; the other way round it would end at y.
        const auto file = parse(figure("Frames: 1\nFrame Time: 0.0333333\n0 100 0 0 0 0 90 90 0 0\n"));
        QVERIFY(near(io::motionOfBvh(*file).positions.at(0, 2), {0.5f, 1.0f, 0.6f}));
    }

    void unitsAreGuessed() {
        const std::string centimetres = figure("Frames: 1\nFrame Time: 0.0166667\n0 100 0 0 0 0 0 0 0 0\n");
        for (const double unit : {1.0, 0.0254, 0.01, 0.001}) {
            auto file = parse(centimetres);
            for (auto& joint : file->joints) {
                for (double& part : joint.offset) part *= 0.01 / unit;
            }
            file->values[1] *= 0.01 / unit;
            QCOMPARE(io::guessBvhUnit(*file), unit);
            QVERIFY(near(io::motionOfBvh(*file).positions.at(0, 2), {1.1f, 1.0f, 0}));
        }
    }

    void rootChannelsRelativeToOffset() {
        // The same pose written as the way from OFFSET: the feet would stand a metre under the floor if it were read as the place.
        const auto file = parse(figure("Frames: 1\nFrame Time: 0.0166667\n3 0 0 0 0 0 0 0 0 0\n"));
        const auto motion = io::motionOfBvh(*file);
        QVERIFY(near(motion.positions.at(0, 0), {0.03f, 1.0f, 0}) && near(motion.positions.at(0, 3), {0.03f, 0.05f, 0}));
    }

    void zUpIsTurned() {
        // The figure lying along z in every frame: z is up in such a file, and comes out as y.
        const auto file = parse(figure("Frames: 1\nFrame Time: 0.0166667\n0 0 100 0 0 90 0 0 90 0\n", "0 0 100"));
        const auto motion = io::motionOfBvh(*file);
        QVERIFY2(near(motion.positions.at(0, 0), {0, 1, 0}), qPrintable(QString::number(motion.positions.at(0, 0).y())));
        QVERIFY(near(motion.positions.at(0, 3), {0, 0.05f, 0}));
    }

    void errorsNameTheLine_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("words");
        const std::string good = figure("Frames: 2\nFrame Time: 0.0333333\n10 100 5 0 0 0 0 0 0 0\n10 100 5 90 0 0 90 0 0 90\n");
        const auto row = [&](const char* name, std::string from, const std::string& to, const char* what) {
            std::string text = good;
            const std::size_t where = text.find(from);
            const std::size_t line = lineOf(text, from);
            text.replace(where, from.size(), to);
            QTest::newRow(name) << QString::fromStdString(text) << QStringLiteral("line %1: %2").arg(line).arg(QLatin1String(what));
        };
        row("number", "OFFSET 60 0 0", "OFFSET 60 zero 0", "not a number");
        row("not finite", "10 100 5 90", "10 100 5 nan", "not a number");
        row("decimal comma", "10 100 5 90", "10 100 5,5 90", "not a number");
        row("channel", "CHANNELS 1 Zrotation", "CHANNELS 1 Wrotation", "unknown channel");
        row("channel twice", "CHANNELS 3 Xrotation Zrotation", "CHANNELS 3 Xrotation Xrotation", "channel given twice");
        row("channel count", "CHANNELS 1 Zrotation", "CHANNELS 7 Zrotation", "number of channels");
        row("keyword", "OFFSET 50", "OFSET 50", "broken hierarchy");
        row("no frames", "Frames: 2", "Frames: 0", "number of frames");
        row("frame time", "Frame Time: 0.0333333", "Frame Time: 0", "frame time");
        row("huge", "Frames: 2", "Frames: 9000000000000000000", "");
        row("name repeats", "JOINT leg", "JOINT hand", "joint name repeats");
        QTest::newRow("extra") << QString::fromStdString(good + "1 2\n") << QStringLiteral("line %1: numbers left over").arg(std::count(good.begin(), good.end(), '\n') + 1);
        QTest::newRow("cut in a row") << QString::fromStdString(good.substr(0, good.size() - 5)) << QStringLiteral("cut short");
        QTest::newRow("cut in the tree") << QString::fromStdString(good.substr(0, 150)) << QStringLiteral("line ");
        QTest::newRow("other kind") << QStringLiteral("ply\nformat ascii") << QStringLiteral("not a BVH file");
        QTest::newRow("empty") << QString() << QStringLiteral("not a BVH file");
    }

    void errorsNameTheLine() {
        QFETCH(QString, text);
        QFETCH(QString, words);
        const auto path = at("bad.bvh");
        QVERIFY(writeFile(path, text.toStdString()).ok());
        const auto motion = io::readMotion(path);
        QVERIFY(!motion.ok());
        QCOMPARE(motion.error().exitStatus(), 3);
        const QString line = QString::fromStdString(motion.error().line());
        if (QTest::currentDataTag() != QByteArray("huge")) QVERIFY2(line.contains(words), qPrintable(line));
        QVERIFY2(line.contains(QLatin1String("bad.bvh")) && !line.contains(QLatin1Char('\n')), qPrintable(line));
    }

    void deepNestingIsHandled() {
        std::string text = "HIERARCHY\nROOT j0\n{\nOFFSET 0 1 0\nCHANNELS 1 Xrotation\n";
        for (int i = 1; i < 9000; ++i) text += "JOINT j" + std::to_string(i) + "\n{\nOFFSET 0 0.01 0\n";
        const auto cut = io::parseBvh(text, "deep");
        QVERIFY(!cut.ok() && cut.error().line().find("line") != std::string::npos);
    }

    void ourBodyThereAndBack() {
        const auto clip = testing::turningClip(300);
        const auto path = at("ours.bvh");
        QVERIFY(io::writeClip(path, clip).ok());
        const auto motion = io::readMotion(path);
        QVERIFY2(motion.ok(), motion.ok() ? "" : motion.error().line().c_str());
        QVERIFY(motion->isOurBody);
        QCOMPARE(motion->clip.fps, 60.0);
        QVERIFY(testing::worstDistance(clip, motion->clip) < 2e-6 * 10);
        QVERIFY(testing::worstAngle(clip, motion->clip) < 1e-3);  // what single precision can tell of an angle near 0
        const auto again = io::readClip(path);
        QVERIFY(again.ok() && again->frames() == 300);
    }

    void writtenFormIsTheAgreedOne() {
        const std::string text = io::bvhText(testing::turningClip(600));
        QVERIFY(text.rfind("HIERARCHY\nROOT pelvis\n{\n\tOFFSET 0.000000 95.000000 0.000000\n\tCHANNELS 6 Xposition Yposition Zposition Zrotation Xrotation Yrotation\n", 0) == 0);
        QVERIFY(text.find("\nMOTION\nFrames: 600\nFrame Time: 0.016666667\n") != std::string::npos);
        QVERIFY(text.find("-0.000000 ") == std::string::npos && text.find("nan") == std::string::npos);
        std::size_t ends = 0;
        for (std::size_t i = text.find("End Site"); i != std::string::npos; i = text.find("End Site", i + 1)) ++ends;
        QCOMPARE(ends, std::size_t{5});
        // Angles run on: no jump of a turn, or of the other Euler triple, between neighbouring frames.
        std::istringstream rows(text.substr(text.find("Frame Time")));
        std::string line;
        std::getline(rows, line);
        std::vector<double> before;
        while (std::getline(rows, line)) {
            std::istringstream cells(line);
            std::vector<double> row{std::istream_iterator<double>(cells), {}};
            QCOMPARE(row.size(), std::size_t{75});
            for (std::size_t i = 3; i < row.size() && !before.empty(); ++i) QVERIFY2(std::abs(row[i] - before[i]) < 120, qPrintable(QString::number(i)));
            before = row;
        }
    }

    void gimbalLockKeepsTheRotation() {
        motion::Clip clip = testing::turningClip(5);
        for (std::size_t f = 0; f < 5; ++f) {
            clip.pose(f)[motion::Head] = motion::Quat(Eigen::AngleAxisf(0.3f * static_cast<float>(f), Vec3::UnitZ()) *
                                                      Eigen::AngleAxisf(f % 2 ? 1.5707963f : -1.5707963f, Vec3::UnitX()) * Eigen::AngleAxisf(0.7f, Vec3::UnitY()));
        }
        const auto back = io::motionOfBvh(*io::parseBvh(io::bvhText(clip), "gimbal"));
        QVERIFY(back.isOurBody && testing::worstAngle(clip, back.clip) < 2e-3);
    }

    void packedFilesAreRead() {
        const std::string text = figure("Frames: 2\nFrame Time: 0.0333333\n10 100 5 0 0 0 0 0 0 0\n10 100 5 90 0 0 90 0 0 90\n");
        const auto path = at("packed.bvh.gz");
        gzFile file = gzopen(path.c_str(), "wb");
        gzwrite(file, text.data(), static_cast<unsigned>(text.size()));
        gzclose(file);
        const auto motion = io::readMotion(path);
        QVERIFY2(motion.ok(), motion.ok() ? "" : motion.error().line().c_str());
        QCOMPARE(motion->positions.frames(), std::size_t{2});
        const std::string bytes = *readFile(path);
        QVERIFY(writeFile(at("cut.bvh.gz"), std::string_view(bytes).substr(0, bytes.size() - 20)).ok());
        QVERIFY(!io::readMotion(at("cut.bvh.gz")).ok());
        std::string broken = bytes;
        broken[bytes.size() / 2] = static_cast<char>(broken[bytes.size() / 2] ^ 0x55);
        QVERIFY(writeFile(at("broken.bvh.gz"), broken).ok());
        QVERIFY(!io::readMotion(at("broken.bvh.gz")).ok());
    }

    void unwritableTargets() {
        const auto clip = testing::turningClip(3);
        for (const char* path : {"/nonexistent/x.bvh", "/nonexistent/x.h5", "/nonexistent/x.csv", "/proc/x.bvh", "/proc/x.h5"}) {
            const auto written = io::writeClip(path, clip);
            QVERIFY(!written.ok());
            QCOMPARE(written.error().exitStatus(), 1);
        }
        QCOMPARE(io::writeClip(at("x.xyz"), clip).error().exitStatus(), 2);
        QVERIFY(!io::writeClip(at("x.bvh"), motion::Clip()).ok());
    }

private:
    static Result<io::BvhFile> parse(const std::string& text) { return io::parseBvh(text, "test"); }
};

CHOREIA_TEST(BvhTest)
#include "bvh_test.moc"
