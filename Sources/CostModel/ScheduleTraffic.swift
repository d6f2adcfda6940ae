import TensorGraph

/// What a schedule moves of each tensor, and for each op.
public struct ScheduleTraffic: Sendable, Hashable {
    /// Elements moved, and in how many steps.
    public struct Amount: Sendable, Hashable {
        /// Elements loaded from slow memory.
        public var loadedElements = 0.0
        /// Elements evicted to slow memory.
        public var evictedElements = 0.0
        /// Steps that load or evict some.
        public var steps = 0

        /// Elements moved in either direction.
        public var movedElements: Double { loadedElements + evictedElements }

        mutating func add(loaded: Double = 0, evicted: Double = 0) {
            loadedElements += loaded
            evictedElements += evicted
            if loaded + evicted > 0 { steps += 1 }
        }
    }

    /// What a step moves of one tensor.
    package struct Move: Sendable, Hashable {
        /// The tensor.
        package let tensor: TensorID
        /// Elements moved.
        package let elements: Double
    }

    /// What one step moves.
    package struct StepMoves: Sendable, Hashable {
        /// What it loads from slow memory, in the order in which its ops first read the tensors.
        package let loaded: [Move]
        /// What it evicts to slow memory, in op order.
        package let evicted: [Move]
    }

    /// By tensor. Together they are what the steps load and evict.
    public private(set) var tensors: [Amount]
    /// By op: what its inputs are loaded for it and its outputs evicted. What several ops of a step read is divided
    /// evenly among them, so that all ops together move what the steps do.
    public private(set) var ops: [Amount]
    /// By step, in schedule order.
    package private(set) var steps: [StepMoves] = []

    /// Costs the steps of a schedule tensor by tensor.
    ///
    /// Slices of different tensors have nothing to do with each other (RULES 4, "Loads"), and resident tensors cost
    /// nothing: with all others resident, and room for them, a step loads what it loads of one tensor. An evicted
    /// output is evicted whole.
    ///
    /// - Parameters:
    ///   - schedule: a schedule that the evaluator found valid.
    ///   - problem: the problem that it is for.
    /// - Throws: ``RuleViolation`` when the schedule is not valid.
    /// - Complexity: that of an evaluation for each tensor of each step.
    public init(_ schedule: Schedule, problem: Problem) throws(RuleViolation) {
        tensors = Array(repeating: Amount(), count: problem.tensors.count)
        ops = Array(repeating: Amount(), count: problem.ops.count)
        let analyzer = StepAnalyzer(problem)
        var resident: [TensorID] = []
        for (index, step) in schedule.steps.enumerated() {
            do throws(RuleViolation) {
                let structure = try analyzer.analyze(ops: step.ops, retained: step.retained)
                try add(step, structure, resident, problem)
                resident = structure.retained
            } catch {
                throw error.at(step: index)
            }
        }
    }

    private mutating func add(
        _ step: Step, _ structure: StepStructure, _ resident: [TensorID], _ problem: Problem
    ) throws(RuleViolation) {
        let loads = structure.loadedTensors(resident: Set(resident), problem: problem)
        let amounts = try Self.loaded(loads, step, structure, resident, problem)
        steps.append(
            StepMoves(
                loaded: zip(loads, amounts).map { Move(tensor: $0, elements: $1) },
                evicted: structure.evicted.map { Move(tensor: $0, elements: Double(problem[$0].size)) }))
        var opAmounts: [OpID: Amount] = [:]
        for (tensor, loaded) in zip(loads, amounts) {
            tensors[tensor.index].add(loaded: loaded)
            let readers = structure.ops.filter { problem[$0].inputs.contains(tensor) }
            for op in readers { opAmounts[op, default: Amount()].add(loaded: loaded / Double(readers.count)) }
        }
        for tensor in structure.evicted {
            let size = Double(problem[tensor].size)
            tensors[tensor.index].add(evicted: size)
            if let op = problem.graph.producers[tensor.index] { opAmounts[op, default: Amount()].add(evicted: size) }
        }
        for (op, amount) in opAmounts {
            ops[op.index].add(loaded: amount.loadedElements, evicted: amount.evictedElements)
        }
    }

    /// Elements that a step loads of each of some tensors.
    private static func loaded(
        _ loads: [TensorID], _ step: Step, _ structure: StepStructure, _ resident: [TensorID], _ problem: Problem
    ) throws(RuleViolation) -> [Double] {
        if StepCost(structure, problem: problem, resident: resident).needsSimulation(step.granularity) {
            // One walk tells of all tensors.
            var amounts = Array(repeating: 0.0, count: loads.count)
            _ = try StepSimulator(problem, structure, resident: Set(resident)).simulate(
                step.granularity, order: step.order
            ) { iteration in
                for (index, loaded) in iteration.loaded.enumerated() { amounts[index] += loaded }
                return true
            }
            return amounts
        }
        return loads.map { tensor in
            let others = Set(resident + loads).subtracting([tensor]).sorted()
            var evaluation = StepEvaluation()
            StepCost(structure, problem: problem, resident: others)
                .accumulate(step.granularity, order: step.order, into: &evaluation)
            return evaluation.loadedElements
        }
    }
}
