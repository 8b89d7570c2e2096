// Boxes in a grid of three, and one note under them.
#include "export/film_form.h"

#include "document/cast_labels.h"
#include "motion/formation.h"
#include "style/combo_box.h"
#include "style/theme.h"

#include <QCheckBox>
#include <QColorDialog>
#include <QFileDialog>
#include <QFileInfo>
#include <QGridLayout>
#include <QLabel>

#include <algorithm>

namespace choreia::ui {

namespace {
const QString kTransparent = QStringLiteral("transparent");
}

FilmForm::FilmForm(const Document& document, QWidget* parent) : QWidget(parent), document_(document) {
    auto* grid = new QGridLayout(this);
    grid->setContentsMargins(0, 0, 0, 8);
    grid->setHorizontalSpacing(12);
    const auto field = [&](const QString& text, const QString& name, int row, int column, QLabel** label = nullptr) {
        auto* words = new QLabel(text, this);
        style::setKind(words, "dim");
        if (label) *label = words;
        auto* made = new style::ComboBox(this);
        made->setObjectName(name);
        made->setAccessibleName(text);
        grid->addWidget(words, 2 * row, column);
        grid->addWidget(made, 2 * row + 1, column);
        grid->setColumnStretch(column, 1);
        return made;
    };
    size_ = field(tr("Size"), QStringLiteral("sizeBox"), 0, 0);
    for (const QSize& size : {QSize(1280, 720), QSize(1920, 1080), QSize(854, 480), QSize(1080, 1080), QSize(1080, 1920)})
        size_->addItem(QStringLiteral("%1 × %2").arg(size.width()).arg(size.height()), size);
    rate_ = field(tr("Frames a second"), QStringLiteral("rateBox"), 0, 1, &rateLabel_);
    for (const int rate : {30, 60, 25, 24}) rate_->addItem(tr("%1 frames/s").arg(rate), rate);
    quality_ = field(tr("Quality"), QStringLiteral("qualityBox"), 0, 2, &qualityLabel_);
    quality_->addItem(tr("Good"), 20);
    quality_->addItem(tr("Best"), 16);
    quality_->addItem(tr("Small file"), 27);
    using Show = ExportOptions::Show;
    show_ = field(tr("Shows"), QStringLiteral("showBox"), 1, 0);
    for (const auto& [name, show] : {std::pair{tr("Dancer"), Show::Dancer}, std::pair{tr("Plain figure"), Show::Figure}, std::pair{tr("Both, side by side"), Show::SideBySide}, std::pair{tr("Dancer, figure inset"), Show::Inset}})
        show_->addItem(name, static_cast<int>(show));
    look_ = field(tr("Dancer"), QStringLiteral("lookBox"), 1, 1);
    for (const QString& name : castLabels()) look_->addItem(name, look_->count());
    background_ = field(tr("Background"), QStringLiteral("backgroundBox"), 1, 2);
    background_->addItem(tr("Stage"), QStringLiteral("stage"));
    background_->addItem(tr("Transparent"), kTransparent);
    for (const auto& [name, colour] : {std::pair{tr("White"), "#ffffff"}, std::pair{tr("Black"), "#000000"}, std::pair{tr("Green screen"), "#00b140"}})
        background_->addItem(name, QString::fromLatin1(colour));
    background_->addItem(tr("Colour ..."));
    background_->addItem(tr("Picture ..."));
    dancers_ = field(tr("Dancers"), QStringLiteral("dancersBox"), 2, 0);
    const auto everybody = document_.state().dances.size();
    dancers_->setToolTip(tr("Everybody: all dancers of the project at their places on the stage. In formation: the chosen dance, several times."));
    if (everybody > 1) dancers_->addItem(tr("Everybody (%1)").arg(everybody), 0);
    dancers_->addItem(everybody > 1 ? tr("The chosen one") : tr("One"), 1);
    for (int count = 2; count <= static_cast<int>(motion::kMostDancers); ++count) dancers_->addItem(tr("%1 in formation").arg(count), count);
    counter_ = new QCheckBox(tr("Beat counter in the corner"), this);
    counter_->setObjectName(QStringLiteral("counterCheck"));
    const bool beats = !document_.state().grid.beats.empty();
    counter_->setEnabled(beats);
    counter_->setToolTip(beats ? tr("Bar and beat, and the counts of the bar with the present one lit.") : tr("There are no beats to count in this song."));
    grid->addWidget(counter_, 5, 1, 1, 2, Qt::AlignVCenter);
    note_ = new QLabel(this);
    note_->setObjectName(QStringLiteral("filmNote"));
    note_->setWordWrap(true);
    style::setKind(note_, "dim");
    grid->addWidget(note_, 6, 0, 1, 3);
    connect(background_, &QComboBox::activated, this, &FilmForm::chooseBackground);
    connect(background_, &QComboBox::currentIndexChanged, this, &FilmForm::refresh);
    refresh();
}

void FilmForm::setLook(int look) { look_->setCurrentIndex(std::clamp(look, 0, look_->count() - 1)); }

void FilmForm::setFormat(const ExportFormat& format) {
    format_ = format;
    for (QWidget* widget : {static_cast<QWidget*>(rateLabel_), static_cast<QWidget*>(rate_)}) widget->setVisible(format.kind == ExportFormat::Kind::Film);
    for (QWidget* widget : {static_cast<QWidget*>(qualityLabel_), static_cast<QWidget*>(quality_)}) widget->setVisible(format.kind == ExportFormat::Kind::Film && format.extension != QLatin1String("mov"));
    refresh();
}

bool FilmForm::fits() const { return format_.keepsOpacity || background_->currentData().toString() != kTransparent; }

void FilmForm::refresh() {
    const bool transparent = background_->currentData().toString() == kTransparent;
    note_->setVisible(transparent);
    note_->setText(!fits() ? tr("MP4 cannot be transparent. Choose WebM for web pages, MOV for editing programs, or PNG for one picture.")
                           : tr("Transparent wherever nothing is drawn; the shadow on the floor stays, as a soft dark veil."));
    Q_EMIT changed();
}

void FilmForm::chooseBackground(int index) {
    if (!background_->itemData(index).isNull()) {
        backgroundBefore_ = index;
        return;
    }
    QString name, value;
    if (index == background_->count() - 1) {
        value = QFileDialog::getOpenFileName(this, tr("Background"), {}, tr("Pictures (*.png *.jpg *.jpeg *.webp *.bmp);;All files (*)"));
        name = QFileInfo(value).fileName();
    } else if (const QColor colour = QColorDialog::getColor(Qt::white, this, tr("Background")); colour.isValid()) {
        name = value = colour.name();
    }
    if (!value.isEmpty()) {
        backgroundBefore_ = background_->count() - 2;  // before the two that ask
        background_->insertItem(backgroundBefore_, name, value);
    }
    background_->setCurrentIndex(backgroundBefore_);
}

void FilmForm::into(ExportOptions& options) const {
    const QSize size = size_->currentData().toSize();
    options.width = size.width();
    options.height = size.height();
    options.fps = rate_->currentData().toInt();
    options.quality = quality_->currentData().toInt();
    options.look = look_->currentData().toInt();
    options.show = static_cast<ExportOptions::Show>(show_->currentData().toInt());
    options.dancers = dancers_->currentData().toInt();
    options.background = background_->currentData().toString().toStdString();
    if (counter_->isChecked()) options.beats = document_.state().grid;
}

}  // namespace choreia::ui
