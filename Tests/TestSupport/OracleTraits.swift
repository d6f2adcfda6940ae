import CostModel
import TensorGraph

/// What the optima of a run over random problems are made of.
public struct OracleTraits: Sendable, CustomStringConvertible {
    /// Problems with a schedule.
    public var feasible = 0
    /// Problems without one.
    public var infeasible = 0
    /// Number of optima in which each trait occurs, by name.
    public var occurrences: [String: Int] = [:]

    /// Creates counts of zero.
    public init() {}

    /// Counts the traits of an optimum.
    public mutating func count(_ schedule: Schedule, for problem: Problem) throws(RuleViolation) {
        feasible += 1
        for trait in try Self.traits(schedule, problem) { occurrences[trait, default: 0] += 1 }
    }

    /// Adds the counts of another run.
    public mutating func add(_ other: OracleTraits) {
        feasible += other.feasible
        infeasible += other.infeasible
        occurrences.merge(other.occurrences, uniquingKeysWith: +)
    }

    private static func traits(_ schedule: Schedule, _ problem: Problem) throws(RuleViolation) -> Set<String> {
        var found = Set<String>()
        let analyzer = StepAnalyzer(problem)
        var seen = Set<OpID>()
        var inSlowMemory = Set<TensorID>()
        var resident: [TensorID] = []
        for step in schedule.steps {
            let structure = try analyzer.analyze(ops: step.ops, retained: step.retained)
            if step.ops.count > 1 { found.insert("fusion") }
            if step.ops.contains(where: { !seen.insert($0).inserted }) { found.insert("recomputation") }
            if resident.contains(where: structure.reads.contains) { found.insert("hand-off") }
            if resident.contains(where: { !structure.reads.contains($0) }) { found.insert("throw-away") }
            if structure.retained.isEmpty, structure.evicted.allSatisfy(inSlowMemory.contains) { found.insert("flush") }
            if structure.evicted.contains(where: inSlowMemory.contains) { found.insert("evicted again") }
            if step.order != .raster { found.insert("order") }
            let depths = structure.reductionSteps(depth: step.granularity.depth)
            if depths > 1 { found.insert("several k-steps") }
            if depths > 1, structure.sinkReduction % step.granularity.depth != 0 { found.insert("uneven k") }
            for (op, part) in zip(structure.ops, structure.parts) {
                if part == .epilogue { found.insert("epilogue") }
                if part == .inner, problem[op].isReducing { found.insert("folded reduction") }
            }
            found.formUnion(EinsumCounts.names(structure, resident: resident, in: problem))
            if structure.sinkCount > 1 { found.insert("several sinks") }
            inSlowMemory.formUnion(structure.evicted)
            resident = structure.retained
        }
        if !resident.isEmpty { found.insert("retained at the end") }
        return found
    }

    /// One line.
    public var description: String {
        "\(feasible) feasible, \(infeasible) infeasible; "
            + occurrences.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
    }
}
