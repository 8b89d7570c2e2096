// The one style of a dance, and when none is to be named.
#include "io/dance_style.h"
#include "support/testing.h"

using namespace choreia;

namespace {

/// As generated in one style.
io::Dance generated(const std::string& style) {
    io::Dance dance;
    dance.tokens.upper = dance.tokens.lower = {1, 2};
    dance.tokens.times = {0, 0.133};
    dance.settings.style = style;
    return dance;
}

}  // namespace

class DanceStyleTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void ofAGeneratedDanceItsSetting() {
        QCOMPARE(io::styleDanced(generated("salsa")), std::string("salsa"));
        QCOMPARE(io::styleDanced(generated("")), std::string());
        QCOMPARE(io::styleDanced(generated("auto")), std::string());  // weights without styles leave it
    }

    void aCourseThatChangesItHasNone() {
        io::Dance dance = generated("pop");
        dance.settings.styleCourse = {{8, "salsa"}};
        QCOMPARE(io::styleDanced(dance), std::string());
        dance.settings.styleCourse = {{8, "pop"}};
        QCOMPARE(io::styleDanced(dance), std::string("pop"));
        dance.settings.styleCourse = {{0, "salsa"}};  // the setting itself is never danced
        QCOMPARE(io::styleDanced(dance), std::string("salsa"));
        dance.settings.styleCourse = {{0, "salsa"}, {8, "pop"}};
        QCOMPARE(io::styleDanced(dance), std::string());
    }

    void movementFromElsewhereHasNone() {
        io::Dance imported = generated("salsa");
        imported.tokens = {};
        QCOMPARE(io::styleDanced(imported), std::string());
        io::Dance remade = generated("salsa");
        remade.blocks = {{0, "salsa"}, {4, "remade 2"}};
        QCOMPARE(io::styleDanced(remade), std::string());
        io::Dance joined = generated("salsa");
        joined.seams.emplace_back();
        QCOMPARE(io::styleDanced(joined), std::string());
    }
};

CHOREIA_TEST(DanceStyleTest)
#include "dance_style_test.moc"
