/// The camera as a hand moves it: yaw and pitch about a target. Pure geometry, no Qt 3D.
#pragma once

#include "io/project.h"

#include <QMatrix4x4>
#include <QPointF>
#include <QSizeF>

#include <optional>
#include <span>

namespace choreia::ui {

inline constexpr float kFieldOfView = 36.0f;  ///< vertical, degrees
inline constexpr float kNear = 0.05f, kFar = 150.0f;  ///< metres

/// A half line through the picture.
struct Ray {
    motion::Vec3 from, direction;  ///< world; unit
};

/// Yaw 0 looks at the body's front (the eye on +Z), yaw pi/2 at its left side (the eye on +X); pitch pi/2 from above.
class OrbitCamera {
public:
    [[nodiscard]] const io::Camera& value() const { return value_; }
    void set(const io::Camera& value);

    /// Moves of the pointer in logical pixels.
    void orbit(QPointF delta);
    /// The point under the pointer at the target's depth stays under it.
    void pan(QPointF delta, QSizeF view);
    /// Steps of the wheel (positive: nearer), toward the target.
    void zoom(double steps);

    [[nodiscard]] motion::Vec3 eye() const;
    [[nodiscard]] motion::Vec3 up() const;
    [[nodiscard]] motion::Vec3 right() const;
    [[nodiscard]] QMatrix4x4 viewProjection(QSizeF view) const;
    /// Logical pixels from the top left; nothing for a point behind the eye.
    [[nodiscard]] std::optional<QPointF> project(const motion::Vec3& point, QSizeF view) const;
    /// What lies under a point of the picture.
    [[nodiscard]] Ray ray(QPointF at, QSizeF view) const;
    /// Where that meets the floor (y = 0); nothing where it does not within 60 m.
    [[nodiscard]] std::optional<motion::Vec3> onFloor(QPointF at, QSizeF view) const;
    /// The point at the same depth that shows up so many pixels away from this one.
    [[nodiscard]] motion::Vec3 dragged(const motion::Vec3& point, QPointF delta, QSizeF view) const;
    /// Metres from the eye along the view.
    [[nodiscard]] float depth(const motion::Vec3& point) const;

private:
    io::Camera value_;
};

/// The camera (yaw and pitch kept) that shows all points with a margin. points: at least one.
io::Camera framed(const io::Camera& camera, std::span<const motion::Vec3> points, float margin, QSizeF view);
/// Part of the way from a to b (0..1): the yaw goes the short way round, the distance geometrically.
io::Camera between(const io::Camera& a, const io::Camera& b, double part);

}  // namespace choreia::ui
