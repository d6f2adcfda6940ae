#!/bin/sh
# Solves generated graphs of 500 to 5,000 ops for $MLSYS_TIME_LIMIT seconds each (30 by default) and prints a Markdown table
# of how the latency falls with time, and of the memory that it took. $MLSYS names the program (.build/release/mlsys by
# default). Takes about five minutes. Needs python3.
#
# With --list: list scheduling alone on graphs of 50,000 and 200,000 ops that are hard for programs made for small ones, and
# how soon the first schedule is on disk and the program ends with a limit of 1 second. Takes about two minutes.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
if [ "${1:-}" = --list ]; then
    MLSYS=${MLSYS:-$root/.build/release/mlsys} exec python3 "$root/benchmarks/scale-list.py"
fi
MLSYS=${MLSYS:-$root/.build/release/mlsys} exec python3 - <<'PYTHON'
import json, os, resource, subprocess, tempfile

program = os.environ["MLSYS"]
limit = float(os.environ.get("MLSYS_TIME_LIMIT", "30"))
times = [1, 3, 10, 30, 60, 120]
times = [time for time in times if time <= limit]
families = {
    "random": ["random", "--seed", "6"],
    "swiglu": ["swiglu", "--alike", "--heads", "4"],
}
print("| graph | ops | first, s | list |" + "".join(" %g s |" % time for time in times) + " first per cent, s | MiB |")
print("| --- | ---: | ---: | ---: |" + " ---: |" * len(times) + " ---: | ---: |")
for family, options in families.items():
    for ops in (500, 1000, 2000, 5000):
        with tempfile.TemporaryDirectory() as folder:
            problem, log = os.path.join(folder, "problem.json"), os.path.join(folder, "log.jsonl")
            subprocess.run(
                [program, "generate", *options, "--ops", str(ops), "--width", "512", "--rows", "512", "-o", problem],
                check=True)
            process = subprocess.Popen(
                [program, "solve", problem, "-o", os.path.join(folder, "schedule.json"), "--time-limit", str(limit),
                 "--log", log, "--progress", "never"],
                stdout=subprocess.DEVNULL)
            _, status, usage = os.wait4(process.pid, 0)
            assert status == 0, problem
            with open(log) as file:
                found = [event for event in map(json.loads, file) if event["event"] == "incumbent"]
            with open(problem) as file:
                count = len(json.load(file)["op_types"])
        listed = min(event["latency"] for event in found if event["source"] == "list")
        columns = []
        for time in times:
            latency = min(event["latency"] for event in found if event["seconds"] <= time)
            columns.append("%.2f %%" % (100 * (latency / listed - 1)))
        percent = [event["seconds"] for event in found if event["latency"] <= 0.99 * listed]
        print(
            "| %s | %d | %.2f | %s | %s | %s | %d |"
            % (family, count, found[0]["seconds"], f"{listed:,.1f}", " | ".join(columns),
               "%.1f" % percent[0] if percent else "-", usage.ru_maxrss // 1024), flush=True)
PYTHON
