/// The model as ops on indices: every op says which index runs along which dimension of what it reads and writes.
///
/// It stands between the model, whose operators are many, and the problem, whose tensors are matrices: operators
/// become a few kinds of ``IndexedOp`` and ``View``, and a ``Partition`` of dimensions then gives the matrices.
struct IndexGraph {
    /// A tensor of the model, or one between the ops that an operator consists of.
    struct Value {
        var name: String
        var shape: [Int]
        var source: Source
        /// The node that made it; nil for inputs and weights.
        var node: Int?
        /// True for weights and what is computed from weights alone.
        var isConstant = false
        /// The elements, when they are few and known.
        var data: ConstantData?
    }

    /// Where a value comes from.
    enum Source {
        /// From outside: weights, inputs, what a boundary leaves out.
        case leaf(TensorOrigin)
        /// Written by ``IndexGraph/ops`` at this place.
        case op(Int)
        /// Another way to look at other values.
        case view(View)
    }

    /// Values in creation order; an op's or a view's inputs come first.
    private(set) var values: [Value] = []
    /// Ops in an order in which they can run.
    private(set) var ops: [IndexedOp] = []

    subscript(value: ValueID) -> Value { values[value.index] }

    mutating func add(_ value: Value) -> ValueID {
        values.append(value)
        return ValueID(index: values.count - 1)
    }

    /// Adds an op and the value that it writes.
    mutating func add(_ op: IndexedOp, name: String, shape: [Int]) -> ValueID {
        let id = add(Value(name: name, shape: shape, source: .op(ops.count), node: op.node))
        var op = op
        op.output = id
        ops.append(op)
        return id
    }

    mutating func rename(_ value: ValueID, _ name: String) { values[value.index].name = name }

    /// Removes the ops from this place on, whose results are known to be constant.
    mutating func removeOps(from place: Int) { ops.removeSubrange(place...) }
}

/// A place in ``IndexGraph/values``.
struct ValueID: Hashable {
    let index: Int
}

/// A value without elements of its own.
enum View {
    /// Dimension d of the view is dimension `order[d]` of the value.
    case transpose(ValueID, order: [Int])
    /// The same elements, row by row, in another shape.
    case reshape(ValueID)
    /// From `start` on along a dimension.
    case slice(ValueID, axis: Int, start: Int)
    /// One after the other along a dimension.
    case concat([ValueID], axis: Int)
    /// Repeats dimensions of length one; the same number of dimensions.
    case expand(ValueID)
    /// These places of a dimension.
    case pick(ValueID, axis: Int, places: [Int])

    /// What it looks at.
    var values: [ValueID] {
        switch self {
        case .transpose(let value, _), .reshape(let value), .slice(let value, _, _), .expand(let value),
            .pick(let value, _, _):
            [value]
        case .concat(let values, _): values
        }
    }
}

/// An op on indices: for all values of its output's indices, a function of its inputs, reduced over the others.
struct IndexedOp {
    /// A value read, and the index along each of its dimensions; nil where the dimension has length one.
    struct Operand {
        var value: ValueID
        var indices: [Int?]
    }

    /// The node of the model that it is part of.
    let node: Int
    /// Which part of the node, such as `exp`; empty where the node is one op.
    let part: String
    /// What it computes; see ``OpFunction``.
    let function: String?
    var inputs: [Operand]
    /// The value written, and the index along each of its dimensions.
    var output: ValueID
    let outputIndices: [Int?]
    /// The length of each index.
    let extents: [Int]
    /// The indices that are reduced.
    let reduced: [Int]
    /// True when it multiplies and adds, as matrix units do.
    let isProduct: Bool
}

/// What a tensor that no op writes stands for.
public enum TensorOrigin: Sendable, Hashable {
    /// A tensor of the model: an input, a weight, or what is computed from weights alone.
    case model(String)
    /// A number that an operator needs, such as one over a length.
    case number(Double)
    /// Computed beforehand from weights: `function` of the named tensors and numbers.
    case derived(function: String, of: [String], numbers: [Double])
    /// Written by a node beyond a boundary: the tensor's name in the model.
    case boundary(String)
    /// Elements of a tensor of the model, gathered in another layout in slow memory.
    case gathered(String)
    /// An input of the model laid out by patches that tile it: batch, groups, channels, places in a patch, patches.
    case patches(String, kernel: [Int])
}
