// Two in one picture, and what stands behind a dancer in place of the stage.
#include "motion/kinematics.h"
#include "render/pair_performer.h"
#include "render/performer.h"
#include "support/testing.h"

#include <QTemporaryDir>

#include <algorithm>
#include <cmath>
#include <fstream>

using namespace choreia;

namespace {

struct Pose {
    std::vector<motion::Vec3> positions{motion::kJoints};
    std::vector<motion::Quat> turns{motion::kJoints};
};

Pose standing() {
    Pose pose;
    const std::vector<motion::Quat> rest(motion::kJoints, motion::Quat::Identity());
    motion::forwardKinematics(motion::Skeleton::body(), motion::Skeleton::body().offset(motion::Pelvis), rest, pose.positions, pose.turns);
    return pose;
}

render::Picture drawn(render::Performer& performer, int width, int height) {
    const Pose pose = standing();
    render::Picture out;
    out.width = width, out.height = height;
    performer.draw(pose.positions, pose.turns, {}, out);
    return out;
}

std::array<int, 3> pixel(const render::Picture& picture, int x, int y) {
    const auto* p = picture.rgba.data() + 4 * (y * picture.width + x);
    return {p[0], p[1], p[2]};
}

bool same(const render::Picture& picture, int left, int top, const render::Picture& part) {
    for (int y = 0; y < part.height; ++y)
        for (int x = 0; x < part.width; ++x)
            if (pixel(picture, left + x, top + y) != pixel(part, x, y)) return false;
    return true;
}

const render::Casting kPlain{}, kCharacter{render::Casting::Kind::Character, 1, {}, {}};

}  // namespace

class PerformerTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void sideBySideEachHasItsHalf() {
        for (const auto& [width, height] : {std::pair{320, 180}, std::pair{180, 320}, std::pair{201, 100}}) {
            auto pair = render::Performer::castPair(kPlain, kCharacter, render::Layout::SideBySide, 1, width, height);
            QVERIFY(pair.ok());
            const auto one = render::shareOf(render::Layout::SideBySide, true, width, height), two = render::shareOf(render::Layout::SideBySide, false, width, height);
            QVERIFY(width > height ? one.width + two.width == width && one.height == height && two.height == height
                                   : one.height + two.height == height && one.width == width && two.width == width);
            auto first = render::Performer::cast(kPlain, one.width, one.height), second = render::Performer::cast(kCharacter, two.width, two.height);
            const auto whole = drawn(**pair, width, height);
            QCOMPARE(whole.rgba.size(), static_cast<std::size_t>(4 * width * height));
            QVERIFY(same(whole, 0, 0, drawn(**first, one.width, one.height)));
            QVERIFY(same(whole, width > height ? one.width : 0, width > height ? 0 : one.height, drawn(**second, two.width, two.height)));
            QVERIFY(std::abs((*pair)->aspect() - std::min((*first)->aspect(), (*second)->aspect())) < 1e-9);
        }
    }

    void anInsetLiesInTheCornerAndLeavesTheRest() {
        auto pair = render::Performer::castPair(kPlain, kCharacter, render::Layout::Inset, 1, 640, 360);
        auto whole = render::Performer::cast(kCharacter, 640, 360);
        const auto both = drawn(**pair, 640, 360), alone = drawn(**whole, 640, 360);
        int changed = 0, outside = 0;
        for (int y = 0; y < 360; ++y)
            for (int x = 0; x < 640; ++x) {
                if (pixel(both, x, y) == pixel(alone, x, y)) continue;
                ++changed;
                outside += x < 640 * 2 / 3 || y < 360 * 2 / 3 - 20 || x >= 630 || y >= 350;
            }
        QCOMPARE(outside, 0);
        QVERIFY2(changed > 0.06 * 640 * 360, qPrintable(QString::number(changed)));
        // Its middle is the small picture's middle.
        const auto size = render::shareOf(render::Layout::Inset, true, 640, 360);
        auto small = render::Performer::cast(kPlain, size.width, size.height);
        const auto inset = drawn(**small, size.width, size.height);
        const int border = static_cast<int>(std::lround(0.035f * 360));
        QCOMPARE(pixel(both, 640 - border - size.width / 2, 360 - border - size.height / 2), pixel(inset, size.width - size.width / 2, size.height - size.height / 2));
    }

    void aGroupIsSeenTogetherTheNearerBeforeTheFarther() {
        const auto white = render::backdropNamed("#ffffff");
        auto casting = kCharacter;
        casting.backdrop = *white;
        auto group = render::Performer::castGroup(casting, 2, 320, 180);
        QVERIFY(group.ok());
        const auto at = [](float x, float z) {
            Pose pose = standing();
            for (auto& p : pose.positions) p += motion::Vec3(x, 0, z);
            return pose;
        };
        const auto together = [&](const Pose& a, const Pose& b) {
            Pose both = a;
            both.positions.insert(both.positions.end(), b.positions.begin(), b.positions.end());
            both.turns.insert(both.turns.end(), b.turns.begin(), b.turns.end());
            render::Picture out;
            (*group)->draw(both.positions, both.turns, {}, out);
            return out;
        };
        // Beside each other: each as if alone, in the looks 1 and 2.
        const Pose left = at(-0.9f, 0), right = at(0.9f, 0);
        const auto both = together(left, right);
        auto second = kCharacter;
        second.look = 2;
        for (const auto& [look, pose, from] : {std::tuple{kCharacter, left, 0}, std::tuple{second, right, 165}}) {
            auto single = look;
            single.backdrop = *white;
            auto performer = render::Performer::cast(single, 320, 180);
            render::Picture alone;
            (*performer)->draw(pose.positions, pose.turns, {}, alone);
            int others = 0;
            for (int y = 0; y < 110; ++y)  // above the floor and its shadows
                for (int x = from; x < from + 155; ++x) others += pixel(both, x, y) != pixel(alone, x, y);
            QCOMPARE(others, 0);
        }
        // One right behind the other: in whatever order they are given, the nearer is what is seen.
        const Pose front = at(0, 0.8f), behind = at(0, -0.8f);
        for (const bool first : {true, false}) {
            auto nearer = first ? kCharacter : second;
            nearer.backdrop = *white;
            auto performer = render::Performer::cast(nearer, 320, 180);
            render::Picture alone;
            (*performer)->draw(front.positions, front.turns, {}, alone);
            QCOMPARE(pixel(first ? together(front, behind) : together(behind, front), 160, 80), pixel(alone, 160, 80));
        }
    }

    void aColourStandsBehindTheDancer() {
        auto casting = kCharacter;
        const auto green = render::backdropNamed("#20c040");
        QVERIFY(green.ok());
        casting.backdrop = *green;
        auto performer = render::Performer::cast(casting, 320, 180);
        const auto picture = drawn(**performer, 320, 180);
        const std::array<int, 3> wanted{0x20, 0xc0, 0x40};
        for (const auto& [x, y] : {std::pair{2, 2}, std::pair{317, 3}, std::pair{2, 90}}) QVERIFY(pixel(picture, x, y) == wanted);
        QVERIFY(pixel(picture, 160, 80) != wanted);  // the dancer
    }

    void aPhotographFillsThePictureFromItsMiddle() {
        const QTemporaryDir folder;
        // Left half red, right half blue, green at the left end; twice as wide as asked for, so that an outer quarter is cut off on either side.
        const auto path = folder.filePath("wall.ppm").toStdString();
        std::ofstream file(path, std::ios::binary);
        file << "P6 400 100 255\n";
        for (int y = 0; y < 100; ++y)
            for (int x = 0; x < 400; ++x) file.write(x < 90 ? "\0\xff\0" : x < 200 ? "\xff\0\0" : "\0\0\xff", 3);
        file.close();
        const auto backdrop = render::backdropNamed(path);
        QVERIFY(backdrop.ok());
        const auto picture = render::pictureOf(*backdrop, 100, 50);
        QVERIFY(picture && picture->width == 100 && picture->height == 50);
        for (int x = 0; x < 100; ++x) {
            const auto [r, g, b] = pixel(*picture, x, 25);
            QVERIFY2(g < 10 && (x < 49 ? r > 245 && b < 10 : x > 50 ? b > 245 && r < 10 : true), qPrintable(QString("%1: %2 %3 %4").arg(x).arg(r).arg(g).arg(b)));
        }
        // Larger than the photograph: still filled.
        const auto large = render::pictureOf(*backdrop, 1000, 500);
        QVERIFY(large && pixel(*large, 0, 0)[0] > 245 && pixel(*large, 999, 499)[2] > 245);
    }

    void refusals() {
        for (const char* name : {"#12345", "#1234567", "#12345g", "#"}) {
            const auto backdrop = render::backdropNamed(name);
            QVERIFY2(!backdrop.ok() && backdrop.error().exitStatus() == 2, name);
        }
        const auto missing = render::backdropNamed("/nowhere/wall.png");
        QVERIFY(!missing.ok() && missing.error().exitStatus() == 3);
        QVERIFY(!render::pictureOf(render::Backdrop{}, 10, 10));
    }
};

CHOREIA_TEST(PerformerTest)
#include "performer_test.moc"
