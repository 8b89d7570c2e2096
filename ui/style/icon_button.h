/// A round or plain button with a drawn symbol: crisp at any scale, in the palette's colours.
#pragma once

#include <QAbstractButton>

namespace choreia::ui::style {

enum class Icon { Play, Pause, ToStart, ToEnd, BeatBack, BeatForward, Close, Speaker, Muted };

class IconButton final : public QAbstractButton {
    Q_OBJECT

public:
    explicit IconButton(Icon icon, QWidget* parent = nullptr);
    void setIcon(Icon icon);
    [[nodiscard]] Icon symbol() const { return icon_; }
    /// A filled disc in the accent colour: the one main control.
    void setProminent(bool prominent);
    [[nodiscard]] QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;
    void enterEvent(QEnterEvent* event) override;
    void leaveEvent(QEvent* event) override;

private:
    Icon icon_;
    bool prominent_ = false;
};

}  // namespace choreia::ui::style
