/// The inspector: the chosen joint in figures at the playhead, its angles to be typed, how far a changed pose reaches, sliders that draw the pose; and the dancer's name and place.
#pragma once

#include "document/document.h"
#include "document/pose_tools.h"

#include <QWidget>

#include <array>

class QDoubleSpinBox;
class QHBoxLayout;
class QLabel;
class QLayout;
class QLineEdit;

namespace choreia::ui {

namespace style {
class ComboBox;
}

class PoseSlider;

class Inspector final : public QWidget {
    Q_OBJECT

public:
    explicit Inspector(Document& document, QWidget* parent = nullptr);

    /// Shows the pose at a time of the song.
    void showTime(double seconds);
    /// What is in hand of the chosen dancer at that time, before it is the dance's; nothing: as is danced.
    void showInHand(const std::optional<motion::Pose>& pose, const std::optional<motion::StagePlace>& place);
    /// Off where a tab says it already.
    void showHeading(bool show);
    /// The name is ready to be typed over.
    void renameDancer();
    /// The sliders spring back; what is in hand of them is no longer.
    void dropTools();

Q_SIGNALS:
    /// A tool is held at an amount (-1 to 1) and moves; then it is let go.
    void toolDrawn(choreia::ui::PoseTool tool, double amount);
    void toolLetGo();

protected:
    void showEvent(QShowEvent* event) override;

private:
    void refresh();
    // pose_row.cpp
    [[nodiscard]] QLayout* buildPoseRow();
    void buildChosen(QHBoxLayout& row);
    void refreshPoseRow(bool there);
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
    QLabel* chosen_ = nullptr;  ///< what the tools act on
    std::array<PoseSlider*, 2> tools_{};
    QLineEdit* name_ = nullptr;
    std::array<QDoubleSpinBox*, 3> place_{};  ///< x and z, metres; turn, degrees
    double seconds_ = 0;
    std::optional<motion::Pose> poseInHand_;
    std::optional<motion::StagePlace> placeInHand_;
};

}  // namespace choreia::ui
