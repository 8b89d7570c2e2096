// One JSON object a line; lines that are none (a crash may leave half of one) are passed over.
#include "training/run_log.h"

#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>

#include <cmath>
#include <limits>

namespace choreia::ui {

namespace {

void forgetFrom(std::vector<RunLog::Point>& points, qint64 step) {
    while (!points.empty() && points.back().step >= step) points.pop_back();
}

}  // namespace

void RunLog::clear() {
    read_ = 0;
    rest_.clear();
    losses_.clear();
    scores_.clear();
    figures_.clear();
    firstFigures_.clear();
    now_ = {};
}

bool RunLog::update() {
    QFile file(path_);
    if (!file.open(QIODevice::ReadOnly)) return false;
    if (file.size() < read_) clear();
    if (file.size() == read_ || !file.seek(read_)) return false;
    const QByteArray fresh = file.readAll();
    read_ += fresh.size();
    rest_ += fresh;
    qsizetype from = 0;
    for (qsizetype end = rest_.indexOf('\n'); end >= 0; end = rest_.indexOf('\n', from)) {
        take(rest_.mid(from, end - from));
        from = end + 1;
    }
    rest_.remove(0, from);
    return from > 0;
}

void RunLog::take(const QByteArray& line) {
    const QJsonObject json = QJsonDocument::fromJson(line).object();
    if (!json.contains(QStringLiteral("step"))) return;
    const auto step = static_cast<qint64>(json[QStringLiteral("step")].toDouble());
    const double wall = json[QStringLiteral("wall_s")].toDouble();
    if (step < now_.step) {  // taken up again from a checkpoint
        forgetFrom(losses_, step);
        forgetFrom(scores_, step);
    }
    now_.step = step;
    now_.epoch = json[QStringLiteral("epoch")].toDouble();
    now_.wallS = wall;
    now_.leftS = json[QStringLiteral("eta_s")].toDouble(-1);
    now_.rate = json[QStringLiteral("lr")].toDouble();
    const double minutes = wall / 60;
    if (const auto loss = json[QStringLiteral("losses")].toObject()[QStringLiteral("total")]; loss.isDouble()) {
        forgetFrom(losses_, step);
        losses_.push_back({step, minutes, loss.toDouble()});
    }
    if (const auto val = json[QStringLiteral("val")].toObject(); !val.isEmpty()) {
        figures_.clear();
        for (auto it = val.begin(); it != val.end(); ++it)
            if (it.value().isDouble()) figures_[it.key()] = it.value().toDouble();
        if (firstFigures_.empty()) firstFigures_ = figures_;
        if (const auto score = figures_.find(QStringLiteral("score")); score != figures_.end()) {
            forgetFrom(scores_, step);
            scores_.push_back({step, minutes, score->second});
        }
    }
    now_.stepsASecond = 0;
    for (auto it = losses_.rbegin(); it != losses_.rend(); ++it) {
        const double passed = wall - it->minutes * 60;
        if (passed > 0) now_.stepsASecond = static_cast<double>(step - it->step) / passed;
        if (passed >= 30) break;
    }
}

double RunLog::best() const {
    double least = std::numeric_limits<double>::quiet_NaN();
    for (const auto& point : scores_)
        if (!(point.value >= least)) least = point.value;
    return least;
}

}  // namespace choreia::ui
