// A stage says what it does, how far it is, and how long is left; often enough, and not too often.
#include "core/progress.h"

#include "support/testing.h"

#include <string>
#include <thread>
#include <vector>

using namespace choreia;

namespace {

struct Heard {
    std::string stage;
    double fraction = 0, left = 0;
};

class Listener final : public Progress {
public:
    void report(std::string_view stage, double fraction, double secondsLeft) override { heard.push_back({std::string(stage), fraction, secondsLeft}); }
    std::vector<Heard> heard;
};

}  // namespace

class ProgressTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void firstReportIsAtOnceAndDoesNotGuess() {
        Listener listener;
        const Stage stage(listener, "analysing");
        QCOMPARE(listener.heard.size(), std::size_t{1});
        QCOMPARE(listener.heard[0].stage, std::string("analysing"));
        QCOMPARE(listener.heard[0].fraction, 0.0);
        QVERIFY(listener.heard[0].left < 0);
    }
    void theEndIsAlwaysReported() {
        Listener listener;
        Stage stage(listener, "analysing");
        for (int i = 1; i <= 100000; ++i) stage.update(i, 100000);
        QCOMPARE(listener.heard.back().fraction, 1.0);
        QCOMPARE(listener.heard.back().left, 0.0);
        QVERIFY(listener.heard.size() < 10000);  // it does not report every step
    }
    void timeLeftComesFromThePace() {
        Listener listener;
        Stage stage(listener, "analysing");
        std::this_thread::sleep_for(std::chrono::milliseconds(120));
        stage.update(1, 4);
        QCOMPARE(listener.heard.size(), std::size_t{2});
        QCOMPARE(listener.heard[1].fraction, 0.25);
        QVERIFY(listener.heard[1].left >= 3 * 0.12);  // three quarters left, at least 0.12 s for the first
    }
    void nothingToDoIsDone() {
        Listener listener;
        Stage stage(listener, "empty");
        stage.update(0, 0);
        QCOMPARE(listener.heard.back().fraction, 1.0);
    }
};

CHOREIA_TEST(ProgressTest)
#include "progress_test.moc"
