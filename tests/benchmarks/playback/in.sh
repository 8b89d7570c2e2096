#!/usr/bin/env bash
# Picture against sound: plays a song of one click a second into a null device of PulseAudio, records its monitor, and says how far the player's place is from the clicks that are heard.
#
#   in.sh PROGRAM [SECONDS]
#
# PROGRAM: choreia-playback-bench. Needs pulseaudio, pulseaudio-utils and python3. The recording's own delay is in the figures: a part of what is constant is not the player's; what
# grows would be.
set -euo pipefail
[ $# -ge 1 ] || { sed -n '2,8p' "$0" >&2; exit 2; }
program=$1 seconds=${2:-600}
work=$(mktemp -d)
export XDG_RUNTIME_DIR=$work HOME=$work QT_QPA_PLATFORM=offscreen
cleanup() { pulseaudio --kill 2>/dev/null || true; rm -rf "$work"; }
trap cleanup EXIT
pulseaudio --start --exit-idle-time=-1 -n --load="module-native-protocol-unix" --load="module-null-sink sink_name=quiet rate=48000" 2>/dev/null
sleep 1
python3 - "$work" <<'PY' &
import subprocess, sys, time
# Every block of the recording with the moment at which it was whole.
work = sys.argv[1]
record = subprocess.Popen(["parec", "-d", "quiet.monitor", "--rate=48000", "--channels=1", "--format=s16le", "--latency-msec=10"], stdout=subprocess.PIPE)
with open(work + "/sound", "wb") as sound, open(work + "/blocks", "w") as blocks:
    total = 0
    while block := record.stdout.read1(960):
        now = int(time.time() * 1e6)
        sound.write(block)
        total += len(block) // 2
        blocks.write(f"{total} {now}\n")
PY
recorder=$!
sleep 1
"$program" "$seconds" >"$work/places"
sleep 0.5
pkill -P "$recorder" parec || true
wait "$recorder" 2>/dev/null || true
python3 - "$work" <<'PY'
import array, bisect, statistics, sys
work = sys.argv[1]
sound = array.array("h", open(work + "/sound", "rb").read())
blocks = [tuple(map(int, line.split())) for line in open(work + "/blocks")]
# The recording's clock: a block comes late or in time, never early, so that the earliest of a stretch of blocks tells it.
ends = [b[0] for b in blocks]
def wall(sample):
    k = bisect.bisect_right(ends, sample)
    near = blocks[max(0, k - 100):k + 100]
    return min(now - (total - sample) / 48000 * 1e6 for total, now in near)
places = [line.split() for line in open(work + "/places")]
walls, at = [int(p[0]) for p in places], [float(p[1]) for p in places]
away, n, i = [], 1, 0
while i < len(sound):
    if abs(sound[i]) > 6000:
        w = wall(i)
        k = bisect.bisect_right(walls, w)
        if 0 < k < len(walls):
            part = (w - walls[k - 1]) / max(1, walls[k] - walls[k - 1])
            place = at[k - 1] + part * (at[k] - at[k - 1])
            away.append((place, 1000 * (place - round(place))))
        i += 24000
    i += 1
def of(rows):
    values = [v for _, v in rows]
    return f"median {statistics.median(values):.1f} ms, from {min(values):.1f} to {max(values):.1f}"
print(f"{len(away)} clicks heard; the player's place less the click's, all: {of(away)}")
if len(away) > 120:
    print("first minute: " + of(away[:60]))
    print("last minute: " + of(away[-60:]))
PY
