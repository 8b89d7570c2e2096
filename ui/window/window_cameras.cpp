// Four views of the stage that a person keeps and comes back to.
#include "viewport/viewport.h"
#include "window/main_window.h"
#include "window/notice_bar.h"
#include "window/stage_panel.h"

#include <QAction>
#include <QMenu>
#include <QSettings>

#include <algorithm>
#include <array>
#include <cmath>

namespace choreia::ui {

namespace {

QString keyOfView(std::size_t place) { return QStringLiteral("cameras/%1").arg(place + 1); }

std::optional<io::Camera> cameraFrom(const QVariantList& values) {
    if (values.size() != 6) return {};
    io::Camera camera;
    std::array<double, 6> number{};
    for (int i = 0; i < 6; ++i) {
        number[static_cast<std::size_t>(i)] = values[i].toDouble();
        if (!std::isfinite(number[static_cast<std::size_t>(i)])) return {};
    }
    camera.yaw = number[0], camera.pitch = number[1], camera.distance = std::clamp(number[2], 0.2, 100.0);
    camera.target = {static_cast<float>(number[3]), static_cast<float>(number[4]), static_cast<float>(number[5])};
    return camera;
}

QVariantList listOf(const io::Camera& camera) {
    return {camera.yaw, camera.pitch, camera.distance, static_cast<double>(camera.target.x()), static_cast<double>(camera.target.y()), static_cast<double>(camera.target.z())};
}

}  // namespace

void MainWindow::buildCameraViews(QMenu* menu) {
    menu->addSeparator();
    std::array<QAction*, kCameraViews> go{};
    for (std::size_t i = 0; i < kCameraViews; ++i) {
        if (services_.remember) cameraViews_[i] = cameraFrom(QSettings().value(keyOfView(i)).toList());
        go[i] = add(menu, tr("View %1").arg(i + 1), QStringLiteral("cameraView%1Action").arg(i + 1), QKeySequence(Qt::ALT | static_cast<Qt::Key>(Qt::Key_1 + static_cast<int>(i))), [this, i] {
            if (!cameraViews_[i]) return;
            stage_->viewport().setCamera(*cameraViews_[i]);
            document_.setCamera(*cameraViews_[i]);
        });
        go[i]->setEnabled(cameraViews_[i].has_value());
        go[i]->setToolTip(tr("A view of the stage that was kept"));
    }
    for (std::size_t i = 0; i < kCameraViews; ++i)
        add(menu, tr("Keep this as view %1").arg(i + 1), QStringLiteral("keepCameraView%1Action").arg(i + 1),
            QKeySequence(Qt::ALT | Qt::SHIFT | static_cast<Qt::Key>(Qt::Key_1 + static_cast<int>(i))), [this, i, action = go[i]] {
                cameraViews_[i] = stage_->viewport().camera();
                action->setEnabled(true);
                if (services_.remember) QSettings().setValue(keyOfView(i), listOf(*cameraViews_[i]));
                stage_->notice().show({Message::Kind::Info, tr("View %1 is kept.").arg(i + 1), tr("Alt+%1 comes back to it.").arg(i + 1)});
            });
}

}  // namespace choreia::ui
