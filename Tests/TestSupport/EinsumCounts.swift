import CostModel
import TensorGraph

/// What a run over random steps came across of RULES 7: the number of steps in which each hard case occurred.
public struct EinsumCounts: Sendable, Hashable, CustomStringConvertible {
    /// A tensor written in the step is read with rows and columns exchanged.
    public var transposedReads = 0
    /// A vector written in the step is read for every row, or for every column.
    public var broadcasts = 0
    /// A reducing op that is not a sink.
    public var foldedReductions = 0
    /// Reducing ops, but no sink.
    public var sinkless = 0
    /// A tensor written and read in the step that is retained.
    public var retainedInternals = 0
    /// Two reads of one tensor from outside, in one role, that are one slice.
    public var sharedSlices = 0
    /// An op after a sink that reads a vector.
    public var epiloguesWithVectors = 0
    /// A map in front of an operand that is read transposed.
    public var prologuesOfTransposed = 0
    /// An op that reads one tensor twice.
    public var readTwice = 0
    /// An op that costs nothing.
    public var free = 0

    /// Creates counts of zero.
    public init() {}

    /// The names and numbers.
    public var fields: [(name: String, count: Int)] {
        [
            ("transposed reads inside", transposedReads), ("broadcasts of internal vectors", broadcasts),
            ("reducing ops that are no sinks", foldedReductions), ("reducing ops and no sink", sinkless),
            ("retained internal tensors", retainedInternals), ("shared slices of equal role", sharedSlices),
            ("epilogues with vectors", epiloguesWithVectors),
            ("prologues before transposed operands", prologuesOfTransposed), ("tensors read twice", readTwice),
            ("free ops", free),
        ]
    }

    /// One line.
    public var description: String { fields.map { "\($0.count) \($0.name)" }.joined(separator: ", ") }

    /// The names of what occurs in a step.
    static func names(_ structure: StepStructure, resident: [TensorID], in problem: Problem) -> [String] {
        var counts = EinsumCounts()
        counts.count(structure, resident: resident, in: problem)
        return counts.fields.filter { $0.count > 0 }.map(\.name)
    }

    mutating func count(_ structure: StepStructure, resident: [TensorID], in problem: Problem) {
        let members = Set(structure.ops)
        var seen = Set<EinsumFeature>()
        var slices = Set<SliceReading>()
        for (op, part) in zip(structure.ops.map { problem[$0] }, structure.parts) {
            if op.isReducing, part == .inner { seen.insert(.foldedReduction) }
            if op.baseCost == 0 { seen.insert(.free) }
            if Set(op.inputs).count < op.inputs.count { seen.insert(.readTwice) }
            for (tensor, access) in zip(op.inputs, op.einsum.inputs) {
                let hasOne = access.rows == .one || access.columns == .one
                if part == .epilogue, hasOne { seen.insert(.epilogueWithVector) }
                guard let producer = problem.graph.producers[tensor.index], members.contains(producer) else {
                    // Reads by the same access of ops that play the same part ask for the same slice.
                    let reading = SliceReading(tensor: tensor, access: access, part: part, isReducing: op.isReducing)
                    let isNew = slices.insert(reading).inserted
                    if !isNew, part != .inner, !resident.contains(tensor) { seen.insert(.sharedSlice) }
                    continue
                }
                if hasOne, !op.isReducing { seen.insert(.broadcast) }
                let isTransposed =
                    access.rows == .column || access.columns == .row || access == Access(.reduction, .row)
                    || access == Access(.column, .reduction)
                guard isTransposed else { continue }
                seen.insert(.transposedRead)
                if op.isReducing, !problem[producer].isReducing { seen.insert(.prologueOfTransposed) }
            }
        }
        if structure.hasReducingOp, structure.sinkCount == 0 { seen.insert(.sinkless) }
        let isInternal = { (tensor: TensorID) in problem.graph.readers[tensor.index].contains(where: members.contains) }
        if structure.retained.contains(where: isInternal) { seen.insert(.retainedInternal) }
        for feature in seen { self[keyPath: feature.counter] += 1 }
    }
}

private struct SliceReading: Hashable {
    let tensor: TensorID
    let access: Access
    let part: StepStructure.Part
    let isReducing: Bool
}

private enum EinsumFeature {
    case transposedRead, broadcast, foldedReduction, sinkless, retainedInternal, sharedSlice, epilogueWithVector
    case prologueOfTransposed, readTwice, free

    var counter: WritableKeyPath<EinsumCounts, Int> {
        switch self {
        case .transposedRead: \.transposedReads
        case .broadcast: \.broadcasts
        case .foldedReduction: \.foldedReductions
        case .sinkless: \.sinkless
        case .retainedInternal: \.retainedInternals
        case .sharedSlice: \.sharedSlices
        case .epilogueWithVector: \.epiloguesWithVectors
        case .prologueOfTransposed: \.prologuesOfTransposed
        case .readTwice: \.readTwice
        case .free: \.free
        }
    }
}
