/// A few seconds of dance from the newest weights, going round and round: lines and a head, seen from the front.
#pragma once

#include "motion/clip.h"

#include <QTimer>
#include <QWidget>

namespace choreia::ui {

class PreviewView final : public QWidget {
    Q_OBJECT

public:
    explicit PreviewView(QWidget* parent = nullptr);
    /// caption: which weights these are.
    void setClip(const motion::Clip& clip, const QString& caption);
    void clear(const QString& caption);
    [[nodiscard]] bool dancing() const { return positions_.frames() > 0; }
    [[nodiscard]] QSize sizeHint() const override { return {200, 240}; }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    motion::Positions positions_{};
    double fps_ = 60;
    std::size_t frame_ = 0;
    QString caption_;
    QTimer timer_;
};

}  // namespace choreia::ui
