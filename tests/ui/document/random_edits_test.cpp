// Ten thousand random edits with undo and redo between them: every state is known by its hash, files hold it, and undoing everything leads back to the start.
#include "ui/ui_fixtures.h"

#include "audio/beat_grid.h"
#include "document/pose_tools.h"
#include "motion/rotation.h"
#include "support/testing.h"

using namespace choreia;
using namespace choreia::ui;
using namespace choreia::ui::testing;

namespace {

constexpr int kEdits = 10000, kSaveEvery = 100, kOpenEvery = 2000;
constexpr std::uint64_t kSeed = 20261128;

/// Hands a document random edits, some of them impossible.
class Editor {
public:
    explicit Editor(Document& document) : document_(document), random_(kSeed) {
        for (std::uint64_t seed : {3, 4, 5}) made_.push_back(makeSnapshot(makeDance(kSongSeconds, seed)));
    }

    /// Whether the document took it.
    bool edit() {
        switch (random_.below(21)) {
            case 0: case 1: case 2: return document_.requestGrid(otherGrid(), QStringLiteral("Beats"));
            case 3: return document_.requestGridLock(random_.below(4) == 0);
            case 4: case 5: return document_.requestSettings(otherSettings(), QStringLiteral("Settings"), static_cast<int>(random_.below(3)));
            case 6: return document_.requestPin(moment());
            case 7: return document_.requestMoveKey(keyTime(), moment());
            case 8: return document_.requestRemoveKey(keyTime());
            case 9:
                return random_.below(2) == 0 ? document_.requestOpeningFromPose(moment()) : document_.requestOpening(nullptr, QStringLiteral("No opening"));
            case 10: return document_.requestDance(DanceId{1 + random_.below(3)}, made_[random_.below(made_.size())], QStringLiteral("Dance"));
            case 11: return shape();
            case 12: {
                const double a = moment(), b = moment();
                document_.select(TimeRange{std::min(a, b), std::max(a, b)});
                return document_.requestSmooth();
            }
            case 13: return movement();
            case 14: return random_.below(3) == 0 && document_.requestMirror();
            case 15: return dancers();
            case 16: return document_.requestFoot(static_cast<int>(random_.below(2)), {moment(), moment()}, random_.below(2) == 0);
            case 17: {
                const auto dance = document_.dance();
                const bool there = dance && !dance->dance.blocks.empty();
                return document_.requestTrim(there ? dance->dance.blocks[random_.below(dance->dance.blocks.size())].start : moment(), moment());
            }
            case 18: return markers();
            case 19: return keys();
            default: return document_.state().dances.size() > 1 && document_.requestRemoveDance(document_.state().dances[random_.below(document_.state().dances.size())].id);
        }
    }

    Random& random() { return random_; }

private:
    bool shape() {
        const auto dance = document_.dance();
        if (!dance) return document_.requestPose(1, {}, QStringLiteral("Shape"));
        if (random_.below(2) == 0) {
            document_.selectJoints(random_.below(3) == 0 ? motion::JointSet() : motion::JointSet(random_.below(1u << motion::kJoints)));
            return applyPoseTool(document_, moment(), random_.below(2) == 0 ? PoseTool::Breakdown : PoseTool::Relax, random_.uniform(-1, 1));
        }
        const auto frame = random_.below(dance->dance.clip.frames());
        motion::Pose pose = motion::poseAt(dance->dance.clip, frame);
        pose.rotations[motion::Head] = (motion::expMap(motion::Vec3(0, static_cast<float>(random_.uniform(-0.5, 0.5)), 0)) * pose.rotations[motion::Head]).normalized();
        return document_.requestPose(static_cast<double>(frame) / dance->dance.clip.fps, pose, QStringLiteral("Shape"));
    }

    bool dancers() {
        document_.chooseNext(random_.below(2) == 0 ? 1 : -1);
        switch (random_.below(10)) {
            case 0: return document_.requestAddDancer(Document::NewDancer::Copy);
            case 1: return document_.requestAddDancer(Document::NewDancer::Mirrored);
            case 2: return document_.requestAddDancer(Document::NewDancer::InCanon);
            case 3: return document_.requestRemoveDancer();
            case 4: return document_.requestDancerName(QStringLiteral("Name %1").arg(random_.below(3)));
            case 5: return document_.requestFormation();
            default: return document_.requestPlace({static_cast<float>(random_.uniform(-3, 3)), static_cast<float>(random_.uniform(-3, 3)), static_cast<float>(random_.uniform(-3, 3))});
        }
    }

    bool markers() {
        const auto& all = document_.state().markers;
        const double one = all.empty() || random_.below(5) == 0 ? moment() : all[random_.below(all.size())].time;
        switch (random_.below(4)) {
            case 0: return document_.requestRenameMarker(one, QStringLiteral("Name %1").arg(random_.below(4)));
            case 1: return document_.requestMoveMarker(one, moment());
            case 2: return document_.requestRemoveMarker(one);
            default: return document_.requestMarker(moment());
        }
    }

    bool keys() {
        std::vector<double> times;
        if (const auto dance = document_.dance())
            for (const auto& key : dance->dance.keys)
                if (random_.below(2) == 0) times.push_back(key.time);
        if (random_.below(8) == 0) times.push_back(moment());
        return random_.below(3) == 0 ? document_.requestRemoveKeys(times) : document_.requestMoveKeys(times, random_.uniform(-2, 2));
    }

    bool movement() {
        const double a = moment(), b = moment();
        document_.select(TimeRange{std::min(a, b), std::max(a, b)});
        switch (random_.below(9)) {
            case 8: {
                const auto cut = document_.cutNear(a);
                return document_.requestCrossFade(cut ? cut->at : a, random_.below(4) == 0 ? 0 : random_.uniform(0.1, 2.5));
            }
            case 6: return document_.requestTakeOut();
            case 7: {
                const auto movement = document_.movementOfSelection();
                return movement && document_.requestPutIn(*movement, moment(), QStringLiteral("Put movement in"));
            }
            case 0: return document_.requestDuplicate();
            case 1: return document_.requestOtherTime(random_.below(2) == 0 ? 0.5 : 2);
            case 2: return document_.requestExchange(moment());
            case 3: return document_.requestJoin(moment());
            default: return document_.requestSplit(moment());
        }
    }

    double moment() { return random_.uniform(-0.5, kSongSeconds + 0.5); }

    double keyTime() {
        const auto dance = document_.dance();
        if (!dance || dance->dance.keys.empty() || random_.below(5) == 0) return moment();
        return dance->dance.keys[random_.below(dance->dance.keys.size())].time;
    }

    audio::BeatGrid otherGrid() {
        const auto& grid = document_.state().grid;
        switch (random_.below(10)) {
            case 0: return grid.beats.size() < 100 ? audio::doubled(grid) : audio::halved(grid);
            case 1: return audio::halved(grid);
            case 2: return audio::timesFourThirds(grid);
            case 3: return audio::timesThreeQuarters(grid);
            case 4: return audio::shiftedHalfBeat(grid, kSongSeconds);
            case 5: return audio::nudged(grid, random_.uniform(-0.05, 0.05), kSongSeconds);
            case 6: return audio::withDownbeatAt(grid, moment());
            case 7: return audio::withBeatsPerBar(grid, 2 + static_cast<int>(random_.below(3)));
            case 8: return audio::withBeatAt(grid, moment());
            default: return audio::withoutBeatAt(grid, moment());
        }
    }

    io::GenerateSettings otherSettings() {
        auto settings = document_.state().settings;
        switch (random_.below(11)) {
            case 6: settings.energyCourse = {{random_.uniform(0, 4), random_.uniform(-1, 1)}, {random_.uniform(4, 8), random_.uniform(-1, 1)}}; break;
            case 7: settings.styleCourse = {{random_.uniform(0, 8), "pop"}}; break;
            case 8: settings.stage = random_.below(2) == 0 ? 0 : random_.uniform(1, 8); break;
            case 10: settings.firstPose = !settings.firstPose; break;
            case 9: settings.finalPose = !settings.finalPose; break;
            case 0: settings.seed = random_.below(1000); break;
            case 1: settings.temperature = random_.uniform(0.5, 1.5); break;
            case 2: settings.syncStrength = random_.uniform(); break;
            case 3: settings.energy = random_.uniform(-1, 1); break;
            case 4: settings.mirror = !settings.mirror; break;
            default: settings.style = random_.below(2) == 0 ? "salsa" : "pop";
        }
        return settings;
    }

    Document& document_;
    Random random_;
    std::vector<std::shared_ptr<const DanceSnapshot>> made_;
};

}  // namespace

class RandomEditsTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void everyStateIsFoundAgain() {
        const QTemporaryDir folder;
        Document document(quickGenerator());
        QVERIFY(openAndWait(document, makeSong(folder)));
        QVERIFY(generateAndWait(document));
        document.undoStack().clear();
        const QString file = folder.filePath(QStringLiteral("random.choreia"));

        Editor editor(document);
        std::vector<std::uint64_t> hashes = {document.hash()};  // hashes[i]: the state at undo index i
        int taken = 0, refused = 0;
        for (int i = 0; i < kEdits; ++i) {
            const auto at = static_cast<std::size_t>(document.undoStack().index());
            QCOMPARE(hashes.size() > at, true);
            const auto draw = editor.random().uniform();
            if (draw < 0.25) {
                const auto steps = 1 + editor.random().below(20);
                for (std::uint64_t k = 0; k < steps && document.undoStack().canUndo(); ++k) document.undoStack().undo();
            } else if (draw < 0.4) {
                const auto steps = 1 + editor.random().below(20);
                for (std::uint64_t k = 0; k < steps && document.undoStack().canRedo(); ++k) document.undoStack().redo();
            } else if (const int entries = document.undoStack().count(); editor.edit()) {
                ++taken;
                const auto now = static_cast<std::size_t>(document.undoStack().index());
                QVERIFY(now == at + 1 || now == at || now + 1 == at);  // an entry, one with the entry before it, or both undo each other
                hashes.resize(now);
                hashes.push_back(document.hash());
            } else {
                ++refused;
                QCOMPARE(document.undoStack().count(), entries);
            }
            QVERIFY2(document.hash() == hashes[static_cast<std::size_t>(document.undoStack().index())], qPrintable(QString("edit %1").arg(i)));
            QVERIFY(audio::isValid(document.state().grid));
            if (i % kSaveEvery == kSaveEvery - 1) {
                QVERIFY(document.saveNow(file).ok());
                auto project = io::readProject(file.toStdString());
                QVERIFY(project.ok());
                QCOMPARE(hashOf(fromProject(std::move(*project), file.toStdString()).state), document.hash());
            }
            if (i % kOpenEvery == kOpenEvery - 1) {
                Document again(quickGenerator());
                QVERIFY(openAndWait(again, file));
                QCOMPARE(again.hash(), document.hash());
            }
        }
        QVERIFY2(taken > kEdits / 4 && refused > kEdits / 50, qPrintable(QString("%1 taken, %2 refused").arg(taken).arg(refused)));
        while (document.undoStack().canUndo()) document.undoStack().undo();
        QCOMPARE(document.hash(), hashes.front());
    }
};

CHOREIA_TEST(RandomEditsTest)
#include "random_edits_test.moc"
