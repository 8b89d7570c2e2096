/// What a training has written so far: the lines of MODEL.log.jsonl, read as the file grows.
#pragma once

#include <QByteArray>
#include <QPointF>
#include <QString>

#include <map>
#include <vector>

namespace choreia::ui {

/// Curves over minutes of training. A last line that is not yet whole waits for its rest; a file that has become shorter is read anew;
/// a run taken up from its checkpoint tells some steps twice: the later word counts.
class RunLog {
public:
    struct Point {
        qint64 step = 0;
        double minutes = 0, value = 0;
    };
    /// Where the training stands: its last line.
    struct Now {
        qint64 step = 0;
        double epoch = 0, wallS = 0, leftS = -1, rate = 0;
        double stepsASecond = 0;  ///< over the last half minute of training; 0 where unknown
    };

    explicit RunLog(QString path = {}) : path_(std::move(path)) {}

    /// Reads what is new; true where something was.
    bool update();
    [[nodiscard]] const QString& path() const { return path_; }
    [[nodiscard]] const std::vector<Point>& losses() const { return losses_; }
    /// The figure that decides which weights are kept, lower is better.
    [[nodiscard]] const std::vector<Point>& scores() const { return scores_; }
    [[nodiscard]] const Now& now() const { return now_; }
    /// The figures of the last validation, by name.
    [[nodiscard]] const std::map<QString, double>& figures() const { return figures_; }
    /// The same of the first one: of a fine-tuning, what it began from.
    [[nodiscard]] const std::map<QString, double>& firstFigures() const { return firstFigures_; }
    /// The best score so far; nan where none.
    [[nodiscard]] double best() const;

private:
    void take(const QByteArray& line);
    void clear();

    QString path_;
    qint64 read_ = 0;
    QByteArray rest_;
    std::vector<Point> losses_, scores_;
    std::map<QString, double> figures_, firstFigures_;
    Now now_;
};

}  // namespace choreia::ui
