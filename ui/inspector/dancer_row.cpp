// The inspector's line about the dancer: the name, and where they stand.
#include "inspector/inspector.h"

#include "inspector/number_box.h"
#include "style/theme.h"

#include <QDoubleSpinBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QSignalBlocker>
#include <QVBoxLayout>

#include <cmath>
#include <numbers>
#include <tuple>

namespace choreia::ui {

namespace {
constexpr double kDegreesOfTurn = 180 / std::numbers::pi;
}

void Inspector::buildDancerRow() {
    auto* row = new QHBoxLayout;
    row->setSpacing(8);
    name_ = new QLineEdit(this);
    name_->setObjectName(QStringLiteral("dancerName"));
    name_->setAccessibleName(tr("Name of the dancer"));
    name_->setToolTip(tr("The dancer's name: type another one"));
    name_->setMaxLength(60);
    name_->setFocusPolicy(Qt::ClickFocus);
    name_->setMinimumWidth(72);
    row->addWidget(name_, 1);
    const std::tuple<const char*, QString, QString, double, QString> boxes[] = {
        {"placeXBox", tr("x"), tr("Where the dancer's space lies: metres to the right, seen from the audience"), 50, tr(" m")},
        {"placeZBox", tr("z"), tr("Where the dancer's space lies: metres towards the audience"), 50, tr(" m")},
        {"placeTurnBox", tr("turn"), tr("Turned to the right, seen from the audience: degrees"), 180, QStringLiteral("°")}};
    for (std::size_t i = 0; i < place_.size(); ++i) {
        const auto& [name, text, tip, most, unit] = boxes[i];
        auto* title = new QLabel(text, this);
        style::setKind(title, "dim");
        title->setToolTip(tip);
        auto* box = numberBox(this, name, tip, -most, most, i == 2 ? 5 : 0.1, i == 2 ? 0 : 2, unit);
        box->setToolTip(tip);
        box->setFont(style::mono(13));
        box->setMinimumHeight(28);
        box->setMinimumWidth(i == 2 ? 56 : 72);
        connect(box, &QDoubleSpinBox::valueChanged, this, [this] { placeDancer(); });
        place_[i] = box;
        row->addWidget(title);
        row->addWidget(box);
    }
    static_cast<QVBoxLayout*>(layout())->addLayout(row);
    connect(name_, &QLineEdit::editingFinished, this, [this] {
        name_->setModified(false);
        if (!document_.requestDancerName(name_->text())) refreshDancer();
        if (name_->hasFocus()) name_->clearFocus();  // keys are the window's again
    });
}

void Inspector::refreshDancer() {
    const auto dance = document_.dance();
    name_->setEnabled(dance != nullptr);
    const QString name = dance ? QString::fromStdString(dance->dance.name) : QString();
    if (name != name_->text() && !(name_->hasFocus() && name_->isModified())) name_->setText(name);  // not while it is being typed
    const motion::StagePlace place = !dance ? motion::StagePlace{} : placeInHand_ ? *placeInHand_ : dance->dance.place;
    const double values[] = {static_cast<double>(place.x), static_cast<double>(place.z), static_cast<double>(place.turn) * kDegreesOfTurn};
    for (std::size_t i = 0; i < place_.size(); ++i) {
        const QSignalBlocker quiet(place_[i]);
        place_[i]->setEnabled(dance != nullptr);
        place_[i]->setValue(values[i]);
    }
}

void Inspector::placeDancer() {
    const auto dance = document_.dance();
    if (!dance) return;
    // What was not typed stays as it is, not as it is shown.
    const motion::StagePlace before = dance->dance.place;
    const auto typed = [&](std::size_t i, double shown, float kept) {
        const double value = place_[i]->value(), step = std::pow(10.0, -place_[i]->decimals());
        return std::abs(value - shown) < 0.51 * step ? kept : static_cast<float>(i == 2 ? value / kDegreesOfTurn : value);
    };
    const motion::StagePlace after{typed(0, static_cast<double>(before.x), before.x), typed(1, static_cast<double>(before.z), before.z),
                                   typed(2, static_cast<double>(before.turn) * kDegreesOfTurn, before.turn)};
    if (!document_.requestPlace(after)) refreshDancer();
}

void Inspector::renameDancer() {
    if (!document_.dance()) return;
    name_->setFocus(Qt::ShortcutFocusReason);
    name_->selectAll();
}

}  // namespace choreia::ui
