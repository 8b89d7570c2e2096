/// A slider about its middle that shapes a pose while it is held and springs back when it is let go.
#pragma once

#include <QSlider>

namespace choreia::ui {

/// From -100 to 100 %. Drawn by the mouse, or by the arrow keys until Enter is pressed or the focus goes elsewhere.
class PoseSlider final : public QSlider {
    Q_OBJECT

public:
    PoseSlider(const char* name, const QString& title, const QString& tip, QWidget* parent = nullptr);

    /// Back to the middle without a word; what follows of a drag does nothing.
    void drop();
    [[nodiscard]] QSize sizeHint() const override { return {120, 28}; }
    [[nodiscard]] QSize minimumSizeHint() const override { return {52, 28}; }

Q_SIGNALS:
    /// amount: -1 to 1.
    void drawn(double amount);
    void letGo();

protected:
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

private:
    [[nodiscard]] double travel() const;  ///< of the handle to either side, pixels
    void finish();

    bool dragging_ = false, held_ = false;
    double takenX_ = 0, taken_ = 0;  ///< where the pointer and the value were when the drag began
};

}  // namespace choreia::ui
