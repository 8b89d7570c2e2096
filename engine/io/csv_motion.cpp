// CSV in and out.
#include "io/csv_motion.h"

#include "core/atomic_file.h"
#include "motion/kinematics.h"
#include "motion/skeleton.h"

#include <array>
#include <charconv>
#include <cmath>
#include <map>
#include <string_view>

namespace choreia::io {

namespace {

using motion::kJoints;
using motion::Skeleton;

constexpr std::array<const char*, 4> kQuat = {"_qw", "_qx", "_qy", "_qz"};
constexpr std::array<const char*, 3> kMetres = {"_x_m", "_y_m", "_z_m"};

void number(std::string& out, double value, int decimals) {
    char text[40];
    const auto end = std::to_chars(text, text + sizeof text, value, std::chars_format::fixed, decimals).ptr;
    out.append(text, end);
}

std::vector<std::string_view> split(std::string_view line) {
    std::vector<std::string_view> cells;
    while (true) {
        const std::size_t comma = std::min(line.find(','), line.size());
        std::string_view cell = line.substr(0, comma);
        while (!cell.empty() && (cell.front() == ' ' || cell.front() == '"')) cell.remove_prefix(1);
        while (!cell.empty() && (cell.back() == ' ' || cell.back() == '"' || cell.back() == '\r')) cell.remove_suffix(1);
        cells.push_back(cell);
        if (comma == line.size()) return cells;
        line.remove_prefix(comma + 1);
    }
}

}  // namespace

Result<void> writeCsv(const std::filesystem::path& path, const motion::Clip& clip) {
    const auto& body = Skeleton::body();
    std::string out = "time_s";
    for (const char* axis : kMetres) out += std::string(",root") + axis;
    for (const auto& name : body.names()) {
        for (const char* part : kQuat) out += "," + name + part;
        for (const char* part : kMetres) out += "," + name + part;
    }
    out += '\n';
    const motion::Positions positions = motion::jointPositions(body, clip);
    out.reserve(out.size() + clip.frames() * (4 + kJoints * 7) * 10);
    for (std::size_t f = 0; f < clip.frames(); ++f) {
        number(out, static_cast<double>(f) / clip.fps, 6);
        const auto cell = [&out](float value, int decimals) {
            out += ',';
            number(out, value, decimals);
        };
        for (int k = 0; k < 3; ++k) cell(clip.root[f][k], 6);
        for (std::size_t j = 0; j < kJoints; ++j) {
            const auto& q = clip.pose(f)[j];
            for (const float part : {q.w(), q.x(), q.y(), q.z()}) cell(part, 7);
            for (int k = 0; k < 3; ++k) cell(positions.at(f, j)[k], 6);
        }
        out += '\n';
    }
    return writeFile(path, out);
}

Result<SourceMotion> readCsv(const std::filesystem::path& path) {
    const std::string where = path.string();
    CHOREIA_ASSIGN(const std::string text, readFile(path));
    const auto& body = Skeleton::body();
    std::string_view rest = text;
    if (rest.substr(0, 3) == "\xEF\xBB\xBF") rest.remove_prefix(3);
    std::size_t line = 0;
    const auto nextLine = [&]() -> std::string_view {
        const std::size_t end = std::min(rest.find('\n'), rest.size());
        const std::string_view found = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        ++line;
        return found;
    };
    std::map<std::string, std::size_t, std::less<>> columns;
    const auto header = split(nextLine());
    for (std::size_t c = 0; c < header.size(); ++c) columns.emplace(header[c], c);
    std::vector<std::size_t> wanted;
    const auto want = [&](const std::string& name) -> Result<void> {
        const auto it = columns.find(name);
        if (it == columns.end()) return badInput(where, "line 1: no column '" + name + "'");
        wanted.push_back(it->second);
        return {};
    };
    CHOREIA_TRY(want("time_s"));
    for (const char* axis : kMetres) CHOREIA_TRY(want(std::string("root") + axis));
    for (const auto& name : body.names()) {
        for (const char* part : kQuat) CHOREIA_TRY(want(name + part));
    }
    SourceMotion out;
    std::vector<double> times, row(wanted.size());
    while (!rest.empty()) {
        const auto cells = split(nextLine());
        if (cells.size() == 1 && cells[0].empty()) continue;
        if (cells.size() != header.size()) {
            return badInput(where, "line " + std::to_string(line) + ": number of cells", std::to_string(header.size()), std::to_string(cells.size()));
        }
        for (std::size_t i = 0; i < wanted.size(); ++i) {
            const std::string_view cell = cells[wanted[i]];
            const auto [end, code] = std::from_chars(cell.data(), cell.data() + cell.size(), row[i]);
            if (code != std::errc() || end != cell.data() + cell.size() || !std::isfinite(row[i])) {
                return badInput(where, "line " + std::to_string(line) + ": not a number in column '" + std::string(header[wanted[i]]) + "'", "a finite number",
                                "'" + std::string(cell.substr(0, 40)) + "'");
            }
        }
        times.push_back(row[0]);
        out.clip.root.emplace_back(static_cast<float>(row[1]), static_cast<float>(row[2]), static_cast<float>(row[3]));
        for (std::size_t j = 0; j < kJoints; ++j) {
            const double* q = row.data() + 4 + 4 * j;
            const Eigen::Quaterniond rotation(q[0], q[1], q[2], q[3]);
            if (!(rotation.norm() > 0.5)) return badInput(where, "line " + std::to_string(line) + ": the rotation of " + body.names()[j] + " is not a unit quaternion");
            out.clip.rotations.push_back(rotation.normalized().cast<float>());
        }
    }
    if (times.size() < 2) return badInput(where, "number of frames", "at least 2", std::to_string(times.size()));
    const double step = (times.back() - times.front()) / static_cast<double>(times.size() - 1);
    for (std::size_t f = 1; f < times.size(); ++f) {
        if (!(step > 0) || std::abs(times[f] - times[f - 1] - step) > 0.1 * step) {
            return badInput(where, "line " + std::to_string(f + 2) + ": times are not evenly spaced", std::to_string(step), std::to_string(times[f] - times[f - 1]));
        }
    }
    out.clip.fps = std::abs(1.0 / step - std::round(1.0 / step)) < 1e-3 ? std::round(1.0 / step) : 1.0 / step;
    out.names = body.names();
    out.parents.assign(body.parents().begin(), body.parents().end());
    out.isOurBody = true;
    out.positions = motion::jointPositions(body, out.clip);
    return out;
}

}  // namespace choreia::io
