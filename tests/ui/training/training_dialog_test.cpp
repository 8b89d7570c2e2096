// The dialog as a person uses it, over real trainings in real processes.
#include "io/safetensors.h"
#include "style/theme.h"
#include "support/testing.h"
#include "support/tiny_dataset.h"
#include "training/curve_plot.h"
#include "training/training_dialog.h"
#include "training/training_form.h"
#include "window/main_window.h"

#include <QAction>
#include <QApplication>
#include <QComboBox>
#include <QDir>
#include <QDropEvent>
#include <QFile>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QMessageBox>
#include <QMimeData>
#include <QPushButton>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QtTest/QtTest>

#include <csignal>

using namespace choreia;
using namespace choreia::ui;

namespace {

template <class T>
T& part(QWidget& in, const char* name) {
    T* found = in.findChild<T*>(QString::fromLatin1(name));
    if (!found) qFatal("there is no %s", name);
    return *found;
}

void drop(QWidget& widget, const QString& path) {
    QMimeData data;
    data.setUrls({QUrl::fromLocalFile(path)});
    const QPoint middle = widget.rect().center();
    QDragEnterEvent enter(middle, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(&widget, &enter);
    QVERIFY(enter.isAccepted());
    QDropEvent event(middle, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(&widget, &event);
}

void click(QWidget& in, const char* name) {
    auto& button = part<QPushButton>(in, name);
    QVERIFY2(button.isEnabled(), name);
    QTest::mouseClick(&button, Qt::LeftButton);
}

}  // namespace

class TrainingDialogTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() {
        style::apply(*qApp, style::Theme::Dark);
        QVERIFY(choreia::testing::writeTinyDataset(folder_.filePath("tiny.h5").toStdString()).ok());
        services_ = {QStringLiteral(CHOREIA_BINARY_DIR "/bin/choreia"), folder_.filePath("runs"), QString()};
        qputenv("CHOREIA_MODELS", CHOREIA_SOURCE_DIR "/models");
    }
    void init() { open(); }
    void cleanup() {
        for (const auto& run : liveRuns(services_.runsFolder)) ::kill(static_cast<pid_t>(run.process), SIGKILL);
        dialog_.reset();
        QVERIFY(QTest::qWaitFor([&] { return liveRuns(services_.runsFolder).empty(); }, 10000));
        QDir(services_.runsFolder).removeRecursively();
    }

    void badDataAreNamedAndRefused();
    void theDataAreDescribed();
    void aTrainingIsHeldEndedAndTakenUpAgain();
    void aKilledTrainingIsFoundAgain();
    void whatCannotStartSaysWhy();
    void nothingIsClipped();
    void theWindowAsksBeforeItLeavesATraining();
    void aStyleOfOnesOwnBeginsFromWeights();
    void theProjectRemembersItsWeights();

private:
    void open() {
        dialog_ = std::make_unique<TrainingDialog>(services_);
        dialog_->show();
        QVERIFY(QTest::qWaitForWindowExposed(dialog_.get()));
    }
    void chooseWords() {
        auto& box = part<QComboBox>(*dialog_, "trainModelBox");
        box.setCurrentIndex(box.findData("vq-vae"));
        drop(*part<QListWidget>(*dialog_, "trainDataList").viewport(), folder_.filePath("tiny.h5"));
        QVERIFY(QTest::qWaitFor([&] { return part<QPushButton>(*dialog_, "trainStartButton").isEnabled(); }, 10000));
    }
    [[nodiscard]] std::size_t reports() const { return part<CurvePlot>(*dialog_, "lossPlot").curves().empty() ? 0 : part<CurvePlot>(*dialog_, "lossPlot").curves().front().points.size(); }
    [[nodiscard]] bool becomes(RunState state) const {
        return QTest::qWaitFor([&] { return dialog_->current() && dialog_->current()->state() == state; }, 60000);
    }

    QTemporaryDir folder_;
    TrainingServices services_;
    std::unique_ptr<TrainingDialog> dialog_;
};

void TrainingDialogTest::badDataAreNamedAndRefused() {
    QFile junk(folder_.filePath("junk.h5"));
    QVERIFY(junk.open(QIODevice::WriteOnly));
    junk.write("this is no HDF5");
    junk.close();
    drop(*part<QListWidget>(*dialog_, "trainDataList").viewport(), junk.fileName());
    auto& found = part<QLabel>(*dialog_, "trainFoundLabel");
    QVERIFY(QTest::qWaitFor([&] { return found.text().contains("junk.h5"); }, 10000));
    QVERIFY(!part<QPushButton>(*dialog_, "trainStartButton").isEnabled());
    click(*dialog_, "trainClearButton");
    auto& list = part<QListWidget>(*dialog_, "trainDataList");
    QCOMPARE(list.count(), 0);
    // A folder is one folder, however its name is written.
    QVERIFY(QDir(folder_.path()).mkpath("songs"));
    for (const char* name : {"songs", "songs/", "./songs//"}) dialog_->form().addData({folder_.filePath(name)});
    QCOMPARE(list.count(), 1);
    QCOMPARE(list.item(0)->text(), QString("songs/"));
    click(*dialog_, "trainClearButton");
    // A choreographer needs music, and the tiny clips have none.
    drop(*part<QListWidget>(*dialog_, "trainDataList").viewport(), folder_.filePath("tiny.h5"));
    QVERIFY(QTest::qWaitFor([&] { return found.text().contains("music: a choreographer"); }, 10000));
    QVERIFY(!part<QPushButton>(*dialog_, "trainStartButton").isEnabled());
}

void TrainingDialogTest::theDataAreDescribed() {
    chooseWords();
    const QString found = part<QLabel>(*dialog_, "trainFoundLabel").text();
    QVERIFY2(found.contains("3 clips, 24 s"), qPrintable(found));
    QVERIFY2(found.contains("salsa 16 s") && found.contains("waltz 8 s"), qPrintable(found));
    QVERIFY2(found.contains("validation: 1 clips, 8 s"), qPrintable(found));
    const QString before = part<QLabel>(*dialog_, "trainSizeLabel").text();
    QTest::mouseClick(&part<QPushButton>(*dialog_, "trainEffort_best"), Qt::LeftButton);
    QVERIFY(part<QLabel>(*dialog_, "trainSizeLabel").text() != before);
}

void TrainingDialogTest::aTrainingIsHeldEndedAndTakenUpAgain() {
    chooseWords();
    click(*dialog_, "trainStartButton");
    QVERIFY(becomes(RunState::Running));
    QVERIFY(QTest::qWaitFor([&] { return reports() >= 2; }, 60000));
    QVERIFY(part<QLabel>(*dialog_, "trainMemory").text().endsWith("MB"));
    QVERIFY(part<QLabel>(*dialog_, "trainLeft").text().contains(':'));

    click(*dialog_, "trainPauseButton");
    QVERIFY(becomes(RunState::Paused));
    QTest::qWait(1200);
    const auto held = reports();
    QTest::qWait(3000);
    QCOMPARE(reports(), held);
    click(*dialog_, "trainPauseButton");
    QVERIFY(becomes(RunState::Running));
    QVERIFY(QTest::qWaitFor([&] { return reports() > held; }, 30000));

    click(*dialog_, "trainStopButton");
    QVERIFY(becomes(RunState::Stopped));
    QVERIFY(dialog_->current()->canResume());
    QVERIFY(QFile::exists(dialog_->current()->weightsPath()));
    QVERIFY(QTest::qWaitFor([&] { return part<QPushButton>(*dialog_, "trainUseButton").isEnabled(); }, 5000));
    QSignalSpy used(dialog_.get(), &TrainingDialog::useRequested);
    click(*dialog_, "trainUseButton");
    QCOMPARE(used.size(), 1);
    const QString set = used.front().front().toString();
    QCOMPARE(QFile(set + "/default.vq-vae.safetensors").symLinkTarget(), QFileInfo(dialog_->current()->weightsPath()).absoluteFilePath());
    QVERIFY(QFile::exists(set + "/default.gcn-mhw.safetensors"));

    // The program comes back: the run is in the list, with its curve, and goes on from its step.
    const auto told = reports();
    open();
    QCOMPARE(dialog_->runs().size(), std::size_t{1});
    QCOMPARE(reports(), told);
    click(*dialog_, "trainResumeButton");
    QVERIFY(becomes(RunState::Running));
    QVERIFY(QTest::qWaitFor([&] { return reports() > told; }, 60000));
    const auto& points = part<CurvePlot>(*dialog_, "lossPlot").curves().front().points;
    for (std::size_t i = 1; i < points.size(); ++i) QVERIFY(points[i].x() > points[i - 1].x());
}

void TrainingDialogTest::aKilledTrainingIsFoundAgain() {
    chooseWords();
    click(*dialog_, "trainStartButton");
    QVERIFY(QTest::qWaitFor([&] { return reports() >= 1; }, 60000));
    dialog_.reset();  // the window goes, the training stays
    QCOMPARE(liveRuns(services_.runsFolder).size(), std::size_t{1});
    open();
    QCOMPARE(dialog_->current()->state(), RunState::Running);
    ::kill(static_cast<pid_t>(dialog_->current()->process), SIGKILL);
    QVERIFY(QTest::qWaitFor([&] { return liveRuns(services_.runsFolder).empty(); }, 10000));
    const RunState state = dialog_->current()->state();
    QCOMPARE(state, dialog_->current()->canResume() ? RunState::Stopped : RunState::Failed);
    QVERIFY(dialog_->isVisible());
}

void TrainingDialogTest::whatCannotStartSaysWhy() {
    services_.program = folder_.filePath("no-such-program");
    open();
    services_.program = QStringLiteral(CHOREIA_BINARY_DIR "/bin/choreia");
    chooseWords();
    click(*dialog_, "trainStartButton");
    auto* box = dialog_->findChild<QMessageBox*>();
    QVERIFY(box);
    QVERIFY2(box->text().contains("cannot be started"), qPrintable(box->text()));
    box->close();
}

void TrainingDialogTest::nothingIsClipped() {
    for (const char* model : {"gcn-mhw", "vq-vae", "beats"}) {
        auto& box = part<QComboBox>(*dialog_, "trainModelBox");
        box.setCurrentIndex(box.findData(model));
        QTest::qWait(50);
        for (const auto* button : dialog_->findChildren<QPushButton*>()) {
            if (!button->isVisible()) continue;
            QVERIFY2(button->minimumSizeHint().width() <= button->width(), qPrintable(button->text()));
            QVERIFY2(dialog_->rect().contains(QRect(button->mapTo(dialog_.get(), QPoint(0, 0)), button->size())), qPrintable(button->text()));
        }
        for (const auto* label : dialog_->findChildren<QLabel*>()) {
            if (!label->isVisible() || label->text().isEmpty()) continue;
            const int wanted = label->wordWrap() ? label->heightForWidth(label->width()) : label->sizeHint().height();
            QVERIFY2(wanted <= label->height() + 1, qPrintable(label->text()));
            if (!label->wordWrap()) QVERIFY2(label->sizeHint().width() <= label->width(), qPrintable(label->text()));
        }
    }
}

void TrainingDialogTest::theWindowAsksBeforeItLeavesATraining() {
    dialog_.reset();
    WindowServices services;
    services.sound = Player::Sound::Never;
    services.remember = false;
    services.training = services_;
    MainWindow window(services);
    window.show();
    window.activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(&window));
    QTest::keyClick(&window, Qt::Key_T, Qt::ControlModifier);
    auto* dialog = window.findChild<TrainingDialog*>("TrainingDialog");
    QVERIFY(dialog && dialog->isVisible());
    auto& box = part<QComboBox>(*dialog, "trainModelBox");
    box.setCurrentIndex(box.findData("vq-vae"));
    dialog->form().addData({folder_.filePath("tiny.h5")});
    QVERIFY(QTest::qWaitFor([&] { return part<QPushButton>(*dialog, "trainStartButton").isEnabled(); }, 10000));
    click(*dialog, "trainStartButton");
    QVERIFY(QTest::qWaitFor([&] { return dialog->current() && dialog->current()->state() == RunState::Running; }, 10000));
    window.close();
    QVERIFY(window.isVisible());
    QVERIFY(window.findChild<QMessageBox*>("trainingBox"));
    click(window, "trainingGoesOnButton");
    QVERIFY(QTest::qWaitFor([&] { return !window.isVisible(); }, 5000));
    QCOMPARE(liveRuns(services_.runsFolder).size(), std::size_t{1});
}

void TrainingDialogTest::aStyleOfOnesOwnBeginsFromWeights() {
    // Three takes and none kept for validation: one is set aside.
    QVERIFY(choreia::testing::writeTinyDataset(folder_.filePath("own.h5").toStdString(), 3, 8, false).ok());
    auto& from = part<QComboBox>(*dialog_, "trainFromBox");
    auto& name = part<QLineEdit>(*dialog_, "trainStyleEdit");
    QVERIFY(from.isVisible() && !name.isVisible());
    const QString anew = part<QLabel>(*dialog_, "trainSizeLabel").text();
    from.setFocus();
    QTest::keyClick(&from, Qt::Key_Down);
    QCOMPARE(QFileInfo(from.currentData().toString()).fileName(), QStringLiteral("default.gcn-mhw.safetensors"));
    QVERIFY(name.isVisible() && !part<QComboBox>(*dialog_, "trainWordsBox").isVisible());
    QVERIFY(part<QLabel>(*dialog_, "trainSizeLabel").text() != anew);
    QTest::mouseClick(&name, Qt::LeftButton);
    QTest::keyClicks(&name, "  My  Style ");
    drop(*part<QListWidget>(*dialog_, "trainDataList").viewport(), folder_.filePath("own.h5"));
    auto& found = part<QLabel>(*dialog_, "trainFoundLabel");
    QVERIFY(QTest::qWaitFor([&] { return found.text().contains("shortest take"); }, 10000));
    const TrainingRun draft = dialog_->form().draft();
    QCOMPARE(draft.style, QStringLiteral("my style"));
    QCOMPARE(draft.from, from.currentData().toString());
    QVERIFY(!draft.config.contains("width") && !draft.config.contains("vq_vae"));
    // What was asked is found again after a restart.
    const auto made = createRun(services_.runsFolder, draft);
    QVERIFY(made.ok());
    const auto again = listRuns(services_.runsFolder);
    QCOMPARE(again.size(), std::size_t{1});
    QCOMPARE(again.front().from, draft.from);
    QCOMPARE(again.front().style, draft.style);
    QVERIFY2(again.front().title().contains("my style, fine-tuned"), qPrintable(again.front().title()));
    // Back to nothing: the sizes of before.
    QTest::keyClick(&from, Qt::Key_Up);
    QVERIFY(!name.isVisible());
    QCOMPARE(part<QLabel>(*dialog_, "trainSizeLabel").text(), anew);
}

void TrainingDialogTest::theProjectRemembersItsWeights() {
    dialog_.reset();
    // A run that has ended with weights: the installed ones, called one's own.
    TrainingRun asked;
    asked.model = QStringLiteral("gcn-mhw");
    asked.effort = QStringLiteral("quick");
    asked.config = {{"name", "default"}};
    const auto run = createRun(services_.runsFolder, asked);
    QVERIFY(run.ok());
    auto table = io::readSafetensors(CHOREIA_SOURCE_DIR "/models/default.gcn-mhw.safetensors");
    QVERIFY(table.ok());
    table->metadata["own_styles"] = R"(["house"])";
    QVERIFY(io::writeSafetensors(run->weightsPath().toStdString(), *table).ok());
    const auto windowOf = [&] {
        WindowServices services;
        services.sound = Player::Sound::Never;
        services.remember = false;
        services.training = services_;
        services.catalog = engineServices().catalog;
        return std::make_unique<MainWindow>(services);
    };
    const QString project = folder_.filePath("own.choreia");
    std::string model;
    {
        const auto window = windowOf();
        window->show();
        QVERIFY(QTest::qWaitForWindowExposed(window.get()));
        window->openFile(QStringLiteral(CHOREIA_SOURCE_DIR "/resources/demo_track.ogg"));
        QVERIFY(QTest::qWaitFor([&] { return window->document().song() != nullptr; }, 120000));
        window->trainModel();
        auto* dialog = window->findChild<TrainingDialog*>("TrainingDialog");
        QVERIFY(QTest::qWaitFor([&] { return part<QPushButton>(*dialog, "trainUseButton").isEnabled(); }, 10000));
        click(*dialog, "trainUseButton");
        model = window->document().state().settings.model;
        QCOMPARE(model, "gcn-mhw@" + run->folder.toStdString() + "/set");
        QCOMPARE(window->document().state().settings.style, std::string("house"));
        QVERIFY(window->noticeText().contains("house"));
        // One undoable step.
        window->document().undoStack().undo();
        QCOMPARE(window->document().state().settings.model, std::string("gcn-mhw"));
        window->document().undoStack().redo();
        QVERIFY(window->document().saveNow(project).ok());
    }
    {
        const auto window = windowOf();
        window->show();
        window->openFile(project);
        QVERIFY(QTest::qWaitFor([&] { return window->document().hasSong(); }, 120000));
        QCOMPARE(window->document().state().settings.model, model);
        QVERIFY2(!window->noticeText().contains("weights"), qPrintable(window->noticeText()));
    }
    QDir(run->folder).removeRecursively();
    const auto window = windowOf();
    window->show();
    window->openFile(project);
    QVERIFY(QTest::qWaitFor([&] { return window->noticeText().contains("not on this machine"); }, 120000));
    QVERIFY2(window->noticeText().contains(run->folder), qPrintable(window->noticeText()));
    // It is said again, and nothing else is danced instead, where a dance is asked for.
    NoProgress quiet;
    DanceRequest request;
    request.settings = window->document().state().settings;
    const auto refused = engineGenerator()(request, {}, quiet);
    QVERIFY(!refused.ok() && refused.error().where == run->folder.toStdString() + "/set");
    auto* back = window->findChild<QAction*>("installedWeightsAction");
    QVERIFY(back);
    back->trigger();
    QCOMPARE(window->document().state().settings.model, std::string("gcn-mhw"));
}

CHOREIA_TEST(TrainingDialogTest)
#include "training_dialog_test.moc"
