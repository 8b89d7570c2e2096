// Palette and fonts.
#include "style/theme.h"

#include "style/style_sheet.h"

#include <QApplication>
#include <QFontDatabase>
#include <QPalette>
#include <QProxyStyle>
#include <QStyle>
#include <QStyleFactory>
#include <QWidget>

namespace choreia::ui::style {

namespace {

Theme currentTheme = Theme::Dark;
Colors currentColors = colorsOf(Theme::Dark);

QString family() {
    static const QString name = QFontDatabase::families().contains(QStringLiteral("Inter"))
                                    ? QStringLiteral("Inter")
                                    : QFontDatabase::systemFont(QFontDatabase::GeneralFont).family();
    return name;
}

QString monoFamily() {
    static const QString name = [] {
        const QStringList families = QFontDatabase::families();
        for (const auto& wanted : {"JetBrains Mono", "DejaVu Sans Mono", "Liberation Mono"})
            if (families.contains(QLatin1String(wanted))) return QString::fromLatin1(wanted);
        return QFontDatabase::systemFont(QFontDatabase::FixedFont).family();
    }();
    return name;
}

/// Fusion without underlined letters; tool tips come a little sooner.
class CalmStyle final : public QProxyStyle {
public:
    CalmStyle() : QProxyStyle(QStyleFactory::create(QStringLiteral("Fusion"))) {}
    int styleHint(StyleHint hint, const QStyleOption* option, const QWidget* widget, QStyleHintReturn* data) const override {
        if (hint == SH_UnderlineShortcut) return 0;
        if (hint == SH_ToolTip_WakeUpDelay) return 500;
        return QProxyStyle::styleHint(hint, option, widget, data);
    }
};

QPalette paletteOf(const Colors& c) {
    QPalette palette;
    palette.setColor(QPalette::Window, c.panel);
    palette.setColor(QPalette::WindowText, c.text);
    palette.setColor(QPalette::Base, c.raised);
    palette.setColor(QPalette::AlternateBase, c.panel);
    palette.setColor(QPalette::Text, c.text);
    palette.setColor(QPalette::PlaceholderText, c.faint);
    palette.setColor(QPalette::Button, c.raised);
    palette.setColor(QPalette::ButtonText, c.text);
    palette.setColor(QPalette::BrightText, c.onAccent);
    palette.setColor(QPalette::Highlight, c.accent);
    palette.setColor(QPalette::HighlightedText, c.onAccent);
    palette.setColor(QPalette::ToolTipBase, c.raised);
    palette.setColor(QPalette::ToolTipText, c.text);
    palette.setColor(QPalette::Link, c.teal);
    palette.setColor(QPalette::Mid, c.line);
    palette.setColor(QPalette::Dark, c.background);
    palette.setColor(QPalette::Disabled, QPalette::Text, c.faint);
    palette.setColor(QPalette::Disabled, QPalette::WindowText, c.faint);
    palette.setColor(QPalette::Disabled, QPalette::ButtonText, c.faint);
    return palette;
}

}  // namespace

Colors colorsOf(Theme theme) {
    Colors c;
    c.accent = QColor(0xff, 0x7a, 0x59);
    c.onAccent = QColor(0x1c, 0x10, 0x0c);
    c.teal = QColor(0x4f, 0xc3, 0xc7);
    c.violet = QColor(0x9d, 0x8c, 0xff);
    c.gold = QColor(0xf2, 0xc1, 0x4e);
    c.green = QColor(0x7b, 0xd8, 0x8f);
    c.song = QColor(0x6f, 0x83, 0xff);
    c.stage = QColor(0x14, 0x16, 0x1b);
    c.onStage = QColor(0x8b, 0x93, 0xa5);
    if (theme == Theme::Dark) {
        c.background = QColor(0x14, 0x16, 0x1b);
        c.panel = QColor(0x1b, 0x1e, 0x25);
        c.raised = QColor(0x23, 0x27, 0x31);
        c.line = QColor(0x2d, 0x32, 0x3d);
        c.hover = QColor(0x2b, 0x30, 0x3c);
        c.pressed = QColor(0x35, 0x3b, 0x48);
        c.text = QColor(0xd9, 0xdd, 0xe6);
        c.dim = QColor(0x8b, 0x93, 0xa5);
        c.faint = QColor(0x5b, 0x63, 0x73);
        c.dancerTop = QColor(0x39, 0x2f, 0x4d);
        c.dancerBottom = QColor(0x1f, 0x1c, 0x29);
    } else {
        // The same design with the greys turned round; the colours a step darker, to keep their contrast on white.
        c.background = QColor(0xe6, 0xe9, 0xef);
        c.panel = QColor(0xf5, 0xf6, 0xf9);
        c.raised = QColor(0xff, 0xff, 0xff);
        c.line = QColor(0xd2, 0xd7, 0xe0);
        c.hover = QColor(0xec, 0xef, 0xf5);
        c.pressed = QColor(0xdf, 0xe4, 0xed);
        c.text = QColor(0x22, 0x27, 0x31);
        c.dim = QColor(0x5b, 0x63, 0x73);
        c.faint = QColor(0x8b, 0x93, 0xa5);
        c.accent = QColor(0xf0, 0x62, 0x3e);
        c.onAccent = QColor(0xff, 0xff, 0xff);
        c.teal = QColor(0x1f, 0x96, 0x9b);
        c.violet = QColor(0x74, 0x5f, 0xe8);
        c.gold = QColor(0xc4, 0x8e, 0x12);
        c.green = QColor(0x2f, 0xa4, 0x4c);
        c.song = QColor(0x52, 0x66, 0xe8);
        c.dancerTop = QColor(0xdc, 0xd5, 0xee);
        c.dancerBottom = QColor(0xf2, 0xef, 0xf8);
    }
    return c;
}

void apply(QApplication& application, Theme theme) {
    currentTheme = theme;
    currentColors = colorsOf(theme);
    QApplication::setStyle(new CalmStyle);  // the application owns it
    QApplication::setPalette(paletteOf(currentColors));
    QApplication::setFont(text());
    application.setStyleSheet(styleSheet(currentColors));
}

Theme theme() { return currentTheme; }
const Colors& colors() { return currentColors; }

QFont text(int pixels, QFont::Weight weight) {
    QFont font(family());
    font.setPixelSize(pixels);
    font.setWeight(weight);
    return font;
}

QFont mono(int pixels, QFont::Weight weight) {
    QFont font(monoFamily());
    font.setPixelSize(pixels);
    font.setWeight(weight);
    font.setStyleHint(QFont::Monospace);
    return font;
}

QFont heading() {
    QFont font = text(11, QFont::DemiBold);
    font.setLetterSpacing(QFont::AbsoluteSpacing, 0.8);
    return font;
}

void setKind(QWidget* widget, const char* kind) {
    const QString name = QString::fromLatin1(kind);
    const QVariant before = widget->property("kind");
    if (before == name) return;
    widget->setProperty("kind", name);
    if (before.isValid()) {  // already shown under another kind: the style sheet looks at properties only when it polishes
        widget->style()->unpolish(widget);
        widget->style()->polish(widget);
    }
}

}  // namespace choreia::ui::style
