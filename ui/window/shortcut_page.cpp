// A block for each menu, then what the mouse does; as many columns as look well, and a field that leaves only what is looked for.
#include "window/shortcut_page.h"

#include "style/theme.h"

#include <QAction>
#include <QGridLayout>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QMenuBar>
#include <QScreen>
#include <QScrollArea>
#include <QScrollBar>
#include <QVBoxLayout>

#include <algorithm>

namespace choreia::ui {

namespace {

constexpr std::size_t kColumns = 3;
constexpr std::size_t kHeading = 2;  // rows that a block's heading takes

/// The title of the menu of the menu bar under which an action is found; empty: none.
QString menuOf(const QAction* action) {
    for (auto* owner : action->associatedObjects()) {
        const auto* menu = qobject_cast<QMenu*>(owner);
        if (!menu) continue;
        for (auto* above : menu->menuAction()->associatedObjects())
            if (qobject_cast<QMenuBar*>(above)) return menu->title().remove(QLatin1Char('&'));
        if (QString further = menuOf(menu->menuAction()); !further.isEmpty()) return further;
    }
    return {};
}

}  // namespace

struct ShortcutPage::Block {
    QString title;
    std::vector<std::pair<QString, QString>> rows;  ///< what it does; its keys
    QWidget* shown = nullptr;
    std::vector<std::pair<QLabel*, QLabel*>> labels;
};

std::vector<ShortcutPage::Block> ShortcutPage::blocksOf(const QList<QAction*>& actions) const {
    std::vector<Block> blocks;
    for (const auto* action : actions) {
        if (action->shortcut().isEmpty() || action->property("unlisted").toBool()) continue;  // of a row of numbers one line says it all
        QString text = action->text();
        text.remove(QLatin1Char('&')).remove(QStringLiteral(" ..."));
        QString title = menuOf(action);
        if (title.isEmpty()) title = tr("Playing");
        auto block = std::find_if(blocks.begin(), blocks.end(), [&](const Block& b) { return b.title == title; });
        if (block == blocks.end()) block = blocks.insert(blocks.end(), Block{title, {}, nullptr, {}});
        block->rows.emplace_back(text, action->shortcut().toString(QKeySequence::NativeText));
    }
    blocks.push_back({tr("With the mouse"),
        {
            {tr("Scrub"), tr("Drag on the timeline")},
            {tr("Zoom to the cursor"), tr("Wheel")},
            {tr("Pan"), tr("Shift + wheel, middle drag")},
            {tr("Mark the loop"), tr("Shift + drag on the song")},
            {tr("Make the loop longer, shorter"), tr("Drag its ends on the song")},
            {tr("Select a part to remake"), tr("Drag on the dance or the bars")},
            {tr("One block more, or up to it"), tr("Ctrl or Shift + click")},
            {tr("Move the key poses in hand"), tr("Drag one of them")},
            {tr("One key pose more, or less"), tr("Ctrl or Shift + click")},
            {tr("Choose key poses"), tr("Drag beside them")},
            {tr("Move a marker, rename it"), tr("Drag its flag; double click, Enter")},
            {tr("Go to a time, a bar"), tr("Click the figures; Enter, Esc")},
            {tr("Lay a kept pose on a beat"), tr("Drag it onto the timeline")},
            {tr("Choose a dancer"), tr("1 to 8, or click")},
            {tr("Move or turn the dancer"), tr("Drag the floor ring, its arrow")},
            {tr("Turn or draw the joint along an axis"), tr("Drag a ring or an arrow")},
            {tr("Choose several joints"), tr("Ctrl + click, Ctrl + drag a box")},
            {tr("Add joints to them"), tr("Ctrl + Shift + drag a box")},
            {tr("Plant a foot, free it"), tr("Drag in its lane; click a bar")},
            {tr("Trim a block"), tr("Drag its beginning")},
            {tr("Cross-fade two blocks"), tr("Drag the foot of their seam")},
            {tr("How far a key pose blends"), tr("Drag the ends of its fade")},
            {tr("Without snapping"), tr("Shift or Alt while dragging")},
        },
        nullptr,
        {}});
    return blocks;
}

ShortcutPage::ShortcutPage(const QList<QAction*>& actions, QWidget* parent) : QDialog(parent), blocks_(blocksOf(actions)) {
    setObjectName(QStringLiteral("ShortcutPage"));
    setWindowTitle(tr("Keyboard shortcuts"));
    auto* find = new QLineEdit(this);
    find->setObjectName(QStringLiteral("findShortcut"));
    find->setAccessibleName(tr("Find a shortcut"));
    find->setPlaceholderText(tr("Find what it does, or its keys"));
    find->setClearButtonEnabled(true);
    connect(find, &QLineEdit::textChanged, this, &ShortcutPage::showOnly);

    // As high as the screen allows; what is beyond is scrolled to.
    auto* area = new QScrollArea(this);
    auto* page = new QWidget(area);
    auto* across = new QHBoxLayout(page);
    across->setContentsMargins(24, 4, 24, 24);
    across->setSpacing(40);
    std::size_t all = 0;
    for (const Block& block : blocks_) all += block.rows.size() + kHeading;
    QVBoxLayout* down = nullptr;
    std::size_t placed = 0, columns = 0;
    for (Block& block : blocks_) {
        // A block goes to the next column where more than half of it would lie beyond its share of the rows.
        if (!down || (columns < kColumns && placed + (block.rows.size() + kHeading) / 2 > columns * all / kColumns)) {
            down = new QVBoxLayout;
            down->setAlignment(Qt::AlignTop);
            down->setSpacing(18);
            across->addLayout(down);
            ++columns;
        }
        placed += block.rows.size() + kHeading;
        down->addWidget(made(block, page));
    }
    area->setWidget(page);
    area->setWidgetResizable(true);
    area->setFrameShape(QFrame::NoFrame);
    area->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 16, 0, 0);
    auto* top = new QHBoxLayout;
    top->setContentsMargins(24, 0, 24, 0);
    top->addWidget(find);
    column->addLayout(top);
    column->addWidget(area);
    constexpr int kFrame = 80;  // pixels that the screen's panels and the title take
    const QSize size = page->sizeHint() + QSize(0, find->sizeHint().height() + 24);
    const int room = screen() ? screen()->availableGeometry().height() - kFrame : size.height();
    const int bar = size.height() > room ? area->verticalScrollBar()->sizeHint().width() : 0;
    resize(size.width() + bar, std::min(size.height(), room));
    setMinimumWidth(size.width() + bar);
}

ShortcutPage::~ShortcutPage() = default;

QWidget* ShortcutPage::made(Block& block, QWidget* page) const {
    block.shown = new QWidget(page);
    auto* grid = new QGridLayout(block.shown);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setHorizontalSpacing(16);
    grid->setVerticalSpacing(3);
    auto* heading = new QLabel(block.title.toUpper(), block.shown);
    heading->setFont(style::heading());
    style::setKind(heading, "heading");
    grid->addWidget(heading, 0, 0, 1, 2);
    for (const auto& [what, keys] : block.rows) {
        auto* name = new QLabel(what, block.shown);
        auto* key = new QLabel(keys, block.shown);
        key->setFont(style::mono(12));
        style::setKind(key, "dim");
        const int row = grid->rowCount();
        grid->addWidget(name, row, 0);
        grid->addWidget(key, row, 1, Qt::AlignRight);
        block.labels.emplace_back(name, key);
    }
    grid->setColumnStretch(0, 1);
    return block.shown;
}

void ShortcutPage::showOnly(const QString& text) {
    for (Block& block : blocks_) {
        bool any = false;
        for (const auto& [name, key] : block.labels) {
            const bool found = text.isEmpty() || name->text().contains(text, Qt::CaseInsensitive) || key->text().contains(text, Qt::CaseInsensitive);
            name->setVisible(found);
            key->setVisible(found);
            any = any || found;
        }
        block.shown->setVisible(any);
    }
}

}  // namespace choreia::ui
