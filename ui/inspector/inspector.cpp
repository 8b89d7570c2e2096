// Six figures of one joint.
#include "inspector/inspector.h"

#include "inspector/joint_angles.h"
#include "motion/contacts.h"
#include "style/combo_box.h"
#include "style/theme.h"

#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QSignalBlocker>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace choreia::ui {

Inspector::Inspector(Document& document, QWidget* parent) : QWidget(parent), document_(document) {
    setObjectName(QStringLiteral("Inspector"));
    setAccessibleName(tr("Inspector"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(16, 12, 16, 16);
    column->setSpacing(8);
    auto* heading = new QLabel(tr("INSPECTOR"), this);
    heading->setFont(style::heading());
    style::setKind(heading, "heading");
    column->addWidget(heading);

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
    row->addWidget(label);
    row->addWidget(joints_);
    row->addStretch(1);
    column->addLayout(row);

    auto* grid = new QGridLayout;
    grid->setHorizontalSpacing(12);
    grid->setVerticalSpacing(8);
    const char* names[kFigures] = {QT_TR_NOOP("Bend"),   QT_TR_NOOP("Twist"), QT_TR_NOOP("Swing"),
                                   QT_TR_NOOP("Height"), QT_TR_NOOP("Speed"), QT_TR_NOOP("Feet")};
    const QString tips[kFigures] = {tr("Of the limb forwards or back"), tr("About the limb's own axis"), tr("Of the limb sideways or up"),
                                    tr("Above the floor"),              tr("Through space"),             tr("Which feet stand on the floor")};
    for (int i = 0; i < kFigures; ++i) {
        auto* name = new QLabel(tr(names[i]), this);
        style::setKind(name, "dim");
        auto* figure = new QLabel(this);
        figure->setFont(style::mono(13));
        figure->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
        figure->setMinimumSize(88, 28);
        style::setKind(figure, "figure");
        figure->setToolTip(tips[i]);
        name->setToolTip(tips[i]);
        figures_[static_cast<std::size_t>(i)] = figure;
        grid->addWidget(name, i % 3, 3 * (i / 3));
        grid->addWidget(figure, i % 3, 3 * (i / 3) + 1);
    }
    grid->setColumnMinimumWidth(2, 16);
    grid->setColumnStretch(5, 1);
    column->addLayout(grid);
    column->addStretch(1);

    connect(joints_, &QComboBox::activated, &document_, &Document::selectJoint);
    connect(&document_, &Document::changed, this, [this] { refresh(); });
    refresh();
}

void Inspector::showTime(double seconds) {
    seconds_ = seconds;
    if (isVisible()) refresh();
}

void Inspector::refresh() {
    const int joint = document_.joint();
    {
        const QSignalBlocker quiet(joints_);
        joints_->setCurrentIndex(joint);
    }
    const auto dance = document_.dance();
    if (!dance || dance->positions.frames() == 0) {
        for (auto* figure : figures_) figure->setText(QStringLiteral("–"));
        return;
    }
    const auto& clip = dance->dance.clip;
    const auto last = static_cast<double>(clip.frames() - 1);
    const auto frame = static_cast<std::size_t>(std::clamp(std::round(seconds_ * clip.fps), 0.0, last));
    const auto index = static_cast<std::size_t>(joint);
    const JointAngles angles = jointAngles(clip.pose(frame)[index], boneAxis(motion::Skeleton::body(), joint));
    const auto degrees = [](double value) { return QStringLiteral("%1°").arg(value, 0, 'f', 1).replace(QLatin1Char('-'), QChar(0x2212)); };
    figures_[Bend]->setText(degrees(angles.bend));
    figures_[Twist]->setText(degrees(angles.twist));
    figures_[Swing]->setText(degrees(angles.swing));
    const auto& positions = dance->positions;
    figures_[Height]->setText(tr("%1 m").arg(static_cast<double>(positions.at(frame, index).y()), 0, 'f', 2));
    // Central difference over a tenth of a second: one frame's would flicker.
    const auto before = frame >= 3 ? frame - 3 : 0, after = std::min(frame + 3, positions.frames() - 1);
    const double span = std::max(1.0, static_cast<double>(after - before)) / positions.fps;
    const double speed = (positions.at(after, index) - positions.at(before, index)).norm() / span;
    figures_[Speed]->setText(tr("%1 m/s").arg(speed, 0, 'f', 2));
    const auto& contact = dance->dance.contacts[std::min(frame, dance->dance.contacts.size() - 1)];
    const bool left = contact[0] || contact[1], right = contact[2] || contact[3];
    figures_[Contact]->setText(left && right ? tr("both") : left ? tr("left") : right ? tr("right") : tr("in the air"));
}

}  // namespace choreia::ui
