// Energy and style along a song: the lines by hand, and dances that follow them, judged by the speed of their joints.
#include "choreo/choreographer.h"
#include "choreo/course.h"
#include "motion/kinematics.h"
#include "some_song.h"
#include "support/testing.h"

#include <cmath>

using namespace choreia;

namespace {

/// Mean speed of all joints in [from, to) seconds, m/s.
double speedOf(const motion::Clip& clip, double from, double to) {
    const auto p = motion::jointPositions(motion::Skeleton::body(), clip);
    double sum = 0;
    const auto first = static_cast<std::size_t>(from * 60), end = std::min(static_cast<std::size_t>(to * 60), clip.frames() - 1);
    for (std::size_t f = first; f < end; ++f)
        for (std::size_t j = 0; j < motion::kJoints; ++j) sum += 60 * static_cast<double>((p.at(f + 1, j) - p.at(f, j)).norm());
    return sum / static_cast<double>((end - first) * motion::kJoints);
}

}  // namespace

class CourseTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void energyLiesOnTheLines() {
        io::GenerateSettings settings;
        settings.energy = 0.1;
        settings.energyCourse = {{10, -0.5}, {20, 0.5}, {22, 1}};
        const std::vector<double> times = {0, 10, 15, 17.5, 20, 21, 30};
        const std::vector<double> expected = {-0.4, -0.4, 0.1, 0.35, 0.6, 0.85, 1};
        const auto found = choreo::energyAlong(settings, times);
        for (std::size_t i = 0; i < times.size(); ++i) QVERIFY2(std::abs(found[i] - expected[i]) < 1e-12, qPrintable(QString::number(times[i])));
        settings.energyCourse.clear();
        QCOMPARE(choreo::energyAlong(settings, times), std::vector<double>(7, 0.1));
    }

    void stylesChangeAtTheirTimes() {
        io::GenerateSettings settings;
        const std::vector<std::string> styles = {"a", "b", "c"};
        const std::vector<double> times = {0, 3.9, 4, 7, 9};
        QVERIFY(choreo::stylesAlong(settings, styles, 0, times).empty());
        settings.styleCourse = {{4, "c"}, {8, "b"}};
        QCOMPARE(choreo::stylesAlong(settings, styles, 0, times), (std::vector<std::int64_t>{0, 0, 2, 2, 1}));
    }

    void refused_data() {
        QTest::addColumn<QString>("what");
        for (const char* what : {"order", "twice", "range", "nan", "style", "style order"}) QTest::newRow(what) << what;
    }
    void refused() {
        QFETCH(QString, what);
        io::GenerateSettings settings;
        if (what == "order") settings.energyCourse = {{5, 0}, {4, 0}};
        if (what == "twice") settings.energyCourse = {{5, 0}, {5, 1}};
        if (what == "range") settings.energyCourse = {{5, 1.5}};
        if (what == "nan") settings.energyCourse = {{std::nan(""), 0}};
        if (what == "style") settings.styleCourse = {{5, "polka"}};
        if (what == "style order") settings.styleCourse = {{5, "a"}, {1, "a"}};
        const std::vector<std::string> styles = {"a", "b"};
        const auto checked = choreo::checkCourses(settings, styles);
        QVERIFY(!checked.ok());
        if (what == "style") QVERIFY(checked.error().line().find("a, b") != std::string::npos);
    }

    void aDanceFollowsItsCourses() {
        const auto loaded = choreo::Choreographer::load(CHOREIA_SOURCE_DIR "/models", "default", choreo::Device::Cpu);
        QVERIFY(loaded.ok());
        const audio::Analysis song = testing::someSong(40);
        NoProgress quiet;
        const auto dance = [&](const io::GenerateSettings& settings) {
            auto made = (*loaded)->generate(song, settings, {}, quiet);
            if (!made.ok()) qFatal("%s", made.error().line().c_str());
            return std::move(made->dance.clip);
        };
        double calmFirst = 0, calmLast = 0;  // one dance alone says little
        for (const char* style : {"pop", "salsa", "modern"})
            for (const std::uint64_t seed : {1, 2}) {
                io::GenerateSettings settings;
                settings.seed = seed;
                settings.style = style;
                settings.guidance = 0;
                settings.repeats = 0;
                settings.energyCourse = {{15, -1}, {25, 1}};
                const auto rising = dance(settings);
                calmFirst += speedOf(rising, 2, 15) / 6;
                calmLast += speedOf(rising, 26, 39) / 6;
            }
        QVERIFY2(calmLast > 1.3 * calmFirst, qPrintable(QString("%1 %2").arg(calmFirst).arg(calmLast)));

        // Another style from 20 s on: the steps before are the same. (Where the feet stand is not: that is put right over the whole dance at once.)
        io::GenerateSettings settings;
        settings.style = "pop";
        settings.guidance = 0;
        settings.repeats = 0;
        settings.sync = false;
        const auto steps = [&](double from, double to) {
            auto made = (*loaded)->generate(song, settings, {}, quiet);
            if (!made.ok()) qFatal("%s", made.error().line().c_str());
            std::vector<std::int64_t> out;
            for (std::size_t i = 0; i < made->dance.tokens.times.size(); ++i)
                if (made->dance.tokens.times[i] >= from && made->dance.tokens.times[i] < to) out.push_back(made->dance.tokens.upper[i] * 1000 + made->dance.tokens.lower[i]);
            return out;
        };
        const auto before = steps(0, 17.8), after = steps(22, 40);
        settings.styleCourse = {{20, "salsa"}};
        QVERIFY(steps(0, 17.8) == before && before.size() > 100);
        QVERIFY(steps(22, 40) != after);
    }
};

CHOREIA_TEST(CourseTest)
#include "course_test.moc"
