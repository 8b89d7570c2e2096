/// The dance panel at the left: choreographer, style, variation, sync, seed, and the one main button.
#pragma once

#include "choreo/choreographer.h"
#include "document/document.h"

#include <QWidget>

#include <functional>
#include <vector>

class QButtonGroup;
class QLabel;
class QLineEdit;
class QProgressBar;
class QPushButton;

namespace choreia::ui {

namespace style {
class ComboBox;
}
class ChipRow;
class ControlBox;
class LabeledSlider;

class GeneratePanel final : public QWidget {
    Q_OBJECT

public:
    /// What is installed; called in a worker.
    using Catalog = std::function<Result<std::vector<choreo::ModelInfo>>()>;

    GeneratePanel(Document& document, Catalog catalog, QWidget* parent = nullptr);

    [[nodiscard]] QSize sizeHint() const override { return {272, 600}; }

    /// Shows what another catalog has.
    void readCatalog(Catalog catalog);
    [[nodiscard]] ControlBox& control() { return *control_; }
    /// What the weights can dance, "auto" left out: names, and how they are shown.
    [[nodiscard]] const std::vector<std::pair<QString, QString>>& styles() const { return known_; }

public Q_SLOTS:
    void shuffleSeed();

private:
    void build();
    void showSettings();
    void showCatalog(Result<std::vector<choreo::ModelInfo>> models);
    void showQueue();
    void showProgress(const QString& stage, double fraction, double secondsLeft);
    void showIdle();
    void commitSeed();
    template <class Set>
    void change(const QString& text, int mergeKey, Set set);

    Document& document_;
    JobRunner reading_;
    style::ComboBox* choreographer_;
    ChipRow* styles_;
    std::vector<std::pair<QString, QString>> known_;
    LabeledSlider *energy_, *repeats_, *variation_, *focus_, *sync_, *room_;
    QPushButton* mirror_;
    QLineEdit* seed_;
    QPushButton *shuffle_, *generate_, *cancel_;
    QLabel *stage_, *left_, *hint_, *queue_;
    QProgressBar* bar_;
    ControlBox* control_;
    QWidget* working_;
    QString problem_;  ///< why nothing can be generated; empty where something can
};

}  // namespace choreia::ui
