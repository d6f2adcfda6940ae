#!/bin/sh
# Prints a Markdown table: what each problem comes to within a limit, with bound and gap. Takes problem files, or folders of
# them, as arguments; by default ours, then the contest's where they are at hand. $MLSYS names the program
# (.build/release/mlsys by default), $MLSYS_BENCHMARKS the folder of the contest's files, $MLSYS_TIME_LIMIT the limit for
# each problem in seconds (60 by default). With $MLSYS_CERTIFICATES, a folder, each problem's prices are written there.
# Needs python3.
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
certificates = os.environ.get("MLSYS_CERTIFICATES")


def problems(arguments):
    for argument in arguments:
        if not os.path.isdir(argument):
            yield argument
            continue
        files = glob.glob(os.path.join(argument, "*.json"))
        # Smallest first: by the number of ops, or the contest's number, which ends the name.
        yield from sorted(files, key=lambda file: int((re.findall(r"\d+", os.path.basename(file)) or [0])[-1]))


def run(command):
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True)
    if done.returncode:
        sys.exit("%s: exit code %d" % (" ".join(command), done.returncode))
    return json.loads(done.stdout)


def shown(gap):
    # Below the tolerance of a proof there is none.
    return "0" if gap <= 1e-9 else "%.3g %%" % (100 * gap)


print("| problem | ops | latency | bound | by | gap | status | s |")
print("| --- | ---: | ---: | ---: | --- | ---: | --- | ---: |")
for problem in problems(sys.argv[1:]):
    name = os.path.splitext(os.path.basename(problem))[0]
    with open(problem) as file:
        ops = len(json.load(file)["op_types"])
    with tempfile.TemporaryDirectory() as folder:
        found = run([program, "solve", problem, "-o", os.path.join(folder, "schedule.json"), "--json",
                     "--time-limit", limit, "--progress", "never"])
    proof = found["proof"]
    about = [b for b in proof["bounds"] if b["is_about_problem"]]
    best = max(about, key=lambda bound: bound["value"]) if about else None
    print("| %s | %d | %s | %s | %s | %s | %s | %.1f |" % (
        name, ops, "{:,.1f}".format(proof["incumbent"]), "{:,.1f}".format(best["value"]) if best else "none",
        best["name"] if best else "", shown(proof["gap"]), proof["status"], found["solve_seconds"]), flush=True)
    if certificates:
        run([program, "bound", problem, "--json", "--time-limit", limit,
             "--certificate", os.path.join(certificates, name + ".json")])
PYTHON
