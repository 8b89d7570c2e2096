/// The commands of the undo stack. Each holds ids and values of before and after, never pointers into the document.
#pragma once

#include "document/document.h"

#include <QUndoCommand>

namespace choreia::ui {

class GridCommand final : public QUndoCommand {
public:
    GridCommand(Document& document, audio::BeatGrid grid, const QString& text, int mergeKey);
    void undo() override;
    void redo() override;
    [[nodiscard]] int id() const override { return mergeKey_ == 0 ? -1 : kGridKeys + mergeKey_; }
    bool mergeWith(const QUndoCommand* other) override;

private:
    void set(const audio::BeatGrid& grid, bool edited);
    Document& document_;
    audio::BeatGrid before_, after_;
    bool editedBefore_;
    int mergeKey_;
    static constexpr int kGridKeys = 1 << 30;  ///< above the keys of every other kind of command
};

class LockCommand final : public QUndoCommand {
public:
    LockCommand(Document& document, bool locked);
    void undo() override { set(!locked_); }
    void redo() override { set(locked_); }

private:
    void set(bool locked);
    Document& document_;
    bool locked_;
};

class SettingsCommand final : public QUndoCommand {
public:
    SettingsCommand(Document& document, io::GenerateSettings settings, const QString& text, int mergeKey);
    void undo() override;
    void redo() override;
    [[nodiscard]] int id() const override { return mergeKey_ == 0 ? -1 : mergeKey_; }
    bool mergeWith(const QUndoCommand* other) override;

private:
    void set(const io::GenerateSettings& settings);
    Document& document_;
    io::GenerateSettings before_, after_;
    int mergeKey_;
};

class DanceCommand final : public QUndoCommand {
public:
    /// after: null removes the dance.
    DanceCommand(Document& document, DanceId id, std::shared_ptr<const DanceSnapshot> after, const QString& text);
    void undo() override { document_.setDance(id_, before_); }
    void redo() override { document_.setDance(id_, after_); }

private:
    Document& document_;
    DanceId id_;
    std::shared_ptr<const DanceSnapshot> before_, after_;
};

/// Key poses of one dance; its motion stays.
class KeysCommand final : public QUndoCommand {
public:
    KeysCommand(Document& document, DanceId id, std::vector<io::KeyPose> after, const QString& text);
    void undo() override { document_.setKeys(id_, before_); }
    void redo() override { document_.setKeys(id_, after_); }

private:
    Document& document_;
    DanceId id_;
    std::vector<io::KeyPose> before_, after_;
};

/// All named moments of the song.
class MarkersCommand final : public QUndoCommand {
public:
    MarkersCommand(Document& document, std::vector<io::Marker> after, const QString& text)
        : QUndoCommand(text), document_(document), before_(document.state_.markers), after_(std::move(after)) {}
    void undo() override { set(before_); }
    void redo() override { set(after_); }

private:
    void set(const std::vector<io::Marker>& markers) {
        document_.state_.markers = markers;
        document_.tell(Aspect::Markers);
    }
    Document& document_;
    std::vector<io::Marker> before_, after_;
};

/// Names and places of dancers; their dances stay.
class DancersCommand final : public QUndoCommand {
public:
    struct Identity {
        std::string name;
        motion::StagePlace place;
    };
    DancersCommand(Document& document, std::vector<std::pair<DanceId, Identity>> after, const QString& text);
    void undo() override { set(before_); }
    void redo() override { set(after_); }

private:
    void set(const std::vector<std::pair<DanceId, Identity>>& identities);
    Document& document_;
    std::vector<std::pair<DanceId, Identity>> before_, after_;
};

class OpeningCommand final : public QUndoCommand {
public:
    /// after: null takes the opening away.
    OpeningCommand(Document& document, std::shared_ptr<const motion::Clip> after, const QString& text)
        : QUndoCommand(text), document_(document), before_(document.state_.opening), after_(std::move(after)) {}
    void undo() override { set(before_); }
    void redo() override { set(after_); }

private:
    void set(const std::shared_ptr<const motion::Clip>& opening) {
        document_.state_.opening = opening;
        document_.tell(Aspect::Settings);
    }
    Document& document_;
    std::shared_ptr<const motion::Clip> before_, after_;
};

}  // namespace choreia::ui
