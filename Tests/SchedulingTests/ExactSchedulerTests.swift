import CostModel
import GLPKBackend
import Synchronization
import TensorGraph
import TestSupport
import Testing

@testable import Scheduling

/// The exact scheduler with GLPK.
func solveExactly(
    _ problem: Problem, _ options: Scheduler.Options = .init(.exact), control: SolveControl = SolveControl()
) throws -> SchedulingResult {
    var options = options
    // The default is meant for tensors of which few fit in fast memory at once.
    if options.limits.retainedTensors == CandidateEnumerator.Limits().retainedTensors {
        options.limits.retainedTensors = 6
    }
    return try Scheduler(problem, solver: GLPKSolver(), options: options).schedule(control: control)
}

/// What must be true of every result, whatever stopped the search.
func expectTruthful(
    _ result: SchedulingResult, optimum: Double, _ problem: Problem, cap: ReductionCap = .native
) throws {
    let text = Comment(rawValue: "\(result.status), \(result.scope): \(ProblemFile.text(of: problem))")
    let latency = try Evaluator(problem, reductionCap: cap).evaluate(result.incumbent.schedule).totalLatency
    #expect(agree(latency, result.incumbent.latency), text)
    #expect(latency >= optimum * (1 - 1e-9), text)
    let bound = try #require(result.bestBound)
    #expect(bound.value <= optimum * (1 + 1e-9), "\(bound): \(text)")
    let gap = max(0, (latency - bound.value) / latency)
    #expect(abs(result.gap - gap) <= 1e-9, text)
    if result.status == .optimal {
        #expect(agree(latency, optimum), text)
        #expect(result.scope.isAboutProblem, text)
        #expect(result.gap <= 1e-9, text)
    } else {
        #expect(result.ending == .proven || result.gap > 0, text)
    }
    for bound in result.bounds where bound.scope.isAboutProblem { #expect(bound.value <= optimum * (1 + 1e-9), text) }
}

@Suite("ExactScheduler")
struct ExactSchedulerTests {
    @Test("All engines prove the same optimum", .tags(.slow))
    func enginesAgree() throws {
        for example in try ExactCase.samples.get().prefix(40) {
            let optimum = try example.search().objective
            for engine in ProofEngine.allCases {
                var options = Scheduler.Options(.exact)
                options.engine = engine
                let result = try solveExactly(example.problem, options)
                #expect(result.status == .optimal, "\(engine): \(ProblemFile.text(of: example.problem))")
                try expectTruthful(result, optimum: optimum, example.problem)
                if engine == .all { #expect(result.program != nil && result.searchStates != nil) }
                if engine == .program { #expect(result.searchStates == nil) }
                if engine == .search { #expect(result.program == nil) }
            }
        }
    }

    @Test("Without recomputation nothing is claimed for the problem that a bound of its own does not prove")
    func partitions() throws {
        let samples = try ExactCase.samples.get()
        var (claims, gains) = (0, 0)
        for example in samples {
            let optimum = try example.search().objective
            var options = Scheduler.Options(.exact)
            options.level = .partition
            let result = try solveExactly(example.problem, options)
            try expectTruthful(result, optimum: optimum, example.problem)
            #expect([.optimal, .bestOfCandidates].contains(result.status))
            if result.status == .optimal { claims += 1 }
            if result.incumbent.latency > optimum * (1 + 1e-9) { gains += 1 }
        }
        #expect(claims > 0)
        #expect(claims < samples.count)
        #expect(gains > 0)
    }

    @Test("Whatever limit stops it, schedule, bound, status and scope are true", .tags(.slow))
    func limitsAreTruthful() throws {
        var random = RandomSource(seed: 9)
        var statuses: [SchedulingResult.Status: Int] = [:]
        for example in try ExactCase.samples.get() {
            let optimum = try example.search().objective
            var options = Scheduler.Options(.exact)
            options.engine = ProofEngine.allCases[Int.random(in: 0..<4, using: &random)]
            switch Int.random(in: 0..<5, using: &random) {
            case 0: options.limits.candidates = Int.random(in: 1...60, using: &random)
            case 1: options.limits.connectedSets = Int.random(in: 1...8, using: &random)
            case 2: options.limits.retainedTensors = Int.random(in: 0...1, using: &random)
            default: break
            }
            let limit: Double? = Bool.random(using: &random) ? nil : Double.random(in: 0...0.02, using: &random)
            let gap = Bool.random(using: &random) ? 0 : Double.random(in: 0...0.3, using: &random)
            let control = SolveControl(timeLimitSeconds: limit, gap: gap)
            let result = try solveExactly(example.problem, options, control: control)
            try expectTruthful(result, optimum: optimum, example.problem)
            statuses[result.status, default: 0] += 1
            if result.status == .feasible(.gap) { #expect(result.gap <= gap) }
            if result.status == .feasible(.time) { #expect(limit != nil) }
            if result.status == .bestOfCandidates { #expect(result.candidateOmissions?.isEmpty == false) }
        }
        for status in [.optimal, .bestOfCandidates, .feasible(.gap), .feasible(.time)] as [SchedulingResult.Status] {
            #expect(statuses[status, default: 0] > 0, "\(statuses)")
        }
    }

    @Test("The number of threads makes no difference")
    func threadsAgree() throws {
        for name in ["mlp-4", "pointwise-6"] {
            let problem = try OwnProblem.read(name)
            let results = try [1, 2].map { threads in
                var options = Scheduler.Options(.exact)
                options.threads = threads
                return try solveExactly(problem, options)
            }
            #expect(results[0].incumbent.schedule == results[1].incumbent.schedule)
            #expect(results[0].candidates == results[1].candidates)
            #expect(results[0].bounds.map(\.value) == results[1].bounds.map(\.value))
            #expect(results.allSatisfy { $0.status == .optimal })
        }
    }

    @Test("Without the reduction cap deeper k-steps are allowed, and used where they pay")
    func reductionCap() throws {
        var graph = GraphBuilder()
        _ = graph.matMul(graph.tensor(8, 8), graph.tensor(80, 8), cost: 1)
        let deep = try graph.problem(capacity: 100, bandwidth: 1, nativeWidth: 4, nativeHeight: 4)
        var pays = 0
        for problem in [deep] + (try ExactCase.samples.get().prefix(30).map(\.problem)) {
            var options = Scheduler.Options(.exact)
            let native = try solveExactly(problem, options).incumbent.latency
            options.reductionCap = .none
            let result = try solveExactly(problem, options)
            #expect(result.status == .optimal)
            #expect(result.incumbent.latency <= native * (1 + 1e-9))
            try expectTruthful(result, optimum: result.incumbent.latency, problem, cap: .none)
            if result.incumbent.latency < native * (1 - 1e-9) {
                pays += 1
                #expect(throws: RuleViolation.self) { try Evaluator(problem).evaluate(result.incumbent.schedule) }
            }
        }
        #expect(pays > 0)
    }

    @Test("Every incumbent is reported once, better than the last, and the best is the result")
    func reportsIncumbents() throws {
        var improved = 0
        for example in try ExactCase.samples.get() {
            let seen = Mutex<[SchedulingSnapshot]>([])
            let control = SolveControl { event in
                if case .incumbent(let snapshot) = event { seen.withLock { $0.append(snapshot) } }
            }
            let result = try solveExactly(example.problem, control: control)
            let snapshots = seen.withLock { $0 }
            #expect(snapshots.first?.source == .list)
            #expect(snapshots.last?.schedule == result.incumbent.schedule)
            for (earlier, later) in zip(snapshots, snapshots.dropFirst()) { #expect(later.latency < earlier.latency) }
            if snapshots.count > 1 { improved += 1 }
        }
        #expect(improved > 2)
    }

    @Test("An op that fits at no granularity is named before any search")
    func infeasibleOp() throws {
        let problem = try Fixtures.pointwisePair(side: 8, capacity: 1, native: 4)
        #expect(throws: InfeasibleOp.self) { try solveExactly(problem) }
    }
}
