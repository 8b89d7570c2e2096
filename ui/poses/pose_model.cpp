// The list and its file, and how a pose is drawn small.
#include "poses/pose_model.h"

#include "document/laid_pose.h"
#include "motion/kinematics.h"
#include "render/mannequin.h"
#include "style/theme.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>

#include <algorithm>
#include <cmath>

namespace choreia::ui {

namespace {

constexpr int kSharpPoses = 2;   // pixels drawn for one shown
constexpr float kTall = 2.06f;   // m that a picture shows, top to bottom: most poses have one scale
constexpr float kUnder = 0.13f;  // m of these under the floor
constexpr float kAround = 0.11f; // m of flesh about the joints, and air
constexpr float kFingers = 0.20f; // m over the highest joint
constexpr float kFieldOfView = 0.32f;

render::Picture evenGround(QSize size, const QColor& ground) {
    render::Picture picture;
    picture.width = size.width();
    picture.height = size.height();
    picture.rgba.resize(static_cast<std::size_t>(size.width()) * static_cast<std::size_t>(size.height()) * 4);
    const std::uint8_t pixel[4] = {static_cast<std::uint8_t>(ground.red()), static_cast<std::uint8_t>(ground.green()), static_cast<std::uint8_t>(ground.blue()), 255};
    for (std::size_t i = 0; i < picture.rgba.size(); ++i) picture.rgba[i] = pixel[i % 4];
    return picture;
}

}  // namespace

QImage poseThumbnail(const motion::Pose& pose, QSize size, const QColor& ground) {
    std::array<motion::Vec3, motion::kJoints> positions;
    std::array<motion::Quat, motion::kJoints> turns;
    motion::forwardKinematics(motion::Skeleton::body(), pose.root, pose.rotations, positions, turns);
    const motion::Vec3 towards = motion::Vec3(0.42f, 0.12f, 0.9f).normalized(), across = motion::Vec3::UnitY().cross(towards).normalized();
    float left = 1e9f, right = -1e9f, top = 0;
    for (const auto& point : positions) {
        left = std::min(left, across.dot(point));
        right = std::max(right, across.dot(point));
        top = std::max(top, point.y());
    }
    // The figure stands in the middle; one that is larger than the picture is seen from further off, its feet where the others' are.
    const float wide = kTall * static_cast<float>(size.width()) / static_cast<float>(size.height());
    const float scale = std::max({1.0f, (right - left + 2 * kAround) / wide, (top + kFingers) / (kTall - kUnder)});
    render::View view;
    view.fieldOfView = kFieldOfView;
    view.target = across * ((left + right) / 2) + motion::Vec3(0, (kTall / 2 - kUnder) * scale, 0);
    view.eye = view.target + towards * (kTall * scale / 2 / std::tan(kFieldOfView / 2));
    const render::Picture backdrop = evenGround(size, ground);
    render::Picture picture;
    render::MannequinRenderer(size.width(), size.height()).draw(positions, turns, view, picture, &backdrop);
    return QImage(picture.rgba.data(), picture.width, picture.height, 4 * picture.width, QImage::Format_RGBA8888).convertToFormat(QImage::Format_RGB32);
}

PoseModel::PoseModel(const QString& file, QObject* parent) : QAbstractListModel(parent), file_(file) {}

void PoseModel::load() {
    beginResetModel();
    unread_ = false;
    pictures_.clear();
    std::optional<Error> trouble;
    library_ = io::starterPoses();
    if (!file_.isEmpty() && QFileInfo::exists(file_)) {
        auto read = io::readPoseLibrary(file_.toStdString());
        if (read) library_ = std::move(read).value();
        else trouble = read.error();
    }
    unread_ = trouble.has_value();
    endResetModel();
    if (!trouble) return;
    Message told;
    told.kind = Message::Kind::Warning;
    told.title = tr("The kept poses cannot be read.");
    told.advice = tr("%1. The poses that ship are shown instead; the file stays, and is put aside when another pose is kept.").arg(QString::fromStdString(trouble->line()));
    Q_EMIT message(told);
}

void PoseModel::backUp(const QString& ending) const {
    if (file_.isEmpty() || !QFileInfo::exists(file_)) return;
    const QFileInfo info(file_);
    const QString beside = info.dir().filePath(info.completeBaseName() + ending);
    QFile::remove(beside);
    QFile::copy(file_, beside);
}

void PoseModel::save() {
    if (file_.isEmpty()) return;
    if (unread_) backUp(QStringLiteral(" unreadable.json"));
    QDir().mkpath(QFileInfo(file_).path());
    const auto written = io::writePoseLibrary(file_.toStdString(), library_);
    if (written) {
        unread_ = false;
        return;
    }
    Message told;
    told.kind = Message::Kind::Error;
    told.title = tr("The poses cannot be kept.");
    told.advice = tr("%1. They stay on the shelf until the window closes.").arg(QString::fromStdString(written.error().line()));
    Q_EMIT message(told);
}

int PoseModel::add(io::NamedPose pose) {
    const int row = rowCount();
    beginInsertRows({}, row, row);
    library_.poses.push_back(std::move(pose));
    endInsertRows();
    save();
    return row;
}

void PoseModel::remove(int row) {
    if (row < 0 || row >= rowCount()) return;
    backUp(QStringLiteral(" before removing.json"));
    beginRemoveRows({}, row, row);
    library_.poses.erase(library_.poses.begin() + row);
    if (static_cast<std::size_t>(row) < pictures_.size()) pictures_.erase(pictures_.begin() + row);
    endRemoveRows();
    save();
}

void PoseModel::addStarters() {
    std::vector<io::NamedPose> missing;
    for (io::NamedPose& starter : io::starterPoses().poses)
        if (std::none_of(library_.poses.begin(), library_.poses.end(), [&](const io::NamedPose& kept) { return kept.name == starter.name; })) missing.push_back(std::move(starter));
    if (missing.empty()) return;
    beginInsertRows({}, rowCount(), rowCount() + static_cast<int>(missing.size()) - 1);
    for (io::NamedPose& pose : missing) library_.poses.push_back(std::move(pose));
    endInsertRows();
    save();
}

QString PoseModel::freshName() const {
    for (int number = 1;; ++number) {
        const QString name = tr("Pose %1").arg(number);
        if (std::none_of(library_.poses.begin(), library_.poses.end(), [&](const io::NamedPose& kept) { return QString::fromStdString(kept.name) == name; })) return name;
    }
}

void PoseModel::forgetPictures() {
    pictures_.clear();
    if (rowCount() > 0) Q_EMIT dataChanged(index(0), index(rowCount() - 1), {Qt::DecorationRole});
}

QVariant PoseModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || index.row() >= rowCount()) return {};
    const auto row = static_cast<std::size_t>(index.row());
    switch (role) {
    case Qt::DisplayRole:
    case Qt::EditRole:
    case Qt::AccessibleTextRole: return QString::fromStdString(library_.poses[row].name);
    case Qt::ToolTipRole:
        return tr("%1: double-click lays it at the playhead, with Shift mirrored; drag it onto the timeline; F2 renames, Delete removes").arg(QString::fromStdString(library_.poses[row].name));
    case Qt::DecorationRole: {
        if (pictures_.size() < library_.poses.size()) pictures_.resize(library_.poses.size());
        QImage& picture = pictures_[row];
        if (picture.isNull()) picture = poseThumbnail(library_.poses[row].pose, kPicture * kSharpPoses, style::colors().raised);
        return picture;
    }
    default: return {};
    }
}

bool PoseModel::setData(const QModelIndex& index, const QVariant& value, int role) {
    const QString name = value.toString().simplified();
    if (role != Qt::EditRole || !index.isValid() || name.isEmpty()) return false;
    std::string& now = library_.poses[static_cast<std::size_t>(index.row())].name;
    if (name.toStdString() == now) return false;
    now = name.toStdString();
    Q_EMIT dataChanged(index, index, {Qt::DisplayRole, Qt::EditRole});
    save();
    return true;
}

Qt::ItemFlags PoseModel::flags(const QModelIndex& index) const {
    return index.isValid() ? Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemIsEditable | Qt::ItemIsDragEnabled | Qt::ItemNeverHasChildren : Qt::NoItemFlags;
}

QStringList PoseModel::mimeTypes() const { return {QString::fromLatin1(kPoseMime)}; }

QMimeData* PoseModel::mimeData(const QModelIndexList& indexes) const { return indexes.isEmpty() ? nullptr : mimeOf(pose(indexes.front().row())); }

}  // namespace choreia::ui
