"""Writes microsoft.onnx, operators of com.microsoft side by side, and microsoft.json, what onnxruntime computes.

microsoft.py: needs Python's packages onnx, onnxruntime and numpy. The tests read both files and need none of them.
"""
import json
import pathlib

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper

FOLDER = pathlib.Path(__file__).resolve().parent
random = np.random.default_rng(7)
nodes, inputs, feeds, outputs, gathered = [], [], {}, [], {}


def value(name, array):
    """A graph input of these elements."""
    kind = helper.np_dtype_to_tensor_dtype(array.dtype)
    inputs.append(helper.make_tensor_value_info(name, kind, array.shape))
    feeds[name] = array
    return name


def noise(name, *shape):
    return value(name, random.standard_normal(shape).astype(np.float32))


def add(type, *names, count=1, shape=None, domain="com.microsoft", **attributes):
    """A node whose first output is one of the model."""
    name = f"{type}_{len(nodes)}"
    written = [f"{name}.{index}" for index in range(count)]
    nodes.append(helper.make_node(type, list(names), written, name=name, domain=domain, **attributes))
    outputs.append(helper.make_tensor_value_info(written[0], TensorProto.FLOAT, shape))


x, skip = noise("x", 2, 6, 16), noise("skip", 2, 6, 16)
wide, bias = noise("wide", 2, 6, 32), noise("bias", 32)
a, b, c = noise("a", 5, 8), noise("b", 7, 8), noise("c", 5, 7)
gamma, beta, short = noise("gamma", 16), noise("beta", 16), noise("short", 16)

add("FusedMatMul", "a", "b", transB=1, alpha=0.25, shape=[5, 7])
add("FusedMatMul", "c", "a", transA=1, alpha=-1.5, shape=[7, 8])
add("FusedMatMul", x, skip, transB=1, shape=[2, 6, 6])
add("FusedGemm", "a", "b", "c", transB=1, alpha=0.5, beta=2.0, activation="Relu", shape=[5, 7])
add("FusedGemm", "a", "b", "c", transB=1, activation="LeakyRelu", activation_alpha=0.2, shape=[5, 7])
add("Gelu", wide, shape=[2, 6, 32])
add("BiasGelu", wide, bias, shape=[2, 6, 32])
add("FastGelu", wide, bias, shape=[2, 6, 32])
add("FastGelu", wide, shape=[2, 6, 32])
add("QuickGelu", wide, alpha=1.25, shape=[2, 6, 32])
add("SkipLayerNormalization", x, skip, gamma, beta, epsilon=1e-3, shape=[2, 6, 16])
add("SkipLayerNormalization", x, skip, gamma, beta, short, epsilon=1e-5, shape=[2, 6, 16])
add("SkipSimplifiedLayerNormalization", x, skip, gamma, epsilon=1e-3, shape=[2, 6, 16])
add("SimplifiedLayerNormalization", x, gamma, domain="", axis=-1, epsilon=1e-3, shape=[2, 6, 16])

# One product for queries, keys and values; a mask of columns, of another length for each batch.
packed, packed_bias = noise("packed", 16, 48), noise("packed.bias", 48)
mask = value("mask", np.array([[1] * 6, [1, 1, 1, 0, 0, 0]], dtype=np.int32))
add("Attention", x, packed, packed_bias, mask, num_heads=4, shape=[2, 6, 16])
add("Attention", x, packed, packed_bias, num_heads=2, scale=0.3, shape=[2, 6, 16])
add("Attention", x, packed, packed_bias, num_heads=4, unidirectional=1, shape=[2, 6, 16])
uneven, uneven_bias = noise("uneven", 16, 40), noise("uneven.bias", 40)
add("Attention", x, uneven, uneven_bias, num_heads=4, qkv_hidden_sizes=[16, 16, 8], shape=[2, 6, 8])

query, key, values = noise("query", 2, 6, 16), noise("key", 2, 9, 16), noise("values", 2, 9, 16)
relative = noise("relative", 1, 4, 6, 9)
add("MultiHeadAttention", query, key, values, num_heads=4, shape=[2, 6, 16])
add("MultiHeadAttention", query, key, values, packed_bias, "", relative, num_heads=4, scale=0.7, shape=[2, 6, 16])
add("MultiHeadAttention", query, "key4", "values4", num_heads=4, shape=[2, 6, 16])
noise("key4", 2, 4, 9, 4)
noise("values4", 2, 4, 9, 4)

# Four heads of queries share two of keys and values; nothing is cached.
lengths, total = value("lengths", np.array([5, 5], dtype=np.int32)), value("total", np.array([6], dtype=np.int32))
for window in (-1, 3):
    add("GroupQueryAttention", wide, x, skip, "", "", lengths, total, count=3, num_heads=4, kv_num_heads=2,
        local_window_size=window, shape=[2, 6, 32])

positions = value("positions", np.array([[0, 1, 2, 3, 4, 5], [2, 3, 4, 5, 6, 7]], dtype=np.int64))
cosines, sines = noise("cosines", 8, 2), noise("sines", 8, 2)
four = noise("four", 2, 4, 6, 4)
for interleaved in (0, 1):
    add("RotaryEmbedding", four, positions, cosines, sines, interleaved=interleaved, shape=[2, 4, 6, 4])
# Rows that the positions choose, as an import finds them in slow memory.
for table in (cosines, sines):
    gathered[f"{table} (gathered)"] = feeds[table][feeds[positions]].reshape(2, 1, 6, 2)

image, kernel, kernel_bias = noise("image", 1, 3, 4, 4), noise("kernel", 5, 3, 1, 1), noise("kernel.bias", 5)
add("FusedConv", image, kernel, kernel_bias, activation="Relu", kernel_shape=[1, 1], shape=[1, 5, 4, 4])

graph = helper.make_graph(nodes, "microsoft", inputs, outputs)
opsets = [helper.make_opsetid("", 17), helper.make_opsetid("com.microsoft", 1)]
model = helper.make_model(graph, opset_imports=opsets, ir_version=8)
onnx.save(model, FOLDER / "microsoft.onnx")
options = onnxruntime.SessionOptions()
options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
results = dict(zip([output.name for output in outputs], session.run(None, feeds)))
found = {**feeds, **gathered, **results}
text = json.dumps({name: {"shape": list(a.shape), "data": [float(f"{v:.7g}") for v in a.ravel()]}
                   for name, a in sorted(found.items())}, separators=(",", ":"))
(FOLDER / "microsoft.json").write_text(text + "\n")
