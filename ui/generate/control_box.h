/// Under the main button: the chosen part made anew, takes, more like this, and what the dance begins with.
#pragma once

#include "document/document.h"

#include <QWidget>

class QPushButton;

namespace choreia::ui {

class LabeledSlider;

/// Shows what can be done now: remaking where a part is chosen, likeness where there is a dance.
class ControlBox final : public QWidget {
    Q_OBJECT

public:
    explicit ControlBox(Document& document, QWidget* parent = nullptr);

public Q_SLOTS:
    void remake();
    void makeTakes();
    void moreLikeThis();

private:
    void refresh();

    Document& document_;
    QPushButton *opening_, *remake_, *takes_, *like_;
    LabeledSlider* closeness_;
};

}  // namespace choreia::ui
