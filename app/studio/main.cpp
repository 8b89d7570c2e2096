// choreia-studio: the window.
//   choreia-studio [SONG|PROJECT] [--generate] [--train] [--screenshot FILE.png [--after SECONDS] [--at SECONDS] [--size WxH]] [--light]
#include "style/theme.h"
#include "viewport/viewport.h"
#include "window/main_window.h"

#include <QApplication>
#include <QCommandLineParser>
#include <QPixmap>
#include <QScreen>
#include <QSettings>
#include <QTimer>

#include <cstdio>

namespace {

using namespace choreia::ui;

/// For the documentation: the whole window as the screen shows it, the 3D stage included.
void takePicture(MainWindow& window, const QString& file) {
    const QRect frame = window.geometry();
    const QPixmap picture = window.screen()->grabWindow(0, frame.x(), frame.y(), frame.width(), frame.height());
    const bool written = picture.save(file);
    if (!written) std::fprintf(stderr, "choreia-studio: %s: cannot be written\n", qPrintable(file));
    QCoreApplication::exit(written ? 0 : 1);
}

}  // namespace

int main(int argc, char** argv) {
    QCoreApplication::setOrganizationName(QStringLiteral("Choreia"));
    QCoreApplication::setApplicationName(QStringLiteral("choreia-studio"));
    QCoreApplication::setApplicationVersion(QStringLiteral(CHOREIA_VERSION));
    Viewport::prepareApplication();
    QApplication application(argc, argv);

    QCommandLineParser options;
    options.setApplicationDescription(QStringLiteral("A song goes in, a dance comes out, a person shapes it."));
    options.addHelpOption();
    options.addVersionOption();
    options.addPositionalArgument(QStringLiteral("FILE"), QStringLiteral("A song or a .choreia project."));
    const QCommandLineOption generate(QStringLiteral("generate"), QStringLiteral("Generate a dance once the song is open."));
    const QCommandLineOption train(QStringLiteral("train"), QStringLiteral("Open the training dialog."));
    const QCommandLineOption screenshot(QStringLiteral("screenshot"), QStringLiteral("Write a picture of the window and leave."), QStringLiteral("FILE.png"));
    const QCommandLineOption after(QStringLiteral("after"), QStringLiteral("Seconds before the picture."), QStringLiteral("SECONDS"), QStringLiteral("5"));
    const QCommandLineOption at(QStringLiteral("at"), QStringLiteral("Where the playhead stands."), QStringLiteral("SECONDS"));
    const QCommandLineOption size(QStringLiteral("size"), QStringLiteral("The window's size."), QStringLiteral("WxH"));
    const QCommandLineOption light(QStringLiteral("light"), QStringLiteral("The light theme."));
    options.addOptions({generate, train, screenshot, after, at, size, light});
    options.process(application);

    const bool picture = options.isSet(screenshot);
    const int theme = picture ? 0 : QSettings().value(QStringLiteral("window/theme"), 0).toInt();
    style::apply(application, options.isSet(light) || theme == 1 ? style::Theme::Light : style::Theme::Dark);

    WindowServices services = engineServices();
    services.remember = !picture;
    if (picture) {
        services.recoveryFolder.clear();
        services.posesFile.clear();
    }
    MainWindow window(services);
    if (const QStringList sides = options.value(size).split(QLatin1Char('x')); sides.size() == 2) window.resize(sides[0].toInt(), sides[1].toInt());
    window.show();

    Document& document = window.document();
    if (options.isSet(generate) || options.isSet(at))
        QObject::connect(&document.loader(), &JobRunner::finished, &window, [&](quint64, JobRunner::Outcome outcome) {
            if (outcome != JobRunner::Outcome::Done || document.loader().busy()) return;
            if (options.isSet(at)) window.player().seek(options.value(at).toDouble());
            if (options.isSet(generate) && !document.dance()) document.generate();
        });
    if (const QStringList files = options.positionalArguments(); !files.isEmpty()) window.openFile(files.front());
    if (options.isSet(train)) window.trainModel();
    if (picture) QTimer::singleShot(static_cast<int>(options.value(after).toDouble() * 1000), &window, [&] { takePicture(window, options.value(screenshot)); });
    return QApplication::exec();
}
