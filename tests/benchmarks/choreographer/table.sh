#!/usr/bin/env bash
# The rows of the choreographer's table (models/cards/choreographer.md): dances of every way of syncing, and of other sets of weights, beside a reference.
#
#   table.sh PROGRAM SONGS BEATS REFERENCE OUT [SET[:MODEL]...]
#
# PROGRAM: choreia. SONGS: a text file, one line a song: its path, and the style to dance it in (or auto). BEATS: a folder with NAME.beats for every song
# (annotated beats, where there are any; else what `choreia analyze --beats` says). REFERENCE: a folder of recorded motion. OUT: a folder for the dances.
# SETs (default: default) are danced with full sync; the first also without sync, matched alone, and with each refinement. SEEDS in the environment
# ("1 2 3") are danced each. WINDOW: seconds of the windows that FID and diversity are taken over (default 5; 0: one value a dance). PART: of a training
# HDF5 as REFERENCE, train, val or all.
# The last row is a test, not a way: dances made for each song rolled (by the shares of its length in CUTS, "0.4 0.5 0.6"), held against the beats of the song as it is. A
# choreographer that hears its song is no better than chance (0) there; with a single cut, one phase between beats of then and now counts for a whole song. Needs ffmpeg and ffprobe.
set -euo pipefail
[ $# -ge 5 ] || { sed -n '2,12p' "$0" >&2; exit 2; }
program=$1 songs=$2 beats=$3 reference=$4 out=$5
shift 5
sets=("${@:-default}")
read -r -a seeds <<<"${SEEDS:-1}"
window=${WINDOW:-5}

# The mean of a figure of `generate` over a folder's dances.
mean() { cat "$1"/*-*.json | sed -n "s/^ *\"$2\": \(-\?[0-9.e+-]*\),\?\$/\1/p" | awk '{sum += $1} END {printf "%.2f", NR ? sum / NR : 0}'; }

figure() { sed -n "s/^ *\"$2\": \(-\?[0-9.e+-]*\|null\),\?\$/\1/p" "$1" | head -n 1; }

# row TITLE FOLDER OPTION...: dances every song, evaluates the folder, prints a line of the table.
row() {
  local title=$1 folder=$out/$2 song style seed name
  shift 2
  mkdir -p "$folder/beats"
  while read -r song style; do
    [ -n "$song" ] || continue
    for seed in "${seeds[@]}"; do
      name=$(basename "${song%.*}")
      ln -sf "$(realpath "$beats/$name.beats")" "$folder/beats/$name-${style:-auto}-$seed.beats"
      name+=-${style:-auto}
      [ -s "$folder/$name-$seed.h5" ] || "$program" generate "$song" --style "${style:-auto}" --seed "$seed" --motion "$folder/$name-$seed.h5" \
        --json "$folder/$name-$seed.json" "$@" >/dev/null 2>"$folder/trouble.log" || { tail -n 1 "$folder/trouble.log" >&2; exit 1; }
    done
  done <"$songs"
  "$program" evaluate "$folder" --reference "$reference" --set "${PART:-all}" --music "$folder/beats" --window "$window" --json "$folder/figures.json" >/dev/null 2>&1
  local f=$folder/figures.json
  printf '| %s | %.3f | %.2f | %.3f | %.1f %% | %.3f | %.3f | %.1f | %.1f | %.1f | %.3f | %.1f %% | %s |\n' "$title" "$(figure "$f" bas_above_chance)" "$(figure "$f" motion_beat_rate_hz)" \
    "$(figure "$f" mean_joint_speed_m_s)" "$(awk "BEGIN {print 100 * $(figure "$f" freezing_ratio)}")" "$(figure "$f" foot_skating_ratio)" \
    "$(figure "$f" lowest_foot_speed_m_s)" "$(figure "$f" fid_k)" "$(figure "$f" fid_g_floored || figure "$f" fid_g)" "$(figure "$f" div_k)" "$(figure "$f" freshness_m)" "$(awk "BEGIN {print 100 * $(figure "$f" looping_ratio)}")" "$(mean "$folder" energy_correlation)"
}

echo '| | BAS above chance | motion beats, Hz | speed, m/s | freezing | skating | lowest foot, m/s | FID_k | FID_g (floored) | Div_k | freshness, m | looping | energy of dance and song |'
echo '|---|---|---|---|---|---|---|---|---|---|---|---|---|'
first=${sets[0]%%:*}
row "$first, without sync" "$first-none" --set "$first" --no-sync
for method in match random de-uniform de-log-sigmoid; do row "$first, sync $method" "$first-$method" --set "$first" --sync-method "$method"; done
for entry in "${sets[@]:1}"; do
  set=${entry%%:*}
  model=gcn-mhw
  [ "$set" = "$entry" ] || model=${entry#*:}
  row "$set ($model)" "$set-$model" --set "$set" --model "$model"
done

# The rolled songs, with the beats of the song as it is under their names.
roll_songs() {
  local song style cut cuts at
  read -r -a cuts <<<"${CUTS:-0.4 0.5 0.6}"
  mkdir -p "$out/rolled/beats"
  while read -r song style; do
    [ -n "$song" ] || continue
    for cut in "${cuts[@]}"; do
      at=$(ffprobe -v error -show_entries format=duration -of csv=p=0 "$song" | awk -v cut="$cut" '{print $1 * cut}')
      local name
      name=$(basename "${song%.*}")
      ln -sf "$(realpath "$beats/$name.beats")" "$out/rolled/beats/$name-$cut.beats"
      ffmpeg -v error -nostdin -y -i "$song" -filter_complex "[0:a]asplit[a][b];[a]atrim=start=${at}[late];[b]atrim=end=${at}[early];[late][early]concat=n=2:v=0:a=1" "$out/rolled/$name-$cut.wav"
      printf '%s %s\n' "$out/rolled/$name-$cut.wav" "${style:-auto}"
    done
  done <"$songs" >"$out/rolled/songs.txt"
}
if command -v ffmpeg >/dev/null && command -v ffprobe >/dev/null; then
  roll_songs
  songs=$out/rolled/songs.txt beats=$out/rolled/beats row "$first, of the song rolled" "$first-rolled" --set "$first"
fi
f=$out/$first-none/figures.json
printf 'reference: motion beats %.2f Hz, speed %.3f m/s, freezing %.1f %%, skating %.3f, lowest foot %.3f m/s, Div_k %.1f, freshness %.3f m, looping %.1f %%\n' "$(figure "$f" reference_motion_beat_rate_hz)" \
  "$(figure "$f" reference_mean_joint_speed_m_s)" "$(awk "BEGIN {print 100 * $(figure "$f" reference_freezing_ratio)}")" "$(figure "$f" reference_foot_skating_ratio)" \
  "$(figure "$f" reference_lowest_foot_speed_m_s)" "$(figure "$f" reference_div_k)" "$(figure "$f" reference_freshness_m)" "$(awk "BEGIN {print 100 * $(figure "$f" reference_looping_ratio)}")"
