/// A choice shown as chips that flow over as many rows as the width needs.
#pragma once

#include <QButtonGroup>
#include <QWidget>

#include <vector>

class QPushButton;

namespace choreia::ui {

class ChipRow final : public QWidget {
    Q_OBJECT

public:
    explicit ChipRow(QWidget* parent = nullptr);

    /// keys: what chosen() gives; texts: what is shown.
    void setChoices(const std::vector<QString>& keys, const std::vector<QString>& texts);
    /// Shows a choice without announcing it; a key that is not there is added, so that nothing chosen is hidden.
    void setCurrent(const QString& key);

    [[nodiscard]] bool hasHeightForWidth() const override { return true; }
    [[nodiscard]] int heightForWidth(int width) const override { return arrange(width, false); }
    [[nodiscard]] QSize sizeHint() const override { return {width(), arrange(width(), false)}; }

Q_SIGNALS:
    void chosen(const QString& key);

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void add(const QString& key, const QString& text);
    int arrange(int width, bool place) const;

    QButtonGroup group_;
    std::vector<QPushButton*> chips_;
};

}  // namespace choreia::ui
