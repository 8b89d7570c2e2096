// Follows what it is shown; keeps nothing.
#include "training/run_view.h"

#include "style/theme.h"
#include "training/curve_plot.h"
#include "training/preview_view.h"

#include <QFile>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>
#include <limits>

namespace choreia::ui {

namespace {

QString clockText(double seconds) {
    const auto whole = std::llround(std::ceil(seconds));
    if (whole >= 3600) return QStringLiteral("%1:%2:%3").arg(whole / 3600).arg(whole / 60 % 60, 2, 10, QLatin1Char('0')).arg(whole % 60, 2, 10, QLatin1Char('0'));
    return QStringLiteral("%1:%2").arg(whole / 60).arg(whole % 60, 2, 10, QLatin1Char('0'));
}

const QString kNothing = QStringLiteral("-");

std::vector<QPointF> pointsOf(const std::vector<RunLog::Point>& points) {
    std::vector<QPointF> out;
    out.reserve(points.size());
    for (const auto& point : points) out.emplace_back(point.minutes, point.value);
    return out;
}

}  // namespace

QColor runColor(std::size_t index) {
    const auto& c = style::colors();
    const QColor all[] = {c.accent, c.teal, c.violet, c.gold, c.green, c.song};
    return all[index % std::size(all)];
}

RunView::RunView(QWidget* parent) : QWidget(parent) {
    build();
    connect(pause_, &QPushButton::clicked, this, &RunView::pauseClicked);
    connect(stop_, &QPushButton::clicked, this, &RunView::stopClicked);
    connect(resume_, &QPushButton::clicked, this, &RunView::resumeClicked);
    connect(use_, &QPushButton::clicked, this, &RunView::useClicked);
}

void RunView::build() {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(8);
    auto* head = new QHBoxLayout;
    title_ = new QLabel(this);
    title_->setObjectName(QStringLiteral("trainTitle"));
    style::setKind(title_, "title");
    state_ = new QLabel(this);
    state_->setObjectName(QStringLiteral("trainState"));
    style::setKind(state_, "dim");
    state_->setWordWrap(true);
    head->addWidget(title_);
    head->addSpacing(8);
    head->addWidget(state_, 1);
    column->addLayout(head);
    bar_ = new QProgressBar(this);
    bar_->setObjectName(QStringLiteral("trainProgress"));
    bar_->setRange(0, 1000);
    bar_->setTextVisible(false);
    column->addWidget(bar_);

    losses_ = new CurvePlot(tr("Loss"), this);
    losses_->setObjectName(QStringLiteral("lossPlot"));
    losses_->setToolTip(tr("What is minimised, on the training data: each report faint, their mean strong. Point at it to read figures."));
    scores_ = new CurvePlot(tr("Validation"), this);
    scores_->setObjectName(QStringLiteral("validationPlot"));
    scores_->setToolTip(tr("The figure on clips that are not learned from; the weights of its lowest point are kept."));
    column->addWidget(losses_, 3);
    auto* lower = new QHBoxLayout;
    lower->setSpacing(8);
    lower->addWidget(scores_, 1);
    preview_ = new PreviewView(this);
    preview_->setFixedWidth(196);
    lower->addWidget(preview_);
    column->addLayout(lower, 3);

    auto* figures = new QGridLayout;
    figures->setHorizontalSpacing(8);
    figures->setVerticalSpacing(4);
    int at = 0;
    const auto figure = [&](const QString& name, const char* object) {
        auto* label = new QLabel(name, this);
        style::setKind(label, "dim");
        auto* value = new QLabel(kNothing, this);
        value->setObjectName(QString::fromLatin1(object));
        value->setAccessibleName(name);
        value->setFont(style::mono(13));
        value->setMinimumHeight(30);
        style::setKind(value, "figure");
        figures->addWidget(label, 0, at);
        figures->addWidget(value, 1, at);
        figures->setColumnStretch(at++, 1);
        return value;
    };
    rate_ = figure(tr("Learning rate"), "trainRate");
    speed_ = figure(tr("Steps a second"), "trainSpeed");
    left_ = figure(tr("Time left"), "trainLeft");
    memory_ = figure(tr("Memory"), "trainMemory");
    best_ = figure(tr("Best validation"), "trainBest");
    column->addLayout(figures);

    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(8);
    const auto button = [&](const QString& text, const char* name, const QString& tip) {
        auto* made = new QPushButton(text, this);
        made->setObjectName(QString::fromLatin1(name));
        made->setToolTip(tip);
        made->setAutoDefault(false);
        buttons->addWidget(made);
        return made;
    };
    pause_ = button(tr("Pause"), "trainPauseButton", tr("Hold the training still; its memory stays taken"));
    stop_ = button(tr("Stop and keep"), "trainStopButton", tr("Write the checkpoint and end; it can be taken up again"));
    resume_ = button(tr("Take up again"), "trainResumeButton", tr("Go on from the last checkpoint"));
    buttons->addStretch(1);
    use_ = button(tr("Use in this project"), "trainUseButton", tr("Generate with these weights from now on"));
    column->addLayout(buttons);
}

void RunView::show(const TrainingRun* current, const RunLog* log, const std::vector<Shown>& all) {
    std::vector<CurvePlot::Curve> losses, scores;
    for (const auto& shown : all) {
        const auto raw = pointsOf(shown.log->losses());
        losses.push_back({shown.run->title(), shown.color, raw, false, true});
        losses.push_back({shown.run->title(), shown.color, smoothed(raw), false, false});
        scores.push_back({shown.run->title(), shown.color, pointsOf(shown.log->scores()), true, false});
    }
    losses_->setCurves(std::move(losses));
    scores_->setCurves(std::move(scores));
    const RunState state = current ? current->state() : RunState::Stopped;
    const bool live = current && (state == RunState::Running || state == RunState::Paused);
    pause_->setEnabled(live);
    pause_->setText(state == RunState::Paused ? tr("Go on") : tr("Pause"));
    stop_->setEnabled(live);
    resume_->setEnabled(current && !live && state != RunState::Finished && current->canResume());
    const bool usable = current && (current->model == QLatin1String("gcn-mhw") || current->model == QLatin1String("vq-vae") || current->model == QLatin1String("lstm-vae") || current->model == QLatin1String("beats"));
    use_->setEnabled(usable && QFile::exists(current->weightsPath()));
    if (current) return showFigures(*current, *log, state);
    title_->setText(tr("No training yet"));
    state_->setText(tr("Choose a model and data, then start."));
    bar_->setValue(0);
    for (QLabel* label : {rate_, speed_, left_, memory_, best_}) label->setText(kNothing);
}

void RunView::showFigures(const TrainingRun& run, const RunLog& log, RunState state) {
    const RunLog::Now& now = log.now();
    const bool live = state == RunState::Running || state == RunState::Paused;
    title_->setText(run.title());
    QString said = stateName(state);
    if (now.step > 0) said += tr(" · step %1 · epoch %2").arg(now.step).arg(now.epoch, 0, 'f', 1);
    else if (live) said += QStringLiteral(" · ") + (run.lastWords().isEmpty() ? tr("reading the data") : run.lastWords());
    // What a fine-tuning has won, and what it has cost.
    const auto figure = [](const std::map<QString, double>& all, const char* name) {
        const auto found = all.find(QLatin1String(name));
        return found == all.end() ? std::numeric_limits<double>::quiet_NaN() : found->second;
    };
    if (const double away = figure(log.figures(), "away_from_before"); std::isfinite(away))
        said += tr("\nNats a step: own style %1, at first %2; other styles moved by %3")
                    .arg(figure(log.figures(), "entropy"), 0, 'f', 2)
                    .arg(figure(log.firstFigures(), "entropy"), 0, 'f', 2)
                    .arg(away, 0, 'f', 3);
    if (state == RunState::Failed) said += QStringLiteral(": ") + (run.lastWords().isEmpty() ? tr("it ended without a word") : run.lastWords().remove(QStringLiteral("choreia: ")));
    state_->setText(said);
    state_->setToolTip(said);
    const double share = state == RunState::Finished ? 1 : now.leftS >= 0 && now.wallS > 0 ? now.wallS / (now.wallS + now.leftS) : 0;
    bar_->setValue(static_cast<int>(std::lround(std::clamp(share, 0.0, 1.0) * 1000)));
    rate_->setText(now.step > 0 ? QString::number(now.rate, 'g', 3) : kNothing);
    speed_->setText(now.stepsASecond > 0 ? QString::number(now.stepsASecond, 'f', now.stepsASecond < 10 ? 2 : 0) : kNothing);
    left_->setText(state == RunState::Finished ? tr("done") : live && now.leftS >= 0 ? clockText(now.leftS) : kNothing);
    memory_->setText(live ? tr("%1 MB").arg(run.memoryMb(), 0, 'f', 0) : kNothing);
    best_->setText(std::isfinite(log.best()) ? QString::number(log.best(), 'g', 4) : kNothing);
}

}  // namespace choreia::ui
