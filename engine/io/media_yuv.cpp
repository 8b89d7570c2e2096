// RGBA to YUV 4:2:0 in whole numbers; the loops vectorise.
#include "io/media_yuv.h"

#include <cstring>

namespace choreia::io::av {

namespace {

#define CHOREIA_INLINE [[gnu::always_inline]] inline

// Weights of BT.709 in 1/256, scaled to 219 (luma) and 224 (chroma) steps; each chroma row sums to 0, so that greys stay grey.
CHOREIA_INLINE void lumaBody(const std::uint8_t* __restrict rgba, int width, std::uint8_t* __restrict out) {
    for (int i = 0; i < width; ++i) {
        std::uint32_t p;
        std::memcpy(&p, rgba + 4 * static_cast<std::ptrdiff_t>(i), 4);
        const std::uint32_t r = p & 255U, g = (p >> 8) & 255U, b = (p >> 16) & 255U;
        out[i] = static_cast<std::uint8_t>(16U + ((47U * r + 157U * g + 16U * b + 128U) >> 8));
    }
}

CHOREIA_INLINE void chromaBody(const std::uint8_t* __restrict top, const std::uint8_t* __restrict below, int width, std::uint8_t* __restrict u,
                               std::uint8_t* __restrict v) {
    for (int i = 0; i < width / 2; ++i) {
        std::uint64_t p, q;
        std::memcpy(&p, top + 8 * static_cast<std::ptrdiff_t>(i), 8);
        std::memcpy(&q, below + 8 * static_cast<std::ptrdiff_t>(i), 8);
        const auto sum = [&](int shift) {
            return static_cast<std::int32_t>(((p >> shift) & 255U) + ((p >> (shift + 32)) & 255U) + ((q >> shift) & 255U) + ((q >> (shift + 32)) & 255U));
        };
        const std::int32_t r = sum(0), g = sum(8), b = sum(16);  // of four pixels
        u[i] = static_cast<std::uint8_t>(128 + ((-26 * r - 86 * g + 112 * b + 512) >> 10));
        v[i] = static_cast<std::uint8_t>(128 + ((112 * r - 102 * g - 10 * b + 512) >> 10));
    }
}

#if defined(__x86_64__)
[[gnu::target("avx2")]] void lumaWide(const std::uint8_t* rgba, int width, std::uint8_t* out) { lumaBody(rgba, width, out); }
[[gnu::target("avx2")]] void chromaWide(const std::uint8_t* top, const std::uint8_t* below, int width, std::uint8_t* u, std::uint8_t* v) {
    chromaBody(top, below, width, u, v);
}
const bool kWide = __builtin_cpu_supports("avx2");
#else
constexpr bool kWide = false;
void lumaWide(const std::uint8_t*, int, std::uint8_t*) {}
void chromaWide(const std::uint8_t*, const std::uint8_t*, int, std::uint8_t*, std::uint8_t*) {}
#endif

}  // namespace

void toYuv420(const std::uint8_t* rgba, int width, int height, std::uint8_t* const planes[3], const int strides[3]) {
    const std::ptrdiff_t row = 4 * static_cast<std::ptrdiff_t>(width);
    for (int y = 0; y < height; ++y) {
        std::uint8_t* out = planes[0] + static_cast<std::ptrdiff_t>(y) * strides[0];
        kWide ? lumaWide(rgba + y * row, width, out) : lumaBody(rgba + y * row, width, out);
    }
    for (int y = 0; y < height / 2; ++y) {
        const std::uint8_t* top = rgba + 2 * y * row;
        std::uint8_t* u = planes[1] + static_cast<std::ptrdiff_t>(y) * strides[1];
        std::uint8_t* v = planes[2] + static_cast<std::ptrdiff_t>(y) * strides[2];
        kWide ? chromaWide(top, top + row, width, u, v) : chromaBody(top, top + row, width, u, v);
    }
}

void toOpacity(const std::uint8_t* rgba, int width, int height, std::uint8_t* plane, int stride) {
    for (int y = 0; y < height; ++y) {
        const std::uint8_t* row = rgba + 4 * static_cast<std::ptrdiff_t>(width) * y;
        std::uint8_t* out = plane + static_cast<std::ptrdiff_t>(y) * stride;
        for (int x = 0; x < width; ++x) out[x] = row[4 * x + 3];
    }
}

}  // namespace choreia::io::av
