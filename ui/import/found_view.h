/// A picture of a video with the landmarks found in it, how sure they are, and the part of the picture that is looked at.
#pragma once

#include "seeing/watch.h"

#include <QImage>
#include <QWidget>

#include <optional>

namespace choreia::ui {

/// A picture as it comes from the worker: cheap to copy.
struct FoundPicture {
    QImage picture;
    std::optional<seeing::FoundPose> pose;  ///< places in pixels of the picture
    double seconds = 0;
};

class FoundView final : public QWidget {
    Q_OBJECT

public:
    explicit FoundView(QWidget* parent = nullptr);

    void show(const FoundPicture& found);
    /// What stands there while there is no picture.
    void clear(const QString& words, const QString& advice);
    [[nodiscard]] const FoundPicture& found() const { return found_; }
    [[nodiscard]] const seeing::PictureRegion& region() const { return region_; }
    void setRegion(const seeing::PictureRegion& region);
    /// Whether a part may be chosen by dragging over the picture.
    void setChoosing(bool on);
    /// Where the picture lies in the widget.
    [[nodiscard]] QRectF pictureArea() const;
    [[nodiscard]] QSize sizeHint() const override { return {640, 400}; }
    [[nodiscard]] QSize minimumSizeHint() const override { return {320, 220}; }

Q_SIGNALS:
    void regionChanged();

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;

private:
    void paintPose(QPainter& painter, const QRectF& area) const;
    void paintSureness(QPainter& painter, const QRectF& area) const;
    void paintRegion(QPainter& painter, const QRectF& area) const;

    FoundPicture found_;
    QString words_, advice_;
    seeing::PictureRegion region_, before_;
    std::optional<QPointF> pressed_;
    bool choosing_ = false;
};

}  // namespace choreia::ui
