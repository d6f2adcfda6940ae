import TensorGraph

/// What a column stands for.
struct ColumnEntry: Encodable {
    let name: String
    let meaning: String
    var ops: [Int]?
    /// Width, height and depth.
    var granularity: [Int]?
    var order: String?
    /// The tiles in their order, where the order has no name.
    var tiles: [Int]?
    var resident: [Int]?
    var retained: [Int]?
    /// Tensors read from slow memory, graph inputs included.
    var reads: [Int]?
    var evicts: [Int]?
    var latency: Double?
    var workingSet: Double?
    /// How often it can be chosen.
    var most: Int?
    /// The tensor that a column of C2 is about.
    var tensor: Int?

    init(name: String, step: Candidate, problem: Problem, most: Int, workingSet: Double?) {
        self.name = name
        let size = step.granularity
        var meaning =
            "step: \(step.ops.words(in: problem)) in tiles of \(size.width) x \(size.height), depth \(size.depth), "
            + step.order.name
        if !step.resident.isEmpty { meaning += "; finds \(step.resident.words(in: problem)) in fast memory" }
        if !step.retained.isEmpty { meaning += "; leaves \(step.retained.words(in: problem)) there" }
        self.meaning = meaning
        ops = step.ops.map(\.index)
        granularity = [size.width, size.height, size.depth]
        order = step.order.name
        if case .permutation(let explicit) = step.order { tiles = explicit }
        resident = step.resident.map(\.index)
        retained = step.retained.map(\.index)
        let written = Set(step.ops.flatMap { problem[$0].outputs })
        let read = Set(step.ops.flatMap { problem[$0].inputs })
        reads = read.subtracting(written).subtracting(step.resident).map(\.index).sorted()
        evicts = step.evicted.map(\.index)
        latency = step.latency
        self.workingSet = workingSet
        self.most = most
    }

    init(name: String, stored tensor: TensorID, problem: Problem) {
        self.name = name
        meaning = "\(problem.describe(tensor)) is in slow memory at some time"
        self.tensor = tensor.index
    }
}

/// What a row stands for.
struct RowEntry: Encodable {
    let name: String
    /// C1 to C6.
    let constraint: String
    let meaning: String
    var op: Int?
    var tensors: [Int]?
    /// The column that the row is about.
    var column: String?

    init(
        name: String, row: ProgramRow, level: ScheduleFormulation.Level, problem: Problem, columnOf: (Int) -> String?
    ) {
        self.name = name
        switch row {
        case .cover(let op):
            constraint = "C1"
            meaning = "\(problem.describe(op)) is in \(level == .partition ? "exactly" : "at least") one step"
            self.op = op.index
        case .first(let op):
            constraint = "C1'"
            meaning = "\(problem.describe(op)) is in a step that finds nothing made from what the op writes"
            self.op = op.index
        case .reach(let op, let tensor):
            constraint = "C2'"
            meaning =
                "\(problem.describe(op)) first runs without \(problem.describe(tensor)) from slow memory, or a step that does not depend on "
                + "the op evicts it"
            self.op = op.index
            tensors = [tensor.index]
        case .supply(let tensor, let reader):
            constraint = "C2"
            let who = reader.map { "a step with \(problem.describe($0))" } ?? "a step"
            meaning = "\(who) reads \(problem.describe(tensor)) from slow memory only if it is there"
            op = reader?.index
            tensors = [tensor.index]
        case .stored(let tensor):
            constraint = "C2"
            meaning = "\(problem.describe(tensor)) is in slow memory only if a step evicts it"
            tensors = [tensor.index]
        case .handOff(let set):
            constraint = "C3"
            meaning = "as many steps leave \(set.words(in: problem)) in fast memory as find it there"
            tensors = set.map(\.index)
        case .lastHandOff:
            constraint = "C3"
            meaning = "one step at most, the last, leaves in fast memory what no step finds there"
        case .output(let tensor):
            constraint = "C4"
            meaning = "graph output \(problem.describe(tensor)) is evicted"
            tensors = [tensor.index]
        case .memory(let candidate):
            constraint = "C5"
            meaning = "the step's working set fits in fast memory"
            column = columnOf(candidate)
        case .supplyCut:
            constraint = "C2"
            meaning = "supply cut: one step reads a tensor from slow memory only if some step evicts it"
        case .orderCut:
            constraint = "C6"
            meaning = "order cut: these steps cannot be ordered without one that helps"
        }
    }
}

extension [OpID] {
    /// `op 3`, or `ops 3 (layer.0.query), 4`.
    fileprivate func words(in problem: Problem) -> String {
        listed("op", map { problem.describe($0).dropFirst("op ".count) })
    }
}

extension [TensorID] {
    /// `tensor 3`, or `tensors 3 (layer.0.query), 4`.
    fileprivate func words(in problem: Problem) -> String {
        listed("tensor", map { problem.describe($0).dropFirst("tensor ".count) })
    }
}

private func listed(_ noun: String, _ ids: [Substring]) -> String {
    "\(noun)\(ids.count == 1 ? "" : "s") " + ids.joined(separator: ", ")
}
