/// Opening and saving under way: what, how far, how long still, and a way to stop it.
#pragma once

#include "document/job_runner.h"

#include <QFrame>
#include <QTimer>

class QLabel;
class QProgressBar;

namespace choreia::ui {

/// Shows itself only where the work takes longer than a moment.
class BusyBar final : public QFrame {
    Q_OBJECT

public:
    BusyBar(JobRunner& jobs, QWidget* parent = nullptr);

private:
    JobRunner& jobs_;
    QLabel *text_, *left_;
    QProgressBar* bar_;
    QTimer delay_;
    QString name_;
};

}  // namespace choreia::ui
