#!/bin/sh
# Prints Markdown tables: what a sweep of ten points takes, compared with its points solved one by one, in processor seconds; and
# with the argument `chains`, the data movement of two chains of MatMuls over capacity. $MLSYS names the program
# (.build/release/mlsys by default), $MLSYS_TIME_LIMIT the limit for a point in seconds (600 by default). With $MLSYS_RESULTS, a
# folder, JSON lines and pages of the chains are kept there. Needs python3.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
MLSYS=${MLSYS:-$root/.build/release/mlsys} PROBLEMS=$root/benchmarks/problems exec python3 - "$@" <<'PYTHON'
import json, os, resource, subprocess, sys, tempfile

program, problems = os.environ["MLSYS"], os.environ["PROBLEMS"]
limit = os.environ.get("MLSYS_TIME_LIMIT", "600")
results = os.environ.get("MLSYS_RESULTS") or tempfile.mkdtemp()


def sweep(problem, *words):
    """The points of a sweep, and the processor seconds that it took."""
    def used():
        usage = resource.getrusage(resource.RUSAGE_CHILDREN)
        return usage.ru_utime + usage.ru_stime
    before = used()
    out = subprocess.run(
        [program, "sweep", problem, *words, "--threads", "1", "--time-limit", limit, "--json", "-"],
        check=True, capture_output=True, text=True).stdout
    rows = [json.loads(line) for line in out.splitlines()]
    return [row for row in rows if row["kind"] == "point"], used() - before


def compare(name, axis, first, factor):
    values = [str(round(first * factor ** number, 3 if axis == "--bandwidth" else None)) for number in range(10)]
    problem = os.path.join(problems, name + ".json")
    alone = []
    for value in values:
        rows, seconds = sweep(problem, axis, value)
        alone.append((rows[0].get("latency"), seconds))
    rows, seconds = sweep(problem, axis, ",".join(values))
    proven = sum(row["status"] == "optimal" for row in rows)
    for row, (latency, _) in zip(rows, alone):
        if row["status"] == "optimal" and latency:
            assert row["latency"] <= latency * (1 + 1e-9), (name, row["number"])
    mean = sum(time for _, time in alone) / 10
    print(f"| {name} | {axis[2:]} | {values[0]} to {values[-1]} | {proven} | {mean:.2f} | {max(t for _, t in alone):.2f} "
          f"| {10 * mean:.2f} | {seconds:.2f} | {seconds / mean:.1f} | {seconds / max(t for _, t in alone):.1f} |", flush=True)


def chain(rows, width, inner, native):
    return {
        "widths": [width, inner, inner, width, width], "heights": [rows, width, rows, inner, rows],
        "inputs": [[0, 1], [2, 3]], "outputs": [[2], [4]], "base_costs": [0, 0], "op_types": ["MatMul", "MatMul"],
        "fast_memory_capacity": 1 << 20, "slow_memory_bandwidth": 1, "native_granularity": [native, native]}


if sys.argv[1:] == ["chains"]:
    print("| chain | capacity | moved | bound | gap | seconds |\n| --- | ---: | ---: | ---: | ---: | ---: |")
    for name, sizes, capacities in (("small", (1024, 1024, 4096), "32k:256k:x2,1M"),
                                    ("gpt3-ffn", (32768, 4096, 16384), "32k:1M:x2,4M:256M:x4")):
        path = os.path.join(results, name + ".json")
        with open(path, "w") as file:
            json.dump(chain(*sizes, 4096), file)
        page = ["--page", os.path.join(results, name + ".html")]
        rows, seconds = sweep(path, "--capacity", capacities, "--reduction-cap", "none", *page)
        for row in rows:
            print(f"| {name} | {row['capacity'] >> 10}k | {row['latency']:,.0f} | {row['bound']:,.0f} | {row['gap']:.1e} "
                  f"| {row['seconds']:.1f} |", flush=True)
        print(f"| {name} | all | | | | {seconds:.1f} |", flush=True)
else:
    print("| problem | over | from, to | proven | one point, mean | dearest | ten apart | sweep of ten | sweep / mean "
          "| sweep / dearest |\n| --- | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    for name, capacity, bandwidth in (("mlp-4", 20_000, 6), ("ffn-8", 40_000, 6), ("siblings-9", 40_000, 6),
                                      ("mlp-12", 60_000, 6), ("attention-15", 40_000, 8)):
        if sys.argv[1:] and name not in sys.argv[1:]:
            continue
        compare(name, "--capacity", capacity, 1.3)
        compare(name, "--bandwidth", bandwidth, 1.5)
PYTHON
