/// A film of a dancer comes in: the dancer is looked for picture by picture, and what is found becomes training data, or the dance.
#pragma once

#include "document/job_runner.h"
#include "import/import_job.h"

#include <QDialog>

class QLabel;
class QLineEdit;
class QListWidget;
class QProgressBar;
class QPushButton;

namespace choreia::ui {

namespace style {
class ComboBox;
}

struct ImportServices {
    std::function<Result<seeing::PoseFinder>()> finder = &seeing::PoseFinder::installed;
    bool song = true;  ///< whether there is a song to which what is found can be the dance
};

class ImportDialog final : public QDialog {
    Q_OBJECT

public:
    explicit ImportDialog(ImportServices services, QWidget* parent = nullptr);

    void openVideo(const QString& path);
    [[nodiscard]] JobRunner& jobs() { return jobs_; }
    /// What was found; null until then.
    [[nodiscard]] const std::shared_ptr<const FoundDance>& found() const { return found_; }

Q_SIGNALS:
    /// name: the video's, for people.
    void danceTaken(const choreia::motion::Clip& clip, const QString& name);
    void dataWritten(const QString& path);

public Q_SLOTS:
    void reject() override;

protected:
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;

private:
    QWidget* buildSettings();
    QWidget* buildResult();
    void choose();
    void look();
    void writeData();
    void takeDance();
    void showFound();
    void begin(const QString& words);
    void fail(const QString& what, const Error& error);
    void refresh();

    ImportServices services_;
    JobRunner jobs_;
    std::shared_ptr<const FoundDance> found_;
    QString video_;
    QLineEdit *path_, *dataPath_;
    style::ComboBox *rate_, *side_;
    QLabel *regionText_, *stage_, *left_, *summary_, *leftOutTitle_;
    QPushButton *choose_, *wholeButton_, *lookButton_, *dataButton_, *danceButton_, *closeButton_;
    QListWidget* leftOut_;
    QProgressBar* bar_;
    FoundView* view_;
};

}  // namespace choreia::ui
