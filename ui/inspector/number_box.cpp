// One look for all numbers of the inspector.
#include "inspector/number_box.h"

#include <QDoubleSpinBox>

namespace choreia::ui {

QDoubleSpinBox* numberBox(QWidget* parent, const char* name, const QString& title, double low, double high, double step, int decimals, const QString& suffix) {
    auto* box = new QDoubleSpinBox(parent);
    box->setObjectName(QString::fromLatin1(name));
    box->setAccessibleName(title);
    box->setRange(low, high);
    box->setSingleStep(step);
    box->setDecimals(decimals);
    box->setSuffix(suffix);
    box->setButtonSymbols(QAbstractSpinBox::NoButtons);
    box->setAlignment(Qt::AlignRight);
    box->setFocusPolicy(Qt::ClickFocus);
    box->setKeyboardTracking(false);
    return box;
}

}  // namespace choreia::ui
