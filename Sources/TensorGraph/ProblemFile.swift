import Foundation

/// The contest's JSON form of a problem (RULES 1).
public struct ProblemFile: Codable, Sendable {
    var widths: [Int]
    var heights: [Int]
    var inputs: [[Int]]
    var outputs: [[Int]]
    var baseCosts: [Double]
    var opTypes: [String]
    var fastMemoryCapacity: Int
    var slowMemoryBandwidth: Double
    var nativeGranularity: [Int]

    enum CodingKeys: String, CodingKey {
        case widths, heights, inputs, outputs
        case baseCosts = "base_costs"
        case opTypes = "op_types"
        case fastMemoryCapacity = "fast_memory_capacity"
        case slowMemoryBandwidth = "slow_memory_bandwidth"
        case nativeGranularity = "native_granularity"
    }

    /// Decodes the fields; a number that does not fit is reported with its place.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        widths = try container.decodeLocated(.widths)
        heights = try container.decodeLocated(.heights)
        inputs = try container.decodeLocated(.inputs)
        outputs = try container.decodeLocated(.outputs)
        baseCosts = try container.decodeLocated(.baseCosts)
        opTypes = try container.decode([String].self, forKey: .opTypes)
        fastMemoryCapacity = try container.decodeLocated(.fastMemoryCapacity)
        slowMemoryBandwidth = try container.decodeLocated(.slowMemoryBandwidth)
        nativeGranularity = try container.decodeLocated(.nativeGranularity)
    }

    /// The file form of a problem.
    public init(_ problem: Problem) {
        widths = problem.tensors.map(\.width)
        heights = problem.tensors.map(\.height)
        inputs = problem.ops.map { $0.inputs.map(\.index) }
        outputs = problem.ops.map { $0.outputs.map(\.index) }
        baseCosts = problem.ops.map(\.baseCost)
        opTypes = problem.ops.map(\.typeName)
        fastMemoryCapacity = problem.hardware.fastMemoryCapacity
        slowMemoryBandwidth = problem.hardware.slowMemoryBandwidth
        nativeGranularity = [problem.hardware.nativeWidth, problem.hardware.nativeHeight]
    }

    /// Reads and validates a problem file.
    ///
    /// - Throws: ``FileError`` that names the file, the op or tensor and what is wrong.
    public static func read(_ path: String) throws(FileError) -> Problem {
        let file = try decodeJSON(ProblemFile.self, path: path) { list, index in
            list == "widths" || list == "heights" ? "tensor \(index)" : "op \(index)"
        }
        do throws(ProblemError) {
            return try file.problem()
        } catch {
            throw FileError(path: path, kind: .badData, message: error.description)
        }
    }

    /// Writes a problem file; see ``writeAtomically(_:to:)`` for what happens to an existing one.
    ///
    /// - Throws: ``FileError`` of kind `cannotCreate`.
    public static func write(_ problem: Problem, to path: String) throws(FileError) {
        try writeAtomically(text(of: problem), to: path)
    }

    /// The JSON text of a problem, one list per line.
    public static func text(of problem: Problem) -> String {
        let file = ProblemFile(problem)
        let fields = [
            ("widths", jsonList(file.widths)), ("heights", jsonList(file.heights)),
            ("inputs", jsonList(file.inputs.map(jsonList))), ("outputs", jsonList(file.outputs.map(jsonList))),
            ("base_costs", jsonList(file.baseCosts.map(jsonNumber))),
            ("op_types", jsonList(file.opTypes.map { "\"\($0)\"" })),
            ("fast_memory_capacity", "\(file.fastMemoryCapacity)"),
            ("slow_memory_bandwidth", jsonNumber(file.slowMemoryBandwidth)),
            ("native_granularity", jsonList(file.nativeGranularity)),
        ]
        return "{\n" + fields.map { "  \"\($0.0)\": \($0.1)" }.joined(separator: ",\n") + "\n}\n"
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
        guard nativeGranularity.count == 2 else {
            throw ProblemError(.problem, "native_granularity has \(nativeGranularity.count) numbers, not two")
        }
        var ops: [Op] = []
        ops.reserveCapacity(inputs.count)
        for index in inputs.indices {
            guard let kind = OpKind(rawValue: opTypes[index]) else {
                throw ProblemError(
                    .op(OpID(index)), "type \"\(opTypes[index].prefix(40))\" is neither MatMul nor Pointwise")
            }
            ops.append(
                Op(
                    kind: kind, inputs: inputs[index].map { TensorID($0) },
                    outputs: outputs[index].map { TensorID($0) }, baseCost: baseCosts[index]))
        }
        return try Problem(
            tensors: zip(widths, heights).map { Tensor(width: $0, height: $1) }, ops: ops,
            hardware: Hardware(
                fastMemoryCapacity: fastMemoryCapacity, slowMemoryBandwidth: slowMemoryBandwidth,
                nativeWidth: nativeGranularity[0], nativeHeight: nativeGranularity[1]))
    }
}
