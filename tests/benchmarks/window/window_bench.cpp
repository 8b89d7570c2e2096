// How lively the window is: when it stands, and the longest the event loop was away while a song opens, a dance is generated, a dance
// is played by one dancer and by eight, and a running generation is cancelled; and what a step of zooming and of scrubbing costs.
//
//   choreia-window-bench SONG [SECONDS_OF_PLAY]
#include "motion/formation.h"
#include "timeline/timeline_view.h"
#include "viewport/viewport.h"
#include "window/main_window.h"

#include <QApplication>
#include <QElapsedTimer>
#include <QEventLoop>
#include <QTimer>

#include <algorithm>
#include <cstdio>
#include <functional>

using namespace choreia::ui;

namespace {

/// A timer that wants to fire every 2 ms; what it misses is what a person would feel.
class Heartbeat {
public:
    Heartbeat() {
        timer_.setTimerType(Qt::PreciseTimer);
        QObject::connect(&timer_, &QTimer::timeout, [this] {
            const double gap = static_cast<double>(clock_.nsecsElapsed()) / 1e6;
            clock_.restart();
            longest_ = std::max(longest_, gap);
            over50_ += gap > 50;
            ++beats_;
        });
    }
    void start() {
        longest_ = 0;
        over50_ = beats_ = 0;
        clock_.start();
        timer_.start(2);
    }
    void report(const char* what) {
        timer_.stop();
        std::printf("%-28s longest gap %6.1f ms, %d over 50 ms, %d turns\n", what, longest_, over50_, beats_);
    }

private:
    QTimer timer_;
    QElapsedTimer clock_;
    double longest_ = 0;
    int over50_ = 0, beats_ = 0;
};

/// Runs the event loop until the runner reports an outcome; false where it was not Done.
bool waitFor(JobRunner& runner, const std::function<void()>& begin) {
    QEventLoop loop;
    bool done = false;
    QObject::connect(&runner, &JobRunner::finished, &loop, [&](quint64, JobRunner::Outcome outcome) {
        if (runner.busy()) return;
        done = outcome == JobRunner::Outcome::Done;
        loop.quit();
    });
    begin();
    loop.exec();
    return done;
}

void runFor(int milliseconds) {
    QEventLoop loop;
    QTimer::singleShot(milliseconds, &loop, &QEventLoop::quit);
    loop.exec();
}

void play(MainWindow& window, Heartbeat& heartbeat, int seconds, const char* what) {
    int moves = 0;
    QObject watcher;
    QObject::connect(&window.player(), &Player::positionChanged, &watcher, [&] { ++moves; });
    window.player().seek(0);
    heartbeat.start();
    window.player().play();
    runFor(seconds * 1000);
    window.player().pause();
    heartbeat.report(what);
    std::printf("playhead moved %.1f times a second\n", static_cast<double>(moves) / seconds);
}

/// Mean of many steps, each painted before the next.
void zoomAndScrub(MainWindow& window, const char* who) {
    constexpr int kSteps = 200;
    auto* timeline = window.findChild<TimelineView*>();
    QElapsedTimer clock;
    clock.start();
    for (int i = 0; i < kSteps; ++i) {
        timeline->zoom(i % 20 < 10 ? 0.8 : 1.25);
        timeline->repaint();
    }
    const double zooming = static_cast<double>(clock.nsecsElapsed()) / 1e6 / kSteps;
    clock.restart();
    for (int i = 0; i < kSteps; ++i) {
        window.player().seek(window.player().duration() * (0.1 + 0.004 * i));
        timeline->repaint();
    }
    std::printf("%s: a step of zooming %.2f ms, of scrubbing %.2f ms\n", who, zooming, static_cast<double>(clock.nsecsElapsed()) / 1e6 / kSteps);
    timeline->fit();
}

}  // namespace

int main(int argc, char** argv) {
    QElapsedTimer since;
    since.start();
    QCoreApplication::setOrganizationName(QStringLiteral("Choreia"));
    Viewport::prepareApplication();
    QApplication application(argc, argv);
    const QStringList arguments = application.arguments();
    if (arguments.size() < 2) {
        std::fprintf(stderr, "choreia-window-bench: a song is missing (expected choreia-window-bench SONG [SECONDS])\n");
        return 2;
    }
    WindowServices services = engineServices();
    services.remember = false;
    MainWindow window(services);
    window.show();
    QCoreApplication::processEvents();
    std::printf("window shown after %lld ms\n", static_cast<long long>(since.elapsed()));
    runFor(1500);

    Heartbeat heartbeat;
    Document& document = window.document();
    heartbeat.start();
    if (!waitFor(document.loader(), [&] { window.openFile(arguments[1]); })) {
        std::fprintf(stderr, "choreia-window-bench: %s\n", qPrintable(window.noticeText()));
        return 3;
    }
    heartbeat.report("opening the song");
    heartbeat.start();
    since.restart();
    if (!waitFor(document.generator(), [&] { document.generate(); })) {
        std::fprintf(stderr, "choreia-window-bench: %s\n", qPrintable(window.noticeText()));
        return 1;
    }
    heartbeat.report("generating");
    std::printf("generated in %lld ms\n", static_cast<long long>(since.elapsed()));
    runFor(500);

    const int seconds = arguments.size() > 2 ? arguments[2].toInt() : 10;
    play(window, heartbeat, seconds, "playing");
    zoomAndScrub(window, "one dancer");
    for (std::size_t i = 1; i < choreia::motion::kMostDancers; ++i) document.requestAddDancer(i % 2 == 1 ? Document::NewDancer::Mirrored : Document::NewDancer::InCanon);
    runFor(500);
    play(window, heartbeat, seconds, "playing, eight dancers");
    zoomAndScrub(window, "eight dancers");

    QTimer::singleShot(300, &window, [&] {
        since.restart();
        document.generator().cancel();
    });
    heartbeat.start();
    const bool finished = waitFor(document.generator(), [&] { document.generate(); });
    heartbeat.report("cancelling");
    std::printf(finished ? "the dance was done before it could be cancelled\n" : "cancel answered in %lld ms\n", static_cast<long long>(since.elapsed()));
    return 0;
}
