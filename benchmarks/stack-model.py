#!/usr/bin/env python3
"""Stacks an ONNX model on itself: stack-model.py MODEL COUNT OUTPUT

The first output of a copy is the first input of the next. Needs Python's package onnx."""
import sys

import onnx

layer, count = onnx.load(sys.argv[1]), int(sys.argv[2])
source, result = layer.graph.input[0].name, layer.graph.output[0].name
stack = onnx.ModelProto()
stack.CopyFrom(layer)
for field in ("node", "initializer", "value_info", "output"):
    stack.graph.ClearField(field)
for number in range(count):
    def name(old):
        if not old:
            return old
        if old == source:
            return source if number == 0 else f"layer.{number - 1}/{result}"
        return f"layer.{number}/{old}"

    for node in layer.graph.node:
        copy = stack.graph.node.add()
        copy.CopyFrom(node)
        copy.name = name(node.name)
        copy.input[:] = [name(old) for old in node.input]
        copy.output[:] = [name(old) for old in node.output]
    for field in ("initializer", "value_info"):
        for item in getattr(layer.graph, field):
            copy = getattr(stack.graph, field).add()
            copy.CopyFrom(item)
            copy.name = name(item.name)
output = stack.graph.output.add()
output.CopyFrom(layer.graph.output[0])
output.name = f"layer.{count - 1}/{result}"
onnx.save(stack, sys.argv[3])
