// Torch ends here: the network leaves this room as a function from table to table.
#include "hearing/hearing.h"

#include "audio/beat_spectrum.h"
#include "core/log.h"
#include "io/models_folder.h"
#include "io/safetensors.h"
#include "nn/beat_net.h"
#include "nn/threads.h"
#include "nn/weights.h"

#include <torch/torch.h>

#include <algorithm>
#include <memory>

namespace choreia::hearing {

namespace {

Table tableOf(const torch::Tensor& values) {
    const auto flat = values.contiguous();
    Table out(static_cast<std::size_t>(flat.size(0)), static_cast<std::size_t>(flat.size(1)));
    std::copy_n(flat.data_ptr<float>(), out.values.size(), out.values.begin());
    return out;
}

Result<audio::BeatActivations> activate(nn::BeatNetImpl& net, const Table& spectrum) {
    try {
        const c10::InferenceMode inference;
        const nn::OneThread alone;  // whoever calls brings the threads
        const auto rows = static_cast<std::int64_t>(spectrum.rows), columns = static_cast<std::int64_t>(spectrum.columns);
        const auto input = torch::from_blob(const_cast<float*>(spectrum.values.data()), {1, rows, columns}, torch::kFloat32);
        const nn::BeatNetOutput output = net.forward(input);
        return audio::BeatActivations{tableOf(output.logits.sigmoid().squeeze(0)), tableOf(output.tempo.log_softmax(-1).squeeze(0))};
    } catch (const c10::Error& error) {
        return failed("beats", error.what_without_backtrace());
    } catch (const std::exception& error) {
        return failed("beats", error.what());
    }
}

}  // namespace

Result<audio::BeatModel> loadBeatModel(const std::filesystem::path& file) {
    try {
        CHOREIA_ASSIGN(const auto table, io::readSafetensors(file));
        CHOREIA_ASSIGN(const auto json, nn::configOf(table, "beats", file.string()));
        const auto config = nn::BeatNetConfig::fromJson(json);
        if (config.columns != static_cast<std::int64_t>(audio::beat_columns::kCount))
            return badInput(file.string(), "hears another spectrum", std::to_string(audio::beat_columns::kCount) + " columns", std::to_string(config.columns));
        if (config.tempoBins != static_cast<std::int64_t>(audio::kTempoBins))
            return badInput(file.string(), "tells other tempi apart", std::to_string(audio::kTempoBins) + " bins", std::to_string(config.tempoBins));
        const auto net = std::make_shared<nn::BeatNetImpl>(config);
        CHOREIA_TRY(nn::fromTable(table, *net, file.string()));
        net->eval();
        return audio::BeatModel{[net](const Table& spectrum) { return activate(*net, spectrum); }, static_cast<std::size_t>(config.reach())};
    } catch (const c10::Error& error) {
        return badInput(file.string(), error.what_without_backtrace());
    } catch (const std::exception& error) {
        return badInput(file.string(), error.what());
    }
}

Result<audio::BeatModel> installedBeatModel() {
    CHOREIA_ASSIGN(const auto folder, io::findModels());
    return loadBeatModel(folder / "default.beats.safetensors");
}

namespace {

template <class Sound> Result<audio::Analysis> hearSound(const Sound& sound, const std::string& name, std::stop_token stop, Progress& progress) {
    const auto model = installedBeatModel();
    if (!model.ok()) {
        logWarning("beats are heard without the network: " + model.error().line());
        return audio::analyze(sound, name, std::move(stop), progress);
    }
    return audio::analyze(sound, name, std::move(stop), progress, &model.value());
}

}  // namespace

Result<audio::Analysis> hear(const audio::Pcm& pcm, const std::string& name, std::stop_token stop, Progress& progress) {
    return hearSound(pcm, name, std::move(stop), progress);
}

Result<audio::Analysis> hear(const audio::PackedSound& mono, const std::string& name, std::stop_token stop, Progress& progress) {
    return hearSound(mono, name, std::move(stop), progress);
}

}  // namespace choreia::hearing
