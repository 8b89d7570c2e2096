// Whether picture and sound stay together: plays a song of one click a second, and prints where the player says it is, as a picture would be drawn.
//
//   choreia-playback-bench [SECONDS]     (default 600) lines "WALL POSITION": microseconds since 1970, seconds of the song
//
// What is heard is recorded beside it (in.sh: a null device of PulseAudio and its monitor), and the clicks in the recording are held against the lines.
#include "playback/player.h"

#include <QCoreApplication>
#include <QTimer>

#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>

using namespace choreia;

int main(int argc, char** argv) {
    QCoreApplication application(argc, argv);
    const double seconds = argc > 1 ? std::atof(argv[1]) : 600;
    constexpr int kRate = 48000;
    auto clicks = std::make_shared<audio::Pcm>();
    clicks->rate = kRate;
    clicks->channels = 2;
    clicks->samples.assign(static_cast<std::size_t>(2 * kRate * seconds), 0.0f);
    for (int second = 1; second < static_cast<int>(seconds); ++second)
        for (int i = 0; i < kRate / 200; ++i) {
            const auto at = static_cast<std::size_t>(2 * (second * kRate + i));
            clicks->samples[at] = clicks->samples[at + 1] = 0.8f * std::sin(static_cast<float>(i) * 0.3f);
        }
    ui::Player player;
    player.setSong(clicks, seconds);
    QObject::connect(&player, &ui::Player::positionChanged, [](double position) {
        const auto now = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
        std::printf("%lld %.6f\n", static_cast<long long>(now), position);
    });
    QObject::connect(&player, &ui::Player::playingChanged, [&](bool playing) {
        if (!playing) application.quit();
    });
    QTimer::singleShot(500, &player, [&] { player.play(); });
    return QCoreApplication::exec();
}
