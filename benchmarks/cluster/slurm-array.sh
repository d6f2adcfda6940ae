#!/bin/bash
# A job array that solves the points of a sweep, or the problems of a folder, in parts; submit it with the words of the command:
#
#     sbatch --array=1-16 --export=ALL,MLSYS=$HOME/bin/mlsys,RESULTS=$PWD/results \
#         benchmarks/cluster/slurm-array.sh sweep problem.json --capacity 32k:1M:x2
#
# Each task takes the part that its number in the array names, and writes part-N.jsonl to $RESULTS. A task that was stopped, or
# sent again, goes on where it was. Then `mlsys sweep problem.json --merge $RESULTS/part-*.jsonl` has all points, or
# `mlsys bench --merge …` all problems.
#SBATCH --job-name=mlsys
#SBATCH --cpus-per-task=2
#SBATCH --mem=2G
#SBATCH --time=04:00:00
#SBATCH --requeue
set -euo pipefail
results=${RESULTS:-results}
mkdir -p "$results"
# exec, so that the signal at the end of the time limit reaches the program, which leaves a whole file behind.
exec "${MLSYS:-mlsys}" "$@" --threads "${SLURM_CPUS_PER_TASK:-2}" --shard auto \
    --json "$results/part-$SLURM_ARRAY_TASK_ID.jsonl" --resume
