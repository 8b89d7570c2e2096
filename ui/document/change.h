/// What changed in the document: the one typed signal every view follows.
#pragma once

#include "document/snapshots.h"

#include <QMetaType>
#include <QString>

namespace choreia::ui {

enum class Aspect {
    Everything,  ///< another project: read all again
    Song,        ///< the sound and what was heard in it
    Grid,        ///< beats, downbeats, lock
    Dances,      ///< a dance came, changed or went, or another one was chosen
    Settings,    ///< of the generate panel, the opening included
    Markers,     ///< named moments of the song
    Selection,   ///< joint or part of the song chosen
    Takes,       ///< takes to choose from came or went
    Queue,       ///< work that waits for other work came or went
    View,        ///< camera or visible part, set by the document (on opening)
    Name         ///< path or unsaved mark
};

struct Change {
    Aspect aspect = Aspect::Everything;
    DanceId dance{};  ///< for Dances, where one is concerned
};

/// Something to tell the person: what happened, and what to do about it.
struct Message {
    enum class Kind { Info, Warning, Error };
    Kind kind = Kind::Info;
    QString title;
    QString advice;
};

/// What the person had asked for when it failed; decides the advice.
enum class Task { Open, Save, Generate };
/// The message of a failure: the error's line, what became of the project, and what to do.
Message messageOf(Task task, const QString& title, const Error& error);

}  // namespace choreia::ui

Q_DECLARE_METATYPE(choreia::ui::Change)
Q_DECLARE_METATYPE(choreia::ui::Message)
