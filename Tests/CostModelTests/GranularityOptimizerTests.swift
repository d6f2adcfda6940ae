import Foundation
import TensorGraph
import TestSupport
import Testing

@testable import CostModel

/// A random step with resident and retained tensors, and what it costs at every granularity.
struct GranularityCase {
    var problem: Problem
    var structure: StepStructure
    var resident: [TensorID]
    var choices: [OracleGranularities.Choice]

    /// The step's cost on the problem with the case's capacity.
    var cost: StepCost { StepCost(structure, problem: problem, resident: resident) }

    /// The cheapest choice that fits.
    var best: OracleGranularities.Choice? {
        let capacity = Double(problem.hardware.fastMemoryCapacity)
        return choices.filter { $0.workingSet <= capacity }.min { $0.latency < $1.latency }
    }

    func optimizer(_ mode: GranularityOptimizer.Mode) -> GranularityOptimizer {
        GranularityOptimizer(problem, mode: mode)
    }

    var text: String {
        "\(structure.ops), retains \(structure.retained), resident \(resident): \(ProblemFile.text(of: problem))"
    }
}

/// Makes cases with memory that is tight as often as not.
struct GranularityCases {
    private var random: RandomSource
    private var problems: ProblemGenerator

    init(seed: UInt64, _ variety: ProblemGenerator.Variety = .contest) {
        random = RandomSource(seed: seed)
        problems = ProblemGenerator(seed: seed &+ 1, variety: variety)
    }

    mutating func next() throws -> GranularityCase {
        while true {
            let unlimited = try problems.next().with(capacity: 1 << 40)
            guard let step = StepGenerator(unlimited).stepCase(using: &random) else { continue }
            let structure = try StepAnalyzer(unlimited).analyze(ops: step.step.ops, retained: step.step.retained)
            let choices = OracleGranularities(
                problem: unlimited, structure: structure, resident: step.resident
            ).choices()
            let sets = choices.map(\.workingSet)
            guard let least = sets.min(), let most = sets.max() else { continue }
            // Now and then one element too few for any granularity.
            let capacity = Int.random(in: max(1, Int(least) - 1)...Int(most) + 1, using: &random)
            return GranularityCase(
                problem: try unlimited.with(capacity: capacity), structure: structure, resident: step.resident,
                choices: choices)
        }
    }
}

@Suite("GranularityOptimizer")
struct GranularityOptimizerTests {
    /// Steps to try: a hundred, some hundreds in a thorough run, or as many as the variable says.
    static let count =
        ProcessInfo.processInfo.environment["MLSYS_GRANULARITY_CASES"].flatMap { Int($0) }
        ?? Effort.cases(120, thorough: 300)

    @Test(
        "finds exhaustively what trying everything finds, and fast never anything better", .tags(.slow),
        arguments: [ProblemGenerator.Variety.contest, .general])
    func agreesWithBruteForce(variety: ProblemGenerator.Variety) throws {
        var cases = GranularityCases(seed: 31, variety)
        var (feasible, suboptimal) = (0, 0)
        for _ in 0..<Self.count {
            let step = try cases.next()
            let exhaustive = step.optimizer(.exhaustive).best(for: step.cost, resident: step.resident)
            let fast = step.optimizer(.fast).best(for: step.cost, resident: step.resident)
            guard let best = step.best else {
                #expect(exhaustive == nil && fast == nil, "fits nowhere: \(step.text)")
                continue
            }
            feasible += 1
            guard let exhaustive, agree(exhaustive.latency, best.latency) else {
                Issue.record("the best is \(best), found \(String(describing: exhaustive)): \(step.text)")
                continue
            }
            // The choice has to be what it says it is.
            let chosen = Step(
                ops: step.structure.ops, granularity: exhaustive.granularity, retained: step.structure.retained,
                order: exhaustive.order)
            let evaluation = try Evaluator(step.problem).evaluate(chosen, step.structure, resident: step.resident)
            #expect(agree(evaluation.latency, exhaustive.latency), "\(exhaustive) of \(step.text)")
            guard let fast else {
                Issue.record("fast finds nothing where \(exhaustive) fits: \(step.text)")
                continue
            }
            #expect(fast.latency >= exhaustive.latency * (1 - 1e-12), "\(step.text)")
            if !agree(fast.latency, exhaustive.latency) { suboptimal += 1 }
        }
        #expect(feasible > Self.count / 2)
        print("\(variety): \(feasible) of \(Self.count) steps fit; the fast search misses the best of \(suboptimal)")
    }

    @Test("finds the tiles on whose diagonal two demands coincide, although larger tiles move no less")
    func coincidingDemands() throws {
        var graph = GraphBuilder()
        let tensor = graph.tensor(3, 3)
        _ = try graph.einsum("ij,ji->ij", [tensor, tensor], outputs: 2, cost: 8)
        let problem = try graph.problem(capacity: 10, bandwidth: 0.25, nativeWidth: 3, nativeHeight: 3)
        let structure = try StepAnalyzer(problem).analyze(ops: [OpID(0)], retained: [])
        let cost = StepCost(structure, problem: problem)
        let optimizer = GranularityOptimizer(problem, mode: .exhaustive)
        // Tiles of one element: 15 loads, three of them on the diagonal, and 18 evictions.
        let best = try #require(optimizer.best(for: cost, resident: []))
        #expect(best.granularity == Granularity(width: 1, height: 1, depth: 1))
        #expect(best.latency == Double(15 + 18) / 0.25)
        #expect(optimizer.lowerBound(of: cost) <= best.latency)
    }

    @Test("finds nothing at or above a limit, and the best below one")
    func respectsLimits() throws {
        var cases = GranularityCases(seed: 33)
        for _ in 0..<50 {
            let step = try cases.next()
            guard let best = step.best else { continue }
            for mode in [GranularityOptimizer.Mode.fast, .exhaustive] {
                let optimizer = step.optimizer(mode)
                let free = try #require(optimizer.best(for: step.cost, resident: step.resident))
                let tooLow = best.latency * (1 - 1e-9)
                #expect(optimizer.best(for: step.cost, resident: step.resident, below: tooLow) == nil)
                let below = optimizer.best(for: step.cost, resident: step.resident, below: free.latency * (1 + 1e-9))
                #expect(below.map { agree($0.latency, free.latency) } == true, "\(step.text)")
            }
        }
    }

    @Test(
        "knows the smallest working set", .tags(.slow), arguments: [ProblemGenerator.Variety.contest, .general])
    func smallestWorkingSet(variety: ProblemGenerator.Variety) throws {
        var cases = GranularityCases(seed: 35, variety)
        for _ in 0..<Self.count {
            let step = try cases.next()
            let least = step.choices.map(\.workingSet).min() ?? .infinity
            let claimed = step.optimizer(.exhaustive).smallestWorkingSet(of: step.cost)
            #expect(claimed == least, "claims \(claimed), it is \(least): \(step.text)")
        }
    }
}
