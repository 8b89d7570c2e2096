// Two columns: what it does, and its keys; then what the mouse does.
#include "window/shortcut_page.h"

#include "style/theme.h"

#include <QAction>
#include <QGridLayout>
#include <QLabel>
#include <QScreen>
#include <QScrollArea>
#include <QScrollBar>
#include <QVBoxLayout>

#include <algorithm>

namespace choreia::ui {

ShortcutPage::ShortcutPage(const QList<QAction*>& actions, QWidget* parent) : QDialog(parent) {
    setObjectName(QStringLiteral("ShortcutPage"));
    setWindowTitle(tr("Keyboard shortcuts"));
    // As high as the screen allows; what is beyond is scrolled to.
    auto* area = new QScrollArea(this);
    auto* page = new QWidget(area);
    auto* grid = new QGridLayout(page);
    grid->setContentsMargins(24, 20, 24, 24);
    grid->setHorizontalSpacing(16);
    grid->setVerticalSpacing(3);
    std::vector<std::pair<QString, QString>> rows;
    for (const auto* action : actions) {
        if (action->shortcut().isEmpty() || action->property("unlisted").toBool()) continue;  // of a row of numbers one line says it all
        QString text = action->text();
        text.remove(QLatin1Char('&')).remove(QStringLiteral(" ..."));
        rows.emplace_back(text, action->shortcut().toString(QKeySequence::NativeText));
    }
    rows.emplace_back(tr("Scrub"), tr("Drag on the timeline"));
    rows.emplace_back(tr("Zoom to the cursor"), tr("Wheel"));
    rows.emplace_back(tr("Pan"), tr("Shift + wheel, middle drag"));
    rows.emplace_back(tr("Mark the loop"), tr("Shift + drag on the song"));
    rows.emplace_back(tr("Select a part to remake"), tr("Drag on the dance or the bars"));
    rows.emplace_back(tr("One block more, or up to it"), tr("Ctrl or Shift + click"));
    rows.emplace_back(tr("Move the key poses in hand"), tr("Drag one of them"));
    rows.emplace_back(tr("One key pose more, or less"), tr("Ctrl or Shift + click"));
    rows.emplace_back(tr("Choose key poses"), tr("Drag beside them"));
    rows.emplace_back(tr("Move a marker, rename it"), tr("Drag its flag; double click, Enter"));
    rows.emplace_back(tr("Go to a time, a bar"), tr("Click the figures; Enter, Esc"));
    rows.emplace_back(tr("Lay a kept pose on a beat"), tr("Drag it onto the timeline"));
    rows.emplace_back(tr("Choose a dancer"), tr("1 to 8, or click"));
    rows.emplace_back(tr("Move or turn the dancer"), tr("Drag the floor ring, its arrow"));
    rows.emplace_back(tr("Turn or draw the joint along an axis"), tr("Drag a ring or an arrow"));
    rows.emplace_back(tr("Choose several joints"), tr("Ctrl + click, Ctrl + drag a box"));
    rows.emplace_back(tr("Add joints to them"), tr("Ctrl + Shift + drag a box"));
    rows.emplace_back(tr("Plant a foot, free it"), tr("Drag in its lane; click a bar"));
    rows.emplace_back(tr("Trim a block"), tr("Drag its beginning"));
    rows.emplace_back(tr("Cross-fade two blocks"), tr("Drag the foot of their seam"));
    rows.emplace_back(tr("How far a key pose blends"), tr("Drag the ends of its fade"));
    rows.emplace_back(tr("Without snapping"), tr("Shift or Alt while dragging"));
    const int half = static_cast<int>((rows.size() + 1) / 2);
    for (int i = 0; i < static_cast<int>(rows.size()); ++i) {
        auto* name = new QLabel(rows[static_cast<std::size_t>(i)].first, page);
        auto* keys = new QLabel(rows[static_cast<std::size_t>(i)].second, page);
        keys->setFont(style::mono(12));
        style::setKind(keys, "dim");
        const int column = i < half ? 0 : 3;
        grid->addWidget(name, i % half, column);
        grid->addWidget(keys, i % half, column + 1);
    }
    grid->setColumnMinimumWidth(2, 24);
    area->setWidget(page);
    area->setFrameShape(QFrame::NoFrame);
    area->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(area);
    constexpr int kFrame = 80;  // pixels that the screen's panels and the title take
    const QSize all = page->sizeHint();
    const int room = screen() ? screen()->availableGeometry().height() - kFrame : all.height();
    const int bar = all.height() > room ? area->verticalScrollBar()->sizeHint().width() : 0;
    resize(all.width() + bar, std::min(all.height(), room));
    setMinimumWidth(all.width() + bar);
}

}  // namespace choreia::ui
