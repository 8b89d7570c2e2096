/// The dancer beside the stage: what the audience will see, drawn by a worker and dropped when late.
#pragma once

#include "dancer/picture_worker.h"
#include "document/document.h"

#include <QElapsedTimer>
#include <QImage>
#include <QWidget>

class QAction;
class QActionGroup;
class QPushButton;

namespace choreia::ui {

class DancerView final : public QWidget {
    Q_OBJECT

public:
    explicit DancerView(Document& document, QWidget* parent = nullptr);

    /// Who dances: place in render::castNames of the installed models.
    void setLook(int look);
    [[nodiscard]] int look() const { return look_; }
    /// Whether all dancers of the project are in the picture, or the chosen one alone.
    void showEverybody(bool everybody);
    /// Shows the dance at a time of the song.
    void showTime(double seconds);
    /// What is in hand of the chosen dancer, before it is the dance's; nothing: as is danced. The camera stays as it is for the dance.
    void showInHand(const std::optional<motion::Pose>& pose, const std::optional<motion::StagePlace>& place);
    [[nodiscard]] const QImage& picture() const { return picture_; }
    /// Whether the picture is of what was shown last: no later one is on its way.
    [[nodiscard]] bool upToDate() const { return !due_ && worker_.done(); }
    [[nodiscard]] QSize sizeHint() const override { return {560, 400}; }
    [[nodiscard]] QSize minimumSizeHint() const override { return {240, 180}; }

Q_SIGNALS:
    /// By hand, from the menu.
    void lookChosen(int look);
    /// A learned dancer's weights cannot be used.
    void refused(const QString& why);

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void showEvent(QShowEvent* event) override;

private:
    void ask();
    void makeMenu();
    void placeMenu();
    void arrived(const QImage& picture);
    void paintPill(QPainter& painter, const QString& text, bool right, const QColor& color) const;
    [[nodiscard]] QRectF frame() const;

    Document& document_;
    PictureWorker worker_;
    QImage picture_;
    double seconds_ = 0, rate_ = 0;
    int arrivals_ = 0, look_ = 0;
    bool everybody_ = true;
    bool due_ = false;  ///< ask() is on its way
    std::optional<motion::Pose> pose_;          ///< in hand
    std::optional<motion::StagePlace> place_;
    QPushButton* looks_ = nullptr;  ///< opens the menu of dancers
    QActionGroup* cast_ = nullptr;  ///< its actions, in the order of render::castNames
    QAction* together_ = nullptr;
    QElapsedTimer window_;  ///< over which the rate is counted
};

}  // namespace choreia::ui
