// The long functions behind the document's jobs; all of them run in workers.
#include "document/snapshots.h"

#include "hearing/hearing.h"
#include "io/model_place.h"
#include "io/media.h"
#include "motion/contacts.h"
#include "motion/kinematics.h"

#include <filesystem>
#include <mutex>

namespace choreia::ui {

std::shared_ptr<const DanceSnapshot> makeSnapshot(io::Dance dance) {
    auto snapshot = std::make_shared<DanceSnapshot>();
    snapshot->positions = motion::jointPositions(motion::Skeleton::body(), dance.clip);
    if (dance.contacts.size() != dance.clip.frames()) dance.contacts = motion::detectContacts(snapshot->positions);
    snapshot->dance = std::move(dance);
    return snapshot;
}

Result<std::shared_ptr<const LoadedSong>> loadSong(const std::string& path, std::stop_token stop, Progress& progress) {
    auto loaded = std::make_shared<LoadedSong>();
    std::error_code ignored;
    loaded->path = std::filesystem::absolute(path, ignored).lexically_normal().string();
    CHOREIA_ASSIGN(io::Song song, io::decodeSong(path, stop, progress));
    CHOREIA_ASSIGN(loaded->hash, io::fileHash(path));
    if (stop.stop_requested()) return cancelled(path);
    const std::string name = std::filesystem::path(path).filename().string();
    CHOREIA_ASSIGN(loaded->analysis, hearing::hear(song.analysis, name, stop, progress));
    loaded->peaks = Peaks::build(song.playback);
    loaded->playback = std::make_shared<const audio::Pcm>(std::move(song.playback));
    return std::shared_ptr<const LoadedSong>(std::move(loaded));
}

Generator engineGenerator(const std::string& set, const std::filesystem::path& folder) {
    struct Loaded {
        std::mutex mutex;
        std::string model;  // whose they are
        std::shared_ptr<const choreo::Choreographer> choreographer;
    };
    auto loaded = std::make_shared<Loaded>();
    return [loaded, set, folder](const DanceRequest& request, std::stop_token stop, Progress& progress) -> Result<choreo::Generated> {
        std::shared_ptr<const choreo::Choreographer> choreographer;
        {
            const std::lock_guard lock(loaded->mutex);
            // The project says which weights; a set of the person's own is named "default" in its folder.
            const io::ModelPlace place = io::modelPlace(request.settings.model);
            if (!loaded->choreographer || loaded->model != place.text()) {
                progress.report("loading the networks", 0, -1);
                std::filesystem::path weights = folder;
                const std::string name = place.weights.empty() ? set : "default";
                if (weights.empty() || !place.weights.empty()) {
                    CHOREIA_ASSIGN(weights, io::weightsFolder(place, name));
                }
                loaded->choreographer.reset();  // not both at once in memory
                CHOREIA_ASSIGN(loaded->choreographer, choreo::Choreographer::load(weights, name, choreo::Device::Auto, place.kind));
                loaded->model = place.text();
            }
            choreographer = loaded->choreographer;
        }
        if (stop.stop_requested()) return cancelled();
        const DanceRequest& r = request;
        switch (r.kind) {
        case DanceRequest::Kind::Part: return choreographer->remake(r.analysis, r.dance->dance, r.from, r.to, r.settings, r.constraints, stop, progress);
        case DanceRequest::Kind::Like: return choreographer->likeThis(r.analysis, r.dance->dance, r.settings, r.closeness, stop, progress, r.constraints);
        case DanceRequest::Kind::Whole: break;
        }
        return choreographer->generate(r.analysis, r.settings, stop, progress, r.constraints);
    };
}

}  // namespace choreia::ui
