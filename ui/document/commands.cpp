// How each command sets the document, and the signal it gives.
#include "document/commands.h"

#include <QCoreApplication>

namespace choreia::ui {

GridCommand::GridCommand(Document& document, audio::BeatGrid grid, const QString& text, int mergeKey)
    : QUndoCommand(text), document_(document), before_(document.state_.grid), after_(std::move(grid)),
      editedBefore_(document.state_.gridEdited), mergeKey_(mergeKey) {}

void GridCommand::undo() { set(before_, editedBefore_); }
void GridCommand::redo() { set(after_, true); }

bool GridCommand::mergeWith(const QUndoCommand* other) {
    after_ = static_cast<const GridCommand*>(other)->after_;
    setObsolete(sameGrid(before_, after_) && editedBefore_);
    return true;
}

void GridCommand::set(const audio::BeatGrid& grid, bool edited) {
    document_.state_.grid = grid;
    document_.state_.gridEdited = edited;
    document_.tell(Aspect::Grid);
}

LockCommand::LockCommand(Document& document, bool locked)
    : QUndoCommand(locked ? QCoreApplication::translate("Document", "Lock beats") : QCoreApplication::translate("Document", "Unlock beats")),
      document_(document), locked_(locked) {}

void LockCommand::set(bool locked) {
    document_.state_.grid.locked = locked;
    document_.tell(Aspect::Grid);
}

SettingsCommand::SettingsCommand(Document& document, io::GenerateSettings settings, const QString& text, int mergeKey)
    : QUndoCommand(text), document_(document), before_(document.state_.settings), after_(std::move(settings)), mergeKey_(mergeKey) {}

void SettingsCommand::undo() { set(before_); }
void SettingsCommand::redo() { set(after_); }

void SettingsCommand::set(const io::GenerateSettings& settings) {
    document_.state_.settings = settings;
    document_.tell(Aspect::Settings);
}

bool SettingsCommand::mergeWith(const QUndoCommand* other) {
    const auto* next = static_cast<const SettingsCommand*>(other);
    after_ = next->after_;
    setObsolete(after_ == before_);
    return true;
}

DanceCommand::DanceCommand(Document& document, DanceId id, std::shared_ptr<const DanceSnapshot> after, const QString& text)
    : QUndoCommand(text), document_(document), id_(id), after_(std::move(after)) {
    for (const auto& entry : document.state_.dances)
        if (entry.id == id) before_ = entry.snapshot;
}

KeysCommand::KeysCommand(Document& document, DanceId id, std::vector<io::KeyPose> after, const QString& text)
    : QUndoCommand(text), document_(document), id_(id), after_(std::move(after)) {
    for (const auto& entry : document.state_.dances)
        if (entry.id == id) before_ = entry.snapshot->dance.keys;
}

DancersCommand::DancersCommand(Document& document, std::vector<std::pair<DanceId, Identity>> after, const QString& text)
    : QUndoCommand(text), document_(document), after_(std::move(after)) {
    for (const auto& [id, identity] : after_)
        if (const auto now = document.dance(id)) before_.push_back({id, {now->dance.name, now->dance.place}});
}

void DancersCommand::set(const std::vector<std::pair<DanceId, Identity>>& identities) {
    for (const auto& [id, identity] : identities) document_.setIdentity(id, identity.name, identity.place);
    document_.tell(Aspect::Dances, identities.size() == 1 ? identities.front().first : DanceId{});
}

}  // namespace choreia::ui
