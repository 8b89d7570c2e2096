/// What a person says before a training: model, data, size, device. Checks the data as soon as they are given.
#pragma once

#include "training/data_check.h"
#include "training/presets.h"
#include "training/training_run.h"

#include <QWidget>

class QButtonGroup;
class QLabel;
class QLineEdit;
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
    /// Weights that a training may begin from: model, name, file, and the words that they speak in where those do not lie beside them.
    struct Start {
        QString model, name, file, words;
        bool operator==(const Start&) const = default;
    };
    void setStarts(std::vector<Start> starts);
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
    void offerStarts();
    void startChanged();
    void effortChanged();
    void recheck();
    void show(const DataReport& report);
    [[nodiscard]] QString model() const;
    [[nodiscard]] Effort effort() const;
    [[nodiscard]] const Start* start() const;  ///< null: from nothing
    [[nodiscard]] Preset preset() const;

    DataCheck check_;
    DataReport report_;
    std::vector<Start> starts_;
    style::ComboBox *model_, *device_, *words_, *from_;
    QLineEdit* style_;
    QLabel *what_, *wordsLabel_, *fromLabel_, *found_, *size_;
    QListWidget* data_;
    QButtonGroup* efforts_;
    QPushButton *start_, *clear_;  // start_: the button
};

}  // namespace choreia::ui
