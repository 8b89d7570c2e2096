// Runs every registered Qt Test class of this executable; the exit status is the number of failed functions.
// An argument that is a class name runs that class alone; other arguments go to Qt Test.
#include "support/testing.h"

#ifdef CHOREIA_TEST_GUI
#include <QApplication>
#else
#include <QCoreApplication>
#endif

int main(int argc, char** argv) {
#ifdef CHOREIA_TEST_GUI
    QApplication application(argc, argv);
#else
    QCoreApplication application(argc, argv);
#endif
    QStringList arguments = QCoreApplication::arguments();
    QString only;
    int failed = 0, ran = 0;
    for (const auto& factory : choreia::testing::registry()) {
        const auto test = factory();
        if (arguments.size() > 1 && arguments[1] == QLatin1String(test->metaObject()->className())) only = arguments.takeAt(1);
    }
    for (const auto& factory : choreia::testing::registry()) {
        const auto test = factory();
        if (!only.isEmpty() && only != QLatin1String(test->metaObject()->className())) continue;
        failed += QTest::qExec(test.get(), arguments);
        ++ran;
    }
    if (ran == 0) {
        qCritical("no test class ran");
        return 1;
    }
    return failed;
}
