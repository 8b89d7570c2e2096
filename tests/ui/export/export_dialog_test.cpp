// The export dialog: the beat counter, films and pictures without a background, the picture of the work, the folder afterwards; the style in a motion file.
#include "export/export_dialog.h"

#include "io/motion_files.h"
#include "io/picture_file.h"
#include "io/video_read.h"
#include "style/theme.h"
#include "support/testing.h"
#include "ui/ui_fixtures.h"

#include <QApplication>
#include <QCheckBox>
#include <QComboBox>
#include <QDesktopServices>
#include <QFileInfo>
#include <QImage>
#include <QLabel>
#include <QPushButton>
#include <QUrl>

#include <cmath>

using namespace choreia;
using namespace choreia::ui;
using namespace choreia::ui::testing;

namespace {

template <class T>
T& piece(QWidget& in, const char* name) {
    T* found = in.findChild<T*>(QString::fromLatin1(name));
    if (!found) qFatal("there is no %s", name);
    return *found;
}

bool choose(QDialog& dialog, const char* name, const QString& text) {
    auto& box = piece<QComboBox>(dialog, name);
    box.setFocus();
    QTest::keyClicks(&box, text);
    return box.currentText() == text;
}

/// How many pixels of the lower left corner have the light of the lit count.
int litPixels(const io::RgbPicture& picture) {
    int lit = 0;
    for (int y = picture.height * 4 / 5; y < picture.height; ++y)
        for (int x = 0; x < picture.width / 2; ++x) {
            const auto* p = picture.rgb.data() + 3 * (y * picture.width + x);
            lit += p[0] > 120 && p[0] - p[2] > 60;
        }
    return lit;
}

}  // namespace

/// Takes the place of the desktop: remembers what was to be opened.
class Opener : public QObject {
    Q_OBJECT
public:
    QList<QUrl> opened;
public Q_SLOTS:
    void open(const QUrl& url) { opened.push_back(url); }
};

class ExportDialogTest : public QObject {
    Q_OBJECT

    std::unique_ptr<ExportDialog> opened(const QString& name) {
        auto dialog = std::make_unique<ExportDialog>(*document_);
        dialog->setPath(folder_.filePath(name));
        dialog->show();
        dialog->activateWindow();
        if (!QTest::qWaitForWindowActive(dialog.get())) qFatal("the dialog is not active");
        return dialog;
    }
    static bool exports(ExportDialog& dialog) {
        QSignalSpy exported(&dialog, &ExportDialog::exported);
        QTest::mouseClick(&piece<QPushButton>(dialog, "exportButton"), Qt::LeftButton);
        return QTest::qWaitFor([&] { return exported.count() == 1; }, 120000);
    }

private Q_SLOTS:
    void initTestCase() {
        style::apply(*qApp, style::Theme::Dark);
        document_ = std::make_unique<Document>(quickGenerator());
        QVERIFY(openAndWait(*document_, makeSong(folder_)));
        QVERIFY(generateAndWait(*document_));
        document_->select(TimeRange{1.0, 3.0});
    }

    void theCounterIsInTheFilmWhereItIsTicked() {
        for (const bool on : {true, false}) {
            auto dialog = opened(on ? "counted.mp4" : "plain.mp4");
            QVERIFY(choose(*dialog, "sizeBox", QStringLiteral("854 × 480")));
            for (const char* name : {"counterCheck", "partCheck"}) {
                auto& check = piece<QCheckBox>(*dialog, name);
                if (!on && QByteArray(name) == "counterCheck") continue;
                QTest::mouseClick(&check, Qt::LeftButton, {}, QPoint(10, check.height() / 2));
                QVERIFY(check.isChecked());
            }
            QVERIFY(exports(*dialog));
            const auto first = io::readPicture(folder_.filePath(on ? "counted.mp4" : "plain.mp4").toStdString());
            QVERIFY(first.ok());
            QCOMPARE(litPixels(*first) > 40, on);
        }
    }

    void transparencyIsRefusedInMp4AndWrittenInPng() {
        auto dialog = opened("clear.mp4");
        QVERIFY(choose(*dialog, "backgroundBox", QStringLiteral("Transparent")));
        auto& button = piece<QPushButton>(*dialog, "exportButton");
        auto& note = piece<QLabel>(*dialog, "filmNote");
        QVERIFY(!button.isEnabled());
        QVERIFY(note.isVisible() && note.text().contains("WebM"));
        QVERIFY(choose(*dialog, "formatBox", QStringLiteral("Picture, PNG")));
        QVERIFY(button.isEnabled() && note.isVisible() && !note.text().contains("cannot"));
        QVERIFY(!piece<QComboBox>(*dialog, "rateBox").isVisible());
        document_->setPlayhead(2.0);
        QVERIFY(choose(*dialog, "sizeBox", QStringLiteral("854 × 480")));
        QVERIFY(exports(*dialog));
        const QImage picture(folder_.filePath("clear.png"));
        QCOMPARE(picture.size(), QSize(854, 480));
        QVERIFY(picture.hasAlphaChannel());
        int clear = 0, solid = 0;
        for (int y = 0; y < picture.height(); ++y)
            for (int x = 0; x < picture.width(); ++x) {
                const int opacity = qAlpha(picture.pixel(x, y));
                clear += opacity == 0, solid += opacity == 255;
            }
        QVERIFY(clear > 200000 && solid > 5000);
    }

    void theWorkIsSeenAndItsFolderOpened() {
        auto dialog = opened("seen.mp4");
        QVERIFY(choose(*dialog, "sizeBox", QStringLiteral("854 × 480")));
        QVERIFY(choose(*dialog, "backgroundBox", QStringLiteral("Green screen")));
        auto& thumbnail = piece<QLabel>(*dialog, "exportThumbnail");
        auto& folder = piece<QPushButton>(*dialog, "openFolderButton");
        QVERIFY(!thumbnail.isVisible() && !folder.isVisible());
        QSignalSpy exported(dialog.get(), &ExportDialog::exported);
        QTest::mouseClick(&piece<QPushButton>(*dialog, "exportButton"), Qt::LeftButton);
        QVERIFY(QTest::qWaitFor([&] { return thumbnail.isVisible(); }, 60000));
        QCOMPARE(exported.count(), 0);  // while it is at work
        QVERIFY(!piece<QPushButton>(*dialog, "choosePathButton").isEnabled());
        const QImage shown = thumbnail.pixmap().toImage();
        QCOMPARE(shown.pixelColor(3, 3).name(), QStringLiteral("#00b140"));
        QVERIFY(QTest::qWaitFor([&] { return exported.count() == 1; }, 120000));
        QVERIFY(folder.isVisible());
        Opener opener;
        QDesktopServices::setUrlHandler(QStringLiteral("file"), &opener, "open");
        QTest::mouseClick(&folder, Qt::LeftButton);
        QDesktopServices::unsetUrlHandler(QStringLiteral("file"));
        QCOMPARE(opener.opened.size(), 1);
        QCOMPARE(QFileInfo(opener.opened.front().toLocalFile()).canonicalFilePath(), QFileInfo(folder_.path()).canonicalFilePath());
    }

    void theStyleGoesAlongWithTheMotion() {
        Document document(quickGenerator());
        QVERIFY(openAndWait(document, makeSong(folder_)));
        io::GenerateSettings settings = document.state().settings;
        settings.style = "salsa";
        QVERIFY(document.requestSettings(settings, QStringLiteral("Style")));
        QVERIFY(generateAndWait(document));
        ExportDialog dialog(document);
        dialog.setPath(folder_.filePath("styled.h5"));
        dialog.show();
        QCOMPARE(piece<QComboBox>(dialog, "formatBox").currentText(), QStringLiteral("Motion, HDF5"));  // by the name
        QVERIFY(exports(dialog));
        const auto motion = io::readMotion(folder_.filePath("styled.h5").toStdString());
        QVERIFY2(motion.ok(), motion.ok() ? "" : motion.error().line().c_str());
        QCOMPARE(motion->style, std::string("salsa"));
    }

    void everybodyOnTheStageIsInThePicture() {
        QVERIFY(document_->requestAddDancer(Document::NewDancer::Mirrored));
        QVERIFY(document_->requestFormation());
        const auto bodiesIn = [&](const QString& name, const QString& who) {
            auto dialog = opened(name);
            if (!who.isEmpty() && !choose(*dialog, "dancersBox", who)) return -1;
            if (who.isEmpty() && piece<QComboBox>(*dialog, "dancersBox").currentText() != QStringLiteral("Everybody (2)")) return -2;
            if (!choose(*dialog, "formatBox", QStringLiteral("Picture, PNG")) || !choose(*dialog, "backgroundBox", QStringLiteral("Transparent")) || !exports(*dialog)) return -3;
            const QImage picture(folder_.filePath(name));
            int bodies = 0;
            bool before = false;
            for (int x = 0; x < picture.width(); ++x) {
                bool solid = false;
                for (int y = 0; y < picture.height(); ++y) solid = solid || qAlpha(picture.pixel(x, y)) == 255;
                bodies += solid && !before;
                before = solid;
            }
            return bodies;
        };
        QCOMPARE(bodiesIn("all.png", {}), 2);
        QCOMPARE(bodiesIn("one.png", QStringLiteral("The chosen one")), 1);
        document_->undoStack().setIndex(1);
        QCOMPARE(document_->state().dances.size(), std::size_t(1));
    }

    void cancellingTakesThePictureAway() {
        document_->select({});
        auto dialog = opened("cancelled.mp4");
        QVERIFY(choose(*dialog, "sizeBox", QStringLiteral("1920 × 1080")));
        QTest::mouseClick(&piece<QPushButton>(*dialog, "exportButton"), Qt::LeftButton);
        auto& thumbnail = piece<QLabel>(*dialog, "exportThumbnail");
        QVERIFY(QTest::qWaitFor([&] { return thumbnail.isVisible(); }, 60000));
        QTest::mouseClick(&piece<QPushButton>(*dialog, "exportCancelButton"), Qt::LeftButton);
        QVERIFY(!dialog->jobs().busy());
        QVERIFY(QTest::qWaitFor([&] { return dialog->jobs().threads() == 0; }, 60000));
        QVERIFY(!thumbnail.isVisible());
        QVERIFY(!QFileInfo::exists(folder_.filePath("cancelled.mp4")));
        QVERIFY(piece<QLabel>(*dialog, "exportStage").text().contains("Cancelled"));
    }

private:
    QTemporaryDir folder_;
    std::unique_ptr<Document> document_;
};

CHOREIA_TEST(ExportDialogTest)
#include "export_dialog_test.moc"
