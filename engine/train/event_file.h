/// Event files that TensorBoard reads: scalars over steps, one file a session of training.
/// Records as in TensorFlow's record_writer.h (length, masked CRC32C, bytes, masked CRC32C); events as in event.proto and summary.proto, scalars only.
#pragma once

#include "core/result.h"

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <string_view>

namespace choreia::train {

/// CRC-32C (Castagnoli, RFC 3720 B.4).
[[nodiscard]] std::uint32_t crc32c(std::string_view bytes);
/// The CRC rotated and shifted, as records carry it: a CRC over bytes that hold CRCs is weak.
[[nodiscard]] std::uint32_t maskedCrc(std::string_view bytes);
/// One record: length and bytes, each with its check.
[[nodiscard]] std::string eventRecord(std::string_view event);
/// An Event message. wallTime: seconds since 1970.
[[nodiscard]] std::string versionEvent(double wallTime);
[[nodiscard]] std::string scalarEvent(double wallTime, std::int64_t step, const std::map<std::string, double>& scalars);

class EventFile {
public:
    /// A new file events.out.tfevents.SECONDS.KIND in folder; never one that is there already. Error (Failed) where it cannot be written.
    static Result<EventFile> create(const std::filesystem::path& folder, const std::string& kind, double wallTime);
    /// Appends and flushes. Error (Failed) on a full disk.
    Result<void> add(double wallTime, std::int64_t step, const std::map<std::string, double>& scalars);
    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

private:
    EventFile(std::filesystem::path path, std::ofstream out) : path_(std::move(path)), out_(std::move(out)) {}
    Result<void> write(const std::string& event);

    std::filesystem::path path_;
    std::ofstream out_;
};

}  // namespace choreia::train
