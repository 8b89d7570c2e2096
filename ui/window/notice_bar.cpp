// Two lines of text, a level and a close button.
#include "window/notice_bar.h"

#include "style/icon_button.h"
#include "style/theme.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QStyle>
#include <QVBoxLayout>

namespace choreia::ui {

NoticeBar::NoticeBar(QWidget* parent) : QFrame(parent) {
    setObjectName(QStringLiteral("NoticeBar"));
    style::setKind(this, "notice");
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(16, 12, 8, 12);
    auto* column = new QVBoxLayout;
    column->setSpacing(4);
    title_ = new QLabel(this);
    style::setKind(title_, "title");
    title_->setWordWrap(true);
    advice_ = new QLabel(this);
    style::setKind(advice_, "dim");
    advice_->setWordWrap(true);
    advice_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    column->addWidget(title_);
    column->addWidget(advice_);
    row->addLayout(column, 1);
    auto* close = new style::IconButton(style::Icon::Close, this);
    close->setAccessibleName(tr("Close the message"));
    row->addWidget(close, 0, Qt::AlignTop);
    connect(close, &QAbstractButton::clicked, this, &QWidget::hide);
    timer_.setSingleShot(true);
    connect(&timer_, &QTimer::timeout, this, &QWidget::hide);
    hide();
}

QString NoticeBar::text() const { return title_->text() + QLatin1Char('\n') + advice_->text(); }

void NoticeBar::show(const Message& message) {
    title_->setText(message.title);
    advice_->setText(message.advice);
    advice_->setVisible(!message.advice.isEmpty());
    const char* level = message.kind == Message::Kind::Error ? "error" : message.kind == Message::Kind::Warning ? "warning" : "info";
    setProperty("level", QString::fromLatin1(level));
    style()->unpolish(this);
    style()->polish(this);
    message.kind == Message::Kind::Info ? timer_.start(6000) : timer_.stop();
    QWidget::show();
}

}  // namespace choreia::ui
