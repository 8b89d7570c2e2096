// Six figures of one joint, three of them to be typed.
#include "inspector/inspector.h"

#include "inspector/joint_angles.h"
#include "inspector/number_box.h"
#include "motion/contacts.h"
#include "motion/kinematics.h"
#include "style/combo_box.h"
#include "style/theme.h"

#include <QDoubleSpinBox>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QSignalBlocker>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>
#include <tuple>

namespace choreia::ui {

Inspector::Inspector(Document& document, QWidget* parent) : QWidget(parent), document_(document) {
    setObjectName(QStringLiteral("Inspector"));
    setAccessibleName(tr("Inspector"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(16, 12, 16, 16);
    column->setSpacing(8);
    heading_ = new QLabel(tr("INSPECTOR"), this);
    heading_->setFont(style::heading());
    style::setKind(heading_, "heading");
    column->addWidget(heading_);

    auto* row = new QHBoxLayout;
    row->setSpacing(12);
    auto* label = new QLabel(tr("Joint"), this);
    style::setKind(label, "dim");
    joints_ = new style::ComboBox(this);
    joints_->setObjectName(QStringLiteral("jointBox"));
    joints_->setAccessibleName(tr("Joint"));
    for (const auto& name : motion::Skeleton::body().names()) joints_->addItem(QString::fromStdString(name));
    joints_->setMinimumWidth(160);
    joints_->setMaxVisibleItems(24);
    joints_->setToolTip(tr("The joint whose figures these are; a click on the stage chooses one too"));
    label->setToolTip(joints_->toolTip());
    row->addWidget(label);
    row->addWidget(joints_);
    row->addStretch(1);
    buildChosen(*row);
    column->addLayout(row);

    auto* grid = new QGridLayout;
    grid->setHorizontalSpacing(12);
    grid->setVerticalSpacing(8);
    const auto place = [&](QWidget* figure, const QString& text, const QString& tip, int line, int side) {
        auto* name = new QLabel(text, this);
        style::setKind(name, "dim");
        name->setToolTip(tip);
        figure->setToolTip(tip);
        figure->setFont(style::mono(13));
        figure->setMinimumSize(88, 28);
        grid->addWidget(name, line, 3 * side);
        grid->addWidget(figure, line, 3 * side + 1);
    };
    const auto spin = [this](const char* name, const QString& title, double low, double high, double step, int decimals, const QString& suffix) {
        return numberBox(this, name, title, low, high, step, decimals, suffix);
    };
    const std::tuple<const char*, QString, QString> angles[kAngles] = {{"bendBox", tr("Bend"), tr("Of the limb forwards or back: type to change the pose")},
                                                                       {"twistBox", tr("Twist"), tr("About the limb's own axis: type to change the pose")},
                                                                       {"swingBox", tr("Swing"), tr("Of the limb sideways or up: type to change the pose")}};
    for (int i = 0; i < kAngles; ++i) {
        const auto& [name, text, tip] = angles[i];
        auto* box = spin(name, text, -180, 180, 1, 1, QStringLiteral("°"));
        angles_[static_cast<std::size_t>(i)] = box;
        connect(box, &QDoubleSpinBox::valueChanged, this, [this, i] { turnJoint(static_cast<Angle>(i)); });
        place(box, text, tip, i, 0);
    }
    const std::pair<QString, QString> figures[kFigures] = {
        {tr("Height"), tr("Above the floor")}, {tr("Speed"), tr("Through space")}, {tr("Feet"), tr("Which feet stand on the floor")}};
    for (int i = 0; i < kFigures; ++i) {
        auto* figure = new QLabel(this);
        figure->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
        style::setKind(figure, "figure");
        figures_[static_cast<std::size_t>(i)] = figure;
        place(figure, figures[i].first, figures[i].second, i, 1);
    }
    falloff_ = spin("falloffBox", tr("Blend"), 0, Document::kLongestFalloff, 0.05, 2, tr(" s"));
    falloff_->setPrefix(QStringLiteral("± "));
    connect(falloff_, &QDoubleSpinBox::valueChanged, &document_, &Document::setFalloff);
    place(falloff_, tr("Blend"), tr("How long before and after a changed pose the movement takes it up"), kAngles, 0);
    grid->addLayout(buildPoseRow(), kAngles, 3, 1, 3);
    grid->setColumnMinimumWidth(2, 16);
    grid->setColumnStretch(5, 1);
    column->addLayout(grid);
    buildDancerRow();
    column->addStretch(1);

    connect(joints_, &QComboBox::activated, &document_, &Document::selectJoint);
    connect(&document_, &Document::changed, this, [this] { refresh(); });
    refresh();
}

void Inspector::showHeading(bool show) { heading_->setVisible(show); }

void Inspector::showTime(double seconds) {
    seconds_ = seconds;
    if (isVisible()) refresh();
}

void Inspector::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    refresh();  // the playhead went on while it was closed
}

void Inspector::showInHand(const std::optional<motion::Pose>& pose, const std::optional<motion::StagePlace>& place) {
    poseInHand_ = pose;
    placeInHand_ = place;
    if (isVisible()) refresh();
}

void Inspector::refresh() {
    const int joint = document_.joint();
    {
        const QSignalBlocker quiet(joints_);
        joints_->setCurrentIndex(joint);
    }
    refreshDancer();
    const auto dance = document_.dance();
    {
        const QSignalBlocker quiet(falloff_);
        falloff_->setValue(document_.falloff());
    }
    const bool there = dance && dance->positions.frames() > 0;
    for (auto* box : angles_) box->setEnabled(there);
    refreshPoseRow(there);
    if (!there) {
        for (auto* figure : figures_) figure->setText(QStringLiteral("–"));
        return;
    }
    const auto& clip = dance->dance.clip;
    const std::size_t frame = frameNow();
    const auto index = static_cast<std::size_t>(joint);
    const JointAngles angles = jointAngles(poseInHand_ ? poseInHand_->rotations[index] : clip.pose(frame)[index], boneAxis(motion::Skeleton::body(), joint));
    const double values[kAngles] = {angles.bend, angles.twist, angles.swing};
    for (std::size_t i = 0; i < kAngles; ++i) {
        const QSignalBlocker quiet(angles_[i]);
        angles_[i]->setValue(values[i]);
    }
    const auto& positions = dance->positions;
    motion::Vec3 here = positions.at(frame, index);
    if (poseInHand_) {
        std::array<motion::Vec3, motion::kJoints> held;
        motion::forwardKinematics(motion::Skeleton::body(), poseInHand_->root, poseInHand_->rotations, held);
        here = held[index];
    }
    figures_[Height]->setText(tr("%1 m").arg(static_cast<double>(here.y()), 0, 'f', 2));
    // Central difference over a tenth of a second: one frame's would flicker.
    const auto before = frame >= 3 ? frame - 3 : 0, after = std::min(frame + 3, positions.frames() - 1);
    const double span = std::max(1.0, static_cast<double>(after - before)) / positions.fps;
    const double speed = (positions.at(after, index) - positions.at(before, index)).norm() / span;
    figures_[Speed]->setText(tr("%1 m/s").arg(speed, 0, 'f', 2));
    const auto& contact = dance->dance.contacts[std::min(frame, dance->dance.contacts.size() - 1)];
    const bool left = contact[0] || contact[1], right = contact[2] || contact[3];
    figures_[Contact]->setText(left && right ? tr("both") : left ? tr("left") : right ? tr("right") : tr("in the air"));
}

std::size_t Inspector::frameNow() const {
    const auto& clip = document_.dance()->dance.clip;
    return static_cast<std::size_t>(std::clamp(std::round(seconds_ * clip.fps), 0.0, static_cast<double>(clip.frames() - 1)));
}

void Inspector::turnJoint(Angle typed) {
    const auto dance = document_.dance();
    if (!dance || dance->positions.frames() == 0) return;
    const int joint = document_.joint();
    motion::Pose pose = motion::poseAt(dance->dance.clip, frameNow());
    auto& rotation = pose.rotations[static_cast<std::size_t>(joint)];
    const motion::Vec3 axis = boneAxis(motion::Skeleton::body(), joint);
    JointAngles angles = jointAngles(rotation, axis);  // the others as they are, not as they are shown
    (typed == Bend ? angles.bend : typed == Twist ? angles.twist : angles.swing) = angles_[typed]->value();
    rotation = rotationOf(angles, axis);
    if (!document_.requestPose(seconds_, pose, tr("Turn %1").arg(joints_->currentText()))) refresh();
}

}  // namespace choreia::ui
