// The export dialog as a person uses it, and what lies in the files.
#include "ui/window_fixture.h"

#include "export/export_dialog.h"
#include "io/motion_files.h"
#include "io/picture_file.h"
#include "support/testing.h"

#include <QCheckBox>
#include <QComboBox>
#include <QLabel>
#include <QPushButton>

#include <cmath>

using namespace choreia;
using namespace choreia::ui;
using namespace choreia::ui::testing;

class WindowExportTest : public QObject, protected SongWindow {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { prepare(); }
    void init() { window_ = showWindow(quickGenerator()); }
    void cleanup() { window_.reset(); }
    void exportWritesBvh();
    void exportOfTheSelectedPartIsAsLongAsIt();
    void exportFilmsBothBeforeAColour();
    void exportToNowhereSaysSo();
};

void WindowExportTest::exportWritesBvh() {
    QVERIFY(openAndWait(window_->document(), song_));
    QVERIFY(generateAndWait(window_->document()));
    ExportDialog dialog(window_->document());
    const QString path = folder_.filePath("dance.bvh");
    dialog.setPath(path);
    dialog.show();
    QCOMPARE(childOf<QComboBox>(dialog, "formatBox").currentData().toString(), QString("bvh"));
    QSignalSpy exported(&dialog, &ExportDialog::exported);
    QTest::mouseClick(&childOf<QPushButton>(dialog, "exportButton"), Qt::LeftButton);
    QTRY_COMPARE_WITH_TIMEOUT(exported.count(), 1, 30000);
    QFile file(path);
    QVERIFY(file.open(QIODevice::ReadOnly));
    QVERIFY(file.readLine().startsWith("HIERARCHY"));
}

void WindowExportTest::exportOfTheSelectedPartIsAsLongAsIt() {
    QVERIFY(openAndWait(window_->document(), song_));
    QVERIFY(generateAndWait(window_->document()));
    window_->document().select(TimeRange{1.0, 2.5});
    QVERIFY(window_->document().selection());
    const TimeRange range = *window_->document().selection();
    ExportDialog dialog(window_->document());
    const QString path = folder_.filePath("part.bvh");
    dialog.setPath(path);
    dialog.show();
    auto& check = childOf<QCheckBox>(dialog, "partCheck");
    QVERIFY(check.isVisible());
    QTest::mouseClick(&check, Qt::LeftButton, {}, QPoint(10, check.height() / 2));
    QVERIFY(check.isChecked());
    QSignalSpy exported(&dialog, &ExportDialog::exported);
    QTest::mouseClick(&childOf<QPushButton>(dialog, "exportButton"), Qt::LeftButton);
    QTRY_COMPARE_WITH_TIMEOUT(exported.count(), 1, 30000);
    const auto clip = io::readClip(path.toStdString());
    QVERIFY(clip.ok());
    QVERIFY2(std::abs(clip->seconds() - range.seconds()) < 0.05, qPrintable(QString::number(clip->seconds())));
    // Its first pose is the dance's at that moment.
    const motion::Clip& whole = window_->document().dance()->dance.clip;
    const auto frame = static_cast<std::size_t>(std::llround(range.from * whole.fps));
    for (std::size_t joint = 1; joint < motion::kJoints; ++joint) QVERIFY(clip->pose(0)[joint].angularDistance(whole.pose(frame)[joint]) < 2e-2f);
    // Without a selection there is nothing to tick.
    window_->document().select({});
    ExportDialog all(window_->document());
    all.show();
    QVERIFY(!childOf<QCheckBox>(all, "partCheck").isVisible());
}

void WindowExportTest::exportFilmsBothBeforeAColour() {
    QVERIFY(openAndWait(window_->document(), song_));
    QVERIFY(generateAndWait(window_->document()));
    ExportDialog dialog(window_->document());
    const QString path = folder_.filePath("both.mp4");
    dialog.setPath(path);
    dialog.show();
    dialog.activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(&dialog));  // else the keys below are the window's
    const auto choose = [&](const char* name, const QString& text) {
        auto& box = childOf<QComboBox>(dialog, name);
        QTest::keyClicks(&box, text);
        return box.currentText() == text;
    };
    QVERIFY(choose("sizeBox", QStringLiteral("854 × 480")));
    QVERIFY(choose("showBox", QStringLiteral("Both, side by side")));
    QVERIFY(choose("backgroundBox", QStringLiteral("White")));
    QVERIFY(choose("dancersBox", QStringLiteral("3 in formation")));
    QSignalSpy exported(&dialog, &ExportDialog::exported);
    QTest::mouseClick(&childOf<QPushButton>(dialog, "exportButton"), Qt::LeftButton);
    QTRY_COMPARE_WITH_TIMEOUT(exported.count(), 1, 120000);
    const auto first = io::readPicture(path.toStdString());
    QVERIFY2(first.ok(), first.ok() ? "" : first.error().line().c_str());
    QCOMPARE(first->width, 854);
    const auto dark = [&](int from, int to) {
        std::size_t count = 0;
        for (int y = 0; y < first->height; ++y)
            for (int x = from; x < to; ++x) count += first->rgb[3 * static_cast<std::size_t>(y * first->width + x)] < 200;
        return count;
    };
    QCOMPARE(dark(0, 20) + dark(834, 854), std::size_t{0});
    QVERIFY(dark(0, 427) > 1500 && dark(427, 854) > 1500);  // somebody in each half
}

void WindowExportTest::exportToNowhereSaysSo() {
    QVERIFY(openAndWait(window_->document(), song_));
    QVERIFY(generateAndWait(window_->document()));
    ExportDialog dialog(window_->document());
    dialog.setPath("/nowhere/at/all/dance.bvh");
    dialog.show();
    QTest::mouseClick(&childOf<QPushButton>(dialog, "exportButton"), Qt::LeftButton);
    QTRY_VERIFY(!dialog.jobs().busy());
    QVERIFY(childOf<QLabel>(dialog, "exportStage").text().contains("Not exported"));
    QVERIFY(childOf<QPushButton>(dialog, "exportButton").isEnabled());
}

CHOREIA_TEST(WindowExportTest)
#include "window_export_test.moc"
