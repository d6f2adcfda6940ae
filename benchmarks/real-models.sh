#!/bin/sh
# Imports the ONNX models of a folder for two chips, schedules them, and compares with layer by layer: elementwise ops
# joined to the op before them, every step at its best tile size, nothing kept in between. Leaves benchmarks/results/models.jsonl, a line for each; prints a table.
#
#     benchmarks/real-models.sh FOLDER [SECONDS]
set -eu
models=${1:?usage: $0 FOLDER [SECONDS]}
seconds=${2:-20}
cd "$(dirname "$0")/.."
mlsys=.build/release/mlsys
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir "$folder/problems"
separator='{'
for chip in neuroncore-v2 gemmini; do
    for model in "$models"/*.onnx; do
        name=$(basename "$model" .onnx)-$chip
        "$mlsys" import "$model" --hardware "benchmarks/hardware/$chip.json" -o "$folder/problems/$name.json" \
            > "$folder/import.txt"
        "$mlsys" solve "$folder/problems/$name.json" -o "$folder/layers.json" --method list \
            --epilogues-only --no-retention --no-staggering --json > "$folder/layers.txt"
        latency=$(sed 's/.*"total_latency":\([0-9.e+]*\).*/\1/' "$folder/layers.txt")
        printf '%s"%s": %s' "$separator" "$name" "$latency" >> "$folder/reference.json"
        separator=', '
    done
done
echo '}' >> "$folder/reference.json"
"$mlsys" bench "$folder/problems" --reference "$folder/reference.json" --time-limit "$seconds" \
    --json benchmarks/results/models.jsonl --progress always
