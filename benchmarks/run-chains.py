#!/usr/bin/env python3
"""Prints a Markdown table: how long it takes to prove two products in a row, of two sizes, on chips with more and more fast
memory. Nothing but granularities is hard about these, of which there are billions: k-steps may be as deep as the reduction.
$MLSYS names the program (.build/release/mlsys by default)."""
import json
import os
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
MLSYS = os.environ.get("MLSYS", os.path.join(ROOT, ".build/release/mlsys"))
# Rows and columns of the left operand, columns of the first product, columns of the second.
SIZES = [(1024, 1024, 4096, 1024), (32768, 4096, 16384, 4096)]
CAPACITIES = [1 << bits for bits in range(15, 21)]


def problem(size, capacity):
    rows, reduction, middle, columns = size
    return {
        "widths": [reduction, middle, middle, columns, columns],
        "heights": [rows, reduction, rows, middle, rows],
        "inputs": [[0, 1], [2, 3]], "outputs": [[2], [4]], "op_types": ["MatMul", "MatMul"], "base_costs": [1, 1],
        "fast_memory_capacity": capacity, "slow_memory_bandwidth": 1, "native_granularity": [4096, 4096],
    }


def solve(folder, size, capacity):
    path = os.path.join(folder, "problem.json")
    with open(path, "w") as file:
        json.dump(problem(size, capacity), file)
    command = [MLSYS, "solve", path, "-o", os.path.join(folder, "schedule.json"), "--reduction-cap", "none", "--json",
               "--progress", "never"]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True)
    if done.returncode:
        sys.exit("%s: exit code %d" % (" ".join(command), done.returncode))
    return json.loads(done.stdout)


print("| first product | second | capacity | latency | status | s |")
print("| --- | --- | ---: | ---: | --- | ---: |")
with tempfile.TemporaryDirectory() as folder:
    for size in SIZES:
        rows, reduction, middle, columns = size
        for capacity in CAPACITIES:
            found = solve(folder, size, capacity)
            print("| %d x %d x %d | x %d | %s | %s | %s | %.2f |" % (
                rows, reduction, middle, columns, f"{capacity:,}", f"{found['proof']['incumbent']:,.0f}",
                found["proof"]["status"], found["solve_seconds"]), flush=True)
