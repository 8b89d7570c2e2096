/// The strip above the 3D picture: named views as chips, the follow switch, and the name of the selected joint.
#pragma once

#include <QWidget>

#include <array>

class QLabel;
class QToolButton;

namespace choreia::ui {

class ViewBar : public QWidget {
    Q_OBJECT
public:
    explicit ViewBar(QWidget* parent = nullptr);

    /// Index of Viewport::Preset that is lit.
    void setPreset(int preset);
    void setFollow(bool follow);
    void setCaption(const QString& text);
    [[nodiscard]] QSize minimumSizeHint() const override;

Q_SIGNALS:
    void presetClicked(int preset);
    void followToggled(bool follow);
    void frameClicked();

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    std::array<QToolButton*, 4> presets_{};
    QWidget* chips_;
    QToolButton *frame_, *follow_;
    QLabel* caption_;
};

}  // namespace choreia::ui
