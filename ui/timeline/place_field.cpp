// Read-only while it shows, a field while it is written into.
#include "timeline/place_field.h"

#include "style/theme.h"

#include <QApplication>
#include <QMouseEvent>
#include <QStyle>
#include <QToolTip>

namespace choreia::ui {

PlaceField::PlaceField(Reader read, const QString& widest, QWidget* parent) : TypedField(parent), read_(std::move(read)) {
    constexpr int kAround = 2 * (4 + 1 + 2) + 2;  // pixels: padding, border and what a line keeps for its cursor
    setReadOnly(true);
    setFrame(false);
    setFont(style::mono(15));
    style::setKind(this, "place");
    setContextMenuPolicy(Qt::NoContextMenu);
    setFixedWidth(QFontMetrics(font()).horizontalAdvance(widest) + kAround);
    connect(this, &TypedField::entered, this, &PlaceField::enter);
    connect(this, &TypedField::givenUp, this, &PlaceField::end);
    connect(this, &TypedField::left, this, &PlaceField::end);
    connect(this, &QLineEdit::textEdited, this, [this] { refuse({}); });
    // A click brings the focus before it begins to write.
    connect(qApp, &QApplication::focusChanged, this, [this](QWidget* old, QWidget* now) {
        if (now == this && old && old != this && old->window() == window()) remember(old);
    });
}

void PlaceField::showPlace(const QString& text) {
    shown_ = text;
    if (!writing() && this->text() != text) setText(text);
}

void PlaceField::begin() {
    if (!isEnabled()) return;
    setReadOnly(false);
    polishAnew();
    if (QWidget* now = window()->focusWidget(); now && now != this) remember(now);
    setFocus(Qt::ShortcutFocusReason);
    selectAll();
}

void PlaceField::enter() {
    if (!writing()) return begin();
    const Written written = read_(text());
    if (!written.seconds) return refuse(written.refusal);
    end();
    Q_EMIT chosen(*written.seconds);
}

void PlaceField::end() {
    if (!writing()) return;
    setReadOnly(true);
    refuse({});
    setText(shown_);
    deselect();
    polishAnew();
    if (!hasFocus()) return;
    if (before_ && before_->isVisible() && before_->isEnabled()) before_->setFocus(Qt::OtherFocusReason);
    else clearFocus();
}

void PlaceField::remember(QWidget* before) {
    const auto* other = qobject_cast<PlaceField*>(before);  // from one field to the other
    before_ = other ? other->before_.data() : before;
}

void PlaceField::refuse(const QString& why) {
    if (why == refusal_ && why.isEmpty()) return;
    refusal_ = why;
    setAccessibleDescription(why);
    polishAnew();
    if (why.isEmpty()) return QToolTip::hideText();
    constexpr int kStays = 6000;  // ms
    QToolTip::showText(mapToGlobal(QPoint(0, height())), why, this, {}, kStays);
    selectAll();
}

void PlaceField::polishAnew() {
    setProperty("writing", writing());
    setProperty("refused", !refusal_.isEmpty());
    style()->unpolish(this);  // the style sheet looks at properties only when it polishes
    style()->polish(this);
}

void PlaceField::mousePressEvent(QMouseEvent* event) {
    if (!writing() && event->button() == Qt::LeftButton) return begin();
    TypedField::mousePressEvent(event);
}

}  // namespace choreia::ui
