#!/usr/bin/env python3
"""Imports models, schedules them and prints a row of Markdown for each: run-models.py SECONDS HARDWARE... -- MODEL...

HARDWARE are files of benchmarks/hardware, MODEL are ONNX files. For each model and chip: nodes, ops, seconds of the
import, latency in cycles, bound, gap, microseconds, and how many times faster that is than every op alone and than layer
by layer: elementwise ops joined to the op before them, nothing kept in between. $MLSYS names the program;
.build/release/mlsys otherwise."""
import json
import os
import subprocess
import sys
import tempfile

root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
program = os.environ.get("MLSYS", os.path.join(root, ".build/release/mlsys"))
arguments = sys.argv[1:]
if "--" not in arguments or not arguments[0].isdigit():
    sys.exit(__doc__)
split = arguments.index("--")
seconds, chips, models = arguments[0], arguments[1:split], arguments[split + 1:]


def mlsys(*words):
    run = subprocess.run([program, *words, "--json"], capture_output=True, text=True)
    if run.returncode:
        sys.exit(f"mlsys {' '.join(words)}: {run.stderr.strip()}")
    return json.loads(run.stdout)


print("| model | chip | nodes | ops | import s | latency | bound | gap | µs | vs alone | vs layers |")
print("| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
with tempfile.TemporaryDirectory() as folder:
    problem, schedule = os.path.join(folder, "p.json"), os.path.join(folder, "s.json")
    for model in models:
        for chip in chips:
            imported = mlsys("import", model, "--hardware", chip, "-o", problem)
            plain = ("solve", problem, "-o", schedule, "--method", "list")
            apart = (*plain, "--no-retention", "--no-staggering")
            layers = mlsys(*apart, "--epilogues-only")["total_latency"]
            alone = mlsys(*apart, "--no-fusion")["total_latency"]
            best = mlsys("solve", problem, "-o", schedule, "--time-limit", seconds)
            latency, bound = best["total_latency"], best["proof"]["dual_bound"]
            with open(chip) as file:
                clock = json.load(file)["clock_hz"]
            name = os.path.basename(model).removesuffix(".onnx")
            print(
                f"| {name} | {os.path.basename(chip).removesuffix('.json')} | {imported['nodes']} | {imported['ops']}"
                f" | {imported['seconds']:.2f} | {latency:,.0f} | {bound:,.0f} | {1 - bound / latency:.1%}"
                f" | {latency / clock * 1e6:,.1f} | {alone / latency:.2f} | {layers / latency:.2f} |", flush=True)
