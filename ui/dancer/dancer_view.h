/// The dancer beside the stage: what the audience will see, drawn by a worker and dropped when late.
#pragma once

#include "dancer/picture_worker.h"
#include "document/document.h"

#include <QElapsedTimer>
#include <QImage>
#include <QWidget>

namespace choreia::ui {

class DancerView final : public QWidget {
    Q_OBJECT

public:
    explicit DancerView(Document& document, QWidget* parent = nullptr);

    /// Shows the dance at a time of the song.
    void showTime(double seconds);
    [[nodiscard]] const QImage& picture() const { return picture_; }
    [[nodiscard]] QSize sizeHint() const override { return {560, 400}; }
    [[nodiscard]] QSize minimumSizeHint() const override { return {240, 180}; }

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void ask();
    void arrived(const QImage& picture);
    void paintPill(QPainter& painter, const QString& text, bool right, const QColor& color) const;
    [[nodiscard]] QRectF frame() const;

    Document& document_;
    PictureWorker worker_;
    QImage picture_;
    double seconds_ = 0, rate_ = 0;
    std::size_t shownFrame_ = 0;
    int arrivals_ = 0;
    QElapsedTimer window_;  ///< over which the rate is counted
};

}  // namespace choreia::ui
