// The shipped network looks for a drawn person who is small and anywhere in a large picture; the landmarks that drew them are the oracle.
#include "seeing/pose_finder.h"

#include "core/random.h"
#include "motion/kinematics.h"
#include "motion/landmarks.h"
#include "render/character.h"
#include "support/testing.h"

#include <algorithm>
#include <cmath>

using namespace choreia;

namespace {

constexpr int kWide = 480, kHigh = 320, kPerson = 150;  // pixels

struct Scene {
    io::RgbPicture picture{kWide, kHigh, {}};
    std::array<float, 66> landmarks{};  ///< pixels
};

/// A standing person with an arm raised, from the picture's point (left, top) on, before a plain wall.
Scene personAt(int left, int top, int look) {
    std::vector<motion::Quat> pose(motion::kJoints, motion::Quat::Identity()), world(motion::kJoints);
    pose[motion::LeftShoulder] = motion::Quat(Eigen::AngleAxisf(0.7f, motion::Vec3::UnitZ()));
    pose[motion::RightShoulder] = motion::Quat(Eigen::AngleAxisf(1.1f, motion::Vec3::UnitZ()));
    std::vector<motion::Vec3> positions(motion::kJoints);
    motion::forwardKinematics(motion::Skeleton::body(), motion::Skeleton::body().offset(motion::Pelvis), pose, positions, world);
    render::CharacterRequest request;
    request.width = request.height = kPerson;
    request.look = render::CharacterLook::shipped(look);
    request.view.eye = {0.4f, 1.2f, 4.3f};
    request.shadow = false;
    const auto drawn = render::renderCharacter(positions, world, request);
    Scene scene;
    scene.picture.rgb.assign(3 * kWide * kHigh, 90);
    for (int y = 0; y < kPerson; ++y)
        for (int x = 0; x < kPerson; ++x) {
            const auto from = static_cast<std::size_t>(y * kPerson + x), to = static_cast<std::size_t>((top + y) * kWide + left + x);
            if (drawn.coverage[from] > 127) std::copy_n(drawn.rgb.begin() + static_cast<std::ptrdiff_t>(3 * from), 3, scene.picture.rgb.begin() + static_cast<std::ptrdiff_t>(3 * to));
        }
    for (std::size_t i = 0; i < 33; ++i) {
        scene.landmarks[2 * i] = static_cast<float>(left) + kPerson * drawn.landmarks[3 * i];
        scene.landmarks[2 * i + 1] = static_cast<float>(top) + kPerson * drawn.landmarks[3 * i + 1];
    }
    return scene;
}

}  // namespace

class PoseFinderTest : public QObject {
    Q_OBJECT

    static seeing::PoseFinder shipped() {
        auto finder = seeing::PoseFinder::load(CHOREIA_SOURCE_DIR "/models/default.se-vit.safetensors");
        if (!finder.ok()) qFatal("%s", finder.error().line().c_str());
        return *finder;
    }

private Q_SLOTS:
    void aSmallPersonIsFoundWhereverTheyStand() {
        const auto finder = shipped();
        int trunks = 0, found = 0;
        for (const auto& [left, top, look] : {std::tuple{0, 0, 0}, std::tuple{kWide - kPerson, 0, 1}, std::tuple{0, kHigh - kPerson, 2}, std::tuple{kWide - kPerson, kHigh - kPerson, 3}, std::tuple{165, 85, 4}}) {
            const Scene scene = personAt(left, top, look);
            const auto pose = finder.find(scene.picture);
            QVERIFY2(pose.ok(), pose.ok() ? "" : pose.error().line().c_str());
            if (!*pose) continue;
            ++found;
            double away = 0;
            for (const int mark : {motion::LeftShoulderMark, motion::RightShoulderMark, motion::LeftHipMark, motion::RightHipMark}) {
                const auto i = static_cast<std::size_t>(mark);
                away += std::hypot((*pose)->landmarks[3 * i] - scene.landmarks[2 * i], (*pose)->landmarks[3 * i + 1] - scene.landmarks[2 * i + 1]) / 4;
            }
            trunks += away < 0.12 * kPerson;
            // The square it was found in holds the trunk and is about the person's size.
            QVERIFY2((*pose)->square.side > 0.5f * kPerson && (*pose)->square.side < 2.2f * kPerson, qPrintable(QString::number((*pose)->square.side)));
        }
        QVERIFY2(found == 5 && trunks >= 4, qPrintable(QStringLiteral("%1 found, %2 where they are").arg(found).arg(trunks)));
    }

    void nearWhereTheyWereIsEnough() {
        const auto finder = shipped();
        const Scene scene = personAt(60, 100, 0);
        const auto first = finder.find(scene.picture);
        QVERIFY(first.ok() && *first);
        // A step to the side in the next picture.
        const Scene next = personAt(68, 98, 0);
        const auto second = finder.find(next.picture, &**first);
        QVERIFY(second.ok() && *second);
        const auto hip = static_cast<std::size_t>(motion::LeftHipMark);
        QVERIFY(std::hypot((*second)->landmarks[3 * hip] - next.landmarks[2 * hip], (*second)->landmarks[3 * hip + 1] - next.landmarks[2 * hip + 1]) < 0.15f * kPerson);
    }

    void anEmptyWallHasNobody() {
        const auto pose = shipped().find({kWide, kHigh, std::vector<std::uint8_t>(3 * kWide * kHigh, 90)});
        QVERIFY(pose.ok() && !*pose);
        // Nor has a pattern of bars, a board of squares, or noise.
        Random random(3);
        for (int kind = 0; kind < 3; ++kind) {
            io::RgbPicture picture{kWide, kHigh, std::vector<std::uint8_t>(3 * kWide * kHigh)};
            for (int y = 0; y < kHigh; ++y)
                for (int x = 0; x < kWide; ++x)
                    for (int c = 0; c < 3; ++c) {
                        const int value = kind == 0 ? ((x / 40) >> c & 1) * 220 + 15 : kind == 1 ? ((x / 20 + y / 20) % 2 == 0 ? 200 : 60) : static_cast<int>(random.below(256));
                        picture.rgb[static_cast<std::size_t>(3 * (y * kWide + x) + c)] = static_cast<std::uint8_t>(value);
                    }
            const auto found = shipped().find(picture);
            QVERIFY2(found.ok() && !*found, qPrintable(QStringLiteral("pattern %1: %2").arg(kind).arg(*found ? static_cast<double>((*found)->present) : 0.0)));
        }
    }
};

CHOREIA_TEST(PoseFinderTest)
#include "pose_finder_test.moc"
