// Protocol buffers by hand: a key (field number and wire type), then a varint, eight or four bytes, or a length and bytes.
#include "train/event_file.h"

#include <array>
#include <cstdio>
#include <cstring>

namespace choreia::train {

namespace {

enum Wire : std::uint64_t { kVarint = 0, kEight = 1, kBytes = 2, kFour = 5 };

void varint(std::string& out, std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) out.push_back(static_cast<char>((value & 0x7f) | 0x80));
    out.push_back(static_cast<char>(value));
}

void key(std::string& out, std::uint64_t field, Wire wire) { varint(out, field << 3 | wire); }

/// The lowest byte first, on any machine.
void little(std::string& out, std::uint64_t value, int bytes) {
    for (int i = 0; i < bytes; ++i) out.push_back(static_cast<char>(value >> (8 * i) & 0xff));
}

void bytes(std::string& out, std::uint64_t field, std::string_view content) {
    key(out, field, kBytes);
    varint(out, content.size());
    out += content;
}

std::string eventAt(double wallTime) {
    std::string event;
    std::uint64_t bits = 0;
    std::memcpy(&bits, &wallTime, sizeof bits);
    key(event, 1, kEight);
    little(event, bits, 8);
    return event;
}

std::array<std::uint32_t, 256> crcTable() {
    std::array<std::uint32_t, 256> table{};
    for (std::uint32_t i = 0; i < 256; ++i) {
        std::uint32_t value = i;
        for (int bit = 0; bit < 8; ++bit) value = value & 1 ? value >> 1 ^ 0x82f63b78u : value >> 1;
        table[i] = value;
    }
    return table;
}

}  // namespace

std::uint32_t crc32c(std::string_view content) {
    static const auto table = crcTable();
    std::uint32_t crc = 0xffffffffu;
    for (const char c : content) crc = table[(crc ^ static_cast<unsigned char>(c)) & 0xff] ^ crc >> 8;
    return ~crc;
}

std::uint32_t maskedCrc(std::string_view content) {
    const std::uint32_t crc = crc32c(content);
    return (crc >> 15 | crc << 17) + 0xa282ead8u;
}

std::string eventRecord(std::string_view event) {
    std::string out;
    little(out, event.size(), 8);
    little(out, maskedCrc(out), 4);
    out += event;
    little(out, maskedCrc(event), 4);
    return out;
}

std::string versionEvent(double wallTime) {
    std::string event = eventAt(wallTime);
    bytes(event, 3, "brain.Event:2");
    return event;
}

std::string scalarEvent(double wallTime, std::int64_t step, const std::map<std::string, double>& scalars) {
    std::string summary;
    for (const auto& [tag, value] : scalars) {
        std::string item;
        bytes(item, 1, tag);
        const auto number = static_cast<float>(value);
        std::uint32_t bits = 0;
        std::memcpy(&bits, &number, sizeof bits);
        key(item, 2, kFour);
        little(item, bits, 4);
        bytes(summary, 1, item);
    }
    std::string event = eventAt(wallTime);
    key(event, 2, kVarint);
    varint(event, static_cast<std::uint64_t>(step));
    bytes(event, 5, summary);
    return event;
}

Result<EventFile> EventFile::create(const std::filesystem::path& folder, const std::string& kind, double wallTime) {
    char seconds[32];
    std::snprintf(seconds, sizeof seconds, "%010lld", static_cast<long long>(wallTime));
    const std::string stem = std::string("events.out.tfevents.") + seconds + "." + kind;
    std::filesystem::path path = folder / stem;
    std::error_code code;
    for (int i = 1; std::filesystem::exists(path, code); ++i) path = folder / (stem + "." + std::to_string(i));
    EventFile file(path, std::ofstream(path, std::ios::binary));
    CHOREIA_TRY(file.write(versionEvent(wallTime)));
    return file;
}

Result<void> EventFile::add(double wallTime, std::int64_t step, const std::map<std::string, double>& scalars) { return write(scalarEvent(wallTime, step, scalars)); }

Result<void> EventFile::write(const std::string& event) {
    const std::string record = eventRecord(event);
    out_.write(record.data(), static_cast<std::streamsize>(record.size()));
    out_.flush();
    if (!out_) return failed(path_.string(), "the event file cannot be written");
    return {};
}

}  // namespace choreia::train
