import TensorGraph

/// What each iteration of a step reads and computes, derived backwards from the outputs (RULES 4 and 7, "Demand").
///
/// The derivation owes nothing to that of the cost model: code that follows it and moves as many elements as the cost
/// model says is a check of both.
struct StepDemand {
    enum Part { case inner, sink, epilogue }

    let ops: [OpID]
    let loops: LoopNest
    /// The part that each op plays.
    private(set) var parts: [Part]
    /// Tensors written and read in the step.
    let `internal`: Set<TensorID>
    /// Outputs in op order, retained ones included.
    let outputs: [TensorID]
    private(set) var slices: [PlanSlice] = []
    /// The regions that each op computes, by position.
    private(set) var regions: [[PlanRegion]]

    private let problem: Problem
    private let writer: [TensorID: Int]
    private let resident: Set<TensorID>

    /// - Throws: ``LoweringError`` for a step without outputs, which no valid schedule has.
    init(_ step: Step, resident: Set<TensorID>, problem: Problem) throws(LoweringError) {
        self.problem = problem
        self.resident = resident
        ops = step.ops
        var writer: [TensorID: Int] = [:]
        for (position, op) in ops.enumerated() {
            for tensor in problem[op].outputs { writer[tensor] = position }
        }
        self.writer = writer
        let internals = Set(ops.flatMap { problem[$0].inputs }.filter { writer[$0] != nil })
        `internal` = internals
        let retained = Set(step.retained)
        outputs = ops.flatMap { problem[$0].outputs }.filter { !internals.contains($0) || retained.contains($0) }
        guard let output = outputs.first else { throw LoweringError("has no output") }
        parts = Self.parts(of: ops, writer: writer, problem: problem)
        let sinks = zip(ops, parts).filter { $1 == .sink }
        loops = LoopNest(
            output: problem[output], reduction: sinks.map { problem.reduction(of: $0.0) }.max(),
            granularity: step.granularity, order: step.order)
        regions = Array(repeating: [], count: ops.count)
        for tensor in outputs { want(tensor, loops.tile, .map) }
        let whole = Set(slices.filter { $0.role == .full }.map(\.tensor))
        slices.removeAll { $0.role != .full && whole.contains($0.tensor) }
    }

    /// A sink is a reducing op from which every way to the outputs leads through maps that read `ij`; an epilogue is a
    /// map behind a sink (RULES 7).
    private static func parts(of ops: [OpID], writer: [TensorID: Int], problem: Problem) -> [Part] {
        var reachesOtherwise = [Bool](repeating: false, count: ops.count)
        for position in ops.indices.reversed() {
            let op = problem[ops[position]]
            for (tensor, access) in zip(op.inputs, op.einsum.inputs) {
                guard let producer = writer[tensor] else { continue }
                if op.isReducing || access != .elementwise || reachesOtherwise[position] {
                    reachesOtherwise[producer] = true
                }
            }
        }
        var parts = [Part](repeating: .inner, count: ops.count)
        for position in ops.indices {
            let op = problem[ops[position]]
            if op.isReducing {
                if !reachesOtherwise[position] { parts[position] = .sink }
            } else if op.inputs.contains(where: { writer[$0].map { parts[$0] != .inner } ?? false }) {
                parts[position] = .epilogue
            }
        }
        return parts
    }

    private mutating func want(_ tensor: TensorID, _ region: PlanRegion, _ role: PlanSlice.Role) {
        if let position = writer[tensor] {
            guard !regions[position].contains(region) else { return }
            regions[position].append(region)
            for (input, access) in zip(problem[ops[position]].inputs, problem[ops[position]].einsum.inputs) {
                want(
                    input, inputRegion(access, of: position, at: region),
                    PlanSlice.Role(access, isReducing: problem[ops[position]].isReducing))
            }
        } else if !resident.contains(tensor) {
            let slice = PlanSlice(tensor: tensor, role: region.isWhole ? .full : role, region: region)
            if !slices.contains(slice) { slices.append(slice) }
        }
    }

    /// What the op at a position reads of an input when it is asked for a region of its outputs.
    func inputRegion(_ access: Access, of position: Int, at region: PlanRegion) -> PlanRegion {
        func side(_ letter: Letter) -> SideRange {
            switch letter {
            case .row: region.rows
            case .column: region.columns
            case .reduction: parts[position] == .sink ? loops.canonical(.reduction) : .whole
            case .one: .whole
            }
        }
        return PlanRegion(rows: side(access.rows), columns: side(access.columns))
    }

    /// Where a region that an op reads comes from, other than from the step itself; nil for a tensor of the step.
    func outside(_ tensor: TensorID, _ region: PlanRegion, _ role: PlanSlice.Role) -> Source? {
        guard writer[tensor] == nil else { return nil }
        if resident.contains(tensor) { return .resident(tensor) }
        let slice = slices.firstIndex {
            $0.tensor == tensor && ($0.role == .full || $0.role == role && $0.region == region)
        }
        return slice.map { .slice($0) }
    }
}
