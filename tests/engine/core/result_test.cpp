// Errors read as one line, carry the exit status of the contract, and travel through Result untouched.
#include "core/result.h"

#include "support/testing.h"

#include <memory>

using namespace choreia;

namespace {

Result<int> half(int value) {
    if (value % 2 != 0) return badInput("half", "is odd", "an even number", std::to_string(value));
    return value / 2;
}

Result<int> quarter(int value) {
    CHOREIA_ASSIGN(const int once, half(value));
    CHOREIA_ASSIGN(const int twice, half(once));
    return twice;
}

Result<void> checkEven(int value) {
    CHOREIA_TRY(half(value));
    return {};
}

}  // namespace

class ResultTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void lineShowsOnlyWhatIsKnown() {
        QCOMPARE(badInput("song.mp3", "no such file").line(), std::string("song.mp3: no such file"));
        QCOMPARE(badInput("a.h5", "wrong shape", "24", "17").line(), std::string("a.h5: wrong shape (expected 24, found 17)"));
        QCOMPARE(failed("a.h5", "wrong", "x").line(), std::string("a.h5: wrong (expected x)"));
        QCOMPARE(failed("a.h5", "wrong", "", "y").line(), std::string("a.h5: wrong (found y)"));
        QCOMPARE(failed("", "wrong").line(), std::string("wrong"));
    }
    void lineIsAlwaysOneLine() {
        const std::string line = failed("a\nb", "first\r\nsecond", "x\ny", "z\n").line();
        QVERIFY(line.find('\n') == std::string::npos);
        QVERIFY(line.find('\r') == std::string::npos);
        QVERIFY(line.find("second") != std::string::npos);
    }
    void exitStatusIsTheContracts() {
        QCOMPARE(failed("", "").exitStatus(), 1);
        QCOMPARE(usageError("", "").exitStatus(), 2);
        QCOMPARE(badInput("", "").exitStatus(), 3);
        QCOMPARE(cancelled().exitStatus(), 130);
    }
    void macrosPassValuesAndErrors() {
        QCOMPARE(quarter(12).value(), 3);
        QVERIFY(!quarter(6).ok());
        QCOMPARE(quarter(6).error().found, std::string("3"));
        QVERIFY(quarter(6).error().kind == ErrorKind::BadInput);
        QVERIFY(checkEven(2).ok());
        QCOMPARE(checkEven(5).error().found, std::string("5"));
    }
    void valuesThatOnlyMoveTravel() {
        Result<std::unique_ptr<int>> result(std::make_unique<int>(7));
        const std::unique_ptr<int> taken = std::move(result).value();
        QCOMPARE(*taken, 7);
    }
};

CHOREIA_TEST(ResultTest)
#include "result_test.moc"
