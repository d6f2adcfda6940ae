#!/usr/bin/env python3
"""Writes a problem of one of the shapes that are hard for programs which were made for small graphs.

    large-graph.py SHAPE OPS [-o PROBLEM]

chain        Pointwise ops in a row
fan-out      each tensor of a chain is read by 5,000 ops at most
fan-in       one op reads the outputs of all the others, 5,000 at most; the rest of the ops are a chain behind it
independent  ops that share nothing
ladder       two chains that read each other
"""
import argparse
import json


class Graph:
    def __init__(self, side):
        self.side, self.tensors = side, 0
        self.inputs, self.outputs = [], []

    def tensor(self):
        self.tensors += 1
        return self.tensors - 1

    def op(self, inputs):
        self.inputs.append(inputs)
        self.outputs.append([self.tensor()])
        return self.outputs[-1][0]


def chain(graph, ops, tensor):
    for _ in range(ops):
        tensor = graph.op([tensor])


def fan_out(graph, ops, width=5000):
    tensor = graph.tensor()
    while ops > 0:
        hub = tensor
        for _ in range(min(width, ops)):
            tensor = graph.op([hub])
        ops -= width


def fan_in(graph, ops, width=5000):
    source = graph.tensor()
    width = min(width, ops - 1)
    gathered = graph.op([graph.op([source]) for _ in range(width)])
    chain(graph, ops - 1 - width, gathered)


def independent(graph, ops):
    for _ in range(ops):
        graph.op([graph.tensor()])


def ladder(graph, ops):
    left, right = graph.tensor(), graph.tensor()
    for _ in range(ops // 2):
        left, right = graph.op([left, right]), graph.op([right, left])


shapes = {"chain": lambda graph, ops: chain(graph, ops, graph.tensor()), "fan-out": fan_out, "fan-in": fan_in,
          "independent": independent, "ladder": ladder}
parser = argparse.ArgumentParser()
parser.add_argument("shape", choices=shapes)
parser.add_argument("ops", type=int)
parser.add_argument("-o", default="/dev/stdout")
parser.add_argument("--side", type=int, default=128, help="rows and columns of every tensor")
parser.add_argument("--capacity", type=int, default=120_000)
arguments = parser.parse_args()
graph = Graph(arguments.side)
shapes[arguments.shape](graph, arguments.ops)
problem = {
    "widths": [graph.side] * graph.tensors, "heights": [graph.side] * graph.tensors,
    "inputs": graph.inputs, "outputs": graph.outputs,
    "base_costs": [100 + 100 * (index % 4) for index in range(len(graph.inputs))],
    "op_types": ["Pointwise"] * len(graph.inputs),
    "fast_memory_capacity": arguments.capacity, "slow_memory_bandwidth": 30, "native_granularity": [128, 128],
}
with open(arguments.o, "w") as file:
    json.dump(problem, file)
