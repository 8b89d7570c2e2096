// The dancer behind its door: landmarks as the character's own drawing says them, pictures of the right size, the same every time, clear refusals.
#include "render/gan_dancer.h"

#include "io/safetensors.h"
#include "motion/kinematics.h"
#include "nn/dancer_gan.h"
#include "nn/weights.h"
#include "render/character.h"
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

TensorTable weights(const char* kind = "dancer-gan") {
    torch::manual_seed(3);
    const auto config = nn::DancerGanConfig::fromJson({{"size", 64}, {"widths", {8, 16, 16, 24}}});
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
