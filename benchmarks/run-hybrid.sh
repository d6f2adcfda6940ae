#!/bin/sh
# Solves our problems by list scheduling, by hybrid search in 5 and in 60 seconds, and exactly, and prints a Markdown table
# of what came of it. The results go to benchmarks/results, one JSON line per problem; with --table they are only read.
# $MLSYS names the program (.build/release/mlsys by default), $MLSYS_TIME_LIMIT the limit of exact solving in seconds (200).
# Takes about half an hour. Needs python3.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"
mlsys=${MLSYS:-.build/release/mlsys}
results=benchmarks/results

if [ "${1:-}" != --table ]; then
    mkdir -p "$results"
    bench() {
        name=$1
        shift
        "$mlsys" bench benchmarks/problems "$@" --json "$results/$name.jsonl" --progress never >/dev/null
    }
    bench list --method list
    bench hybrid-5 --method hybrid --time-limit 5
    bench hybrid-60 --method hybrid --time-limit 60
    bench exact --method exact --time-limit "${MLSYS_TIME_LIMIT:-200}"
fi

python3 - "$results" <<'PYTHON'
import json, os, sys


def rows(name):
    with open(os.path.join(sys.argv[1], name + ".jsonl")) as file:
        lines = [json.loads(line) for line in file]
    return {line["problem"]: line for line in lines if line["kind"] == "problem"}


listed, short, long, exact = (rows(name) for name in ("list", "hybrid-5", "hybrid-60", "exact"))
print("| problem | ops | list | hybrid, 5 s | hybrid, 60 s | best after | found by | exact | bound | gap |")
print("| --- | ---: | ---: | ---: | ---: | ---: | --- | ---: | ---: | ---: |")
for name, row in sorted(listed.items(), key=lambda item: item[1]["ops"]):
    best = min(short[name]["latency"], long[name]["latency"], exact[name]["latency"])
    bound = max(rows[name].get("bound") or 0 for rows in (short, long, exact))
    gap = max(0, (best - bound) / best)
    is_proven = exact[name]["status"] == "optimal"
    print(
        "| %s | %d | %s | %s | %s | %.2f s | %s | %s | %s | %s |"
        % (
            name, row["ops"], f"{row['latency']:,.1f}", f"{short[name]['latency']:,.1f}",
            f"{long[name]['latency']:,.1f}", long[name]["seconds_to_best"], long[name]["source"],
            f"{exact[name]['latency']:,.1f}" if is_proven else "-", f"{bound:,.1f}",
            "0" if gap < 1e-9 else "%.2f %%" % (100 * gap)))

# What each part gained, over all improvements of the longer run, in per cent of the latency before.
gains = {}
for row in long.values():
    found = row["improvements"]
    for before, after in zip(found, found[1:]):
        part = gains.setdefault(after["source"], [0, 0.0])
        part[0] += 1
        part[1] += 100 * (before["latency"] - after["latency"]) / before["latency"]
print("\n| part | improvements | sum of gains |\n| --- | ---: | ---: |")
for source, (count, gain) in sorted(gains.items(), key=lambda item: -item[1][1]):
    print("| %s | %d | %.2f %% |" % (source, count, gain))
PYTHON
