import CostModel
import GLPKBackend
import TensorGraph
import Testing

@testable import Scheduling

/// Steps of a schedule taken out of it as a window.
struct WindowCase {
    let problem: Problem
    let schedule: Schedule
    let range: Range<Int>
    /// The whole schedule, and the window's part of it in the window's numbers.
    let steps: [Candidate]
    let window: Subproblem
    let current: [Candidate]

    /// Nil when these steps cannot be a window.
    init?(_ schedule: Schedule, _ range: Range<Int>, of problem: Problem) throws {
        let evaluation = try Evaluator(problem).evaluate(schedule)
        let steps = try Candidate.steps(of: schedule, latencies: evaluation.latencies, problem: problem)
        let times = StorageTimes(steps, problem: problem)
        guard
            let window = Subproblem(
                steps[range], of: problem, resident: range.lowerBound > 0 ? steps[range.lowerBound - 1].retained : [],
                isStored: { times.isStored($0, before: range.lowerBound) },
                isNeeded: { times.isNeeded($0, from: range.upperBound) })
        else { return nil }
        let inner = StepAnalyzer(window.problem)
        current = steps[range].compactMap { window.inner($0, window.numbers, inner) }
        guard current.count == range.count else { return nil }
        self.problem = problem
        self.schedule = schedule
        self.range = range
        self.steps = steps
        self.window = window
    }

    /// Latency of the window's steps, in units of time.
    var latency: Double { current.reduce(0) { $0 + $1.latency } }

    /// Tensors of the whole problem, ascending, for tensors of the window.
    func whole(_ tensors: [TensorID]) -> [Int] { tensors.map { window.tensors[$0.index].index }.sorted() }

    /// What a window solver finds for it.
    func solve(groups: [OpSet]? = nil) throws -> WindowSolver.Outcome {
        var solver = WindowSolver(solver: GLPKSolver(), reductionCap: .native)
        // Tiny tensors fit in fast memory by the dozen; the default limits are meant for larger ones.
        (solver.limits.enumeration.retainedSets, solver.limits.enumeration.retainedTensors) = (1 << 8, 8)
        let window = Window(
            place: .init(range: range, source: .region), groups: groups, subproblem: window, current: current)
        return try solver.solve(window, known: KnownTunings(), budget: Budget(SolveControl()))
    }

    /// The schedule with other steps in the window's place.
    func replacing(_ inner: [Candidate]) throws -> Schedule {
        let analyzer = StepAnalyzer(problem)
        var all = steps.map(\.step)
        all.replaceSubrange(
            range, with: try inner.map { try #require(window.outer($0, of: problem, analyzer)).step })
        return Schedule(steps: all)
    }

    /// Solves the window, puts the result in its place, and checks that the schedule costs as much less as the window.
    @discardableResult
    func solveAndPutBack() throws -> (gain: Double, schedule: Schedule) {
        let outcome = try solve()
        let better = try replacing(outcome.steps ?? current)
        let before = try Evaluator(problem).evaluate(schedule).totalLatency
        let after: Double
        do { after = try Evaluator(problem).evaluate(better).totalLatency } catch {
            Issue.record("\(error): \(text), \(OracleComparison.text(better))")
            return (0, schedule)
        }
        #expect(agree(before - after, latency - outcome.latency), "\(text)")
        #expect(outcome.latency <= latency * (1 + 1e-9), "\(text)")
        return ((before - after) / before, better)
    }

    var text: String { "steps \(range) of \(OracleComparison.text(schedule)): \(ProblemFile.text(of: problem))" }
}
