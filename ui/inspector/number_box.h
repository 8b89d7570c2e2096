/// A box for a number to be typed.
#pragma once

#include <QString>

class QDoubleSpinBox;
class QWidget;

namespace choreia::ui {

/// Takes no focus by Tab or wheel: the space bar plays, whatever was looked at last. The value counts when Enter is pressed.
QDoubleSpinBox* numberBox(QWidget* parent, const char* name, const QString& title, double low, double high, double step, int decimals, const QString& suffix);

}  // namespace choreia::ui
