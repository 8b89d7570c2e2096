// How lively the window is: when it stands, and the longest the event loop was away while a song opens, a dance is generated, a dance
// is played by one dancer and by eight, and a running generation is cancelled; what a step of zooming and of scrubbing costs; and how long after a scrub the
// display shows the dancer there, beside how long the stage takes for a picture.
//
//   choreia-window-bench SONG [SECONDS_OF_PLAY]
//   choreia-window-bench PROJECT.choreia     its first dance danced by eight with 10,000 key poses in all: what opening, zooming and scrubbing cost
#include "io/project.h"
#include "motion/formation.h"
#include "timeline/timeline_view.h"
#include "viewport/viewport.h"
#include "window/main_window.h"

#include <QApplication>
#include <QElapsedTimer>
#include <QEventLoop>
#include <QPixmap>
#include <QScreen>
#include <QTemporaryDir>
#include <QTimer>
#include <QWindow>

#include <algorithm>
#include <cstdio>
#include <functional>
#include <vector>

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

/// What the display shows of the stage's middle.
QImage stageShown(QWindow& stage) {
    const QSize size(std::min(240, stage.width()), std::min(320, stage.height()));
    return stage.screen()->grabWindow(stage.winId(), (stage.width() - size.width()) / 2, (stage.height() - size.height()) / 2, size.width(), size.height()).toImage();
}

/// Milliseconds from a scrub until the display shows something else; asked of the display itself, so that drawing and its queue are counted.
void scrubToDisplay(MainWindow& window, const char* who) {
    QWindow* stage = window.findChild<Viewport*>()->stageWindow();
    if (!stage) return;
    constexpr int kScrubs = 60;
    Player& player = window.player();
    const auto changed = [&](const QImage& before) {
        QElapsedTimer clock;
        clock.start();
        do QCoreApplication::processEvents(QEventLoop::AllEvents);
        while (stageShown(*stage) == before && clock.elapsed() < 1000);
        return static_cast<double>(clock.nsecsElapsed()) / 1e6;
    };
    std::vector<double> waits;
    for (int i = 0; i < kScrubs; ++i) {
        runFor(150);  // what was asked for before is drawn
        const QImage before = stageShown(*stage);
        QElapsedTimer clock;
        clock.start();
        player.seek(player.duration() * (0.2 + 0.5 * ((i * 37) % kScrubs) / kScrubs));
        changed(before);
        waits.push_back(static_cast<double>(clock.nsecsElapsed()) / 1e6);
    }
    std::sort(waits.begin(), waits.end());
    QElapsedTimer asked;
    asked.start();
    for (int i = 0; i < kScrubs; ++i) stageShown(*stage);
    const double asking = static_cast<double>(asked.nsecsElapsed()) / 1e6 / kScrubs;
    // Scrubbed without a pause: how fast the stage draws.
    int pictures = 0;
    QImage last = stageShown(*stage);
    QElapsedTimer clock;
    clock.start();
    for (int i = 0; clock.elapsed() < 3000; ++i) {
        player.seek(player.duration() * (0.2 + 0.5 * ((i * 37) % 211) / 211));
        QCoreApplication::processEvents(QEventLoop::AllEvents);
        QImage now = stageShown(*stage);
        if (now == last) continue;
        ++pictures;
        last = std::move(now);
    }
    const double each = static_cast<double>(clock.elapsed()) / std::max(1, pictures);
    std::printf("%s: scrub to display %.1f ms (median), %.1f (most), the last question of the display (%.1f ms) with it; a picture of the stage takes %.1f ms\n", who, waits[kScrubs / 2], waits.back(), asking, each);
}

/// The project's first dance eight times, key poses of its own frames evenly along each; nothing where it cannot be read or holds no dance.
bool crowd(const QString& from, const QString& to) {
    constexpr std::size_t kKeys = 10'000 / choreia::motion::kMostDancers;
    auto project = choreia::io::readProject(from.toStdString());
    if (!project.ok() || project->dances.empty()) return false;
    // A song is named from where the project lies.
    const std::filesystem::path song(project->songPath);
    if (song.is_relative()) project->songPath = (std::filesystem::absolute(from.toStdString()).parent_path() / song).string();
    auto dance = project->dances.front();
    const std::size_t frames = dance.clip.frames();
    dance.keys.clear();
    for (std::size_t k = 0; k < kKeys; ++k) {
        const std::size_t frame = k * (frames - 1) / kKeys;
        const auto pose = dance.clip.pose(frame);
        dance.keys.push_back({static_cast<double>(frame) / dance.clip.fps, true, dance.clip.root[frame], {pose.begin(), pose.end()}});
    }
    project->dances.assign(choreia::motion::kMostDancers, dance);
    return choreia::io::writeProject(to.toStdString(), *project).ok();
}

int openCrowd(MainWindow& window, const QString& path) {
    QTemporaryDir folder;
    const QString crowded = folder.filePath(QStringLiteral("crowd.choreia"));
    if (!crowd(path, crowded)) {
        std::fprintf(stderr, "choreia-window-bench: %s: no project with a dance\n", qPrintable(path));
        return 3;
    }
    Heartbeat heartbeat;
    QElapsedTimer since;
    QEventLoop loop;
    bool opened = false;
    QObject::connect(&window.document(), &Document::opened, &loop, [&] {
        opened = true;
        loop.quit();
    });
    QTimer::singleShot(60'000, &loop, &QEventLoop::quit);
    heartbeat.start();
    since.start();
    window.openFile(crowded);
    loop.exec();
    if (!opened) {
        std::fprintf(stderr, "choreia-window-bench: %s\n", qPrintable(window.noticeText()));
        return 3;
    }
    std::printf("opened in %lld ms\n", static_cast<long long>(since.elapsed()));
    heartbeat.report("opening the project");
    do runFor(500);  // the song is heard meanwhile
    while (window.document().loader().busy());
    zoomAndScrub(window, "eight dancers, 10,000 key poses");
    return 0;
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
    if (arguments[1].endsWith(QStringLiteral(".choreia"))) return openCrowd(window, arguments[1]);

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
    scrubToDisplay(window, "one dancer");
    for (std::size_t i = 1; i < choreia::motion::kMostDancers; ++i) document.requestAddDancer(i % 2 == 1 ? Document::NewDancer::Mirrored : Document::NewDancer::InCanon);
    runFor(500);
    play(window, heartbeat, seconds, "playing, eight dancers");
    zoomAndScrub(window, "eight dancers");
    scrubToDisplay(window, "eight dancers");

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
