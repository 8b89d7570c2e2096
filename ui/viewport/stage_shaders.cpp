// GLSL sources of the stage. Colours are the palette's; light is computed linear and written as sRGB by hand, so that no
// sRGB surface is needed.
#include "viewport/stage_shaders.h"

#include "motion/formation.h"
#include "style/dancer_color.h"
#include "viewport/floor_ring.h"
#include "viewport/stage_edge.h"

namespace choreia::ui::shaders {

namespace {

const char* const kHead = R"(#version 330 core
vec3 rotated(vec4 q, vec3 v) { return v + 2.0 * cross(q.xyz, cross(q.xyz, v) + q.w * v); }
)";

const char* const kFigureVertex = R"(
in vec3 vertexPosition;
in vec3 vertexNormal;
in vec3 binding;  // joint, second joint, its weight
in float shade;
uniform vec4 joints[48];
uniform vec3 rest[24];
uniform mat4 viewProjectionMatrix;
out vec3 place;
out vec3 normal;
out float crease;
invariant gl_Position;
void main() {
    int j = int(binding.x + 0.5), k = int(binding.y + 0.5);
    place = mix(joints[2 * j].xyz + rotated(joints[2 * j + 1], vertexPosition - rest[j]),
                joints[2 * k].xyz + rotated(joints[2 * k + 1], vertexPosition - rest[k]), binding.z);
    normal = mix(rotated(joints[2 * j + 1], vertexNormal), rotated(joints[2 * k + 1], vertexNormal), binding.z);
    crease = shade;
    gl_Position = viewProjectionMatrix * vec4(place, 1.0);
}
)";

const char* const kBodyFragment = R"(
in vec3 place;
in vec3 normal;
in float crease;
uniform vec3 eyePosition;
uniform vec3 keyDirection;
uniform vec3 fillDirection;
uniform vec3 rimDirection;
uniform vec3 clay;       // linear
out vec4 color;
void main() {
    vec3 n = normalize(normal), toEye = normalize(eyePosition - place);
    float sky = 0.5 + 0.5 * n.y;
    vec3 light = mix(vec3(0.085, 0.070, 0.062), vec3(0.150, 0.170, 0.215), sky);
    light += vec3(1.02, 0.93, 0.82) * pow(max(0.0, dot(n, keyDirection) * 0.80 + 0.20), 1.25);
    light += vec3(0.110, 0.135, 0.190) * max(0.0, dot(n, fillDirection) * 0.7 + 0.3);
    light *= 0.70 + 0.30 * smoothstep(-0.05, 0.45, place.y);  // less light near the dark floor
    vec3 result = clay * light * crease;
    float facing = max(0.0, dot(n, toEye));
    float gloss = pow(max(0.0, dot(n, normalize(keyDirection + toEye))), 36.0);
    result += vec3(1.0, 0.95, 0.88) * gloss * 0.10;
    float edge = pow(1.0 - facing, 3.0);
    result += vec3(0.62, 0.72, 0.95) * edge * max(0.0, dot(n, rimDirection) * 0.75 + 0.25) * 0.55;
    result = result / (1.0 + 0.22 * result);
    color = vec4(pow(result, vec3(1.0 / 2.2)), 1.0);
}
)";

const char* const kGhostFragment = R"(
in vec3 place;
in vec3 normal;
in float crease;
uniform vec3 eyePosition;
uniform vec4 tint;
out vec4 color;
void main() {
    float facing = abs(dot(normalize(normal), normalize(eyePosition - place)));
    float rim = pow(1.0 - facing, 2.0);
    float lit = 0.80 + 0.20 * normalize(normal).y;
    color = vec4(tint.rgb * lit * (0.85 + 0.35 * rim), min(1.0, tint.a * (0.62 + 0.75 * rim)) * (0.4 + 0.6 * crease));
}
)";

// What is behind the far plane's points lies at one depth: a ray is linear over the screen, and is worked out at its corners.
const char* const kSkyVertex = R"(
in vec3 vertexPosition;
uniform mat4 inverseViewProjectionMatrix;
uniform vec3 eyePosition;
out vec2 screen;
out vec3 ray;
void main() {
    screen = vertexPosition.xy;
    vec4 far = inverseViewProjectionMatrix * vec4(vertexPosition.xy, 1.0, 1.0);
    ray = far.xyz / far.w - eyePosition;
    gl_Position = vec4(vertexPosition.xy, 1.0, 1.0);
}
)";

// Every pixel passes here, drawn by the processor itself where there is no GPU: no powers, no exponentials, few divisions.
const char* const kSkyFragment = R"(
in vec2 screen;
in vec3 ray;
uniform vec3 eyePosition;
uniform vec4 stand;  // x, z of the body; unused
uniform vec4 stage;  // half of its width and depth, metres; ratio to logical pixels; unused
out vec4 color;
float faded(float x) {  // near exp(-x), 0 from 8 on
    float q = max(0.0, 1.0 - 0.125 * x);
    q *= q;
    q *= q;
    return q * q;
}
void main() {
    vec3 top = vec3(0.125, 0.152, 0.212), middle = vec3(0.098, 0.111, 0.148), bottom = vec3(0.079, 0.086, 0.106);
    vec3 result = mix(middle, screen.y > 0.0 ? top : bottom, abs(screen.y));
    result *= 1.0 - 0.10 * dot(screen, screen);
    bool floorSeen = eyePosition.y * ray.y < -1e-3;
    vec2 p = floorSeen ? eyePosition.xz - ray.xz * (eyePosition.y / ray.y) : vec2(1e4);
    vec2 w = fwidth(p) + 1e-6, offLine = abs(fract(p / FLOOR_GRID - 0.5) - 0.5) * FLOOR_GRID;
    vec2 line = clamp(1.15 - offLine / w, 0.0, 1.0) * clamp(1.49 - w * (2.7 / FLOOR_GRID), 0.0, 1.0);  // lines that run together fade into none
    vec2 beyond = abs(p) - stage.xy;
    float off = max(beyond.x, beyond.y), edge = clamp(0.9 * stage.z + 0.5 - abs(off) / (beyond.x > beyond.y ? w.x : w.y), 0.0, 1.0);
    vec2 fromBody = p - stand.xy;
    float away = dot(fromBody, fromBody), steep = abs(ray.y) * inversesqrt(dot(ray, ray));
    if (floorSeen) {
        result += vec3(0.020, 0.023, 0.030) * faded(away * 0.16);  // the key light's pool
        result = mix(result, vec3(0.245, 0.272, 0.335), max(line.x, line.y) * 0.62 * faded(away * 0.012) * min(1.0, steep * 10.0));
        result = mix(result, vec3(0.60, 0.64, 0.72), edge * 0.85 * min(1.0, steep * 16.0));
    }

    // Less than a step of the screen's eight bits, against bands in the gradient.
    float noise = fract(52.9829189 * fract(dot(gl_FragCoord.xy, vec2(0.06711056, 0.00583715))));
    color = vec4(result + (noise - 0.5) / 255.0, 1.0);
}
)";

// The limbs' soft shadow is far smoother than a pixel is small: worked out at the corners of a grid on the floor, not at every pixel.
const char* const kShadowVertex = R"(
in vec3 vertexPosition;  // of the grid, metres about the body; y: 1 inside, 0 at its edge
uniform vec4 joints[48];
uniform vec4 contacts;
uniform vec4 stand;  // x, z of the body; unused
uniform mat4 viewProjectionMatrix;
out vec4 shed;       // glow; how dark
const ivec2 kBones[12] = ivec2[12](ivec2(1, 4), ivec2(2, 5), ivec2(4, 7), ivec2(5, 8), ivec2(7, 10), ivec2(8, 11),
                                   ivec2(0, 9), ivec2(9, 15), ivec2(16, 18), ivec2(17, 19), ivec2(18, 22), ivec2(19, 23));
const float kWidths[12] = float[12](0.085, 0.085, 0.055, 0.055, 0.055, 0.055, 0.15, 0.12, 0.05, 0.05, 0.04, 0.04);
const int kContactJoint[4] = int[4](7, 10, 8, 11);
void main() {
    vec2 p = stand.xy + vertexPosition.xz;
    // Tighter where a limb is near the floor.
    float free = 1.0;
    for (int i = 0; i < 12; ++i) {
        vec3 a = joints[2 * kBones[i].x].xyz, b = joints[2 * kBones[i].y].xyz;
        vec2 slide = vec2(0.10, -0.07);  // the light comes a little from the side
        vec2 a2 = a.xz + slide * a.y, ab = b.xz + slide * b.y - a2;
        float t = clamp(dot(p - a2, ab) / max(dot(ab, ab), 1e-6), 0.0, 1.0);
        float lift = max(0.0, mix(a.y, b.y, t));
        float width = kWidths[i] * 0.8 + 0.24 * lift;
        float d = length(p - a2 - ab * t) / width;
        free *= 1.0 - 0.88 * kWidths[i] / (kWidths[i] + 0.11 * lift) * exp(-d * d);
    }
    vec3 glow = vec3(0.0);
    for (int i = 0; i < 4; ++i) {
        vec2 d = p - joints[2 * kContactJoint[i]].xz;
        glow += contacts[i] * vec3(0.47, 0.85, 0.55) * exp(-dot(d, d) * 220.0) * 0.28;
    }
    shed = vec4(glow, 0.80 * (1.0 - free)) * vertexPosition.y;
    gl_Position = viewProjectionMatrix * vec4(p.x, 0.0, p.y, 1.0);
}
)";

const char* const kShadowFragment = R"(
in vec4 shed;
out vec4 color;
void main() { color = shed; }
)";

const char* const kRibbonVertex = R"(
in vec3 vertexPosition;
in vec3 previous;
in vec3 next;
in vec4 tint;
in float side;           // of the line, times its width in widths of the ribbon
uniform mat4 modelMatrix;
uniform mat4 viewProjectionMatrix;
uniform vec3 eyePosition;
uniform vec4 viewSize;  // physical pixels, ratio to logical, unused
uniform vec2 ribbon;    // width in logical pixels; 1: the half turned away is dim
out vec4 shadeOf;
out float across;
out float halfWidth;
vec2 onScreen(vec4 clip) { return clip.xy / max(clip.w, 1e-3) * viewSize.xy * 0.5; }
void main() {
    mat4 m = viewProjectionMatrix * modelMatrix;
    vec4 here = m * vec4(vertexPosition, 1.0);
    vec2 along = onScreen(m * vec4(next, 1.0)) - onScreen(m * vec4(previous, 1.0));
    along = length(along) > 1e-4 ? normalize(along) : vec2(1.0, 0.0);
    halfWidth = ribbon.x * abs(side) * viewSize.z * 0.5 + 1.0;
    across = sign(side) * halfWidth;
    here.xy += vec2(-along.y, along.x) * across / (viewSize.xy * 0.5) * here.w;
    gl_Position = here;
    shadeOf = tint;
    vec3 center = modelMatrix[3].xyz, out_ = (modelMatrix * vec4(vertexPosition, 1.0)).xyz - center;
    float turned = dot(normalize(out_ + vec3(1e-6)), normalize(eyePosition - center));
    shadeOf.a *= mix(1.0, mix(0.22, 1.0, smoothstep(-0.25, 0.15, turned)), ribbon.y);
}
)";

const char* const kRibbonFragment = R"(
in vec4 shadeOf;
in float across;
in float halfWidth;
out vec4 color;
void main() {
    float cover = clamp(halfWidth - 0.5 - abs(across), 0.0, 1.0);
    color = vec4(shadeOf.rgb, shadeOf.a * cover);
}
)";

const char* const kMarkVertex = R"(
in vec3 vertexPosition;  // for beats; other marks stand at their joint
in vec2 corner;
in vec2 mark;            // 0 joint, 1 contact, 2 beat, 3 label of a dancer; number
uniform vec4 joints[48];
uniform vec4 contacts;
uniform vec4 viewSize;
uniform vec4 chosen;     // selected, under the pointer; joints held, and joints chosen together, as sums of powers of two (24 of them are exact)
uniform mat4 viewProjectionMatrix;
const int kContactJoint[4] = int[4](7, 10, 8, 11);
out vec2 local;          // logical pixels from the mark's centre
out float kind;
out float radius;
out float state;         // 1 under the pointer, 2 selected; of a label its number
out float held;
out float together;
void main() {
    kind = mark.x;
    int number = int(mark.y + 0.5);
    vec3 anchor = vertexPosition;
    vec2 shift = vec2(0.0);
    bool shown = true;
    state = 0.0;
    held = 0.0;
    together = 0.0;
    if (kind < 0.5) {
        anchor = joints[2 * number].xyz;
        held = mod(floor(chosen.z / exp2(float(number))), 2.0);
        together = mod(floor(chosen.w / exp2(float(number))), 2.0);
        if (abs(mark.y - chosen.y) < 0.5) state = 1.0;
        if (abs(mark.y - chosen.x) < 0.5) state = 2.0;
    } else if (kind < 1.5) {
        anchor = joints[2 * kContactJoint[number]].xyz;
        anchor.y = 0.0;
        shift = vec2(0.0, -6.0);
        shown = contacts[number] > 0.5;
    } else if (kind > 2.5) {
        state = mark.y;
    }
    vec4 clip = viewProjectionMatrix * vec4(anchor, 1.0);
    float near = clamp(4.2 / max(clip.w, 0.1), 0.62, 1.5);
    radius = kind < 0.5 ? 4.6 * near + (state > 0.5 ? 1.6 : 0.0) : kind < 1.5 ? 6.0 * near : kind < 2.5 ? 4.2 * near : 11.0;
    local = corner * (radius + (together > 0.5 ? 7.5 : 2.5));
    clip.xy += (local + shift * near) * viewSize.z / (viewSize.xy * 0.5) * clip.w;
    gl_Position = shown && clip.w > 0.0 ? clip : vec4(0.0, 0.0, 2.0, 1.0);
}
)";

const char* const kMarkFragment = R"(
in vec2 local;
in float kind;
in float radius;
in float state;
in float held;
in float together;
uniform vec4 viewSize;
out vec4 color;
const vec3 kDancers[8] = vec3[8](DANCER_COLORS);
const int kFigures[8] = int[8](6, 91, 79, 102, 109, 125, 7, 127);  // lit segments: top, upper right, lower right, bottom, lower left, upper left, middle
// How far from a stroke of the figure: seven segments with round ends.
float figure(vec2 p, int number) {
    const float w = 2.7, h = 4.6;
    vec2 ends[14] = vec2[14](vec2(-w, h), vec2(w, h), vec2(w, h), vec2(w, 0.0), vec2(w, 0.0), vec2(w, -h), vec2(-w, -h), vec2(w, -h),
                             vec2(-w, -h), vec2(-w, 0.0), vec2(-w, 0.0), vec2(-w, h), vec2(-w, 0.0), vec2(w, 0.0));
    if (number == 1) p.x += w;  // stands in the middle
    float d = 99.0;
    for (int i = 0; i < 7; ++i) {
        if ((kFigures[number - 1] >> i & 1) == 0) continue;
        vec2 a = ends[2 * i], b = ends[2 * i + 1] - a;
        d = min(d, length(p - a - b * clamp(dot(p - a, b) / dot(b, b), 0.0, 1.0)));
    }
    return d;
}
void main() {
    float sharp = viewSize.z;
    float r = length(local);
    if (kind > 2.5) {
        int number = clamp(int(state + 0.5), 1, 8);
        float cover = clamp((radius - r) * sharp + 0.5, 0.0, 1.0);
        float dark = 0.45 * clamp((radius + 2.0 - r) / 2.0, 0.0, 1.0);
        float ink = clamp((1.15 - figure(local, number)) * sharp + 0.5, 0.0, 1.0);
        color = vec4(mix(vec3(0.05), mix(kDancers[number - 1], vec3(0.07, 0.08, 0.10), ink), cover), max(cover, dark));
    } else if (kind < 0.5) {
        vec3 core = vec3(0.065, 0.070, 0.090), ring = vec3(0.955, 0.945, 0.925);
        if (state > 1.5) { core = vec3(0.065, 0.070, 0.090); ring = vec3(1.0, 0.478, 0.349); }
        else if (state > 0.5) { core = vec3(1.0, 0.478, 0.349); ring = vec3(1.0); }
        if (held > 0.5) core = vec3(0.949, 0.757, 0.306);  // as the pins in the timeline
        float inner = radius - (state > 0.5 ? 2.0 : 1.4);
        vec3 c = mix(core, ring, clamp((r - inner) * sharp + 0.5, 0.0, 1.0));
        float cover = clamp((radius - r) * sharp + 0.5, 0.0, 1.0);
        float dark = 0.30 * clamp((radius + 1.8 - r) / 1.8, 0.0, 1.0);  // a thin dark seam, so that it reads on clay
        color = vec4(mix(vec3(0.05), c, cover), max(cover, dark));
        if (together > 0.5) {  // a second ring, apart from the mark: seen without its colour too
            float off = abs(r - radius - 4.2);
            float line = clamp((1.1 - off) * sharp + 0.5, 0.0, 1.0), seam = 0.45 * clamp(2.4 - off, 0.0, 1.0);
            color = r > radius + 1.0 ? vec4(mix(vec3(0.05), vec3(1.0, 0.478, 0.349), line), max(line, max(seam, color.a))) : color;
        }
    } else if (kind < 1.5) {
        float d = max(abs(local.x) * 0.866 + local.y * 0.5, -local.y) - radius * 0.52;  // a triangle, tip up
        float cover = clamp(0.5 - d * sharp, 0.0, 1.0);
        color = vec4(0.471, 0.851, 0.549, cover);
    } else {
        float cover = clamp((radius - r) * sharp + 0.5, 0.0, 1.0);
        float dark = 0.35 * clamp((radius + 1.5 - r) / 1.5, 0.0, 1.0);
        color = vec4(mix(vec3(0.06), vec3(0.949, 0.757, 0.306), cover), max(cover, dark));
    }
}
)";

const char* const kFloorVertex = R"(
in vec3 vertexPosition;
uniform mat4 modelMatrix;
uniform mat4 viewProjectionMatrix;
out vec2 at;             // metres about the dancer, in the dancer's turn
void main() {
    at = vertexPosition.xz;
    gl_Position = viewProjectionMatrix * modelMatrix * vec4(vertexPosition, 1.0);
}
)";

const char* const kFloorFragment = R"(
in vec2 at;
uniform vec4 viewSize;
uniform vec4 tint;       // rgb; 0 another dancer, 1 the chosen one, 2 its ring under the pointer, 3 its arrowhead
out vec4 color;
void main() {
    float r = length(at), pixel = max(fwidth(r), 1e-4);
    bool chosen = tint.w > 0.5;
    float wide = (tint.w > 1.5 && tint.w < 2.5 ? 2.0 : chosen ? 1.2 : 0.8) * viewSize.z;
    float ring = clamp(wide - abs(r - RING_RADIUS) / pixel + 0.5, 0.0, 1.0);
    // Only the chosen one's ring is whole: colour alone would not tell everybody.
    float turn = atan(at.x, at.y) / 6.2831853;
    if (!chosen) ring *= step(0.45, fract(turn * 14.0)) * 0.85;
    vec2 q = at - vec2(0.0, RING_RADIUS + 0.055);
    float d = max(abs(q.x) * 0.80 + q.y * 0.6, -q.y - 0.015) - (tint.w > 2.5 ? 0.075 : 0.058);  // an arrowhead where the dancer faces
    float head = clamp(0.5 - d / pixel, 0.0, 1.0) * (chosen ? 1.0 : 0.0);
    float shadow = chosen ? 0.0 : 0.55 * exp(-r * r * 9.0);
    float cover = max(ring, head);
    color = vec4(mix(vec3(0.03), tint.rgb, cover / max(cover + shadow * (1.0 - cover), 1e-3)), cover + shadow * (1.0 - cover));
}
)";

const char* const kBoxVertex = R"(
in vec3 vertexPosition;  // 0 to 1 over the box
uniform vec4 box;        // left, bottom, right, top; of the screen, -1 to 1
uniform vec4 viewSize;
out vec2 inside;         // physical pixels from its lower left
out vec2 span;
void main() {
    span = (box.zw - box.xy) * viewSize.xy * 0.5;
    inside = vertexPosition.xy * span;
    gl_Position = vec4(mix(box.xy, box.zw, vertexPosition.xy), 0.0, 1.0);
}
)";

const char* const kBoxFragment = R"(
in vec2 inside;
in vec2 span;
uniform vec4 viewSize;
out vec4 color;
void main() {
    vec2 d = min(inside, span - inside);
    float line = step(min(d.x, d.y), 1.5 * viewSize.z);
    float dash = step(0.4, fract((d.x < d.y ? inside.y : inside.x) / (8.0 * viewSize.z)));
    color = vec4(1.0, 0.478, 0.349, max(0.10, line * dash * 0.95));
}
)";

QByteArray source(const char* body) { return QByteArray(kHead) + body; }

}  // namespace

QByteArray figureVertex() { return source(kFigureVertex); }
QByteArray bodyFragment() { return source(kBodyFragment); }
QByteArray ghostFragment() { return source(kGhostFragment); }
QByteArray skyVertex() { return source(kSkyVertex); }
QByteArray skyFragment() { return source(kSkyFragment).replace("FLOOR_GRID", QByteArray::number(static_cast<double>(kFloorGrid), 'f', 3)); }
QByteArray shadowVertex() { return source(kShadowVertex); }
QByteArray shadowFragment() { return source(kShadowFragment); }
QByteArray ribbonVertex() { return source(kRibbonVertex); }
QByteArray ribbonFragment() { return source(kRibbonFragment); }
QByteArray markVertex() { return source(kMarkVertex); }
QByteArray markFragment() {
    QByteArray colors;
    for (std::size_t i = 0; i < motion::kMostDancers; ++i) {
        const QColor c = style::dancerColor(i);
        colors += (i > 0 ? ", vec3(" : "vec3(") + QByteArray::number(c.redF(), 'f', 4) + ", " + QByteArray::number(c.greenF(), 'f', 4) + ", " + QByteArray::number(c.blueF(), 'f', 4) + ")";
    }
    return source(kMarkFragment).replace("DANCER_COLORS", colors);
}
QByteArray boxVertex() { return source(kBoxVertex); }
QByteArray boxFragment() { return source(kBoxFragment); }
QByteArray floorVertex() { return source(kFloorVertex); }
QByteArray floorFragment() { return source(kFloorFragment).replace("RING_RADIUS", QByteArray::number(static_cast<double>(kRingRadius), 'f', 3)); }

}  // namespace choreia::ui::shaders
