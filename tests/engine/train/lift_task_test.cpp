// Dances as cameras see them, against geometry done again by hand; and a small lifting network that learns from them.
#include "io/safetensors.h"
#include "motion/landmarks.h"
#include "motion/rotation.h"
#include "support/testing.h"
#include "support/tiny_dataset.h"
#include "train/flat_views.h"
#include "train/train.h"

#include <QTemporaryDir>
#include <nlohmann/json.hpp>

#include <cmath>
#include <fstream>

using namespace choreia;

namespace {

motion::Clip bowing(std::size_t frames) {
    motion::Clip clip;
    clip.fps = 30;
    for (std::size_t f = 0; f < frames; ++f) {
        std::vector<motion::Quat> pose(motion::kJoints, motion::Quat::Identity());
        const auto angle = static_cast<float>(0.9 * std::sin(0.1 * static_cast<double>(f)));
        pose[motion::Spine1] = motion::Quat(Eigen::AngleAxisf(angle, motion::Vec3::UnitX()));
        pose[motion::LeftElbow] = motion::Quat(Eigen::AngleAxisf(-angle, motion::Vec3::UnitY()));
        pose[motion::Pelvis] = motion::yawRotation(0.02f * static_cast<float>(f));
        clip.root.emplace_back(0.01f * static_cast<float>(f), 0.93f, 0.2f);
        clip.rotations.insert(clip.rotations.end(), pose.begin(), pose.end());
    }
    return clip;
}

motion::Vec3 spaceAt(const train::FlatView& view, std::size_t f, int i) {
    const auto k = 3 * static_cast<std::size_t>(i);
    return {view.space.at(f, k), view.space.at(f, k + 1), view.space.at(f, k + 2)};
}

std::vector<motion::Vec3> marksOf(const motion::Clip& clip, std::size_t f) {
    std::vector<motion::Vec3> marks(motion::kLandmarks);
    motion::landmarkPositions(clip.root[f], clip.pose(f), marks);
    return marks;
}

}  // namespace

class LiftTaskTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aLevelCameraFarAwaySeesTheAnswerWithoutItsDepth() {
        Random random(4);
        const auto view = train::flatView(bowing(40), {false, 0}, random);
        for (std::size_t f = 0; f < 40; ++f)
            for (std::size_t i = 0; i < motion::kLandmarks; ++i) {
                QVERIFY(std::abs(view.flat.at(f, 2 * i) - view.space.at(f, 3 * i)) < 0.03f);  // a hundred metres away, a metre nearer is a hundredth larger
                QVERIFY(std::abs(view.flat.at(f, 2 * i + 1) - view.space.at(f, 3 * i + 1)) < 0.03f);
            }
    }

    void theAnswerIsOurBodyTurnedAboutGravity() {
        const auto clip = bowing(30);
        for (const std::uint64_t seed : {1, 2, 3, 4, 5, 6}) {
            Random random(seed);
            const auto view = train::flatView(clip, {}, random);
            for (std::size_t f = 0; f < 30; f += 7) {
                const auto marks = marksOf(clip, f);
                const motion::Vec3 hips = 0.5f * (marks[motion::LeftHipMark] + marks[motion::RightHipMark]);
                // One turn about Y takes all of them: heights are kept, and so is every angle seen from above, left from right.
                const motion::Vec3 nose = marks[motion::Nose] - hips, seen = spaceAt(view, f, motion::Nose);
                for (int i = 0; i < motion::kLandmarks; ++i) {
                    const motion::Vec3 there = marks[static_cast<std::size_t>(i)] - hips, here = spaceAt(view, f, i);
                    QVERIFY(std::abs(there.y() - here.y()) < 1e-5f);
                    QVERIFY(std::abs(there.norm() - here.norm()) < 1e-5f);
                    QVERIFY(std::abs((there.z() * nose.x() - there.x() * nose.z()) - (here.z() * seen.x() - here.x() * seen.z())) < 1e-5f);
                }
            }
        }
    }

    void whatIsNearerTheViewerHasMoreDepth() {
        // Seen from everywhere: where hips stand one beside the other in the picture, the dancer's left is on the right when they face the viewer, whose side is +Z.
        const auto clip = bowing(10);
        int faced = 0, away = 0;
        for (std::uint64_t seed = 1; seed < 40; ++seed) {
            Random random(seed);
            const auto view = train::flatView(clip, {true, 0}, random);
            const float across = view.flat.at(0, 2 * motion::LeftHipMark) - view.flat.at(0, 2 * motion::RightHipMark);
            const float ahead = spaceAt(view, 0, motion::LeftToe).z() - spaceAt(view, 0, motion::LeftHeel).z();
            if (std::abs(across) < 0.1f) continue;
            QVERIFY((across > 0) == (ahead > 0));
            ++(across > 0 ? faced : away);
        }
        QVERIFY(faced > 3 && away > 3);
    }

    void whatWaversIsNotTheAnswer() {
        const auto clip = bowing(64);
        const auto distance = [](const Table& a, const Table& b) {
            double sum = 0;
            for (std::size_t k = 0; k < a.values.size(); ++k) sum += static_cast<double>(std::abs(a.values[k] - b.values[k]));
            return sum / static_cast<double>(a.values.size());
        };
        Random still(9), little(9), much(9);
        const auto clean = train::flatView(clip, {true, 0}, still), some = train::flatView(clip, {true, 0.01}, little), more = train::flatView(clip, {true, 0.05}, much);
        QCOMPARE(distance(clean.space, more.space), 0.0);
        QVERIFY(distance(clean.flat, some.flat) > 0.002);
        QVERIFY(distance(clean.flat, more.flat) > 2 * distance(clean.flat, some.flat));
        for (std::size_t f = 0; f < 64; ++f) QVERIFY(std::abs(more.flat.at(f, 2 * motion::LeftHipMark) + more.flat.at(f, 2 * motion::RightHipMark)) < 1e-5f);
    }

    void aSmallNetworkLearnsDepth() {
        QTemporaryDir folder;
        const auto at = [&](const char* name) { return folder.filePath(name).toStdString(); };
        QVERIFY(testing::writeTinyDataset(at("train.h5"), 4, 10).ok());
        {
            std::ofstream out(at("c.json"));
            out << R"({"name":"small","width":48,"dilations":[1,3],"batch":8,"window":32,"learning_rate":0.003,"warmup_steps":5,"ema_decay":0.9,"validate_every_s":1000,"log_every_s":0})";
        }
        train::TrainRequest request;
        request.model = "lift";
        request.data = {at("train.h5")};
        request.out = at("run");
        request.config = at("c.json");
        request.epochs = 30;
        NoProgress quiet;
        const auto done = train::train(request, {}, quiet);
        QVERIFY2(done.ok(), done.ok() ? "" : done.error().line().c_str());
        const auto table = io::readSafetensors(at("run/small.lift.safetensors"));
        QVERIFY(table.ok());
        const auto figures = nlohmann::json::parse(table->metadata.at("figures"));
        qInfo("%s", figures.dump().c_str());
        // A body at depth 0 is 20 cm off and more; one that has been seen is not.
        QVERIFY(figures.at("error_cm").get<double>() < 12);
        QVERIFY(figures.at("rules_error_cm").get<double>() > 0);
    }

    void tooLittleToLearnFromIsSaid() {
        QTemporaryDir folder;
        const auto at = [&](const char* name) { return folder.filePath(name).toStdString(); };
        QVERIFY(testing::writeTinyDataset(at("train.h5"), 3, 2).ok());
        train::TrainRequest request;
        request.model = "lift";
        request.data = {at("train.h5")};
        request.out = at("run");
        request.epochs = 1;
        NoProgress quiet;
        const auto done = train::train(request, {}, quiet);
        QVERIFY(!done.ok());
        QVERIFY2(done.error().line().find("too few clips of motion") != std::string::npos, done.error().line().c_str());
    }
};

CHOREIA_TEST(LiftTaskTest)
#include "lift_task_test.moc"
