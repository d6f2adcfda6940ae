import CostModel
import GLPKBackend
import TensorGraph
import TestSupport
import Testing

@testable import Scheduling

@Suite("Exact search on whole problems")
struct ExactProblemTests {
    /// Problem and optimum; 5 needs a release build.
    static let contest: [(number: Int, latency: Double)] = {
        var known = [(1, 367_001.6), (9, 44_962_938.88), (17, 4_966_400.0)]
        #if !DEBUG
            known.append((5, 618_264.0))
        #endif
        return known.map { (number: $0.0, latency: $0.1) }
    }()

    @Test(
        "The contest's problems: optimal, over all schedules with named orders at least", .tags(.slow),
        .enabled(if: ContestProblem.isAvailable, "the contest's files are not here: see benchmarks/README.md"),
        arguments: contest)
    func contestProblems(example: (number: Int, latency: Double)) throws {
        let problem = try ContestProblem.read(example.number)
        let result = try Scheduler(problem, solver: GLPKSolver(), options: .init(.exact)).schedule(
            control: SolveControl())
        #expect(abs(result.incumbent.latency - example.latency) <= 1e-9 * example.latency)
        #expect(result.status == .optimal)
        #expect(result.scope.isAboutProblem)
        #expect(result.gap <= Tolerance.agreement)
        let latency = try Evaluator(problem).evaluate(result.incumbent.schedule).totalLatency
        #expect(agree(latency, example.latency))
    }

    @Test("The diamond of RULES 5: its optimum, however it is proven", arguments: ProofEngine.allCases)
    func diamond(engine: ProofEngine) throws {
        var options = Scheduler.Options(.exact)
        options.engine = engine
        let result = try Scheduler(Fixtures.diamond(), solver: GLPKSolver(), options: options)
            .schedule(control: SolveControl())
        #expect(result.status == .optimal)
        // All three ops in one step, which computes longer than it moves t0 in and t3 out.
        #expect(result.incumbent.latency == 4500)
    }

    @Test("Stopped before it starts: a valid schedule, its status, and the bounds that take no time")
    func stopsAtOnce() throws {
        let problem = try OwnProblem.read("attention-15")
        let bound = max(StructuralBounds.compute(problem), StructuralBounds.traffic(problem))
        for isCancelled in [false, true] {
            let control = SolveControl(timeLimitSeconds: isCancelled ? nil : 0)
            if isCancelled { control.cancel() }
            let result = try Scheduler(problem, solver: GLPKSolver(), options: .init(.exact)).schedule(control: control)
            #expect(result.status == (isCancelled ? .feasible(.interrupted) : .feasible(.time)))
            #expect(result.incumbent.source == .list)
            let latency = try Evaluator(problem).evaluate(result.incumbent.schedule).totalLatency
            #expect(agree(latency, result.incumbent.latency))
            #expect(result.bestBound?.value == bound)
            #expect(result.gap > 0.1)
        }
    }

    @Test("Stopped in the middle: in time, with a true status")
    func stopsInTime() throws {
        let problem = try OwnProblem.read("random-160")
        let control = SolveControl(timeLimitSeconds: 0.5)
        let result = try Scheduler(problem, solver: GLPKSolver(), options: .init(.exact)).schedule(control: control)
        #expect(result.seconds < 8)
        #expect(result.status == .feasible(.time))
        #expect(result.gap > 0)
        #expect(result.candidateOmissions?.isEmpty == false)
        let latency = try Evaluator(problem).evaluate(result.incumbent.schedule).totalLatency
        #expect(agree(latency, result.incumbent.latency))
    }

    @Test("Too large to enumerate: says so, with what was looked at, and keeps schedule and bound")
    func tooLarge() throws {
        let problem = try OwnProblem.read("siblings-36")
        var options = Scheduler.Options(.exact)
        options.limits.connectedSets = 3000
        // Without pricing, which does not enumerate.
        options.engine = .search
        let result = try Scheduler(problem, solver: GLPKSolver(), options: options)
            .schedule(control: SolveControl())
        #expect(result.status == .feasible(.candidates))
        #expect(result.candidateOmissions?.count == 1)
        #expect(result.candidateOmissions?.first?.description.contains("the limits are 3000 and 400000") == true)
        #expect(try #require(result.candidates).connected >= 3000)
        #expect(result.candidates?.kept == 0)
        #expect(result.bestBound?.scope == .problem)
    }
}
