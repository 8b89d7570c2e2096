// Containers and sound encoders of libav.
#include "io/media_mux.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace choreia::io::av {

Muxer::~Muxer() {
    if (!context_) return;
    if (context_->pb) avio_closep(&context_->pb);
    avformat_free_context(context_);
}

Error Muxer::error(int code) const {
    if (code == AVERROR(ENOSPC)) return failed(shown_, "cannot be written: the disk is full");
    return failed(shown_, "cannot be written: " + text(code));
}

Result<void> Muxer::open(const std::filesystem::path& file, const char* container, std::string shown) {
    quiet();
    shown_ = std::move(shown);
    int code = avformat_alloc_output_context2(&context_, nullptr, container, url(file).c_str());
    if (code < 0) return error(code);
    context_->flags |= AVFMT_FLAG_BITEXACT;  // no date and version inside: the same film, the same bytes
    code = avio_open(&context_->pb, url(file).c_str(), AVIO_FLAG_WRITE);
    if (code < 0) return error(code);
    return {};
}

bool Muxer::wantsGlobalHeader() const { return (context_->oformat->flags & AVFMT_GLOBALHEADER) != 0; }

Result<AVStream*> Muxer::addStream(const AVCodecContext& codec) {
    AVStream* stream = avformat_new_stream(context_, nullptr);
    if (!stream) return error(AVERROR(ENOMEM));
    const int code = avcodec_parameters_from_context(stream->codecpar, &codec);
    if (code < 0) return error(code);
    stream->time_base = codec.time_base;
    if (codec.codec_type == AVMEDIA_TYPE_VIDEO) {
        stream->avg_frame_rate = codec.framerate;
        stream->r_frame_rate = codec.framerate;
    }
    return stream;
}

Result<void> Muxer::begin(const char* options) {
    AVDictionary* dictionary = nullptr;
    int code = av_dict_parse_string(&dictionary, options, "=", ":", 0);
    if (code >= 0) code = avformat_write_header(context_, &dictionary);
    av_dict_free(&dictionary);
    if (code < 0) return error(code);
    return {};
}

Result<void> Muxer::write(AVPacket& packet, const AVCodecContext& codec, const AVStream& stream) {
    av_packet_rescale_ts(&packet, codec.time_base, stream.time_base);
    packet.stream_index = stream.index;
    int code = av_interleaved_write_frame(context_, &packet);
    if (code >= 0 && context_->pb->error < 0) code = context_->pb->error;  // the file is buffered: its fault shows later
    if (code < 0) return error(code);
    return {};
}

Result<void> Muxer::end() {
    int code = av_write_trailer(context_);
    if (code >= 0) {
        avio_flush(context_->pb);
        code = context_->pb->error;
    }
    const int closed = avio_closep(&context_->pb);
    if (code >= 0) code = closed;
    if (code < 0) return error(code);
    return {};
}

Result<void> encode(Muxer& muxer, AVCodecContext& codec, const AVStream& stream, const AVFrame* frame) {
    int code = avcodec_send_frame(&codec, frame);
    if (code < 0 && code != AVERROR_EOF) return failed(muxer.shown(), "cannot be encoded: " + text(code));
    const Packet packet(av_packet_alloc());
    for (;;) {
        code = avcodec_receive_packet(&codec, packet.get());
        if (code == AVERROR(EAGAIN) || code == AVERROR_EOF) return {};
        if (code < 0) return failed(muxer.shown(), "cannot be encoded: " + text(code));
        if (codec.codec_type == AVMEDIA_TYPE_VIDEO && packet->duration == 0) packet->duration = 1;
        CHOREIA_TRY(muxer.write(*packet, codec, stream));
    }
}

Result<void> SoundTrack::open(Muxer& muxer, const audio::Pcm& form, const char* encoder, int rate, int bitRate) {
    muxer_ = &muxer;
    channels_ = form.channels;
    const AVCodec* kind = avcodec_find_encoder_by_name(encoder);
    if (!kind) return failed(muxer.shown(), std::string("this machine's libav has no encoder ") + encoder);
    if (form.rate <= 0 || form.channels < 1 || form.channels > 2) return failed(muxer.shown(), "its sound has no rate or too many channels");
    codec_.reset(avcodec_alloc_context3(kind));
    codec_->sample_rate = rate > 0 ? rate : form.rate;
    codec_->sample_fmt = kind->sample_fmts ? kind->sample_fmts[0] : AV_SAMPLE_FMT_FLT;
    for (const AVSampleFormat* f = kind->sample_fmts; f && *f != AV_SAMPLE_FMT_NONE; ++f) {
        if (*f == AV_SAMPLE_FMT_FLT || *f == AV_SAMPLE_FMT_FLTP) codec_->sample_fmt = *f;
    }
    av_channel_layout_default(&codec_->ch_layout, form.channels);
    codec_->bit_rate = bitRate;
    codec_->time_base = {1, codec_->sample_rate};
    codec_->thread_count = 1;
    if (muxer.wantsGlobalHeader()) codec_->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
    codec_->flags |= AV_CODEC_FLAG_BITEXACT;
    const int code = avcodec_open2(codec_.get(), kind, nullptr);
    if (code < 0) return failed(muxer.shown(), "its sound cannot be encoded: " + text(code));
    CHOREIA_ASSIGN(stream_, muxer.addStream(*codec_));
    resampler_ = makeResampler(codec_->ch_layout, AV_SAMPLE_FMT_FLT, form.rate, form.channels, codec_->sample_fmt, codec_->sample_rate);
    if (!resampler_) return failed(muxer.shown(), "its sound cannot be resampled", {}, std::to_string(form.rate) + " Hz");
    waiting_.resize(av_sample_fmt_is_planar(codec_->sample_fmt) ? static_cast<std::size_t>(channels_) : 1);
    frame_.reset(av_frame_alloc());
    return {};
}

Result<void> SoundTrack::pull(const std::uint8_t** in, int count) {
    const int room = swr_get_out_samples(resampler_.get(), count);
    const auto bytes = static_cast<std::size_t>(av_get_bytes_per_sample(codec_->sample_fmt)) * (waiting_.size() > 1 ? 1U : static_cast<std::size_t>(channels_));
    std::vector<std::uint8_t*> planes;
    std::size_t before = 0;
    for (auto& plane : waiting_) {
        before = plane.size();
        plane.resize(before + static_cast<std::size_t>(std::max(room, 0)) * bytes);
        planes.push_back(plane.data() + before);
    }
    const int made = room > 0 ? swr_convert(resampler_.get(), planes.data(), room, in, count) : room;
    for (auto& plane : waiting_) plane.resize(before + static_cast<std::size_t>(std::max(made, 0)) * bytes);
    if (made < 0) return failed(muxer_->shown(), "its sound cannot be resampled: " + text(made));
    return {};
}

Result<void> SoundTrack::drain(bool last) {
    const auto bytes = static_cast<std::size_t>(av_get_bytes_per_sample(codec_->sample_fmt)) * (waiting_.size() > 1 ? 1U : static_cast<std::size_t>(channels_));
    const int step = codec_->frame_size > 0 ? codec_->frame_size : 4096;
    std::size_t from = 0;  // samples already sent
    for (;;) {
        const std::size_t left = waiting_[0].size() / bytes - from;
        if (left == 0 || (!last && left < static_cast<std::size_t>(step))) break;
        const int count = static_cast<int>(std::min(left, static_cast<std::size_t>(step)));
        av_frame_unref(frame_.get());
        frame_->nb_samples = count;
        frame_->format = codec_->sample_fmt;
        frame_->sample_rate = codec_->sample_rate;
        av_channel_layout_copy(&frame_->ch_layout, &codec_->ch_layout);
        const int code = av_frame_get_buffer(frame_.get(), 0);
        if (code < 0) return failed(muxer_->shown(), "its sound cannot be encoded: " + text(code));
        for (std::size_t p = 0; p < waiting_.size(); ++p) {
            std::memcpy(frame_->extended_data[p], waiting_[p].data() + from * bytes, static_cast<std::size_t>(count) * bytes);
        }
        frame_->pts = sent_;
        sent_ += count;
        from += static_cast<std::size_t>(count);
        CHOREIA_TRY(encode(*muxer_, *codec_, *stream_, frame_.get()));
    }
    for (auto& plane : waiting_) plane.erase(plane.begin(), plane.begin() + static_cast<std::ptrdiff_t>(from * bytes));
    return {};
}

Result<void> SoundTrack::add(const float* interleaved, std::size_t frames) {
    while (frames > 0) {
        const std::size_t count = std::min<std::size_t>(frames, 1 << 16);
        const auto* in = reinterpret_cast<const std::uint8_t*>(interleaved);
        CHOREIA_TRY(pull(&in, static_cast<int>(count)));
        CHOREIA_TRY(drain(false));
        interleaved += count * static_cast<std::size_t>(channels_);
        frames -= count;
    }
    return {};
}

Result<void> SoundTrack::finish() {
    CHOREIA_TRY(pull(nullptr, 0));
    CHOREIA_TRY(drain(true));
    return encode(*muxer_, *codec_, *stream_, nullptr);
}

}  // namespace choreia::io::av
