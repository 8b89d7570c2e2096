// The BVH text: a hierarchy of braces, then rows of numbers. Errors name the line.
#include "io/bvh.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>

namespace choreia::io {

namespace {

constexpr std::size_t kMostJoints = 10000;

bool isSpace(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f' || c == '\v'; }

bool sameWord(std::string_view a, std::string_view b) {
    return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) {
               return std::tolower(static_cast<unsigned char>(x)) == std::tolower(static_cast<unsigned char>(y));
           });
}

class Reader {
public:
    Reader(std::string_view text, const std::string& where) : text_(text), where_(where) {
        if (text_.substr(0, 3) == "\xEF\xBB\xBF") at_ = 3;
    }

    /// The next word, empty at the end. Braces are words of their own.
    std::string_view word() {
        skipSpace();
        const std::size_t begin = at_;
        if (at_ < text_.size() && (text_[at_] == '{' || text_[at_] == '}')) return text_.substr(at_++, 1);
        while (at_ < text_.size() && !isSpace(text_[at_]) && text_[at_] != '{' && text_[at_] != '}') ++at_;
        return text_.substr(begin, at_ - begin);
    }
    std::string_view peek() {
        const std::size_t at = at_, line = line_;
        const std::string_view next = word();
        at_ = at;
        line_ = line;
        return next;
    }
    /// A joint's name may hold spaces: what is left of the line, without an opening brace.
    std::string name() {
        const std::size_t end = std::min(text_.find_first_of("\n{", at_), text_.size());
        std::string_view rest = text_.substr(at_, end - at_);
        at_ = end;
        while (!rest.empty() && isSpace(rest.front())) rest.remove_prefix(1);
        while (!rest.empty() && isSpace(rest.back())) rest.remove_suffix(1);
        return std::string(rest);
    }
    Result<double> number() {
        std::string_view next = word();
        const std::string_view shown = next;
        if (!next.empty() && next.front() == '+') next.remove_prefix(1);
        double value = 0;
        const auto [end, code] = std::from_chars(next.data(), next.data() + next.size(), value);
        const bool tiny = code == std::errc::result_out_of_range && end == next.data() + next.size();
        if (tiny) return 0.0;
        if (code != std::errc() || end != next.data() + next.size() || !std::isfinite(value)) {
            return error("not a number", "a finite number", quoted(shown));
        }
        return value;
    }
    Result<void> expect(std::string_view wanted) {
        const std::string_view found = word();
        if (!sameWord(found, wanted)) return error("broken hierarchy", "'" + std::string(wanted) + "'", quoted(found));
        return {};
    }
    [[nodiscard]] Error error(const std::string& what, std::string expected = {}, std::string found = {}) const {
        return badInput(where_, "line " + std::to_string(line_) + ": " + what, std::move(expected), std::move(found));
    }
    static std::string quoted(std::string_view text) {
        return text.empty() ? "the end of the file" : "'" + std::string(text.substr(0, 40)) + "'";
    }
    [[nodiscard]] std::size_t left() const { return text_.size() - at_; }
    [[nodiscard]] const std::string& where() const { return where_; }
    bool atEnd() {
        skipSpace();
        return at_ >= text_.size();
    }

private:
    void skipSpace() {
        while (at_ < text_.size() && isSpace(text_[at_])) {
            if (text_[at_] == '\n') ++line_;
            ++at_;
        }
    }
    std::string_view text_;
    std::string where_;
    std::size_t at_ = 0;
    std::size_t line_ = 1;
};

Result<std::array<double, 3>> offset(Reader& in) {
    std::array<double, 3> values{};
    for (double& value : values) {
        CHOREIA_ASSIGN(value, in.number());
    }
    return values;
}

Result<std::vector<BvhChannel>> channels(Reader& in) {
    CHOREIA_ASSIGN(const double count, in.number());
    if (count < 0 || count > 6 || count != std::floor(count)) return in.error("number of channels", "0 to 6", std::to_string(count));
    std::vector<BvhChannel> list;
    for (int i = 0; i < static_cast<int>(count); ++i) {
        const std::string_view name = in.word();
        static constexpr std::array<std::string_view, 6> known = {"Xposition", "Yposition", "Zposition", "Xrotation", "Yrotation", "Zrotation"};
        const auto it = std::find_if(known.begin(), known.end(), [name](std::string_view k) { return sameWord(k, name); });
        if (it == known.end()) return in.error("unknown channel", "Xposition ... Zrotation", Reader::quoted(name));
        const auto channel = static_cast<BvhChannel>(it - known.begin());
        if (std::find(list.begin(), list.end(), channel) != list.end()) return in.error("channel given twice", {}, std::string(name));
        list.push_back(channel);
    }
    return list;
}

Result<void> endSite(Reader& in, BvhJoint& joint) {
    in.name();  // "Site", or a name
    CHOREIA_TRY(in.expect("{"));
    CHOREIA_TRY(in.expect("OFFSET"));
    CHOREIA_ASSIGN(joint.end, offset(in));
    return in.expect("}");
}

Result<std::vector<BvhJoint>> hierarchy(Reader& in) {
    if (!sameWord(in.peek(), "HIERARCHY")) return badInput(in.where(), "is not a BVH file", "HIERARCHY", Reader::quoted(in.peek()));
    in.word();
    std::vector<BvhJoint> joints;
    std::vector<int> open;
    CHOREIA_TRY(in.expect("ROOT"));
    const auto begin = [&]() -> Result<void> {
        BvhJoint joint;
        joint.name = in.name();
        if (joint.name.empty()) return in.error("a joint without a name");
        if (std::any_of(joints.begin(), joints.end(), [&](const BvhJoint& j) { return j.name == joint.name; })) {
            return in.error("joint name repeats", {}, joint.name);
        }
        if (joints.size() >= kMostJoints) return in.error("too many joints");
        joint.parent = open.empty() ? -1 : open.back();
        open.push_back(static_cast<int>(joints.size()));
        joints.push_back(std::move(joint));
        return in.expect("{");
    };
    CHOREIA_TRY(begin());
    while (!open.empty()) {
        const auto current = static_cast<std::size_t>(open.back());
        const std::string_view next = in.word();
        if (sameWord(next, "OFFSET")) {
            CHOREIA_ASSIGN(joints[current].offset, offset(in));
        } else if (sameWord(next, "CHANNELS")) {
            CHOREIA_ASSIGN(joints[current].channels, channels(in));
        } else if (sameWord(next, "JOINT")) {
            CHOREIA_TRY(begin());
        } else if (sameWord(next, "End")) {
            CHOREIA_TRY(endSite(in, joints[current]));
        } else if (next == "}") {
            open.pop_back();
        } else {
            return in.error("broken hierarchy", "OFFSET, CHANNELS, JOINT, End Site or '}'", Reader::quoted(next));
        }
    }
    if (sameWord(in.peek(), "ROOT")) return in.error("more than one ROOT: one body a file is read");
    return joints;
}

}  // namespace

Result<BvhFile> parseBvh(std::string_view text, const std::string& where) {
    Reader in(text, where);
    BvhFile file;
    CHOREIA_ASSIGN(file.joints, hierarchy(in));
    for (const auto& joint : file.joints) file.channels += joint.channels.size();
    CHOREIA_TRY(in.expect("MOTION"));
    CHOREIA_TRY(in.expect("Frames:"));
    CHOREIA_ASSIGN(const double frames, in.number());
    if (frames < 1 || frames != std::floor(frames)) return in.error("number of frames", "at least 1", std::to_string(frames));
    CHOREIA_TRY(in.expect("Frame"));
    CHOREIA_TRY(in.expect("Time:"));
    CHOREIA_ASSIGN(const double frameTime, in.number());
    if (!(frameTime > 0) || frameTime > 60) return in.error("frame time", "seconds above 0", std::to_string(frameTime));
    if (file.channels == 0) return badInput(where, "no joint has channels");
    // A number takes two characters at least: refuse before memory is asked for.
    if (frames * static_cast<double>(file.channels) > static_cast<double>(in.left())) {
        return in.error("the motion is cut short", std::to_string(static_cast<std::int64_t>(frames)) + " frames of " + std::to_string(file.channels) + " numbers",
                        std::to_string(in.left()) + " characters");
    }
    file.frames = static_cast<std::size_t>(frames);
    // Rates are whole numbers in practice, and frame times are written with few digits (0.0333333).
    file.fps = 1.0 / frameTime;
    if (std::abs(file.fps - std::round(file.fps)) < 5e-4 * file.fps) file.fps = std::max(1.0, std::round(file.fps));
    file.values.resize(file.frames * file.channels);
    for (std::size_t i = 0; i < file.values.size(); ++i) {
        if (in.atEnd()) {
            return in.error("the motion is cut short", std::to_string(file.frames) + " frames", std::to_string(i / file.channels) + " whole frames");
        }
        CHOREIA_ASSIGN(file.values[i], in.number());
    }
    if (!in.atEnd()) return in.error("numbers left over after the last frame", std::to_string(file.frames) + " frames of " + std::to_string(file.channels) + " numbers");
    return file;
}

}  // namespace choreia::io
