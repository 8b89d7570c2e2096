// Safetensors: a file made by hand from the format's text is read, what is written has that form, and every broken claim is refused.
#include "support/testing.h"

#include "core/atomic_file.h"
#include "io/safetensors.h"

#include <QTemporaryDir>

#include <algorithm>
#include <cstring>

using namespace choreia;

namespace {

// JSON with ' for ", easier to read here.
std::string json(std::string text) {
    std::replace(text.begin(), text.end(), '\'', '"');
    return text;
}

std::string assemble(const std::string& header, const std::string& data, std::int64_t claimed = -1) {
    const auto length = static_cast<std::uint64_t>(claimed < 0 ? static_cast<std::int64_t>(header.size()) : claimed);
    std::string file;
    for (int i = 0; i < 8; ++i) file += static_cast<char>((length >> (8 * i)) & 0xff);
    return file + header + data;
}

}  // namespace

class SafetensorsTest : public QObject {
    Q_OBJECT
    QTemporaryDir folder_;
    std::filesystem::path at(const char* name) const { return folder_.filePath(QLatin1String(name)).toStdString(); }

private Q_SLOTS:
    void readsHandMadeFile() {
        const float values[2] = {1.5f, -2.0f};
        std::string data(reinterpret_cast<const char*>(values), 8);
        data += std::string("\x07\0\0\0\0\0\0\0", 8);
        const auto path = at("hand.safetensors");
        QVERIFY(writeFile(path, assemble(json("{'__metadata__':{'kind':'vq-vae'},'w':{'dtype':'F32','shape':[2,1],'data_offsets':[0,8]},"
                                              "'n':{'dtype':'I64','shape':[],'data_offsets':[8,16]}}   "),
                                         data)).ok());
        const auto table = io::readSafetensors(path);
        QVERIFY2(table.ok(), table.ok() ? "" : table.error().line().c_str());
        QCOMPARE(table->metadata.at("kind"), std::string("vq-vae"));
        const auto& w = table->tensors.at("w");
        QVERIFY(w.type == DType::F32);
        QCOMPARE(w.shape, (std::vector<std::int64_t>{2, 1}));
        QVERIFY(std::memcmp(w.bytes.data(), values, 8) == 0);
        const auto& n = table->tensors.at("n");
        QVERIFY(n.type == DType::I64 && n.shape.empty());
        QCOMPARE(std::to_integer<int>(n.bytes[0]), 7);
    }

    void roundTrip() {
        TensorTable table;
        table.metadata = {{"kind", "gcn-mhw"}, {"config", json("{'width': 64, 'names': ['Tänzer']}")}};
        const auto fill = [](DType type, std::vector<std::int64_t> shape, std::size_t size) {
            TensorEntry entry{type, std::move(shape), std::vector<std::byte>(size)};
            for (std::size_t i = 0; i < size; ++i) entry.bytes[i] = static_cast<std::byte>(i * 31 + size);
            return entry;
        };
        table.tensors["half"] = fill(DType::F16, {3}, 6);
        table.tensors["a.weight"] = fill(DType::F32, {2, 3, 4}, 96);
        table.tensors["count"] = fill(DType::I64, {}, 8);
        table.tensors["nothing"] = fill(DType::F32, {0, 5}, 0);
        const auto path = at("round.safetensors");
        QVERIFY(io::writeSafetensors(path, table).ok());
        const auto back = io::readSafetensors(path);
        QVERIFY2(back.ok(), back.ok() ? "" : back.error().line().c_str());
        QCOMPARE(back->metadata, table.metadata);
        QCOMPARE(back->tensors.size(), table.tensors.size());
        for (const auto& [name, entry] : table.tensors) {
            const auto& other = back->tensors.at(name);
            QVERIFY(other.type == entry.type && other.shape == entry.shape && other.bytes == entry.bytes);
        }
        // The data start on a multiple of 8, as other readers like to map them.
        const std::string file = *readFile(path);
        std::uint64_t length = 0;
        std::memcpy(&length, file.data(), 8);
        QCOMPARE(length % 8, std::uint64_t{0});
        QCOMPARE(file.size(), static_cast<std::size_t>(8 + length + 6 + 96 + 8));
    }

    void refuses_data() {
        QTest::addColumn<QByteArray>("file");
        QTest::addColumn<QString>("word");
        const auto row = [](const char* name, const std::string& file, const char* word) {
            QTest::newRow(name) << QByteArray(file.data(), static_cast<qsizetype>(file.size())) << QString::fromUtf8(word);
        };
        const std::string four(4, '\1'), eight(8, '\1');
        const auto one = [](const char* shape, const char* offsets, const char* type = "F32") {
            return json(std::string("{'w':{'dtype':'") + type + "','shape':" + shape + ",'data_offsets':" + offsets + "}}");
        };
        row("empty file", "", "8 bytes");
        row("header longer than the file", assemble("{}", "", 1000), "cut short");
        row("huge header", assemble("{}", "", std::int64_t{1} << 62), "cut short");
        row("length all ones", std::string(8, '\xff') + "{}", "cut short");
        row("not JSON", assemble("[1, 2", ""), "JSON");
        row("an array", assemble("[]", ""), "JSON");
        row("deep nesting", assemble("{\"a\":" + std::string(200000, '['), ""), "JSON");
        row("data cut", assemble(one("[2]", "[0,8]"), four), "out of range");
        row("size against shape", assemble(one("[3]", "[0,8]"), eight), "shape");
        row("shape overflows", assemble(one("[4611686018427387904,4]", "[0,8]"), eight), "shape");
        row("negative shape", assemble(one("[-2]", "[0,8]"), eight), "shape");
        row("fractional shape", assemble(one("[1.5]", "[0,8]"), eight), "shape");
        row("offsets reversed", assemble(one("[2]", "[8,0]"), eight), "out of range");
        row("unknown type", assemble(one("[1]", "[0,8]", "F64"), eight), "F64");
        row("no type", assemble(json("{'w':{'shape':[2],'data_offsets':[0,8]}}"), eight), "dtype");
        row("bytes left over", assemble(one("[1]", "[0,4]"), eight), "no tensor");
        row("gap", assemble(one("[1]", "[4,8]"), eight), "no tensor");
        row("overlap", assemble(json("{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]},'b':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}}"), eight), "overlaps");
        row("twice", assemble(json("{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]},'a':{'dtype':'F32','shape':[1],'data_offsets':[4,8]}}"), eight), "twice");
        row("metadata of numbers", assemble(json("{'__metadata__':{'a':1}}"), ""), "metadata");
    }

    void refuses() {
        QFETCH(QByteArray, file);
        QFETCH(QString, word);
        const auto path = at("bad.safetensors");
        QVERIFY(writeFile(path, {file.data(), static_cast<std::size_t>(file.size())}).ok());
        const auto table = io::readSafetensors(path);
        QVERIFY(!table.ok());
        QCOMPARE(table.error().exitStatus(), 3);
        const QString line = QString::fromStdString(table.error().line());
        QVERIFY2(line.contains(word) && line.contains(QLatin1String("bad.safetensors")), qPrintable(line));
    }

    void refusesMissingAndFolder() {
        QVERIFY(!io::readSafetensors(at("absent.safetensors")).ok());
        QVERIFY(!io::readSafetensors(folder_.path().toStdString()).ok());
    }

    void refusesToWriteWrongSizes() {
        TensorTable table;
        table.tensors["w"] = {DType::F32, {3}, std::vector<std::byte>(8)};
        QVERIFY(!io::writeSafetensors(at("wrong.safetensors"), table).ok());
        QVERIFY(!std::filesystem::exists(at("wrong.safetensors")));
        table.tensors["w"] = {DType::F32, {2}, std::vector<std::byte>(8)};
        QVERIFY(!io::writeSafetensors("/nonexistent/folder/w.safetensors", table).ok());
    }
};

CHOREIA_TEST(SafetensorsTest)
#include "safetensors_test.moc"
