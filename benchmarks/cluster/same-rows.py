#!/usr/bin/env python3
"""Compares results of `mlsys sweep --json` or `mlsys bench --json`: everything but times has to be the same.

    same-rows.py FILE OTHER

Exits with 1, and says where, if a row differs or is in one file only.
"""
import json
import sys

TIMES = {"seconds", "seconds_to_best"}


def without_times(value):
    if isinstance(value, dict):
        return {key: without_times(part) for key, part in value.items() if key not in TIMES}
    return [without_times(part) for part in value] if isinstance(value, list) else value


def rows(path):
    found = {}
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            if row["kind"] in ("point", "problem"):
                found[row.get("number", row.get("problem"))] = without_times(row)
    return found


first, second = (rows(path) for path in sys.argv[1:3])
differ = [key for key in sorted(first.keys() | second.keys(), key=str) if first.get(key) != second.get(key)]
for key in differ:
    print(f"{key}: {json.dumps(first.get(key))}\n   and {json.dumps(second.get(key))}")
print(f"{len(first)} and {len(second)} rows, {len(differ)} differ")
sys.exit(1 if differ or not first else 0)
