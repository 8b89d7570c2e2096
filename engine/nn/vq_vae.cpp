// Two encoders, two residual quantisers, one joint decoder with heads for the lower body, the upper body and the root.
#include "nn/vq_vae.h"

#include "motion/contacts.h"
#include "motion/pose_features.h"

#include <algorithm>
#include <numeric>

namespace choreia::nn {

namespace pose = motion::pose;
using torch::indexing::Slice;
namespace F = torch::nn::functional;

nlohmann::json VqVaeConfig::toJson() const { return {{"width", width}, {"code_size", codeSize}, {"codes", codes}, {"levels", levels}, {"danced_levels", dancedLevels}}; }

VqVaeConfig VqVaeConfig::fromJson(const nlohmann::json& json) {
    VqVaeConfig config;
    config.width = json.value("width", config.width);
    config.codeSize = json.value("code_size", config.codeSize);
    config.codes = json.value("codes", config.codes);
    config.levels = json.value("levels", config.levels);
    config.dancedLevels = std::clamp<std::int64_t>(json.value("danced_levels", config.dancedLevels), 0, std::max<std::int64_t>(0, config.levels));
    return config;
}

ResidualQuantiserImpl::ResidualQuantiserImpl(std::int64_t levels, std::int64_t codes, std::int64_t size) : levels_(levels), codes_(codes), size_(size) {
    codebooks_ = register_buffer("codebooks", torch::randn({levels, codes, size}) * 0.1);
    emaCount_ = register_buffer("ema_count", torch::ones({levels, codes}));
    emaSum_ = register_buffer("ema_sum", codebooks_.clone());
    started_ = register_buffer("ema_started", torch::zeros({levels}));
}

ResidualQuantiserImpl::Counts ResidualQuantiserImpl::count(std::int64_t level, const torch::Tensor& flat, const torch::Tensor& tokens) const {
    const torch::NoGradGuard noGrad;
    // All processes draw alike, whether their rows count or not.
    const auto index = torch::randint(flat.size(0), {codes_}, torch::TensorOptions().dtype(torch::kInt64).device(flat.device()));
    auto rows = speaks_ ? flat.index_select(0, index) : torch::zeros({codes_, size_}, flat.options());
    if (started_[level].item<float>() < 0.5f) return {level, {}, rows};  // the first batch seeds the codebook
    const auto oneHot = torch::zeros({flat.size(0), codes_}, flat.options()).scatter_(1, tokens.unsqueeze(1), 1.0);
    return {level, torch::cat({oneHot.sum(0).unsqueeze(1), torch::matmul(oneHot.t(), flat)}, 1), rows};
}

void ResidualQuantiserImpl::follow(const Counts& counts) {
    const torch::NoGradGuard noGrad;
    constexpr double kDecay = 0.98, kDead = 0.2;
    auto book = codebooks_[counts.level], number = emaCount_[counts.level], sum = emaSum_[counts.level];
    if (!counts.sums.defined()) {
        book.copy_(counts.rows);
        sum.copy_(book);
        number.fill_(1.0);
        started_[counts.level].fill_(1.0);
        return;
    }
    number.mul_(kDecay).add_(counts.sums.select(1, 0), 1 - kDecay);
    sum.mul_(kDecay).add_(counts.sums.narrow(1, 1, size_), 1 - kDecay);
    const auto deadRow = (number < kDead).to(sum.dtype());
    const auto dead = deadRow.unsqueeze(1);
    sum.mul_(1 - dead).add_(dead * counts.rows);
    number.mul_(1 - deadRow).add_(deadRow);
    book.copy_(sum / number.clamp_min(1e-3).unsqueeze(1));
}

std::vector<torch::Tensor> ResidualQuantiserImpl::counts() const {
    std::vector<torch::Tensor> all;
    for (const auto& level : counted_)
        for (const auto& part : {level.sums, level.rows})
            if (part.defined()) all.push_back(part);
    return all;
}

void ResidualQuantiserImpl::followCounts() {
    for (const auto& level : counted_) follow(level);
    counted_.clear();
}

void ResidualQuantiserImpl::keepCodes(std::int64_t levels) {
    torch::NoGradGuard noGrad;
    constexpr double kCount = 4;  // batches' worth of trust in the codes as loaded
    for (std::int64_t level = 0; level < std::min(levels, levels_); ++level) {
        emaCount_[level].fill_(kCount);
        emaSum_[level].copy_(codebooks_[level] * kCount);
        started_[level].fill_(1.0);
    }
}

ResidualQuantiserImpl::Output ResidualQuantiserImpl::forward(const torch::Tensor& x, std::int64_t levelsUsed) {
    const auto batch = x.size(0), time = x.size(2);
    if (levelsUsed == kUnquantised)
        return {x, torch::zeros({batch, levels_, time}, torch::TensorOptions().dtype(torch::kInt64).device(x.device())), torch::zeros({}, x.options())};
    const auto flat = x.permute({0, 2, 1}).reshape({batch * time, size_});
    auto rest = flat.detach();
    auto sum = torch::zeros_like(rest);
    std::vector<torch::Tensor> tokens;
    auto commitment = torch::zeros({}, x.options());
    const std::int64_t used = levelsUsed > 0 ? std::min(levelsUsed, levels_) : levels_;
    for (std::int64_t level = 0; level < levels_; ++level) {
        const auto book = codebooks_[level].detach().clone();
        const auto distance = rest.pow(2).sum(1, true) - 2 * torch::matmul(rest, book.t()) + book.pow(2).sum(1).unsqueeze(0);
        const auto token = distance.argmin(1);
        tokens.push_back(token.view({batch, time}));
        if (is_training() && !kept_ && level < used) {
            const auto counted = count(level, rest, token);
            if (together_)
                counted_.push_back(counted);
            else
                follow(counted);
        }
        if (level >= used) continue;
        const auto chosen = book.index_select(0, token);
        sum = sum + chosen;
        rest = rest - chosen;
        commitment = commitment + F::mse_loss(flat, sum.detach());
    }
    auto quantised = sum.view({batch, time, size_}).permute({0, 2, 1});
    quantised = x + (quantised - x).detach();
    return {quantised, torch::stack(tokens, 1), commitment};
}

torch::Tensor ResidualQuantiserImpl::lookUp(const torch::Tensor& tokens) const {
    torch::Tensor sum;
    for (std::int64_t level = 0; level < tokens.size(1); ++level) {
        const auto rows = F::embedding(tokens.select(1, level), codebooks_[level]);
        sum = level == 0 ? rows : sum + rows;
    }
    return sum.permute({0, 2, 1});
}

namespace {

torch::nn::Conv1d conv(std::int64_t in, std::int64_t out, std::int64_t kernel, std::int64_t stride = 1) {
    const auto padding = stride == 1 ? kernel / 2 : 1;
    return torch::nn::Conv1d(torch::nn::Conv1dOptions(in, out, kernel).stride(stride).padding(padding));
}

torch::nn::Sequential encoder(std::int64_t in, const VqVaeConfig& c) {
    return torch::nn::Sequential(conv(in, c.width, 3), ResidualConv(c.width, 1), ResidualConv(c.width, 3), conv(c.width, c.width, 4, 2),
                                 ResidualConv(c.width, 1), ResidualConv(c.width, 3), conv(c.width, c.width, 4, 2), ResidualConv(c.width, 1),
                                 ResidualConv(c.width, 2), conv(c.width, c.codeSize, 1));
}

torch::nn::Upsample twice() { return torch::nn::Upsample(torch::nn::UpsampleOptions().scale_factor(std::vector<double>{2.0}).mode(torch::kNearest)); }

torch::Tensor inputColumns(bool lower) {
    std::vector<std::int64_t> columns;
    const auto add = [&](std::size_t first, std::size_t count) {
        for (std::size_t k = 0; k < count; ++k) columns.push_back(static_cast<std::int64_t>(first + k));
    };
    if (lower) {
        add(0, pose::kUpperRotations);
        for (const int joint : motion::kLowerJoints) add(pose::kPositions + static_cast<std::size_t>(joint) * 3, 3);
    } else {
        add(pose::kUpperRotations, 90);
        for (const int joint : motion::kUpperJoints) add(pose::kPositions + static_cast<std::size_t>(joint) * 3, 3);
    }
    return torch::tensor(columns, torch::kInt64);
}

}  // namespace

VqVaeImpl::VqVaeImpl(const VqVaeConfig& config) : config_(config) {
    lowerInput_ = inputColumns(true);
    upperInput_ = inputColumns(false);
    lowerEncoder_ = register_module("lower_encoder", encoder(lowerInput_.size(0), config));
    upperEncoder_ = register_module("upper_encoder", encoder(upperInput_.size(0), config));
    lowerCodes_ = register_module("lower_codes", ResidualQuantiser(config.levels, config.codes, config.codeSize));
    upperCodes_ = register_module("upper_codes", ResidualQuantiser(config.levels, config.codes, config.codeSize));
    const auto w = config.width + config.width / 4;
    trunk_ = register_module("trunk", torch::nn::Sequential(conv(2 * config.codeSize, w, 3), ResidualConv(w, 1), ResidualConv(w, 2), twice(), conv(w, w, 3),
                                                            ResidualConv(w, 1), ResidualConv(w, 3), twice(), conv(w, w, 3), ResidualConv(w, 1),
                                                            ResidualConv(w, 3)));
    const auto silu = [] { return torch::nn::Functional([](const torch::Tensor& x) { return torch::silu(x); }); };
    lowerHead_ = register_module("lower_head", torch::nn::Sequential(silu(), conv(w, static_cast<std::int64_t>(pose::kUpperRotations) - 3, 3)));
    upperHead_ = register_module("upper_head", torch::nn::Sequential(silu(), conv(w, 90, 3)));
    rootHead_ = register_module("root_head", torch::nn::Sequential(silu(), conv(w, 96, 3), silu(), conv(96, 3, 5)));
    mean_ = register_buffer("mean", torch::zeros({static_cast<std::int64_t>(pose::kCount)}));
    deviation_ = register_buffer("deviation", torch::ones({static_cast<std::int64_t>(pose::kCount)}));
}

void VqVaeImpl::setNormalisation(const torch::Tensor& mean, const torch::Tensor& deviation) {
    mean_.copy_(mean);
    deviation_.copy_(deviation);
}

torch::Tensor VqVaeImpl::codebook(std::int64_t stream) const {
    return stream % 2 == 0 ? lowerCodes_->codebook(stream / 2) : upperCodes_->codebook(stream / 2);
}

void VqVaeImpl::countTogether(bool speaks) {
    lowerCodes_->countTogether(speaks);
    upperCodes_->countTogether(speaks);
}

std::vector<torch::Tensor> VqVaeImpl::counts() const {
    auto all = lowerCodes_->counts();
    for (auto& part : upperCodes_->counts()) all.push_back(std::move(part));
    return all;
}

void VqVaeImpl::followCounts() {
    lowerCodes_->followCounts();
    upperCodes_->followCounts();
}

void VqVaeImpl::keepTokens() {
    for (auto* encoder : {&lowerEncoder_, &upperEncoder_})
        for (auto& parameter : (*encoder)->parameters()) parameter.set_requires_grad(false);
    lowerCodes_->keepAllCodes();
    upperCodes_->keepAllCodes();
}

void VqVaeImpl::keepCodes(std::int64_t levels) {
    lowerCodes_->keepCodes(levels);
    upperCodes_->keepCodes(levels);
}

std::pair<torch::Tensor, torch::Tensor> VqVaeImpl::encodeLatent(const torch::Tensor& features) {
    TORCH_CHECK(features.dim() == 3 && features.size(1) % VqVaeConfig::kStride == 0 && features.size(2) == static_cast<std::int64_t>(pose::kCount),
                "VqVae: expected [batch, 4n, ", pose::kCount, "]");
    const auto normal = ((features - mean_) / deviation_).permute({0, 2, 1});
    const auto device = normal.device();
    return {lowerEncoder_->forward(normal.index_select(1, lowerInput_.to(device))), upperEncoder_->forward(normal.index_select(1, upperInput_.to(device)))};
}

torch::Tensor VqVaeImpl::decodeLatent(const torch::Tensor& latent) {
    const auto hidden = trunk_->forward(latent);
    const auto lower = lowerHead_->forward(hidden), upper = upperHead_->forward(hidden), root = rootHead_->forward(hidden);
    // Order of pose features: height, root velocities and yaw rate, lower rotations, contacts, upper rotations.
    const auto normal = torch::cat({lower.narrow(1, 0, 1), root, lower.narrow(1, 1, lower.size(1) - 1), upper}, 1).permute({0, 2, 1});
    const auto count = static_cast<std::int64_t>(pose::kDecoded);
    const auto natural = normal * deviation_.narrow(0, 0, count) + mean_.narrow(0, 0, count);
    const auto contacts = static_cast<std::int64_t>(pose::kContacts);
    return torch::cat({natural.narrow(2, 0, contacts), normal.narrow(2, contacts, 4), natural.narrow(2, contacts + 4, count - contacts - 4)}, 2);
}

VqVaeImpl::Output VqVaeImpl::forward(const torch::Tensor& features, std::int64_t levelsUsed) {
    const auto [lower, upper] = encodeLatent(features);
    const auto lowerOut = lowerCodes_->forward(lower, levelsUsed), upperOut = upperCodes_->forward(upper, levelsUsed);
    std::vector<torch::Tensor> streams;
    for (std::int64_t level = 0; level < config_.levels; ++level) {
        streams.push_back(lowerOut.tokens.select(1, level));
        streams.push_back(upperOut.tokens.select(1, level));
    }
    return {decodeLatent(torch::cat({lowerOut.quantised, upperOut.quantised}, 1)), torch::stack(streams, 1), lowerOut.commitment + upperOut.commitment};
}

torch::Tensor VqVaeImpl::encode(const torch::Tensor& features) { return forward(features).tokens; }

torch::Tensor VqVaeImpl::decode(const torch::Tensor& tokens) {
    TORCH_CHECK(tokens.dim() == 3 && tokens.size(1) > 0 && tokens.size(1) <= streams() && tokens.size(1) % 2 == 0, "VqVae::decode: expected [batch, ", streams(), " or fewer, time]");
    const auto lower = lowerCodes_->lookUp(tokens.index({Slice(), Slice(0, torch::indexing::None, 2)}));
    const auto upper = upperCodes_->lookUp(tokens.index({Slice(), Slice(1, torch::indexing::None, 2)}));
    const auto decoded = decodeLatent(torch::cat({lower, upper}, 1));
    const auto contacts = static_cast<std::int64_t>(pose::kContacts);
    return torch::cat({decoded.narrow(2, 0, contacts), decoded.narrow(2, contacts, 4).sigmoid(),
                       decoded.narrow(2, contacts + 4, decoded.size(2) - contacts - 4)},
                      2);
}

torch::Tensor decodedRotations(const torch::Tensor& decoded) {
    std::vector<torch::Tensor> joints(motion::kJoints);
    for (std::size_t k = 0; k < motion::kLowerJoints.size(); ++k)
        joints[static_cast<std::size_t>(motion::kLowerJoints[k])] = decoded.narrow(2, static_cast<std::int64_t>(pose::kLowerRotations + k * 6), 6);
    for (std::size_t k = 0; k < motion::kUpperJoints.size(); ++k)
        joints[static_cast<std::size_t>(motion::kUpperJoints[k])] = decoded.narrow(2, static_cast<std::int64_t>(pose::kUpperRotations + k * 6), 6);
    return rotationMatrices(torch::stack(joints, 2));
}

namespace {

torch::Tensor difference(const torch::Tensor& x) { return x.narrow(1, 1, x.size(1) - 1) - x.narrow(1, 0, x.size(1) - 1); }

// Heading and place of the root over a window, from root velocities: [batch, frames, 1] and [batch, frames, 2], from the origin.
std::pair<torch::Tensor, torch::Tensor> integrate(const torch::Tensor& rows) {
    const double dt = 1.0 / motion::kPoseFps;
    const auto yaw = rows.narrow(2, static_cast<std::int64_t>(pose::kYawRate), 1);
    const auto heading = yaw.cumsum(1) * dt - yaw * dt;
    const auto vx = rows.narrow(2, static_cast<std::int64_t>(pose::kVelocity), 1), vz = rows.narrow(2, static_cast<std::int64_t>(pose::kVelocity) + 1, 1);
    const auto cosine = heading.cos(), sine = heading.sin();
    const auto velocity = torch::cat({vx * cosine + vz * sine, vz * cosine - vx * sine}, 2);
    return {heading, velocity.cumsum(1) * dt - velocity * dt};
}

// Root-relative positions to the world of the window.
torch::Tensor toWorld(const torch::Tensor& positions, const torch::Tensor& heading, const torch::Tensor& place) {
    const auto cosine = heading.cos(), sine = heading.sin();
    const auto x = positions.select(3, 0), y = positions.select(3, 1), z = positions.select(3, 2);
    return torch::stack({x * cosine + z * sine + place.select(2, 0).unsqueeze(2), y, z * cosine - x * sine + place.select(2, 1).unsqueeze(2)}, 3);
}

}  // namespace

torch::Tensor decodedPositions(const torch::Tensor& decoded) {
    const auto batch = decoded.size(0), frames = decoded.size(1);
    const auto local = bodyPositions(decodedRotations(decoded).view({batch * frames, motion::kJoints, 3, 3})).view({batch, frames, motion::kJoints, 3});
    const auto height = decoded.narrow(2, 0, 1).unsqueeze(3);  // [batch, frames, 1, 1]
    return torch::cat({local.narrow(3, 0, 1), local.narrow(3, 1, 1) + height, local.narrow(3, 2, 1)}, 3);
}

torch::Tensor standingFeet(const torch::Tensor& target) {
    const auto contacts = target.narrow(2, static_cast<std::int64_t>(pose::kContacts), 4);
    return contacts.narrow(1, 0, contacts.size(1) - 1) * contacts.narrow(1, 1, contacts.size(1) - 1);
}

VqVaeLosses vqVaeLosses(const VqVaeImpl::Output& output, const torch::Tensor& target, const std::function<torch::Tensor()>& divisor) {
    const auto& decoded = output.decoded;
    const auto batch = target.size(0), frames = target.size(1);
    const auto positions = decodedPositions(decoded);
    const auto wanted = target.narrow(2, static_cast<std::int64_t>(pose::kPositions), 72).view({batch, frames, motion::kJoints, 3});
    const auto six = [](const torch::Tensor& rows) {
        return torch::cat({rows.narrow(2, static_cast<std::int64_t>(pose::kLowerRotations), 54), rows.narrow(2, static_cast<std::int64_t>(pose::kUpperRotations), 90)}, 2);
    };
    const auto rotation = F::l1_loss(six(decoded), six(target));
    const auto position = F::l1_loss(positions, wanted);
    const auto velocity = F::l1_loss(difference(positions), difference(wanted));
    // Where the direction is uncertain the mean of the possible velocities is too short: the length is asked for apart.
    const auto speed = F::l1_loss(difference(positions).norm(2, -1), difference(wanted).norm(2, -1));
    const auto acceleration = F::l1_loss(difference(difference(positions)), difference(difference(wanted)));
    const auto rootRows = decoded.narrow(2, 1, 3), rootWanted = target.narrow(2, 1, 3);
    const auto root = F::l1_loss(rootRows, rootWanted);
    const auto [heading, place] = integrate(decoded);
    const auto [headingWanted, placeWanted] = integrate(target);
    const auto path = F::l1_loss(place, placeWanted) + F::l1_loss(heading, headingWanted);
    const auto contactWanted = target.narrow(2, static_cast<std::int64_t>(pose::kContacts), 4);
    const auto contact = F::binary_cross_entropy_with_logits(decoded.narrow(2, static_cast<std::int64_t>(pose::kContacts), 4), contactWanted);
    // Speed in the world of the joints that stand, metres a frame.
    const auto feet = torch::tensor(std::vector<std::int64_t>(motion::kContactJoints.begin(), motion::kContactJoints.end()),
                                    torch::TensorOptions().dtype(torch::kInt64).device(target.device()));
    const auto world = toWorld(positions.index_select(2, feet), heading, place);
    const auto standing = standingFeet(target).unsqueeze(3);
    const auto slide = (difference(world).abs() * standing).sum() / (3 * (divisor ? divisor() : standing.sum().clamp_min(1.0)));
    VqVaeLosses losses;
    losses.parts = {{"rotation", rotation}, {"position", position},  {"velocity", velocity}, {"speed", speed}, {"acceleration", acceleration}, {"root", root},
                    {"path", path},         {"contact", contact},    {"foot", slide},        {"commitment", output.commitment}};
    losses.total = rotation + 8.0 * position + 20.0 * velocity + 15.0 * speed + 15.0 * acceleration + 0.5 * root + 1.0 * path + 0.1 * contact + 25.0 * slide + 0.1 * output.commitment;
    return losses;
}

}  // namespace choreia::nn
