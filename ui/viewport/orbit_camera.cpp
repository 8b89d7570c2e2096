// Orbit, pan, zoom and framing of the stage's camera.
#include "viewport/orbit_camera.h"

#include <QtMath>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace choreia::ui {

namespace {

constexpr double kRadiansPerPixel = 0.0065;
constexpr double kLowestPitch = -0.35, kHighestPitch = std::numbers::pi / 2;
constexpr double kNearest = 0.35, kFarthest = 40.0;  // metres

motion::Vec3 direction(const io::Camera& c) {  // from the target to the eye
    const auto yaw = static_cast<float>(c.yaw), pitch = static_cast<float>(c.pitch);
    return {std::sin(yaw) * std::cos(pitch), std::sin(pitch), std::cos(yaw) * std::cos(pitch)};
}

QVector3D toQt(const motion::Vec3& v) { return {v.x(), v.y(), v.z()}; }

float halfHeight() { return std::tan(qDegreesToRadians(kFieldOfView) / 2); }

}  // namespace

void OrbitCamera::set(const io::Camera& value) {
    value_ = value;
    value_.pitch = std::clamp(value.pitch, kLowestPitch, kHighestPitch);
    value_.distance = std::clamp(value.distance, kNearest, kFarthest);
}

void OrbitCamera::orbit(QPointF delta) {
    io::Camera next = value_;
    next.yaw = std::remainder(next.yaw - delta.x() * kRadiansPerPixel, 2 * std::numbers::pi);
    next.pitch += delta.y() * kRadiansPerPixel;
    set(next);
}

void OrbitCamera::pan(QPointF delta, QSizeF view) {
    const float metresPerPixel = 2 * halfHeight() * static_cast<float>(value_.distance) / static_cast<float>(std::max(1.0, view.height()));
    value_.target -= right() * (static_cast<float>(delta.x()) * metresPerPixel);
    value_.target += up() * (static_cast<float>(delta.y()) * metresPerPixel);
}

void OrbitCamera::zoom(double steps) {
    io::Camera next = value_;
    next.distance *= std::pow(0.88, steps);
    set(next);
}

motion::Vec3 OrbitCamera::eye() const { return value_.target + direction(value_) * static_cast<float>(value_.distance); }

motion::Vec3 OrbitCamera::up() const {  // the derivative of the direction by the pitch: defined from straight above too
    const auto yaw = static_cast<float>(value_.yaw), pitch = static_cast<float>(value_.pitch);
    return {-std::sin(yaw) * std::sin(pitch), std::cos(pitch), -std::cos(yaw) * std::sin(pitch)};
}

motion::Vec3 OrbitCamera::right() const { return up().cross(direction(value_)); }

QMatrix4x4 OrbitCamera::viewProjection(QSizeF view) const {
    QMatrix4x4 m;
    m.perspective(kFieldOfView, static_cast<float>(view.width() / std::max(1.0, view.height())), kNear, kFar);
    m.lookAt(toQt(eye()), toQt(value_.target), toQt(up()));
    return m;
}

std::optional<QPointF> OrbitCamera::project(const motion::Vec3& point, QSizeF view) const {
    const QVector4D clip = viewProjection(view) * QVector4D(toQt(point), 1);
    if (clip.w() < kNear) return std::nullopt;
    return QPointF((clip.x() / clip.w() + 1) / 2 * view.width(), (1 - clip.y() / clip.w()) / 2 * view.height());
}

Ray OrbitCamera::ray(QPointF at, QSizeF view) const {
    const auto height = static_cast<float>(std::max(1.0, view.height()));
    const float x = (2 * static_cast<float>(at.x()) - static_cast<float>(view.width())) / height * halfHeight(), y = (1 - 2 * static_cast<float>(at.y()) / height) * halfHeight();
    return {eye(), (right() * x + up() * y - direction(value_)).normalized()};
}

std::optional<motion::Vec3> OrbitCamera::onFloor(QPointF at, QSizeF view) const {
    constexpr float kFarthestFloor = 60;
    const Ray under = ray(at, view);
    if (std::abs(under.direction.y()) < 1e-4f) return std::nullopt;
    const float away = -under.from.y() / under.direction.y();
    if (away <= 0 || away > kFarthestFloor) return std::nullopt;
    return under.from + under.direction * away;
}

motion::Vec3 OrbitCamera::dragged(const motion::Vec3& point, QPointF delta, QSizeF view) const {
    const float metresPerPixel = 2 * halfHeight() * std::max(kNear, depth(point)) / static_cast<float>(std::max(1.0, view.height()));
    return point + right() * (static_cast<float>(delta.x()) * metresPerPixel) - up() * (static_cast<float>(delta.y()) * metresPerPixel);
}

float OrbitCamera::depth(const motion::Vec3& point) const { return (eye() - point).dot(direction(value_)); }

io::Camera framed(const io::Camera& camera, std::span<const motion::Vec3> points, float margin, QSizeF view) {
    motion::Vec3 low = points.front(), high = points.front();
    for (const auto& p : points) {
        low = low.cwiseMin(p);
        high = high.cwiseMax(p);
    }
    io::Camera result = camera;
    result.target = (low + high) / 2;
    const float radius = (high - low).norm() / 2 + margin;
    const auto aspect = static_cast<float>(view.width() / std::max(1.0, view.height()));
    result.distance = static_cast<double>(radius / std::sin(std::atan(halfHeight() * std::min(1.0f, aspect))));
    return result;
}

io::Camera between(const io::Camera& a, const io::Camera& b, double part) {
    io::Camera c;
    c.yaw = a.yaw + std::remainder(b.yaw - a.yaw, 2 * std::numbers::pi) * part;
    c.pitch = a.pitch + (b.pitch - a.pitch) * part;
    c.distance = a.distance * std::pow(b.distance / a.distance, part);
    c.target = a.target + (b.target - a.target) * static_cast<float>(part);
    return c;
}

}  // namespace choreia::ui
