// The project file: everything comes back as it was, the saved specimen of version 1 stays readable, and nothing else is taken for a project.
#include "support/testing.h"

#include "core/atomic_file.h"
#include "core/random.h"
#include "engine/io/motion_fixture.h"
#include "io/hdf5.h"
#include "io/project.h"

#include <QTemporaryDir>

#include <csignal>
#include <sys/resource.h>

using namespace choreia;

namespace {

io::Dance dance(const std::string& name, std::size_t frames) {
    io::Dance d;
    d.name = name;
    d.clip = testing::turningClip(frames);
    d.tokens.tokensPerSecond = 7.5;
    d.tokens.upper = {0, 511, 17};
    d.tokens.lower = {3, 3, 1023};
    d.tokens.times = {0.0, 0.1401, 0.2666};
    for (const double t : {0.0, 0.05}) {
        const auto pose = d.clip.pose(static_cast<std::size_t>(t * 60));
        d.keys.push_back({t, t > 0, motion::Vec3(0.1f, 0.95f, -0.2f), {pose.begin(), pose.end()}});
    }
    d.contacts.assign(frames, {true, false, true, true});
    d.contacts.back() = {false, false, false, true};
    d.settings = {"lstm-vae", "waltz", 0xfedcba9876543210ULL, 0.85, 0.95, false, 0.25};
    return d;
}

/// What tests/data/formats/project_v1.choreia holds; never to be changed.
io::Project sample() {
    io::Project p;
    p.songPath = "music/Übung – take 2.ogg";
    p.songHash = "00ff00ff00ff00ff";
    p.analysis.duration = 12.375;
    p.analysis.grid = {{0.5, 1.0, 1.5, 2.0000001}, {0.5, 2.0000001}, 120.25, 3, 0.75, {}, false};
    p.analysis.sections = {{0, 6.5, "A"}, {6.5, 12.375, "B"}};
    p.gridEdited = true;
    p.dances = {dance("Dancer", 6), dance("Tänzerin 2", 4)};
    p.dances[1].keys.clear();
    p.dances[1].contacts.clear();
    p.dances[1].tokens = {};
    p.settings.seed = 42;
    p.settings.topP = 0.9;  // as in the specimen, whatever the default is today
    p.camera = {1.25, -0.125, 6.5, motion::Vec3(0.5f, 1.25f, -0.75f)};
    p.playhead = 3.125;
    p.viewStart = 1;
    p.viewEnd = 9.5;
    return p;
}

bool equal(const motion::Quat& a, const motion::Quat& b) { return a.coeffs() == b.coeffs(); }

/// The first difference in words, empty where the two are equal to the bit.
QString difference(const io::Project& a, const io::Project& b) {
    if (a.songPath != b.songPath || a.songHash != b.songHash) return QStringLiteral("song");
    const auto &g = a.analysis.grid, &h = b.analysis.grid;
    if (a.analysis.duration != b.analysis.duration || g.beats != h.beats || g.downbeats != h.downbeats || g.tempoBpm != h.tempoBpm ||
        g.beatsPerBar != h.beatsPerBar || g.confidence != h.confidence || g.strength != h.strength || g.locked != h.locked || a.gridEdited != b.gridEdited) {
        return QStringLiteral("grid");
    }
    if (a.analysis.sections.size() != b.analysis.sections.size()) return QStringLiteral("sections");
    for (std::size_t i = 0; i < a.analysis.sections.size(); ++i) {
        const auto &s = a.analysis.sections[i], &t = b.analysis.sections[i];
        if (s.start != t.start || s.end != t.end || s.label != t.label || s.loudest != t.loudest) return QStringLiteral("section %1").arg(i);
    }
    if (!(a.settings == b.settings)) return QStringLiteral("settings");
    if (a.camera.yaw != b.camera.yaw || a.camera.pitch != b.camera.pitch || a.camera.distance != b.camera.distance || a.camera.target != b.camera.target) {
        return QStringLiteral("camera");
    }
    if (a.playhead != b.playhead || a.viewStart != b.viewStart || a.viewEnd != b.viewEnd) return QStringLiteral("view");
    if (a.opening.fps != b.opening.fps || a.opening.root != b.opening.root ||
        !std::equal(a.opening.rotations.begin(), a.opening.rotations.end(), b.opening.rotations.begin(), b.opening.rotations.end(), equal)) {
        return QStringLiteral("opening");
    }
    if (a.markers != b.markers) return QStringLiteral("markers");
    if (a.dances.size() != b.dances.size()) return QStringLiteral("dances");
    for (std::size_t i = 0; i < a.dances.size(); ++i) {
        const auto &d = a.dances[i], &e = b.dances[i];
        if (d.name != e.name || d.clip.fps != e.clip.fps || d.clip.root != e.clip.root || !(d.settings == e.settings)) return QStringLiteral("dance %1").arg(i);
        if (!std::equal(d.clip.rotations.begin(), d.clip.rotations.end(), e.clip.rotations.begin(), e.clip.rotations.end(), equal)) return QStringLiteral("rotations");
        if (d.tokens.tokensPerSecond != e.tokens.tokensPerSecond || d.tokens.upper != e.tokens.upper || d.tokens.lower != e.tokens.lower ||
            d.tokens.times != e.tokens.times) {
            return QStringLiteral("tokens");
        }
        if (d.contacts != e.contacts) return QStringLiteral("contacts");
        if (d.blocks != e.blocks) return QStringLiteral("blocks");
        if (d.place != e.place) return QStringLiteral("place");
        if (d.keys.size() != e.keys.size()) return QStringLiteral("keys");
        for (std::size_t k = 0; k < d.keys.size(); ++k) {
            const auto &x = d.keys[k], &y = e.keys[k];
            if (x.time != y.time || x.pinned != y.pinned || x.root != y.root || x.rotations.size() != y.rotations.size() ||
                !std::equal(x.rotations.begin(), x.rotations.end(), y.rotations.begin(), equal)) {
                return QStringLiteral("key %1").arg(k);
            }
        }
    }
    return {};
}

}  // namespace

class ProjectTest : public QObject {
    Q_OBJECT
    QTemporaryDir folder_;
    std::filesystem::path at(const char* name) const { return folder_.filePath(QLatin1String(name)).toStdString(); }
    static QString lineOf(const std::filesystem::path& path) {
        const auto project = io::readProject(path);
        return project.ok() || project.error().exitStatus() != 3 ? QString() : QString::fromStdString(project.error().line());
    }

private Q_SLOTS:
    void comesBackToTheBit() {
        io::Project project = sample();
        project.analysis.grid.strength = {0.5f, 1.0f, 0.25f, 0.75f};
        project.analysis.grid.locked = true;
        project.analysis.sections[1].loudest = true;
        project.opening = testing::turningClip(5);
        project.dances[0].blocks = {{0, "salsa"}, {0.05, "Wendung, half time"}};
        project.dances[1].place = {-1.8f, 0.7f, 0.3f};
        project.dances[0].settings.energyCourse = {{0, -0.5}, {3.25, 1}};
        project.settings.styleCourse = {{2, "house"}, {4.5, "krump"}};
        project.settings.stage = 3.5;
        project.settings.firstPose = !project.dances[0].settings.firstPose;
        project.dances[1].settings.finalPose = !project.dances[0].settings.finalPose;
        project.markers = {{0, "A"}, {3.1415926535, "Übergang – B"}, {12.375, ""}};
        QVERIFY(io::writeProject(at("a.choreia"), project).ok());
        const auto back = io::readProject(at("a.choreia"));
        QVERIFY2(back.ok(), back.ok() ? "" : back.error().line().c_str());
        QCOMPARE(difference(project, *back), QString());
    }

    void emptyProject() {
        QVERIFY(io::writeProject(at("empty.choreia"), io::Project()).ok());
        const auto back = io::readProject(at("empty.choreia"));
        QVERIFY2(back.ok(), back.ok() ? "" : back.error().line().c_str());
        QCOMPARE(difference(io::Project(), *back), QString());
    }

    /// Rotations are made from sines, whose last bit may differ between machines: compared to a millionth.
    void specimenOfVersionOne() {
        const auto back = io::readProject(CHOREIA_SOURCE_DIR "/tests/data/formats/project_v1.choreia");
        QVERIFY2(back.ok(), back.ok() ? "" : back.error().line().c_str());
        io::Project expected = sample();
        QCOMPARE(back->dances.size(), std::size_t{2});
        // Made before there were guidance and held poses and before repeats were taken up: read as made without.
        for (auto* settings : {&expected.settings, &expected.dances[0].settings, &expected.dances[1].settings}) settings->firstPose = settings->finalPose = false, settings->guidance = settings->repeats = 0;
        for (std::size_t i = 0; i < 2; ++i) {
            QVERIFY(testing::worstDistance(expected.dances[i].clip, back->dances[i].clip) < 1e-6 * 5);
            expected.dances[i].clip = back->dances[i].clip;
            expected.dances[i].keys = back->dances[i].keys;
        }
        QCOMPARE(back->dances[0].keys.size(), std::size_t{2});
        QCOMPARE(back->dances[0].keys[1].pinned, true);
        QCOMPARE(difference(expected, *back), QString());
    }

    void refusesNewerVersions() {
        QVERIFY(io::writeProject(at("new.choreia"), sample()).ok());
        std::string bytes = *readFile(at("new.choreia"));
        const std::size_t version = bytes.find("format_version 1");
        QVERIFY(version != std::string::npos);
        bytes.replace(version, 16, "format_version 7");
        QVERIFY(writeFile(at("new.choreia"), bytes).ok());
        const QString line = lineOf(at("new.choreia"));
        QVERIFY2(line.contains(QLatin1String("newer")) && line.contains(QLatin1Char('7')), qPrintable(line));
    }

    void refusesOtherFiles() {
        QVERIFY(lineOf(at("absent.choreia")).contains(QLatin1String("no such file")));
        QVERIFY(lineOf(folder_.path().toStdString()).contains(QLatin1String("not a Choreia project")));
        for (const std::string& bytes : {std::string(), std::string("CHOREIA PROJECT\n"), std::string(100000, 'x'), std::string(2000, '\0')}) {
            QVERIFY(writeFile(at("junk.choreia"), bytes).ok());
            QVERIFY(lineOf(at("junk.choreia")).contains(QLatin1String("not a Choreia project")));
        }
        auto other = io::H5Writer::create(at("other.choreia"));
        QVERIFY(other->numberAttribute("/", "format_version", 1).ok() && other->close().ok());
        QVERIFY(lineOf(at("other.choreia")).contains(QLatin1String("not a Choreia project")));
    }

    /// Wherever a byte is wrong or the file ends early, the answer is one line, never a crash or a half-read project.
    void damageIsAlwaysNoticed() {
        QVERIFY(io::writeProject(at("whole.choreia"), sample()).ok());
        const std::string bytes = *readFile(at("whole.choreia"));
        Random random(7);
        for (int i = 0; i < 300; ++i) {
            std::string broken = bytes;
            const std::size_t where = i < 60 ? static_cast<std::size_t>(i) : 512 + random.below(bytes.size() - 512);
            broken[where] = static_cast<char>(broken[where] ^ (1 << random.below(8)));
            if (i >= 200) broken.resize(where);
            QVERIFY(writeFile(at("broken.choreia"), broken).ok());
            const QString line = lineOf(at("broken.choreia"));
            QVERIFY2(line.contains(QLatin1String("broken.choreia")), qPrintable(QString::number(where)));
        }
    }

    /// A part that does not fit the others is named (the checksum is right here).
    void wrongPartsAreNamed() {
        io::Project project = sample();
        project.analysis.grid.beats = {1.0, 0.5};
        QVERIFY(io::writeProject(at("beats.choreia"), project).ok());
        QVERIFY(lineOf(at("beats.choreia")).contains(QLatin1String("beats_s")));
        project = sample();
        project.dances[1].tokens.upper = {1, 2, 3};
        QVERIFY(io::writeProject(at("tokens.choreia"), project).ok());
        QVERIFY(lineOf(at("tokens.choreia")).contains(QLatin1String("dances/0001/tokens")));
        project = sample();
        project.markers = {{2, "late"}, {1, "early"}};
        QVERIFY(io::writeProject(at("markers.choreia"), project).ok());
        QVERIFY(lineOf(at("markers.choreia")).contains(QLatin1String("markers/times_s")));
        project = sample();
        project.dances[0].keys[0].rotations.pop_back();
        QVERIFY(!io::writeProject(at("keys.choreia"), project).ok());
        QVERIFY(!std::filesystem::exists(at("keys.choreia")));
    }

    void aFullDiskLeavesTheOldProject() {
        QVERIFY(io::writeProject(at("old.choreia"), sample()).ok());
        io::Project longer = sample();
        longer.dances[0] = dance("long", 3000);
        rlimit before{};
        getrlimit(RLIMIT_FSIZE, &before);
        const auto old = std::signal(SIGXFSZ, SIG_IGN);
        rlimit small = before;
        small.rlim_cur = 100000;
        setrlimit(RLIMIT_FSIZE, &small);
        const auto written = io::writeProject(at("old.choreia"), longer);
        setrlimit(RLIMIT_FSIZE, &before);
        std::signal(SIGXFSZ, old);
        QVERIFY(!written.ok());
        QCOMPARE(written.error().exitStatus(), 1);
        QVERIFY(written.error().line().find("/old.choreia: ") != std::string::npos);
        QCOMPARE(difference(sample(), *io::readProject(at("old.choreia"))), QString());
        QVERIFY(!io::writeProject("/nonexistent/p.choreia", longer).ok());
    }
};

CHOREIA_TEST(ProjectTest)
#include "project_test.moc"
