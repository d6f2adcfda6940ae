"""Makes the small models beside this script, with the operators that PyTorch's exporter writes: generate.py [FOLDER]"""
import os
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

folder = sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.abspath(__file__))


class Model:
    """A graph that grows node by node."""

    def __init__(self, name, opset=17):
        self.name, self.opset = name, opset
        self.nodes, self.weights, self.inputs, self.functions = [], [], [], []
        self.random = np.random.default_rng(7)

    def input(self, name, shape, kind=TensorProto.FLOAT):
        self.inputs.append(helper.make_tensor_value_info(name, kind, shape))
        return name

    def weight(self, name, *shape):
        data = (self.random.standard_normal(shape) / np.sqrt(max(shape[0], 1))).astype(np.float32)
        self.weights.append(numpy_helper.from_array(data, name))
        return name

    def constant(self, values, kind=np.int64):
        name = f"constant_{len(self.weights)}"
        self.weights.append(numpy_helper.from_array(np.array(values, dtype=kind), name))
        return name

    def add(self, op, *inputs, name=None, outputs=1, **attributes):
        label = f"/{name or op}_{len(self.nodes)}"
        results = [f"{label}_out{i}" for i in range(outputs)]
        self.nodes.append(helper.make_node(op, list(inputs), results, name=label, **attributes))
        return results[0] if outputs == 1 else results

    def save(self, *outputs):
        graph = helper.make_graph(
            self.nodes, self.name, self.inputs,
            [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in outputs], self.weights)
        domains = {node.domain for node in self.nodes if node.domain} | {f.domain for f in self.functions}
        opsets = [helper.make_opsetid("", self.opset)] + [helper.make_opsetid(name, 1) for name in sorted(domains)]
        model = helper.make_model(graph, opset_imports=opsets, ir_version=8, functions=self.functions)
        onnx.save(model, os.path.join(folder, self.name + ".onnx"))


def linear(m, x, name, inner, outer):
    """MatMul and Add, as the exporter writes a Linear layer of three dimensions."""
    product = m.add("MatMul", x, m.weight(f"{name}.weight", inner, outer), name=f"{name}/MatMul")
    return m.add("Add", m.weight(f"{name}.bias", outer), product, name=f"{name}/Add")


def erf_gelu(m, x):
    scaled = m.add("Div", x, m.constant(np.sqrt(2), np.float32))
    shifted = m.add("Add", m.add("Erf", scaled), m.constant(1, np.float32))
    return m.add("Mul", m.add("Mul", x, shifted), m.constant(0.5, np.float32))


def attention(m, x, name, rows, width, heads, mask=None):
    depth = width // heads
    parts = []
    for part, order in (("query", [0, 2, 1, 3]), ("key", [0, 2, 3, 1]), ("value", [0, 2, 1, 3])):
        y = linear(m, x, f"{name}.{part}", width, width)
        # The exporter computes the shape from that of the tensor.
        batch = m.add("Gather", m.add("Shape", y), m.constant(0), axis=0)
        shape = m.add(
            "Concat", m.add("Unsqueeze", batch, m.constant([0])), m.constant([-1]), m.constant([heads]),
            m.constant([depth]), axis=0)
        parts.append(m.add("Transpose", m.add("Reshape", y, shape), perm=order))
    scores = m.add("MatMul", parts[0], parts[1], name=f"{name}/scores")
    scores = m.add("Div", scores, m.constant(np.sqrt(depth), np.float32))
    if mask:
        scores = m.add("Add", scores, mask)
    context = m.add("MatMul", m.add("Softmax", scores, axis=-1), parts[2], name=f"{name}/context")
    context = m.add("Transpose", context, perm=[0, 2, 1, 3])
    context = m.add("Reshape", context, m.constant([0, 0, width]))
    return linear(m, context, f"{name}.output", width, width)


def norm(m, x, name, width):
    return m.add(
        "LayerNormalization", x, m.weight(f"{name}.weight", width), m.weight(f"{name}.bias", width), axis=-1,
        epsilon=1e-5)


def block(m, x, name, rows, width, heads, mask=None):
    x = norm(m, m.add("Add", attention(m, x, f"{name}.attention", rows, width, heads, mask), x), f"{name}.norm1", width)
    y = linear(m, erf_gelu(m, linear(m, x, f"{name}.up", width, 4 * width)), f"{name}.down", 4 * width, width)
    return norm(m, m.add("Add", y, x), f"{name}.norm2", width)


def bert():
    """Two layers with a mask, the pooler of the first row, and a batch of two."""
    m = Model("bert")
    x = m.input("embeddings", [2, 10, 16])
    mask = m.input("mask", [2, 1, 1, 10])
    penalty = m.add("Mul", m.add("Sub", m.constant(1, np.float32), mask), m.constant(-3, np.float32))
    for layer in range(2):
        x = block(m, x, f"layer.{layer}", 10, 16, 2, penalty)
    first = m.add("Gather", x, m.constant(0), axis=1)
    pooled = m.add(
        "Gemm", first, m.weight("pooler.weight", 16, 16), m.weight("pooler.bias", 16), transB=1)
    m.save(x, m.add("Tanh", pooled))


def vit():
    """Patches by a convolution, a class token, a layer with packed queries, keys and values, and a head."""
    m = Model("vit")
    x = m.input("pixels", [1, 3, 32, 32])
    x = m.add("Conv", x, m.weight("patch.weight", 16, 3, 4, 4), m.weight("patch.bias", 16), kernel_shape=[4, 4],
              strides=[4, 4])
    x = m.add("Transpose", m.add("Reshape", x, m.constant([1, 16, 64])), perm=[0, 2, 1])
    x = m.add("Concat", m.weight("token", 1, 1, 16), x, axis=1)
    x = m.add("Add", x, m.weight("position", 1, 65, 16))
    y = norm(m, x, "norm1", 16)
    y = linear(m, y, "qkv", 16, 48)
    y = m.add("Transpose", m.add("Reshape", y, m.constant([1, 65, 3, 4, 4])), perm=[2, 0, 3, 1, 4])
    q, k, v = (m.add("Gather", y, m.constant(i), axis=0) for i in range(3))
    scores = m.add("MatMul", m.add("Mul", q, m.constant(0.5, np.float32)), m.add("Transpose", k, perm=[0, 1, 3, 2]))
    y = m.add("MatMul", m.add("Softmax", scores, axis=-1), v)
    y = m.add("Reshape", m.add("Transpose", y, perm=[0, 2, 1, 3]), m.constant([1, 65, 16]))
    x = m.add("Add", x, linear(m, y, "projection", 16, 16))
    y = erf_gelu(m, linear(m, norm(m, x, "norm2", 16), "up", 16, 32))
    x = norm(m, m.add("Add", x, linear(m, y, "down", 32, 16)), "norm3", 16)
    m.save(m.add("Gemm", m.add("Gather", x, m.constant(0), axis=1), m.weight("head", 5, 16), transB=1))


def moe():
    """A dense mixture: every expert computes, the gates weigh."""
    m = Model("moe", opset=13)
    x = m.input("x", [1, 12, 8])
    gates = m.add("Softmax", m.add("MatMul", x, m.weight("router", 8, 3)), axis=-1)
    total = None
    for expert in range(3):
        y = m.add("MatMul", x, m.weight(f"expert.{expert}.up", 8, 20))
        y = m.add("Mul", y, m.add("Sigmoid", y))
        y = m.add("Mul", y, m.add("MatMul", x, m.weight(f"expert.{expert}.gate", 8, 20)))
        y = m.add("MatMul", y, m.weight(f"expert.{expert}.down", 20, 8))
        gate = m.add("Slice", gates, m.constant([expert]), m.constant([expert + 1]), m.constant([2]))
        y = m.add("Mul", y, gate)
        total = y if total is None else m.add("Add", total, y)
    m.save(total)


def moe_batched():
    """A dense mixture with the experts as a dimension of the weights."""
    m = Model("moe_batched", opset=18)
    x = m.input("x", [2, 6, 8])
    flat = m.add("Reshape", x, m.constant([-1, 8]))
    gates = m.add("Softmax", m.add("MatMul", flat, m.weight("router", 8, 3)), axis=-1)
    y = m.add("MatMul", m.add("Unsqueeze", flat, m.constant([0])), m.weight("up", 3, 8, 16))
    y = m.add("MatMul", m.add("Relu", y), m.weight("down", 3, 16, 8))
    weights = m.add("Unsqueeze", m.add("Transpose", gates, perm=[1, 0]), m.constant([2]))
    y = m.add("ReduceSum", m.add("Mul", y, weights), m.constant([0]), keepdims=0)
    m.save(m.add("Reshape", y, m.constant([2, 6, 8])))


def llama():
    """Grouped queries, rotated halves, a cache that is appended to, RMS norm from primitives, a SwiGLU."""
    m = Model("llama")
    rows, width, heads, groups, depth, past = 6, 16, 4, 2, 4, 5
    x = m.input("x", [1, rows, width])
    cos, sin = m.input("cos", [1, 1, rows, depth]), m.input("sin", [1, 1, rows, depth])
    cache = {part: m.input(f"past.{part}", [1, groups, past, depth]) for part in ("key", "value")}

    def rms(x, name):
        mean = m.add("ReduceMean", m.add("Pow", x, m.constant(2, np.float32)), axes=[-1])
        root = m.add("Sqrt", m.add("Add", mean, m.constant(1e-6, np.float32)))
        return m.add("Mul", m.weight(name, width), m.add("Mul", x, m.add("Div", m.constant(1, np.float32), root)))

    def split(x, name, count):
        y = m.add("MatMul", x, m.weight(name, width, count * depth))
        return m.add("Transpose", m.add("Reshape", y, m.constant([1, rows, count, depth])), perm=[0, 2, 1, 3])

    def rotate(x):
        half = depth // 2
        low = m.add("Slice", x, m.constant([0]), m.constant([half]), m.constant([3]))
        high = m.add("Slice", x, m.constant([half]), m.constant([2**63 - 1]), m.constant([3]))
        turned = m.add("Concat", m.add("Neg", high), low, axis=-1)
        return m.add("Add", m.add("Mul", x, cos), m.add("Mul", turned, sin))

    def repeat(x):
        y = m.add("Expand", m.add("Unsqueeze", x, m.constant([2])), m.constant([1, groups, heads // groups, 1, 1]))
        return m.add("Reshape", y, m.constant([1, heads, past + rows, depth]))

    y = rms(x, "norm1")
    q, k, v = split(y, "q", heads), split(y, "k", groups), split(y, "v", groups)
    keys = m.add("Concat", cache["key"], rotate(k), axis=2)
    values = m.add("Concat", cache["value"], v, axis=2)
    scores = m.add("MatMul", rotate(q), m.add("Transpose", repeat(keys), perm=[0, 1, 3, 2]))
    scores = m.add("Mul", scores, m.constant(0.5, np.float32))
    y = m.add("MatMul", m.add("Softmax", scores, axis=-1), repeat(values))
    y = m.add("Reshape", m.add("Transpose", y, perm=[0, 2, 1, 3]), m.constant([1, rows, width]))
    x = m.add("Add", x, m.add("MatMul", y, m.weight("o", width, width)))
    y = rms(x, "norm2")
    gate = m.add("MatMul", y, m.weight("gate", width, 24))
    y = m.add("Mul", m.add("Mul", gate, m.add("Sigmoid", gate)), m.add("MatMul", y, m.weight("up", width, 24)))
    m.save(m.add("Add", x, m.add("MatMul", y, m.weight("down", 24, width))), keys, values)


def mixed():
    """Einsum, reductions, Gemm with factors, splits and joins of columns, transposes, and a fused attention."""
    m = Model("mixed", opset=23)
    x = m.input("x", [2, 9, 12])
    q = m.add("Einsum", x, m.weight("wq", 12, 3, 4), equation="bsd,dhe->bhse")
    k = m.add("Einsum", x, m.weight("wk", 12, 3, 4), equation="bsd,dhe->bhse")
    y = m.add("Attention", q, k, m.add("Einsum", x, m.weight("wv", 12, 3, 4), equation="bsd,dhe->bhse"), is_causal=1)
    y = m.add("Einsum", y, m.weight("wo", 3, 4, 12), equation="bhse,hed->bsd")
    left, right = m.add("Split", y, m.constant([5, 7]), axis=2, outputs=2)
    joined = m.add("Concat", m.add("Relu", right), m.add("Tanh", left), axis=2)
    y = m.add("MatMul", joined, m.weight("joined", 12, 10))
    y = m.add("RMSNormalization", y, m.weight("scale", 10), axis=-1)
    mean = m.add("ReduceMean", y, m.constant([1]), keepdims=1)
    top = m.add("ReduceMax", y, m.constant([1, 2]), keepdims=1)
    norm2 = m.add("ReduceL2", y, m.constant([2]), keepdims=1)
    y = m.add("Add", m.add("Sub", y, mean), m.add("Mul", top, norm2))
    y = m.add("Transpose", y, perm=[0, 2, 1])
    y = m.add("MatMul", y, m.weight("token", 9, 9))
    z = m.add("LogSoftmax", y, axis=1)
    flat = m.add("Reshape", z, m.constant([20, 9]))
    m.save(m.add("Gemm", flat, m.weight("gemm", 6, 9), m.weight("addend", 6), transB=1, alpha=0.5, beta=2.0), y)


def convolution():
    """Pointwise and grouped convolutions, folded norms, pooling over the whole image: all of it exact."""
    m = Model("convolution", opset=21)
    x = m.input("x", [2, 8, 5, 6])
    y = m.add("Conv", x, m.weight("w1", 12, 8, 1, 1), m.weight("b1", 12))
    positive = np.abs(m.random.standard_normal(12)).astype(np.float32) + 0.5
    m.weights.append(numpy_helper.from_array(positive, "variance"))
    y = m.add("BatchNormalization", y, m.weight("s", 12), m.weight("t", 12), m.weight("mean", 12), "variance")
    y = m.add("Relu", y)
    y = m.add("Conv", y, m.weight("w2", 9, 4, 1, 1), group=3)
    y = m.add("GroupNormalization", y, m.weight("gs", 9), m.weight("gt", 9), num_groups=3)
    y = m.add("Conv", y, m.weight("w3", 8, 9, 1, 1))
    y = m.add("InstanceNormalization", m.add("Add", x, y), m.weight("is", 8), m.weight("it", 8))
    y = m.add("GlobalAveragePool", m.add("HardSwish", y))
    m.save(m.add("Gemm", m.add("Flatten", y), m.weight("head", 8, 4)))


def functions():
    """A layer as a function of the model, called twice with an attribute, and branches whose condition is known."""
    m = Model("functions", opset=18)
    opsets = [helper.make_opsetid("", 18), helper.make_opsetid("local", 1)]
    product = helper.make_node("Gemm", ["x", "w", "b"], ["y"])
    product.attribute.append(onnx.AttributeProto(name="alpha", ref_attr_name="factor", type=onnx.AttributeProto.FLOAT))
    m.functions.append(
        helper.make_function("local", "Linear", ["x", "w", "b"], ["y"], [product], opsets, attributes=["factor"]))
    inner = helper.make_node("Linear", ["x", "w", "b"], ["sum"], domain="local")
    inner.attribute.append(onnx.AttributeProto(name="factor", ref_attr_name="slope", type=onnx.AttributeProto.FLOAT))
    m.functions.append(helper.make_function(
        "local", "Layer", ["x", "w", "b"], ["active", "x"],
        [inner, helper.make_node("Relu", ["sum"], ["active"])], opsets, attributes=["slope"]))
    x = m.input("x", [6, 8])
    for layer in range(2):
        x, old = m.add("Layer", x, m.weight(f"w{layer}", 8, 8), m.weight(f"b{layer}", 8), outputs=2, domain="local",
                       slope=0.1 + layer)
        x = m.add("Add", x, old)
    rank = m.add("Size", m.add("Shape", x))
    condition = m.add("Equal", rank, m.constant(2))

    def branch(name, op):
        return helper.make_graph(
            [helper.make_node(op, [x], [f"{name}_inner"]), helper.make_node("Neg", [f"{name}_inner"], [f"{name}_out"])],
            name, [], [helper.make_tensor_value_info(f"{name}_out", TensorProto.FLOAT, None)])

    y = m.add("If", condition, then_branch=branch("then", "Tanh"), else_branch=branch("else", "Exp"))
    m.save(m.add("MatMul", y, m.weight("last", 8, 3)))


def decoder():
    """One step of a decoder with a cache: attention and rotation as single operators, truth values as a mask."""
    m = Model("decoder", opset=23)
    x = m.input("x", [2, 5, 16])
    cos, sin = m.input("cos", [2, 5, 2]), m.input("sin", [2, 5, 2])
    past = [m.input(f"past.{part}", [2, 2, 3, 4]) for part in ("key", "value")]
    mask = m.add("Cast", m.input("seen", [5, 8], TensorProto.INT64), to=TensorProto.BOOL)
    mask = m.add("Or", mask, m.add("Equal", m.constant([[1] + [0] * 7]), m.constant(1)))
    q = m.add("MatMul", x, m.weight("q", 16, 16))
    k = m.add("MatMul", x, m.weight("k", 16, 8))
    v = m.add("MatMul", x, m.weight("v", 16, 8))
    q = m.add("RotaryEmbedding", q, cos, sin, num_heads=4)
    k = m.add("RotaryEmbedding", k, cos, sin, num_heads=2)
    y, keys, values = m.add("Attention", q, k, v, mask, *past, outputs=3, q_num_heads=4, kv_num_heads=2)
    m.save(m.add("MatMul", y, m.weight("o", 16, 16)), keys, values)


def fused():
    """A layer twice: with the operators of com.microsoft, and with those of ONNX; the difference is the output."""
    m = Model("fused")
    ms = "com.microsoft"
    x = m.input("x", [2, 6, 16])
    mask = m.add("Greater", m.input("noise", [2, 6]), m.constant(-1, np.float32))
    mask = m.add("Cast", mask, to=TensorProto.INT32)
    w, b, o = m.weight("qkv", 16, 48), m.weight("qkv.bias", 48), m.weight("o", 16, 16)
    up, bias, down = m.weight("up", 16, 32), m.weight("up.bias", 32), m.weight("down", 32, 16)
    g, beta, last = m.weight("g", 16), m.weight("beta", 16), m.weight("last", 16)

    packed = m.add("Add", m.add("MatMul", x, w), b)
    parts = [m.add("Transpose", m.add("Reshape", part, m.constant([2, 6, 4, 4])), perm=[0, 2, 1, 3])
             for part in m.add("Split", packed, outputs=3, axis=2)]
    scores = m.add("MatMul", parts[0], m.add("Transpose", parts[1], perm=[0, 1, 3, 2]))
    scores = m.add("Mul", scores, m.constant(0.5, np.float32))
    hidden = m.add("Cast", m.add("Sub", m.constant(1, np.int32), mask), to=TensorProto.FLOAT)
    penalty = m.add("Mul", m.add("Unsqueeze", hidden, m.constant([1, 2])), m.constant(-10000, np.float32))
    y = m.add("MatMul", m.add("Softmax", m.add("Add", scores, penalty), axis=-1), parts[2])
    y = m.add("Reshape", m.add("Transpose", y, perm=[0, 2, 1, 3]), m.constant([2, 6, 16]))
    y = m.add("MatMul", y, o)
    y = m.add("LayerNormalization", m.add("Add", y, x), g, beta, axis=-1, epsilon=1e-5)
    z = erf_gelu(m, m.add("Add", m.add("MatMul", y, up), bias))
    plain = m.add("Add", m.add("Mul", m.add("MatMul", z, down), m.constant(0.25, np.float32)), last)

    y = m.add("Attention", x, w, b, mask, domain=ms, num_heads=4)
    y = m.add("SkipLayerNormalization", m.add("MatMul", y, o), x, g, beta, domain=ms, epsilon=1e-5)
    z = m.add("BiasGelu", m.add("MatMul", y, up), bias, domain=ms)
    turned = m.add("Transpose", z, perm=[0, 2, 1])
    fast = m.add("FusedMatMul", turned, down, domain=ms, transA=1, alpha=0.25)
    m.save(m.add("Sub", m.add("Add", fast, last), plain), plain)


if __name__ == "__main__":
    for make in (bert, vit, moe, moe_batched, llama, mixed, convolution, functions, decoder, fused):
        make()
