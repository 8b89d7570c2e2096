// Places of a group and its dancers in time.
#include "motion/formation.h"
#include "support/testing.h"

#include <cmath>

using namespace choreia;
using namespace choreia::motion;

namespace {

Clip walking(std::size_t frames) {
    Clip clip;
    clip.fps = 60;
    for (std::size_t f = 0; f < frames; ++f) {
        std::vector<Quat> pose(kJoints, Quat::Identity());
        pose[LeftShoulder] = Quat(Eigen::AngleAxisf(0.01f * static_cast<float>(f), Vec3::UnitZ()));
        clip.root.emplace_back(0.01f * static_cast<float>(f), 0.95f, 0.3f);
        clip.rotations.insert(clip.rotations.end(), pose.begin(), pose.end());
    }
    return clip;
}

}  // namespace

class FormationTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void everybodyHasRoomAndIsSeen() {
        for (std::size_t count = 1; count <= kMostDancers; ++count) {
            const auto places = formation(count);
            QCOMPARE(places.size(), count);
            float x = 0, z = 0;
            for (const auto& place : places) x += place.x, z += place.z;
            QVERIFY(std::abs(x) < 1e-4f && std::abs(z) < 1e-4f);
            for (std::size_t i = 0; i < count; ++i)
                for (std::size_t k = i + 1; k < count; ++k) {
                    QVERIFY(std::hypot(places[i].x - places[k].x, places[i].z - places[k].z) > 1.6f);
                    // Nobody stands right behind somebody of the row in front.
                    if (places[k].row == places[i].row + 1) QVERIFY(std::abs(places[i].x - places[k].x) > 0.5f);
                }
        }
    }

    void unisonKeepsDistances() {
        const Clip lead = walking(120);
        const auto group = inFormation(lead, 5);
        QCOMPARE(group.size(), std::size_t{5});
        for (const auto& dancer : group) {
            QCOMPARE(dancer.frames(), lead.frames());
            const Vec3 offset = dancer.root[0] - lead.root[0];
            for (std::size_t f = 0; f < 120; ++f) {
                QVERIFY((dancer.root[f] - lead.root[f] - offset).norm() < 1e-5f);
                QVERIFY(dancer.pose(f)[LeftShoulder].angularDistance(lead.pose(f)[LeftShoulder]) < 1e-4f);
            }
        }
    }

    void aCanonBeginsRowByRow() {
        const Clip lead = walking(120);
        const auto group = inFormation(lead, 6, 0.5);
        const auto places = formation(6);
        for (std::size_t k = 0; k < 6; ++k) {
            QCOMPARE(group[k].frames(), lead.frames());
            const std::size_t late = 30 * places[k].row;
            for (std::size_t f = 0; f < 120; ++f) {
                const std::size_t source = f > late ? f - late : 0;
                QVERIFY((group[k].root[f] - lead.root[source] - Vec3(places[k].x, 0, places[k].z)).norm() < 1e-4f);
                QVERIFY(group[k].pose(f)[LeftShoulder].angularDistance(lead.pose(source)[LeftShoulder]) < 1e-3f);
            }
        }
    }
};

CHOREIA_TEST(FormationTest)
#include "formation_test.moc"
