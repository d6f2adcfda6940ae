"""Runs a model with onnx.reference on random inputs and prints every tensor of it as JSON.

reference.py MODEL SEED: {name: {"shape": [...], "data": [...]}} for inputs, weights, and what each node writes.
"""
import json
import math
import sys

import numpy
import onnx
from onnx import numpy_helper
from onnx.reference import ReferenceEvaluator

model = onnx.load(sys.argv[1])
random = numpy.random.default_rng(int(sys.argv[2]))
values = {t.name: numpy_helper.to_array(t) for t in model.graph.initializer}
feeds = {}
for tensor in model.graph.input:
    if tensor.name in values:
        continue
    shape = [d.dim_value or 1 for d in tensor.type.tensor_type.shape.dim]
    kind = onnx.helper.tensor_dtype_to_np_dtype(tensor.type.tensor_type.elem_type)
    if numpy.issubdtype(kind, numpy.floating):
        feeds[tensor.name] = random.standard_normal(shape).astype(kind)
    else:
        feeds[tensor.name] = random.integers(0, 4, shape).astype(kind)
# What com.microsoft's operators write is not known here, nor what depends on it.
known = set(values) | {""} | {tensor.name for tensor in model.graph.input}
nodes = []
for node in model.graph.node:
    if node.domain != "com.microsoft" and all(name in known for name in node.input):
        nodes.append(node)
        known.update(node.output)
del model.graph.node[:]
model.graph.node.extend(nodes)
names = [name for node in model.graph.node for name in node.output if name]
# Written as outputs, so that the evaluator returns them all.
shapes = {info.name: info for info in model.graph.output}
del model.graph.output[:]
for name in names:
    model.graph.output.append(shapes.get(name) or onnx.ValueInfoProto(name=name))
results = ReferenceEvaluator(model).run(names, feeds)
values.update(feeds)
values.update(zip(names, results))
# Windows that do not overlap, in the layout in which pooling reads them: [batch, channels, places, windows].
for node in nodes:
    kernel = next((list(a.ints) for a in node.attribute if a.name == "kernel_shape"), [])
    if node.op_type in ("AveragePool", "MaxPool") and len(kernel) == 2:
        image = values[node.input[0]]
        (n, c, h, w), (y, x) = image.shape, kernel
        windows = image[:, :, :h // y * y, :w // x * x].reshape(n, c, h // y, y, w // x, x)
        values[node.input[0] + " (gathered)"] = windows.transpose(0, 1, 3, 5, 2, 4).reshape(n, c, y * x, -1)


def number(value):
    """JSON has no infinities; masks do, and logarithms of 0 that a Where leaves out."""
    return value if math.isfinite(value) else str(value)


json.dump(
    {name: {"shape": list(numpy.shape(v)),
            "data": [number(x) for x in numpy.asarray(v, dtype=float).ravel().tolist()]}
     for name, v in values.items() if not isinstance(v, list) and numpy.size(v) < 4_000_000}, sys.stdout)
