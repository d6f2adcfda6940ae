import TensorGraph

/// Derives the ``StepStructure`` of op sets of one problem.
///
/// Keeps scratch space of the problem's size, so that analysing a step costs time in proportion to the step alone.
/// Not for use from several threads at once: give each its own.
public final class StepAnalyzer {
    /// The problem whose ops are analysed.
    public let problem: Problem

    // One thread, and no closure that outlives a call: checks of exclusive access would cost a third of an analysis.
    /// Position + 1 of an op in the step under analysis, 0 for ops outside it.
    @exclusivity(unchecked) private var position: [Int32]
    /// Bits of ``Mark`` for the tensors that the step touches, 0 for all others.
    @exclusivity(unchecked) private var marks: [UInt8]
    /// Position of the first op found to read a tensor from outside the step; only meaningful once marked visited.
    @exclusivity(unchecked) private var firstReader: [Int32]
    @exclusivity(unchecked) private var members: [OpID] = []
    @exclusivity(unchecked) private var demands: DemandCollector

    private enum Mark {
        static let written: UInt8 = 1
        static let `internal`: UInt8 = 2
        static let retained: UInt8 = 4
        static let read: UInt8 = 8
        static let visited: UInt8 = 16
    }

    /// Creates an analyzer with scratch space for the problem.
    public init(_ problem: Problem) {
        self.problem = problem
        position = Array(repeating: 0, count: problem.ops.count)
        marks = Array(repeating: 0, count: problem.tensors.count)
        firstReader = Array(repeating: 0, count: problem.tensors.count)
        demands = DemandCollector(tensorCount: problem.tensors.count)
    }

    /// The ops of a set in an order that puts producers first.
    public func ordered(_ ops: some Sequence<OpID>) -> [OpID] {
        ops.sorted { problem.graph.topologicalRank[$0.index] < problem.graph.topologicalRank[$1.index] }
    }

    /// Analyses a step.
    ///
    /// - Parameters:
    ///   - ops: the step's ops, producers first.
    ///   - retained: tensors of the step that stay in fast memory.
    /// - Complexity: O(*s* log *s*) in the number of ops and the tensors they touch.
    /// - Throws: ``RuleViolation`` for the first of RULES 3.1, 3.2, 3.4, 3.5, 3.6 and the part of 3.9 about sinks that
    ///   the set breaks whatever its granularity.
    public func analyze(ops: [OpID], retained: [TensorID]) throws(RuleViolation) -> StepStructure {
        defer { clear() }
        var structure = StepStructure()
        structure.ops = ops
        try enter(ops)
        try markTensors(retained, in: &structure)
        try checkConnected(ops)
        try classify(&structure)
        try deriveDemand(&structure)
        return structure
    }

    private func clear() {
        for op in members {
            position[op.index] = 0
            for tensor in problem[op].inputs { marks[tensor.index] = 0 }
            for tensor in problem[op].outputs { marks[tensor.index] = 0 }
        }
        members.removeAll(keepingCapacity: true)
    }

    private func enter(_ ops: [OpID]) throws(RuleViolation) {
        guard !ops.isEmpty else { throw RuleViolation(.emptyStep, "the step has no ops") }
        for (index, op) in ops.enumerated() {
            guard problem.ops.indices.contains(op.index) else {
                throw RuleViolation(.unknownOp, op: op, "op \(op) is not in the problem")
            }
            guard position[op.index] == 0 else {
                throw RuleViolation(.repeatedOp, op: op, "\(problem.describe(op)) is named twice")
            }
            position[op.index] = Int32(index + 1)
            members.append(op)
        }
    }

    private func markTensors(_ retained: [TensorID], in structure: inout StepStructure) throws(RuleViolation) {
        for op in members {
            for tensor in problem[op].outputs { marks[tensor.index] |= Mark.written }
        }
        for (index, op) in members.enumerated() {
            for tensor in problem[op].inputs {
                guard marks[tensor.index] & Mark.written != 0 else {
                    if marks[tensor.index] & Mark.read == 0 { structure.reads.append(tensor) }
                    marks[tensor.index] |= Mark.read
                    continue
                }
                marks[tensor.index] |= Mark.internal
                if let producer = problem.graph.producers[tensor.index], Int(position[producer.index]) > index {
                    throw RuleViolation(
                        .consumerBeforeProducer, op: op, tensor: tensor,
                        "\(problem.describe(op)) comes before \(problem.describe(producer)), which writes its input "
                            + problem.describe(tensor))
                }
            }
        }
        for tensor in retained {
            guard marks.indices.contains(tensor.index), marks[tensor.index] & Mark.written != 0 else {
                throw RuleViolation(
                    .retainsUnwrittenTensor, tensor: tensor,
                    "\(problem.names.describe(tensor)) is retained but not written in the step")
            }
            if marks[tensor.index] & Mark.retained == 0 { structure.retained.append(tensor) }
            marks[tensor.index] |= Mark.retained
        }
        if structure.retained.count > 1 { structure.retained.sort() }
    }

    private func checkConnected(_ ops: [OpID]) throws(RuleViolation) {
        guard ops.count > 1 else { return }
        // Union-find by tensors: the producer, or else the first reader, stands for a tensor.
        var parent = Array(0..<ops.count)
        func root(_ node: Int) -> Int {
            var node = node
            while parent[node] != node {
                parent[node] = parent[parent[node]]
                node = parent[node]
            }
            return node
        }
        var components = ops.count
        func join(_ left: Int, _ right: Int) {
            let (left, right) = (root(left), root(right))
            if left != right {
                parent[left] = right
                components -= 1
            }
        }
        for (index, op) in ops.enumerated() {
            for tensor in problem[op].inputs {
                if let producer = problem.graph.producers[tensor.index], position[producer.index] != 0 {
                    join(index, Int(position[producer.index]) - 1)
                } else if marks[tensor.index] & Mark.visited == 0 {
                    marks[tensor.index] |= Mark.visited
                    firstReader[tensor.index] = Int32(index)
                } else {
                    join(index, Int(firstReader[tensor.index]))
                }
                if components == 1 { return }
            }
        }
        let stray = ops.indices.first { root($0) != root(0) } ?? 0
        throw RuleViolation(
            .disconnectedStep, op: ops[stray],
            "\(problem.describe(ops[stray])) shares no tensor, directly or through other ops of the step, with "
                + problem.describe(ops[0]))
    }

    private func classify(_ structure: inout StepStructure) throws(RuleViolation) {
        let count = members.count
        // Crooked: some way to the outputs leads through a reducing op or another access than ij.
        var isCrooked = [Bool](repeating: false, count: count)
        structure.parts = Array(repeating: .inner, count: count)
        for index in stride(from: count - 1, through: 0, by: -1) {
            let op = problem[members[index]]
            if op.isReducing, !isCrooked[index] { structure.parts[index] = .sink }
            let isBend = op.isReducing || isCrooked[index]
            for (tensor, access) in zip(op.inputs, op.einsum.inputs) where isBend || access != .elementwise {
                if let producer = memberProducing(tensor) { isCrooked[producer] = true }
            }
        }
        var dependsOnRetained = [Bool](repeating: false, count: count)
        for (index, id) in members.enumerated() {
            let op = problem[id]
            for (tensor, access) in zip(op.inputs, op.einsum.inputs) {
                guard let producer = memberProducing(tensor) else { continue }
                if structure.parts[producer] != .inner { structure.parts[index] = .epilogue }
                guard marks[tensor.index] & Mark.retained != 0 || dependsOnRetained[producer] else { continue }
                dependsOnRetained[index] = true
                guard !op.isReducing, access == .elementwise else {
                    throw RuleViolation(
                        .retainedNotElementwise, op: id, tensor: tensor,
                        "\(problem.describe(id)) depends on an internal tensor that the same step retains, by "
                            + "\(problem.describe(tensor)), other than element by element")
                }
            }
            if op.isReducing { try noteReducing(id, isSink: structure.parts[index] == .sink, &structure) }
        }
    }

    private func noteReducing(_ id: OpID, isSink: Bool, _ structure: inout StepStructure) throws(RuleViolation) {
        let reduction = problem.reduction(of: id)
        structure.smallestReduction = min(structure.smallestReduction, reduction)
        let op = problem[id]
        for (tensor, access) in zip(op.inputs, op.einsum.inputs) {
            guard let producer = memberProducing(tensor), !problem[members[producer]].isReducing else { continue }
            if access.rows == .reduction {
                structure.prologueHeight = max(structure.prologueHeight, reduction)
            } else {
                structure.prologueWidth = max(structure.prologueWidth, reduction)
            }
        }
        guard isSink else { return }
        // With nk = 1 the depth would have to equal both reductions (RULES 3.3), so different ones never agree.
        if structure.sinkCount > 0, structure.sinkReduction != reduction {
            throw RuleViolation(
                .sinkReductionsDiffer, op: id,
                "sink \(problem.describe(id)) has reduction \(reduction), another sink of the step "
                    + "\(structure.sinkReduction)")
        }
        structure.sinkReduction = reduction
        structure.sinkCount += 1
    }

    private func deriveDemand(_ structure: inout StepStructure) throws(RuleViolation) {
        var shape: Tensor?
        demands.reset(opCount: members.count)
        for (index, op) in members.enumerated() {
            for tensor in problem[op].outputs {
                let mark = marks[tensor.index]
                if mark & Mark.retained == 0 {
                    guard mark & Mark.internal == 0 else { continue }
                    structure.evicted.append(tensor)
                }
                if let shape, shape != problem[tensor] {
                    throw RuleViolation(
                        .outputShapesDiffer, op: op, tensor: tensor,
                        "output \(problem.describe(tensor)) is \(problem[tensor].width) x \(problem[tensor].height), "
                            + "another output of the step \(shape.width) x \(shape.height)")
                }
                shape = problem[tensor]
                demands.demand(op: index, rows: .tileRows, columns: .tileColumns, rate: .padded)
            }
        }
        structure.outputWidth = shape?.width ?? 0
        structure.outputHeight = shape?.height ?? 0
        while let region = demands.next() { expand(region, structure.parts) }
        structure.slices = demands.slices
        structure.regions = demands.regions
        structure.sliceRings = demands.sliceRings
        structure.regionRings = demands.regionRings
    }

    /// Demands of an op's inputs what its letters name (RULES 7, "Demand").
    private func expand(_ region: RegionDemand, _ parts: [StepStructure.Part]) {
        let id = members[region.opPosition]
        let op = problem[id]
        let reduction = op.isReducing ? problem.reduction(of: id) : 1
        let depth: Extent = parts[region.opPosition] == .sink ? .reduction : .whole
        func extent(_ letter: Letter) -> Extent {
            switch letter {
            case .row: region.rows
            case .column: region.columns
            case .reduction: depth
            case .one: .whole
            }
        }
        for (tensor, access) in zip(op.inputs, op.einsum.inputs) {
            let (rows, columns) = (extent(access.rows), extent(access.columns))
            guard let producer = memberProducing(tensor) else {
                let role: SliceRole = !op.isReducing ? .map : access.rows == .reduction ? .rhs : .lhs
                demands.slice(SliceDemand(tensor: tensor, role: role, rows: rows, columns: columns))
                continue
            }
            let rate = op.isReducing ? access.rate(reduction: reduction) : access.rate(passingOn: region.rate)
            demands.demand(op: producer, rows: rows, columns: columns, rate: rate)
        }
    }

    private func memberProducing(_ tensor: TensorID) -> Int? {
        guard let producer = problem.graph.producers[tensor.index] else { return nil }
        let index = Int(position[producer.index])
        return index == 0 ? nil : index - 1
    }
}

extension Access {
    /// The rate of what a reducing op reads: it begins anew with its own reduction.
    fileprivate func rate(reduction: Int) -> ChargeRate {
        rows == .reduction ? .rowsAlong(reduction: reduction) : .columnsAlong(reduction: reduction)
    }

    /// The rate of what a map reads: what is along a consumer's reduction goes with its letter, or is dropped with it.
    fileprivate func rate(passingOn rate: ChargeRate) -> ChargeRate {
        let (letter, reduction): (Letter, Int)
        switch rate {
        case .padded: return .padded
        case .rowsAlong(let length): (letter, reduction) = (.row, length)
        case .columnsAlong(let length): (letter, reduction) = (.column, length)
        }
        if rows == letter { return .rowsAlong(reduction: reduction) }
        return columns == letter ? .columnsAlong(reduction: reduction) : .padded
    }
}
