import CostModel
import MIP
import TensorGraph

/// The integer program that picks steps from candidates (<doc:Formulation>; `models/README.md` derives it).
///
/// One column per candidate says how often it is a step of the schedule. Rows carry the names of their constraint: C1
/// `cover` or, where ops may be recomputed, C1' `first`; C2 `supply`, C3 `handoff`, C4 `output`, C5 `memory`. The rows
/// C2', `reach`, are too many: `reachRows(at:limit:)` finds those that a point breaks. C6, the order, is not written
/// down either: `ScheduleDecoder` finds cycles and hands them over as lazy rows.
public struct ScheduleFormulation: Sendable {
    /// Which schedules the program allows.
    public enum Level: String, Sendable, Hashable, CaseIterable {
        /// Every op is in exactly one step.
        case partition
        /// Ops may be recomputed: every op is in at least one step. Proves for the problem what `partition` cannot.
        case recompute
    }

    /// The program.
    package private(set) var model: MIPModel
    /// Which schedules it allows.
    package let level: Level
    /// For each column of the model, its candidate. Columns come before all others in the model.
    package let candidateOfColumn: [Int]
    /// For each row of the model, what it says.
    package private(set) var rows: [ProgramRow] = []
    /// For each column after those of the candidates, the tensor whose presence in slow memory it stands for.
    package private(set) var storedTensors: [TensorID] = []
    /// Duals of these rows are prices for ``BackwardSearch``: C1 or C1', by op.
    private(set) var coverRows: [RowID] = []
    /// Rows C4 by the tensor's number.
    private(set) var outputRows: [Int: RowID] = [:]
    /// Rows C2' so far.
    private(set) var reachRows: [(row: ReachRow, id: RowID)] = []
    private(set) var handOffRows: [Int: RowID] = [:]
    /// The row that lets one step at most, the last, retain what no step takes over; nil when none can.
    private(set) var lastHandOffRow: RowID?
    /// Candidates that take a hand-off and make none. Each copy of a step that makes one starts a chain of hand-offs
    /// that ends in one of these, and none of these is needed twice: so a step is needed as often at most.
    private let chainEnds: Int
    let columns: CandidateColumns
    let problem: Problem

    /// Writes the program.
    ///
    /// - Parameters:
    ///   - writesMemoryRows: adds the rows C5, which hold by construction, so that an exported model shows them.
    ///   - relaxed: leaves out C2: the program whose duals price ops, outputs and hand-offs.
    /// - Throws: `MIPModelError` for latencies that are not finite, which no evaluator returns.
    init(
        _ columns: CandidateColumns, candidates: [Candidate], problem: Problem, level: Level,
        writesMemoryRows: Bool = false, relaxed: Bool = false
    ) throws {
        self.columns = columns
        self.problem = problem
        self.level = level
        model = MIPModel(name: "schedule_\(level.rawValue)")
        let chosen = columns.columns.indices.filter {
            level == .recompute || Self.isClosed(candidates[$0], problem)
        }
        candidateOfColumn = chosen
        chainEnds = chosen.count { columns.columns[$0].resident != 0 && columns.columns[$0].retained == 0 }
        for index in chosen { try addColumn(index, candidates[index]) }
        try addCoverRows()
        try addHandOffRows()
        if !relaxed { try addSupplyRows() }
        try addOutputRows()
        if writesMemoryRows { try addMemoryRows(candidates) }
    }

    /// True when every reader of a tensor that lives inside the step, or is handed over, gets it without slow memory.
    ///
    /// At the level `partition` no other step can evict it.
    private static func isClosed(_ candidate: Candidate, _ problem: Problem) -> Bool {
        let members = Set(candidate.ops)
        return candidate.ops.allSatisfy { op in
            problem[op].outputs.allSatisfy { tensor in
                let readers = problem.graph.readers[tensor.index]
                return !readers.contains(where: members.contains) || readers.allSatisfy(members.contains)
                    || candidate.retained.contains(tensor)
            }
        }
    }

    private mutating func addColumn(_ index: Int, _ candidate: Candidate) throws {
        let column = columns.columns[index]
        let copies = level == .partition || column.retained == 0 ? 1 : Double(max(1, chainEnds))
        try model.addColumn(
            Column(
                Self.name(of: candidate, index: index), Bounds(lower: 0, upper: copies), objective: column.latency,
                integrality: copies == 1 ? .binary : .integer))
    }

    /// `x17_o3_4_w128_h128_k32_r5`: candidate, ops, granularity, resident (`a`) and retained (`r`) tensors.
    static func name(of candidate: Candidate, index: Int) -> String {
        var name = "x\(index)_o" + candidate.ops.prefix(8).map(\.description).joined(separator: "_")
        if candidate.ops.count > 8 { name += "_and\(candidate.ops.count - 8)" }
        let granularity = candidate.granularity
        name += "_w\(granularity.width)_h\(granularity.height)_k\(granularity.depth)"
        for (letter, set) in [("a", candidate.resident), ("r", candidate.retained)] where !set.isEmpty {
            name += "_" + letter + set.map(\.description).joined(separator: "_")
        }
        return String(name.prefix(100))
    }

    private func terms(where isIncluded: (CandidateColumns.Column) -> Bool) -> [Term] {
        candidateOfColumn.enumerated().compactMap { index, candidate in
            isIncluded(columns.columns[candidate]) ? Term(1, ColumnID(index)) : nil
        }
    }

    // C1, C1'
    private mutating func addCoverRows() throws {
        for op in 0..<columns.opCount {
            let row: Row
            switch level {
            case .partition:
                row = Row("cover_o\(op)", terms { $0.ops.contains(op) }, .equal(1))
            case .recompute:
                row = Row(
                    "first_o\(op)", terms { $0.ops.contains(op) && !$0.upstream.contains(op) },
                    .atLeast(columns.mustRun.contains(op) ? 1 : 0))
            }
            coverRows.append(try add(row, level == .partition ? .cover(OpID(op)) : .first(OpID(op))))
        }
    }

    // C3
    private mutating func addHandOffRows() throws {
        var unclaimed: [Term] = []
        for number in columns.handOffs.indices.dropFirst() {
            var row: [Term] = []
            for (index, candidate) in candidateOfColumn.enumerated() {
                let column = columns.columns[candidate]
                let value = (column.retained == number ? 1.0 : 0) - (column.resident == number ? 1 : 0)
                if value != 0 { row.append(Term(value, ColumnID(index))) }
            }
            let set = columns.handOffs[number]
            let name = "handoff_" + set.map { "t\($0)" }.joined(separator: "_")
            // Only the last step may retain what no step takes over. At the border of a window one side is outside.
            let canEnd = columns.canEnd(number)
            let outside = (number == columns.owed ? 1.0 : 0) - (number == columns.start ? 1 : 0)
            handOffRows[number] = try add(
                Row(String(name.prefix(100)), row, canEnd ? .range(0, 1) : .equal(outside)), .handOff(set))
            if canEnd { unclaimed += row }
        }
        if !unclaimed.isEmpty {
            lastHandOffRow = try add(Row("handoff_last", unclaimed, .atMost(1)), .lastHandOff)
        }
    }

    // C2
    private mutating func addSupplyRows() throws {
        for (number, tensor) in columns.tensors.enumerated() {
            let evictors = terms { $0.evicted.contains(number) }
            switch level {
            case .partition:
                // Every reader is in one step only, so its reads count once.
                for reader in problem.graph.readers[tensor.index] {
                    let reads = terms { $0.slowReads.contains(number) && $0.ops.contains(reader.index) }
                    guard !reads.isEmpty else { continue }
                    try add(
                        Row("supply_t\(tensor)_o\(reader)", reads + evictors.map { Term(-1, $0.column) }, .atMost(0)),
                        .supply(tensor, reader: reader))
                }
            case .recompute:
                let reads = terms { $0.slowReads.contains(number) }
                guard !reads.isEmpty else { continue }
                // A recomputed reader reads more than once, so only the row over all of them with a large factor is
                // valid as a whole; the single reads are tightened by supplyCuts.
                let copies = reads.reduce(0.0) { $0 + model.columns[$1.column.index].bounds.upper }
                let stored = try model.addColumn(Column("stored_t\(tensor)", .unit, integrality: .binary))
                storedTensors.append(tensor)
                try add(
                    Row("supply_t\(tensor)", reads + [Term(-copies, stored)], .atMost(0)),
                    .supply(tensor, reader: nil))
                try add(
                    Row("store_t\(tensor)", [Term(1, stored)] + evictors.map { Term(-1, $0.column) }, .atMost(0)),
                    .stored(tensor))
            }
        }
    }

    // C4
    private mutating func addOutputRows() throws {
        for (number, tensor) in columns.tensors.enumerated() where columns.required.contains(number) {
            outputRows[number] = try add(
                Row("output_t\(tensor)", terms { $0.evicted.contains(number) }, .atLeast(1)), .output(tensor))
        }
    }

    // C5
    private mutating func addMemoryRows(_ candidates: [Candidate]) throws {
        let analyzer = StepAnalyzer(problem)
        for (index, candidate) in candidateOfColumn.enumerated() {
            let step = candidates[candidate]
            guard let structure = try? analyzer.analyze(ops: step.ops, retained: step.retained) else { continue }
            let held = StepCost(structure, problem: problem, resident: step.resident).workingSet(step.granularity)
            // A column may be chosen several times, one step at a time.
            let copies = model.columns[index].bounds.upper
            try add(
                Row(
                    "memory_x\(candidate)", [Term(held / copies, ColumnID(index))],
                    .atMost(Double(problem.hardware.fastMemoryCapacity))),
                .memory(candidate: candidate))
        }
    }

    /// Adds rows C2' to the program for good; returns them as the model has them.
    ///
    /// - Throws: `MIPModelError` for a row that does not fit the model.
    @discardableResult
    mutating func add(_ rows: [ReachRow]) throws -> [Row] {
        try rows.map { reach in
            let row = row(reach)
            let meaning = ProgramRow.reach(OpID(reach.op), columns.tensors[reach.tensor])
            reachRows.append((reach, try add(row, meaning)))
            return row
        }
    }

    /// Adds a row and notes what it says.
    @discardableResult
    mutating func add(_ row: Row, _ meaning: ProgramRow) throws -> RowID {
        let id = try model.addRow(row)
        rows.append(meaning)
        return id
    }

    /// The point that stands for a choice of candidates, by position in the candidate list; nil when the program leaves
    /// one of them out.
    func point(choosing chosen: [Int]) -> [Double]? {
        var point = [Double](repeating: 0, count: model.columns.count)
        var columnOf: [Int: Int] = [:]
        for (index, candidate) in candidateOfColumn.enumerated() { columnOf[candidate] = index }
        var stored = OpSet()
        for candidate in chosen {
            guard let column = columnOf[candidate] else { return nil }
            point[column] += 1
            stored = stored.union(columns.columns[candidate].evicted)
        }
        for (index, tensor) in storedTensors.enumerated() {
            let number = columns.tensors.firstIndex(of: tensor)
            point[candidateOfColumn.count + index] = number.map { stored.contains($0) ? 1 : 0 } ?? 0
        }
        return point
    }

    /// The candidates that a point chooses, each as often as it does.
    func chosen(at point: [Double]) -> [Int] {
        candidateOfColumn.enumerated().flatMap { index, candidate in
            Array(repeating: candidate, count: max(0, Int(point[index].rounded())))
        }
    }
}
