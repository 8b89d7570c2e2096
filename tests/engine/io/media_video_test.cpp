// Films: a flash and a beep are found again where they were put; sizes and lengths; nothing half written.
#include "io/media.h"
#include "support/testing.h"

#include <QTemporaryDir>

#include <array>
#include <cmath>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <numbers>
#include <sys/resource.h>

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/pixdesc.h>
}

using namespace choreia;
namespace fs = std::filesystem;

namespace {

struct Seen {
    std::vector<double> times;       ///< of the pictures shown, seconds
    std::vector<double> brightness;  ///< mean luma
    int width = 0, height = 0;
    double duration = 0;
    bool sound = false;
};

/// Reads a film's pictures with libav alone, by their time stamps.
Seen look(const fs::path& path) {
    Seen seen;
    AVFormatContext* input = nullptr;
    if (avformat_open_input(&input, path.c_str(), nullptr, nullptr) < 0) return seen;
    avformat_find_stream_info(input, nullptr);
    const AVCodec* decoder = nullptr;
    const int video = av_find_best_stream(input, AVMEDIA_TYPE_VIDEO, -1, -1, &decoder, 0);
    seen.sound = av_find_best_stream(input, AVMEDIA_TYPE_AUDIO, -1, -1, nullptr, 0) >= 0;
    seen.duration = static_cast<double>(input->duration) / AV_TIME_BASE;
    AVCodecContext* codec = avcodec_alloc_context3(decoder);
    avcodec_parameters_to_context(codec, input->streams[video]->codecpar);
    avcodec_open2(codec, decoder, nullptr);
    AVPacket* packet = av_packet_alloc();
    AVFrame* frame = av_frame_alloc();
    for (bool more = true; more;) {
        more = av_read_frame(input, packet) >= 0;
        if (more && packet->stream_index != video) {
            av_packet_unref(packet);
            continue;
        }
        avcodec_send_packet(codec, more ? packet : nullptr);
        av_packet_unref(packet);
        while (avcodec_receive_frame(codec, frame) >= 0) {
            double sum = 0;
            const int depth = av_pix_fmt_desc_get(static_cast<AVPixelFormat>(frame->format))->comp[0].depth;
            for (int y = 0; y < frame->height; ++y) {
                // Ten or twelve bits a number in ProRes, eight elsewhere.
                for (int x = 0; x < frame->width; ++x)
                    sum += depth > 8 ? static_cast<double>(reinterpret_cast<const std::uint16_t*>(frame->data[0] + y * frame->linesize[0])[x]) / (1 << (depth - 8)) : frame->data[0][y * frame->linesize[0] + x];
            }
            seen.width = frame->width, seen.height = frame->height;
            seen.brightness.push_back(sum / (frame->width * frame->height));
            seen.times.push_back(static_cast<double>(frame->best_effort_timestamp) * av_q2d(input->streams[video]->time_base));
        }
    }
    av_frame_free(&frame);
    av_packet_free(&packet);
    avcodec_free_context(&codec);
    avformat_close_input(&input);
    return seen;
}

using Rgba = std::array<int, 4>;

/// Pictures of a film as RGBA, brought from YUV by the words of BT.709 alone. Libvpx's own decoder is asked for: libav's reads no opacity.
std::vector<std::vector<Rgba>> withOpacity(const fs::path& path) {
    std::vector<std::vector<Rgba>> pictures;
    AVFormatContext* input = nullptr;
    if (avformat_open_input(&input, path.c_str(), nullptr, nullptr) < 0) return pictures;
    avformat_find_stream_info(input, nullptr);
    const AVCodec* decoder = avcodec_find_decoder(input->streams[0]->codecpar->codec_id);
    if (input->streams[0]->codecpar->codec_id == AV_CODEC_ID_VP9) decoder = avcodec_find_decoder_by_name("libvpx-vp9");
    AVCodecContext* codec = avcodec_alloc_context3(decoder);
    avcodec_parameters_to_context(codec, input->streams[0]->codecpar);
    avcodec_open2(codec, decoder, nullptr);
    AVPacket* packet = av_packet_alloc();
    AVFrame* frame = av_frame_alloc();
    for (bool more = true; more;) {
        more = av_read_frame(input, packet) >= 0;
        avcodec_send_packet(codec, more ? packet : nullptr);
        av_packet_unref(packet);
        while (avcodec_receive_frame(codec, frame) >= 0) {
            const auto* kind = av_pix_fmt_desc_get(static_cast<AVPixelFormat>(frame->format));
            const int depth = kind->comp[0].depth;
            const auto at = [&](int plane, int x, int y) {
                const auto* row = frame->data[plane] + y * frame->linesize[plane];
                return depth > 8 ? static_cast<double>(reinterpret_cast<const std::uint16_t*>(row)[x]) / (1 << (depth - 8)) : static_cast<double>(row[x]);
            };
            auto& picture = pictures.emplace_back();
            for (int y = 0; y < frame->height; ++y)
                for (int x = 0; x < frame->width; ++x) {
                    const int u = x >> kind->log2_chroma_w, v = y >> kind->log2_chroma_h;
                    const double light = 255.0 / 219 * (at(0, x, y) - 16), blue = 255.0 / 224 * (at(1, u, v) - 128), red = 255.0 / 224 * (at(2, u, v) - 128);
                    const auto whole = [](double value) { return static_cast<int>(std::lround(value)); };
                    picture.push_back({whole(light + 1.5748 * red), whole(light - 0.1873 * blue - 0.4681 * red), whole(light + 1.8556 * blue), kind->nb_components > 3 ? whole(at(3, x, y)) : 255});
                }
        }
    }
    av_frame_free(&frame);
    av_packet_free(&packet);
    avcodec_free_context(&codec);
    avformat_close_input(&input);
    return pictures;
}

/// Matroska's element AlphaMode (0x53C0) with the value 1.
bool saysAlphaMode(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    return bytes.find("\x53\xC0\x81\x01") != std::string::npos;
}

std::vector<std::uint8_t> plain(int width, int height, std::uint8_t grey) {
    std::vector<std::uint8_t> rgba(static_cast<std::size_t>(width * height) * 4, grey);
    for (std::size_t i = 3; i < rgba.size(); i += 4) rgba[i] = 255;
    return rgba;
}

}  // namespace

class MediaVideoTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() {
        folder_ = std::make_unique<QTemporaryDir>();
        QVERIFY(folder_->isValid());
    }

    void flashMeetsBeep_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<double>("fps");
        QTest::addColumn<int>("rate");
        QTest::newRow("mp4 30") << "f.mp4" << 30.0 << 48000;
        QTest::newRow("mp4 25, 22050 Hz") << "f.mp4" << 25.0 << 22050;
        QTest::newRow("mp4 29.97") << "f.mp4" << 29.97 << 44100;
        QTest::newRow("mp4 60") << "f.mp4" << 60.0 << 48000;
        QTest::newRow("webm 30") << "f.webm" << 30.0 << 48000;
        QTest::newRow("webm 24, 44100 Hz") << "f.webm" << 24.0 << 44100;
        QTest::newRow("mov 25, 44100 Hz") << "f.mov" << 25.0 << 44100;
    }
    void flashMeetsBeep() {
        QFETCH(QString, name);
        QFETCH(double, fps);
        QFETCH(int, rate);
        constexpr int kFrames = 100, kFlash = 61, kFlashLength = 6;
        // The beep starts with the flash and the sound ends long before the picture does.
        audio::Pcm sound{rate, 2, std::vector<float>(static_cast<std::size_t>(2.0 * rate / fps * (kFlash + kFlashLength)), 0.0f)};
        const auto from = static_cast<std::size_t>(std::lround(kFlash / fps * rate));
        for (std::size_t i = from; i < sound.frames(); ++i) {
            const auto value = static_cast<float>(0.7 * std::sin(2 * std::numbers::pi * 1000 * static_cast<double>(i - from) / rate));
            sound.samples[2 * i] = sound.samples[2 * i + 1] = value;
        }
        io::VideoFormat format;
        format.width = 160;
        format.height = 90;
        format.fps = fps;
        format.codec = *io::videoCodecOf(at(name));
        {
            auto writer = io::VideoWriter::open(at(name), format, &sound);
            QVERIFY2(writer.ok(), writer.ok() ? "" : writer.error().line().c_str());
            for (int i = 0; i < kFrames; ++i) {
                QVERIFY((*writer)->addPicture(plain(160, 90, i >= kFlash && i < kFlash + kFlashLength ? 255 : 0)).ok());
            }
            const auto done = (*writer)->finish();
            QVERIFY2(done.ok(), done.ok() ? "" : done.error().line().c_str());
        }
        const Seen seen = look(at(name));
        QCOMPARE(static_cast<int>(seen.times.size()), kFrames);
        QCOMPARE(seen.width, 160);
        QCOMPARE(seen.height, 90);
        QVERIFY(seen.sound);
        QVERIFY2(std::fabs(seen.duration - kFrames / fps) < 0.05, qPrintable(QString::number(seen.duration)));
        int flash = 0;
        while (flash < kFrames && seen.brightness[static_cast<std::size_t>(flash)] < 120) ++flash;
        QCOMPARE(flash, kFlash);
        // Black and white keep to video's range, as BT.709 says.
        QVERIFY(std::fabs(seen.brightness[0] - 16) < 2);
        QVERIFY(std::fabs(seen.brightness[kFlash + 2] - 235) < 2);
        NoProgress progress;
        const auto heard = io::decodeSong(at(name), {}, progress);
        QVERIFY2(heard.ok(), heard.ok() ? "" : heard.error().line().c_str());
        double beep = -1;
        for (std::size_t i = 0; i < heard->playback.frames() && beep < 0; ++i) {
            if (std::fabs(heard->playback.samples[2 * i]) > 0.3f) beep = static_cast<double>(i) / heard->playback.rate;
        }
        const double shown = seen.times[static_cast<std::size_t>(flash)] - seen.times[0];
        QVERIFY2(std::fabs(shown - kFlash / fps) < 0.002, qPrintable(QString::number(shown)));
        QVERIFY2(std::fabs(beep - kFlash / fps) < 0.5 / fps, qPrintable(QString("beep %1, flash %2").arg(beep).arg(kFlash / fps)));
        QVERIFY2(std::fabs(heard->playback.seconds() - kFrames / fps) < 0.05, qPrintable(QString::number(heard->playback.seconds())));
    }

    void opacityIsReadBackAsItWasWritten_data() {
        QTest::addColumn<QString>("name");
        QTest::newRow("webm") << "f.webm";
        QTest::newRow("mov") << "f.mov";
    }
    void opacityIsReadBackAsItWasWritten() {
        QFETCH(QString, name);
        // Four fields of 32 x 32: clear, half, opaque green, and one whose opacity grows with the pictures.
        io::VideoFormat format;
        format.width = 128, format.height = 32;
        format.opacity = true;
        format.quality = 10;
        format.codec = *io::videoCodecOf(at(name));
        {
            auto writer = io::VideoWriter::open(at(name), format, nullptr);
            QVERIFY2(writer.ok(), writer.ok() ? "" : writer.error().line().c_str());
            for (int i = 0; i < 12; ++i) {
                std::vector<std::uint8_t> rgba(128 * 32 * 4);
                for (std::size_t p = 0; p < 128 * 32; ++p) {
                    const std::size_t field = p % 128 / 32;
                    const std::uint8_t colours[4][4] = {{0, 0, 0, 0}, {200, 40, 40, 128}, {20, 200, 60, 255}, {40, 60, 220, static_cast<std::uint8_t>(20 * i)}};
                    std::copy_n(colours[field], 4, rgba.begin() + static_cast<std::ptrdiff_t>(4 * p));
                }
                QVERIFY((*writer)->addPicture(rgba).ok());
            }
            const auto done = (*writer)->finish();
            QVERIFY2(done.ok(), done.ok() ? "" : done.error().line().c_str());
        }
        const auto pictures = withOpacity(at(name));
        QCOMPARE(pictures.size(), std::size_t(12));
        for (std::size_t i = 0; i < pictures.size(); ++i) {
            const auto centre = [&](int field) { return pictures[i][static_cast<std::size_t>(16 * 128 + 32 * field + 16)]; };
            QVERIFY2(centre(0)[3] <= 3, qPrintable(QString::number(centre(0)[3])));
            QVERIFY2(std::abs(centre(1)[3] - 128) <= 4 && std::abs(centre(1)[0] - 200) <= 12 && std::abs(centre(1)[1] - 40) <= 12, qPrintable(QString::number(centre(1)[0])));
            QVERIFY(centre(2)[3] >= 252 && std::abs(centre(2)[1] - 200) <= 12 && std::abs(centre(2)[2] - 60) <= 12);
            QVERIFY2(std::abs(centre(3)[3] - 20 * static_cast<int>(i)) <= 5, qPrintable(QString::number(centre(3)[3])));
        }
        // A player that asks the file learns of it: the WebM says so in its header.
        if (name.endsWith("webm")) QVERIFY(saysAlphaMode(at(name)));
        QCOMPARE(entries(), 1);
    }

    void h264RefusesOpacity() {
        io::VideoFormat format;
        format.opacity = true;
        const auto writer = io::VideoWriter::open(at("f.mp4"), format, nullptr);
        QVERIFY(!writer.ok());
        QCOMPARE(writer.error().exitStatus(), 2);
        QVERIFY2(writer.error().line().find("transparency") != std::string::npos, writer.error().line().c_str());
        QCOMPARE(entries(), 0);
    }

    void silentFilmHasNoSound() {
        io::VideoFormat format;
        format.width = format.height = 64;
        auto writer = io::VideoWriter::open(at("f.mp4"), format, nullptr);
        QVERIFY(writer.ok());
        for (int i = 0; i < 10; ++i) QVERIFY((*writer)->addPicture(plain(64, 64, 100)).ok());
        QVERIFY((*writer)->finish().ok());
        const Seen seen = look(at("f.mp4"));
        QCOMPARE(seen.times.size(), std::size_t(10));
        QVERIFY(!seen.sound);
        NoProgress progress;
        const auto song = io::decodeSong(at("f.mp4"), {}, progress);
        QVERIFY(!song.ok());
        QCOMPARE(song.error().exitStatus(), 3);
        QVERIFY2(song.error().line().find("no sound") != std::string::npos, song.error().line().c_str());
    }

    void playsFromItsStart() {
        // The index stands before the pictures, so that a browser can start at once.
        io::VideoFormat format;
        format.width = format.height = 64;
        auto writer = io::VideoWriter::open(at("f.mp4"), format, nullptr);
        QVERIFY(writer.ok());
        for (int i = 0; i < 10; ++i) QVERIFY((*writer)->addPicture(plain(64, 64, 100)).ok());
        QVERIFY((*writer)->finish().ok());
        std::ifstream in(at("f.mp4").string(), std::ios::binary);
        const std::string bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
        QVERIFY(bytes.find("moov") < bytes.find("mdat"));
    }

    void unfinishedLeavesTheOldFile() {
        std::ofstream(at("f.mp4")) << "the film before";
        io::VideoFormat format;
        format.width = format.height = 64;
        {
            auto writer = io::VideoWriter::open(at("f.mp4"), format, nullptr);
            QVERIFY(writer.ok());
            QVERIFY((*writer)->addPicture(plain(64, 64, 100)).ok());
        }
        std::ifstream in(at("f.mp4"));
        QCOMPARE(std::string((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>()), std::string("the film before"));
        QCOMPARE(entries(), 1);
    }

    void fullDiskIsOneError() {
        // A limit on the size of files stands for the full disk: the write fails in the same place.
        std::signal(SIGXFSZ, SIG_IGN);
        rlimit before{};
        QCOMPARE(getrlimit(RLIMIT_FSIZE, &before), 0);
        std::ofstream(at("f.mp4")) << "the film before";
        io::VideoFormat format;
        format.width = 320;
        format.height = 240;
        format.quality = 1;
        rlimit tight{60000, before.rlim_max};
        QCOMPARE(setrlimit(RLIMIT_FSIZE, &tight), 0);
        Result<void> result;
        {
            auto writer = io::VideoWriter::open(at("f.mp4"), format, nullptr);
            if (writer.ok()) {
                std::vector<std::uint8_t> rgba(320 * 240 * 4);
                std::uint32_t state = 1;
                for (int i = 0; i < 60 && result.ok(); ++i) {
                    for (auto& byte : rgba) byte = static_cast<std::uint8_t>((state = state * 1664525U + 1013904223U) >> 24);
                    result = (*writer)->addPicture(rgba);
                }
                if (result.ok()) result = (*writer)->finish();
            }
        }
        setrlimit(RLIMIT_FSIZE, &before);
        QVERIFY(!result.ok());
        QCOMPARE(result.error().exitStatus(), 1);
        QVERIFY2(result.error().line().find("f.mp4: cannot be written") != std::string::npos, result.error().line().c_str());
        QCOMPARE(entries(), 1);
    }

    void wrongRequestsAreUsage() {
        const auto status = [&](const char* name, int width, int height, double fps) {
            io::VideoFormat format;
            format.width = width;
            format.height = height;
            format.fps = fps;
            const auto writer = io::VideoWriter::open(at(name), format, nullptr);
            return writer.ok() ? 0 : writer.error().exitStatus();
        };
        QCOMPARE(status("f.webm", 64, 64, 30), 2);
        QCOMPARE(status("f.avi", 64, 64, 30), 2);
        QCOMPARE(status("f.mp4", 65, 64, 30), 2);
        QCOMPARE(status("f.mp4", 64, 63, 30), 2);
        QCOMPARE(status("f.mp4", 0, 64, 30), 2);
        QCOMPARE(status("f.mp4", 64, 64, 0), 2);
        QCOMPARE(status("f.mp4", 64, 64, std::nan("")), 2);
        QCOMPARE(status("missing/f.mp4", 64, 64, 30), 1);
        QCOMPARE(entries(), 0);
    }

private:
    [[nodiscard]] fs::path at(const QString& name) const { return fs::path(folder_->path().toStdString()) / name.toStdString(); }
    [[nodiscard]] int entries() const {
        int count = 0;
        for (const auto& entry : fs::directory_iterator(folder_->path().toStdString())) count += entry.exists() ? 1 : 0;
        return count;
    }
    std::unique_ptr<QTemporaryDir> folder_;
};

CHOREIA_TEST(MediaVideoTest)
#include "media_video_test.moc"
