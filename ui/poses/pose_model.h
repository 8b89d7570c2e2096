/// The kept poses as a list that views show: names, pictures, and the file they lie in.
#pragma once

#include "document/change.h"
#include "io/pose_library.h"

#include <QAbstractListModel>
#include <QImage>

#include <vector>

namespace choreia::ui {

/// Every change is written to the file at once; what cannot be read or written is told by message(), and the list goes on without the file.
class PoseModel final : public QAbstractListModel {
    Q_OBJECT

public:
    static constexpr QSize kPicture{66, 66};  ///< logical pixels

    /// file: empty: nothing is kept. A file that is not there yet is begun with the poses that ship.
    explicit PoseModel(const QString& file, QObject* parent = nullptr);
    /// Reads the file; for when somebody listens to message().
    void load();

    [[nodiscard]] const io::NamedPose& pose(int row) const { return library_.poses[static_cast<std::size_t>(row)]; }
    /// At the end; its row.
    int add(io::NamedPose pose);
    /// The file as it was stays beside it, as "... before removing.json".
    void remove(int row);
    /// Those of the poses that ship whose names are missing, at the end.
    void addStarters();
    /// A name that is not taken: "Pose 3".
    [[nodiscard]] QString freshName() const;
    /// Drawn anew when next asked for, in the theme of then.
    void forgetPictures();

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override { return parent.isValid() ? 0 : static_cast<int>(library_.poses.size()); }
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    bool setData(const QModelIndex& index, const QVariant& value, int role) override;
    [[nodiscard]] Qt::ItemFlags flags(const QModelIndex& index) const override;
    [[nodiscard]] QStringList mimeTypes() const override;
    [[nodiscard]] QMimeData* mimeData(const QModelIndexList& indexes) const override;
    [[nodiscard]] Qt::DropActions supportedDragActions() const override { return Qt::CopyAction; }

Q_SIGNALS:
    void message(const choreia::ui::Message& message);

private:
    void save();
    /// What lies in the file, copied beside it under another ending, so that nothing a person kept is ever lost.
    void backUp(const QString& ending) const;

    QString file_;
    io::PoseLibrary library_;
    bool unread_ = false;  ///< the file is there but could not be read: it is put aside before the first writing
    mutable std::vector<QImage> pictures_;  ///< one a pose; null: not drawn yet
};

/// A pose on an even ground, from the front and a little from its left: RGB, device pixels. About 6 ms.
[[nodiscard]] QImage poseThumbnail(const motion::Pose& pose, QSize size, const QColor& ground);

}  // namespace choreia::ui
