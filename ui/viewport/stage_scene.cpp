// The Qt 3D scene: sky and floor, body, ghosts, trail, gizmo and marks, drawn in six stages.
//
// A pose is one uniform array of 24 places and 24 rotations: a new pose touches no geometry, and a body or ghost is one draw call.
#include "viewport/stage_scene.h"

#include "viewport/floor_shadow.h"
#include "viewport/ghost_pose.h"
#include "viewport/gizmo.h"
#include "viewport/mannequin_mesh.h"
#include "viewport/pose_uniform.h"
#include "viewport/scene_parts.h"
#include "viewport/stage_cast.h"
#include "viewport/stage_label.h"
#include "viewport/stage_lines.h"
#include "viewport/stage_shaders.h"
#include "viewport/stage_surface.h"

#include <Qt3DCore/QAspectEngine>
#include <Qt3DCore/QCoreAspect>
#include <Qt3DCore/QTransform>
#include <Qt3DRender/QCamera>
#include <Qt3DRender/QCameraLens>
#include <Qt3DRender/QCameraSelector>
#include <Qt3DRender/QClearBuffers>
#include <Qt3DRender/QFilterKey>
#include <Qt3DRender/QRenderAspect>
#include <Qt3DRender/QRenderPassFilter>
#include <Qt3DRender/QRenderSettings>
#include <Qt3DRender/QRenderSurfaceSelector>
#include <Qt3DRender/QViewport>

#include <QCoreApplication>
#include <QTimer>
#include <QVector2D>
#include <QVector3D>
#include <QVector4D>
#include <QWindow>

#include <algorithm>
#include <cmath>

namespace choreia::ui {

namespace {

using namespace Qt3DRender;
using motion::kJoints;
using motion::Quat;
using motion::Vec3;

const char* const kStages[] = {"solid", "shadow", "trail", "ghost-depth", "ghost", "over"};
constexpr QVector3D kClay(0.680f, 0.555f, 0.445f);  // linear

QVector3D toVector(const Vec3& v) { return {v.x(), v.y(), v.z()}; }

struct Ghost {
    Qt3DCore::QEntity* entity;
    PoseUniform pose;
};

}  // namespace

struct StageScene::Private {
    explicit Private(QWindow& target) : window(target) {}

    QWindow& window;
    motion::Skeleton skeleton = motion::Skeleton::body();
    std::unique_ptr<Qt3DCore::QAspectEngine> engine;
    Qt3DCore::QEntityPtr root;
    QCamera* camera = nullptr;
    QParameter *contacts = nullptr, *stand = nullptr, *viewSize = nullptr, *chosen = nullptr, *box = nullptr, *extent = nullptr;
    QParameter *rest = nullptr, *key = nullptr, *fill = nullptr, *rim = nullptr;
    std::unique_ptr<PoseUniform> pose;
    std::unique_ptr<Drawing> bodyMesh, ghostMesh, marks, beats, trail, rings, arrows;
    std::unique_ptr<StageCast> cast;
    std::unique_ptr<StageLabel> label;
    Qt3DCore::QEntity *bodyEntity = nullptr, *shadowEntity = nullptr, *trailEntity = nullptr, *beatEntity = nullptr, *ringEntity = nullptr, *arrowEntity = nullptr, *markEntity = nullptr, *boxEntity = nullptr;
    Qt3DCore::QTransform *ringPlace = nullptr, *arrowPlace = nullptr;
    QEffect *bodyEffect = nullptr, *ghostEffect = nullptr, *markEffect = nullptr;
    std::vector<std::unique_ptr<Ghost>> past, future;
    std::array<Vec3, kJoints> positions;
    std::array<Quat, kJoints> rotations;
    OrbitCamera view;
    QSizeF size;
    int selected = -1, hot = kNoPart;
    bool posed = false, due = false;
    // The engine's own clock ticks sixty times a second, so that a change waits for half of that; here a change is drawn as soon as who made it is done.
    // A few ticks follow, since what Qt 3D loads (shaders, meshes) may take more than one; then nothing runs until the next change.
    QTimer settling;
    int ticks = 0;

    void changed();
    void draw() {
        due = false;
        engine->processFrame();
    }
    QParameter* uniform(const char* name, const QVariant& value) { return new QParameter(QString::fromLatin1(name), value, root.data()); }
    void buildFrameGraph(Qt3DRender::QRenderSettings& settings);
    void buildFigures();
    void buildLines();
    void placeGizmo();
    void showGhosts(std::vector<std::unique_ptr<Ghost>>& ghosts, std::span<const std::vector<Vec3>> poses, const QVector3D& tint);
};

void StageScene::Private::changed() {
    constexpr int kTicks = 30;
    ticks = kTicks;
    if (!engine || due) return;
    due = true;
    QMetaObject::invokeMethod(&settling, [this] {
        draw();
        settling.start();
    }, Qt::QueuedConnection);
}

void StageScene::Private::buildFrameGraph(QRenderSettings& settings) {
    auto* surface = new QRenderSurfaceSelector(&settings);
    surface->setSurface(&window);
    auto* viewport = new QViewport(surface);
    auto* selector = new QCameraSelector(viewport);
    selector->setCamera(camera);
    Qt3DCore::QNode* first = nullptr;
    for (const char* stage : kStages) {
        Qt3DCore::QNode* parent = selector;
        if (!first) {  // the first stage clears; the sky then fills what the body leaves
            auto* clear = new QClearBuffers(selector);
            clear->setBuffers(QClearBuffers::ColorDepthBuffer);
            clear->setClearColor(QColor(0x14, 0x16, 0x1b));
            parent = first = clear;
        }
        auto* filter = new QRenderPassFilter(parent);
        auto* name = new QFilterKey(filter);
        name->setName(QStringLiteral("stage"));
        name->setValue(QString::fromLatin1(stage));
        filter->addMatch(name);
    }
    settings.setActiveFrameGraph(surface);
    settings.setRenderPolicy(QRenderSettings::OnDemand);
}

void StageScene::Private::buildFigures() {
    const std::initializer_list<Field> fields = {{QStringLiteral("vertexPosition"), 3}, {QStringLiteral("vertexNormal"), 3},
                                                 {QStringLiteral("binding"), 3}, {QStringLiteral("shade"), 1}};
    bodyMesh = std::make_unique<Drawing>(root.data(), fields, QGeometryRenderer::Triangles);
    ghostMesh = std::make_unique<Drawing>(root.data(), fields, QGeometryRenderer::Triangles);
    PassStyle solid{QStringLiteral("solid")};
    solid.cullBack = true;
    bodyEffect = makeEffect(root.data(), shaders::figureVertex(), shaders::bodyFragment(), {solid});
    bodyEntity = makeEntity(root.data(), bodyMesh->renderer(), bodyEffect, {pose->parameter(), rest, key, fill, rim, uniform("clay", kClay)});
    bodyEntity->setEnabled(false);

    PassStyle depth{QStringLiteral("ghost-depth")}, glass{QStringLiteral("ghost")};
    depth.colorWrite = false;
    depth.cullBack = glass.cullBack = true;
    glass.depthWrite = false;
    glass.blend = true;
    ghostEffect = makeEffect(root.data(), shaders::figureVertex(), shaders::ghostFragment(), {depth, glass});

    PassStyle far{QStringLiteral("solid")};
    far.depthWrite = false;
    auto* sky = makeEffect(root.data(), shaders::skyVertex(), shaders::skyFragment(), {far});
    Drawing screen(root.data(), {{QStringLiteral("vertexPosition"), 3}}, QGeometryRenderer::Triangles);
    const float corners[] = {-1, -1, 0, 3, -1, 0, -1, 3, 0};
    screen.setVertices(corners);
    extent = uniform("stage", QVector4D());
    makeEntity(root.data(), screen.renderer(), sky, {stand, extent});

    PassStyle onFloor{QStringLiteral("shadow")};
    onFloor.depthWrite = false;
    onFloor.blend = onFloor.premultiplied = true;
    auto* shadow = makeEffect(root.data(), shaders::shadowVertex(), shaders::shadowFragment(), {onFloor});
    Drawing floor(root.data(), {{QStringLiteral("vertexPosition"), 3}}, QGeometryRenderer::Triangles);
    const FloorShadowGrid grid = floorShadowGrid();
    floor.setVertices(grid.vertices);
    floor.setIndices(grid.indices);
    shadowEntity = makeEntity(root.data(), floor.renderer(), shadow, {pose->parameter(), contacts, stand});
    shadowEntity->setEnabled(false);
}

void StageScene::Private::buildLines() {
    PassStyle inSpace{QStringLiteral("trail")}, over{QStringLiteral("over")};
    inSpace.depthWrite = over.depthWrite = over.depthTest = false;
    inSpace.depthTest = true;
    inSpace.blend = over.blend = true;
    auto* trailEffect = makeEffect(root.data(), shaders::ribbonVertex(), shaders::ribbonFragment(), {inSpace});
    auto* gizmoEffect = makeEffect(root.data(), shaders::ribbonVertex(), shaders::ribbonFragment(), {over});
    markEffect = makeEffect(root.data(), shaders::markVertex(), shaders::markFragment(), {over});
    auto* beatEffect = makeEffect(root.data(), shaders::markVertex(), shaders::markFragment(), {inSpace});

    const std::initializer_list<Field> line = {{QStringLiteral("vertexPosition"), 3}, {QStringLiteral("previous"), 3},
                                               {QStringLiteral("next"), 3}, {QStringLiteral("tint"), 4}, {QStringLiteral("side"), 1}};
    trail = std::make_unique<Drawing>(root.data(), line, QGeometryRenderer::TriangleStrip);
    trailEntity = makeEntity(root.data(), trail->renderer(), trailEffect, {viewSize, uniform("ribbon", QVector2D(2.4f, 0))});
    trailEntity->setEnabled(false);
    label = std::make_unique<StageLabel>(root.data(), trailEffect, viewSize);

    const auto gizmoPart = [&](std::unique_ptr<Drawing>& drawing, const std::vector<float>& vertices, float dimBehind, Qt3DCore::QEntity*& entity, Qt3DCore::QTransform*& place) {
        drawing = std::make_unique<Drawing>(root.data(), line, QGeometryRenderer::TriangleStrip);
        drawing->setVertices(vertices);
        entity = makeEntity(root.data(), drawing->renderer(), gizmoEffect, {viewSize, uniform("ribbon", QVector2D(2.0f, dimBehind))});
        place = new Qt3DCore::QTransform(entity);
        entity->addComponent(place);
        entity->setEnabled(false);
    };
    gizmoPart(rings, gizmoRings(kNoPart), 1, ringEntity, ringPlace);
    gizmoPart(arrows, gizmoArrows(kNoPart), 0, arrowEntity, arrowPlace);

    const std::initializer_list<Field> mark = {{QStringLiteral("vertexPosition"), 3}, {QStringLiteral("corner"), 2}, {QStringLiteral("mark"), 2}};
    marks = std::make_unique<Drawing>(root.data(), mark, QGeometryRenderer::Triangles);
    marks->setVertices(jointAndContactMarks());
    markEntity = makeEntity(root.data(), marks->renderer(), markEffect, {pose->parameter(), contacts, viewSize, chosen});
    markEntity->setEnabled(false);
    beats = std::make_unique<Drawing>(root.data(), mark, QGeometryRenderer::Triangles);
    beatEntity = makeEntity(root.data(), beats->renderer(), beatEffect, {pose->parameter(), contacts, viewSize, chosen});
    beatEntity->setEnabled(false);

    box = uniform("box", QVector4D());
    Drawing square(root.data(), {{QStringLiteral("vertexPosition"), 3}}, QGeometryRenderer::TriangleStrip);
    const float corners[] = {0, 0, 0, 1, 0, 0, 0, 1, 0, 1, 1, 0};
    square.setVertices(corners);
    boxEntity = makeEntity(root.data(), square.renderer(), makeEffect(root.data(), shaders::boxVertex(), shaders::boxFragment(), {over}), {viewSize, box});
    boxEntity->setEnabled(false);
}

StageScene::StageScene(QWindow& window) : d_(std::make_unique<Private>(window)) {
    Private& d = *d_;
    d.root = Qt3DCore::QEntityPtr(new Qt3DCore::QEntity);
    d.camera = new QCamera(d.root.data());
    d.pose = std::make_unique<PoseUniform>(d.root.data());
    d.contacts = d.uniform("contacts", QVector4D());
    d.stand = d.uniform("stand", QVector4D());
    d.viewSize = d.uniform("viewSize", QVector4D(640, 480, 1, 0));
    d.chosen = d.uniform("chosen", QVector4D(-1, -1, 0, 0));
    d.rest = d.uniform("rest[0]", QVariantList());
    d.key = d.uniform("keyDirection", QVector3D(0, 1, 0));
    d.fill = d.uniform("fillDirection", QVector3D(0, 1, 0));
    d.rim = d.uniform("rimDirection", QVector3D(0, 1, 0));
    std::fill(d.positions.begin(), d.positions.end(), Vec3(0, -10, 0));
    std::fill(d.rotations.begin(), d.rotations.end(), Quat::Identity());
    d.pose->set(d.positions, d.rotations);
    d.buildFigures();
    d.buildLines();
    StageCast::Shared shared;
    shared.body = d.bodyEffect;
    shared.mark = d.markEffect;
    shared.mesh = d.ghostMesh->renderer();
    shared.rest = d.rest, shared.key = d.key, shared.fill = d.fill, shared.rim = d.rim;
    shared.pose = d.pose->parameter(), shared.contacts = d.contacts, shared.viewSize = d.viewSize, shared.chosen = d.chosen;
    d.cast = std::make_unique<StageCast>(d.root.data(), shared);
    setStageSize(kStandardStage);

    auto* settings = new QRenderSettings(d.root.data());
    d.buildFrameGraph(*settings);
    d.root->addComponent(settings);
    d.engine = std::make_unique<Qt3DCore::QAspectEngine>();
    d.engine->registerAspect(new Qt3DCore::QCoreAspect);
    d.engine->registerAspect(new QRenderAspect);
    d.engine->setRunMode(Qt3DCore::QAspectEngine::Manual);
    d.engine->setRootEntity(d.root);
    constexpr int kTickMs = 40;  // where one change follows another the ticks, which would draw the same once more, wait
    d.settling.setInterval(kTickMs);
    QObject::connect(&d.settling, &QTimer::timeout, &d.settling, [&d] {
        if (--d.ticks <= 0) d.settling.stop();
        if (!d.due) d.draw();
    });
    d.changed();
}

StageScene::~StageScene() {
    d_->settling.stop();
    QCoreApplication::removePostedEvents(&d_->settling);
    d_->engine->setRootEntity({});
}

void StageScene::setSkeleton(const motion::Skeleton& skeleton) {
    d_->skeleton = skeleton;
    const auto fill = [&](Drawing& drawing, int segments) {
        const MannequinMesh mesh = buildMannequin(skeleton, segments);
        static_assert(sizeof(MannequinVertex) == 10 * sizeof(float));
        drawing.setVertices({reinterpret_cast<const float*>(mesh.vertices.data()), mesh.vertices.size() * 10});
        drawing.setIndices(mesh.indices);
    };
    QVariantList rest;
    for (const Vec3& p : restPositions(skeleton)) rest.push_back(toVector(p));
    d_->rest->setValue(rest);
    constexpr int kSides = 24, kSoftwareSides = 16;  // triangles go with the square; between these the outline moves by half a pixel
    fill(*d_->bodyMesh, drawnBySoftware() ? kSoftwareSides : kSides);
    fill(*d_->ghostMesh, 12);
    d_->changed();
}

void StageScene::setPose(std::span<const Vec3> positions, std::span<const Quat> rotations, std::array<bool, 4> contacts) {
    Private& d = *d_;
    std::copy_n(positions.begin(), kJoints, d.positions.begin());
    std::copy_n(rotations.begin(), kJoints, d.rotations.begin());
    d.pose->set(positions, rotations);
    const auto on = [&](std::size_t k) { return contacts[k] ? 1.0f : 0.0f; };
    d.contacts->setValue(QVector4D(on(0), on(1), on(2), on(3)));
    const Vec3& pelvis = positions[motion::Pelvis];
    d.stand->setValue(QVector4D(pelvis.x(), pelvis.z(), 0, 0));
    if (!d.posed) {
        d.bodyEntity->setEnabled(true);
        d.shadowEntity->setEnabled(true);
        d.markEntity->setEnabled(true);
        d.posed = true;
    }
    d.cast->setPose(positions);
    d.placeGizmo();
    d_->changed();
}

void StageScene::Private::placeGizmo() {
    const bool shown = posed && selected >= 0;
    for (auto* entity : {ringEntity, arrowEntity})
        if (entity->isEnabled() != shown) entity->setEnabled(shown);
    if (!shown) return;
    const auto j = static_cast<std::size_t>(selected);
    const Gizmo gizmo = gizmoAt(view, size, positions[j], rotations[j]);
    for (auto* place : {ringPlace, arrowPlace}) {
        place->setTranslation(toVector(gizmo.center));
        place->setScale(gizmo.radius);
    }
    const Quat& q = gizmo.frame;
    ringPlace->setRotation(QQuaternion(q.w(), q.x(), q.y(), q.z()));
}

void StageScene::Private::showGhosts(std::vector<std::unique_ptr<Ghost>>& ghosts, std::span<const std::vector<Vec3>> poses,
                                     const QVector3D& tint) {
    const std::size_t count = std::min(poses.size(), kGhosts);
    std::array<Quat, kJoints> turned;
    for (std::size_t g = 0; g < std::max(count, ghosts.size()); ++g) {
        const bool shown = g < count && poses[g].size() == kJoints;
        if (g == ghosts.size()) {
            PoseUniform uniforms(root.data());
            const float alpha = 0.50f * std::pow(0.72f, static_cast<float>(g));
            auto* entity = makeEntity(root.data(), ghostMesh->renderer(), ghostEffect, {uniforms.parameter(), rest, uniform("tint", QVector4D(tint, alpha))});
            ghosts.push_back(std::make_unique<Ghost>(Ghost{entity, uniforms}));
        }
        if (ghosts[g]->entity->isEnabled() != shown) ghosts[g]->entity->setEnabled(shown);
        if (!shown) continue;
        rotationsFromPositions(skeleton, poses[g], turned);
        ghosts[g]->pose.set(poses[g], turned);
    }
}

void StageScene::setGhosts(std::span<const std::vector<Vec3>> past, std::span<const std::vector<Vec3>> future) {
    d_->showGhosts(d_->past, past, {0.616f, 0.549f, 1.0f});
    d_->showGhosts(d_->future, future, {0.310f, 0.765f, 0.780f});
    d_->changed();
}

void StageScene::setTrail(std::span<const Vec3> points, std::span<const Vec3> beatPoints) {
    const bool shown = points.size() >= 2;
    if (shown) d_->trail->setVertices(trailRibbon(points));
    d_->trailEntity->setEnabled(shown);
    if (!beatPoints.empty()) d_->beats->setVertices(beatMarks(beatPoints));
    d_->beatEntity->setEnabled(!beatPoints.empty());
    d_->changed();
}

void StageScene::setView(const OrbitCamera& camera, QSizeF view, double ratio) {
    Private& d = *d_;
    d.view = camera;
    d.size = view;
    const auto width = static_cast<float>(view.width()), height = static_cast<float>(std::max(1.0, view.height()));
    d.camera->lens()->setPerspectiveProjection(kFieldOfView, std::max(0.05f, width / height), kNear, kFar);
    d.camera->setPosition(toVector(camera.eye()));
    d.camera->setViewCenter(toVector(camera.value().target));
    d.camera->setUpVector(toVector(camera.up()));
    const auto scale = static_cast<float>(ratio);
    d.viewSize->setValue(QVector4D(width * scale, height * scale, scale, 0));
    QVector4D stage = d.extent->value().value<QVector4D>();
    stage.setZ(scale);
    d.extent->setValue(stage);
    d.label->setView(camera, view);
    // The lights go with the eye's yaw, as in a photographer's studio: the body is well lit from every side.
    const auto yaw = static_cast<float>(camera.value().yaw);
    const auto light = [&](float turn, float rise) {
        return QVector3D(std::sin(yaw + turn) * std::cos(rise), std::sin(rise), std::cos(yaw + turn) * std::cos(rise));
    };
    d.key->setValue(light(-0.75f, 0.80f));
    d.fill->setValue(light(1.1f, 0.15f));
    d.rim->setValue(light(2.6f, 0.55f));
    d.placeGizmo();
    d_->changed();
}

void StageScene::setStageSize(const StageSize& size) {
    QVector4D value = d_->extent->value().value<QVector4D>();
    value.setX(0.5f * static_cast<float>(size.width));
    value.setY(0.5f * static_cast<float>(size.depth));
    d_->extent->setValue(value);
    d_->label->setSize(size);
    d_->changed();
}

void StageScene::drawAgain() {
    QVector4D value = d_->extent->value().value<QVector4D>();
    value.setW(1 - value.w());  // unused: any change is drawn
    d_->extent->setValue(value);
    d_->changed();
}

void StageScene::setChosen(int selected, int hovered) {
    d_->selected = selected;
    QVector4D value = d_->chosen->value().value<QVector4D>();
    value.setX(static_cast<float>(selected));
    value.setY(static_cast<float>(hovered));
    d_->chosen->setValue(value);
    d_->placeGizmo();
    d_->changed();
}

void StageScene::setHot(int gizmoPart, RingPart ring) {
    d_->cast->setHot(ring);
    d_->changed();
    if (gizmoPart == d_->hot) return;
    d_->hot = gizmoPart;
    d_->rings->setVertices(gizmoRings(gizmoPart));
    d_->arrows->setVertices(gizmoArrows(gizmoPart));
}

void StageScene::setOthers(std::span<const StageFigure> others) {
    d_->cast->setOthers(others);
    d_->changed();
}

void StageScene::setOwnMark(const std::optional<StageMark>& mark) {
    d_->cast->setOwn(mark);
    d_->changed();
}

void StageScene::setHeld(std::span<const int> joints) {
    static_assert(motion::kJoints <= 24);  // whole numbers that a float holds
    motion::JointSet held;
    for (const int joint : joints) held.set(static_cast<std::size_t>(joint));
    QVector4D value = d_->chosen->value().value<QVector4D>();
    value.setZ(static_cast<float>(held.to_ulong()));
    d_->chosen->setValue(value);
    d_->changed();
}

void StageScene::setTogether(const motion::JointSet& joints) {
    QVector4D value = d_->chosen->value().value<QVector4D>();
    value.setW(static_cast<float>(joints.to_ulong()));
    d_->chosen->setValue(value);
    d_->changed();
}

void StageScene::setBox(const std::optional<QRectF>& box) {
    if (box) {
        const double width = std::max(1.0, d_->size.width()), height = std::max(1.0, d_->size.height());
        d_->box->setValue(QVector4D(static_cast<float>(2 * box->left() / width - 1), static_cast<float>(1 - 2 * box->bottom() / height),
                                    static_cast<float>(2 * box->right() / width - 1), static_cast<float>(1 - 2 * box->top() / height)));
    }
    if (d_->boxEntity->isEnabled() != box.has_value()) d_->boxEntity->setEnabled(box.has_value());
    d_->changed();
}

}  // namespace choreia::ui
