/// Training in the window: what to train and on what, the trainings there are, and the curves of the chosen ones.
/// A training is a process of its own: this dialog, and the whole program, may go and come back.
#pragma once

#include "training/run_log.h"
#include "training/training_run.h"

#include <QDialog>
#include <QTimer>

#include <map>

class QListWidget;
class QPushButton;

namespace choreia::ui {

class PreviewMaker;
class RunView;
class TrainingForm;

struct TrainingServices {
    QString program;     ///< the command line program
    QString runsFolder;  ///< where trainings are kept
    QString song;        ///< what previews dance to; may be empty
};
/// The program beside this one, and the data folder of the person.
[[nodiscard]] TrainingServices installedTraining();
/// Trainings at work, or held.
[[nodiscard]] std::vector<TrainingRun> liveRuns(const QString& runsFolder);

class TrainingDialog final : public QDialog {
    Q_OBJECT

public:
    explicit TrainingDialog(TrainingServices services, QWidget* parent = nullptr);
    ~TrainingDialog() override;

    /// The chosen run; null where there is none.
    [[nodiscard]] const TrainingRun* current() const;
    [[nodiscard]] const std::vector<TrainingRun>& runs() const { return runs_; }
    [[nodiscard]] TrainingForm& form() { return *form_; }

Q_SIGNALS:
    /// Generate with the weights of this folder from now on.
    void useRequested(const QString& setFolder, const QString& title);

private:
    void build();
    void readRuns(const QString& choose);
    void start();
    void resume();
    void pause();
    void use();
    void remove();
    void tick();
    void refresh();
    void tell(const Error& error);
    [[nodiscard]] TrainingRun* chosen();
    [[nodiscard]] QString itemText(const TrainingRun& run) const;

    TrainingServices services_;
    std::vector<TrainingRun> runs_;
    std::map<QString, RunLog> logs_;           ///< by folder
    std::map<QString, double> previewed_;      ///< the best score of which a preview was made
    QString chosen_;                           ///< its folder
    TrainingForm* form_;
    QListWidget* list_;
    QPushButton* remove_;
    RunView* view_;
    PreviewMaker* maker_;
    QTimer timer_;
};

}  // namespace choreia::ui
