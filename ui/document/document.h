/// The open project: its state, its one undo stack, its jobs in the background, and the one signal that tells what changed.
#pragma once

#include "choreo/movement.h"
#include "document/change.h"
#include "document/job_runner.h"
#include "document/state.h"
#include "document/time_range.h"
#include "motion/joint_set.h"
#include "motion/pose_edit.h"

#include <QObject>
#include <QString>
#include <QUndoStack>

#include <deque>
#include <memory>
#include <optional>

namespace choreia::ui {

/// Changed only through the request... functions (each one undoable command, false = refused and nothing changed) and by opening.
class Document : public QObject {
    Q_OBJECT

public:
    explicit Document(Generator generator, QObject* parent = nullptr);
    ~Document() override;
    /// How dances are made from now on; what is under way is not touched.
    void setGenerator(Generator generator) { generate_ = std::move(generator); }

    // What is there.
    [[nodiscard]] const DocumentState& state() const { return state_; }
    [[nodiscard]] const ViewState& view() const { return view_; }
    [[nodiscard]] const std::shared_ptr<const LoadedSong>& song() const { return song_; }  ///< null until loaded
    [[nodiscard]] std::shared_ptr<const DanceSnapshot> dance() const;                      ///< the chosen one, or null
    [[nodiscard]] std::shared_ptr<const DanceSnapshot> dance(DanceId id) const;            ///< that one, or null
    [[nodiscard]] DanceId danceId() const { return chosen_; }
    [[nodiscard]] std::size_t dancerIndex() const;  ///< place of the chosen one in state().dances; their number where none is chosen
    [[nodiscard]] int joint() const { return joint_; }  ///< chosen joint, motion::Joint
    /// Joints chosen together, for edits of poses (copy, paste, pose tools, hold); none: these are of the whole body.
    [[nodiscard]] const motion::JointSet& joints() const { return joints_; }
    [[nodiscard]] const std::optional<TimeRange>& selection() const { return selection_; }  ///< chosen part of the song
    /// Takes to choose from; gone with the song. The one danced now, or -1.
    [[nodiscard]] const std::vector<std::shared_ptr<const DanceSnapshot>>& takes() const { return takes_; }
    [[nodiscard]] int currentTake() const;
    [[nodiscard]] bool hasSong() const { return !state_.songPath.empty(); }
    [[nodiscard]] QString path() const { return path_; }  ///< empty where never saved
    [[nodiscard]] QString title() const;                  ///< file name, for the top bar
    [[nodiscard]] bool dirty() const { return !undo_.isClean(); }
    [[nodiscard]] std::uint64_t hash() const { return hashOf(state_); }
    [[nodiscard]] QUndoStack& undoStack() { return undo_; }

    // Edits.
    /// mergeKey: consecutive changes with the same non-zero key become one entry (one drag, one run of taps).
    bool requestGrid(const audio::BeatGrid& grid, const QString& text, int mergeKey = 0);
    bool requestGridLock(bool locked);
    bool requestSettings(const io::GenerateSettings& settings, const QString& text, int mergeKey = 0);
    /// Replaces the dance with this id, or adds it where there is none.
    bool requestDance(DanceId id, std::shared_ptr<const DanceSnapshot> snapshot, const QString& text);
    bool requestRemoveDance(DanceId id);

    // Dancers (document_dancers.cpp): each dance of the project is danced by one, at its place on the stage. Every other edit is of the chosen one.
    enum class NewDancer { Copy, Mirrored, InCanon };  ///< in canon: two beats later
    /// A dancer who dances as the chosen one does, at the next free place of a formation. Refused with a message where there is none or the stage is full (motion::kMostDancers).
    bool requestAddDancer(NewDancer how);
    /// The chosen one goes; the last one stays (and a message says so).
    bool requestRemoveDancer();
    bool requestDancerName(const QString& name);
    bool requestPlace(const motion::StagePlace& place);
    /// Everybody to their place of motion::formation, facing the audience. Refused with a message where all stand there.
    bool requestFormation();
    /// View state: whom the edits are of.
    void choose(DanceId id);
    void chooseNext(int direction);

    // Key poses of the chosen dance, known by their time (document_control.cpp). Refused with a message where there is no dance or no room.
    /// Holds the pose that is danced at a moment: later dances and remakes pass through it.
    bool requestPin(double seconds);
    bool requestMoveKey(double from, double to);
    bool requestRemoveKey(double seconds);
    /// Several at once, each known by its time: all by as many seconds, to whole frames, in their order; refused with a message where one would leave the dance or meet another.
    bool requestMoveKeys(const std::vector<double>& times, double seconds);
    bool requestRemoveKeys(const std::vector<double>& times);
    /// The pose at a moment becomes this one: the motion around takes up the difference within falloff() (motion::withPose), and a pin holds it there.
    bool requestPose(double seconds, const motion::Pose& pose, const QString& text);
    /// The movement of the chosen part calmed (motion::smoothed), feet where they are.
    bool requestSmooth();
    /// Left and right exchanged, key poses too.
    bool requestMirror();

    // Markers: named moments of the song, known by their time (document_markers.cpp). Refused with a message where there is no song, and where another is too near.
    /// Named "Marker 1" and so on.
    bool requestMarker(double seconds);
    /// Without a message where the name is empty or the old one.
    bool requestRenameMarker(double seconds, const QString& name);
    bool requestMoveMarker(double from, double to);
    bool requestRemoveMarker(double seconds);

    // Movement and blocks (document_movement.cpp). Refused with a message where there is nothing to take or too little room.
    /// What is danced in the chosen part; nothing (and a message) where there is none.
    [[nodiscard]] std::optional<choreo::Movement> movementOfSelection();
    /// The movement in place of what is danced from `at` on, its beats on the song's; it is chosen then.
    bool requestMovement(const choreo::Movement& movement, double at, const QString& text);
    /// The chosen part once more, right after itself.
    bool requestDuplicate();
    /// The chosen part in half (0.5) or double (2) time.
    bool requestOtherTime(double speed);
    /// The chosen part and what lies between it and `at` change places.
    bool requestExchange(double at);
    /// Ripple edits (document_ripple.cpp): the chosen part goes and what follows it moves up, the song's end danced as before; or movement comes in and pushes the rest later.
    bool requestTakeOut();
    bool requestPutIn(const choreo::Movement& movement, double at, const QString& text);
    /// The chosen part as another take dances it.
    bool requestPartOfTake(int take);
    /// A block begins at a moment; or the nearest beginning of one goes.
    bool requestSplit(double seconds);
    bool requestJoin(double seconds);
    /// The block that begins at `from` begins at `to`: its neighbour grows or shrinks by it. Kept between its neighbours.
    bool requestTrim(double from, double to);
    /// The blocks that meet at a block's beginning go over into one another within `fade` seconds about it, as far as there is room; 0: as they were laid (document_seams.cpp).
    bool requestCrossFade(double at, double fade);
    /// Where the block begins that begins nearest to a moment, of those that are not the first; and how long it is blended.
    struct Cut {
        double at = 0, fade = 0;
    };
    [[nodiscard]] std::optional<Cut> cutNear(double seconds) const;
    /// A foot (0 left, 1 right) stands throughout a part, or nowhere in it: withFoot() of dance_edits.h. A message says so where only the mark changes and the foot goes on as it went.
    bool requestFoot(int foot, TimeRange range, bool stands);
    /// Chooses the block at a moment; `on`: with what is chosen already, and all that lies between (of an undivided dance up to the beat there).
    void selectBlock(double seconds, bool on = false);

    /// The next dances continue this motion's last pose; null: they begin as they like.
    bool requestOpening(std::shared_ptr<const motion::Clip> opening, const QString& text);
    bool requestOpeningFromPose(double seconds);
    /// Makes a take the dance.
    bool requestTake(int take);

    // View state: remembered, not undoable, no unsaved mark.
    void setCamera(const io::Camera& camera) { view_.camera = camera; }
    void setPlayhead(double seconds) { view_.playhead = seconds; }
    void setVisible(double start, double end);
    void selectJoint(int joint);
    /// main: of them the one that joint() is from now on; -1: as it was.
    void selectJoints(const motion::JointSet& joints, int main = -1);
    /// Seconds to either side within which a changed pose fades into the motion; 0 to kLongestFalloff.
    static constexpr double kLongestFalloff = 2;
    [[nodiscard]] double falloff() const { return falloff_; }
    void setFalloff(double seconds);
    /// Cut to the song; nothing chosen where nothing is left.
    void select(std::optional<TimeRange> range);

    // Long work. Errors come as message(); the open project stays as it is.
    /// A .choreia project or a song, by its extension; replaces what is open when it is loaded.
    void open(const QString& path);
    /// A project file that holds unsaved work of the project at projectPath ("": never saved): open, and unsaved, under that name.
    void openLeftWork(const QString& file, const QString& projectPath);
    void save(const QString& path);
    /// Saves before returning; for closing. Cost: about 0.1 s for 3 minutes.
    Result<void> saveNow(const QString& path);
    // A part and another dancer wait their turn where something is being made; a whole dance, takes and a movement read from a file take its place.
    void generate();
    /// Another dancer, with a dance of this seed and the settings of the panel.
    void generateDancer(std::uint64_t seed);
    /// The chosen part made anew with this seed; its ends and pinned poses hold.
    void remakeSelection(std::uint64_t seed);
    /// What waits to be made, the next first, as it is called.
    [[nodiscard]] std::vector<QString> waiting() const;
    void clearWaiting();
    /// Three dances of seed, seed + 1 and seed + 2, one after another, to choose from.
    void makeTakes(std::uint64_t seed);
    /// A new dance that leans towards this one. closeness 0..1.
    void moreLikeThis(std::uint64_t seed, double closeness);
    /// A motion file, or a video of a dancer, whose last pose the next dances begin with.
    void openOpening(const QString& path);
    /// The movement of a motion file or of a video's dancer becomes the dance, from the song's beginning to its end; after its own end its last pose stays.
    void openDance(const QString& path);
    /// The same of a movement that is here already; name: of what it comes from.
    void takeMovement(motion::Clip movement, const QString& name);
    [[nodiscard]] JobRunner& loader() { return loader_; }
    [[nodiscard]] JobRunner& generator() { return generating_; }
    [[nodiscard]] JobRunner& saver() { return saver_; }

Q_SIGNALS:
    void changed(const choreia::ui::Change& change);
    void message(const choreia::ui::Message& message);
    void opened(const QString& path);
    void saved(const QString& path);

private:
    friend class GridCommand;
    friend class LockCommand;
    friend class SettingsCommand;
    friend class DanceCommand;
    friend class KeysCommand;
    friend class MarkersCommand;
    friend class OpeningCommand;
    friend class DancersCommand;

    void danceFrom(const QString& name, std::function<Result<motion::Clip>(std::stop_token, Progress&)> read);
    void openSong(const QString& path);
    /// asWorkOf: the path it is unsaved work of; nothing: a project of its own.
    void openProject(const QString& path, const std::optional<QString>& asWorkOf = {});
    void loadProjectSong();
    void replace(DocumentState state, ViewState view, std::shared_ptr<const LoadedSong> song, const QString& path);
    void setDance(DanceId id, std::shared_ptr<const DanceSnapshot> snapshot);  ///< null removes
    void setKeys(DanceId id, const std::vector<io::KeyPose>& keys);
    void setIdentity(DanceId id, const std::string& name, const motion::StagePlace& place);
    [[nodiscard]] bool hasRoomForDancer();
    bool addDancer(const DanceSnapshot& dance, const QString& text);  ///< at a free place, under a free name
    void make(DanceRequest request, DanceId of, const QString& name, const QString& text);
    void makeTake(DanceRequest request, int take);
    void remakePart(std::uint64_t seed, TimeRange range, DanceId of);
    void addGenerated(std::uint64_t seed);
    [[nodiscard]] DanceRequest requestWith(DanceRequest::Kind kind, std::uint64_t seed, DanceId of) const;
    /// Now, or once nothing else is being made.
    void inTurn(const QString& name, std::function<void()> begin);
    void beginNext();
    void abandonWork();  ///< what is being made, and what waits
    [[nodiscard]] bool ready(bool needsDance);
    [[nodiscard]] bool tooShort(double from, double to);
    bool keepLaid(const DanceSnapshot& now, Result<choreo::Laid> laid, std::optional<TimeRange> place, const QString& text);
    /// What was made, with the key poses, the name and the place that the dancer has now.
    [[nodiscard]] std::shared_ptr<const DanceSnapshot> asDancedBy(DanceId id, std::shared_ptr<const DanceSnapshot> made) const;
    void inform(const QString& title, const QString& advice) { Q_EMIT message({Message::Kind::Info, title, advice}); }
    void markSaved(const QString& path, int undoIndex);
    void tell(Aspect aspect, DanceId dance = {}) { Q_EMIT changed({aspect, dance}); }

    Generator generate_;
    DocumentState state_;
    ViewState view_;
    std::shared_ptr<const LoadedSong> song_;
    QString path_;
    DanceId chosen_{};
    int joint_;
    motion::JointSet joints_;
    double falloff_ = 0.4;
    std::optional<TimeRange> selection_;
    std::vector<std::shared_ptr<const DanceSnapshot>> takes_;
    std::uint64_t idCounter_ = 0, generation_ = 0;
    QUndoStack undo_;
    struct Waiting {
        QString name;
        std::function<void()> begin;
    };
    std::deque<Waiting> waiting_;
    JobRunner loader_, generating_, saver_, openingReader_;
};

}  // namespace choreia::ui
