// HDF5: what is written comes back; foreign text and number forms are read; damage is refused in one line.
#include "support/testing.h"

#include "core/atomic_file.h"
#include "io/hdf5.h"

#include <QTemporaryDir>

#include <hdf5.h>

#include <atomic>
#include <csignal>
#include <sys/resource.h>
#include <thread>

using namespace choreia;
using io::H5Reader;
using io::H5Writer;

class Hdf5Test : public QObject {
    Q_OBJECT
    QTemporaryDir folder_;
    std::filesystem::path at(const char* name) const { return folder_.filePath(QLatin1String(name)).toStdString(); }

private Q_SLOTS:
    void roundTrip() {
        const auto path = at("round.h5");
        std::vector<float> grid(7 * 3);
        for (std::size_t i = 0; i < grid.size(); ++i) grid[i] = 0.1f * static_cast<float>(i);
        const std::vector<std::int64_t> whole = {-5, 0, std::int64_t{1} << 40};
        std::vector<std::uint8_t> bytes(300, 7);
        bytes[299] = 255;
        {
            auto writer = H5Writer::create(path);
            QVERIFY(writer.ok());
            QVERIFY(writer->writeFloats("a/b/grid", {7, 3}, grid.data()).ok());
            QVERIFY(writer->writeFloats("a/packed", {7, 3}, grid.data(), true).ok());
            QVERIFY(writer->writeFloats("none", {0, 24, 3}, nullptr, true).ok());
            QVERIFY(writer->writeDoubles("times", {0.125, 1e-12}).ok());
            QVERIFY(writer->writeIntegers("whole", {3}, whole.data()).ok());
            QVERIFY(writer->writeBytes("bytes", {3, 100}, bytes.data(), true).ok());
            QVERIFY(writer->makeGroup("empty/group").ok());
            QVERIFY(writer->numberAttribute("/", "fps", 59.94).ok());
            QVERIFY(writer->textAttribute("a/b/grid", "unit", "Füße ♪").ok());
            QVERIFY(writer->textListAttribute("/", "names", {"", "Hüfte", "x y"}).ok());
            QVERIFY(writer->textListAttribute("/", "no_names", {}).ok());
            QVERIFY(writer->integerListAttribute("a", "parents", {-1, 0, 1}).ok());
            QVERIFY(writer->numberAttribute("/", "fps", 60).ok());  // written again: replaced
            QVERIFY(writer->close().ok());
        }
        auto reader = H5Reader::open(path);
        QVERIFY(reader.ok());
        auto read = reader->readFloats("a/b/grid");
        QVERIFY(read.ok());
        QCOMPARE(read->shape, (std::vector<std::uint64_t>{7, 3}));
        QCOMPARE(read->values, grid);
        QCOMPARE(reader->readFloats("/a/packed")->values, grid);
        QCOMPARE(*reader->shape("none"), (std::vector<std::uint64_t>{0, 24, 3}));
        QVERIFY(reader->readFloats("none")->values.empty());
        const auto rows = reader->readRows("a/packed", 2, 4);
        QCOMPARE(rows->shape, (std::vector<std::uint64_t>{4, 3}));
        QCOMPARE(rows->values, std::vector<float>(grid.begin() + 6, grid.begin() + 18));
        QVERIFY(!reader->readRows("a/packed", 4, 4).ok());
        QCOMPARE(*reader->readDoubles("times"), (std::vector<double>{0.125, 1e-12}));
        QCOMPARE(*reader->readIntegers("whole"), whole);
        QCOMPARE(*reader->readBytes("bytes"), bytes);
        QCOMPARE(*reader->readByteRows("bytes", 2, 1), std::vector<std::uint8_t>(bytes.begin() + 200, bytes.end()));
        QCOMPARE(reader->readFloats("bytes")->values[299], 255.0f);
        QCOMPARE(*reader->numberAttribute("/", "fps"), 60.0);
        QCOMPARE(*reader->textAttribute("a/b/grid", "unit"), std::string("Füße ♪"));
        QCOMPARE(*reader->textListAttribute("/", "names"), (std::vector<std::string>{"", "Hüfte", "x y"}));
        QVERIFY(reader->textListAttribute("/", "no_names")->empty());
        QCOMPARE(*reader->integerListAttribute("a", "parents"), (std::vector<std::int64_t>{-1, 0, 1}));
        QCOMPARE(reader->groups(), (std::vector<std::string>{"a", "empty"}));
        QCOMPARE(reader->datasets("a"), (std::vector<std::string>{"packed"}));
        QVERIFY(reader->exists("a/b/grid") && !reader->exists("a/c/grid") && reader->exists("empty/group"));
        QVERIFY(reader->hasAttribute("/", "fps") && !reader->hasAttribute("/", "rate") && !reader->hasAttribute("nowhere", "fps"));
        QVERIFY(!reader->shape("a").has_value());
    }

    /// The forms that other writers use (made with the C library, as h5py makes them): numpy scalars, fixed-length and space-padded text, float64.
    void readsForeignForms() {
        const auto path = at("foreign.h5");
        const hid_t file = H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
        QVERIFY(file >= 0);
        const auto attribute = [&](const char* name, hid_t type, hid_t space, const void* value) {
            const hid_t id = H5Acreate2(file, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
            H5Awrite(id, type, value);
            H5Aclose(id);
        };
        const hid_t scalar = H5Screate(H5S_SCALAR);
        const hsize_t one = 1, two = 2;
        const hid_t single = H5Screate_simple(1, &one, nullptr), pair = H5Screate_simple(1, &two, nullptr);
        const std::int32_t width = 256;
        attribute("width", H5T_STD_I32LE, scalar, &width);
        const std::uint8_t yes = 1;
        attribute("flag", H5T_STD_U8BE, single, &yes);
        const float half = 0.5f;
        attribute("half", H5T_IEEE_F32LE, scalar, &half);
        hid_t fixed = H5Tcopy(H5T_C_S1);
        H5Tset_size(fixed, 6);
        H5Tset_strpad(fixed, H5T_STR_NULLPAD);
        attribute("names", fixed, pair, "pelvisneck\0\0");
        H5Tset_strpad(fixed, H5T_STR_SPACEPAD);
        attribute("padded", fixed, scalar, "hip   ");
        const double values[2] = {1.5, -2.0};
        const hid_t set = H5Dcreate2(file, "doubles", H5T_IEEE_F64BE, pair, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
        H5Dwrite(set, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values);
        H5Dclose(set);
        const hid_t words = H5Dcreate2(file, "words", fixed, pair, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
        H5Dclose(words);
        H5Tclose(fixed);
        for (const hid_t space : {scalar, single, pair}) H5Sclose(space);
        H5Fclose(file);

        auto reader = H5Reader::open(path);
        QVERIFY(reader.ok());
        QCOMPARE(*reader->numberAttribute("/", "width"), 256.0);
        QCOMPARE(*reader->numberAttribute("/", "flag"), 1.0);
        QCOMPARE(*reader->numberAttribute("/", "half"), 0.5);
        QCOMPARE(*reader->textListAttribute("/", "names"), (std::vector<std::string>{"pelvis", "neck"}));
        QCOMPARE(*reader->textAttribute("/", "padded"), std::string("hip"));
        QCOMPARE(reader->readFloats("doubles")->values, (std::vector<float>{1.5f, -2.0f}));
        const auto text = reader->readFloats("words");
        QVERIFY(!text.ok());
        QVERIFY(text.error().line().find("'words'") != std::string::npos);
        QCOMPARE(text.error().exitStatus(), 3);
        QVERIFY(!reader->numberAttribute("/", "names").ok());
        QVERIFY(!reader->textAttribute("/", "width").ok());
    }

    void refusesDamage() {
        const auto path = at("whole.h5");
        const std::vector<float> values(5000, 1.0f);
        {
            auto writer = H5Writer::create(path);
            QVERIFY(writer->writeFloats("values", {5000}, values.data()).ok());
            QVERIFY(writer->close().ok());
        }
        const std::string bytes = *readFile(path);
        for (const std::size_t keep : {std::size_t{0}, std::size_t{7}, std::size_t{90}, bytes.size() / 2, bytes.size() - 1}) {
            QVERIFY(writeFile(at("cut.h5"), std::string_view(bytes).substr(0, keep)).ok());
            const auto reader = H5Reader::open(at("cut.h5"));
            QVERIFY2(!reader.ok(), qPrintable(QString::number(keep)));
            QCOMPARE(reader.error().exitStatus(), 3);
            QVERIFY(reader.error().line().find("cut.h5") != std::string::npos);
        }
        QVERIFY(writeFile(at("junk.h5"), std::string(4096, 'j')).ok());
        QVERIFY(!H5Reader::open(at("junk.h5")).ok());
        QVERIFY(!H5Reader::open(at("absent.h5")).ok());
        QVERIFY(!H5Reader::open(folder_.path().toStdString()).ok());
        auto reader = H5Reader::open(path);
        const auto missing = reader->readFloats("deep/down");
        QVERIFY(!missing.ok() && missing.error().line().find("deep/down") != std::string::npos);
    }

    void fullDiskIsOneError() {
        const auto path = at("full.h5");
        QVERIFY(writeFile(path, "what stood there").ok());
        rlimit before{};
        getrlimit(RLIMIT_FSIZE, &before);
        const auto old = std::signal(SIGXFSZ, SIG_IGN);
        rlimit small = before;
        small.rlim_cur = 20000;
        setrlimit(RLIMIT_FSIZE, &small);
        const std::vector<float> values(100000, 1.0f);
        const auto write = [&] {
            return replaceFile(path, [&](const std::filesystem::path& temporary) -> Result<void> {
                CHOREIA_ASSIGN(auto writer, H5Writer::create(temporary, path));
                CHOREIA_TRY(writer.writeFloats("values", {100000}, values.data()));
                return writer.close();
            });
        };
        auto written = write();
        for (int again = 0; again < 20; ++again) written = write();
        setrlimit(RLIMIT_FSIZE, &before);
        std::signal(SIGXFSZ, old);
        QVERIFY(!written.ok());
        QCOMPARE(written.error().exitStatus(), 1);
        QVERIFY2(written.error().line().find("full.h5: ") != std::string::npos, written.error().line().c_str());
        QCOMPARE(*readFile(path), std::string("what stood there"));
        QCOMPARE(QDir(folder_.path()).entryList({QStringLiteral(".full*")}, QDir::Files | QDir::Hidden).size(), 0);
        // Once there is room again, the same save works.
        const auto later = write();
        QVERIFY2(later.ok(), later.ok() ? "" : later.error().line().c_str());
        QCOMPARE(H5Reader::open(path)->readFloats("values")->values, values);
    }

    void threadsShareTheLibrary() {
        std::vector<std::jthread> threads;
        std::atomic<int> good{0};
        for (int t = 0; t < 4; ++t) {
            threads.emplace_back([&, t] {
                const auto path = at(("thread" + std::to_string(t) + ".h5").c_str());
                for (int round = 0; round < 5; ++round) {
                    auto writer = H5Writer::create(path);
                    const std::vector<float> values(1000, static_cast<float>(t));
                    if (!writer.ok() || !writer->writeFloats("values", {1000}, values.data(), true).ok() || !writer->close().ok()) return;
                    const auto reader = H5Reader::open(path);
                    if (!reader.ok() || reader->readFloats("values")->values != values) return;
                }
                ++good;
            });
        }
        threads.clear();
        QCOMPARE(good.load(), 4);
    }
};

CHOREIA_TEST(Hdf5Test)
#include "hdf5_test.moc"
