// A small film of moving stripes goes through the dialog; a network of chance weights, made sure of itself, finds somebody everywhere.
#include "import/import_dialog.h"

#include "io/hdf5.h"
#include "io/media.h"
#include "style/theme.h"
#include "support/testing.h"
#include "support/tiny_se_vit.h"
#include "ui/window_fixture.h"

#include <QAction>
#include <QApplication>
#include <QComboBox>
#include <QDropEvent>
#include <QFile>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QMimeData>
#include <QPushButton>

#include <cmath>

using namespace choreia;
using namespace choreia::ui;
using namespace choreia::ui::testing;

namespace {

template <class T>
T& member(QWidget& in, const char* name) {
    T* found = in.findChild<T*>(QString::fromLatin1(name));
    if (!found) qFatal("there is no %s", name);
    return *found;
}

QString stripes(const QTemporaryDir& folder, const QString& name, int pictures) {
    const QString path = folder.filePath(name);
    io::VideoFormat format;
    format.width = 160, format.height = 120, format.fps = 30;
    auto writer = io::VideoWriter::open(path.toStdString(), format, nullptr);
    if (!writer.ok()) qFatal("no film");
    for (int i = 0; i < pictures; ++i) {
        std::vector<std::uint8_t> rgba(160 * 120 * 4, 255);
        for (std::size_t p = 0; p < rgba.size(); ++p)
            if (p % 4 != 3) rgba[p] = static_cast<std::uint8_t>((p / 4 % 160) + static_cast<std::size_t>(2 * i));
        if (!(*writer)->addPicture(rgba).ok()) qFatal("no picture");
    }
    if (!(*writer)->finish().ok()) qFatal("no end");
    return path;
}

void dropOn(QWidget& widget, const QString& path) {
    QMimeData data;
    data.setUrls({QUrl::fromLocalFile(path)});
    QDragEnterEvent enter(widget.rect().center(), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(&widget, &enter);
    QVERIFY(enter.isAccepted());
    QDropEvent event(widget.rect().center(), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(&widget, &event);
}

bool rests(ImportDialog& dialog) {
    return QTest::qWaitFor([&] { return !dialog.jobs().busy(); }, 120000);
}

}  // namespace

class ImportDialogTest : public QObject {
    Q_OBJECT

    /// sureness: 400 finds somebody everywhere, 0.01 nobody.
    ImportServices eyes(double sureness, bool song = true) {
        const auto path = choreia::testing::writeTinySeVit(folder_, sureness);
        return {[path] { return seeing::PoseFinder::load(path); }, song};
    }

private Q_SLOTS:
    void initTestCase() { style::apply(*qApp, style::Theme::Dark); }

    void aFilmBecomesTrainingData() {
        const QString film = stripes(folder_, "dance.mp4", 45);
        ImportDialog dialog(eyes(400));
        dialog.show();
        QVERIFY(QTest::qWaitForWindowExposed(&dialog));
        auto &look = member<QPushButton>(dialog, "importLookButton"), &data = member<QPushButton>(dialog, "importDataButton"), &dance = member<QPushButton>(dialog, "importDanceButton");
        auto& view = member<FoundView>(dialog, "foundView");
        QVERIFY(!look.isEnabled() && !data.isEnabled() && !dance.isEnabled());
        dropOn(dialog, film);
        QVERIFY(rests(dialog));
        QVERIFY(!view.found().picture.isNull() && !view.found().pose);  // the first picture, before anything is looked for
        QCOMPARE(member<QLineEdit>(dialog, "importDataEdit").text(), folder_.filePath("dance.h5"));
        auto& rate = member<QComboBox>(dialog, "importRateBox");
        rate.setFocus();
        QTest::keyClicks(&rate, "10");
        QCOMPARE(rate.currentData().toInt(), 10);
        QVERIFY(look.isEnabled());
        QTest::mouseClick(&look, Qt::LeftButton);
        QVERIFY(dialog.jobs().busy() && !look.isEnabled());
        QVERIFY(QTest::qWaitFor([&] { return view.found().pose.has_value(); }, 60000));  // landmarks over the picture while it works, or at its end
        QVERIFY(rests(dialog));
        QVERIFY(dialog.found());
        const auto& found = *dialog.found();
        QCOMPARE(found.dance.seen.size() + found.dance.leftOut.size(), std::size_t(15));
        std::size_t listed = 0;
        for (const auto& part : found.leftOut) listed += part.pictures;
        QCOMPARE(listed, found.dance.leftOut.size());
        QCOMPARE(member<QListWidget>(dialog, "importLeftOutList").count(), static_cast<int>(found.leftOut.size()));
        QVERIFY(member<QLabel>(dialog, "importSummary").text().contains(QString::number(found.dance.seen.size())));
        QSignalSpy written(&dialog, &ImportDialog::dataWritten);
        QTest::mouseClick(&data, Qt::LeftButton);
        QVERIFY(rests(dialog));
        QCOMPARE(written.count(), 1);
        const auto file = io::H5Reader::open(folder_.filePath("dance.h5").toStdString());
        QVERIFY(file.ok());
        QVERIFY((*file->shape("dance/frames") == std::vector<std::uint64_t>{found.dance.seen.size(), 256, 256, 3}));
        QVERIFY(member<QLabel>(dialog, "importStage").text().contains("Written"));
    }

    void aPartOfThePictureIsChosenByDragging() {
        ImportDialog dialog(eyes(400));
        dialog.show();
        QVERIFY(QTest::qWaitForWindowExposed(&dialog));
        auto& view = member<FoundView>(dialog, "foundView");
        dialog.openVideo(stripes(folder_, "part.mp4", 30));
        QVERIFY(rests(dialog));
        const QRectF area = view.pictureArea();
        const auto at = [&](double x, double y) { return QPoint(static_cast<int>(area.left() + x * area.width()), static_cast<int>(area.top() + y * area.height())); };
        const auto drag = [&](const QPoint& from, const QPoint& to) {
            QTest::mousePress(&view, Qt::LeftButton, {}, from);
            QMouseEvent move(QEvent::MouseMove, QPointF(to), view.mapToGlobal(QPointF(to)), Qt::NoButton, Qt::LeftButton, {});
            QCoreApplication::sendEvent(&view, &move);
            QTest::mouseRelease(&view, Qt::LeftButton, {}, to);
        };
        drag(at(0.5, 0.1), at(0.95, 0.9));
        const auto region = view.region();
        QVERIFY(std::abs(region.left - 0.5) < 0.01 && std::abs(region.top - 0.1) < 0.01 && std::abs(region.width - 0.45) < 0.01 && std::abs(region.height - 0.8) < 0.01);
        QVERIFY(member<QLabel>(dialog, "importRegionText").text().contains("45"));
        QTest::mouseClick(&member<QPushButton>(dialog, "importLookButton"), Qt::LeftButton);
        QVERIFY(rests(dialog));
        QVERIFY(dialog.found());
        // A click, and the button, take the whole picture again.
        QTest::mouseClick(&member<QPushButton>(dialog, "importWholeButton"), Qt::LeftButton);
        QVERIFY(view.region().whole());
        drag(at(0.2, 0.2), at(0.8, 0.8));
        QVERIFY(!view.region().whole());
        QTest::mouseClick(&view, Qt::LeftButton, {}, at(0.5, 0.5));
        QVERIFY(view.region().whole());
    }

    void itIsTakenAsTheDanceOfTheWindow() {
        WindowServices services;
        services.generator = quickGenerator();
        services.catalog = [] { return std::vector<choreo::ModelInfo>(); };
        services.sound = Player::Sound::Never;
        services.remember = false;
        services.finder = eyes(400).finder;
        MainWindow window(std::move(services));
        window.resize(1500, 940);
        window.show();
        QVERIFY(QTest::qWaitForWindowExposed(&window));
        QVERIFY(openAndWait(window.document(), makeSong(folder_)));
        QVERIFY(generateAndWait(window.document()));
        const auto before = window.document().hash();
        window.activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(&window));
        QTest::keyClick(&window, Qt::Key_I, Qt::ControlModifier | Qt::ShiftModifier);
        auto* dialog = window.findChild<ImportDialog*>(QStringLiteral("ImportDialog"));
        QVERIFY(dialog);
        dialog->openVideo(stripes(folder_, "mine.mp4", 45));
        QVERIFY(rests(*dialog));
        QTest::mouseClick(&member<QPushButton>(*dialog, "importLookButton"), Qt::LeftButton);
        QVERIFY(rests(*dialog));
        auto& take = member<QPushButton>(*dialog, "importDanceButton");
        QVERIFY2(take.isEnabled(), qPrintable(member<QLabel>(*dialog, "importStage").text()));
        QTest::mouseClick(&take, Qt::LeftButton);
        QVERIFY(rests(*dialog));
        QVERIFY(QTest::qWaitFor([&] { return window.document().hash() != before && !window.document().generator().busy(); }, 60000));
        QCOMPARE(window.document().undoStack().undoText(), QStringLiteral("Dance of mine.mp4"));
        window.document().undoStack().undo();
        QCOMPARE(window.document().hash(), before);
        window.document().undoStack().setClean();
        dialog->close();
    }

    void whatCannotBeUsedIsSaidInALine() {
        ImportDialog dialog(eyes(0.01));
        dialog.show();
        auto& stage = member<QLabel>(dialog, "importStage");
        auto& path = member<QLineEdit>(dialog, "importPathEdit");
        const auto type = [&](const QString& text) {
            path.selectAll();
            QTest::keyClicks(&path, text);
            QTest::keyClick(&path, Qt::Key_Return);
            return rests(dialog);
        };
        QVERIFY(type(folder_.filePath("nothing.mp4")));
        QVERIFY2(stage.text().startsWith("Not opened.") && stage.text().contains("nothing.mp4"), qPrintable(stage.text()));
        QVERIFY(!member<QPushButton>(dialog, "importLookButton").isEnabled());
        QFile text(folder_.filePath("text.mp4"));
        QVERIFY(text.open(QIODevice::WriteOnly) && text.write("no film at all") > 0);
        text.close();
        QVERIFY(type(text.fileName()));
        QVERIFY2(stage.text().startsWith("Not opened.") && !stage.text().contains('\n'), qPrintable(stage.text()));
        // Nobody in it; and too short.
        for (const auto& [name, pictures, words] : {std::tuple{"empty.mp4", 30, "nobody"}, std::tuple{"short.mp4", 3, "too short"}}) {
            QVERIFY(type(stripes(folder_, QString::fromLatin1(name), pictures)));
            QTest::mouseClick(&member<QPushButton>(dialog, "importLookButton"), Qt::LeftButton);
            QVERIFY(rests(dialog));
            QVERIFY2(stage.text().contains(QString::fromLatin1(words)) && !stage.text().contains('\n'), qPrintable(stage.text()));
            QVERIFY(!dialog.found() && !member<QPushButton>(dialog, "importDataButton").isEnabled());
        }
    }

    void cancelStopsAndTheSecondPressCloses() {
        ImportDialog dialog(eyes(400));
        dialog.show();
        dialog.openVideo(stripes(folder_, "long.mp4", 600));
        QVERIFY(rests(dialog));
        QTest::mouseClick(&member<QPushButton>(dialog, "importLookButton"), Qt::LeftButton);
        QVERIFY(dialog.jobs().busy());
        auto& close = member<QPushButton>(dialog, "importCloseButton");
        QTest::mouseClick(&close, Qt::LeftButton);
        QVERIFY(!dialog.jobs().busy() && dialog.isVisible());
        QVERIFY(QTest::qWaitFor([&] { return dialog.jobs().threads() == 0; }, 60000));
        QVERIFY(!dialog.found() && member<QPushButton>(dialog, "importLookButton").isEnabled());
        QTest::mouseClick(&close, Qt::LeftButton);
        QVERIFY(!dialog.isVisible());
    }

    void withoutASongItIsNoDance() {
        ImportDialog dialog(eyes(400, false));
        dialog.show();
        dialog.openVideo(stripes(folder_, "alone.mp4", 30));
        QVERIFY(rests(dialog));
        QTest::mouseClick(&member<QPushButton>(dialog, "importLookButton"), Qt::LeftButton);
        QVERIFY(rests(dialog));
        QVERIFY(dialog.found() && !member<QPushButton>(dialog, "importDanceButton").isEnabled());
        QVERIFY(member<QPushButton>(dialog, "importDataButton").isEnabled());
    }

private:
    QTemporaryDir folder_;
};

CHOREIA_TEST(ImportDialogTest)
#include "import_dialog_test.moc"
