// Figures as a table and as JSON; the 64 most used codes of the first lower and upper codebook as a sheet.
#include "cli/codes.h"

#include "choreo/choreographer.h"
#include "core/atomic_file.h"
#include "io/png.h"
#include "render/code_sheet.h"
#include "train/code_report.h"

#include <cstdio>

namespace choreia::cli {

namespace {

namespace fs = std::filesystem;

std::string line(const char* format, auto... values) {
    char text[300];
    std::snprintf(text, sizeof text, format, values...);
    return text;
}

Result<fs::path> weightsOf(const std::string& name) {
    std::error_code code;
    if (fs::path(name).extension() == ".safetensors") return fs::path(name);
    CHOREIA_ASSIGN(const fs::path folder, choreo::findModels());
    for (const char* ending : {".safetensors", ".vq-vae.safetensors", ".kmeans.safetensors"})
        if (fs::exists(folder / (name + ending), code)) return folder / (name + ending);
    return badInput(name, "no quantiser of this name in " + folder.string(), name + ".vq-vae.safetensors or " + name + ".kmeans.safetensors");
}

Json rowOf(const train::CodeReport::Style& style) {
    return {{"name", style.name},
            {"seconds", rounded(style.seconds, 2)},
            {"joint_error_cm", rounded(style.jointErrorCm, 4)},
            {"rotation_error_deg", rounded(style.rotationErrorDeg, 4)},
            {"worst_clip_cm", rounded(style.worstClipCm, 4)},
            {"worst_clip", style.worstClip}};
}

render::Picture sheetOf(const train::CodeReport& report) {
    constexpr std::size_t kShown = 64;
    std::vector<render::SheetBlock> blocks;
    for (const bool upper : {false, true}) {
        render::SheetBlock block;
        std::size_t used = 0;
        for (const auto& look : report.looks) {
            if (look.upper != upper || ++used > kShown) continue;
            block.figures.push_back({look.poses[0], look.poses[1], upper, look.velocity, std::to_string(look.code), line("%.1f%%", 100 * look.share)});
        }
        block.title = line("%s - %s CODES - %zu MOST USED OF %zu", report.kind.c_str(), upper ? "UPPER" : "LOWER", block.figures.size(), used);
        blocks.push_back(std::move(block));
    }
    return render::drawCodeSheet(blocks);
}

}  // namespace

Result<void> showCodes(const CodesOptions& options, Context& context) {
    if (options.data.empty()) return usageError("--codes", "needs motion to read", "--data F.h5");
    CHOREIA_TRY(checkOutput(options.sheet));
    if (!options.sheet.empty() && fs::path(options.sheet).extension() != ".png") return usageError("--sheet", "wrong kind of file", "a name ending in .png", options.sheet);
    CHOREIA_ASSIGN(const fs::path weights, weightsOf(options.name));
    CHOREIA_ASSIGN(const train::CodeReport report, train::reportCodes(weights, {options.data.begin(), options.data.end()}, !options.sheet.empty(), context.stop, context.progress));
    if (!options.sheet.empty()) {
        const render::Picture picture = sheetOf(report);
        CHOREIA_TRY(io::writePng(options.sheet, picture.width, picture.height, picture.rgba));
    }
    Json styles = Json::array(), books = Json::array();
    for (const auto& style : report.styles) styles.push_back(rowOf(style));
    for (const auto& book : report.codebooks)
        books.push_back({{"name", book.name}, {"codes", book.codes}, {"used", book.used}, {"perplexity", rounded(book.perplexity, 3)}});
    CHOREIA_TRY(writeJson(options.json, {{"file", weights.string()}, {"kind", report.kind}, {"all", rowOf(report.all)}, {"styles", styles},
                                         {"danced_error_cm", rounded(report.dancedErrorCm, 4)}, {"speed_ratio", rounded(report.speedRatio, 4)}, {"codebooks", books}}));
    if (options.json == "-") return {};
    CHOREIA_TRY(printLine(context, line("%-14s %9s %10s %13s   %s", report.kind.c_str(), "seconds", "joints cm", "rotations deg", "worst clip")));
    auto rows = report.styles;
    rows.push_back(report.all);
    for (const auto& style : rows)
        CHOREIA_TRY(printLine(context, line("%-14s %9.1f %10.2f %13.2f   %.2f cm  %s", style.name.c_str(), style.seconds, style.jointErrorCm, style.rotationErrorDeg,
                                            style.worstClipCm, style.worstClip.c_str())));
    if (report.dancedErrorCm > report.all.jointErrorCm + 1e-6) CHOREIA_TRY(printLine(context, line("with the levels alone that are danced: %.2f cm", report.dancedErrorCm)));
    CHOREIA_TRY(printLine(context, line("speed of the joints: %.3f of the true", report.speedRatio)));
    for (const auto& book : report.codebooks)
        CHOREIA_TRY(printLine(context, line("%-14s %4lld of %4lld codes used, perplexity %.1f", book.name.c_str(), static_cast<long long>(book.used),
                                            static_cast<long long>(book.codes), book.perplexity)));
    return {};
}

}  // namespace choreia::cli
