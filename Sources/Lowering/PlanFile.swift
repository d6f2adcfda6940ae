import Foundation
import TensorGraph

/// A plan as JSON, one iteration per line (`models/schema/plan.schema.json`).
public struct PlanFile {
    /// Iterations that a file lists at most; more would make a file that nobody reads.
    public static let maximumIterations = 1 << 18

    private let plan: Plan

    /// Prepares to write a plan.
    public init(_ plan: Plan) { self.plan = plan }

    /// The whole file.
    ///
    /// - Throws: ``LoweringError`` for a plan of more iterations than ``maximumIterations``; `EncodingError` never.
    public func text() throws -> String {
        var total = 0
        for (number, step) in plan.steps.enumerated() {
            guard let count = step.loops.iterations, total + count <= Self.maximumIterations else {
                throw LoweringError(
                    step: number,
                    "brings the iterations above \(Self.maximumIterations), the most that a plan lists; "
                        + "--format loops describes any number")
            }
            total += count
        }
        var lines = [
            "{", "\"fast_memory_capacity\": \(plan.problem.hardware.fastMemoryCapacity),",
            "\"loaded\": \(jsonNumber(plan.loadedElements)),", "\"evicted\": \(jsonNumber(plan.evictedElements)),",
            "\"peak\": \(jsonNumber(plan.peakWorkingSet)),", "\"steps\": [",
        ]
        for (number, step) in plan.steps.enumerated() {
            let entry = StepEntry(step, problem: plan.problem)
            lines.append(String(try json(entry).dropLast()) + ",\n \"iterations\": [")
            var iterations: [String] = []
            try step.forEachIteration(of: plan.problem) {
                iterations.append("  " + (try json(IterationEntry($0, step: step))))
            }
            lines.append(iterations.joined(separator: ",\n"))
            lines.append(number == plan.steps.count - 1 ? " ]}" : " ]},")
        }
        lines.append("]")
        lines.append("}")
        return lines.joined(separator: "\n") + "\n"
    }

    private func json(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }
}

/// What is true of all iterations of a step.
private struct StepEntry: Encodable {
    struct Kept: Encodable {
        let tensor: Int
        let address: Int
        let size: Int

        init(_ kept: KeptTensor) { (tensor, address, size) = (kept.tensor.index, kept.address, kept.size) }
    }
    struct Slice: Encodable {
        let tensor: Int
        let role: String
        let rows: String
        let columns: String
    }

    let ops: [Int]
    let granularity: [Int]
    let grid: [Int]
    let reductionSteps: Int
    let order: String
    let resident: [Kept]
    let retained: [Kept]
    let evicts: [Int]
    let slices: [Slice]

    init(_ step: StepPlan, problem: Problem) {
        ops = step.ops.map(\.index)
        let size = step.loops.granularity
        granularity = [size.width, size.height, size.depth]
        grid = [step.loops.tileRows, step.loops.tileColumns]
        reductionSteps = step.loops.reductionSteps
        order = step.loops.order.name
        resident = step.resident.map(Kept.init)
        retained = step.retained.map(Kept.init)
        evicts = step.evicted.map(\.index)
        slices = step.slices.map {
            Slice(
                tensor: $0.tensor.index, role: $0.role.rawValue, rows: $0.region.rows.rawValue,
                columns: $0.region.columns.rawValue)
        }
    }
}

/// One iteration. Ranges are half-open.
private struct IterationEntry: Encodable {
    struct Buffer: Encodable {
        let tensor: Int
        let role: String?
        let rows: [Int]
        let columns: [Int]
        let address: Int
        let size: Int

        init(_ held: HeldBlock) {
            tensor = held.tensor.index
            role = held.role?.rawValue
            rows = [held.block.rows.lowerBound, held.block.rows.upperBound]
            columns = [held.block.columns.lowerBound, held.block.columns.upperBound]
            address = held.address
            size = held.block.size
        }
    }
    struct Work: Encodable {
        /// Absent for a copy within the step.
        let op: Int?
        let copy: Int?
        let rows: [Int]
        let columns: [Int]
        let reduction: [Int]?
    }

    let tile: Int
    let kStep: Int
    let drop: [Buffer]
    let load: [Buffer]
    let keep: [Buffer]
    let tiles: [Buffer]
    let compute: [Work]
    let evict: [Buffer]
    let workingSet: Int

    init(_ iteration: PlannedIteration, step: StepPlan) {
        tile = iteration.position.tile
        kStep = iteration.position.depth
        drop = iteration.dropped.map(Buffer.init)
        load = iteration.loaded.map(Buffer.init)
        keep = iteration.kept.map(Buffer.init)
        tiles = iteration.tiles.map(Buffer.init)
        evict = iteration.evicted.map(Buffer.init)
        compute = iteration.actions.map { number, block in
            let rows = [block.rows.lowerBound, block.rows.upperBound]
            let columns = [block.columns.lowerBound, block.columns.upperBound]
            switch step.actions[number] {
            case .compute(let computation):
                let reduction = computation.reduction.flatMap { side -> [Int]? in
                    guard side == .reduction else { return nil }
                    let range = step.loops.range(side, length: step.loops.reduction, at: iteration.position)
                    return [range.lowerBound, range.upperBound]
                }
                return Work(
                    op: computation.op.index, copy: nil, rows: rows, columns: columns, reduction: reduction)
            case .copy(let tensor, _, _, _):
                return Work(op: nil, copy: tensor.index, rows: rows, columns: columns, reduction: nil)
            }
        }
        workingSet =
            (step.resident + step.retained).reduce(0) { $0 + $1.size } + iteration.heldElements
    }
}
