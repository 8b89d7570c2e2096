/// The kept poses as tiles: chosen, laid, renamed and dragged with mouse and keys.
#pragma once

#include <QListView>

namespace choreia::ui {

class PoseModel;

class PoseView final : public QListView {
    Q_OBJECT

public:
    explicit PoseView(PoseModel& model, QWidget* parent = nullptr);

    /// -1 where none is chosen.
    [[nodiscard]] int chosen() const;
    void choose(int row);

Q_SIGNALS:
    /// Double click or Enter; mirrored: with Shift.
    void laid(int row, bool mirrored);
    void removed(int row);
    void chosenChanged(int row);
    void menuAsked(int row, const QPoint& global);

protected:
    bool event(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void startDrag(Qt::DropActions actions) override;
    void currentChanged(const QModelIndex& current, const QModelIndex& previous) override;

private:
    PoseModel& poses_;
};

}  // namespace choreia::ui
