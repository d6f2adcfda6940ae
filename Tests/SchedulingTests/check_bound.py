"""Tries a certificate of a bound on every step of a small problem, with the referee's own arithmetic.

    check_bound.py JUDGE.py CASES      CASES: one JSON object per line, with a problem and a certificate

Writes one JSON object per line: the steps tried, how many are worth just what they cost, and the first that is worth more.
"""
import importlib.util
import itertools
import json
import sys

sys.dont_write_bytecode = True
spec = importlib.util.spec_from_file_location("judge", sys.argv[1])
judge = importlib.util.module_from_spec(spec)
spec.loader.exec_module(judge)


def subsets(items):
    items = sorted(items)
    return itertools.chain.from_iterable(itertools.combinations(items, n) for n in range(len(items) + 1))


def orders(columns, rows):
    """The four named orders: rows or columns of tiles one after the other, every second one backwards or not."""
    by_row = [[r * columns + c for c in range(columns)] for r in range(rows)]
    by_column = [[r * columns + c for r in range(rows)] for c in range(columns)]
    for lines in (by_row, by_column):
        for snake in (False, True):
            yield [t for i, line in enumerate(lines) for t in (reversed(line) if snake and i % 2 else line)]


def upstream(p, tensors):
    found, pending = set(), [p.producer[t] for t in tensors if t in p.producer]
    while pending:
        o = pending.pop()
        if o not in found:
            found.add(o)
            pending += [p.producer[t] for t in p.inputs[o] if t in p.producer]
    return found


def value(p, c, ops, resident, retained):
    ops, resident, retained = set(ops), set(resident), set(retained)
    written = {t for o in ops for t in p.outputs[o]}
    reads = {t for o in ops for t in p.inputs[o]} - written
    evicted = {t for t in written - retained if not any(q in ops for q in p.readers.get(t, []))}
    before = upstream(p, reads | resident)
    total = sum(c["first"][o] for o in ops - before)
    total += sum(e["price"] for e in c["output"] if e["tensor"] in evicted)
    for e in c["reach"]:
        o, t = e["op"], e["tensor"]
        runs = o in ops and o not in before and t not in reads - resident
        total += e["price"] if runs or (t in evicted and o not in ops and o not in before) else 0
    for e in c["hand_off"]:
        total += e["price"] * (any(set(s) <= retained for s in e["sets"]) - any(set(s) <= resident for s in e["sets"]))
    return total


def check(problem, certificate):
    p = judge.Problem(problem)
    result = {"tried": 0, "tight": 0}
    total = sum(certificate["first"]) + sum(e["price"] for k in ("output", "reach") for e in certificate[k])
    if total < certificate["bound"] * (1 - 1e-9):
        result["violation"] = "the prices add up to %r" % total
    ranks = {}
    while len(ranks) < len(p.ops):  # producers first
        for o in p.ops:
            if o not in ranks and all(p.producer[t] in ranks for t in p.inputs[o] if t in p.producer):
                ranks[o] = len(ranks)
    cap_k = certificate["reduction_cap"] == "native"
    depth = p.native_w if cap_k else max(p.reduction(o) if p.reducing[o] else 1 for o in p.ops)
    for ops in subsets(p.ops):
        ops = sorted(ops, key=ranks.get)
        written = {t for o in ops for t in p.outputs[o]}
        found = {t for o in ops for t in p.inputs[o] if t in p.producer} - written
        for retained, resident in itertools.product(list(subsets(written)), list(subsets(found))):
            worth = value(p, certificate, ops, resident, retained)
            best = None
            for w in range(1, p.native_w + 1):
                for h in range(1, p.native_h + 1):
                    for k in range(1, depth + 1):
                        try:
                            step = judge.Step(p, ops, (w, h, k), retained, None, resident, cap_k)
                        except judge.Invalid:
                            continue
                        for order in orders(step.cols, step.rows):
                            try:
                                latency = judge.Step(p, ops, (w, h, k), retained, order, resident, cap_k).latency()
                            except judge.Invalid:
                                continue
                            best = latency if best is None else min(best, latency)
            if best is None:
                continue
            result["tried"] += 1
            if abs(worth - best) <= 1e-6 * max(1, best):
                result["tight"] += 1
            if worth > best + 1e-9 * max(1, best) and "violation" not in result:
                result["violation"] = "ops %s finding %s retaining %s: worth %r, costs %r" % (
                    ops, resident, retained, worth, best)
    return result


with open(sys.argv[2]) as cases:
    for line in cases:
        case = json.loads(line)
        print(json.dumps(check(case["problem"], case["certificate"])), flush=True)
