/// The dancer GAN's generator for one picture after another, without Torch: the same numbers as nn::DancerGenerator's forward to a few millionths, in a fraction of its time.
#pragma once

#include "nn/dancer_gan.h"

#include <memory>
#include <span>

namespace choreia::nn {

class DancerPainter {
public:
    /// Of weights as they are now. Not for generators that follow the picture before (config.previous).
    explicit DancerPainter(const DancerGenerator& generator);
    ~DancerPainter();
    DancerPainter(DancerPainter&&) noexcept;
    DancerPainter& operator=(DancerPainter&&) noexcept;

    /// maps: [maps, w, w] as DancerInput's. noise: [noise, w, w], zero where the person may be, or empty: none. -> out: [size, size, outputs], pixel by pixel, -1..1.
    /// One picture at a time; one thread.
    void paint(std::span<const float> maps, std::span<const float> noise, std::span<float> out);

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace choreia::nn
