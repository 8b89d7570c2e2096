// The dancer behind its door: landmarks as the character's own drawing says them, pictures of the right size, the same every time, clear refusals.
#include "render/gan_dancer.h"

#include "io/safetensors.h"
#include "motion/kinematics.h"
#include "nn/dancer_gan.h"
#include "nn/weights.h"
#include "render/character.h"
#include "render/performer.h"
#include "support/testing.h"

#include <QTemporaryDir>

#include <cmath>

using namespace choreia;

namespace {

struct Posed {
    std::array<motion::Vec3, motion::kJoints> joints;
    std::array<motion::Quat, motion::kJoints> turns;
};

Posed posed(float bend) {
    std::vector<motion::Quat> local(motion::kJoints, motion::Quat::Identity());
    for (const int joint : {motion::LeftShoulder, motion::RightKnee}) local[static_cast<std::size_t>(joint)] = motion::Quat(Eigen::AngleAxisf(bend, motion::Vec3(0.6f, 0, 0.8f)));
    Posed out;
    motion::forwardKinematics(motion::Skeleton::body(), motion::Vec3(0.2f, 0.95f, -0.1f), local, out.joints, out.turns);
    return out;
}

TensorTable weights(const char* kind = "dancer-gan", bool layered = false) {
    torch::manual_seed(3);
    const auto config = nn::DancerGanConfig::fromJson({{"size", 64}, {"widths", {8, 16, 16, 24}}, {"layered", layered}, {"maps", layered ? render::kAllMaps : render::kPoseMaps}, {"frame", layered ? 96 : 0}});
    return nn::toTable(*nn::DancerGenerator(config), kind, config.toJson(), true);
}

}  // namespace

class GanDancerTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void landmarksAreThoseOfTheCharacter() {
        const Posed pose = posed(0.9f);
        render::CharacterRequest request;
        request.width = request.height = 64;
        request.look.build = 1;
        const auto drawn = render::renderCharacter(pose.joints, pose.turns, request);
        const auto seen = render::landmarksInView(pose.joints, pose.turns, request.view);
        for (std::size_t i = 0; i < seen.size(); ++i) QVERIFY2(std::abs(seen[i] - drawn.landmarks[i]) < 0.02f, qPrintable(QString::number(i)));
    }

    void inLayersItDancesInAGroup() {
        QTemporaryDir folder;
        const std::filesystem::path models = folder.path().toStdString();
        QVERIFY(io::writeSafetensors(models / "me.dancer-gan.safetensors", weights("dancer-gan", true)).ok());
        QVERIFY(io::writeSafetensors(models / "whole.dancer-gan.safetensors", weights()).ok());
        const auto casting = [&](const char* name) { return render::castingAt(render::castIndex(name, models), models); };
        auto group = render::Performer::castGroup(casting("me"), 2, 320, 180);
        QVERIFY2(group.ok(), group.ok() ? "" : group.error().line().c_str());
        auto alone = render::Performer::cast(casting("me"), 320, 180);
        const Posed pose = posed(0.4f);
        std::vector<motion::Vec3> joints;
        std::vector<motion::Quat> turns;
        for (const float x : {-1.2f, 1.2f})
            for (std::size_t j = 0; j < motion::kJoints; ++j) {
                joints.push_back(pose.joints[j] + motion::Vec3(x, 0, 0));
                turns.push_back(pose.turns[j]);
            }
        render::Picture both, left, right;
        (*group)->draw(joints, turns, {}, both);
        (*alone)->draw(std::span(joints).first(motion::kJoints), std::span(turns).first(motion::kJoints), {}, left);
        (*alone)->draw(std::span(joints).last(motion::kJoints), std::span(turns).last(motion::kJoints), {}, right);
        QVERIFY(left.rgba != right.rgba);
        // Painted over one another, each is what they are alone on their own side.
        const auto sameHalf = [&](const render::Picture& one, int from, int to) {
            for (int y = 0; y < 180; ++y)
                if (!std::equal(both.rgba.begin() + 4 * (320 * y + from), both.rgba.begin() + 4 * (320 * y + to), one.rgba.begin() + 4 * (320 * y + from))) return false;
            return true;
        };
        QVERIFY((sameHalf(left, 0, 110) && sameHalf(right, 210, 320)) || (sameHalf(right, 0, 110) && sameHalf(left, 210, 320)));
        const auto refused = render::Performer::castGroup(casting("whole"), 2, 320, 180);
        QVERIFY(!refused.ok());
        QVERIFY(refused.error().line().find("dances alone") != std::string::npos);
    }

    void theSamePoseGivesTheSamePicture() {
        QTemporaryDir folder;
        const std::filesystem::path models = folder.path().toStdString();
        QVERIFY(io::writeSafetensors(models / "me.dancer-gan.safetensors", weights()).ok());
        QCOMPARE(render::dancersIn(models), std::vector<std::string>{"me"});
        const auto dancer = render::GanDancer::find(models, "me");
        QVERIFY2(dancer.ok(), dancer.ok() ? "" : dancer.error().line().c_str());
        QCOMPARE((*dancer)->size(), 64);
        const Posed first = posed(0.2f), second = posed(1.2f);
        render::Picture a, b, c;
        (*dancer)->draw(first.joints, first.turns, render::View{}, a);
        (*dancer)->draw(second.joints, second.turns, render::View{}, b);
        (*dancer)->draw(first.joints, first.turns, render::View{}, c);
        QCOMPARE(a.rgba.size(), std::size_t{64 * 64 * 4});
        QVERIFY(a.rgba == c.rgba);
        QVERIFY(a.rgba != b.rgba);
        QCOMPARE(a.rgba[3], std::uint8_t{255});
    }

    void learnedDancersStandAmongTheCast() {
        QTemporaryDir folder;
        const std::filesystem::path models = folder.path().toStdString();
        QVERIFY(io::writeSafetensors(models / "Me.dancer-gan.safetensors", weights()).ok());
        const auto names = render::castNames(models);
        QCOMPARE(names.size(), static_cast<std::size_t>(render::CharacterLook::shippedCount()) + 1);
        QCOMPARE(names.back(), std::string("Me"));
        QCOMPARE(render::castIndex("ME", models), static_cast<int>(names.size()) - 1);
        QCOMPARE(render::castIndex("me", {}), -1);
        QCOMPARE(render::castIndex(std::string(render::CharacterLook::shippedName(1)), {}), 1);
        const auto casting = render::castingAt(static_cast<int>(names.size()) - 1, models);
        QVERIFY(casting.kind == render::Casting::Kind::Learned);
        QVERIFY(render::castingAt(99, models).kind == render::Casting::Kind::Character);

        const auto performer = render::Performer::cast(casting, 160, 90);
        QVERIFY2(performer.ok(), performer.ok() ? "" : performer.error().line().c_str());
        QCOMPARE((*performer)->aspect(), 1.0);
        const Posed pose = posed(0.4f);
        render::Picture film, square;
        (*performer)->draw(pose.joints, pose.turns, render::View{}, film);
        QCOMPARE(film.width, 160);
        QCOMPARE(film.height, 90);
        QCOMPARE(film.rgba.size(), std::size_t{160 * 90 * 4});
        const auto gone = render::Performer::cast({render::Casting::Kind::Learned, 0, models / "nobody.dancer-gan.safetensors", {}}, 160, 90);
        QVERIFY(!gone.ok());
        QCOMPARE(gone.error().exitStatus(), 3);
    }

    void aLayeredDancerStandsAnywhere() {
        QTemporaryDir folder;
        const std::filesystem::path models = folder.path().toStdString();
        QVERIFY(io::writeSafetensors(models / "me.dancer-gan.safetensors", weights("dancer-gan", true)).ok());
        const render::Casting casting{render::Casting::Kind::Learned, 0, models / "me.dancer-gan.safetensors", {}};
        const Posed pose = posed(0.4f);
        render::View view;
        view.eye = motion::Vec3(0, 1.2f, 9);  // so that the square around the dancer is small
        for (const auto& [width, height] : {std::pair{320, 180}, std::pair{120, 200}, std::pair{96, 96}}) {
            render::Picture learned, empty;
            const auto performer = render::Performer::cast(casting, width, height);
            QVERIFY2(performer.ok(), performer.ok() ? "" : performer.error().line().c_str());
            QVERIFY(std::abs((*performer)->aspect() - static_cast<double>(width) / height) < 1e-9);
            (*performer)->draw(pose.joints, pose.turns, view, learned);
            QCOMPARE(learned.rgba.size(), static_cast<std::size_t>(width * height * 4));
            // Far from the dancer the stage is as it is without.
            auto aside = pose;
            for (auto& p : aside.joints) p.x() += 50;
            (*performer)->draw(aside.joints, aside.turns, view, empty);
            const auto marks = render::landmarksInView(pose.joints, pose.turns, view);
            const auto square = render::personSquare(marks);
            int inside = 0, outside = 0;
            for (int y = 0; y < height; ++y)
                for (int x = 0; x < width; ++x) {
                    const float u = (static_cast<float>(x) + 0.5f - 0.5f * static_cast<float>(width)) / static_cast<float>(height) + 0.5f, v = (static_cast<float>(y) + 0.5f) / static_cast<float>(height);
                    const bool within = u > square.left - 0.02f && u < square.left + square.side + 0.02f && v > square.top - 0.02f && v < square.top + square.side + 0.02f;
                    const bool changed = !std::equal(learned.rgba.begin() + 4 * (y * width + x), learned.rgba.begin() + 4 * (y * width + x) + 4, empty.rgba.begin() + 4 * (y * width + x));
                    (within ? inside : outside) += changed;
                }
            QCOMPARE(outside, 0);
            QVERIFY2(inside > 100, qPrintable(QString::number(inside)));
        }
        // Before a colour, and before nothing.
        auto green = casting;
        green.backdrop = *render::backdropNamed("#00c040");
        const auto before = render::Performer::cast(green, 128, 128);
        QVERIFY(before.ok());
        render::Picture out;
        (*before)->draw(pose.joints, pose.turns, view, out);
        QVERIFY(out.rgba[0] == 0 && out.rgba[1] == 0xc0 && out.rgba[2] == 0x40);
        // In its own frame it stands in the room; alone, before grey.
        auto dancer = render::GanDancer::load(casting.weights);
        QVERIFY(dancer.ok() && (*dancer)->layered());
        QCOMPARE((*dancer)->size(), 96);
        render::Picture framed;
        (*dancer)->draw(pose.joints, pose.turns, view, framed);
        render::CharacterRequest request;
        request.width = request.height = 96;
        request.view = view;
        render::Picture room;
        render::drawEmptyRoom(request, pose.joints[motion::Pelvis], room);
        QVERIFY(framed.rgba != room.rgba);
        QVERIFY(std::equal(framed.rgba.begin(), framed.rgba.begin() + 40, room.rgba.begin()));
        std::vector<std::uint8_t> rgb;
        (*dancer)->draw(render::landmarksInView(pose.joints, pose.turns, view), rgb);
        QCOMPARE(rgb.size(), std::size_t{96 * 96 * 3});
        QCOMPARE(rgb[0], std::uint8_t{128});
    }

    void oneThatBringsItsBackgroundHasNoOther() {
        QTemporaryDir folder;
        const std::filesystem::path models = folder.path().toStdString();
        QVERIFY(io::writeSafetensors(models / "me.dancer-gan.safetensors", weights()).ok());
        const auto refused = render::Performer::cast({render::Casting::Kind::Learned, 0, models / "me.dancer-gan.safetensors", *render::backdropNamed("#000000")}, 64, 64);
        QVERIFY(!refused.ok());
        QCOMPARE(refused.error().exitStatus(), 2);
    }

    void squareGoesOnBesideItself_data() {
        QTest::addColumn<int>("width");
        QTest::addColumn<int>("height");
        QTest::newRow("wide") << 96 << 32;
        QTest::newRow("high") << 32 << 96;
        QTest::newRow("as it is") << 32 << 32;
        QTest::newRow("larger") << 80 << 64;
    }
    void squareGoesOnBesideItself() {
        QFETCH(int, width);
        QFETCH(int, height);
        // Even along the direction in which it goes on, a ramp across.
        render::Picture square, out;
        square.width = square.height = 32;
        for (int y = 0; y < 32; ++y)
            for (int x = 0; x < 32; ++x) {
                const auto ramp = static_cast<std::uint8_t>(4 * (width >= height ? y : x) + 40);
                square.rgba.insert(square.rgba.end(), {ramp, 100, static_cast<std::uint8_t>(255 - ramp), 255});
            }
        out.width = width;
        out.height = height;
        render::fillFromSquare(square, out);
        QCOMPARE(out.rgba.size(), static_cast<std::size_t>(width * height * 4));
        const int side = std::min(width, height);
        for (int y = 0; y < height; ++y)
            for (int x = 0; x < width; ++x) {
                const auto* pixel = out.rgba.data() + 4 * (y * width + x);
                const double at = (width >= height ? y : x) + 0.5, wanted = 4 * (at * 32 / side - 0.5) + 40;
                QVERIFY2(std::abs(pixel[0] - wanted) <= 3.0, qPrintable(QStringLiteral("%1 %2: %3 for %4").arg(x).arg(y).arg(pixel[0]).arg(wanted)));
                QVERIFY(std::abs(pixel[1] - 100) <= 1);
                QCOMPARE(pixel[3], std::uint8_t{255});
            }
        if (width == 32 && height == 32) QVERIFY(out.rgba == square.rgba);
    }

    void whatIsNoDancerIsRefused() {
        QTemporaryDir folder;
        const std::filesystem::path models = folder.path().toStdString();
        auto result = render::GanDancer::find(models, "me");
        QVERIFY(!result.ok() && result.error().kind == ErrorKind::BadInput);
        QVERIFY(io::writeSafetensors(models / "me.dancer-gan.safetensors", weights("se-vit")).ok());
        result = render::GanDancer::find(models, "me");
        QVERIFY(!result.ok() && result.error().line().find("another kind") != std::string::npos);
        auto table = weights();
        table.metadata["config"] = R"({"size": 100})";
        QVERIFY(io::writeSafetensors(models / "me.dancer-gan.safetensors", table).ok());
        QVERIFY(!render::GanDancer::find(models, "me").ok());
        table = weights();
        table.tensors.erase("canvas");
        QVERIFY(io::writeSafetensors(models / "me.dancer-gan.safetensors", table).ok());
        result = render::GanDancer::find(models, "me");
        QVERIFY(!result.ok() && result.error().line().find("canvas") != std::string::npos);
    }
};

CHOREIA_TEST(GanDancerTest)
#include "gan_dancer_test.moc"
