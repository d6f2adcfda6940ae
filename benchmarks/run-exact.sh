#!/bin/sh
# Prints a Markdown table: what exact solving finds and proves of each problem. Takes problem files, or folders of them,
# as arguments; by default ours, then the contest's where they are at hand. $MLSYS names the program
# (.build/release/mlsys by default), $MLSYS_BENCHMARKS the folder of the contest's files, $MLSYS_TIME_LIMIT the limit for
# each problem in seconds (60 by default). Needs python3.
#
# Each problem is solved twice: as `mlsys solve --method exact` does it, and, where that enumerated all candidates, once
# more by the integer program alone, which gives rows, columns and nodes.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
contest=${MLSYS_BENCHMARKS:-$root/../shared/benchmarks}
[ $# -gt 0 ] || {
    set -- "$root/benchmarks/problems"
    [ ! -d "$contest" ] || set -- "$@" "$contest"
}
MLSYS=${MLSYS:-$root/.build/release/mlsys} exec python3 - "$@" <<'PYTHON'
import glob, json, os, re, subprocess, sys, tempfile

program = os.environ["MLSYS"]
limit = os.environ.get("MLSYS_TIME_LIMIT", "60")


def problems(arguments):
    for argument in arguments:
        if not os.path.isdir(argument):
            yield argument
            continue
        files = glob.glob(os.path.join(argument, "*.json"))
        # Smallest first: by the number of ops, or the contest's number, which ends the name.
        yield from sorted(files, key=lambda file: int((re.findall(r"\d+", os.path.basename(file)) or [0])[-1]))


def solve(problem, *options):
    with tempfile.TemporaryDirectory() as folder:
        command = [program, "solve", problem, "-o", os.path.join(folder, "schedule.json"), "--json", *options]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True)
        if done.returncode:
            sys.exit("%s: exit code %d" % (" ".join(command), done.returncode))
        return json.loads(done.stdout)


def number(value):
    return "-" if value is None else "{:,}".format(value)


def latency(value):
    return "-" if value is None else "{:,.1f}".format(value)


print("| problem | ops | connected | admissible | feasible | kept | LP bound | states | rows | columns | nodes "
      "| list | best | bound | gap | status | seconds |")
print("| --- " + "| ---: " * 14 + "| --- | ---: |")
for problem in problems(sys.argv[1:]):
    with open(problem) as file:
        ops = len(json.load(file)["op_types"])
    listed = solve(problem, "--method", "list")
    proof = solve(problem, "--method", "exact", "--time-limit", limit)["proof"]
    candidates = proof.get("candidates") or {}
    linear = [bound["value"] for bound in proof["bounds"] if bound["name"] == "linear"]
    counts = {}
    if candidates and not proof["omissions"]:
        alone = solve(problem, "--method", "exact", "--time-limit", limit, "--engine", "program")["proof"]
        counts = alone.get("program") or {}
    gap = 100 * proof["gap"]
    row = [
        os.path.splitext(os.path.basename(problem))[0], ops,
        *(number(candidates.get(name)) for name in ("connected", "admissible", "feasible", "kept")),
        latency(linear[0] if linear else None), number(proof.get("search_states")),
        *(number(counts.get(name)) for name in ("rows", "columns", "nodes")),
        latency(listed["total_latency"]), latency(proof["incumbent"]), latency(proof.get("dual_bound")),
        "0" if gap <= 1e-7 else "{:.2f} %".format(gap), proof["status"], "{:.2f}".format(proof["seconds"]),
    ]
    print("| " + " | ".join(str(cell) for cell in row) + " |", flush=True)
PYTHON
