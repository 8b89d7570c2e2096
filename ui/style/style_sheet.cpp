// Rules by property "kind", so that one rule serves every panel. @names are replaced by the palette's colours.
#include "style/style_sheet.h"

namespace choreia::ui::style {

namespace {

constexpr const char* kRules = R"(
QMainWindow, QDialog { background: @panel; }
QDialog { border: 1px solid @line; }
QWidget[kind="panel"] { background: @panel; }
QWidget[kind="bar"] { background: @raised; }
QWidget[kind="stage"] { background: @stage; }
QLabel[kind="onStage"] { color: @onStage; }
QWidget[kind="topbar"] { background: @panel; border-bottom: 1px solid @line; }
QMainWindow::separator { background: @line; width: 2px; height: 2px; }
QMainWindow::separator:hover { background: @accent; }
QToolTip { background: @raised; color: @text; border: 1px solid @line; padding: 4px 8px; }

QMenuBar { background: transparent; color: @text; padding: 0; spacing: 4px; }
QMenuBar::item { background: transparent; padding: 6px 12px; border-radius: 6px; }
QMenuBar::item:selected, QMenuBar::item:pressed { background: @raised; }
QMenu { background: @raised; color: @text; border: 1px solid @line; border-radius: 6px; padding: 4px; }
QMenu::item { padding: 6px 28px 6px 12px; border-radius: 4px; }
QMenu::item:selected { background: @pressed; }
QMenu::item:disabled { color: @faint; }
QMenu::separator { height: 1px; background: @line; margin: 4px 8px; }

QLabel { background: transparent; }
QLabel[kind="heading"], QLabel[kind="dim"] { color: @dim; }
QLabel[kind="faint"] { color: @faint; }
QLabel[kind="figure"] { background: @raised; border: 1px solid @line; border-radius: 6px; padding: 0 8px; }
QLabel[kind="title"] { color: @text; font-weight: 600; }

QPushButton { background: @raised; color: @text; border: 1px solid @line; border-radius: 6px; padding: 6px 12px; }
QPushButton:hover { background: @hover; }
QPushButton:pressed { background: @pressed; }
QPushButton:disabled { color: @faint; background: @panel; }
QPushButton:focus { border-color: @faint; }
QPushButton[kind="primary"] { background: @accent; color: @onAccent; border: 1px solid @accent; font-weight: 600; }
QPushButton[kind="primary"]:hover { background: @accentHover; border-color: @accentHover; }
QPushButton[kind="primary"]:pressed { background: @accentPressed; }
QPushButton[kind="primary"]:disabled { background: @raised; color: @faint; border-color: @line; }
QPushButton[kind="primary"]:focus { border-color: @text; }
QPushButton[kind="chip"] { border-radius: 13px; padding: 4px 12px; min-height: 16px; }
QPushButton[kind="chip"]:checked { background: @accent; color: @onAccent; border-color: @accent; font-weight: 600; }
QPushButton[kind="pill"] { background: @panel; border-radius: 13px; padding: 4px 12px; min-height: 16px; }
QPushButton[kind="pill"]::menu-indicator { image: none; width: 1px; }
QPushButton[kind="pill"]:hover { background: @hover; }
QPushButton[kind="pill"]:checked { background: @pressed; border-color: @faint; color: @text; }
QPushButton[kind="pill"][changed="true"] { color: @teal; border-color: @teal; }
QPushButton[kind="pill"]:disabled { color: @faint; }
QPushButton[kind="segment"] { background: transparent; border: none; border-radius: 11px; padding: 4px 12px; color: @dim; }
QPushButton[kind="segment"]:hover { color: @text; }
QPushButton[kind="segment"]:checked { background: @pressed; color: @text; }
QPushButton[kind="flat"] { background: transparent; border: none; color: @dim; padding: 4px 8px; }
QPushButton[kind="flat"]:hover { color: @text; background: @hover; }

QLineEdit, QSpinBox, QDoubleSpinBox, QComboBox { background: @raised; color: @text; border: 1px solid @line; border-radius: 6px;
  padding: 6px 8px; selection-background-color: @accent; selection-color: @onAccent; min-height: 16px; }
QLineEdit:hover, QSpinBox:hover, QDoubleSpinBox:hover, QComboBox:hover { border-color: @pressed; }
QLineEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus, QComboBox:focus { border-color: @accent; }
QLineEdit:disabled, QSpinBox:disabled, QComboBox:disabled { color: @faint; }
QLineEdit[kind="place"], QLineEdit[kind="placeBar"] { background: transparent; border-color: transparent; padding: 3px 4px; }
QLineEdit[kind="placeBar"] { color: @gold; }
QLineEdit[kind="place"]:hover, QLineEdit[kind="placeBar"]:hover { border-color: @line; }
QLineEdit[kind="place"]:focus, QLineEdit[kind="placeBar"]:focus { border-color: @faint; }
QLineEdit[kind="place"]:disabled, QLineEdit[kind="placeBar"]:disabled { color: @faint; }
QLineEdit[kind="place"][writing="true"], QLineEdit[kind="placeBar"][writing="true"] { background: @panel; border-color: @accent; color: @text; }
QLineEdit[kind="place"][refused="true"], QLineEdit[kind="placeBar"][refused="true"] { border: 2px solid @accent; padding: 2px 3px; }
QSpinBox::up-button, QSpinBox::down-button, QDoubleSpinBox::up-button, QDoubleSpinBox::down-button { width: 0; border: none; }
QComboBox { padding-right: 24px; }
QComboBox::drop-down { border: none; width: 24px; }
QComboBox::down-arrow { image: none; width: 0; height: 0; }
QComboBox QAbstractItemView { background: @raised; color: @text; border: 1px solid @line; border-radius: 6px; padding: 4px; outline: none;
  selection-background-color: @pressed; selection-color: @text; }
QComboBox QAbstractItemView::item { min-height: 28px; padding: 0 8px; border-radius: 4px; }

QSlider { min-height: 20px; }
QSlider::groove:horizontal { height: 4px; background: @line; border-radius: 2px; }
QSlider::sub-page:horizontal { height: 4px; background: @accent; border-radius: 2px; }
QSlider::sub-page:horizontal:disabled { background: @faint; }
QSlider::handle:horizontal { width: 14px; height: 14px; margin: -5px 0; border-radius: 7px; background: @knob; border: none; }
QSlider::handle:horizontal:hover { background: #ffffff; }
QSlider::handle:horizontal:disabled { background: @faint; }

QProgressBar { background: @line; border: none; border-radius: 2px; max-height: 4px; min-height: 4px; }
QProgressBar::chunk { background: @teal; border-radius: 2px; }

QListWidget { background: @background; border: 1px solid @line; border-radius: 6px; padding: 4px; outline: none; }
QListWidget::item { padding: 4px 8px; border-radius: 4px; color: @text; }
QListWidget::item:hover { background: @raised; }
QListWidget::item:selected { background: @pressed; color: @text; }
QListWidget::indicator { width: 12px; height: 12px; border-radius: 3px; border: 1px solid @faint; background: @raised; }
QListWidget::indicator:checked { background: @teal; border-color: @teal; }

QCheckBox { spacing: 8px; }
QCheckBox::indicator { width: 16px; height: 16px; border-radius: 4px; border: 1px solid @faint; background: @raised; }
QCheckBox::indicator:checked { background: @accent; border-color: @accent; }
QCheckBox::indicator:disabled { border-color: @line; }

QScrollBar:vertical { background: transparent; width: 8px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 8px; margin: 0; }
QScrollBar::handle { background: @line; border-radius: 4px; min-height: 24px; min-width: 24px; }
QScrollBar::handle:hover { background: @faint; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: none; }
QScrollArea { background: transparent; border: none; }

QMainWindow > QTabBar { background: @panel; }
QMainWindow > QTabBar::tab { background: transparent; color: @faint; border: none; padding: 12px 4px 4px 4px; margin: 0 4px 0 12px; border-bottom: 2px solid transparent; }
QMainWindow > QTabBar::tab:!first { margin-left: 4px; }
QMainWindow > QTabBar::tab:hover { color: @text; }
QMainWindow > QTabBar::tab:selected { color: @dim; border-bottom-color: @line; }
QDockWidget { color: @dim; }
QDockWidget::title { background: @panel; padding: 6px 12px; }
QStatusBar { background: @background; color: @dim; }
QStatusBar::item { border: none; }
QFrame[kind="notice"] { background: @raised; border: 1px solid @line; border-radius: 6px; }
QFrame[kind="notice"][level="error"] { border-left: 3px solid @accent; }
QFrame[kind="notice"][level="warning"] { border-left: 3px solid @gold; }
QFrame[kind="notice"][level="info"] { border-left: 3px solid @teal; }
QFrame[kind="rule"] { background: @line; border: none; }
)";

}  // namespace

QString styleSheet(const Colors& c) {
    const bool dark = c.panel.lightness() < 128;
    // Longer names first: "@accentHover" must not be taken for "@accent".
    const std::pair<const char*, QColor> names[] = {{"@accentHover", c.accent.lighter(108)},
                                                    {"@accentPressed", c.accent.darker(112)},
                                                    {"@accent", c.accent},
                                                    {"@onAccent", c.onAccent},
                                                    {"@onStage", c.onStage},
                                                    {"@stage", c.stage},
                                                    {"@background", c.background},
                                                    {"@panel", c.panel},
                                                    {"@raised", c.raised},
                                                    {"@line", c.line},
                                                    {"@hover", c.hover},
                                                    {"@pressed", c.pressed},
                                                    {"@text", c.text},
                                                    {"@dim", c.dim},
                                                    {"@faint", c.faint},
                                                    {"@teal", c.teal},
                                                    {"@gold", c.gold},
                                                    {"@knob", dark ? QColor(0xf2, 0xf4, 0xf8) : c.accent.darker(108)}};
    QString sheet = QString::fromLatin1(kRules);
    for (const auto& [name, color] : names) sheet.replace(QLatin1String(name), color.name());
    return sheet;
}

}  // namespace choreia::ui::style
