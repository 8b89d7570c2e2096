// While it is typed into, Enter and Esc are the field's own.
#include "timeline/typed_field.h"

#include <QFocusEvent>
#include <QKeyEvent>

namespace choreia::ui {

bool TypedField::event(QEvent* event) {
    if (event->type() == QEvent::ShortcutOverride && !isReadOnly() && static_cast<QKeyEvent*>(event)->key() == Qt::Key_Escape) {
        event->accept();
        return true;
    }
    return QLineEdit::event(event);
}

void TypedField::keyPressEvent(QKeyEvent* event) {
    switch (event->key()) {
    case Qt::Key_Return:
    case Qt::Key_Enter: return Q_EMIT entered();
    case Qt::Key_Escape: return Q_EMIT givenUp();
    default: QLineEdit::keyPressEvent(event);
    }
}

void TypedField::focusOutEvent(QFocusEvent* event) {
    QLineEdit::focusOutEvent(event);
    // Its own menu, or another window over this one, takes the focus only for a while.
    if (event->reason() != Qt::PopupFocusReason && event->reason() != Qt::ActiveWindowFocusReason) Q_EMIT left();
}

}  // namespace choreia::ui
