/// A message that does not block: what happened and what to do, until it is closed or its time is over.
#pragma once

#include "document/change.h"

#include <QFrame>
#include <QTimer>

class QLabel;

namespace choreia::ui {

/// Stands in a layout (the 3D stage is a native window, nothing can float over it); errors and warnings stay until closed.
class NoticeBar final : public QFrame {
    Q_OBJECT

public:
    explicit NoticeBar(QWidget* parent);

    void show(const Message& message);
    [[nodiscard]] QString text() const;

private:
    QLabel *title_, *advice_;
    QTimer timer_;
};

}  // namespace choreia::ui
