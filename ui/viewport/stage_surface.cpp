// Asks the display by making contexts that are thrown away again.
#include "viewport/stage_surface.h"

#include <QCoreApplication>
#include <QGuiApplication>
#include <QOffscreenSurface>
#include <QOpenGLContext>
#include <QOpenGLFunctions>

namespace choreia::ui {

bool drawnBySoftware() {
    static const bool software = [] {
        QOffscreenSurface surface;
        surface.create();
        QOpenGLContext context;
        if (!context.create() || !context.makeCurrent(&surface)) return false;
        const QByteArray renderer(reinterpret_cast<const char*>(context.functions()->glGetString(GL_RENDERER)));
        context.doneCurrent();
        return renderer.contains("llvmpipe") || renderer.contains("softpipe") || renderer.contains("SWR") || renderer.contains("Software");
    }();
    return software;
}

QSurfaceFormat stageFormat(bool smooth) {
    QSurfaceFormat format;
    format.setRenderableType(QSurfaceFormat::OpenGL);
    format.setVersion(3, 3);
    format.setProfile(QSurfaceFormat::CoreProfile);
    format.setDepthBufferSize(24);
    format.setStencilBufferSize(8);
    format.setSamples(smooth ? 4 : 0);
    return format;
}

QString stageObstacle() {
    const QString platform = QGuiApplication::platformName();
    if (platform == QLatin1String("offscreen") || platform == QLatin1String("minimal"))
        return QCoreApplication::translate("choreia::ui::Viewport", "The 3D view needs a display (this is the %1 platform).").arg(platform);
    QOpenGLContext context;
    context.setFormat(stageFormat(false));
    if (!context.create() || context.format().version() < qMakePair(3, 3))
        return QCoreApplication::translate("choreia::ui::Viewport", "The 3D view needs OpenGL 3.3. Installing libgl1-mesa-dri gives it by software.");
    return {};
}

}  // namespace choreia::ui
