// Every change goes to the document as a command and comes back by its signal.
#include "generate/generate_panel.h"

#include "generate/chip_row.h"
#include "generate/control_box.h"
#include "generate/labeled_slider.h"
#include "style/combo_box.h"
#include "style/theme.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QProgressBar>
#include <QPushButton>
#include <QRandomGenerator>
#include <QRegularExpressionValidator>
#include <QScrollArea>
#include <QSignalBlocker>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace choreia::ui {

namespace {

/// Keys by which consecutive changes merge: field and drag.
enum Field { kVariation = 1, kFocus, kSync, kSeed, kEnergy, kRepeats, kRoom };
constexpr double kLeastRoom = 1, kMostRoom = 8;  // m
int mergeKey(Field field, int drag) { return field * 1'000'000 + drag % 1'000'000; }

QString niceName(const QString& key) {
    QString name = key;
    name.replace(QLatin1Char('_'), QLatin1Char(' '));
    if (!name.isEmpty()) name[0] = name[0].toUpper();
    return name;
}

}  // namespace

GeneratePanel::GeneratePanel(Document& document, Catalog catalog, QWidget* parent) : QWidget(parent), document_(document) {
    setObjectName(QStringLiteral("GeneratePanel"));
    setAccessibleName(tr("Dance"));
    setAttribute(Qt::WA_StyledBackground);
    style::setKind(this, "panel");
    build();

    connect(&document_, &Document::changed, this, [this](const Change& change) {
        if (change.aspect == Aspect::Everything || change.aspect == Aspect::Settings) showSettings();
        if (change.aspect == Aspect::Everything || change.aspect == Aspect::Song) showIdle();
        if (change.aspect == Aspect::Everything || change.aspect == Aspect::Queue) showQueue();
    });
    auto& jobs = document_.generator();
    connect(&jobs, &JobRunner::started, this, [this] { showProgress(tr("starting"), 0, -1); });
    connect(&jobs, &JobRunner::progressed, this,
            [this](quint64, const QString& stage, double fraction, double left) { showProgress(stage, fraction, left); });
    connect(&jobs, &JobRunner::finished, this, [this] { showIdle(); });

    connect(&document_.loader(), &JobRunner::started, this, [this] { showIdle(); });
    connect(&document_.loader(), &JobRunner::finished, this, [this] { showIdle(); });

    if (catalog) readCatalog(std::move(catalog));
    showSettings();
    showIdle();
}

void GeneratePanel::readCatalog(Catalog catalog) {
    using Models = std::vector<choreo::ModelInfo>;
    reading_.start<Models>(
        tr("Looking for models"), [catalog](std::stop_token, Progress&) { return catalog(); },
        [this](Result<Models> models) { showCatalog(std::move(models)); });
}

void GeneratePanel::build() {
    auto* outer = new QVBoxLayout(this);
    outer->setContentsMargins(0, 0, 0, 0);
    auto* scroll = new QScrollArea(this);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    outer->addWidget(scroll);
    auto* inside = new QWidget;
    inside->setAttribute(Qt::WA_StyledBackground);
    style::setKind(inside, "panel");
    scroll->setWidget(inside);
    auto* column = new QVBoxLayout(inside);
    column->setContentsMargins(20, 20, 20, 8);
    column->setSpacing(8);

    const auto label = [&](const QString& text, const char* kind) {
        auto* made = new QLabel(text, inside);
        style::setKind(made, kind);
        column->addWidget(made);
        return made;
    };
    label(tr("DANCE"), "heading")->setFont(style::heading());
    column->addSpacing(4);
    label(tr("Choreographer"), "dim");
    choreographer_ = new style::ComboBox(inside);
    choreographer_->setObjectName(QStringLiteral("choreographerBox"));
    choreographer_->setAccessibleName(tr("Choreographer"));
    choreographer_->addItem(tr("GCN-MHW"), QStringLiteral("gcn-mhw"));
    column->addWidget(choreographer_);
    column->addSpacing(8);
    label(tr("Style"), "dim");
    styles_ = new ChipRow(inside);
    styles_->setChoices({QStringLiteral("auto")}, {tr("Auto")});
    column->addWidget(styles_);
    column->addSpacing(8);

    const auto percent = [](double v) { return QStringLiteral("%1 %").arg(std::lround(v * 100)); };
    energy_ = new LabeledSlider(tr("Energy"), -1.0, 1.0, 0.05, [](double v) { return QStringLiteral("%1%2 %").arg(v > 0 ? QStringLiteral("+") : QString()).arg(std::lround(v * 100)); }, inside);
    energy_->setObjectName(QStringLiteral("energySlider"));
    energy_->setToolTip(tr("Calmer or livelier than the song asks for; loud parts are danced livelier than quiet ones in any case."));
    repeats_ = new LabeledSlider(tr("Repeats"), 0.0, 1.0, 0.05, percent, inside);
    repeats_->setObjectName(QStringLiteral("repeatsSlider"));
    repeats_->setToolTip(tr("Where a part of the song comes again: how many of its bars take up the earlier movement."));
    variation_ = new LabeledSlider(tr("Variation"), 0.1, 2.0, 0.05, [](double v) { return QString::number(v, 'f', 2); }, inside);
    variation_->setToolTip(tr("Low repeats what is most likely; high is bolder and less certain."));
    focus_ = new LabeledSlider(tr("Moves"), 0.5, 1.0, 0.01, [](double v) { return QStringLiteral("%1 %").arg(std::lround(v * 100)); }, inside);
    focus_->setToolTip(tr("How much of the likely moves may be chosen from (top-p)."));
    sync_ = new LabeledSlider(tr("Sync"), 0.0, 1.0, 0.01, [](double v) { return QStringLiteral("%1 %").arg(std::lround(v * 100)); }, inside);
    sync_->setToolTip(tr("How strongly the motion is drawn onto the beats; 0 leaves it as it was invented."));
    room_ = new LabeledSlider(tr("Room"), kLeastRoom - 0.5, kMostRoom, 0.5, [](double v) { return v < kLeastRoom ? tr("style's") : QStringLiteral("%1 m").arg(v, 0, 'f', 1); }, inside);
    room_->setObjectName(QStringLiteral("roomSlider"));
    room_->setToolTip(tr("How far from the middle of the stage the dancer goes at most; at the left end as far as dancers of the style do."));
    // Two by two: the seed and the button below stay in sight on a small screen.
    for (const auto& pair : {std::pair{energy_, repeats_}, std::pair{variation_, focus_}, std::pair{sync_, room_}}) {
        auto* row = new QHBoxLayout;
        row->setSpacing(16);
        row->addWidget(pair.first, 1);
        row->addWidget(pair.second, 1);
        column->addLayout(row);
        column->addSpacing(4);
    }

    label(tr("Seed"), "dim");
    auto* seedRow = new QHBoxLayout;
    seedRow->setSpacing(8);
    seed_ = new QLineEdit(inside);
    seed_->setObjectName(QStringLiteral("seedEdit"));
    seed_->setAccessibleName(tr("Seed"));
    seed_->setFont(style::mono(13));
    seed_->setValidator(new QRegularExpressionValidator(QRegularExpression(QStringLiteral("[0-9]{1,18}")), seed_));
    seed_->setToolTip(tr("The same song, settings and seed give the same dance."));
    shuffle_ = new QPushButton(tr("Shuffle"), inside);
    shuffle_->setObjectName(QStringLiteral("shuffleButton"));
    seedRow->addWidget(seed_, 1);
    mirror_ = new QPushButton(tr("Mirror"), inside);
    mirror_->setObjectName(QStringLiteral("mirrorButton"));
    mirror_->setCheckable(true);
    mirror_->setToolTip(tr("Exchange left and right in the next dance"));
    seedRow->addWidget(shuffle_);
    seedRow->addWidget(mirror_);
    column->addLayout(seedRow);

    column->addStretch(1);

    // What starts, shows and stops the work stays in sight however small the panel is.
    auto* footer = new QWidget(this);
    auto* foot = new QVBoxLayout(footer);
    foot->setContentsMargins(20, 8, 20, 16);
    foot->setSpacing(8);
    outer->addWidget(footer);
    generate_ = new QPushButton(tr("Generate dance"), footer);
    generate_->setObjectName(QStringLiteral("generateButton"));
    style::setKind(generate_, "primary");
    generate_->setMinimumHeight(40);
    generate_->setToolTip(tr("Make a dance for the whole song (Ctrl+G)"));
    foot->addWidget(generate_);

    working_ = new QWidget(footer);
    auto* work = new QVBoxLayout(working_);
    work->setContentsMargins(0, 4, 0, 0);
    work->setSpacing(8);
    auto* line = new QHBoxLayout;
    stage_ = new QLabel(working_);
    left_ = new QLabel(working_);
    style::setKind(left_, "dim");
    line->addWidget(stage_, 1);
    line->addWidget(left_);
    work->addLayout(line);
    bar_ = new QProgressBar(working_);
    bar_->setObjectName(QStringLiteral("progressBar"));
    bar_->setRange(0, 1000);
    bar_->setTextVisible(false);
    work->addWidget(bar_);
    cancel_ = new QPushButton(tr("Cancel"), working_);
    cancel_->setObjectName(QStringLiteral("cancelButton"));
    cancel_->setToolTip(tr("Stop generating (Esc)"));
    work->addWidget(cancel_);
    queue_ = new QLabel(working_);
    queue_->setObjectName(QStringLiteral("queueLabel"));
    style::setKind(queue_, "dim");
    queue_->setTextInteractionFlags(Qt::LinksAccessibleByMouse | Qt::LinksAccessibleByKeyboard);
    queue_->hide();
    queue_->setToolTip(tr("What is made next. Click the cross to leave it."));
    connect(queue_, &QLabel::linkActivated, this, [this] { document_.clearWaiting(); });
    work->addWidget(queue_);
    foot->addWidget(working_);
    control_ = new ControlBox(document_, footer);
    foot->addWidget(control_);
    hint_ = new QLabel(footer);
    style::setKind(hint_, "dim");
    hint_->setWordWrap(true);
    foot->addWidget(hint_);

    connect(styles_, &ChipRow::chosen, this,
            [this](const QString& key) { change(tr("Change style"), 0, [&](auto& s) { s.style = key.toStdString(); }); });
    connect(energy_, &LabeledSlider::moved, this, [this](double value, int drag) {
        change(tr("Change energy"), mergeKey(kEnergy, drag), [&](auto& s) { s.energy = value; });
    });
    connect(repeats_, &LabeledSlider::moved, this, [this](double value, int drag) {
        change(tr("Change repeats"), mergeKey(kRepeats, drag), [&](auto& s) { s.repeats = value; });
    });
    connect(mirror_, &QPushButton::clicked, this, [this](bool on) { change(tr("Mirror"), 0, [&](auto& s) { s.mirror = on; }); });
    connect(variation_, &LabeledSlider::moved, this, [this](double value, int drag) {
        change(tr("Change variation"), mergeKey(kVariation, drag), [&](auto& s) { s.temperature = value; });
    });
    connect(focus_, &LabeledSlider::moved, this, [this](double value, int drag) {
        change(tr("Change choice of moves"), mergeKey(kFocus, drag), [&](auto& s) { s.topP = value; });
    });
    connect(sync_, &LabeledSlider::moved, this, [this](double value, int drag) {
        change(tr("Change sync"), mergeKey(kSync, drag), [&](auto& s) {
            s.syncStrength = value;
            s.sync = value > 0;
        });
    });
    connect(room_, &LabeledSlider::moved, this, [this](double value, int drag) {
        change(tr("Change room"), mergeKey(kRoom, drag), [&](auto& s) { s.stage = value < kLeastRoom ? 0 : value; });
    });
    connect(seed_, &QLineEdit::editingFinished, this, &GeneratePanel::commitSeed);
    connect(shuffle_, &QPushButton::clicked, this, &GeneratePanel::shuffleSeed);
    connect(generate_, &QPushButton::clicked, this, [this] {
        commitSeed();
        document_.generate();
    });
    connect(cancel_, &QPushButton::clicked, this, [this] { document_.generator().cancel(); });
}

template <class Set>
void GeneratePanel::change(const QString& text, int mergeKeyOfDrag, Set set) {
    io::GenerateSettings settings = document_.state().settings;
    set(settings);
    document_.requestSettings(settings, text, mergeKeyOfDrag);
}

void GeneratePanel::commitSeed() {
    bool ok = false;
    const quint64 seed = seed_->text().toULongLong(&ok);
    if (!ok) return showSettings();
    change(tr("Change seed"), 0, [&](auto& s) { s.seed = seed; });
}

void GeneratePanel::shuffleSeed() {
    const quint64 seed = QRandomGenerator::global()->bounded(1, 100000);
    change(tr("Shuffle seed"), 0, [&](auto& s) { s.seed = seed; });
}

void GeneratePanel::showSettings() {
    const io::GenerateSettings& settings = document_.state().settings;
    styles_->setCurrent(QString::fromStdString(settings.style));
    energy_->setValue(settings.energy);
    repeats_->setValue(settings.repeats);
    mirror_->setChecked(settings.mirror);
    variation_->setValue(settings.temperature);
    focus_->setValue(settings.topP);
    sync_->setValue(settings.sync ? settings.syncStrength : 0.0);
    room_->setValue(settings.stage > 0 ? std::clamp(settings.stage, kLeastRoom, kMostRoom) : 0);
    const QString seed = QString::number(settings.seed);
    if (seed_->text() != seed) seed_->setText(seed);
}

void GeneratePanel::showCatalog(Result<std::vector<choreo::ModelInfo>> models) {
    if (!models) {
        problem_ = tr("No choreographer found. %1").arg(QString::fromStdString(models.error().line()));
        return showIdle();
    }
    problem_.clear();
    std::vector<QString> keys{QStringLiteral("auto")}, texts{tr("Auto")};
    for (const auto& model : *models) {
        if (model.kind != "gcn-mhw") continue;
        choreographer_->setItemText(0, tr("GCN-MHW · %1 M").arg(static_cast<double>(model.parameters) / 1e6, 0, 'f', 1));
        for (const auto& name : model.styles) {
            const QString key = QString::fromStdString(name);
            if (std::find(keys.begin(), keys.end(), key) != keys.end()) continue;
            keys.push_back(key);
            texts.push_back(niceName(key));
        }
        break;
    }
    styles_->setChoices(keys, texts);
    known_.clear();
    for (std::size_t i = 1; i < keys.size(); ++i) known_.emplace_back(keys[i], texts[i]);
    showSettings();
}

void GeneratePanel::showQueue() {
    const auto waiting = document_.waiting();
    queue_->setVisible(!waiting.empty());
    if (waiting.empty()) return;
    // How many more there are is seen however long the first one's name; the tool tip has them all.
    const QString more = waiting.size() == 1 ? QString() : QStringLiteral(" +%1").arg(waiting.size() - 1);
    const QString shown = queue_->fontMetrics().elidedText(tr("Then: %1").arg(waiting.front()), Qt::ElideRight, 190 - queue_->fontMetrics().horizontalAdvance(more)) + more;
    queue_->setToolTip(QStringList(waiting.begin(), waiting.end()).join(QLatin1Char('\n')));
    queue_->setText(QStringLiteral("%1 <a href=\"clear\" style=\"color:%2; text-decoration:none\">\u00d7</a>").arg(shown.toHtmlEscaped(), style::colors().accent.name()));
}

void GeneratePanel::showProgress(const QString& stage, double fraction, double secondsLeft) {
    working_->show();
    hint_->hide();
    generate_->setEnabled(false);
    QString text = stage;
    if (!text.isEmpty()) text[0] = text[0].toUpper();
    stage_->setText(stage_->fontMetrics().elidedText(text, Qt::ElideRight, 170));
    const qint64 left = std::llround(std::ceil(secondsLeft));
    left_->setText(secondsLeft < 0 ? QString() : tr("%1:%2 left").arg(left / 60).arg(left % 60, 2, 10, QLatin1Char('0')));
    bar_->setValue(static_cast<int>(std::lround(fraction * 1000)));
}

void GeneratePanel::showIdle() {
    if (document_.generator().busy()) return;
    working_->hide();
    const bool ready = document_.song() != nullptr;
    generate_->setEnabled(ready);
    hint_->setVisible(!ready || !problem_.isEmpty());
    if (!problem_.isEmpty())
        hint_->setText(problem_);
    else if (!ready)
        hint_->setText(document_.loader().busy() ? tr("The song is being heard ...") : tr("Open a song first: drop it on the window."));
}

}  // namespace choreia::ui
