#!/bin/sh
# Makes the problem files in benchmarks/problems, or in the folder named as argument, anew.
# $MLSYS names the program; .build/release/mlsys by default.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
mlsys=${MLSYS:-$root/.build/release/mlsys}
folder=${1:-$root/benchmarks/problems}

# name, family and options of one problem per line
while read -r name arguments; do
    # shellcheck disable=SC2086 # the options are words
    "$mlsys" generate $arguments -o "$folder/$name.json"
done <<'PROBLEMS'
mlp-4 mlp --ops 4 --width 256 --rows 256 --hardware tight
pointwise-6 pointwise --ops 6 --width 512 --rows 256 --hardware tight
ffn-8 ffn --ops 8 --width 256 --rows 512 --hardware medium
siblings-9 siblings --ops 9 --width 512 --rows 512 --hardware medium
mlp-12 mlp --ops 12 --width 512 --rows 1024 --seed 2 --hardware loose
attention-15 attention --ops 15 --width 256 --rows 512 --heads 2 --hardware medium
random-20 random --ops 20 --width 256 --rows 512 --seed 3 --hardware tight
moe-23 moe --ops 23 --width 256 --rows 512 --heads 4 --hardware medium
tower-30 tower --ops 30 --width 384 --rows 768 --hardware medium
siblings-36 siblings --ops 36 --width 256 --rows 2048 --hardware tight
random-40 random --ops 40 --width 300 --rows 500 --seed 4 --hardware medium
gqa-45 gqa --ops 45 --width 1024 --rows 512 --heads 8 --hardware loose
attention-57 attention --ops 57 --width 1024 --rows 1024 --heads 8 --hardware loose
pointwise-80 pointwise --ops 80 --width 1024 --rows 512 --seed 5 --hardware loose
swiglu-106 swiglu --ops 106 --width 512 --rows 512 --heads 8 --hardware medium
moe-129 moe --ops 129 --width 512 --rows 1024 --heads 8 --hardware loose
random-160 random --ops 160 --width 512 --rows 512 --seed 6 --hardware medium
ffn-200 ffn --ops 200 --width 512 --rows 256 --hardware tight
swiglu-248 swiglu --ops 248 --width 1024 --rows 1024 --heads 4 --hardware loose
attention-216 attention --ops 216 --width 640 --rows 320 --heads 5 --hardware tight
mixer-20 mixer --layers 1 --width 512 --rows 196 --hardware medium
gpt-35 gpt --layers 1 --heads 2 --width 256 --rows 256 --hardware medium
llama-47 llama --layers 1 --heads 4 --width 512 --rows 256 --hardware medium
vit-99 vit --layers 2 --heads 3 --width 192 --rows 197 --hardware loose
gpt-110 gpt --layers 2 --heads 4 --width 512 --rows 512 --hardware loose
PROBLEMS
