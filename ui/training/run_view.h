/// One training in figures and curves, others beside it for comparison, and the buttons that hold it, end it and use what it made.
#pragma once

#include "training/run_log.h"
#include "training/training_run.h"

#include <QColor>
#include <QWidget>

class QLabel;
class QProgressBar;
class QPushButton;

namespace choreia::ui {

class CurvePlot;
class PreviewView;

/// Of the n-th run in a comparison.
[[nodiscard]] QColor runColor(std::size_t index);

class RunView final : public QWidget {
    Q_OBJECT

public:
    struct Shown {
        const TrainingRun* run;
        const RunLog* log;
        QColor color;
    };

    explicit RunView(QWidget* parent = nullptr);
    /// current may be null: nothing is chosen. all: every run whose curves are drawn, the current one last.
    void show(const TrainingRun* current, const RunLog* log, const std::vector<Shown>& all);
    [[nodiscard]] PreviewView& preview() { return *preview_; }

Q_SIGNALS:
    void pauseClicked();
    void stopClicked();
    void resumeClicked();
    void useClicked();

private:
    void build();
    void showFigures(const TrainingRun& run, const RunLog& log, RunState state);

    QLabel *title_, *state_;
    QLabel *rate_, *speed_, *left_, *memory_, *best_;
    QProgressBar* bar_;
    CurvePlot *losses_, *scores_;
    PreviewView* preview_;
    QPushButton *pause_, *stop_, *resume_, *use_;
};

}  // namespace choreia::ui
