// Words are drawn evenly from all training motion (mirrored, at several speeds, at every frame's phase), then clustered stream by stream.
#include "train/kmeans_task.h"

#include "core/parallel.h"
#include "io/safetensors.h"
#include "motion/pose_features.h"
#include "nn/kmeans.h"
#include "nn/kmeans_quantiser.h"
#include "nn/weights.h"
#include "train/quantiser_check.h"

#include <chrono>
#include <cstdio>
#include <fstream>
#include <set>

namespace choreia::train {

namespace {

constexpr const char* kStreams[2] = {"lower body", "upper body"};

std::string line(const char* format, auto... values) {
    char text[300];
    std::snprintf(text, sizeof text, format, values...);
    return text;
}

std::vector<torch::Tensor> trainingRows(const std::vector<data::TrainingClip>& clips, const std::vector<double>& speeds) {
    struct Job {
        const data::TrainingClip* clip;
        double speed;
        bool mirror;
    };
    std::vector<Job> jobs;
    std::set<std::string> seen;
    for (const auto& clip : clips)
        if (!clip.validation && seen.insert(clip.name.substr(0, clip.name.find('~'))).second)
            for (const double speed : speeds)
                for (const bool mirror : {false, true}) jobs.push_back({&clip, speed, mirror});
    std::vector<torch::Tensor> rows(jobs.size());
    parallelFor(jobs.size(), [&](std::size_t i) {
        motion::Clip clip = jobs[i].clip->clip;
        if (jobs[i].mirror) clip = motion::mirror(clip);
        clip.fps *= jobs[i].speed;
        rows[i] = toTensor(motion::poseFeatures(clip));
    });
    std::erase_if(rows, [](const torch::Tensor& r) { return r.size(0) < 4 * nn::Quantiser::kStride; });
    return rows;
}

// Words of a stream, about `samples` of them.
Table wordsOf(const nn::KMeansQuantiserImpl& model, const std::vector<torch::Tensor>& rows, std::int64_t stream, std::size_t samples, std::uint64_t seed) {
    double total = 0;
    for (const auto& r : rows) total += static_cast<double>(r.size(0));
    const double share = std::min(1.0, static_cast<double>(samples) / total);
    Random random(seed);
    Table table;
    for (const auto& r : rows)
        for (std::int64_t phase = 0; phase < nn::Quantiser::kStride; ++phase) {
            const auto steps = (r.size(0) - phase) / nn::Quantiser::kStride;
            const auto keys = model.keys(r.narrow(0, phase, steps * nn::Quantiser::kStride).unsqueeze(0), stream).contiguous();
            table.columns = static_cast<std::size_t>(keys.size(1));
            for (std::int64_t i = 0; i < keys.size(0); ++i) {
                if (random.uniform() >= share) continue;
                const float* values = keys.data_ptr<float>() + i * keys.size(1);
                table.values.insert(table.values.end(), values, values + keys.size(1));
                ++table.rows;
            }
        }
    return table;
}

}  // namespace

Result<void> trainKMeans(const std::vector<data::TrainingClip>& clips, const TaskSetting& setting, const std::filesystem::path& log,
                         const std::function<void(const std::string&)>& print, std::stop_token stop, Progress& progress) {
    const auto start = std::chrono::steady_clock::now();
    const auto& c = setting.config;
    const auto mode = c.value("mode", std::string("words"));
    if (mode != "words" && mode != "poses") return usageError("mode", "is not a mode of kmeans", "words or poses", mode);
    const auto config = nn::KMeansConfig::fromJson(c);
    const auto elbow = c.value("elbow", std::vector<std::size_t>{});
    nn::KMeansSettings settings;
    settings.clusters = static_cast<std::size_t>(std::max<std::int64_t>(1, config.codes));
    settings.batches = c.value("batches", settings.batches);
    settings.passes = c.value("passes", settings.passes);
    settings.batch = c.value("batch", settings.batch);
    settings.seed = setting.seed;
    const auto say = [&](const std::string& text) {
        if (print) print(text);
    };

    torch::NoGradGuard noGrad;
    progress.report("reading motion", 0, -1);
    const auto rows = trainingRows(clips, c.value("speeds", std::vector<double>{0.9, 1.0, 1.1}));
    const auto held = heldMotions(clips, true);
    if (rows.empty() || held.empty()) return badInput("training data", "too little motion", "training and validation clips", std::to_string(clips.size()) + " clips");
    nn::KMeansQuantiser model(config);
    model->setNormalisation(torch::cat(rows, 0));
    nlohmann::json figures = nlohmann::json::object(), curves = nlohmann::json::object();
    for (std::int64_t stream = 0; stream < model->streams(); ++stream) {
        const std::string name = kStreams[stream], tag = stream == 0 ? "lower" : "upper";
        const Table words = wordsOf(*model, rows, stream, c.value("samples", std::size_t{60000}), setting.seed + static_cast<std::uint64_t>(stream));
        const std::size_t most = elbow.empty() ? settings.clusters : std::max(settings.clusters, *std::max_element(elbow.begin(), elbow.end()));
        if (words.rows < most) return badInput("training data", "fewer " + mode + " than codes", std::to_string(most), std::to_string(words.rows));
        if (!elbow.empty()) {
            progress.report("elbow, " + name, 0, -1);
            const auto curve = nn::elbowCurve(words, elbow, settings, stop);
            for (const auto& p : curve) {
                say(line("%s  %5zu codes  inertia %.4f  silhouette %+.3f", name.c_str(), p.clusters, p.inertia, p.silhouette));
                curves[tag].push_back({{"codes", p.clusters}, {"inertia", p.inertia}, {"silhouette", p.silhouette}});
            }
            say(line("%s  elbow at %zu codes", name.c_str(), nn::elbowOf(curve)));
        }
        const auto fit = nn::kMeans(words, settings, stop, [&](double share) { progress.report("clustering, " + name, share, -1); });
        if (stop.stop_requested()) return cancelled("train kmeans");
        const double inertia = fit.inertia / static_cast<double>(words.rows), score = nn::silhouette(words, fit.labels, 3000, setting.seed);
        say(line("%s  %zu codes from %zu %s: inertia %.4f, silhouette %+.3f, %zu full passes", name.c_str(), settings.clusters, words.rows, mode.c_str(), inertia, score, fit.passes));
        figures["inertia_" + tag] = inertia;
        figures["silhouette_" + tag] = score;
        model->setCentroids(stream, fit.centroids);
    }
    CHOREIA_ASSIGN(const auto report, checkQuantiser(*model, held, torch::kCPU, false, stop, progress));
    figures["joint_error_cm"] = report.all.jointErrorCm;
    figures["rotation_error_deg"] = report.all.rotationErrorDeg;
    figures["worst_clip_cm"] = report.all.worstClipCm;
    figures["speed_ratio"] = report.speedRatio;
    for (const auto& style : report.styles) figures["joint_error_cm_" + style.name] = style.jointErrorCm;
    for (const auto& book : report.codebooks) {
        std::string name = "perplexity_" + book.name;
        std::replace(name.begin(), name.end(), ' ', '_');
        figures[name] = book.perplexity;
    }
    say(line("validation: joint error %.2f cm, rotation error %.2f degrees, worst clip %.2f cm (%s), speed %.2f of the true", report.all.jointErrorCm, report.all.rotationErrorDeg,
             report.all.worstClipCm, report.all.worstClip.c_str(), report.speedRatio));

    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    auto table = nn::toTable(*model, "kmeans", model->config().toJson(), true);
    table.metadata["figures"] = figures.dump();
    table.metadata["elbow"] = curves.dump();
    table.metadata["seed"] = std::to_string(setting.seed);
    table.metadata["training_minutes"] = std::to_string(seconds / 60);
    table.metadata["trained_on"] = c.value("trained_on", nlohmann::json::array()).dump();
    table.metadata["licence"] = c.value("licence", std::string("not stated"));
    table.metadata["command"] = c.value("command", std::string());
    CHOREIA_TRY(io::writeSafetensors(setting.out / (setting.name + ".kmeans.safetensors"), table));
    const nlohmann::json record = {{"step", 1}, {"epoch", 1}, {"wall_s", seconds}, {"eta_s", 0}, {"lr", 0}, {"losses", {{"inertia_lower", figures["inertia_lower"]}, {"inertia_upper", figures["inertia_upper"]}}}, {"val", figures}};
    for (const auto& path : {setting.out / "kmeans.log.jsonl", log}) {
        if (path.empty()) continue;
        std::ofstream out(path, std::ios::app);
        out << record.dump() << '\n';
        out.flush();
        if (!out) return failed(path.string(), "the log cannot be written");
    }
    return {};
}

}  // namespace choreia::train
