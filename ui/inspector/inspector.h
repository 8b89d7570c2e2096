/// The inspector: the chosen joint in figures, at the playhead.
#pragma once

#include "document/document.h"

#include <QWidget>

#include <array>

class QLabel;

namespace choreia::ui {

namespace style {
class ComboBox;
}

class Inspector final : public QWidget {
    Q_OBJECT

public:
    explicit Inspector(Document& document, QWidget* parent = nullptr);

    /// Shows the pose at a time of the song.
    void showTime(double seconds);

private:
    void refresh();

    enum Figure { Bend, Twist, Swing, Height, Speed, Contact, kFigures };
    Document& document_;
    style::ComboBox* joints_;
    std::array<QLabel*, kFigures> figures_{};
    double seconds_ = 0;
};

}  // namespace choreia::ui
