/// The page that lists every shortcut, made from the actions themselves so that it is never out of date.
#pragma once

#include <QDialog>
#include <QList>

#include <vector>

class QAction;

namespace choreia::ui {

class ShortcutPage final : public QDialog {
    Q_OBJECT

public:
    /// actions: a window's, that its menu bar's menus hold.
    ShortcutPage(const QList<QAction*>& actions, QWidget* parent = nullptr);
    ~ShortcutPage() override;

private:
    struct Block;
    [[nodiscard]] std::vector<Block> blocksOf(const QList<QAction*>& actions) const;
    QWidget* made(Block& block, QWidget* page) const;
    /// The rows whose words or keys contain it; all where it is empty.
    void showOnly(const QString& text);

    std::vector<Block> blocks_;
};

}  // namespace choreia::ui
