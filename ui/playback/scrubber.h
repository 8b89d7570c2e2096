/// Audible scrubbing through the sound device, which is held only while there is scrubbing.
#pragma once

#include "audio/pcm.h"

#include <QObject>
#include <QTimer>

#include <memory>

class QAudioSink;

namespace choreia::ui {

class ScrubSource;

class Scrubber final : public QObject {
    Q_OBJECT

public:
    explicit Scrubber(QObject* parent = nullptr);
    ~Scrubber() override;

    /// A grain of pcm round `seconds` is heard. Silent without a device. volume: 0..1.
    void hear(const std::shared_ptr<const audio::Pcm>& pcm, double seconds, double volume);
    /// Silent at once; gives the device back.
    void stop();

private:
    void open(int rate);

    std::unique_ptr<ScrubSource> source_;
    std::unique_ptr<QAudioSink> sink_;
    QTimer idle_;
};

}  // namespace choreia::ui
