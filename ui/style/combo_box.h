/// A combo box with a quiet drawn chevron instead of the platform's arrow.
#pragma once

#include <QComboBox>

namespace choreia::ui::style {

class ComboBox final : public QComboBox {
    Q_OBJECT

public:
    explicit ComboBox(QWidget* parent = nullptr);

protected:
    void paintEvent(QPaintEvent* event) override;
    /// A wheel that scrolls the panel must not change a setting on its way.
    void wheelEvent(QWheelEvent* event) override;
};

}  // namespace choreia::ui::style
