#!/bin/sh
# Records what the search finds for our problems in 50 rounds, or with --check compares it with what is recorded, in
# Tests/CommandTests/Golden/rounds-50.txt. A commit that changes the file says why the search has changed.
# Uses a release build; takes about ten minutes.
set -eu
cd "$(dirname "$0")/.."
case "${1:-}" in
    '') mode=record ;;
    --check) mode=all ;;
    *) echo "usage: $0 [--check]" >&2; exit 64 ;;
esac
mkdir -p Tests/CommandTests/Golden
swift build -c release --product mlsys
MLSYS_GOLDEN=$mode MLSYS_PROGRAM=$(swift build -c release --show-bin-path)/mlsys swift test --filter GoldenTests
