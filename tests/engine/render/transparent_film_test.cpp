// Films and pictures before no background: laid over a colour they are what is drawn before that colour.
#include "motion/skeleton.h"
#include "render/backdrop.h"
#include "render/video.h"
#include "support/testing.h"

#include <QTemporaryDir>

#include <array>
#include <cmath>
#include <filesystem>

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/pixdesc.h>
}

using namespace choreia;

namespace {

motion::Clip stretched() {
    motion::Clip clip;
    for (int f = 0; f < 30; ++f) {
        std::vector<motion::Quat> pose(motion::kJoints, motion::Quat::Identity());
        pose[motion::LeftShoulder] = motion::Quat(Eigen::AngleAxisf(0.02f * static_cast<float>(f), motion::Vec3::UnitZ()));
        clip.root.emplace_back(0, 0.95f, 0);
        clip.rotations.insert(clip.rotations.end(), pose.begin(), pose.end());
    }
    return clip;
}

render::VideoRequest before(const motion::Clip& clip, const std::string& background) {
    render::VideoRequest request;
    request.clip = &clip;
    request.width = 320, request.height = 180;
    request.cast.kind = render::Casting::Kind::Character;
    request.cast.backdrop = *render::backdropNamed(background);
    return request;
}

/// Opacity of a film's pictures, 0..255, by libav alone.
std::vector<std::vector<int>> opacityOf(const std::filesystem::path& path) {
    std::vector<std::vector<int>> pictures;
    AVFormatContext* input = nullptr;
    if (avformat_open_input(&input, path.c_str(), nullptr, nullptr) < 0) return pictures;
    avformat_find_stream_info(input, nullptr);
    const bool vp9 = input->streams[0]->codecpar->codec_id == AV_CODEC_ID_VP9;
    const AVCodec* decoder = vp9 ? avcodec_find_decoder_by_name("libvpx-vp9") : avcodec_find_decoder(input->streams[0]->codecpar->codec_id);
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
            auto& picture = pictures.emplace_back();
            const int depth = av_pix_fmt_desc_get(static_cast<AVPixelFormat>(frame->format))->comp[0].depth;
            for (int y = 0; y < frame->height; ++y)
                for (int x = 0; x < frame->width; ++x)
                    picture.push_back(depth == 8 ? frame->data[3][y * frame->linesize[3] + x] : reinterpret_cast<const std::uint16_t*>(frame->data[3] + y * frame->linesize[3])[x] >> (depth - 8));
        }
    }
    av_frame_free(&frame);
    av_packet_free(&packet);
    avcodec_free_context(&codec);
    avformat_close_input(&input);
    return pictures;
}

}  // namespace

class TransparentFilmTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aPictureLaidOverAColourIsThePictureBeforeIt_data() {
        QTest::addColumn<int>("dancers");
        QTest::addColumn<int>("layout");
        QTest::newRow("one") << 1 << -1;
        QTest::newRow("three") << 3 << -1;
        QTest::newRow("side by side") << 1 << static_cast<int>(render::Layout::SideBySide);
    }
    void aPictureLaidOverAColourIsThePictureBeforeIt() {
        QFETCH(int, dancers);
        QFETCH(int, layout);
        const auto clip = stretched();
        std::vector<motion::Clip> others;
        for (int k = 1; k < dancers; ++k) {
            others.push_back(clip);
            for (auto& root : others.back().root) root += motion::Vec3(0.5f * static_cast<float>(k), 0, -0.4f * static_cast<float>(k));
        }
        const auto drawn = [&](const std::string& background) {
            auto request = before(clip, background);
            for (const auto& other : others) request.others.push_back(&other);
            if (layout >= 0) request.showBoth(render::Casting(request.cast), static_cast<render::Layout>(layout));
            auto picture = render::drawStill(request, 0.5);
            if (!picture.ok()) qFatal("%s", picture.error().line().c_str());
            return *picture;
        };
        const auto clear = drawn("transparent"), green = drawn("#20c040");
        const std::array<int, 3> colour{0x20, 0xc0, 0x40};
        int opaque = 0, part = 0, nothing = 0;
        for (std::size_t p = 0; p < green.rgba.size(); p += 4) {
            const int opacity = clear.rgba[p + 3];
            (opacity == 255 ? opaque : opacity > 0 ? part : nothing)++;
            for (std::size_t c = 0; c < 3; ++c) {
                const double laid = colour[c] + opacity / 255.0 * (clear.rgba[p + c] - colour[c]);
                QVERIFY2(std::abs(laid - green.rgba[p + c]) < 3.5, qPrintable(QStringLiteral("%1 and %2 at %3").arg(laid).arg(green.rgba[p + c]).arg(p / 4)));
            }
        }
        QVERIFY(opaque > 1000 && part > 300 && nothing > 10000);  // body; outline and shadow; the rest
    }

    void filmsKeepIt_data() {
        QTest::addColumn<QString>("name");
        QTest::newRow("webm") << "f.webm";
        QTest::newRow("mov") << "f.mov";
    }
    void filmsKeepIt() {
        QFETCH(QString, name);
        const QTemporaryDir folder;
        const auto path = folder.filePath(name).toStdString();
        const auto clip = stretched();
        auto request = before(clip, "transparent");
        request.quality = 12;
        NoProgress progress;
        const auto report = render::exportVideo(path, request, {}, progress);
        QVERIFY2(report.ok(), report.ok() ? "" : report.error().line().c_str());
        const auto films = opacityOf(path);
        QCOMPARE(films.size(), report->frames);
        for (std::size_t i = 0; i < films.size(); i += 5) {
            const auto still = render::drawStill(request, static_cast<double>(i) / request.fps);
            QVERIFY(still.ok());
            double away = 0;
            int wrong = 0;
            for (std::size_t p = 0; p < films[i].size(); ++p) {
                const int own = still->rgba[4 * p + 3];
                away += std::abs(films[i][p] - own) / static_cast<double>(films[i].size());
                wrong += (own == 255 && films[i][p] < 180) || (own == 0 && films[i][p] > 60);
            }
            QVERIFY2(away < 2 && wrong < 40, qPrintable(QStringLiteral("%1, %2").arg(away).arg(wrong)));
        }
    }

    void h264RefusesIt() {
        const QTemporaryDir folder;
        const auto clip = stretched();
        NoProgress progress;
        const auto mp4 = render::exportVideo(folder.filePath("f.mp4").toStdString(), before(clip, "transparent"), {}, progress);
        QVERIFY(!mp4.ok() && mp4.error().exitStatus() == 2);
        QVERIFY2(mp4.error().line().find("transparency") != std::string::npos, mp4.error().line().c_str());
        QVERIFY(!std::filesystem::exists(folder.filePath("f.mp4").toStdString()));
    }

    void straightColoursAreNotDarkenedByTheirOpacity() {
        render::Picture picture{2, 2, {50, 25, 100, 128, 0, 0, 0, 0, 0, 0, 0, 0, 10, 200, 30, 255}};
        render::toStraight(picture);
        const auto at = [&](std::size_t p, std::size_t c) { return static_cast<int>(picture.rgba[4 * p + c]); };
        QVERIFY(std::abs(at(0, 0) - 100) <= 1 && std::abs(at(0, 1) - 50) <= 1 && std::abs(at(0, 2) - 199) <= 1 && at(0, 3) == 128);
        QVERIFY(at(3, 0) == 10 && at(3, 1) == 200 && at(3, 3) == 255);
        // What is not seen takes the colour of what is seen about it and stays unseen.
        QVERIFY(std::abs(at(1, 0) - 60 * 255 / 383) <= 1 && std::abs(at(1, 1) - 225 * 255 / 383) <= 1 && at(1, 3) == 0 && at(2, 3) == 0);
    }

    void thePreviewSeesPicturesOfTheFilm() {
        const QTemporaryDir folder;
        const auto clip = stretched();
        auto request = before(clip, "#ff0000");
        int seen = 0;
        request.preview = [&](const render::Picture& picture) { seen += picture.width == 320 && picture.rgba[0] == 255 && picture.rgba[1] == 0; };
        NoProgress progress;
        QVERIFY(render::exportVideo(folder.filePath("f.mp4").toStdString(), request, {}, progress).ok());
        QVERIFY(seen >= 1);
    }
};

CHOREIA_TEST(TransparentFilmTest)
#include "transparent_film_test.moc"
