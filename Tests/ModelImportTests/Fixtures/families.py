"""Makes small models of other families beside this script, each for what no other has: families.py [FOLDER]"""
import numpy as np
from onnx import TensorProto, numpy_helper

from generate import Model, block, erf_gelu, linear, norm

END = 2**63 - 1


def real(m, value):
    return m.constant(value, np.float32)


def heads(m, x, batch, rows, count, depth):
    return m.add("Transpose", m.add("Reshape", x, m.constant([batch, rows, count, depth])), perm=[0, 2, 1, 3])


def joined(m, x, batch, rows, width):
    return m.add("Reshape", m.add("Transpose", x, perm=[0, 2, 1, 3]), m.constant([batch, rows, width]))


def weigh(m, scores, values):
    return m.add("MatMul", m.add("Softmax", scores, axis=-1), values)


def scores(m, q, k):
    return m.add("MatMul", q, m.add("Transpose", k, perm=[0, 1, 3, 2]))


def part(m, x, start, end, axis, step=1):
    return m.add("Slice", x, m.constant([start]), m.constant([end]), m.constant([axis]), m.constant([step]))


def rms(m, x, name, width):
    mean = m.add("ReduceMean", m.add("Pow", x, real(m, 2)), axes=[-1])
    root = m.add("Reciprocal", m.add("Sqrt", m.add("Add", mean, real(m, 1e-6))))
    return m.add("Mul", m.weight(name, width), m.add("Mul", x, root))


def buckets(m, table, rows, columns, count):
    """T5's bias: distances fall into buckets that are found with arithmetic on ranges, and choose rows of a table."""
    place = [m.add("Range", m.constant(0), m.constant(n), m.constant(1)) for n in (rows, columns)]
    row, column = (m.add("Unsqueeze", place[axis], m.constant([1 - axis])) for axis in range(2))
    distance = m.add("Sub", column, row)
    side = m.add("Mul", m.add("Cast", m.add("Greater", distance, m.constant(0)), to=TensorProto.INT64),
                 m.constant(count // 2))
    distance, exact = m.add("Abs", distance), count // 4
    far = m.add("Log", m.add("Div", m.add("Cast", distance, to=TensorProto.FLOAT), real(m, exact)))
    far = m.add("Cast", m.add("Mul", far, real(m, (count // 2 - exact) / np.log(128 / exact))), to=TensorProto.INT64)
    far = m.add("Min", m.add("Add", m.constant(exact), far), m.constant(count // 2 - 1))
    bucket = m.add("Where", m.add("Less", distance, m.constant(exact)), distance, far)
    bias = m.add("Gather", table, m.add("Add", side, bucket), axis=0)
    return m.add("Unsqueeze", m.add("Transpose", bias, perm=[2, 0, 1]), m.constant([0]))


def translator():
    """An encoder and a decoder with cross-attention, ids that choose rows of an embedding, and tied weights."""
    m = Model("translator", opset=14)
    batch, rows, places, width, count = 2, 7, 5, 16, 4
    embedding = m.weight("shared", 32, width)
    x, y = (m.add("Gather", embedding, m.input(name, [batch, n], TensorProto.INT64))
            for name, n in (("input_ids", rows), ("decoder_ids", places)))
    seen = m.add("Cast", m.input("mask", [batch, rows], TensorProto.INT64), to=TensorProto.FLOAT)
    hidden = m.add("Mul", m.add("Sub", real(m, 1), m.add("Unsqueeze", seen, m.constant([1, 2]))), real(m, -5))

    def attend(q, kv, name, n, bias):
        split = [heads(m, m.add("MatMul", z, m.weight(f"{name}.{part}", width, width)), batch, length, count, 4)
                 for part, z, length in (("q", q, places if n[0] else rows), ("k", kv, n[1]), ("v", kv, n[1]))]
        s = m.add("Mul", scores(m, split[0], split[1]), real(m, 0.5))
        y = joined(m, weigh(m, m.add("Add", s, bias), split[2]), batch, places if n[0] else rows, width)
        return m.add("MatMul", y, m.weight(f"{name}.o", width, width))

    n = rms(m, x, "e.n1", width)
    bias = m.add("Add", buckets(m, m.weight("e.buckets", 8, count), rows, rows, 8), hidden)
    x = m.add("Add", x, attend(n, n, "e.self", (0, rows), bias))
    wide = m.add("Relu", m.add("MatMul", rms(m, x, "e.n2", width), m.weight("e.up", width, 24)))
    x = rms(m, m.add("Add", x, m.add("MatMul", wide, m.weight("e.down", 24, width))), "e.n3", width)

    place = m.add("Range", m.constant(0), m.constant(places), m.constant(1))
    later = m.add("Greater", m.add("Unsqueeze", place, m.constant([0])), m.add("Unsqueeze", place, m.constant([1])))
    causal = m.add("Where", later, real(m, -10000), real(m, 0))
    n = rms(m, y, "d.n1", width)
    y = m.add("Add", y, attend(n, n, "d.self", (1, places), causal))
    y = m.add("Add", y, attend(rms(m, y, "d.n2", width), x, "d.cross", (1, rows), hidden))
    y = m.add("Mul", rms(m, y, "d.n3", width), real(m, width**-0.5))
    m.save(m.add("MatMul", y, m.add("Transpose", embedding, perm=[1, 0])), x)


def step():
    """One row of a decoder with one key for all heads, and caches that are appended to: parts of length one."""
    m = Model("step")
    batch, past, width, count, depth = 2, 7, 16, 4, 4
    x = m.input("x", [batch, 1, width])
    cache = [m.input(f"past.{part}", [batch, 1, past, depth]) for part in ("key", "value")]
    n = norm(m, x, "norm", width)
    packed = m.add("MatMul", n, m.weight("qkv", width, width + 2 * depth))
    packed = m.add("Reshape", packed, m.constant([batch, 1, count + 2, depth]))
    q, k, v = (m.add("Transpose", part(m, packed, *ends, 2), perm=[0, 2, 1, 3])
               for ends in ((0, -2), (-2, -1), (-1, END)))
    k, v = (m.add("Concat", old, new, axis=2) for old, new in zip(cache, (k, v)))
    s = m.add("Add", m.add("Mul", scores(m, q, k), real(m, 0.5)), m.input("slopes", [batch, count, 1, past + 1]))
    y = m.add("MatMul", joined(m, weigh(m, s, v), batch, 1, width), m.weight("o", width, width))
    z = m.add("MatMul", erf_gelu(m, m.add("MatMul", n, m.weight("up", width, 32))), m.weight("down", 32, width))
    m.save(m.add("Add", m.add("Add", y, z), x), k, v)


def latent():
    """Keys and values of low rank, with halves of length one that are turned, and one turned key for all heads."""
    m = Model("latent", opset=18)
    rows, width, count, plain, turned, deep, rank = 6, 24, 3, 4, 2, 5, 7
    x = m.input("x", [1, rows, width])
    cos, sin = m.input("cos", [1, 1, rows, turned]), m.input("sin", [1, 1, rows, turned])

    def rotate(x):
        low, high = m.add("Split", x, outputs=2, axis=-1, num_outputs=2)
        other = m.add("Concat", m.add("Neg", high), low, axis=-1)
        return m.add("Add", m.add("Mul", x, cos), m.add("Mul", other, sin))

    q = m.add("MatMul", m.add("MatMul", x, m.weight("q.a", width, 9)), m.weight("q.b", 9, count * (plain + turned)))
    q = m.add("Split", heads(m, q, 1, rows, count, plain + turned), m.constant([plain, turned]), outputs=2, axis=-1)
    packed = m.add("MatMul", x, m.weight("kv.a", width, rank + turned))
    packed, key = m.add("Split", packed, m.constant([rank, turned]), outputs=2, axis=-1)
    kv = heads(m, m.add("MatMul", packed, m.weight("kv.b", rank, count * (plain + deep))), 1, rows, count, plain + deep)
    k, v = m.add("Split", kv, m.constant([plain, deep]), outputs=2, axis=-1)
    key = m.add("Expand", rotate(heads(m, key, 1, rows, 1, turned)), m.constant([1, count, rows, turned]))
    q, k = m.add("Concat", q[0], rotate(q[1]), axis=-1), m.add("Concat", k, key, axis=-1)
    y = joined(m, weigh(m, scores(m, q, k), v), 1, rows, count * deep)
    m.save(m.add("MatMul", y, m.weight("o", count * deep, width)))


def pairs():
    """Neighbouring columns turned as pairs: every second element, stacked and interleaved again."""
    m = Model("pairs", opset=13)
    rows, count, depth, turned = 5, 3, 8, 4
    width = count * depth
    x = m.input("x", [1, rows, width])
    sin, cos = (m.add("Reshape", m.add("Expand", m.input(name, [1, rows, 1, turned // 2, 1]),
                                       m.constant([1, rows, 1, turned // 2, 2])), m.constant([1, rows, 1, turned]))
                for name in ("sin", "cos"))

    def rotate(name):
        y = m.add("Reshape", m.add("MatMul", x, m.weight(name, width, width)), m.constant([1, rows, count, depth]))
        first, rest = part(m, y, 0, turned, 3), part(m, y, turned, END, 3)
        even, odd = part(m, first, 0, END, 3, 2), part(m, first, 1, END, 3, 2)
        stack = m.add("Concat", m.add("Unsqueeze", m.add("Neg", odd), m.constant([4])),
                      m.add("Unsqueeze", even, m.constant([4])), axis=4)
        other = m.add("Reshape", stack, m.constant([1, rows, count, turned]))
        y = m.add("Add", m.add("Mul", first, cos), m.add("Mul", other, sin))
        return m.add("Transpose", m.add("Concat", y, rest, axis=3), perm=[0, 2, 1, 3])

    v = heads(m, m.add("MatMul", x, m.weight("v", width, width)), 1, rows, count, depth)
    triangle = m.add("Cast", part(m, part(m, real(m, np.tril(np.ones((1, 1, 9, 9)))), 0, rows, 2), 0, rows, 3),
                     to=TensorProto.BOOL)
    s = m.add("Where", triangle, scores(m, rotate("q"), rotate("k")), real(m, -10000))
    y = m.add("MatMul", joined(m, weigh(m, s, v), 1, rows, width), m.weight("o", width, width))
    m.save(m.add("Add", block(m, y, "next", rows, width, 3), x))


def windows():
    """Attention in windows of an image, which are rolled in the second layer, and pixels of four that are joined."""
    m = Model("windows", opset=16)
    side, width, window, count = 4, 8, 2, 2
    squares, rows = (side // window)**2, window * window
    grid = m.constant([1, side // window, window, side // window, window, width])
    back = m.constant([1, side // window, side // window, window, window, width])
    image = m.constant([1, side, side, width])
    x = m.input("x", [1, side * side, width])

    def rolled(y, distance):
        for axis in (1, 2):
            y = m.add("Concat", part(m, y, distance, END, axis), part(m, y, 0, distance, axis), axis=axis)
        return y

    for layer in range(2):
        y = m.add("Reshape", norm(m, x, f"{layer}.norm1", width), image)
        y = rolled(y, 1) if layer else y
        y = m.add("Transpose", m.add("Reshape", y, grid), perm=[0, 1, 3, 2, 4, 5])
        y = linear(m, m.add("Reshape", y, m.constant([-1, rows, width])), f"{layer}.qkv", width, 3 * width)
        y = m.add("Reshape", y, m.constant([squares, rows, 3, count, width // count]))
        y = m.add("Transpose", y, perm=[2, 0, 3, 1, 4])
        q, k, v = (m.add("Gather", y, m.constant(i), axis=0) for i in range(3))
        places = m.constant([(7 * i) % 9 for i in range(rows * rows)])
        bias = m.add("Reshape", m.add("Gather", m.weight(f"{layer}.table", 9, count), places, axis=0),
                     m.constant([rows, rows, count]))
        s = m.add("Add", scores(m, q, k), m.add("Unsqueeze", m.add("Transpose", bias, perm=[2, 0, 1]), m.constant([0])))
        if layer:
            mask = np.where(np.arange(squares * rows * rows).reshape(1, squares, 1, rows, rows) % 5 == 0, -9, 0)
            s = m.add("Add", m.add("Reshape", s, m.constant([1, squares, count, rows, rows])), real(m, mask))
            s = m.add("Reshape", s, m.constant([-1, count, rows, rows]))
        y = linear(m, joined(m, weigh(m, s, v), squares, rows, width), f"{layer}.out", width, width)
        y = m.add("Reshape", m.add("Transpose", m.add("Reshape", y, back), perm=[0, 1, 3, 2, 4, 5]), image)
        y = rolled(y, -1) if layer else y
        x = m.add("Add", x, m.add("Reshape", y, m.constant([1, side * side, width])))
    y = m.add("Reshape", x, image)
    quarters = [part(m, part(m, y, i, END, 1, 2), j, END, 2, 2) for j in range(2) for i in range(2)]
    y = m.add("Reshape", m.add("Concat", *quarters, axis=-1), m.constant([1, -1, 4 * width]))
    m.save(m.add("MatMul", norm(m, y, "norm3", 4 * width), m.weight("merge", 4 * width, 2 * width)))


def pixels():
    """Norms and products over the last dimension of an image, channels that are weighed, and pools of two by two."""
    m = Model("pixels")
    x = m.input("x", [2, 8, 4, 6])
    y = norm(m, m.add("Transpose", x, perm=[0, 2, 3, 1]), "norm", 8)
    y = linear(m, erf_gelu(m, linear(m, y, "up", 8, 16)), "down", 16, 8)
    x = m.add("Add", x, m.add("Transpose", m.add("Mul", m.weight("gamma", 8), y), perm=[0, 3, 1, 2]))
    y = m.add("Conv", x, m.weight("wide", 16, 8, 1, 1), m.weight("wide.bias", 16))
    s = m.add("ReduceMean", y, axes=[2, 3], keepdims=1)
    s = m.add("Relu", m.add("Conv", s, m.weight("less", 4, 16, 1, 1), m.weight("less.bias", 4)))
    s = m.add("HardSigmoid", m.add("Conv", s, m.weight("more", 16, 4, 1, 1), m.weight("more.bias", 16)), alpha=1 / 6)
    y = m.add("Mul", s, y)
    pools = [m.add(op, y, kernel_shape=[2, 2], strides=[2, 2]) for op in ("AveragePool", "MaxPool")]
    y = m.add("ReduceMean", m.add("Concat", *pools, axis=1), axes=[2, 3], keepdims=0)
    m.save(m.add("Gemm", y, m.weight("head", 5, 32), transB=1), x)


def old():
    """Opset 9: starts, ends, axes and splits as attributes, sums over a dimension of one, ranges by NonZero."""
    m = Model("old", opset=9)
    x = m.input("x", [2, 6, 16])
    left = m.add("Slice", x, starts=[0, 0], ends=[6, 8], axes=[1, 2])
    right = m.add("Slice", x, starts=[8], ends=[END], axes=[2])
    y = m.add("MatMul", m.add("Concat", right, left, axis=2), m.weight("w", 16, 24))
    q, k, v = m.add("Split", y, split=[8, 8, 8], axis=2, outputs=3)
    y = m.add("MatMul", m.add("Softmax", m.add("MatMul", q, m.add("Transpose", k, perm=[0, 2, 1])), axis=2), v)
    y = m.add("ReduceSum", m.add("Unsqueeze", y, axes=[0]), axes=[0], keepdims=0)
    y = m.add("Dropout", y, ratio=0.5)
    ones = numpy_helper.from_array(np.array([1], np.int64))
    rows = m.add("Slice", m.add("Shape", y), starts=[1], ends=[2], axes=[0])
    places = m.add("NonZero", m.add("ConstantOfShape", rows, value=ones))
    places = m.add("Squeeze", m.add("Transpose", places), axes=[1])
    y = m.add("Add", y, m.add("Gather", m.weight("positions", 10, 8), places, axis=0))
    top = m.add("Squeeze", m.add("ReduceMean", y, axes=[1], keepdims=1), axes=[1])
    length = m.add("ReduceL2", y, axes=[2], keepdims=1)
    flat = m.add("Gemm", m.add("Flatten", y, axis=1), m.weight("flat", 48, 5), m.weight("flat.bias", 5))
    m.save(flat, m.add("Softmax", top, axis=1), m.add("Div", y, length))


def lists():
    """Lists of tensors, as some exporters write splits and stacks: taken from, and joined again."""
    m = Model("lists")
    x = m.input("x", [2, 6, 16])
    packed = m.add("SplitToSequence", m.add("MatMul", x, m.weight("qkv", 16, 24)), m.constant(8), axis=2)
    q, k, v = (m.add("SequenceAt", packed, m.constant(i)) for i in (0, 1, -1))
    y = weigh(m, m.add("MatMul", q, m.add("Transpose", k, perm=[0, 2, 1])), v)
    uneven = m.add("SplitToSequence", y, m.constant([3, 5]), axis=2)
    parts = m.add("SequenceConstruct", *(m.add("SequenceAt", uneven, m.constant(i)) for i in (1, 0)))
    y = m.add("MatMul", m.add("ConcatFromSequence", parts, axis=2), m.weight("o", 8, 16))
    single = m.add("SplitToSequence", y, axis=0, keepdims=0)
    both = m.add("SequenceConstruct", *(m.add("Tanh", m.add("SequenceAt", single, m.constant(i))) for i in (1, 0)))
    m.save(m.add("ConcatFromSequence", both, axis=0, new_axis=1))


if __name__ == "__main__":
    for make in (translator, step, latent, pairs, windows, pixels, old, lists):
        make()
