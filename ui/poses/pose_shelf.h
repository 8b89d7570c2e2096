/// The panel of kept poses: keep the one at the playhead, lay another there, or drag it onto the timeline.
#pragma once

#include "document/document.h"

#include <QWidget>

class QLabel;
class QPushButton;

namespace choreia::ui {

class PoseModel;
class PoseView;

class PoseShelf final : public QWidget {
    Q_OBJECT

public:
    /// file: where the poses lie; empty: they are not kept.
    PoseShelf(Document& document, const QString& file, QWidget* parent = nullptr);
    /// Where a person's own poses lie.
    [[nodiscard]] static QString installedFile();

    /// Reads the file; before, the shelf is bare. message() tells where it cannot be read.
    void load();
    /// Off where a tab says it already.
    void showHeading(bool show);
    /// The pose at the playhead joins the shelf, its name open to be changed. False where there is no dance.
    bool keep();
    [[nodiscard]] PoseModel& poses() { return *poses_; }
    [[nodiscard]] PoseView& view() { return *view_; }
    [[nodiscard]] QSize minimumSizeHint() const override { return {280, 150}; }

Q_SIGNALS:
    /// Before a pose is laid or kept: the playhead should stand still now.
    void poseTaken();
    void message(const choreia::ui::Message& message);

protected:
    void changeEvent(QEvent* event) override;

private:
    void refresh();
    void lay(int row, bool mirrored);
    void remove(int row);
    void showMenu(int row, const QPoint& global);

    Document& document_;
    PoseModel* poses_;
    PoseView* view_;
    QLabel* heading_;
    QPushButton *keep_, *lay_, *mirror_;
};

}  // namespace choreia::ui
