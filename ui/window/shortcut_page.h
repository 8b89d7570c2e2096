/// The page that lists every shortcut, made from the actions themselves so that it is never out of date.
#pragma once

#include <QDialog>
#include <QList>

class QAction;

namespace choreia::ui {

class ShortcutPage final : public QDialog {
    Q_OBJECT

public:
    ShortcutPage(const QList<QAction*>& actions, QWidget* parent = nullptr);
};

}  // namespace choreia::ui
