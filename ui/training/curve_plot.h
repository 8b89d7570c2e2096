/// Curves of several runs over minutes of training, with axes that fit them and figures under the mouse.
#pragma once

#include <QColor>
#include <QPointF>
#include <QWidget>

#include <optional>
#include <vector>

namespace choreia::ui {

class CurvePlot final : public QWidget {
    Q_OBJECT

public:
    struct Curve {
        QString name;
        QColor color;
        std::vector<QPointF> points;  ///< minutes, value
        bool marks = false;           ///< a dot on each point
        bool faint = false;           ///< the raw run of a noisy curve, under its mean
    };

    explicit CurvePlot(const QString& title, QWidget* parent = nullptr);
    void setCurves(std::vector<Curve> curves);
    [[nodiscard]] const std::vector<Curve>& curves() const { return curves_; }
    [[nodiscard]] QSize sizeHint() const override { return {560, 190}; }
    [[nodiscard]] QSize minimumSizeHint() const override { return {280, 130}; }

protected:
    void paintEvent(QPaintEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;

private:
    [[nodiscard]] QRectF inside() const;
    void fit();
    void paintAxes(QPainter& painter, const QRectF& area) const;
    void paintReading(QPainter& painter, const QRectF& area) const;
    [[nodiscard]] QPointF place(const QRectF& area, QPointF point) const;

    QString title_;
    std::vector<Curve> curves_;
    QRectF range_{0, 0, 1, 1};  ///< of the data, y upward
    std::optional<double> mouse_;
};

/// Steps of 1, 2 or 5 times a power of ten, about count of them from low to high.
[[nodiscard]] std::vector<double> niceTicks(double low, double high, int count);
/// A running mean whose memory is a share of the curve's length: for curves drawn over their own noise.
[[nodiscard]] std::vector<QPointF> smoothed(const std::vector<QPointF>& points);

}  // namespace choreia::ui
