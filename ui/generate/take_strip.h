/// Takes to choose from by looking: a row a take, with poses from its start to its end, drawn in a worker.
#pragma once

#include "document/document.h"

#include <QAbstractButton>
#include <QImage>
#include <QWidget>

#include <vector>

namespace choreia::ui {

/// Poses of a dance side by side on the stage's ground. For a worker; about 15 ms.
[[nodiscard]] Result<QImage> poseStrip(const DanceSnapshot& dance, QSize size, std::stop_token stop);

class TakeButton final : public QAbstractButton {
    Q_OBJECT

public:
    TakeButton(int number, QWidget* parent);
    void setPicture(const QImage& picture);
    [[nodiscard]] bool hasPicture() const { return !picture_.isNull(); }
    [[nodiscard]] QSize sizeHint() const override { return {232, kHeight}; }
    [[nodiscard]] QSize minimumSizeHint() const override { return {160, kHeight}; }
    static constexpr int kHeight = 48;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QImage picture_;
    int number_;
};

/// Hidden where there is nothing to choose.
class TakeStrip final : public QWidget {
    Q_OBJECT

public:
    explicit TakeStrip(Document& document, QWidget* parent = nullptr);

private:
    void follow(const Change& change);
    void draw();

    Document& document_;
    JobRunner pictures_;
    std::vector<TakeButton*> buttons_;
};

}  // namespace choreia::ui
