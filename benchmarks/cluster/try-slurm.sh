#!/bin/bash
# Tries slurm-array.sh on a cluster of one machine: starts munged, slurmctld and slurmd with a configuration of its own, has a
# sweep and a folder of problems solved in shards, and compares the merged rows with those of one run. Ends all it started.
#
#     apt-get install slurm-wlm munge     (Debian or Ubuntu)
#     benchmarks/cluster/try-slurm.sh
#
# As root, or as a user who then runs all three daemons. $MLSYS names the program (.build/release/mlsys by default), $TASKS how
# many tasks the array has (3 by default), $PORT the first of two ports that are free (16817 by default).
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
program=$(realpath "${MLSYS:-$root/.build/release/mlsys}")
tasks=${TASKS:-3}
port=${PORT:-16817}
PATH=$PATH:/usr/sbin:/sbin
for tool in munged slurmctld slurmd sbatch squeue python3; do
    command -v "$tool" > /dev/null || { echo "try-slurm.sh: $tool is missing: apt-get install slurm-wlm munge python3" >&2; exit 69; }
done

work=$(mktemp -d)
daemons=()
finish() {
    status=$?
    for pid in "${daemons[@]:-}"; do [ -z "$pid" ] || kill "$pid" 2> /dev/null || true; done
    for pid in "${daemons[@]:-}"; do [ -z "$pid" ] || wait "$pid" 2> /dev/null || true; done
    if [ "$status" != 0 ]; then tail -n 20 "$work"/*.log >&2 || true; fi
    rm -rf "$work"
}
trap finish EXIT
mkdir -p "$work"/{munge,state,spool,results}
chmod 755 "$work"
chmod 711 "$work/munge"

# Munge vouches for who sends a message; its key is for this run alone.
dd if=/dev/urandom of="$work/munge/key" bs=1 count=1024 2> /dev/null
chmod 400 "$work/munge/key"
munged --foreground --force --key-file="$work/munge/key" --socket="$work/munge/socket" --pid-file="$work/munge/pid" \
    --log-file="$work/munge.log" --seed-file="$work/munge/seed" > "$work/munged-start.log" 2>&1 &
daemons+=($!)

host=$(hostname -s)
export SLURM_CONF=$work/slurm.conf
cat > "$SLURM_CONF" <<CONF
ClusterName=one
SlurmctldHost=$host(127.0.0.1)
SlurmUser=$(id -un)
SlurmdUser=$(id -un)
SlurmctldPort=$port
SlurmdPort=$((port + 1))
AuthType=auth/munge
AuthInfo=socket=$work/munge/socket
CredType=cred/munge
StateSaveLocation=$work/state
SlurmdSpoolDir=$work/spool
SlurmctldPidFile=$work/slurmctld.pid
SlurmdPidFile=$work/slurmd.pid
SlurmctldLogFile=$work/slurmctld.log
SlurmdLogFile=$work/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SwitchType=switch/none
MpiDefault=none
ReturnToService=2
SchedulerParameters=sched_interval=1
NodeName=$host NodeAddr=127.0.0.1 CPUs=$(nproc) RealMemory=1024 State=UNKNOWN
PartitionName=all Nodes=$host Default=YES MaxTime=INFINITE State=UP
CONF
echo "IgnoreSystemd=yes" > "$work/cgroup.conf"

slurmctld -D > "$work/slurmctld-start.log" 2>&1 &
daemons+=($!)
slurmd -D -N "$host" > "$work/slurmd-start.log" 2>&1 &
daemons+=($!)
ready=
for _ in $(seq 60); do
    if sinfo -h -o %t 2> /dev/null | grep -qE '^(idle|mix)'; then ready=yes; break; fi
    sleep 0.5
done
[ -n "$ready" ] || { echo "try-slurm.sh: the node did not come up" >&2; exit 1; }
slurmctld -V
sinfo

# Runs the words of a command as an array, waits for it, and says what each task came to.
run_array() {
    local name=$1
    shift
    mkdir -p "$work/results/$name"
    local job
    job=$(sbatch --parsable --array="1-$tasks" --cpus-per-task=1 --mem=0 --output="$work/results/$name/task-%a.out" \
        --export="ALL,MLSYS=$program,RESULTS=$work/results/$name" "$root/benchmarks/cluster/slurm-array.sh" "$@")
    echo "job $job: mlsys $* in $tasks tasks"
    while [ -n "$(squeue -h -j "$job" 2> /dev/null)" ]; do sleep 0.5; done
    tail -n 1 "$work/results/$name"/task-*.out
}

problem=$root/benchmarks/problems/attention-15.json
sweep=(--capacity 30k:240k:x2,90k --bandwidth 10,30,90 --rounds 3 --seed 1)
run_array sweep sweep "$problem" "${sweep[@]}"
"$program" sweep "$problem" --merge "$work"/results/sweep/part-*.jsonl --json "$work/merged-sweep.jsonl"
"$program" sweep "$problem" "${sweep[@]}" --threads 1 --json "$work/one-sweep.jsonl" > /dev/null
"$root/benchmarks/cluster/same-rows.py" "$work/merged-sweep.jsonl" "$work/one-sweep.jsonl"

mkdir "$work/problems"
for name in mlp-4 pointwise-6 ffn-8 siblings-9 mlp-12 attention-15 moe-23; do
    cp "$root/benchmarks/problems/$name.json" "$work/problems/"
done
bench=(--rounds 3 --seed 1)
run_array bench bench "$work/problems" "${bench[@]}"
"$program" bench --merge "$work"/results/bench/part-*.jsonl --json "$work/merged-bench.jsonl"
"$program" bench "$work/problems" "${bench[@]}" --threads 1 --json "$work/one-bench.jsonl" > /dev/null
"$root/benchmarks/cluster/same-rows.py" "$work/merged-bench.jsonl" "$work/one-bench.jsonl"
