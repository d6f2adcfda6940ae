/// A node of the model, with its attributes by name.
struct Node {
    /// Its place in the model.
    let index: Int
    /// The node's name, or that of its first output.
    let name: String
    /// The operator, such as `MatMul`.
    let type: String
    /// Empty for the operators of ONNX itself.
    let domain: String
    /// Names of tensors; empty where an optional one is left out.
    let inputs: [String]
    /// Names of tensors; empty where an optional one is left out.
    let outputs: [String]
    /// The version of the operator set that the operator is of.
    let opset: Int

    /// Tensors that its branches or its body read from around it.
    let captured: [String]

    private let attributes: [String: Mlsys_Onnx_AttributeProto]

    init(_ read: ReadNode, index: Int) {
        let proto = read.proto
        opset = read.opset
        captured = NodeInlining.captured(by: proto)
        self.index = index
        let label = proto.name.isEmpty ? proto.output.first { !$0.isEmpty } ?? "" : proto.name
        name = label.isEmpty ? "\(proto.opType)_\(index)" : label
        type = proto.opType
        domain = proto.domain == "ai.onnx" ? "" : proto.domain
        inputs = proto.input
        outputs = proto.output
        attributes = Dictionary(proto.attribute.map { ($0.name, $0) }, uniquingKeysWith: { $1 })
    }

    func has(_ name: String) -> Bool { attributes[name] != nil }

    func int(_ name: String) -> Int? { attributes[name].map { Int($0.i) } }

    func int(_ name: String, default value: Int) -> Int { int(name) ?? value }

    func real(_ name: String) -> Double? { attributes[name].map { Double($0.f) } }

    func real(_ name: String, default value: Double) -> Double { real(name) ?? value }

    func text(_ name: String) -> String? { attributes[name].map { String(decoding: $0.s, as: UTF8.self) } }

    func ints(_ name: String) -> [Int]? { attributes[name].map { $0.ints.map(Int.init) } }

    func reals(_ name: String) -> [Double]? { attributes[name].map { $0.floats.map(Double.init) } }

    func graph(_ name: String) -> Mlsys_Onnx_GraphProto? { attributes[name].flatMap { $0.hasG ? $0.g : nil } }

    func tensor(_ name: String) -> Mlsys_Onnx_TensorProto? { attributes[name].map(\.t) }
}
