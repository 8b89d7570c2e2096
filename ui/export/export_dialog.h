/// The export dialog: a film with its song, or the motion for another program; in a worker, with progress and cancel.
#pragma once

#include "document/document.h"
#include "export/export_job.h"

#include <QDialog>

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
class FilmForm;

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
    void refresh();
    void start();
    void showIdle();
    void enable(bool on);
    void showThumbnail(const QImage& picture);

    Document& document_;
    JobRunner jobs_;
    style::ComboBox* format_;
    FilmForm* film_;
    QCheckBox* part_;
    QLineEdit* path_;
    QLabel *note_, *stage_, *left_, *thumbnail_;
    QWidget* working_;
    QProgressBar* bar_;
    QPushButton *choose_, *export_, *cancel_, *folder_;
    bool pathTyped_ = false;
};

}  // namespace choreia::ui
