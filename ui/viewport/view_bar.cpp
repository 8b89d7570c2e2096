// The chips above the stage. The strip has the colour of the stage's upper edge, so that both read as one surface.
#include "viewport/view_bar.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QToolButton>

namespace choreia::ui {

namespace {

const char* const kStyle = R"(
#viewBar { background: #1d2330; }
#viewChips { background: #1b202b; border: 1px solid #2d323d; border-radius: 15px; }
#viewBar QToolButton { color: #8b93a5; background: transparent; border: none; border-radius: 12px; padding: 0 12px; min-height: 24px; font-size: 13px; }
#viewBar QToolButton:hover { color: #d9dde6; background: #262c38; }
#viewBar QToolButton:checked { color: #f1f3f8; background: #343b4a; }
#viewBar QToolButton:focus { border: 1px solid #5b6373; }
#viewBar QLabel { color: #8b93a5; font-size: 13px; background: transparent; }
)";

}  // namespace

ViewBar::ViewBar(QWidget* parent) : QWidget(parent) {
    setObjectName(QStringLiteral("viewBar"));
    setAttribute(Qt::WA_StyledBackground);
    setStyleSheet(QString::fromLatin1(kStyle));
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(16, 10, 16, 8);
    row->setSpacing(8);

    const auto chip = [this](const QString& text, const QString& tip, QWidget* owner) {
        auto* button = new QToolButton(owner);
        button->setText(text);
        button->setToolTip(tip);
        button->setAccessibleName(tip);
        button->setCheckable(true);
        button->setFocusPolicy(Qt::TabFocus);
        button->setCursor(Qt::PointingHandCursor);
        return button;
    };
    chips_ = new QWidget(this);
    auto* group = chips_;
    group->setObjectName(QStringLiteral("viewChips"));
    group->setAttribute(Qt::WA_StyledBackground);
    auto* chips = new QHBoxLayout(group);
    chips->setContentsMargins(3, 2, 3, 2);
    chips->setSpacing(2);
    const std::array<std::array<QString, 2>, 4> names = {{{tr("Persp"), tr("Perspective view")},
                                                          {tr("Front"), tr("View from the front")},
                                                          {tr("Side"), tr("View from the dancer's left side")},
                                                          {tr("Top"), tr("View from above")}}};
    for (std::size_t i = 0; i < presets_.size(); ++i) {
        presets_[i] = chip(names[i][0], names[i][1], group);
        chips->addWidget(presets_[i]);
        connect(presets_[i], &QToolButton::clicked, this, [this, i] {
            setPreset(static_cast<int>(i));
            Q_EMIT presetClicked(static_cast<int>(i));
        });
    }
    row->addWidget(group);
    frame_ = chip(tr("Frame"), tr("Show the selected joint, or the whole body (F)"), this);
    frame_->setCheckable(false);
    connect(frame_, &QToolButton::clicked, this, &ViewBar::frameClicked);
    row->addWidget(frame_);
    follow_ = chip(tr("Follow"), tr("The camera goes along with the dancer"), this);
    connect(follow_, &QToolButton::toggled, this, &ViewBar::followToggled);
    row->addWidget(follow_);
    row->addStretch(1);
    caption_ = new QLabel(this);
    caption_->setTextFormat(Qt::PlainText);
    row->addWidget(caption_);
    setPreset(0);
}

void ViewBar::setPreset(int preset) {
    for (std::size_t i = 0; i < presets_.size(); ++i) presets_[i]->setChecked(static_cast<int>(i) == preset);
}

QSize ViewBar::minimumSizeHint() const { return {chips_->minimumSizeHint().width() + 32, QWidget::minimumSizeHint().height()}; }

void ViewBar::resizeEvent(QResizeEvent* event) {  // a narrow stage keeps the named views; F and the menu have the rest
    QWidget::resizeEvent(event);
    const int wanted = chips_->sizeHint().width() + frame_->sizeHint().width() + follow_->sizeHint().width() + 48;
    frame_->setVisible(width() >= wanted);
    follow_->setVisible(width() >= wanted);
    caption_->setVisible(width() >= wanted + 130);
}

void ViewBar::setFollow(bool follow) { follow_->setChecked(follow); }

void ViewBar::setCaption(const QString& text) { caption_->setText(text); }

}  // namespace choreia::ui
