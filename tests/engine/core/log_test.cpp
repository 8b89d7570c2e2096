// One line a warning, whole, on standard error.
#include "core/log.h"

#include "support/testing.h"

#include <cstdio>
#include <string>
#include <unistd.h>

class LogTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void oneLineOnStandardError() {
        int ends[2];
        QCOMPARE(::pipe(ends), 0);
        const int kept = ::dup(STDERR_FILENO);
        ::dup2(ends[1], STDERR_FILENO);
        choreia::logWarning("the grid is empty");
        ::dup2(kept, STDERR_FILENO);
        ::close(kept);
        ::close(ends[1]);
        std::string heard(256, '\0');
        const auto count = ::read(ends[0], heard.data(), heard.size());
        ::close(ends[0]);
        QVERIFY(count > 0);
        heard.resize(static_cast<std::size_t>(count));
        QCOMPARE(heard, std::string("choreia: warning: the grid is empty\n"));
    }
};

CHOREIA_TEST(LogTest)
#include "log_test.moc"
