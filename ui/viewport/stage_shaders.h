/// The stage's shaders, GLSL 3.30 core. joints: for each joint its world place, then its world rotation (x, y, z, w).
#pragma once

#include <QByteArray>

namespace choreia::ui::shaders {

QByteArray figureVertex();     ///< mannequin bound to joints
QByteArray bodyFragment();     ///< warm clay under a key, a fill and a rim light
QByteArray ghostFragment();    ///< tinted glass, brighter at its rim
QByteArray skyVertex();        ///< the whole screen, behind everything
QByteArray skyFragment();      ///< gradient, floor grid, the stage's edge
QByteArray shadowVertex();     ///< the limbs' shadow and the glow of planted feet, on the grid of floor_shadow.h
QByteArray shadowFragment();   ///< to be blended premultiplied
QByteArray ribbonVertex();     ///< lines of a width in pixels
QByteArray ribbonFragment();
QByteArray markVertex();       ///< marks of a size in pixels: joints, contacts, beats, numbers of dancers
QByteArray markFragment();
QByteArray boxVertex();        ///< the box drawn about joints
QByteArray boxFragment();
QByteArray floorVertex();      ///< under a dancer: ring, arrowhead, soft shadow
QByteArray floorFragment();

}  // namespace choreia::ui::shaders
