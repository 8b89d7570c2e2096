// Seeds are drawn here, where the person presses; the document does as it is told.
#include "generate/control_box.h"

#include "generate/labeled_slider.h"
#include "generate/take_strip.h"
#include "style/theme.h"

#include <QHBoxLayout>
#include <QPushButton>
#include <QRandomGenerator>
#include <QVBoxLayout>

#include <cmath>

namespace choreia::ui {

namespace {
std::uint64_t freshSeed() { return QRandomGenerator::global()->bounded(1, 100000); }
}  // namespace

ControlBox::ControlBox(Document& document, QWidget* parent) : QWidget(parent), document_(document) {
    setObjectName(QStringLiteral("ControlBox"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(8);
    const auto button = [&](const QString& text, const char* name, const QString& tip) {
        auto* made = new QPushButton(text, this);
        made->setObjectName(QString::fromLatin1(name));
        made->setToolTip(tip);
        return made;
    };
    opening_ = button(tr("Begins with a chosen pose  \u00d7"), "openingButton", tr("The next dances continue this pose. Press to let them begin freely."));
    style::setKind(opening_, "pill");
    column->addWidget(opening_);
    remake_ = button(tr("Remake"), "remakeButton", tr("Make the selected part anew with another seed; its ends and pinned poses hold (Ctrl+R)"));
    column->addWidget(remake_);
    auto* row = new QHBoxLayout;
    row->setSpacing(8);
    takes_ = button(tr("Three takes"), "takesButton", tr("Three dances from three seeds, to choose from by looking (Ctrl+Shift+T)"));
    like_ = button(tr("More like this"), "likeButton", tr("A new dance that leans towards the steps of this one (Ctrl+M)"));
    row->addWidget(takes_, 1);
    row->addWidget(like_, 1);
    column->addLayout(row);
    closeness_ = new LabeledSlider(tr("Closeness"), 0, 1, 0.05, [](double v) { return QStringLiteral("%1 %").arg(std::lround(v * 100)); }, this);
    closeness_->setObjectName(QStringLiteral("closenessSlider"));
    closeness_->setToolTip(tr("How much of this dance comes again in \u201cmore like this\u201d"));
    closeness_->setValue(0.6);
    column->addWidget(closeness_);
    column->addWidget(new TakeStrip(document_, this));

    connect(opening_, &QPushButton::clicked, this, [this] { document_.requestOpening(nullptr, tr("Begin freely")); });
    connect(remake_, &QPushButton::clicked, this, &ControlBox::remake);
    connect(takes_, &QPushButton::clicked, this, &ControlBox::makeTakes);
    connect(like_, &QPushButton::clicked, this, &ControlBox::moreLikeThis);
    connect(&document_, &Document::changed, this, &ControlBox::refresh);
    connect(&document_.generator(), &JobRunner::started, this, &ControlBox::refresh);
    connect(&document_.generator(), &JobRunner::finished, this, &ControlBox::refresh);
    refresh();
}

void ControlBox::remake() { document_.remakeSelection(freshSeed()); }
void ControlBox::makeTakes() { document_.makeTakes(freshSeed()); }
void ControlBox::moreLikeThis() { document_.moreLikeThis(freshSeed(), closeness_->value()); }

void ControlBox::refresh() {
    const bool song = document_.song() != nullptr, dance = document_.dance() != nullptr, busy = document_.generator().busy();
    opening_->setVisible(document_.state().opening != nullptr);
    const auto& part = document_.selection();
    remake_->setVisible(part && dance);
    if (part) remake_->setText((busy ? tr("Then remake %1") : tr("Remake %1")).arg(rangeText(document_.state().grid, *part)));
    takes_->setVisible(song && !busy);
    like_->setVisible(dance && !busy);
    closeness_->setVisible(dance && !busy);
}

}  // namespace choreia::ui
