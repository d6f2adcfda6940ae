/// What ops and tensors are called where a problem came from, for messages and pictures.
///
/// Ids stay beside names, because files speak of ids alone.
public struct GraphNames: Sendable, Hashable {
    /// The ops' names, by ``OpID/index``; empty if none has one.
    private let ops: [String?]
    /// The tensors' names, by ``TensorID/index``; empty if none has one.
    private let tensors: [String?]

    /// Creates names.
    init(ops: [Op] = [], tensorNames: [String?]? = nil) {
        self.ops = ops.contains { $0.name != nil } ? ops.map(\.name) : []
        tensors = tensorNames ?? []
    }

    /// Creates names from lists, which may be empty.
    init(opNames: [String?], tensorNames: [String?]) {
        ops = opNames
        tensors = tensorNames
    }

    /// True when some op has a name.
    public var hasOpNames: Bool { ops.contains { $0 != nil } }

    /// The op's name; nil if it has none, or does not exist.
    public func name(of op: OpID) -> String? { ops.indices.contains(op.index) ? ops[op.index] : nil }

    /// The tensor's name; nil if it has none, or does not exist.
    public func name(of tensor: TensorID) -> String? {
        tensors.indices.contains(tensor.index) ? tensors[tensor.index] : nil
    }

    /// `op 3`, or `op 3 (layer.0.query)`.
    public func describe(_ op: OpID) -> String { "op \(op)" + Self.suffix(name(of: op)) }

    /// `tensor 5`, or `tensor 5 (layer.0.query)`.
    public func describe(_ tensor: TensorID) -> String { "tensor \(tensor)" + Self.suffix(name(of: tensor)) }

    private static func suffix(_ name: String?) -> String {
        guard let name, !name.isEmpty else { return "" }
        return " (\(name.count > 80 ? name.prefix(79) + "…" : name[...]))"
    }
}

extension Problem {
    /// The name of an op; nil if it has none.
    public func name(of op: OpID) -> String? { names.name(of: op) }

    /// The name of a tensor; nil if it has none.
    public func name(of tensor: TensorID) -> String? { names.name(of: tensor) }

    /// `op 3`, or `op 3 (layer.0.query)`.
    public func describe(_ op: OpID) -> String { names.describe(op) }

    /// `tensor 5`, or `tensor 5 (layer.0.query)`.
    public func describe(_ tensor: TensorID) -> String { names.describe(tensor) }
}
