/// What a person says before a training: model, data, size, device. Checks the data as soon as they are given.
#pragma once

#include "training/data_check.h"
#include "training/presets.h"
#include "training/training_run.h"

#include <QWidget>

class QButtonGroup;
class QLabel;
class QListWidget;
class QPushButton;

namespace choreia::ui {

namespace style {
class ComboBox;
}

class TrainingForm final : public QWidget {
    Q_OBJECT

public:
    TrainingForm(const QString& program, const QString& cache, QWidget* parent = nullptr);

    /// Files and folders to train on, beside those already there.
    void addData(const QStringList& paths);
    /// Movement words that a choreographer may be built on: name and file.
    void setWords(const std::vector<std::pair<QString, QString>>& words);
    [[nodiscard]] TrainingRun draft() const;
    [[nodiscard]] DataCheck& check() { return check_; }

Q_SIGNALS:
    void startRequested();

protected:
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void build();
    void modelChanged();
    void effortChanged();
    void recheck();
    void show(const DataReport& report);
    [[nodiscard]] QString model() const;
    [[nodiscard]] Effort effort() const;

    DataCheck check_;
    DataReport report_;
    style::ComboBox *model_, *device_, *words_;
    QLabel *what_, *wordsLabel_, *found_, *size_;
    QListWidget* data_;
    QButtonGroup* efforts_;
    QPushButton *start_, *clear_;
};

}  // namespace choreia::ui
