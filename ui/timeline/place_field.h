/// Where the playhead is, in figures; a click, Enter or a shortcut makes it a field to write where it shall go.
#pragma once

#include "timeline/timecode.h"
#include "timeline/typed_field.h"

#include <QPointer>

#include <functional>

namespace choreia::ui {

/// What cannot be understood, or lies beyond the song, is refused with a hint beside the field, which stays open.
class PlaceField final : public TypedField {
    Q_OBJECT

public:
    using Reader = std::function<Written(const QString&)>;
    /// widest: the longest text that is shown in it.
    PlaceField(Reader read, const QString& widest, QWidget* parent = nullptr);

    /// What is shown while nobody writes.
    void showPlace(const QString& text);
    /// Makes it a field, with what is shown chosen so that the first key replaces it. Not while it is disabled.
    void begin();
    [[nodiscard]] bool writing() const { return !isReadOnly(); }
    /// Why what was written last was refused; "" where it was not.
    [[nodiscard]] const QString& refusal() const { return refusal_; }

Q_SIGNALS:
    void chosen(double seconds);

protected:
    void mousePressEvent(QMouseEvent* event) override;

private:
    void enter();
    void end();
    void refuse(const QString& why);
    void polishAnew();
    void remember(QWidget* before);

    Reader read_;
    QPointer<QWidget> before_;  ///< who had the keys: they are given back
    QString shown_, refusal_;
};

}  // namespace choreia::ui
