import CostModel
import Foundation
import TensorGraph
import TestSupport
import Testing

@testable import Scheduling

/// The op sets of a problem that are steps at some granularity, found by trying every subset.
struct FeasibleSets {
    /// Sets that are connected, by rank in the enumeration's numbering.
    private(set) var connected = Set<OpSet>()
    /// Sets that are steps and fit in fast memory.
    private(set) var feasible = Set<OpSet>()

    init(_ problem: Problem, numbering opOfNumber: [OpID]) throws {
        let analyzer = StepAnalyzer(problem)
        let unlimited = try problem.with(capacity: 1 << 40)
        for mask in 1..<(1 << opOfNumber.count) {
            let numbers = opOfNumber.indices.filter { mask & 1 << $0 != 0 }
            let ops = analyzer.ordered(numbers.map { opOfNumber[$0] })
            do throws(RuleViolation) {
                let structure = try analyzer.analyze(ops: ops, retained: [])
                connected.insert(OpSet(numbers))
                if Self.fits(structure, unlimited, problem.hardware.fastMemoryCapacity) {
                    feasible.insert(OpSet(numbers))
                }
            } catch {
                if error.rule != .disconnectedStep { connected.insert(OpSet(numbers)) }
            }
        }
    }

    /// True when the step fits at some granularity with some resident tensors: a resident one counts once, whoever
    /// reads it, and so may take less than its slices.
    private static func fits(_ structure: StepStructure, _ unlimited: Problem, _ capacity: Int) -> Bool {
        let written = structure.reads.filter { unlimited.graph.producers[$0.index] != nil }.prefix(3)
        for mask in 0..<(1 << written.count) {
            let resident = written.indices.filter { mask & 1 << $0 != 0 }.map { written[$0] }.sorted()
            let all = OracleGranularities(problem: unlimited, structure: structure, resident: resident)
            let cost = StepCost(structure, problem: unlimited, resident: resident)
            let simulator = StepSimulator(unlimited, structure, resident: Set(resident))
            for granularity in all.granularities() {
                let needed =
                    cost.needsSimulation(granularity)
                    ? (try? simulator.simulate(granularity, order: .raster))?.peakWorkingSet ?? .infinity
                    : cost.workingSet(granularity)
                if needed <= Double(capacity) { return true }
            }
        }
        return false
    }
}

@Suite("ConnectedSets")
struct CandidateSetTests {
    /// All sets that the enumeration delivers, those first that it says can fit.
    private func delivered(_ problem: Problem) -> (sets: [OpSet], canFit: [OpSet], numbering: [OpID]) {
        var connected = ConnectedSets(problem, reductionCap: .native)
        var all: [OpSet] = []
        var fitting: [OpSet] = []
        for root in 0..<connected.count {
            _ = connected.enumerate(root: root) { set, canFit in
                all.append(set)
                if canFit { fitting.append(set) }
            }
        }
        return (all, fitting, connected.opOfNumber)
    }

    private func check(_ problem: Problem, _ total: inout (feasible: Int, delivered: Int, connected: Int)) throws {
        let (sets, canFit, numbering) = delivered(problem)
        #expect(Set(sets).count == sets.count, "delivers a set twice: \(ProblemFile.text(of: problem))")
        let expected = try FeasibleSets(problem, numbering: numbering)
        #expect(Set(sets).isSubset(of: expected.connected), "disconnected: \(ProblemFile.text(of: problem))")
        let lost = expected.feasible.subtracting(canFit)
        let names = lost.map { set in set.members.map { numbering[$0] } }
        #expect(names.isEmpty, "loses sets: \(ProblemFile.text(of: problem))")
        total.feasible += expected.feasible.count
        total.delivered += canFit.count
        total.connected += expected.connected.count
    }

    /// Graphs of either kind to try: a few, or as many as the variable says, and then larger ones as well.
    static let requested = ProcessInfo.processInfo.environment["MLSYS_SET_CASES"].flatMap { Int($0) }
    static let count = requested ?? 40
    static let largestGraph = requested == nil ? 7 : 10

    @Test("loses no op set that is a step, and delivers few others", .tags(.slow))
    func randomGraphs() throws {
        var total = (feasible: 0, delivered: 0, connected: 0)
        var tight = OracleProblemGenerator(seed: 51, opCounts: 5...7, maximumWritten: 9)
        for _ in 0..<Self.count { try check(try tight.next(), &total) }
        var random = RandomSource(seed: 52)
        var varied = ProblemGenerator(seed: 53)
        for _ in 0..<Self.count {
            let problem = try varied.next()
            guard problem.ops.count <= Self.largestGraph else { continue }
            let size = problem.tensors.map(\.size).max() ?? 1
            try check(try problem.with(capacity: Int.random(in: 4...4 * size + 4, using: &random)), &total)
        }
        if Self.requested != nil { print("\(total)") }
        #expect(4 * total.connected > 5 * total.feasible, "memory and shapes rule out too little: \(total)")
        #expect(total.delivered < 2 * total.feasible, "the facts cut too little: \(total)")
    }

    @Test(
        "finds as many op sets that fit as the design counted on contest problems", .tags(.slow),
        .enabled(if: !ExternalFiles.benchmarkProblems().isEmpty, "needs $MLSYS_BENCHMARKS or ../shared/benchmarks"),
        arguments: [("mlsys-2026-1.json", 14), ("mlsys-2026-5.json", 507)])
    func contestCounts(name: String, count: Int) throws {
        let file = try #require(ExternalFiles.benchmarkProblems().first { $0.lastPathComponent == name })
        let problem = try ProblemFile.read(file.path)
        let (_, canFit, numbering) = delivered(problem)
        let analyzer = StepAnalyzer(problem)
        let optimizer = GranularityOptimizer(problem)
        let feasible = canFit.count { set in
            let ops = analyzer.ordered(set.members.map { numbering[$0] })
            guard let structure = try? analyzer.analyze(ops: ops, retained: []) else { return false }
            let least = optimizer.smallestWorkingSet(of: StepCost(structure, problem: problem))
            return least <= Double(problem.hardware.fastMemoryCapacity)
        }
        #expect(feasible == count)
    }
}
