// The looks that ship, and looks and lights drawn at random for training.
#include "render/character.h"

#include <algorithm>
#include <cctype>
#include <cmath>

namespace choreia::render {

namespace {

using Rgb = std::array<float, 3>;

float linear(float shown) { return shown <= 0.04045f ? shown / 12.92f : std::pow((shown + 0.055f) / 1.055f, 2.4f); }
/// From an sRGB triple as a designer writes it.
Rgb shown(int hex) {
    const auto part = [hex](int shift) { return linear(static_cast<float>((hex >> shift) & 255) / 255.0f); };
    return {part(16), part(8), part(0)};
}

struct Shipped {
    std::string_view name;
    int skin, hair, top, bottom, shoes, trim, hairStyle, topStyle, bottomStyle, pattern;
    float build;
};

// The first is the default.
constexpr Shipped kShipped[] = {
    {"Juno", 0xE3A983, 0x4A2A22, 0xFF7A59, 0x2C3350, 0xF2EFEA, 0xFFE3C9, 2, 3, 1, 0, 0.96f},
    {"Kai", 0xC68B62, 0x1E1A1D, 0xF1EBDD, 0x33414C, 0xD9483B, 0x2F7F86, 0, 0, 1, 1, 1.06f},
    {"Amara", 0x7A4A33, 0x17110F, 0xF2C14E, 0x5A2E6B, 0xF5F0E8, 0xFFF1D2, 4, 1, 0, 0, 0.98f},
    {"Mika", 0xF0C3A3, 0xB23A2E, 0x24808A, 0x20242E, 0x1F232B, 0xEDE6D6, 1, 2, 3, 2, 0.92f},
    {"Noor", 0xB97F58, 0x241A1C, 0x6A5ACD, 0xB9A98E, 0xEFEAE2, 0xE9E2F7, 3, 0, 2, 3, 0.97f},
    {"Leo", 0x5B3725, 0x120E0D, 0x3A5F4A, 0xA8937A, 0x2A2522, 0xE8DCC2, 0, 3, 0, 0, 1.08f},
};
constexpr int kShippedLooks = static_cast<int>(std::size(kShipped));

float between(Random& random, double low, double high) { return static_cast<float>(random.uniform(low, high)); }
int oneOf(Random& random, int n) { return static_cast<int>(random.below(static_cast<std::uint64_t>(n))); }

Rgb fromHsv(float hue, float saturation, float value) {
    Rgb c{};
    for (std::size_t i = 0; i < 3; ++i) {
        const float k = std::fmod(5.0f - 2.0f * static_cast<float>(i) + hue * 6.0f, 6.0f);
        c[i] = linear(value - value * saturation * std::clamp(std::min(k, 4.0f - k), 0.0f, 1.0f));
    }
    return c;
}

/// Half of all cloth is coloured, the rest greys, blacks and whites with a breath of colour.
Rgb cloth(Random& random) {
    const float hue = between(random, 0, 1);
    return random.uniform() < 0.55 ? fromHsv(hue, between(random, 0.35, 0.85), between(random, 0.35, 0.95)) : fromHsv(hue, between(random, 0, 0.25), between(random, 0.12, 0.95));
}

}  // namespace

CharacterLook CharacterLook::shipped(int index) {
    const Shipped& s = kShipped[((index % kShippedLooks) + kShippedLooks) % kShippedLooks];
    CharacterLook look;
    look.skin = shown(s.skin), look.hair = shown(s.hair), look.top = shown(s.top), look.bottom = shown(s.bottom), look.shoes = shown(s.shoes);
    look.trim = shown(s.trim);
    look.hairStyle = s.hairStyle, look.topStyle = s.topStyle, look.bottomStyle = s.bottomStyle, look.pattern = s.pattern;
    look.build = s.build;
    return look;
}

int CharacterLook::shippedCount() { return kShippedLooks; }

std::string_view CharacterLook::shippedName(int index) { return kShipped[((index % kShippedLooks) + kShippedLooks) % kShippedLooks].name; }

int CharacterLook::find(std::string_view name) {
    const auto same = [](char a, char b) { return std::tolower(static_cast<unsigned char>(a)) == std::tolower(static_cast<unsigned char>(b)); };
    for (int i = 0; i < kShippedLooks; ++i) {
        if (std::equal(name.begin(), name.end(), kShipped[i].name.begin(), kShipped[i].name.end(), same)) return i;
    }
    return -1;
}

CharacterLook CharacterLook::drawn(Random& random) {
    CharacterLook look;
    // Skin runs from light to dark along measured tones; hair from black over brown and red to blond and grey, now and then dyed.
    static constexpr int kSkins[] = {0xF6D7C0, 0xEDBE9C, 0xDDA47C, 0xC58A62, 0xA56B46, 0x80502F, 0x5C3823, 0x43281B};
    const float tone = between(random, 0, std::size(kSkins) - 1.001);
    const auto below = static_cast<std::size_t>(tone);
    const Rgb a = shown(kSkins[below]), b = shown(kSkins[below + 1]);
    const float share = tone - static_cast<float>(below), warmth = between(random, 0.92, 1.08);
    for (std::size_t i = 0; i < 3; ++i) look.skin[i] = std::min(0.95f, (a[i] + share * (b[i] - a[i])) * (i == 0 ? warmth : 1.0f));
    static constexpr int kHairs[] = {0x17130F, 0x2B1D17, 0x4A3122, 0x6E4A2E, 0x9A4A26, 0xC79A5B, 0xE2C792, 0x9B9894};
    look.hair = random.uniform() < 0.12 ? fromHsv(between(random, 0, 1), between(random, 0.4, 0.8), between(random, 0.5, 0.9)) : shown(kHairs[oneOf(random, static_cast<int>(std::size(kHairs)))]);
    look.top = cloth(random), look.bottom = cloth(random), look.shoes = cloth(random), look.trim = cloth(random);
    look.hairStyle = oneOf(random, kHairStyles), look.topStyle = oneOf(random, kTopStyles), look.bottomStyle = oneOf(random, kBottomStyles);
    look.pattern = random.uniform() < 0.5 ? 0 : oneOf(random, kPatterns);
    look.build = between(random, 0.86, 1.18);
    return look;
}

CharacterLight CharacterLight::drawn(Random& random) {
    CharacterLight light;
    // Anywhere above the shoulders and not quite behind.
    const double around = random.uniform(-2.3, 2.3), height = random.uniform(0.35, 1.3);
    light.direction = {static_cast<float>(std::sin(around) * std::cos(height)), static_cast<float>(std::sin(height)), static_cast<float>(std::cos(around) * std::cos(height))};
    light.key = between(random, 0.65, 1.25);
    light.fill = between(random, 0.2, 0.65);
    light.rim = between(random, 0.0, 0.6);
    const float warm = between(random, -0.16, 0.16);
    light.tint = {1.0f + warm, 1.0f, 1.0f - warm};
    return light;
}

}  // namespace choreia::render
