/// Short names for the number types of motion: single precision, metres, radians, Y up, right-handed.
#pragma once

#include <Eigen/Core>
#include <Eigen/Geometry>

namespace choreia::motion {

using Vec3 = Eigen::Vector3f;
using Quat = Eigen::Quaternionf;  ///< unit; w, x, y, z
using Mat3 = Eigen::Matrix3f;

}  // namespace choreia::motion
