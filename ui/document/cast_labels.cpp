// Names of characters as they are, names of files with a capital.
#include "document/cast_labels.h"

#include "io/models_folder.h"
#include "render/character.h"
#include "render/performer.h"

#include <QCoreApplication>

namespace choreia::ui {

QStringList castLabels() {
    QStringList labels;
    for (const std::string& name : render::castNames(io::modelsOrNone())) {
        const QString shown = QString::fromStdString(name);
        //: %1: name of a dancer that was learned from pictures
        labels << (labels.size() < render::CharacterLook::shippedCount() ? shown : QCoreApplication::translate("Cast", "%1 (learned)").arg(shown.left(1).toUpper() + shown.mid(1)));
    }
    return labels;
}

}  // namespace choreia::ui
