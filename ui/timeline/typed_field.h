/// A line for a few words in the middle of a bar or a lane: Enter takes them, Esc gives up, and neither reaches the window's menus.
#pragma once

#include <QLineEdit>

namespace choreia::ui {

class TypedField : public QLineEdit {
    Q_OBJECT

public:
    using QLineEdit::QLineEdit;

Q_SIGNALS:
    void entered();
    void givenUp();
    void left();  ///< the focus went to another part of the window

protected:
    bool event(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
};

}  // namespace choreia::ui
