// Dances made in workers: whole, a part anew, like another, several to choose from. Each becomes one entry of the undo stack when it arrives.
#include "document/document.h"

#include "choreo/seams.h"
#include "io/motion_files.h"
#include "seeing/video_motion.h"

#include <QCoreApplication>
#include <QFileInfo>

#include <algorithm>
#include <cmath>
#include <filesystem>

namespace choreia::ui {

namespace {

using Made = std::shared_ptr<const DanceSnapshot>;
constexpr int kTakes = 3;
constexpr double kPinRoom = 0.1;        // s that the engine wants between a pin and what is kept
constexpr double kShortestPart = 0.5;   // s
constexpr double kOpeningSeconds = 8;   // of an opening: the predictor looks no further back

choreo::PinnedPose pinOf(const io::KeyPose& key) {
    choreo::PinnedPose pin;
    pin.time = key.time;
    pin.rotations = key.rotations;
    pin.height = key.root.y();
    return pin;
}

/// What was remade becomes a block among those of `was`, with seams at its ends.
void markPart(io::Dance& made, const io::Dance& was, const DanceRequest& part) {
    made.blocks = choreo::withBlock(was.blocks, part.from, part.to, QCoreApplication::translate("Document", "remade %1").arg(part.settings.seed).toStdString(), nameOfWhole(was).toStdString());
    const double end = std::min(part.analysis.duration, made.clip.seconds()) - 1e-3;
    std::erase_if(made.blocks, [end](const io::Block& block) { return block.start >= end; });  // nothing goes on after the song
    choreo::keepSeams(made, was, part.from, part.to, {}, {});
}

/// Blocks were split, joined or trimmed and feet marked while a part was being remade: they stay, and the part comes among them.
Made amongWhatChanged(Made made, const io::Dance& now, const DanceRequest& part) {
    auto changed = std::make_shared<DanceSnapshot>(*made);
    io::Dance& dance = changed->dance;
    markPart(dance, now, part);
    if (dance.contacts.size() == now.contacts.size())
        for (std::size_t f = 0; f < now.contacts.size(); ++f)
            if (const double at = static_cast<double>(f) / dance.clip.fps; at <= part.from + 1e-6 || at >= part.to - 1e-6) dance.contacts[f] = now.contacts[f];
    return changed;
}

/// The song as heard, with the person's beats.
std::function<Result<Made>(std::stop_token, Progress&)> order(const Generator& make, const DocumentState& state, std::shared_ptr<const LoadedSong> song,
                                                              DanceRequest request, std::vector<io::KeyPose> keys) {
    return [make, song = std::move(song), grid = state.grid, sections = state.sections, request = std::move(request),
            keys = std::move(keys)](std::stop_token stop, Progress& progress) -> Result<Made> {
        DanceRequest whole = request;
        whole.analysis = song->analysis;
        whole.analysis.grid = grid;
        whole.analysis.sections = sections;
        audio::writeBeatColumns(grid, whole.analysis.features);
        audio::writeSectionColumns(sections, grid, whole.analysis.features);
        CHOREIA_ASSIGN(choreo::Generated made, make(whole, stop, progress));
        const std::string chosen = made.dance.settings.style;  // where the engine was to choose
        made.dance.settings = whole.kind == DanceRequest::Kind::Part ? whole.dance->dance.settings : whole.settings;
        if (whole.kind != DanceRequest::Kind::Part && whole.settings.style == "auto") made.dance.settings.style = chosen;
        made.dance.keys = keys;
        if (whole.kind == DanceRequest::Kind::Part) markPart(made.dance, whole.dance->dance, whole);
        return makeSnapshot(std::move(made.dance));
    };
}

std::vector<io::KeyPose> keysOf(const Made& dance) { return dance ? dance->dance.keys : std::vector<io::KeyPose>(); }

bool sameKeys(const std::vector<io::KeyPose>& a, const std::vector<io::KeyPose>& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const io::KeyPose& x, const io::KeyPose& y) {
        return x.time == y.time && x.pinned == y.pinned && x.root == y.root &&
               std::equal(x.rotations.begin(), x.rotations.end(), y.rotations.begin(), y.rotations.end(),
                          [](const motion::Quat& p, const motion::Quat& q) { return p.coeffs() == q.coeffs(); });
    });
}

bool sameMotion(const motion::Clip& a, const motion::Clip& b) {
    return a.root == b.root && std::ranges::equal(a.rotations, b.rotations, [](const motion::Quat& p, const motion::Quat& q) { return p.coeffs() == q.coeffs(); });
}

Result<motion::Clip> clipOf(const std::filesystem::path& file, std::stop_token stop, Progress& progress) {
    if (!seeing::isVideo(file)) return io::readClip(file);
    CHOREIA_ASSIGN(const auto finder, seeing::PoseFinder::installed());
    CHOREIA_ASSIGN(auto found, seeing::motionOfVideo(file, finder, std::move(stop), progress));
    return std::move(found.clip);
}

QString motionAdvice() {
    return QCoreApplication::translate("Document", "\nYour project is unchanged. Choose a motion file (bvh, gltf, glb, csv or h5) or a video of one dancer.");
}

}  // namespace

bool Document::ready(bool needsDance) {
    if (!song_) {
        inform(tr("There is no song yet."), tr("Drop a song on the window, or choose File > Open."));
        return false;
    }
    if (needsDance && !dance()) {
        inform(tr("There is no dance yet."), tr("Press Generate dance first."));
        return false;
    }
    return true;
}

DanceRequest Document::requestWith(DanceRequest::Kind kind, std::uint64_t seed, DanceId of) const {
    DanceRequest request;
    request.kind = kind;
    request.settings = state_.settings;
    request.settings.seed = seed;
    if (kind != DanceRequest::Kind::Whole) request.dance = dance(of);
    if (kind != DanceRequest::Kind::Part && state_.opening) request.constraints.opening = *state_.opening;
    for (const auto& key : keysOf(dance(of)))
        if (key.pinned && key.time <= song_->analysis.duration) request.constraints.pins.push_back(pinOf(key));
    return request;
}

Made Document::asDancedBy(DanceId id, Made made) const {
    // Poses pinned while the worker was busy are not lost, nor is who dances, and where.
    const Made now = dance(id);
    if (!now || (sameKeys(now->dance.keys, made->dance.keys) && now->dance.name == made->dance.name && now->dance.place == made->dance.place)) return made;
    auto changed = std::make_shared<DanceSnapshot>(*made);
    changed->dance.keys = now->dance.keys;
    changed->dance.name = now->dance.name;
    changed->dance.place = now->dance.place;
    return changed;
}

void Document::make(DanceRequest request, DanceId of, const QString& name, const QString& text) {
    auto work = order(generate_, state_, song_, request, keysOf(dance(of)));
    request.analysis.duration = song_->analysis.duration;
    generating_.start<Made>(name, std::move(work), [this, request = std::move(request), text, of](Result<Made> result) {
        const bool part = request.kind == DanceRequest::Kind::Part;
        const Made& before = request.dance;
        if (!result) {
            Q_EMIT message(messageOf(Task::Generate, part ? tr("The part could not be made anew.") : tr("No dance could be generated."), result.error()));
            return;
        }
        // Whoever is chosen meanwhile, it is the dance of the one it was asked for.
        const DanceId id = of.value != 0 ? of : chosen_;
        if (part && (!dance(id) || !sameMotion(dance(id)->dance.clip, before->dance.clip)))
            return inform(tr("The dance has changed while its part was being made."), tr("Nothing was replaced. Press Remake again."));
        if (!dance(id) && !hasRoomForDancer()) return;
        Made made = std::move(result).value();
        if (part && dance(id) != before) made = amongWhatChanged(std::move(made), dance(id)->dance, request);
        requestDance(id, asDancedBy(id, std::move(made)), text);
    });
}

void Document::generate() {
    if (!ready(false)) return;
    abandonWork();
    make(requestWith(DanceRequest::Kind::Whole, state_.settings.seed, chosen_), chosen_, tr("Generating"), tr("Generate dance"));
}

void Document::generateDancer(std::uint64_t seed) {
    if (state_.dances.empty()) return generate();
    if (!ready(false) || !hasRoomForDancer()) return;
    inTurn(tr("Another dancer"), [this, seed] { addGenerated(seed); });
}

void Document::addGenerated(std::uint64_t seed) {
    if (!hasRoomForDancer()) return;
    DanceRequest request = requestWith(DanceRequest::Kind::Whole, seed, {});
    generating_.start<Made>(tr("Generating another dancer"), order(generate_, state_, song_, std::move(request), {}), [this](Result<Made> result) {
        if (!result) {
            Q_EMIT message(messageOf(Task::Generate, tr("No dance could be generated."), result.error()));
            return;
        }
        addDancer(*result.value(), tr("Generate another dancer"));
    });
}

void Document::moreLikeThis(std::uint64_t seed, double closeness) {
    if (!ready(true)) return;
    abandonWork();
    DanceRequest request = requestWith(DanceRequest::Kind::Like, seed, chosen_);
    request.closeness = closeness;
    make(std::move(request), chosen_, tr("Inventing more like this"), tr("More like this"));
}

void Document::remakeSelection(std::uint64_t seed) {
    if (!ready(true)) return;
    if (!selection_) return inform(tr("No part is selected."), tr("Drag along the dance in the timeline, then press Remake."));
    inTurn(tr("Remaking %1").arg(rangeText(state_.grid, *selection_)), [this, seed, range = *selection_, of = chosen_] { remakePart(seed, range, of); });
}

void Document::remakePart(std::uint64_t seed, TimeRange range, DanceId of) {
    const QString where = rangeText(state_.grid, range);
    if (!dance(of)) return inform(tr("%1 was not made anew.").arg(where), tr("Its dancer has gone meanwhile."));
    DanceRequest request = requestWith(DanceRequest::Kind::Part, seed, of);
    const double end = request.dance->dance.clip.seconds();
    request.from = std::min(range.from, end);
    request.to = std::min(range.to, end);
    auto& pins = request.constraints.pins;
    // A pin at the very edge is kept by making the part begin (or end) at it.
    for (const auto& pin : pins) {
        if (pin.time > request.from && pin.time < request.from + kPinRoom + 0.02) request.from = pin.time;
        if (pin.time < request.to && pin.time > request.to - kPinRoom - 0.02) request.to = pin.time;
    }
    std::erase_if(pins, [&](const choreo::PinnedPose& pin) { return pin.time <= request.from || pin.time >= request.to; });
    if (request.to - request.from < kShortestPart) return inform(tr("The selected part is too short."), tr("Select at least half a second of the dance between pinned poses."));
    make(std::move(request), of, tr("Remaking %1").arg(where), tr("Remake %1").arg(where));
}

void Document::makeTakes(std::uint64_t seed) {
    if (!ready(false)) return;
    abandonWork();
    takes_.clear();
    tell(Aspect::Takes);
    makeTake(requestWith(DanceRequest::Kind::Whole, seed, chosen_), 0);
}

std::vector<QString> Document::waiting() const {
    std::vector<QString> names;
    for (const Waiting& one : waiting_) names.push_back(one.name);
    return names;
}

void Document::clearWaiting() {
    if (waiting_.empty()) return;
    waiting_.clear();
    tell(Aspect::Queue);
}

void Document::inTurn(const QString& name, std::function<void()> begin) {
    if (!generating_.busy()) return begin();
    waiting_.push_back({name, std::move(begin)});
    tell(Aspect::Queue);
}

void Document::beginNext() {
    while (!generating_.busy() && !waiting_.empty()) {
        const auto begin = std::move(waiting_.front().begin);
        waiting_.pop_front();
        tell(Aspect::Queue);
        begin();  // may be refused by now: then it is the next one's turn
    }
}

void Document::abandonWork() {
    clearWaiting();
    generating_.cancel();
}

void Document::makeTake(DanceRequest request, int take) {
    auto work = order(generate_, state_, song_, request, keysOf(dance()));
    generating_.start<Made>(tr("Take %1 of %2").arg(take + 1).arg(kTakes), std::move(work), [this, request = std::move(request), take](Result<Made> result) mutable {
        if (!result) {
            Q_EMIT message(messageOf(Task::Generate, tr("Take %1 could not be made.").arg(take + 1), result.error()));
            return;
        }
        takes_.push_back(std::move(result).value());
        tell(Aspect::Takes);
        if (take + 1 == kTakes) return;
        ++request.settings.seed;
        makeTake(std::move(request), take + 1);
    });
}

bool Document::requestTake(int take) {
    if (take < 0 || take >= static_cast<int>(takes_.size()) || take == currentTake()) return false;
    return requestDance(chosen_, asDancedBy(chosen_, takes_[static_cast<std::size_t>(take)]), tr("Choose take %1").arg(take + 1));
}

int Document::currentTake() const {
    const Made now = dance();
    if (!now) return -1;
    for (std::size_t i = 0; i < takes_.size(); ++i)
        if (takes_[i] == now || takes_[i]->positions.values == now->positions.values) return static_cast<int>(i);
    return -1;
}

void Document::openOpening(const QString& path) {
    using Clip = std::shared_ptr<const motion::Clip>;
    const QString name = QFileInfo(path).fileName();
    openingReader_.start<Clip>(
        tr("Reading %1").arg(name),
        [file = std::filesystem::path(path.toStdString())](std::stop_token stop, Progress& progress) -> Result<Clip> {
            CHOREIA_ASSIGN(motion::Clip clip, clipOf(file, stop, progress));
            if (clip.frames() == 0) return badInput(file.string(), "has no frame");
            const auto most = std::min(clip.frames(), static_cast<std::size_t>(std::ceil(clip.fps * kOpeningSeconds)));
            return std::make_shared<const motion::Clip>(motion::slice(clip, clip.frames() - most, most));
        },
        [this, name](Result<Clip> result) {
            if (!result) {
                Q_EMIT message({Message::Kind::Error, tr("%1 could not be read.").arg(name),
                                QString::fromStdString(result.error().line()) + motionAdvice()});
                return;
            }
            requestOpening(std::move(result).value(), tr("Begin with %1").arg(name));
        });
}

void Document::openDance(const QString& path) {
    danceFrom(QFileInfo(path).fileName(), [file = std::filesystem::path(path.toStdString())](std::stop_token stop, Progress& progress) { return clipOf(file, std::move(stop), progress); });
}

void Document::takeMovement(motion::Clip movement, const QString& name) {
    danceFrom(name, [movement = std::move(movement)](std::stop_token, Progress&) -> Result<motion::Clip> { return movement; });
}

void Document::danceFrom(const QString& name, std::function<Result<motion::Clip>(std::stop_token, Progress&)> read) {
    if (!ready(false)) return;
    abandonWork();
    generating_.start<Made>(
        tr("Reading %1").arg(name),
        [read = std::move(read), name, seconds = song_->analysis.duration, settings = state_.settings](std::stop_token stop, Progress& progress) -> Result<Made> {
            CHOREIA_ASSIGN(const motion::Clip clip, read(std::move(stop), progress));
            if (clip.frames() == 0) return badInput(name.toStdString(), "has no frame");
            constexpr double kFps = 60;
            std::vector<double> times(static_cast<std::size_t>(std::max(2.0, std::round(seconds * kFps))));  // as generated dances are long
            for (std::size_t f = 0; f < times.size(); ++f) times[f] = static_cast<double>(f) / kFps;
            io::Dance dance;
            dance.clip = motion::sampleAt(clip, times, kFps);
            dance.settings = settings;
            return makeSnapshot(std::move(dance));
        },
        [this, name, of = chosen_](Result<Made> result) {
            if (!result) {
                const bool cancelled = result.error().kind == ErrorKind::Cancelled;
                Q_EMIT message({cancelled ? Message::Kind::Info : Message::Kind::Error, tr("%1 could not be read.").arg(name), QString::fromStdString(result.error().line()) + motionAdvice()});
                return;
            }
            const DanceId id = of.value != 0 ? of : chosen_;
            if (!dance(id) && !hasRoomForDancer()) return;
            Made made = std::move(result).value();
            if (const Made now = dance(id)) {
                auto changed = std::make_shared<DanceSnapshot>(*made);
                changed->dance.name = now->dance.name;
                changed->dance.place = now->dance.place;
                made = std::move(changed);
            }
            requestDance(id, std::move(made), tr("Dance of %1").arg(name));
        });
}

}  // namespace choreia::ui
