// Two columns: what it does, and its keys; then what the mouse does.
#include "window/shortcut_page.h"

#include "style/theme.h"

#include <QAction>
#include <QGridLayout>
#include <QLabel>

namespace choreia::ui {

ShortcutPage::ShortcutPage(const QList<QAction*>& actions, QWidget* parent) : QDialog(parent) {
    setObjectName(QStringLiteral("ShortcutPage"));
    setWindowTitle(tr("Keyboard shortcuts"));
    auto* grid = new QGridLayout(this);
    grid->setContentsMargins(24, 20, 24, 24);
    grid->setHorizontalSpacing(16);
    grid->setVerticalSpacing(6);
    std::vector<std::pair<QString, QString>> rows;
    for (const auto* action : actions) {
        if (action->shortcut().isEmpty()) continue;
        QString text = action->text();
        text.remove(QLatin1Char('&')).remove(QStringLiteral(" ..."));
        rows.emplace_back(text, action->shortcut().toString(QKeySequence::NativeText));
    }
    rows.emplace_back(tr("Scrub"), tr("Drag on the timeline"));
    rows.emplace_back(tr("Zoom to the cursor"), tr("Wheel"));
    rows.emplace_back(tr("Pan"), tr("Shift + wheel, middle drag"));
    rows.emplace_back(tr("Mark the loop"), tr("Shift + drag on the song"));
    rows.emplace_back(tr("Select a part to remake"), tr("Drag on the dance or the bars"));
    rows.emplace_back(tr("Move a key pose"), tr("Drag its diamond"));
    rows.emplace_back(tr("Lay a kept pose on a beat"), tr("Drag it onto the timeline"));
    rows.emplace_back(tr("Beside the beats"), tr("Shift or Alt while dragging"));
    const int half = static_cast<int>((rows.size() + 1) / 2);
    for (int i = 0; i < static_cast<int>(rows.size()); ++i) {
        auto* name = new QLabel(rows[static_cast<std::size_t>(i)].first, this);
        auto* keys = new QLabel(rows[static_cast<std::size_t>(i)].second, this);
        keys->setFont(style::mono(12));
        style::setKind(keys, "dim");
        const int column = i < half ? 0 : 3;
        grid->addWidget(name, i % half, column);
        grid->addWidget(keys, i % half, column + 1);
    }
    grid->setColumnMinimumWidth(2, 24);
}

}  // namespace choreia::ui
