import Foundation

/// The contest's JSON form of a problem (RULES 1).
public struct ProblemFile: Codable, Sendable {
    var widths: [Int] = []
    var heights: [Int] = []
    var inputs: [[Int]] = []
    var outputs: [[Int]] = []
    var baseCosts: [Double] = []
    var opTypes: [String] = []
    var einsums: [String?]?
    var fastMemoryCapacity = 0
    var slowMemoryBandwidth = 0.0
    var nativeGranularity: [Int] = []
    var opNames: [String?]?
    var tensorNames: [String?]?
    var opFunctions: [String?]?
    var physicalUnits: PhysicalUnits?

    enum CodingKeys: String, CodingKey {
        case widths, heights, inputs, outputs, einsums
        case baseCosts = "base_costs"
        case opTypes = "op_types"
        case fastMemoryCapacity = "fast_memory_capacity"
        case slowMemoryBandwidth = "slow_memory_bandwidth"
        case nativeGranularity = "native_granularity"
        case opNames = "op_names"
        case tensorNames = "tensor_names"
        case opFunctions = "op_functions"
        case physicalUnits = "physical_units"
    }

    private init() {}

    /// The file form of a problem.
    public init(_ problem: Problem) {
        widths = problem.tensors.map(\.width)
        heights = problem.tensors.map(\.height)
        inputs = problem.ops.map { $0.inputs.map(\.index) }
        outputs = problem.ops.map { $0.outputs.map(\.index) }
        baseCosts = problem.ops.map(\.baseCost)
        opTypes = problem.ops.map(\.typeName)
        einsums = Self.list(problem.ops.map { $0.kind == nil ? $0.einsum.description : nil })
        fastMemoryCapacity = problem.hardware.fastMemoryCapacity
        slowMemoryBandwidth = problem.hardware.slowMemoryBandwidth
        nativeGranularity = [problem.hardware.nativeWidth, problem.hardware.nativeHeight]
        opNames = Self.list(problem.ops.map(\.name))
        tensorNames = problem.tensorNames.flatMap(Self.list)
        opFunctions = Self.list(problem.ops.map(\.function))
        physicalUnits = problem.physicalUnits
    }

    /// The list; nil if it says nothing, so that a file without such ops or names has no such field.
    private static func list(_ texts: [String?]) -> [String?]? { texts.contains { $0 != nil } ? texts : nil }

    /// Reads and validates a problem file.
    ///
    /// - Throws: ``FileError`` that names the file, the op or tensor and what is wrong.
    public static func read(_ path: String) throws(FileError) -> Problem {
        let file = try readJSON(ProblemFile.self, path: path) { list, index in
            switch list {
            case "widths", "heights", "tensor_names": "tensor \(index)"
            case "native_granularity": nil
            default: "op \(index)"
            }
        }
        do throws(ProblemError) {
            return try file.problem()
        } catch {
            throw FileError(path: path, kind: .badData, message: error.description)
        }
    }

    /// Writes a problem file, or replaces one in one step: readers see the old problem or the new. `-` is standard
    /// output.
    ///
    /// - Throws: ``FileError`` of kind `cannotCreate`.
    public static func write(_ problem: Problem, to path: String) throws(FileError) {
        try writeAtomically(text(of: problem), to: path)
    }

    /// The JSON text of a problem, one list per line.
    public static func text(of problem: Problem) -> String {
        let file = ProblemFile(problem)
        let texts = { (texts: [String?]?) in texts.map { jsonList($0.map(jsonString)) } }
        let fields: [(String, String?)] = [
            ("widths", jsonList(file.widths)), ("heights", jsonList(file.heights)),
            ("inputs", jsonList(file.inputs.map(jsonList))), ("outputs", jsonList(file.outputs.map(jsonList))),
            ("base_costs", jsonList(file.baseCosts.map(jsonNumber))),
            ("op_types", texts(file.opTypes)), ("einsums", texts(file.einsums)),
            ("fast_memory_capacity", "\(file.fastMemoryCapacity)"),
            ("slow_memory_bandwidth", jsonNumber(file.slowMemoryBandwidth)),
            ("native_granularity", jsonList(file.nativeGranularity)),
            ("op_names", texts(file.opNames)), ("tensor_names", texts(file.tensorNames)),
            ("op_functions", texts(file.opFunctions)), ("physical_units", file.physicalUnits?.json),
        ]
        let lines = fields.compactMap { field in field.1.map { "  \"\(field.0)\": \($0)" } }
        return "{\n" + lines.joined(separator: ",\n") + "\n}\n"
    }

    /// The validated problem.
    ///
    /// - Throws: ``ProblemError`` for the first fault of RULES 1.
    public func problem() throws(ProblemError) -> Problem {
        guard widths.count == heights.count else {
            throw ProblemError(.problem, "\(widths.count) widths but \(heights.count) heights")
        }
        for (name, count) in [
            ("outputs", outputs.count), ("base_costs", baseCosts.count), ("op_types", opTypes.count),
        ] where count != inputs.count {
            throw ProblemError(.problem, "inputs describes \(inputs.count) ops but \(name) \(count)")
        }
        for (name, list) in [("einsums", einsums), ("op_names", opNames), ("op_functions", opFunctions)] {
            guard let list, list.count != inputs.count else { continue }
            throw ProblemError(.problem, "inputs describes \(inputs.count) ops but \(name) \(list.count)")
        }
        if let tensorNames, tensorNames.count != widths.count {
            throw ProblemError(.problem, "\(widths.count) widths but \(tensorNames.count) tensor_names")
        }
        guard nativeGranularity.count == 2 else {
            throw ProblemError(.problem, "native_granularity has \(nativeGranularity.count) numbers, not two")
        }
        return try Problem(
            tensors: zip(widths, heights).map { Tensor(width: $0, height: $1) }, ops: try ops(),
            hardware: Hardware(
                fastMemoryCapacity: fastMemoryCapacity, slowMemoryBandwidth: slowMemoryBandwidth,
                nativeWidth: nativeGranularity[0], nativeHeight: nativeGranularity[1]),
            tensorNames: tensorNames, physicalUnits: physicalUnits)
    }

    private func ops() throws(ProblemError) -> [Op] {
        var ops: [Op] = []
        ops.reserveCapacity(inputs.count)
        for index in inputs.indices {
            ops.append(
                Op(
                    try einsum(ofOp: index), inputs: inputs[index].map { TensorID($0) },
                    outputs: outputs[index].map { TensorID($0) }, baseCost: baseCosts[index],
                    name: opNames?[index], function: opFunctions?[index]))
        }
        return ops
    }

    private func einsum(ofOp index: Int) throws(ProblemError) -> Einsum {
        let type = opTypes[index]
        let text = einsums?[index]
        let names = names
        func fault(_ message: String) -> ProblemError { ProblemError(.op(OpID(index)), message, names: names) }
        if let kind = OpKind(rawValue: type) {
            if let text {
                throw fault("type is \(type), so that its entry in einsums is null, not \"\(text.prefix(40))\"")
            }
            return kind == .matMul ? .matMul : .pointwise(inputs: inputs[index].count)
        }
        guard type == "Einsum" else {
            throw fault("type \"\(type.prefix(40))\" is none of MatMul, Pointwise and Einsum")
        }
        guard let text else { throw fault("type is Einsum, but einsums has no entry for it") }
        do throws(EinsumError) {
            return try Einsum(text)
        } catch {
            let (inputs, outputs) = (inputs[index].map { TensorID($0) }, outputs[index].map { TensorID($0) })
            throw fault(error.description(inputs: inputs, outputs: outputs, names))
        }
    }

    private var names: GraphNames {
        GraphNames(opNames: opNames ?? [], tensorNames: tensorNames ?? [])
    }
}

extension ProblemFile: JSONReadable {
    init(from reader: inout JSONReader) throws(JSONSyntaxError) {
        self.init()
        let required: [CodingKeys] = [
            .widths, .heights, .inputs, .outputs, .baseCosts, .opTypes, .fastMemoryCapacity, .slowMemoryBandwidth,
            .nativeGranularity,
        ]
        try reader.readObject(required: required) { field, reader throws(JSONSyntaxError) in
            switch field {
            case .widths: widths = try reader.value()
            case .heights: heights = try reader.value()
            case .inputs: inputs = try reader.value()
            case .outputs: outputs = try reader.value()
            case .baseCosts: baseCosts = try reader.value()
            case .opTypes: opTypes = try reader.value()
            case .einsums: einsums = try reader.value()
            case .fastMemoryCapacity: fastMemoryCapacity = try reader.value()
            case .slowMemoryBandwidth: slowMemoryBandwidth = try reader.value()
            case .nativeGranularity: nativeGranularity = try reader.value()
            case .opNames: opNames = try reader.value()
            case .tensorNames: tensorNames = try reader.value()
            case .opFunctions: opFunctions = try reader.value()
            case .physicalUnits: physicalUnits = try reader.value()
            }
        }
    }
}
