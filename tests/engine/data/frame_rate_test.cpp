// A wrong frame rate shows in how hard a body rises and falls.
#include "data/frame_rate.h"
#include "support/testing.h"

#include <QRegularExpression>

#include <cmath>
#include <numbers>

using namespace choreia;

namespace {

/// Ten seconds of a body that rises and falls by `height` m either way `hertz` times a second, its arms swinging with it where they are to.
motion::Clip bouncing(double height, double hertz, double fps = 60, bool swing = true) {
    motion::Clip clip;
    clip.fps = fps;
    for (int f = 0; f < static_cast<int>(10 * fps); ++f) {
        const double phase = 2 * std::numbers::pi * hertz * f / fps;
        clip.root.emplace_back(0.0f, static_cast<float>(1 + height * std::sin(phase)), 0.0f);
        for (int j = 0; j < motion::kJoints; ++j) {
            const bool arm = swing && (j == motion::LeftShoulder || j == motion::RightShoulder);
            clip.rotations.emplace_back(Eigen::AngleAxisf(arm ? 0.4f * static_cast<float>(std::sin(phase)) : 0.0f, motion::Vec3::UnitY()));
        }
    }
    return clip;
}

double foundIn(const std::string& words) {
    const auto match = QRegularExpression(QStringLiteral("found ([0-9.]+)")).match(QString::fromStdString(words));
    return match.captured(1).toDouble();
}

}  // namespace

class FrameRateTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aDanceAsRecordedIsNotDoubted() {
        for (const double fps : {30.0, 60.0, 120.0}) {
            const auto doubt = data::doubtOfFrameRate(bouncing(0.06, 1.5, fps));
            QVERIFY2(!doubt, doubt ? doubt->c_str() : "");
        }
    }
    // The acceleration of a sine, A (2 pi f)^2, less what a Gaussian of 40 ms takes of it; the 95th percentile of |sin| is sin(0.95 pi / 2).
    void theSameFourTimesTooFast() {
        auto clip = bouncing(0.06, 1.5);
        const double plain = 0.06 * std::pow(2 * std::numbers::pi * 1.5, 2) * std::sin(0.95 * std::numbers::pi / 2);
        clip.fps = 240;
        const auto doubt = data::doubtOfFrameRate(clip);
        QVERIFY(doubt);
        QVERIFY2(doubt->starts_with("rises and falls faster than dancers do"), doubt->c_str());
        const double expected = 16 * plain * std::exp(-.5 * std::pow(2 * std::numbers::pi * 6 * .04, 2));
        QVERIFY2(std::abs(foundIn(*doubt) / expected - 1) < .05, qPrintable(QString::fromStdString(*doubt) + QString::number(expected)));
    }
    void jointsFasterThanAnyDancers() {
        auto clip = bouncing(0.0, 1.0);
        for (std::size_t f = 0; f < clip.frames(); ++f) clip.root[f].x() = 14 * static_cast<float>(f) / 60;  // all joints, 14 m/s
        const auto doubt = data::doubtOfFrameRate(clip);
        QVERIFY(doubt);
        QVERIFY2(doubt->starts_with("moves faster than dancers do"), doubt->c_str());
        QVERIFY(foundIn(*doubt) > 13.9);
    }
    void theSameFourTimesTooSlow() {
        auto clip = bouncing(0.03, 1.2);
        QVERIFY(!data::doubtOfFrameRate(clip));
        clip.fps = 15;
        const auto doubt = data::doubtOfFrameRate(clip);
        QVERIFY(doubt);
        QVERIFY2(doubt->starts_with("moves more slowly than dancers do"), doubt->c_str());
    }
    void whoStandsStillIsNotSlow() {
        QVERIFY(!data::doubtOfFrameRate(bouncing(0, 1, 60, false)));
        QVERIFY(!data::doubtOfFrameRate({}));
    }
};

CHOREIA_TEST(FrameRateTest)
#include "frame_rate_test.moc"
