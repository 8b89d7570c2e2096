"""The networks of train_step_bench.cpp written in PyTorch's Python, the same step timed.

    python3 train_step.py gcn-mhw|beats DUMP.safetensors [--steps N] [--threads T] [--check]

Weights and inputs come from `choreia-train-bench --dump`. --check: the loss without dropout is compared with the dump's, which shows that the two networks are
the same; else prints the median milliseconds of a step.
"""
import json
import math
import struct
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F


def read(path):
    """A safetensors file: tensors by name, and the metadata."""
    with open(path, "rb") as file:
        size = struct.unpack("<Q", file.read(8))[0]
        header = json.loads(file.read(size))
        data = bytearray(file.read())
    kinds = {"F32": torch.float32, "I64": torch.int64, "F16": torch.float16}
    meta = header.pop("__metadata__")
    tensors = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        tensors[name] = torch.frombuffer(data[begin:end], dtype=kinds[entry["dtype"]]).reshape(entry["shape"]).clone()
    return tensors, meta


class GraphWavelet(nn.Module):
    def __init__(self, parents, channels, scales):
        super().__init__()
        n = len(parents)
        a = torch.zeros(n, n, dtype=torch.float64)
        for j, p in enumerate(parents):
            if p >= 0:
                a[j, p] = a[p, j] = 1.0
        root = a.sum(1).clamp_min(1.0).rsqrt()
        values, vectors = torch.linalg.eigh(torch.eye(n, dtype=torch.float64) - root[:, None] * a * root[None, :])
        self.values, self.vectors = values.float(), vectors.float()
        self.theta = nn.Parameter(torch.zeros(scales + 1, channels, channels))
        self.log_scales = nn.Parameter(torch.zeros(scales + 1))

    def forward(self, x):
        square = (self.log_scales.exp()[:, None] * self.values[None]) ** 2
        response = torch.cat([torch.exp(-square[:1]), square[1:] * torch.exp(1.0 - square[1:])])
        w = torch.matmul(self.vectors[None] * response[:, None], self.vectors.t()[None])
        filters, nodes, (_, rows, channels) = w.shape[0], w.shape[1], x.shape
        mixed = torch.matmul(w.reshape(filters * nodes, nodes), x.reshape(nodes, rows * channels))
        return torch.bmm(mixed.view(filters, nodes * rows, channels), self.theta).sum(0).view(nodes, rows, channels)


class RickerConv(nn.Module):
    def __init__(self, channels, wavelets, taps):
        super().__init__()
        self.taps = taps
        for name, width in (("log_width", wavelets), ("delay", wavelets), ("amplitude", wavelets), ("present", 1)):
            setattr(self, name, nn.Parameter(torch.zeros(channels, width)))

    def forward(self, x):
        lag = torch.arange(self.taps, dtype=x.dtype).view(1, 1, -1)
        width = self.log_width.exp().clamp(0.5, self.taps).unsqueeze(-1)
        square = ((lag - self.delay.unsqueeze(-1)) / width) ** 2
        norm = 2.0 / (math.sqrt(3.0) * math.pi**0.25)
        kernel = (self.amplitude.unsqueeze(-1) * norm * width.rsqrt() * (1.0 - square) * torch.exp(-0.5 * square)).sum(1)
        kernel = torch.cat([kernel[:, :1] + self.present, kernel[:, 1:]], 1)
        steps, rows, channels = x.shape
        at = torch.arange(steps)
        lags = at[:, None] - at[None, :]
        inside = ((lags >= 0) & (lags < self.taps)).to(x.dtype)
        toeplitz = kernel.index_select(1, lags.clamp(0, self.taps - 1).view(-1)).view(channels, steps, steps) * inside
        return torch.bmm(toeplitz, x.permute(2, 0, 1).reshape(channels, steps, rows)).permute(1, 2, 0)


def modulate(x, both, width):
    return x * (1 + both[..., :width]) + both[..., width:]


class Block(nn.Module):
    def __init__(self, c):
        super().__init__()
        flat, width, channels = 24 * c["node_channels"], c["width"], c["node_channels"]
        self.c, self.flat = c, flat
        self.node_norm, self.time_norm = nn.LayerNorm(channels), nn.LayerNorm(channels)
        self.graph = GraphWavelet(c["parents"], channels, c["scales"])
        self.ricker, self.ricker_out = RickerConv(channels, 2, c["taps"]), nn.Linear(channels, channels)
        self.gather, self.tell = nn.Linear(flat, width), nn.Linear(width, flat)
        self.attention_norm = nn.LayerNorm(width, elementwise_affine=False)
        self.mlp_norm = nn.LayerNorm(width, elementwise_affine=False)
        self.film, self.qkv, self.project = nn.Linear(c["music_width"], 4 * width), nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.up, self.down = nn.Linear(width, 2 * width), nn.Linear(2 * width, width)
        self.relative = nn.Parameter(torch.zeros(c["heads"], c["window"]))

    def forward(self, x, z, condition, lags, outside):
        c, (batch, steps, d) = self.c, z.shape
        channels, heads = c["node_channels"], c["heads"]
        x = x + F.silu(self.graph(self.node_norm(x)))
        rows = self.time_norm(x).view(24 * batch, steps, channels).permute(1, 0, 2)
        x = x + self.ricker_out(F.silu(self.ricker(rows).permute(1, 0, 2).reshape(24, batch * steps, channels)))
        z = z + self.gather(x.permute(1, 0, 2).reshape(batch, steps, self.flat))
        both = self.film(condition)
        q = self.qkv(modulate(self.attention_norm(z), both[..., : 2 * d], d)).view(batch, steps, 3, heads, d // heads).permute(2, 0, 3, 1, 4)
        scores = torch.matmul(q[0], q[1].transpose(-2, -1)) / math.sqrt(d // heads)
        scores = scores + self.relative.index_select(1, lags).view(heads, steps, steps)
        mixed = torch.matmul(scores.masked_fill(outside, -1e9).softmax(-1), q[2]).permute(0, 2, 1, 3).reshape(batch, steps, d)
        z = z + F.dropout(self.project(mixed), c["dropout"], self.training)
        inner = F.silu(self.up(modulate(self.mlp_norm(z), both[..., 2 * d :], d)))
        z = z + F.dropout(self.down(inner), c["dropout"], self.training)
        return x + self.tell(z).view(batch * steps, 24, channels).permute(1, 0, 2), z


class GcnMhw(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.c = c
        m, styles = c["music_width"], len(c["styles"])
        for s in range(c["streams"]):
            nodes = len(c["upper_joints"] if s % 2 else c["lower_joints"])
            self.register_parameter(f"table_{s}", nn.Parameter(torch.zeros(c["codes"] + 1, c["code_size"])))
            setattr(self, f"to_nodes_{s}", nn.Linear(c["code_size"], nodes * c["node_channels"]))
            setattr(self, f"depth_{s}", nn.Linear(c["code_size"], c["width"]))
            setattr(self, f"hidden_{s}", nn.Linear(c["width"], c["width"]))
            setattr(self, f"out_{s}", nn.Linear(c["width"], c["codes"]))
        self.music_1 = nn.Conv1d(c["music_columns"], m, 3, padding=1)
        self.music_2 = nn.Conv1d(m, m, 3, padding=2, dilation=2)
        self.music_3 = nn.Conv1d(m, m, 3, padding=4, dilation=4)
        self.style, self.style_head, self.last = nn.Embedding(styles, m), nn.Linear(m, styles), nn.LayerNorm(c["width"])
        for b in range(c["blocks"]):
            setattr(self, f"block_{b}", Block(c))
        self.register_buffer("music_mean", torch.zeros(c["music_columns"]))
        self.register_buffer("music_deviation", torch.ones(c["music_columns"]))
        order = [0] * 24
        for k, joint in enumerate(c["lower_joints"] + c["upper_joints"]):
            order[joint] = k
        self.order = torch.tensor(order)

    def heard(self, music):
        x = ((music - self.music_mean) / self.music_deviation).clamp(-4, 4).permute(0, 2, 1)
        x = F.silu(self.music_1(x))
        x = x + F.silu(self.music_2(x))
        return (x + F.silu(self.music_3(x))).permute(0, 2, 1)

    def forward(self, previous, wanted, music, style):
        c, (batch, _, steps) = self.c, previous.shape
        condition = F.silu(self.heard(music) + self.style(style).unsqueeze(1))
        body = [0, 0]
        for s in range(c["streams"]):
            made = getattr(self, f"to_nodes_{s}")(F.embedding(previous[:, s], getattr(self, f"table_{s}")))
            body[s % 2] = body[s % 2] + made.view(batch, steps, -1, c["node_channels"])
        x = torch.cat(body, 2).permute(2, 0, 1, 3).reshape(24, batch * steps, -1).index_select(0, self.order)
        z = torch.zeros(batch, steps, c["width"])
        at = torch.arange(steps)
        lag = at[:, None] - at[None, :]
        outside, lags = (lag < 0) | (lag >= c["window"]), lag.clamp(0, c["window"] - 1).view(-1)
        for b in range(c["blocks"]):
            x, z = getattr(self, f"block_{b}")(x, z, condition, lags, outside)
        z = self.last(z)
        logits = []
        for s in range(c["streams"]):
            logits.append(getattr(self, f"out_{s}")(F.silu(getattr(self, f"hidden_{s}")(z))))
            z = z + getattr(self, f"depth_{s}")(F.embedding(wanted[:, s], getattr(self, f"table_{s}")))
        return logits

    def loss(self, i):
        total = 0
        for s, logits in enumerate(self(i["previous"], i["wanted"], i["music"], i["style"])):
            probability = logits.log_softmax(-1)
            entropy = -0.95 * probability.gather(2, i["wanted"][:, s].unsqueeze(2)).squeeze(2) - 0.05 * probability.mean(-1)
            total = total + 0.5 ** (s // 2) * entropy.mean()
        return total + 0.1 * F.cross_entropy(self.style_head(self.heard(i["music"]).mean(1)), i["style"])


class BeatNet(nn.Module):
    stride, per_tempo = 4, 100

    def __init__(self, c):
        super().__init__()
        self.c = c
        w, k = c["width"], c["coarse"]
        self.first, self.second = nn.Conv1d(c["columns"], c["filters"], 5, padding=2), nn.Conv1d(c["filters"], w, 3, padding=1)
        self.down = nn.Conv1d(w, k, 2 * self.stride, stride=self.stride, padding=self.stride // 2)
        self.dilated = nn.ModuleList(nn.Conv1d(k, k, 5, dilation=2**b, padding=2 * 2**b) for b in range(c["blocks"]))
        self.points = nn.ModuleList(nn.Conv1d(k, 2 * k, 1) for _ in range(c["blocks"]))
        self.up, self.meet, self.head = nn.Conv1d(k, self.stride * w, 1), nn.Conv1d(w, w, 5, padding=2), nn.Conv1d(w, 2, 1)
        self.tempo_1, self.tempo_2 = nn.Conv1d(k, k, 1), nn.Conv1d(k, c["tempo_bins"], 1)
        self.register_buffer("mean", torch.zeros(c["columns"]))
        self.register_buffer("deviation", torch.ones(c["columns"]))

    def forward(self, spectrum):
        c, (batch, rows, _) = self.c, spectrum.shape
        x = ((spectrum - self.mean) / self.deviation).transpose(1, 2)
        fine = F.elu(self.second(F.elu(self.first(x))))
        x = F.elu(self.down(fine))
        skips = torch.zeros_like(x)
        for dilated, point in zip(self.dilated, self.points):
            both = point(F.dropout(F.elu(dilated(x)), c["dropout"], self.training)).chunk(2, 1)
            x, skips = x + both[0], skips + both[1]
        known = F.elu(skips)
        raised = self.up(known).view(batch, self.stride, c["width"], -1).permute(0, 2, 3, 1).reshape(batch, c["width"], -1)
        met = F.elu(self.meet(F.elu(fine + raised)))
        seconds = F.avg_pool1d(known, self.per_tempo // self.stride)
        return self.head(met)[:, :, :rows].transpose(1, 2), self.tempo_2(F.elu(self.tempo_1(seconds))).transpose(1, 2)

    def loss(self, i):
        logits, tempo = self(i["spectrum"])
        return F.binary_cross_entropy_with_logits(logits, i["beats"]) + 0.1 * tempo.log_softmax(-1).pow(2).mean()


def main():
    arguments = sys.argv[1:]

    def option(name, default):
        return int(arguments[arguments.index(name) + 1]) if name in arguments else default

    torch.set_num_threads(option("--threads", 1))
    tensors, meta = read(arguments[1])
    config = json.loads(meta["config"])
    model = {"gcn-mhw": GcnMhw, "beats": BeatNet}[arguments[0]](config)
    model.load_state_dict({k: v for k, v in tensors.items() if not k.startswith("input/")})
    inputs = {k[6:]: v for k, v in tensors.items() if k.startswith("input/")}
    if "--check" in arguments:
        model.eval()
        found, wanted = model.loss(inputs).item(), float(meta["loss"])
        print(f"{arguments[0]}: loss {found:.6f} in Python, {wanted:.6f} in C++")
        sys.exit(0 if abs(found - wanted) < 1e-4 * abs(wanted) else 1)
    optimiser = torch.optim.AdamW(model.parameters(), lr=1e-4, betas=(0.9, 0.98), weight_decay=0.05)
    average = [p.detach().clone() for p in model.parameters()]
    each = []
    for k in range(-3, option("--steps", 20)):
        begin = time.perf_counter()
        loss = model.loss(inputs)
        optimiser.zero_grad(set_to_none=False)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        with torch.no_grad():
            for mean, parameter in zip(average, model.parameters()):
                mean.mul_(0.998).add_(parameter, alpha=0.002)
        loss.item()
        if k >= 0:
            each.append(1000 * (time.perf_counter() - begin))
    print(f"{sorted(each)[len(each) // 2]:.2f}")


main()
