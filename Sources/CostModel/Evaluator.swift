import TensorGraph

/// Checks schedules against every rule of RULES 3 and computes what they cost: the judge of all that the program
/// writes.
public struct Evaluator {
    /// The problem that schedules are for.
    public let problem: Problem
    /// How deep k-steps may be.
    public let reductionCap: ReductionCap
    /// How the cost of a step is found.
    public let method: Method

    /// How the cost of a step is found; both ways agree.
    public enum Method: Sendable {
        /// From iteration classes; steps without a class form are simulated.
        case classes
        /// By walking every iteration.
        case simulation
    }

    /// Iterations that a simulation walks at most; more would take minutes.
    public static let maximumIterations = 1 << 28

    /// Creates an evaluator.
    public init(_ problem: Problem, reductionCap: ReductionCap = .native, method: Method = .classes) {
        self.problem = problem
        self.reductionCap = reductionCap
        self.method = method
    }

    /// Checks and costs a schedule. Reported latencies, where a step has one, are checked to 1e-6 (RULES 2).
    ///
    /// - Throws: ``RuleViolation``: the first rule broken, in schedule order.
    public func evaluate(_ schedule: Schedule) throws(RuleViolation) -> Evaluation {
        let analyzer = StepAnalyzer(problem)
        var resident: [TensorID] = []
        var inSlowMemory = [Bool](repeating: false, count: problem.tensors.count)
        for tensor in problem.tensors.indices {
            inSlowMemory[tensor] = problem.graph.producers[tensor] == nil
        }
        var covered = [Bool](repeating: false, count: problem.ops.count)
        var steps: [StepEvaluation] = []
        for (index, step) in schedule.steps.enumerated() {
            do throws(RuleViolation) {
                let structure = try analyzer.analyze(ops: step.ops, retained: step.retained)
                try checkAvailability(structure, inSlowMemory, resident)
                steps.append(try evaluate(step, structure, resident: resident))
                for tensor in structure.evicted { inSlowMemory[tensor.index] = true }
                for op in structure.ops { covered[op.index] = true }
                resident = structure.retained
            } catch {
                throw error.at(step: index)
            }
        }
        try checkCompleteness(covered, inSlowMemory)
        return Evaluation(steps: steps)
    }

    /// Checks and costs one step whose inputs are available.
    ///
    /// - Parameters:
    ///   - step: ops, granularity, retained tensors and tile order.
    ///   - structure: the analysis of the step's ops and retained tensors.
    ///   - resident: what the previous step retains, ascending.
    /// - Throws: ``RuleViolation`` for RULES 2, 3.3, 3.9 and 3.10.
    public func evaluate(
        _ step: Step, _ structure: StepStructure, resident: [TensorID]
    ) throws(RuleViolation) -> StepEvaluation {
        let granularity = step.granularity
        try structure.check(granularity, hardware: problem.hardware, cap: reductionCap)
        let grid = structure.grid(granularity)
        let order = try Self.normalized(step.order, rows: grid.rows, columns: grid.columns)
        let cost = StepCost(structure, problem: problem, resident: resident)
        var evaluation: StepEvaluation
        if method == .simulation || cost.needsSimulation(granularity) {
            evaluation = try simulate(structure, resident, granularity, order)
        } else {
            evaluation = StepEvaluation()
            evaluation.peakWorkingSet = cost.workingSet(granularity)
            try Self.check(evaluation.peakWorkingSet, problem.hardware)
            cost.accumulate(granularity, order: order, into: &evaluation)
        }
        (evaluation.gridRows, evaluation.gridColumns) = grid
        evaluation.reductionSteps = structure.reductionSteps(depth: granularity.depth)
        if let reported = step.reportedLatency,
            abs(evaluation.latency - reported) > 1e-6 * max(1, evaluation.latency)
        {
            throw RuleViolation(
                .latencyMisreported, "reports a latency of \(reported); it is \(evaluation.latency)")
        }
        return evaluation
    }

    private func simulate(
        _ structure: StepStructure, _ resident: [TensorID], _ granularity: Granularity, _ order: TileOrder
    ) throws(RuleViolation) -> StepEvaluation {
        let grid = structure.grid(granularity)
        let (tiles, overflow) = grid.rows.multipliedReportingOverflow(by: grid.columns)
        let (count, countOverflow) = tiles.multipliedReportingOverflow(
            by: structure.reductionSteps(depth: granularity.depth))
        guard !overflow, !countOverflow, count <= Self.maximumIterations else {
            throw RuleViolation(
                .tooManyIterations, "has more iterations than the \(Self.maximumIterations) that are walked")
        }
        return try StepSimulator(problem, structure, resident: Set(resident)).simulate(granularity, order: order)
    }

    static func check(_ workingSet: Double, _ hardware: Hardware) throws(RuleViolation) {
        guard workingSet <= Double(hardware.fastMemoryCapacity) else {
            throw RuleViolation(
                .capacityExceeded,
                "the working set of \(Int(min(workingSet, 9e18))) elements exceeds the capacity of "
                    + "\(hardware.fastMemoryCapacity)")
        }
    }

    /// Checks that an order visits each tile once, and names it if it is one of the named orders.
    private static func normalized(_ order: TileOrder, rows: Int, columns: Int) throws(RuleViolation) -> TileOrder {
        guard case .permutation(let tiles) = order else { return order }
        let (count, overflow) = rows.multipliedReportingOverflow(by: columns)
        guard !overflow, tiles.count == count else {
            throw RuleViolation(
                .notAPermutation, "the traversal order names \(tiles.count) tiles; the grid is \(rows) x \(columns)")
        }
        var seen = [Bool](repeating: false, count: count)
        for tile in tiles {
            guard seen.indices.contains(tile), !seen[tile] else {
                throw RuleViolation(
                    .notAPermutation, "the traversal order names tile \(tile) twice or outside 0..<\(count)")
            }
            seen[tile] = true
        }
        return TileOrder.named.first { $0.tiles(rows: rows, columns: columns) == tiles } ?? order
    }

    private func checkAvailability(
        _ structure: StepStructure, _ inSlowMemory: [Bool], _ resident: [TensorID]
    ) throws(RuleViolation) {
        for tensor in structure.reads where !inSlowMemory[tensor.index] && !resident.contains(tensor) {
            throw RuleViolation(
                .unavailableTensor, tensor: tensor,
                "reads \(problem.describe(tensor)), which no earlier step has evicted and the previous one has not retained"
            )
        }
    }

    private func checkCompleteness(_ covered: [Bool], _ inSlowMemory: [Bool]) throws(RuleViolation) {
        if let op = covered.firstIndex(of: false) {
            throw RuleViolation(.uncoveredOp, op: OpID(op), "\(problem.describe(OpID(op))) is in no step")
        }
        for tensor in problem.tensors.indices where problem.graph.isGraphOutput(TensorID(tensor)) {
            guard inSlowMemory[tensor] else {
                throw RuleViolation(
                    .outputNotEvicted, tensor: TensorID(tensor),
                    "graph output \(problem.describe(TensorID(tensor))) never reaches slow memory")
            }
        }
    }
}

extension StepStructure {
    /// Checks the rules about granularity alone.
    ///
    /// - Throws: ``RuleViolation`` for RULES 3.3 and the part of 3.9 about maps that feed a reducing op.
    public func check(_ granularity: Granularity, hardware: Hardware, cap: ReductionCap) throws(RuleViolation) {
        guard (1...hardware.nativeWidth).contains(granularity.width),
            (1...hardware.nativeHeight).contains(granularity.height),
            granularity.depth >= 1, granularity.depth <= cap.limit(hardware)
        else {
            throw RuleViolation(
                .granularityOutOfRange,
                "granularity \(granularity) is below 1 or above the native [\(hardware.nativeWidth), "
                    + "\(hardware.nativeHeight), \(hardware.nativeWidth)]")
        }
        guard granularity.depth <= smallestReduction else {
            throw RuleViolation(
                .depthAboveReduction,
                "depth \(granularity.depth) exceeds the reduction \(smallestReduction) of an op of the step")
        }
        guard reductionSteps(depth: granularity.depth) > 1 else { return }
        guard granularity.width >= prologueWidth, granularity.height >= prologueHeight else {
            throw RuleViolation(
                .prologueBelowReduction,
                "a map feeds a reducing op, whose reduction needs a tile of at least "
                    + "\(prologueWidth) x \(prologueHeight); the granularity is \(granularity)")
        }
    }
}
