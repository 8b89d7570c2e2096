/// Which weights make a project's dances: what GenerateSettings::model says.
#pragma once

#include "core/result.h"

#include <filesystem>
#include <string>

namespace choreia::io {

/// A network, and the folder of the set of weights that it is taken from. As text "gcn-mhw": of the installed weights, or "gcn-mhw@/folder/of/a/set": of a set of
/// the person's own (its file default.gcn-mhw.safetensors). Projects of before there were places name the kind alone.
struct ModelPlace {
    std::string kind = "gcn-mhw";
    std::filesystem::path weights;  ///< absolute; empty: the installed ones

    [[nodiscard]] std::string text() const { return weights.empty() ? kind : kind + "@" + weights.string(); }
    bool operator==(const ModelPlace&) const = default;
};
/// What a text of this form says; without an '@' all of it is the kind.
[[nodiscard]] ModelPlace modelPlace(const std::string& model);

/// The folder to load from: the place's own, or the installed one. Error (BadInput), naming the folder, where the place's own holds no weights of its kind any
/// more (set: their name there), and as findModels.
Result<std::filesystem::path> weightsFolder(const ModelPlace& place, const std::string& set = "default");

}  // namespace choreia::io
