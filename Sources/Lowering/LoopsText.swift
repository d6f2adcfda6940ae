import Foundation
import TensorGraph

/// A plan as pseudo-code with the model's names: loops, transfers with addresses, and what is computed.
///
/// Its length depends on the ops and tensors of the steps, not on the number of tiles.
public struct LoopsText {
    private let plan: Plan
    private var problem: Problem { plan.problem }

    /// Prepares to write a plan.
    public init(_ plan: Plan) { self.plan = plan }

    /// The whole text.
    public func text() -> String {
        var lines = [
            "fast memory: \(plan.problem.hardware.fastMemoryCapacity) elements, at most \(jsonNumber(plan.peakWorkingSet)) in use",
            "loaded: \(jsonNumber(plan.loadedElements)) elements, evicted: \(jsonNumber(plan.evictedElements))",
            "[r, c]: rows and columns of the tile; k: reduction of the k-step; @ address in fast memory",
        ]
        for (number, step) in plan.steps.enumerated() {
            lines.append("")
            lines += StepLoops(step, number: number, plan: plan).lines
        }
        return lines.joined(separator: "\n") + "\n"
    }
}

/// One step as pseudo-code.
private struct StepLoops {
    private let step: StepPlan
    private let problem: Problem
    private(set) var lines: [String] = []
    private var loops: LoopNest { step.loops }

    init(_ step: StepPlan, number: Int, plan: Plan) {
        self.step = step
        problem = plan.problem
        let costs = plan.evaluation.steps[number]
        lines.append("step \(number): " + step.ops.map { name($0) }.joined(separator: ", "))
        lines.append(
            "  latency \(String(format: "%.12g", costs.latency)), loads \(jsonNumber(costs.loadedElements)), evicts "
                + "\(jsonNumber(costs.evictedElements)), working set \(jsonNumber(costs.peakWorkingSet))")
        for kept in step.resident {
            lines.append(
                "  resident \(name(kept.tensor)) @ \(kept.address), \(kept.size) elements; gone after the step")
        }
        for kept in step.retained {
            lines.append("  retained \(name(kept.tensor)) @ \(kept.address), \(kept.size) elements; for the next step")
        }
        addLoops()
    }

    private mutating func addLoops() {
        let size = loops.granularity
        var indent = "  "
        func add(_ line: String, to lines: inout [String]) { lines.append(indent + line) }
        // Slices that never change are loaded once.
        for index in step.slices.indices where step.slices[index].region.isWhole {
            add("load \(slice(index))", to: &lines)
        }
        if loops.tileRows * loops.tileColumns > 1 {
            add(
                "for each tile [r, c] of \(loops.tileRows) x \(loops.tileColumns), \(loops.order.name) order:"
                    + "  # \(size.height) x \(size.width) (rows x columns)", to: &lines)
            indent += "  "
        }
        if loops.reductionSteps > 1 {
            add("for each k of \(loops.reductionSteps):  # \(size.depth) of \(loops.reduction)", to: &lines)
            indent += "  "
        }
        for index in step.slices.indices where !step.slices[index].region.isWhole {
            let changes = changes(step.slices[index].region)
            add("when \(changes) changes: load \(slice(index))", to: &lines)
        }
        for action in step.actions {
            let when =
                switch action.phase {
                case .first where loops.reductionSteps > 1: "first k: "
                case .last where loops.reductionSteps > 1: "last k: "
                default: ""
                }
            add(when + text(action), to: &lines)
        }
        for (number, tile) in step.tiles.enumerated() {
            guard case .output(let tensor) = tile.purpose else { continue }
            add(
                (loops.reductionSteps > 1 ? "last k: " : "")
                    + "evict \(name(tensor))\(indices(loops.tile)) @ \(address(step.slices.count + number))", to: &lines
            )
        }
    }

    private func changes(_ region: PlanRegion) -> String {
        let letters = [region.rows, region.columns].compactMap(letter)
        let unique = letters.enumerated().filter { letters.firstIndex(of: $1) == $0 }.map(\.element)
        return unique.joined(separator: " or ")
    }

    private func letter(_ side: SideRange) -> String? {
        switch side {
        case .whole: nil
        case .tileRows: "r"
        case .tileColumns: "c"
        case .reduction: "k"
        }
    }

    private func indices(_ region: PlanRegion) -> String {
        region.isWhole ? "" : "[\(letter(region.rows) ?? ":"), \(letter(region.columns) ?? ":")]"
    }

    private func slice(_ index: Int) -> String {
        let slice = step.slices[index]
        let most = loops.largest(slice.region, of: problem[slice.tensor])
        let elements = slice.region.isWhole ? "\(most) elements" : "up to \(most) elements"
        var text = "\(name(slice.tensor))\(indices(slice.region)) @ \(address(index)), \(elements)"
        if case .byIteration = step.layout,
            step.slices.contains(where: { $0.tensor == slice.tensor && $0.role == slice.role && $0 != slice })
        {
            text += ", unless it is there as another slice"
        }
        return text
    }

    private func address(_ buffer: Int) -> String {
        switch step.layout {
        case .fixed(let addresses): "\(addresses[buffer])"
        case .byIteration: "(by iteration)"
        }
    }

    private func text(_ action: Action) -> String {
        switch action {
        case .copy(let tensor, _, let target, _):
            return "\(place(target, tensor)) = \(name(tensor)) of the tile"
        case .compute(let computation):
            let op = problem[computation.op]
            let inputs = zip(op.inputs, op.einsum.inputs).map { tensor, access in
                "\(name(tensor))[\(read(access, computation))]"
            }
            let outputs = op.outputs.map { "\(name($0))\(indices(computation.region))" }.joined(separator: ", ")
            let call = "\(name(computation.op))(\(inputs.joined(separator: ", ")))"
            guard computation.accumulates else { return "\(outputs) = \(call)" }
            return "\(outputs) += \(call)  # in \(place(computation.targets[0], op.outputs[0]))"
        }
    }

    private func read(_ access: Access, _ computation: Computation) -> String {
        func side(_ letter: Letter) -> String {
            switch letter {
            case .row: self.letter(computation.region.rows) ?? ":"
            case .column: self.letter(computation.region.columns) ?? ":"
            case .reduction: computation.reduction.flatMap { self.letter($0) } ?? ":"
            case .one: "0"
            }
        }
        return "\(side(access.rows)), \(side(access.columns))"
    }

    private func place(_ place: Place, _ tensor: TensorID) -> String {
        switch place {
        case .tile(let number):
            switch step.tiles[number].purpose {
            case .output(let output): "the tile of \(name(output))"
            case .accumulator: "a tile @ \(address(step.slices.count + number))"
            }
        case .retained(let tensor): name(tensor)
        case .ephemeral: "\(name(tensor)), inside the step"
        }
    }

    private func name(_ tensor: TensorID) -> String {
        let name = problem.tensorNames.flatMap { $0[tensor.index] }
        return name.map { "\($0)" } ?? "t\(tensor)"
    }

    private func name(_ op: OpID) -> String { problem[op].name ?? "op\(op)" }
}
