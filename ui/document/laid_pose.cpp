// Drag data and placing.
#include "document/laid_pose.h"

#include "core/units.h"

#include <QMimeData>

#include <algorithm>

namespace choreia::ui {

QMimeData* mimeOf(const io::NamedPose& pose) {
    auto* data = new QMimeData;
    data->setData(QLatin1String(kPoseMime), QByteArray::fromStdString(io::toJson({{pose}})));
    return data;
}

std::optional<io::NamedPose> poseIn(const QMimeData& data) {
    if (!data.hasFormat(QLatin1String(kPoseMime))) return {};
    const auto read = io::parsePoseLibrary(data.data(QLatin1String(kPoseMime)).toStdString(), "drag");
    if (!read || read->poses.empty()) return {};
    return read->poses.front();
}

bool layPose(Document& document, double seconds, const io::NamedPose& pose, bool mirrored) {
    const QString name = QString::fromStdString(pose.name);
    const QString text = mirrored ? Document::tr("Lay \"%1\" mirrored").arg(name) : Document::tr("Lay \"%1\"").arg(name);
    motion::Pose laid = mirrored ? motion::mirroredInPlace(pose.pose) : pose.pose;
    const auto dance = document.dance();
    if (dance && dance->dance.clip.frames() > 0) {
        const motion::Clip& clip = dance->dance.clip;
        const auto frame = std::clamp<std::int64_t>(nearestFrame({seconds}, clip.fps).value, 0, static_cast<std::int64_t>(clip.frames()) - 1);
        laid = motion::placedAs(laid, motion::poseAt(clip, static_cast<std::size_t>(frame)));
    }
    return document.requestPose(seconds, laid, text);  // says what is missing where there is no dance
}

}  // namespace choreia::ui
