// "auto": the style whose usual tempo, metre and beat lie nearest to the song's.
#include "choreo/style_choice.h"

#include "core/units.h"
#include "support/testing.h"

#include <cmath>

using namespace choreia;

namespace {

const std::vector<std::string> kStyles{"house", "indian", "modern", "rumba", "salsa", "waltz"};

std::string chosen(double tempo, int bar, double confidence, double punch, std::vector<float> guess = {}) {
    return kStyles[choreo::chooseStyle({tempo, bar, confidence, punch}, kStyles, guess)];
}

}  // namespace

class StyleChoiceTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void competitionTempiFindTheirDance() {
        QCOMPARE(chosen(87, 3, 0.6, 0.8), std::string("waltz"));
        QCOMPARE(chosen(124, 4, 0.95, 2.0), std::string("house"));
        QCOMPARE(chosen(190, 4, 0.9, 1.5), std::string("salsa"));
        QCOMPARE(chosen(95, 4, 0.7, 1.0), std::string("rumba"));
    }
    void anOctaveOfTempoIsForgivenAtAPrice() {
        // A salsa heard at half its tempo is still nearer to salsa than to a house of 95.
        const auto scores = choreo::styleScores({93, 4, 0.9, 1.5}, std::vector<std::string>{"salsa", "house"});
        QVERIFY(scores[0] > scores[1]);
        const auto full = choreo::styleScores({186, 4, 0.9, 1.5}, std::vector<std::string>{"salsa"});
        QVERIFY(full[0] > scores[0]);
    }
    void aSongWithoutABeatIsDancedModern() { QCOMPARE(chosen(0, 4, 0, 0), std::string("modern")); }
    void threeBeatsABarKeepTheWaltzFromASquareSong() { QVERIFY(chosen(87, 4, 0.6, 0.8) != "waltz"); }
    void thePredictorTipsAnEvenScale() {
        const auto plain = choreo::styleScores({110, 4, 0.8, 1.0}, kStyles);
        const auto best = static_cast<std::size_t>(std::max_element(plain.begin(), plain.end()) - plain.begin());
        std::vector<float> guess(kStyles.size(), -4.0f);
        const std::size_t other = best == 1 ? 3 : 1;
        guess[other] = 0.0f;
        // Heavy enough a word from the predictor wins; none leaves the table's choice.
        QCOMPARE(choreo::chooseStyle({110, 4, 0.8, 1.0}, kStyles, guess, 100.0), other);
        QCOMPARE(choreo::chooseStyle({110, 4, 0.8, 1.0}, kStyles, {}), best);
    }
    void punchComparesOnsetsOnBeatsWithAnEvenSpread() {
        audio::Analysis analysis;
        analysis.grid.tempoBpm = 120;
        for (int k = 0; k < 20; ++k) analysis.grid.beats.push_back(0.25 + 0.5 * k);
        analysis.features = Table(601, audio::columns::kCount);
        for (std::size_t r = 0; r < 601; ++r) analysis.features.at(r, audio::columns::kOnset) = 0.5f;
        QVERIFY(std::abs(choreo::songCharacter(analysis).punch) < 1e-6);
        for (std::size_t r = 0; r < 601; ++r) analysis.features.at(r, audio::columns::kOnset) = 0;
        for (const double beat : analysis.grid.beats) analysis.features.at(static_cast<std::size_t>(beat * 60), audio::columns::kOnset) = 1;
        // All of it on 20 windows of 7 rows of 601.
        QVERIFY(std::abs(choreo::songCharacter(analysis).punch - (601.0 / 140.0 - 1)) < 1e-6);
    }
};

CHOREIA_TEST(StyleChoiceTest)
#include "style_choice_test.moc"
