// Edits, and the jobs whose results become state only while their request still counts.
#include "document/document.h"

#include "document/commands.h"
#include "io/project.h"
#include "motion/skeleton.h"

#include <QFileInfo>

#include <algorithm>

namespace choreia::ui {

Message messageOf(Task task, const QString& title, const Error& error) {
    QString advice = QString::fromStdString(error.line()) + QLatin1Char('\n');
    switch (task) {
    case Task::Open:
        advice += Document::tr("Your open project is unchanged. Choose another file: a song (mp3, ogg, opus, flac, wav, m4a), a video with sound, "
                               "or a .choreia project.");
        break;
    case Task::Save: advice += Document::tr("Your work is still here, unchanged. Choose another place with File > Save as."); break;
    case Task::Generate:
        advice += error.kind == ErrorKind::BadInput
                      ? Document::tr("Your project is unchanged. Put the weights into the folder models beside the program, then generate again.")
                      : Document::tr("Your project is unchanged. Try another style or seed.");
        break;
    }
    return {Message::Kind::Error, title, advice};
}

Document::Document(Generator generator, QObject* parent)
    : QObject(parent), generate_(std::move(generator)), joint_(motion::RightWrist) {
    qRegisterMetaType<Change>();
    qRegisterMetaType<Message>();
    connect(&undo_, &QUndoStack::cleanChanged, this, [this] { tell(Aspect::Name); });
    connect(&generating_, &JobRunner::finished, this, &Document::beginNext);
}

Document::~Document() {
    // The stack reports itself clean while it goes; nobody may hear of a document that is half gone.
    undo_.blockSignals(true);
    undo_.disconnect(this);
}

std::shared_ptr<const DanceSnapshot> Document::dance() const { return dance(chosen_); }

QString Document::title() const {
    if (!path_.isEmpty()) return QFileInfo(path_).fileName();
    if (hasSong()) return QFileInfo(QString::fromStdString(state_.songPath)).completeBaseName() + QStringLiteral(".choreia");
    return tr("Untitled.choreia");
}

bool Document::requestGrid(const audio::BeatGrid& grid, const QString& text, int mergeKey) {
    if (state_.grid.locked) {
        Q_EMIT message({Message::Kind::Info, tr("The beats are locked."), tr("Press Lock in the beat bar to edit them.")});
        return false;
    }
    if (sameGrid(grid, state_.grid)) return false;
    undo_.push(new GridCommand(*this, grid, text, mergeKey));
    return true;
}

bool Document::requestGridLock(bool locked) {
    if (locked == state_.grid.locked) return false;
    undo_.push(new LockCommand(*this, locked));
    return true;
}

bool Document::requestSettings(const io::GenerateSettings& settings, const QString& text, int mergeKey) {
    if (settings == state_.settings) return false;
    undo_.push(new SettingsCommand(*this, settings, text, mergeKey));
    return true;
}

bool Document::requestDance(DanceId id, std::shared_ptr<const DanceSnapshot> snapshot, const QString& text) {
    if (!snapshot) return false;
    if (id.value == 0) id.value = ++idCounter_;
    idCounter_ = std::max(idCounter_, id.value);
    undo_.push(new DanceCommand(*this, id, std::move(snapshot), text));
    return true;
}

bool Document::requestRemoveDance(DanceId id) {
    const bool there = std::any_of(state_.dances.begin(), state_.dances.end(), [id](const DanceEntry& entry) { return entry.id == id; });
    if (!there) return false;
    undo_.push(new DanceCommand(*this, id, nullptr, tr("Remove dance")));
    return true;
}

void Document::setDance(DanceId id, std::shared_ptr<const DanceSnapshot> snapshot) {
    auto& dances = state_.dances;
    const auto at = std::find_if(dances.begin(), dances.end(), [id](const DanceEntry& entry) { return entry.id == id; });
    if (!snapshot) {
        auto beside = at;
        if (at != dances.end()) beside = dances.erase(at);
        if (beside != dances.begin()) --beside;  // whoever came before
        if (chosen_ == id) chosen_ = dances.empty() ? DanceId{} : beside->id;
    } else if (at != dances.end()) {
        at->snapshot = std::move(snapshot);
        chosen_ = id;
    } else {
        // By id, so that undoing a removal puts it back where it stood.
        const auto place = std::find_if(dances.begin(), dances.end(), [id](const DanceEntry& entry) { return entry.id > id; });
        dances.insert(place, {id, std::move(snapshot)});
        chosen_ = id;
    }
    tell(Aspect::Dances, id);
}

void Document::setVisible(double start, double end) {
    view_.viewStart = start;
    view_.viewEnd = end;
}

void Document::selectJoint(int joint) {
    if (joint == joint_ || joint < 0 || joint >= motion::kJoints) return;
    joint_ = joint;
    tell(Aspect::Selection);
}

void Document::selectJoints(const motion::JointSet& joints, int main) {
    if (main < 0 || main >= motion::kJoints) main = joint_;
    if (joints == joints_ && main == joint_) return;
    joints_ = joints;
    joint_ = main;
    tell(Aspect::Selection);
}

void Document::replace(DocumentState state, ViewState view, std::shared_ptr<const LoadedSong> song, const QString& path) {
    abandonWork();  // dances for the song that is leaving
    ++generation_;
    state_ = std::move(state);
    view_ = view;
    song_ = std::move(song);
    path_ = path;
    idCounter_ = state_.dances.empty() ? 0 : state_.dances.back().id.value;
    chosen_ = state_.dances.empty() ? DanceId{} : state_.dances.front().id;
    selection_.reset();
    joints_.reset();
    takes_.clear();
    openingReader_.cancel();
    undo_.clear();
    tell(Aspect::Everything);
}

void Document::markSaved(const QString& path, int undoIndex) {
    path_ = path;
    // Edits made while the file was being written are not in it.
    if (undo_.index() == undoIndex) undo_.setClean();
    tell(Aspect::Name);
    Q_EMIT saved(path);
}

}  // namespace choreia::ui
