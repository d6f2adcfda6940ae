#!/bin/sh
# Prints a Markdown table: what the list scheduler makes of each problem, and what it loses when one of its ideas is
# switched off. Takes problem files as arguments; by default ours, then the contest's where they are at hand.
# $MLSYS names the program (.build/release/mlsys by default), $MLSYS_BENCHMARKS the folder of the contest's files.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
mlsys=${MLSYS:-$root/.build/release/mlsys}
contest=${MLSYS_BENCHMARKS:-$root/../shared/benchmarks}
schedule=$(mktemp)
trap 'rm -f "$schedule"' EXIT

# Prints the value of a number in the JSON of one solve: number FIELD PROBLEM [OPTION...]
number() {
    field=$1
    shift
    "$mlsys" solve --method list "$@" -o "$schedule" --json | sed "s/.*\"$field\":\([-+.eE0-9]*\).*/\1/"
}

# Smallest first: by the number of ops, which ends the name of ours.
[ $# -gt 0 ] || {
    # shellcheck disable=SC2046 # our names hold no spaces
    set -- $(ls "$root"/benchmarks/problems/*.json | sed 's/.*-\([0-9]*\)\.json$/\1 &/' | sort -n | cut -d ' ' -f 2-)
    [ ! -d "$contest" ] || set -- "$@" "$contest"/*.json
}

echo '| problem | ops | latency | ms | without fusion | without retention | without staggering |'
echo '| --- | ---: | ---: | ---: | ---: | ---: | ---: |'
for problem in "$@"; do
    ops=$(grep -o '"MatMul"\|"Pointwise"\|"Einsum"' "$problem" | wc -l)
    all=$(number total_latency "$problem")
    seconds=$(number list "$problem")
    fusion=$(number total_latency "$problem" --no-fusion)
    retention=$(number total_latency "$problem" --no-retention)
    staggering=$(number total_latency "$problem" --no-staggering)
    awk -v name="$(basename "$problem" .json)" -v ops="$ops" -v all="$all" -v seconds="$seconds" \
        -v fusion="$fusion" -v retention="$retention" -v staggering="$staggering" '
        function loss(latency) { return latency == all ? "=" : sprintf("%+.1f %%", 100 * (latency / all - 1)) }
        BEGIN {
            printf "| %s | %d | %.1f | %.1f | %s | %s | %s |\n", name, ops, all, 1000 * seconds,
                loss(fusion), loss(retention), loss(staggering)
        }'
done
