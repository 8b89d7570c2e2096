// An editor that never stops: choreia-edit-until-killed PROJECT RECOVERY MILLISECONDS. Edits the project's seed again and again, saves now and then, keeps unsaved
// work every so many milliseconds, and writes "seed seconds" on standard output after each edit. For autosave_test, which kills it.
#include "ui/ui_fixtures.h"

#include "document/autosave.h"

#include <QApplication>
#include <QElapsedTimer>
#include <QTimer>

#include <cstdio>

using namespace choreia::ui;

int main(int argc, char** argv) {
    QApplication application(argc, argv);
    if (argc != 4) return 2;
    const QString project = QString::fromLocal8Bit(argv[1]);
    Document document(testing::quickGenerator());
    document.open(project);  // editing begins before the song is read
    if (!QTest::qWaitFor([&] { return document.dance() != nullptr; }, 60000)) return 1;
    Autosave autosave(document, QString::fromLocal8Bit(argv[2]), std::chrono::milliseconds(atoi(argv[3])));
    choreia::Random random(static_cast<std::uint64_t>(QCoreApplication::applicationPid()));
    QElapsedTimer clock;
    clock.start();
    QTimer timer;
    QObject::connect(&timer, &QTimer::timeout, [&] {
        auto settings = document.state().settings;
        ++settings.seed;
        if (!document.requestSettings(settings, QStringLiteral("Seed"))) std::exit(1);
        std::printf("%llu %.3f\n", static_cast<unsigned long long>(settings.seed), static_cast<double>(clock.elapsed()) / 1000);
        std::fflush(stdout);
        if (random.below(40) == 0) document.save(project);
    });
    timer.start(5);
    return QApplication::exec();
}
