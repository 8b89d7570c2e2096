// The title stands in the middle of the window, not of what the menus leave.
#include "window/top_bar.h"

#include "style/theme.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QMenuBar>
#include <QPushButton>

namespace choreia::ui {

TopBar::TopBar(Document& document, QWidget* parent) : QWidget(parent), document_(document) {
    setAttribute(Qt::WA_StyledBackground);
    style::setKind(this, "topbar");
    setFixedHeight(46);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(8, 0, 20, 0);
    menus_ = new QMenuBar(this);
    menus_->setNativeMenuBar(false);
    menus_->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    row->addWidget(menus_, 1, Qt::AlignVCenter);
    train_ = new QPushButton(tr("Train a model"), this);
    train_->setObjectName(QStringLiteral("trainOpenButton"));
    train_->setToolTip(tr("Teach the program from your own dances (Ctrl+T)"));
    row->addWidget(train_);
    export_ = new QPushButton(tr("Export"), this);
    export_->setObjectName(QStringLiteral("exportOpenButton"));
    export_->setFixedWidth(108);
    style::setKind(export_, "primary");
    row->addWidget(export_);
    title_ = new QLabel(this);
    title_->setObjectName(QStringLiteral("titleLabel"));
    title_->setAttribute(Qt::WA_TransparentForMouseEvents);
    title_->setTextFormat(Qt::RichText);
    style::setKind(title_, "title");
    connect(export_, &QPushButton::clicked, this, &TopBar::exportClicked);
    connect(train_, &QPushButton::clicked, this, &TopBar::trainClicked);
    connect(&document_, &Document::changed, this, &TopBar::refresh);
    refresh();
}

void TopBar::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    placeTitle();
}

void TopBar::placeTitle() {
    title_->adjustSize();
    title_->move((width() - title_->width()) / 2, (height() - title_->height()) / 2);
}

void TopBar::refresh() {
    const QString mark = document_.dirty() ? QStringLiteral("&nbsp;&nbsp;<span style='color:%1; font-size:9px'>●</span>").arg(style::colors().accent.name()) : QString();
    title_->setText(document_.title().toHtmlEscaped() + mark);
    title_->setToolTip(document_.dirty() ? tr("Not saved yet") : QString());
    export_->setEnabled(document_.dance() != nullptr);
    export_->setToolTip(document_.dance() ? tr("A film, or the motion for another program (Ctrl+E)") : tr("Generate a dance first"));
    placeTitle();
}

}  // namespace choreia::ui
