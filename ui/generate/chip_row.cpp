// Left to right, then the next row.
#include "generate/chip_row.h"

#include "style/theme.h"

#include <QPushButton>
#include <QResizeEvent>
#include <QStyle>

namespace choreia::ui {

ChipRow::ChipRow(QWidget* parent) : QWidget(parent) {
    QSizePolicy policy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
    connect(&group_, &QButtonGroup::buttonClicked, this, [this](QAbstractButton* button) { Q_EMIT chosen(button->property("key").toString()); });
}

void ChipRow::add(const QString& key, const QString& text) {
    auto* chip = new QPushButton(text, this);
    style::setKind(chip, "chip");
    chip->setCheckable(true);
    chip->setProperty("key", key);
    chip->setObjectName(QStringLiteral("style_") + key);
    group_.addButton(chip);
    chips_.push_back(chip);
    chip->show();
}

void ChipRow::setChoices(const std::vector<QString>& keys, const std::vector<QString>& texts) {
    QString current;
    if (auto* checked = group_.checkedButton()) current = checked->property("key").toString();
    for (auto* chip : chips_) {
        group_.removeButton(chip);
        delete chip;
    }
    chips_.clear();
    for (std::size_t i = 0; i < keys.size(); ++i) add(keys[i], texts[i]);
    if (!current.isEmpty()) setCurrent(current);
    updateGeometry();
    arrange(width(), true);
}

void ChipRow::setCurrent(const QString& key) {
    for (auto* chip : chips_)
        if (chip->property("key") == key) {
            chip->setChecked(true);
            return;
        }
    add(key, key);
    chips_.back()->setChecked(true);
    updateGeometry();
    arrange(width(), true);
}

void ChipRow::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    arrange(width(), true);
    if (event->size().width() != event->oldSize().width()) updateGeometry();
}

int ChipRow::arrange(int width, bool place) const {
    constexpr int kGap = 4;
    int x = 0, y = 0, row = 0;
    for (auto* chip : chips_) {
        chip->ensurePolished();
        const QSize size = chip->sizeHint();
        if (x > 0 && x + size.width() > width) {
            x = 0;
            y += row + kGap;
            row = 0;
        }
        if (place) chip->setGeometry(x, y, size.width(), size.height());
        x += size.width() + kGap;
        row = std::max(row, size.height());
    }
    return y + row;
}

}  // namespace choreia::ui
