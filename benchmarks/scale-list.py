"""The table of run-scale.sh --list."""
import json
import os
import subprocess
import tempfile
import time

program = os.environ["MLSYS"]
shapes = ["chain", "fan-out", "fan-in", "independent", "ladder"]
families = {"random": ["--seed", "6"], "swiglu": ["--alike", "--heads", "4"]}


def run(problem, folder, *options):
    log = os.path.join(folder, "log.jsonl")
    if os.path.exists(log):
        os.remove(log)
    start = time.time()
    process = subprocess.Popen(
        [program, "solve", problem, "-o", os.path.join(folder, "schedule.json"), "--log", log, "--progress", "never",
         *options], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.time() - start
    assert status == 0, problem
    with open(log) as file:
        found = [event for event in map(json.loads, file) if event["event"] == "incumbent"]
    return seconds, found, usage


print("| graph | ops | list, s | processor, s | MiB | first, s | latency / single ops | with a limit of 1 s |")
print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
for ops in (50_000, 200_000):
    for shape in shapes + list(families):
        with tempfile.TemporaryDirectory() as folder:
            problem = os.path.join(folder, "problem.json")
            if shape in families:
                subprocess.run(
                    [program, "generate", shape, *families[shape], "--ops", str(ops), "-o", problem], check=True)
            else:
                script = os.path.join(os.path.dirname(__file__), "large-graph.py")
                subprocess.run(["python3", script, shape, str(ops), "-o", problem], check=True)
            seconds, found, usage = run(problem, folder, "--method", "list")
            limited, _, _ = run(problem, folder, "--time-limit", "1")
            print("| %s | %d | %.2f | %.2f | %d | %.2f | %.3f | %.2f |" % (
                shape, ops, seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss // 1024, found[0]["seconds"],
                found[-1]["latency"] / found[0]["latency"], limited), flush=True)
