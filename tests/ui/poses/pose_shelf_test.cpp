// The shelf by real mouse and key events: poses kept, renamed, removed and laid, and the file they lie in.
#include "ui/ui_fixtures.h"

#include "document/laid_pose.h"
#include "motion/kinematics.h"
#include "motion/rotation.h"
#include "poses/pose_model.h"
#include "poses/pose_shelf.h"
#include "poses/pose_view.h"
#include "style/theme.h"
#include "support/testing.h"

#include <QLineEdit>
#include <QMenu>
#include <QMimeData>
#include <QPushButton>

using namespace choreia;
using namespace choreia::ui;
using namespace choreia::ui::testing;

class PoseShelfTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() {
        style::apply(*qApp, style::Theme::Dark);
        song_ = makeSong(folder_);
    }
    void init() {
        document_ = documentWithDance(song_);
        document_->setPlayhead(3);
        QFile::remove(file());
        show();
    }
    void cleanup() {
        shelf_.reset();
        document_.reset();
    }

    void thePosesThatShipAreThere() {
        QCOMPARE(shelf_->poses().rowCount(), static_cast<int>(io::starterPoses().poses.size()));
        QVERIFY(!QFile::exists(file()));  // nothing is written before something changes
        // Each has a picture of its own, with a figure in it.
        QSet<QByteArray> seen;
        for (int row = 0; row < shelf_->poses().rowCount(); ++row) {
            const auto picture = shelf_->poses().data(shelf_->poses().index(row), Qt::DecorationRole).value<QImage>();
            QCOMPARE(picture.size(), PoseModel::kPicture * 2);
            int figure = 0;
            for (int y = 0; y < picture.height(); ++y)
                for (int x = 0; x < picture.width(); ++x) figure += picture.pixelColor(x, y).lightness() > style::colors().raised.lightness() + 30;
            QVERIFY2(figure > 300, qPrintable(QStringLiteral("row %1: %2").arg(row).arg(figure)));
            seen.insert(QByteArray(reinterpret_cast<const char*>(picture.constBits()), picture.sizeInBytes()));
        }
        QCOMPARE(seen.size(), shelf_->poses().rowCount());
    }

    void keepingAsksForAName() {
        const int count = shelf_->poses().rowCount();
        QTest::mouseClick(button("keepPoseButton"), Qt::LeftButton);
        QCOMPARE(shelf_->poses().rowCount(), count + 1);
        auto* editor = shelf_->findChild<QLineEdit*>(QStringLiteral("poseName"));
        QVERIFY(editor && editor->isVisible());
        QCOMPARE(editor->text(), QStringLiteral("Pose 1"));
        QTest::keyClicks(editor, QStringLiteral("Swing"));  // over the proposed name
        QTest::keyClick(editor, Qt::Key_Return);
        QTRY_COMPARE(shelf_->poses().pose(count).name, std::string("Swing"));  // the view takes it a moment later
        // It is the playhead's pose, without its place and facing.
        const auto expected = io::namedPose("", motion::poseAt(document_->dance()->dance.clip, 180)).pose;
        const auto& kept = shelf_->poses().pose(count).pose;
        QCOMPARE(kept.root.x(), 0.0f);
        for (std::size_t j = 0; j < motion::kJoints; ++j) QVERIFY(kept.rotations[j].isApprox(expected.rotations[j], 1e-6f));
        // And another session finds it.
        show();
        QCOMPARE(shelf_->poses().rowCount(), count + 1);
        QCOMPARE(shelf_->poses().pose(count).name, std::string("Swing"));
    }

    void f2Renames() {
        shelf_->view().choose(2);
        QTest::keyClick(&shelf_->view(), Qt::Key_F2);
        auto* editor = shelf_->findChild<QLineEdit*>(QStringLiteral("poseName"));
        QVERIFY(editor);
        editor->selectAll();
        QTest::keyClicks(editor, QStringLiteral("  Hey,  you "));
        QTest::keyClick(editor, Qt::Key_Return);
        QTRY_COMPARE(shelf_->poses().pose(2).name, std::string("Hey, you"));
        QTRY_VERIFY(!shelf_->findChild<QLineEdit*>(QStringLiteral("poseName")));
        QVERIFY(!shelf_->poses().setData(shelf_->poses().index(2), QStringLiteral("   "), Qt::EditRole));
        QCOMPARE(io::readPoseLibrary(file().toStdString())->poses[2].name, std::string("Hey, you"));
        const auto before = document_->hash();
        QTest::keyClick(&shelf_->view(), Qt::Key_F2);
        editor = shelf_->findChild<QLineEdit*>(QStringLiteral("poseName"));
        QTest::keyClicks(editor, QStringLiteral("no"));
        QTest::keyClick(editor, Qt::Key_Escape);
        QCOMPARE(shelf_->poses().pose(2).name, std::string("Hey, you"));
        QCOMPARE(document_->hash(), before);  // Enter in the name lays nothing
    }

    void deleteRemovesAndLeavesACopy() {
        shelf_->view().choose(0);
        QTest::keyClick(&shelf_->view(), Qt::Key_Delete);
        const int count = shelf_->poses().rowCount();
        QCOMPARE(count, static_cast<int>(io::starterPoses().poses.size()) - 1);
        QCOMPARE(shelf_->poses().pose(0).name, io::starterPoses().poses[1].name);
        QTest::keyClick(&shelf_->view(), Qt::Key_Delete);
        QCOMPARE(static_cast<int>(io::readPoseLibrary(file().toStdString())->poses.size()), count - 1);
        QCOMPARE(static_cast<int>(io::readPoseLibrary(beside(" before removing.json").toStdString())->poses.size()), count);
        // All of them, and those that ship come back.
        while (shelf_->poses().rowCount() > 0) shelf_->poses().remove(0);
        QVERIFY(!button("layPoseButton")->isEnabled());
        shelf_->grab();  // the empty shelf says what to do
        shelf_->poses().addStarters();
        QCOMPARE(shelf_->poses().rowCount(), count + 1);
        shelf_->poses().addStarters();
        QCOMPARE(shelf_->poses().rowCount(), count + 1);
    }

    void keysWithCtrlAreTheWindows() {
        const int count = shelf_->poses().rowCount();
        shelf_->view().choose(1);
        for (const auto keys : {Qt::ControlModifier, Qt::ShiftModifier, Qt::AltModifier}) {
            for (const auto key : {Qt::Key_Delete, Qt::Key_F2}) {
                QTest::keyClick(&shelf_->view(), key, keys);
                QKeyEvent asks(QEvent::ShortcutOverride, key, keys);
                asks.ignore();
                QCoreApplication::sendEvent(&shelf_->view(), &asks);
                QVERIFY(!asks.isAccepted());
            }
            QCOMPARE(shelf_->poses().rowCount(), count);
            QVERIFY(!shelf_->findChild<QLineEdit*>(QStringLiteral("poseName")));
        }
    }

    void doubleClickLaysThePoseAsOneEntry() {
        const int row = rowOf("Lunge left");
        const auto before = document_->hash();
        const int entries = document_->undoStack().count();
        const motion::Clip was = document_->dance()->dance.clip;
        doubleClick(row);
        QCOMPARE(document_->undoStack().count(), entries + 1);
        const io::Dance& dance = document_->dance()->dance;
        QCOMPARE(dance.keys.size(), std::size_t{1});
        QVERIFY(dance.keys[0].pinned);
        QCOMPARE(dance.keys[0].time, 3.0);
        // The pose, where the dancer stood and as they faced.
        const auto wanted = motion::placedAs(shelf_->poses().pose(row).pose, motion::poseAt(was, 180));
        for (std::size_t j = 0; j < motion::kJoints; ++j) QVERIFY(dance.clip.pose(180)[j].coeffs() == wanted.rotations[j].coeffs());
        QCOMPARE(dance.clip.root[180].x(), was.root[180].x());
        QCOMPARE(dance.clip.root[180].y(), wanted.root.y());
        QVERIFY(dance.clip.root[0] == was.root[0]);  // beyond the blend nothing moved
        document_->undoStack().undo();
        QCOMPARE(document_->hash(), before);
    }

    void shiftLaysItMirrored() {
        const int row = rowOf("Point up");
        doubleClick(row, Qt::ShiftModifier);
        const auto right = raised();
        document_->undoStack().undo();
        shelf_->view().choose(row);
        QTest::keyClick(&shelf_->view(), Qt::Key_Return);
        const auto left = raised();
        document_->undoStack().undo();
        QTest::keyClick(&shelf_->view(), Qt::Key_Return, Qt::ShiftModifier);
        QCOMPARE(raised(), right);
        QVERIFY(left.second > left.first + 0.8f && right.first > right.second + 0.8f);  // the right hand is up, mirrored the left
    }

    void buttonsFollowWhatIsThere() {
        QVERIFY(button("keepPoseButton")->isEnabled());
        QVERIFY(!button("layPoseButton")->isEnabled());
        shelf_->view().choose(3);
        QVERIFY(button("layPoseButton")->isEnabled() && button("mirrorPoseButton")->isEnabled());
        const int entries = document_->undoStack().count();
        QTest::mouseClick(button("layPoseButton"), Qt::LeftButton);
        QCOMPARE(document_->undoStack().count(), entries + 1);
        Document bare(quickGenerator());
        PoseShelf shelf(bare, {});
        shelf.load();
        QVERIFY(!shelf.findChild<QPushButton*>(QStringLiteral("keepPoseButton"))->isEnabled());
        QVERIFY(!shelf.keep());
        QSignalSpy told(&bare, &Document::message);
        Q_EMIT shelf.view().laid(0, false);
        QCOMPARE(told.count(), 1);  // there is no dance yet
        QCOMPARE(bare.undoStack().count(), 0);
    }

    void theMenuNamesWhatCanBeDone() {
        Q_EMIT shelf_->view().menuAsked(1, QPoint(10, 10));
        auto* menu = shelf_->findChild<QMenu*>(QStringLiteral("poseMenu"));
        QVERIFY(menu);
        QCOMPARE(menu->actions().size(), 7);
        menu->close();
    }

    void aFileThatCannotBeReadIsPutAside() {
        QFile broken(file());
        QVERIFY(broken.open(QIODevice::WriteOnly));
        broken.write("{\"kind\": \"choreia-poses\", \"version\": 9}");
        broken.close();
        shelf_ = std::make_unique<PoseShelf>(*document_, file());
        QSignalSpy told(shelf_.get(), &PoseShelf::message);
        shelf_->load();
        QCOMPARE(told.count(), 1);
        const auto message = told[0][0].value<Message>();
        QCOMPARE(message.kind, Message::Kind::Warning);
        QVERIFY2(message.advice.contains(QStringLiteral("newer")), qPrintable(message.advice));
        QVERIFY(shelf_->poses().rowCount() >= 12);
        QVERIFY(!QFile::exists(beside(" unreadable.json")));
        shelf_->poses().remove(0);
        QVERIFY(io::readPoseLibrary(file().toStdString()).ok());
        QFile aside(beside(" unreadable.json"));
        QVERIFY(aside.open(QIODevice::ReadOnly));
        QVERIFY(aside.readAll().contains("\"version\": 9"));
    }

    void aFolderThatCannotBeWrittenIsTold() {
        QFile wall(folder_.filePath(QStringLiteral("wall")));
        QVERIFY(wall.open(QIODevice::WriteOnly));
        PoseShelf shelf(*document_, folder_.filePath(QStringLiteral("wall/poses.json")));
        shelf.load();
        QSignalSpy told(&shelf, &PoseShelf::message);
        const int count = shelf.poses().rowCount();
        QVERIFY(shelf.keep());
        QCOMPARE(told.count(), 1);
        QCOMPARE(told[0][0].value<Message>().kind, Message::Kind::Error);
        QCOMPARE(shelf.poses().rowCount(), count + 1);
    }

    void theThemeDrawsPicturesAnew() {
        const auto ground = [&] { return shelf_->poses().data(shelf_->poses().index(0), Qt::DecorationRole).value<QImage>().pixelColor(2, 2); };
        const QColor dark = ground();
        style::apply(*qApp, style::Theme::Light);
        QCoreApplication::processEvents();
        QVERIFY(ground().lightness() > dark.lightness() + 80);
        style::apply(*qApp, style::Theme::Dark);
    }

    void aPoseTravelsAsDragData() {
        const auto pose = shelf_->poses().pose(4);
        const std::unique_ptr<QMimeData> data(shelf_->poses().mimeData({shelf_->poses().index(4)}));
        const auto read = poseIn(*data);
        QVERIFY(read);
        QCOMPARE(read->name, pose.name);
        for (std::size_t j = 0; j < motion::kJoints; ++j) QVERIFY(read->pose.rotations[j].coeffs() == pose.pose.rotations[j].coeffs());
        QMimeData other;
        other.setData(QString::fromLatin1(kPoseMime), "rubbish");
        QVERIFY(!poseIn(other));
        QVERIFY(!poseIn(QMimeData()));
    }

private:
    [[nodiscard]] QString file() const { return folder_.filePath(QStringLiteral("kept/poses.json")); }
    [[nodiscard]] QString beside(const char* ending) const { return folder_.filePath(QStringLiteral("kept/poses") + QLatin1String(ending)); }
    void show() {
        shelf_ = std::make_unique<PoseShelf>(*document_, file());
        shelf_->load();
        shelf_->resize(540, 220);
        shelf_->show();
        shelf_->activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(shelf_.get()));
    }
    [[nodiscard]] QPushButton* button(const char* name) const { return shelf_->findChild<QPushButton*>(QLatin1String(name)); }
    [[nodiscard]] int rowOf(const std::string& name) const {
        for (int row = 0; row < shelf_->poses().rowCount(); ++row)
            if (shelf_->poses().pose(row).name == name) return row;
        return -1;
    }
    void doubleClick(int row, Qt::KeyboardModifiers keys = {}) {
        auto& view = shelf_->view();
        view.choose(row);
        const QPoint at = view.visualRect(shelf_->poses().index(row)).center();
        QTest::mouseClick(view.viewport(), Qt::LeftButton, keys, at);
        QTest::mouseDClick(view.viewport(), Qt::LeftButton, keys, at);
    }
    /// Heights of both hands at the playhead.
    [[nodiscard]] std::pair<float, float> raised() const {
        const auto positions = document_->dance()->positions.frame(180);
        return {positions[motion::LeftWrist].y(), positions[motion::RightWrist].y()};
    }

    QTemporaryDir folder_;
    QString song_;
    std::unique_ptr<Document> document_;
    std::unique_ptr<PoseShelf> shelf_;
};

CHOREIA_TEST(PoseShelfTest)
#include "pose_shelf_test.moc"
