/// The inspector: the chosen joint in figures at the playhead, its angles to be typed, how far a changed pose reaches; and the dancer's name and place.
#pragma once

#include "document/document.h"

#include <QWidget>

#include <array>

class QDoubleSpinBox;
class QLabel;
class QLineEdit;

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
    /// Off where a tab says it already.
    void showHeading(bool show);
    /// The name is ready to be typed over.
    void renameDancer();

private:
    void refresh();
    // dancer_row.cpp
    void buildDancerRow();
    void refreshDancer();
    /// The numbers typed become the dancer's place.
    void placeDancer();
    enum Angle { Bend, Twist, Swing, kAngles };
    /// The angle typed becomes the pose's.
    void turnJoint(Angle typed);
    [[nodiscard]] std::size_t frameNow() const;

    enum Figure { Height, Speed, Contact, kFigures };
    Document& document_;
    QLabel* heading_;
    style::ComboBox* joints_;
    std::array<QDoubleSpinBox*, kAngles> angles_{};
    std::array<QLabel*, kFigures> figures_{};
    QDoubleSpinBox* falloff_;
    QLineEdit* name_ = nullptr;
    std::array<QDoubleSpinBox*, 3> place_{};  ///< x and z, metres; turn, degrees
    double seconds_ = 0;
};

}  // namespace choreia::ui
