/// What the window's tests share: a small song with known beats, and a choreographer that needs no networks.
#pragma once

#include "audio/synth.h"
#include "core/random.h"
#include "document/document.h"
#include "io/media.h"

#include <QDir>
#include <QFile>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QtTest/QtTest>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <memory>
#include <thread>

namespace choreia::ui::testing {

inline constexpr double kSongSeconds = 8;
inline constexpr double kSongTempo = 120;

/// Writes eight seconds of house music at 120 beats a minute into folder; its path.
inline QString makeSong(const QTemporaryDir& folder, const QString& name = QStringLiteral("song.wav")) {
    audio::SynthSettings settings;
    settings.tempoBpm = kSongTempo;
    settings.seconds = kSongSeconds;
    const QString path = folder.filePath(name);
    const auto written = io::writeSound(path.toStdString(), audio::synthesize(settings).pcm);
    if (!written) qFatal("%s", written.error().line().c_str());
    return path;
}

/// A dance by formula: the body bobs and the right arm swings, phase by seed; tokens drawn from the seed.
inline io::Dance makeDance(double seconds, std::uint64_t seed) {
    io::Dance dance;
    dance.name = "Coral";
    const auto frames = static_cast<std::size_t>(std::max(2.0, std::round(seconds * 60)));
    const float height = motion::Skeleton::body().offset(0).y();
    Random random(seed);
    const double phase = random.uniform(0, 6.28);
    for (std::size_t f = 0; f < frames; ++f) {
        const double t = static_cast<double>(f) / 60;
        const auto bob = static_cast<float>(0.03 * std::sin(6.283 * 2 * t + phase)), sway = static_cast<float>(std::sin(6.283 * t + phase));
        dance.clip.root.emplace_back(0.1f * sway, height + bob, 0.0f);
        std::vector<motion::Quat> pose(motion::kJoints, motion::Quat::Identity());
        pose[motion::RightShoulder] = Eigen::AngleAxisf(sway, motion::Vec3::UnitZ());
        pose[motion::LeftShoulder] = Eigen::AngleAxisf(-1.1f, motion::Vec3::UnitZ());
        dance.clip.rotations.insert(dance.clip.rotations.end(), pose.begin(), pose.end());
    }
    for (double t = 0; t < seconds; t += 1 / 7.5) {
        dance.tokens.upper.push_back(static_cast<std::int64_t>(random.below(256)));
        dance.tokens.lower.push_back(static_cast<std::int64_t>(random.below(256)));
        dance.tokens.times.push_back(t);
    }
    return dance;
}

/// Passes exactly through its pins and begins with the opening's last pose; a part differs strictly inside.
inline Generator quickGenerator() {
    return [](const DanceRequest& request, std::stop_token, Progress& progress) -> Result<choreo::Generated> {
        progress.report("inventing", 0.5, 1);
        choreo::Generated made;
        made.dance = makeDance(request.analysis.duration, request.settings.seed);
        motion::Clip& clip = made.dance.clip;
        if (request.kind == DanceRequest::Kind::Part) {
            const motion::Clip fresh = clip;
            made.dance = request.dance->dance;
            made.dance.contacts.clear();
            for (std::size_t f = 0; f < clip.frames(); ++f) {
                const double t = static_cast<double>(f) / clip.fps;
                if (t <= request.from + 1e-9 || t >= request.to - 1e-9) continue;
                clip.root[f] = fresh.root[f];
                std::ranges::copy(fresh.pose(f), clip.pose(f).begin());
            }
        }
        if (request.constraints.opening) std::ranges::copy(request.constraints.opening->pose(request.constraints.opening->frames() - 1), clip.pose(0).begin());
        for (const auto& pin : request.constraints.pins)
            std::ranges::copy(pin.rotations, clip.pose(static_cast<std::size_t>(std::lround(pin.time * clip.fps))).begin());
        return made;
    };
}

/// Never ends by itself, and looks at its stop token as rarely as a stubborn network would.
inline Generator stubbornGenerator(std::chrono::milliseconds nap) {
    return [nap](const DanceRequest&, std::stop_token stop, Progress& progress) -> Result<choreo::Generated> {
        for (int i = 0; !stop.stop_requested(); ++i) {
            progress.report("inventing", 0.01 * (i % 100), 10);
            std::this_thread::sleep_for(nap);
        }
        return cancelled();
    };
}

/// Opens and waits until the loader is idle again.
inline bool openAndWait(Document& document, const QString& path) {
    document.open(path);
    return QTest::qWaitFor([&] { return !document.loader().busy(); }, 60000);
}

/// Until the generator rests: a dance, a part, takes or what waits behind them.
inline bool waitForJob(Document& document) {
    return QTest::qWaitFor([&] { return !document.generator().busy(); }, 60000);
}

inline bool generateAndWait(Document& document) {
    document.generate();
    return waitForJob(document);
}

/// With a song, and danced.
inline std::unique_ptr<Document> documentWithDance(const QString& song) {
    auto document = std::make_unique<Document>(quickGenerator());
    if (!openAndWait(*document, song) || !generateAndWait(*document)) qFatal("%s is not danced to", qPrintable(song));
    return document;
}

/// To the bit, but for the root.
inline bool samePose(const motion::Clip& a, std::size_t frameA, const motion::Clip& b, std::size_t frameB) {
    return std::ranges::equal(a.pose(frameA), b.pose(frameB), [](const motion::Quat& p, const motion::Quat& q) { return p.coeffs() == q.coeffs(); });
}

}  // namespace choreia::ui::testing
