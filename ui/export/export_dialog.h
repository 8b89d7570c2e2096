/// The export dialog: a film with its song, or the motion for another program; in a worker, with progress and cancel.
#pragma once

#include "document/document.h"

#include <QDialog>

#include <optional>

class QCheckBox;
class QLabel;
class QLineEdit;
class QProgressBar;
class QPushButton;
class QWidget;

namespace choreia::ui {

namespace style {
class ComboBox;
}

/// One way out: what it is called and what it writes.
struct ExportFormat {
    QString name, extension, note;
    bool video = false;
};
[[nodiscard]] std::vector<ExportFormat> exportFormats();

struct ExportOptions {
    std::string path;
    bool video = false;
    int width = 1280, height = 720;  ///< even
    double fps = 30;
    int quality = 20;  ///< CRF
    int look = 0;      ///< who dances in a film: place in render::castNames
    enum class Show { Dancer, Figure, SideBySide, Inset } show = Show::Dancer;  ///< the dancer, the plain figure, or both
    std::string background = "stage";  ///< as render::backdropNamed
    std::optional<TimeRange> part;     ///< of the dance; empty: all of it
    int dancers = 1;                   ///< in a film: a group in formation (motion::inFormation)
};
/// Writes a dance (and its song, for films). For a worker. Error as of the engine's writers.
Result<std::string> exportDance(const DanceSnapshot& dance, const audio::Pcm* sound, const ExportOptions& options, std::stop_token stop,
                                Progress& progress);

class ExportDialog final : public QDialog {
    Q_OBJECT

public:
    explicit ExportDialog(Document& document, QWidget* parent = nullptr);

    [[nodiscard]] JobRunner& jobs() { return jobs_; }
    void setPath(const QString& path);
    /// Who dances in the film at first: place in render::castNames.
    void setLook(int look);

Q_SIGNALS:
    void exported(const QString& path);

public Q_SLOTS:
    void reject() override;

private:
    void formatChanged();
    void choosePath();
    void chooseBackground(int index);
    void start();
    void showIdle();

    Document& document_;
    JobRunner jobs_;
    style::ComboBox *format_, *size_, *rate_, *quality_, *look_, *show_, *background_, *dancers_;
    QCheckBox* part_;
    QLineEdit* path_;
    QLabel *note_, *stage_, *left_;
    QWidget *film_, *working_;
    QProgressBar* bar_;
    QPushButton *export_, *cancel_, *folder_;
    bool pathTyped_ = false;
    int backgroundBefore_ = 0;
};

}  // namespace choreia::ui
