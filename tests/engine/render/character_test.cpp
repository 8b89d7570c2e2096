// The character: the same bytes each time, landmarks where a pinhole camera puts them, hidden ones said to be hidden, a mask that covers the limbs,
// left and right alike, any size.
#include "motion/kinematics.h"
#include "motion/landmarks.h"
#include "render/character.h"
#include "support/testing.h"

#include <cmath>
#include <set>
#include <string>
#include <thread>

using namespace choreia;
using namespace choreia::motion;

namespace {

struct Pose {
    std::vector<Vec3> positions = std::vector<Vec3>(kJoints);
    std::vector<Quat> world = std::vector<Quat>(kJoints);
};

Quat about(const Vec3& axis, double radians) { return Quat(Eigen::AngleAxisf(static_cast<float>(radians), axis)); }

Pose posed(const std::vector<Quat>& rotations, const Vec3& root = Vec3(0, 0.95f, 0)) {
    Pose pose;
    forwardKinematics(Skeleton::body(), root, rotations, pose.positions, pose.world);
    return pose;
}

/// Arms apart and down, one knee bent.
std::vector<Quat> dancing() {
    std::vector<Quat> r(kJoints, Quat::Identity());
    r[LeftShoulder] = about(Vec3::UnitZ(), 0.7);
    r[RightShoulder] = about(Vec3::UnitZ(), 0.6);
    r[RightElbow] = about(Vec3::UnitY(), 0.5);
    r[LeftHip] = about(Vec3::UnitX(), -0.5);
    r[LeftKnee] = about(Vec3::UnitX(), 0.8);
    r[Head] = about(Vec3::UnitY(), 0.3);
    return r;
}

/// Left and right exchanged across x = 0.
std::vector<Quat> mirroredPose(const std::vector<Quat>& rotations) {
    std::vector<Quat> result(kJoints);
    for (int j = 0; j < kJoints; ++j) {
        const Quat& q = rotations[static_cast<std::size_t>(mirrored(j))];
        result[static_cast<std::size_t>(j)] = Quat(q.w(), q.x(), -q.y(), -q.z());
    }
    return result;
}

/// Column, row and depth of a world point, from the view alone: a pinhole camera without roll.
Eigen::Vector3d pixelOf(const Vec3& point, const render::View& view, int width, int height) {
    const Eigen::Vector3d eye = view.eye.cast<double>(), ahead = (view.target - view.eye).cast<double>().normalized();
    const Eigen::Vector3d right = ahead.cross(Eigen::Vector3d::UnitY()).normalized(), up = right.cross(ahead);
    const Eigen::Vector3d v = point.cast<double>() - eye;
    const double scale = 0.5 * height / std::tan(0.5 * static_cast<double>(view.fieldOfView)) / v.dot(ahead);
    return {0.5 * width + v.dot(right) * scale, 0.5 * height - v.dot(up) * scale, v.dot(ahead)};
}

int covered(const render::CharacterPicture& picture, int width, double x, double y) {
    return picture.coverage[static_cast<std::size_t>(y) * static_cast<std::size_t>(width) + static_cast<std::size_t>(x)];
}

/// A look of chance, 256 pixels wide and high, seen from about where the audience sits.
render::CharacterRequest fromTheFront(Random& random) {
    render::CharacterRequest request;
    request.view.eye = Vec3(static_cast<float>(random.uniform(-0.6, 0.6)), 1.3f, 4.4f);
    request.width = 256, request.height = 256;
    request.look = render::CharacterLook::drawn(random);
    return request;
}

}  // namespace

class CharacterTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void sameBytesTwiceAndInEveryThread() {
        const Pose pose = posed(dancing());
        render::CharacterRequest request;
        const auto first = render::renderCharacter(pose.positions, pose.world, request);
        std::vector<render::CharacterPicture> others(3);
        {
            std::vector<std::jthread> threads;
            for (auto& other : others) {
                threads.emplace_back([&] {
                    render::CharacterRequest elsewhere = request;
                    elsewhere.width = 301;
                    elsewhere.look = render::CharacterLook::shipped(3);
                    (void)render::renderCharacter(pose.positions, pose.world, elsewhere);  // what was drawn before leaves no trace
                    other = render::renderCharacter(pose.positions, pose.world, request);
                });
            }
        }
        for (const auto& other : others) {
            QVERIFY(other.rgb == first.rgb);
            QVERIFY(other.coverage == first.coverage);
            QVERIFY(other.landmarks == first.landmarks && other.visible == first.visible);
        }
    }

    void landmarksStandWhereAPinholeCameraPutsThem() {
        const auto rotations = dancing();
        const Vec3 root(0.2f, 0.95f, -0.1f);
        const Pose pose = posed(rotations, root);
        std::array<Vec3, kLandmarks> sites;
        landmarkPositions(root, rotations, sites);
        render::CharacterRequest request;
        request.width = 320, request.height = 200;
        request.view.eye = Vec3(1.6f, 1.7f, 3.9f);
        const auto picture = render::renderCharacter(pose.positions, pose.world, request);
        const double pelvis = pixelOf(pose.positions[Pelvis], request.view, 320, 200).z();
        for (std::size_t i = 0; i < kLandmarks; ++i) {
            const auto expected = pixelOf(sites[i], request.view, 320, 200);
            QVERIFY(std::abs(static_cast<double>(picture.landmarks[3 * i]) * 320 - expected.x()) < 0.05);
            QVERIFY(std::abs(static_cast<double>(picture.landmarks[3 * i + 1]) * 200 - expected.y()) < 0.05);
            QVERIFY(std::abs(static_cast<double>(picture.landmarks[3 * i + 2]) - (expected.z() - pelvis)) < 1e-3);
        }
        // The side that is nearer to the camera, which stands on the dancer's left.
        QVERIFY(picture.landmarks[3 * LeftHipMark + 2] < 0 && picture.landmarks[3 * RightHipMark + 2] > 0);
    }

    void aWristBehindTheTrunkIsHiddenOneBeforeItIsNot() {
        for (const double side : {1.0, -1.0}) {  // hand before the belly; behind the back
            std::vector<Quat> r(kJoints, Quat::Identity());
            // The arm hangs and leans to the front or the back; the forearm folds across.
            r[LeftShoulder] = about(Vec3::UnitX(), side > 0 ? -0.5 : 0.6) * about(Vec3::UnitZ(), -1.5);
            const Pose first = posed(r);
            // Turn the forearm towards the middle line, in the world's frame.
            const Vec3 across = Vec3(-1.0f, 0.0f, 0.12f * static_cast<float>(side)).normalized();
            const Vec3 now = (first.positions[LeftWrist] - first.positions[LeftElbow]).normalized();
            const Quat turn = Quat::FromTwoVectors(now, across);
            r[LeftElbow] = first.world[LeftShoulder].inverse() * turn * first.world[LeftShoulder];
            const Pose pose = posed(r);
            QVERIFY((pose.positions[LeftWrist].z() > 0) == (side > 0));
            for (int look = 0; look < render::CharacterLook::shippedCount(); ++look) {
                render::CharacterRequest request;
                request.look = render::CharacterLook::shipped(look);
                const auto picture = render::renderCharacter(pose.positions, pose.world, request);
                QCOMPARE(picture.visible[LeftWristMark], side > 0 ? 1.0f : 0.0f);
                QCOMPARE(picture.visible[Nose], 1.0f);
                request.view.eye.z() = -4.2f;  // from behind it is the other way round
                const auto behind = render::renderCharacter(pose.positions, pose.world, request);
                QCOMPARE(behind.visible[LeftWristMark], side > 0 ? 0.0f : 1.0f);
                QCOMPARE(behind.visible[Nose], 0.0f);
            }
        }
    }

    void allLimbsOfAnOpenPoseAreVisibleAndCovered() {
        Random random(5);
        const Pose pose = posed(std::vector<Quat>(kJoints, Quat::Identity()));
        for (int i = 0; i < 24; ++i) {
            render::CharacterRequest request = fromTheFront(random);
            request.light = render::CharacterLight::drawn(random);
            const auto picture = render::renderCharacter(pose.positions, pose.world, request);
            for (const int mark : {static_cast<int>(Nose), static_cast<int>(LeftShoulderMark), static_cast<int>(RightShoulderMark), static_cast<int>(LeftElbowMark),
                                   static_cast<int>(RightElbowMark), static_cast<int>(LeftWristMark), static_cast<int>(RightWristMark), static_cast<int>(LeftHipMark),
                                   static_cast<int>(RightHipMark), static_cast<int>(LeftKneeMark), static_cast<int>(RightKneeMark), static_cast<int>(LeftAnkleMark),
                                   static_cast<int>(RightAnkleMark)}) {
                const auto m = static_cast<std::size_t>(mark);
                const double x = static_cast<double>(picture.landmarks[3 * m]) * 256, y = static_cast<double>(picture.landmarks[3 * m + 1]) * 256;
                QVERIFY2(picture.visible[m] > 0.5f, landmarkNames()[m].c_str());
                QVERIFY2(covered(picture, 256, x, y) == 255, landmarkNames()[m].c_str());
            }
        }
    }

    void looseClothesAreWiderAndHideNoLimb() {
        Random random(6);
        const Pose pose = posed(std::vector<Quat>(kJoints, Quat::Identity()));
        for (int i = 0; i < 16; ++i) {
            render::CharacterRequest request = fromTheFront(random);
            request.look.topStyle = i % render::kTopStyles, request.look.bottomStyle = i / render::kTopStyles % render::kBottomStyles;
            const auto close = render::renderCharacter(pose.positions, pose.world, request);
            request.look.loose = 1;
            const auto loose = render::renderCharacter(pose.positions, pose.world, request);
            const auto pixels = [](const render::CharacterPicture& picture) { return std::count_if(picture.coverage.begin(), picture.coverage.end(), [](auto c) { return c > 127; }); };
            QVERIFY2(static_cast<double>(pixels(loose)) > 1.08 * static_cast<double>(pixels(close)), qPrintable(QString("%1 from %2, look %3").arg(pixels(loose)).arg(pixels(close)).arg(i)));
            QCOMPARE(loose.landmarks, close.landmarks);
            for (const auto mark : {LeftShoulderMark, RightElbowMark, LeftWristMark, RightHipMark, LeftKneeMark, RightAnkleMark})
                QVERIFY2(loose.visible[static_cast<std::size_t>(mark)] > 0.5f, landmarkNames()[static_cast<std::size_t>(mark)].c_str());
        }
    }

    void landmarksOutsideThePictureAreNotVisible() {
        const Pose pose = posed(dancing());
        render::CharacterRequest request;
        request.view.target = Vec3(0, 1.55f, 0);  // the head alone
        request.view.eye = Vec3(0, 1.55f, 4.2f);
        request.view.fieldOfView = 0.12f;
        const auto picture = render::renderCharacter(pose.positions, pose.world, request);
        QCOMPARE(picture.visible[Nose], 1.0f);
        QCOMPARE(picture.visible[LeftAnkleMark], 0.0f);
        QVERIFY(picture.landmarks[3 * LeftAnkleMark + 1] > 1);
    }

    // The mask says what the dancer is: where it says nothing the picture is the empty room's, but for the shadow.
    void coverageIsTheDancer() {
        const Pose pose = posed(dancing()), away = posed(dancing(), Vec3(0, 0.95f, 30));
        render::CharacterRequest request;
        request.shadow = false;
        request.floor = request.wall = {0.1f, 0.5f, 0.1f};
        const auto picture = render::renderCharacter(pose.positions, pose.world, request);
        double share = 0;
        std::set<int> partial;
        for (std::size_t i = 0; i < picture.coverage.size(); ++i) {
            share += picture.coverage[i] / 255.0;
            if (picture.coverage[i] > 0 && picture.coverage[i] < 255) partial.insert(picture.coverage[i]);
            // The room is green, and nothing that Juno wears is.
            const int green = picture.rgb[3 * i + 1] - std::max(picture.rgb[3 * i], picture.rgb[3 * i + 2]);
            if (picture.coverage[i] == 0) QVERIFY(green > 60);
            if (picture.coverage[i] == 255) QVERIFY(green < 40);
        }
        const double metre = 0.5 * 256 / std::tan(0.3) / 4.2;
        QVERIFY2(share > 0.35 * metre * metre && share < 1.0 * metre * metre, qPrintable(QString::number(share / metre / metre)));
        QVERIFY(partial.size() >= 2);  // edges are smooth
        const auto empty = render::renderCharacter(away.positions, away.world, request);
        for (const std::uint8_t c : empty.coverage) QCOMPARE(int(c), 0);
    }

    void mirroredPoseMirroredPicture() {
        const auto rotations = dancing();
        const Pose pose = posed(rotations), other = posed(mirroredPose(rotations));
        for (const int look : {0, 2, 3, 4}) {
            render::CharacterRequest request;
            request.look = render::CharacterLook::shipped(look);
            request.light.direction = {0, 0.8f, 0.5f};
            const auto a = render::renderCharacter(pose.positions, pose.world, request), b = render::renderCharacter(other.positions, other.world, request);
            double sum = 0;
            std::size_t far = 0;
            for (std::size_t y = 0; y < 256; ++y) {
                for (std::size_t x = 0; x < 256; ++x) {
                    for (std::size_t c = 0; c < 3; ++c) {
                        const int difference = std::abs(a.rgb[3 * (y * 256 + x) + c] - b.rgb[3 * (y * 256 + 255 - x) + c]);
                        sum += difference;
                        far += difference > 60;
                    }
                }
            }
            // The rays through an outline's pixel are not mirrored, nor the rounding: edges differ a little, surfaces do not.
            QVERIFY2(sum / (3 * 256 * 256) < 0.6, qPrintable(QString("look %1: %2").arg(look).arg(sum / (3 * 256 * 256))));
            QVERIFY2(far < 3 * 256 * 256 / 1000, qPrintable(QString("look %1: %2").arg(look).arg(far)));
            for (int mark = 0; mark < kLandmarks; ++mark) {
                const auto i = static_cast<std::size_t>(mark), j = static_cast<std::size_t>(mirroredLandmark(mark));
                QVERIFY(std::abs(a.landmarks[3 * i] + b.landmarks[3 * j] - 1) < 1e-4f);
                QVERIFY(std::abs(a.landmarks[3 * i + 1] - b.landmarks[3 * j + 1]) < 1e-4f);
            }
        }
    }

    void oddSizesAndOddLights() {
        const Pose pose = posed(dancing());
        for (const auto& [width, height] : {std::pair{1, 1}, {17, 33}, {255, 129}, {512, 512}}) {
            render::CharacterRequest request;
            request.width = width, request.height = height;
            request.light.direction = {0, 0, 0};
            const auto picture = render::renderCharacter(pose.positions, pose.world, request);
            QCOMPARE(picture.rgb.size(), static_cast<std::size_t>(width * height * 3));
            QCOMPARE(picture.coverage.size(), static_cast<std::size_t>(width * height));
        }
        render::CharacterRequest inside;
        inside.view.eye = pose.positions[Spine2];  // the camera stands in the body
        const auto picture = render::renderCharacter(pose.positions, pose.world, inside);
        QCOMPARE(picture.rgb.size(), std::size_t(256 * 256 * 3));
    }

    void lightsAndLooksChangeThePicture() {
        const Pose pose = posed(dancing());
        const auto brightness = [&](const render::CharacterRequest& request) {
            const auto picture = render::renderCharacter(pose.positions, pose.world, request);
            double sum = 0, weight = 1e-9;
            for (std::size_t i = 0; i < picture.coverage.size(); ++i) {
                if (picture.coverage[i] < 255) continue;
                sum += picture.rgb[3 * i] + picture.rgb[3 * i + 1] + picture.rgb[3 * i + 2];
                weight += 3;
            }
            return sum / weight;
        };
        render::CharacterRequest plain;
        for (float render::CharacterLight::*lamp : {&render::CharacterLight::key, &render::CharacterLight::fill, &render::CharacterLight::rim}) {
            render::CharacterRequest brighter = plain;
            brighter.light.*lamp *= 1.6f;
            QVERIFY(brightness(brighter) > brightness(plain) + 0.5);
        }
        QVERIFY(render::CharacterLook::shippedCount() >= 4);
        std::set<std::string> pictures;
        for (int i = 0; i < render::CharacterLook::shippedCount(); ++i) {
            render::CharacterRequest request;
            request.look = render::CharacterLook::shipped(i);
            const auto rgb = render::renderCharacter(pose.positions, pose.world, request).rgb;
            pictures.insert(std::string(rgb.begin(), rgb.end()));
            QCOMPARE(render::CharacterLook::find(render::CharacterLook::shippedName(i)), i);
        }
        QCOMPARE(pictures.size(), static_cast<std::size_t>(render::CharacterLook::shippedCount()));
        QCOMPARE(render::CharacterLook::find("nobody"), -1);
        QCOMPARE(render::CharacterLook::find("JUNO"), 0);
    }

    void drawnLooksAreOfEveryKindAndWithinBounds() {
        Random random(11);
        std::set<int> hair, top, bottom, pattern;
        for (int i = 0; i < 300; ++i) {
            const auto look = render::CharacterLook::drawn(random);
            hair.insert(look.hairStyle), top.insert(look.topStyle), bottom.insert(look.bottomStyle), pattern.insert(look.pattern);
            for (const auto& colour : {look.skin, look.hair, look.top, look.bottom, look.shoes, look.trim}) {
                for (const float c : colour) QVERIFY(c >= 0 && c <= 1);
            }
            QVERIFY(look.build >= 0.85f && look.build <= 1.2f);
            const auto light = render::CharacterLight::drawn(random);
            QVERIFY(light.direction[1] > 0.2f && light.key > 0);
        }
        QCOMPARE(hair.size(), std::size_t(render::kHairStyles));
        QCOMPARE(top.size(), std::size_t(render::kTopStyles));
        QCOMPARE(bottom.size(), std::size_t(render::kBottomStyles));
        QCOMPARE(pattern.size(), std::size_t(render::kPatterns));
        Random first(3), second(3);
        QCOMPARE(render::CharacterLook::drawn(first).top, render::CharacterLook::drawn(second).top);
    }

    void theStageShowsTheCharacter() {
        const Pose pose = posed(dancing());
        const render::View view;
        render::Picture juno, leo, plain;
        render::CharacterRenderer(320, 180).draw(pose.positions, pose.world, view, juno);
        render::CharacterRenderer(320, 180, render::CharacterLook::shipped(5)).draw(pose.positions, pose.world, view, leo);
        render::MannequinRenderer(320, 180).draw(pose.positions, pose.world, view, plain);
        QCOMPARE(juno.rgba.size(), std::size_t(320 * 180 * 4));
        QVERIFY(juno.rgba != leo.rgba && juno.rgba != plain.rgba);
        QCOMPARE(juno.rgba[0], plain.rgba[0]);  // the same stage
    }
};

CHOREIA_TEST(CharacterTest)
#include "character_test.moc"
