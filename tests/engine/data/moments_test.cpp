// Moments of recordings as text.
#include "data/moments.h"
#include "support/testing.h"

#include <QString>

using namespace choreia;

namespace {

// JSON with single quotes.
std::string json(const char* text) { return QString::fromLatin1(text).replace(QLatin1Char('\''), QLatin1Char('"')).toStdString(); }

}  // namespace

class MomentsTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void textAndBack() {
        const std::map<std::string, std::vector<data::Moment>> byStyle = {{"salsa", {{{1, 2}, {3, 4}}, {{5, 6}}}}, {"waltz", {{{0, 255}}}}};
        QVERIFY(data::parseMoments(data::momentsText(byStyle)) == byStyle);
        QVERIFY(data::parseMoments(data::momentsText({})).empty());
    }
    void whatIsMalformedIsLeftOut_data() {
        QTest::addColumn<QString>("text");
        for (const char* text : {"", "nothing", "[]", "7", "{'a': 1}", "{'a': [1]}", "{'a': [[]]}", "{'a': [[[]]]}", "{'a': [[[1, -2]]]}", "{'a': [[[1.5]]]}", "{'a': [[['x']]]}", "{'a': [[[1, 2], [3]]]}"})
            QTest::newRow(text) << QString::fromStdString(json(text));
    }
    void whatIsMalformedIsLeftOut() {
        QFETCH(QString, text);
        QVERIFY(data::parseMoments(text.toStdString()).empty());
    }
    void theSoundOnesBesideItStay() {
        const auto read = data::parseMoments(json("{'a': [[[1, 2]], [[3]], [[4, 5], [6]]], 'b': 1}"));
        QCOMPARE(read.size(), std::size_t{1});
        QVERIFY((read.at("a") == std::vector<data::Moment>{{{1, 2}}, {{3}}}));
    }
};

CHOREIA_TEST(MomentsTest)
#include "moments_test.moc"
