/// The strip over everything: menus, the project's name with its unsaved mark, the way out.
#pragma once

#include "document/document.h"

#include <QWidget>

class QLabel;
class QMenuBar;
class QPushButton;

namespace choreia::ui {

class TopBar final : public QWidget {
    Q_OBJECT

public:
    explicit TopBar(Document& document, QWidget* parent = nullptr);

    [[nodiscard]] QMenuBar& menus() { return *menus_; }

Q_SIGNALS:
    void exportClicked();
    void trainClicked();

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void refresh();
    void placeTitle();

    Document& document_;
    QMenuBar* menus_;
    QLabel* title_;
    QPushButton *train_, *export_;
};

}  // namespace choreia::ui
