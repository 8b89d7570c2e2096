// A file appears under its name only when whole; whatever goes wrong, what stood there stays, and nothing is left beside it.
#include "core/atomic_file.h"

#include "support/testing.h"

#include <QTemporaryDir>

#include <csignal>
#include <fstream>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace choreia;
namespace fs = std::filesystem;

namespace {

std::size_t filesIn(const fs::path& folder) {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

/// While it lives, no file may grow beyond a size: writes fail as on a full disk.
class FullDisk {
public:
    explicit FullDisk(rlim_t bytes) : oldHandler_(std::signal(SIGXFSZ, SIG_IGN)) {
        ::getrlimit(RLIMIT_FSIZE, &old_);
        const rlimit limit{bytes, old_.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &limit);
    }
    ~FullDisk() {
        ::setrlimit(RLIMIT_FSIZE, &old_);
        std::signal(SIGXFSZ, oldHandler_);
    }

private:
    rlimit old_{};
    void (*oldHandler_)(int);
};

}  // namespace

class AtomicFileTest : public QObject {
    Q_OBJECT

    QTemporaryDir temporary_;
    fs::path folder_;

private Q_SLOTS:
    void init() {
        folder_ = fs::path(temporary_.path().toStdString()) / QTest::currentTestFunction();
        fs::create_directory(folder_);
    }

    void writesAndReadsBack() {
        const std::string bytes("zero \0 and \xff line\n", 18);
        QVERIFY(writeFile(folder_ / "a.bin", bytes).ok());
        QCOMPARE(readFile(folder_ / "a.bin").value(), bytes);
        QVERIFY(writeFile(folder_ / "a.bin", "").ok());
        QCOMPARE(readFile(folder_ / "a.bin").value(), std::string());
        QCOMPARE(filesIn(folder_), std::size_t{1});
    }
    void temporaryKeepsTheExtensionAndTheFolder() {
        fs::path seen;
        QVERIFY(replaceFile(folder_ / "film.mp4", [&](const fs::path& path) -> Result<void> {
            seen = path;
            std::ofstream(path) << "x";
            return {};
        }).ok());
        QCOMPARE(seen.extension(), fs::path(".mp4"));
        QCOMPARE(seen.parent_path(), folder_);
        QVERIFY(seen != folder_ / "film.mp4");
    }
    void failedWriteLeavesTheOldFile() {
        QVERIFY(writeFile(folder_ / "a.txt", "precious").ok());
        const Result<void> result = replaceFile(folder_ / "a.txt", [](const fs::path& path) -> Result<void> {
            std::ofstream(path) << "half of";
            return cancelled();
        });
        QVERIFY(result.error().kind == ErrorKind::Cancelled);
        QCOMPARE(readFile(folder_ / "a.txt").value(), std::string("precious"));
        QCOMPARE(filesIn(folder_), std::size_t{1});
    }
    void fullDiskLeavesTheOldFile() {
        QVERIFY(writeFile(folder_ / "a.txt", "precious").ok());
        const std::string large(1 << 20, 'x');
        Result<void> result;
        {
            const FullDisk full(4096);
            result = writeFile(folder_ / "a.txt", large);
        }
        QVERIFY(!result.ok());
        QCOMPARE(result.error().exitStatus(), 1);
        QVERIFY(result.error().line().find("a.txt") != std::string::npos);
        QCOMPARE(readFile(folder_ / "a.txt").value(), std::string("precious"));
        QCOMPARE(filesIn(folder_), std::size_t{1});
    }
    void deviceAsTargetIsRefused() {
        QCOMPARE(checkWritable("/dev/full").error().found, std::string("a device, pipe or socket"));
        QVERIFY(!writeFile("/dev/null", "x").ok());
        QVERIFY(fs::is_character_file("/dev/null"));
    }

    void directoryAsTargetIsRefused() {
        fs::create_directory(folder_ / "taken");
        QVERIFY(!checkWritable(folder_ / "taken").ok());
        QVERIFY(!writeFile(folder_ / "taken", "x").ok());
        QVERIFY(fs::is_directory(folder_ / "taken"));
        QCOMPARE(readFile(folder_ / "taken").error().found, std::string("a directory"));
    }
    void missingFolderIsRefused() {
        const fs::path target = folder_ / "no" / "where.bvh";
        QCOMPARE(checkWritable(target).error().exitStatus(), 1);
        bool called = false;
        QVERIFY(!replaceFile(target, [&](const fs::path&) -> Result<void> {
            called = true;
            return {};
        }).ok());
        QVERIFY(!called);
        QVERIFY(!fs::exists(folder_ / "no"));
    }
    void readOnlyFolderIsRefused() {
        QVERIFY(!writeFile("/proc/choreia-core-test.txt", "x").ok());  // true for root as well
        if (::geteuid() == 0) return;
        ::chmod(folder_.c_str(), 0555);
        QVERIFY(!checkWritable(folder_ / "a.txt").ok());
        ::chmod(folder_.c_str(), 0755);
        QVERIFY(checkWritable(folder_ / "a.txt").ok());
    }
    void relativeTargetIsWrittenInTheCurrentFolder() {
        const fs::path before = fs::current_path();
        fs::current_path(folder_);
        const bool written = writeFile("plain.txt", "x").ok();
        fs::current_path(before);
        QVERIFY(written);
        QVERIFY(fs::exists(folder_ / "plain.txt"));
    }
    void missingFileIsBadInput() {
        QCOMPARE(readFile(folder_ / "none").error().exitStatus(), 3);
    }
};

CHOREIA_TEST(AtomicFileTest)
#include "atomic_file_test.moc"
