/// What a film or a picture of the dance shows: size, who dances, before what, and with the beats counted or not.
#pragma once

#include "document/document.h"
#include "export/export_job.h"

#include <QWidget>

class QCheckBox;
class QGridLayout;
class QLabel;

namespace choreia::ui {

namespace style {
class ComboBox;
}

class FilmForm final : public QWidget {
    Q_OBJECT

public:
    explicit FilmForm(const Document& document, QWidget* parent = nullptr);

    /// Who dances at first: place in render::castNames.
    void setLook(int look);
    /// Shows what matters for the format; the note says what transparency needs.
    void setFormat(const ExportFormat& format);
    /// Whether the format can be written with these settings.
    [[nodiscard]] bool fits() const;
    void into(ExportOptions& options) const;

Q_SIGNALS:
    void changed();

private:
    void chooseBackground(int index);
    void refresh();

    const Document& document_;
    ExportFormat format_;
    style::ComboBox *size_, *rate_, *quality_, *look_, *show_, *background_, *dancers_;
    QLabel *rateLabel_, *qualityLabel_, *note_;
    QCheckBox* counter_;
    int backgroundBefore_ = 0;
};

}  // namespace choreia::ui
