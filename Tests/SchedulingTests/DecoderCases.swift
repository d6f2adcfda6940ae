import CostModel
import MIP
import TensorGraph
import TestSupport
import Testing

@testable import Scheduling

extension ExactCase {
    struct NoSuchStep: Error {}

    /// A problem with these steps, in plain numbers, for candidates.
    init(_ problem: Problem, _ steps: [(ops: [Int], resident: [Int], retained: [Int])]) throws {
        let analyzer = StepAnalyzer(problem)
        let optimizer = GranularityOptimizer(problem, mode: .exhaustive)
        let candidates = try steps.map { step in
            let structure = try analyzer.analyze(
                ops: step.ops.map { OpID($0) }, retained: step.retained.map { TensorID($0) })
            let resident = step.resident.map { TensorID($0) }
            guard
                let choice = optimizer.best(
                    for: StepCost(structure, problem: problem, resident: resident), resident: resident)
            else { throw NoSuchStep() }
            return Candidate(structure, resident: resident, choice: choice, problem: problem)
        }
        self.problem = problem
        self.candidates = candidates
        columns = try #require(CandidateColumns(candidates, of: Subproblem(whole: problem)))
    }

    /// The order that the decoder finds for steps, by position; nil for none.
    func order(_ chosen: [Int]) throws -> [Int]? {
        guard case .order(let steps) = ScheduleDecoder(try formulation()).decode(chosen) else { return nil }
        return steps
    }

    /// Whether steps can be put in an order in which they run, by trying all.
    func canBeOrdered(_ chosen: [Int]) -> Bool { canRun(chosen.sorted(), OpSet(), 0) }

    private func canRun(_ left: [Int], _ stored: OpSet, _ handOff: Int32) -> Bool {
        guard !left.isEmpty else { return true }
        return left.indices.contains { index in
            let column = columns.columns[left[index]]
            guard index == 0 || left[index] != left[index - 1], column.resident == handOff,
                column.slowReads.isSubset(of: stored)
            else { return false }
            var rest = left
            rest.remove(at: index)
            return canRun(rest, stored.union(column.evicted), column.retained)
        }
    }

    /// All choices that the program allows, each as a list of candidates; nil when they are too many.
    func choices(_ formulation: ScheduleFormulation, atMost limit: Int) throws -> [[Int]]? {
        var choices: [[Int]] = [[]]
        for (index, candidate) in formulation.candidateOfColumn.enumerated() {
            let copies = Int(formulation.model.columns[index].bounds.upper)
            choices = choices.flatMap { choice in
                (0...copies).map { choice + Array(repeating: candidate, count: $0) }
            }
            guard choices.count <= limit else { return nil }
        }
        return try choices.filter { choice in
            let point = try #require(formulation.point(choosing: choice))
            return try FeasibilityReport(of: point, in: formulation.model).isFeasible
        }
    }
}

/// Pointwise graphs in which steps wait for each other.
enum DecoderProblems {
    /// x > op0 > s, t + x > op1, y > op2 > t, s + y > op3: what {0, 1} writes {2, 3} reads, and the other way round.
    static func crossed() throws -> Problem {
        try Problem(
            tensors: Array(repeating: Tensor(width: 4, height: 4), count: 6),
            ops: [
                pointwise([0], [2]), pointwise([3, 0], [4]), pointwise([1], [3]), pointwise([2, 1], [5]),
            ], hardware: hardware)
    }

    /// x > op0 > t1; t1 > op1 > t2; t2 + x > op2 > t3; t1 > op3 > t4.
    static func shared() throws -> Problem {
        try Problem(
            tensors: Array(repeating: Tensor(width: 4, height: 4), count: 5),
            ops: [pointwise([0], [1]), pointwise([1], [2]), pointwise([2, 0], [3]), pointwise([1], [4])],
            hardware: hardware)
    }

    /// x > op0 > u, v; v > op1 > w.
    static func twoOutputs() throws -> Problem {
        try Problem(
            tensors: Array(repeating: Tensor(width: 4, height: 4), count: 4),
            ops: [pointwise([0], [1, 2]), pointwise([2], [3])], hardware: hardware)
    }

    private static let hardware = Hardware(
        fastMemoryCapacity: 200, slowMemoryBandwidth: 1, nativeWidth: 4, nativeHeight: 4)

    private static func pointwise(_ inputs: [Int], _ outputs: [Int]) -> Op {
        Op(
            kind: .pointwise, inputs: inputs.map { TensorID($0) }, outputs: outputs.map { TensorID($0) }, baseCost: 10)
    }
}
