// The inspector's sliders that draw the pose between its neighbours, or calm and exaggerate it; and what they act on.
#include "inspector/inspector.h"

#include "inspector/pose_slider.h"
#include "style/theme.h"

#include <QHBoxLayout>
#include <QLabel>

#include <tuple>

namespace choreia::ui {

QLayout* Inspector::buildPoseRow() {
    auto* row = new QHBoxLayout;
    row->setSpacing(6);
    const std::tuple<const char*, QString, QString, QString> tools[] = {
        {"betweenSlider", tr("Between"), tr("Breakdown"),
         tr("Draws the pose between the beat or key pose before (left) and after (right); the middle is half way. Let go to keep it, Esc to leave it")},
        {"relaxSlider", tr("Relax"), tr("Relax or exaggerate"),
         tr("Draws the pose towards the mean of the motion around it (right), or away from it (left). Let go to keep it, Esc to leave it")}};
    for (std::size_t i = 0; i < tools_.size(); ++i) {
        const auto& [name, text, title, tip] = tools[i];
        auto* label = new QLabel(text, this);
        style::setKind(label, "dim");
        label->setToolTip(tip);
        auto* slider = new PoseSlider(name, title, tip, this);
        label->setBuddy(slider);
        if (i > 0) row->addSpacing(4);
        row->addWidget(label);
        row->addWidget(slider, 1);
        tools_[i] = slider;
        connect(slider, &PoseSlider::drawn, this, [this, i](double part) { Q_EMIT toolDrawn(i == 0 ? PoseTool::Breakdown : PoseTool::Relax, part); });
        connect(slider, &PoseSlider::letGo, this, &Inspector::toolLetGo);
    }
    return row;
}

void Inspector::buildChosen(QHBoxLayout& row) {
    const QString tip = tr("What the sliders, copy and paste act on: Ctrl-click joints on the stage, or drag a box about them with Ctrl; Esc: all again");
    auto* label = new QLabel(tr("Chosen"), this);
    style::setKind(label, "dim");
    chosen_ = new QLabel(this);
    chosen_->setObjectName(QStringLiteral("chosenJoints"));
    chosen_->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    chosen_->setFont(style::mono(13));
    chosen_->setMinimumSize(88, 28);
    style::setKind(chosen_, "figure");
    for (auto* part : {label, chosen_}) {
        part->setToolTip(tip);
        row.addWidget(part);
    }
}

void Inspector::dropTools() {
    for (auto* slider : tools_) slider->drop();
}

void Inspector::refreshPoseRow(bool there) {
    const auto count = document_.joints().count();
    chosen_->setText(count == 0 ? tr("all") : count == 1 ? tr("1 joint") : tr("%1 joints").arg(count));
    for (auto* slider : tools_) slider->setEnabled(there);
}

}  // namespace choreia::ui
