#!/bin/sh
# The same training step in C++ and in PyTorch's Python, by turns in one session, so that both meet the same machine: median milliseconds of a step and their ratio.
#   side_by_side.sh BIN_FOLDER [ROUNDS] [THREADS]
# Needs python3-torch of the LibTorch that the programs are linked with.
set -e
bin=${1:?the folder of choreia-train-bench}
rounds=${2:-5}
threads=${3:-1}
python=${PYTHON:-/usr/bin/python3}  # of the system: where the package lies
here=$(dirname "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
for model in gcn-mhw beats; do
    "$bin/choreia-train-bench" $model --dump "$folder/$model.safetensors"
    $python "$here/train_step.py" $model "$folder/$model.safetensors" --check --threads "$threads"
    for round in $(seq "$rounds"); do
        ours=$("$bin/choreia-train-bench" $model --threads "$threads")
        theirs=$($python "$here/train_step.py" $model "$folder/$model.safetensors" --threads "$threads")
        echo "$model round $round: C++ $ours ms, Python $theirs ms, ratio $(awk "BEGIN {printf \"%.3f\", $ours / $theirs}")"
    done
done
