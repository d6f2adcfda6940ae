#!/bin/sh
# Exports the examples in models/examples anew: regenerate.sh [FOLDER [EXAMPLE...]]
# into that folder or the one named, all of them or those named.
# $MLSYS names the program; .build/release/mlsys by default.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
mlsys=${MLSYS:-$root/.build/release/mlsys}
target=${1:-$root/models/examples}
[ $# -eq 0 ] || shift
[ $# -gt 0 ] || set -- $(ls "$root/models/examples")

for name in "$@"; do
    problem=$root/models/examples/$name/problem.json
    mkdir -p "$target/$name"
    "$mlsys" export "$problem" --format lp -o "$target/$name/model.lp" --legend "$target/$name/legend.json"
    "$mlsys" export "$problem" --format data -o "$target/$name/data.dat"
done
