// The viewport widget: bar above, 3D window below, and between them the camera's glides, the selection and following.
#include "viewport/viewport.h"

#include "viewport/orbit_camera.h"
#include "viewport/stage_scene.h"
#include "viewport/stage_surface.h"
#include "viewport/stage_window.h"
#include "viewport/view_bar.h"

#include <QKeyEvent>
#include <QLabel>
#include <QSurfaceFormat>
#include <QThread>
#include <QVBoxLayout>
#include <QVariantAnimation>

#include <algorithm>
#include <numbers>
#include <utility>

namespace choreia::ui {

namespace {

using motion::kJoints;
using motion::Quat;
using motion::Vec3;

constexpr int kGlideMilliseconds = 280;

}  // namespace

struct Viewport::Private {
    explicit Private(Viewport& viewport) : self(viewport) {}

    Viewport& self;
    ViewBar* bar = nullptr;
    StageWindow* window = nullptr;  // owned by its container widget
    std::unique_ptr<StageScene> scene;
    QVariantAnimation glide;
    io::Camera from, to, camera;  // camera: kept here too, for the stage without a picture
    motion::Skeleton skeleton = motion::Skeleton::body();
    std::array<Vec3, kJoints> positions;
    std::array<Quat, kJoints> rotations;
    std::vector<StageFigure> others;
    Vec3 followed = Vec3::Zero();
    int selected = -1;
    motion::JointSet chosen;
    bool boxed = false;
    Preset preset = Preset::Perspective;
    StageSize stage = kStandardStage;
    bool follow = false, posed = false, anew = false;

    void buildStage();
    void glideTo(const io::Camera& camera);
    void place(const io::Camera& camera);
    void showSelection();
    void choose(const motion::JointSet& joints, int main);
    void showBox();
    [[nodiscard]] QSizeF viewSize() const { return window ? window->viewSize() : QSizeF(self.size()); }
    [[nodiscard]] std::span<const Vec3> body() const { return positions; }
    [[nodiscard]] std::vector<Vec3> everybody() const;
};

std::vector<Vec3> Viewport::Private::everybody() const {
    std::vector<Vec3> all(positions.begin(), positions.end());
    for (const auto& other : others) all.insert(all.end(), other.positions.begin(), other.positions.end());
    return all;
}

void Viewport::Private::buildStage() {
    window = new StageWindow;
    const QSurfaceFormat format = stageFormat(!drawnBySoftware());
    QSurfaceFormat::setDefaultFormat(format);  // of Qt 3D's context, which has to fit the window
    window->setFormat(format);
    scene = std::make_unique<StageScene>(*window);
    scene->setSkeleton(skeleton);
    window->setCamera(camera);
    auto* container = QWidget::createWindowContainer(window, &self);
    container->setFocusPolicy(Qt::NoFocus);
    container->setMinimumSize(160, 120);
    self.layout()->addWidget(container);
    static_cast<QVBoxLayout*>(self.layout())->setStretchFactor(container, 1);

    QObject::connect(window, &StageWindow::viewChanged, &self, [this](bool byHand) {
        camera = window->camera().value();
        scene->setView(window->camera(), window->viewSize(), window->devicePixelRatio());
        if (!byHand) return;
        if (preset != Preset::Perspective) {
            preset = Preset::Perspective;
            bar->setPreset(static_cast<int>(preset));
        }
        Q_EMIT self.cameraChanged();
    });
    QObject::connect(window, &StageWindow::uncovered, &self, [this] { scene->drawAgain(); });
    QObject::connect(window, &StageWindow::touched, &self, [this] {
        glide.stop();
        self.setFocus(Qt::MouseFocusReason);
    });
    QObject::connect(window, &StageWindow::hoveredChanged, &self, [this] { showSelection(); });
    QObject::connect(window, &StageWindow::picked, &self, [this](int joint) {
        if (chosen.any()) choose({}, -1);
        if (joint == selected) return;
        self.setSelectedJoint(joint);
        Q_EMIT self.jointSelected(joint);
    });
    QObject::connect(window, &StageWindow::jointToggled, &self, [this](int joint) {
        motion::JointSet joints = chosen;
        if (joints.none() && selected >= 0) joints.set(static_cast<std::size_t>(selected));  // the one clicked before belongs to them
        const auto j = static_cast<std::size_t>(joint);
        if (chosen.none()) joints.set(j);
        else joints.flip(j);
        choose(joints, joints[j] ? joint : -1);
    });
    QObject::connect(window, &StageWindow::boxChanged, &self, [this] { showBox(); });
    QObject::connect(window, &StageWindow::boxDrawn, &self, [this](const motion::JointSet& joints) { choose(window->boxAdds() ? chosen | joints : joints, -1); });
    // The pose after a hand, kept, refused or as it was before, is no step of the dance: the camera that follows stays.
    for (const auto released : {&StageWindow::jointReleased, &StageWindow::dancerReleased}) QObject::connect(window, released, &self, [this] { anew = true; });
    QObject::connect(window, &StageWindow::jointDragged, &self, &Viewport::jointDragged);
    QObject::connect(window, &StageWindow::jointTurned, &self, &Viewport::jointTurned);
    QObject::connect(window, &StageWindow::dancerDragged, &self, &Viewport::dancerDragged);
    QObject::connect(window, &StageWindow::dancerTurned, &self, &Viewport::dancerTurned);
    QObject::connect(window, &StageWindow::dancerReleased, &self, &Viewport::dancerReleased);
    QObject::connect(window, &StageWindow::dancerPicked, &self, &Viewport::dancerPicked);
    QObject::connect(window, &StageWindow::jointReleased, &self, &Viewport::jointReleased);
    QObject::connect(window, &StageWindow::holdToggled, &self, &Viewport::holdToggled);
    QObject::connect(window, &StageWindow::doubleClickedEmpty, &self, [this] { self.frameSelected(); });
}

void Viewport::Private::place(const io::Camera& next) {
    if (window) {
        window->setCamera(next);
    } else {
        OrbitCamera limited;
        limited.set(next);
        camera = limited.value();
    }
}

void Viewport::Private::glideTo(const io::Camera& next) {
    glide.stop();
    from = camera;
    to = next;
    glide.start();
}

void Viewport::Private::choose(const motion::JointSet& joints, int main) {
    self.setChosenJoints(joints);
    if (main >= 0) self.setSelectedJoint(main);
    Q_EMIT self.jointsChosen(joints, main);
}

void Viewport::Private::showBox() {
    scene->setBox(window->box());
    // What a release would choose is marked meanwhile.
    const motion::JointSet boxedNow = window->boxed();
    scene->setTogether(!window->box() ? chosen : window->boxAdds() ? chosen | boxedNow : boxedNow);
    if (const bool on = window->box().has_value(); on != boxed) {
        boxed = on;
        Q_EMIT self.boxToggled();
    }
}

void Viewport::Private::showSelection() {
    const int hovered = window ? window->hovered() : -1;
    if (scene) {
        scene->setChosen(selected, hovered);
        scene->setHot(window->hotPart(), window->hotRing());
        window->setSelected(selected);
    }
    const int named = selected >= 0 ? selected : hovered;
    if (chosen.count() > 1) return bar->setCaption(Viewport::tr("%1 joints").arg(chosen.count()));
    bar->setCaption(named < 0 ? QString() : QString::fromStdString(skeleton.names()[static_cast<std::size_t>(named)]));
}

void Viewport::prepareApplication() {
    qputenv("QT3D_RENDERER", "opengl");  // the shaders are written for it, and it is the one that runs everywhere
    // Where the processor draws, Mesa starts one thread a core, and after a rest the kernel often wakes them all on the same one: the picture takes
    // twice its time. Of more threads than cores, some are woken on each (two cores, from a scrub to the display: 14.2 -> 10.1 ms).
    constexpr int kSoftwareThreads = 8;
    if (QThread::idealThreadCount() < kSoftwareThreads && !qEnvironmentVariableIsSet("LP_NUM_THREADS")) qputenv("LP_NUM_THREADS", QByteArray::number(kSoftwareThreads));
    QSurfaceFormat::setDefaultFormat(stageFormat(true));
}

Viewport::Viewport(QWidget* parent) : QWidget(parent), d_(std::make_unique<Private>(*this)) {
    setObjectName(QStringLiteral("viewport"));
    setFocusPolicy(Qt::StrongFocus);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    d_->bar = new ViewBar(this);
    column->addWidget(d_->bar);
    connect(d_->bar, &ViewBar::presetClicked, this, [this](int preset) { setPreset(static_cast<Preset>(preset)); });
    connect(d_->bar, &ViewBar::followToggled, this, [this](bool follow) { setFollow(follow); });
    connect(d_->bar, &ViewBar::frameClicked, this, &Viewport::frameSelected);

    d_->glide.setStartValue(0.0);
    d_->glide.setEndValue(1.0);
    d_->glide.setDuration(kGlideMilliseconds);
    d_->glide.setEasingCurve(QEasingCurve::InOutCubic);
    connect(&d_->glide, &QVariantAnimation::valueChanged, this,
            [this](const QVariant& part) { d_->place(between(d_->from, d_->to, part.toDouble())); });
    connect(&d_->glide, &QVariantAnimation::finished, this, &Viewport::cameraChanged);

    std::fill(d_->positions.begin(), d_->positions.end(), Vec3::Zero());
    if (const QString why = stageObstacle(); !why.isEmpty()) {
        auto* message = new QLabel(why, this);
        message->setObjectName(QStringLiteral("viewportMessage"));
        message->setAlignment(Qt::AlignCenter);
        message->setWordWrap(true);
        column->addWidget(message, 1);
    } else {
        d_->buildStage();
    }
}

Viewport::~Viewport() {
    d_->glide.stop();
    if (d_->window) d_->window->disconnect(this);
    d_->scene.reset();  // before its window, which goes with the container
}

void Viewport::setSkeleton(const motion::Skeleton& skeleton) {
    Q_ASSERT(skeleton.size() == kJoints);
    d_->skeleton = skeleton;
    if (!d_->scene) return;
    d_->scene->setSkeleton(skeleton);
    d_->window->setSkeleton(skeleton);
}

void Viewport::setPose(std::span<const Vec3> worldPositions, std::span<const Quat> worldRotations, std::array<bool, 4> contacts) {
    Q_ASSERT(worldPositions.size() == kJoints && worldRotations.size() == kJoints);
    std::copy_n(worldPositions.begin(), kJoints, d_->positions.begin());
    std::copy_n(worldRotations.begin(), kJoints, d_->rotations.begin());
    const Vec3& pelvis = d_->positions[motion::Pelvis];
    const bool first = !d_->posed, anew = std::exchange(d_->anew, false);
    d_->posed = true;
    if (d_->follow && !first && !anew && !(d_->window && d_->window->holds())) {  // under a hand nothing else moves
        const Vec3 step(pelvis.x() - d_->followed.x(), 0, pelvis.z() - d_->followed.z());
        d_->from.target += step;
        d_->to.target += step;
        io::Camera next = d_->camera;
        next.target += step;
        d_->place(next);
    }
    d_->followed = pelvis;
    if (!d_->scene) return;
    if (first) {
        d_->window->setPositions(&d_->positions);
        d_->window->setRotations(&d_->rotations);
        d_->window->setOthers(&d_->others);
    }
    d_->scene->setPose(worldPositions, worldRotations, contacts);
}

void Viewport::startAnew() { d_->anew = true; }

void Viewport::setOthers(std::vector<StageFigure> others) {
    d_->others = std::move(others);
    if (d_->scene) d_->scene->setOthers(d_->others);
}

void Viewport::setOwnMark(const std::optional<StageMark>& mark) {
    if (!d_->scene) return;
    d_->scene->setOwnMark(mark);
    d_->window->setRingTurn(mark ? std::optional(mark->turn) : std::nullopt);
}

void Viewport::setGhosts(std::vector<std::vector<Vec3>> past, std::vector<std::vector<Vec3>> future) {
    if (d_->scene) d_->scene->setGhosts(past, future);
}

void Viewport::setTrail(int joint, std::vector<Vec3> points, std::vector<Vec3> beatPoints) {
    if (joint < 0) {
        points.clear();
        beatPoints.clear();
    }
    if (d_->scene) d_->scene->setTrail(points, beatPoints);
}

void Viewport::setStageSize(const StageSize& size) {
    d_->stage = size;
    if (d_->scene) d_->scene->setStageSize(size);
}

const StageSize& Viewport::stageSize() const { return d_->stage; }

void Viewport::setCamera(const io::Camera& camera) {
    d_->glide.stop();
    d_->place(camera);
}

io::Camera Viewport::camera() const { return d_->camera; }

void Viewport::frameSelected() {
    if (!d_->posed) return;
    if (d_->selected >= 0) {
        d_->glideTo(framed(d_->camera, d_->body().subspan(static_cast<std::size_t>(d_->selected), 1), 0.45f, d_->viewSize()));
    } else {
        d_->glideTo(framed(d_->camera, d_->everybody(), 0.22f, d_->viewSize()));
    }
}

void Viewport::setSelectedJoint(int joint) {
    d_->selected = joint >= 0 && joint < kJoints ? joint : -1;
    d_->showSelection();
}

int Viewport::selectedJoint() const { return d_->selected; }

void Viewport::setPreset(Preset preset) {
    constexpr double quarter = std::numbers::pi / 2;
    d_->preset = preset;
    d_->bar->setPreset(static_cast<int>(preset));
    io::Camera next = d_->camera;
    const io::Camera standard;
    next.yaw = preset == Preset::Perspective ? standard.yaw : preset == Preset::Side ? quarter : 0;
    next.pitch = preset == Preset::Perspective ? standard.pitch : preset == Preset::Top ? quarter : 0.02;
    if (d_->posed) next = framed(next, d_->everybody(), 0.30f, d_->viewSize());
    d_->glideTo(next);
}

Viewport::Preset Viewport::preset() const { return d_->preset; }

void Viewport::setFollow(bool follow) {
    d_->follow = follow;
    d_->bar->setFollow(follow);
}

void Viewport::setShaping(bool on) {
    if (d_->window) d_->window->setShaping(on);
}

void Viewport::setHeld(std::span<const int> joints) {
    if (d_->scene) d_->scene->setHeld(joints);
}

void Viewport::setChosenJoints(const motion::JointSet& joints) {
    if (joints == d_->chosen) return;
    d_->chosen = joints;
    if (d_->scene) d_->scene->setTogether(joints);
    d_->showSelection();
}

const motion::JointSet& Viewport::chosenJoints() const { return d_->chosen; }

bool Viewport::drawsBox() const { return d_->boxed; }

void Viewport::dropJoint() {
    if (!d_->window) return;
    if (d_->window->holds()) d_->anew = true;
    d_->window->dropJoint();
}

QPointF Viewport::project(const Vec3& point) const {
    OrbitCamera camera;
    camera.set(d_->camera);
    return camera.project(point, d_->viewSize()).value_or(QPointF(-1, -1));
}

QWindow* Viewport::stageWindow() const { return d_->window; }

void Viewport::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_F && !(event->modifiers() & (Qt::ControlModifier | Qt::AltModifier | Qt::MetaModifier))) {
        frameSelected();
    } else {
        QWidget::keyPressEvent(event);
    }
}

}  // namespace choreia::ui
