/// A name, a figure and a slider under them; a drag is announced with its number, so that it can be one undo entry.
#pragma once

#include <QWidget>

#include <functional>

class QLabel;
class QSlider;

namespace choreia::ui {

class LabeledSlider final : public QWidget {
    Q_OBJECT

public:
    /// Values from low to high in steps; text makes the figure.
    LabeledSlider(const QString& name, double low, double high, double step, std::function<QString(double)> text, QWidget* parent = nullptr);

    [[nodiscard]] double value() const;
    /// Shows a value without announcing it.
    void setValue(double value);

Q_SIGNALS:
    /// drag: the same for all moves of one drag; a key press is a drag of its own.
    void moved(double value, int drag);

private:
    void refresh();

    QSlider* slider_;
    QLabel* figure_;
    double low_, step_;
    std::function<QString(double)> text_;
    int drag_ = 0;
};

}  // namespace choreia::ui
