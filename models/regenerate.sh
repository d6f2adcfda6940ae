#!/bin/sh
# Exports the examples in models/examples anew, into that folder or the one named as argument.
# $MLSYS names the program; .build/release/mlsys by default.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
mlsys=${MLSYS:-$root/.build/release/mlsys}
target=${1:-$root/models/examples}

for folder in "$root"/models/examples/*/; do
    output=$target/$(basename "$folder")
    mkdir -p "$output"
    "$mlsys" export "$folder/problem.json" --format lp -o "$output/model.lp" --legend "$output/legend.json"
    "$mlsys" export "$folder/problem.json" --format data -o "$output/data.dat"
done
